package main

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/earlier"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// sentry polls a site as the service does: with its scraper, its watcher and its
// store.
type sentry struct {
	t     *testing.T
	now   time.Time // a few minutes later with each poll
	store store.Store
	*watch.Watcher
}

// newSentry makes one for the page at an address, over a new store.
func newSentry(t *testing.T, page string) *sentry {
	t.Helper()
	sentry := &sentry{t: t, now: time.Now()}
	a := newApp(io.Discard, io.Discard, func() time.Time { return sentry.now })
	a.flags = &commands{Data: t.TempDir(), Config: configured(t, "source:", "  page: "+page)}
	s := bolttest.Open(t, filepath.Join(a.data(), "watch287g.db"))
	log := slog.New(slog.DiscardHandler)
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	w, _, _, err := a.newWatcher(s, c, log)
	if err != nil {
		t.Fatal(err)
	}
	sentry.store, sentry.Watcher = s, w
	return sentry
}

// poll polls once, which must log what it reports.
func (s *sentry) poll() watch.Report {
	s.t.Helper()
	s.now = s.now.Add(5 * time.Minute)
	r, err := s.Poll(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	polls, err := s.store.Polls(s.t.Context(), 1)
	if err != nil {
		s.t.Fatal(err)
	}
	if polls[0].Outcome != string(r.Outcome) || polls[0].Sentence != r.Sentence || polls[0].Changes != len(r.Changes) {
		s.t.Errorf("the report is %s %q with %d changes, and logged is %+v", r.Outcome, r.Sentence, len(r.Changes), polls[0])
	}
	return r
}

// all returns the changes of a store by what does not depend on when, where and
// beside what they were seen.
func all(t *testing.T, s store.Store) []string {
	t.Helper()
	changes, err := s.Changes(t.Context(), store.ChangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%s %s %v %v %s %.8s: %s", c.Kind, c.Agreement.ID, c.Fields, c.Milestone, c.Certainty, c.Publication.SHA256, c.Text))
	}
	slices.Sort(lines)
	return lines
}

// imports returns the changes that an import of an index brings.
func imports(t *testing.T, index string) []string {
	t.Helper()
	s := newSentry(t, scraper.DefaultPage)
	lists, err := earlier.PastLists(index)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := s.Import(t.Context(), lists, nil)
	if err != nil || len(sum.Skipped) > 0 {
		t.Fatal(sum.Skipped, err)
	}
	if err := consistent(t.Context(), s.store); err != nil {
		t.Error(err)
	}
	return all(t, s.store)
}

// polled holds what polls have brought against what an import brings.
func (s *sentry) polled(want []string) {
	s.t.Helper()
	s.compare(want, all(s.t, s.store))
}

// polledInSpite does so where polls have failed in part. A withdrawal is told with
// whichever list ends its grace, and names the pending list that was had by then.
func (s *sentry) polledInSpite(want []string) {
	s.t.Helper()
	blurred := func(lines []string) []string {
		lines = slices.Clone(lines)
		for i, l := range lines {
			lines[i] = withdrawal.ReplaceAllString(l, "$1:")
		}
		slices.Sort(lines)
		return lines
	}
	s.compare(blurred(want), blurred(all(s.t, s.store)))
}

var withdrawal = regexp.MustCompile(`^(withdrawn .*?) [0-9a-f]{8}:`)

func (s *sentry) compare(want, got []string) {
	s.t.Helper()
	if !slices.Equal(want, got) {
		s.t.Errorf("an import alone brings\n%s\nand polls alone bring\n%s", others(want, got), others(got, want))
	}
	if err := consistent(s.t.Context(), s.store); err != nil {
		s.t.Error(err)
	}
}

// others returns the lines that are not among some, or the first of them.
func others(lines, some []string) string {
	others := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return slices.Contains(some, l) })
	return strings.Join(others[:min(len(others), 8)], "\n")
}

// seeds are those of the years that are gone through.
func seeds() []uint64 { return []uint64{1, 2, 3} }

// yearImported returns the changes that an import of a year brings.
func yearImported(t *testing.T, seed uint64) []string {
	t.Helper()
	years.Lock()
	defer years.Unlock()
	if years.changes[seed] == nil {
		years.changes[seed] = imports(t, archived(t, yearOf(seed)))
	}
	return years.changes[seed]
}

var years = struct {
	sync.Mutex
	changes map[uint64][]string
}{changes: map[uint64][]string{}}

// The made-up year must hold what the tests of it are about.
func TestYearHasEverythingInIt(t *testing.T) {
	for _, seed := range seeds() {
		for _, kind := range roster.Kinds() {
			if kind != roster.KindPage && kind != roster.KindCorrection && // which no list brings about
				!slices.ContainsFunc(yearImported(t, seed), func(line string) bool { return strings.HasPrefix(line, string(kind)+" ") }) {
				t.Errorf("seed %d: nothing is %s", seed, kind)
			}
		}
		if n := len(yearOf(seed)); n < 40 || n > 60 {
			t.Errorf("seed %d: %d publications", seed, n)
		}
	}
}

func TestYearPolledIsTheYearImported(t *testing.T) {
	for _, seed := range seeds() {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			year := yearOf(seed)
			site := &fakeice.Site{}
			server := httptest.NewServer(site)
			defer server.Close()
			s := newSentry(t, server.URL+fakeice.PagePath)
			for _, step := range fakeice.Moments(year) {
				s.now = step.At
				site.Publish(step.Files...)
				if r := s.poll(); r.Outcome.Failed() {
					t.Errorf("%s: %s", r.Outcome, r.Sentence)
				}
				if r := s.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
					t.Errorf("the second time: %+v", r)
				}
			}
			s.polled(yearImported(t, seed))
		})
	}
}

// outcomes says what a poll comes to where a fault has spoiled an answer.
func outcomes(name string) (outcomes []scraper.Status, said []string) {
	switch name {
	case "block":
		return []scraper.Status{scraper.StatusBlocked}, []string{"block page (Access Denied)"}
	case "403":
		return []scraper.Status{scraper.StatusRefused}, []string{"403 Forbidden"}
	case "404":
		return []scraper.Status{scraper.StatusMissing}, []string{"404 Not Found"}
	case "429":
		return []scraper.Status{scraper.StatusRefused}, []string{"429 Too Many Requests"}
	case "503":
		return []scraper.Status{scraper.StatusUnreachable}, []string{"503 Service Unavailable"}
	case "empty":
		return []scraper.Status{scraper.StatusBroken}, []string{"sent nothing for"}
	case "reset":
		return []scraper.Status{scraper.StatusUnreachable}, []string{"it closed the connection"}
	case "truncate", "garbage":
		return []scraper.Status{scraper.StatusBroken}, []string{"is not a readable workbook"}
	case "nolinks":
		return []scraper.Status{scraper.StatusMissing}, []string{"ICE's page links no list"}
	case "nopending": // the pending list's link can be the one that has the participating list
		return []scraper.Status{scraper.StatusChanged, scraper.StatusUnchanged, scraper.StatusMissing}, nil
	case "swap", "opaque":
		return []scraper.Status{scraper.StatusChanged, scraper.StatusUnchanged}, nil
	}
	panic("there is no fault " + name)
}

// spoilAtRandom polls a site of which some answers are spoiled, and makes sure
// that the poll is logged as what it was. It returns the fault's name.
func (s *sentry) spoilAtRandom(site *fakeice.Site, random *rand.Rand, not ...string) string {
	s.t.Helper()
	names := slices.DeleteFunc(fakeice.Faults(), func(name string) bool {
		return name == "hang" || slices.Contains(not, name) // which only takes time, and has a test of its own
	})
	what := fakeice.Fault{Name: names[random.IntN(len(names))], On: []string{"", "page", "list"}[random.IntN(3)]}
	times := []int{1, 2, -1}[random.IntN(3)]
	if what.Name == "reset" {
		times = -1 // net/http asks once more by itself
	}
	site.Spoil(what, times)
	r := s.poll()
	struck := site.Mend()
	if len(struck) == 0 {
		if r.Outcome.Failed() {
			s.t.Errorf("nothing was spoiled by %v, and logged is %s: %s", what, r.Outcome, r.Sentence)
		}
		return ""
	}
	want, said := outcomes(what.Name)
	if !slices.Contains(want, r.Outcome) || slices.ContainsFunc(said, func(part string) bool { return !strings.Contains(r.Sentence, part) }) {
		s.t.Errorf("%v was logged as %s: %s; want %s with %q", struck, r.Outcome, r.Sentence, want, said)
	}
	return what.Name
}

// TestYearWithFaultsIsTheYear has faults of every sort strike between
// publications. Whatever they are, no change is lost and none made up.
func TestYearWithFaultsIsTheYear(t *testing.T) {
	for _, seed := range seeds() {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			year := yearOf(seed)
			random := rand.New(rand.NewPCG(seed, 11))
			site := &fakeice.Site{}
			server := httptest.NewServer(site)
			defer server.Close()
			s := newSentry(t, server.URL+fakeice.PagePath)
			struck := map[string]int{}
			for i, step := range fakeice.Moments(year) {
				s.now = step.At
				site.Publish(step.Files...)
				for range 1 + random.IntN(4) {
					var not []string
					if i == 0 {
						// Before the first pending list, a page without one means
						// that all on it is news: that is no fault, but a page of ICE's.
						not = []string{"nopending"}
					}
					struck[s.spoilAtRandom(site, random, not...)]++
				}
				if r := s.poll(); r.Outcome.Failed() {
					t.Errorf("%s: %s", r.Outcome, r.Sentence)
				}
			}
			t.Logf("struck: %v", struck)
			s.polledInSpite(yearImported(t, seed))
		})
	}
}
