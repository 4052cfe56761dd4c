package main

import (
	"slices"
	"strings"
	"unicode"
)

// The oracle's own idea of names, kept simple: what is loosely the same, what is
// near, and what the words for a state, a model and a kind of agency are.

// tidy sets single spaces and straight apostrophes.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("’‘`´ʼ‛", r):
			return '\''
		case r == '“' || r == '”':
			return '"'
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// plainLetters takes punctuation and accents away.
var plainLetters = strings.NewReplacer("'", "", ".", "", "&", " and ", "ñ", "n", "é", "e", "á", "a", "í", "i", "ó", "o")

// looseName is a name without case, punctuation and accents.
func looseName(s string) string {
	s = plainLetters.Replace(strings.ToLower(tidy(s)))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// bareName is a loose name without "City of" or the like.
func bareName(s string) string {
	words := strings.Fields(looseName(s))
	if len(words) > 1 && words[0] == "the" {
		words = words[1:]
	}
	if len(words) > 2 && words[1] == "of" && slices.Contains([]string{"city", "town", "village", "township", "borough", "county"}, words[0]) {
		words = words[2:]
	}
	return strings.Join(words, " ")
}

// kindWords say what kind of body a name is of, or nothing at all.
var kindWords = strings.Fields("sheriff sheriffs office offices police department dept pd so county parish of the city town village township borough and public safety division bureau board commissioners bocc")

// skeletonOf is what is left of a name without the words that many share, and
// without its state. body is the kind of body that those words name, if any.
func skeletonOf(s string) (skeleton, body string) {
	short := map[string]string{"ft": "fort", "st": "saint", "mt": "mount", "univ": "university"}
	bodies := map[string]string{"sheriff": "sheriff", "sheriffs": "sheriff", "so": "sheriff", "police": "police", "pd": "police",
		"constable": "constable", "constables": "constable", "corrections": "jail", "jail": "jail"}
	var kept []string
	for _, word := range strings.Fields(looseName(s)) {
		if long := short[word]; long != "" {
			word = long
		}
		for _, kind := range slices.Concat(kindWords, []string{"constable", "constables", "corrections"}) {
			if len(word) > 4 && len(kind) > 4 && slips(word, kind, len(kind)/4) <= len(kind)/4 && word[0] == kind[0] {
				word = kind
				break
			}
		}
		if bodies[word] != "" {
			body = bodies[word]
		}
		if !slices.Contains(kindWords, word) && stateNames[strings.ToUpper(word)] == "" {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " "), body
}

// named is a row that has no more than a name.
func named(name string) listRow {
	r := listRow{name: name, loose: looseName(name), bare: bareName(name)}
	r.skeleton, r.body = skeletonOf(name)
	return r
}

// slips counts the letters put in, left out or exchanged between two texts, up to
// a limit.
func slips(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], last[j]) // two neighbors swapped, nearly enough
			}
		}
		last = row
	}
	return last[len(b)]
}

// near says whether two names could be one name misprinted: the same without the
// words that many share, or a slip or two apart. Numbers are never near.
func near(a, b listRow) bool {
	if a.loose == b.loose || a.bare == b.bare {
		return true
	}
	if numbersIn(a.loose) != numbersIn(b.loose) || a.body != b.body && a.body != "" && b.body != "" {
		return false
	}
	if a.skeleton != "" && a.skeleton == b.skeleton {
		return true
	}
	allowed := min(2, len(a.skeleton)/4)
	return slips(a.skeleton, b.skeleton, allowed) <= allowed && a.skeleton != "" && b.skeleton != ""
}

// within says whether the words of one name are all in the other's, which says no
// other number.
func within(a, b listRow) bool {
	x, y := strings.Fields(a.skeleton), strings.Fields(b.skeleton)
	if len(x) > len(y) {
		x, y = y, x
	}
	n, m := numbersIn(a.loose), numbersIn(b.loose)
	return a.body == b.body && len(x) > 1 && (n == m || n == "" || m == "") &&
		!slices.ContainsFunc(x, func(word string) bool { return !slices.Contains(y, word) })
}

func numbersIn(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }), " ")
}

// modelOf reads a model by its first word, with a slip.
func modelOf(cell string) string {
	first, _, _ := strings.Cut(looseName(cell), " ")
	for model, word := range map[string]string{"JEM": "jail", "TFM": "task", "WSO": "warrant"} {
		if first != "" && slips(first, word, 1) <= 1 {
			return model
		}
	}
	return ""
}

var modelNames = map[string]string{"JEM": "Jail Enforcement Model", "TFM": "Task Force Model", "WSO": "Warrant Service Officer"}

// kindOf reads the kind of an agency, misprinted or not.
func kindOf(cell string) string {
	switch s := looseName(cell); {
	case strings.HasPrefix(s, "mun"), s == "city":
		return "municipality"
	case strings.HasPrefix(s, "cou"), s == "parish":
		return "county"
	case strings.HasPrefix(s, "stat"):
		return "state"
	}
	return ""
}

// inSentence is a state's name as a sentence says it.
func inSentence(state string) string {
	if slices.Contains([]string{"DC", "MP", "VI"}, state) {
		return "the " + stateNames[state]
	}
	return stateNames[state]
}

// stateNames are the states with the territories, by postal code.
var stateNames = map[string]string{
	"AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware",
	"DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa",
	"KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
	"MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
	"NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
	"SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
	"WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "VI": "U.S. Virgin Islands", "AS": "American Samoa",
}

// territories are what is listed as a state and is none.
var territories = []string{"GU", "MP", "PR", "VI", "AS"}

// postal reads a state's name with at most two slips; "" where that leaves none.
func postal(cell string) string {
	name, best, found := strings.ToUpper(tidy(cell)), 3, ""
	for code, full := range stateNames {
		if d := slips(name, strings.ToUpper(full), 2); d < best {
			best, found = d, code
		}
	}
	return found
}
