package prose

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// What pages say of many changes at once.

// DayTally counts what was seen on a day, and the active agreements at its end: "5 new,
// 1 no longer listed; 239 active in all at the end of the day". until is the last moment
// known, where that is before the day's end, else zero.
func (l Language) DayTally(counts string, active int, until time.Time) string {
	p := parts{"counts": counts, "active": l.ActiveShort(active), "until": l.Moment(until)}
	if until.IsZero() {
		return l.say("bulk.day", p)
	}
	return l.say("bulk.day.until", p)
}

// StateTally counts the changes of a state that are listed below, and those that stand
// above, of which there may be none, with the active agreements that it has then: "5
// new, 118 active in all". active is -1 where that is not to be said.
func (l Language) StateTally(below, above []roster.Change, active int) string {
	all := []string{l.Counts(below)}
	if len(above) > 0 {
		all = append(all, l.say("bulk.above", parts{"counts": l.Counts(above)}))
	}
	if active >= 0 {
		all = append(all, l.ActiveShort(active))
	}
	return strings.Join(all, ", ")
}

// MinorTally counts small edits: "Small edits: 2 records changed by ICE".
func (l Language) MinorTally(changes []roster.Change) string {
	return l.say("bulk.minor", parts{"counts": l.Counts(changes)})
}

// SignedShort says in a line when an agreement was signed: "signed Jun 11, 2025".
func (l Language) SignedShort(a roster.Agreement) string {
	return l.signed("signed.line", a, l.ShortDate(a.Signed))
}

// LineNote is what a line that says no more than who, which model, where and when must
// say besides: what is only likely, and what the change takes back; "" for nothing.
func (l Language) LineNote(c roster.Change) string {
	notes := []string{l.Doubt(c)}
	if c.Corrects != "" && c.Kind != roster.KindRestored {
		notes = append(notes, l.plain("line.was-withdrawn"))
	}
	return strings.Join(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), "; ")
}
