package bounce

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	const good = "Bearer the secret of the endpoint"
	one := `{"id":"e1","type":"hard","address":"Ann@Example.org","reason":"550 5.1.1 <ann@example.org> unknown","at":"2026-03-02T11:00:00Z"}`
	batch := func(events ...string) string { return `{"events":[` + strings.Join(events, ",") + `]}` }
	for name, c := range map[string]struct {
		secret, body string
		status, took int
	}{
		"one":                 {good, batch(one), 200, 1},
		"two":                 {good, batch(one, `{"id":"e2","type":"complaint","return":"<bounces+`+token+`@example.org>"}`), 200, 2},
		"lower case":          {"bearer the secret of the endpoint", batch(one), 200, 1},
		"no secret":           {"", batch(one), 401, 0},
		"another secret":      {good + "x", batch(one), 401, 0},
		"a part of it":        {good[:len(good)-1], batch(one), 401, 0},
		"as a password":       {"Basic the secret of the endpoint", batch(one), 401, 0},
		"no JSON":             {good, "events", 400, 0},
		"a field that is not": {good, batch(`{"id":"1","type":"hard","email":"ann@example.org"}`), 400, 0},
		"two documents":       {good, batch(one) + batch(one), 400, 0},
		"none":                {good, batch(), 422, 0},
		"too many":            {good, batch(strings.Split(strings.Repeat(one+"|", 1000)+one, "|")...), 422, 0},
		"one is wrong":        {good, batch(one, `{"id":"2","type":"dead","address":"bob@example.org"}`), 422, 0},
		"no id":               {good, batch(`{"type":"hard","address":"bob@example.org"}`), 422, 0},
		"a long id":           {good, batch(`{"id":"` + strings.Repeat("x", 201) + `","type":"hard","address":"bob@example.org"}`), 422, 0},
		"nobody":              {good, batch(`{"id":"2","type":"hard"}`), 422, 0},
		"no address":          {good, batch(`{"id":"2","type":"hard","address":"bob secret-name"}`), 422, 0},
		"no token":            {good, batch(`{"id":"2","type":"hard","return":"bounces@example.org"}`), 422, 0},
		"two tokens":          {good, batch(`{"id":"2","type":"hard","return":"` + token + " " + strings.Repeat("abcde", 10) + `"}`), 422, 0},
		"no time":             {good, batch(`{"id":"2","type":"hard","address":"bob@example.org","at":"noon"}`), 422, 0},
		"too big":             {good, batch(`{"id":"2","type":"hard","address":"bob@example.org","reason":"` + strings.Repeat("x", mostJSON) + `"}`), 413, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, log := &taken{}, &bytes.Buffer{}
			w := post(newTestHandler(k, nil, log), Path, c.body, "Authorization", c.secret)
			if w.Code != c.status || len(k.events) != c.took {
				t.Errorf("status %d, want %d; took %+v: %s", w.Code, c.status, k.events, w.Body)
			}
			for _, said := range []string{w.Body.String(), log.String(), fmt.Sprint(w.Header())} {
				for _, secret := range []string{"ann@", "bob", "secret of the endpoint"} {
					if strings.Contains(strings.ToLower(said), secret) {
						t.Errorf("it says %q: %s", secret, said)
					}
				}
			}
			if c.took > 0 {
				want := Event{Kind: Hard, Status: "5.1.1", To: "Ann@example.org", ID: "api e1", At: noon.Add(-time.Hour)}
				if !reflect.DeepEqual(k.events[0], want) {
					t.Errorf("took %+v", k.events[0])
				}
			}
			if c.took == 2 && !reflect.DeepEqual(k.events[1], Event{Kind: Complaint, Tokens: []string{token}, Only: true, At: noon, ID: "api e2"}) {
				t.Errorf("took %+v", k.events[1])
			}
		})
	}
}

func TestHandlerRefuses(t *testing.T) {
	t.Parallel()
	ok := []string{"Authorization", "Bearer the secret of the endpoint"}
	const body = `{"events":[{"id":"1","type":"hard","address":"ann@example.org"}]}`
	h := newTestHandler(&taken{err: errors.New("the disk is full")}, nil, io.Discard)
	if w := post(h, Path, body, ok...); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("a store that fails: %d %s", w.Code, w.Body)
	}
	h = newTestHandler(&taken{}, nil, io.Discard)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, Path, strings.NewReader(body)))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	if w := post(h, Path+"/x", body, ok...); w.Code != http.StatusNotFound {
		t.Errorf("another path: %d", w.Code)
	}
	off := newTestHandler(&taken{}, nil, io.Discard)
	off.o.Secret, off.o.Topics = "", nil
	for _, path := range []string{Path, PathSNS} {
		if w := post(off, path, body, "Authorization", "Bearer "); w.Code != http.StatusNotFound {
			t.Errorf("%s, which is not configured: %d", path, w.Code)
		}
	}
	for i := range mostRefused + 1 {
		w := post(h, Path, body, "Authorization", "Bearer guessed")
		if want := http.StatusUnauthorized; i < mostRefused && w.Code != want {
			t.Fatalf("guess %d: %d", i, w.Code)
		} else if i == mostRefused && w.Code != http.StatusTooManyRequests {
			t.Errorf("after %d guesses in a minute: %d", i, w.Code)
		}
	}
	h.o.Now = func() time.Time { return noon.Add(time.Minute) }
	if w := post(h, Path, body, ok...); w.Code != http.StatusOK {
		t.Errorf("a minute later: %d", w.Code)
	}
	for range mostAtOnce {
		h.atOnce <- struct{}{}
	}
	if w := post(h, Path, body, ok...); w.Code != http.StatusServiceUnavailable {
		t.Errorf("when many are under way: %d", w.Code)
	}
}

func TestSES(t *testing.T) {
	t.Parallel()
	mail := func(source, headers string) string {
		return `"mail":{"timestamp":"2026-03-02T11:58:00.000Z","source":"` + source + `","headers":[` + headers + `]}`
	}
	own := mail("watch@example.org", "")
	bounce := func(kind, sub, recipient string) string {
		return `{"eventType":"Bounce","bounce":{"bounceType":"` + kind + `","bounceSubType":"` + sub + `","timestamp":"2026-03-02T11:59:00Z","bouncedRecipients":[{"emailAddress":"ann@example.org"` + recipient + `}]},` + own + `}`
	}
	complaint := func(kind, mail string) string {
		return `{"notificationType":"Complaint","complaint":{"complaintFeedbackType":` + kind + `,"timestamp":"2026-03-02T11:59:00Z","complainedRecipients":[{"emailAddress":"ann@example.org"}]},` + mail + `}`
	}
	for name, c := range map[string]struct {
		message, status string
		kind            Kind // "" for no event
		token           string
	}{
		"permanent":         {bounce("Permanent", "NoEmail", `,"status":"5.0.0","diagnosticCode":"smtp; 550 5.1.1 none"`), "5.1.1", Hard, ""},
		"suppressed by SES": {bounce("Permanent", "OnAccountSuppressionList", ""), "", Hard, ""},
		"full":              {bounce("Transient", "MailboxFull", `,"status":"5.2.2"`), "5.2.2", Soft, ""},
		"out of office":     {bounce("Transient", "General", ""), "", Nothing, ""},
		"undetermined":      {bounce("Undetermined", "Undetermined", ""), "", Soft, ""},
		"a type to come":    {bounce("Quantum", "", ""), "", NotUnderstood, ""},
		"complaint":         {complaint("null", own), "", Complaint, ""},
		"abuse":             {complaint(`"abuse"`, own), "", Complaint, ""},
		"not spam":          {complaint(`"not-spam"`, own), "", Nothing, ""},
		"of another mail":   {complaint(`"abuse"`, mail("sales@example.org", "")), "", "", ""},
		"by the envelope":   {complaint(`"abuse"`, mail("bounces+"+token+"@example.org", "")), "", Complaint, token},
		"by a header":       {complaint(`"abuse"`, mail("x@example.org", `{"name":"x-watch287g-return","value":"`+token+`"}`)), "", Complaint, token},
		"delivery":          {`{"eventType":"Delivery","delivery":{"timestamp":"2026-03-02T11:59:00Z","recipients":["ann@example.org"]},` + own + `}`, "", Delivered, ""},
		"send":              {`{"eventType":"Send","send":{},` + own + `}`, "", "", ""},
		"open":              {`{"eventType":"Open","open":{},` + own + `}`, "", "", ""},
		"text":              {"Successfully validated SNS topic", "", "", ""},
		"another shape":     {`{"eventType":["Bounce"]}`, "", "", ""},
	} {
		events := readSES(c.message, func(address string) bool { return address == "watch@example.org" })
		if len(events) != map[bool]int{true: 1}[c.kind != ""] {
			t.Errorf("%s: %+v", name, events)
		} else if c.kind != "" && (events[0].Kind != c.kind || events[0].Status != c.status || events[0].To != "ann@example.org" || strings.Join(events[0].Tokens, " ") != c.token || events[0].Only) {
			t.Errorf("%s: %+v", name, events[0])
		}
	}
}

// FuzzSES looks for a message that breaks what readSES promises.
func FuzzSES(f *testing.F) {
	f.Add(fmt.Sprintf(sesBody, "eventType"))
	f.Add(fmt.Sprintf(sesBody, "notificationType"))
	f.Add(`{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"a@example.org"},{}]},"mail":{"source":"watch@example.org"}}`)
	f.Fuzz(func(t *testing.T, message string) {
		events := readSES(message, func(address string) bool { return address == "watch@example.org" })
		if len(events) > mostRecipients {
			t.Errorf("%d events", len(events))
		}
		for _, e := range events {
			if e.Only || e.Kind == "" || !strings.Contains(message, "watch@example.org") && len(e.Tokens) == 0 && !strings.Contains(message, `\u`) {
				t.Errorf("%+v", e)
			}
		}
	})
}
