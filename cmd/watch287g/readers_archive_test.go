package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	netmail "net/mail"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

var subscriptions = flag.Int("readers.subscriptions", 1000, "to how many readers the year is told, as `number`")

// A year is told to readers who follow anything, come at any time, change how often they
// hear, and pause: each is told what an oracle of simple loops says, once and in order. The
// oracle asks, of each thing that is followed, the rule of a channel.
func TestArchiveReadersAreToldWhatTheyFollow(t *testing.T) {
	s, err := bolt.Open(filepath.Join(importedArchive(t), "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	changes, err := s.Changes(t.Context(), store.ChangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	known, err := s.Known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	y := &tellingYear{known: known, all: changes, told: map[uint64][]uint64{}, heads: map[notify.Cadence]readers.Head{}, clock: changes[0].DetectedAt.Add(-time.Hour)}
	y.sign(*subscriptions, changes)
	m, err := mailing.New(t.Context(), mailing.Options{Store: y, Changes: y, From: &netmail.Address{Address: "watch@example.org"}, Now: func() time.Time { return y.clock }, Deliver: map[notify.Cadence]notify.Schedule{
		notify.Daily:  {Every: notify.Daily, Hour: 8, Zone: roster.Washington()},
		notify.Weekly: {Every: notify.Weekly, Weekday: time.Monday, Hour: 8, Zone: roster.Washington()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	y.live(t, m.Kind())
	in := place.NewAtlas(known.Records, nil).InArea
	wrong, mails := 0, 0
	for i := range y.people {
		p := &y.people[i]
		want := p.wants(changes, in)
		mails += len(want)
		if got := y.told[p.reader.Seq]; !slices.Equal(got, want) {
			if wrong++; wrong < 5 {
				t.Errorf("%s, who follows %v and lived through %v, is told %v, and not %v", p.reader, p.reader.Follows, p.events, got, want)
			}
		}
	}
	t.Logf("%d readers were told %d changes; %d readers were told otherwise than the oracle says", len(y.people), mails, wrong)
	if mails < 10**subscriptions {
		t.Error("that is too few to compare")
	}
}

// person is a reader with what happens to them.
type person struct {
	reader readers.Reader
	events []happening
	places []readers.Place // of the reader, as it is
}

// happening is what a reader does at a time, when the last change was one.
type happening struct {
	at   time.Time
	what string // "confirm", "instant", "daily", "weekly", "pause" or "resume"
	last uint64
}

// wants are the numbers of the changes that a reader has to be told.
func (p *person) wants(changes []roster.Change, in roster.InArea) []uint64 {
	var want []uint64
	for _, c := range changes {
		if p.hears(c) && p.follows(c, in) {
			want = append(want, c.Seq)
		}
	}
	return want
}

// follows says whether any rule for what is followed has the change.
func (p *person) follows(c roster.Change, in roster.InArea) bool {
	for _, f := range p.reader.Follows {
		only := roster.Filter{Kinds: p.reader.Kinds, Models: p.reader.Models}
		switch f.Kind {
		case readers.FollowNation:
		case readers.FollowState:
			only.States = []roster.State{roster.State(f.Of)}
		case readers.FollowCounty:
			only.States, only.Counties = []roster.State{place.StateOf(f.Of)}, []string{f.Of}
		case readers.FollowAgency:
			only.Agencies = []string{f.Of}
		case readers.FollowTown:
			only.States, only.Places = []roster.State{roster.State(f.Of[:2])}, []string{f.Of[3:]}
		case readers.FollowZIP:
			only.Places = []string{f.Of}
		}
		if c.National() && f.Kind != readers.FollowNation { // of the whole list
			continue
		}
		if (notify.Rule{Only: only}).Wants(c, in) {
			return true
		}
	}
	return false
}

// hears says whether a reader was there for a change: from confirming on, but for pauses,
// what was not told yet when one began included.
func (p *person) hears(c roster.Change) bool {
	confirmed, resumed, cadence := uint64(0), uint64(0), notify.Cadence("")
	var paused time.Time
	hears := false
	told := func(until time.Time) bool { return !p.tellAt(c, cadence).After(until) }
	for _, e := range p.events {
		switch e.what {
		case "confirm":
			confirmed, hears = e.last, c.Seq > e.last
		case "pause":
			paused = e.at
			if c.Seq > max(confirmed, resumed) && c.Seq <= e.last && !told(e.at) {
				hears = false
			}
		case "resume":
			resumed = e.last
			if c.DetectedAt.After(paused) && c.Seq <= e.last {
				hears = false
			}
		default:
			if c.Seq <= e.last && told(e.at) {
				return hears // by the cadence before, and so for good
			}
			if c.Seq <= e.last {
				return hears // owed, and told at once
			}
			cadence = notify.Cadence(e.what)
		}
	}
	return hears
}

// tellAt is when a change is told in a cadence.
func (p *person) tellAt(c roster.Change, cadence notify.Cadence) time.Time {
	at := c.DetectedAt
	for cadence == notify.Daily || cadence == notify.Weekly {
		local := at.In(roster.Washington())
		hour := time.Date(local.Year(), local.Month(), local.Day(), 8, 0, 0, 0, roster.Washington())
		if !hour.Before(c.DetectedAt) && (cadence == notify.Daily || hour.Weekday() == time.Monday) {
			return hour
		}
		at = time.Date(local.Year(), local.Month(), local.Day()+1, 12, 0, 0, 0, roster.Washington())
	}
	return at
}

// tellingYear is a year that goes by, and a store of readers that keeps what is planned in
// memory.
type tellingYear struct {
	readers.Store
	known  roster.Snapshot
	all    []roster.Change // of the year
	n      int             // how many there are by now
	clock  time.Time
	people []person
	heads  map[notify.Cadence]readers.Head
	told   map[uint64][]uint64 // by reader
}

// sign makes readers.
func (y *tellingYear) sign(n int, changes []roster.Change) {
	r := rand.New(rand.NewPCG(2025, 11))
	agencies := slices.Sorted(maps.Keys(y.known.Agencies))
	first, last := changes[0].DetectedAt, changes[len(changes)-1].DetectedAt
	at := func(from time.Time) time.Time { return from.Add(time.Duration(r.Int64N(int64(last.Sub(from) + 1)))) }
	for i := range n {
		p := person{reader: readers.Reader{ID: readers.NewID(), Seq: uint64(i + 1), State: readers.StateLeft}}
		p.reader.Language = prose.Languages()[r.IntN(2)]
		for range 1 + r.IntN(4) {
			f, err := readers.ParseFollow(randomFollow(r, agencies, changes), func(id string) string { return id })
			if err == nil {
				p.reader.Follow(f)
			}
		}
		for _, k := range roster.Kinds() {
			if r.IntN(12) == 0 {
				p.reader.Kinds = append(p.reader.Kinds, k)
			}
		}
		for _, m := range roster.ModelClasses() {
			if r.IntN(12) == 0 {
				p.reader.Models = append(p.reader.Models, m)
			}
		}
		when := at(first.AddDate(0, 0, -1))
		p.events = []happening{{at: when, what: string(readers.Cadences()[r.IntN(3)])}, {at: when, what: "confirm"}}
		if r.IntN(12) == 0 {
			when = at(when)
			p.events = append(p.events, happening{at: when, what: string(readers.Cadences()[r.IntN(3)])})
		}
		if r.IntN(4) == 0 {
			when = at(when)
			p.events = append(p.events, happening{at: when, what: "pause"}, happening{at: at(when), what: "resume"})
		}
		y.people = append(y.people, p)
	}
}

// randomFollow is anything that can be followed.
func randomFollow(r *rand.Rand, agencies []string, changes []roster.Change) string {
	states := roster.States()
	s := states[r.IntN(len(states))]
	counties := place.Counties(s)
	near := changes[r.IntN(len(changes))].Agreement // where something happens
	switch r.IntN(10) {
	case 0:
		return "nation"
	case 1, 2:
		return "state:" + string(s)
	case 3:
		return "agency:" + agencies[r.IntN(len(agencies))]
	case 4:
		return "agency:" + near.AgencyID
	case 5:
		return fmt.Sprintf("zip:%05d", 10_000+r.IntN(85_000))
	case 6:
		return "town:" + string(near.State) + "-" + near.County
	case 7:
		if len(counties) > 0 {
			return "county:" + counties[r.IntN(len(counties))].FIPS
		}
	}
	if at := place.Locate(near, nil).Counties; len(at) > 0 {
		return "county:" + at[0]
	}
	return "state:" + string(near.State)
}

// live goes through the year: what readers do, changes, and the hours of digests, in
// their order.
func (y *tellingYear) live(t *testing.T, kind jobs.Kind) {
	t.Helper()
	type moment struct {
		at     time.Time
		reader int // whose event is next; -1: none's
	}
	var moments []moment
	for i, p := range y.people {
		for _, e := range p.events {
			moments = append(moments, moment{e.at, i})
		}
	}
	for _, c := range y.all {
		moments = append(moments, moment{c.DetectedAt, -1})
	}
	last := y.all[len(y.all)-1].DetectedAt.AddDate(0, 0, 8)
	for at := y.clock; at.Before(last); at = at.AddDate(0, 0, 1) {
		day := at.In(roster.Washington())
		moments = append(moments, moment{time.Date(day.Year(), day.Month(), day.Day(), 8, 0, 0, 0, roster.Washington()), -1})
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	next := make([]int, len(y.people))
	for i, m := range moments {
		y.clock = m.at
		if m.reader >= 0 {
			p := &y.people[m.reader]
			e := &p.events[next[m.reader]]
			next[m.reader]++
			e.last = uint64(y.n)
			y.happens(&p.reader, *e)
			p.places = p.reader.Places()
		}
		for y.n < len(y.all) && !y.all[y.n].DetectedAt.After(m.at) {
			y.n++
		}
		if i+1 < len(moments) && moments[i+1].at.Equal(m.at) || m.reader >= 0 && y.reader(m.reader).Was == "" {
			continue
		}
		y.work(t, kind)
	}
}

func (y *tellingYear) reader(i int) readers.Reader { return y.people[i].reader }

// happens does to a reader what they do.
func (y *tellingYear) happens(r *readers.Reader, e happening) {
	switch e.what {
	case "confirm":
		r.State, r.Since = readers.StateActive, e.last
	case "pause":
		r.Pause(time.Time{}, e.at)
	case "resume":
		r.Resume(e.at, e.last)
	default:
		if r.Cadence == "" {
			r.Cadence = notify.Cadence(e.what)
		}
		r.SetCadence(notify.Cadence(e.what))
	}
}

// work plans what is due.
func (y *tellingYear) work(t *testing.T, kind jobs.Kind) {
	t.Helper()
	for range 10 {
		tasks, err := kind.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tasks = slices.DeleteFunc(tasks, func(task jobs.Task) bool { return task.At.After(y.clock) })
		if len(tasks) == 0 {
			return
		}
		for _, task := range tasks {
			if err := task.Do(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Fatal("there is always something to do")
}

// Changes are those that were found by now.
func (y *tellingYear) Changes(_ context.Context, q store.ChangeQuery) ([]roster.Change, error) {
	if q.Newest {
		return y.all[max(0, y.n-1):y.n], nil
	}
	return y.all[q.AfterSeq:y.n], nil
}

func (y *tellingYear) ChangesAt(context.Context, []uint64) ([]roster.Change, error) { return nil, nil }

func (y *tellingYear) Known(context.Context) (roster.Snapshot, error) { return y.known, nil }

func (y *tellingYear) Secret(context.Context, string) ([]byte, error) { return make([]byte, 32), nil }

func (y *tellingYear) Work(context.Context) (readers.Work, error) {
	w := readers.Work{Heads: y.heads, Owed: map[notify.Cadence]bool{}}
	for i := range y.people {
		p := &y.people[i]
		if p.reader.State == readers.StateActive && p.reader.Was != "" {
			w.Owed[p.reader.Was] = true
		}
	}
	return w, nil
}

func (y *tellingYear) Following(_ context.Context, keys []string, c notify.Cadence) (all []readers.Follower, err error) {
	wanted := map[string]bool{}
	for _, k := range keys {
		wanted[k] = true
	}
	for i := range y.people {
		p := &y.people[i]
		f := readers.Follower{Seq: p.reader.Seq, Wish: p.reader.Wish, Since: p.reader.Since, Was: p.reader.Was}
		for _, at := range p.places {
			if at.Cadence == c && wanted[at.Key] {
				f.Keys = append(f.Keys, at.Key)
			}
		}
		if len(f.Keys) > 0 {
			all = append(all, f)
		}
	}
	return all, nil
}

func (y *tellingYear) ReadersAt(_ context.Context, seqs []uint64) (all []readers.Reader, err error) {
	for _, seq := range seqs {
		all = append(all, y.people[seq-1].reader)
	}
	return all, nil
}

func (y *tellingYear) Plan(ctx context.Context, p readers.Plan) error {
	followers := iter.Seq2[readers.Follower, error](func(yield func(readers.Follower, error) bool) {
		all, _ := y.Following(ctx, p.Keys, p.Cadence)
		for _, f := range all {
			if !yield(f, nil) {
				return
			}
		}
	})
	for b, err := range p.Batches(followers) {
		if err != nil {
			return err
		}
		y.tell(b)
	}
	y.heads[p.Cadence] = p.After
	return nil
}

func (y *tellingYear) SetBack(context.Context, map[notify.Cadence]readers.Head, uint64) error {
	return errors.New("more was told than there is")
}

func (y *tellingYear) Settle(_ context.Context, s readers.Settlement) error {
	if s.Batch != nil {
		y.tell(*s.Batch)
	}
	p := &y.people[s.Reader.Seq-1]
	p.reader.Was, p.reader.Since = "", max(p.reader.Since, s.Last)
	p.places = p.reader.Places()
	return nil
}

// tell notes what readers are told, of whom none may be in a batch that is too large.
func (y *tellingYear) tell(b readers.Batch) {
	for _, g := range b.Groups {
		for _, seq := range g.Readers {
			y.told[seq] = append(y.told[seq], g.Changes...)
		}
	}
}
