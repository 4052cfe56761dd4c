package web

import (
	"fmt"
	"sync"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/search"
)

// served is what requests are answered from: the snapshot of one revision of the
// source, with what only the site needs of it. It never changes.
type served struct {
	*snapshot.Snapshot
	revision  uint64
	index     func() *search.Index
	view      kept.View // of the agreements' documents; nil where none are known
	viewed    uint64    // a number that moves with it
	documents func() *kept.Index
}

func newServed(snap *snapshot.Snapshot, revision uint64) *served {
	return &served{Snapshot: snap, revision: revision, index: sync.OnceValue(func() *search.Index { return newIndex(snap) }), documents: func() *kept.Index { return nil }}
}

// with is the same with what is known of documents, which is told apart from what was
// known with earlier; nil for the first.
func (s *served) with(view kept.View, earlier *served) *served {
	out := *s
	if earlier != nil {
		out.viewed = earlier.viewed
		if earlier.view != view {
			out.viewed++
		}
	}
	out.view, out.documents = view, sync.OnceValue(func() *kept.Index { return kept.New(view, s.Snapshot) })
	return &out
}

// newIndex makes the agencies findable.
func newIndex(snap *snapshot.Snapshot) *search.Index {
	var all []search.Agency
	for _, agency := range snap.Agencies() {
		records := snap.RecordsOf(agency.ID)
		if len(records) == 0 {
			continue
		}
		a := search.Agency{ID: agency.ID, State: records[0].Now().State, County: records[0].Now().County, Counties: snap.Locate(snap.Latest(agency.ID)).Counties}
		for _, s := range agency.Spellings {
			a.Names = append(a.Names, s.Name)
		}
		for _, r := range records {
			switch r.Status() {
			case roster.StatusActive:
				a.Active++
			case roster.StatusPending:
				a.Pending++
			case roster.StatusEnded:
				a.Ended++
			}
		}
		all = append(all, a)
	}
	return search.New(all)
}

// epoch names the stretch of time that requests are in, within which an address has
// one response: what pages say depends on the time only by the day in Washington, by
// whether the last look at ICE's page is too long ago, and by whether the page has failed
// for too long. every is the time between two polls.
func (s *served) epoch(now time.Time, every time.Duration) string {
	return fmt.Sprint(s.revision, ".", s.viewed, " ", roster.Day(now), " ", late(s.Polls(), now, every), " ", route.Stale(s.Reading(), now))
}

// late says whether no look was taken for longer than it should be, given the last
// looks, the newest first.
func late(polls []roster.Poll, now time.Time, every time.Duration) bool {
	return every > 0 && len(polls) > 0 && now.Sub(polls[0].At) > 3*every+10*time.Minute
}
