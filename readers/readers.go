// Package readers is about people who signed themselves up: what they follow, how they
// confirm, change and leave, and the contract of what keeps them. They are kept apart
// from everything that is public: in a file or a schema of their own, which no backup of
// the store holds. readers/bolt and readers/postgres are the backends, and
// readers/readerstest is the suite that both must pass.
package readers

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

const (
	// MostFollows is how many things one reader can follow.
	MostFollows = 50
	// MostRequests is how many requests an address can have open.
	MostRequests = 3
	// MostTries is how many codes can be tried for one request.
	MostTries = 5
	// OwnLife is for how long the link counts by which a reader takes a copy, or erases.
	OwnLife = 24 * time.Hour
	// CodeLife is for how long the code of a request counts.
	CodeLife = time.Hour
	// RequestLife is for how long a request can be confirmed by its link. After that
	// it is deleted.
	RequestLife = 7 * 24 * time.Hour
	// UndoLife is how long a reader who left, or whose address is suppressed, is kept,
	// so that it can be undone.
	UndoLife = 30 * 24 * time.Hour
	// LimitLife is the longest that anything about a network is kept.
	LimitLife = 72 * time.Hour
)

// idSize is how many random bytes an ID has.
const idSize = 16

// ID names a reader or a request: 16 random bytes in lower-case base32, 26 characters.
type ID string

// NewID makes an ID that nobody can guess.
func NewID() ID {
	b := make([]byte, idSize)
	_, _ = rand.Read(b) // it never fails
	return ID(idEncoding().EncodeToString(b))
}

// ParseID reads an ID; ok is false where the text is none.
func ParseID(text string) (id ID, ok bool) {
	b, err := idEncoding().DecodeString(text)
	if err != nil || len(b) != idSize || idEncoding().EncodeToString(b) != text { // the last bits can differ
		return "", false
	}
	return ID(text), true
}

func idEncoding() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

// State is whether a reader gets mail.
type State string

// The states.
const (
	StateActive     State = "active"
	StatePaused     State = "paused"     // gets nothing for now
	StateLeft       State = "left"       // gets nothing, and is erased after UndoLife
	StateSuppressed State = "suppressed" // as left, by a bounce, a complaint or the operator
)

// States returns every state.
func States() []State { return []State{StateActive, StatePaused, StateLeft, StateSuppressed} }

// Cadences are those that a reader can have.
func Cadences() []notify.Cadence {
	return []notify.Cadence{notify.Instant, notify.Daily, notify.Weekly}
}

// Wish is what somebody wants to be told, and how.
type Wish struct {
	Language prose.Language `json:"language"`
	Cadence  notify.Cadence `json:"cadence"`
	Follows  []Follow       `json:"follows"`          // at most MostFollows, each once
	Kinds    []roster.Kind  `json:"kinds,omitempty"`  // none: roster.DefaultKinds
	Models   []roster.Model `json:"models,omitempty"` // none: all
}

// Filter selects the changes of the kinds and models that are wanted. What is followed
// is no part of it: that is found by Follow.Keys.
func (w Wish) Filter() roster.Filter {
	f := roster.Filter{Kinds: w.Kinds, Models: w.Models}
	if len(f.Kinds) == 0 {
		f.Kinds = roster.DefaultKinds()
	}
	return f
}

// Reader is a person who confirmed.
type Reader struct {
	ID      ID     `json:"id"`      // that of the request that made it
	Seq     uint64 `json:"seq"`     // its number in the store, ascending and never used again: what batches name
	Address string `json:"address"` // as ParseAddress returned it
	Wish

	State       State     `json:"state"`
	PausedUntil time.Time `json:"paused_until,omitzero"` // zero: until the reader says so
	Paused      bool      `json:"paused,omitempty"`      // of StateSuppressed: had paused before
	SignedUpAt  time.Time `json:"signed_up_at"`
	ConfirmedAt time.Time `json:"confirmed_at"`
	ChangedAt   time.Time `json:"changed_at"`
	LeftAt      time.Time `json:"left_at,omitzero"` // of StateLeft and StateSuppressed

	// Since is the number of the last change that the reader is not told of anymore.
	Since uint64 `json:"since"`
	// Was is the cadence before, where what it had not told yet is still owed to the
	// reader. Until that is planned, the new one tells the reader nothing.
	Was  notify.Cadence `json:"was,omitempty"`
	Soft int            `json:"soft,omitempty"` // soft bounces in a row
	// SoftAt is when the last soft bounce was counted, and SoftSentAt when a server took
	// the first mail after it.
	SoftAt     time.Time `json:"soft_at,omitzero"`
	SoftSentAt time.Time `json:"soft_sent_at,omitzero"`
}

// Request is a sign-up that is not confirmed yet, or what somebody who knows a reader's
// address would add to it.
type Request struct {
	ID      ID     `json:"id"`
	Address string `json:"address"` // as ParseAddress returned it
	Wish
	At    time.Time `json:"at"`
	Tries int       `json:"tries,omitempty"` // codes that were tried
}

// NewRequest makes a request with an ID of its own.
func NewRequest(address string, w Wish, at time.Time) Request {
	return Request{ID: NewID(), Address: address, Wish: w, At: second(at)}
}

// OpenAt says whether a request can still be confirmed by its link.
func (r Request) OpenAt(at time.Time) bool { return at.Before(r.At.Add(RequestLife)) }

// CodeAt says whether the code of a request still counts. Try counts the tries.
func (r Request) CodeAt(at time.Time) bool {
	return at.Before(r.At.Add(CodeLife)) && r.Tries <= MostTries
}

// Followed returns the follow that is written so, as Follow.String writes it.
func (w Wish) Followed(written string) (f Follow, ok bool) {
	for _, f := range w.Follows {
		if f.String() == written {
			return f, true
		}
	}
	return Follow{}, false
}

// String is the reader without the address, for logs.
func (r Reader) String() string { return fmt.Sprintf("reader %d", r.Seq) }

// String is the request without the address, for logs.
func (r Request) String() string { return "a request of " + r.At.Format(time.DateOnly) }
