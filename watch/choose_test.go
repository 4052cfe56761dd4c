package watch_test

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// Whatever else is linked as a participating list, the one that goes on from the
// list in force counts.
func TestDecoysDoNotCount(t *testing.T) {
	c := counties(30)
	next := participating("next.xlsx", day(2), sheriffs(c[:24]...))
	plain := next
	plain.hint = ""
	old := participating("old.xlsx", day(1), sheriffs(c[:4]...))
	unlike := sheriffs(c[20:]...)
	for i := range unlike {
		unlike[i].Agency += " Auxiliary"
	}
	for _, tt := range []struct {
		name  string
		right link
		decoy link
		said  string
	}{
		{"an old list behind the own link", plain, participating("older.xlsx", day(3), sheriffs(c[:4]...)), "older.xlsx does not: of the 22 rows of the list in force it has 22, the other has 4."},
		{"a template behind the own link", plain, participating("template.xlsx", day(3), nil), "template.xlsx does not: of the 22 rows of the list in force it has 22, the other has 0."},
		{"another program's list behind the own link", plain, participating("unlike.xlsx", day(3), unlike), "unlike.xlsx does not: of the 22 rows of the list in force it has 22, the other has 0."},
		{"the list in force beside the next one", next, participating("a.xlsx", day(1), sheriffs(c[:22]...)), "a.xlsx does not."},
		{"the first list ever beside the next one", next, old, "old.xlsx does not: of the 22 rows of the list in force it has 22, the other has 4."},
		{"a newer name of the list before", plain, participating("before.xlsx", day(3), sheriffs(c[:21]...)), "before.xlsx does not, which is an older one."},
	} {
		for _, links := range [][]link{{tt.right, tt.decoy}, {tt.decoy, tt.right}} {
			p := newFixture(t, old)
			p.poll()
			p.lists(participating("before.xlsx", day(1), sheriffs(c[:21]...)))
			p.lists(participating("a.xlsx", day(1), sheriffs(c[:22]...)))
			wantChanges(t, p.lists(links...), "new Young County Sheriff's Office", "new Zapata County Sheriff's Office")
			if in := p.known().InForce[roster.ListParticipating]; in.File != "next.xlsx" {
				t.Errorf("%s: %s counts", tt.name, in.File)
			}
			last := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 1))[0]
			if want := "next.xlsx, the participating list, has 24 rows and brings 2 changes. The page links more than one participating list; next.xlsx counts, " + tt.said; last.Sentence != want {
				t.Errorf("%s:\n%s\nwant\n%s", tt.name, last.Sentence, want)
			}
			visits := p.page.visits
			for range 3 {
				if r := p.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Publications) > 0 {
					t.Errorf("%s: %+v", tt.name, r)
				}
			}
			if n := p.page.visits - visits; n != 3 {
				t.Errorf("%s: %d visits for 3 polls", tt.name, n)
			}
		}
	}
}

// Where nothing is known yet, a list with rows comes before one without.
func TestTemplateDoesNotBecomeTheFirstList(t *testing.T) {
	list := participating("list.xlsx", day(1), sheriffs("Bexar"))
	list.hint = ""
	p := newFixture(t, participating("template.xlsx", day(1), nil), list)
	p.poll()
	p.wantLogged(scraper.StatusChanged, "list.xlsx, the participating list, has 1 row and brings 0 changes. "+
		"The page links more than one participating list; list.xlsx counts, template.xlsx does not, which has no rows.")
}

// A candidate that was passed over is looked at again once another list counts.
func TestCandidateIsWeighedAgain(t *testing.T) {
	c := counties(30)
	ahead := participating("ahead.xlsx", day(2), sheriffs(c[12:]...)) // put up before its time
	own := participating("own.xlsx", day(1), sheriffs(c[:20]...))
	own.hint = ""
	p := newFixture(t, own)
	p.poll()
	wantChanges(t, p.lists(own, ahead))
	if in := p.known().InForce[roster.ListParticipating]; in.File != "own.xlsx" {
		t.Fatalf("%s counts", in.File)
	}
	wantChanges(t, p.poll())
	r := p.lists(ahead) // now it stands alone, and is judged
	if len(r.Publications) != 1 || r.Publications[0].File != "ahead.xlsx" {
		t.Errorf("%+v", r.Publications)
	}
}
