package scraper

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/gocolly/colly/v2"
)

// maxRedirects is how many redirects one request follows, as RFC 9309 asks for
// robots.txt.
const maxRedirects = 5

// target is something to ask for.
type target struct {
	url    *url.URL
	what   string      // its name in sentences
	header http.Header // validators; nil for none
	robots bool        // a robots.txt, for which no leave is needed
	most   int64       // bytes of it, where that is less than of a file; 0 where it is not
}

// answer is what came of a request, whatever its status.
type answer struct {
	url    *url.URL // where it came from in the end
	status int
	header http.Header
	body   []byte // of a 200 alone
}

// newCollector returns colly set up for one visit: what it remembers of a visit
// (cookies, the context) must not reach the next.
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
	c.OnResponse(v.hear)
	// colly takes every status from 203 on for an error, a 304 too.
	c.OnError(func(r *colly.Response, _ error) { v.hear(r) })
	return c
}

// hear keeps an answer; a response without a status is colly's way to say that
// there was none.
func (v *visitor) hear(r *colly.Response) {
	if r.StatusCode != 0 {
		v.heard = r
	}
}

// get asks for t and returns a 200 or, where validators were sent, a 304. Every
// other answer is an error: a *failure, or the context's own.
func (v *visitor) get(ctx context.Context, t target) (answer, error) {
	a, err := v.follow(ctx, t)
	if err != nil {
		return answer{}, err
	}
	if a.status == http.StatusNotModified && t.header != nil {
		return a, nil
	}
	if f := v.judge(a, t.what); f != nil {
		return answer{}, f
	}
	return a, nil
}

// follow asks for t, and for what it redirects to within the site.
func (v *visitor) follow(ctx context.Context, t target) (answer, error) {
	u := t.url
	for range maxRedirects + 1 {
		if err := v.permit(ctx, u, t); err != nil {
			return answer{}, err
		}
		a, err := v.request(ctx, u, t)
		if err != nil {
			return answer{}, err
		}
		next := a.redirect()
		if next == nil {
			return a, nil
		}
		if !v.site.holds(next) {
			return answer{}, lost(failf(Broken, "%s redirects %s to another site (%s), which is not followed.",
				v.server, t.what, tidy(cmp.Or(next.Hostname(), next.Scheme))))
		}
		u = next
	}
	return answer{}, lost(failf(Broken, "%s redirects %s more than %d times.", v.server, t.what, maxRedirects))
}

// errRedirect is the cause of a failure where redirects led nowhere.
var errRedirect = errors.New("redirect not followed")

func lost(f *failure) *failure {
	f.cause = errRedirect
	return f
}

// redirect returns the address that the answer sends us to, nil for none.
func (a answer) redirect() *url.URL {
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if to := a.header.Get("Location"); to != "" {
			return resolve(a.url, to)
		}
	}
	return nil
}

// request makes one request and waits for the whole answer.
func (v *visitor) request(ctx context.Context, u *url.URL, t target) (answer, error) {
	header := t.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	v.heard = nil
	v.transport.limit(t)
	began := v.now()
	err := v.collector.Request(http.MethodGet, u.String(), nil, nil, header)
	ended := v.now()
	v.asked[u.Hostname()] = ended
	if ctx.Err() != nil {
		return answer{}, ctx.Err()
	}
	if v.heard == nil {
		return answer{}, v.noAnswer(bare(err), t.what)
	}
	a := answer{url: u, status: v.heard.StatusCode, header: *v.heard.Headers, body: v.heard.Body}
	v.log.DebugContext(ctx, "asked", "url", shown(u), "status", a.status, "bytes", len(a.body), "took", ended.Sub(began))
	return a, nil
}

// bare takes the address off an error, since it may have a query.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// pause waits until delay has passed since the last request to host, or until
// ctx ends.
func (s *Scraper) pause(ctx context.Context, host string, delay time.Duration) error {
	last, asked := s.asked[host]
	if !asked || delay <= 0 {
		return nil
	}
	rest := min(delay-s.now().Sub(last), delay) // a clock that was set back makes no longer wait
	if rest <= 0 {
		return nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
