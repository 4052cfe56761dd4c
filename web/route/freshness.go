package route

import (
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Freshness says how new what the pages say is.
type Freshness struct {
	Read     time.Time         // when ICE's page was last read well; zero where it never was
	Failing  time.Time         // since when it cannot be read; zero while it can
	Stale    bool              // that lasts so long that readers must know
	Why      string            // what the last look at the page ended in, in a sentence
	Last     time.Time         // when it was looked at last, well or not
	Late     bool              // no look was taken for longer than it should be
	Lists    []roster.Evidence // in force, the participating list first
	Holds    int               // publications that are set aside
	NoSource bool              // the site shows an archive: nothing was ever polled
	Empty    bool              // nothing is known yet
	Language prose.Language
	Ended    time.Time // the last moment known, where that is days ago; else zero
}

// patience is how long ICE's page may fail before every page says so: it answers
// badly for a moment now and then, and what it said before still stands.
const patience = time.Hour

// Stale says whether ICE's page has failed for so long that readers must know.
func Stale(r roster.Reading, now time.Time) bool {
	return !r.Failing.IsZero() && now.Sub(r.Failing) > patience
}

// RecentDays is how many days old what is known may be and still be told as what is.
const RecentDays = 2

// Ends says in a sentence where the record does, if that is days ago.
func (f Freshness) Ends() string { return f.Language.FrontDate("ends", f.Language.Day(f.Ended)) }

// Fresh looks at the last polls.
func (r *Request) Fresh() Freshness {
	f := Freshness{Language: r.Language, Empty: r.Snapshot.Extent().Empty(), NoSource: len(r.Snapshot.Polls()) == 0, Read: r.Snapshot.Reading().Read, Failing: r.Snapshot.Reading().Failing}
	f.Stale = Stale(r.Snapshot.Reading(), r.Now)
	if len(r.Snapshot.Polls()) > 0 {
		f.Why, f.Last = r.Language.Poll(r.Snapshot.Polls()[0]), r.Snapshot.Polls()[0].At
		f.Late = r.Late
	}
	if until := r.Snapshot.KnownUntil(); !f.Empty && prose.DaysBetween(roster.Day(until), roster.Day(r.Now)) > RecentDays {
		f.Ended = until
	}
	f.Lists, f.Holds = r.Snapshot.Sources(r.Snapshot.KnownUntil()), len(r.Snapshot.OpenHolds())
	return f
}
