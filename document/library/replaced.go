package library

import (
	"context"

	"github.com/watch287g/watch287g/document"
)

// mostReplaced bounds what a view holds of files that took another's place.
const mostReplaced = 5000

// replaced finds what differs between each file and the one before it at its address, so that
// no reader waits for it. What an earlier view found is taken over; what cannot be compared is
// left out.
func (l *Library) replaced(ctx context.Context, v, earlier *View) map[[2]string][]document.Difference {
	found := map[[2]string][]document.Difference{}
	for _, a := range v.addresses {
		for i := 1; i < len(a.Versions) && len(found) < mostReplaced && ctx.Err() == nil; i++ {
			pair := [2]string{a.Versions[i-1].SHA256, a.Versions[i].SHA256}
			if earlier != nil {
				if all, ok := earlier.replaced[pair]; ok {
					found[pair] = all
					continue
				}
			}
			if all, err := l.compare(ctx, pair[0], pair[1]); err == nil {
				found[pair] = all
			}
		}
	}
	return found
}

// compare compares two files by what was read in them.
func (l *Library) compare(ctx context.Context, before, after string) ([]document.Difference, error) {
	old, err := l.Text(ctx, before)
	if err != nil {
		return nil, err
	}
	now, err := l.Text(ctx, after)
	if err != nil {
		return nil, err
	}
	if len(document.Unread(old))+len(document.Unread(now)) > 0 {
		return nil, notCompared(before)
	}
	return document.Compare(document.TextOf(old), document.TextOf(now)), nil
}

// Changes returns what differs between a file and the one before it at its address; the error
// is store.ErrNotFound where they were not compared.
func (l *Library) Changes(_ context.Context, before, after string) ([]document.Difference, error) {
	if v := l.Now(); v != nil {
		if all, ok := v.replaced[[2]string{before, after}]; ok {
			return all, nil
		}
	}
	return nil, notCompared(after)
}
