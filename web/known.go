package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// What is known begins with the first list, and ends with the last look at ICE's
// page that went well. Whatever is asked for, nothing here speaks of another time.

// asOf finds the moment that is answered for where an address asks for one: the
// last one that is known where it asks for a later one, or for none. Of what was
// before the record begins there is no answer.
func (v *snapshot) asOf(asked time.Time) (time.Time, error) {
	if v.extent.Empty() || v.extent.Before(asked) {
		return time.Time{}, v.unknown("What ICE listed on " + momentWords(asked))
	}
	return v.extent.Cut(asked), nil
}

// unknown says that nothing is known of what is before the record begins.
func (v *snapshot) unknown(what string) error {
	if v.extent.Empty() {
		return &problem{http.StatusNotFound, "Nothing is known yet", unread}
	}
	return &problem{http.StatusNotFound, "That was before the record begins", fmt.Sprintf("%s is not known here. The first list known is of %s: see /on/%s.",
		what, v.begins(), roster.Day(v.extent.First))}
}

// begins is when the record does.
func (v *snapshot) begins() string { return roster.Day(v.extent.First).Long() }

// unrecorded refuses to say that nothing changed at a time of which nothing is
// known: there is no change before the record begins.
func (v *snapshot) unrecorded(f roster.Filter) error {
	if v.extent.Before(f.Until) {
		return v.unknown("What changed until " + momentWords(f.Until))
	}
	return nil
}

// until is the last moment that is known, in words.
func (v *snapshot) until() string { return clock(v.extent.Until) }

// beyond says that what is asked for is later than what is known; "" where it is
// not.
func (v *snapshot) beyond(asked time.Time) string {
	if v.extent.Empty() || !v.extent.Beyond(asked) {
		return ""
	}
	return "What is known here ends " + v.until() + ": what ICE listed after that is not in it."
}
