package signup

import (
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

const (
	lookBack   = 90 // days
	mostShown  = 3  // mails that are listed
	mostTitles = 3  // changes of one of them
	// manyAWeek is how many mails a week are a flood.
	manyAWeek = 5
)

// brings is what a wish would have brought until now.
type brings struct {
	Days   int
	Mails  int
	Last   []mail // the newest first
	Flood  int    // mails a week, where that is many
	Daily  bool   // they are of days already
	Began  string // when the record began, where that is later than the days go back
	Until  string // the last day of which something is known, where that is not today
	None   bool   // nothing is known at all
	Empty  bool   // nothing is followed
	Action string // address of the form
}

// mail is one of them.
type mail struct {
	Date   string
	Titles []string
	More   int // changes
}

// brings works out which mails a wish would have brought, as far as something is known.
func (h *Handler) brings(c *call, w World, wish readers.Wish) brings {
	b := brings{Action: at(c.lang, c.path), Days: lookBack, Empty: len(wish.Follows) == 0, Daily: wish.Cadence == notify.Daily}
	known, end := w.Snapshot.Extent(), c.now
	if b.None = known.Until.IsZero(); b.None {
		return b
	}
	if roster.Day(known.Until) < roster.Day(c.now) {
		end, b.Until = known.Until, c.lang.Day(known.Until)
	}
	span := lookBack * 24 * time.Hour
	if end.Sub(known.First) < span {
		span = max(end.Sub(known.First), 7*24*time.Hour)
		b.Began = c.lang.Day(known.First)
	}
	all := mails(h.wanted(w.Snapshot, wish, end), h.o.Settings().Schedule(wish.Cadence))
	b.Mails = len(all)
	for _, m := range all[:min(len(all), mostShown)] {
		last := mail{Date: c.lang.Day(m.due), More: max(len(m.told)-mostTitles, 0)}
		for _, change := range m.told[:min(len(m.told), mostTitles)] {
			last.Titles = append(last.Titles, c.lang.Title(change))
		}
		b.Last = append(b.Last, last)
	}
	b.Flood = flood(b.Mails, span)
	return b
}

// sent is what one mail tells.
type sent struct {
	due  time.Time
	told []roster.Change
}

// mails are those that changes come in by a schedule, in their order. As in the mails
// themselves, what was taken back before it was sent is left out, and so is a mail with
// nothing else.
func mails(found []roster.Change, s notify.Schedule) (all []sent) {
	for len(found) > 0 {
		due, n := s.Next(found[0].DetectedAt), 1
		for n < len(found) && s.Next(found[n].DetectedAt).Equal(due) {
			n++
		}
		if told := notify.WithoutCanceled(found[:n]); len(told) > 0 {
			all = append(all, sent{due, told})
		}
		found = found[n:]
	}
	return all
}

// flood is how many mails a week came within a span, where that is many; 0 where it is
// not.
func flood(mails int, span time.Duration) int {
	if each := int(float64(mails)/(span.Hours()/(24*7)) + .5); each >= manyAWeek {
		return each
	}
	return 0
}

// wanted are the changes of the days before end that a wish wants, the newest first.
func (h *Handler) wanted(snap *snapshot.Snapshot, wish readers.Wish, end time.Time) (found []roster.Change) {
	if len(wish.Follows) == 0 || wish.Kinds != nil && len(wish.Kinds) == 0 || wish.Models != nil && len(wish.Models) == 0 {
		return nil
	}
	keys, filter := wish.Keys(), wish.Filter()
	since := end.AddDate(0, 0, -lookBack)
	for i, k := range h.located.of(snap, since) {
		change := snap.Changes()[len(snap.Changes())-1-i]
		if change.DetectedAt.Before(since) {
			break
		}
		if filter.Match(change, nil) && slices.ContainsFunc(k, func(key string) bool { _, ok := slices.BinarySearch(keys, key); return ok }) {
			found = append(found, change)
		}
	}
	return found
}

// located remembers under which keys the last changes of a snapshot are found.
type located struct {
	mu   sync.Mutex
	snap *snapshot.Snapshot
	keys [][]string // the newest change first
}

func (l *located) of(snap *snapshot.Snapshot, since time.Time) [][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.snap == snap {
		return l.keys // of more days at most, since time goes on
	}
	l.snap, l.keys = snap, nil
	for _, c := range slices.Backward(snap.Changes()) {
		if c.DetectedAt.Before(since) {
			break
		}
		l.keys = append(l.keys, readers.KeysOf(c, snap.Locate, nil))
	}
	return l.keys
}
