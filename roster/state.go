package roster

import (
	"sort"
	"strings"
	"sync"
)

// State is the two-letter postal code of a state, of the District of Columbia
// or of a territory; "" where a list names none or cannot be read.
type State string

// stateNames holds every state that a list can name, by postal code.
var stateNames = map[State]string{
	"AL": "Alabama", "AK": "Alaska", "AS": "American Samoa", "AZ": "Arizona", "AR": "Arkansas",
	"CA": "California", "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
	"FL": "Florida", "GA": "Georgia", "GU": "Guam", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
	"IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine",
	"MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
	"MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
	"NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
	"MP": "Northern Mariana Islands", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
	"PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
	"TX": "Texas", "UT": "Utah", "VT": "Vermont", "VI": "Virgin Islands", "VA": "Virginia", "WA": "Washington",
	"WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}

// statesByName maps folded names without spaces to states, among them those that a
// list may use and that are nearer to another state's name: "W. Virginia",
// "Washington, D.C."
var statesByName = sync.OnceValue(func() map[string]State {
	byName := map[string]State{
		"washingtondc": "DC", "usvirginislands": "VI", "northernmarianas": "MP", "cnmi": "MP",
	}
	for code, name := range stateNames {
		byName[letters(name)] = code
		switch first, rest, _ := strings.Cut(name, " "); first {
		case "North", "South", "West", "New":
			byName[letters(first[:1]+rest)] = code
		}
	}
	return byName
})

func letters(s string) string {
	var room [96]byte
	return string(appendLetters(room[:0], s))
}

// appendLetters appends a folded text without its spaces to b.
func appendLetters(b []byte, s string) []byte {
	begin := len(b)
	b = appendFolded(b, s)
	kept := b[:begin]
	for _, c := range b[begin:] {
		if c != ' ' {
			kept = append(kept, c)
		}
	}
	return kept
}

// ParseState reads a state's name or postal code. A misprint is read as the one state
// that it is nearest to; ok is false where there is none, or more than one.
func ParseState(s string) (state State, ok bool) {
	var room [96]byte
	found := appendLetters(room[:0], s)
	if state := statesByName()[string(found)]; state != "" { // nearly always
		return state, true
	}
	folded := string(found)
	if code := State(strings.ToUpper(folded)); stateNames[code] != "" {
		return code, true
	}
	return nearest(folded, statesByName())
}

// Name returns the state's name, as in "Texas"; an unknown code itself.
func (s State) Name() string {
	if name := stateNames[s]; name != "" {
		return name
	}
	return string(s)
}

// States returns every state that a list can name, sorted by name.
func States() []State {
	all := make([]State, 0, len(stateNames))
	for code := range stateNames {
		all = append(all, code)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name() < all[j].Name() })
	return all
}

// Territory says whether it is a territory or the District of Columbia rather
// than one of the fifty states.
func (s State) Territory() bool {
	switch s {
	case "AS", "DC", "GU", "MP", "PR", "VI":
		return true
	}
	return false
}

// OfNation says whether its counties are among those of the nation: of all but the
// territories.
func (s State) OfNation() bool { return s == "DC" || !s.Territory() }
