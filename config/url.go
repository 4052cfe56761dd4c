package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// URL may hold a password. However it is printed, logged or
// encoded, the password is left out; string(u) is the whole URL.
type URL string

// String is the URL without what may be secret.
func (u URL) String() string { return redact(string(u)) }

// GoString does for %#v what String does for the other verbs.
func (u URL) GoString() string { return strconv.Quote(u.String()) }

// MarshalText does for JSON and logs what String does for fmt.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// hidden replaces what is secret.
const hidden = "***"

// redact leaves out what is before an @ and after a ?. It looks at the
// letters alone, since a URL that cannot be parsed can hold a password too.
func redact(s string) string {
	if at := strings.LastIndex(s, "@"); at >= 0 {
		head := s[:at]
		if i := strings.Index(head, "://"); i >= 0 {
			s = head[:i+len("://")] + hidden + s[at:]
		} else if strings.Contains(head, ":") {
			s = hidden + s[at:]
		}
	}
	if address, _, ok := strings.Cut(s, "?"); ok && strings.Contains(address, "://") {
		s = address + "?" + hidden
	}
	return s
}

// quote shows a piece of the file in a message: on one line, not too long,
// without control characters, without a password.
func quote(s string) string {
	const longest = 60
	s = redact(s)
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest-1]) + "…"
	}
	return strconv.Quote(s)
}

// parse accepts a URL that begins with http:// or https://.
func (u *URL) parse(text string) (wrong string) {
	if *u = URL(text); webURL(text) == nil {
		return "is not a web URL"
	}
	return ""
}

// webURLOf makes the rule for a URL that begins with one of schemes.
func webURLOf(schemes ...string) func(string) string {
	return func(text string) string {
		if u := webURL(text); u == nil || !slices.Contains(schemes, u.Scheme) || !isWord(text) {
			return fmt.Sprintf("is not a URL that begins with %s://", strings.Join(schemes, ":// or "))
		}
		return ""
	}
}

// webURL parses the URL of a page; it returns nil for anything else. The parser's error is
// not passed on: it would print the URL.
func webURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil
	}
	if p := u.Port(); p != "" && !isPort(p) {
		return nil
	}
	return u
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}
