package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// heldService is a service in this process, on whose list most agreements are gone, and
// whose operator has a link to decide about that.
type heldService struct {
	*service
	t     *testing.T
	now   time.Time
	log   lockedBuffer
	site  *faultSite
	pages *httptest.Server
	mu    sync.Mutex
	came  []string // "channel kind of message"
	link  string
	told  []string // what the operator was told
}

// take is the far end of all channels.
func (h *heldService) take(_ http.ResponseWriter, r *http.Request) {
	var body struct {
		Channel   string         `json:"channel"`
		Type      string         `json:"type"`
		Part      int            `json:"part"`
		DecideURL string         `json:"decide_url"`
		Notice    *roster.Notice `json:"notice"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Part > 1 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.came = append(h.came, body.Channel+" "+body.Type)
	if body.DecideURL != "" {
		h.link = body.DecideURL
	}
	if body.Notice != nil {
		h.told = append(h.told, body.Notice.Text)
	}
}

func newHeldService(t *testing.T) *heldService {
	h := &heldService{t: t, now: time.Now().UTC().Truncate(time.Second), site: newFaultSite(t)}
	ends := httptest.NewServer(http.HandlerFunc(h.take))
	t.Cleanup(ends.Close)
	h.pages = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.reloader.site.ServeHTTP(w, r) }))
	t.Cleanup(h.pages.Close)
	hook := "webhook: {url: \"" + ends.URL + "\", allow_private: true}"
	a := newApp(io.Discard, io.Discard, func() time.Time { return h.now })
	a.flags = &commands{Data: t.TempDir(), Config: configured(t, "web: {listen: \"\", url: \""+h.pages.URL+"\"}", "source: {mirror: \""+h.site.url+"\"}", "channels:",
		"  - {name: news, "+hook+"}", "  - {name: boss, operator: true, "+hook+"}")}
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	s, log := bolttest.Open(t, filepath.Join(a.data(), "watch287g.db")), slog.New(slog.NewTextHandler(&h.log, nil))
	a.monitor = a.newMonitor(s, c, log)
	w, sender, now, err := a.newWatcher(s, c, log)
	if err != nil {
		t.Fatal(err)
	}
	site, err := a.newSite(s, c, log)
	if err != nil {
		t.Fatal(err)
	}
	reloader := &reloader{app: a, store: s, watcher: w, sender: sender, log: log, site: newLiveSite(site)}
	reloader.now.Store(now)
	if reloader.site.holds, err = reloader.newHoldPages(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.service = &service{store: s, watcher: w, sender: sender, reloader: reloader, now: a.now}
	h.poll()
	h.site.active = h.site.active[:len(h.site.active)/3]
	h.site.print()
	h.now = h.now.Add(time.Hour)
	h.poll()
	h.send()
	if h.link == "" {
		t.Fatalf("the operator has no link: %q", h.told)
	}
	return h
}

func (h *heldService) poll() {
	h.t.Helper()
	if r, err := h.watcher.Poll(h.t.Context()); err != nil || r.Outcome.Failed() {
		h.t.Fatal(r.Sentence, err)
	}
}

// send sends what is due.
func (h *heldService) send() {
	h.t.Helper()
	o := h.reloader.app.newOutbox(h.store, h.reloader.now.Load(), slog.New(slog.DiscardHandler), nil)
	if err := o.sender.RunOnce(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// news counts the messages that readers were sent.
func (h *heldService) news() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, c := range h.came {
		if c == "news changes" {
			n++
		}
	}
	return n
}

// get loads the operator's page.
func (h *heldService) get() string { return h.do(http.MethodGet, nil) }

func (h *heldService) do(method string, form url.Values) string {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.link, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", h.pages.URL)
	answer, err := h.pages.Client().Do(r) // which follows to the page after a POST
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(body)
}

// press presses a button of a page, and returns the page after it.
func (h *heldService) press(page, label string) string {
	h.t.Helper()
	for _, f := range regexp.MustCompile(`(?s)<form method="post">.*?</form>`).FindAllString(page, -1) {
		if strings.Contains(f, ">"+label+"</button>") {
			values := url.Values{}
			for _, in := range regexp.MustCompile(`name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(f, -1) {
				values.Set(in[1], html.UnescapeString(in[2]))
			}
			return h.do(http.MethodPost, values)
		}
	}
	h.t.Fatalf("no button %q on\n%s", label, page)
	return ""
}

func (h *heldService) carryOut() {
	h.t.Helper()
	if err := h.reloader.carryOutDue(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *heldService) hold() roster.Hold {
	h.t.Helper()
	holds, err := h.store.Holds(h.t.Context())
	if err != nil || len(holds) == 0 {
		h.t.Fatal("no hold", err)
	}
	return holds[0]
}

// TestHoldDecidedByLink approves a held list from the operator's message: what the page
// says is what is sent, and nothing is before it can no longer be undone.
func TestHoldDecidedByLink(t *testing.T) {
	h := newHeldService(t)
	for range 3 {
		h.do(http.MethodHead, nil) // as scanners of mail do
		h.carryOut()
	}
	page := h.get()
	if h.hold().State != roster.HoldOpen || !strings.Contains(page, "<h3>news: 1 message</h3>") {
		t.Fatalf("the hold is %s, and the page says\n%s", h.hold().State, page)
	}
	before := h.news()
	page = h.press(h.press(page, "Approve…"), "Yes, approve it")
	h.carryOut()
	h.now = h.now.Add(59 * time.Second)
	h.carryOut()
	page = h.press(page, "Undo")
	h.now = h.now.Add(time.Hour)
	h.carryOut()
	if h.send(); h.hold().State != roster.HoldOpen || h.news() != before {
		t.Fatalf("after it was undone, the hold is %s and %d messages were sent", h.hold().State, h.news()-before)
	}
	h.press(h.press(page, "Approve…"), "Yes, approve it")
	decided := h.now
	h.now = h.now.Add(time.Minute)
	h.carryOut()
	h.carryOut()
	if h.send(); h.hold().State != roster.HoldApproved || h.news() != before+1 {
		t.Fatalf("at the end the hold is %s, and %d messages were sent", h.hold().State, h.news()-before)
	}
	at := prose.English.Moment(decided)
	if told := h.told[len(h.told)-1]; !strings.Contains(told, "approved by link on "+at) {
		t.Errorf("the operator is told %q", told)
	}
	if page := h.get(); !strings.Contains(page, "approved by link on "+at) {
		t.Errorf("the page says\n%s", page)
	}
	token := h.link[strings.LastIndex(h.link, "/")+1:]
	if log := h.log.String(); strings.Contains(log, token) || strings.Count(log, `msg="a hold was decided by link"`) != 3 {
		t.Errorf("the log is\n%s", log)
	}
	decisions, err := h.store.Decisions(t.Context())
	if err != nil || len(decisions) != 1 || !strings.HasPrefix(stateOf(h.hold(), decisions), "approved by link ") {
		t.Errorf("holds says %q (%v)", stateOf(h.hold(), decisions), err)
	}
}

// TestDecisionThatIsTooLate is about a hold that ends before it is carried out, and about
// a process that ends in the middle.
func TestDecisionThatIsTooLate(t *testing.T) {
	h := newHeldService(t)
	h.press(h.press(h.get(), "Approve…"), "Yes, approve it")
	if _, err := h.watcher.ResolveHold(t.Context(), h.hold().ID, false); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Minute)
	h.carryOut()
	h.send()
	if told := strings.Join(h.told, "\n"); h.hold().State != roster.HoldRejected || !strings.Contains(told, "could not be carried out: no publication is held as") {
		t.Errorf("the hold is %s, and the operator is told %s", h.hold().State, told)
	}

	h = newHeldService(t)
	h.press(h.press(h.get(), "Reject…"), "Yes, reject it")
	h.now = h.now.Add(time.Minute)
	cut := &cutStore{Store: h.store, left: 1}
	h.reloader.store = cut
	if err := h.reloader.carryOutDue(t.Context()); err == nil {
		t.Fatal("the second write was to fail")
	}
	h.reloader.store = h.store
	h.carryOut()
	decisions, err := h.store.Decisions(t.Context())
	if err != nil || h.hold().State != roster.HoldRejected || decisions[0].State != roster.DecisionDone {
		t.Errorf("the hold is %s, the decision %+v (%v)", h.hold().State, decisions, err)
	}
}

// TestOperatorIsToldOnceOfADecisionThatFailed has the store fail at each write that a
// decision takes which cannot be carried out.
func TestOperatorIsToldOnceOfADecisionThatFailed(t *testing.T) {
	h := newHeldService(t)
	h.press(h.press(h.get(), "Approve…"), "Yes, approve it")
	decided := h.now
	if _, err := h.watcher.ResolveHold(t.Context(), h.hold().ID, false); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Minute)
	for _, cut := range []*cutStore{{left: 0}, {left: 2, mute: true}, {left: 0}, {left: 0}} {
		cut.Store, h.reloader.store = h.store, cut
		if err := h.reloader.carryOutDue(t.Context()); err == nil {
			t.Fatalf("a write was to fail: %+v", cut)
		}
		h.now = h.now.Add(decisionPause)
	}
	h.reloader.store = h.store
	h.carryOut()
	h.carryOut()
	h.send()
	want := "What was decided about " + h.hold().ID + " by link on " + prose.English.Moment(decided) + " could not be carried out: no publication is held as"
	if n := strings.Count(strings.Join(h.told, "\n"), want); n != 1 {
		t.Errorf("the operator is told %d times: %q", n, h.told)
	}
	if decisions, err := h.store.Decisions(t.Context()); err != nil || decisions[0].State != roster.DecisionFailed {
		t.Errorf("the decision is %+v (%v)", decisions, err)
	}
	if log := h.log.String(); strings.Count(log, `level=WARN msg="what was decided about a hold by link could not be carried out"`) != 1 || strings.Contains(log, "link is carried out") {
		t.Errorf("the log is\n%s", log)
	}
}

// TestStoreThatIsDownIsLoggedOnce has the decisions be unreadable for an hour, for one
// reason and then another, and once more after they were read.
func TestStoreThatIsDownIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log lockedBuffer
		began := time.Now()
		r := &reloader{store: &downStore{err: func() error {
			switch past := time.Since(began); {
			case past < 30*time.Minute:
				return errors.New("it is away")
			case past < time.Hour:
				return errors.New("it starts")
			case past > 2*time.Hour:
				return errors.New("it is away")
			}
			return nil
		}}, log: slog.New(slog.NewTextHandler(&log, nil))}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		if err := r.carryOutDecisions(ctx); err != nil {
			t.Error(err)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != 3 {
			t.Errorf("%d errors are logged:\n%.2000s", n, log.String())
		}
	})
}

// downStore is a store whose decisions cannot be read while there is an error.
type downStore struct {
	store.Store
	err func() error
}

// Decisions returns none.
func (d *downStore) Decisions(context.Context) ([]roster.Decision, error) { return nil, d.err() }

// cutStore is a store that takes so many decisions and no more, and no notices where it
// is mute.
type cutStore struct {
	store.Store
	left int
	mute bool
}

// Enqueue stores notices, or fails.
func (c *cutStore) Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error {
	if c.mute {
		return errors.New("the process was cut off")
	}
	return c.Store.Enqueue(ctx, d, i)
}

// Decide stores a decision, or fails.
func (c *cutStore) Decide(ctx context.Context, d roster.Decision) error {
	if c.left--; c.left < 0 {
		return fmt.Errorf("the process was cut off")
	}
	return c.Store.Decide(ctx, d)
}
