package sheet_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/internal/pasttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

func pastRows() []pasttest.Row {
	return []pasttest.Row{
		{State: "Alabama", Agency: "Etowah County Sheriff's Office", County: "Etowah", Model: "JEM", Signed: "2018-07-08", MOA: "/doclib/287gMOA/etowah.pdf"},
		{State: "Alabama", Agency: "Sample County Sheriff's Office", County: "Sample", Model: "TFM", Signed: "2017-06-13"},
		{State: "Florida", Agency: "Bay County Sheriff's Office", County: "Bay", Model: "JEM", Signed: "2019-05-06", MOA: "/doclib/287gMOA/bay.pdf", Addendum: "/doclib/287gMOA/bayAddendum.pdf"},
		{State: "Florida", Agency: "Bay County Sheriff's Office", County: "Bay", Model: "WSO", Signed: "2020-02-26", MOA: "/doclib/287gMOA/bayWSO.pdf"},
		{State: "Texas", Agency: "Tarrant & Sons Police", County: "Tarrant", Model: "WSO", Signed: "2016-01-02", MOA: "/doclib/287gMOA/tarrant.pdf"},
	}
}

// Every way in which a page of before 2025 writes a list says the same.
func TestOlderPages(t *testing.T) {
	t.Parallel()
	for style := range pasttest.Styles {
		var want, got []string
		for _, r := range pastRows() {
			addendum := r.Addendum
			if style != 3 && style != 4 {
				addendum = "" // which those pages do not have
			}
			for _, path := range []*string{&r.MOA, &addendum} {
				if *path != "" {
					*path = "https://www.ice.gov" + *path
				}
			}
			want = append(want, strings.Join([]string{r.State, r.Agency, r.Model, r.Signed, r.MOA, addendum}, "; "))
		}
		rosters, err := sheet.Read(pasttest.Page(style, pastRows(), "1a2b"), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil || len(rosters) != 1 || rosters[0].List != roster.ListParticipating {
			t.Errorf("style %d: %v, %v", style, rosters, err)
			continue
		}
		numbers := map[int]int{}
		for _, r := range rosters[0].Rows {
			got = append(got, strings.Join([]string{r.State.Name(), r.Agency, string(r.Model), string(r.Signed), r.MOA, r.Addendum}, "; "))
			numbers[r.Number]++
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("style %d (-want +got):\n%s", style, diff)
		}
		if n := len(pastRows()) - len(numbers); n != 0 && (style != 5 || n != 1) {
			t.Errorf("style %d: %d rows have the number of another", style, n)
		}
		for _, p := range rosters[0].Problems {
			if p.Column != "none" && !strings.Contains(p.Why, "is not a column") {
				t.Errorf("style %d: %+v", style, p)
			}
		}
	}
}

// Two models in one cell are two agreements only where the row gives a date for each.
func TestTwoModelsInOneCell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ model, signed, want string }{
		{"JEM/WSO", "5/6/2019<br>2/26/2020", "JEM 2019-05-06, WSO 2020-02-26"},
		{"Task Force/Jail", "6/13/2017, 7/8/2018", "TFM 2017-06-13, JEM 2018-07-08"},
		{"Jail Enforcement &amp; Task Force", "May 6, 2019 and Feb. 26, 2020", "JEM 2019-05-06, TFM 2020-02-26"},
		{"<p>Jail Enforcement Model</p><p>Warrant Service Officer</p>", "<p>5/6/2019</p><p>2/26/2020</p>", "JEM 2019-05-06, WSO 2020-02-26"},
		{"JEM/WSO", "5/6/2019", "JEM/WSO 2019-05-06"},
		{"Task Force/Jail", "6/13/2017", "Task Force/Jail 2017-06-13"},
		{"JEM/WSO", "5/6/2019; 2/26/2020; 1/1/2021", "JEM/WSO "},
		{"JEM/WSO", "5/6/2019, expired 2/26/2020", "JEM/WSO "},
		{"JEM/WSO", "5/6/2019 5/6/2091", "JEM/WSO "},
		{"JEM/JEM", "5/6/2019 2/26/2020", "JEM "},
		{"JEM/Tribal Task Force", "5/6/2019 2/26/2020", "JEM/Tribal Task Force "},
		{"Jail Enforcement", "5/6/2019", "JEM 2019-05-06"},
	} {
		page := fmt.Sprintf("<table><tr><th>STATE<th>LAW ENFORCEMENT AGENCY<th>SUPPORT TYPE<th>SIGNED<tr><td>Alabama<td>Sample County Sheriff<td>%s<td>%s</table>", c.model, c.signed)
		rosters, err := sheet.Read([]byte(page), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil || len(rosters) != 1 {
			t.Errorf("%s, %s: %v", c.model, c.signed, err)
			continue
		}
		var got []string
		for _, r := range rosters[0].Rows {
			got = append(got, string(r.Model)+" "+string(r.Signed))
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.model, c.signed, got, c.want)
		}
	}
}

// Tables of one page are parts of one list where their rows differ; of a workbook, the
// larger one is read.
func TestTablesOfOnePage(t *testing.T) {
	t.Parallel()
	row := func(state, agency string) string {
		return "<tr><td>" + state + "<td>" + agency + "<td>JEM<td>5/6/2019"
	}
	const heading = "<table><tr><th>STATE<th>LAW ENFORCEMENT AGENCY<th>SUPPORT TYPE<th>SIGNED"
	const pending = "<table><tr><th>SUPPORT TYPE<th>STATE<th>LAW ENFORCEMENT AGENCY"
	page := heading + row("Texas", "B Police") + row("Texas", "A Police") + "</table>" + // the same agency twice in one table stays
		heading + row("Texas", "B Police") + row("Florida", "C Police") + row("Florida", "C Police") + "</table>" +
		pending + "<tr><td>WSO<td>Ohio<td>D Police</table>" + pending + "<tr><td>WSO<td>Ohio<td>E Police</table>"
	rosters, err := sheet.Read([]byte(page), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil || len(rosters) != 2 {
		t.Fatal(rosters, err)
	}
	var got []string
	for _, r := range rosters {
		rows := slices.SortedFunc(slices.Values(r.Rows), func(a, b roster.Row) int { return cmp.Compare(a.Number, b.Number) })
		for _, row := range rows {
			got = append(got, fmt.Sprintf("%s %d %s", r.List, row.Number, row.Agency))
		}
	}
	want := []string{"participating 2 B Police", "participating 3 A Police", "participating 6 C Police", "participating 7 C Police", "pending 2 D Police", "pending 4 E Police"}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
