// Package wording keeps the index of the words in documents as the documents are, and joins it
// with what pages are made from.
package wording

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/document/search"
	keptpostgres "github.com/watch287g/watch287g/document/search/postgres"
	"github.com/watch287g/watch287g/document/search/sqlite"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/web/kept"
)

const (
	lookEvery  = 2 * time.Second // whether documents came
	renewEvery = time.Minute     // whether the index is still there, and another process indexed
)

// Texts finds words in documents. It is safe for concurrent use.
type Texts struct {
	index  *search.Index
	source search.Source
	log    *slog.Logger

	mu   sync.Mutex
	view *view // the last one
}

// New returns an index that Follow fills: in the database of the store, or in a file of the
// directory of the state.
func New(s store.Reader, dir string, source search.Source, log *slog.Logger) *Texts {
	t := &Texts{source: source, log: log}
	if db, ok := s.(*postgres.Store); ok {
		t.index = search.New(keptpostgres.New(db), log)
	} else {
		t.index = search.New(sqlite.New(filepath.Join(dir, File)), log)
	}
	return t
}

// File is the name of the index's file. It is no part of a backup.
const File = "documents.index"

// view is what is known of documents with the words in them.
type view struct {
	*library.View
	index      *search.Index
	generation uint64
}

// Find looks for words.
func (v *view) Find(ctx context.Context, q search.Query) (search.Result, error) {
	return v.index.Find(ctx, q) //nolint:wrapcheck // it says what it was doing
}

// With joins what is known of documents with the words in them. It is the same one until
// either changes.
func (t *Texts) With(v *library.View) kept.View {
	t.mu.Lock()
	defer t.mu.Unlock()
	if generation := t.index.Generation(); t.view == nil || t.view.View != v || t.view.generation != generation {
		t.view = &view{v, t.index, generation}
	}
	return t.view
}

// Follow keeps the index as the documents are that known returns, which is nil while nothing
// is known, until ctx ends. What cannot be indexed now is tried again.
func (t *Texts) Follow(ctx context.Context, known func() *library.View) error {
	defer func() {
		if err := t.index.Close(); err != nil {
			t.log.Warn("the index of documents was not closed", "error", oneLine(err))
		}
	}()
	var done *library.View
	var last time.Time
	failed := false
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		v := known()
		if v != nil && len(v.Documents()) > 0 && (time.Since(last) >= renewEvery || v != done && !failed) {
			err := t.index.Fill(ctx, v.Documents(), t.source)
			last = time.Now()
			if err == nil {
				done = v
			} else if ctx.Err() == nil && !failed {
				t.log.Warn("the words of documents cannot be indexed; it is tried again every minute, and what is indexed is found", "error", oneLine(err))
			}
			failed = err != nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
