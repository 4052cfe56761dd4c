package sheet

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
)

// badLink is what is wrong with a link, as in problem.
type badLink string

const (
	errNotWeb     badLink = "not-web"
	errBadWrapper badLink = "wrapper"
	errPrivate    badLink = "private"
)

func (b badLink) Error() string { return prose.Odd("cell." + string(b))(prose.English) }

// safeLinks is the host of Outlook's wrapper around links. Its data parameter
// holds email addresses of ICE's staff: the wrapper itself is never kept.
const safeLinks = "safelinks.protection.outlook.com"

// private matches what is never kept of a list: Safe Links, whole or not, and
// email addresses, however often they are escaped.
var private = regexp.MustCompile(`(?i)\S*safelinks\.protection\S*|[^\s@:|/?&=<>"']+(?:@|%(?:25)*40)[a-z0-9-]+(?:\.[a-z0-9-]+)+`)

// withheld replaces something private.
const withheld = "[withheld]"

// isPrivate says whether a text holds anything private.
func isPrivate(s string) bool {
	// Almost no text has any of these, and the expression is slow.
	likely := strings.IndexByte(s, '@') >= 0 || strings.IndexByte(s, '%') >= 0 || namesSafeLinks(s)
	return likely && private.MatchString(s)
}

// namesSafeLinks says whether a text has "safelinks" in it, in any case.
func namesSafeLinks(s string) bool {
	const name = "safelinks"
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf: // a letter of another alphabet may count as one of these
			return strings.Contains(strings.ToLower(s), name)
		case c|' ' == name[0] && len(s)-i >= len(name) && strings.EqualFold(s[i:i+len(name)], name):
			return true
		}
	}
	return false
}

// scrub replaces what is private in a text.
func scrub(s string) string {
	for isPrivate(s) { // more than once for a@b.c@d.e
		s = private.ReplaceAllLiteralString(s, withheld)
	}
	return s
}

func looksLikeURL(text string) bool {
	lower := strings.ToLower(text)
	return strings.HasPrefix(lower, "http:/") || strings.HasPrefix(lower, "https:/") || strings.HasPrefix(lower, "www.")
}

// documentURL returns the document's own URL behind whatever ICE linked.
func documentURL(raw string) (string, error) {
	address := strings.TrimSpace(raw)
	if isPlainURL(address) {
		return address, nil
	}
	return repairURL(address)
}

// repairURL is documentURL for an address that is not plain.
func repairURL(address string) (string, error) {
	for range 4 { // a wrapper can be wrapped again
		u, err := url.Parse(completeURL(address))
		if err != nil {
			return "", errNotWeb
		}
		inner, wrapped := unwrap(u)
		if !wrapped {
			return checkURL(u)
		}
		if !looksLikeURL(inner) {
			return "", errBadWrapper
		}
		address = inner
	}
	return "", errBadWrapper
}

// isPlainURL says whether an address needs no repair, as nearly all on a list: it
// has https, a host in lower case, and a path without escapes.
func isPlainURL(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	host, path, hasPath := strings.Cut(rest, "/")
	if !ok || !hasPath || strings.IndexByte(host, '.') < 0 || namesSafeLinks(address) {
		return false
	}
	other := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' }
	return !strings.ContainsFunc(host, other) && !strings.ContainsFunc(path, func(r rune) bool {
		return other(r) && (r < 'A' || r > 'Z') && r != '/' && r != '_'
	})
}

// completeURL completes an address that lacks a scheme or one of its slashes, or
// is relative to ICE's site.
func completeURL(address string) string {
	lower := strings.ToLower(address)
	for _, scheme := range []string{"https:", "http:"} {
		if strings.HasPrefix(lower, scheme) {
			return scheme + "//" + strings.TrimLeft(address[len(scheme):], "/")
		}
	}
	switch {
	case strings.HasPrefix(lower, "www."):
		return "https://" + address
	case strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//"):
		return "https://www.ice.gov" + address
	}
	return address
}

// unwrap returns what a wrapper holds: Safe Links, or a browser's document viewer,
// whose URL ends in the document's.
func unwrap(u *url.URL) (inner string, wrapped bool) {
	host := strings.ToLower(u.Hostname())
	switch {
	case host == safeLinks || strings.HasSuffix(host, "."+safeLinks):
		return strings.TrimSpace(u.Query().Get("url")), true
	case strings.HasSuffix(u.Scheme, "-extension"):
		return viewerTarget(u), true
	}
	return "", false
}

// viewerTarget returns the document's URL in a viewer's: after its host, or in one
// of its parameters.
func viewerTarget(u *url.URL) string {
	inner := url.URL{Path: strings.TrimPrefix(u.Path, "/"), RawQuery: u.RawQuery}
	if looksLikeURL(inner.Path) {
		return strings.TrimPrefix(inner.String(), "./") // which String puts before a colon
	}
	parameters := u.Query()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if value := parameters.Get(name); looksLikeURL(value) {
			return value
		}
	}
	return ""
}

// checkURL returns a URL as it is kept, or why it may not be.
func checkURL(u *url.URL) (string, error) {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") && u.Hostname() != "localhost" {
		return "", errNotWeb
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = escapeQuery(u.RawQuery)
	address := u.String()
	for shown := address; ; { // until nothing is escaped any more
		if isPrivate(shown) {
			return "", errPrivate
		}
		plainer, err := url.PathUnescape(shown)
		if err != nil && shown == address {
			return "", errNotWeb
		}
		if err != nil || plainer == shown {
			return address, nil
		}
		shown = plainer
	}
}

// escapeQuery escapes what a URL cannot have, and net/url does not refuse.
func escapeQuery(query string) string {
	var b strings.Builder
	for _, c := range []byte(query) {
		if c <= ' ' || c > '~' || c == '"' || c == '<' || c == '>' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// redact returns what may be shown of an unusable address: not what may hold
// people's data, such as passwords, parameters and directories of someone's
// computer.
func redact(address string) string {
	u, err := url.Parse(completeURL(strings.TrimSpace(address)))
	switch {
	case err != nil, strings.Contains(address, `\`):
		return withheld
	case u.Scheme == "http", u.Scheme == "https", u.Scheme == "":
		u.User, u.RawQuery, u.Fragment, u.RawFragment = nil, "", "", ""
		return scrub(u.String())
	}
	return u.Scheme + ":" + withheld
}
