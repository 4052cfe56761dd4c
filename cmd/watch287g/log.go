package main

import (
	"log/slog"
	"time"
)

// logJSON is the value of --log-format that means JSON.
const logJSON = "json"

// newLog makes the service's log, on standard error.
func (a *app) newLog() *slog.Logger {
	opts := &slog.HandlerOptions{ReplaceAttr: sameInBoth}
	if a.flags.LogFormat == logJSON {
		return slog.New(slog.NewJSONHandler(a.stderr, opts))
	}
	return slog.New(slog.NewTextHandler(a.stderr, opts))
}

// sameInBoth has JSON say what the text says where slog would not: a duration is 5s,
// and not so many nanoseconds.
func sameInBoth(_ []string, attr slog.Attr) slog.Attr {
	if attr.Value.Kind() == slog.KindDuration {
		attr.Value = slog.StringValue(attr.Value.Duration().Round(time.Millisecond).String())
	}
	return attr
}
