// Package scraper visits ICE's 287(g) page and brings back what may be a list
// behind it, as bytes with the validators that ICE's server sent. It asks
// politely: under its own name, one request at a time, within robots.txt, and
// for a file only where the server says that it changed. Whether a file is a
// list, and which, it leaves to whoever reads the columns: on ICE's page a
// file's name and a link's text can say anything.
package scraper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// DefaultPage is ICE's page on the program.
const DefaultPage = "https://www.ice.gov/identify-and-arrest/287g"

// Options say where ICE's page is and how to ask for it. Each field may be left
// zero.
type Options struct {
	Page string // the page's URL; DefaultPage if ""

	// Mirror is the base URL that requests for the page's host go to instead; ""
	// for none. What a visit reports stays in terms of the page's own host.
	Mirror string

	// Contact is where ICE's operators can reach ours, a part of the
	// User-Agent; "" leaves it out.
	Contact string
	Version string // of watch287g, a part of the User-Agent; "dev" if ""

	Timeout time.Duration // of one request with its body; 30 s if not positive

	// Transport carries the requests; nil for one of the scraper's own, which
	// uses the proxy that the environment names.
	Transport http.RoundTripper
	Now       func() time.Time // the clock; time.Now if nil
	Log       *slog.Logger     // nil for no log
}

// Scraper visits one page, again and again. It keeps the site's robots.txt, the
// time of the last request to each host, and connections. Its methods are safe
// for concurrent use; visits and documents take turns.
type Scraper struct {
	site      site
	agent     string // the User-Agent
	server    string // how sentences name who answers
	timeout   time.Duration
	transport *transport
	now       func() time.Time
	log       *slog.Logger

	queue       queue                // for the turn
	turn        chan struct{}        // full while a visit goes on; guards what follows
	robots      map[string]rules     // by scheme and host
	lastRequest map[string]time.Time // when the last request to a host ended
}

// New returns a scraper. The error says which option is wrong.
func New(o Options) (*Scraper, error) {
	o = o.withDefaults()
	site, err := newSite(o.Page, o.Mirror)
	if err != nil {
		return nil, err
	}
	agent, err := userAgent(o.Version, o.Contact)
	if err != nil {
		return nil, err
	}
	s := &Scraper{
		site: site, agent: agent, server: "ICE's server",
		timeout:   o.Timeout,
		transport: &transport{next: o.Transport, site: site},
		now:       o.Now, log: o.Log,
		turn: make(chan struct{}, 1), robots: map[string]rules{}, lastRequest: map[string]time.Time{},
	}
	if site.mirror != nil {
		s.server = "the mirror of ICE's site"
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Page == "" {
		o.Page = DefaultPage
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// newTransport keeps few connections, since all requests go to one site and one
// after the other.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           4,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// userAgent says truthfully who asks.
func userAgent(version, contact string) (string, error) {
	if strings.ContainsFunc(version, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("version %q: only printable ASCII without spaces can be in a User-Agent", version)
	}
	if strings.ContainsFunc(contact, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fmt.Errorf("contact %q: only printable ASCII can be in a User-Agent", contact)
	}
	about := "+https://github.com/watch287g/watch287g"
	if contact != "" {
		about += "; " + contact
	}
	return "watch287g/" + version + " (" + about + ")", nil
}

// Visit asks for the page once, and for the files that it links. known are the
// files of earlier visits; the server does not send those again that are the same.
// Visit always returns a Visit that says how it went; where ctx ended before it
// was done, Visit.Err is ctx's error.
func (s *Scraper) Visit(ctx context.Context, known []Validators) Visit {
	s.queue.visit(+1)
	select {
	case s.turn <- struct{}{}:
		s.queue.visit(-1)
		defer func() { <-s.turn }()
	case <-ctx.Done():
		s.queue.visit(-1)
		return stopped(ctx.Err())
	}
	v := newVisitor(ctx, s, known)
	visit, err := v.visit(ctx)
	switch {
	case err == nil:
		visit.Notes = v.notes()
		return visit
	case ctx.Err() != nil:
		return stopped(ctx.Err())
	}
	if f, ok := errors.AsType[*failure](err); ok {
		s.log.WarnContext(ctx, "visit failed", "outcome", f.outcome, "said", f.sentence, "error", f.cause)
		return Visit{Outcome: f.outcome, Sentence: f.sentence, RetryAfter: f.retryAfter, Notes: v.notes()}
	}
	return stopped(err)
}

// Close closes idle connections. A later visit opens new ones.
func (s *Scraper) Close() {
	if t, ok := s.transport.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
