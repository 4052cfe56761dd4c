package place

import (
	_ "embed"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// countiesText lists every county and county equivalent of the United States with
// its FIPS code and the longitude and latitude of its middle, from the Census
// Bureau's cartographic boundary files of 2017 (public domain), and of 2023 for the
// two parts of Alaska that were one until 2019.
//
//go:embed counties.txt
var countiesText string

// County is a county or what a state has in the place of one.
type County struct {
	FIPS     string  // five digits
	Name     string  // without "County" or "Parish"
	Lon, Lat float64 // the middle of its largest part, in degrees

	// Residents lived there on ResidentsDate. 0 is for "not known", as no county is
	// without any: of the territories, and of Connecticut's counties, as the Census
	// Bureau counts that state by its planning regions.
	Residents int
}

var counties = sync.OnceValue(func() map[string]County {
	byName := map[string]County{}
	for line := range strings.Lines(countiesText) {
		var c County
		parts := strings.SplitN(strings.TrimSpace(line), " ", 4)
		c.FIPS, c.Name = parts[0], parts[3]
		c.Lon, _ = strconv.ParseFloat(parts[1], 64)
		c.Lat, _ = strconv.ParseFloat(parts[2], 64)
		c.Residents = residents()[c.FIPS]
		state := StateOf(c.FIPS)
		key := countyKey(state, c.Name)
		if _, taken := byName[key]; taken { // independent cities come later, and some share a county's name
			key = countyKey(state, c.Name+" city")
		}
		byName[key] = c
	}
	return byName
})

// keyedCounty is a county with its countyKey.
type keyedCounty struct {
	County
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

// countiesByState holds the counties of each state, by FIPS code.
var countiesByState = sync.OnceValue(func() map[roster.State][]keyedCounty {
	byState := map[roster.State][]keyedCounty{}
	for key, c := range counties() {
		s := StateOf(c.FIPS)
		byState[s] = append(byState[s], keyedCounty{c, key, lettersUsed(key)})
	}
	for _, all := range byState {
		slices.SortFunc(all, func(a, b keyedCounty) int { return strings.Compare(a.FIPS, b.FIPS) })
	}
	return byState
})

// countyKey is the same for every spelling of a county's name.
func countyKey(s roster.State, name string) string {
	name = roster.Fold(name)
	if rest, ok := strings.CutPrefix(name, "saint"); ok { // and "sainte"
		name = "st" + rest
	}
	return string(s) + "|" + strings.ReplaceAll(name, " ", "")
}

// FindCounty returns the county of that name, given without the word "County" or
// "Parish"; ok is false where the state has none.
func FindCounty(s roster.State, name string) (county County, ok bool) {
	county, ok = counties()[countyKey(s, name)]
	return county, ok
}

// ByFIPS returns the county with a code; ok is false where none has it.
func ByFIPS(code string) (county County, ok bool) {
	i := slices.IndexFunc(countiesByState()[StateOf(code)], func(c keyedCounty) bool { return c.FIPS == code })
	if i < 0 {
		return County{}, false
	}
	return countiesByState()[StateOf(code)][i].County, true
}

// FullName is what a county is called: "Harris County", "Orleans Parish", "Baltimore
// city". In Alaska and the territories it is the bare name, as there is no one word.
func (c County) FullName() string {
	if word := c.Word(); word != "" {
		return c.Name + " " + word
	}
	return c.Name
}

// Word is what follows a county's name: "County", "Parish", "city" for one that is not
// part of a county, or "" where the bare name says it.
func (c County) Word() string {
	switch s := StateOf(c.FIPS); {
	case s == "DC", c.apart() && strings.HasSuffix(c.Name, "City"): // "Carson City", but "James City County"
		return ""
	case c.apart():
		return "city"
	case s == "LA":
		return "Parish"
	case s == "AK", s.Territory():
		return ""
	}
	return "County"
}

// apart says whether this is a city that is not part of a county.
func (c County) apart() bool { return c.FIPS[2:] >= "510" }

// Counties returns a state's counties, sorted by FIPS code.
func Counties(s roster.State) []County {
	var found []County
	for _, c := range countiesByState()[s] {
		found = append(found, c.County)
	}
	return found
}

// OneCounty says whether a state or a territory is one county, as Guam is.
func OneCounty(s roster.State) bool { return len(countiesByState()[s]) == 1 }

// IsState says whether a county is its whole state, and is called as that is: the District
// of Columbia and Guam, but not Utah County.
func (c County) IsState() bool { return OneCounty(StateOf(c.FIPS)) }

// bareCounty folds a county's name and removes the word for a county, even if
// misprinted.
func bareCounty(name string) string {
	name = roster.Fold(name)
	if i := strings.LastIndexByte(name, ' '); i > 0 && roster.Distance(name[i+1:], "county") == 1 {
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
func CountyOf(s roster.State, cell string) (county County, ok bool) {
	name := bareCounty(cell)
	if county, ok = FindCounty(s, name); ok {
		return county, true
	}
	return nearCounty(s, name)
}

// Named returns the county that an agreement's COUNTY cell names, or else the
// agency's own name ("Lampasas County Sheriff's Office"); ok is false where neither
// names one of the state. A misprint is read if it is long enough to mean one county
// only.
func Named(a roster.Agreement) (county County, ok bool) {
	names := []string{bareCounty(a.County)}
	for _, word := range []string{" county ", " parish "} {
		if name, _, named := strings.Cut(roster.Fold(a.Agency), word); named {
			names = append(names, name)
		}
	}
	for _, find := range []finder{FindCounty, nearCounty} {
		for _, name := range names {
			if county, ok = find(a.State, name); ok {
				return county, true
			}
		}
	}
	return County{}, false
}

// longestName is more letters than a county's name has with all the errors that are
// read as it.
const longestName = 64

// nearCounty returns the one county of a state that a name is a misprint of. Short
// names of counties are too similar: Polk and Park, Lake and Lane.
func nearCounty(s roster.State, name string) (County, bool) {
	key := countyKey(s, name)
	letters := len(key) - len(s) - 1
	best, only := max(1, letters/8)+1, false
	if letters < 6 || letters > longestName || s == "" {
		return County{}, false
	}
	var found County
	used := lettersUsed(key)
	for _, c := range countiesByState()[s] {
		if off := len(key) - len(c.key); off > best || -off > best || bits.OnesCount32(used^c.used) > 2*best {
			continue // there are more errors than that
		}
		switch d := roster.Distance(key, c.key); {
		case d < best:
			best, found, only = d, c.County, true
		case d == best:
			only = false
		}
	}
	return found, only
}
