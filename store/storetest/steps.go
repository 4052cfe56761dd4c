package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// seeded opens a store with two batches of everything in it.
func seeded(t *testing.T, b Backend) store.Store {
	t.Helper()
	s := b.open(t)
	for i := uint64(1); i <= 2; i++ {
		id := fmt.Sprintf("TX-%d", i)
		commit(t, s, store.Batch{
			Entries:  []store.NewPublication{entry(i, roster.ListParticipating, id, at(int(i)))},
			Agencies: []roster.Agency{agency(id)}, Records: []roster.Record{record(id, at(int(i)))},
			Changes: []roster.Change{change(i, roster.KindNew, id)}, Holds: []roster.Hold{hold(id, at(int(i)))},
			Validators: []roster.Validator{{URL: "https://ice.example/" + id, CheckedAt: at(int(i))}},
			Poll:       &roster.Poll{At: at(int(i)), Outcome: "changed"},
			Deliveries: []roster.Delivery{waits("dlv_"+id, "ops", i)}, Incidents: []roster.Incident{{Key: id, Since: at(int(i))}},
			Addresses: []roster.DocumentAddress{documentAddress(id, id)}, Documents: []roster.Document{document(id)},
			PageTexts: []roster.PageText{{SeenAt: at(int(i)), Text: "The page names " + id}},
		})
	}
	return s
}

// withoutTrace commits a batch that must fail, and must leave nothing behind.
func withoutTrace(t *testing.T, s store.Store, b store.Batch) error {
	t.Helper()
	before := contents(t, s)
	err := s.Commit(t.Context(), b)
	if err == nil {
		t.Error("the batch was taken")
	}
	if diff := Diff(before, contents(t, s)); diff != "" {
		t.Errorf("a batch that was refused left a trace:\n%s", diff)
	}
	return err
}

func testConflict(t *testing.T, b Backend) {
	s := seeded(t, b)
	now := roster.Seqs{Publication: 2, Change: 2}
	list := func(seq uint64) store.NewPublication {
		return entry(seq, roster.ListPending, fmt.Sprintf("new %d", seq), at(9))
	}
	for name, batch := range map[string]store.Batch{
		"an older state":           {Before: roster.Seqs{Publication: 1, Change: 2}},
		"older changes":            {Before: roster.Seqs{Publication: 2, Change: 1}},
		"an empty state":           {},
		"a later state":            {Before: roster.Seqs{Publication: 3, Change: 2}},
		"publication given again":  {Before: now, Entries: []store.NewPublication{list(2)}},
		"publication beyond a gap": {Before: now, Entries: []store.NewPublication{list(4)}},
		"publications with a gap":  {Before: now, Entries: []store.NewPublication{list(3), list(5)}},
		"publications reversed":    {Before: now, Entries: []store.NewPublication{list(4), list(3)}},
		"publication without":      {Before: now, Entries: []store.NewPublication{list(0)}},
		"change given again":       {Before: now, Changes: []roster.Change{change(2, roster.KindNew, "x")}},
		"change beyond a gap":      {Before: now, Changes: []roster.Change{change(4, roster.KindNew, "x")}},
		"changes with a gap":       {Before: now, Changes: []roster.Change{change(3, roster.KindNew, "x"), change(5, roster.KindNew, "y")}},
	} {
		t.Run(name, func(t *testing.T) {
			batch.Agencies, batch.Records = []roster.Agency{agency("TX-1"), agency("new")}, []roster.Record{record("TX-1", at(5), at(6))}
			batch.Holds, batch.Validators = []roster.Hold{hold("new", at(9))}, []roster.Validator{{URL: "https://ice.example/new"}}
			batch.Poll = &roster.Poll{At: at(9)}
			batch.Deliveries, batch.Incidents = []roster.Delivery{waits("new", "new")}, []roster.Incident{{Key: "new"}}
			batch.Addresses, batch.Documents = []roster.DocumentAddress{documentAddress("TX-1")}, []roster.Document{document("new")}
			batch.PageTexts = []roster.PageText{{SeenAt: at(9)}}
			fails(t, "commit", withoutTrace(t, s, batch), store.ErrConflict)
		})
	}
}

// testRefused commits what is wrong whatever the numbers are. Where it shows
// late, most of the batch may be written by then.
func testRefused(t *testing.T, b Backend) {
	s := seeded(t, b)
	falsified := entry(3, roster.ListParticipating, "true", at(9))
	falsified.Body = []byte("false")
	unknown := entry(7, roster.ListParticipating, "unknown", at(9)).Publication
	moved := entry(1, roster.ListParticipating, "other bytes", at(1)).Publication
	edited := change(3, roster.KindRemoved, "TX-1")
	edited.ID = change(1, roster.KindNew, "TX-1").ID
	for name, batch := range map[string]store.Batch{
		"a hash that is not that of the bytes":  {Entries: []store.NewPublication{falsified}},
		"a verdict on an unknown publication":   {Verdicts: []roster.Publication{unknown}},
		"a verdict that changes the bytes":      {Verdicts: []roster.Publication{moved}},
		"a change with the id of an older one":  {Changes: []roster.Change{edited}},
		"a record without versions":             {Records: []roster.Record{{}}},
		"a document's address without a URL":    {Addresses: []roster.DocumentAddress{{}}},
		"an address that is far too long":       {Addresses: []roster.DocumentAddress{documentAddress(strings.Repeat("x", roster.MaxDocumentURL))}},
		"a version that is no hash":             {Addresses: []roster.DocumentAddress{{URL: "https://ice.example/a.pdf", Versions: []roster.DocumentVersion{{SHA256: "../../etc"}}}}},
		"a document by no hash":                 {Documents: []roster.Document{{SHA256: strings.ToUpper(document("x").SHA256)}}},
		"a text of the page without a time":     {PageTexts: []roster.PageText{{Text: "when?"}}},
		"a batch whose last change cannot stay": {Entries: []store.NewPublication{entry(3, roster.ListPending, "new", at(9))}, Changes: []roster.Change{change(3, roster.KindNew, "x"), edited}},
	} {
		t.Run(name, func(t *testing.T) {
			batch.Before = roster.Seqs{Publication: 2, Change: 2}
			batch.Agencies, batch.Poll = []roster.Agency{agency("new")}, &roster.Poll{At: at(9)}
			batch.Deliveries, batch.Incidents = []roster.Delivery{waits("new", "new", 1)}, []roster.Incident{{Key: "new"}}
			if len(batch.Records) == 0 {
				batch.Records = []roster.Record{record("new", at(5))}
			}
			_ = withoutTrace(t, s, batch)
		})
	}
}

// testOneWriterWins lets several commit what follows the same state.
func testOneWriterWins(t *testing.T, b Backend) {
	s := seeded(t, b)
	before := known(t, s).Seqs
	results := make(chan error)
	const writers = 4
	for i := range writers {
		go func() {
			results <- s.Commit(t.Context(), store.Batch{
				Before: before, Changes: []roster.Change{change(3, roster.KindNew, fmt.Sprintf("writer %d", i))},
			})
		}()
	}
	won := 0
	for range writers {
		if err := <-results; err == nil {
			won++
		} else {
			fails(t, "the others", err, store.ErrConflict)
		}
	}
	if won != 1 {
		t.Errorf("%d writers won", won)
	}
}

// testInForce follows what is in force from batch to batch.
func testInForce(t *testing.T, b Backend) {
	s := b.open(t)
	held := entry(1, roster.ListParticipating, "held", at(1))
	held.Publication.Verdict, held.Publication.EffectiveAt = roster.VerdictHeld, time.Time{}
	expect := func(what string, first int, inForce map[roster.List]uint64) {
		t.Helper()
		k := known(t, s)
		got := map[roster.List]uint64{}
		for list, p := range k.InForce {
			got[list] = p.Seq
		}
		same(t, what+": in force", inForce, got)
		if want := at(first); first != 0 && !k.First.Equal(want) || first == 0 && !k.First.IsZero() {
			t.Errorf("%s: the first counted at %v, want %v", what, k.First, want)
		}
	}
	commit(t, s, store.Batch{Entries: []store.NewPublication{held}})
	expect("a held one alone", 0, nil)

	second, third := entry(2, roster.ListParticipating, "2", at(5)), entry(3, roster.ListPending, "3", at(6))
	commit(t, s, store.Batch{Entries: []store.NewPublication{second, third}})
	expect("both lists", 5, map[roster.List]uint64{roster.ListParticipating: 2, roster.ListPending: 3})

	fourth, fifth := entry(4, roster.ListParticipating, "4", at(7)), entry(5, roster.ListParticipating, "5", at(7))
	commit(t, s, store.Batch{Entries: []store.NewPublication{fourth, fifth}})
	expect("two of one moment", 5, map[roster.List]uint64{roster.ListParticipating: 5, roster.ListPending: 3})

	released := held.Publication
	released.Verdict, released.EffectiveAt = roster.VerdictAccepted, at(8)
	commit(t, s, store.Batch{Verdicts: []roster.Publication{released}})
	expect("released later", 5, map[roster.List]uint64{roster.ListParticipating: 1, roster.ListPending: 3})

	noted := released
	noted.Notes = []string{"A note that came later."}
	commit(t, s, store.Batch{Verdicts: []roster.Publication{noted}})
	same(t, "the note", noted, known(t, s).InForce[roster.ListParticipating])

	late := entry(6, roster.ListParticipating, "6", at(3))
	commit(t, s, store.Batch{Entries: []store.NewPublication{late}})
	expect("an older one found later", 3, map[roster.List]uint64{roster.ListParticipating: 1, roster.ListPending: 3})

	noted.Verdict = roster.VerdictRejected
	late.Publication.Verdict = roster.VerdictRejected
	commit(t, s, store.Batch{Verdicts: []roster.Publication{noted, late.Publication}})
	expect("two taken back", 5, map[roster.List]uint64{roster.ListParticipating: 5, roster.ListPending: 3})
}

func testHolds(t *testing.T, b Backend) {
	s := b.open(t)
	first, second, third := hold("hold-b", at(1)), hold("hold-a", at(2)), hold("hold-c", at(3))
	commit(t, s, store.Batch{Holds: []roster.Hold{first, second}})
	commit(t, s, store.Batch{Holds: []roster.Hold{third}})
	second.State, second.EndedAt = roster.HoldApproved, at(4)
	first.Publication = 9
	commit(t, s, store.Batch{Holds: []roster.Hold{second, first}})
	same(t, "holds", []roster.Hold{third, second, first}, must[[]roster.Hold](t)(s.Holds(t.Context())))
	open := known(t, s).Holds
	slices.SortFunc(open, func(a, b roster.Hold) int { return a.Since.Compare(b.Since) })
	same(t, "open holds", []roster.Hold{first, third}, open)
}

func testPolls(t *testing.T, b Backend) {
	s := b.open(t)
	total := b.Polls + 5
	for i := range total {
		p := roster.Poll{Seq: 4711, At: at(-i), Outcome: fmt.Sprintf("outcome %d", i+1)}
		commit(t, s, store.Batch{Poll: &p})
		if p.Seq != 4711 {
			t.Fatalf("the caller's poll was changed: %+v", p)
		}
		commit(t, s, store.Batch{}) // an import brings no poll
	}
	kept := must[[]roster.Poll](t)(s.Polls(t.Context(), total+1))
	if len(kept) != b.Polls {
		t.Fatalf("%d polls are kept, want %d", len(kept), b.Polls)
	}
	for i, p := range kept {
		n := total - i
		same(t, "a poll", roster.Poll{Seq: uint64(n), At: at(1 - n), Outcome: fmt.Sprintf("outcome %d", n)}, p)
	}
	same(t, "the last three", kept[:3], must[[]roster.Poll](t)(s.Polls(t.Context(), 3)))
	for _, none := range []int{0, -1} {
		same(t, "no polls", []roster.Poll(nil), must[[]roster.Poll](t)(s.Polls(t.Context(), none)))
	}
}

// testReading outlasts the log of polls with an outage.
func testReading(t *testing.T, b Backend) {
	s := b.open(t)
	poll := func(minute int, outcome string) {
		commit(t, s, store.Batch{Poll: &roster.Poll{At: at(minute), Outcome: outcome}})
	}
	want := func(name string, r roster.Reading) {
		t.Helper()
		same(t, name, r, must[roster.Reading](t)(s.Reading(t.Context())))
	}
	want("nothing", roster.Reading{})
	poll(1, "refused")
	poll(2, "blocked")
	want("never read", roster.Reading{Failing: at(1)})
	poll(3, "changed")
	want("read", roster.Reading{Read: at(3)})
	commit(t, s, store.Batch{})
	want("an import says nothing", roster.Reading{Read: at(3)})
	for i := range b.Polls + 3 {
		poll(4+i, "unreachable")
	}
	want("a long outage", roster.Reading{Read: at(3), Failing: at(4)})
	poll(2, "unchanged") // a clock that was set back
	want("read again", roster.Reading{Read: at(2)})
}

// A poll that has begun outlives its process, until it or a later one is in the log, and
// is in nobody's way.
func testBegunPoll(t *testing.T, b Backend) {
	open := b.New(t)
	s := open(t)
	want := func(name string, begun time.Time) {
		t.Helper()
		if got := must[time.Time](t)(s.BegunPoll(t.Context())); !got.Equal(begun) {
			t.Errorf("%s: a poll has begun at %v, want %v", name, got, begun)
		}
	}
	begin := func(at time.Time) {
		t.Helper()
		must[any](t)(nil, s.BeginPoll(t.Context(), at))
	}
	want("nothing", time.Time{})
	begin(at(1).Add(time.Nanosecond).In(time.FixedZone("", 3600)))
	must[any](t)(nil, s.Close())
	s = closing(t, open(t))
	want("begun", at(1).Add(time.Nanosecond))
	before := known(t, s).Seqs
	revision := must[uint64](t)(s.Revision(t.Context()))
	begin(at(2))
	must[any](t)(nil, s.Enqueue(t.Context(), []roster.Delivery{waits("one", "ops")}, nil))
	must[any](t)(nil, s.Commit(t.Context(), store.Batch{Before: before, Revision: revision}))
	want("an import or a decision", at(2))
	commit(t, s, store.Batch{Poll: &roster.Poll{At: at(1), Outcome: "changed"}})
	want("one that began before it", at(2))
	commit(t, s, store.Batch{Poll: &roster.Poll{At: at(2), Outcome: "refused"}})
	want("ended", time.Time{})
	begin(at(3))
	begin(time.Time{})
	want("came to nothing", time.Time{})
	same(t, "the log", 2, len(must[[]roster.Poll](t)(s.Polls(t.Context(), 9))))
}

func testValidators(t *testing.T, b Backend) {
	s := b.open(t)
	address := func(i int) string { return fmt.Sprintf("https://ice.example/list%03d.xlsx", i) }
	first := roster.Validator{URL: address(0), ETag: "one", SHA256: "aa", CheckedAt: at(0)}
	commit(t, s, store.Batch{Validators: []roster.Validator{first}})
	first.ETag, first.LastModified = "", "Tue, 15 Nov 1994 12:45:26 GMT"
	commit(t, s, store.Batch{Validators: []roster.Validator{first}})
	same(t, "one that changed", []roster.Validator{first}, must[[]roster.Validator](t)(s.Validators(t.Context())))

	var many []roster.Validator
	for i := 1; i <= b.Validators+3; i++ {
		many = append(many, roster.Validator{URL: address(i), CheckedAt: at(i)})
	}
	first.CheckedAt = at(b.Validators + 10)
	many[0].CheckedAt = at(b.Validators + 11)
	commit(t, s, store.Batch{Validators: many[:b.Validators/2]})
	commit(t, s, store.Batch{Validators: append(many[b.Validators/2:], first)})
	// Of one more than the cap and three, the four that were checked longest ago go.
	want := append([]roster.Validator{first, many[0]}, many[5:]...)
	same(t, "those that are kept", want, contents(t, s).Validators)
}

// testCancelled asks with a context that is done.
func testCancelled(t *testing.T, b Backend) {
	s := seeded(t, b)
	before := contents(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	hash := before.Publications[0].SHA256
	for name, ask := range map[string]func() error{
		"Commit": func() error {
			return s.Commit(ctx, store.Batch{Before: before.Known.Seqs, Agencies: []roster.Agency{agency("new")}})
		},
		"Known":        func() error { _, err := s.Known(ctx); return err },
		"Changes":      func() error { _, err := s.Changes(ctx, store.ChangeQuery{}); return err },
		"Change":       func() error { _, err := s.Change(ctx, before.Changes[0].ID); return err },
		"Publications": func() error { _, err := s.Publications(ctx); return err },
		"Publication":  func() error { _, err := s.Publication(ctx, 1); return err },
		"Body":         func() error { _, err := s.Body(ctx, hash); return err },
		"Roster":       func() error { _, err := s.Roster(ctx, 1); return err },
		"Holds":        func() error { _, err := s.Holds(ctx); return err },
		"Polls":        func() error { _, err := s.Polls(ctx, 1); return err },
		"Reading":      func() error { _, err := s.Reading(ctx); return err },
		"BeginPoll":    func() error { return s.BeginPoll(ctx, at(1)) },
		"BegunPoll":    func() error { _, err := s.BegunPoll(ctx); return err },
		"Validators":   func() error { _, err := s.Validators(ctx); return err },
		"Heads":        func() error { _, err := s.NextPending(ctx); return err },
		"SaveProgress": func() error { return s.SaveProgress(ctx, sent(before.Heads[0])) },
		"Delivery":     func() error { _, err := s.Delivery(ctx, before.Heads[0].ID); return err },
		"DeliveryOf":   func() error { _, err := s.DeliveryOf(ctx, "ops", 1); return err },
		"Deliveries":   func() error { _, err := s.Deliveries(ctx, store.DeliveryQuery{}); return err },
		"ChangesAt":    func() error { _, err := s.ChangesAt(ctx, []uint64{1}); return err },
		"Incidents":    func() error { _, err := s.Incidents(ctx); return err },
		"Enqueue":      func() error { return s.Enqueue(ctx, []roster.Delivery{waits("new", "ops")}, nil) },
		"Settle":       func() error { return s.Settle(ctx, dropping(before.Heads[0])) },
		"Decide":       func() error { return s.Decide(ctx, roster.Decision{Hold: "new", Serial: 1}) },
		"Decisions":    func() error { _, err := s.Decisions(ctx); return err },
		"Secret":       func() error { _, err := s.Secret(ctx, "links"); return err },
		"Addresses":    func() error { _, err := s.Addresses(ctx); return err },
		"Documents":    func() error { _, err := s.Documents(ctx); return err },
		"PageTexts":    func() error { _, err := s.PageTexts(ctx); return err },
		"Backup":       func() error { return s.Backup(ctx, new(counter)) },
	} {
		if err := ask(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got the error %v", name, err)
		}
	}
	if diff := Diff(before, contents(t, s)); diff != "" {
		t.Errorf("a cancelled commit left a trace:\n%s", diff)
	}
}
