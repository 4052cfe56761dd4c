package watch_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

// both is a workbook with a list on each of two sheets.
func both(file string, at time.Time, signed, sought []sheettest.Row) link {
	return link{hint: scraper.HintParticipating, file: file, at: at, body: sheettest.Book{Sheets: []sheettest.Sheet{
		{Name: "Participating", Rows: sheettest.List(sheettest.ParticipatingColumns(), signed...)},
		{Name: "Pending", Rows: sheettest.List(sheettest.PendingColumns(), sought...)},
	}}.Bytes()}
}

// oneSheet is a workbook with both lists on one sheet, told apart by a column
// STATUS.
func oneSheet(file string, at time.Time, statuses []string, rows []sheettest.Row) link {
	list := sheettest.List(sheettest.ParticipatingColumns(), rows...)
	list[0] = append(list[0], sheettest.Text("STATUS"))
	for i, s := range statuses {
		if list[i+1] = append(list[i+1], sheettest.Text(s)); s == "Pending" {
			list[i+1][5] = sheettest.Cell{} // SIGNED
		}
	}
	return link{hint: scraper.HintParticipating, file: file, at: at, body: sheettest.Book{Sheets: []sheettest.Sheet{{Rows: list}}}.Bytes()}
}

// record says what is known of the publications, a line each.
func (p *fixture) record() []string {
	p.t.Helper()
	var all []string
	for _, pub := range p.publications() {
		all = append(all, fmt.Sprintf("%d %s %s %s, %d rows", pub.Seq, pub.List, pub.File, pub.Verdict, pub.Rows))
	}
	return all
}

func wantEqual(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %q\nwant\n  %q", got, want)
	}
}

// One file that holds both lists is a publication of each, with the same hash, and
// its bytes are kept once.
func TestBothListsInOneFile(t *testing.T) {
	c := counties(6)
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs(c[:2]...)), pending("b.xlsx", day(1), sheriffs(c[4], c[5])))
	p.poll()
	r := p.lists(both("both.xlsx", day(2), sheriffs(c[0], c[1], c[4]), sheriffs(c[3], c[5])))
	wantChanges(t, r, "pending Dallas County Sheriff's Office", "new Ellis County Sheriff's Office")
	p.wantLogged(scraper.StatusChanged, "both.xlsx, the participating list, has 3 rows and brings 1 change. both.xlsx, the pending list, has 2 rows and brings 1 change.")
	if a, b := r.Publications[0], r.Publications[1]; a.SHA256 != b.SHA256 || a.List == b.List || len(a.Notes)+len(b.Notes) > 0 {
		t.Errorf("%+v", r.Publications)
	}
	for seq, rows := range map[uint64]int{3: 3, 4: 2} {
		if got := must[roster.Roster](t)(p.store.Roster(t.Context(), seq)); len(got.Rows) != rows {
			t.Errorf("publication %d has %d rows", seq, len(got.Rows))
		}
	}
	for range 2 { // it is not sent again, before a restart and after it
		wantChanges(t, p.poll())
		p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
		p.Watcher = p.over(p.store)
	}
	if last := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 1))[0]; !slices.Equal(last.Had, roster.Lists()) || last.Absent != nil {
		t.Errorf("%+v", last)
	}
	// The last pending entries are signed: on a sheet of its own, that is said.
	wantChanges(t, p.lists(both("both2.xlsx", day(3), sheriffs(c[0], c[1], c[3], c[4], c[5]), nil)), "new Dallas County Sheriff's Office", "new Fannin County Sheriff's Office")
	wantEqual(t, p.record(), "1 participating a.xlsx accepted, 2 rows", "2 pending b.xlsx accepted, 2 rows",
		"3 participating both.xlsx accepted, 3 rows", "4 pending both.xlsx accepted, 2 rows",
		"5 participating both2.xlsx accepted, 5 rows", "6 pending both2.xlsx accepted, 0 rows")
}

// A sheet without rows beside the participating list is not a list that was emptied.
func TestEmptySheetBesideAListSaysNothing(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	wantChanges(t, p.lists(both("c.xlsx", day(2), sheriffs("Bexar", "Collin"), nil), p.page.links[1]), "new Collin County Sheriff's Office")
	wantChanges(t, p.lists(p.page.links[0])) // and so it is without the other list
	wantChanges(t, p.poll())
	wantEqual(t, p.record(), "1 participating a.xlsx accepted, 1 rows", "2 pending b.xlsx accepted, 1 rows", "3 participating c.xlsx accepted, 2 rows")
	if in := p.known().InForce[roster.ListPending]; in.File != "b.xlsx" {
		t.Errorf("in force is %s", in.File)
	}
}

// Rows are on the list that a column STATUS says, and one of a status that is
// neither changes nothing.
func TestStatusTellsTheListsApart(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar", "Collin")), pending("b.xlsx", day(1), sheriffs("Dallas", "Ellis")))
	p.poll()
	wantChanges(t, p.lists(oneSheet("c.xlsx", day(2), []string{"Active", "Pending", "Active", "Pending", "Active"}, sheriffs("Bexar", "Dallas", "Collin", "Fannin", "Ellis"))),
		"new Ellis County Sheriff's Office", "pending Fannin County Sheriff's Office")
	wantChanges(t, p.poll())
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
	wantChanges(t, p.lists(oneSheet("d.xlsx", day(3), []string{"Terminated", "Pending", "Active", "Signed, pending training", "Active"}, sheriffs("Bexar", "Dallas", "Collin", "Fannin", "Ellis"))))
	p.now = day(10)
	wantChanges(t, p.poll())
	for _, r := range p.known().Records {
		if !r.Listed() && r.Now().Agency != "Ellis County Sheriff's Office" {
			t.Errorf("%s is no longer listed", r.ID())
		}
	}
}

// The second list of a file that counted for one alone is imported once it is the
// only one, though the server does not send the file again.
func TestSecondListOfAFileIsTakenInWhenItIsLeft(t *testing.T) {
	own := pending("own.xlsx", day(1), sheriffs("Dallas"))
	all := both("both.xlsx", day(1), sheriffs("Bexar"), sheriffs("Dallas", "Ellis"))
	p := newFixture(t, all, own)
	p.poll()
	p.wantLogged(scraper.StatusChanged, "both.xlsx, the participating list, has 1 row and brings 0 changes. own.xlsx, the pending list, has 1 row and brings 0 changes. "+
		"The page links more than one pending list; own.xlsx counts, both.xlsx does not.")
	wantChanges(t, p.poll())
	wantChanges(t, p.lists(all), "pending Ellis County Sheriff's Office")
	wantChanges(t, p.poll())
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
}

// A file with both lists can be held for one, which waits, and count for the other.
func TestOneListOfAFileIsHeld(t *testing.T) {
	c := counties(30)
	p := newFixture(t, both("a.xlsx", day(1), sheriffs(c[:28]...), sheriffs(c[28])))
	p.poll()
	short := both("b.xlsx", day(2), sheriffs(c[:10]...), sheriffs(c[28], c[29]))
	wantChanges(t, p.lists(short), "pending Grimes County Sheriff's Office")
	for range 2 {
		if r := p.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Publications) > 0 {
			t.Errorf("%+v", r)
		}
		p.Watcher = p.over(p.store)
	}
	wantEqual(t, p.record(), "1 participating a.xlsx accepted, 28 rows", "2 pending a.xlsx accepted, 1 rows",
		"3 participating b.xlsx held, 10 rows", "4 pending b.xlsx accepted, 2 rows")
	p.expect("holds", p.holds(), "hold_3 open")
	if _, err := p.ResolveHold(t.Context(), "hold_3", false); err != nil {
		t.Fatal(err)
	}
	wantChanges(t, p.poll())
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged. The participating list is one that you rejected (hold_3).")
}

func TestImportTakesBothListsOfOneFile(t *testing.T) {
	c := counties(6)
	p := emptyFixture(t)
	lists := []watch.Past{
		past(participating("p1.xlsx", day(1), sheriffs(c[:2]...))), past(pending("q1.xlsx", day(1), sheriffs(c[4]))),
		past(both("both2.xlsx", day(2), sheriffs(c[:3]...), sheriffs(c[4], c[5]))),
		past(oneSheet("one3.xlsx", day(3), []string{"Active", "Active", "Active", "Active", "Pending"}, sheriffs(c[0], c[1], c[2], c[4], c[5]))),
	}
	p.expect("import", sums(p.imports(lists...)), "6 taken, 0 known, 0 skipped, 3 changes")
	p.expect("again", sums(p.imports(lists...)), "0 taken, 6 known, 0 skipped, 0 changes")
	wantEqual(t, p.record(), "1 participating p1.xlsx accepted, 2 rows", "2 pending q1.xlsx accepted, 1 rows",
		"3 participating both2.xlsx accepted, 3 rows", "4 pending both2.xlsx accepted, 2 rows",
		"5 participating one3.xlsx accepted, 4 rows", "6 pending one3.xlsx accepted, 1 rows")
	for _, pub := range p.publications() {
		if len(pub.Notes) > 0 {
			t.Errorf("%s: %v", pub.File, pub.Notes)
		}
	}
}
