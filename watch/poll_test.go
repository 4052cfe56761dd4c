package watch_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// worksheet is a workbook that is not a list.
func worksheet() []byte {
	return sheettest.Book{Sheets: []sheettest.Sheet{{Rows: [][]sheettest.Cell{{sheettest.Text("ITEM"), sheettest.Text("RATE")}}}}}.Bytes()
}

func TestFirstPollBringsNoChanges(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar", "Collin")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	r := p.poll()
	wantChanges(t, r)
	if len(r.Changes) > 0 || len(r.Publications) != 2 || r.Outcome != scraper.StatusChanged {
		t.Errorf("%s with %d publications and %d changes", r.Outcome, len(r.Publications), len(r.Changes))
	}
	p.wantLogged(scraper.StatusChanged, "a.xlsx, the participating list, has 2 rows and brings 0 changes. b.xlsx, the pending list, has 1 row and brings 0 changes.")
	for id, record := range p.known().Records {
		if !record.Baseline {
			t.Errorf("the first day of %s passes for known", id)
		}
	}
}

func TestNothingNewIsUnchanged(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), link{hint: scraper.HintPending, file: "b.xlsx", body: sheettest.Pending(sheriffs("Dallas")...)})
	p.poll()
	for range 3 { // the one file is not sent again, and the other one is
		if r := p.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
			t.Errorf("%+v", r)
		}
		p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
	}
	if n := len(p.publications()); n != 2 {
		t.Errorf("%d publications", n)
	}
}

func TestNewListBringsItsChanges(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar", "Collin")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	r := p.lists(participating("c.xlsx", day(2), sheriffs("Bexar", "Dallas")), pending("d.xlsx", day(2), sheriffs("Ellis")))
	wantChanges(t, r, "removed Collin County Sheriff's Office", "new Dallas County Sheriff's Office", "pending Ellis County Sheriff's Office")
	if c := r.Changes[1]; c.PendingSince != "2025-03-03" || c.Publication.File != "c.xlsx" || c.Publication.URL != folder+"c.xlsx" || !c.DetectedAt.Equal(p.now) {
		t.Errorf("%+v", c)
	}
	p.wantLogged(scraper.StatusChanged, "c.xlsx, the participating list, has 2 rows and brings 2 changes. d.xlsx, the pending list, has 1 row and brings 1 change.")
	if got := p.changes(); !reflect.DeepEqual(got, r.Changes) {
		t.Errorf("the store has %v", got)
	}
	wantChanges(t, p.poll())
	if again := must[roster.Snapshot](t)(p.store.Known(t.Context())); again.Seqs != (roster.Seqs{Publication: 4, Change: 3}) {
		t.Errorf("numbers %+v", again.Seqs)
	}
}

// A restart reads what is known from the store, and finds nothing new.
func TestRestartBringsNothing(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	p.lists(participating("c.xlsx", day(2), sheriffs("Bexar", "Collin")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.Watcher = p.over(p.store)
	if r := p.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Publications)+len(r.Changes) > 0 {
		t.Errorf("%+v", r)
	}
}

// The same bytes under another name are one publication each, and not news.
func TestSameBytesUnderAnotherNameAreNoChange(t *testing.T) {
	first, other := participating("a.xlsx", day(1), sheriffs("Bexar", "Collin")), participating("b.xlsx", day(2), sheriffs("Bexar", "Collin"))
	p := newFixture(t, first)
	p.poll()
	wantChanges(t, p.lists(other))
	p.wantLogged(scraper.StatusChanged, "b.xlsx, the participating list, has 2 rows and brings 0 changes.")
	for _, l := range []link{other, first, other, first} {
		if r := p.lists(l); r.Outcome != scraper.StatusUnchanged || len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
			t.Errorf("%s: %+v", l.file, r)
		}
	}
	var files []string
	for _, pub := range p.publications() {
		files = append(files, fmt.Sprint(pub.File, " ", pub.Verdict))
	}
	if !slices.Equal(files, []string{"a.xlsx accepted", "b.xlsx accepted"}) {
		t.Errorf("publications %v", files)
	}
}

// An old address comes back, and ICE's server says that its bytes are the ones
// that we know. They are the ones, but they are not the list in force.
func TestOldListAtItsOldAddressIsHeld(t *testing.T) {
	first := participating("a.xlsx", day(1), sheriffs("Bexar", "Collin"))
	p := newFixture(t, first)
	p.poll()
	wantChanges(t, p.lists(participating("b.xlsx", day(2), sheriffs("Bexar", "Collin", "Dallas"))), "new Dallas County Sheriff's Office")
	r := p.lists(first)
	wantChanges(t, r)
	if len(r.Holds) != 1 || !slices.Equal(r.Holds[0].Reasons, []string{"It is byte for byte an older publication, and differs from the last one, b.xlsx."}) {
		t.Fatalf("holds %+v", r.Holds)
	}
	if got := r.Publications[0]; got.Seq != 3 || got.Verdict != roster.VerdictHeld || !got.LastModified.Equal(day(1)) || !got.PublishedAt.Equal(p.now) || !got.SeenAt.Equal(p.now) {
		t.Errorf("%+v", got)
	}
	p.wantLogged(scraper.StatusChanged, "a.xlsx, the participating list, has 2 rows and is held (hold_3).")
}

// ICE has put each list behind the other one's link: new files, the same ones.
func TestSwappedLinksAreNotedAndNoChange(t *testing.T) {
	active, waiting := sheriffs("Bexar", "Collin"), sheriffs("Dallas")
	p := newFixture(t, participating("a.xlsx", day(1), active), pending("b.xlsx", day(1), waiting))
	p.poll()
	const (
		oneNote   = " The participating list stood behind the link to the pending list; its columns tell which it is."
		otherNote = " The pending list stood behind the link to the participating list; its columns tell which it is."
	)
	swapped := func(a, b link) (link, link) {
		a.hint, b.hint = b.hint, a.hint
		return a, b
	}

	a, b := swapped(participating("a.xlsx", day(1), active), pending("b.xlsx", day(1), waiting))
	if r := p.lists(a, b); len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
		t.Errorf("the same files: %+v", r)
	}
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged."+oneNote+otherNote)

	a, b = swapped(participating("pendingAgencies.xlsx", day(3), active), pending("participatingAgencies.xlsx", day(3), waiting))
	r := p.lists(a, b)
	wantChanges(t, r)
	if len(r.Publications) != 2 || len(r.Publications[0].Notes) != 1 || len(r.Publications[1].Notes) != 1 || len(r.Holds) > 0 {
		t.Errorf("other files: %+v", r)
	}
	p.wantLogged(scraper.StatusChanged, "pendingAgencies.xlsx, the participating list, has 2 rows and brings 0 changes."+oneNote+
		" participatingAgencies.xlsx, the pending list, has 1 row and brings 0 changes."+otherNote)

	// As long as the links are swapped the poll says so, also when neither file is
	// sent again; once the links are right it does not.
	for range 2 {
		if r := p.poll(); len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
			t.Errorf("the other files again: %+v", r)
		}
		p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged."+oneNote+otherNote)
	}
	p.lists(swapped(a, b))
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
}

// ICE has put each list's bytes at the other one's address, and mends it.
func TestSwappedFilesAreNotedUntilTheyAreMended(t *testing.T) {
	active, waiting := sheriffs("Bexar", "Collin"), sheriffs("Dallas")
	p := newFixture(t, participating("a.xlsx", day(1), active), pending("b.xlsx", day(1), waiting))
	p.poll()
	const notes = " The participating list stood behind the link to the pending list; its columns tell which it is." +
		" The pending list stood behind the link to the participating list; its columns tell which it is."
	a, b := pending("a.xlsx", day(2), waiting), participating("b.xlsx", day(2), active)
	a.hint, b.hint = b.hint, a.hint
	r := p.lists(a, b)
	wantChanges(t, r)
	if len(r.Publications) != 2 || len(r.Holds) > 0 {
		t.Errorf("%+v", r)
	}
	for range 2 { // neither is sent again
		wantChanges(t, p.poll())
		p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged."+notes)
	}
	for range 2 { // the first files are sent again, and then not
		wantChanges(t, p.lists(participating("a.xlsx", day(5), active), pending("b.xlsx", day(5), waiting)))
		if last := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 1))[0]; last.Outcome != string(scraper.StatusUnchanged) || strings.Contains(last.Sentence, "stood behind") {
			t.Errorf("%s: %s", last.Outcome, last.Sentence)
		}
	}
}

func TestOfTwoListsTheOneBehindItsOwnLinkCounts(t *testing.T) {
	own, other := participating("own.xlsx", day(1), sheriffs("Bexar")), participating("other.xlsx", day(2), sheriffs("Collin"))
	other.hint = ""
	p := newFixture(t, other, own)
	r := p.poll()
	if len(r.Publications) != 1 || r.Publications[0].File != "own.xlsx" {
		t.Errorf("%+v", r.Publications)
	}
	p.wantLogged(scraper.StatusChanged, "own.xlsx, the participating list, has 1 row and brings 0 changes. "+
		"The page links more than one participating list; own.xlsx counts, other.xlsx does not.")
}

func TestOfTwoListsBehindLikeLinksTheNewerCounts(t *testing.T) {
	old, latest := participating("old.xlsx", day(1), sheriffs("Bexar")), participating("new.xlsx", day(2), sheriffs("Collin"))
	for _, links := range [][]link{{old, latest}, {latest, old}} {
		p := newFixture(t)
		if r := p.lists(links...); len(r.Publications) != 1 || r.Publications[0].File != "new.xlsx" {
			t.Errorf("%+v", r.Publications)
		}
	}
}

// The bytes of a list that did not count are not kept. When it is the only one
// left, it is fetched once more, though the server would not send it again.
func TestListThatDidNotCountIsTakenInWhenItIsLeft(t *testing.T) {
	own, other := participating("own.xlsx", day(1), sheriffs("Bexar")), participating("other.xlsx", day(1), sheriffs("Bexar", "Collin"))
	other.hint = ""
	p := newFixture(t, own, other)
	p.poll()
	wantChanges(t, p.poll())
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged. The page links more than one participating list; own.xlsx counts, other.xlsx does not.")
	wantChanges(t, p.lists(other), "new Collin County Sheriff's Office")
	p.wantLogged(scraper.StatusChanged, "other.xlsx, the participating list, has 2 rows and brings 1 change.")
	wantChanges(t, p.poll())
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
}

func TestWorkbookThatIsNoListIsRemembered(t *testing.T) {
	rates := link{file: "rates.xlsx", at: day(1), body: worksheet()}
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), rates)
	p.poll()
	p.wantLogged(scraper.StatusChanged, "a.xlsx, the participating list, has 1 row and brings 0 changes. rates.xlsx is not a list.")
	v, ok := p.validator("rates.xlsx")
	if !ok || v.List != "" || len(v.SHA256) != 64 || v.LastModified != day(1).Format(http.TimeFormat) || !v.CheckedAt.Equal(p.now) {
		t.Errorf("remembered %v: %+v", ok, v)
	}
	p.poll()
	p.wantLogged(scraper.StatusUnchanged, "What ICE's page links is unchanged.")
	if v, _ = p.validator("rates.xlsx"); !v.CheckedAt.Equal(p.now) || v.List != "" {
		t.Errorf("remembered %+v", v)
	}

	rates.at, rates.body = day(2), append(worksheet(), 0)
	p.lists(p.page.links[0], rates)
	p.wantLogged(scraper.StatusUnchanged, "No list is new. rates.xlsx is not a list.")
	if n := len(p.publications()); n != 1 {
		t.Errorf("%d publications", n)
	}
}

// A page that links no list is a failure, whatever else it links.
func TestPageWithoutAListIsMissing(t *testing.T) {
	rates := link{file: "rates.xlsx", body: worksheet()}
	p := newFixture(t, rates)
	p.poll()
	p.wantLogged(scraper.StatusMissing, "ICE's page links no list. rates.xlsx is not a list.")
	if r := p.lists(participating("a.xlsx", day(1), sheriffs("Bexar")), pending("b.xlsx", day(1), sheriffs("Dallas")), rates); len(r.Changes) > 0 {
		t.Errorf("the first lists ever seen pass for news: %v", r.Changes)
	}
}

func TestWorkbookInTheListsPlaceIsHeld(t *testing.T) {
	list := participating("a.xlsx", day(1), sheriffs("Bexar", "Collin"))
	wrong := link{hint: scraper.HintParticipating, file: "rates.xlsx", at: day(2), body: worksheet()}
	p := newFixture(t, list)
	p.poll()
	r := p.lists(wrong)
	if len(r.Holds) != 1 || r.Holds[0].Removals != 2 || r.Publications[0].Verdict != roster.VerdictHeld {
		t.Fatalf("%+v", r)
	}
	const noColumns = "The file behind the link to the participating list is a workbook without a list's columns."
	p.wantLogged(scraper.StatusBroken, noColumns+" rates.xlsx, the participating list, has 0 rows and is held (hold_2).")
	p.poll()
	p.wantLogged(scraper.StatusBroken, noColumns) // as long as it stands there
	p.now = p.now.AddDate(0, 0, 3)
	if r := p.poll(); len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
		t.Errorf("it counts after some days: %+v", r)
	}
	if _, err := p.ResolveHold(t.Context(), "hold_2", true); err == nil || err.Error() != `hold_2 has no list's columns, so that there is nothing to accept; reject it instead` {
		t.Errorf("approved: %v", err)
	}
	if r := p.lists(list); len(r.Changes) > 0 || len(r.Holds) != 1 || r.Holds[0].State != roster.HoldDropped {
		t.Errorf("the list is back: %+v", r)
	}
}

// A workbook that was found to be no list moves behind a list's link. Its bytes
// were not kept, so that they are fetched once more to be held.
func TestKnownWorkbookInTheListsPlaceIsHeld(t *testing.T) {
	wrong := link{file: "rates.xlsx", at: day(1), body: worksheet()}
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), wrong)
	p.poll()
	wrong.hint = scraper.HintParticipating
	if r := p.lists(wrong); len(r.Holds) != 1 || r.Holds[0].File != "rates.xlsx" {
		t.Errorf("%+v", r.Holds)
	}
}

func TestBrokenFileTouchesNothing(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")))
	p.poll()
	before := p.known()
	for _, body := range [][]byte{[]byte("PK\x03\x04 this is not a workbook"), []byte("plain text"), {}} {
		r := p.lists(link{hint: scraper.HintParticipating, file: "broken.xlsx", at: day(2), body: body})
		if r.Outcome != scraper.StatusBroken || len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
			t.Errorf("%q: %+v", body, r)
		}
		p.wantLogged(scraper.StatusBroken, "The file behind the link to the participating list could not be read as a workbook.")
		if _, ok := p.validator("broken.xlsx"); ok {
			t.Errorf("%q: next time the server will be told that we have it", body)
		}
	}
	if after := p.known(); !reflect.DeepEqual(before, after) {
		t.Errorf("known before %+v, after %+v", before, after)
	}
	wantChanges(t, p.lists(participating("broken.xlsx", day(2), sheriffs("Bexar", "Collin"))), "new Collin County Sheriff's Office")
}

func TestFailingFileBesideAGoodOne(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	failing := pending("c.xlsx", day(2), nil)
	failing.down = scraper.StatusUnreachable
	r := p.lists(participating("d.xlsx", day(2), sheriffs("Bexar", "Collin")), failing)
	wantChanges(t, r, "new Collin County Sheriff's Office")
	p.wantLogged(scraper.StatusUnreachable, "The file c.xlsx did not come. d.xlsx, the participating list, has 2 rows and brings 1 change.")

	broken := link{hint: scraper.HintParticipating, file: "e.xlsx", body: []byte("PK")}
	r = p.lists(broken, pending("f.xlsx", day(3), sheriffs("Dallas", "Ellis")))
	wantChanges(t, r, "pending Ellis County Sheriff's Office")
	p.wantLogged(scraper.StatusBroken, "The file behind the link to the participating list could not be read as a workbook. "+
		"f.xlsx, the pending list, has 2 rows and brings 1 change.")

	r = p.lists(broken, failing) // the scraper's failure comes first, and the other one is noted
	wantChanges(t, r)
	p.wantLogged(scraper.StatusUnreachable, "The file c.xlsx did not come. The file behind the link to the participating list could not be read as a workbook.")
}

func TestFailingPageIsLoggedAndTouchesNothing(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")))
	p.poll()
	before := p.known()
	for _, outcome := range []scraper.Status{scraper.StatusBlocked, scraper.StatusRefused, scraper.StatusMissing, scraper.StatusUnreachable, scraper.StatusBroken} {
		p.page.down = &scraper.Visit{Outcome: outcome, Sentence: "It went wrong.", RetryAfter: 7 * time.Second}
		if r := p.poll(); r.Outcome != outcome || r.RetryAfter != 7*time.Second || len(r.Publications)+len(r.Changes) > 0 {
			t.Errorf("%s: %+v", outcome, r)
		}
		p.wantLogged(outcome, "It went wrong.")
	}
	if after := p.known(); !reflect.DeepEqual(before, after) {
		t.Errorf("known before %+v, after %+v", before, after)
	}
}

func TestGraceRunsOutByTheClock(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")), pending("b.xlsx", day(1), sheriffs("Dallas", "Ellis")))
	p.poll()
	wantChanges(t, p.lists(p.page.links[0], pending("c.xlsx", day(2), sheriffs("Ellis"))))
	left := p.now
	wantChanges(t, p.lists(participating("d.xlsx", day(2).Add(time.Hour), sheriffs("Bexar")), p.page.links[1]))
	p.now = left.Add(diff.Grace - 16*time.Minute)
	wantChanges(t, p.poll())
	p.page.down = &scraper.Visit{Outcome: scraper.StatusUnreachable}
	wantChanges(t, p.poll()) // what is not seen is not known to be so
	p.page.down = nil
	r := p.poll()
	wantChanges(t, r, "withdrawn Dallas County Sheriff's Office")
	if len(r.Publications) > 0 || r.Outcome != scraper.StatusUnchanged || r.Changes[0].Publication.File != "c.xlsx" {
		t.Errorf("%+v", r)
	}
	if last := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 1)); last[0].Changes != 1 {
		t.Errorf("logged with %d changes", last[0].Changes)
	}
	wantChanges(t, p.poll())
}
