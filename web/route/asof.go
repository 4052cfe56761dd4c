package route

import (
	"net/http"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// What is known begins with the first list, and ends with the last look at ICE's
// page that went well. Whatever is asked for, nothing here speaks of another time.

// AsOf finds the moment that is answered for where an address asks for one: the
// last one that is known where it asks for a later one, or for none. Of what was
// before the record begins there is no answer.
func AsOf(l prose.Language, snap *snapshot.Snapshot, asked time.Time) (time.Time, error) {
	at, ok := snap.AsOf(asked)
	if !ok || snap.Extent().Empty() {
		return time.Time{}, unknown(l, snap, l.Say("page.asof.listed", "day", l.DayOrMoment(asked)))
	}
	return at, nil
}

// unknown says that nothing is known of what is before the record begins.
func unknown(l prose.Language, snap *snapshot.Snapshot, what string) error {
	if snap.Extent().Empty() {
		return &Problem{http.StatusNotFound, l.Say("page.asof.nothing"), l.Unread()}
	}
	return &Problem{http.StatusNotFound, l.Say("page.asof.before"), l.Say("page.asof.before.says", "what", what, "date", Begins(l, snap),
		"page", In(l, DayURL(roster.Day(snap.Extent().First))))}
}

// Begins is when the record does.
func Begins(l prose.Language, snap *snapshot.Snapshot) string { return l.Day(snap.Extent().First) }

// Unrecorded refuses to say that nothing changed at a time of which nothing is
// known: there is no change before the record begins.
func Unrecorded(l prose.Language, snap *snapshot.Snapshot, f roster.Filter) error {
	if snap.Extent().Before(f.Until) {
		return unknown(l, snap, l.Say("page.asof.changed", "day", l.DayOrMoment(f.Until)))
	}
	return nil
}

// Until is the last moment that is known, in words.
func Until(l prose.Language, snap *snapshot.Snapshot) string { return l.Moment(snap.KnownUntil()) }

// Beyond says that what is asked for is later than what is known; "" where it is
// not.
func Beyond(l prose.Language, snap *snapshot.Snapshot, asked time.Time) string {
	if snap.Extent().Empty() || !snap.Extent().Beyond(asked) {
		return ""
	}
	return l.Say("page.asof.beyond", "moment", Until(l, snap))
}
