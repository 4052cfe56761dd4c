package diff_test

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// What others who watch the list go by, for comparison: three rules that are told
// in a line each. None of them is the program's.

// claim is what is said of a row, and the rows that it names.
type claim struct {
	line string
	keys []string
}

func claimsOf(changes []roster.Change) []claim {
	var all []claim
	for _, c := range changes {
		if !told(c) {
			continue
		}
		keys := []string{keyOf(c.Agreement.State, c.Agreement.Agency, c.Agreement.Model)}
		if c.Before != nil {
			keys = append(keys, keyOf(c.Before.State, c.Before.Agency, c.Before.Model))
		}
		all = append(all, claim{spoken(c), keys})
	}
	return all
}

var peers = []struct {
	name string
	key  func(roster.Row) string
	like bool // what is left over goes together where the names are much alike
}{
	{"row", func(r roster.Row) string { return rowKeyOf(r) + "|" + string(r.Signed) }, false},
	{"name", rowKeyOf, false},
	{"like", rowKeyOf, true},
}

// peersSay is what the peers' rule of that number says of the rows in which two lists
// differ.
func peersSay(rule int, before, after []roster.Row) []claim {
	key := peers[rule].key
	old, now := map[string]roster.Row{}, map[string]roster.Row{}
	for _, r := range before {
		old[key(r)] = r
	}
	var all []claim
	var joined, left []roster.Row
	for _, r := range after {
		if _, twice := now[key(r)]; twice {
			continue
		}
		now[key(r)] = r
		switch o, known := old[key(r)]; {
		case !known:
			joined = append(joined, r)
		case o.Signed != r.Signed:
			all = append(all, claim{renamed(o, r), []string{rowKeyOf(r)}})
		}
	}
	for _, r := range before {
		if _, stays := now[key(r)]; !stays {
			left = append(left, r)
		}
	}
	if peers[rule].like {
		all, left, joined = alike(all, left, joined)
	}
	for _, r := range left {
		all = append(all, claim{lineOf(roster.KindRemoved, r), []string{rowKeyOf(r)}})
	}
	for _, r := range joined {
		all = append(all, claim{lineOf(roster.KindNew, r), []string{rowKeyOf(r)}})
	}
	return all
}

// alike pairs the rows of one state and model whose names share six letters in
// seven, in the order of the list.
func alike(all []claim, left, joined []roster.Row) ([]claim, []roster.Row, []roster.Row) {
	rest := slices.DeleteFunc(left, func(o roster.Row) bool {
		best, most := -1, 1.0/7
		for i, r := range joined {
			a, b := roster.Fold(o.Agency), roster.Fold(r.Agency)
			if share := float64(roster.Distance(a, b)) / float64(max(len(a), len(b))); r.State == o.State && r.Model == o.Model && share <= most {
				best, most = i, share
			}
		}
		if best < 0 {
			return false
		}
		all = append(all, claim{renamed(o, joined[best]), []string{rowKeyOf(o), rowKeyOf(joined[best])}})
		joined = slices.Delete(joined, best, best+1)
		return true
	})
	return all, rest, joined
}

// peersRight says whether a peer's rule was right about an event. Peers know no
// agreement that is restored: it is new to them.
func (e *event) peersRight(rule int) bool {
	asNew := event{}
	for _, want := range e.want {
		var w []string
		for _, l := range want {
			w = append(w, strings.Replace(l, string(roster.KindRestored)+" ", string(roster.KindNew)+" ", 1))
		}
		asNew.want = append(asNew.want, w)
	}
	return asNew.allows(e.peers[rule])
}

// changed returns the rows that the other list does not have as they are.
func changed(rows, other []roster.Row) []roster.Row {
	type cells struct {
		state       roster.State
		agency, moa string
		model       roster.Model
		signed      roster.Date
		county      string
		kind        roster.Type
	}
	of := func(r roster.Row) cells { return cells{r.State, r.Agency, r.MOA, r.Model, r.Signed, r.County, r.Type} }
	has := map[cells]bool{}
	for _, r := range other {
		has[of(r)] = true
	}
	var found []roster.Row
	for _, r := range rows {
		if !has[of(r)] {
			found = append(found, r)
		}
	}
	return found
}
