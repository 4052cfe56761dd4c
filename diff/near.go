package diff

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// nearness says how two spellings relate, the nearest first.
type nearness int

const (
	sameBody  nearness = iota + 1 // the same place and kind of body: a misprint, an abbreviation, a word more or less
	samePlace                     // the same place, perhaps another body of it
	unrelated                     // nothing speaks for one agency
	different                     // something speaks against it
)

// near compares two spellings by their words alone.
func near(a, b roster.Spelling) nearness {
	m, n := parse(a), parse(b)
	if !slices.Equal(m.numbers, n.numbers) || !sidesAgree(m, n) || !sidesAgree(n, m) {
		return different
	}
	if x, ok := m.county(a.State); ok {
		if y, ok := n.county(b.State); ok && x != y && a.State == b.State {
			return different // Baker County and Bay County both exist
		}
	}
	switch {
	case !placesNear(m.place, n.place):
		if loosely(m.place, n.place) {
			return samePlace
		}
		return unrelated
	case m.kind == n.kind || m.kind == "" && len(m.body) == 0 || n.kind == "" && len(n.body) == 0:
		if len(m.place) == 0 && !bodiesNear(m.body, n.body) {
			return unrelated // two bodies of the state, told apart by their words alone
		}
		return sameBody
	case len(m.place) == 0:
		return unrelated
	}
	return samePlace
}

// sidesAgree says whether each "North" of one name stands in the other, as such
// or as a misprint.
func sidesAgree(a, b name) bool {
	for _, side := range a.sides {
		if !slices.ContainsFunc(b.place, func(w string) bool {
			return w == side || !sideWords[w] && roster.Distance(w, side) == 1
		}) {
			return false
		}
	}
	return true
}

// slips is how many typing slips are forgiven in that many letters.
func slips(letters int) int {
	switch {
	case letters < 4:
		return 0
	case letters < 8:
		return 1
	case letters < 13:
		return 2
	}
	return 3
}

// placesNear says whether the words that name the place are the same but for
// misprints, their order, and one word more or less.
func placesNear(a, b []string) bool {
	if len(a) == 0 && len(b) == 0 {
		return true
	}
	x, y := strings.Join(a, ""), strings.Join(b, "")
	if slipped(x, y) {
		return true
	}
	left, right := unmatched(a, b)
	switch {
	case len(left) == 0 && len(right) == 0:
		return true
	case len(left) == len(right):
		return slipped(strings.Join(left, ""), strings.Join(right, ""))
	case len(left)+len(right) == 1 && !schooled(a) && !schooled(b):
		// One word more, beside at least one that both have: "Melbourne" and
		// "Melbourne Beach". That these are two cities, only a list that has both
		// can tell.
		return min(len(a), len(b)) > 0
	}
	return false
}

// schooled says whether a place is a school's. Each word of such a name counts.
func schooled(place []string) bool {
	return slices.Contains(place, "university") || slices.Contains(place, "college")
}

// slipped says whether two words are one but for a typing slip or two.
func slipped(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	if a[0] != b[0] && roster.Distance(a, b) > 1 {
		return false // people rarely miss the first letter
	}
	return roster.Distance(a, b) <= slips(min(len(a), len(b)))
}

// unmatched pairs off the words that two names share, misprints included, and
// returns what is left of each.
func unmatched(a, b []string) (left, right []string) {
	right = slices.Clone(b)
	for _, w := range a {
		best, at := 99, -1
		for i, v := range right {
			if d := roster.Distance(w, v); (d == 0 || slipped(w, v)) && d < best {
				best, at = d, i
			}
		}
		if at < 0 {
			left = append(left, w)
			continue
		}
		right = slices.Delete(right, at, at+1)
	}
	return left, right
}

// bodiesNear compares names that consist of generic words alone, such as
// "State Police" and "State Police Department".
func bodiesNear(a, b []string) bool {
	left, right := unmatched(a, b)
	return len(left)+len(right) <= 2 && len(a)-len(left) >= 2
}

// loosely says whether the places might be one: the same words but for a few
// more on one side, or a likeness too weak to rest on alone.
func loosely(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	left, right := unmatched(a, b)
	if len(left) == 0 || len(right) == 0 {
		return !schooled(a) && !schooled(b)
	}
	x, y := strings.Join(left, ""), strings.Join(right, "")
	return x[0] == y[0] && 5*roster.Distance(x, y) <= 2*max(len(x), len(y))
}
