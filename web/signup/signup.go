// Package signup serves the pages on which readers sign themselves up for mail, confirm,
// change what they get, and leave, and the same for programs. Only a POST changes
// anything, since scanners of mail follow every link. Nothing here is kept in memory that
// another process with the same store would need.
package signup

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/api"
	"github.com/watch287g/watch287g/web/search"
)

const (
	largestForm = 64 << 10 // bytes
	mostAtOnce  = 16       // answers that are made
)

// World is what is known about agreements at one moment.
type World struct {
	Snapshot *snapshot.Snapshot
	Index    *search.Index // of its agencies
}

// last is the number of the last change.
func (w World) last() uint64 { return w.Snapshot.LastChange() }

// Options are what the pages are made of.
type Options struct {
	People readers.People
	// World returns what is known now.
	World func(ctx context.Context) (World, error)
	// Stylesheet and Icon are the addresses of the site's.
	Stylesheet, Icon string
	// Settings returns what the operator has set, as it is now.
	Settings func() Settings
	// Letter is called when there may be a letter to send; nil: nothing is.
	Letter func()
	Now    func() time.Time
	Log    *slog.Logger
}

// Settings are what the operator sets.
type Settings struct {
	URL     string // of the site, without a slash at its end
	Contact string // an email address, a URL or a postal address of who sends the mails
	// Confirmations is how many mails that ask for a confirmation go out in an hour.
	Confirmations int
	// Schedule says when those who chose a cadence get what has gathered.
	Schedule func(notify.Cadence) notify.Schedule
}

// Handler answers requests of which Handles says so. What it answers is stored by no
// cache, its address goes to no other site, and it sets no cookie.
type Handler struct {
	o       Options
	guard   *http.CrossOriginProtection
	pages   map[prose.Language]*template.Template
	assets  assets
	prover  prover
	links   []byte // secrets
	codes   []byte
	limits  []byte
	located located
	turns   chan struct{} // one for each answer that is being made
}

// New returns a handler.
func New(ctx context.Context, o Options) (*Handler, error) {
	h := &Handler{o: o, guard: http.NewCrossOriginProtection(), turns: make(chan struct{}, mostAtOnce)}
	for name, secret := range map[string]*[]byte{readers.SecretLinks: &h.links, readers.SecretCodes: &h.codes,
		readers.SecretLimits: &h.limits, readers.SecretWork: &h.prover.key} {
		var err error
		if *secret, err = o.People.Secret(ctx, name); err != nil {
			return nil, fmt.Errorf("reading a secret of the readers: %w", err)
		}
	}
	var err error
	if h.assets, err = readAssets(o); err != nil {
		return nil, err
	}
	if h.pages, err = parsePages(); err != nil {
		return nil, err
	}
	return h, nil
}

// Handles says whether an address of the site, by its path, is one of these pages.
func Handles(path string) bool {
	_, path = cutLanguage(path)
	return path == "/privacy" || path == "/subscribe" || strings.HasPrefix(path, "/subscribe/") || path == api.Subscriptions || strings.HasPrefix(path, api.Subscriptions+"/")
}

// cutLanguage takes the language off the beginning of a path.
func cutLanguage(path string) (prose.Language, string) {
	if rest, ok := strings.CutPrefix(path, "/es/"); ok {
		return prose.Spanish, "/" + rest
	}
	return prose.English, path
}

// call is one request for a page.
type call struct {
	*http.Request
	w    http.ResponseWriter
	lang prose.Language
	path string // without the language
	now  time.Time
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{Request: r, w: w, now: h.o.Now()}
	c.lang, c.path = cutLanguage(r.URL.Path)
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	if strings.HasPrefix(h.o.Settings().URL, "https://") {
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestForm)
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-r.Context().Done(): // whoever asked is gone
		return
	}
	if strings.HasPrefix(c.path, api.Subscriptions) {
		h.program(c)
		return
	}
	answer := h.route(c)
	switch {
	case answer == nil:
		h.plain(c, http.StatusNotFound, "wrong.none", "wrong.none.p")
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		answer(c)
	case r.Method != http.MethodPost:
		header.Set("Allow", "GET, HEAD, POST")
		h.plain(c, http.StatusMethodNotAllowed, "wrong.method", "wrong.method.p")
	case !h.mayPost(c):
		h.plain(c, http.StatusForbidden, "wrong.other.h", "wrong.other")
	case readForm(r) != nil:
		h.plain(c, http.StatusBadRequest, "wrong.form.h", "wrong.form")
	default:
		answer(c)
	}
}

// route finds what answers a path; nil where nothing does.
func (h *Handler) route(c *call) func(*call) {
	rest, below := strings.CutPrefix(c.path, "/subscribe/")
	switch {
	case c.path == "/privacy":
		return h.privacy
	case c.path == "/subscribe":
		return h.form
	case !below:
		return nil
	}
	kind, of, _ := strings.Cut(rest, "/")
	token, more, _ := strings.Cut(of, "/")
	with := func(f func(*call, string)) func(*call) { return func(c *call) { f(c, token) } }
	switch {
	case kind == "own" && more == "copy":
		return with(h.copyOf)
	case more != "" || of == "":
		return nil
	case kind == "static":
		return with(h.static)
	case kind == "r":
		return with(h.check)
	case kind == "c":
		return with(h.confirm)
	case kind == "ok":
		return with(h.done)
	case kind == "me":
		return with(h.me)
	case kind == "own":
		return with(h.own)
	case kind == "leave":
		return with(h.leave)
	}
	return nil
}

// mayPost refuses a form of another site. The one click of RFC 8058 comes from wherever a
// mail is read, and its address alone says that it may.
func (h *Handler) mayPost(c *call) bool {
	return strings.HasPrefix(c.path, "/subscribe/leave/") || h.guard.Check(c.Request) == nil
}

// readForm reads the form of a POST, in either way of writing one.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("reading a form: %w", err)
	}
	if err := r.ParseMultipartForm(largestForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return fmt.Errorf("reading a form: %w", err)
	}
	return nil
}

// world reads what is known for an answer, which it gives itself where that cannot be
// had.
func (h *Handler) world(c *call) (World, bool) {
	w, err := h.o.World(c.Context())
	if err != nil {
		h.fail(c, fmt.Errorf("reading what is known: %w", err))
	}
	return w, err == nil
}

// letter tells that there may be a letter to send.
func (h *Handler) letter() {
	if h.o.Letter != nil {
		h.o.Letter()
	}
}

// fail says that the state cannot be read or written.
func (h *Handler) fail(c *call, err error) {
	h.logged(c, err)
	c.w.Header().Set("Retry-After", "60")
	h.plain(c, http.StatusServiceUnavailable, "wrong.state", "wrong.state.p")
}

func (h *Handler) logged(c *call, err error) {
	if c.Context().Err() == nil {
		h.o.Log.Error("cannot answer on a page for readers", "error", err.Error())
	}
}
