// Package place knows the counties, towns and ZIP codes of the United States, and where
// an agency is and whose it is. The names of towns are the Census Bureau's (gazetteer
// of 2022: incorporated places, census-designated places and townships with a
// government of their own; public domain).
package place

import (
	_ "embed"
	"sort"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

//go:generate go run ./gather $CENSUS .

//go:embed towns.txt
var townsText string

// byState holds each state's line of the embedded file, by postal code.
var byState = sync.OnceValue(func() map[roster.State]string {
	lines := map[roster.State]string{}
	for line := range strings.Lines(townsText) {
		lines[roster.State(line[:2])] = line[2:]
	}
	return lines
})

// Key reduces a town's name to what tells towns apart: its letters and digits in
// lower case, "Saint" and "Fort" and "Mount" as they are abbreviated, accents left
// out. It is the same for every usual spelling of a name.
func Key(name string) string {
	name = accents.Replace(strings.ToLower(name))
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '/' || r == ',' || r == '.' })
	var b strings.Builder
	for _, w := range words {
		if short := shortened[w]; short != "" {
			w = short
		}
		for _, r := range w {
			if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

var (
	accents   = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n")
	shortened = map[string]string{"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}
)

// Towns finds the towns of a state, given by its postal code, that have a name. It
// returns for each the FIPS codes of the counties that it is in, the one with the
// most of it first; nil where the state has no town of that name.
func Towns(state roster.State, name string) (counties [][]string) {
	for _, t := range townsOf(state, name) {
		counties = append(counties, t.counties)
	}
	return counties
}

// town is an incorporated place, one that only the census knows, or a township.
type town struct {
	class    string   // of C, U and T, one or two, as the classes of FIPS begin
	counties []string // FIPS codes
}

// townsOf finds the towns of a state that have a name.
func townsOf(state roster.State, name string) []town {
	line, key := byState()[state], Key(name)
	if line == "" || key == "" {
		return nil
	}
	// Each entry stands between two bars, and the entries are sorted, so that the
	// start of the one that is wanted is found by halving.
	entryAt := func(i int) string {
		start := strings.LastIndexByte(line[:i+1], '|') + 1
		length := strings.IndexByte(line[start:], '|')
		if length < 0 {
			return ""
		}
		return line[start : start+length]
	}
	last := len(line) - len("|\n")
	at := sort.Search(last, func(i int) bool { return nameOf(entryAt(i)) >= key })
	if at >= last {
		return nil
	}
	if nameOf(entryAt(at)) != key {
		return nil
	}
	return townsIn(state, entryAt(at))
}

// townsIn reads an entry.
func townsIn(state roster.State, entry string) (all []town) {
	_, towns, _ := strings.Cut(entry, ",")
	for one := range strings.SplitSeq(towns, ";") {
		digits := strings.IndexFunc(one, func(r rune) bool { return '0' <= r && r <= '9' })
		t := town{class: one[:digits]}
		for code := range strings.SplitSeq(one[digits:], ",") {
			t.counties = append(t.counties, fipsOf[state]+code)
		}
		all = append(all, t)
	}
	return all
}

// nearTowns are the towns that a long name means which none has: those that it is the
// beginning of ("Sunny Isles" for Sunny Isles Beach), or else of the one name from
// which it is one slip away.
func nearTowns(state roster.State, name string) []town {
	const shortest = 8
	key := Key(name)
	if len(key) < shortest || len(key) > longestName {
		return nil
	}
	var longer []town
	var found string
	several := false
	for entry := range strings.SplitSeq(byState()[state], "|") {
		known := nameOf(entry)
		if strings.HasPrefix(known, key) {
			longer = append(longer, townsIn(state, entry)...)
		}
		if known == "" || known == "\n" || !roster.Within(1, known, key) {
			continue
		}
		several = found != ""
		found = entry
	}
	if longer != nil {
		return longer
	}
	if found == "" || several {
		return nil
	}
	return townsIn(state, found)
}

func nameOf(entry string) string {
	name, _, _ := strings.Cut(entry, ",")
	return name
}

// StateOf returns the postal code of the state in which the county with that FIPS
// code is, "" for a code that no state has.
func StateOf(county string) roster.State {
	if len(county) < 2 {
		return ""
	}
	return stateOf()[county[:2]]
}

// stateOf holds fipsOf the other way around.
var stateOf = sync.OnceValue(func() map[string]roster.State {
	states := map[string]roster.State{}
	for state, fips := range fipsOf {
		states[fips] = state
	}
	return states
})

// fipsOf holds the FIPS code of each state and territory, by postal code.
var fipsOf = map[roster.State]string{
	"AL": "01", "AK": "02", "AZ": "04", "AR": "05", "CA": "06", "CO": "08", "CT": "09", "DE": "10", "DC": "11",
	"FL": "12", "GA": "13", "HI": "15", "ID": "16", "IL": "17", "IN": "18", "IA": "19", "KS": "20", "KY": "21",
	"LA": "22", "ME": "23", "MD": "24", "MA": "25", "MI": "26", "MN": "27", "MS": "28", "MO": "29", "MT": "30",
	"NE": "31", "NV": "32", "NH": "33", "NJ": "34", "NM": "35", "NY": "36", "NC": "37", "ND": "38", "OH": "39",
	"OK": "40", "OR": "41", "PA": "42", "RI": "44", "SC": "45", "SD": "46", "TN": "47", "TX": "48", "UT": "49",
	"VT": "50", "VA": "51", "WA": "53", "WV": "54", "WI": "55", "WY": "56", "AS": "60", "GU": "66", "MP": "69",
	"PR": "72", "VI": "78",
}
