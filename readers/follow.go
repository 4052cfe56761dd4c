package readers

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// FollowKind is what kind of thing a reader follows.
type FollowKind string

// The kinds of things that can be followed.
const (
	FollowNation FollowKind = "nation"
	FollowState  FollowKind = "state"
	FollowCounty FollowKind = "county"
	FollowTown   FollowKind = "town"
	FollowZIP    FollowKind = "zip"
	FollowAgency FollowKind = "agency"
)

// FollowKinds returns every kind, the widest first.
func FollowKinds() []FollowKind {
	return []FollowKind{FollowNation, FollowState, FollowCounty, FollowTown, FollowZIP, FollowAgency}
}

// Follow is one thing that a reader follows.
type Follow struct {
	Kind FollowKind `json:"kind"`
	// Of says which one: "" of the nation, "TX", "48201", "TX-houston" (the state and
	// the place.Key of the town), "77001", or the id of the agency.
	Of string `json:"of,omitempty"`
	// Counties are the FIPS codes that a county, a town or a ZIP code stands for, as in
	// the rules of channels. A county stands for itself, a planning region of
	// Connecticut for several.
	Counties []string `json:"counties,omitempty"`
	// Name is what it is called, with its state: "Harris County, Texas". Nothing that
	// was typed is in it but a town's name, letter by letter.
	Name string `json:"name,omitempty"`
}

// String writes a follow so that ParseFollow reads it: "county:48201", "nation".
func (f Follow) String() string {
	if f.Kind == FollowNation {
		return string(f.Kind)
	}
	return string(f.Kind) + ":" + f.Of
}

// Keys are what a follow is found by: "nation", "state:TX", "county:48201",
// "agency:<id>". A town or a ZIP code has those of its counties.
func (f Follow) Keys() []string {
	switch f.Kind {
	case FollowNation:
		return []string{keyOfNation}
	case FollowState:
		return []string{keyOfState(roster.State(f.Of))}
	case FollowAgency:
		return []string{keyOfAgency(f.Of)}
	case FollowCounty, FollowTown, FollowZIP:
	}
	var keys []string
	for _, code := range f.Counties {
		keys = append(keys, keyOfCounty(code))
	}
	return keys
}

// Keys are those of everything that is wanted, sorted, each once.
func (w Wish) Keys() []string {
	var keys []string
	for _, f := range w.Follows {
		keys = append(keys, f.Keys()...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

const keyOfNation = "nation"

func keyOfState(s roster.State) string { return "state:" + string(s) }
func keyOfCounty(fips string) string   { return "county:" + fips }
func keyOfAgency(id string) string     { return "agency:" + id }

// KeysOf are the keys under which those are found who follow a change: the nation, the
// states of its agreement now and before, all counties in which its agency is or can be,
// and the agency's id now and before, sorted, each once. A milestone of the whole list
// goes to those who follow the nation alone. locate says where an agency is, as
// place.Atlas does. former gives the ids under which an agency was known before, so that
// it is followed through them; nil: none.
func KeysOf(c roster.Change, locate func(roster.Agreement) place.Location, former func(id string) []string) []string {
	keys := []string{keyOfNation}
	if c.National() {
		return keys
	}
	listed := []roster.Agreement{c.Agreement}
	if c.Before != nil {
		listed = append(listed, *c.Before)
	}
	for _, a := range listed {
		if a.State != "" {
			keys = append(keys, keyOfState(a.State))
		}
		where := locate(a)
		for _, code := range slices.Concat(where.Counties, where.Maybe) {
			keys = append(keys, keyOfCounty(code))
		}
		ids := []string{a.AgencyID}
		if former != nil {
			ids = append(ids, former(a.AgencyID)...)
		}
		for _, id := range ids {
			keys = append(keys, keyOfAgency(id))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// ParseFollow reads what a page or a caller of the API names: "nation", "state:TX",
// "county:48201", "town:TX-Houston", "zip:77001", "agency:<id>". agency returns the name
// of the agency with an id, with its state, "" where there is none. The error is an
// ErrInvalid.
func ParseFollow(text string, agency func(id string) string) (Follow, error) {
	kind, of, _ := strings.Cut(text, ":")
	f := Follow{Kind: FollowKind(kind), Of: of}
	switch f.Kind {
	case FollowNation:
		if text == keyOfNation {
			return f, nil
		}
	case FollowState:
		if s := roster.State(of); slices.Contains(roster.States(), s) {
			f.Name = s.Name()
			return f, nil
		}
	case FollowCounty:
		return followCounty(f)
	case FollowTown:
		return followTown(f)
	case FollowZIP:
		if f.Counties = place.ZIP(of); f.Counties != nil {
			f.Name = "ZIP code " + of
			return f, nil
		}
	case FollowAgency:
		if f.Name = agency(of); f.Name != "" {
			return f, nil
		}
	}
	return Follow{}, invalid("%.60q is nothing that can be followed", text)
}

// followCounty reads a FIPS code: of a county, of one that was split, or of a planning
// region.
func followCounty(f Follow) (Follow, error) {
	s := place.StateOf(f.Of)
	f.Counties = place.CountiesNamed(s, f.Of)
	if f.Counties == nil || len(f.Of) != 5 {
		return Follow{}, invalid("no county has the FIPS code %.20q", f.Of)
	}
	name := ""
	for _, r := range place.Regions() {
		if r.FIPS == f.Of {
			name = r.Name
		}
	}
	if c, ok := place.ByFIPS(f.Counties[0]); ok && name == "" {
		name = c.FullName()
	}
	f.Name = name + ", " + s.Name()
	return f, nil
}

// mostTown bounds the name of a town, in bytes.
const mostTown = 60

// followTown reads the state and the name of a town.
func followTown(f Follow) (Follow, error) {
	state, name, _ := strings.Cut(f.Of, "-")
	s := roster.State(state)
	if len(name) > mostTown || !isName(name) || !slices.Contains(roster.States(), s) || place.IsZIP(name) {
		return Follow{}, invalid("%.60q is not the name of a town", f.Of)
	}
	if f.Counties = place.PlacesNamed(s, name); f.Counties == nil {
		return Follow{}, invalid("%s has no town that is called %.60q", s.Name(), name)
	}
	f.Of = state + "-" + place.Key(name)
	f.Name = place.Titled(name) + ", " + s.Name()
	return f, nil
}

// isName says whether a text can stand in a mail as the name of a town: words of letters
// with a dash, an apostrophe or, at a word's end, a period. Else somebody could have us
// send a text or a link of theirs, as place.Key leaves most characters out.
func isName(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	last := ' '
	for i, r := range text {
		rest := text[i+utf8.RuneLen(r):]
		switch {
		case unicode.IsLetter(r), '0' <= r && r <= '9':
		case r == '-', r == '\'', r == ' ':
			if !unicode.IsLetter(last) && last != '.' || rest == "" {
				return false
			}
		case r == '.':
			if !unicode.IsLetter(last) || rest != "" && rest[0] != ' ' {
				return false
			}
		default:
			return false
		}
		last = r
	}
	return text != ""
}

// CheckWish returns an ErrInvalid where something is wanted that there is not.
func CheckWish(w Wish) error {
	switch {
	case !slices.Contains(prose.Languages(), w.Language):
		return invalid("%.20q is not a language that mails are written in", w.Language)
	case !slices.Contains(Cadences(), w.Cadence):
		return invalid("%.20q is not instant, daily or weekly", w.Cadence)
	case len(w.Follows) == 0:
		return invalid("nothing is followed")
	case len(w.Follows) > MostFollows:
		return invalid("%d things are followed, and %d is the most", len(w.Follows), MostFollows)
	}
	seen := map[string]bool{}
	for _, f := range w.Follows {
		if seen[f.String()] || len(f.Keys()) == 0 {
			return invalid("%.60q is followed twice, or is nothing", f)
		}
		seen[f.String()] = true
	}
	for _, k := range w.Kinds {
		if !slices.Contains(roster.Kinds(), k) {
			return invalid("%.20q is not a kind of change", k)
		}
	}
	for _, m := range w.Models {
		if !slices.Contains(roster.ModelClasses(), m) {
			return invalid("%.20q is not a model", m)
		}
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrInvalid, fmt.Errorf(format, args...))
}
