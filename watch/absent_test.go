package watch_test

import (
	"slices"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

func unfollowedLink(hint, to string) scraper.Unfollowed {
	return scraper.Unfollowed{Link: scraper.Link{URL: folder + "x", Hint: hint}, LeadsTo: to}
}

// Without the participating list a poll has failed, whatever else came.
func TestParticipatingListIsGone(t *testing.T) {
	waiting := pending("b.xlsx", day(1), sheriffs("Dallas"))
	next := pending("c.xlsx", day(2), sheriffs("Dallas", "Ellis"))
	failing := participating("d.xlsx", day(2), nil)
	failing.down = scraper.StatusRefused
	unknown := link{file: "n.xlsx", down: scraper.Status("unchanged")}
	for _, tt := range []struct {
		name       string
		links      []link
		unfollowed []scraper.Unfollowed
		outcome    scraper.Status
		says       string
	}{
		{"no link", []link{waiting}, nil, scraper.StatusMissing, "ICE's page no longer links the participating list."},
		{"a PDF", []link{waiting}, []scraper.Unfollowed{unfollowedLink("participating", "a PDF (list.pdf)")}, scraper.StatusBroken,
			"ICE's page no longer links the participating list as a workbook; a link of that name leads to a PDF (list.pdf)."},
		{"a Google Sheet", []link{waiting}, []scraper.Unfollowed{unfollowedLink("participating", "a Google Sheet")}, scraper.StatusBroken,
			"ICE's page no longer links the participating list as a workbook; a link of that name leads to a Google Sheet."},
		{"beside a new pending list", []link{next}, nil, scraper.StatusMissing,
			"ICE's page no longer links the participating list. c.xlsx, the pending list, has 2 rows and brings 1 change."},
		{"refused", []link{failing, waiting}, nil, scraper.StatusRefused, "The file d.xlsx did not come."},
		{"a link of no name that did not come", []link{waiting, unknown}, nil, scraper.StatusMissing,
			"None of the files that ICE's page links is the participating list."},
		{"both lists are PDFs", nil, []scraper.Unfollowed{unfollowedLink("participating", "a PDF (a.pdf)"), unfollowedLink("pending", "a PDF (b.pdf)")}, scraper.StatusBroken,
			"ICE's page no longer links the participating list as a workbook; a link of that name leads to a PDF (a.pdf). ICE's page no longer links the pending list as a workbook; a link of that name leads to a PDF (b.pdf)."},
	} {
		p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), waiting)
		p.poll()
		p.page.unfollowed = tt.unfollowed
		before := p.known().InForce[roster.ListParticipating]
		for range 2 { // also when nothing is new
			if r := p.lists(tt.links...); r.Outcome != tt.outcome {
				t.Errorf("%s: %s: %s", tt.name, r.Outcome, r.Sentence)
			}
		}
		if all := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 2)); all[1].Sentence != tt.says || slices.Contains(all[0].Had, roster.ListParticipating) || slices.Contains(all[1].Had, roster.ListParticipating) {
			t.Errorf("%s: %+v, want %s", tt.name, all, tt.says)
		}
		if in := p.known().InForce[roster.ListParticipating]; in.Seq != before.Seq {
			t.Errorf("%s: %+v is in force", tt.name, in)
		}
		p.page.unfollowed = nil
		if r := p.lists(participating("a.xlsx", day(1), sheriffs("Bexar")), waiting); r.Outcome.Failed() {
			t.Errorf("%s: and back: %s: %s", tt.name, r.Outcome, r.Sentence)
		}
	}
}

// A pending list that is gone is not a failure; one whose link leads to something
// unreadable is.
func TestPendingListIsGone(t *testing.T) {
	active := participating("a.xlsx", day(1), sheriffs("Bexar"))
	p := newFixture(t, active, pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	p.lists(active)
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
	last := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 1))[0]
	if !slices.Equal(last.Had, []roster.List{roster.ListParticipating}) || !slices.Equal(last.Absent, []roster.List{roster.ListPending}) {
		t.Errorf("%+v", last)
	}
	p.page.unfollowed = []scraper.Unfollowed{unfollowedLink("pending", "a PDF (pendingAgencies.pdf)")}
	p.lists(active)
	p.wantLogged(scraper.StatusBroken, "ICE's page no longer links the pending list as a workbook; a link of that name leads to a PDF (pendingAgencies.pdf).")
	if last = must[[]roster.Poll](t)(p.store.Polls(t.Context(), 1))[0]; len(last.Absent) > 0 || !slices.Equal(last.Had, []roster.List{roster.ListParticipating}) {
		t.Errorf("%+v", last)
	}
}

// Both links lead to the participating list, under an address each.
func TestPendingLinkLeadsToTheOtherList(t *testing.T) {
	active := participating("a.xlsx", day(1), sheriffs("Bexar"))
	again := participating("b.xlsx", day(1), sheriffs("Bexar"))
	again.hint = scraper.HintPending
	p := newFixture(t, active, pending("c.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	wantChanges(t, p.lists(active, again))
	p.wantLogged(scraper.StatusUnchanged, "No list is new. A link names the pending list, but none leads to it.")
}

// A PDF of the list beside the list does not matter.
func TestPDFBesideTheList(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.page.unfollowed = []scraper.Unfollowed{unfollowedLink("participating", "a PDF (a.pdf)"), unfollowedLink("pending", "a PDF (b.pdf)")}
	p.poll()
	p.poll()
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
}

func TestPendingListAlone(t *testing.T) {
	p := newFixture(t, pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	p.wantLogged(scraper.StatusMissing, "ICE's page links no participating list. b.xlsx, the pending list, has 1 row and brings 0 changes.")
}

func TestPendingListThatComesBackIsComparedWithTheLastOne(t *testing.T) {
	active := participating("a.xlsx", day(1), sheriffs("Bexar"))
	p := newFixture(t, active, pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	for range 5 {
		wantChanges(t, p.lists(active))
	}
	wantChanges(t, p.lists(active, pending("c.xlsx", day(7), sheriffs("Dallas", "Ellis"))), "pending Ellis County Sheriff's Office")
}

func TestPendingListThatWasAbsentIsNews(t *testing.T) {
	active := participating("a.xlsx", day(1), sheriffs("Bexar"))
	p := newFixture(t, active)
	p.poll()
	if last := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 1)); !slices.Equal(last[0].Absent, []roster.List{roster.ListPending}) {
		t.Errorf("absent is logged to be %v", last[0].Absent)
	}
	wantChanges(t, p.lists(active, pending("b.xlsx", day(2), sheriffs("Dallas"))), "pending Dallas County Sheriff's Office")
}

// A poll that did not see all of the page says nothing about the pending list that
// it did not see.
func TestPendingListThatWasNotSeenIsNoNews(t *testing.T) {
	active := participating("a.xlsx", day(1), sheriffs("Bexar"))
	failing := func(hint, file string) link { return link{hint: hint, file: file, down: scraper.StatusUnreachable} }
	for _, tt := range []struct {
		name  string
		links []link
		down  *scraper.Visit
	}{
		{name: "the page failed", down: &scraper.Visit{Outcome: scraper.StatusUnreachable}},
		{name: "its file failed", links: []link{active, failing(scraper.HintPending, "b.xlsx")}},
		{name: "a file that might be it failed", links: []link{active, failing("", "4001")}},
		{name: "the page had no list", links: []link{{file: "rates.xlsx", body: worksheet()}}},
		{name: "no file came", links: []link{failing(scraper.HintParticipating, "a.xlsx")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newFixture(t, tt.links...)
			p.page.down = tt.down
			p.poll()
			p.page.down = nil
			if r := p.lists(active, pending("b.xlsx", day(1), sheriffs("Dallas"))); len(r.Changes) > 0 {
				t.Errorf("%v", r.Changes)
			}
		})
	}
}
