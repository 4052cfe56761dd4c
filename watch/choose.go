package watch

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// How much of the list in force may be missing from a file that agrees with it: no
// more than a list may lose without being held, and never half of it.
const (
	maxMissing      = 10 // rows, where they are also
	maxMissingShare = 1.0 / 50
)

// choose picks the file of a list. Of several that differ it is the one that
// agrees best with the list in force, so that no old list, template or list of
// another kind that is linked as well can take its place. Among those that agree
// it is the one behind the list's own link, then the newest.
func (s *selection) choose(list roster.List, known facts) (listing, bool) {
	var all []listing
	for _, l := range s.listings {
		same := slices.IndexFunc(all, func(o listing) bool { return o.file.SHA256 == l.file.SHA256 })
		switch {
		case l.list() != list:
		case same < 0:
			all = append(all, l)
		case preferred(l.file, all[same].file, list):
			all[same] = l
		}
	}
	if len(all) < 2 {
		return append(all, listing{})[0], len(all) == 1
	}
	inForce := s.inForce[list]
	for i := range all {
		all[i].compareWith(inForce, known)
	}
	slices.SortStableFunc(all, compareListings)
	best := all[0]
	for _, l := range all[1:] {
		if l.unkept && !best.unkept && preferred(l.file, best.file, list) && !slices.Contains(known.validators[l.file.URL].PassedOver, best.file.SHA256) {
			s.unkept = append(s.unkept, l.file.URL) // it may be the better one
		}
		s.passOver(l.file, best.file)
		s.notes = append(s.notes, passedOver(list, best, l, len(inForce)))
	}
	return best, true
}

// compareWith counts what a listing has in common with the list in force.
func (l *listing) compareWith(inForce []roster.Row, known facts) {
	if l.unkept || l.NoColumns {
		return
	}
	counts := map[string]int{}
	for _, row := range inForce {
		counts[rowKey(row)]++
	}
	for _, row := range l.Roster.Rows {
		if counts[rowKey(row)] > 0 {
			counts[rowKey(row)]--
			l.shared++
		}
	}
	missing, of := float64(len(inForce)-l.shared), float64(len(inForce))
	l.agrees = len(l.Roster.Rows) > 0 && 2*l.shared >= len(inForce) && missing <= max(maxMissing, maxMissingShare*of)
	list, hash := l.list(), l.file.SHA256
	_, current := known.current(list, hash)
	l.superseded = !current &&
		slices.ContainsFunc(known.publicationsOf(hash), func(p roster.Publication) bool { return p.List == list })
}

// rowKey is what a row is known by from list to list.
func rowKey(r roster.Row) string {
	return roster.Spelling{State: r.State, Name: r.Agency}.Key() + "#" + string(r.Model)
}

// compareListings orders the files of one list, the better one first. What is not
// at hand is behind all that is.
func compareListings(a, b listing) int {
	list := a.list()
	order := cmp.Or(falseFirst(a.unkept, b.unkept), falseFirst(a.NoColumns, b.NoColumns),
		falseFirst(!a.agrees, !b.agrees), falseFirst(a.superseded, b.superseded))
	if order == 0 && !a.agrees {
		order = cmp.Compare(b.shared, a.shared)
	}
	return cmp.Or(order, falseFirst(!preferred(a.file, b.file, list), !preferred(b.file, a.file, list)),
		cmp.Compare(b.shared, a.shared), cmp.Compare(len(b.Roster.Rows), len(a.Roster.Rows)))
}

// falseFirst orders two booleans.
func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
