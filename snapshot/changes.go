package snapshot

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// arrangeChanges puts the changes in the order in which they happened. That is the order
// of their numbers, but for those that a rebuild found, which go where they would have
// been; those that it took back are left out.
func (s *Snapshot) arrangeChanges() {
	s.changes, s.places = s.numbered, nil
	if !slices.ContainsFunc(s.numbered, func(c roster.Change) bool { return c.FoundLater || c.TakenBack }) {
		return
	}
	var later []int // indexes in numbered of those that were found later, in order
	for i, c := range s.numbered {
		if c.FoundLater {
			later = append(later, i)
		}
	}
	slices.SortStableFunc(later, func(i, j int) int { return s.numbered[i].DetectedAt.Compare(s.numbered[j].DetectedAt) })
	s.changes, s.places = make([]roster.Change, 0, len(s.numbered)), make([]int, len(s.numbered))
	add := func(i int) {
		if s.places[i] = len(s.changes); !s.numbered[i].TakenBack {
			s.changes = append(s.changes, s.numbered[i])
		}
	}
	for i, c := range s.numbered {
		if c.FoundLater {
			continue
		}
		for len(later) > 0 && s.numbered[later[0]].DetectedAt.Before(c.DetectedAt) {
			add(later[0])
			later = later[1:]
		}
		add(i)
	}
	for _, i := range later {
		add(i)
	}
}

// place is where the change with a number is in changes, or would be; their end for a
// number that there is not yet.
func (s *Snapshot) place(seq uint64) int {
	switch {
	case seq == 0:
		return 0
	case seq > uint64(len(s.numbered)):
		return len(s.changes)
	case s.places == nil:
		return int(seq) - 1 //nolint:gosec // not above the number of changes
	}
	return s.places[seq-1]
}

// indexChanges makes the changes easy to find.
func (s *Snapshot) indexChanges() {
	s.changeByID, s.changesOf, s.correctedBy = map[string]int{}, map[string][]int{}, map[string]int{}
	for i, c := range s.numbered {
		s.changeByID[c.ID] = i
		if c.Corrects != "" && !c.TakenBack {
			s.correctedBy[c.Corrects] = i
		}
		if c.Correction != nil && c.Correction.Event == roster.CorrectionAltered && !c.TakenBack {
			if _, takenBack := s.correctedBy[c.Correction.Was.ID]; !takenBack {
				s.correctedBy[c.Correction.Was.ID] = i
			}
		}
	}
	for i, c := range s.changes {
		if c.Kind.OfAgreement() || c.Kind == roster.KindCorrection && !c.National() {
			s.changesOf[c.Agreement.AgencyID] = append(s.changesOf[c.Agreement.AgencyID], i)
			if c.Before != nil && c.Before.AgencyID != c.Agreement.AgencyID {
				s.changesOf[c.Before.AgencyID] = append(s.changesOf[c.Before.AgencyID], i)
			}
		}
	}
}

// Changes are all changes that stand, in the order in which they happened.
func (s *Snapshot) Changes() []roster.Change { return s.changes }

// LastChange is the number of the last change that there is; 0 for none.
func (s *Snapshot) LastChange() uint64 { return uint64(len(s.numbered)) }

// Change finds a change by its id, one that was taken back included.
func (s *Snapshot) Change(id string) (roster.Change, bool) {
	i, ok := s.changeByID[id]
	if !ok {
		return roster.Change{}, false
	}
	return s.numbered[i], true
}

// Find lists the changes that a filter wants, in a new slice, the newest first: at
// most limit, where that is not 0, and only those that happened before the one with the
// number before, where that is not 0. more says whether there are older ones.
func (s *Snapshot) Find(f roster.Filter, before uint64, limit int) (found []roster.Change, more bool) {
	return s.find(before, limit, func(c roster.Change) bool { return f.Match(c, s.InArea) })
}

func (s *Snapshot) find(before uint64, limit int, wanted func(roster.Change) bool) (found []roster.Change, more bool) {
	end := len(s.changes)
	if before > 0 {
		end = s.place(before)
	}
	for _, c := range slices.Backward(s.changes[:end]) {
		if !wanted(c) {
			continue
		}
		if limit > 0 && len(found) == limit {
			return found, true
		}
		found = append(found, c)
	}
	return found, false
}

// Follow lists the changes after the one with the number after that a filter wants, in a
// new slice, the oldest first: at most limit. next is the number to go on from. What a
// rebuild finds is where it would have been, so that nobody who has read on gets it as news.
func (s *Snapshot) Follow(f roster.Filter, after uint64, limit int) (found []roster.Change, next uint64) {
	after = min(after, uint64(len(s.numbered)))
	at := s.place(after)
	if after > 0 && !s.numbered[after-1].TakenBack {
		at++
	}
	for ; at < len(s.changes) && len(found) < limit; at++ {
		c := s.changes[at]
		if after = c.Seq; f.Match(c, s.InArea) {
			found = append(found, c)
		}
	}
	return found, after
}

// Count says how many changes a filter wants.
func (s *Snapshot) Count(f roster.Filter) int {
	n := 0
	for i := range s.changes {
		if f.Match(s.changes[i], s.InArea) {
			n++
		}
	}
	return n
}

// How much the first page of a feed holds: what was seen in the week before the
// last change, so that a reader who looks once a week misses nothing, within
// bounds.
const (
	feedLeast = 50
	feedMost  = 500
	feedSpan  = 7 * 24 * time.Hour
)

// FeedPage lists the changes of one page of a feed, in a new slice, the newest
// first: the first page, or the one of the changes with a number below before.
// Older pages have a fixed number of changes, so that they stay as they are. more
// says whether there are older ones. What a rebuild found later is in no feed, where
// everything that was not there before counts as news.
func (s *Snapshot) FeedPage(f roster.Filter, before uint64) (found []roster.Change, more bool) {
	wanted := func(c roster.Change) bool { return !c.FoundLater && f.Match(c, s.InArea) }
	if before > 0 {
		return s.find(before, feedLeast, wanted)
	}
	found, more = s.find(0, feedMost, wanted)
	if len(found) <= feedLeast {
		return found, more
	}
	n := feedLeast
	for n < len(found) && found[0].DetectedAt.Sub(found[n].DetectedAt) < feedSpan {
		n++
	}
	return found[:n], more || n < len(found)
}

// ChangesOf lists what happened to an agency, milestones aside, in a new slice, the
// oldest first.
func (s *Snapshot) ChangesOf(agency string) []roster.Change {
	all := make([]roster.Change, 0, len(s.changesOf[agency]))
	for _, i := range s.changesOf[agency] {
		all = append(all, s.changes[i])
	}
	return all
}

// ChangesFrom lists the changes that were read from a list's file, in a new slice,
// the newest first.
func (s *Snapshot) ChangesFrom(list roster.List, sha256 string) []roster.Change {
	var all []roster.Change
	for _, c := range slices.Backward(s.changes) {
		if c.Publication.SHA256 == sha256 && c.Publication.List == list && c.Kind != roster.KindPage && c.Kind != roster.KindCorrection {
			all = append(all, c)
		}
	}
	return all
}

// Corrected finds the change that a correction is about: the one that it takes
// back or puts right, or the last one that named the agreement as it was before.
func (s *Snapshot) Corrected(c roster.Change) (roster.Change, bool) {
	switch {
	case c.Corrects != "":
		return s.Change(c.Corrects)
	case c.Correction != nil && c.Correction.Was != nil:
		return s.Change(c.Correction.Was.ID)
	}
	if c.Kind != roster.KindAmended || c.Before == nil {
		return roster.Change{}, false
	}
	for _, i := range slices.Backward(s.changesOf[c.Before.AgencyID]) {
		earlier := s.changes[i]
		if i >= s.place(c.Seq) || earlier.Agreement.ID != c.Agreement.ID {
			continue
		}
		if earlier.Kind.Amendable() {
			return earlier, true
		}
	}
	return roster.Change{}, false
}

// CorrectedBy finds the change that takes a change back or puts it right, or else the first
// that says otherwise. It reports false where the change stands.
func (s *Snapshot) CorrectedBy(c roster.Change) (roster.Change, bool) {
	if i, ok := s.correctedBy[c.ID]; ok {
		return s.numbered[i], true
	}
	if c.TakenBack { // nothing of it was so, whatever came then
		return roster.Change{}, false
	}
	for _, i := range s.changesOf[c.Agreement.AgencyID] {
		later := s.changes[i]
		if i <= s.place(c.Seq) || later.Corrects != "" {
			continue
		}
		if earlier, ok := s.Corrected(later); ok && earlier.ID == c.ID {
			return later, true
		}
	}
	return roster.Change{}, false
}

// DoubtfulChange finds the last change of an agency's agreement that is only
// likely, unless it was taken back.
func (s *Snapshot) DoubtfulChange(agency, agreement string) (roster.Change, bool) {
	corrected := map[string]bool{}
	for _, i := range slices.Backward(s.changesOf[agency]) {
		c := s.changes[i]
		if corrected[c.Corrects] = true; c.Agreement.ID == agreement && c.Certainty == roster.Likely && !corrected[c.ID] {
			return c, true
		}
	}
	return roster.Change{}, false
}
