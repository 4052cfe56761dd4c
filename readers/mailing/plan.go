package mailing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Lanes. Alerts go before digests, and an alert that reaches very many does not hold up
// the next one.
const (
	laneInstant = readers.Lane("instant")
	laneBulk    = "bulk-" // and a number
	bulkLanes   = 4
	// mostInstant is how many batches of one alert go by laneInstant.
	mostInstant = 4
)

// mostGathered is how many readers are gathered, by what they are told, before their
// batches are written: some 10 MB.
const mostGathered = 200_000

// plan writes batches for all that a cadence has not told, and what it owes to readers
// who left it.
func (m *Mailer) plan(ctx context.Context, c notify.Cadence) error {
	w, err := m.o.Store.Work(ctx)
	if err != nil {
		return fmt.Errorf("reading what is planned for readers: %w", err)
	}
	now := m.o.Now()
	if head, known := w.Heads[c]; !known || !m.planAt(c, head, now).After(now) {
		if err := m.planNews(ctx, c, head, now); err != nil {
			return err
		}
		if w, err = m.o.Store.Work(ctx); err != nil {
			return fmt.Errorf("reading what is planned for readers: %w", err)
		}
	}
	if !w.Owed[c] {
		return nil
	}
	return m.settle(ctx, c, w.Heads[c], now)
}

// SetBack has what is found from now on told to readers, where more was told than there
// is: the state was restored from a backup. It is to be called before anything is found,
// as that gets the numbers of what was lost.
func (m *Mailer) SetBack(ctx context.Context) error {
	_, _, err := m.there(ctx)
	return err
}

// there is what there is to do, and the last change, once no head lies beyond it.
func (m *Mailer) there(ctx context.Context) (w readers.Work, last uint64, err error) {
	for {
		// The heads first: what is found and planned meanwhile does not lie beyond.
		if w, err = m.o.Store.Work(ctx); err != nil {
			return w, 0, fmt.Errorf("reading what there is to do for readers: %w", err)
		}
		if last, err = LastChange(ctx, m.o.Changes); err != nil {
			return w, 0, err
		}
		told := uint64(0)
		for _, h := range w.Heads {
			told = max(told, h.Change)
		}
		if told <= last {
			return w, last, nil
		}
		switch err := m.o.Store.SetBack(ctx, w.Heads, last); {
		case errors.Is(err, readers.ErrConflict): // another process has done it
			continue
		case err != nil:
			return w, 0, fmt.Errorf("setting back what readers were told to what there is: %w", err)
		}
		m.changes.Purge()
		m.composed.Purge()
		m.o.Log.Warn("the state has fewer changes than were told to readers, as after restoring a backup; what is found anew is told to them, which some may have had before", "told", told, "last", last)
	}
}

// LastChange is the number of the last change, 0 where there is none.
func LastChange(ctx context.Context, from Changes) (uint64, error) {
	newest, err := from.Changes(ctx, store.ChangeQuery{Newest: true, Limit: 1})
	if err != nil {
		return 0, fmt.Errorf("reading the last change: %w", err)
	}
	if len(newest) == 0 {
		return 0, nil
	}
	return newest[0].Seq, nil
}

// planAt is when a cadence is planned next; for alerts, once there is a change.
func (m *Mailer) planAt(c notify.Cadence, head readers.Head, now time.Time) time.Time {
	if c == notify.Instant {
		return now
	}
	return m.o.Deliver[c].Next(head.At)
}

// planNews writes batches for what was found since the head.
func (m *Mailer) planNews(ctx context.Context, c notify.Cadence, head readers.Head, now time.Time) error {
	news, err := m.newsAfter(ctx, head.Change)
	if err != nil {
		return err
	}
	p := readers.Plan{Cadence: c, Before: head, After: readers.Head{Change: news.last, At: now}, Keys: news.keys()}
	n := 0
	p.Batches = func(followers iter.Seq2[readers.Follower, error]) iter.Seq2[readers.Batch, error] {
		n = 0
		return func(yield func(readers.Batch, error) bool) {
			g := &gathering{news: news, cadence: c, at: now, yield: func(b readers.Batch) bool { n += b.Recipients(); return yield(b, nil) }}
			for f, err := range followers {
				if err != nil {
					yield(readers.Batch{}, err)
					return
				}
				if !g.add(f) {
					return
				}
			}
			g.flush()
		}
	}
	switch err := m.o.Store.Plan(ctx, p); {
	case errors.Is(err, readers.ErrConflict): // another process has planned it
		return nil
	case err != nil:
		return fmt.Errorf("planning mails to readers: %w", err)
	}
	if n > 0 {
		m.Wake()
		m.o.Log.Info("mails to readers are planned", "cadence", c, "changes", len(news.changes), "mails", n, "took", m.o.Now().Sub(now).Round(time.Millisecond))
	}
	return nil
}

// mostOwed is how many readers are settled in one turn.
const mostOwed = 200

// settle plans what readers are owed who had a cadence before.
func (m *Mailer) settle(ctx context.Context, was notify.Cadence, head readers.Head, now time.Time) error {
	found, err := m.o.Store.Following(ctx, []string{readers.KeyOwed}, was)
	if err != nil {
		return fmt.Errorf("reading which readers have another cadence: %w", err)
	}
	var seqs []uint64
	for _, f := range found[:min(len(found), mostOwed)] {
		seqs = append(seqs, f.Seq)
	}
	owed, err := m.o.Store.ReadersAt(ctx, seqs)
	if err != nil {
		return fmt.Errorf("reading readers who have another cadence: %w", err)
	}
	news, err := m.newsAfter(ctx, head.Change)
	if err != nil {
		return err
	}
	for _, r := range owed {
		s := readers.Settlement{Reader: r, Head: head, Last: news.last}
		g := &gathering{news: news, cadence: was, at: now, yield: func(b readers.Batch) bool { s.Batch = &b; return true }}
		g.add(readers.Follower{Seq: r.Seq, Keys: r.Keys(), Wish: r.Wish, Since: r.Since})
		g.flush()
		if s.Batch != nil {
			s.Batch.Lane = laneInstant
		}
		if err := m.o.Store.Settle(ctx, s); err != nil && !errors.Is(err, readers.ErrConflict) && !errors.Is(err, readers.ErrNotFound) {
			return fmt.Errorf("planning what %s is owed: %w", r, err)
		}
		m.Wake()
	}
	return nil
}

// news is what was found since a head, and where it is looked for.
type news struct {
	changes []roster.Change
	byKey   map[string][]int // places in changes
	usual   []bool           // whether a reader without wishes of their own gets it
	last    uint64           // the last change that there is
}

// newsAfter reads what was found after a change.
func (m *Mailer) newsAfter(ctx context.Context, head uint64) (*news, error) {
	last, err := LastChange(ctx, m.o.Changes)
	if err != nil {
		return nil, err
	}
	n := &news{byKey: map[string][]int{}, last: last}
	if n.last <= head {
		return n, nil
	}
	if n.changes, err = m.o.Changes.Changes(ctx, store.ChangeQuery{AfterSeq: head}); err != nil {
		return nil, fmt.Errorf("reading the changes: %w", err)
	}
	n.last = n.changes[len(n.changes)-1].Seq
	known, err := m.o.Changes.Known(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading where agencies are: %w", err)
	}
	n.index(head, place.NewAtlas(known.Records, n.changes).Locate)
	return n, nil
}

// index notes under which keys the changes after a head are looked for.
func (n *news) index(head uint64, locate func(roster.Agreement) place.Location) {
	usual := readers.Wish{}.Filter()
	for i, c := range n.changes {
		n.usual = append(n.usual, usual.Match(c, nil))
		if c.FoundLater || c.Correction != nil && c.Correction.Was != nil && c.Correction.Place > head {
			continue // it is no news, or corrects what nobody was told yet
		}
		for _, k := range readers.KeysOf(c, locate, nil) {
			n.byKey[k] = append(n.byKey[k], i)
		}
	}
}

// keys are those under which any of the changes is looked for.
func (n *news) keys() []string {
	return slices.Sorted(maps.Keys(n.byKey))
}

// set is which of the news a reader is told, a bit each.
type set []byte

// wants is what a reader is told; false for nothing.
func (n *news) wants(f readers.Follower) (s set, some bool) {
	s = make(set, (len(n.changes)+7)/8)
	only, usual := f.Wish.Filter(), len(f.Wish.Kinds)+len(f.Wish.Models) == 0
	for _, k := range f.Keys {
		for _, i := range n.byKey[k] {
			c := n.changes[i]
			if c.Seq > f.Since && (c.Correction == nil || c.Correction.Place > f.Since) && (usual && n.usual[i] || !usual && only.Match(c, nil)) {
				s[i/8] |= 1 << (i % 8)
				some = true
			}
		}
	}
	return s, some
}

// seqs are the numbers of the changes in a set.
func (n *news) seqs(s set) []uint64 {
	var seqs []uint64
	for i, c := range n.changes {
		if s[i/8]&(1<<(i%8)) != 0 {
			seqs = append(seqs, c.Seq)
		}
	}
	return seqs
}

// gathering puts readers who are told the same into batches.
type gathering struct {
	news    *news
	cadence notify.Cadence
	at      time.Time
	yield   func(readers.Batch) bool

	readers map[content][]uint64
	n       int // readers that are in it
	batches int // that were made
}

// content is what groups have in common.
type content struct {
	set      string
	language prose.Language
}

// add adds a reader. It returns false where no more is wanted.
func (g *gathering) add(f readers.Follower) bool {
	s, some := g.news.wants(f)
	if !some || f.Was != "" { // who is owed something gets that first
		return true
	}
	if g.readers == nil {
		g.readers = map[content][]uint64{}
	}
	key := content{string(s), f.Wish.Language}
	g.readers[key] = append(g.readers[key], f.Seq)
	g.n++
	if full := g.readers[key]; len(full) == readers.MostRecipients {
		delete(g.readers, key)
		g.n -= len(full)
		return g.emit([]readers.Group{g.group(key, full)})
	}
	return g.n < mostGathered || g.flush()
}

func (g *gathering) group(key content, seqs []uint64) readers.Group {
	return readers.Group{Changes: g.news.seqs(set(key.set)), Language: key.language, Readers: seqs}
}

// flush makes batches of all that is gathered, each full but for the last.
func (g *gathering) flush() bool {
	keys := slices.SortedFunc(maps.Keys(g.readers), func(a, b content) int {
		return cmp.Or(cmp.Compare(a.set, b.set), cmp.Compare(a.language, b.language))
	})
	var groups []readers.Group
	room := readers.MostRecipients
	for _, key := range keys {
		for seqs := g.readers[key]; len(seqs) > 0; {
			n := min(room, len(seqs))
			groups = append(groups, g.group(key, seqs[:n]))
			seqs, room = seqs[n:], room-n
			if room == 0 {
				if !g.emit(groups) {
					return false
				}
				groups, room = nil, readers.MostRecipients
			}
		}
	}
	g.readers, g.n = nil, 0
	return len(groups) == 0 || g.emit(groups)
}

// emit makes a batch.
func (g *gathering) emit(groups []readers.Group) bool {
	b := readers.Batch{Lane: laneInstant, Cadence: g.cadence, At: g.at, Due: g.at, Groups: groups}
	if g.cadence != notify.Instant || g.batches >= mostInstant {
		b.Lane = readers.Lane(laneBulk + strconv.Itoa(g.batches%bulkLanes))
	}
	g.batches++
	return g.yield(b)
}
