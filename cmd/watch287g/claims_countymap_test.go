package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/csvtest"
)

// shown is what a map shows of a county, worked out anew from the download: active
// agreements by whose they are and by model, and pending entries.
type shown struct {
	own, local map[string]int
	pending    int
}

// shownOf works it out for every county, by FIPS code.
func shownOf(t *testing.T, download []byte) map[string]*shown {
	t.Helper()
	all := map[string]*shown{}
	for _, c := range census(t) {
		all[c["fips"]] = &shown{map[string]int{}, map[string]int{}, 0}
	}
	for _, row := range csvtest.Records(t, download) {
		status := row["status"]
		if status != "active" && status != "pending" || row["county_fips"] == "" {
			continue
		}
		row["status"] = "active" // the counties are found in the same way
		codes := coveringOf(row)
		own := codes != nil
		if !own {
			codes = []string{row["county_fips"]}
		}
		for _, code := range codes {
			if all[code] == nil { // of Connecticut, or of a territory
				all[code] = &shown{map[string]int{}, map[string]int{}, 0}
			}
			switch {
			case status == "pending":
				all[code].pending++
			case own:
				all[code].own[row["model"]]++
			default:
				all[code].local[row["model"]]++
			}
		}
	}
	return all
}

var (
	countiesOf   = regexp.MustCompile(`^Of (?:the )?([\d,]+) [a-z ]+, (.+)\.$`)
	countiesPart = regexp.MustCompile(`([\d,]+) (?:has|have) (an active agreement with (?:the sheriff or another (?:county|parish) agency|a borough agency)|(?:one|an active agreement) with only a local agency \(such as a town's police\)|only (?:a pending entry|pending entries)|none listed)`)
	countiesAll  = regexp.MustCompile(`^In all ([\d,]+) [a-z ]+, ICE lists an active agreement with (?:the sheriff or another (?:county|parish) agency|a borough agency)\.$`)
	countiesNone = regexp.MustCompile(`^ICE lists neither an active agreement nor a pending entry in any of the ([\d,]+) [a-z ]+\.$`)
	titlePart    = regexp.MustCompile(`^([\d,]+) (.+?) agreements? with (a county agency|county agencies|a parish agency|parish agencies|a borough agency|borough agencies|a local agency|local agencies)$`)
)

// countyCounts is what a sentence below a map says: counties with an agreement of their own,
// with a local agency's only, with a pending entry only, and with none.
type countyCounts [4]int

// readCounted reads such a sentence; ok is false for any other.
func readCounted(sentence string) (c countyCounts, ok bool) {
	if m := countiesAll.FindStringSubmatch(sentence); m != nil {
		return countyCounts{printed(m[1])}, true
	}
	if m := countiesNone.FindStringSubmatch(sentence); m != nil {
		return countyCounts{3: printed(m[1])}, true
	}
	m := countiesOf.FindStringSubmatch(sentence)
	if m == nil {
		return c, false
	}
	rest, sum := m[2], 0
	for _, part := range countiesPart.FindAllStringSubmatch(m[2], -1) {
		i := slices.IndexFunc([]string{"sheriff or another|borough", "local agency", "only", "none listed"}, func(words string) bool {
			return slices.ContainsFunc(strings.Split(words, "|"), func(w string) bool { return strings.Contains(part[2], w) })
		})
		c[i] += printed(part[1])
		sum += printed(part[1])
		rest = strings.Replace(rest, part[0], "", 1)
	}
	return c, sum == printed(m[1]) && strings.Trim(strings.ReplaceAll(rest, "and", ""), " ,") == ""
}

func countShown(counties map[string]*shown, wanted func(fips string) bool) (c countyCounts) {
	for fips, has := range counties {
		switch {
		case !wanted(fips):
		case len(has.own) > 0:
			c[0]++
		case len(has.local) > 0:
			c[1]++
		case has.pending > 0:
			c[2]++
		default:
			c[3]++
		}
	}
	return c
}

// titleContradiction says what is wrong with what a map says of a county.
func titleContradiction(title string, has *shown) string {
	_, said, _ := strings.Cut(title, ": ")
	got := shown{map[string]int{}, map[string]int{}, 0}
	for part := range strings.SplitSeq(said, "; ") {
		m := titlePart.FindStringSubmatch(part)
		switch {
		case part == "none listed":
		case strings.HasSuffix(part, "pending entry"), strings.HasSuffix(part, "pending entries"):
			got.pending = printed(strings.Fields(part)[0])
		case m == nil:
			return "nobody knows " + part
		default:
			code := map[string]string{"Jail Enforcement Model": "JEM", "Task Force Model": "TFM", "Warrant Service Officer": "WSO"}[m[2]]
			if strings.Contains(m[3], "local") {
				got.local[code] = printed(m[1])
			} else {
				got.own[code] = printed(m[1])
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(*has) {
		return fmt.Sprintf("%v is said, %v is so", got, *has)
	}
	return ""
}

// What the maps say of every county, of every state and of the nation is what the
// download of agreements comes to.
func TestArchiveClaimsOfCountyMaps(t *testing.T) {
	s := newSurfaces(t)
	known := shownOf(t, s.get("/downloads/agreements.csv?as_of=2025-12-31"))
	check := func(address, sentence string, want countyCounts) {
		if got, ok := readCounted(sentence); !ok || got != want {
			t.Errorf("%s: %v is so: %s", address, want, sentence)
		}
	}
	counties, sum := 0, countyCounts{}
	for code := range stateNames {
		doc := s.read("/states/" + code)
		prefix := ""
		for _, a := range doc.Find(`.counties a[href^="/counties/"]`).EachIter() {
			fips := strings.TrimPrefix(a.AttrOr("href", ""), "/counties/")
			prefix = fips[:2]
			if known[fips] == nil {
				known[fips] = &shown{map[string]int{}, map[string]int{}, 0}
			}
			if wrong := titleContradiction(a.Find("title").Text(), known[fips]); wrong != "" {
				t.Errorf("%s: %s: %s", fips, wrong, a.Find("title").Text())
			}
			counties++
		}
		if prefix == "" {
			continue // one county, or none
		}
		want := countShown(known, func(fips string) bool {
			return strings.HasPrefix(fips, prefix) && (prefix != "09" || fips < "09100") // not its planning regions
		})
		check("/states/"+code, doc.Find("#counties + p").Text(), want)
		if prefix < "57" {
			for i := range sum {
				sum[i] += want[i]
			}
		}
	}
	sum[3]++ // the District of Columbia, which has no map
	check("/counties", s.read("/counties").Find(".lead").Text(), sum)
	if counties < 3200 {
		t.Errorf("only %d counties were read", counties)
	}
	t.Logf("%d counties, of the nation %s", counties, fmt.Sprint(sum))
}

// The checks find what is false.
func TestClaimsFindFalseCountyMaps(t *testing.T) {
	const sentence = "Of 254 counties, 164 have an active agreement with the sheriff or another county agency, 2 have one with only a local agency (such as a town's police), 1 has only a pending entry and 87 have none listed."
	if got, ok := readCounted(sentence); !ok || got != (countyCounts{164, 2, 1, 87}) {
		t.Errorf("read as %v, %t", got, ok)
	}
	for _, lie := range [][2]string{{"254", "255"}, {"164", "165"}, {"none listed", "left"}, {"only a local", "a local"}} {
		if got, ok := readCounted(strings.Replace(sentence, lie[0], lie[1], 1)); ok && got == (countyCounts{164, 2, 1, 87}) {
			t.Errorf("%q for %q is not found", lie[1], lie[0])
		}
	}
	has := &shown{map[string]int{"TFM": 1}, map[string]int{"WSO": 2}, 1}
	const title = "Bradley County: 1 Task Force Model agreement with a county agency; 2 Warrant Service Officer agreements with local agencies; 1 pending entry"
	if wrong := titleContradiction(title, has); wrong != "" {
		t.Error(wrong)
	}
	for _, lie := range [][2]string{{"Task Force", "Jail Enforcement"}, {"; 1 pending entry", ""}, {"a county", "a local"}, {"2 W", strconv.Itoa(3) + " W"}} {
		if titleContradiction(strings.Replace(title, lie[0], lie[1], 1), has) == "" {
			t.Errorf("%q for %q is not found", lie[1], lie[0])
		}
	}
}
