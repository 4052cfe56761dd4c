package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// peopleOfMetrics are readers as they are imported: one who is followed by a mail, and one
// whom the mail server does not know.
const peopleOfMetrics = `{"watch287g_readers":1,"exported_at":"2025-02-26T12:00:00Z"}
{"part":"numbers","key":"readers","value":2}
{"part":"readers","key":"1","value":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaa","seq":1,"address":"ada@example.net","language":"en","cadence":"instant","follows":[{"kind":"nation"}],"state":"active","signed_up_at":"2025-02-26T12:00:00Z","confirmed_at":"2025-02-26T12:00:00Z","changed_at":"2025-02-26T12:00:00Z","since":0}}
{"part":"readers","key":"2","value":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaba","seq":2,"address":"bea@example.net","language":"es","cadence":"instant","follows":[{"kind":"nation"}],"state":"active","signed_up_at":"2025-02-26T12:00:00Z","confirmed_at":"2025-02-26T12:00:00Z","changed_at":"2025-02-26T12:00:00Z","since":0}}
{"end":3}
`

// TestOperatorSeesMailsToReaders counts mails that are sent and refused, and what is asked
// on the pages on which readers sign up, and finds no address in the metrics.
func TestOperatorSeesMailsToReaders(t *testing.T) {
	t.Parallel()
	end, err := newFarEnd(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer end.close()
	end.refuse = "bea@example.net"
	site := &fakeice.Site{}
	site.Publish(fakeice.File{Link: fakeice.Participating, Name: "a.xlsx", At: time.Now().Add(-time.Hour), Body: sheettest.Participating(sheettest.Sample(20)...)})
	ice := httptest.NewServer(site)
	defer ice.Close()
	s := watchedService(t, nil, "source: {every: 1s, mirror: "+ice.URL+"}",
		`readers: {smtp: "smtp+plain://`+end.mail+`", from: watch@example.org, contact: desk@example.org, bounces: {secret: a-secret-of-the-endpoint}}`)
	eventually(t, "it has polled", func() bool {
		_, body := s.ask("/metrics")
		return strings.Contains(body, "\nwatch287g_poll_good_timestamp_seconds ")
	})
	people := filepath.Join(t.TempDir(), "people.jsonl")
	if err := os.WriteFile(people, []byte(peopleOfMetrics), 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, program(t, time.Time{}, "--data", s.data, "readers", "import", people))
	site.Publish(fakeice.File{Link: fakeice.Participating, Name: "b.xlsx", At: time.Now().Add(-time.Minute), Body: sheettest.Participating(sheettest.Sample(22)...)})
	for path, want := range map[string]int{"/subscribe": http.StatusOK, "/es/subscribe/me/ada@example.net": http.StatusNotFound, "/api/v1/subscriptions/ada@example.net": http.StatusNotFound, "/api/v1/bounces": http.StatusMethodNotAllowed} {
		if status, _ := s.get(s.web + path); status != want {
			t.Errorf("%s is answered with %d", path, status)
		}
	}
	var body string
	for _, want := range []string{
		`watch287g_readers_mails_total{lane="instant",result="sent"} 1`,
		`watch287g_readers_mails_total{lane="instant",result="refused"} 1`,
		`watch287g_readers_returns_total{kind="hard"} 1`,
		`watch287g_readers_suppressed{reason="hard bounce"} 1`,
		`watch287g_http_requests_total{class="page",code="200"} 1`,
		`watch287g_http_requests_total{class="page",code="404"} 1`,
		`watch287g_http_requests_total{class="api",code="404"} 1`,
		`watch287g_http_requests_total{class="api",code="405"} 1`,
	} {
		pattern := regexp.MustCompile("(?m)^" + want + "$")
		eventually(t, want, func() bool { _, body = s.ask("/metrics"); return pattern.MatchString(body) })
	}
	for name, text := range map[string]string{"the metrics": body, "the log": s.stop()} {
		if strings.Contains(text, "example.net") || strings.Contains(text, "bea@") {
			t.Errorf("%s show an address:\n%s", name, text)
		}
	}
}
