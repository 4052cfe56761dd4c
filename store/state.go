package store

import (
	"cmp"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// State is what a backend keeps beside what is stored, so that it need not be computed
// from all of it.
type State struct {
	Seqs     roster.Seqs              `json:"seqs"`
	Delivery uint64                   `json:"delivery,omitempty"` // the last number given out
	Commits  uint64                   `json:"commits,omitempty"`  // batches written; older stores did not count them
	First    time.Time                `json:"first,omitzero"`     // the earliest EffectiveAt
	Rebuilds int                      `json:"rebuilds,omitempty"` // how often everything was derived anew
	InForce  map[roster.List]Position `json:"in_force,omitempty"`
	// Reading outlives the polls that it was computed from: an outage can be longer
	// than the log of polls.
	Reading roster.Reading `json:"reading,omitzero"`
	// Begun is when a poll began of which nothing is known yet: it is under way, or its
	// process was killed. Zero: the last one is in the log.
	Begun time.Time `json:"begun,omitzero"`
}

// End takes into account that a poll is in the log. One that began later is still under
// way.
func (s *State) End(p roster.Poll) {
	s.Reading = s.Reading.After(p)
	if !s.Begun.After(p.At) {
		s.Begun = time.Time{}
	}
}

// Position is where an accepted publication is in time.
type Position struct {
	Seq         uint64    `json:"seq"`
	EffectiveAt time.Time `json:"effective_at"`
}

// Count takes a publication into account, if it is accepted.
func (s *State) Count(p roster.Publication) {
	if p.Verdict != roster.VerdictAccepted {
		return
	}
	if s.First.IsZero() || p.EffectiveAt.Before(s.First) {
		s.First = p.EffectiveAt
	}
	last, known := s.InForce[p.List]
	if known && cmp.Or(p.EffectiveAt.Compare(last.EffectiveAt), cmp.Compare(p.Seq, last.Seq)) < 0 {
		return
	}
	if s.InForce == nil {
		s.InForce = map[roster.List]Position{}
	}
	s.InForce[p.List] = Position{p.Seq, p.EffectiveAt}
}

// TakesBack says whether a verdict changes what counted until now, so that what is in
// force must be computed anew, by Count of all publications. That should never happen.
func TakesBack(before, after roster.Publication) bool {
	return before.Verdict == roster.VerdictAccepted &&
		(after.Verdict != before.Verdict || after.List != before.List || !after.EffectiveAt.Equal(before.EffectiveAt))
}
