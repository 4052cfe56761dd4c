package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store/bolt"
)

// quoted are the figures that a reader can take from any surface.
type quoted struct {
	Active, Agencies, States, Pending int
	ByModel                           map[roster.Model]int
	ByState                           map[roster.State]roster.ByStatus
}

func quote(s roster.Stats) quoted {
	q := quoted{Active: s.Active, Agencies: s.Agencies, States: s.States, Pending: s.Pending,
		ByModel: map[roster.Model]int{}, ByState: map[roster.State]roster.ByStatus{}}
	for m, n := range s.ByModel {
		q.ByModel[m] = n
	}
	for state, in := range s.ByState {
		if in != (roster.ByStatus{}) {
			q.ByState[state] = in
		}
	}
	return q
}

// surfaces answers for one store from the command, the pages, the API and the
// downloads.
type surfaces struct {
	t    *testing.T
	app  func() (*app, *bytes.Buffer)
	site http.Handler
}

// archiveSurfaces are those of the archive on a record that ended days ago, opened once
// for all tests, which only read.
var archiveSurfaces struct {
	once sync.Once
	surfaces
}

func newSurfaces(t *testing.T) surfaces {
	t.Helper()
	data := importedArchive(t)
	archiveSurfaces.once.Do(func() { archiveSurfaces.surfaces, _ = openSurfaces(t, data, outdated) })
	if archiveSurfaces.site == nil {
		t.Fatal("the archive was not opened for an earlier test")
	}
	s := archiveSurfaces.surfaces
	s.t = t
	return s
}

// At the first of these moments the archive's record goes on, and at the second it ended
// days ago.
var (
	current  = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)
	outdated = time.Date(2026, time.January, 10, 12, 0, 0, 0, time.UTC)
)

// surfacesOf answers at a moment for the store in a directory.
func surfacesOf(t *testing.T, data string, at time.Time) surfaces {
	t.Helper()
	s, closeStore := openSurfaces(t, data, at)
	t.Cleanup(func() { _ = closeStore() })
	return s
}

func openSurfaces(t *testing.T, data string, at time.Time) (opened surfaces, closeStore func() error) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(data, "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return at }
	open := func() (*app, *bytes.Buffer) {
		var out bytes.Buffer
		a := newApp(&out, &out, now)
		a.service = &service{store: s, now: now}
		return a, &out
	}
	a, _ := open()
	site, err := a.newSite(s, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return surfaces{t: t, app: open, site: site}, s.Close
}

func (s surfaces) get(address string) []byte {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.site.ServeHTTP(rec, httptest.NewRequestWithContext(context.Background(), http.MethodGet, address, nil))
	if rec.Code != http.StatusOK {
		s.t.Fatalf("%s: status %d: %.200s", address, rec.Code, rec.Body)
	}
	return rec.Body.Bytes()
}

// read asks for a page.
func (s surfaces) read(address string) *goquery.Document {
	s.t.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(s.get(address)))
	if err != nil {
		s.t.Fatal(err)
	}
	return doc
}

func (s surfaces) command(day string) quoted {
	s.t.Helper()
	a, out := s.app()
	if status := a.run(s.t.Context(), []string{"stats", "--as-of", day, "--format", "json"}); status != statusOK {
		s.t.Fatalf("stats of %s: %s", day, out)
	}
	return quote(decoded[roster.Stats](s.t, out.Bytes()))
}

func decoded[T any](t *testing.T, body []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	return v
}

// api counts the agreements that the API lists, and compares its own figures.
func (s surfaces) api(day string) quoted {
	s.t.Helper()
	stats := quote(decoded[roster.Stats](s.t, s.get("/api/v1/stats?as_of="+day)))
	states := decoded[struct {
		States []struct {
			State roster.State
			roster.ByStatus
		}
	}](s.t, s.get("/api/v1/states?as_of="+day))
	for _, in := range states.States {
		if stats.ByState[in.State] != in.ByStatus {
			s.t.Errorf("%s: the API's states say %+v of %s, and its stats %+v", day, in.ByStatus, in.State, stats.ByState[in.State])
		}
	}
	return stats
}

// download counts the rows of the file.
func (s surfaces) download(day string) quoted {
	s.t.Helper()
	var all []roster.AgreementAt
	for _, r := range csvtest.Records(s.t, s.get("/downloads/agreements.csv?as_of="+day)) {
		all = append(all, roster.AgreementAt{Status: roster.Status(r["status"]), Agreement: roster.Agreement{
			State: roster.State(r["state"]), Model: roster.Model(r["model"]), AgencyID: r["agency_id"]}})
	}
	return quote(roster.Count(all, time.Time{}))
}

var modelCode = regexp.MustCompile(`\((JEM|TFM|WSO)\)`)

// page reads the figures off the page of the day.
func (s surfaces) page(day string) quoted {
	s.t.Helper()
	doc := s.read("/on/" + day)
	q := quoted{ByModel: map[roster.Model]int{}, ByState: map[roster.State]roster.ByStatus{}}
	for _, f := range doc.Find(".figure").EachIter() {
		words, n := f.Find("dt").Text(), printed(f.Find("dd b").Text())
		switch m := modelCode.FindStringSubmatch(words); {
		case m != nil:
			if n > 0 {
				q.ByModel[roster.Model(m[1])] = n
			}
		case strings.HasPrefix(words, "active agreement"):
			q.Active = n
		case strings.HasPrefix(words, "agenc"):
			q.Agencies = n
		case strings.HasPrefix(words, "state"):
			q.States = n + othersIn(words)
		case strings.HasPrefix(words, "pending"):
			q.Pending = n
		}
	}
	for _, row := range doc.Find(`[aria-label="By state"] tbody tr`).EachIter() {
		state, _ := roster.ParseState(row.Find("th").Text())
		cells := row.Find("td")
		q.ByState[state] = roster.ByStatus{Active: printed(cells.Eq(0).Text()), Pending: printed(cells.Eq(2).Text())}
	}
	return q
}

// othersIn counts the places that are named or counted behind the states: "states, the
// District of Columbia and 3 territories".
func othersIn(words string) int {
	n := 0
	_, rest, _ := strings.Cut(words, " and ")
	for _, part := range strings.FieldsFunc(strings.ReplaceAll(rest, " and ", ","), func(r rune) bool { return r == ',' }) {
		count, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		n += max(1, printed(count))
	}
	return n
}

func printed(s string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(s), ",", ""))
	if err != nil {
		return -1
	}
	return n
}

// The figures on a page, in the API, in a download and from stats agree for
// every day of the archive.
func TestArchiveFiguresAgreeEveryDay(t *testing.T) {
	t.Parallel()
	s := newSurfaces(t)
	day, days := time.Date(2025, time.February, 21, 12, 0, 0, 0, time.UTC), 0
	for ; day.Year() == 2025; day = day.AddDate(0, 0, 1) {
		at := day.Format(time.DateOnly)
		want := s.command(at)
		for name, read := range map[string]func(string) quoted{"the page": s.page, "the API": s.api, "the download": s.download} {
			if diff := cmp.Diff(want, read(at)); diff != "" {
				t.Errorf("%s: %s differs from stats:\n%s", at, name, diff)
			}
		}
		days++
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d days agree", days)
}

// A reporter could have written that week's stories from the page of the day.
func TestArchiveDayOfMay19(t *testing.T) {
	s := newSurfaces(t)
	text := strings.Join(strings.Fields(s.read("/on/2025-05-19").Find("main").Text()), " ")
	q := s.page("2025-05-19")
	if q.Active != 588 || q.States != 40 || q.Pending != 83 {
		t.Errorf("figures %+v", q)
	}
	florida := q.ByState["FL"].Active
	share := fmt.Sprintf("%d%% of the active agreements (%d)", (200*florida+q.Active)/(2*q.Active), florida)
	for _, want := range []string{"588 active agreements", "83 pending", "Florida had " + share, "Texas", "Jail Enforcement Model", "Warrant Service Officer"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%.1500s", want, text)
		}
	}
}
