package signup

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/web/api"
)

// send sends JSON, and reads the answer into a value.
func (d *desk) send(path, body string, into any) (status int) {
	d.t.Helper()
	r := httptest.NewRequest("POST", site+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	a := d.do(r)
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		d.t.Errorf("%s: %v: %s", path, err, a.body)
	}
	return a.status
}

func TestProgramsSignUp(t *testing.T) {
	d := newDesk(t)
	var asked api.Subscribed
	status := d.send(api.Subscriptions, `{"address": "ana@example.org", "counties": ["48201"], "states": ["FL"], "places": ["Houston, TX", "77001"], "agencies": ["TX-harris-county-sheriffs-office"], "kinds": ["new"], "models": ["TFM"], "cadence": "weekly", "language": "es"}`, &asked)
	id, ok := readers.ParseID(asked.ID)
	if status != http.StatusAccepted || !ok {
		t.Fatalf("%d: %+v", status, asked)
	}
	r, err := d.people.Request(t.Context(), id)
	if err != nil || !asked.LinkUntil.Equal(r.At.Add(readers.RequestLife)) || fmt.Sprint(r.Follows, r.Kinds, r.Models, " ", r.Cadence, " ", r.Language) != "[state:FL county:48201 zip:77001 town:TX-houston agency:TX-harris-county-sheriffs-office] [new] [TFM] weekly es" {
		if got := fmt.Sprint(r.Follows, r.Kinds, r.Models, " ", r.Cadence, " ", r.Language); !strings.Contains(got, "[new] [TFM] weekly es") || len(r.Follows) != 5 {
			t.Fatalf("%v: %s", err, got)
		}
	}
	var problem struct{ Title, Detail string }
	wrong := "000000"
	if d.code(r) == wrong {
		wrong = "000001"
	}
	if status := d.send(api.Subscriptions+"/"+asked.ID+"/confirm", `{"code": "`+wrong+`"}`, &problem); status != http.StatusUnprocessableEntity || problem.Detail != "4 tries are left." {
		t.Errorf("a wrong code: %d %+v", status, problem)
	}
	var done api.Confirmed
	code := d.code(r)
	status = d.send(api.Subscriptions+"/"+asked.ID+"/confirm", `{"code": "`+code[:3]+" "+code[3:]+`"}`, &done)
	if status != http.StatusOK || len(done.Follows) != 5 || !strings.HasPrefix(done.Manage, site+"/es/subscribe/me/") || d.ask("GET", strings.TrimPrefix(done.Manage, site), nil).said("h1") != "Sus correos" {
		t.Errorf("the code: %d %+v", status, done)
	}
	if status := d.send(api.Subscriptions+"/"+asked.ID+"/confirm", `{"code": "`+code+`"}`, &problem); status != http.StatusNotFound {
		t.Errorf("once more: %d", status)
	}
	var c api.Challenge
	if a := d.ask("GET", api.Subscriptions+"/challenge", nil); json.Unmarshal([]byte(a.body), &c) != nil || c.Puzzles != puzzles {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	if _, ok := d.prover.check(solve(c.Challenge), d.now); !ok {
		t.Error("the challenge is none")
	}
}

func TestWhatProgramsSendWrong(t *testing.T) {
	d := newDesk(t)
	for body, want := range map[string]int{
		`{"address": "ana@example.org"}`:                                                         http.StatusUnprocessableEntity,
		`{"address": "ana", "nation": true}`:                                                     http.StatusUnprocessableEntity,
		`{"address": "ana@example.org", "counties": ["99999"]}`:                                  http.StatusUnprocessableEntity,
		`{"address": "ana@example.org", "nation": true, "cadence": "hourly"}`:                    http.StatusUnprocessableEntity,
		`{"address": "ana@example.org", "nation": true, "kinds": ["all"]}`:                       http.StatusUnprocessableEntity,
		`{"address": "ana@example.org", "nation": true, "language": "fr"}`:                       http.StatusUnprocessableEntity,
		`{"address": "ana@example.org", "county": ["48201"]}`:                                    http.StatusBadRequest,
		`{"address": "ana@example.org", "nation": "yes"}`:                                        http.StatusBadRequest,
		`{"address": "ana@example.org", "nation": true} {}`:                                      http.StatusBadRequest,
		`{"address": "ana@example.org", "places": ["` + strings.Repeat("x", largestForm) + `"]}`: http.StatusBadRequest,
		``: http.StatusBadRequest,
	} {
		var problem struct{ Status int }
		if got := d.send(api.Subscriptions, body, &problem); got != want || problem.Status != want {
			t.Errorf("%.80s: %d (%d), want %d", body, got, problem.Status, want)
		}
	}
	for _, tt := range []struct {
		method, path, kind string
		want               int
	}{
		{"GET", api.Subscriptions, "", http.StatusMethodNotAllowed}, {"OPTIONS", api.Subscriptions, "", http.StatusMethodNotAllowed},
		{"POST", api.Subscriptions, "text/plain", http.StatusUnsupportedMediaType}, {"POST", api.Subscriptions + "/x", "", http.StatusNotFound},
		{"POST", api.Subscriptions + "/none/confirm", "application/json", http.StatusNotFound}, {"POST", "/es" + api.Subscriptions, "application/json", http.StatusNotFound},
	} {
		r := httptest.NewRequest(tt.method, site+tt.path, strings.NewReader(`{"code": "123456"}`))
		if got := d.do(r, "Content-Type", tt.kind); got.status != tt.want {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, got.status, tt.want)
		}
	}
	if d.requests() != 0 {
		t.Error("something was kept")
	}
}
