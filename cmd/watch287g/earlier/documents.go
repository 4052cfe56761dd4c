package earlier

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/icepage"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/wayback"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// tell has the store know of the documents and of the words of ICE's page among the past
// captures. It makes one where there is none, for a rebuild to fill. Of documents, nothing is
// told where they are not kept.
func (e *Env) tell(ctx context.Context, pool *past.Pool, kept bool) error {
	words, err := wayback.Words(ctx, pool)
	if err != nil {
		return fmt.Errorf("reading what ICE's page said: %w", err)
	}
	added := 0
	err = e.WithWatcher(ctx, func(ctx context.Context, w *watch.Watcher) error {
		return w.Beside(ctx, func(ctx context.Context, s store.Reader) (store.Batch, error) { //nolint:wrapcheck // it says what it was about
			texts, err := s.PageTexts(ctx)
			if err != nil {
				return store.Batch{}, fmt.Errorf("reading what ICE's page said: %w", err)
			}
			polls, err := s.Polls(ctx, allPolls)
			if err != nil {
				return store.Batch{}, fmt.Errorf("reading the log of polls: %w", err)
			}
			b := store.Batch{PageTexts: icepage.Captured(texts, words, polls)}
			added = len(b.PageTexts)
			if kept {
				err = addDocuments(ctx, s, pool.Captures(), &b)
			}
			return b, err
		})
	})
	if err == nil && added > 0 {
		console.Sayf(e.Stdout, "ICE's page: %s of what it said kept now, at /ice-page\n", console.Counted(added, "version"))
	}
	return err
}

// allPolls is more than a store keeps.
const allPolls = 100_000

// addDocuments adds what a store does not know of captured documents.
func addDocuments(ctx context.Context, s store.Reader, captures []past.Capture, b *store.Batch) error {
	documents, err := s.Documents(ctx)
	if err != nil {
		return fmt.Errorf("reading what is known of documents: %w", err)
	}
	addresses, err := s.Addresses(ctx)
	if err != nil {
		return fmt.Errorf("reading what is known of documents' addresses: %w", err)
	}
	b.Documents, b.Addresses = past.NewDocuments(captures, documents, addresses)
	return nil
}
