package main

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/internal/csvtest"
)

// countyHeld is what the lists have of a county: rows of the download, each of which the
// last list has, too, where it stands.
type countyHeld struct {
	active, pending []map[string]string
	before          bool
}

// countyLead is the sentence of a county's page, in its forms.
var (
	countyOne   = regexp.MustCompile(`^ICE lists one active agreement of an agency in (.+?): (.+), ([A-Z][A-Za-z ]+?)(?: \(signed ([A-Z][a-z]+ \d+, \d{4})\))?\.$`)
	countySome  = regexp.MustCompile(`^ICE lists ([\d,]+) active agreements of (one agency|[\d,]+ agencies) in (.+?)(?:(?:: |, among them )(.+\)))?\.$`)
	countyWaits = regexp.MustCompile(`^ICE lists no active agreement of an agency in (.+)\.$`)
	countyGone  = regexp.MustCompile(`^ICE lists no agreement of an agency in (.+), active or pending; it did before\.$`)
	countyNever = regexp.MustCompile(`^ICE has not listed an agreement of an agency in (.+?),? since this record began on ([A-Z][a-z]+ \d+, \d{4}), and none of the pending lists kept here names one\.$`)
	countyOnes  = regexp.MustCompile(`^ICE's pending list of ([A-Z][a-z]+ \d+, \d{4}), has (?:one entry|([\d,]+) entries) of (?:an agency|agencies) there(?:: .+|, among them .+)?\.$`)
	countyNamed = regexp.MustCompile(`([^()]+?) \(([A-Z][A-Za-z ,]+)\)(?:, | and |$)`)
)

// countyContradictions says what of a county's sentence is not so. name is the county's,
// as the page's head has it, began and pendingOf are days.
func countyContradictions(sentence, name, began, pendingOf string, held countyHeld) (wrong []string) {
	no := func(format string) { wrong = append(wrong, format+": "+sentence) }
	sentence, pending, waits := strings.Cut(sentence, " ICE's pending list of ")
	in := func(said string) {
		bare := strings.TrimPrefix(said, "the city of ")
		if head := strings.Replace(name, " city,", ",", 1); bare != name && bare != head && strings.TrimPrefix(said, "the ") != name {
			no("it is about " + said)
		}
	}
	agencies := map[string]bool{}
	for _, r := range held.active {
		agencies[r["agency_id"]] = true
	}
	if m := countyOne.FindStringSubmatch(sentence); m != nil {
		if in(m[1]); len(held.active) != 1 || held.active[0]["agency"] != m[2] || modelNames[held.active[0]["model"]] != m[3] || m[4] != long(held.active[0]["signed"]) {
			no("that is not what is listed")
		}
	} else if m := countySome.FindStringSubmatch(sentence); m != nil {
		in(m[3])
		said := 1
		if m[2] != "one agency" {
			said = printed(strings.TrimSuffix(m[2], " agencies"))
		}
		if printed(m[1]) != len(held.active) || said != len(agencies) {
			no("the numbers are others")
		}
		for _, one := range countyNamed.FindAllStringSubmatch(m[4], -1) {
			id := "" // an agency's rows can spell its name in two ways
			for _, r := range held.active {
				if r["agency"] == one[1] {
					id = r["agency_id"]
				}
			}
			for model := range strings.SplitSeq(strings.ReplaceAll(one[2], " and ", ", "), ", ") {
				if !slices.ContainsFunc(held.active, func(r map[string]string) bool { return r["agency_id"] == id && modelNames[r["model"]] == model }) {
					no(one[1] + " has no such agreement")
				}
			}
		}
	} else if m := countyWaits.FindStringSubmatch(sentence); m != nil {
		if in(m[1]); len(held.active) > 0 || len(held.pending) == 0 || !waits {
			no("there is another thing to say")
		}
	} else if m := countyGone.FindStringSubmatch(sentence); m != nil {
		if in(m[1]); len(held.active)+len(held.pending) > 0 || !held.before {
			no("that is not so")
		}
	} else if m := countyNever.FindStringSubmatch(sentence); m != nil {
		if in(m[1]); len(held.active)+len(held.pending) > 0 || held.before || m[2] != began {
			no("that is not so")
		}
	} else {
		no("nobody has checked this sentence")
	}
	if waits != (len(held.pending) > 0) {
		no("pending entries are left out, or made up")
	} else if m := countyOnes.FindStringSubmatch("ICE's pending list of " + pending); waits {
		if m == nil || m[1] != pendingOf || m[2] == "" && len(held.pending) != 1 || m[2] != "" && printed(m[2]) != len(held.pending) {
			no("the pending entries are others: " + pending)
		}
	}
	return wrong
}

// inPresent is a sentence on a record that ended as it would be said while it goes on; it
// is "" where the sentence does not say that ICE's lists may be others now.
func inPresent(s string) string {
	now := strings.NewReplacer("ICE listed", "ICE lists", "ICE had not listed", "ICE has not listed", "; it had before", "; it did before", ", had ", ", has ").Replace(s)
	if now == s || strings.Contains(s, "ICE lists") || strings.Contains(s, "ICE has") {
		return ""
	}
	return now
}

// heldIn finds out what each county has, from the download.
func heldIn(t *testing.T, download []byte) map[string]*countyHeld {
	t.Helper()
	all := map[string]*countyHeld{}
	for _, row := range csvtest.Records(t, download) {
		if whole := map[string]string{"GU": "66010", "DC": "11001"}[row["state"]]; whole != "" {
			row["county_fips"] = whole
		}
		if row["county_fips"] == "" {
			continue
		}
		status := row["status"]
		row["status"] = "active" // the counties are found in the same way
		codes := coveringOf(row)
		if codes == nil {
			codes = []string{row["county_fips"]}
		}
		for _, code := range codes {
			if all[code] == nil {
				all[code] = &countyHeld{}
			}
			switch h := all[code]; status {
			case "active":
				h.active = append(h.active, row)
			case "pending":
				h.pending = append(h.pending, row)
			default:
				h.before = true
			}
		}
	}
	return all
}

// What the page of each county says is what the lists have, by the download of
// agreements, whose rows the last lists have; and the states' table counts the same.
func TestArchiveClaimsOfCounties(t *testing.T) {
	t.Parallel()
	s := newSurfaces(t)
	held := heldIn(t, s.get("/downloads/agreements.csv?as_of=2025-12-31&status=active,pending,ended"))
	_, lists := archiveClaims(t)
	last := map[string]*icesList{}
	for _, l := range lists {
		last[l.list] = l
	}
	for fips, h := range held {
		for list, rows := range map[string][]map[string]string{"participating": h.active, "pending": h.pending} {
			for _, r := range rows {
				if !slices.ContainsFunc(last[list].agreements()[r["state"]], func(l *listRow) bool { return l.bare == bareName(r["agency"]) && l.model == r["model"] }) {
					t.Errorf("%s: the last %s list has no %s of %s", fips, list, r["model"], r["agency"])
				}
			}
		}
	}
	began, until := long(eastern(lists[0].at)), long(eastern(lists[len(lists)-1].at))
	said := 0
	for i, c := range append(census(t), map[string]string{"fips": "66010"}, map[string]string{"fips": "09001"}, map[string]string{"fips": "72001"}) {
		if strings.HasPrefix(c["fips"], "091") || held[c["fips"]] == nil && i%9 > 0 { // a region of Connecticut, or one of many that have nothing
			continue
		}
		body := string(s.get("/counties/" + c["fips"]))
		_, lead, _ := strings.Cut(body, `<p class="lead">`)
		lead, _, _ = strings.Cut(lead, "</p>")
		lead, head := html.UnescapeString(lead), html.UnescapeString(inner(body, "h1"))
		when, sentence, _ := strings.Cut(inPresent(lead), "ET, ")
		if !strings.HasPrefix(when, "As of "+until+", ") {
			t.Errorf("%s: as of %s", c["fips"], when)
		}
		h := held[c["fips"]]
		if h == nil {
			h = &countyHeld{}
		}
		said++
		for _, wrong := range countyContradictions(sentence, head, began, long(eastern(last["pending"].at)), *h) {
			t.Errorf("%s: %s", c["fips"], wrong)
		}
	}
	t.Logf("%d counties, %d of them with something", said, len(held))
	checkStatesTable(t, s.read("/states"), last, lists)
}

// checkStatesTable holds the table of the states against the lists.
func checkStatesTable(t *testing.T, doc *goquery.Document, last map[string]*icesList, lists []*icesList) {
	t.Helper()
	day := last["pending"].at
	if last["participating"].at.After(day) {
		day = last["participating"].at
	}
	from, _ := time.Parse(time.DateOnly, eastern(day))
	before := standing(byList(lists)["participating"], from.AddDate(0, 0, -30).Format(time.DateOnly))
	rows := 0
	for _, tr := range doc.Find("table.states tbody tr").EachIter() {
		rows++
		state := strings.TrimPrefix(tr.Find("th a").AttrOr("href", ""), "/states/")
		var n []int
		for _, td := range tr.Find("td.num").EachIter() {
			n = append(n, printed(strings.TrimLeft(td.Text(), "+−")))
		}
		models := map[string]int{}
		for _, r := range last["participating"].agreements()[state] {
			models[r.model]++
		}
		active, waiting := len(last["participating"].agreements()[state]), len(last["pending"].agreements()[state])
		if n[0] != active || n[3] != models["JEM"] || n[4] != models["TFM"] || n[5] != models["WSO"] || n[6] != waiting || n[1]-n[2] != active-len(before.agreements()[state]) {
			t.Errorf("%s: %v, and the lists have %d agreements, %v, %d entries, and had %d", state, n, active, models, waiting, len(before.agreements()[state]))
		}
	}
	if rows != len(stateNames) {
		t.Errorf("%d states, want %d", rows, len(stateNames))
	}
}

// The oracle finds what is false of a county.
func TestClaimsFindFalseCounties(t *testing.T) {
	one := map[string]string{"agency": "Bradley County Sheriff's Office", "agency_id": "1", "model": "JEM", "signed": "2025-06-03"}
	two := map[string]string{"agency": "Bradley County Sheriff's Office", "agency_id": "1", "model": "WSO", "signed": "2025-06-03"}
	const name, began, pending = "Bradley County, Tennessee", "February 21, 2025", "December 31, 2025"
	for _, tt := range []struct {
		sentence string
		held     countyHeld
		wrong    int
	}{
		{"ICE lists one active agreement of an agency in Bradley County, Tennessee: Bradley County Sheriff's Office, Jail Enforcement Model (signed June 3, 2025).", countyHeld{active: []map[string]string{one}}, 0},
		{"ICE lists one active agreement of an agency in Bradley County, Arkansas: Bradley County Sheriff's Office, Jail Enforcement Model (signed June 3, 2025).", countyHeld{active: []map[string]string{one}}, 1},
		{"ICE lists one active agreement of an agency in Bradley County, Tennessee: Bradley County Sheriff's Office, Jail Enforcement Model (signed June 4, 2025).", countyHeld{active: []map[string]string{one}}, 1},
		{"ICE lists 2 active agreements of one agency in Bradley County, Tennessee: Bradley County Sheriff's Office (Jail Enforcement Model and Warrant Service Officer).", countyHeld{active: []map[string]string{one, two}}, 0},
		{"ICE lists 2 active agreements of 2 agencies in Bradley County, Tennessee: Bradley County Sheriff's Office (Jail Enforcement Model and Task Force Model).", countyHeld{active: []map[string]string{one, two}}, 2},
		{"ICE lists no active agreement of an agency in Bradley County, Tennessee. ICE's pending list of December 31, 2025, has one entry of an agency there: Bradley County Sheriff's Office, Jail Enforcement Model.", countyHeld{pending: []map[string]string{one}}, 0},
		{"ICE lists no active agreement of an agency in Bradley County, Tennessee. ICE's pending list of December 31, 2025, has 2 entries of agencies there.", countyHeld{pending: []map[string]string{one}}, 1},
		{"ICE lists no agreement of an agency in Bradley County, Tennessee, active or pending; it did before.", countyHeld{before: true}, 0},
		{"ICE lists no agreement of an agency in Bradley County, Tennessee, active or pending; it did before.", countyHeld{}, 1},
		{"ICE has not listed an agreement of an agency in Bradley County, Tennessee, since this record began on February 21, 2025, and none of the pending lists kept here names one.", countyHeld{}, 0},
		{"ICE has not listed an agreement of an agency in Bradley County, Tennessee, since this record began on February 20, 2025, and none of the pending lists kept here names one.", countyHeld{before: true}, 1},
		{"ICE loves Bradley County, Tennessee.", countyHeld{}, 1},
	} {
		if got := countyContradictions(tt.sentence, name, began, pending, tt.held); len(got) != tt.wrong {
			t.Errorf("%q: %q, want %d", tt.sentence, got, tt.wrong)
		}
	}
}
