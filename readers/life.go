package readers

import (
	"cmp"
	"slices"
	"time"

	"github.com/watch287g/watch287g/notify"
)

// This file is the life of a reader: pure rules, which both backends share.

// NewReader is who confirms a request whose address nobody has. last is the number of the last
// change.
func NewReader(r Request, seq uint64, at time.Time, last uint64) Reader {
	at = second(at)
	return Reader{ID: r.ID, Seq: seq, Address: r.Address, Wish: r.Wish, State: StateActive,
		SignedUpAt: r.At, ConfirmedAt: at, ChangedAt: at, Since: last}
}

// second is a time as it is kept.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// Join adds what a confirmed request wishes: its follows to those that there are, as
// many as fit, and its language, cadence, kinds and models in the place of those before.
// Who had left begins anew, with what the request follows alone; who paused goes on.
func (r *Reader) Join(w Wish, at time.Time, last uint64) {
	switch r.State {
	case StateLeft, StateSuppressed:
		r.Follows, r.Was, r.Cadence = nil, "", w.Cadence
		r.begin(last)
	case StatePaused:
		r.begin(last)
	case StateActive:
	}
	r.SetCadence(w.Cadence)
	r.Language, r.Kinds, r.Models = w.Language, w.Kinds, w.Models
	r.Follow(w.Follows...)
	r.ConfirmedAt, r.ChangedAt = second(at), second(at)
}

// begin has a reader get mail again, of changes after the last one.
func (r *Reader) begin(last uint64) {
	r.State, r.Paused, r.PausedUntil, r.LeftAt, r.Soft = StateActive, false, time.Time{}, time.Time{}, 0
	r.Since = max(r.Since, last)
}

// Follow adds follows that are not there yet, as many as fit.
func (r *Reader) Follow(more ...Follow) {
	r.Follows = slices.Clone(r.Follows)
	for _, f := range more {
		if _, has := r.Followed(f.String()); !has && len(r.Follows) < MostFollows {
			r.Follows = append(r.Follows, f)
		}
	}
}

// Unfollow takes away the follow that is written so, and leaves with the last one.
func (r *Reader) Unfollow(written string, at time.Time) {
	rest := slices.DeleteFunc(slices.Clone(r.Follows), func(f Follow) bool { return f.String() == written })
	if len(rest) == 0 {
		r.Leave(at) // with the follow, for undoing it
		return
	}
	if len(rest) < len(r.Follows) {
		r.Follows, r.ChangedAt = rest, second(at)
	}
}

// SetCadence changes how often the reader gets mail. What the cadence before had not
// told yet is owed (Was).
func (r *Reader) SetCadence(c notify.Cadence) {
	if c == r.Cadence {
		return
	}
	owed := cmp.Or(r.Was, r.Cadence)
	if owed == c {
		owed = ""
	}
	r.Was, r.Cadence = owed, c
}

// Pause has an active reader get nothing until then; zero: until the reader says so.
func (r *Reader) Pause(until, at time.Time) {
	if r.State == StateActive || r.State == StatePaused {
		r.State, r.PausedUntil, r.ChangedAt = StatePaused, second(until), second(at)
	}
}

// Resume ends a pause. Nothing up to the last change is told anymore.
func (r *Reader) Resume(at time.Time, last uint64) {
	r.comeBack(StatePaused, at, last)
}

// comeBack has a reader get mail again who is in this state.
func (r *Reader) comeBack(from State, at time.Time, last uint64) {
	if r.State == from {
		r.begin(last)
		r.Was, r.ChangedAt = "", second(at)
	}
}

// Leave has a reader get nothing anymore. It can be undone for UndoLife.
func (r *Reader) Leave(at time.Time) {
	if r.State == StateActive || r.State == StatePaused {
		r.State, r.PausedUntil, r.LeftAt, r.ChangedAt = StateLeft, time.Time{}, second(at), second(at)
	}
}

// Undo takes back that a reader has left, with all that was followed.
func (r *Reader) Undo(at time.Time, last uint64) {
	r.comeBack(StateLeft, at, last)
}

// Suppress is what becomes of a reader whose address is suppressed. Who has left stays so.
func (r *Reader) Suppress(at time.Time) {
	if r.State == StateActive || r.State == StatePaused {
		r.Paused = r.State == StatePaused
		r.State, r.LeftAt, r.ChangedAt = StateSuppressed, second(at), second(at)
	}
}

// Unsuppress takes that back. Who had paused is paused again.
func (r *Reader) Unsuppress(at time.Time) {
	if r.State != StateSuppressed {
		return
	}
	paused, until := r.Paused, r.PausedUntil
	r.begin(r.Since)
	r.ChangedAt = second(at)
	if paused {
		r.State, r.PausedUntil = StatePaused, until
	}
}
