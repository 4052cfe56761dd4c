package earlier

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// tellOfDocuments has the store know of the documents among the past captures.
func (e *Env) tellOfDocuments(ctx context.Context, captures []past.Capture) error {
	return e.WithWatcher(ctx, func(ctx context.Context, w *watch.Watcher) error {
		return w.Beside(ctx, func(ctx context.Context, s store.Reader) (store.Batch, error) { //nolint:wrapcheck // it says what it was about
			documents, err := s.Documents(ctx)
			if err != nil {
				return store.Batch{}, fmt.Errorf("reading what is known of documents: %w", err)
			}
			addresses, err := s.Addresses(ctx)
			if err != nil {
				return store.Batch{}, fmt.Errorf("reading what is known of documents' addresses: %w", err)
			}
			known, err := s.Known(ctx)
			if err != nil {
				return store.Batch{}, fmt.Errorf("reading what is known: %w", err)
			}
			listed := map[string]bool{}
			for _, r := range known.Records {
				for _, link := range []string{r.Now().MOA, r.Now().Addendum} {
					if url, ok := roster.DocumentURL(link); ok && r.Listed() {
						listed[url] = true
					}
				}
			}
			var b store.Batch
			b.Documents, b.Addresses = past.NewDocuments(captures, documents, addresses, listed)
			return b, nil
		})
	})
}
