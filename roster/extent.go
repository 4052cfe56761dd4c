package roster

import "time"

// Reading is until when ICE's page was read.
type Reading struct {
	Read    time.Time `json:"read,omitzero"`    // when it was last read without errors; zero if it never was
	Failing time.Time `json:"failing,omitzero"` // since when it cannot be read; zero while it can
}

// Failed says whether the page, or a list that it links, could not be read.
func (p Poll) Failed() bool { return p.Outcome != "unchanged" && p.Outcome != "changed" }

// After returns the reading after a poll.
func (r Reading) After(p Poll) Reading {
	switch {
	case !p.Failed():
		return Reading{Read: p.At}
	case r.Failing.IsZero():
		r.Failing = p.At
	}
	return r
}

// Extent is the time for which it is known what ICE lists. Nothing may be said as of a
// moment outside of it.
type Extent struct {
	First time.Time // when the first list took effect; zero where nothing is known
	Until time.Time // the last moment at which ICE's page was known
}

// clockSkew is how much the clocks of two machines may differ.
const clockSkew = 5 * time.Minute

// ExtentOf returns the time for which the lists are known: from the first list that
// counts until ICE's page was last read without errors, or until the newest list that
// counts if that is later, as in a store that was only imported into. A failed poll
// changes neither. A poll dated long after now is ignored: the clock was wrong, then
// or now.
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

// Empty says whether no list counts yet.
func (e Extent) Empty() bool { return e.First.IsZero() }

// Before says whether a moment is before anything is known.
func (e Extent) Before(t time.Time) bool { return !t.IsZero() && t.Before(e.First) }

// Beyond says whether a moment is later than what is known.
func (e Extent) Beyond(t time.Time) bool { return t.After(e.Until) }

// Cut returns the moment that can be shown when t is asked for: t itself, or the last
// known moment if t is later, or zero, which means now.
func (e Extent) Cut(t time.Time) time.Time {
	if t.IsZero() || e.Beyond(t) {
		return e.Until
	}
	return t
}
