package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/roster"
)

// pageOracle holds what pages of many changes say against the changes and the lists.
type pageOracle struct {
	oracle
	seen map[string]bool // changes, by id
}

func newPageOracle(claims []claim, lists []*icesList) *pageOracle {
	o := &pageOracle{oracle{lists: byList(lists), changes: claims, byID: map[string]int{}}, map[string]bool{}}
	for i, c := range claims {
		o.byID[c.ID] = i
	}
	return o
}

// usualOf are the changes of a day that pages show unless others are asked for.
func (o *pageOracle) usualOf(day string) (all []claim) {
	for _, c := range o.changes {
		if eastern(c.DetectedAt) == day && c.Kind != "detail" && c.Kind != "document" {
			all = append(all, c)
		}
	}
	return all
}

// endsOn is the list of agreements in force at the end of a day.
func (o *pageOracle) endsOn(day string) *icesList {
	end, err := time.ParseInLocation(time.DateOnly, day, roster.Washington())
	if err != nil {
		return nil
	}
	active, _ := o.inForce("participating", end.AddDate(0, 0, 1).Add(-time.Second))
	return active
}

var (
	ofAll        = regexp.MustCompile(`[;,] ([\d,]+) active in all(?: at the end of the day| as known until [^;]+)?$`)
	ofMilestones = regexp.MustCompile(`(?:^|, )([\d,]+) milestones?$`)
)

// contradicted says what is wrong with the days of a page of changes.
func (o *pageOracle) contradicted(doc *goquery.Document) (wrong []string) {
	doc.Find("section.day").Each(func(_ int, s *goquery.Selection) {
		date, err := time.Parse("January 2, 2006", textIn(s.Find("h3")))
		if err != nil {
			wrong = append(wrong, err.Error())
			return
		}
		day := date.Format(time.DateOnly)
		all, active := o.usualOf(day), o.endsOn(day)
		if tally := textIn(s.Find(".tally")); tally != "" {
			wrong = append(wrong, miscountedDay(tally, all, active.total())...)
		}
		s.Find("h4").Each(func(_ int, h *goquery.Selection) {
			wrong = append(wrong, miscountedState(textIn(h), all, active)...)
		})
		s.Find("li.change").Each(func(_ int, li *goquery.Selection) { wrong = append(wrong, o.lineWrong(li, day)...) })
	})
	return wrong
}

func textIn(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// miscountedDay says what is wrong with "5 new, 1 milestone; 239 active in all at the end
// of the day".
func miscountedDay(tally string, all []claim, active int) (wrong []string) {
	if m := ofAll.FindStringSubmatch(tally); m == nil || m[1] != thousands(active) {
		wrong = append(wrong, fmt.Sprintf("%q, and the list has %d", tally, active))
	}
	counts, milestones := ofAll.ReplaceAllString(tally, ""), 0
	for _, c := range all {
		if c.Kind == "milestone" {
			milestones++
		}
	}
	if m := ofMilestones.FindStringSubmatch(counts); (m == nil) != (milestones == 0) || m != nil && m[1] != thousands(milestones) {
		wrong = append(wrong, fmt.Sprintf("%q, and there are %d milestones", tally, milestones))
	}
	if counts = ofMilestones.ReplaceAllString(counts, ""); counts != "" {
		wrong = append(wrong, miscounted(counts, all)...)
	}
	return wrong
}

// miscountedState says what is wrong with "Texas: 5 new, 1 no longer listed (above), 118
// active in all".
func miscountedState(head string, all []claim, active *icesList) (wrong []string) {
	name, tally, _ := strings.Cut(head, ": ")
	state := ""
	for code, n := range stateNames {
		if n == name {
			state = code
		}
	}
	if n := len(active.agreements()[state]); ofAll.FindStringSubmatch(tally) == nil || ofAll.FindStringSubmatch(tally)[1] != thousands(n) {
		wrong = append(wrong, fmt.Sprintf("%q, and the list has %d there", head, n))
	}
	small := func(c claim) bool {
		return c.Kind == "amended" && !slices.ContainsFunc(c.Fields, func(f claimedField) bool { return f.Name == "state" || f.Name == "model" })
	}
	here := slices.DeleteFunc(slices.Clone(all), func(c claim) bool { return c.Agreement.State != state || small(c) })
	return append(wrong, miscounted(strings.ReplaceAll(ofAll.ReplaceAllString(tally, ""), " (above)", ""), here)...)
}

// lineWrong says what is wrong with a line, a headline or a sentence.
func (o *pageOracle) lineWrong(li *goquery.Selection, day string) (wrong []string) {
	id := strings.TrimPrefix(li.Find(".what a").AttrOr("href", ""), "/changes/")
	at, known := o.byID[id]
	if !known {
		return []string{fmt.Sprintf("%q is about no change", textIn(li))}
	}
	c := o.changes[at]
	must := func(holds bool, what string) {
		if !holds {
			wrong = append(wrong, fmt.Sprintf("%s of %s is wrong in %q", what, c.Text, textIn(li)))
		}
	}
	must(!o.seen[id], "that it is told once")
	o.seen[id] = true
	must(eastern(c.DetectedAt) == day && li.HasClass(c.Kind), "the day or the kind")
	link := textIn(li.Find(".what a"))
	switch cells := li.Find(".cells span"); {
	case li.Find(".links").Length() > 0:
		must(textIn(li.Find("div > p").Eq(1)) == strings.Join(strings.Fields(c.Text), " "), "the text")
	case li.ParentsFiltered(".top").Length() > 0:
		wrong = append(wrong, titleContradictions(link, c)...)
	case cells.Length() == 3:
		county, signed := textIn(cells.Eq(1)), "pending"
		if c.Publication.List == "participating" {
			signed = "signed " + shortDay(c.Agreement.Signed)
		}
		must(link == c.Agreement.Agency, "the agency")
		must(textIn(cells.Eq(0)) == modelNames[c.Agreement.Model], "the model")
		must(county == "" || countyFits(c.Agreement, county), "the county")
		must(textIn(cells.Eq(2)) == signed || c.Agreement.SignedAs != "" || c.Agreement.Signed == "", "the date")
		must(strings.Contains(textIn(li.Find(".note")), "likely") == (c.Certainty == "likely"), "the certainty")
	default:
		must(strings.HasPrefix(textIn(li.Find(".all")), modelNames[c.Agreement.Model]), "the model")
	}
	return wrong
}

// shortDay is a day as tables have it.
func shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.Format("Jan 2, 2006")
}

// eachPageOfChanges reads the pages of changes, the newest first.
func (s surfaces) eachPageOfChanges(f func(doc *goquery.Document)) {
	s.t.Helper()
	for next := "/changes"; next != ""; {
		doc := s.read(next)
		next = doc.Find(`.pager a[rel="next"]`).AttrOr("href", "")
		f(doc)
	}
}

// What the pages of 2025's changes say is what the changes and the lists say, and each
// change is on one of them.
func TestArchiveClaimsOfPages(t *testing.T) {
	claims, lists := archiveClaims(t)
	o := newPageOracle(claims, lists)
	newSurfaces(t).eachPageOfChanges(func(doc *goquery.Document) {
		for _, wrong := range o.contradicted(doc) {
			t.Error(wrong)
		}
	})
	for _, c := range claims {
		if !o.seen[c.ID] && c.Kind != "detail" && c.Kind != "document" {
			t.Errorf("change %d is on no page: %s", c.Seq, c.Text)
		}
	}
	t.Logf("%d changes on pages", len(o.seen))
}

// The checks of pages find what is false.
func TestClaimsFindFalsePages(t *testing.T) {
	index := archived(t, tellClaims())
	data := t.TempDir()
	output(t, program(t, time.Time{}, "--data", data, "import", index))
	claims, lists := claimsIn(t, data, index)
	site := surfacesOf(t, data, outdated)
	site.eachPageOfChanges(func(doc *goquery.Document) {
		if wrong := newPageOracle(claims, lists).contradicted(doc); len(wrong) > 0 {
			t.Errorf("the page as it is: %q", wrong)
		}
	})
	for _, part := range []string{".tally", "h4 span", ".top .what a", ".lines .what a", ".cells span:nth-child(1)", ".cells span:nth-child(2)", ".cells span:nth-child(3)"} {
		found := false
		site.eachPageOfChanges(func(doc *goquery.Document) {
			if lied := doc.Find(part).First(); lied.Length() > 0 {
				lied.SetText("Elm County, 7 new, 7 active in all")
				found = len(newPageOracle(claims, lists).contradicted(doc)) > 0
			}
		})
		if !found {
			t.Errorf("a lie in %q is not found", part)
		}
	}
}
