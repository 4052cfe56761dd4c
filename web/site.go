// Package web serves what is known: pages, feeds, downloads and the API. All of
// it is made on the server, from one snapshot of the store at a time, and
// needs no script to be read.
package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/api"
	"github.com/watch287g/watch287g/web/cache"
	"github.com/watch287g/watch287g/web/crowd"
	"github.com/watch287g/watch287g/web/documents"
	"github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/files"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/pages"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/search"
	"github.com/watch287g/watch287g/web/wording"
)

// Options are what a site is made of.
type Options struct {
	Source Source
	// URL is the address under which readers reach the site, without a slash at
	// its end; "" where nobody says. What a request names as its host counts for
	// nothing: whoever sends it may write anything there.
	URL string
	// Local takes the place of URL where there is none, in what needs a whole
	// address: it is where a browser on this machine finds the site.
	Local   string
	Version string           // of the program
	Contact string           // of who runs the site: an email address or a web address; "" where none is given
	SignUp  bool             // readers can sign up for mail, on pages that are not the site's
	Every   time.Duration    // between two polls, to tell a source that is late; 0 where it is not polled
	Now     func() time.Time // the clock
	Log     *slog.Logger
	// Look is how often Follow looks for what was committed, where requests are not to
	// ask the source, which is far away; 0 has each of them ask, and Follow five times a
	// second.
	Look time.Duration
	// Documents is where the agreements' documents are read; nil where none are looked at.
	Documents kept.Library

	// Answered is called with each request that was answered: the kind of address,
	// one of Classes, the status, and how long it took; nil: nothing is.
	Answered func(class string, status int, took time.Duration)
	// Loaded is called with each snapshot that pages are made from, by the revision of
	// the source, and when it was read; nil: nothing is.
	Loaded  func(revision uint64, at time.Time)
	Refused *crowd.Counts // what readers are refused is counted here; nil to count it for Site.Refused alone
}

// Site answers requests.
type Site struct {
	options Options
	assets  map[string]string // their addresses
	pages   *pages.Set
	cache   *cache.Cache
	turns   turnsBySort
	lines   *crowd.Shares // of the places in the lines for turns, by client
	handler http.Handler

	evidence *files.Evidence

	problems     sync.Map // pages of errors that were made, by their words and epoch
	problemsKept atomic.Int64

	loading   sync.Mutex  // held by the one who loads a new snapshot
	reading   atomic.Bool // whether somebody does
	following atomic.Bool // whether somebody will at once
	mu        sync.RWMutex
	latest    *served                   // what was read last
	unread    atomic.Pointer[time.Time] // since when the source cannot be read; nil while it can
}

// New makes a site. It reads nothing yet.
func New(o Options) (*Site, error) {
	assets, err := readAssets()
	if err != nil {
		return nil, err
	}
	if o.Local == "" {
		o.Local = "http://localhost"
	}
	if o.Refused == nil {
		o.Refused = crowd.NewCounts(nil)
	}
	api := api.New(o.URL, o.Contact, o.SignUp, o.Documents)
	set, err := pages.New(pages.Options{Roster: o.Source.Roster, Operations: api.Operations(), Assets: addresses(assets),
		Version: o.Version, Contact: o.Contact, SignUp: o.SignUp, Every: o.Every})
	if err != nil {
		return nil, fmt.Errorf("setting up the pages: %w", err)
	}
	s := &Site{options: o, assets: addresses(assets), pages: set, evidence: files.NewEvidence(o.Source.Body), cache: cache.New(cacheBytes), turns: newTurns(), lines: crowd.NewShares(mostInLine)}
	cards, err := embed.New(addresses(assets))
	if err != nil {
		return nil, fmt.Errorf("setting up the cards: %w", err)
	}
	papers, err := documents.New(documents.Options{Library: o.Documents, Assets: addresses(assets), SignUp: o.SignUp})
	if err != nil {
		return nil, fmt.Errorf("setting up the pages of documents: %w", err)
	}
	words, err := wording.New(wording.Options{Assets: addresses(assets), SignUp: o.SignUp})
	if err != nil {
		return nil, fmt.Errorf("setting up the page on ICE's words: %w", err)
	}
	s.handler = s.newHandler(slices.Concat(set.Routes(), papers.Routes(), words.Routes(), cards.Routes(), api.Routes(), files.Routes(s.evidence, o.Contact), assetRoutes(assets)))
	return s, nil
}

// newHandler serves every address that the site has.
func (s *Site) newHandler(routes []route.Route) http.Handler {
	mux := http.NewServeMux()
	ending := map[string]route.Route{} // those that have a part of a path's addresses
	for _, r := range routes {
		if r.Ending != "" {
			r.Language = prose.English
			ending[r.Path] = r
		}
	}
	for _, r := range routes {
		if r.Ending != "" {
			continue
		}
		r.Language = prose.English
		mux.Handle(r.Path, s.unlessEnding(ending[r.Path], s.serve(r)))
		for _, l := range prose.Languages()[1:] {
			if r.Translated {
				r.Language = l
				mux.Handle(route.In(l, r.Path), s.serve(r))
			}
		}
	}
	return s.guard(mux)
}

// unlessEnding has a route answer what ends as it says, where it says so, and others answer
// all else.
func (s *Site) unlessEnding(r route.Route, others http.Handler) http.Handler {
	if r.Ending == "" {
		return others
	}
	own := s.serve(r)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, r.Ending) {
			own.ServeHTTP(w, req)
			return
		}
		others.ServeHTTP(w, req)
	})
}

// Known returns what pages are made from now, with the index of its agencies, for pages
// beside those of the site.
func (s *Site) Known(ctx context.Context) (*snapshot.Snapshot, *search.Index, error) {
	now, err := s.current(ctx)
	if err != nil {
		return nil, nil, err
	}
	return now.Snapshot, now.index(), nil
}

// Asset is the address of the stylesheet or the icon, by its name: "style.css".
func (s *Site) Asset(name string) string { return s.assets[name] }

// Refused counts what readers were refused.
func (s *Site) Refused() *crowd.Counts { return s.options.Refused }

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.options.Answered == nil {
		s.handler.ServeHTTP(w, r)
		return
	}
	on, began := onItsWay{ResponseWriter: w, class: classOther}, time.Now()
	s.handler.ServeHTTP(&on, r)
	s.options.Answered(on.class, cmp.Or(on.status, http.StatusOK), time.Since(began))
}

// read returns what the source is now.
func (s *Site) read(ctx context.Context) (*served, error) {
	revision, err := s.options.Source.Revision(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the store's revision: %w", err)
	}
	view := s.view()
	if now := s.last(); now != nil && now.revision == revision && now.view == view {
		return now, nil
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	earlier := s.last()
	if earlier != nil && earlier.revision >= revision { // another request read it meanwhile, or documents alone are news
		if view = s.view(); earlier.view == view {
			return earlier, nil
		}
		return s.keep(earlier.with(view, earlier)), nil
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
	now := s.keep(newServed(snap, revision).with(s.view(), earlier))
	if s.options.Loaded != nil {
		s.options.Loaded(revision, s.options.Now())
	}
	return now, nil
}

// view returns what is known of documents now; nil for nothing.
func (s *Site) view() kept.View {
	if s.options.Documents == nil {
		return nil
	}
	return s.options.Documents.View()
}

// keep has requests answered from now on from what was read.
func (s *Site) keep(now *served) *served {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest = now
	return now
}

func (s *Site) last() *served {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.latest
}

const (
	cacheBytes  = 16 << 20
	lookEvery   = time.Second / 5 // for what was committed
	renewedEach = 32              // responses that are made anew with a new snapshot
)

// Follow keeps the site ready until ctx ends: what was committed is read, and what
// readers asked for last is made anew, while people get pages that are a moment
// old. The site works without it; then one reader waits.
func (s *Site) Follow(ctx context.Context) {
	s.following.Store(true)
	defer s.following.Store(false)
	tick := time.NewTicker(cmp.Or(s.options.Look, lookEvery))
	defer tick.Stop()
	for last := (*served)(nil); ctx.Err() == nil; {
		now, err := s.look(ctx)
		if err == nil && now != last { // what goes wrong, the log is told
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
	now.Coverage(now.KnownUntil())
	now.index()
	now.documents()
	for _, address := range s.cache.Recent(renewedEach) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil || ctx.Err() != nil {
			continue
		}
		route.Record(s.handler, r) // which no reader has asked for
	}
}

// request is a request with what it is answered from.
func (s *Site) request(l prose.Language, r *http.Request, now *served) *route.Request {
	at := s.options.Now()
	return &route.Request{Request: r, Language: l, Snapshot: now.Snapshot, Index: now.index, Documents: now.documents(), Base: cmp.Or(s.options.URL, s.options.Local), Public: s.options.URL != "", Now: at, Evidence: s.evidence.About,
		Late: late(now.Polls(), at, s.options.Every), Every: s.options.Every, Unread: s.StaleSince(), Version: s.options.Version}
}
