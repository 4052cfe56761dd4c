package watch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// keptFor is how long the bytes of a list stand for those of others that say the
// same. ICE's server may send one list under new bytes at every poll.
const keptFor = 24 * time.Hour

// keptAs returns the hash of the list whose bytes are kept in the place of those
// of a new publication, which says the same as the list in force; "" where its
// own are to be kept. What a change or an agreement was read from is evidence,
// and so is a list that is held: that is always kept.
func (w *Watcher) keptAs(ctx context.Context, o diff.Result, p roster.Publication) (string, error) {
	known, err := w.load(ctx)
	if err != nil {
		return "", err
	}
	last, ok := known.InForce[p.List]
	if !ok || p.Verdict != roster.VerdictAccepted || p.Digest == "" || p.Digest != last.Digest || isEvidence(o, p) {
		return "", nil
	}
	sha := cmp.Or(last.KeptAs, last.SHA256)
	if last.KeptAs != "" {
		same, err := w.o.Store.PublicationsOf(ctx, sha)
		if err != nil {
			return "", fmt.Errorf("looking up the list that is kept: %w", err)
		}
		same = slices.DeleteFunc(same, func(p roster.Publication) bool { return p.KeptAs != "" })
		if len(same) == 0 {
			return "", nil
		}
		last = same[len(same)-1]
	}
	if age := p.SeenAt.Sub(last.SeenAt); age < 0 || age >= keptFor {
		return "", nil
	}
	return sha, nil
}

// isEvidence says whether anything in an outcome names a publication as where it
// was read.
func isEvidence(o diff.Result, p roster.Publication) bool {
	return slices.ContainsFunc(o.Changes, func(c roster.Change) bool { return c.Publication.SHA256 == p.SHA256 }) ||
		slices.ContainsFunc(o.Records, func(r roster.Record) bool {
			return r.List == p.List && slices.ContainsFunc(r.Versions, func(v roster.Version) bool { return v.Source == p.Seq })
		})
}
