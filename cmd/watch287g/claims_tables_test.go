package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// What the table of each state says, now and on days that are past, is what ICE's lists
// say, read by the oracle: who holds and who seeks an agreement in which model, and the
// day of signing. So are the numbers of comparisons of each state.
func TestArchiveClaimsOfTables(t *testing.T) {
	_, all := archiveClaims(t)
	lists := byList(all)
	last := eastern(all[len(all)-1].at)
	site := surfacesOf(t, importedArchive(t), current)
	told := 0
	for _, day := range []string{last, "2025-05-19", "2025-09-17"} {
		for state := range stateNames {
			path := "/on/" + day + "?state=" + state
			if day == last {
				path = "/states/" + state
			}
			want := rowsListed(lists, day, state)
			got := mended(rowsTold(t, site.read(path)), want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-listed +told):\n%s", path, diff)
			}
			told += len(got)
		}
	}
	if told < 2500 {
		t.Errorf("only %d agreements and entries were compared", told)
	}
	for state := range stateNames {
		checkComparison(t, site, lists, state, "2025-05-19", "2025-12-30")
	}
}

// rowsListed are the agreements and entries of a state on a day, as "name, model, day of
// signing".
func rowsListed(lists map[string][]*icesList, day, state string) []string {
	rows := []string{}
	for _, r := range standing(lists["participating"], day).agreements()[state] {
		signed := r.signed
		if signed == "" {
			signed = "no day"
		}
		rows = append(rows, r.bare+", "+modelNames[r.model]+", "+signed)
	}
	for _, r := range standing(lists["pending"], day).agreements()[state] {
		rows = append(rows, r.bare+", "+modelNames[r.model]+", pending")
	}
	slices.Sort(rows)
	return rows
}

// rowsTold are the same as a page tells them.
func rowsTold(t *testing.T, doc *goquery.Document) []string {
	t.Helper()
	rows := []string{}
	for _, tr := range doc.Find(".agencies tbody tr").EachIter() {
		name := bareName(strings.TrimSpace(tr.Find("th").Text()))
		for _, td := range tr.Find("td[data-name]:not(:last-child)").EachIter() {
			html, err := td.Html()
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range strings.Split(html, "<br/>") { // an agency can hold and seek one at once
				one, err := goquery.NewDocumentFromReader(strings.NewReader(part))
				if err != nil {
					t.Fatal(err)
				}
				signed, here := one.Find("time").AttrOr("datetime", "no day"), name
				if strings.Contains(one.Text(), "pending since") {
					signed = "pending"
				}
				if as, other := strings.CutPrefix(one.Find(".note").Text(), "listed as "); other {
					here = bareName(as)
				}
				rows = append(rows, here+", "+td.AttrOr("data-name", "")+", "+signed)
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// mended takes the day out of what is told where the list prints none that can be read:
// the change that told it is checked by itself.
func mended(told, listed []string) []string {
	for _, row := range listed {
		who, undated := strings.CutSuffix(row, ", no day")
		if !undated || slices.Contains(told, row) {
			continue
		}
		if i := slices.IndexFunc(told, func(s string) bool { return strings.HasPrefix(s, who+", 20") && !slices.Contains(listed, s) }); i >= 0 {
			told[i] = row
		}
	}
	slices.Sort(told)
	return told
}

var comparedLine = regexp.MustCompile(`^Between .*, and .*, the active agreements that ICE lists in (.*) went from ([\d,]+) to ([\d,]+) \(.*\), and the pending entries from ([\d,]+) to ([\d,]+) \(.*\)\.$`)

// checkComparison wants the numbers of both days.
func checkComparison(t *testing.T, site surfaces, lists map[string][]*icesList, state, from, to string) {
	t.Helper()
	path := fmt.Sprintf("/compare?from=%s&to=%s&state=%s", from, to, state)
	sentence := strings.Join(strings.Fields(site.read(path).Find("main .lead").Text()), " ")
	said := comparedLine.FindStringSubmatch(sentence)
	if said == nil || !strings.HasSuffix(stateNames[state], strings.TrimPrefix(said[1], "the ")) {
		t.Errorf("%s says %q", path, sentence)
		return
	}
	count := func(list, day string) int { return len(standing(lists[list], day).agreements()[state]) }
	got := [4]int{printed(said[2]), printed(said[3]), printed(said[4]), printed(said[5])}
	if want := [4]int{count("participating", from), count("participating", to), count("pending", from), count("pending", to)}; got != want {
		t.Errorf("%s says %v, and the lists have %v", path, got, want)
	}
}
