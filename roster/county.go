package roster

import (
	_ "embed"
	"strings"
	"sync"
)

// countiesText names every county and county equivalent of the United States by
// its FIPS code, after the Census Bureau's cartographic boundary files of 2017
// (public domain).
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

var counties = sync.OnceValue(func() map[string]string {
	byName := map[string]string{}
	for line := range strings.Lines(countiesText) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		byName[countyKey(fipsStates[code[:2]], name)] = code
	}
	return byName
})

func countyKey(s State, name string) string { return string(s) + "|" + letters(name) }

// CountyFIPS returns the five-digit FIPS code of the county of that name, given
// without the word "County" or "Parish"; ok is false where the state has none.
func CountyFIPS(s State, name string) (code string, ok bool) {
	code, ok = counties()[countyKey(s, name)]
	return code, ok
}
