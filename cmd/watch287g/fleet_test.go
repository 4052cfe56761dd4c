package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/backup"
	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/jobs/river"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/watch"
)

// Only a process that makes backups knows when the last one was made, and has others
// make one.
func TestBackupsAreAskedForByWhoMakesThem(t *testing.T) {
	t.Parallel()
	s, err := postgres.Open(t.Context(), pgtest.Need(t).Database(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	sum := sha256.Sum256(nil)
	first := roster.Publication{Seq: 1, SHA256: hex.EncodeToString(sum[:])}
	if err := s.Commit(t.Context(), store.Batch{Entries: []store.NewPublication{{Publication: first}}}); err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct {
		roles roles
		asks  bool
	}{{roles{roleServe}, false}, {roles{roleSend}, false}, {roles{rolePoll}, true}} {
		var said bytes.Buffer
		log, a := slog.New(slog.NewTextHandler(&said, nil)), newApp(io.Discard, io.Discard, time.Now)
		f, err := a.newFleet(s, watch.New(watch.Options{Store: s, Every: time.Hour}), notify.NewSender(notify.SenderOptions{Queue: store.Queue{Store: s}}),
			backup.New(backup.Options{Store: s, Every: time.Hour, Now: time.Now}), nil, of.roles, log)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
		counts, err := river.Counts(t.Context(), s.Pool())
		if err != nil {
			t.Fatal(err)
		}
		if asked := slices.ContainsFunc(counts, func(c river.Count) bool { return c.Kind == "backup" }); asked != of.asks || len(counts) == 0 {
			t.Errorf("with the roles %v, a backup is asked for: %v (%v)\n%s", of.roles, asked, counts, &said)
		}
	}
}
