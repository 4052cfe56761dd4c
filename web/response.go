package web

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/cache"
)

// The policies of every answer. Nothing is loaded from elsewhere, and no script
// runs at all.
const (
	contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
	framedByNone  = contentPolicy + "'none'"
	framedByAll   = contentPolicy + "*"
	// shortLived lets a reader's browser, and a cache before the site, answer for
	// half a minute without asking.
	shortLived = "public, max-age=30"
	forGood    = "public, max-age=31536000, immutable"
	// What is missing or fails now may be there in a moment.
	notKept = "no-store"
)

// guard is what every request passes first.
func (s *Site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", framedByNone)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Permissions-Policy", "interest-cohort=(), browsing-topics=()")
		if strings.HasPrefix(s.options.URL, "https://") {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if p := recover(); p != nil {
				h.Set("Connection", "close")
				s.writeBareError(w, r, panicked(p))
			}
		}()
		switch {
		case len(r.URL.RawQuery) > longestQuery || len(r.URL.Path) > longestQuery:
			s.writeError(w, r, &problem{http.StatusRequestURITooLong, "The address is too long", "Take something out of it."})
		case !utf8.ValidString(r.URL.Path) || !utf8.ValidString(r.URL.RawQuery) || strings.ContainsRune(r.URL.Path, 0):
			s.writeError(w, r, badRequest("It holds what is no text."))
		case r.Method == http.MethodConnect || r.URL.Path == "*": // which name no address here
			s.writeError(w, r, badRequest("An address here begins with a slash."))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// writeError answers a request that reaches no route.
func (s *Site) writeError(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Cache-Control", notKept)
	if problemOf(err).Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	req, none := s.request(r)
	if none != nil {
		s.writeBareError(w, r, err)
		return
	}
	s.writeErrorPage(w, r, req, err)
}

// writeBareError is the page of an error where nothing can be read or relied on, not
// even the frame of pages.
func (s *Site) writeBareError(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		s.options.Log.Error("a request could not be answered", "path", r.URL.Path, "error", err.Error())
	}
	w.Header().Set("Cache-Control", notKept)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(p.Status)
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>`+
		`<h1>%[1]s</h1><p>%s</p><p><a href="/">To the front page</a></p></html>`+"\n", html.EscapeString(p.Title), html.EscapeString(p.Detail))
}

// panicked makes an error of what a panic held.
func panicked(p any) error { return fmt.Errorf("a panic: %v\n%s", p, debug.Stack()) }

// servedKey is where a request carries what answers it.
type servedKey struct{}

// respond serves a route: what was made already, or what its handler makes, as
// HTTP wants it, with conditions, ranges and compression.
func (s *Site) respond(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.program {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Expose-Headers", "ETag, Link")
		}
		if !s.allowed(w, r, req) {
			return
		}
		params, err := r.read(req)
		if err != nil {
			s.writeRouteError(w, r, req, err)
			return
		}
		made, err := s.response(r, req, params)
		if err != nil {
			s.writeRouteError(w, r, req, err)
			return
		}
		made.ServeHTTP(w, req)
	})
}

// allowed answers what is neither GET nor HEAD.
func (s *Site) allowed(w http.ResponseWriter, r route, req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead:
		return true
	case http.MethodOptions:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		if r.program {
			w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
			w.Header().Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since")
			w.Header().Set("Access-Control-Max-Age", "86400")
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		s.writeRouteError(w, r, req, &problem{http.StatusMethodNotAllowed, "Nothing can be sent here", "This address can only be read."})
	}
	return false
}

// writeRouteError answers with an error, as the route's readers want it.
func (s *Site) writeRouteError(w http.ResponseWriter, r route, req *http.Request, err error) {
	if !r.program {
		s.writeError(w, req, err)
		return
	}
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		s.options.Log.Error("an answer could not be made", "path", req.URL.Path, "error", err.Error())
	}
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.Header().Set("Cache-Control", notKept)
	p.write(w)
}

// read picks the parameters that the route knows.
func (r route) read(req *http.Request) (url.Values, error) {
	all, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil || !utf8.ValidString(strings.Join(slices.Concat(slices.Collect(maps.Values(all))...), "")) {
		return nil, badRequest("What follows the question mark is broken.")
	}
	picked, unknown := url.Values{}, ""
	for name, values := range all {
		switch {
		case slices.Contains(r.params, name):
			picked[name] = values
		case strings.HasPrefix(name, "utm_"): // hung on every address that is passed on
		case unknown == "" || name < unknown:
			unknown = name
		}
	}
	if r.program && unknown != "" {
		return nil, badRequest(fmt.Sprintf("There is no parameter %s here; known are: %s.",
			strconv.Quote(prose.Shorten(unknown, 60)), orNone(strings.Join(r.params, ", "))))
	}
	return picked, nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// response finds the response among those that were made, or has it made.
func (s *Site) response(r route, req *http.Request, params url.Values) (*cache.Response, error) {
	key := s.base(req) + req.URL.EscapedPath() + "?" + params.Encode() // an address that can be asked for again
	if a := s.cached(key); a != nil && !r.program {
		return a, nil
	}
	now, err := s.current(req.Context())
	if err != nil {
		return nil, err
	}
	epoch := now.epoch(s.options.Now(), s.options.Every)
	if a := s.cache.Get(key, epoch); a != nil {
		return a, nil
	}
	return s.cache.Do(key, epoch, func() (*cache.Response, error) { return s.newResponse(r, req, params, now) }) //nolint:wrapcheck // as newResponse returned it
}

// cached returns what the response was until now, while newer data is or will be
// read: people may have had it a moment ago, and need not wait. Programs have to, and
// whoever follows an address that nobody asked for yet: it may have been sent with
// the very change that is being read.
func (s *Site) cached(key string) *cache.Response {
	if now := s.last(); now != nil && (s.reading.Load() || s.following.Load()) {
		return s.cache.Get(key, now.epoch(s.options.Now(), s.options.Every))
	}
	return nil
}

// newResponse has a response made, when its turn comes.
func (s *Site) newResponse(r route, req *http.Request, params url.Values, now *served) (_ *cache.Response, err error) {
	turns := s.turnsOf(r, req, params)
	if err := turns.enter(); err != nil {
		return nil, err
	}
	defer turns.leave()
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	asked := req.Clone(context.WithValue(context.WithoutCancel(req.Context()), servedKey{}, now))
	asked.Method, asked.Body = http.MethodGet, http.NoBody
	asked.URL.RawQuery = params.Encode()
	rec := &recorder{header: http.Header{}}
	r.handler.ServeHTTP(rec, asked)
	return s.cache.NewResponse(rec.finish(), rec.header, rec.body.Bytes(), s.options.Now()), nil
}

// turnsOf are those that a response is made in.
func (s *Site) turnsOf(r route, req *http.Request, params url.Values) turns {
	switch {
	case strings.HasPrefix(r.path, "/downloads/"):
		return s.turns.files
	case len(params) > 0 || req.URL.RawPath != "": // one address can be written in many ways
		return s.turns.asked
	}
	return s.turns.plain
}

// recorder takes what a handler writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b) //nolint:wrapcheck // never fails
}

// finish returns the status, and says how long the response may be kept by others.
func (r *recorder) finish() int {
	r.WriteHeader(http.StatusOK)
	switch {
	case r.status >= http.StatusBadRequest:
		r.header.Set("Cache-Control", notKept)
	case r.header.Get("Cache-Control") == "":
		r.header.Set("Cache-Control", shortLived)
	}
	return r.status
}
