package place

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Basis says what an agency was placed by.
type Basis string

// The bases, the strongest first.
const (
	ByCell    Basis = "county"    // ICE's county column
	ByName    Basis = "name"      // the county in the agency's name
	ByTown    Basis = "town"      // the town or township in the agency's name
	ByOther   Basis = "other row" // the county column of another row of the same agency
	Statewide Basis = "statewide" // an agency of the whole state
	NotPlaced Basis = ""
)

// mostLetters bounds the names that are read.
const mostLetters = 120

// Location is where an agency is.
type Location struct {
	// Counties are FIPS codes, none where By is NotPlaced: the one with most of the
	// town first, all of them for an agency that several counties run. A statewide
	// agency has at most the county that ICE gives, which is where its office is.
	Counties []string
	By       Basis
	Joint    bool     // Counties are several that share the agency, and not those that a town is in
	Maybe    []string // FIPS codes, for NotPlaced: those of which it can be any
	Why      string   // what is missing, for NotPlaced: "names no county or town of Texas"
}

// County is the FIPS code of the county that an agency counts for; "" for a
// statewide agency and for one that is not placed.
func (l Location) County() string {
	if l.By == Statewide || len(l.Counties) == 0 {
		return ""
	}
	return l.Counties[0]
}

// Locate finds out where the agency of an agreement is: by ICE's county where the
// state has one of that name, else by the county or the town that its own name says,
// else by the county columns of its other rows. What is spelled right counts before
// what is misprinted. Where the column and the name are both spelled right and
// disagree, the column is the misprint (ICE has corrected each of them so far): the
// name decides, and the column's county stands behind it, so that it hears of it too.
func Locate(a roster.Agreement, otherCells []string) Location {
	n := readName(a)
	if n.statewide() {
		return Location{Counties: countiesIn(a.State, a.County, FindCounty), By: Statewide}
	}
	if a.State == "" {
		return Location{Why: "ICE names no state"}
	}
	said, sure := n.place(false)
	if cell := countiesIn(a.State, a.County, FindCounty); cell != nil {
		if !sure || slices.ContainsFunc(cell, func(code string) bool { return slices.Contains(said.Counties, code) }) {
			return Location{Counties: cell, By: ByCell, Joint: len(cell) > 1}
		}
		said.Counties, said.Joint = append(slices.Clone(said.Counties), cell...), false
	}
	if said.By == ByName || sure {
		return said
	}
	if cell := countiesIn(a.State, a.County, nearCounty); cell != nil {
		return Location{Counties: cell, By: ByCell, Joint: len(cell) > 1}
	}
	if said, _ = n.place(true); said.By != NotPlaced {
		return said
	}
	for _, find := range []finder{FindCounty, nearCounty} {
		for _, cell := range otherCells {
			if at := countiesIn(a.State, cell, find); at != nil {
				return Location{Counties: at, By: ByOther, Joint: len(at) > 1}
			}
		}
	}
	if all := Counties(a.State); len(all) == 1 { // the District, Guam
		return Location{Counties: []string{all[0].FIPS}, By: ByName}
	}
	said.Why = "the name " + said.Why
	if a.County == "" {
		said.Why = "ICE gives no county, and " + said.Why
	} else {
		said.Why = fmt.Sprintf("%q is not a county of %s, and %s", a.County, nameOfState(a.State), said.Why)
	}
	return said
}

// finder looks a county up by its name without the word for one.
type finder func(roster.State, string) (County, bool)

// countiesIn reads a county column: one county, or several with a mark or a word
// between them ("Kent/Sussex").
func countiesIn(s roster.State, cell string, find finder) []string {
	if cell == "" || len(cell) > mostLetters {
		return nil
	}
	if c, ok := find(s, bareCounty(cell)); ok {
		return []string{c.FIPS}
	}
	var all []string
	for _, part := range split(cell) {
		c, ok := FindCounty(s, bareCounty(part))
		if !ok {
			return nil
		}
		all = append(all, c.FIPS)
	}
	return all
}

// split takes a list of names apart; nil where it is none.
func split(list string) []string {
	parts := strings.FieldsFunc(strings.NewReplacer(" and ", "/", " AND ", "/").Replace(list),
		func(r rune) bool { return strings.ContainsRune(",;/&-–", r) })
	if len(parts) < 2 {
		return nil
	}
	return parts
}

// agencyName is what an agency's name says of where it is.
type agencyName struct {
	roster.Agreement
	words []string // folded
}

func readName(a roster.Agreement) agencyName {
	n := agencyName{Agreement: a}
	if len(a.Agency) <= mostLetters {
		n.words = strings.Fields(roster.Fold(a.Agency))
	}
	return n
}

// says says whether one of the words is in the name.
func (n agencyName) says(words ...string) bool {
	return slices.ContainsFunc(n.words, func(w string) bool { return slices.Contains(words, w) })
}

// statewide says whether the agency is of the whole state: one of the state's
// government, by ICE's column or by its name ("Indiana State Police"), unless its
// name says a part of the state.
func (n agencyName) statewide() bool {
	if n.says("constable", "constables", "county", "parish", "judicial", "circuit", "college", "university", "trustees", "airport", "port", "city", "town", "township", "village") {
		return false
	}
	state := len(strings.Fields(n.State.Name()))
	government := len(n.words) > state && strings.Join(n.words[:state], " ") == roster.Fold(n.State.Name()) &&
		slices.Contains([]string{"department", "state", "division", "bureau", "highway", "national", "office", "attorney", "alcohol"}, n.words[state])
	return n.Type == roster.TypeState || government && n.Type != roster.TypeCounty
}

// place is where the name says that the agency is. It is sure where nothing else can
// be meant, whatever ICE's column says.
func (n agencyName) place(misprinted bool) (at Location, sure bool) {
	if counties := n.counties(misprinted); counties != nil {
		return Location{Counties: counties, By: ByName, Joint: len(counties) > 1}, true
	}
	return n.town(misprinted)
}

// counties are those that the name says: "Bradley County Sheriff's Office", "County
// of Franklin", "Rappahannock, Shenandoah, Warren Regional Jail".
func (n agencyName) counties(misprinted bool) []string {
	find := FindCounty
	if misprinted {
		find = nearCounty
	}
	for i, w := range n.words {
		if w != "county" && w != "parish" {
			continue
		}
		if i+1 < len(n.words) && n.words[i+1] == "of" {
			for end := min(len(n.words), i+6); end > i+2; end-- {
				if c, ok := FindCounty(n.State, strings.Join(n.words[i+2:end], " ")); ok {
					return []string{c.FIPS}
				}
			}
		}
		if c, ok := find(n.State, strings.Join(n.words[:i], " ")); ok {
			return []string{c.FIPS}
		}
		if c, ok := FindCounty(n.State, strings.TrimSuffix(strings.Join(n.words[:i], " "), "s")); ok { // "Lyon's County"
			return []string{c.FIPS}
		}
		for start := 1; start < i; start++ { // "Office of the Bradley County Sheriff"
			if c, ok := FindCounty(n.State, strings.Join(n.words[start:i], " ")); ok {
				return []string{c.FIPS}
			}
		}
	}
	if n.Type == roster.TypeCounty && !n.cityPolice() || n.says("sheriff", "sheriffs") { // "Chesapeake Sheriff's Office"
		if c, ok := FindCounty(n.State, strings.Join(n.words[:n.body()], " ")); ok {
			return []string{c.FIPS}
		}
	}
	return n.listed()
}

// cityPolice says whether a police department has the bare name of an incorporated
// place, and so is that city's, even where ICE calls it a county's: the police of
// Yoakum, Texas, a city that is not in Yoakum County.
func (n agencyName) cityPolice() bool {
	return n.says("police") && !n.says("county", "parish") &&
		slices.ContainsFunc(townsOf(n.State, strings.Join(n.words[:n.body()], " ")), func(t town) bool { return strings.Contains(t.class, "C") })
}

// listed are the counties of a body that several run, whose name begins with them.
func (n agencyName) listed() []string {
	var all []string
	for _, part := range split(n.Agency) {
		words, found := strings.Fields(roster.Fold(part)), false
		for end := min(len(words), 4); end > 0 && !found; end-- {
			if c, ok := FindCounty(n.State, strings.Join(words[:end], " ")); ok {
				all, found = append(all, c.FIPS), true
			}
		}
		if !found {
			return nil
		}
	}
	return all
}

// body is where the name stops to say the place, and begins to say what the agency
// is.
func (n agencyName) body() int {
	at := slices.IndexFunc(n.words, func(w string) bool {
		switch w {
		case "sheriff", "sheriffs", "constable", "constables", "marshal", "marshals", "marshall", "marshalls", "department", "dept", "pd", "so",
			"dps", "public", "office", "jail", "detention", "law", "correctional", "corrections", "division", "bureau":
			return true
		}
		return roster.Within(1, w, "police") || roster.Within(1, w, "constables")
	})
	if at < 0 {
		return len(n.words)
	}
	return at
}

// town places a municipal agency by the town that its name says, as a whole. A name
// that says more ("Melbourne International Airport", "Tallahassee State College",
// "Northwest Regional") is not that of a town.
func (n agencyName) town(misprinted bool) (at Location, sure bool) {
	nowhere := Location{Why: "says no county or town of " + nameOfState(n.State)}
	officer := slices.ContainsFunc(n.words, func(w string) bool { return strings.HasPrefix(w, "sheriff") || strings.HasPrefix(w, "constable") })
	if n.Type == roster.TypeCounty && !officer && !n.cityPolice() || n.says("county", "parish") {
		return Location{Why: "says no county of " + nameOfState(n.State)}, false
	}
	words, form := n.words[:n.body()], ""
	if len(words) > 2 && words[1] == "of" && classes[words[0]] != "" { // "City of Miami Police Department"
		words, form = words[2:], words[0]
	}
	if last := len(words) - 2; last > 0 && words[last+1] == "ward" { // "Lower Burrell Fourth Ward Constable"
		words = words[:last]
	}
	name := strings.Join(words, " ")
	found := townsOf(n.State, name)
	if last := len(words) - 1; len(found) == 0 && form == "" && last > 0 && classes[words[last]] != "" {
		name, form = strings.Join(words[:last], " "), words[last] // "Manheim Borough"
		found = townsOf(n.State, name)
	}
	if len(found) == 0 && form == "" && misprinted {
		if found = twoTowns(n.State, words); found == nil {
			found = nearTowns(n.State, name)
		}
	}
	if found = best(found, form); len(found) == 0 {
		return nowhere, false
	}
	if slices.ContainsFunc(found, func(t town) bool { return t.counties[0] != found[0].counties[0] }) {
		at = Location{Why: fmt.Sprintf("fits %d towns of %s in different counties", len(found), nameOfState(n.State))}
		for _, t := range found {
			at.Maybe = append(at.Maybe, t.counties...)
		}
		return at, false
	}
	// A sheriff can be a city's ("Jacksonville Sheriff's Office"), but seldom is.
	return Location{Counties: found[0].counties, By: ByTown}, !strings.Contains(found[0].class, "U") && !n.says("sheriff", "sheriffs")
}

// twoTowns is the town of a body that two of one county share ("Monmouth Winthrop").
func twoTowns(s roster.State, words []string) []town {
	for i := 1; i < len(words); i++ {
		first, second := best(townsOf(s, strings.Join(words[:i], " ")), ""), best(townsOf(s, strings.Join(words[i:], " ")), "")
		if len(first) == 1 && len(second) == 1 && first[0].counties[0] == second[0].counties[0] {
			return first
		}
	}
	return nil
}

// classes are the words for towns, with the classes of the Census Bureau that they
// can have, the best first: C for incorporated places, T for townships with a
// government, U for what only the census knows. Towns are incorporated in the South
// and West, and are townships in New England and New York.
var classes = map[string]string{"city": "C", "village": "C", "borough": "C", "boro": "C", "town": "CT", "township": "T", "twp": "T"}

// best are the towns that a name with that word means. Without one, an incorporated
// place comes before a township, which nearly always says that it is one.
func best(found []town, form string) []town {
	if form != "" {
		return slices.DeleteFunc(found, func(t town) bool { return !strings.ContainsAny(t.class, classes[form]) })
	}
	for _, class := range []string{"C", "T"} {
		if slices.ContainsFunc(found, func(t town) bool { return strings.Contains(t.class, class) }) {
			return slices.DeleteFunc(found, func(t town) bool { return !strings.Contains(t.class, class) })
		}
	}
	return found
}

// nameOfState names a state in a sentence.
func nameOfState(s roster.State) string {
	if name := s.Name(); strings.HasSuffix(name, "Islands") || s == "DC" {
		return "the " + name
	}
	return s.Name()
}
