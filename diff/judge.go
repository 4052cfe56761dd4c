package diff

import (
	"errors"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// The bounds of what is believed without a second look. Until May 2026 ICE never
// dropped more than 4 agreements in one publication; the limits leave room for
// a bad day, and none for half a file.
const (
	maxRemovals     = 10       // agreements, where they are also
	maxRemovedShare = 1.0 / 50 // of those that were active
	maxUnreadable   = 1.0 / 100
	maxSelfAccepted = 1.0 / 5 // of the agreements gone: more is never accepted without the operator
	maxAmended      = 50      // agreements, where they are also
	maxAmendedShare = 1.0 / 5 // of those that were active: columns that moved, dates of another era
	maxPendingGone  = 20      // pending entries gone unsigned when the list is suddenly empty
)

// findings are what speaks against a publication, with the figures.
type findings struct {
	reasons  []string
	removals int
	of       int
}

func (f *findings) add(format string, args ...any) {
	f.reasons = append(f.reasons, fmt.Sprintf(format, args...))
}

// judge says what is wrong with an arrival; no reasons mean that it is believed.
func (u *update) judge(a Arrival, l *linker) findings {
	list := a.Publication.List
	f := findings{of: len(u.standing(list)), removals: len(l.records)}
	if errors.Is(l.err, errTooAlike) {
		f.add("So many of its rows are new, with names so like each other, that they could not be compared with the last list's.")
	}
	if a.NoColumns {
		f.removals = f.of
		f.add("The file behind the link to the %s list is a workbook without a list's columns.", list)
		return f
	}
	// One bad row is no reason to set a short list aside: four of 2025's pending
	// lists, of 33 to 52 rows, have a single empty cell.
	if n := a.Publication.Unreadable; n > 1 && float64(n) > maxUnreadable*float64(a.Publication.Rows) {
		f.add("%d of its %d rows have no readable state, agency, model or status.", n, a.Publication.Rows)
	}
	if inForce, ok := u.known.InForce[list]; ok && a.Earlier && a.Publication.Digest != inForce.Digest {
		f.add("It is byte for byte an older publication, and says other than the last one, %s.", inForce.File)
	}
	if a.Baseline {
		return f
	}
	if list == roster.Participating {
		u.judgeParticipating(&f, a, l)
	} else {
		u.judgePending(&f, a, l)
	}
	return f
}

func (u *update) judgeParticipating(f *findings, a Arrival, l *linker) {
	if f.removals > maxRemovals && float64(f.removals) > maxRemovedShare*float64(f.of) {
		f.add("%d of %d active agreements would be removed.", f.removals, f.of)
	}
	if len(a.Roster.Rows) == 0 && f.of > 0 {
		f.add("The list is empty, where %d agreements were.", f.of)
	}
	amended := 0
	for _, p := range l.pairs {
		if len(amendments(p.record.Now(), p.entry)) > 0 {
			amended++
		}
	}
	if amended > maxAmended && float64(amended) > maxAmendedShare*float64(f.of) {
		f.add("%d of %d active agreements would be amended.", amended, f.of)
	}
}

func (u *update) judgePending(f *findings, a Arrival, l *linker) {
	unsigned := 0
	for _, r := range l.left() {
		if u.activeFor(r.Now()) == nil {
			unsigned++
		}
	}
	f.removals = unsigned
	if len(a.Roster.Rows) == 0 && unsigned > maxPendingGone {
		f.add("The pending list is empty, where %d unsigned entries were.", unsigned)
	}
	active := 0
	for _, row := range a.Roster.Rows {
		if u.activeFor(sideOf(row, u.book).Agreement) != nil {
			active++
		}
	}
	if active > maxRemovals && 2*active > len(a.Roster.Rows) {
		f.add("%d of its %d rows are agreements that are signed: it looks like the participating list without its dates.", active, len(a.Roster.Rows))
	}
}

// believed decides about an arrival that the judge doubts: it is held, unless it
// bears out one that is held already, and for long enough.
func (u *update) believed(a *Arrival, f findings) bool {
	h, open := u.openHold(a.Publication.List)
	if open && u.agrees(u.in.Held[h.ID], *a) {
		if a.NoColumns || !SelfAccepting(roster.Hold{Removals: f.removals, Of: f.of}) && !u.in.Import {
			u.extendHold(h, a, f)
			return false
		}
		waited := u.in.Now.Sub(h.Since)
		if u.in.Import || u.in.Settings.AcceptAfter > 0 && waited >= u.in.Settings.AcceptAfter {
			a.Decision = roster.HoldBorneOut
			return true
		}
		u.extendHold(h, a, f)
		return false
	}
	if open {
		u.endHold(h, roster.HoldDropped)
	}
	u.openNewHold(a, f)
	return false
}

// agrees says whether a list bears out a held one: it lists the same, but for no
// more than a list may change without being held.
func (u *update) agrees(held, now Arrival) bool {
	if held.Publication.SHA256 == now.Publication.SHA256 {
		return true
	}
	if held.NoColumns || now.NoColumns {
		return held.NoColumns == now.NoColumns
	}
	counts := map[string]int{}
	for _, row := range held.Roster.Rows {
		counts[rowKey(row)]++
	}
	missing, added := len(held.Roster.Rows), 0
	for _, row := range now.Roster.Rows {
		if counts[rowKey(row)] > 0 {
			counts[rowKey(row)]--
			missing--
		} else {
			added++
		}
	}
	size := float64(len(held.Roster.Rows))
	return (missing <= maxRemovals || float64(missing) <= maxRemovedShare*size) && float64(added) <= max(maxRemovals, size/5)
}

func rowKey(r roster.Row) string {
	return roster.Spelling{State: r.State, Name: r.Agency}.Key() + "#" + string(r.Model)
}

func (u *update) openHold(list roster.List) (roster.Hold, bool) {
	for _, h := range u.known.Holds {
		if h.List == list && u.holds[h.ID].ID == "" {
			return h, true
		}
	}
	return roster.Hold{}, false
}

func (u *update) openNewHold(a *Arrival, f findings) {
	p := &a.Publication
	h := roster.Hold{
		ID: fmt.Sprintf("hold_%d", p.Seq), State: roster.HoldOpen, Publication: p.Seq, List: p.List, File: p.File,
		Reasons: f.reasons, Removals: f.removals, Of: f.of, Since: u.in.Now, PublishedAt: p.PublishedAt,
	}
	p.Verdict, p.Hold = roster.Held, h.ID
	u.holds[h.ID] = h
}

// extendHold notes that a list bears out the held one, whose clock runs on.
func (u *update) extendHold(h roster.Hold, a *Arrival, f findings) {
	p := &a.Publication
	h.Publication, h.File, h.Reasons, h.Removals, h.Of, h.PublishedAt = p.Seq, p.File, f.reasons, f.removals, f.of, p.PublishedAt
	p.Verdict, p.Hold = roster.Held, h.ID
	u.holds[h.ID] = h
}

func (u *update) endHold(h roster.Hold, state roster.HoldState) {
	h.State, h.EndedAt = state, u.in.Now
	u.holds[h.ID] = h
	refused := state == roster.HoldDropped || state == roster.HoldRejected
	if p := u.in.Held[h.ID].Publication; refused && p.Seq != 0 {
		p.Verdict = roster.Rejected
		u.verdicts = append(u.verdicts, p)
	}
}

// endHolds ends the hold of a list as one of its publications is accepted.
func (u *update) endHolds(a Arrival) {
	h, open := u.openHold(a.Publication.List)
	if !open {
		return
	}
	state := a.Decision
	if state == "" {
		state = roster.HoldDropped
	}
	u.endHold(h, state)
}

// SelfAccepting says whether a held publication may be accepted without the
// operator once it has stood for long enough: never where more than a fifth of
// the agreements would go.
func SelfAccepting(h roster.Hold) bool {
	return float64(h.Removals) <= maxSelfAccepted*float64(h.Of)
}

// endDropped ends the holds that ICE has taken back, and the one that the
// operator rejects.
func (u *update) endDropped() {
	for _, h := range u.in.Known.Holds {
		switch {
		case h.ID == u.in.Rejected:
			u.endHold(h, roster.HoldRejected)
		case slices.Contains(u.in.Dropped, h.ID):
			u.endHold(h, roster.HoldDropped)
		}
	}
}
