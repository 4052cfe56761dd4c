package diff

import (
	"context"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// Compare returns what changed from the older publications to the newer ones, which
// are of the same lists, by the rules of Update and as if nothing else were known. A
// newer one that would be held counts all the same: Holds says why it would be.
func Compare(ctx context.Context, older, newer []Candidate, s Settings) (Result, error) {
	var names Names
	in := Input{Arrivals: approved(older), Now: older[0].Publication.SeenAt, Settings: s, Names: &names}
	for i := range in.Arrivals {
		in.Arrivals[i].Baseline = true
	}
	before, err := Update(ctx, in)
	if err != nil {
		return before, err
	}
	in.Known, in.Arrivals, in.Now = before.Known, newer, newer[0].Publication.SeenAt
	judged, err := Update(ctx, in)
	if err != nil || len(judged.Holds) == 0 {
		return judged, err
	}
	in.Arrivals = approved(newer)
	accepted, err := Update(ctx, in)
	accepted.Holds = judged.Holds
	return accepted, err
}

// approved returns the publications with the operator's approval.
func approved(all []Candidate) []Candidate {
	all = slices.Clone(all)
	for i := range all {
		all[i].Decision = roster.HoldApproved
	}
	return all
}
