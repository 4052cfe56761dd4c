package web

import (
	"time"

	"github.com/watch287g/watch287g/roster"
)

// freshness says how new what the pages say is.
type freshness struct {
	Read     time.Time          // when ICE's page was last read well; zero where it never was
	Failing  time.Time          // since when it cannot be read; zero while it can
	Stale    bool               // that lasts so long that readers must know
	Why      string             // what the last look at the page ended in, in a sentence
	Late     bool               // no look was taken for longer than it should be
	Lists    []roster.Reference // in force, the participating list first
	Holds    int                // publications that are set aside
	NoSource bool               // the site shows an archive: nothing was ever polled
	Empty    bool               // nothing is known yet
}

// patience is how long ICE's page may fail before every page says so: it answers
// badly for a moment now and then, and what it said before still stands.
const patience = time.Hour

// failed says whether an outcome of a poll means that the page was not read.
func failed(outcome string) bool { return outcome != "unchanged" && outcome != "changed" }

// freshness looks at the last polls.
func (v *visit) freshness() freshness {
	f := freshness{Empty: len(v.publications) == 0, NoSource: len(v.polls) == 0}
	for _, p := range v.polls { // the newest first
		if !failed(p.Outcome) {
			f.Read = p.At
			break
		}
		f.Failing = p.At
	}
	f.Stale = !f.Failing.IsZero() && v.now.Sub(f.Failing) > patience
	if len(v.polls) > 0 {
		f.Why = v.polls[0].Sentence
		f.Late = v.late(v.now, v.site.options.Every)
	}
	inForce := v.inForce(v.asOf)
	for _, list := range roster.Lists() {
		if p, ok := inForce[list]; ok {
			f.Lists = append(f.Lists, p.Ref(0))
		}
	}
	for _, h := range v.holds {
		if h.State == roster.HoldOpen {
			f.Holds++
		}
	}
	return f
}
