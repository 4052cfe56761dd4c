// Package search finds words in the texts of all documents, as they stand there and as a
// scanner may have misread them. What it knows is derived from the readings, and can be
// derived again at any time: it is kept by document/search/sqlite or document/search/postgres,
// and is in no backup.
//
// A text is kept as passages, which are about a sentence each. A passage that many documents
// have in common, as those of one form do, is kept once.
package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Version is that of the rules that cut texts in passages and words. Documents that were
// indexed by other rules are indexed again.
const Version = 2

// Keeper keeps an index. It is safe for concurrent use.
type Keeper interface {
	// Renew makes sure that the index can be used, and begins an empty one where it is missing
	// or damaged. It is called before anything else, and before each time that the index is
	// filled. renewed says that it is another one than before.
	Renew(ctx context.Context) (renewed bool, err error)
	// Revision changes whenever a document was put, by any process.
	Revision(ctx context.Context) (int64, error)
	// Put keeps a document's text in one small transaction, in the place of what was kept of
	// it before.
	Put(ctx context.Context, d Text) error
	// Kept returns what is kept of all documents, and all words.
	Kept(ctx context.Context) ([]Kept, []Word, error)
	// Match returns the passages in which one of the sequences of words stands, in any order;
	// a sequence is words one after the other. With prefix the last word of each sequence is
	// how a word begins.
	Match(ctx context.Context, sequences [][]string, prefix bool) ([]uint32, error)
	// Passages returns the texts of passages, by their numbers.
	Passages(ctx context.Context, ids []uint32) (map[uint32]string, error)
	Close() error
}

// Text is the text of one document as it is indexed.
type Text struct {
	SHA256 string
	Stamp  string // tells one reading from another
	Pages  []TextPage
}

// TextPage is one page of it.
type TextPage struct {
	Number   int
	Machine  bool
	Passages []Passage
}

// Passage is about a sentence.
type Passage struct {
	Text  string   // as it is shown, except that a hyphen at the end of a line is a soft one
	Words []string // as they are found, in their order
	Alike uint64   // is the same for passages that are one but for spaces and marks
}

// Kept is what is kept of one document.
type Kept struct {
	SHA256 string
	Stamp  string
	Pages  []KeptPage
}

// KeptPage is one page of it, as keepers write it in JSON.
type KeptPage struct {
	Number   int      `json:"n"`
	Machine  bool     `json:"m,omitempty"`
	Passages []uint32 `json:"p"` // their numbers, from 1
	Alike    []uint64 `json:"a"` // Passage.Alike of each
}

// Word is one of the words that stand in documents.
type Word struct {
	Word      string
	Documents int // in about how many it stands
}

// ErrNotYet means that nothing can be found, since no index has been read yet.
var ErrNotYet = errors.New("the texts of documents are being indexed; try again in a few minutes")

// Index finds documents by their words. It is safe for concurrent use.
type Index struct {
	keeper   Keeper
	log      *slog.Logger
	mu       sync.Mutex // held by who fills
	revision int64      // of what is in catalog
	catalog  atomic.Pointer[catalog]
	loaded   atomic.Uint64 // how often another catalog was read
	renewed  atomic.Uint64 // how often what keeps it was made again
}

// Generation is another number whenever other documents can be found.
func (x *Index) Generation() uint64 { return x.loaded.Load() }

// New returns an index that finds nothing until it is filled or loaded. log may be nil.
func New(k Keeper, log *slog.Logger) *Index {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Index{keeper: k, log: log}
}

// Close closes what keeps it.
func (x *Index) Close() error { return x.keeper.Close() }

// Source is where texts are read.
type Source interface {
	// Reading returns what was read in a document; store.ErrNotFound or archive.ErrDamaged
	// where there is nothing that can be used.
	Reading(ctx context.Context, sha256 string) (document.Reading, error)
}

// loadEach is after how many documents those indexed so far can be found.
const loadEach = 250

// Fill indexes the documents that are not indexed as they were read last, one by one. Where
// there are none it costs little. Meanwhile what was indexed before is found.
func (x *Index) Fill(ctx context.Context, documents []roster.Document, from Source) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	renewed, err := x.keeper.Renew(ctx)
	if err != nil {
		return fmt.Errorf("opening the index of documents: %w", err)
	}
	if renewed {
		if x.catalog.Load() != nil {
			x.log.Warn("the index of documents was removed or damaged; it is made again, and until then a search finds what is indexed by then")
		}
		x.renewed.Add(1)
		x.catalog.Store(nil)
		x.loaded.Add(1)
	}
	if err := x.load(ctx); err != nil {
		return err
	}
	known := x.catalog.Load().stamps
	put := 0
	for _, d := range documents {
		stamp := stampOf(d)
		if d.ReadBy == 0 || known[d.SHA256] == stamp {
			continue
		}
		r, err := from.Reading(ctx, d.SHA256)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, store.ErrNotFound) || errors.Is(err, archive.ErrDamaged):
			continue // it is read again, and then indexed
		case err != nil:
			return fmt.Errorf("reading the text of document %s for the index: %w", d.SHA256, err)
		}
		if err := x.keeper.Put(ctx, textOf(r, stamp)); err != nil {
			return fmt.Errorf("indexing document %s: %w", d.SHA256, err)
		}
		if put++; put%loadEach == 0 {
			if err := x.load(ctx); err != nil {
				return err
			}
		}
	}
	if put > 0 {
		x.log.Info("documents were indexed, so that their words can be found", "indexed", put)
	}
	return x.load(ctx)
}

// stampOf tells one reading of a document from another.
func stampOf(d roster.Document) string {
	return fmt.Sprintf("%d.%d.%d.%d.%s", Version, d.ReadBy, d.Words, d.MachineRead, d.TextDigest)
}

// load reads what is kept, if it is not what was read last.
func (x *Index) load(ctx context.Context) error {
	revision, err := x.keeper.Revision(ctx)
	if err == nil && (x.catalog.Load() == nil || revision != x.revision) {
		var kept []Kept
		var words []Word
		if kept, words, err = x.keeper.Kept(ctx); err == nil {
			x.catalog.Store(newCatalog(kept, words))
			x.revision = revision
			x.loaded.Add(1)
		}
	}
	if err != nil {
		return fmt.Errorf("reading the index of documents: %w", err)
	}
	return nil
}
