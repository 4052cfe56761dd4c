package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// What the front page claims in its first lines is what ICE's own lists say, read by
// the oracle: the numbers, who is no longer listed, and the days that its curve marks.
func TestArchiveClaimsOfTheFrontPage(t *testing.T) {
	data := importedArchive(t)
	_, all := archiveClaims(t)
	by := byList(all)
	participating, pending := by["participating"], by["pending"]
	last, waiting := participating[len(participating)-1], pending[len(pending)-1]
	until := eastern(all[len(all)-1].at)
	states, guam := 0, ""
	for state := range last.agreements() {
		switch {
		case !slices.Contains(territories, state):
			states++
		case guam == "":
			guam = " and " + stateNames[state]
		default:
			t.Fatal("there is another territory than one: the headline reads otherwise")
		}
	}
	where := plural(last.total(), "active 287(g) agreement", "active 287(g) agreements") + " in " + plural(states, "state", "states") + guam
	for now, claim := range map[time.Time]string{current: "ICE lists " + where, time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC): "On " + long(until) + ", ICE listed " + where} {
		doc := surfacesOf(t, data, now).read("/")
		if got := strings.Join(strings.Fields(doc.Find("h1").Text()), " "); got != claim {
			t.Errorf("at %s the page claims %q, and the lists say %q", now, got, claim)
		}
		figures := map[string]int{}
		for _, f := range doc.Find(".six .figure").EachIter() {
			figures[strings.Join(strings.Fields(f.Find("dt").Text()), " ")] = printed(strings.TrimLeft(f.Find("dd b").Text(), "+−"))
		}
		if figures["active agreements"] != last.total() || figures["pending entries"] != waiting.total() {
			t.Errorf("at %s the figures are %v, and the lists have %d and %d", now, figures, last.total(), waiting.total())
		}
		from, _ := time.Parse(time.DateOnly, until)
		before := standing(participating, from.AddDate(0, 0, -30).Format(time.DateOnly))
		if figures["new in 30 days"]-figures["gone in 30 days"] != last.total()-before.total() {
			t.Errorf("at %s the figures are %v, and the lists went from %d to %d", now, figures, before.total(), last.total())
		}
		checkLeft(t, doc, participating, figures["gone in 30 days"])
		checkMarks(t, doc, participating)
	}
}

// standing is the last list of a day or before it.
func standing(lists []*icesList, day string) *icesList {
	var found *icesList
	for _, l := range lists {
		if eastern(l.at) <= day {
			found = l
		}
	}
	return found
}

var leftLine = regexp.MustCompile(`^(.*), ([A-Z][A-Za-z ]+): (.*), since ([A-Z][a-z]+ \d+, \d{4})$`)

// checkLeft wants each agency that is said to have left on the list before the day, and
// neither on that day's nor on the last.
func checkLeft(t *testing.T, doc *goquery.Document, lists []*icesList, gone int) {
	t.Helper()
	has := func(l *icesList, state, name, model string) bool {
		return slices.ContainsFunc(l.agreements()[state], func(r *listRow) bool { return r.bare == bareName(name) && modelNames[r.model] == model })
	}
	told := 0
	for _, li := range doc.Find("#left + ul li p").EachIter() {
		said := leftLine.FindStringSubmatch(strings.Join(strings.Fields(li.Text()), " "))
		if said == nil {
			t.Fatalf("who left is said as %q", li.Text())
		}
		day, err := time.Parse("January 2, 2006", said[4])
		if err != nil {
			t.Fatal(err)
		}
		then, before := standing(lists, day.Format(time.DateOnly)), standing(lists, day.AddDate(0, 0, -1).Format(time.DateOnly))
		for _, model := range strings.Split(strings.ReplaceAll(said[3], " and ", ", "), ", ") {
			told++
			state := postal(said[2])
			if !has(before, state, said[1], model) || has(then, state, said[1], model) || has(lists[len(lists)-1], state, said[1], model) {
				t.Errorf("%q: the lists say otherwise of the %s", li.Text(), model)
			}
		}
	}
	if more := doc.Find("#left ~ p a").First().Text(); strings.Contains(more, "more agreement") {
		told += printed(strings.Fields(more)[0])
	}
	if told == 0 || told != gone {
		t.Errorf("%d that left are told of %d", told, gone)
	}
}

var markLine = regexp.MustCompile(`^([A-Z][a-z]+ \d+, \d{4}): ([\d,]+) active agreements or more, for the first time on record$`)

// checkMarks wants that no list before the day of a mark had so many agreements.
func checkMarks(t *testing.T, doc *goquery.Document, lists []*icesList) {
	t.Helper()
	marks := doc.Find(".curve-wide .curve-marker title")
	for _, title := range marks.EachIter() {
		said := markLine.FindStringSubmatch(title.Text())
		if said == nil {
			t.Fatalf("the curve marks %q", title.Text())
		}
		first := slices.IndexFunc(lists, func(l *icesList) bool { return l.total() >= printed(said[2]) })
		if first < 0 || long(eastern(lists[first].at)) != said[1] {
			t.Errorf("the curve marks %q, and the lists say otherwise", title.Text())
		}
	}
	if marks.Length() < 2 {
		t.Errorf("the curve has %d marks", marks.Length())
	}
}
