package place

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// ResidentsDate is the day that numbers of residents are for.
const ResidentsDate roster.Date = "2024-07-01"

// ResidentsSource is where numbers of residents are from, as a citation says it, and
// ResidentsURL where that is published.
const (
	ResidentsSource = "U.S. Census Bureau, county population estimates, Vintage 2024"
	ResidentsURL    = "https://www.census.gov/data/tables/time-series/demo/popest/2020s-counties-total.html"
)

// residentsText has the residents of the counties of the 50 states and the District
// of Columbia by FIPS code (file CO-EST2024-ALLDATA; public domain). It has the nine
// planning regions of Connecticut (09110 to 09190), which no list of ICE's names, and
// not its eight counties.
//
//go:embed residents.txt
var residentsText string

// residents holds the residents of each county that the Census Bureau counts.
var residents = sync.OnceValue(func() map[string]int {
	byFIPS := map[string]int{}
	for line := range strings.Lines(residentsText) {
		code, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		byFIPS[code], _ = strconv.Atoi(number)
	}
	return byFIPS
})

// residentsOf holds the residents of each state.
var residentsOf = sync.OnceValue(func() map[roster.State]int {
	byState := map[roster.State]int{}
	for code, number := range residents() {
		byState[StateOf(code)] += number
	}
	return byState
})

// Residents returns how many people lived in a state, or in several, on ResidentsDate;
// 0 for the territories, as that is not known here. Of no state at all it returns the
// residents of the nation: of the 50 states and the District of Columbia.
func Residents(states ...roster.State) int {
	if len(states) == 0 {
		states = roster.States()
	}
	number := 0
	for _, s := range states {
		number += residentsOf()[s]
	}
	return number
}
