package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/watch287g/watch287g/roster"
)

const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func webhookDeps(now func() time.Time) Deps {
	return Deps{Now: now, Version: "1.2.3", Links: fixtureLinks}
}

func webhookAt(t *testing.T, c WebhookConfig) *webhook {
	t.Helper()
	channel, err := NewWebhook(c, webhookDeps(time.Now))
	if err != nil {
		t.Fatal(err)
	}
	return channel.(*webhook)
}

// hook is an endpoint that answers as a test wants, and keeps what it gets.
type hook struct {
	*httptest.Server
	mu       sync.Mutex
	requests []hookRequest
}

type hookRequest struct {
	header http.Header
	body   []byte
}

func newHook(t *testing.T, answer func(w http.ResponseWriter, nth int)) *hook {
	t.Helper()
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		h.requests = append(h.requests, hookRequest{r.Header, body})
		nth := len(h.requests)
		h.mu.Unlock()
		if answer != nil {
			answer(w, nth)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) got() []hookRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.requests)
}

// sendAll sends a message and returns the parts that got through.
func sendAll(c Channel, m Message) (through []roster.Receipt, err error) {
	err = c.Send(context.Background(), m, func(part, answer string) {
		through = append(through, roster.Receipt{Part: part, Answer: answer})
	})
	return through, err
}

func TestWebhookIsSigned(t *testing.T) {
	h := newHook(t, nil)
	verifier, err := standardwebhooks.NewWebhook(webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{webhookSecret, strings.TrimPrefix(webhookSecret, "whsec_")} {
		w := webhookAt(t, WebhookConfig{URL: h.URL + "/hook?key=1", Secret: secret, AllowPrivate: true})
		through, err := sendAll(w, fixtureMessage(newPalmBay(1)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]roster.Receipt{{Part: "1", Answer: "HTTP 200"}}, through); diff != "" {
			t.Errorf("parts (-want +got):\n%s", diff)
		}
		got := h.got()[len(h.got())-1]
		if err := verifier.Verify(got.body, got.header); err != nil {
			t.Error(err)
		}
		if err := verifier.Verify(append(got.body, ' '), got.header); err == nil {
			t.Error("the signature does not cover the body")
		}
		if id := got.header.Get("webhook-id"); id != "dlv_00000042" {
			t.Errorf("webhook-id = %q", id)
		}
		if agent := got.header.Get("User-Agent"); agent != "watch287g/1.2.3" {
			t.Errorf("User-Agent = %q", agent)
		}
	}
}

func TestWebhookWithoutSecret(t *testing.T) {
	h := newHook(t, nil)
	if _, err := sendAll(webhookAt(t, WebhookConfig{URL: h.URL, AllowPrivate: true}), plainFixtures()["removal"]); err != nil {
		t.Fatal(err)
	}
	if got := h.got()[0].header; got.Get("webhook-id") == "" || got.Get("webhook-timestamp") == "" || got.Get("webhook-signature") != "" {
		t.Errorf("headers: %v", got)
	}
}

// A try that follows another has the same id and the same body, to the byte; only
// its time and signature are its own.
func TestWebhookRetry(t *testing.T) {
	h := newHook(t, func(w http.ResponseWriter, nth int) {
		if nth == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	now := fixtureTime
	w := webhookAt(t, WebhookConfig{URL: h.URL, Secret: webhookSecret, AllowPrivate: true})
	w.now = func() time.Time { return now }
	if through, err := sendAll(w, plainFixtures()["mixed"]); err == nil || len(through) > 0 {
		t.Fatalf("the first try: %v, %v", through, err)
	}
	now = now.Add(time.Hour)
	if _, err := sendAll(w, plainFixtures()["mixed"]); err != nil {
		t.Fatal(err)
	}
	first, second := h.got()[0], h.got()[1]
	if !bytes.Equal(first.body, second.body) {
		t.Errorf("bodies differ: %s", cmp.Diff(string(first.body), string(second.body)))
	}
	if a, b := first.header.Get("webhook-id"), second.header.Get("webhook-id"); a != b {
		t.Errorf("ids %q and %q", a, b)
	}
	if a, b := first.header.Get("webhook-timestamp"), second.header.Get("webhook-timestamp"); a == b {
		t.Errorf("both tries are of %s", a)
	}
}

// Four hundred changes go in four requests; what got through is not sent again.
func TestWebhookParts(t *testing.T) {
	h := newHook(t, func(w http.ResponseWriter, nth int) {
		if nth == 3 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	w := webhookAt(t, WebhookConfig{URL: h.URL, Secret: webhookSecret, AllowPrivate: true})
	m := fixtures()["four-hundred"]
	through, err := sendAll(w, m)
	if err == nil || len(through) != 2 {
		t.Fatalf("the first try: %v, %v", through, err)
	}
	m.Delivery.Receipts = through
	more, err := sendAll(w, m)
	if err != nil || len(more) != 2 {
		t.Fatalf("the second try: %v, %v", more, err)
	}
	var ids []string
	changes := map[uint64]int{}
	for i, got := range h.got() {
		ids = append(ids, got.header.Get("webhook-id"))
		var body webhookBody
		if err := json.Unmarshal(got.body, &body); err != nil {
			t.Fatal(err)
		}
		if len(got.body) > 1<<20 || body.Parts != 4 {
			t.Errorf("request %d: %d bytes, part %d of %d", i+1, len(got.body), body.Part, body.Parts)
		}
		if i == 2 {
			continue // the one that failed
		}
		for _, c := range body.Changes {
			changes[c.Seq]++
		}
	}
	const id = "dlv_00000042"
	if diff := cmp.Diff([]string{id, id + ".2", id + ".3", id + ".3", id + ".4"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	for _, c := range m.Changes {
		if changes[c.Seq] != 1 {
			t.Errorf("change %d was sent %d times", c.Seq, changes[c.Seq])
		}
	}
}

func TestWebhookStatus(t *testing.T) {
	for name, tt := range map[string]struct {
		status     int
		header     string // Retry-After
		permanent  bool
		message    bool // and not the channel is at fault
		retryAfter time.Duration
		says       string
	}{
		"no content":         {status: 204},
		"gone":               {status: 410, permanent: true, says: "gone for good (410 Gone)"},
		"moved":              {status: 301, permanent: true, says: "redirects elsewhere (301 Moved Permanently)"},
		"temporary redirect": {status: 307, permanent: true, says: "redirects elsewhere"},
		"not modified":       {status: 304, permanent: true, says: "redirects elsewhere"},
		"wrong password":     {status: 401, permanent: true, says: "answers 401 Unauthorized"},
		"wrong path":         {status: 404, permanent: true, says: "answers 404 Not Found"},
		"too large":          {status: 413, permanent: true, message: true, says: "answers 413"},
		"not understood":     {status: 400, permanent: true, message: true, says: "answers 400"},
		"not processed":      {status: 422, permanent: true, message: true, says: "answers 422"},
		"forbidden":          {status: 403, permanent: true, says: "answers 403 Forbidden"},
		"not paid":           {status: 402, permanent: true, says: "answers 402"},
		"too slow":           {status: 408, says: "answers 408"},
		"in conflict":        {status: 409, says: "answers 409"},
		"broken":             {status: 500, says: "answers 500 Internal Server Error"},
		"unknown":            {status: 599, says: "answers 599"},
		"slow down":          {status: 429, header: "120", retryAfter: 2 * time.Minute, says: "answers 429 Too Many Requests"},
		"closed until":       {status: 503, header: "Thu, 03 Jul 2025 21:00:00 GMT", retryAfter: time.Hour, says: "answers 503"},
		"closed until past":  {status: 503, header: "Thu, 03 Jul 2025 19:00:00 GMT", says: "answers 503"},
		"nonsense":           {status: 503, header: "soon", says: "answers 503"},
		"negative":           {status: 503, header: "-5", says: "answers 503"},
		"for ever":           {status: 503, header: "9223372036854775807", retryAfter: 72 * time.Hour, says: "answers 503"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHook(t, func(w http.ResponseWriter, nth int) {
				if nth > 1 {
					t.Error("a redirect was followed")
				}
				w.Header().Set("Location", "/elsewhere")
				if tt.header != "" {
					w.Header().Set("Retry-After", tt.header)
				}
				w.WriteHeader(tt.status)
			})
			w := webhookAt(t, WebhookConfig{URL: h.URL + "/hidden-path", AllowPrivate: true})
			w.now = func() time.Time { return fixtureTime }
			through, err := sendAll(w, fixtureMessage(newPalmBay(1)))
			if tt.says == "" {
				if err != nil || len(through) != 1 {
					t.Errorf("%v, %v", through, err)
				}
				return
			}
			failure := new(Failure)
			if !errors.As(err, &failure) || len(through) > 0 {
				t.Fatalf("%v, %v", through, err)
			}
			if failure.Permanent != tt.permanent || failure.Channel != (tt.permanent && !tt.message) || failure.RetryAfter != tt.retryAfter || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v (permanent %v, retry after %v)", err, failure.Permanent, failure.RetryAfter)
			}
			if strings.Contains(err.Error(), "hidden-path") || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("the error shows the address: %v", err)
			}
		})
	}
}

func TestNewWebhook(t *testing.T) {
	for name, c := range map[string]WebhookConfig{
		"no url":           {},
		"a path":           {URL: "/s3cret"},
		"another protocol": {URL: "ftp://partner.example.org/s3cret"},
		"no host":          {URL: "https:///s3cret"},
		"a port alone":     {URL: "https://:443/s3cret"},
		"a broken url":     {URL: "https://partner.example.org/s3cret%zz"},
		"no base64":        {URL: "https://partner.example.org/", Secret: "whsec_s3cret!"},
		"an empty secret":  {URL: "https://partner.example.org/", Secret: "whsec_"},
	} {
		_, err := NewWebhook(c, webhookDeps(time.Now))
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The bodies of all cases, part by part, as a receiver gets them.
func TestWebhookBodies(t *testing.T) {
	for name, m := range inBothLanguages() {
		var out bytes.Buffer
		for _, b := range webhookBodies(m) {
			body, err := b.encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Indent(&out, body, "", "  "); err != nil {
				t.Fatal(err)
			}
			out.WriteByte('\n')
		}
		goldenOrSize(t, "webhook/"+name+".json", out.Bytes(), len(m.Changes), 1200)
	}
}

// What a receiver decodes are the changes as they were committed.
func TestWebhookBodyHoldsChanges(t *testing.T) {
	for name, m := range fixtures() {
		var got []roster.Change
		for _, b := range webhookBodies(m) {
			body, err := b.encode()
			if err != nil {
				t.Fatal(err)
			}
			var back webhookBody
			if err := json.Unmarshal(body, &back); err != nil {
				t.Fatal(err)
			}
			got = slices.Concat(got, back.Changes)
		}
		if diff := cmp.Diff(m.Changes, got); diff != "" && len(m.Changes) > 0 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
