package readers

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/watch287g/watch287g/notify"
)

// This file is what both backends do alike.

// Check returns an ErrInvalid where a request cannot be kept.
func (r Request) Check() error {
	if _, ok := ParseID(string(r.ID)); !ok {
		return invalid("a request has no ID")
	}
	return checkKept(r.Address, r.Wish)
}

// Check returns an ErrInvalid where a reader cannot be kept.
func (r Reader) Check() error {
	if _, ok := ParseID(string(r.ID)); !ok {
		return invalid("a reader has no ID")
	}
	if !slices.Contains(States(), r.State) {
		return invalid("%.20q is not a state of readers", r.State)
	}
	return checkKept(r.Address, r.Wish)
}

func checkKept(address string, w Wish) error {
	parsed, err := ParseAddress(address)
	if err != nil {
		return err
	}
	if parsed != address {
		return invalid("the address is not as ParseAddress writes it")
	}
	return CheckWish(w)
}

// theirs is an error of whoever calls a store.
type theirs struct{ error }

// Theirs marks an error of a function that a caller gave, so that Apart finds it.
func Theirs(err error) error { return theirs{err} }

// Apart returns what of an error does not concern the file or the database of a backend,
// as it is to be returned: an error of a caller (Theirs), or an ErrInvalid. It is nil for
// all others.
func Apart(err error) error {
	if t, ok := errors.AsType[theirs](err); ok {
		return t.error
	}
	if errors.Is(err, ErrInvalid) {
		return err
	}
	return nil
}

// Changed returns what change makes of a reader, with what cannot change as it was. An
// error of change is marked (Theirs).
func (r Reader) Changed(change func(*Reader) error) (Reader, error) {
	after := r
	if err := change(&after); err != nil {
		return Reader{}, Theirs(err)
	}
	after.ID, after.Seq, after.Address, after.SignedUpAt = r.ID, r.Seq, r.Address, r.SignedUpAt
	return after, after.Check()
}

// Farewell is the letter to a reader who leaves by a change; ok is false where nobody does.
func Farewell(before, after Reader) (l Letter, ok bool) {
	return Letter{Kind: LetterLeft, Of: after.ID, At: after.LeftAt}, after.State == StateLeft && before.State != StateLeft
}

// When is when a letter is sent, or sent again.
func (l Letter) When() time.Time {
	if l.Due.IsZero() {
		return l.At
	}
	return l.Due
}

// Place is where a reader stands in the index of followers.
type Place struct {
	Key     string
	Cadence notify.Cadence
}

// KeyOwed is the key under which those stand, by the cadence before (Reader.Was), to
// whom something of it is owed.
const KeyOwed = "owed"

// Places are where a reader is found, sorted: nowhere who gets nothing.
func (r Reader) Places() []Place {
	if r.State != StateActive {
		return nil
	}
	var all []Place
	for _, k := range r.Keys() {
		all = append(all, Place{k, r.Cadence})
	}
	if r.Was != "" {
		all = append(all, Place{KeyOwed, r.Was})
	}
	return all
}

// EndsAt is when a reader's state ends by itself: a pause, or the time in which leaving
// can be undone. Zero: it does not.
func (r Reader) EndsAt() time.Time {
	switch r.State {
	case StatePaused:
		return r.PausedUntil
	case StateLeft, StateSuppressed:
		return r.LeftAt.Add(UndoLife)
	case StateActive:
	}
	return time.Time{}
}

const mostDetail = 200 // bytes

// Suppressing returns a suppression of an address as it is kept, by SecretSuppression.
func Suppressing(secret []byte, address string, s Suppression) Suppression {
	s.Key, s.At, s.Seq = SuppressionKey(secret, address), second(s.At), 0
	words := strings.FieldsFunc(strings.ToValidUTF8(s.Detail, "?"), func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	for i, w := range words {
		if strings.Contains(w, "@") {
			words[i] = "(address)"
		}
	}
	s.Detail = strings.Join(words, " ")
	if len(s.Detail) > mostDetail {
		s.Detail = strings.ToValidUTF8(s.Detail[:mostDetail], "")
	}
	return s
}

// Outlasts says whether a suppression stays where another one comes.
func (s Suppression) Outlasts() bool {
	return s.Reason == ReasonComplaint || s.Reason == ReasonOperator
}

// Over is a suppression in the place of the one that is kept, zero for none; or that one,
// where it stays, for the reader who had the address now.
func (s Suppression) Over(kept Suppression) Suppression {
	if !kept.Outlasts() {
		return s
	}
	kept.Seq = s.Seq
	return kept
}

// Used is how often a limit was used, and until when that counts. What People.Keep keeps
// stands beside limits, and has a value.
type Used struct {
	Key   string    `json:"key"`
	Count int       `json:"count"`
	Until time.Time `json:"until"`
	Value []byte    `json:"value,omitempty"`
}

// Kept is a small value as People.Keep keeps it.
func Kept(key string, until time.Time, value []byte) Used {
	return Used{Key: key, Until: second(until), Value: value}
}

// Use counts one use against a limit; ok is false where it is used up. kept is what was
// counted before, if anything was.
func (l Limit) Use(kept Used, at time.Time) (now Used, ok bool) {
	if !at.Before(kept.Until) {
		kept = Used{Until: at.UTC().Add(min(l.Within, LimitLife))}
	}
	kept.Key = l.Key
	kept.Count++
	return kept, kept.Count <= l.Most
}

// Compare sorts counts by state, language and cadence.
func (c Count) Compare(d Count) int {
	return cmp.Or(cmp.Compare(c.State, d.State), cmp.Compare(c.Language, d.Language), cmp.Compare(c.Cadence, d.Cadence))
}

// Told reads what an item holds. The error is an ErrInvalid.
func Told[T any](item Item) (v T, err error) {
	if err := json.Unmarshal(item.Value, &v); err != nil {
		return v, invalid("what stands for %.20s cannot be read: %w", item.Part, noValue(err))
	}
	return v, nil
}

// noValue is an error of reading JSON without what was read, which can be an address.
func noValue(err error) error {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is not as it should be", cmp.Or(t.Field, "it"))
	}
	return errors.New("it is not the JSON that it should be")
}

// CheckNew returns an ErrInvalid for a reader who cannot be loaded; taken says that
// there is one with its number, ID or address already.
func CheckNew(r Reader, taken bool) error {
	if taken || r.Seq == 0 {
		return invalid("reader %d is there twice, or has no number", r.Seq)
	}
	return r.Check()
}

// UnknownPart is the error for an item of a part that there is not.
func UnknownPart(item Item) error {
	return invalid("this program knows no part %.20q; use the version that exported it, or a newer one", item.Part)
}
