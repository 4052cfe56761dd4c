package bounce

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/readers"
)

// The addresses of the endpoints.
const (
	Path    = "/api/v1/bounces"
	PathSNS = Path + "/sns"
)

// Bounds of what services send.
const (
	mostJSON    = 1 << 20
	mostEvents  = 1000
	mostID      = 200
	mostAtOnce  = 8  // requests
	mostRefused = 60 // a minute of one client
	mostClients = 10_000
	requestTime = 30 * time.Second
)

// HandlerOptions are the parts of a handler.
type HandlerOptions struct {
	Taker  Taker
	Secret string   // of the JSON endpoint; "" turns it off
	Topics []string // ARNs of topics of Amazon SNS; none turns its endpoint off
	// Ours says whether an address is one that mails to readers come from.
	Ours   func(address string) bool
	Roots  *x509.CertPool                       // nil: those of the system
	HTTP   *http.Client                         // fetches certificates and confirms subscriptions
	Client func(ctx context.Context) netip.Addr // who asks; networks of IPv6 as one address
	Now    func() time.Time
	Log    *slog.Logger
}

// Handler answers requests at Path and PathSNS. What it answers never tells whether an
// address is known.
type Handler struct {
	o        HandlerOptions
	verifier *snsVerifier
	atOnce   chan struct{}

	mu      sync.Mutex
	minute  time.Time
	refused map[netip.Addr]int // in that minute
}

// NewHandler returns a handler.
func NewHandler(o HandlerOptions) *Handler {
	return &Handler{o: o, verifier: newVerifier(o.Topics, o.HTTP, o.Roots, o.Now), atOnce: make(chan struct{}, mostAtOnce), refused: map[netip.Addr]int{}}
}

// problem is an answer that is no success.
type problem struct {
	status int
	says   string
}

func (p *problem) Error() string { return p.says }

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	events, err := h.serve(w, r)
	p := &problem{}
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, "{\"received\":%d}\n", events) // whoever asked may be gone
		return
	case !errors.As(err, &p):
		if r.Context().Err() == nil {
			h.o.Log.Error("cannot take what was reported of mails to readers; it has to be reported again", "error", err.Error())
		}
		p = &problem{http.StatusServiceUnavailable, "This cannot be taken now. Report it again."}
	}
	if p.status == http.StatusServiceUnavailable || p.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	body, _ := json.Marshal(map[string]any{"title": http.StatusText(p.status), "status": p.status, "detail": p.says})
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.status)
	_, _ = w.Write(append(body, '\n')) // as above
}

// serve takes what a request reports, and returns how many events that were.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request) (int, error) {
	on := r.URL.Path == Path && h.o.Secret != "" || r.URL.Path == PathSNS && len(h.o.Topics) > 0
	switch {
	case !on:
		return 0, &problem{http.StatusNotFound, "There is nothing here."}
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		return 0, &problem{http.StatusMethodNotAllowed, "Bounces are reported by POST."}
	case h.over(r.Context()):
		return 0, &problem{http.StatusTooManyRequests, "Too many requests were refused."}
	}
	select {
	case h.atOnce <- struct{}{}:
		defer func() { <-h.atOnce }()
	default:
		return 0, &problem{http.StatusServiceUnavailable, "Too many requests at once."}
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	read := h.readJSON
	if r.URL.Path == PathSNS {
		read = h.readSNS
	}
	events, err := read(ctx, w, r)
	if p := (*problem)(nil); errors.As(err, &p) {
		h.refuse(r.Context())
	}
	if err != nil {
		return 0, err
	}
	for _, e := range events {
		if err := h.o.Taker.Take(ctx, e); err != nil {
			return 0, fmt.Errorf("taking an event: %w", err)
		}
	}
	return len(events), nil
}

// over says whether a client was refused too often in this minute.
func (h *Handler) over(ctx context.Context) bool {
	client := h.o.Client(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.o.Now().Truncate(time.Minute); !now.Equal(h.minute) {
		h.minute = now
		clear(h.refused)
	}
	return h.refused[client] >= mostRefused
}

func (h *Handler) refuse(ctx context.Context) {
	client := h.o.Client(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.refused) < mostClients {
		h.refused[client]++
	}
}

// body reads what was sent, if it is not too much.
func body(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return nil, &problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("At most %d bytes are read.", most)}
	}
	if err != nil {
		return nil, &problem{http.StatusBadRequest, "The request did not arrive whole."}
	}
	return b, nil
}

// authorized compares the secret in a time that says nothing about it.
func (h *Handler) authorized(r *http.Request) bool {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	got, want := sha256.Sum256([]byte(strings.TrimSpace(secret))), sha256.Sum256([]byte(h.o.Secret))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// reported is an event as the JSON endpoint takes it.
type reported struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Address string `json:"address"`
	Return  string `json:"return"` // what has the return token in it
	Reason  string `json:"reason"`
	At      string `json:"at"`
}

func (h *Handler) readJSON(_ context.Context, w http.ResponseWriter, r *http.Request) ([]Event, error) {
	if !h.authorized(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return nil, &problem{http.StatusUnauthorized, "The header Authorization does not have the secret: Bearer SECRET."}
	}
	text, err := body(w, r, mostJSON)
	if err != nil {
		return nil, err
	}
	var batch struct {
		Events []reported `json:"events"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&batch); err != nil || d.More() {
		return nil, &problem{http.StatusBadRequest, `The body is not {"events": [{"id", "type", "address" or "return", "reason", "at"}, …]}.`}
	}
	if len(batch.Events) == 0 || len(batch.Events) > mostEvents {
		return nil, &problem{http.StatusUnprocessableEntity, fmt.Sprintf("There are %d events; a request has 1 to %d.", len(batch.Events), mostEvents)}
	}
	events := make([]Event, 0, len(batch.Events))
	for i, given := range batch.Events {
		e, wrong := given.event(h.o.Now())
		if wrong != "" { // without what was given, which is an address
			return nil, &problem{http.StatusUnprocessableEntity, fmt.Sprintf("events[%d]: %s. Nothing was taken.", i, wrong)}
		}
		events = append(events, e)
	}
	return events, nil
}

// event checks an event; wrong says what is wrong with it.
func (r reported) event(now time.Time) (e Event, wrong string) {
	e = Event{Kind: Kind(r.Type), Status: statusIn(r.Reason), At: now}
	tokens := tokensIn(nil, []byte(r.Return[:min(len(r.Return), 1000)]))
	address, err := readers.ParseAddress(r.Address)
	var timeErr error
	if r.At != "" {
		e.At, timeErr = time.Parse(time.RFC3339, r.At)
	}
	switch {
	case !slices.Contains([]Kind{Hard, Soft, Complaint, Delivered}, e.Kind):
		return e, "type is not hard, soft, complaint or delivered"
	case r.ID == "" || len(r.ID) > mostID:
		return e, fmt.Sprintf("id is missing, or longer than %d bytes", mostID)
	case r.Address == "" && r.Return == "":
		return e, "there is neither an address nor a return token"
	case r.Address != "" && err != nil:
		return e, "address is not an email address"
	case r.Return != "" && len(tokens) != 1:
		return e, "return does not have one return token, which is in the header " + readers.ReturnHeader + " and in the envelope sender"
	case timeErr != nil:
		return e, "at is not a time by RFC 3339"
	}
	e.To, e.ID, e.Only, e.Tokens = address, "api "+r.ID, r.Address == "", tokens
	return e, ""
}

func (h *Handler) readSNS(ctx context.Context, w http.ResponseWriter, r *http.Request) ([]Event, error) {
	text, err := body(w, r, mostSNS)
	if err != nil {
		return nil, err
	}
	var m snsMessage
	if json.Unmarshal(text, &m) != nil {
		return nil, &problem{http.StatusBadRequest, "The body is no message of Amazon SNS."}
	}
	if err = h.verifier.verify(ctx, m); err == nil {
		switch m.Type {
		case snsSubscribe:
			if err = h.verifier.confirm(ctx, m); err == nil {
				h.o.Log.Info("confirmed the subscription of a topic for bounces", "topic", m.TopicARN)
			}
		case snsUnsubscribe:
			h.o.Log.Warn("a topic for bounces was unsubscribed: bounces that Amazon SES reports there are not heard of anymore", "topic", m.TopicARN)
		}
	}
	switch {
	case errors.Is(err, errForged):
		return nil, &problem{http.StatusForbidden, "The message does not come from a topic that is configured."}
	case err != nil:
		h.refuse(ctx) // what cannot be checked costs as much
		return nil, err
	case m.Type != snsNotification:
		return nil, nil
	}
	return readSES(m.Message, h.o.Ours), nil
}
