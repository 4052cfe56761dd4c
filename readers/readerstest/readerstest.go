// Package readerstest is the suite that each backend for readers must pass. It compares
// a store with a model that keeps everything in memory, in the simplest way.
package readerstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

// Start is when the tests begin.
func Start() time.Time { return time.Date(2025, 2, 26, 12, 0, 0, 0, time.UTC) }

// Wish follows some things, as readers.ParseFollow takes them.
func Wish(t testing.TB, follows ...string) readers.Wish {
	t.Helper()
	w := readers.Wish{Language: prose.English, Cadence: notify.Instant}
	for _, text := range follows {
		f, err := readers.ParseFollow(text, func(id string) string { return "Agency " + id })
		if err != nil {
			t.Fatal(err)
		}
		w.Follows = append(w.Follows, f)
	}
	return w
}

// Signed makes a reader with an address.
func Signed(ctx context.Context, t testing.TB, s readers.People, address string, w readers.Wish) readers.Reader {
	t.Helper()
	r := readers.NewRequest(address, w, Start())
	if err := s.Ask(ctx, r); err != nil {
		t.Fatal(err)
	}
	one, err := s.Confirm(ctx, r.ID, Start().Add(time.Minute), 7)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// Run runs the suite. open returns an empty store, which is closed with the test.
func Run(t *testing.T, open func(t *testing.T) readers.Store) {
	for name, test := range map[string]func(*testing.T, readers.Store){
		"Life": life, "Asking": asking, "Refused": refused, "AtOnce": atOnce, "Suppressing": suppressing, "Limits": limitsOf, "Keeping": keeping, "Secrets": secretsOf,
		"Planning": planning, "Sending": sending, "Settling": settling, "SettingBack": settingBack, "RequestsOf": requestsOf, "LettersAgain": lettersAgain, "Proving": proving,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, open(t)) })
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("Random%d", seed), func(t *testing.T) { t.Parallel(); random(t, open(t), open, seed) })
	}
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// life goes from signing up to erasing.
func life(t *testing.T, s readers.Store) {
	ctx := t.Context()
	one := must[readers.Reader](t)
	r := Signed(ctx, t, s, "Ada@example.org", Wish(t, "county:48201", "zip:77001"))
	if r.Seq != 1 || r.State != readers.StateActive || r.Since != 7 {
		t.Errorf("the first reader is %+v", r)
	}
	if got := one(s.ReaderOf(ctx, "aDA@example.org")); got.ID != r.ID || got.Address != "Ada@example.org" {
		t.Errorf("by the address it is %v", got)
	}
	following := func(want bool) {
		t.Helper()
		all, err := s.Following(ctx, []string{"county:48201"}, notify.Instant)
		found := len(all) > 0 && all[len(all)-1].Seq == r.Seq
		if err != nil || found != want {
			t.Errorf("found is %v (%v)", found, err)
		}
	}
	following(true)
	one(s.Update(ctx, r.ID, func(r *readers.Reader) error { r.Pause(Start().Add(48*time.Hour), Start()); return nil }))
	following(false)
	for at, want := range map[time.Duration]readers.Swept{47 * time.Hour: {}} {
		if got := must[readers.Swept](t)(s.Sweep(ctx, Start().Add(at), 9)); got != want {
			t.Errorf("swept too early: %+v", got)
		}
	}
	if got := must[readers.Swept](t)(s.Sweep(ctx, Start().Add(48*time.Hour), 9)); got.Resumed != 1 {
		t.Errorf("swept %+v", got)
	}
	if got := one(s.Reader(ctx, r.ID)); got.State != readers.StateActive || got.Since != 9 {
		t.Errorf("after the pause it is %+v", got)
	}
	left := one(s.Update(ctx, r.ID, func(r *readers.Reader) error { r.Leave(Start()); return nil }))
	following(false)
	letters, err := s.Letters(ctx, 10)
	if err != nil || len(letters) != 1 || letters[0].Kind != readers.LetterLeft || letters[0].Of != r.ID {
		t.Errorf("the letters are %v (%v)", letters, err)
	}
	one(s.Update(ctx, r.ID, func(r *readers.Reader) error { r.Undo(Start(), 12); return nil }))
	following(true)
	one(s.Update(ctx, r.ID, func(r *readers.Reader) error { *r = left; return nil }))
	if got := must[readers.Swept](t)(s.Sweep(ctx, Start().Add(readers.UndoLife-time.Second), 9)); got.Erased != 0 {
		t.Errorf("erased too early: %+v", got)
	}
	if got := must[readers.Swept](t)(s.Sweep(ctx, Start().Add(readers.UndoLife), 9)); got.Erased != 1 {
		t.Errorf("swept %+v", got)
	}
	if _, err := s.Reader(ctx, r.ID); !errors.Is(err, readers.ErrNotFound) {
		t.Errorf("a reader who was swept: %v", err)
	}
	if next := Signed(ctx, t, s, "ada@example.org", Wish(t, "nation")); next.Seq != 2 {
		t.Errorf("the next reader is number %d", next.Seq)
	}
}

// asking fills an address with requests, and lets them end.
func asking(t *testing.T, s readers.Store) {
	ctx := t.Context()
	var asked []readers.Request
	for i := range 5 {
		r := readers.NewRequest([]string{"ada@example.org", "ADA@example.org"}[i%2], Wish(t, "nation"), Start().Add(time.Duration(i)*time.Hour))
		if err := s.Ask(ctx, r); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, r)
	}
	for i, r := range asked {
		_, err := s.Request(ctx, r.ID)
		if i < 2 != errors.Is(err, readers.ErrNotFound) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if letters := must[[]readers.Letter](t)(s.Letters(ctx, 10)); len(letters) != 3 || letters[0].Of != asked[2].ID {
		t.Errorf("the letters are %v", letters)
	}
	for n := 1; n <= readers.MostTries+1; n++ {
		r, err := s.Try(ctx, asked[4].ID)
		if err != nil || r.Tries != n || r.CodeAt(r.At) != (n <= readers.MostTries) {
			t.Errorf("try %d: %+v (%v)", n, r, err)
		}
	}
	late := asked[2].At.Add(readers.RequestLife)
	if _, err := s.Confirm(ctx, asked[2].ID, late, 1); !errors.Is(err, readers.ErrNotFound) {
		t.Errorf("confirmed too late: %v", err)
	}
	if got := must[readers.Swept](t)(s.Sweep(ctx, late, 1)); got.Requests != 1 {
		t.Errorf("swept %+v", got)
	}
	if err := s.Withdraw(ctx, asked[3].ID); err != nil {
		t.Error(err)
	}
	must[readers.Reader](t)(s.Confirm(ctx, asked[4].ID, late, 1)) // the last one has its week
	for _, r := range asked {
		_, err := s.Request(ctx, r.ID)
		_, err2 := s.Try(ctx, r.ID)
		_, err3 := s.Confirm(ctx, r.ID, late, 1)
		for _, err := range []error{err, err2, err3, s.Withdraw(ctx, r.ID)} {
			if !errors.Is(err, readers.ErrNotFound) {
				t.Errorf("of a request that is gone: %v", err)
			}
		}
	}
	if got := must[readers.Stats](t)(s.Stats(ctx)); got.Requests != 0 || got.Letters != 0 || len(got.Readers) != 1 {
		t.Errorf("%+v", got)
	}
}

// refused is what cannot be kept.
func refused(t *testing.T, s readers.Store) {
	ctx := t.Context()
	many := Wish(t)
	for _, c := range strings.Fields(fiftyOne) {
		many.Follows = append(many.Follows, Wish(t, "state:"+c).Follows...)
	}
	good := readers.NewRequest("ada@example.org", Wish(t, "nation"), Start())
	for name, spoil := range map[string]func(*readers.Request){
		"no follow":    func(r *readers.Request) { r.Follows = nil },
		"too many":     func(r *readers.Request) { r.Follows = many.Follows },
		"twice":        func(r *readers.Request) { r.Follows = append(r.Follows, r.Follows...) },
		"no language":  func(r *readers.Request) { r.Language = "" },
		"hourly":       func(r *readers.Request) { r.Cadence = notify.Hourly },
		"address":      func(r *readers.Request) { r.Address = "Ada <ada@example.org>" },
		"upper domain": func(r *readers.Request) { r.Address = "ada@EXAMPLE.org" },
		"no id":        func(r *readers.Request) { r.ID = "" },
		"kind":         func(r *readers.Request) { r.Kinds = []roster.Kind{"gone"} },
	} {
		r := good
		spoil(&r)
		if err := s.Ask(ctx, r); !errors.Is(err, readers.ErrInvalid) || strings.Contains(err.Error(), "example") {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := Signed(ctx, t, s, "ada@example.org", Wish(t, "nation"))
	for name, change := range map[string]func(*readers.Reader) error{
		"theirs": func(r *readers.Reader) error { r.Soft = 9; return errTheirs },
		"wish":   func(r *readers.Reader) error { r.Follows = many.Follows; return nil },
		"state":  func(r *readers.Reader) error { r.State = "gone"; return nil },
	} {
		if _, err := s.Update(ctx, r.ID, change); !errors.Is(err, errTheirs) && !errors.Is(err, readers.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got := must[readers.Reader](t)(s.Update(ctx, r.ID, func(r *readers.Reader) error {
		r.ID, r.Seq, r.Address, r.SignedUpAt = readers.NewID(), 99, "other@example.org", time.Time{}
		return nil
	}))
	if kept := must[readers.Reader](t)(s.Reader(ctx, r.ID)); got.Soft != 0 || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", r) || fmt.Sprintf("%#v", kept) != fmt.Sprintf("%#v", r) {
		t.Errorf("it is\n%#v\n%#v, want\n%#v", got, kept, r)
	}
}

const fiftyOne = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"

// together has n do something at once, and returns how many did it; the others found
// nothing to do.
func together(t *testing.T, n int, do func(i int) error) (well int) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			well++
		case !errors.Is(err, readers.ErrNotFound):
			t.Error(err)
		}
	}
	return well
}

// atOnce has several do the same.
func atOnce(t *testing.T, s readers.Store) {
	ctx := t.Context()
	one := readers.NewRequest("one@example.org", Wish(t, "nation"), Start())
	if err := s.Ask(ctx, one); err != nil {
		t.Fatal(err)
	}
	if n := together(t, 8, func(int) error { _, err := s.Confirm(ctx, one.ID, Start(), 1); return err }); n != 1 {
		t.Errorf("one request was confirmed %d times", n)
	}
	var asked []readers.Request
	for _, follow := range []string{"state:TX", "state:FL", "state:GA"} {
		asked = append(asked, readers.NewRequest("two@example.org", Wish(t, follow), Start()))
	}
	if n := together(t, 3, func(i int) error { return s.Ask(ctx, asked[i]) }); n != 3 {
		t.Errorf("%d of 3 asked", n)
	}
	if n := together(t, 3, func(i int) error { _, err := s.Confirm(ctx, asked[i].ID, Start(), 1); return err }); n != 3 {
		t.Errorf("%d of 3 requests of one address were confirmed", n)
	}
	two := must[readers.Reader](t)(s.ReaderOf(ctx, "two@example.org"))
	if everybody := must[[]readers.Reader](t)(s.Readers(ctx, 0, 10)); len(everybody) != 2 || len(two.Follows) != 3 {
		t.Errorf("there are %v, and the second one follows %v", everybody, two.Follows)
	}
	if n := together(t, 20, func(int) error {
		_, err := s.Update(ctx, two.ID, func(r *readers.Reader) error { r.Soft++; return nil })
		return err
	}); n != 20 || must[readers.Reader](t)(s.Reader(ctx, two.ID)).Soft != 20 {
		t.Errorf("%d of 20 updates did well, and count %v", n, must[readers.Reader](t)(s.Reader(ctx, two.ID)).Soft)
	}
	if n := together(t, 8, func(int) error { return s.Erase(ctx, two.ID) }); n != 1 {
		t.Errorf("one reader was erased %d times", n)
	}
	takenAtOnce(t, s)
}

// takenAtOnce has many use up a limit.
func takenAtOnce(t *testing.T, s readers.Store) {
	ctx := t.Context()
	var mu sync.Mutex
	taken := 0
	limits := []readers.Limit{{Name: "a", Key: "a", Most: 100, Within: time.Hour}, {Name: "b", Key: "b", Most: 10, Within: time.Hour}}
	together(t, 40, func(i int) error {
		mine := slices.Clone(limits)
		if i%2 == 0 { // in another order
			slices.Reverse(mine)
		}
		refused, err := s.Take(ctx, mine, Start())
		mu.Lock()
		defer mu.Unlock()
		if refused == "" {
			taken++
		}
		return err
	})
	if refused := must[string](t)(s.Take(ctx, []readers.Limit{{Name: "a", Key: "a", Most: 11, Within: time.Hour}}, Start())); taken != 10 || refused != "" {
		t.Errorf("%d of 10 were taken, and what was refused counted for others: %q", taken, refused)
	}
}
