package watch_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
)

// rewritten is a list of the same rows under other bytes: its sheet is called
// otherwise.
func rewritten(file string, n int, at time.Time, rows []sheettest.Row) link {
	l := participating(file, at, nil)
	l.body = sheettest.Book{Sheets: []sheettest.Sheet{{Name: fmt.Sprint("Sheet ", n), Rows: sheettest.List(sheettest.ParticipatingColumns(), rows...)}}}.Bytes()
	return l
}

// kept says of each publication whether its bytes are there, and its rows.
func (p *fixture) kept() (kept []bool) {
	p.t.Helper()
	for _, pub := range p.publications() {
		body, err := p.store.Body(p.t.Context(), pub.SHA256)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			p.t.Fatal(err)
		}
		if len(pub.SHA256) != 64 || err != nil && pub.KeptAs == "" || err == nil && len(body) != pub.Size {
			p.t.Errorf("publication %d: %+v, its bytes: %v", pub.Seq, pub, err)
		}
		if r := must[roster.Roster](p.t)(p.store.Roster(p.t.Context(), pub.Seq)); len(r.Rows) != pub.Rows || r.Digest() != pub.Digest {
			p.t.Errorf("publication %d has %d rows, and %d are kept", pub.Seq, pub.Rows, len(r.Rows))
		}
		kept = append(kept, err == nil)
	}
	for id, r := range p.known().Records {
		for _, v := range r.Versions {
			if !kept[v.Source-1] {
				p.t.Errorf("%s was read from publication %d, which is not kept", id, v.Source)
			}
		}
	}
	return kept
}

// ICE publishes the same rows under new bytes at every poll of a day. Each
// publication is on record, and one a day is kept.
func TestSameRowsAreKeptOnceADay(t *testing.T) {
	rows := sheriffs("Bexar", "Collin")
	p := newFixture(t, rewritten("a.xlsx", 0, day(1), rows))
	p.poll()
	first := p.now
	const polls = 24*4 + 5
	for i := 1; i < polls; i++ {
		if i == 50 || i == 98 { // as after a restart
			p.Watcher = p.over(p.store)
		}
		p.page.links = []link{rewritten("a.xlsx", i, first.Add(time.Duration(i)*15*time.Minute), rows)}
		wantChanges(t, p.poll())
	}
	p.wantLogged(scraper.StatusChanged, "a.xlsx, the participating list, has 2 rows and brings 0 changes.")
	kept := p.kept()
	if len(kept) != polls {
		t.Errorf("%d publications are on record, of %d", len(kept), polls)
	}
	for i, is := range kept {
		if want := i%(24*4) == 0; is != want {
			t.Errorf("publication %d is kept: %v", i+1, is)
		}
	}
	all := p.publications()
	if got := all[97].KeptAs; got != all[96].SHA256 {
		t.Errorf("publication 98 is kept as %s, and not as the latest that is kept", got)
	}
	// The next list is compared with the one in force as ever, and kept.
	wantChanges(t, p.lists(participating("b.xlsx", p.now.AddDate(0, 0, 1), sheriffs("Bexar", "Collin", "Dallas"))), "new Dallas County Sheriff's Office")
	if kept = p.kept(); !kept[len(kept)-1] {
		t.Error("a list with news is not kept")
	}
}

// A list whose bytes were not kept comes back, and ICE's server says that we have
// it. While it says the same as the list in force, that is not news; later it is
// fetched whole, and judged.
func TestListThatWasNotKeptComesBack(t *testing.T) {
	rows := sheriffs("Bexar", "Collin")
	first, again := rewritten("a.xlsx", 0, day(1), rows), rewritten("b.xlsx", 1, day(1), rows)
	p := newFixture(t, first)
	p.poll()
	p.page.links = []link{again}
	wantChanges(t, p.poll())
	if got := p.kept(); !slices.Equal(got, []bool{true, false}) {
		t.Fatalf("kept %v", got)
	}
	for _, l := range []link{again, first, again, again} { // whichever is in force
		p.page.links = []link{l}
		if r := p.poll(); len(r.Changes)+len(r.Holds) > 0 || r.Outcome.Failed() {
			t.Errorf("%s: %+v", l.file, r)
		}
	}
	p.kept()

	wantChanges(t, p.lists(participating("c.xlsx", p.now, sheriffs("Bexar", "Collin", "Dallas"))), "new Dallas County Sheriff's Office")
	r := p.lists(again)
	wantChanges(t, r)
	if len(r.Holds) != 1 || !strings.HasPrefix(r.Holds[0].Reasons[0], "It is byte for byte an older publication") {
		t.Fatalf("holds %+v", r.Holds)
	}
	if kept := p.kept(); !kept[len(kept)-1] {
		t.Error("a list that is held is not kept")
	}
	if _, err := p.ResolveHold(t.Context(), r.Holds[0].ID, true); err != nil {
		t.Fatal(err)
	}
	if got := p.known().InForce[roster.ListParticipating].File; got != "b.xlsx" {
		t.Errorf("in force is %s", got)
	}
}

// A list that agreements were read from is kept, though its rows fold to the same as
// before.
func TestEvidenceIsKept(t *testing.T) {
	rows := sheriffs("Bexar", "DeWitt")
	p := newFixture(t, participating("a.xlsx", day(1), rows))
	p.poll()
	rows[1].Agency, rows[0].County = "DEWITT County Sheriffs Office", "BEXAR COUNTY"
	p.page.links = []link{participating("b.xlsx", day(2), rows)}
	p.poll()
	all := p.publications()
	if p.kept(); len(all) != 2 || all[0].Digest != all[1].Digest {
		t.Errorf("%+v", all)
	}
}
