package rebuild

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// Past are past lists in the order in which they were published, as past.Pool has them.
type Past iter.Seq2[past.List, error]

// arrivals are the past lists that the store does not have, and why others are left out, a
// sentence each.
func (k *kept) arrivals(ctx context.Context, lists Past) (came []arrival, skipped []string, err error) {
	if lists == nil {
		return nil, nil, nil
	}
	for l, err := range lists {
		if err != nil {
			return nil, nil, fmt.Errorf("reading the past captures: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		rosters, err := sheet.Read(l.Body, l.PublishedAt)
		switch {
		case errors.Is(err, sheet.ErrNoList), errors.Is(err, sheet.ErrBroken):
			skipped = append(skipped, fmt.Sprintf("%s: %s", l.Capture, err.Error()))
			continue
		case err != nil:
			return nil, nil, fmt.Errorf("reading %s: %w", l.Capture, err)
		}
		for _, rows := range full(rosters) {
			if a := newArrival(l, rows); !k.has(a.publication) {
				came = append(came, a)
			}
		}
	}
	return came, skipped, nil
}

// full leaves out a list without a readable row that is in one file with one that has some.
func full(rosters []roster.Roster) []roster.Roster {
	some := slices.DeleteFunc(slices.Clone(rosters), func(r roster.Roster) bool { return len(r.Rows) == r.Unreadable() })
	if len(some) == 0 {
		return rosters[:min(1, len(rosters))]
	}
	return some
}

func newArrival(l past.List, rows roster.Roster) arrival {
	sum, origin, at := sha256.Sum256(l.Body), l.Origin, l.PublishedAt.UTC()
	return arrival{body: l.Body, rows: &rows, publication: roster.Publication{List: rows.List, File: l.File, URL: l.URL,
		SHA256: hex.EncodeToString(sum[:]), Size: len(l.Body), Digest: rows.Digest(), LastModified: l.Modified.UTC(),
		PublishedAt: at, SeenAt: at, Origin: &origin}}
}

// has says whether the store has a past list: as it came from ICE itself, or as an earlier
// rebuild took it from the past captures.
func (k *kept) has(p roster.Publication) bool {
	return slices.ContainsFunc(k.publications, func(q roster.Publication) bool {
		if q.List != p.List {
			return false
		}
		if !captured(q) {
			return q.SHA256 == p.SHA256 || q.SHA256 == p.Origin.PublicOf
		}
		return q.SHA256 == p.SHA256 && q.PublishedAt.Equal(p.PublishedAt)
	})
}
