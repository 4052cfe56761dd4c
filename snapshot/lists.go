package snapshot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Lists is what is known of the lists that ICE published, and the stretch of time
// of which it is known what they say.
type Lists struct {
	publications []roster.Publication // number n is at n-1
	byDate       []roster.Publication // in the order in which they came to be known of
	place        map[uint64]int       // by number: index in byDate
	bySHA        map[string][]int     // indexes in byDate
	reading      roster.Reading
	extent       roster.Extent
}

// LoadLists loads the lists at the time now.
func LoadLists(ctx context.Context, src Source, now time.Time) (*Lists, error) {
	l := &Lists{bySHA: map[string][]int{}, place: map[uint64]int{}}
	var err error
	if l.publications, err = src.Publications(ctx); err != nil {
		return nil, fmt.Errorf("reading the publications: %w", err)
	}
	if l.reading, err = src.Reading(ctx); err != nil {
		return nil, fmt.Errorf("reading how far ICE's page is read: %w", err)
	}
	l.extent = roster.ExtentOf(l.publications, l.reading, now)
	l.byDate = slices.Clone(l.publications)
	slices.SortStableFunc(l.byDate, func(a, b roster.Publication) int { return a.SeenAt.Compare(b.SeenAt) })
	for i, p := range l.byDate {
		l.place[p.Seq] = i
		l.bySHA[p.SHA256] = append(l.bySHA[p.SHA256], i)
	}
	return l, nil
}

// Extent is the stretch of time of which it is known what ICE lists.
func (l *Lists) Extent() roster.Extent { return l.extent }

// KnownUntil is the last moment of which it is known what ICE lists, which is what
// "now" means.
func (l *Lists) KnownUntil() time.Time { return l.extent.Until }

// Reading is how far ICE's page is read.
func (l *Lists) Reading() roster.Reading { return l.reading }

// AsOf is the moment that is answered for where one is asked for: the last one
// known where a later one is asked for, or none (the zero time). It reports false
// where the record begins later.
func (l *Lists) AsOf(asked time.Time) (time.Time, bool) {
	if l.extent.Before(asked) {
		return time.Time{}, false
	}
	return l.extent.Cut(asked), true
}

// Publications are all that ICE published, in the order of their numbers: number n
// is at n-1.
func (l *Lists) Publications() []roster.Publication { return l.publications }

// ByDate are the publications in the order in which they were seen at ICE's, or captured
// there, which is not that of their numbers where older ones were found later: those before
// the publication with a number, or all where there is none with it.
func (l *Lists) ByDate(before uint64) []roster.Publication {
	if i, ok := l.place[before]; ok {
		return l.byDate[:i]
	}
	return l.byDate
}

// Publication finds a publication by its number.
func (l *Lists) Publication(seq uint64) (roster.Publication, bool) {
	if seq == 0 || seq > uint64(len(l.publications)) {
		return roster.Publication{}, false
	}
	return l.publications[seq-1], true
}

// PublicationsOf are the publications that had the bytes with a SHA-256, in a new
// slice, the oldest first.
func (l *Lists) PublicationsOf(sha256 string) []roster.Publication {
	var all []roster.Publication
	for _, i := range l.bySHA[sha256] {
		all = append(all, l.byDate[i])
	}
	return all
}

// InForce are the lists that counted at a moment, in a new map.
func (l *Lists) InForce(at time.Time) map[roster.List]roster.Publication {
	return roster.InForce(l.publications, at)
}

// Sources are the lists that counted at a moment as evidence, in a new slice, the
// participating one first.
func (l *Lists) Sources(at time.Time) []roster.Evidence {
	var all []roster.Evidence
	inForce := l.InForce(at)
	for _, list := range roster.Lists() {
		if p, ok := inForce[list]; ok {
			all = append(all, p.Ref(0))
		}
	}
	return all
}

// Newest is when the newest list began to count; zero where none does.
func (l *Lists) Newest() time.Time {
	var newest time.Time
	for _, p := range l.publications {
		if p.Verdict == roster.VerdictAccepted && p.EffectiveAt.After(newest) {
			newest = p.EffectiveAt
		}
	}
	return newest
}

// Days are the days in Washington on which lists began to count, in a new slice,
// in order, each once.
func (l *Lists) Days() []roster.Date {
	var days []roster.Date
	for _, p := range l.publications {
		if p.Verdict == roster.VerdictAccepted {
			days = append(days, roster.Day(p.EffectiveAt))
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// LastDays is the stretch of so many days up to the day until which it is known what
// ICE lists; it begins no earlier than the first list.
func (l *Lists) LastDays(days int) (from, to roster.Date) {
	to = roster.Day(l.extent.Until)
	return l.DaysBefore(to, days), to
}

// DaysBefore is so many days before a day, or the day of the first list where that is
// later.
func (l *Lists) DaysBefore(day roster.Date, days int) roster.Date {
	return max(roster.DateOf(day.Time().AddDate(0, 0, -days)), roster.Day(l.extent.First))
}
