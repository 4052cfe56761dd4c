package watch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

var errDisk = errors.New("the disk is gone")

// flaky is a store of which one call fails.
type flaky struct {
	store.Store
	calls, failing int    // the number of calls so far, and of the one that fails
	failed         string // the method that failed
}

func (f *flaky) call(method string) error {
	if f.calls++; f.calls != f.failing {
		return nil
	}
	f.failed = method
	return errDisk
}

// asked answers a call, or fails.
func asked[T any](f *flaky, method string, answer func() (T, error)) (T, error) {
	if err := f.call(method); err != nil {
		var none T
		return none, err
	}
	return answer()
}

func (f *flaky) Known(ctx context.Context) (roster.Snapshot, error) {
	return asked(f, "Known", func() (roster.Snapshot, error) { return f.Store.Known(ctx) })
}

func (f *flaky) Validators(ctx context.Context) ([]roster.Validator, error) {
	return asked(f, "Validators", func() ([]roster.Validator, error) { return f.Store.Validators(ctx) })
}

func (f *flaky) Publication(ctx context.Context, seq uint64) (roster.Publication, error) {
	return asked(f, "Publication", func() (roster.Publication, error) { return f.Store.Publication(ctx, seq) })
}

func (f *flaky) Publications(ctx context.Context) ([]roster.Publication, error) {
	return asked(f, "Publications", func() ([]roster.Publication, error) { return f.Store.Publications(ctx) })
}

func (f *flaky) Body(ctx context.Context, sha256 string) ([]byte, error) {
	return asked(f, "Body", func() ([]byte, error) { return f.Store.Body(ctx, sha256) })
}

func (f *flaky) Roster(ctx context.Context, seq uint64) (roster.Roster, error) {
	return asked(f, "Roster", func() (roster.Roster, error) { return f.Store.Roster(ctx, seq) })
}

func (f *flaky) Holds(ctx context.Context) ([]roster.Hold, error) {
	return asked(f, "Holds", func() ([]roster.Hold, error) { return f.Store.Holds(ctx) })
}

func (f *flaky) Polls(ctx context.Context, n int) ([]roster.Poll, error) {
	return asked(f, "Polls", func() ([]roster.Poll, error) { return f.Store.Polls(ctx, n) })
}

func (f *flaky) Commit(ctx context.Context, b store.Batch) error {
	if err := f.call("Commit"); err != nil {
		return err
	}
	return f.Store.Commit(ctx, b)
}

func (p *fixture) contents() storetest.Contents {
	p.t.Helper()
	return must[storetest.Contents](p.t)(storetest.Read(p.t.Context(), p.store))
}

// failEach does something over a store of which first the first call fails,
// then the second, and so on until none does. Each failure must be an error and
// leave the store as it is. It returns the methods that failed on the way.
func failEach(t *testing.T, p *fixture, do func(s store.Store) error) map[string]bool {
	t.Helper()
	failed := map[string]bool{}
	before := p.contents()
	for n := 1; n < 100; n++ {
		f := &flaky{Store: p.store, failing: n}
		err := do(f)
		if f.failed == "" {
			if err != nil {
				t.Fatal(err)
			}
			return failed
		}
		failed[f.failed] = true
		if !errors.Is(err, errDisk) || err.Error() == errDisk.Error() {
			t.Errorf("%s, call %d, failed: %v, which should say what was being done", f.failed, n, err)
		}
		if diff := storetest.Diff(before, p.contents()); diff != "" {
			t.Fatalf("%s, call %d, failed and left a trace:\n%s", f.failed, n, diff)
		}
	}
	t.Fatal("there is no end of calls")
	return nil
}

func hits(t *testing.T, failed map[string]bool, methods string) {
	t.Helper()
	for m := range strings.FieldsSeq(methods) {
		if !failed[m] {
			t.Errorf("%s was never made to fail", m)
		}
	}
}

func TestEveryFailureOfTheStoreIsAnErrorOfThePoll(t *testing.T) {
	poll := func(p *fixture) func(s store.Store) error {
		return func(s store.Store) error {
			_, err := p.over(s).Poll(t.Context())
			return err
		}
	}
	t.Run("a held list again, and a first pending list", func(t *testing.T) {
		p := heldFixture(t, few)
		p.page.links = append(p.page.links, pending("b.xlsx", day(2), sheriffs("Dallas")))
		hits(t, failEach(t, p, poll(p)), "Known Validators Publication Publications Roster Polls Commit")
	})
	t.Run("a list that was rejected, at its address", func(t *testing.T) {
		p := heldFixture(t, few)
		if _, err := p.ResolveHold(t.Context(), "hold_2", false); err != nil {
			t.Fatal(err)
		}
		hits(t, failEach(t, p, poll(p)), "Body Holds")
	})
	t.Run("a held list for long enough", func(t *testing.T) {
		p := heldFixture(t, few)
		p.now = p.now.AddDate(0, 0, 2)
		hits(t, failEach(t, p, poll(p)), "Publication Roster")
		p.expect("holds", p.holds(), "hold_2 borne out")
	})
	t.Run("the list in force under another name", func(t *testing.T) {
		p := newFixture(t, without(0, "whole.xlsx", day(1)))
		p.poll()
		p.page.links = []link{without(0, "again.xlsx", day(1))}
		hits(t, failEach(t, p, poll(p)), "Publications")
	})
	t.Run("a held workbook that is no list", func(t *testing.T) {
		p := newFixture(t, without(0, "whole.xlsx", day(1)))
		p.poll()
		p.lists(link{hint: scraper.HintParticipating, file: "rates.xlsx", at: day(2), body: worksheet()})
		if _, err := p.ResolveHold(t.Context(), "hold_2", false); err != nil {
			t.Fatal(err)
		}
		hits(t, failEach(t, p, poll(p)), "Body")
	})
}

func TestEveryFailureOfTheStoreIsAnErrorOfTheDecision(t *testing.T) {
	for _, approve := range []bool{true, false} {
		p := heldFixture(t, few)
		failed := failEach(t, p, func(s store.Store) error {
			_, err := p.over(s).ResolveHold(t.Context(), "hold_2", approve)
			return err
		})
		hits(t, failed, "Known Publication Roster Commit")
	}
}

// torn is a store whose next writes fail. The last one that does is not done;
// those before it are.
type torn struct {
	store.Store
	failures int
}

func (f *torn) Commit(ctx context.Context, b store.Batch) error {
	if f.failures == 0 {
		return f.Store.Commit(ctx, b)
	}
	if f.failures--; f.failures == 0 {
		return errDisk
	}
	return errors.Join(f.Store.Commit(ctx, b), errDisk)
}

// Whether a write that fails was done, the store knows best: the watcher reads
// it anew, and neither loses a change nor reports one twice.
func TestStateIsReadAnewAfterAFailedWrite(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")))
	f := &torn{Store: p.store}
	p.Watcher = p.over(f)
	p.poll()
	f.failures = 2
	for i, names := range [][]string{{"Bexar", "Collin"}, {"Bexar", "Collin", "Dallas"}} {
		p.page.links = []link{participating("b.xlsx", day(i+2), sheriffs(names...))}
		p.now = p.now.AddDate(0, 0, 1)
		if _, err := p.Poll(t.Context()); !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "writing to the store: ") {
			t.Fatalf("failure %d: %v", i+1, err)
		}
	}
	p.poll()
	var told []string
	for _, c := range p.changes() {
		told = append(told, string(c.Kind)+" "+c.Agreement.County)
	}
	if want := []string{"new Collin County", "new Dallas County"}; !slices.Equal(told, want) {
		t.Errorf("changes are %v, want %v", told, want)
	}
}
