package documents

import (
	"context"
	"log/slog"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/wording"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/kept"
)

// libraryEvery is how often the store is asked whether documents came.
const libraryEvery = 5 * time.Second

// Papers is the library as pages read it.
type Papers struct {
	*library.Library
	texts *wording.Texts
}

var _ kept.Library = (*Papers)(nil)

// View returns what is known of documents now, nil while nothing is.
func (p *Papers) View() kept.View {
	if v := p.Now(); v != nil {
		return p.texts.With(v)
	}
	return nil
}

// NewPapers returns the library of the documents that are kept. Where others share the
// database and the archive, what they derived is read. dir is the directory of the state. tell
// hears of what contradicts rows; it may be nil.
func NewPapers(s store.Reader, documents archive.Archive, dir string, shared bool, tell *ConflictNews, log *slog.Logger) *Papers {
	o := library.Options{Archive: documents, Store: s, Shared: shared, Log: log}
	if tell != nil {
		o.Tell = tell.Tell
	}
	return &Papers{library.New(o), wording.New(s, dir, documents, log)}
}

// Run keeps the library as the store is until ctx ends.
func (p *Papers) Run(ctx context.Context) error {
	p.Follow(ctx, libraryEvery)
	return nil
}

// Index keeps the index of their words as the library is, until ctx ends.
func (p *Papers) Index(ctx context.Context) error {
	return p.texts.Follow(ctx, p.Now) //nolint:wrapcheck // it returns none
}
