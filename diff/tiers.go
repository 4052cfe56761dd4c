package diff

import (
	"math"
	"path"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// The tiers of evidence, as section 6 of the design lists them.

// participatingTiers pair the participating list with its next publication.
func participatingTiers() []tier {
	return []tier{same(), sameFile(), sameAgency(), moved(), nearName(datedKey), respelled(), replaced(), otherModel()}
}

// pendingTiers do so for the pending list, which gives no dates, among the
// entries whose agencies have not signed.
func pendingTiers() []tier {
	return []tier{movedUndated(), nearName(undatedKey)}
}

// relistedTiers find the ended agreement that a fresh row lists again.
func relistedTiers() []tier { return []tier{same(), sameFile(), nearName(datedKey)} }

func always(*linker, side, side) int { return 1 }

func likely(side, side) roster.Certainty { return roster.Likely }

// datedKey groups by state, model and signing date.
func datedKey(s side) string {
	if s.Signed == "" {
		return ""
	}
	return undatedKey(s) + "#" + string(s.Signed)
}

// undatedKey groups by state and model.
func undatedKey(s side) string { return string(s.State) + "#" + string(s.Model) }

// same: nothing that counts has changed.
func same() tier {
	return tier{
		key:  func(s side) string { return s.identity() + "#" + string(s.Model) + "#" + string(s.Signed) },
		rate: always,
	}
}

// sameFile: the same MOA file for the same model. ICE has linked one agency's
// file at another's row, so that the date or the name must agree as well.
func sameFile() tier {
	return tier{
		alone: true,
		key: func(s side) string {
			if s.MOA == "" {
				return ""
			}
			return documentKey(s.MOA) + "#" + string(s.Model)
		},
		rate: func(_ *linker, old, now side) int {
			if old.Signed == now.Signed || near(old.spelling(), now.spelling()) <= samePlace || fileNames(now) {
				return 1
			}
			return 0
		},
		certainty: func(old, now side) roster.Certainty {
			if near(old.spelling(), now.spelling()) > samePlace {
				return roster.Likely
			}
			return roster.Certain
		},
	}
}

// fileNames says whether the MOA's file is named after the agency.
func fileNames(s side) bool {
	place := strings.Join(parse(s.spelling()).place, "")
	return len(place) > 3 && strings.Contains(strings.ToLower(path.Base(s.MOA)), place)
}

// sameAgency: the same agency and model with another date. Where there are
// several, the nearest dates belong together.
func sameAgency() tier {
	return tier{
		key: func(s side) string { return s.identity() + "#" + string(s.Model) },
		rate: func(_ *linker, old, now side) int {
			if sameDocument(old.MOA, now.MOA) {
				return math.MaxInt
			}
			days := old.Signed.Time().Sub(now.Signed.Time()).Abs().Hours() / 24
			return max(1, 100_000-int(days))
		},
		certainty: func(old, now side) roster.Certainty {
			if otherDocuments(old.MOA, now.MOA) {
				return roster.Likely
			}
			return roster.Certain
		},
	}
}

// moved: the same agency's name, model and date in another state.
func moved() tier {
	return tier{
		alone: true,
		key: func(s side) string {
			return roster.Fold(s.Agency) + "#" + string(s.Model) + "#" + string(s.Signed)
		},
		rate: func(l *linker, old, now side) int {
			if old.State == now.State || l.otherFile(old, now) {
				return 0
			}
			if misplaced(old) {
				return 1 // it was never there, whoever is listed where it is
			}
			otherCounty := old.County != "" && now.County != "" && roster.Fold(old.County) != roster.Fold(now.County)
			if otherCounty || l.sought[seeker(old)] && l.sideBySide(old, now) || l.listed[old.AgencyID] > 1 && l.listed[now.AgencyID] > 0 {
				return 0 // many states have a Franklin County, and these two are known
			}
			return 1
		},
		certainty: func(old, now side) roster.Certainty {
			if sameDocument(old.MOA, now.MOA) {
				return roster.Certain
			}
			return roster.Likely
		},
	}
}

// movedUndated: a pending entry of a county that its state does not have, or of
// a place in the very same county, is now in another state. Nothing else tells
// one Washington County from the others.
func movedUndated() tier {
	t := moved()
	dated := t.rate
	t.rate = func(l *linker, old, now side) int {
		if !misplaced(old) && (parse(old.spelling()).ofCounty() || old.County == "" || roster.Fold(old.County) != roster.Fold(now.County)) {
			return 0
		}
		return dated(l, old, now)
	}
	return t
}

// misplaced says whether the name is of a county that its state does not have.
func misplaced(s side) bool {
	n := parse(s.spelling())
	_, exists := n.county(s.State)
	return n.ofCounty() && !exists
}

// nearName: the same group and a name that is a misprint, an abbreviation or a
// word more or less.
func nearName(key func(side) string) tier {
	return tier{
		key: key,
		rate: func(l *linker, old, now side) int {
			if near(old.spelling(), now.spelling()) != sameBody || apart(l, old, now) || l.otherFile(old, now) {
				return 0
			}
			return max(1, 1000-roster.Distance(roster.Fold(old.Agency), roster.Fold(now.Agency)))
		},
		certainty: likely,
	}
}

// apart says that a like name is known to be another agency's: a list has both,
// or still has the old name where the new one differs by a whole word, as
// Melbourne stays beside Melbourne Beach.
func apart(l *linker, old, now side) bool {
	return l.sideBySide(old, now) || l.standing[old.AgencyID] && wordMore(old.spelling(), now.spelling())
}

// wordMore says whether one name has a whole word of the place more than the
// other, and not just a misprint of "county" or "office".
func wordMore(a, b roster.Spelling) bool {
	left, right := unmatched(parse(a).place, parse(b).place)
	extra := slices.Concat(left, right)
	if len(left) > 0 && len(right) > 0 || len(extra) == 0 {
		return false
	}
	return !slices.ContainsFunc(extra, func(w string) bool {
		for g := range often {
			if 5*roster.Distance(w, g) <= 3*max(len(w), len(g)) {
				return true
			}
		}
		return false
	})
}

// respelled: a row that never had an MOA link, and a new one of the same state,
// model and date whose name of the same kind of body is like it, where neither
// has another that is.
func respelled() tier {
	return tier{
		mutual: true,
		key:    datedKey,
		rate: func(l *linker, old, now side) int {
			if old.MOA != "" || apart(l, old, now) || near(old.spelling(), now.spelling()) > samePlace {
				return 0
			}
			if parse(old.spelling()).kind != parse(now.spelling()).kind {
				return 0
			}
			return 1
		},
		certainty: likely,
	}
}

// replaced: a row that never had an MOA link is gone, and exactly one new row
// has its state, model and date, and speaks of the same place.
func replaced() tier {
	return tier{
		alone: true,
		key:   datedKey,
		rate: func(l *linker, old, now side) int {
			if old.MOA != "" || apart(l, old, now) {
				return 0
			}
			if near(inCounty(old), inCounty(now)) > samePlace {
				return 0
			}
			return 1
		},
		certainty: likely,
	}
}

// inCounty names an agency whose own name says no place by its county.
func inCounty(s side) roster.Spelling {
	if len(parse(s.spelling()).place) > 0 || s.County == "" {
		return s.spelling()
	}
	return roster.Spelling{State: s.State, Name: s.County + " " + s.Agency}
}

// otherModel: the same agency, date and MOA file under another model.
func otherModel() tier {
	return tier{
		alone: true,
		key: func(s side) string {
			if s.MOA == "" {
				return ""
			}
			return s.identity() + "#" + documentKey(s.MOA) + "#" + string(s.Signed)
		},
		rate:      always,
		certainty: likely,
	}
}
