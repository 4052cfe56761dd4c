package signup

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/bolt"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/snapshot"
	file "github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web/search"
)

const site = "https://287g.example.org"

// now is the clock's first time: a Wednesday.
func start() time.Time { return time.Date(2025, time.June, 18, 16, 0, 0, 0, time.UTC) }

// desk is a handler with all that it needs, at a moment of its own.
type desk struct {
	*Handler
	t      testing.TB
	people *bolt.Store
	now    time.Time
	log    bytes.Buffer
	most   int // mails in an hour
}

// newDesk makes one. Among what it knows are three agreements that came in Harris County,
// Texas, on three days.
func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	d := &desk{t: t, now: start(), most: 500}
	var err error
	if d.people, err = bolt.Open(t.Context(), filepath.Join(t.TempDir(), bolt.Name), file.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.people.Close(); err != nil {
			t.Error(err)
		}
	})
	w := newWorld(t)
	d.Handler, err = New(t.Context(), Options{People: d.people, World: func(context.Context) (World, error) { return w, nil }, Stylesheet: "/style.css", Icon: "/icon.svg",
		Settings: func() Settings {
			return Settings{URL: site, Contact: "desk@example.org", Confirmations: d.most, Schedule: func(c notify.Cadence) notify.Schedule {
				return notify.Schedule{Every: c, Weekday: time.Monday, Hour: 8, Zone: roster.Washington()}
			}}
		},
		Now: func() time.Time { return d.now }, Log: slog.New(slog.NewTextHandler(&d.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newWorld is what is known: lists of June 2025.
func newWorld(t testing.TB) World {
	t.Helper()
	s := bolttest.New(t)
	row := func(state, agency, kind, county, model, signed string) sheettest.Row {
		return sheettest.Row{State: state, Agency: agency, Type: kind, County: county, Model: model, Signed: signed}
	}
	baker := row("FLORIDA", "Baker County Sheriff's Office", "County", "Baker County", "Jail Enforcement Model", "8/15/2019")
	harris := []sheettest.Row{
		row("TEXAS", "Harris County Sheriff's Office", "County", "Harris County", "Jail Enforcement Model", "6/1/2020"),
		row("TEXAS", "Pasadena Police Department", "Municipality", "Harris County", "Task Force Model", "6/9/2025"),
		row("TEXAS", `<b>Katy</b> Police Department`, "Municipality", "Harris County", "Warrant Service Officer", "6/10/2025"),
		row("FLORIDA", "Bay County Sheriff's Office", "County", "Bay County", "Task Force Model", "6/12/2025"),
	}
	var past []watch.Past
	for i, day := range []int{2, 9, 11, 13} {
		body := sheettest.Participating(append(harris[:i+1:i+1], baker)...)
		past = append(past, watch.Past{PublishedAt: time.Date(2025, time.June, day, 14, 0, 0, 0, time.UTC), Link: "participating", File: "list.xlsx", Open: func() ([]byte, error) { return body, nil }})
	}
	if sum, err := watch.New(watch.Options{Store: s, Now: start}).Import(t.Context(), past, nil); err != nil || len(sum.Skipped) > 0 {
		t.Fatal(err, sum.Skipped)
	}
	snap, err := snapshot.Load(t.Context(), s, nil, start())
	if err != nil {
		t.Fatal(err)
	}
	var all []search.Agency
	for _, a := range snap.Agencies() {
		all = append(all, search.Agency{ID: a.ID, State: snap.Latest(a.ID).State, Names: []string{snap.AgencyName(a.ID)}, Counties: snap.Locate(snap.Latest(a.ID)).Counties, Active: 1})
	}
	return World{snap, search.New(all)}
}

// answer is what a request is answered with.
type answer struct {
	*goquery.Document
	status int
	to     string // where it leads
	body   string
}

// ask asks for an address, with a form unless it is nil.
func (d *desk) ask(method, address string, form url.Values, headers ...string) answer {
	d.t.Helper()
	r := httptest.NewRequest(method, site+address, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return d.do(r, headers...)
}

func (d *desk) do(r *http.Request, headers ...string) answer {
	d.t.Helper()
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive", "Set-Cookie": "", "Access-Control-Allow-Origin": ""} {
		if got := w.Header().Get(name); got != want {
			d.t.Errorf("%s %s: %s is %q", r.Method, r.URL, name, got)
		}
	}
	a := answer{status: w.Code, to: w.Header().Get("Location"), body: w.Body.String()}
	var err error
	if a.Document, err = goquery.NewDocumentFromReader(strings.NewReader(a.body)); err != nil {
		d.t.Fatal(err)
	}
	return a
}

// values are those of the first form of a page with a button, as a browser sends them.
func (a answer) values(button string) url.Values {
	form := a.Find(`button[value="` + button + `"]`).First().Closest("form")
	v := url.Values{"do": {button}}
	form.Find("input").Each(func(_ int, in *goquery.Selection) {
		name, value := in.AttrOr("name", ""), in.AttrOr("value", "on")
		_, on := in.Attr("checked")
		if kind := in.AttrOr("type", ""); name != "" && (kind != "checkbox" && kind != "radio" || on) {
			if kind != "checkbox" && kind != "radio" {
				value = in.AttrOr("value", "")
			}
			v.Add(name, value)
		}
	})
	return v
}

// said is a page's text, without more than one space.
func (a answer) said(selector string) string {
	return strings.Join(strings.Fields(a.Find(selector).Text()), " ")
}

// lettersNow counts the letters that wait.
func (d *desk) requests() int {
	d.t.Helper()
	stats, err := d.people.Stats(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return stats.Requests
}

// signUp signs an address up for a county, and returns the request.
func (d *desk) signUp(address string) readers.Request {
	d.t.Helper()
	v := d.ask("GET", "/subscribe?county=48201", nil).values("send")
	v.Set("address", address)
	a := d.ask("POST", "/subscribe", v)
	id, ok := readers.ParseID(strings.TrimPrefix(a.to, "/subscribe/r/"))
	if a.status != http.StatusSeeOther || !ok {
		d.t.Fatalf("signing %s up: status %d, to %q: %s", address, a.status, a.to, a.said(".wrong"))
	}
	r, err := d.people.Request(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// confirmed signs an address up and confirms it.
func (d *desk) reader(address string) readers.Reader {
	d.t.Helper()
	r, err := d.people.Confirm(d.t.Context(), d.signUp(address).ID, d.now, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}
