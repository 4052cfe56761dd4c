package diff

import (
	"cmp"
	"slices"
	"strings"

	gazetteer "github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// name is the normal form of an agency's name: what identifies the agency, apart
// from what merely says which kind of body it is. Abbreviations are written out,
// misprints of common words are mended, and the state's own name is left out, so
// that all usual spellings of an agency come to one form.
type name struct {
	state   roster.State
	folded  string     // the whole name
	words   []string   // all words of it in their order, abbreviations written out
	place   []string   // the words that no other kind of agency shares
	joined  string     // place in one word
	phrase  []string   // place with the small words in it, as in "Isle of Wight"
	between []string   // small words that may be part of the phrase
	body    []string   // which kind of body it is, in generic words, each once, sorted
	ofState bool       // the state's own name makes it a body of the state
	kind    string     // "sheriff", "police", …; "" unknown
	form    string     // "city", "town", "village", "township" or "borough"; "" where the name does not say
	numbers []string   // digits, sorted; ordinals in words too
	sides   []string   // "north", "upper", …, sorted
	fips    string     // the county that the name speaks of; "" for none, or none that the state has
	towns   [][]string // the towns of that name that the state has, by their counties; nil for none
	key     string     // equal for the spellings of one agency; the form is left out
	bare    string     // key without the state
}

// parse splits an agency's name into its parts. The state's own name before a kind of body
// ("Texas Department of …"), or its code at either end, says nothing and is left
// out; in "Idaho Falls" or "University of Florida" it is part of the place.
func parse(s roster.Spelling) *name {
	n := &name{state: s.State, folded: roster.Fold(spaced(s.Name))}
	words := strings.Fields(n.folded)
	own := strings.Fields(roster.Fold(s.State.Name()))
	school := schooled(words)
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case !school && ownName(words, i, own):
			n.ofState = true
			i += len(own) - 1
			if i+1 < len(words) && isState(words[i+1]) {
				words[i+1] = "state" // misprinted, perhaps
			}
		case len(words) > 1 && strings.EqualFold(w, string(s.State)) && (i == 0 || i == len(words)-1 && w != "co"):
			// the state's code; at the end of a name "Co" is a county's
		case numberBehind(w) != "":
			n.add(full(w[:len(w)-len(numberBehind(w))]))
			n.add(numberBehind(w))
		case w == "no" && i+1 < len(words) && isNumber(words[i+1]):
			// "Precinct No. 4"
		case len(w) == 1 && i > 0 && w != "s" && (numbered[mended(words[i-1])] || i == len(words)-1):
			n.numbers = append(n.numbers, w)
		case compass[w] != "" && i+1 < len(words) && !generic[mended(words[i+1])] && (i == 0 || !generic[mended(words[i-1])]):
			n.add(compass[w])
		case school && w == "state":
			n.words, n.place = append(n.words, w), append(n.place, w) // Florida State is not the University of Florida
		case n.takeForm(words, i):
		default:
			for part := range strings.FieldsSeq(full(w)) {
				n.add(part)
			}
		}
	}
	n.finish()
	return n
}

// spaced adds the space that ICE leaves out after an abbreviation: "Pct.4",
// "St.Lucie". Initials such as "U.S." stay together.
func spaced(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	var b strings.Builder
	letters := 0
	for i := range len(s) {
		b.WriteByte(s[i])
		switch {
		case s[i] == '.' && letters > 1 && i+1 < len(s) && s[i+1] != ' ':
			b.WriteByte(' ')
			letters = 0
		case s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z':
			letters++
		default:
			letters = 0
		}
	}
	return b.String()
}

// full writes an abbreviation out.
func full(w string) string {
	return cmp.Or(writtenOut[w], w)
}

// mended returns a word as a name's normal form has it.
func mended(w string) string {
	w, _, _ = strings.Cut(full(w), " ")
	if generic[w] {
		return w
	}
	return cmp.Or(misprintOf(w), w)
}

// ownName says whether the state's own name, misprinted or not, stands at i and
// makes the state the owner of a body.
func ownName(words []string, i int, own []string) bool {
	if len(own) == 0 || len(words)-i < len(own) {
		return false
	}
	for j, w := range own {
		got := words[i+j]
		short := len(own) > 1 && j == 0 && got == w[:1] // "N. Carolina"
		if got != w && !short && (len(w) < 5 || got[0] != w[0] || distance(got, w) > slips(len(w))) {
			return false
		}
	}
	return ownsBody(words[:i], words[i+len(own):])
}

// ownsBody says whether the words around a state's name make it the owner of a
// body, and not part of a place: "Virginia Beach", "Washington County".
func ownsBody(before, rest []string) bool {
	if len(rest) == 0 {
		return len(before) > 0 && generic[mended(before[len(before)-1])]
	}
	next := mended(rest[0])
	return isState(next) || generic[next] && next != "county" && next != "parish"
}

// numberBehind returns the number in "pct4" and "district12", "" for other words.
func numberBehind(w string) string {
	digits := strings.TrimLeft(w, "abcdefghijklmnopqrstuvwxyz")
	word := w[:len(w)-len(digits)]
	if digits != "" && digits != w && numbered[mended(word)] && isNumber(digits) {
		return digits
	}
	return ""
}

// isState says whether a word after a state's name is "state", misprinted or not.
func isState(w string) bool {
	return len(w) >= 4 && w[0] == 's' && distance(w, "state") <= 1
}

// takeForm notes a word that names the kind of municipality.
func (n *name) takeForm(words []string, i int) bool {
	w := cmp.Or(misprintOf(full(words[i])), full(words[i]))
	anywhere, isForm := forms[w]
	of := i+1 < len(words) && words[i+1] == "of"
	if !isForm || !anywhere && !of || n.state == "AK" && w == "borough" {
		return false
	}
	n.form = cmp.Or(n.form, w)
	return true
}

func (n *name) add(w string) {
	if long := full(w); !strings.Contains(long, " ") {
		w = long
	}
	if smallWords[w] {
		if len(n.place) > 0 {
			n.between = append(n.between, w)
		}
		return
	}
	defer func() { n.between = nil }()
	number, isNumber := numberOf(w)
	common := misprintOf(w)
	n.words = append(n.words, w)
	switch {
	case isNumber:
		n.numbers = append(n.numbers, number)
	case generic[w], w == "center" && len(n.words) > 1 && generic[mended(n.words[len(n.words)-2])]: // "Detention Center", but "Rockville Center"
		n.body = append(n.body, w)
	case generic[common]:
		n.body = append(n.body, common)
	case common != "":
		n.place = append(n.place, common)
	default:
		n.place = append(n.place, w)
		n.phrase = append(append(n.phrase, n.between...), w)
		if sideWords[w] {
			n.sides = append(n.sides, w)
		}
	}
}

// numberOf reads what distinguishes one of several like bodies from the others: "4",
// "4th", "fourth", "IV" or "1A".
func numberOf(w string) (string, bool) {
	if o, ok := ordinals[w]; ok {
		return o, true
	}
	if len(w) >= 5 && (strings.HasSuffix(w, "h") || strings.HasSuffix(w, "t")) { // "sixht"
		for o, number := range ordinals {
			if strings.HasSuffix(o, "th") && o[0] == w[0] && distance(o, w) == 1 {
				return number, true
			}
		}
	}
	digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	switch letters := w[len(digits):]; letters {
	case "", "st", "nd", "rd", "th", "h", "sd", "nt", "td", "sh", "rt", "rh", "nh", "dh", "ht", "ts", "dn", "dr": // misprints, too
		return strings.TrimLeft(digits, "0"), true
	default:
		return strings.TrimLeft(digits, "0") + letters, true
	}
}

func isNumber(w string) bool {
	_, ok := numberOf(w)
	return ok
}

// misprintOf returns what "departent" and "constbales" mean, "" where a word is
// not a misprint of a common one. Short words are left alone: "polk" is not
// "park".
func misprintOf(w string) string {
	if len(w) < 5 {
		return ""
	}
	for _, g := range commonWords {
		off := len(g.word) - len(w)
		if g.word[0] == w[0] && -g.slips <= off && off <= g.slips && distanceUpTo(g.word, w, g.slips) <= g.slips {
			return g.word
		}
	}
	return ""
}

func (n *name) finish() {
	for _, k := range kinds {
		if n.kind == "" && slices.ContainsFunc(n.body, func(w string) bool { return w == k.word }) {
			n.kind = k.kind
		}
	}
	n.place = dropEcho(n.place)
	n.joined = strings.Join(n.place, "")
	for _, list := range []*[]string{&n.body, &n.numbers, &n.sides} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	spellings := []string{strings.Join(n.place, " ")}
	if len(n.phrase) > len(n.place) {
		spellings = append(spellings, strings.Join(n.phrase, " "))
	}
	for _, place := range spellings {
		if n.ofCounty() && n.fips == "" {
			c, _ := gazetteer.FindCounty(n.state, place)
			n.fips = c.FIPS
		}
		if n.joined != "" && n.towns == nil && !n.speaksOfCounty() && !schooled(n.place) {
			n.towns = gazetteer.Towns(n.state, place)
		}
	}
	n.bare = n.makeKey()
	n.key = string(n.state) + "|" + n.bare
}

// dropEcho removes a place that is said twice: "County of Franklin / Franklin
// County Jail".
func dropEcho(words []string) []string {
	for length := len(words) / 2; length > 0; length-- {
		if slices.Equal(words[:length], words[length:2*length]) && len(words) == 2*length {
			return words[:length]
		}
	}
	return words
}

func (n *name) makeKey() string {
	var b strings.Builder
	b.WriteString(n.joined + "|")
	for _, w := range n.body {
		switch {
		case filler[w]:
			continue
		case w == "parish": // a county's name in Louisiana
			w = "county"
		}
		b.WriteString(w + " ")
	}
	b.WriteString("|" + strings.Join(n.numbers, " "))
	return b.String()
}

// ofCounty says whether the name speaks of a county, by that word or as every
// sheriff does.
func (n *name) ofCounty() bool { return n.speaksOfCounty() || n.kind == "sheriff" }

func (n *name) speaksOfCounty() bool {
	return slices.Contains(n.body, "county") || slices.Contains(n.body, "parish")
}

// real says whether the name speaks of a county or a town that the state has.
func (n *name) real() bool { return n.fips != "" || n.towns != nil }

// schooled says whether a place is a school's. Each word of such a name counts.
func schooled(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		isSchool := func(w string) bool { return w == "university" || w == "college" }
		return isSchool(full(w)) || isSchool(misprintOf(w))
	})
}

// oneTown says whether a town of that name lies in both counties.
func (n *name) oneTown(county, other string) bool {
	return slices.ContainsFunc(n.towns, func(in []string) bool { return slices.Contains(in, county) && slices.Contains(in, other) })
}
