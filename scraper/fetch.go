package scraper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gocolly/colly/v2"
)

// maxRedirects is how many redirects one request follows, as RFC 9309 asks for
// robots.txt.
const maxRedirects = 5

// request is something to ask for.
type request struct {
	url    *url.URL
	what   string        // its name in sentences
	header http.Header   // validators; nil for none
	robots bool          // it is for a robots.txt, which needs no permission
	most   int64         // bytes of the body, where that is not what a list may have; else 0
	pause  time.Duration // since the last request to the host, at least
}

// response is what came of a request, whatever its status.
type response struct {
	url    *url.URL // where it came from in the end
	status int
	header http.Header
	body   []byte // of a 200 alone
}

// newCollector returns colly set up for one visit: what it remembers of a visit
// (cookies, the context) must not reach the next one.
func (v *visitor) newCollector(ctx context.Context) *colly.Collector {
	c := &colly.Collector{}
	c.Init() // and not colly.NewCollector, which lets COLLY_ variables of the environment override every option
	c.Context = ctx
	c.UserAgent = v.agent
	c.IgnoreRobotsTxt = true // permit obeys it: colly asks anew for each collector and knows no Crawl-delay
	c.AllowURLRevisit = true // one link may redirect to another
	c.MaxBodySize = 0        // colly would cut a larger body in silence; transport reports it
	c.WithTransport(v.transport)
	c.SetRequestTimeout(v.timeout)
	c.SetRedirectHandler(func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // follow asks robots.txt and waits before each hop
	})
	c.OnResponse(v.onResponse)
	// colly takes every status from 203 on for an error, a 304 too.
	c.OnError(func(r *colly.Response, _ error) { v.onResponse(r) })
	return c
}

// onResponse keeps a response; one without a status is colly's way to say that
// there was none.
func (v *visitor) onResponse(r *colly.Response) {
	if r.StatusCode != 0 {
		v.lastResponse = r
	}
}

// get asks for t and returns a 200 or, where validators were sent, a 304. Every
// other response is an error: a *failure, or the context's own.
func (v *visitor) get(ctx context.Context, t request) (response, error) {
	a, err := v.follow(ctx, t)
	if err != nil {
		return response{}, err
	}
	if a.status == http.StatusNotModified && t.header != nil {
		return a, nil
	}
	if f := v.checkStatus(a, t.what); f != nil {
		return response{}, f
	}
	return a, nil
}

// follow asks for t, and for what it redirects to within the site.
func (v *visitor) follow(ctx context.Context, t request) (response, error) {
	u := t.url
	for range maxRedirects + 1 {
		if err := v.permit(ctx, u, t); err != nil {
			return response{}, err
		}
		a, err := v.send(ctx, u, t)
		if err != nil {
			return response{}, err
		}
		next := a.redirect()
		if next == nil {
			return a, nil
		}
		if !v.site.contains(next) {
			f := failf(StatusBroken, "%s redirects %s to another site (%s), which is not followed.",
				v.server, t.what, cleanText(cmp.Or(next.Hostname(), next.Scheme)))
			f.cause = errElsewhere
			return response{}, f
		}
		u = next
	}
	f := failf(StatusBroken, "%s redirects %s more than %d times.", v.server, t.what, maxRedirects)
	f.cause = errRedirect
	return response{}, f
}

// The causes of a failure where redirects led nowhere, or to another site.
var (
	errRedirect  = errors.New("redirect not followed")
	errElsewhere = fmt.Errorf("to another site: %w", errRedirect)
)

// redirect returns the URL that the response sends us to, nil for none.
func (a response) redirect() *url.URL {
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if to := a.header.Get("Location"); to != "" {
			return resolve(a.url, to)
		}
	}
	return nil
}

// send makes one request and waits for the whole response.
func (v *visitor) send(ctx context.Context, u *url.URL, t request) (response, error) {
	header := t.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	v.lastResponse = nil
	v.transport.limit(t)
	began := v.now()
	err := v.collector.Request(http.MethodGet, u.String(), nil, nil, header)
	ended := v.now()
	v.lastRequest[u.Hostname()] = ended
	if ctx.Err() != nil {
		return response{}, ctx.Err()
	}
	if v.lastResponse == nil {
		return response{}, v.noResponse(withoutURL(err), t.what)
	}
	a := response{url: u, status: v.lastResponse.StatusCode, header: *v.lastResponse.Headers, body: v.lastResponse.Body}
	v.log.DebugContext(ctx, "asked", "url", withoutQuery(u), "status", a.status, "bytes", len(a.body), "took", ended.Sub(began))
	return a, nil
}

// withoutURL takes the URL off an error, since it may have a query.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// pause waits until delay has passed since the last request to host, or until
// ctx ends.
func (s *Scraper) pause(ctx context.Context, host string, delay time.Duration) error {
	last, asked := s.lastRequest[host]
	if !asked || delay <= 0 {
		return nil
	}
	rest := min(delay-s.now().Sub(last), delay) // a clock that was set back makes no longer wait
	if rest <= 0 {
		return nil
	}
	select {
	case <-time.After(rest):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
