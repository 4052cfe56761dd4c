package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web"
	"github.com/watch287g/watch287g/web/crowd"
)

// openArchive opens a store of its own with the archive in it, or with a made-up
// one, and returns a reader's address for it.
func openArchive(t testing.TB, file string) (store.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "watch287g.db")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s := bolttest.Open(t, path)
	a := newApp(io.Discard, io.Discard, time.Now)
	site, err := a.newSite(s, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s, serveAt(t, site, defaultLimits())
}

// serveAt serves on an address of its own, which it returns, until the test ends.
func serveAt(t testing.TB, h http.Handler, limits readerLimits) string {
	t.Helper()
	all := crowdLimits()
	all.Address = all.Connections // all tests ask from one address
	return serveCrowd(t, h, limits, crowd.NewGate(all, nil, crowd.NewCounts(nil), slog.New(slog.DiscardHandler)))
}

// serveCrowd is serveAt with a gate.
func serveCrowd(t testing.TB, h http.Handler, limits readerLimits, gate *crowd.Gate) string {
	t.Helper()
	l, err := listenWeb(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	if site, ok := h.(*web.Site); ok {
		serving.Go(func() { site.Follow(ctx) })
	}
	serving.Go(func() {
		if err := serveReaders(ctx, l, h, gate, limits, slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); serving.Wait() }) // before the store is closed
	return l.Addr().String()
}

// anything is an address that was hardly asked for before.
func anything() []byte {
	at := time.Date(2025, time.February, 22, 0, 0, 0, 0, time.UTC).Add(rand.N(300 * 24 * time.Hour)).Format(time.RFC3339)
	return getting([]string{
		"/api/v1/agreements?as_of=" + at, "/api/v1/stats?as_of=" + at, "/downloads/agreements.csv?as_of=" + at,
		"/compare?from=" + at, "/changes?until=" + at, "/feeds/changes.atom?before=" + strconv.Itoa(1+rand.N(4000)), "/search?q=" + strconv.Itoa(rand.N(1_000_000)),
	}[rand.N(7)])
}

// commitTimes commits n polls, every fourth with a publication that makes the file
// grow, and returns how long each took.
func commitTimes(t testing.TB, s store.Store, n int) (p pace) {
	t.Helper()
	known, err := s.Known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seqs := known.Seqs
	for i := range n {
		now := time.Now().UTC()
		batch := store.Batch{Before: seqs, Poll: &roster.Poll{At: now, Outcome: "unchanged", Sentence: "What ICE's page links is unchanged."}}
		if i%4 == 0 {
			content := make([]byte, 300_000)
			for j := range content {
				content[j] = byte(rand.N(256))
			}
			sum := sha256.Sum256(content)
			seqs.Publication++
			batch.Entries = []store.NewPublication{{Body: content, Publication: roster.Publication{Seq: seqs.Publication, List: roster.ListParticipating,
				File: "list.xlsx", SHA256: hex.EncodeToString(sum[:]), Size: len(content), PublishedAt: now, SeenAt: now, Verdict: roster.VerdictHeld}}}
		}
		began := time.Now()
		if err := s.Commit(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		p.took = append(p.took, time.Since(began))
	}
	return p
}

// besideReaders commits while 32 readers ask a site for what it has to make.
func besideReaders(t testing.TB, s store.Store, address string, n int) pace {
	t.Helper()
	stop := make(chan struct{})
	var reading sync.WaitGroup
	for range 32 {
		reader := dialReader(t, address)
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if status, header, _, err := reader.ask(anything()); err != nil || status >= 400 && status != http.StatusServiceUnavailable {
					t.Errorf("%v: %s", err, header)
					return
				}
			}
		})
	}
	p := commitTimes(t, s, n)
	close(stop)
	reading.Wait()
	return p
}

// archiveFile is a store's file with the archive in it.
func archiveFile(t testing.TB) string {
	t.Helper()
	return filepath.Join(importedArchive(t), "watch287g.db")
}

// BenchmarkCommitBesideReaders commits polls while 32 readers ask for what has to
// be made. Its floors are to commit alone, and beside as many readers of another
// store: those take the processors, but could not hold up a commit.
func BenchmarkCommitBesideReaders(b *testing.B) {
	file := archiveFile(b)
	s, address := openArchive(b, file)
	_, other := openArchive(b, file)
	const commits = 60
	var alone, beside, apart pace
	for range b.N {
		alone = commitTimes(b, s, commits)
		apart = besideReaders(b, s, other, commits)
		beside = besideReaders(b, s, address, commits)
	}
	for name, p := range map[string]pace{"": beside, "alone-": alone, "floor-": apart} {
		b.ReportMetric(p.at(50), name+"ms/commit")
		b.ReportMetric(p.at(100), name+"max-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// TestArchiveReadersDoNotHoldUpPolls compares the slowest of many commits beside
// readers with that beside readers of another store, who only take the processors.
// On a machine that does other things, one round of several has to show it.
func TestArchiveReadersDoNotHoldUpPolls(t *testing.T) {
	file := archiveFile(t)
	s, address := openArchive(t, file)
	_, other := openArchive(t, file)
	for range 4 {
		floor, slowest := besideReaders(t, s, other, 40).at(100), besideReaders(t, s, address, 40).at(100)
		t.Logf("the slowest commit took %.0f ms, and %.0f ms beside readers of another store", slowest, floor)
		if slowest < 2*floor+50 {
			return
		}
	}
	t.Error("readers hold up what a poll commits")
}
