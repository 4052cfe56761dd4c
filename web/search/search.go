// Package search finds agencies, counties and states by what people type: parts
// of names, in any order, with typos, with or without the state. It is pure: an
// Index is built from what is known and answers from memory.
package search

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Agency is what the search has to know of an agency.
type Agency struct {
	ID                     string
	State                  roster.State
	Names                  []string // all spellings, the one in use last
	County                 string   // as ICE lists it
	Counties               []string // FIPS codes of those that it is in, the first one before others
	Active, Pending, Ended int      // agreements and pending entries, by status
}

// Kind says what was found.
type Kind string

// The kinds of things that a search finds.
const (
	KindState  Kind = "state"
	KindCounty Kind = "county"
	KindAgency Kind = "agency"
)

// Hit is one thing that was found. What it points to belongs to the index and
// must not be changed.
type Hit struct {
	Kind   Kind
	State  roster.State
	Agency *Agency       // for an agency
	County *place.County // for a county, also one where no agency has an agreement
	// Exact says that it was found without mending a typo, and in the state that
	// was asked for, if one was.
	Exact bool
	Score float64 // greater is better; it means nothing from query to query
}

// Find returns what matches the query, the best first, and never more than limit.
// Every word of the query must match a word of the name or of an agency's county,
// exactly, as its beginning (the last word, which may not be typed to its end) or
// with a few slips, or name the state. Words like "county" or "police" need not
// match; but those that do come first, so that "polk" finds the county before its
// sheriff and "polk sheriff" the sheriff before the county.
//
// What is beyond 100 letters or 8 words of the query is not read.
func (x *Index) Find(query string, limit int) []Hit {
	q := x.parse(query)
	if limit <= 0 || len(q.words) == 0 {
		return nil
	}
	all := x.scan(&q)
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(a.entry, b.entry))
	})
	hits := make([]Hit, min(limit, len(all)))
	for i := range hits {
		f, e := all[i], &x.entries[all[i].entry]
		hits[i] = Hit{Kind: e.kind, State: e.state, Agency: e.agency, County: e.county,
			Exact: f.exact, Score: float64(f.points)}
	}
	return hits
}
