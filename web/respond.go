package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/cache"
	"github.com/watch287g/watch287g/web/crowd"
	"github.com/watch287g/watch287g/web/route"
)

// The policies of every response. Nothing is loaded from elsewhere, and no script
// runs at all; programs that look at a page may ask the site itself, as for robots.txt.
const (
	contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
	framedByNone  = contentPolicy + "'none'"
	framedByAll   = contentPolicy + "*"
	// shortLived lets a reader's browser, and a cache before the site, answer for
	// half a minute without asking.
	shortLived = "public, max-age=30"
	// What is missing or fails now may be there in a moment.
	notKept = "no-store"
)

// longestAddress bounds the path of an address, and its parameters, in bytes.
const longestAddress = 2000

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
		if r.ContentLength != 0 { // what follows a body that nobody wants is not taken for a request
			h.Set("Connection", "close")
		}
		form := asPage
		if strings.HasPrefix(r.URL.Path, "/api/") {
			form = asJSON
		}
		l, _ := route.LanguageOf(r.URL.Path)
		defer func() {
			if p := recover(); p != nil {
				h.Set("Connection", "close")
				s.writeError(w, r, asBarePage, panicked(p))
			}
		}()
		switch {
		case len(r.URL.RawQuery) > longestAddress || len(r.URL.Path) > longestAddress:
			s.writeError(w, r, form, &route.Problem{Status: http.StatusRequestURITooLong, Title: l.Say("page.problem.long"), Detail: l.Say("page.problem.long.says")})
		case !utf8.ValidString(r.URL.Path) || !utf8.ValidString(r.URL.RawQuery) || strings.ContainsRune(r.URL.Path, 0):
			s.writeError(w, r, form, route.Unclear(l, "page.problem.no-text"))
		case r.Method == http.MethodConnect || r.URL.Path == "*": // which name no address here
			s.writeError(w, r, form, route.Unclear(l, "page.problem.slash"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// serve answers the requests of a route.
func (s *Site) serve(rt route.Route) http.Handler {
	form := asPage
	if rt.Program {
		form = asJSON
	}
	class := classOf(rt)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if on, ok := w.(*onItsWay); ok {
			on.class = class
		}
		h := w.Header()
		if rt.Program {
			h.Set("Access-Control-Allow-Origin", "*")
			h.Set("Access-Control-Expose-Headers", "ETag, Link, Retry-After, Repr-Digest, X-Original-SHA256, X-File-SHA256, X-File-Changed, "+staleHeader)
		}
		if rt.Framed {
			h.Set("Content-Security-Policy", framedByAll)
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			if made, err := s.respond(rt, r); err != nil {
				s.writeError(w, r, form, s.outage(rt.Language, err))
			} else {
				s.mark(h)
				made.ServeHTTP(w, r)
			}
		case http.MethodOptions:
			h.Set("Allow", methods)
			if rt.Program {
				h.Set("Access-Control-Allow-Methods", methods)
				h.Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since")
				h.Set("Access-Control-Max-Age", "86400")
			}
			w.WriteHeader(http.StatusNoContent)
		default:
			h.Set("Allow", methods)
			s.writeError(w, r, form, &route.Problem{Status: http.StatusMethodNotAllowed, Title: rt.Language.Say("page.problem.read-only"), Detail: rt.Language.Say("page.problem.read-only.says")})
		}
	})
}

const methods = "GET, HEAD, OPTIONS"

// respond finds the response among those that were made, or has it made.
func (s *Site) respond(rt route.Route, r *http.Request) (*cache.Response, error) {
	params, err := pick(rt, r)
	if err != nil {
		return nil, err
	}
	// The key is an address that can be asked for again, and knows no host: whatever
	// the reader calls the site, the response is the same one.
	key := r.URL.EscapedPath() + "?" + params.Encode()
	if made := s.cached(key); made != nil && !rt.Program {
		return made, nil
	}
	now, err := s.current(r.Context())
	if err != nil {
		return nil, err
	}
	epoch := now.epoch(s.options.Now(), s.options.Every)
	if rt.Live {
		epoch += " " + s.StaleSince().Format(time.RFC3339)
	}
	if made := s.cache.Get(key, epoch); made != nil {
		return made, nil
	}
	return s.cache.Do(key, epoch, func() (*cache.Response, error) { return s.newResponse(rt, r, params, now) }) //nolint:wrapcheck // as newResponse returned it
}

// pick returns the parameters that the route knows.
func pick(rt route.Route, r *http.Request) (url.Values, error) {
	all, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !utf8.ValidString(strings.Join(slices.Concat(slices.Collect(maps.Values(all))...), "")) {
		return nil, route.Unclear(rt.Language, "page.problem.query")
	}
	picked, unknown := url.Values{}, ""
	for name, values := range all {
		switch {
		case slices.Contains(rt.Params, name):
			picked[name] = values
		case strings.HasPrefix(name, "utm_"): // hung on every address that is passed on
		case unknown == "" || name < unknown:
			unknown = name
		}
	}
	if rt.Program && unknown != "" {
		known := strings.Join(rt.Params, ", ")
		if known == "" {
			known = rt.Language.Say("page.problem.parameter.none")
		}
		return nil, route.Unclear(rt.Language, "page.problem.parameter", "name", strconv.Quote(prose.Shorten(unknown, 60)), "known", known)
	}
	return picked, nil
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
func (s *Site) newResponse(rt route.Route, r *http.Request, params url.Values, now *served) (_ *cache.Response, err error) {
	turns := s.turnsOf(rt, r, params)
	if turns != s.turns.plain {
		client := crowd.Client(r.Context())
		if !s.lines.Take(client) {
			return nil, &route.Problem{Status: http.StatusTooManyRequests, Title: rt.Language.Say("page.problem.many"), Detail: rt.Language.Say("page.problem.many.says")}
		}
		defer s.lines.Give(client)
	}
	if err := turns.enter(rt.Language); err != nil {
		return nil, err
	}
	defer turns.leave()
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	asked := r.Clone(context.WithoutCancel(r.Context())) // others may wait for it, too
	asked.Method, asked.Body = http.MethodGet, http.NoBody
	asked.URL.RawQuery = params.Encode()
	made, err := rt.Handler(s.request(rt.Language, asked, now))
	if err != nil {
		return nil, err //nolint:wrapcheck // it says itself what it is about
	}
	switch {
	case made.Status >= http.StatusBadRequest:
		made.Header.Set("Cache-Control", notKept)
	case made.Header.Get("Cache-Control") == "":
		made.Header.Set("Cache-Control", shortLived)
	}
	return s.cache.NewResponse(made.Status, made.Header, made.Body, s.options.Now()), nil
}

// turnsOf are those that a response is made in.
func (s *Site) turnsOf(rt route.Route, r *http.Request, params url.Values) turns {
	switch {
	case rt.Large:
		return s.turns.files
	case rt.Texts:
		return s.turns.found
	case len(params) > 0 || r.URL.RawPath != "": // one address can be written in many ways
		return s.turns.asked
	}
	return s.turns.plain
}
