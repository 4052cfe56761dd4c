package watch

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/store"
)

// Beside commits what was found beside polls, such as documents of the past: what plan
// makes of what the store has. It is not a poll, and tells nobody. Nothing is written where
// plan returns an empty batch.
func (w *Watcher) Beside(ctx context.Context, plan func(ctx context.Context, s store.Reader) (store.Batch, error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.readFacts(ctx)
	if err != nil {
		return err
	}
	b, err := plan(ctx, w.opts.Store)
	if err != nil || len(b.Addresses)+len(b.Documents)+len(b.PageTexts) == 0 {
		return err
	}
	b.Before, b.Revision = known.snapshot.Seqs, known.revision
	w.last = nil
	if err := w.opts.Store.Commit(ctx, b); err != nil {
		return fmt.Errorf("writing to the store: %w", err)
	}
	w.looks.forget() // what came is to be read
	return nil
}
