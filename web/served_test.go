package web

import (
	"testing"
	"time"
)

// A response stands for one revision, one day in Washington, and a source that is
// late or is not.
func TestEpochs(t *testing.T) {
	w := newWorld(t)
	now, err := w.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	later := served{Snapshot: now.Snapshot, revision: now.revision + 1}
	epoch := now.epoch(w.now, time.Hour)
	if now.epoch(w.now.Add(time.Minute), time.Hour) != epoch {
		t.Error("a minute later nothing is sent again")
	}
	for what, other := range map[string]string{
		"an earlier revision":        later.epoch(w.now, time.Hour),
		"yesterday":                  now.epoch(w.now.Add(24*time.Hour), 24*time.Hour),
		"before the source was late": now.epoch(w.now, time.Minute),
	} {
		if other == epoch {
			t.Errorf("what is of %s is sent again: %s", what, epoch)
		}
	}
}
