package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Fill commits a made-up history of n batches, which is the same for the same
// seed, to an empty store, and sends some of what is to be sent.
func Fill(ctx context.Context, s store.Store, n int, seed uint64) error {
	h := newHistory(seed, newMemory(10_000, 200))
	for range n {
		b := h.next()
		if err := s.Commit(ctx, b); err != nil {
			return fmt.Errorf("filling the store: %w", err)
		}
		if err := h.model.Commit(ctx, b); err != nil {
			return fmt.Errorf("filling the model: %w", err)
		}
		for _, step := range h.beside() {
			err, same := step(ctx, s), step(ctx, h.model)
			if errors.Is(err, store.ErrConflict) && errors.Is(same, store.ErrConflict) {
				continue // what an operator dropped is not sent
			}
			if err := errors.Join(err, same); err != nil {
				return fmt.Errorf("filling the outbox: %w", err)
			}
		}
	}
	return nil
}

// testRandomHistory commits made-up batches, some of them wrong, to the backend
// and to the store in memory, and asks both the same.
func testRandomHistory(t *testing.T, b Backend) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			open := b.New(t)
			s := open(t)
			h := newHistory(seed, newMemory(b.Polls, b.Validators))
			for i := range 40 {
				batch := h.next()
				if h.rand.IntN(6) == 0 {
					h.spoil(&batch)
				}
				sameError(t, fmt.Sprintf("batch %d", i), h.model.Commit(t.Context(), batch), s.Commit(t.Context(), batch))
				steps := h.beside()
				if h.rand.IntN(4) == 0 {
					steps = append(steps, h.wrong())
				}
				for n, step := range steps {
					sameError(t, fmt.Sprintf("step %d after batch %d", n, i), step(t.Context(), h.model), step(t.Context(), s))
				}
				for n, step := range h.operated() {
					sameError(t, fmt.Sprintf("the operator's step %d after batch %d", n, i), step(t.Context(), h.model), step(t.Context(), s))
				}
				if i == 20 {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					s = open(t)
				}
				if i%8 == 0 {
					compare(t, h, s)
				}
			}
			compare(t, h, closing(t, s))
		})
	}
}

// sameError compares errors as far as the contract tells them apart.
func sameError(t *testing.T, what string, want, got error) {
	t.Helper()
	is := func(err error) [3]bool {
		return [3]bool{err == nil, errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound)}
	}
	if is(want) != is(got) {
		t.Fatalf("%s: got the error %v, want %v", what, got, want)
	}
}

// compare asks both stores everything, and something about some moments.
func compare(t *testing.T, h *history, s store.Store) {
	t.Helper()
	want := contents(t, h.model)
	if diff := Diff(want, contents(t, s)); diff != "" {
		t.Fatalf("the store and the one in memory differ (-memory +store):\n%s", diff)
	}
	if err := lookups(t.Context(), s, want); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		when := at(-1).Add(time.Duration(h.rand.Int64N(int64(h.now.Sub(at(-2))))))
		q := store.ChangeQuery{
			Filter:   roster.Filter{Since: when, Kinds: h.kinds()},
			AfterSeq: h.rand.Uint64N(want.Known.Seqs.Change + 2), Limit: h.rand.IntN(5), Newest: h.coin(),
		}
		dq := store.DeliveryQuery{Channel: pick(h, append(channels(), "")), States: h.states(), Limit: h.rand.IntN(5), Newest: h.coin()}
		same(t, fmt.Sprintf("deliveries of %+v", dq),
			must[[]roster.Delivery](t)(h.model.Deliveries(t.Context(), dq)), must[[]roster.Delivery](t)(s.Deliveries(t.Context(), dq)))
		same(t, fmt.Sprintf("changes of %+v", q),
			must[[]roster.Change](t)(h.model.Changes(t.Context(), q)), must[[]roster.Change](t)(s.Changes(t.Context(), q)))
	}
}

// history makes up batches as they could follow what the model holds.
type history struct {
	rand  *rand.Rand
	model *memory
	now   time.Time
}

func newHistory(seed uint64, model *memory) *history {
	return &history{rand: rand.New(rand.NewPCG(seed, 287)), model: model, now: at(0)}
}

func (h *history) coin() bool { return h.rand.IntN(2) == 0 }

// pick chooses one of several.
func pick[T any](h *history, from []T) T { return from[h.rand.IntN(len(from))] }

func (h *history) kinds() []roster.Kind {
	return slices.Clone(roster.Kinds()[:h.rand.IntN(4)])
}

// next makes a batch up, and moves the clock on, mostly.
func (h *history) next() store.Batch {
	if h.rand.IntN(5) > 0 {
		h.now = h.now.Add(time.Duration(h.rand.IntN(7200)) * time.Second)
	}
	d := &h.model.data
	b := store.Batch{Before: d.seqs()}
	for i := range h.rand.IntN(3) {
		b.Entries = append(b.Entries, h.entry(b.Before.Publication+uint64(i)+1))
	}
	if len(d.Publications) > 0 && h.rand.IntN(3) == 0 {
		b.Verdicts = append(b.Verdicts, h.verdict(pick(h, d.Publications)))
	}
	for range h.rand.IntN(4) {
		b.Agencies = append(b.Agencies, h.agency())
		b.Records = append(b.Records, h.record())
	}
	for i := range h.rand.IntN(4) {
		c := change(b.Before.Change+uint64(i)+1, pick(h, roster.Kinds()), fmt.Sprintf("TX-%d", h.rand.IntN(30)))
		c.DetectedAt = h.now
		b.Changes = append(b.Changes, c)
	}
	b.Deliveries = h.deliveries(b.Before.Change + uint64(len(b.Changes)))
	b.Incidents = h.incidents()
	if h.coin() {
		b.Addresses, b.Documents = h.documents()
	}
	if h.rand.IntN(9) == 0 {
		b.PageTexts = append(b.PageTexts, roster.PageText{SeenAt: h.now, Text: fmt.Sprint("agreements: ", h.rand.Int())})
	}
	if h.rand.IntN(4) == 0 {
		b.Holds = append(b.Holds, h.hold())
	}
	if h.coin() {
		b.Poll = &roster.Poll{At: h.now, Took: time.Duration(h.rand.IntN(1e9)), Outcome: "unchanged", Changes: len(b.Changes)}
		b.Validators = append(b.Validators, roster.Validator{
			URL: fmt.Sprintf("https://ice.example/%d", h.rand.IntN(40)), ETag: fmt.Sprint(h.rand.Int()), CheckedAt: h.tick(),
		})
	}
	return b
}

// tick moves the clock on by as little as can be, for what is ordered by time.
func (h *history) tick() time.Time {
	h.now = h.now.Add(time.Nanosecond)
	return h.now
}

func (h *history) entry(seq uint64) store.NewPublication {
	e := entry(seq, pick(h, roster.Lists()), fmt.Sprintf("workbook %d", h.rand.IntN(12)), h.now)
	if h.rand.IntN(4) == 0 {
		e.Publication.Verdict, e.Publication.EffectiveAt = roster.VerdictHeld, time.Time{}
	}
	if known := h.model.data.Publications; len(known) > 0 && h.rand.IntN(4) == 0 {
		other := pick(h, known)
		e.Publication.KeptAs = cmp.Or(other.KeptAs, other.SHA256)
		e.Body, e.Roster = nil, roster.Roster{}
	}
	return e
}

func (h *history) verdict(p roster.Publication) roster.Publication {
	p = copyOf(p)
	switch h.rand.IntN(4) {
	case 0:
		p.Notes = append(p.Notes, fmt.Sprintf("A note of %v.", h.now))
	case 1:
		p.Verdict, p.EffectiveAt = roster.VerdictRejected, time.Time{}
	default:
		p.Verdict, p.EffectiveAt = roster.VerdictAccepted, h.now
	}
	return p
}

// documents are some that came to addresses of which some are known.
func (h *history) documents() (addresses []roster.DocumentAddress, documents []roster.Document) {
	for range 1 + h.rand.IntN(3) {
		d := document(fmt.Sprint("file ", h.rand.IntN(20)))
		d.HadAt, d.Pages = h.now, h.rand.IntN(30)
		a := documentAddress(fmt.Sprint(h.rand.IntN(15)))
		if old, ok := h.model.data.Addresses[a.URL]; ok {
			a = copyOf(old)
		}
		a.LookedAt = h.now
		a.GoneSince, a.Problem, a.Failures = pick(h, []time.Time{{}, {}, h.now}), pick(h, []roster.DocumentProblem{"", "", roster.ProblemNotPDF}), h.rand.IntN(2)
		if addresses, documents = append(addresses, a), append(documents, d); h.coin() {
			continue
		}
		addresses = addresses[:len(addresses)-1]
		d.Unkept = h.coin()
		documents[len(documents)-1] = d
		a.Versions = append(a.Versions, roster.DocumentVersion{From: h.now, SHA256: d.SHA256, Size: d.Size})
		addresses = append(addresses, a)
	}
	return addresses, documents
}

func (h *history) agency() roster.Agency {
	a := agency(fmt.Sprintf("TX-%d", h.rand.IntN(30)))
	if old, ok := h.model.data.Agencies[a.ID]; ok {
		a = copyOf(old)
		a.Spellings = append(a.Spellings, roster.Spelling{State: "TX", Name: fmt.Sprintf("Agency spelt at %v", h.now)})
	}
	return a
}

func (h *history) record() roster.Record {
	r := record(fmt.Sprintf("TX-%d", h.rand.IntN(30)), h.now)
	r.List = pick(h, roster.Lists())
	if old, ok := h.model.data.Records[r.ID()]; ok {
		r = copyOf(old)
		v := *r.Last()
		v.From, v.Listed = h.now, h.coin()
		r.Versions = append(r.Versions, v)
	}
	return r
}

func (h *history) hold() roster.Hold {
	open := slices.DeleteFunc(sorted(h.model.data.Holds), func(o roster.Hold) bool { return o.State != roster.HoldOpen })
	if len(open) == 0 || h.coin() {
		return hold(fmt.Sprintf("hold-%d", h.rand.IntN(1e9)), h.tick())
	}
	o := copyOf(pick(h, open))
	o.State, o.EndedAt = roster.HoldBorneOut, h.now
	return o
}

// spoil makes a batch one that must be refused.
func (h *history) spoil(b *store.Batch) {
	spoilers := []func(){
		func() { b.Before.Change++ },
		func() { b.Before.Publication += 2 },
		func() { b.Changes = append(b.Changes, change(b.Before.Change+9, roster.KindNew, "TX-0")) },
		func() { b.Entries = append(b.Entries, entry(b.Before.Publication+9, roster.ListPending, "gap", h.now)) },
		func() {
			b.Verdicts = append(b.Verdicts, entry(b.Before.Publication+9, roster.ListPending, "none", h.now).Publication)
		},
		func() {
			b.Deliveries = append(b.Deliveries, waits("early", "ops", b.Before.Change+uint64(len(b.Changes))+1))
		},
	}
	for _, d := range h.model.data.Deliveries {
		if d.State != roster.DeliveryWaiting || d.Attempts > 0 {
			d = copyOf(d)
			d.State, d.Attempts = roster.DeliveryWaiting, 0
			spoilers = append(spoilers, func() { b.Deliveries = append(b.Deliveries, d) })
		}
	}
	if ids := slices.Sorted(maps.Keys(h.model.data.Records)); len(ids) > 0 && len(h.model.data.Changes) > 0 {
		spoilers = append(spoilers, func() {
			again := h.model.data.Changes[0]
			again.Seq = b.Before.Change + uint64(len(b.Changes)) + 1
			b.Changes = append(b.Changes, again)
		})
	}
	pick(h, spoilers)()
}
