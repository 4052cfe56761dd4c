// Package snapshot is the read model: what the store knew at one moment, arranged
// so that pages, feeds, files and commands can ask for it. It counts, selects,
// compares and looks up; what is said of that, and where, is for its callers.
//
// A snapshot comes in three sizes, each of which holds the one before: Lists,
// Agreements and Snapshot. Whoever needs less loads less. None of them changes
// once it is loaded, and any number of goroutines can read one at the same time.
// Slices, maps and pointers that methods return belong to the snapshot and must
// not be changed, unless the method says that they are new.
package snapshot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Source is what a snapshot is loaded from. Every store.Reader is one.
type Source interface {
	// Known is what stands now, with all that each agreement ever was. The caller
	// owns it.
	Known(ctx context.Context) (roster.Snapshot, error)
	// Changes lists the changes that the query asks for.
	Changes(ctx context.Context, q store.ChangeQuery) ([]roster.Change, error)
	// Publications lists every publication, in the order of their numbers.
	Publications(ctx context.Context) ([]roster.Publication, error)
	// Holds lists all holds ever, the newest first.
	Holds(ctx context.Context) ([]roster.Hold, error)
	// Polls lists the last n polls, the newest first.
	Polls(ctx context.Context, n int) ([]roster.Poll, error)
	// Reading is how far ICE's page is read.
	Reading(ctx context.Context) (roster.Reading, error)
	// PageTexts is all that ICE's page ever said, the oldest first.
	PageTexts(ctx context.Context) ([]roster.PageText, error)
}

// Snapshot is all that the store knew at one moment: the lists, the agreements,
// every change to them, the holds and the last polls.
type Snapshot struct {
	Agreements
	numbered    []roster.Change  // all there ever were: number n is at n-1
	rebuilds    int              // how often changes were edited
	changes     []roster.Change  // those that stand, in the order in which they happened
	places      []int            // by number less 1: where it is in changes, or would be; nil where that is the number less 1
	changeByID  map[string]int   // index in numbered
	changesOf   map[string][]int // by agency's id: indexes in changes, ascending
	correctedBy map[string]int   // by a change's id: index in numbered of the one that names it in Corrects
	holds       []roster.Hold    // the newest first
	polls       []roster.Poll    // the newest first
	modified    time.Time
	pageTexts   []roster.PageText // the oldest first
}

// LastPolls is how many of the last polls a snapshot holds.
const LastPolls = 30

// Load loads a snapshot at the time now. Only a rebuild edits changes, so that those of
// an earlier snapshot of the same source, which may be nil, are not read again otherwise.
func Load(ctx context.Context, src Source, earlier *Snapshot, now time.Time) (*Snapshot, error) {
	agreements, err := LoadAgreements(ctx, src, now)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{Agreements: *agreements}
	if s.holds, err = src.Holds(ctx); err != nil {
		return nil, fmt.Errorf("reading the holds: %w", err)
	}
	if s.polls, err = src.Polls(ctx, LastPolls); err != nil {
		return nil, fmt.Errorf("reading the polls: %w", err)
	}
	if s.pageTexts, err = src.PageTexts(ctx); err != nil {
		return nil, fmt.Errorf("reading what ICE's page said: %w", err)
	}
	if s.rebuilds = agreements.rebuilds; earlier != nil && earlier.rebuilds == s.rebuilds {
		s.numbered = slices.Clip(earlier.numbered)
	}
	more, err := src.Changes(ctx, store.ChangeQuery{AfterSeq: uint64(len(s.numbered)), TakenBack: true})
	if err != nil {
		return nil, fmt.Errorf("reading the changes: %w", err)
	}
	s.numbered = append(s.numbered, more...)
	s.arrangeChanges()
	s.indexChanges()
	s.modified = s.lastModified()
	return s, nil
}

// lastModified finds when the data last changed.
func (s *Snapshot) lastModified() time.Time {
	var times []time.Time
	for _, p := range s.publications {
		times = append(times, p.SeenAt, p.EffectiveAt)
	}
	for _, h := range s.holds {
		times = append(times, h.Since, h.EndedAt)
	}
	if n := len(s.numbered); n > 0 {
		times = append(times, s.numbered[n-1].DetectedAt)
	}
	return slices.MaxFunc(append(times, time.Time{}), time.Time.Compare)
}

// Modified is when a publication, a hold or a change last came or ended; zero
// where there is none.
func (s *Snapshot) Modified() time.Time { return s.modified }

// Polls are the last looks at ICE's page, the newest first.
func (s *Snapshot) Polls() []roster.Poll { return s.polls }

// PageTexts are all that ICE's page ever said, the oldest first.
func (s *Snapshot) PageTexts() []roster.PageText { return s.pageTexts }

// Holds are all holds ever, the newest first.
func (s *Snapshot) Holds() []roster.Hold { return s.holds }

// OpenHolds are the holds of publications that are set aside now, in a new slice,
// the newest first.
func (s *Snapshot) OpenHolds() []roster.Hold {
	return slices.DeleteFunc(slices.Clone(s.holds), func(h roster.Hold) bool { return !h.Open() })
}

// HoldOf finds the hold that a publication caused or bore out.
func (s *Snapshot) HoldOf(p roster.Publication) (roster.Hold, bool) {
	for _, h := range s.holds {
		if p.Hold != "" && h.ID == p.Hold {
			return h, true
		}
	}
	return roster.Hold{}, false
}
