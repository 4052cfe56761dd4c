package roster

import "time"

// Reading is how far ICE's page is read.
type Reading struct {
	Read    time.Time `json:"read,omitzero"`    // when it was last read well; zero where it never was
	Failing time.Time `json:"failing,omitzero"` // since when it cannot be read; zero while it can
}

// Failed says whether the page, or a list that it links, was not had.
func (p Poll) Failed() bool { return p.Outcome != "unchanged" && p.Outcome != "changed" }

// After is the reading once a poll is over.
func (r Reading) After(p Poll) Reading {
	switch {
	case !p.Failed():
		return Reading{Read: p.At}
	case r.Failing.IsZero():
		r.Failing = p.At
	}
	return r
}

// Extent is the stretch of time of which it is known what ICE lists. Nothing that
// is said "as of" a moment may speak of one outside of it.
type Extent struct {
	First time.Time // when the first list began to count; zero where nothing is known
	Until time.Time // the last moment at which ICE's page was known
}

// clockSkew is how far the clocks of two machines that are set may differ.
const clockSkew = 5 * time.Minute

// ExtentOf finds what is known: from the first list that counts to the last time
// that ICE's page was read well, or to the newest list that counts where that is
// later, as it is in a store that was only imported. A poll that fails moves
// neither end. A poll that is dated long after now was dated by a clock that was
// wrong, then or now, and says nothing.
func ExtentOf(publications []Publication, read Reading, now time.Time) Extent {
	var e Extent
	for _, p := range publications {
		if p.Verdict != VerdictAccepted {
			continue
		}
		if e.First.IsZero() || p.EffectiveAt.Before(e.First) {
			e.First = p.EffectiveAt
		}
		if p.EffectiveAt.After(e.Until) {
			e.Until = p.EffectiveAt
		}
	}
	if !e.First.IsZero() && read.Read.After(e.Until) && !read.Read.After(now.Add(clockSkew)) {
		e.Until = read.Read
	}
	return e
}

// Empty says that no list counts yet.
func (e Extent) Empty() bool { return e.First.IsZero() }

// Before says whether a moment is before the record begins, so that nothing is
// known of it.
func (e Extent) Before(t time.Time) bool { return !t.IsZero() && t.Before(e.First) }

// Beyond says whether a moment is later than what is known.
func (e Extent) Beyond(t time.Time) bool { return t.After(e.Until) }

// Cut is the moment that can be answered for where t is asked for: t itself, or
// the last one that is known where t is later, or is zero and so means "now".
func (e Extent) Cut(t time.Time) time.Time {
	if t.IsZero() || e.Beyond(t) {
		return e.Until
	}
	return t
}
