// Package operator serves the page on which an operator decides about a hold. A signed
// link that expires opens it, and is all that whoever comes has to show; so it belongs
// only in messages to operators. Nothing here is kept in memory: any process with the
// same store can answer.
package operator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	// validFor is how long a link opens the page.
	validFor = 7 * 24 * time.Hour
	// longestLink is longer than any link that was signed, in bytes.
	longestLink = 200
)

var (
	errForged  = errors.New("the link is not one of this service")
	errExpired = errors.New("the link has expired")
)

// Signer signs what only this service can have made.
type Signer struct{ key []byte }

// NewSigner returns a signer with a key, which is the same in every process with the
// same store.
func NewSigner(key []byte) Signer { return Signer{key} }

// Sign returns the last part of the address of a hold's page, which is valid for a week
// from a moment on, and always the same for that moment.
func (s Signer) Sign(hold string, from time.Time) string {
	body := hold + "." + strconv.FormatInt(from.Add(validFor).Unix(), 36)
	return body + "." + s.mac("link", body)
}

// open returns the hold that a link is about, also where it has expired. A comparison
// takes the same time wherever a forged one differs.
func (s Signer) open(link string, now time.Time) (hold string, err error) {
	if len(link) > longestLink {
		return "", errForged
	}
	at := strings.LastIndexByte(link, '.')
	if at < 0 || !s.check(link[at+1:], "link", link[:at]) {
		return "", errForged
	}
	hold, until, _ := strings.Cut(link[:at], ".")
	seconds, err := strconv.ParseInt(until, 36, 64)
	if err != nil {
		return "", errForged
	}
	if !now.Before(time.Unix(seconds, 0)) {
		return hold, errExpired
	}
	return hold, nil
}

// mac signs parts, none of which can be taken for another number of parts.
func (s Signer) mac(parts ...string) string {
	h := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		_, _ = h.Write([]byte(strconv.Itoa(len(p)) + ":" + p)) // which never fails
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func (s Signer) check(mac string, parts ...string) bool {
	return hmac.Equal([]byte(mac), []byte(s.mac(parts...)))
}
