package readerstest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
)

// steps is how long a random history is.
const steps = 250

// history does the same to a store and to the model, at random.
type history struct {
	t     *testing.T
	s     readers.Store
	m     *model
	r     *rand.Rand
	at    time.Time
	last  uint64 // number of the last change
	known []readers.ID
}

// random compares a store with the model through a random history, and copies it to
// another store in the end.
func random(t *testing.T, s readers.Store, open func(t *testing.T) readers.Store, seed uint64) {
	m, err := newModel(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	h := &history{t: t, s: s, m: m, r: rand.New(rand.NewPCG(seed, 287)), at: Start(), known: []readers.ID{readers.NewID(), ""}}
	for i := range steps {
		h.at = h.at.Add(time.Duration(h.r.IntN(9)) * time.Hour)
		h.last += h.r.Uint64N(3)
		doing, got, want := h.step()
		if got != want {
			t.Fatalf("step %d, %s:\n got %s\nwant %s", i, doing, got, want)
		}
		if i%20 == 0 || i == steps-1 {
			h.compare(s)
		}
	}
	to := open(t)
	n, err := to.Load(t.Context(), s.Dump(t.Context()))
	if err != nil || n < len(m.people) {
		t.Fatalf("%d items were copied: %v", n, err)
	}
	h.compare(to)
	if a, b := dumped(t, s), dumped(t, to); a != b {
		t.Errorf("what was copied is told otherwise:\n%s\n%s", a, b)
	}
	h.s = to
	for i := range steps / 4 {
		if doing, got, want := h.step(); got != want {
			t.Fatalf("step %d of the copy, %s:\n got %s\nwant %s", i, doing, got, want)
		}
	}
	h.compare(to)
	if _, err := to.Load(t.Context(), s.Dump(t.Context())); err == nil {
		t.Error("readers were loaded to where there are some")
	}
}

func dumped(t *testing.T, s readers.Store) (all string) {
	for item, err := range s.Dump(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all += fmt.Sprintf("%s %s %s\n", item.Part, item.Key, item.Value)
	}
	return all
}

func (h *history) address() string {
	return fmt.Sprintf("%s%d@example.org", []string{"reader", "Reader"}[h.r.IntN(2)], h.r.IntN(12))
}

// id is one that was made, most often of late.
func (h *history) id() readers.ID {
	known := h.known
	if h.r.IntN(2) == 0 {
		known = known[max(len(known)-6, 0):]
	}
	return known[h.r.IntN(len(known))]
}

// follows are what a random wish follows.
func follows() []string {
	return []string{"nation", "state:TX", "state:FL", "county:48201", "county:48339", "zip:77001", "town:TX-Houston", "agency:TX-a", "agency:FL-b"}
}

func (h *history) wish() readers.Wish {
	all := follows()
	h.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w := Wish(h.t, all[:1+h.r.IntN(4)]...)
	w.Cadence = readers.Cadences()[h.r.IntN(3)]
	w.Language = prose.Languages()[h.r.IntN(2)]
	return w
}

// said is what was answered, for comparing.
func said(v any, err error) string {
	if err != nil {
		return fmt.Sprint("error: ", kind(err))
	}
	text, err := json.Marshal(v)
	if string(text) == "[]" {
		text = []byte("null")
	}
	return fmt.Sprintf("%s %v", text, err)
}

// step does one thing, and returns what the store and the model have said.
func (h *history) step() (doing, got, want string) {
	ctx, id := h.t.Context(), h.id()
	switch h.r.IntN(12) {
	case 0, 1:
		r := readers.NewRequest(h.address(), h.wish(), h.at)
		h.known = append(h.known, r.ID)
		return "ask", said(nil, h.s.Ask(ctx, r)), said(nil, h.m.ask(r))
	case 2:
		a, err := h.s.Try(ctx, id)
		b, err2 := h.m.try(id)
		return "try", said(a, err), said(b, err2)
	case 3, 4, 5:
		a, err := h.s.Confirm(ctx, id, h.at, h.last)
		b, err2 := h.m.confirm(id, h.at, h.last)
		return "confirm", said(a, err), said(b, err2)
	case 6, 7, 8:
		name, change := h.change()
		a, err := h.s.Update(ctx, id, change)
		b, err2 := h.m.update(id, change)
		return name, said(a, err), said(b, err2)
	case 9:
		if h.r.IntN(3) > 0 {
			return "withdraw", said(nil, h.s.Withdraw(ctx, id)), said(nil, h.m.withdraw(id))
		}
		return "erase", said(nil, h.s.Erase(ctx, id)), said(nil, h.m.erase(id))
	case 10:
		return h.suppression()
	}
	if h.r.IntN(4) == 0 {
		a, err := h.s.Sweep(ctx, h.at, h.last)
		return "sweep", said(a, err), said(h.m.sweep(h.at, h.last), nil)
	}
	limits := []readers.Limit{{Name: "a", Key: "a", Most: 3, Within: 20 * time.Hour}, {Name: "b", Key: h.address(), Most: 1, Within: 9 * time.Hour}, {Name: "a", Key: "a", Most: 5, Within: time.Hour}}
	a, err := h.s.Take(ctx, limits, h.at)
	return "take", said(a, err), said(h.m.take(limits, h.at), nil)
}

func (h *history) suppression() (doing, got, want string) {
	ctx, address := h.t.Context(), h.address()
	if h.r.IntN(2) == 0 {
		reason := readers.Reasons()[h.r.IntN(4)]
		h.m.suppress(address, reason, h.at)
		return "suppress", said(nil, h.s.Suppress(ctx, address, readers.Suppression{Reason: reason, At: h.at})), said(nil, nil)
	}
	key := readers.SuppressionKey(h.m.secret, address)
	return "unsuppress", said(nil, h.s.Unsuppress(ctx, key)), said(nil, h.m.unsuppress(key))
}

// change is one of the things that a reader can do.
func (h *history) change() (string, func(*readers.Reader) error) {
	at, last, w := h.at, h.last, h.wish()
	until := at.Add(time.Duration(h.r.IntN(100)-1) * time.Hour)
	all := map[string]func(*readers.Reader) error{
		"pause":    func(r *readers.Reader) error { r.Pause(until, at); return nil },
		"forever":  func(r *readers.Reader) error { r.Pause(time.Time{}, at); return nil },
		"resume":   func(r *readers.Reader) error { r.Resume(at, last); return nil },
		"leave":    func(r *readers.Reader) error { r.Leave(at); return nil },
		"undo":     func(r *readers.Reader) error { r.Undo(at, last); return nil },
		"follow":   func(r *readers.Reader) error { r.Follow(w.Follows...); return nil },
		"unfollow": func(r *readers.Reader) error { r.Unfollow(w.Follows[0].String(), at); return nil },
		"cadence":  func(r *readers.Reader) error { r.SetCadence(w.Cadence); return nil },
		"language": func(r *readers.Reader) error { r.Language = w.Language; return nil },
		"refuse":   func(r *readers.Reader) error { r.Soft = 77; return errTheirs },
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	name := names[h.r.IntN(len(names))]
	return name, all[name]
}

// compare looks at everything that there is.
func (h *history) compare(s readers.Store) {
	h.t.Helper()
	ctx := h.t.Context()
	check := func(what string, got any, err error, want any) {
		h.t.Helper()
		if a, b := said(got, err), said(want, nil); a != b {
			h.t.Fatalf("%s:\n got %s\nwant %s", what, a, b)
		}
	}
	everybody, err := s.Readers(ctx, 0, 1000)
	check("readers", everybody, err, h.m.people)
	var seqs []uint64
	for _, r := range h.m.people {
		one, err := s.Reader(ctx, r.ID)
		check("a reader", one, err, r)
		seqs = append(seqs, r.Seq, r.Seq, r.Seq+1000)
	}
	slices.Reverse(seqs)
	everybody, err = s.ReadersAt(ctx, seqs)
	check("readers by number", everybody, err, h.m.people)
	if n := len(h.m.people); n > 2 {
		everybody, err = s.Readers(ctx, h.m.people[0].Seq, 2)
		check("some readers", everybody, err, h.m.people[1:3])
	}
	letters, err := s.Letters(ctx, 1000)
	check("letters", letters, err, h.m.letters)
	stats, err := s.Stats(ctx)
	check("counts", stats, err, h.m.stats())
	for i := range 12 {
		address := fmt.Sprintf("reader%d@example.org", i)
		found, err := s.Suppressed(ctx, address)
		want := map[string]readers.Suppression{}
		if sup, is := h.m.suppressed[address]; is {
			want[address] = sup
		}
		check("suppressed", found, err, want)
	}
	for _, c := range readers.Cadences() {
		for _, keys := range [][]string{{"nation"}, {"state:TX"}, {"county:48201", "state:TX", "agency:TX-a"}, {readers.KeyOwed}, {"county:48339"}} {
			seqs, err := followers(ctx, s, keys, c)
			check(fmt.Sprint("following ", keys, c), seqs, err, h.m.following(keys, c))
		}
	}
}
