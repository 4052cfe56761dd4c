package rebuild

import (
	"cmp"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// arrival is a list that came.
type arrival struct {
	publication roster.Publication // Seq 0 for one that the store does not have
	body        []byte             // nil where the store has it
	rows        *roster.Roster     // what is read in body; nil likewise
}

// step is what happened at one moment: lists came, ICE's page was found to be as it was,
// or the operator decided about a hold.
type step struct {
	at       time.Time
	arrivals []arrival
	imported bool          // the lists are past ones
	unread   bool          // the page was not read well, so that no grace runs out
	had      []roster.List // that a poll had, new or not
	ended    []roster.Hold // that ended at a poll that brought no list in their place
	decided  *roster.Hold  // by the operator; nil at all other steps
}

// imported says whether a publication came from elsewhere than ICE's page.
func imported(p roster.Publication) bool { return p.URL == "" || p.Origin != nil }

// captured says whether a publication came from what others had, one by one.
func captured(p roster.Publication) bool {
	return p.Origin != nil && p.Origin.Source != roster.SourceOperator
}

// timeline puts all that the store saw, and the past lists that it did not, in order.
func (k *kept) timeline(past []arrival) []step {
	t := timeline{kept: k, at: map[int64]int{}, of: map[uint64]roster.Poll{}}
	for _, p := range k.polls {
		for _, seq := range p.Publications {
			t.of[seq] = p
		}
	}
	var all []arrival
	for _, p := range k.publications {
		all = append(all, arrival{publication: p})
	}
	all = append(all, past...)
	slices.SortStableFunc(all, func(a, b arrival) int { return a.publication.SeenAt.Compare(b.publication.SeenAt) })
	for _, a := range all {
		t.addArrival(a)
	}
	for _, p := range k.polls {
		if len(p.Publications) == 0 {
			t.addPoll(p)
		}
	}
	for _, c := range k.changes { // the log of polls does not reach back for ever
		if derived(c) && !c.FoundLater {
			t.moment(c.DetectedAt)
		}
	}
	t.addHolds()
	slices.SortStableFunc(t.steps, func(a, b step) int { return a.at.Compare(b.at) })
	return t.steps
}

// timeline is one that is made.
type timeline struct {
	kept  *kept
	steps []step
	at    map[int64]int          // by moment: the index of the last step then
	of    map[uint64]roster.Poll // by publication
}

func (t *timeline) add(s step) *step {
	t.at[s.at.UnixNano()] = len(t.steps)
	t.steps = append(t.steps, s)
	return &t.steps[len(t.steps)-1]
}

// moment returns the step at a moment, which is added where there is none.
func (t *timeline) moment(at time.Time) *step {
	if i, ok := t.at[at.UnixNano()]; ok {
		return &t.steps[i]
	}
	return t.add(step{at: at})
}

// addArrival adds a list, to those that came with it.
func (t *timeline) addArrival(a arrival) {
	p := a.publication
	s := step{at: p.SeenAt, imported: imported(p)}
	if n := len(t.steps); n > 0 && t.steps[n-1].takes(p) {
		last := &t.steps[n-1]
		last.arrivals = append(last.arrivals, a)
		last.had = append(last.had, p.List)
		return
	}
	s.arrivals = []arrival{a}
	if poll, ok := t.of[p.Seq]; ok && !s.imported {
		s.unread, s.had = poll.Failed(), slices.Clone(poll.Had)
	}
	s.had = append(s.had, p.List)
	t.add(s)
}

// takes says whether a list was judged together with those of a step: it came at the same
// moment, and no other state of its list did. What ICE published in one moment belongs
// together, whoever had it: else an entry that is signed by then is withdrawn for that moment.
func (s *step) takes(p roster.Publication) bool {
	if len(s.arrivals) == 0 || !s.at.Equal(p.SeenAt) || s.imported != imported(p) {
		return false
	}
	return !slices.ContainsFunc(s.arrivals, func(a arrival) bool { return a.publication.List == p.List })
}

// addPoll adds a poll that brought nothing new. What it led to says exactly when it was.
func (t *timeline) addPoll(p roster.Poll) {
	const near = time.Second // between two clocks of one process
	at := p.At.Add(p.Took)
	if p.Changes > 0 {
		for _, c := range t.kept.changes {
			if off := c.DetectedAt.Sub(at); off.Abs() < near && !c.FoundLater {
				at = c.DetectedAt
				break
			}
		}
	}
	for _, h := range t.kept.holds {
		if off := h.EndedAt.Sub(at); off.Abs() < near && !decided(h) {
			at = h.EndedAt
		}
	}
	if s := t.moment(at); len(s.arrivals) == 0 {
		s.had, s.unread = slices.Clone(p.Had), p.Failed()
	}
}

// decided says whether the operator ended a hold.
func decided(h roster.Hold) bool {
	return h.State == roster.HoldApproved || h.State == roster.HoldRejected
}

// addHolds adds how holds ended, where that does not follow from the lists that came then.
func (t *timeline) addHolds() {
	all := make([]roster.Hold, 0, len(t.kept.holds))
	for _, h := range t.kept.holds {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b roster.Hold) int { return cmp.Or(a.EndedAt.Compare(b.EndedAt), cmp.Compare(a.ID, b.ID)) })
	for _, h := range all {
		switch {
		case h.EndedAt.IsZero():
		case decided(h):
			if i, ok := t.at[h.EndedAt.UnixNano()]; ok && len(t.steps[i].arrivals) == 0 && t.steps[i].decided == nil {
				t.steps[i].decided, t.steps[i].unread = &h, true
				continue
			}
			t.add(step{at: h.EndedAt, decided: &h, unread: true})
		default:
			if s := t.moment(h.EndedAt); !s.ends(h) {
				s.ended = append(s.ended, h)
			}
		}
	}
}

// ends says whether the lists of a step end a hold by themselves.
func (s *step) ends(h roster.Hold) bool {
	came := func(list roster.List) bool {
		return slices.ContainsFunc(s.arrivals, func(a arrival) bool { return a.publication.List == list })
	}
	if came(h.List) {
		return true
	}
	inTime := !h.AcceptAt.IsZero() && !s.at.Before(h.AcceptAt)
	return h.State == roster.HoldBorneOut && h.List == roster.ListPending && came(roster.ListParticipating) && !inTime
}
