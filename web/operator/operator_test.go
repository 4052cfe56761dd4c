package operator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

var errBetween = errors.New("another decision came between")

// record is what is known and decided, in memory.
type record struct {
	holds    []roster.Hold
	decision roster.Decision
	err      error
	between  func() // called before a decision is stored
}

func (r *record) Holds(context.Context) ([]roster.Hold, error) { return r.holds, r.err }

func (r *record) Decisions(context.Context) ([]roster.Decision, error) {
	if r.decision.Serial == 0 {
		return nil, r.err
	}
	return []roster.Decision{r.decision}, r.err
}

func (r *record) Decide(_ context.Context, d roster.Decision) error {
	if r.between != nil {
		r.between()
	}
	if d.Serial != r.decision.Serial+1 {
		return errBetween
	}
	r.decision = d
	return nil
}

// desk is a handler with all that it needs, at a moment of its own.
type desk struct {
	*Handler
	*record
	now  time.Time
	log  bytes.Buffer
	link string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	now := time.Date(2026, 3, 2, 12, 4, 0, 0, time.UTC)
	d := &desk{now: now, record: &record{holds: []roster.Hold{{ID: "hold_3", State: roster.HoldOpen, List: roster.ListParticipating, File: "half<b>.xlsx",
		SHA256: strings.Repeat("5e", 32), Reasons: []string{"Half of it is gone."}, Since: now.Add(-time.Hour), PublishedAt: now.Add(-2 * time.Hour),
		Effect: &roster.Effect{Removed: 2, First: []roster.Affected{{Kind: roster.KindRemoved, Agency: "Bexar <i>", State: "TX", Model: roster.TFM}}}}}}}
	signer := NewSigner([]byte("a key"))
	var err error
	d.Handler, err = New(Options{Signer: signer, Record: d.record, Now: func() time.Time { return d.now }, Undo: func() time.Duration { return time.Minute },
		Conflict: func(err error) bool { return errors.Is(err, errBetween) }, Log: slog.New(slog.NewTextHandler(&d.log, nil)),
		Preview: func(context.Context, string) ([]Channel, error) {
			return []Channel{{Name: "news", Messages: []Message{{Due: d.now, Text: "2 gone <script>"}}}, {Name: "texas"}}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	d.link = Prefix + signer.Sign("hold_3", now.Add(-time.Hour))
	return d
}

// ask asks for a page, with a form where there is one.
func (d *desk) ask(method, address string, form url.Values, headers ...string) (status int, page string) {
	r := httptest.NewRequest(method, "https://watch.example.org"+address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"} {
		if got := w.Header().Get(name); got != want {
			return 0, fmt.Sprintf("%s is %q", name, got)
		}
	}
	return w.Code, w.Body.String()
}

// buttonOf finds the form of a page with this button.
func buttonOf(t *testing.T, page, label string) url.Values {
	t.Helper()
	values := url.Values{}
	for _, f := range regexp.MustCompile(`(?s)<form method="post">.*?</form>`).FindAllString(page, -1) {
		if strings.Contains(f, ">"+label+"</button>") {
			for _, in := range regexp.MustCompile(`name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(f, -1) {
				values.Set(in[1], html.UnescapeString(in[2]))
			}
			return values
		}
	}
	t.Fatalf("no button says %q on\n%s", label, page)
	return nil
}

// expect asks, and holds the answer to a status and a text.
func (d *desk) expect(t *testing.T, what string, status int, text string, method, address string, form url.Values, headers ...string) string {
	t.Helper()
	got, page := d.ask(method, address, form, headers...)
	if got != status || !strings.Contains(page, text) {
		t.Errorf("%s: %d, want %d with %q:\n%s", what, got, status, text, page)
	}
	return page
}

// TestDecide goes the whole way: look, approve, undo, reject, and what comes of it.
func TestDecide(t *testing.T) {
	d := newDesk(t)
	page := d.expect(t, "the page", 200, "A list is held", "GET", d.link, nil)
	for _, says := range []string{"half&lt;b&gt;.xlsx", "Half of it is gone.", "2 agreements no longer listed", "Bexar &lt;i&gt;", "news: 1 message<", "texas: nothing<", "2 gone &lt;script&gt;", "/publications/5e5e"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q:\n%s", says, page)
		}
	}
	d.expect(t, "a look by a scanner", 200, "", "HEAD", d.link, nil)
	if d.decision.Serial != 0 {
		t.Fatal("a look decided something")
	}
	sure := d.expect(t, "a first press", 200, "Approve this list?", "POST", d.link, buttonOf(t, page, "Approve…"))
	if d.decision.Serial != 0 || !strings.Contains(sure, "a minute after you confirm it") || !strings.Contains(sure, "news: 1 message<") {
		t.Errorf("before it was confirmed: %+v\n%s", d.decision, sure)
	}
	confirmed := buttonOf(t, sure, "Yes, approve it")
	d.expect(t, "the second press", 303, "", "POST", d.link, confirmed)
	if d.decision.State != roster.DecisionScheduled || d.decision.Verdict != roster.HoldApproved || d.decision.DueAt.Sub(d.now) != time.Minute {
		t.Fatalf("decided: %+v", d.decision)
	}
	d.expect(t, "the POST once more", 409, "Nothing was done, since this form is out of date", "POST", d.link, confirmed)
	page = d.expect(t, "the page after it", 200, "It is carried out on March 2, 2026, 12:05:00 UTC", "GET", d.link, nil)
	undone := buttonOf(t, page, "Undo")
	d.expect(t, "undo", 303, "", "POST", d.link, undone)
	if d.decision.State != roster.DecisionUndone {
		t.Fatalf("undone: %+v", d.decision)
	}
	d.expect(t, "an old form after the undo", 409, "out of date", "POST", d.link, confirmed)
	d.expect(t, "the page after the undo", 200, "and that was undone on March 2, 2026, 12:04:00 UTC. Nothing was sent.", "GET", d.link, nil)

	page = d.expect(t, "the page", 200, "Reject…", "GET", d.link, nil)
	sure = d.expect(t, "a first press", 200, "Reject this list for good?", "POST", d.link, buttonOf(t, page, "Reject…"))
	d.expect(t, "the second press", 303, "", "POST", d.link, buttonOf(t, sure, "Yes, reject it"))
	page = d.expect(t, "the page after it", 200, "Rejected by link on", "GET", d.link, nil)
	late := buttonOf(t, page, "Undo")
	d.now = d.now.Add(time.Minute)
	d.expect(t, "an undo that is late", 409, "It is being carried out now, and can no longer be undone.", "POST", d.link, late)
	d.holds[0].State, d.holds[0].By, d.holds[0].DecidedAt = roster.HoldRejected, roster.ByLink, d.decision.At
	d.decision.State = roster.DecisionDone
	d.expect(t, "the page at the end", 200, "set aside for good by link on March 2, 2026, 7:04 a.m. ET", "GET", d.link, nil)
	if strings.Contains(d.log.String(), d.link[len(Prefix):]) {
		t.Error("the log has the link")
	}
}

// TestRefused holds the page against what it must not do.
func TestRefused(t *testing.T) {
	d := newDesk(t)
	page := d.expect(t, "the page", 200, "", "GET", d.link, nil)
	sure := buttonOf(t, d.expect(t, "a first press", 200, "", "POST", d.link, buttonOf(t, page, "Approve…")), "Yes, approve it")
	with := func(name, value string) url.Values {
		changed := url.Values{}
		for k, v := range sure {
			changed[k] = v
		}
		changed.Set(name, value)
		return changed
	}
	other := Prefix + NewSigner([]byte("another key")).Sign("hold_3", d.now)
	unknown := Prefix + d.o.Signer.Sign("hold_9", d.now)
	for _, tt := range []struct {
		what, method, address string
		form                  url.Values
		headers               []string
		status                int
		says                  string
	}{
		{"a forged link", "GET", other, nil, nil, 404, "This link opens nothing."},
		{"a POST to a forged link", "POST", other, sure, nil, 404, "This link opens nothing."},
		{"no link", "GET", Prefix, nil, nil, 404, "opens nothing"},
		{"a link that is cut off", "GET", d.link[:len(d.link)-1], nil, nil, 404, "opens nothing"},
		{"a link of another hold", "GET", strings.Replace(d.link, "hold_3", "hold_4", 1), nil, nil, 404, "opens nothing"},
		{"an endless link", "GET", Prefix + strings.Repeat("a.", 9000), nil, nil, 404, "opens nothing"},
		{"a hold that is not there", "GET", unknown, nil, nil, 404, "There is no such hold."},
		{"another site", "POST", d.link, sure, []string{"Sec-Fetch-Site", "cross-site"}, 403, "from another site"},
		{"another origin", "POST", d.link, sure, []string{"Origin", "https://evil.example"}, 403, "from another site"},
		{"no form", "POST", d.link, url.Values{}, nil, 409, "out of date"},
		{"a made-up seal", "POST", d.link, with("once", "x"), nil, 409, "out of date"},
		{"the seal of another button", "POST", d.link, with("do", "reject"), nil, 409, "out of date"},
		{"a made-up button", "POST", d.link, with("do", "delete"), nil, 409, "out of date"},
		{"undo of nothing", "POST", d.link, with("do", "undo"), nil, 409, "out of date"},
		{"a form without an end", "POST", d.link, with("sure", strings.Repeat("a", 5000)), nil, 400, "did not arrive whole"},
		{"another method", "DELETE", d.link, nil, nil, 405, "cannot be done here"},
	} {
		d.expect(t, tt.what, tt.status, tt.says, tt.method, tt.address, tt.form, tt.headers...)
	}
	d.err = errors.New("the disk is gone")
	d.expect(t, "a store that is gone", 503, "Nothing was changed.", "POST", d.link, sure)
	d.err = nil
	if d.decision.Serial != 0 {
		t.Fatalf("decided: %+v", d.decision)
	}
	d.now = d.now.Add(8 * 24 * time.Hour)
	d.expect(t, "an expired link", 410, "says how it stands with hold_3. As long as that is held, watch287g holds approve hold_3", "GET", d.link, nil)
	d.expect(t, "a POST to an expired link", 410, "has expired", "POST", d.link, sure)
	if d.decision.Serial != 0 {
		t.Fatalf("decided: %+v", d.decision)
	}
}

// TestNothingIsSent says, also where it asks whether it is meant, that nobody would be sent
// anything.
func TestNothingIsSent(t *testing.T) {
	const nothing = "Nothing: no channel is configured."
	d := newDesk(t)
	d.o.Preview = func(context.Context, string) ([]Channel, error) { return nil, nil }
	page := d.expect(t, "the page", 200, nothing, "GET", d.link, nil)
	d.expect(t, "a first press", 200, nothing, "POST", d.link, buttonOf(t, page, "Approve…"))
	d.expect(t, "a first press of the other one", 200, "Reject this list for good?", "POST", d.link, buttonOf(t, page, "Reject…"))
}

// TestMeanwhile decides about what is no longer what was looked at.
func TestMeanwhile(t *testing.T) {
	press := func(t *testing.T, d *desk) url.Values {
		page := d.expect(t, "the page", 200, "", "GET", d.link, nil)
		return buttonOf(t, d.expect(t, "a first press", 200, "", "POST", d.link, buttonOf(t, page, "Approve…")), "Yes, approve it")
	}
	d := newDesk(t)
	sure := press(t, d)
	d.holds[0].SHA256 = strings.Repeat("6f", 32)
	d.expect(t, "a list that another took the place of", 409, "ICE has published another list", "POST", d.link, sure)

	d = newDesk(t)
	sure = press(t, d)
	d.holds[0].State = roster.HoldDropped
	d.expect(t, "a hold that has ended", 409, "does not bear it out", "POST", d.link, sure)

	d = newDesk(t)
	sure = press(t, d)
	d.between = func() {
		d.between = nil
		d.decision = roster.Decision{Hold: "hold_3", Serial: 1, State: roster.DecisionScheduled, Verdict: roster.HoldRejected, At: d.now, DueAt: d.now.Add(time.Minute)}
	}
	d.expect(t, "somebody who is quicker", 409, "Rejected by link", "POST", d.link, sure)
	if d.decision.Verdict != roster.HoldRejected {
		t.Errorf("decided: %+v", d.decision)
	}

	d = newDesk(t)
	d.holds[0].NoColumns, d.holds[0].Effect = true, nil
	page := d.expect(t, "a list that cannot be approved", 200, "It cannot be approved", "GET", d.link, nil)
	if strings.Contains(page, "Approve") {
		t.Errorf("it can be approved:\n%s", page)
	}
	d.decision = roster.Decision{Hold: "hold_3", Serial: 4, State: roster.DecisionFailed, Verdict: roster.HoldApproved, At: d.now, Why: "It was too late."}
	d.expect(t, "a decision that failed", 200, "which could not be carried out: It was too late.", "GET", d.link, nil)
}

// FuzzLink opens whatever comes, and nothing but what was signed.
func FuzzLink(f *testing.F) {
	s, now := NewSigner([]byte("a key")), time.Unix(1_780_000_000, 0)
	good := s.Sign("hold_1", now)
	for _, seed := range []string{good, good + "a", "", ".", "..", "hold_1.zzzzzzzzzzzzzzzzz." + strings.Repeat("a", 43), strings.ToUpper(good)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, link string) {
		hold, err := s.open(link, now)
		if (err == nil) != (link == good) || err == nil && hold != "hold_1" {
			t.Errorf("%q opens %q (%v)", link, hold, err)
		}
	})
}

var _ http.Handler = (*Handler)(nil)
