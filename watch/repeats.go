package watch

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/roster"
)

// repeats names the file of an earlier list that counted and said just what this
// one says, where the one in force says other; "" where there is none. The
// store's publications are read once, and only when a list is news.
func (w *Watcher) repeats(ctx context.Context, p roster.Publication) (file string, err error) {
	inForce, watched := w.known.InForce[p.List]
	if !watched || p.Digest == "" || p.Digest == inForce.Digest {
		return "", nil
	}
	if w.said == nil {
		all, err := w.o.Store.Publications(ctx)
		if err != nil {
			return "", fmt.Errorf("reading what earlier lists said: %w", err)
		}
		w.said = map[roster.List]map[string]string{}
		for _, p := range all {
			w.remember(p)
		}
	}
	return w.said[p.List][p.Digest], nil
}

// remember notes what a list said that counts, once that is asked for.
func (w *Watcher) remember(p roster.Publication) {
	if w.said == nil || p.Verdict != roster.VerdictAccepted || p.Digest == "" {
		return
	}
	if w.said[p.List] == nil {
		w.said[p.List] = map[string]string{}
	}
	w.said[p.List][p.Digest] = p.File
}
