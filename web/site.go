// Package web serves what is known: pages, feeds, downloads and the API. All of
// it is made on the server, from one snapshot of the store at a time, and
// needs no script to be read.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/cache"
	"github.com/watch287g/watch287g/web/search"
)

// Options are what a site is made of.
type Options struct {
	Source Source
	// URL is the address under which readers reach the site, without a slash at
	// its end; "" takes the one that each request names.
	URL     string
	Version string           // of the program
	Contact string           // of who runs the site: an email address or a web address; "" where none is given
	Every   time.Duration    // between two polls, to tell a source that is late; 0 where it is not polled
	Now     func() time.Time // the clock
	Log     *slog.Logger
}

// Site answers requests.
type Site struct {
	options   Options
	templates templates
	assets    map[string]asset
	cache     *cache.Cache
	turns     turnsBySort
	openAPI   *huma.OpenAPI
	handler   http.Handler

	loading   sync.Mutex  // held by the one who loads a new snapshot
	reading   atomic.Bool // whether somebody does
	following atomic.Bool // whether somebody will at once
	mu        sync.RWMutex
	latest    *served // what was read last
}

// New makes a site. It reads nothing yet.
func New(o Options) (*Site, error) {
	t, err := parseTemplates()
	if err != nil {
		return nil, err
	}
	assets, err := readAssets()
	if err != nil {
		return nil, err
	}
	s := &Site{options: o, templates: t, assets: assets, cache: cache.New(cacheBytes), turns: newTurns()}
	s.handler = s.routes()
	return s, nil
}

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// current returns what the source is now.
func (s *Site) current(ctx context.Context) (*served, error) {
	revision, err := s.options.Source.Revision(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the store's revision: %w", err)
	}
	if now := s.last(); now != nil && now.revision == revision {
		return now, nil
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	earlier := s.last()
	if earlier != nil && earlier.revision >= revision { // another request read it meanwhile
		return earlier, nil
	}
	s.reading.Store(true)
	defer s.reading.Store(false)
	// What is read may be newer than its number: then it is read once more.
	var known *snapshot.Snapshot
	if earlier != nil {
		known = earlier.Snapshot
	}
	snap, err := snapshot.Load(context.WithoutCancel(ctx), s.options.Source, known, s.options.Now())
	if err != nil {
		return nil, err
	}
	now := newServed(snap, revision)
	s.mu.Lock()
	s.latest = now
	s.mu.Unlock()
	return now, nil
}

func (s *Site) last() *served {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.latest
}

const (
	cacheBytes  = 16 << 20
	lookEvery   = time.Second / 5 // for what was committed
	renewedEach = 32              // answers that are made anew with a new snapshot
)

// Follow keeps the site ready until ctx ends: what was committed is read, and what
// readers asked for last is made anew, while people get pages that are a moment
// old. The site works without it; then one reader waits.
func (s *Site) Follow(ctx context.Context) {
	s.following.Store(true)
	defer s.following.Store(false)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for last := (*served)(nil); ctx.Err() == nil; {
		now, err := s.current(ctx)
		if err == nil && now != last { // what goes wrong, the next reader is told
			last = now
			s.renew(ctx, now)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// renew makes what was asked for last.
func (s *Site) renew(ctx context.Context, now *served) {
	now.CurrentStats()
	now.Curve()
	now.index()
	for _, address := range s.cache.Recent(renewedEach) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil || ctx.Err() != nil {
			continue
		}
		s.ServeHTTP(&recorder{header: http.Header{}}, r)
	}
}

// request is one request, with what answers it.
type request struct {
	*http.Request
	snap  *snapshot.Snapshot
	index func() *search.Index
	site  *Site
	base  string // the site's address as the reader knows it, without a slash at its end
	now   time.Time
}

// page is what a page's template is filled with, within the frame.
type page struct {
	Template    string
	Title       string        // without the site's name
	Description string        // a sentence, for search engines and for previews of links
	Path        string        // the page's one address
	Picture     string        // path of the picture that previews show; "" for the nation's
	Filter      roster.Filter // whose feeds the page announces
	Hidden      bool          // from search engines
	Data        any
}

// frame is what a template is executed with: the page, and what all pages show.
type frame struct {
	page
	Site       string // address
	Canonical  string
	PictureURL string
	Feeds      []link
	Fresh      freshness
	Assets     map[string]string // addresses of stylesheet and icon, by name
	Nav        string            // the part of the site that the page is in
}

// link is an address with its words.
type link struct{ Text, URL string }

// pageFunc makes a page, or an error that says why there is none; with an error
// beside it, the page itself says what is wrong with what was asked for.
type pageFunc func(*request) (*page, error)

// page serves what f makes, within the frame that all pages share.
func (s *Site) page(f pageFunc) http.Handler { return s.html(f, "frame") }

// html serves what f makes; frame is the template that holds it.
func (s *Site) html(f pageFunc, frame string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := s.request(r)
		var p *page
		if err == nil {
			p, err = f(req)
		}
		switch {
		case err == nil:
			err = s.writePage(w, req, p, frame, http.StatusOK)
		case p != nil: // it says itself what is wrong
			err = s.writePage(w, req, p, frame, problemOf(err).Status)
		}
		if err != nil {
			s.writeErrorPage(w, r, req, err)
		}
	})
}

// request looks at what is known now.
func (s *Site) request(r *http.Request) (*request, error) {
	now, ok := r.Context().Value(servedKey{}).(*served)
	if !ok {
		var err error
		if now, err = s.current(r.Context()); err != nil {
			return nil, err
		}
	}
	return &request{Request: r, snap: now.Snapshot, index: now.index, site: s, base: s.base(r), now: s.options.Now()}, nil
}

// base is the address under which the reader knows the site.
func (s *Site) base(r *http.Request) string {
	if s.options.URL != "" {
		return s.options.URL
	}
	if !plainHost(r.Host) {
		return "http://localhost"
	}
	return "http://" + r.Host
}

// plainHost keeps out what has no place in the name of a host.
func plainHost(host string) bool {
	return host != "" && len(host) <= 255 && !strings.ContainsFunc(host, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-:[]", unicode.ToLower(r))
	})
}

func (s *Site) writePage(w http.ResponseWriter, req *request, p *page, frameName string, status int) error {
	f := frame{page: *p, Site: req.base, Canonical: req.base + p.Path, Feeds: feedLinks(p.Filter), Fresh: req.freshness(),
		Assets: s.addresses(), Nav: section(p.Path)}
	f.PictureURL = req.base + p.Picture
	if p.Picture == "" {
		f.PictureURL = req.base + "/pictures/nation.png"
	}
	body, err := s.templates.render(p.Template, frameName, f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}

// section is the first part of a path, which the navigation marks.
func section(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	return first
}

// feedLinks are the addresses of a filter's feeds.
func feedLinks(f roster.Filter) []link {
	f.Since, f.Until = time.Time{}, time.Time{} // a feed has no end
	query := encode(f).Encode()
	if query != "" {
		query = "?" + query
	}
	return []link{{"RSS", "/feeds/changes.rss" + query}, {"Atom", "/feeds/changes.atom" + query}, {"JSON Feed", "/feeds/changes.json" + query}}
}

// writeErrorPage tells a reader why there is no such page, and shows ways on.
func (s *Site) writeErrorPage(w http.ResponseWriter, r *http.Request, req *request, err error) {
	var to *redirect
	if errors.As(err, &to) {
		http.Redirect(w, r, to.to, to.status)
		return
	}
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		s.options.Log.Error("a page could not be made", "path", r.URL.Path, "error", err.Error())
	}
	if req == nil { // nothing can be read: not even a frame
		http.Error(w, p.Title+". "+p.Detail, p.Status)
		return
	}
	said := &page{Template: "problem", Title: p.Title, Description: p.Detail, Path: r.URL.EscapedPath(), Hidden: true, Data: p}
	if err := s.writePage(w, req, said, "frame", p.Status); err != nil {
		http.Error(w, p.Title+". "+p.Detail, p.Status)
	}
}

// data serves what f writes, for programs: what goes wrong is told as JSON.
func (s *Site) data(f func(http.ResponseWriter, *request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := s.request(r)
		if err == nil {
			err = f(w, req)
		}
		var to *redirect
		switch {
		case err == nil:
		case errors.As(err, &to):
			http.Redirect(w, r, to.to, to.status)
		default:
			p := problemOf(err)
			if p.Status >= http.StatusInternalServerError {
				s.options.Log.Error("an answer could not be made", "path", r.URL.Path, "error", err.Error())
			}
			p.write(w)
		}
	})
}

// route is one kind of address.
type route struct {
	path   string   // a pattern of http.ServeMux, without the method
	params []string // the parameters that it knows
	// program says that programs read it. Those are told of parameters that the
	// route does not know: one that writes "sate=TX" must not be given everything.
	// Errors are JSON, and the scripts of other sites may read all of it. Pages
	// ignore such parameters.
	program bool
	handler http.Handler
}

// routes is every address that the site has.
func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range slices.Concat(s.pages(), s.embeds(), s.publicationFiles(), s.feeds(), s.downloads(), s.pictures(), s.api(), s.files()) {
		mux.Handle(r.path, s.respond(r))
	}
	return s.guard(mux)
}

// pages are what people read.
func (s *Site) pages() []route {
	return []route{
		{path: "/{$}", handler: s.page(homePage)},
		{path: "/changes", params: append(slices.Clone(changeParams), "before"), handler: s.page(changesPage)},
		{path: "/changes/{id}", handler: s.page(changePage)},
		{path: "/states/{state}", handler: s.page(statePage)},
		{path: "/agencies/{id}", handler: s.page(agencyPage)},
		{path: "/publications", params: []string{"before"}, handler: s.page(publicationsPage)},
		{path: "/publications/{sha256}", params: []string{"list"}, handler: s.page(publicationPage)},
		{path: "/on/{day}", handler: s.page(dayPage)},
		{path: "/on", params: []string{"day"}, handler: s.page(dayForm)},
		{path: "/compare", params: []string{"from", "to"}, handler: s.page(comparePage)},
		{path: "/search", params: []string{"q"}, handler: s.page(searchPage)},
		{path: "/downloads", params: append(slices.Clone(agreementParams), "as_of", "status"), handler: s.page(downloadsPage)},
		{path: "/api", handler: s.page(apiPage)},
		{path: "/about", handler: s.page(aboutPage)},
		{path: "/status", handler: s.page(statusPage)},
		{path: "/", handler: s.page(noPage)},
	}
}

func noPage(*request) (*page, error) {
	return nil, notFound("The address may be mistyped, or come from elsewhere. Search for an agency, a county or a state, or begin at the front page.")
}
