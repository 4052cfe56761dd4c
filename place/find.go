package place

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Found is a town or the area of a ZIP code that a query means.
type Found struct {
	Name     string // as it was asked for, or "ZIP code 77001"
	State    roster.State
	Counties []string // FIPS codes, the one with most of it first
}

// nicknames are what towns are called that no list has.
var nicknames = map[string]string{"nyc": "New York, NY", "newyorkcity": "New York, NY", "philly": "Philadelphia, PA", "nola": "New Orleans, LA"}

// Find returns the towns that a query names as a whole, with or without their state
// ("Houston, TX"), or the area of a ZIP code. Of a name alone it returns incorporated
// places, the states in order, and none where more than most have it.
func Find(query string, most int) []Found {
	query = strings.TrimSpace(query)
	if known := nicknames[Key(query)]; known != "" {
		query = known
	}
	if IsZIP(query) {
		if counties := ZIP(query); counties != nil {
			return []Found{{"ZIP code " + query, StateOf(counties[0]), counties}}
		}
		return nil
	}
	if name, s, ok := cutState(query); ok {
		return townsNamed(s, name, false)
	}
	var all []Found
	if isState(query) {
		return nil // though a town may be called so, too
	}
	for _, s := range roster.States() {
		all = append(all, townsNamed(s, query, true)...)
	}
	if len(all) > most {
		return nil
	}
	return all
}

// cutState takes a state off the end of a query, with or without a comma before it:
// the longest name that is one, since West Virginia is not Virginia.
func cutState(query string) (name string, s roster.State, ok bool) {
	for i := 1; i < len(query); i++ {
		if query[i] != ' ' && query[i] != ',' {
			continue
		}
		word := strings.TrimSpace(query[i+1:])
		s, ok := roster.ParseState(word)
		if ok && (strings.EqualFold(word, string(s)) || Key(word) == Key(s.Name())) {
			return strings.Trim(query[:i], " ,"), s, true
		}
	}
	return "", "", false
}

// isState says whether a text is a state's name, spelled right.
func isState(text string) bool {
	s, ok := roster.ParseState(text)
	return ok && Key(text) == Key(s.Name())
}

// StatesWithTown are the states that have a town, a township or a place of a name, in
// order; none for a state's own name.
func StatesWithTown(name string) []roster.State {
	if isState(name) {
		return nil
	}
	return slices.DeleteFunc(roster.States(), func(s roster.State) bool { return len(townsNamed(s, name, false)) == 0 })
}

// CountiesCalled are the counties that a text names as a whole, in whatever case and
// with dashes or spaces: "Bradley County, TN", "bradley-county-tn"; without a state
// ("Bradley County") those of all states, in order.
func CountiesCalled(text string) []County {
	if len(text) > mostLetters {
		return nil
	}
	text = strings.ReplaceAll(text, "-", " ")
	states := roster.States()
	if name, s, ok := cutState(text); ok {
		text, states = name, []roster.State{s}
	}
	var all []County
	for _, s := range states {
		for _, code := range CountiesNamed(s, text) {
			if c, ok := ByFIPS(code); ok {
				all = append(all, c)
			}
		}
	}
	return all
}

// townsNamed are the towns of a state that have a name, one for each county, but for a
// city that is a county itself.
func townsNamed(s roster.State, name string, incorporated bool) (all []Found) {
	for _, t := range best(townsOf(s, name), "") {
		known := slices.ContainsFunc(all, func(f Found) bool { return f.Counties[0] == t.counties[0] })
		county, _ := ByFIPS(t.counties[0])
		if known = known || county.apart() && Key(county.Name) == Key(name); !known && (!incorporated || strings.Contains(t.class, "C")) {
			all = append(all, Found{Titled(name), s, t.counties})
		}
	}
	return all
}

// Says says whether an agency's own name is that of the town: "Houston Police
// Department".
func (f Found) Says(a roster.Agreement) bool {
	n := readName(a)
	words := n.words[:n.body()]
	if len(words) > 2 && words[1] == "of" {
		words = words[2:]
	}
	return a.State == f.State && Key(strings.Join(words, " ")) == Key(f.Name)
}
