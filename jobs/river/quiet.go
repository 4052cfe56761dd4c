package river

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quietFor is how long River does not repeat itself: without its database it complains
// several times a second.
const quietFor = time.Minute

// quiet is the log of River, without what it says of its own going, and without what it
// has just said.
type quiet struct {
	slog.Handler
	said *said
}

// said is when something was said last.
type said struct {
	mu sync.Mutex
	at map[string]time.Time
}

func newQuiet(h slog.Handler) quiet { return quiet{h, &said{at: map[string]time.Time{}}} }

// Enabled is false below warnings.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

// Handle logs a record, unless one with its words was logged a moment ago.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	q.said.mu.Lock()
	again := r.Time.Sub(q.said.at[r.Message]) < quietFor
	if !again && len(q.said.at) < 1000 { // River's messages are few
		q.said.at[r.Message] = r.Time
	}
	q.said.mu.Unlock()
	if again {
		return nil
	}
	return q.Handler.Handle(ctx, r) //nolint:wrapcheck // as the handler says it
}

// WithAttrs keeps it quiet.
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a), q.said} }

// WithGroup keeps it quiet.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.said} }
