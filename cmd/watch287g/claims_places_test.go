package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/watch287g/watch287g/internal/archivetest"
)

// The oracle's own idea of where an agency is: what its row or its name says, and the
// Census Bureau's tables where they are at hand.

// isCalled says whether an agency is named as its row names it, alone or with a county
// that it can be in.
func isCalled(a claimed, who string) bool {
	county, inCounty := strings.CutPrefix(who, a.Agency+" (")
	county, closed := strings.CutSuffix(county, ")")
	return who == a.Agency || inCounty && closed && countyFits(a, county)
}

// countyFits says whether a county, or each of several, is one of the agency's state
// that the row's cell or the agency's name says, or that a town of that name is in.
func countyFits(a claimed, county string) bool {
	if one, rest, several := strings.Cut(county, " and "); several {
		return countyFits(a, one) && countyFits(a, rest)
	}
	bare := bareCountyName(county)
	most := min(2, len(bare)/3) // so many letters can be misprinted
	if known := censusCounties()[a.State]; known != nil && !slices.Contains(known, bare) {
		return false
	}
	if misprints(bareCountyName(a.County), bare, most) {
		return true
	}
	words := strings.Fields(bareName(a.Agency))
	for end := len(words); end > 0; end-- {
		name := strings.Join(words[:end], " ")
		named := end < len(words) && (words[end] == "county" || words[end] == "parish")
		if named && (misprints(strings.TrimSuffix(name, "s"), bare, most) || misprints(name, bare, most)) {
			return true
		}
		letters := lettersOf(name)
		for _, t := range censusTowns()[a.State] {
			if t.county == bare && (slips(t.name, letters, 1) <= 1 || len(letters) >= 8 && strings.HasPrefix(t.name, letters)) {
				return true
			}
		}
	}
	return false
}

// bareCountyName is a county's name without the word for one, and in the letters that
// tell names apart.
func bareCountyName(s string) string {
	s = strings.TrimPrefix(looseName(s), "the city of ")
	for _, word := range []string{" county", " parish", " city"} {
		s = strings.TrimSuffix(s, word)
	}
	return lettersOf(s)
}

// lettersOf runs the words of a name together, the usual ones in short.
func lettersOf(s string) string {
	words := strings.Fields(looseName(s))
	for i, w := range words {
		if short := map[string]string{"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}[w]; short != "" {
			words[i] = short
		}
	}
	return strings.Join(words, "")
}

// misprints says whether one name is the other with at most so many slips.
func misprints(a, b string, most int) bool {
	a, b = lettersOf(a), lettersOf(b)
	return a != "" && b != "" && slips(a, b, most) <= most
}

// censusTown is a town with one of the counties that it is in.
type censusTown struct{ name, county string }

// censusTable reads one of the tables beside the archive; nil where there is none.
func censusTable(file string) [][]string {
	f, err := os.Open(filepath.Join(archivetest.Dir(), "..", "census", file))
	if err != nil || archivetest.Dir() == "" {
		return nil
	}
	defer f.Close() //nolint:errcheck // it is only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil
	}
	return rows[1:]
}

// countyByFIPS holds the name and the state of each county, by its code.
var countyByFIPS = sync.OnceValue(func() map[string][2]string {
	postal, all := map[string]string{}, map[string][2]string{}
	for code, name := range stateNames {
		postal[name] = code
	}
	for _, row := range censusTable("counties-2024.csv") {
		all[row[0]] = [2]string{bareCountyName(row[2]), postal[row[1]]}
	}
	return all
})

// censusCounties are the bare names of the counties by state, of the states whose
// counties are what they were when ICE's lists began: Connecticut's are not.
var censusCounties = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for _, c := range countyByFIPS() {
		if c[1] != "CT" {
			all[c[1]] = append(all[c[1]], c[0])
		}
	}
	return all
})

// censusTowns are the towns and townships by state.
var censusTowns = sync.OnceValue(func() map[string][]censusTown {
	all := map[string][]censusTown{}
	for _, row := range append(censusTable("places.csv"), censusTable("townships.csv")...) {
		name, fips := row[1], row[2]
		if len(row) == 10 { // of places.csv
			name, fips = row[2], row[4]
		}
		c := countyByFIPS()[fips]
		all[c[1]] = append(all[c[1]], censusTown{lettersOf(bareName(name)), c[0]})
	}
	return all
})

// The oracle believes a county that the row or the name says, and no other.
func TestClaimsKnowCounties(t *testing.T) {
	for _, tt := range []struct {
		state, agency, cell, county string
		want                        bool
	}{
		{"TX", "Larkwood Police Department", "TRAVIS", "Travis County", true},
		{"TX", "Larkwood Police Department", "Travs County", "Travis County", true},
		{"TX", "Larkwood Police Department", "Travis County", "Harris County", false},
		{"TX", "Lampass County Sheriff's Office", "", "Lampasas County", true},
		{"TX", "Lampass County Sheriff's Office", "", "Hays County", false},
		{"TX", "Larkwood Police Department", "", "Travis County", false},
		{"DE", "Larkwood Authority", "Kent", "Kent County and Sussex County", false},
	} {
		if got := countyFits(claimed{State: tt.state, Agency: tt.agency, County: tt.cell}, tt.county); got != tt.want {
			t.Errorf("%s of %s (%s) in %s: %t", tt.agency, tt.state, tt.cell, tt.county, got)
		}
	}
}
