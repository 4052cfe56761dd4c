package readers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

// The names of the secrets of a store of readers, as People.Secret takes them.
const (
	SecretLinks       = "links"       // signs the addresses of pages
	SecretCodes       = "codes"       // makes the codes of requests
	SecretMessages    = "messages"    // makes Message-IDs
	SecretSuppression = "suppression" // makes the keys of suppressions
	SecretLimits      = "limits"      // makes the keys of limits
	SecretWork        = "work"        // makes puzzles of a proof of work
	SecretBounces     = "bounces"     // makes addresses to which bounces go
)

// Purpose is what a signed address of a page is good for.
type Purpose string

// The purposes.
const (
	PurposeConfirm Purpose = "confirm" // of a request
	PurposeManage  Purpose = "manage"  // of a reader
	PurposeLeave   Purpose = "leave"   // of a reader, of a request, or of one follow of a reader
	PurposeOwn     Purpose = "own"     // of a reader, as of when it was asked for
)

const (
	macSize   = 16
	mostToken = 200
)

// mac is a keyed hash of some parts, each with its length, so that none runs into the
// next one.
func mac(secret []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, secret)
	for _, p := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p)))) // it never fails
		_, _ = h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Token signs the address of a page of a reader or a request by SecretLinks. of names
// one follow, as Follow.String does, for a link that leaves that alone; else "". A
// token has the characters of URLs.
func Token(secret []byte, p Purpose, id ID, of string) string {
	raw, _ := idEncoding().DecodeString(string(id)) // an ID of another form is found by no token
	raw = append(raw, of...)
	return base64.RawURLEncoding.EncodeToString(append(raw, mac(secret, string(p), string(id), of)[:macSize]...))
}

// OwnToken signs the address of the page on which a reader takes a copy or erases, which
// counts for OwnLife.
func OwnToken(secret []byte, id ID, at time.Time) string {
	return Token(secret, PurposeOwn, id, strconv.FormatInt(at.Unix(), 36))
}

// ReadOwnToken returns whose an OwnToken is; ok is false where it does not count now.
func ReadOwnToken(secret []byte, token string, now time.Time) (id ID, ok bool) {
	id, of, ok := ReadToken(secret, PurposeOwn, token)
	if !ok {
		return "", false
	}
	at, err := strconv.ParseInt(of, 36, 64) // which was signed
	return id, err == nil && now.Before(time.Unix(at, 0).Add(OwnLife))
}

// ReadToken returns what a token was made of; ok is false where it was not made with
// this secret for this purpose.
func ReadToken(secret []byte, p Purpose, token string) (id ID, of string, ok bool) {
	if len(token) > mostToken {
		return "", "", false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < idSize+macSize {
		return "", "", false
	}
	signed := raw[len(raw)-macSize:]
	id, of = ID(idEncoding().EncodeToString(raw[:idSize])), string(raw[idSize:len(raw)-macSize])
	if !hmac.Equal(signed, mac(secret, string(p), string(id), of)[:macSize]) {
		return "", "", false
	}
	return id, of, true
}

// Code is the six digits that confirm a request, by SecretCodes. It is stored nowhere.
func Code(secret []byte, id ID) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac(secret, string(id)))%1_000_000)
}

// SuppressionKey is what an address is suppressed by, by SecretSuppression: 64 hex
// digits, from which nobody without the secret gets back to it.
func SuppressionKey(secret []byte, address string) string {
	return hex.EncodeToString(mac(secret, AddressKey(address)))
}

// LimitKey is what is counted for a limit, by SecretLimits, such as a network or an
// address: it says neither.
func LimitKey(secret []byte, name, value string) string {
	return hex.EncodeToString(mac(secret, name, value)[:macSize])
}
