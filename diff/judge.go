package diff

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The bounds of what is believed without a second look. Until May 2026 ICE never
// dropped more than 4 agreements in one publication; the limits leave room for
// a bad day, and none for half a file.
const (
	maxRemovals     = 12       // agreements, however many there are
	fewRemovals     = 10       // agreements, where they are also
	maxRemovedShare = 1.0 / 50 // of those that were active
	wholeState      = 10       // agreements of a state that never go all at once
	maxUnreadable   = 1.0 / 100
	maxSelfAccepted = 1.0 / 5 // of the agreements gone: more is never accepted without the operator
)

// The bounds on how much one publication may change of what it still lists, and on
// the pending list. In 2025 ICE never amended more than 16 agreements at once (of 360,
// on March 17), and never more than 12 of 700 or more.
const (
	maxAmended        = 25 // agreements with another name, state, model or date, where they are also
	maxAmendedShare   = 3.0 / 100
	maxOtherwise      = 1.0 / 10 // of the agreements changed: more is never accepted without the operator
	maxUndated        = 5        // agreements whose date is gone or unreadable, or that come without one from the pending list
	maxRemodeled      = 4        // agreements with another model and the date that they had
	maxRenamed        = 5        // agreements with a name that is nothing like the one that they had
	maxMisplaced      = 5        // rows with a county for a kind of agency, or the other way, where they are also
	maxMisplacedShare = 1.0 / 100
	manyPending       = 8  // unsigned entries, of which no more than half leave at once
	mostlyPending     = 5  // rows, for a list to be mostly of pending entries
	maxSignedInList   = 10 // rows of the pending list that are signed, where they are more than half
)

// findings are what speaks against a publication, with the figures: what its hold
// would say.
type findings struct {
	roster.Hold
	tooAlike bool // its rows could not be compared with those that are known
}

// add adds a reason, as prose.Odd has it.
func (f *findings) add(what string, values ...any) {
	f.Reasons, f.Texts = prose.Note(f.Reasons, f.Texts, prose.Odd(what, values...))
}

// doubt notes how many agreements would change. Too many mean a misread column,
// which lasts, so that the operator decides.
func (f *findings) doubt(n int) {
	f.Operator = f.Operator || tooMany(n, 0, maxOtherwise, f.Of)
}

// tooMany says whether n of so many are more than a number and more than a share.
func tooMany(n, most int, share float64, of int) bool {
	return n > most && float64(n) > share*float64(of)
}

// judge says what is wrong with an arrival; no reasons mean that it is believed.
func (u *update) judge(a Candidate, l *linker) findings {
	list := a.Publication.List
	f := findings{Hold: roster.Hold{List: list, Of: u.before.listed[list], Removals: len(l.records)}}
	if errors.Is(l.err, errTooAlike) {
		f.tooAlike = true
		f.add("alike")
	}
	if a.NoColumns {
		f.Removals, f.NoColumns = f.Of, true
		f.add("no-columns", "list", list)
		return f
	}
	// One bad row is no reason to set a short list aside: four of 2025's pending
	// lists, of 33 to 52 rows, have a single empty cell.
	if n := a.Publication.Unreadable; tooMany(n, 1, maxUnreadable, a.Publication.Rows) {
		f.add("unreadable", "n", n, "rows", a.Publication.Rows)
	}
	judgeColumns(&f, a.Roster)
	if list == roster.ListPending {
		u.judgeSigned(&f, a)
	}
	switch {
	case a.Baseline:
	case list == roster.ListParticipating:
		u.judgeParticipating(&f, a, l)
	default:
		u.judgePending(&f, a, l)
	}
	return f
}

// believed decides about an arrival that the judge doubts: it is held, unless it
// bears out one that is held already, and for long enough.
func (u *update) believed(ctx context.Context, a *Candidate, f findings) bool {
	h, open := u.openHold(a.Publication.List)
	borneOut := open && u.agrees(u.in.Held[h.ID], *a)
	p := &a.Publication
	if f.ID, f.Since = h.ID, h.Since; !borneOut {
		f.ID, f.Since = fmt.Sprintf("hold_%d", p.Seq), u.in.Now
	}
	if after := u.in.Settings.AcceptAfter; !u.in.Import && !a.NoColumns && after > 0 && SelfAccepting(f.Hold) {
		f.AcceptAt = f.Since.Add(after)
	}
	longEnough := u.in.Import && !a.NoColumns || !f.AcceptAt.IsZero() && !u.in.Now.Before(f.AcceptAt)
	if borneOut && longEnough {
		a.Decision = roster.HoldBorneOut
		return true
	}
	if open && !borneOut {
		u.endHold(h, roster.HoldDropped)
	}
	f.State, f.Publication, f.File, f.PublishedAt, f.SHA256 = roster.HoldOpen, p.Seq, p.File, p.PublishedAt, p.SHA256
	p.Verdict, p.Hold = roster.VerdictHeld, f.ID
	if f.Effect = h.Effect; !borneOut || h.SHA256 != f.SHA256 {
		f.Effect = u.effectOf(ctx, *a, f)
	}
	u.holds[f.ID] = &f.Hold
	return false
}

// agrees says whether a list bears out a held one: it lists the same, but for no
// more than a list may change without being held.
func (u *update) agrees(held, now Candidate) bool {
	if held.Publication.SHA256 == now.Publication.SHA256 {
		return true
	}
	if held.NoColumns || now.NoColumns {
		return held.NoColumns == now.NoColumns
	}
	missing, added := differing(held.Roster, now.Roster, rowKey)
	otherwise, _ := differing(held.Roster, now.Roster, func(r roster.Row) string { return rowKey(r) + "#" + string(r.Signed) })
	return missing <= maxRemovals && otherwise <= maxAmended && float64(added) <= max(maxRemovals, float64(len(held.Roster.Rows))/5)
}

// differing counts the rows that only one of two rosters has, by key.
func differing(old, now roster.Roster, key func(roster.Row) string) (missing, added int) {
	counts := map[string]int{}
	for _, row := range old.Rows {
		counts[key(row)]++
	}
	missing = len(old.Rows)
	for _, row := range now.Rows {
		if k := key(row); counts[k] > 0 {
			counts[k]--
			missing--
		} else {
			added++
		}
	}
	return missing, added
}

func rowKey(r roster.Row) string {
	return roster.Spelling{State: r.State, Name: r.Agency}.Key() + "#" + r.Model.Key()
}

// isHeld says whether a publication of a list is set aside now.
func (u *update) isHeld(list roster.List) bool {
	_, before := u.openHold(list)
	for _, h := range u.holds {
		before = before || h.List == list && h.Open()
	}
	return before
}

// openHold returns the hold of a list that was open before and has not been decided
// on yet.
func (u *update) openHold(list roster.List) (roster.Hold, bool) {
	for _, h := range u.known.Holds {
		if h.List == list && u.holds[h.ID] == nil {
			return h, true
		}
	}
	return roster.Hold{}, false
}

func (u *update) endHold(h roster.Hold, state roster.HoldState) {
	h.State, h.EndedAt = state, u.in.Now
	u.holds[h.ID] = &h
	refused := state == roster.HoldDropped || state == roster.HoldRejected
	if p := u.in.Held[h.ID].Publication; refused && p.Seq != 0 {
		p.Verdict = roster.VerdictRejected
		u.verdicts = append(u.verdicts, p)
	}
}

// SelfAccepting says whether a held publication may be accepted without the
// operator once it has stood for long enough: never where more than a fifth of
// the agreements would go, or a tenth be given otherwise. Pending entries come and go, and
// nothing is said of those that left before their grace is over.
func SelfAccepting(h roster.Hold) bool {
	return !h.Operator && (h.List == roster.ListPending || !tooMany(h.Removals, 0, maxSelfAccepted, h.Of))
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
