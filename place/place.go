// Package place knows the towns of the United States: which of them a state has,
// and in which counties they are. The names are the Census Bureau's (gazetteer of
// 2022: incorporated places, census-designated places and townships with a
// government of their own; public domain).
package place

import (
	_ "embed"
	"sort"
	"strings"
	"sync"
)

//go:generate go run ./gather $PLACES $TOWNSHIPS towns.txt

//go:embed towns.txt
var townsText string

// byState holds each state's line of the embedded file, by postal code.
var byState = sync.OnceValue(func() map[string]string {
	lines := map[string]string{}
	for line := range strings.Lines(townsText) {
		lines[line[:2]] = line[2:]
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
func Towns(state, name string) (counties [][]string) {
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
	name, codes, _ := strings.Cut(entryAt(at), ",")
	if name != key {
		return nil
	}
	for town := range strings.SplitSeq(codes, ";") {
		var of []string
		for code := range strings.SplitSeq(town, ",") {
			of = append(of, fipsOf[state]+code)
		}
		counties = append(counties, of)
	}
	return counties
}

func nameOf(entry string) string {
	name, _, _ := strings.Cut(entry, ",")
	return name
}

// StateOf returns the postal code of the state in which the county with that FIPS
// code is, "" for a code that no state has.
func StateOf(county string) string {
	for state, fips := range fipsOf {
		if strings.HasPrefix(county, fips) {
			return state
		}
	}
	return ""
}

// fipsOf holds the FIPS code of each state and territory, by postal code.
var fipsOf = map[string]string{
	"AL": "01", "AK": "02", "AZ": "04", "AR": "05", "CA": "06", "CO": "08", "CT": "09", "DE": "10", "DC": "11",
	"FL": "12", "GA": "13", "HI": "15", "ID": "16", "IL": "17", "IN": "18", "IA": "19", "KS": "20", "KY": "21",
	"LA": "22", "ME": "23", "MD": "24", "MA": "25", "MI": "26", "MN": "27", "MS": "28", "MO": "29", "MT": "30",
	"NE": "31", "NV": "32", "NH": "33", "NJ": "34", "NM": "35", "NY": "36", "NC": "37", "ND": "38", "OH": "39",
	"OK": "40", "OR": "41", "PA": "42", "RI": "44", "SC": "45", "SD": "46", "TN": "47", "TX": "48", "UT": "49",
	"VT": "50", "VA": "51", "WA": "53", "WV": "54", "WI": "55", "WY": "56", "AS": "60", "GU": "66", "MP": "69",
	"PR": "72", "VI": "78",
}
