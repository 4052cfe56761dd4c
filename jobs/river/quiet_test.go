package river

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// River may complain of an outage, but not at each of its tries.
func TestRiverIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(newQuiet(slog.NewTextHandler(&out, nil))).With("service", "producer")
		for range 90 {
			log.Info("working")
			log.Error("cannot fetch", "err", time.Now())
			time.Sleep(time.Second)
		}
		log.Warn("stepping down")
		if n := strings.Count(out.String(), "cannot fetch"); n != 2 || strings.Contains(out.String(), "working") || !strings.Contains(out.String(), "stepping down") {
			t.Errorf("it says:\n%s", out.String())
		}
	})
}
