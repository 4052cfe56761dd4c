package operator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Prefix is how the addresses of the pages begin.
const Prefix = "/holds/"

const (
	largestForm = 4 << 10 // bytes
	// slowestPreview is how long working out what would be sent may take.
	slowestPreview = 20 * time.Second
)

// Record is what is known and decided.
type Record interface {
	// Holds returns all holds there ever were.
	Holds(ctx context.Context) ([]roster.Hold, error)
	// Decisions returns the latest decision about each hold.
	Decisions(ctx context.Context) ([]roster.Decision, error)
	// Decide stores a decision, unless another one came between.
	Decide(ctx context.Context, d roster.Decision) error
}

// Channel is what one channel would be sent.
type Channel struct {
	Name     string
	Messages []Message
}

// Message is one message as it would be sent, in plain text.
type Message struct {
	Due  time.Time
	Text string
}

// Options are what the pages are made of.
type Options struct {
	Signer Signer
	Record Record
	// Preview works out what each channel would be sent if a hold were approved now.
	Preview func(ctx context.Context, hold string) ([]Channel, error)
	// Undo is how long a decision can be undone before it is carried out.
	Undo func() time.Duration
	// Conflict says whether an error of Record.Decide means that another decision came
	// between.
	Conflict func(error) bool
	Now      func() time.Time
	Log      *slog.Logger
}

// Handler answers requests below Prefix. What it answers is stored by no cache, and its
// address goes to no other site.
type Handler struct {
	o       Options
	guard   *http.CrossOriginProtection
	page    *template.Template
	policy  string     // for content
	preview sync.Mutex // one at a time: it takes as long as a poll
}

// New returns a handler.
func New(o Options) (*Handler, error) {
	page, err := parsePage()
	if err != nil {
		return nil, err
	}
	return &Handler{o: o, guard: http.NewCrossOriginProtection(), page: page,
		policy: "default-src 'none'; style-src '" + hashOf(style) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}, nil
}

// ServeHTTP answers one request. Only a POST changes anything.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", h.policy)
	link := strings.TrimPrefix(r.URL.Path, Prefix)
	hold, err := h.o.Signer.open(link, h.o.Now())
	switch {
	case errors.Is(err, errExpired):
		h.say(w, r, http.StatusGone, expiredView(hold))
	case err != nil:
		h.say(w, r, http.StatusNotFound, forgedView())
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		h.show(w, r, link, hold)
	case r.Method == http.MethodPost:
		h.post(w, r, link, hold)
	default:
		header.Set("Allow", "GET, HEAD, POST")
		h.say(w, r, http.StatusMethodNotAllowed, plainView("This cannot be done here.", "Open the link of the message again."))
	}
}

// standing is how it stands with a hold.
type standing struct {
	hold     roster.Hold
	decision roster.Decision // the zero value where nobody decided from here
}

// read reads how it stands with a hold, which may be unknown.
func (h *Handler) read(ctx context.Context, id string) (s standing, known bool, err error) {
	holds, err := h.o.Record.Holds(ctx)
	if err != nil {
		return s, false, fmt.Errorf("reading the holds: %w", err)
	}
	decisions, err := h.o.Record.Decisions(ctx)
	if err != nil {
		return s, false, fmt.Errorf("reading what was decided: %w", err)
	}
	for _, hold := range holds {
		if hold.ID == id {
			s.hold, known = hold, true
		}
	}
	for _, d := range decisions {
		if d.Hold == id {
			s.decision = d
		}
	}
	return s, known, nil
}

// find is read for an answer, which it gives itself where there is no such hold.
func (h *Handler) find(w http.ResponseWriter, r *http.Request, id string) (standing, bool) {
	s, known, err := h.read(r.Context(), id)
	switch {
	case err != nil:
		h.fail(w, r, err)
	case !known:
		h.say(w, r, http.StatusNotFound, plainView("There is no such hold.", "The state of this service does not have "+id+" anymore, perhaps since it was restored from a backup."))
	default:
		return s, true
	}
	return s, false
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, link, id string) {
	s, ok := h.find(w, r, id)
	if !ok {
		return
	}
	v := h.view(s, link)
	if v.CanApprove {
		v.Channels, v.PreviewFailed = h.wouldSend(r.Context(), id)
	}
	h.say(w, r, http.StatusOK, v)
}

// wouldSend works out what the approval of a hold would send.
func (h *Handler) wouldSend(ctx context.Context, id string) (channels []Channel, failed bool) {
	h.preview.Lock()
	defer h.preview.Unlock()
	ctx, cancel := context.WithTimeout(ctx, slowestPreview)
	defer cancel()
	channels, err := h.o.Preview(ctx, id)
	if err != nil {
		h.o.Log.Warn("cannot work out what a hold would send", "hold", id, "error", err.Error())
		return nil, true
	}
	return channels, false
}

// post does what a form asks for.
func (h *Handler) post(w http.ResponseWriter, r *http.Request, link, id string) {
	if err := h.guard.Check(r); err != nil {
		h.say(w, r, http.StatusForbidden, plainView("This was asked for from another site.", "Open the link of the message again, and decide there."))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestForm)
	if err := r.ParseForm(); err != nil {
		h.say(w, r, http.StatusBadRequest, plainView("The form did not arrive whole.", "Open the link of the message again."))
		return
	}
	s, ok := h.find(w, r, id)
	if !ok {
		return
	}
	do := r.PostFormValue("do")
	next, possible := h.next(s, do)
	switch {
	case !h.o.Signer.check(r.PostFormValue("once"), "form", link, do, s.version()), !possible:
		h.say(w, r, http.StatusConflict, h.meanwhile(s, link))
	case do != undo && r.PostFormValue("sure") == "":
		v := h.confirmView(s, link, next)
		if next.Verdict == roster.HoldApproved {
			v.Channels, v.PreviewFailed = h.wouldSend(r.Context(), id)
		}
		h.say(w, r, http.StatusOK, v)
	default:
		h.decide(w, r, link, next)
	}
}

// decide stores a decision and leads back to the page, so that loading it again decides
// nothing again.
func (h *Handler) decide(w http.ResponseWriter, r *http.Request, link string, next roster.Decision) {
	err := h.o.Record.Decide(r.Context(), next)
	switch {
	case err != nil && h.o.Conflict(err):
		s, ok := h.find(w, r, next.Hold)
		if ok {
			h.say(w, r, http.StatusConflict, h.meanwhile(s, link))
		}
	case err != nil:
		h.fail(w, r, err)
	default:
		h.o.Log.Info("a hold was decided by link", "hold", next.Hold, "verdict", string(next.Verdict), "state", string(next.State), "carried_out_at", next.DueAt)
		http.Redirect(w, r, Prefix+link, http.StatusSeeOther)
	}
}

// What a form can ask for.
const (
	approve = "approve"
	reject  = "reject"
	undo    = "undo"
)

// next is the decision that a form asks for, if it is possible as it stands.
func (h *Handler) next(s standing, do string) (d roster.Decision, possible bool) {
	now := h.o.Now().UTC()
	d = s.decision
	d.Serial++
	if do == undo {
		d.State, d.EndedAt = roster.DecisionUndone, now
		return d, s.decision.State == roster.DecisionScheduled && now.Before(d.DueAt) && s.hold.Open()
	}
	d = roster.Decision{Hold: s.hold.ID, Serial: d.Serial, Publication: s.hold.SHA256, State: roster.DecisionScheduled,
		Verdict: roster.HoldRejected, At: now, DueAt: now.Add(h.o.Undo())}
	if do == approve {
		d.Verdict = roster.HoldApproved
	}
	free := s.hold.Open() && !s.decision.Open()
	return d, free && (do == reject || do == approve && !s.hold.NoColumns)
}

// version names what a form was made for: it can be used once, as each decision changes
// it, and so does another list that ICE publishes.
func (s standing) version() string {
	return strconv.FormatUint(s.decision.Serial, 10) + " " + s.hold.SHA256
}

// fail says that the state cannot be read or written.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		h.o.Log.Error("cannot answer on the page of a hold", "error", err.Error())
	}
	w.Header().Set("Retry-After", "10")
	h.say(w, r, http.StatusServiceUnavailable, plainView("The state of the service cannot be reached just now.", "Nothing was changed. Try again in a moment."))
}

// say answers with a page.
func (h *Handler) say(w http.ResponseWriter, r *http.Request, status int, v view) {
	var body bytes.Buffer
	if err := h.page.Execute(&body, v); err != nil {
		h.o.Log.Error("cannot make the page of a hold", "error", err.Error())
		status = http.StatusInternalServerError
		body.Reset()
		body.WriteString("The page cannot be made.")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes()) // the reader may be gone
	}
}
