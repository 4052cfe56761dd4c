package readers

import (
	"crypto/hmac"
	"encoding/binary"
	"strings"
	"time"
)

// This file is about mails that come back: how a bounce says whose mail it is about, and
// what soft bounces do to a reader.

// ReturnHeader is the header that has the return token of a mail. So has the address to
// which bounces go (ReturnAddress). Nothing else has it, since whoever knows it can
// report that the mail came back.
const ReturnHeader = "X-Watch287g-Return"

// ReturnSize is how many characters a return token has, of a-z and 2-7.
const ReturnSize = 50

// returnLife is how long after it was sent a mail can come back.
const returnLife = 30 * 24 * time.Hour

// MostReturnLocal is how long the part before the @ of an address for bounces can be, so
// that there is room for a token.
const MostReturnLocal = mostLocal - ReturnSize - 1

// Sent says to whom a mail went.
type Sent struct {
	ID      ID   // of the reader or the request
	Letter  bool // no mail of a mailing: anybody can have one sent to any address
	Address string
	At      time.Time // to the minute
}

// Return is what a return token says.
type Return struct {
	ID     ID
	Letter bool
	SentAt time.Time       // to the minute
	tag    [returnTag]byte // of the address
}

const (
	returnTag   = 3
	returnMAC   = 8
	returnBytes = 1 + idSize + 3 + returnTag + returnMAC
	// returnMinutes bounds the number of the minute, which begins anew every 32 years.
	returnMinutes = 1 << 24
)

// ReturnToken signs by SecretBounces what a bounce of a mail has to show, so that nobody
// can make up that an address bounced.
func ReturnToken(secret []byte, s Sent) string {
	id, _ := idEncoding().DecodeString(string(s.ID)) // an ID of another form is found by no token
	raw := make([]byte, 1, returnBytes)
	if s.Letter {
		raw[0] = 1
	}
	raw = append(raw, append(id, make([]byte, idSize)...)[:idSize]...)
	raw = append(raw, binary.BigEndian.AppendUint32(nil, minuteOf(s.At))[1:]...)
	raw = append(raw, mac(secret, "address", AddressKey(s.Address))[:returnTag]...)
	return idEncoding().EncodeToString(append(raw, mac(secret, "return", string(raw))[:returnMAC]...))
}

func minuteOf(t time.Time) uint32 {
	return uint32(t.Unix() / 60 % returnMinutes) //nolint:gosec // it is bounded
}

// ReadReturn returns what a return token says; ok is false where it was not made with
// this secret, or so long ago that nothing of it can come back.
func ReadReturn(secret []byte, token string, now time.Time) (r Return, ok bool) {
	raw, err := idEncoding().DecodeString(strings.ToLower(token))
	if err != nil || len(raw) != returnBytes {
		return Return{}, false
	}
	said := raw[:returnBytes-returnMAC]
	if !hmac.Equal(raw[len(said):], mac(secret, "return", string(said))[:returnMAC]) {
		return Return{}, false
	}
	r.Letter, r.ID = said[0] == 1, ID(idEncoding().EncodeToString(said[1:1+idSize]))
	said = said[1+idSize:]
	minute := binary.BigEndian.Uint32([]byte{0, said[0], said[1], said[2]})
	age := time.Duration((minuteOf(now)+returnMinutes-minute)%returnMinutes) * time.Minute
	r.SentAt, r.tag = now.UTC().Truncate(time.Minute).Add(-age), [returnTag]byte(said[3:])
	return r, age < returnLife
}

// Of says whether a mail went to this address: a reader may have had another one then.
func (r Return) Of(secret []byte, address string) bool {
	return hmac.Equal(r.tag[:], mac(secret, "address", AddressKey(address))[:returnTag])
}

// ReturnAddress is where bounces of a mail with a return token go, if they go to an
// address for bounces, of which the part before the @ has at most MostReturnLocal
// characters: "bounces+TOKEN@example.org".
func ReturnAddress(bounces, token string) string {
	local, domain, _ := strings.Cut(bounces, "@")
	return local + "+" + token + "@" + domain
}

// softPause is for how long no soft bounce has to come after a mail that counts as
// delivered: most servers give up after five days.
const softPause = 6 * 24 * time.Hour

// SoftBounce counts a soft bounce of that time, and says whether it counts: one a day
// does, of an active reader.
func (r *Reader) SoftBounce(at time.Time) bool {
	at = second(at)
	if r.State != StateActive || at.Before(r.ConfirmedAt) || !day(at).After(day(r.SoftAt)) {
		return false
	}
	r.Soft, r.SoftAt, r.SoftSentAt = r.Soft+1, at, time.Time{}
	return true
}

func day(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }

// Took notes, of a reader with soft bounces, that a server took a mail, and says whether
// there is anything to be kept. Whether the mail arrived shows when nothing comes back of
// it for some days: with the first mail after those, the soft bounces are forgotten.
func (r *Reader) Took(at time.Time) bool {
	switch {
	case r.Soft == 0:
		return false
	case r.SoftSentAt.IsZero():
		r.SoftSentAt = second(at)
		return true
	case at.Sub(r.SoftSentAt) > softPause:
		r.Soft, r.SoftSentAt = 0, time.Time{}
		return true
	}
	return false
}

// Delivered notes that a mail arrived then, and says whether there is anything to be
// kept.
func (r *Reader) Delivered(at time.Time) bool {
	if r.Soft == 0 || !at.After(r.SoftAt) {
		return false
	}
	r.Soft, r.SoftSentAt = 0, time.Time{}
	return true
}
