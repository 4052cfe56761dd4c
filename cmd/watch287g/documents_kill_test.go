package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/watch"
)

// looker is a process of its own that makes the looks that are due, and is killed at one step
// of one of them. What it asks is a directory, so that nothing of it takes time.
type looker struct {
	site  string // a directory with the documents, and with a log of requests
	now   time.Time
	step  string // at which it is killed; "" for one that is not
	of    string // the look at which address
	asked string // the name that was asked for last
}

// The steps of a look.
const (
	stepHad        = "had"        // the file came
	stepWriting    = "writing"    // it is being written, or was just now
	stepKept       = "kept"       // it is on the disk
	stepRead       = "read"       // what was read in it is, too
	stepCommitting = "committing" // the store is being written, or was just now
	stepCommitted  = "committed"  // it was, and nobody was told yet
)

// lookerCommand is the name under which a test's own binary is a looker.
const lookerCommand = "watch287g-looker"

// look is the main function of a looker: its store, "" for the file of its directory, its
// directory, the time, and where it is killed.
func look() {
	if err := lookAround(context.Background(), os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func lookAround(ctx context.Context, database, dir string, args []string) (err error) {
	l := &looker{site: filepath.Join(dir, "site"), step: args[1], of: args[2]}
	if l.now, err = time.Parse(time.RFC3339, args[0]); err != nil {
		return err
	}
	var s store.Store
	if s, err = bolt.Open(fileOf(dir), bolt.Options{}); database != "" {
		s, err = postgres.Open(ctx, database, postgres.Options{})
	}
	if err != nil {
		return err
	}
	now := func() time.Time { return l.now }
	kept := lookerArchive{documents.On(fileOf(dir), now), l}
	w := watch.New(watch.Options{Store: lookerStore{s, l}, Planner: l, Every: time.Hour, Now: now,
		Documents: &watch.Documents{Source: l, Archive: kept, Reader: l, Timeout: time.Second}})
	for quiet := 0; quiet < 2; { // the first one may have noted what is linked
		made, err := w.Look(ctx)
		if err != nil {
			return err
		}
		if quiet++; made {
			quiet = 0
		}
	}
	return s.Close()
}

// die kills the process, if this is the step.
func (l *looker) die(step string) {
	if l.step == step && l.of == l.asked {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// dieWhile kills it within a moment.
func (l *looker) dieWhile(step string) {
	if l.step == step && l.of == l.asked {
		time.AfterFunc(rand.N(4*time.Millisecond), func() { l.die(step) }) //nolint:gosec // chance
	}
}

func (l *looker) Fetch(_ context.Context, address string, known scraper.Validators) scraper.File {
	l.asked = path.Base(address)
	log, err := os.OpenFile(filepath.Join(l.site, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(log, l.asked)
		err = errors.Join(err, log.Close())
	}
	if err != nil {
		return scraper.File{Err: err}
	}
	body, err := os.ReadFile(filepath.Join(l.site, l.asked))
	switch hash := archive.Hash(body); {
	case err != nil:
		return scraper.File{Answer: scraper.AnswerGone}
	case hash == known.SHA256:
		return scraper.File{Answer: scraper.AnswerSame}
	default:
		return scraper.File{Answer: scraper.AnswerFile, Body: body, SHA256: hash, Modified: "Mon, 03 Mar 2025 15:00:00 GMT"}
	}
}

func (l *looker) Read(_ context.Context, body []byte) (document.Reading, error) {
	return document.Reading{ReadBy: document.Version, Pages: []document.Page{{Number: 1, Text: string(body)}}}, nil
}

func (l *looker) Plan(_ context.Context, e roster.CycleEvent) (n roster.Notifications, err error) {
	for _, c := range e.Changes {
		n.Deliveries = append(n.Deliveries, roster.Delivery{ID: "of_" + c.ID, Channel: "all", Changes: []uint64{c.Seq}, CreatedAt: e.At, DueAt: e.At, State: roster.DeliveryWaiting})
	}
	return n, nil
}

func (l *looker) Committed() {}

type lookerArchive struct {
	archive.Archive
	l *looker
}

func (a lookerArchive) Put(ctx context.Context, body []byte) (string, error) {
	a.l.die(stepHad)
	a.l.dieWhile(stepWriting)
	hash, err := a.Archive.Put(ctx, body)
	a.l.die(stepWriting)
	a.l.die(stepKept)
	return hash, err
}

func (a lookerArchive) PutReading(ctx context.Context, r document.Reading) error {
	err := a.Archive.PutReading(ctx, r)
	a.l.die(stepRead)
	return err
}

type lookerStore struct {
	store.Store
	l *looker
}

func (s lookerStore) Commit(ctx context.Context, b store.Batch) error {
	s.l.dieWhile(stepCommitting)
	err := s.Store.Commit(ctx, b)
	s.l.die(stepCommitting)
	s.l.die(stepCommitted)
	return err
}

// TestKilledWhileLooking kills a process at each step of looks at documents that are new, that
// were replaced and that are gone. The one after it keeps each file once and tells each change
// once, and asks for nothing again but what was cut off.
func TestKilledWhileLooking(t *testing.T) {
	t.Parallel()
	t.Run("in a file", func(t *testing.T) { killLooks(t, "") })
	t.Run("in a database", func(t *testing.T) { killLooks(t, pgtest.Need(t).Database(t)) })
}

func killLooks(t *testing.T, database string) {
	t.Parallel()
	l := newLifetimeIn(t, database)
	site := filepath.Join(l.data, "site")
	if err := os.Mkdir(site, 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(name, body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(site, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	steps := []string{stepHad, stepWriting, stepKept, stepRead, stepCommitting, stepCommitted}
	rows := sheettest.Sample(len(steps) + 1)
	publish := func(rows []sheettest.Row) {
		t.Helper()
		for i := range rows {
			rows[i].MOA, rows[i].Addendum = fmt.Sprintf("https://ice.example/doclib/287gMOA/%d.pdf", i), ""
		}
		l.now = l.now.Add(2 * time.Hour)
		l.site.Publish(fakeice.File{Link: fakeice.Participating, Name: fmt.Sprintf("%d.xlsx", len(rows)), At: l.now, Body: sheettest.Participating(rows...)})
		output(t, l.call("poll"))
	}
	put("0.pdf", "The first one.")
	publish(rows[:1])
	l.looks(database, "", "")
	for i := range steps {
		put(fmt.Sprintf("%d.pdf", i+1), fmt.Sprint("Words of ", i))
	}
	publish(rows)
	asked := map[string]int{}
	all := func() {
		t.Helper()
		for i, step := range steps {
			if of := fmt.Sprintf("%d.pdf", i+1); !l.looks(database, step, of) {
				t.Errorf("nobody was killed at %s of %s", step, of)
			}
		}
		l.looks(database, "", "")
		log, _ := os.ReadFile(filepath.Join(site, "log"))
		for name := range strings.Lines(string(log)) {
			asked[strings.TrimSpace(name)]++
		}
		for name, n := range asked {
			if most := map[bool]int{true: 1, false: 2}[name == "0.pdf" || name == fmt.Sprintf("%d.pdf", len(steps))]; n > most {
				t.Errorf("%s was asked for %d times", name, n)
			}
		}
		clear(asked)
		if err := os.Remove(filepath.Join(site, "log")); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Remove(filepath.Join(site, "log"))
	all()
	for i := range steps {
		put(fmt.Sprintf("%d.pdf", i+1), fmt.Sprint("Other words of ", i))
	}
	l.now = l.now.AddDate(0, 0, 8)
	all()
	if err := os.Remove(filepath.Join(site, "0.pdf")); err != nil {
		t.Fatal(err)
	}
	for _, later := range []time.Duration{8 * 24 * time.Hour, 7 * time.Hour} {
		l.now = l.now.Add(later)
		l.looks(database, stepCommitting, "0.pdf")
		l.looks(database, stepCommitted, "0.pdf")
		l.looks(database, "", "")
	}
	l.checkLooks(len(steps))
}

// looks makes looks in a process of its own, which is killed at a step of one of them; "" for
// one that is not. It says whether it was.
func (l *lifetime) looks(database, step, of string) (killed bool) {
	l.t.Helper()
	var said bytes.Buffer
	cmd := exec.CommandContext(l.t.Context(), lookerCommand, database, l.data, l.now.Format(time.RFC3339), step, of)
	cmd.Stderr = &said
	err := cmd.Run()
	killed = cmd.ProcessState != nil && !cmd.ProcessState.Exited()
	if err != nil && !killed || killed && step == "" {
		l.t.Fatalf("looking until %s of %s: %v\n%s", step, of, err, &said)
	}
	return killed
}

// checkLooks checks what came of it all: n documents that were linked and replaced, and one
// that is gone.
func (l *lifetime) checkLooks(n int) {
	l.t.Helper()
	l.check()
	told := map[string]int{}
	for line := range strings.Lines(output(l.t, l.call("changes", "--kind", "document", "--format", "jsonl"))) {
		var c struct {
			Document *roster.DocumentNews
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			l.t.Fatal(err)
		}
		if c.Document != nil {
			told[fmt.Sprintf("%s %s", c.Document.Event, path.Base(c.Document.URL))]++
		}
	}
	want := map[string]int{"gone 0.pdf": 1}
	for i := range n {
		want[fmt.Sprintf("linked %d.pdf", i+1)], want[fmt.Sprintf("replaced %d.pdf", i+1)] = 1, 1
	}
	if fmt.Sprint(told) != fmt.Sprint(want) {
		l.t.Errorf("told are %v, want %v", told, want)
	}
	s, err := l.open()
	if err != nil {
		l.t.Fatal(err)
	}
	deliveries, err := s.Deliveries(l.t.Context(), store.DeliveryQuery{Channel: "all"})
	wanted, failed := archive.Wanted(l.t.Context(), s)
	if err := errors.Join(err, failed, s.Close()); err != nil {
		l.t.Fatal(err)
	}
	var carried []uint64
	for _, d := range deliveries {
		carried = append(carried, d.Changes...)
	}
	slices.Sort(carried)
	if len(carried) != 2*n+1 || len(slices.Compact(carried)) != 2*n+1 {
		l.t.Errorf("messages carry the changes %v, of %d", carried, 2*n+1)
	}
	v, err := archive.Verify(l.t.Context(), documents.On(fileOf(l.data), time.Now), wanted)
	if err != nil || v.Err() != nil || v.Files != 2*n+1 || v.Unnamed > 0 {
		l.t.Errorf("kept are %+v (%v), of %d", v, err, 2*n+1)
	}
}
