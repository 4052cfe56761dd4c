package roster

import (
	_ "embed"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// countiesText lists every county and county equivalent of the United States with
// its FIPS code and the longitude and latitude of its middle, from the Census
// Bureau's cartographic boundary files of 2017 (public domain).
//
//go:embed counties.txt
var countiesText string

// fipsStates holds the FIPS code of each state.
var fipsStates = map[string]State{
	"01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE", "11": "DC",
	"12": "FL", "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA", "20": "KS", "21": "KY",
	"22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN", "28": "MS", "29": "MO", "30": "MT",
	"31": "NE", "32": "NV", "33": "NH", "34": "NJ", "35": "NM", "36": "NY", "37": "NC", "38": "ND", "39": "OH",
	"40": "OK", "41": "OR", "42": "PA", "44": "RI", "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT",
	"50": "VT", "51": "VA", "53": "WA", "54": "WV", "55": "WI", "56": "WY", "60": "AS", "66": "GU", "69": "MP",
	"72": "PR", "78": "VI",
}

// CountyPlace is where a county is.
type CountyPlace struct {
	FIPS     string  // five digits
	Name     string  // without "County" or "Parish"
	Lon, Lat float64 // the middle of its largest part, in degrees
}

var counties = sync.OnceValue(func() map[string]CountyPlace {
	byName := map[string]CountyPlace{}
	for line := range strings.Lines(countiesText) {
		var c CountyPlace
		parts := strings.SplitN(strings.TrimSpace(line), " ", 4)
		c.FIPS, c.Name = parts[0], parts[3]
		c.Lon, _ = strconv.ParseFloat(parts[1], 64)
		c.Lat, _ = strconv.ParseFloat(parts[2], 64)
		state := fipsStates[c.FIPS[:2]]
		key := countyKey(state, c.Name)
		if _, county := byName[key]; county { // independent cities come later, and some share a county's name
			key = countyKey(state, c.Name+" city")
		}
		byName[key] = c
	}
	return byName
})

// keyedCounty is a county with its countyKey.
type keyedCounty struct {
	CountyPlace
	key  string
	used uint32 // lettersUsed of the key
}

// lettersUsed returns the letters of a key as bits. A typing error changes at most
// two of them, so keys that differ in many need not be compared.
func lettersUsed(key string) (used uint32) {
	for i := range len(key) {
		used |= 1 << (key[i] & 31)
	}
	return used
}

// countiesByState holds the counties of each state.
var countiesByState = sync.OnceValue(func() map[State][]keyedCounty {
	byState := map[State][]keyedCounty{}
	for key, c := range counties() {
		s := fipsStates[c.FIPS[:2]]
		byState[s] = append(byState[s], keyedCounty{c, key, lettersUsed(key)})
	}
	return byState
})

// countyKey is the same for every spelling of a county's name.
func countyKey(s State, name string) string {
	name = Fold(name)
	if rest, ok := strings.CutPrefix(name, "saint"); ok { // and "sainte"
		name = "st" + rest
	}
	return string(s) + "|" + letters(name)
}

// FindCounty returns the county of that name, given without the word "County" or
// "Parish"; ok is false where the state has none.
func FindCounty(s State, name string) (place CountyPlace, ok bool) {
	place, ok = counties()[countyKey(s, name)]
	return place, ok
}

// Counties returns a state's counties, sorted by FIPS code.
func Counties(s State) []CountyPlace {
	var found []CountyPlace
	for _, c := range counties() {
		if fipsStates[c.FIPS[:2]] == s {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b CountyPlace) int { return strings.Compare(a.FIPS, b.FIPS) })
	return found
}

// bareCounty folds a county's name and removes the word for a county, even if
// misprinted.
func bareCounty(name string) string {
	name = Fold(name)
	if i := strings.LastIndexByte(name, ' '); i > 0 && Distance(name[i+1:], "county") == 1 {
		return name[:i]
	}
	for _, word := range []string{" county", " parish", " city and borough", " borough", " census area", " municipality"} {
		if bare, ok := strings.CutSuffix(name, word); ok {
			return bare
		}
	}
	return name
}

// CountyOf returns the county that a COUNTY cell names, with or without the word
// for one, even if misprinted; ok is false where the state has none that it can mean.
func CountyOf(s State, cell string) (place CountyPlace, ok bool) {
	name := bareCounty(cell)
	if place, ok = FindCounty(s, name); ok {
		return place, true
	}
	return nearCounty(s, name)
}

// Place returns the county that an agreement's COUNTY cell names, or else the
// agency's own name ("Lampasas County Sheriff's Office"); ok is false where neither
// names one of the state. A misprint is read if it is long enough to mean one county
// only.
func (a Agreement) Place() (place CountyPlace, ok bool) {
	names := []string{bareCounty(a.County)}
	for _, word := range []string{" county ", " parish "} {
		if name, _, named := strings.Cut(Fold(a.Agency), word); named {
			names = append(names, name)
		}
	}
	for _, find := range []func(State, string) (CountyPlace, bool){FindCounty, nearCounty} {
		for _, name := range names {
			if place, ok = find(a.State, name); ok {
				return place, true
			}
		}
	}
	return CountyPlace{}, false
}

// nearCounty returns the one county of a state that a name is a misprint of. Short
// names of counties are too similar: Polk and Park, Lake and Lane.
func nearCounty(s State, name string) (CountyPlace, bool) {
	key := countyKey(s, name)
	letters := len(key) - len(s) - 1
	best, only := max(1, letters/8)+1, false
	if letters < 6 || letters > longestMisprint || s == "" {
		return CountyPlace{}, false
	}
	var found CountyPlace
	used := lettersUsed(key)
	for _, c := range countiesByState()[s] {
		if off := len(key) - len(c.key); off > best || -off > best || bits.OnesCount32(used^c.used) > 2*best {
			continue // there are more errors than that
		}
		switch d := Distance(key, c.key); {
		case d < best:
			best, found, only = d, c.CountyPlace, true
		case d == best:
			only = false
		}
	}
	return found, only
}
