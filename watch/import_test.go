package watch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/storetest"
	"github.com/watch287g/watch287g/watch"
)

// past makes a past list of what would be behind a link.
func past(l link) watch.Past {
	return watch.Past{PublishedAt: l.at, Link: l.hint, File: l.file, Open: func() ([]byte, error) { return l.body, nil }}
}

// history is a week of lists: one in force from the first day, one agreement
// more each day, one pending entry that is signed, and an old list that comes
// back and is not borne out.
func history() []watch.Past {
	c := counties(8)
	lists := []watch.Past{past(participating("p1.xlsx", day(1), sheriffs(c[0]))), past(pending("q1.xlsx", day(1), sheriffs(c[6], c[7])))}
	for n := 2; n <= 6; n++ {
		lists = append(lists, past(participating(fmt.Sprintf("p%d.xlsx", n), day(n), sheriffs(c[:n]...))))
	}
	lists = append(lists, past(participating("old.xlsx", day(7), sheriffs(c[:2]...))))
	return append(lists, past(participating("p8.xlsx", day(8), sheriffs(c[:7]...))), past(pending("q8.xlsx", day(8), sheriffs(c[7]))))
}

// emptyFixture is one without a page, long after the history.
func emptyFixture(t *testing.T) *fixture {
	t.Helper()
	p := newFixture(t)
	p.now = day(30)
	return p
}

func (p *fixture) imports(lists ...watch.Past) watch.Report {
	p.t.Helper()
	return must[watch.Report](p.t)(p.Import(p.t.Context(), lists, nil))
}

func sums(sum watch.Report) string {
	return fmt.Sprintf("%d taken, %d known, %d skipped, %d changes", sum.Imported, sum.Known, len(sum.Skipped), len(sum.Changes))
}

func TestImportTakesListsInTheirOrder(t *testing.T) {
	p := emptyFixture(t)
	var steps []int
	sum, err := p.Import(t.Context(), history(), func(done int) { steps = append(steps, done) })
	if err != nil {
		t.Fatal(err)
	}
	p.expect("import", sums(sum), "10 taken, 0 known, 0 skipped, 6 changes")
	if !slices.Equal(steps, []int{2, 3, 4, 5, 6, 7, 8, 10}) {
		t.Errorf("progress %v", steps)
	}
	p.expect("holds", p.holds(), "hold_8 not borne out")
	if len(sum.Holds) != 2 || sum.Holds[0].State != roster.HoldOpen || sum.Holds[1].State != roster.HoldDropped {
		t.Errorf("%+v", sum.Holds)
	}
	var said []string
	for _, c := range p.changes() {
		said = append(said, fmt.Sprintf("%s %s %s %s", c.DetectedAt.Format(time.DateOnly), c.Kind, c.Agreement.County, c.PendingSince))
	}
	want := []string{"2025-03-04 new Bexar County ", "2025-03-05 new Collin County ", "2025-03-06 new Dallas County ",
		"2025-03-07 new Ellis County ", "2025-03-08 new Fannin County ", "2025-03-10 new Gaines County 2025-03-03"}
	if !slices.Equal(said, want) {
		t.Errorf("changes\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	for _, pub := range p.publications() {
		if !pub.SeenAt.Equal(pub.PublishedAt) || len(pub.Notes) > 0 {
			t.Errorf("%+v", pub)
		}
	}
}

func TestImportAgainTakesNothing(t *testing.T) {
	p := emptyFixture(t)
	p.imports(history()...)
	before := p.contents()
	for range 2 {
		p.expect("again", sums(p.imports(history()...)), "0 taken, 10 known, 0 skipped, 0 changes")
		p.Watcher = p.over(p.store)
	}
	if diff := storetest.Diff(before, p.contents()); diff != "" {
		t.Error(diff)
	}
}

// However far an import came, the next one goes on from there.
func TestInterruptedImportGoesOn(t *testing.T) {
	whole := emptyFixture(t)
	whole.imports(history()...)
	want := whole.contents()
	for stop := 1; stop < 10; stop++ {
		p := emptyFixture(t)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := p.Import(ctx, history(), func(done int) {
			if done >= stop {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted after %d: %v", stop, err)
		}
		part := len(p.publications())
		if part < stop || part > stop+1 {
			t.Errorf("%d publications are taken in, interrupted after %d", part, stop)
		}
		p.expect("the rest", sums(p.imports(history()...)), fmt.Sprintf("%d taken, %d known, 0 skipped, %d changes",
			10-part, part, len(want.Changes)-changesOf(want, part)))
		if diff := storetest.Diff(want, p.contents()); diff != "" {
			t.Errorf("interrupted after %d:\n%s", stop, diff)
		}
	}
}

// changesOf counts the changes that the first n publications brought.
func changesOf(c storetest.Contents, n int) int {
	count := 0
	for _, change := range c.Changes {
		if slices.ContainsFunc(c.Publications[:n], func(p roster.Publication) bool { return p.SHA256 == change.Publication.SHA256 }) {
			count++
		}
	}
	return count
}

func TestCancelledImportTakesNothing(t *testing.T) {
	p := emptyFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Import(ctx, history(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if n := len(p.publications()); n > 0 {
		t.Errorf("%d publications", n)
	}
}

func TestOlderListIsRefused(t *testing.T) {
	p := emptyFixture(t)
	p.imports(past(participating("new.xlsx", day(5), sheriffs("Bexar"))))
	sum := p.imports(past(participating("old.xlsx", day(2), sheriffs("Collin"))), past(pending("q.xlsx", day(2), sheriffs("Dallas"))))
	p.expect("import", sums(sum), "1 taken, 0 known, 0 skipped, 0 changes") // of the pending list there is none yet
	if len(sum.Older) != 1 || sum.Older[0].File != "old.xlsx" {
		t.Errorf("older: %v", sum.Older)
	}
}

func TestListOfTheFutureIsRefused(t *testing.T) {
	p := emptyFixture(t)
	sum := p.imports(past(participating("a.xlsx", p.now.Add(time.Second), sheriffs("Bexar"))), past(participating("b.xlsx", p.now, sheriffs("Collin"))))
	p.expect("import", sums(sum), "1 taken, 0 known, 1 skipped, 0 changes")
	if want := "a.xlsx: published 2025-04-01T14:00:01Z, which is in the future; correct its date"; sum.Skipped[0] != want {
		t.Errorf("skipped: %q", sum.Skipped)
	}
}

// In one moment an agency left the pending list and is on the other one: judged
// one after the other, in whatever order they are named, it would be gone.
func TestListsOfOneMomentAreJudgedTogether(t *testing.T) {
	before := []watch.Past{past(participating("p1.xlsx", day(1), sheriffs("Bexar"))), past(pending("q1.xlsx", day(1), sheriffs("Dallas")))}
	after := []watch.Past{past(pending("q2.xlsx", day(9), sheriffs())), past(participating("p2.xlsx", day(9), sheriffs("Bexar", "Dallas")))}
	p := emptyFixture(t)
	p.imports(append(before, after...)...)
	c := p.changes()
	if len(c) != 1 || c[0].Kind != roster.KindNew || c[0].PendingSince != "2025-03-03" {
		t.Errorf("%+v", c)
	}
}

// Two files behind different links are one list each by their columns, whatever
// the links say.
func TestTwoStatesOfOneListInOneMomentFollowEachOther(t *testing.T) {
	p := emptyFixture(t)
	second := participating("b.xlsx", day(1), sheriffs("Bexar", "Collin"))
	second.hint = scraper.HintPending
	p.expect("import", sums(p.imports(past(participating("a.xlsx", day(1), sheriffs("Bexar"))), past(second))), "2 taken, 0 known, 0 skipped, 1 changes")
}

func TestSwappedLinksAreNotedByAnImport(t *testing.T) {
	active, waiting := participating("pendingAgencies.xlsx", day(1), sheriffs("Bexar")), pending("participatingAgencies.xlsx", day(1), sheriffs("Dallas"))
	active.hint, waiting.hint = waiting.hint, active.hint
	p := emptyFixture(t)
	p.expect("import", sums(p.imports(past(active), past(waiting))), "2 taken, 0 known, 0 skipped, 0 changes")
	for _, pub := range p.publications() {
		if len(pub.Notes) != 1 || !strings.HasSuffix(pub.Notes[0], "its columns tell which it is.") {
			t.Errorf("%s, the %s list: %q", pub.File, pub.List, pub.Notes)
		}
	}
	odd := participating("c.xlsx", day(2), sheriffs("Bexar"))
	odd.hint = "archive" // a link that says nothing of lists lies about none
	p.imports(past(odd))
	if notes := p.publications()[2].Notes; len(notes) > 0 {
		t.Errorf("noted: %q", notes)
	}
}

func TestFileThatIsNoListIsSkippedWithItsReason(t *testing.T) {
	whole := sheettest.Participating(sheriffs("Bexar")...)
	file := func(name string, body []byte) watch.Past { return past(link{file: name, at: day(1), body: body}) }
	p := emptyFixture(t)
	sum := p.imports(file("cut.xlsx", whole[:len(whole)/2]), file("empty.xlsx", nil), file("rates.xlsx", worksheet()),
		file("text.xlsx", bytes.Repeat([]byte("x"), 100)), file("good.xlsx", whole))
	p.expect("import", sums(sum), "1 taken, 0 known, 4 skipped, 0 changes")
	for i, want := range []string{"cut.xlsx: not a readable workbook: ", "empty.xlsx: not a readable workbook: the file is empty",
		"rates.xlsx: no sheet has the columns of a list", "text.xlsx: not a readable workbook: "} {
		if !strings.HasPrefix(sum.Skipped[i], want) {
			t.Errorf("%q does not begin with %q", sum.Skipped[i], want)
		}
	}
}

func TestFileThatCannotBeOpenedEndsTheImport(t *testing.T) {
	lists := history()
	lists[4].Open = func() ([]byte, error) { return nil, fs.ErrPermission }
	p := emptyFixture(t)
	sum, err := p.Import(t.Context(), lists, nil)
	if !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(err.Error(), "importing p4.xlsx: reading it: ") {
		t.Errorf("%v", err)
	}
	p.expect("import", sums(sum), "4 taken, 0 known, 0 skipped, 2 changes")
	p.expect("the rest", sums(p.imports(history()...)), "6 taken, 4 known, 0 skipped, 4 changes")
}

func TestNameOfAFileIsOnlyALabel(t *testing.T) {
	p := emptyFixture(t)
	l := participating("folder/\x1b[2Jlist\n.xlsx", day(1), sheriffs("Bexar"))
	p.imports(past(l))
	if got := p.publications()[0].File; got != "[2Jlist .xlsx" {
		t.Errorf("the file is called %q", got)
	}
}

func TestEveryFailureOfTheStoreEndsTheImport(t *testing.T) {
	p := emptyFixture(t)
	lists := history()
	p.imports(lists[:8]...) // up to the old list that comes back, which is held
	failed := map[string]bool{}
	for n := 1; ; n++ {
		f := &flaky{Store: p.store, failing: n}
		before := p.contents()
		_, err := p.over(f).Import(t.Context(), lists, nil)
		if f.failed == "" {
			if err != nil {
				t.Error(err)
			}
			break
		}
		failed[f.failed] = true
		if !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "importing ") {
			t.Errorf("%s failed: %v", f.failed, err)
		}
		if diff := storetest.Diff(before, p.contents()); diff != "" {
			t.Errorf("%s failed and left a trace:\n%s", f.failed, diff)
		}
	}
	hits(t, failed, "Known Publication Publications Roster Commit")
	p.expect("holds", p.holds(), "hold_8 not borne out")
}

// An import goes on with the polls of a service: its last list is the one that
// ICE's page still links, and what follows is news.
func TestPollsGoOnWhereAnImportEnded(t *testing.T) {
	p := emptyFixture(t)
	p.imports(history()...)
	names := counties(8)
	r := p.lists(participating("p8.xlsx", day(8), sheriffs(names[:7]...)), pending("q8.xlsx", day(8), sheriffs(names[7])))
	if len(r.Changes)+len(r.Holds) > 0 || len(r.Publications) != 2 {
		t.Errorf("%+v", r)
	}
	wantChanges(t, p.lists(participating("p9.xlsx", day(31), sheriffs(names...)), p.page.links[1]), "new Hale County Sheriff's Office")
}
