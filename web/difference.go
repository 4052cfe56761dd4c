package web

import (
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// difference is what two moments differ by, with what is said of it.
type difference struct{ snapshot.Difference }

// rewrite is what ICE gives otherwise than before, in words.
type rewrite struct {
	AgreementAt    roster.AgreementAt // at the end
	What, Was, Now string
}

// rewriteInWords names a field and its two sides.
func rewriteInWords(r snapshot.Rewrite) rewrite {
	switch was, now := r.Was, r.Now; r.Field {
	case "agency":
		return rewrite{now, "name of the agency", was.Agency, now.Agency}
	case "state":
		return rewrite{now, "state", was.State.Name(), now.State.Name()}
	case "model":
		return rewrite{now, "model", was.Model.Name(), now.Model.Name()}
	default:
		return rewrite{now, "signing date", signedBrief(was), signedBrief(now.Agreement)}
	}
}

// Span is the time between the two moments, where both end a day: "in the 30 days
// to June 18, 2025".
func (d difference) Span() string {
	return fmt.Sprintf("in the %s to %s", roster.Plural(daysBetween(d.From, d.To), "day", "days"), roster.Day(d.To).Long())
}

// Agreements says how the active agreements came to their new number.
func (d difference) Agreements() string {
	s := fmt.Sprintf("Active agreements: %s new, %s no longer listed", roster.Thousands(len(d.New)), roster.Thousands(len(d.Gone)))
	if n := len(d.Again); n > 0 {
		s += ", " + roster.Thousands(n) + " listed again"
	}
	if n := d.FirstSeen[roster.ListParticipating]; n > 0 {
		s += ", " + roster.Thousands(n) + " on the first list known, of which nobody here knows since when"
	}
	return s + fmt.Sprintf(": from %s to %s.", roster.Thousands(d.Before.Active), roster.Thousands(d.After.Active))
}

// pendingWent says how the number of pending entries changed, as far as it is known.
func (d difference) pendingWent() string {
	before, after := roster.Thousands(d.Before.Pending), roster.Thousands(d.After.Pending)
	switch {
	case !counted(d.After, roster.ListPending):
		return "are not known"
	case !counted(d.Before, roster.ListPending):
		return "from a number that is not known to " + after
	}
	return fmt.Sprintf("from %s to %s (%s)", before, after, signedCount(d.After.Pending-d.Before.Pending))
}

// Entries says how the pending entries came to their new number.
func (d difference) Entries() string {
	if !counted(d.After, roster.ListPending) {
		return "Pending entries: their number is not known, as no pending list is."
	}
	s := fmt.Sprintf("Pending entries: %s came, %s signed, %s left unsigned", roster.Thousands(len(d.Came)), roster.Thousands(len(d.Signed)), roster.Thousands(len(d.Left)))
	if n := d.FirstSeen[roster.ListPending]; n > 0 {
		s += ", " + roster.Thousands(n) + " on the first pending list known, of which nobody here knows since when"
	}
	if !counted(d.Before, roster.ListPending) {
		return s + ": from a number that is not known to " + roster.Thousands(d.After.Pending) + "."
	}
	return s + fmt.Sprintf(": from %s to %s.", roster.Thousands(d.Before.Pending), roster.Thousands(d.After.Pending))
}

// Otherwise says how much ICE gives otherwise than before; "" for nothing.
func (d difference) Otherwise() string {
	if len(d.Other) == 0 {
		return ""
	}
	return "Listed otherwise, by name, state, model or signing date: " + roster.Thousands(len(d.Other)) + "."
}

// Beside says what came and went in between; "" for nothing.
func (d difference) Beside() string {
	if d.Passing == 0 {
		return ""
	}
	return "Not counted here: " + roster.Plural(d.Passing, "agreement or pending entry", "agreements and pending entries") +
		" that came and went, or went and came back, in between."
}

// startOf is the first moment of a day in Washington.
func startOf(d roster.Date) time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, roster.Washington())
}
