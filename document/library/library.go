package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Source is what a library reads of a store.
type Source interface {
	Addresses(ctx context.Context) ([]roster.DocumentAddress, error)
	Documents(ctx context.Context) ([]roster.Document, error)
	Known(ctx context.Context) (roster.Snapshot, error)
	Changes(ctx context.Context, q store.ChangeQuery) ([]roster.Change, error)
	Revision(ctx context.Context) (uint64, error)
}

// Options are what a library needs.
type Options struct {
	Archive archive.Archive // where files and readings are; what is derived is kept there, if it is an archive.Shelf
	Store   Source
	Names   *diff.Names  // nil: its own
	Log     *slog.Logger // nil: none
	// Tell is called with what is known, whenever that was read anew; what it could not do it is
	// called for again. nil: nothing is.
	Tell func(ctx context.Context, v *View) error
	// Shared says that other processes derive, too, from the same store into the same archive:
	// what they did is read before anything is derived.
	Shared bool
}

// Library derives what pages show of documents, and keeps it beside them. It is safe for
// concurrent use.
type Library struct {
	o    Options
	mu   sync.Mutex // held by who derives
	last *derived   // what was derived last; nil before the first time
	rows agreements // guarded by mu
	lost lost
	view atomic.Pointer[View]
}

// New returns a library that knows nothing yet.
func New(o Options) *Library {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Names == nil {
		o.Names = &diff.Names{}
	}
	return &Library{o: o}
}

// Now returns what is known, nil while nothing is. It never changes.
func (l *Library) Now() *View { return l.view.Load() }

// Refresh derives what new documents bring, keeps it, and shows it: after a commit that
// brought documents, and at the start. What did not change is not read again. A reading that
// is missing or damaged leaves its document uncompared until the next time.
func (l *Library) Refresh(ctx context.Context) error { return l.refresh(ctx, true) }

// Load shows what another process derived and what the store has: on a machine that does not
// watch documents itself. It reads no document.
func (l *Library) Load(ctx context.Context) error { return l.refresh(ctx, false) }

func (l *Library) refresh(ctx context.Context, derive bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	addresses, err := l.o.Store.Addresses(ctx)
	if err != nil {
		return fmt.Errorf("reading what is known of documents: %w", err)
	}
	documents, err := l.o.Store.Documents(ctx)
	if err != nil {
		return fmt.Errorf("reading what documents say: %w", err)
	}
	if len(addresses)+len(documents) == 0 {
		return nil
	}
	if err := l.readAgreements(ctx, addresses); err != nil {
		return err
	}
	slices.SortFunc(documents, func(a, b roster.Document) int { return cmp.Compare(a.SHA256, b.SHA256) })
	rows := rowsOf(l.rows.listed, addresses)
	if l.last == nil || !derive || l.o.Shared {
		l.last = l.kept(ctx)
	}
	d, lost := l.last, map[string]bool{}
	if derive {
		lost = l.lost.take()
		if d, err = l.derive(ctx, documents, rows, l.last, lost); err != nil {
			return err
		}
		l.last = d
	}
	v, before := newView(addresses, documents, d, conflicts(documents, rows, l.o.Names)), l.Now()
	v.replaced = l.replaced(ctx, v, before)
	if before == nil || len(lost) > 0 || !reflect.DeepEqual(v, before) { // pages are made anew for another view
		l.view.Store(v)
	}
	return nil
}

// Follow keeps the library as the store is until ctx ends, looking each time that long after
// the last look. Where others derive, it gives them a while to do it, of no fixed length so that
// one is the first.
func (l *Library) Follow(ctx context.Context, every time.Duration) {
	done, known := uint64(0), false
	failures := 0
	for ctx.Err() == nil {
		revision, err := l.o.Store.Revision(ctx)
		if err == nil && (!known || revision != done || l.lost.any()) {
			err = l.follow(ctx, every)
			if v := l.Now(); err == nil && v != nil && l.o.Tell != nil {
				err = l.o.Tell(ctx, v)
			}
		}
		switch {
		case err == nil:
			done, known, failures = revision, true, 0
		case ctx.Err() == nil:
			if failures++; failures == 1 {
				l.o.Log.WarnContext(ctx, "what documents say cannot be derived; it is tried again", "error", err)
			}
		}
		wait := time.NewTimer(every << min(failures, 5))
		select {
		case <-ctx.Done():
		case <-wait.C:
		}
		wait.Stop()
	}
}

// follow shows what is known, and then derives what nobody did.
func (l *Library) follow(ctx context.Context, every time.Duration) error {
	if !l.o.Shared {
		return l.Refresh(ctx)
	}
	if err := l.Load(ctx); err != nil {
		return err
	}
	wait := time.NewTimer(every + rand.N(10*every)) //nolint:gosec // nothing is secret about it
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // it was ended
	case <-wait.C:
		return l.Refresh(ctx)
	}
}

// kept returns what was derived and kept; what nothing can be read of counts as nothing.
func (l *Library) kept(ctx context.Context) *derived {
	none := &derived{}
	shelf, ok := l.o.Archive.(archive.Shelf)
	if !ok {
		return none
	}
	var d derived
	switch err := readDerived(ctx, shelf, formsName, &d); {
	case errors.Is(err, store.ErrNotFound):
		return none
	case err != nil:
		l.o.Log.WarnContext(ctx, "what was derived from documents cannot be read, and is derived anew", "error", err)
		return none
	case d.Rules == 1: // its ids are in other people's links
		return &derived{Former: formerly(d)}
	case d.Rules != rules:
		return none
	}
	return &d
}

// Text returns what was read in a document, by page. It is not masked.
func (l *Library) Text(ctx context.Context, sha256 string) (document.Reading, error) {
	return l.o.Archive.Reading(ctx, sha256) //nolint:wrapcheck // it says itself what it is about
}

// File returns a document's bytes, or store.ErrNotFound where they are not kept.
func (l *Library) File(ctx context.Context, sha256 string) ([]byte, error) {
	return l.o.Archive.Get(ctx, sha256) //nolint:wrapcheck // likewise
}

// Keeps says whether files are kept, and not only what is known of them.
func (l *Library) Keeps() bool { return archive.KeepsFiles(l.o.Archive) }

// Departures returns where a document departs from its form, as was derived; the error is
// store.ErrNotFound where it was not compared, and where what was found is not at hand: then it
// is compared again in the background, and not while somebody waits.
func (l *Library) Departures(ctx context.Context, sha256 string) ([]document.Difference, error) {
	v := l.Now()
	if v == nil {
		return nil, notCompared(sha256)
	}
	c, ok := v.compared[sha256]
	if !ok {
		return nil, notCompared(sha256)
	}
	if shelf, ok := l.o.Archive.(archive.Shelf); ok {
		var kept departures
		if err := readDerived(ctx, shelf, departuresName(sha256), &kept); err == nil && kept.Standard == c.Standard {
			return kept.Differences, nil
		}
	}
	if ctx.Err() == nil {
		l.lost.add(sha256)
	}
	return nil, notCompared(sha256)
}

func notCompared(sha256 string) error {
	return fmt.Errorf("document %.12s was not compared: %w", sha256, store.ErrNotFound)
}
