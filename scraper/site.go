package scraper

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/publicsuffix"
)

// site says which URLs belong to the page's site, and where requests for them go.
type site struct {
	page   *url.URL
	domain string   // under which hosts are one site, as in "ice.gov"; "" where the page's host is a site by itself
	mirror *url.URL // nil for none
}

func newSite(page, mirror string) (site, error) {
	s := site{}
	var err error
	if s.page, err = parseURL(page); err != nil {
		return site{}, fmt.Errorf("page: %w", err)
	}
	if mirror != "" {
		if s.mirror, err = parseURL(mirror); err != nil {
			return site{}, fmt.Errorf("mirror: %w", err)
		}
	}
	if host := s.page.Hostname(); net.ParseIP(host) == nil {
		// "" where the host has no such domain, as localhost has none.
		s.domain, _ = publicsuffix.EffectiveTLDPlusOne(host)
	}
	return s, nil
}

// parseURL reads a URL of the configuration. Its error does not repeat the URL,
// which may hold a password.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || !isWeb(u) {
		return nil, errors.New("is not an http or https URL")
	}
	if u.User != nil {
		return nil, errors.New("must not hold a name or a password")
	}
	if u = resolve(u, ""); u == nil {
		return nil, errors.New("is not an http or https URL")
	}
	return u, nil
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// maxURL bounds a URL, in bytes: the time to read one grows with the square of its
// length.
const maxURL = 4 << 10

// resolve reads ref as a link on base, the way browsers and colly do: spaces
// around it, line breaks in it and stray percent signs do no harm. It returns nil
// where that is not a URL; fragments are dropped.
func resolve(base *url.URL, ref string) *url.URL {
	if len(ref) > maxURL {
		return nil
	}
	absolute := (&colly.Request{URL: base}).AbsoluteURL(strings.TrimSpace(ref))
	u, err := url.Parse(absolute)
	if absolute == "" || err != nil {
		return nil
	}
	u.Fragment, u.RawFragment = "", ""
	return u
}

// contains says whether u is on the page's site: its host, or one under the same
// domain at the usual port.
func (s site) contains(u *url.URL) bool {
	if !isWeb(u) || u.User != nil {
		return false
	}
	if u.Host == s.page.Host {
		return true
	}
	host := u.Hostname()
	return s.domain != "" && u.Port() == "" && (host == s.domain || strings.HasSuffix(host, "."+s.domain))
}

// mirrored directs a request for the page's host to the mirror.
func (s site) mirrored(r *http.Request) *http.Request {
	if s.mirror == nil || r.URL.Hostname() != s.page.Hostname() {
		return r
	}
	to := *r.URL
	to.Scheme, to.Host = s.mirror.Scheme, s.mirror.Host
	base := strings.TrimSuffix(s.mirror.EscapedPath(), "/")
	to.RawPath = base + r.URL.EscapedPath()
	to.Path = strings.TrimSuffix(s.mirror.Path, "/") + r.URL.Path
	r = r.Clone(r.Context())
	r.URL, r.Host = &to, to.Host
	return r
}

// original undoes mirrored: it turns a URL on the mirror into the page's own.
func (s site) original(u *url.URL) *url.URL {
	if s.mirror == nil || u.Host != s.mirror.Host {
		return u
	}
	base := strings.TrimSuffix(s.mirror.EscapedPath(), "/")
	rest, below := strings.CutPrefix(u.EscapedPath(), base)
	if !below || !strings.HasPrefix(rest, "/") {
		return u
	}
	from := *u
	from.Scheme, from.Host, from.RawPath = s.page.Scheme, s.page.Host, rest
	from.Path = strings.TrimPrefix(u.Path, strings.TrimSuffix(s.mirror.Path, "/"))
	return &from
}

// withoutQuery is a URL as a log may have it: its query can hold secrets.
func withoutQuery(u *url.URL) string {
	plain := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return plain.String()
}
