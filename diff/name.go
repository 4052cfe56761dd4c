package diff

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// name is an agency's name taken apart into what identifies the agency and what
// merely says what kind of body it is.
type name struct {
	words   []string // folded, abbreviations written out
	place   []string // words that no other kind of agency shares
	body    []string // the other ones, sorted
	kind    string   // what kind of body it is: "sheriff", "police", …; "" unknown
	numbers []string // digits, sorted; ordinals in words too
	sides   []string // "north", "upper", …, sorted
}

// writtenOut are the abbreviations that agencies' names are printed with.
var writtenOut = map[string]string{
	"dept": "department", "depts": "department", "dep": "department", "dpt": "department", "so": "sheriff office",
	"pd": "police department", "co": "county", "cnty": "county", "cty": "county", "twp": "township", "tnshp": "township",
	"boro": "borough", "bocc": "board county commissioners", "doc": "department corrections", "div": "division",
	"univ": "university", "st": "saint", "ft": "fort", "mt": "mount", "off": "office", "ofc": "office",
	"dist": "district", "pct": "precinct", "prec": "precinct", "auth": "authority", "comm": "commission",
	"dps": "department public safety", "reg": "regional", "hwy": "highway", "natl": "national", "gov": "government",
	"sheriffs": "sheriff", "constables": "constable", "marshals": "marshal", "attorneys": "attorney",
	"services": "service", "corrections": "correction", "correctional": "correction", "commissioners": "commissioner",
}

// small words say nothing.
var small = map[string]bool{"of": true, "the": true, "and": true, "for": true, "in": true, "s": true, "at": true}

// generic are the words that agencies of one kind share.
var generic = wordSet(`agency agricultural attorney authority board bureau commission commissioner constable correction
	county court criminal department detention district division enforcement facility fish force general government
	guard highway investigation investigations jail judicial justice law marshal municipal national office officer
	parish patrol police precinct prison probation public regional safety security service sheriff state system task
	trustee trustees warden wildlife`)

// kinds names the bodies that a word makes out. The first that fits counts.
var kinds = []struct{ word, kind string }{
	{"sheriff", "sheriff"}, {"constable", "constable"}, {"marshal", "marshal"}, {"attorney", "attorney"},
	{"correction", "jail"}, {"jail", "jail"}, {"prison", "jail"}, {"detention", "jail"}, {"commissioner", "commissioners"},
	{"trustees", "trustees"}, {"trustee", "trustees"}, {"guard", "guard"}, {"police", "police"}, {"patrol", "police"},
	{"safety", "police"},
}

var sideWords = wordSet(`north south east west northern southern eastern western northeast northwest southeast southwest
	upper lower new old central middle great little big`)

var ordinals = map[string]string{
	"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
	"ninth": "9", "tenth": "10", "eleventh": "11", "twelfth": "12", "one": "1", "two": "2", "three": "3", "four": "4",
	"five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// parse takes an agency's name apart. The state's own name before a kind of body
// ("Texas Department of …"), or its code in front, tells nothing and is left
// out; in "Idaho Falls" or "University of Florida" it is part of the place.
func parse(s roster.Spelling) name {
	var n name
	words := strings.Fields(roster.Fold(s.Name))
	own := strings.Fields(roster.Fold(s.State.Name()))
	school := schooled(words)
	for i := 0; i < len(words); i++ {
		w := words[i]
		if len(own) > 0 && len(words)-i >= len(own) && slices.Equal(words[i:i+len(own)], own) && !school && ownsBody(words[:i], words[i+len(own):]) {
			i += len(own) - 1
			continue
		}
		if i == 0 && strings.EqualFold(w, string(s.State)) && len(words) > 1 {
			continue
		}
		full := w
		if long, ok := writtenOut[w]; ok {
			full = long
		}
		if len(w) == 1 && i > 0 && numbered[words[i-1]] {
			n.numbers = append(n.numbers, w)
			continue
		}
		if school && w == "state" {
			n.words, n.place = append(n.words, w), append(n.place, w) // Florida State is not the University of Florida
			continue
		}
		for _, part := range strings.Fields(full) {
			n.add(part)
		}
	}
	n.finish()
	return n
}

// numbered are the words that a number or a letter stands behind.
var numbered = wordSet("area beat district division group post precinct pct region troop unit ward zone")

// ownsBody says whether the words around a state's name make it the owner of a
// body, and not part of a place: "Virginia Beach", "Washington County".
func ownsBody(before, rest []string) bool {
	if len(rest) == 0 {
		return len(before) > 0 && generic[before[len(before)-1]]
	}
	if roster.Distance(rest[0], "county") <= 1 || rest[0] == "parish" {
		return false
	}
	w := rest[0]
	if long, ok := writtenOut[w]; ok {
		w, _, _ = strings.Cut(long, " ")
	}
	return generic[w]
}

func (n *name) add(w string) {
	if long, ok := writtenOut[w]; ok && !strings.Contains(long, " ") {
		w = long
	}
	if small[w] {
		return
	}
	n.words = append(n.words, w)
	number, isNumber := numberOf(w)
	switch {
	case isNumber:
		n.numbers = append(n.numbers, number)
	case generic[w] || misprintOfGeneric(w):
		n.body = append(n.body, w)
	default:
		n.place = append(n.place, w)
		if sideWords[w] {
			n.sides = append(n.sides, w)
		}
	}
}

// numberOf reads what tells one of several like bodies from the others: "4",
// "4th", "fourth", "IV" or "1A".
func numberOf(w string) (string, bool) {
	if o, ok := ordinals[w]; ok {
		return o, true
	}
	digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	switch letters := w[len(digits):]; letters {
	case "", "st", "nd", "rd", "th":
		return strings.TrimLeft(digits, "0"), true
	default:
		return strings.TrimLeft(digits, "0") + letters, true
	}
}

// often are the words that stand in most names, and so are misprinted most.
// "Marshal" and "warden" are left out: Marshall and Warren are counties.
var often = wordSet("commissioner constable correction county department district division enforcement office police precinct sheriff")

// misprintOfGeneric takes "departent" and "constbales" for what they mean. Short
// words are left alone: "polk" is no "park".
func misprintOfGeneric(w string) bool {
	if len(w) < 5 {
		return false
	}
	for g := range often {
		if g[0] == w[0] && roster.Distance(g, w) <= slips(len(g)+1) {
			return true
		}
	}
	return false
}

func (n *name) finish() {
	for _, k := range kinds {
		if n.kind == "" && slices.ContainsFunc(n.body, func(w string) bool { return w == k.word || len(w) >= 6 && roster.Distance(w, k.word) <= 2 }) {
			n.kind = k.kind
		}
	}
	slices.Sort(n.body)
	slices.Sort(n.numbers)
	slices.Sort(n.sides)
}

// ofCounty says whether the name speaks of a county.
func (n name) ofCounty() bool {
	return slices.Contains(n.body, "county") || slices.Contains(n.body, "parish") || n.kind == "sheriff"
}

// county returns the code of the real county that the name speaks of, and false
// where it speaks of none, or of one that the state does not have.
func (n name) county(s roster.State) (string, bool) {
	if !n.ofCounty() {
		return "", false
	}
	c, ok := roster.FindCounty(s, strings.Join(n.place, " "))
	return c.FIPS, ok
}
