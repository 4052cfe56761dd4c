package sheet

import (
	"errors"
	"net/url"
	"strings"
)

var (
	errNoWebLink = errors.New("is no http or https address")
	errNoInner   = errors.New("wraps no http or https address")
)

// safeLinks is the host of Outlook's wrapper around links. Its data parameter
// holds email addresses of ICE's staff: the wrapper itself is never kept.
const safeLinks = "safelinks.protection.outlook.com"

func looksLikeURL(text string) bool {
	lower := strings.ToLower(text)
	return strings.HasPrefix(lower, "http:/") || strings.HasPrefix(lower, "https:/") || strings.HasPrefix(lower, "www.")
}

// documentURL returns the document's own address behind whatever ICE linked.
func documentURL(raw string) (string, error) {
	address := strings.TrimSpace(raw)
	for range 4 { // a wrapper can be wrapped again
		u, err := url.Parse(mendScheme(address))
		if err != nil {
			return "", errNoWebLink
		}
		inner, wrapped := unwrap(u)
		if !wrapped {
			return plain(u)
		}
		if !looksLikeURL(inner) {
			return "", errNoInner
		}
		address = inner
	}
	return "", errNoInner
}

// mendScheme completes an address that lacks a scheme or one of its slashes, and
// takes the site's own addresses for what they are.
func mendScheme(address string) string {
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

// unwrap returns what a wrapper holds: Safe Links, or a browser's viewer of
// documents, whose address ends in the document's.
func unwrap(u *url.URL) (inner string, wrapped bool) {
	host := strings.ToLower(u.Hostname())
	switch {
	case host == safeLinks || strings.HasSuffix(host, "."+safeLinks):
		return u.Query().Get("url"), true
	case strings.HasSuffix(u.Scheme, "-extension"):
		return strings.TrimPrefix(u.Path, "/"), true
	}
	return "", false
}

func plain(u *url.URL) (string, error) {
	if u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(u.Hostname(), ".") && u.Hostname() != "localhost" {
		return "", errNoWebLink
	}
	if u.User != nil || strings.Contains(strings.ToLower(u.String()), safeLinks) {
		return "", errNoWebLink
	}
	u.Fragment = ""
	return u.String(), nil
}

// redact drops from an unusable address what may hold people's data.
func redact(address string) string {
	if before, _, cut := strings.Cut(address, "?"); cut {
		return before + "?…"
	}
	return address
}
