package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// coverageForms are the sentences that say how far agreements reach. A sentence about
// coverage that is none of them is a contradiction: nobody has checked it.
var coverageForms = []*regexp.Regexp{
	regexp.MustCompile(`^(?:As of .+?, )?ICE list(?:s|ed) an active agreement with (?:the sheriff or another (?:county|parish) agency|a borough agency) in (?P<covered>[\d,]+) of (?P<place>the .+? of .+?|the nation's .+?), ` +
		`where (?P<share>[<>]?[\d.]+%) of (?:the state's|its) residents live \((?P<living>[\d,]+) of (?P<residents>[\d,]+) in 2024, by the Census Bureau\)\.$`),
	regexp.MustCompile(`^(?:As of .+?, )?ICE list(?:s|ed) an active agreement with (?:the sheriff or another (?:county|parish) agency|a borough agency) in all (?P<place>.+?), ` +
		`where all of (?:the state's|its) residents live \((?P<residents>[\d,]+) in 2024, by the Census Bureau\)\.$`),
	regexp.MustCompile(`^(?:As of .+?, )?ICE list(?:s|ed) no active agreement with (?:the sheriff or another (?:county|parish) agency|a borough agency) in any of (?P<place>.+?)\.$`),
}

var numberAnd = regexp.MustCompile(`([\d,]+) .+?(?: of (.+))?$`)

// coverageContradictions says what is wrong with a sentence, given what the lists and
// the Census Bureau say of each state, by name, and of the nation.
func coverageContradictions(sentence string, known map[string]*reachOf) (wrong []string) {
	for i, form := range coverageForms {
		found := form.FindStringSubmatch(sentence)
		if found == nil {
			continue
		}
		said := map[string]string{}
		for k, name := range form.SubexpNames() {
			said[name] = found[k]
		}
		counties, state := numberAnd.FindStringSubmatch(said["place"])[1], numberAnd.FindStringSubmatch(said["place"])[2]
		if strings.HasPrefix(said["place"], "the nation's") {
			state = ""
		}
		is := known[state]
		if is == nil {
			return []string{fmt.Sprintf("%q is no state", state)}
		}
		must := func(what, said string, want int) {
			if said != "" && printed(said) != want {
				wrong = append(wrong, fmt.Sprintf("%s: %s is said, %d is so", what, said, want))
			}
		}
		must("counties", counties, is.Counties)
		must("residents", said["residents"], is.Residents)
		must("living", said["living"], is.Living)
		covered := said["covered"]
		switch i {
		case 1:
			covered = strconv.Itoa(is.Counties)
		case 2:
			covered = "0"
		}
		must("covered", covered, is.Covered)
		if said["share"] != "" && said["share"] != is.share() {
			wrong = append(wrong, fmt.Sprintf("share: %s is said, %s is so", said["share"], is.share()))
		}
		return wrong
	}
	return mapContradictions(sentence, known)
}

// mapSays tells the sentence above a map by how it begins.
var mapSays = regexp.MustCompile(`^(?:Of|In all) [\d,]+ `)

// The sentence above the map of a state, which the caller names before it.
var (
	mapForm    = regexp.MustCompile(`^(?P<state>[^:]*): Of (?P<counties>[\d,]+) [^,]+, (?P<clauses>.+)\.$`)
	mapAll     = regexp.MustCompile(`^(?P<state>[^:]*): In all (?P<counties>[\d,]+) [^,]+, ICE lists an active agreement with [^,]+\.$`)
	mapClauses = []*regexp.Regexp{
		regexp.MustCompile(`([\d,]+) ha(?:ve|s) an active agreement with (?:the sheriff or another (?:county|parish) agency|a borough agency)`),
		regexp.MustCompile(`([\d,]+) ha(?:ve|s) (?:one|an active agreement) with only a local agency \(such as a town's police\)`),
		regexp.MustCompile(`([\d,]+) ha(?:ve|s) only (?:a pending entry|pending entries)`),
		regexp.MustCompile(`([\d,]+) ha(?:ve|s) none listed`),
	}
)

// mapContradictions is coverageContradictions for that sentence: its clauses are of
// counties that are covered, that have another agreement, and that have none, and add up.
func mapContradictions(sentence string, known map[string]*reachOf) (wrong []string) {
	if all := mapAll.FindStringSubmatch(sentence); all != nil {
		if is := known[all[1]]; is == nil || printed(all[2]) != is.Covered || is.Covered != is.Counties {
			return []string{"not all counties are covered"}
		}
		return nil
	}
	found := mapForm.FindStringSubmatch(sentence)
	if found == nil || known[found[1]] == nil {
		return []string{"nobody knows the sentence"}
	}
	is, sum := known[found[1]], 0
	if printed(found[2]) != is.Counties {
		wrong = append(wrong, fmt.Sprintf("%d counties are so", is.Counties))
	}
	for i, clause := range mapClauses {
		n := 0
		if said := clause.FindStringSubmatch(found[3]); said != nil {
			n = printed(said[1])
		}
		sum += n
		if want := []int{is.Covered, is.Any - is.Covered}; i < len(want) && n != want[i] {
			wrong = append(wrong, fmt.Sprintf("clause %d: %d is said, %d is so", i+1, n, want[i]))
		}
	}
	if sum != is.Counties {
		wrong = append(wrong, fmt.Sprintf("the clauses add up to %d", sum))
	}
	return wrong
}

// What every state's page and the page on coverage say in a sentence is what the
// agreements and the Census Bureau's file come to.
func TestArchiveClaimsOfCoverage(t *testing.T) {
	s := newSurfaces(t)
	said := 0
	check := func(address, selector string, known map[string]*reachOf) {
		for _, p := range s.read(address).Find(selector).EachIter() {
			p.Find("a").Remove()
			sentence := strings.Join(strings.Fields(p.Text()), " ")
			if !strings.Contains(sentence, "sheriff or another") && !strings.Contains(sentence, "borough agency in") && !strings.Contains(sentence, "by the Census Bureau") {
				continue
			}
			if _, ok := readCounted(sentence); ok || strings.HasPrefix(sentence, "The map has the eight counties") {
				continue // which the claims of the maps are about
			}
			said++
			if mapSays.MatchString(sentence) {
				code := strings.TrimPrefix(address, "/states/")
				sentence = stateNames[code] + ": " + sentence
			}
			for _, wrong := range coverageContradictions(sentence, known) {
				t.Errorf("%s: %s: %s", address, wrong, sentence)
			}
		}
	}
	for _, day := range []string{"2025-02-21", "2025-05-19", "2025-09-17", "2025-12-31"} {
		known := recomputed(t, s.get("/downloads/agreements.csv?as_of="+day))
		check("/coverage?as_of="+day, ".lead", known)
		if day == "2025-12-31" {
			check("/", "main p", known)
			for code := range stateNames {
				check("/states/"+code, "main p", known)
			}
		}
	}
	if said < 40 {
		t.Errorf("only %d sentences were found", said)
	}
	t.Logf("%d sentences", said)
}

// The check finds what is false.
func TestClaimsFindFalseCoverage(t *testing.T) {
	known := map[string]*reachOf{"Texas": {Covered: 2, Counties: 254, Living: 5_032_841, Residents: 31_290_831}, "Florida": {Covered: 67, Counties: 67, Living: 23_372_215, Residents: 23_372_215},
		"Pennsylvania": {Covered: 13, Counties: 67, Any: 24}, "Maine": {Counties: 16, Residents: 1_405_012}, "": {Covered: 610, Counties: 3143, Living: 82_142_809, Residents: 340_110_988}}
	const texas = "ICE lists an active agreement with the sheriff or another county agency in 2 of the 254 counties of Texas, where 16.1% of the state's residents live (5,032,841 of 31,290,831 in 2024, by the Census Bureau)."
	const nation = "As of December 31, 2025, 9 a.m. ET, ICE lists an active agreement with the sheriff or another county agency in 610 of the nation's 3,143 counties and county equivalents, " +
		"where 24.2% of its residents live (82,142,809 of 340,110,988 in 2024, by the Census Bureau)."
	const florida = "ICE lists an active agreement with the sheriff or another county agency in all 67 counties of Florida, where all of the state's residents live (23,372,215 in 2024, by the Census Bureau)."
	const maine = "As of May 19, 2025, ICE listed no active agreement with the sheriff or another county agency in any of the 16 counties of Maine."
	const onMap = "Pennsylvania: Of 67 counties, 13 have an active agreement with the sheriff or another county agency, 11 have one with only a local agency (such as a town's police) and 43 have none listed."
	const allOnMap = "Florida: In all 67 counties, ICE lists an active agreement with the sheriff or another county agency."
	for _, sentence := range []string{texas, nation, florida, maine, onMap, allOnMap} {
		if wrong := coverageContradictions(sentence, known); len(wrong) > 0 {
			t.Errorf("%v: %s", wrong, sentence)
		}
	}
	for _, lie := range [][3]string{{texas, "in 2 of", "in 3 of"}, {texas, "254", "255"}, {texas, "16.1%", "16.2%"}, {texas, "5,032,841", "5,032,840"}, {texas, "31,290,831", "31,290,832"}, {texas, "of Texas", "of Florida"},
		{texas, "of Texas", "of Mexico"}, {nation, "610", "611"}, {nation, "3,143", "3,144"}, {nation, "24.2%", "24%"}, {florida, "67", "66"}, {florida, "23,372,215", "23,372,216"}, {florida, "Florida", "Texas"},
		{onMap, "Of 67", "Of 66"}, {onMap, "13 have", "14 have"}, {onMap, "11 have", "10 have"}, {onMap, "43 have", "44 have"}, {onMap, "Pennsylvania", "Texas"}, {allOnMap, "67", "66"}, {allOnMap, "Florida", "Texas"},
		{maine, "16", "17"}, {maine, "Maine", "Texas"}, {maine, "listed no", "lists hardly any"}} {
		if sentence := strings.Replace(lie[0], lie[1], lie[2], 1); len(coverageContradictions(sentence, known)) == 0 {
			t.Errorf("nothing is wrong with: %s", sentence)
		}
	}
}
