package web

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// A small made-up world, taken in by the same watcher that watches the real one.

// world is a site with what is behind it.
type world struct {
	*Site
	t     testing.TB
	store store.Store
	now   time.Time
}

// worldNow is the site's clock: a day after the last list of the small world.
func worldNow() time.Time { return time.Date(2025, time.June, 21, 16, 0, 0, 0, time.UTC) }

// june is ten in the morning of a day in Washington, in June 2025.
func june(day int) time.Time { return time.Date(2025, time.June, day, 14, 0, 0, 0, time.UTC) }

func row(state, agency, kind, county, model, signed string) sheettest.Row {
	r := sheettest.Row{State: state, Agency: agency, Type: kind, County: county, Model: model, Signed: signed}
	if signed != "" {
		r.MOA = "https://www.ice.gov/doclib/moa/" + strings.ReplaceAll(strings.ToLower(agency+model), " ", "") + ".pdf"
	}
	return r
}

const (
	jail    = "Jail Enforcement Model"
	task    = "Task Force Model"
	warrant = "Warrant Service Officer"
)

// smallLists is what the small world's ICE published: agreements that come, are
// respelt, corrected, removed and restored, and one list that looks wrong.
func smallLists() []watch.Past {
	baker := row("FLORIDA", "Baker County Sheriff's Office", "County", "Baker County", jail, "8/15/2019")
	bay := row("FLORIDA", "Bay County Sheriff's Office", "County", "Bay County", warrant, "2/3/2025")
	harris := row("TEXAS", "Harris County Sheriff's Office", "County", "Harris County", jail, "6/1/2020")
	lampass := row("TEXAS", "Lampass County Sheriff's Office", "County", "Lampasas County", warrant, "6/5/2025")
	lampasas := lampass
	lampasas.Agency = "Lampasas County Sheriff's Office"
	palm := row("FLORIDA", "Palm Bay Police Department", "Municipality", "Brevard County", task, "6/10/2025")
	palmWaits := row("FLORIDA", "Palm Bay Police Department", "Municipality", "Brevard County", task, "")
	guard := row("TEXAS", "Texas National Guard", "State", "", task, "4/7/2025")
	guam := row("GUAM", "Guam Police Department", "Municipality", "", task, "6/12/2025")
	wv := row("WEST VIRGINIA", "Morgan County Sheriff's Office", "County", "Morgan County", task, "")
	hostile := row("GEORGIA", `=HYPERLINK("http://evil.example","Pay") <script>alert(1)</script>`, "County", "", task, "6/13/2025")
	bayTask := row("FLORIDA", "Bay County Sheriff's Office", "County", "Bay County", task, "6/14/2025")
	baker2 := baker
	baker2.Signed = "8/16/2019"
	many := sheettest.Sample(40)
	list := func(day int, link, file string, rows ...sheettest.Row) watch.Past {
		body := sheettest.Participating(rows...)
		if link == "pending" {
			body = sheettest.Pending(rows...)
		}
		return watch.Past{PublishedAt: june(day), Link: link, File: file, Open: func() ([]byte, error) { return body, nil }}
	}
	with := func(rows ...sheettest.Row) []sheettest.Row {
		return append(append([]sheettest.Row{}, many...), rows...)
	}
	return []watch.Past{
		list(2, "participating", "participatingAgencies06022025am.xlsx", with(baker, bay, harris, guard)...),
		list(2, "pending", "pendingAgencies06022025am.xlsx", palmWaits),
		list(6, "participating", "participatingAgencies06062025pm.xlsx", with(baker, bay, harris, guard, lampass)...),
		list(9, "participating", "participatingAgencies06092025am.xlsx", with(baker, bay, harris, guard, lampasas)...),
		list(11, "participating", "participatingAgencies06112025am.xlsx", with(baker, bay, harris, guard, lampasas, palm)...),
		list(11, "pending", "pendingAgencies06112025am.xlsx", wv),
		list(13, "participating", "participatingAgencies06132025am.xlsx", with(baker2, bay, harris, lampasas, palm, guam, hostile)...),
		list(16, "participating", "participatingAgencies06162025am.xlsx", with(baker2, bay, bayTask, harris, guard, lampasas, palm, guam, hostile)...),
		list(18, "participating", "participatingAgencies06182025am.xlsx", many[:10]...), // most are gone: held
		list(20, "participating", "participatingAgencies06202025pm.xlsx", with(baker2, bay, bayTask, guard, lampasas, palm, guam, hostile)...),
	}
}

// newWorld makes a site over the small world; the last poll was an hour ago.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := smallWorld(t)
	w.polled(roster.Poll{At: worldNow().Add(-time.Hour), Outcome: "unchanged", Sentence: "What ICE's page links is unchanged."})
	return w
}

// smallWorld makes a site over a store that knows the small world, and of no poll.
func smallWorld(t testing.TB) *world {
	t.Helper()
	file, err := small()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "watch287g.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return over(t, bolttest.Open(t, path), "https://287g.example.org")
}

// small is the file of a store that the small world was imported into.
var small = sync.OnceValues(func() ([]byte, error) {
	path := filepath.Join(madeOnce, "small.db")
	if err := imported(path, smallLists(), worldNow); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// imported makes a store at a path that knows lists.
func imported(path string, lists []watch.Past, now func() time.Time) error {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	sum, err := watch.New(watch.Options{Store: s, Now: now}).Import(context.Background(), lists, nil)
	if len(sum.Skipped) > 0 {
		err = fmt.Errorf("skipped: %v", sum.Skipped)
	}
	return errors.Join(err, s.Close())
}

// emptyWorld makes a site over a store that knows nothing.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	s := bolttest.New(t)
	return over(t, s, "https://287g.example.org")
}

// over makes a site over a store.
func over(t testing.TB, s store.Store, url string) *world {
	t.Helper()
	w := &world{t: t, store: s, now: worldNow()}
	var err error
	w.Site, err = New(Options{Source: s, URL: url, Version: "test", Contact: "desk@example.org", Every: 15 * time.Minute,
		Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) imports(lists ...watch.Past) {
	w.t.Helper()
	watcher := watch.New(watch.Options{Store: w.store, Now: func() time.Time { return w.now }, Diff: diff.Settings{}})
	sum, err := watcher.Import(w.t.Context(), lists, nil)
	if err != nil || len(sum.Skipped) > 0 {
		w.t.Fatalf("importing: %v, skipped %v", err, sum.Skipped)
	}
}

// polled adds a poll to the log.
func (w *world) polled(p roster.Poll) {
	w.t.Helper()
	known, err := w.store.Known(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.store.Commit(w.t.Context(), store.Batch{Before: known.Seqs, Poll: &p}); err != nil {
		w.t.Fatal(err)
	}
}

// get asks for an address.
func (w *world) get(path string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// page asks for a page that must be there.
func (w *world) page(path string) *goquery.Document {
	w.t.Helper()
	rec := w.get(path)
	if rec.Code != http.StatusOK {
		w.t.Fatalf("%s: status %d: %.300s", path, rec.Code, rec.Body)
	}
	doc, err := goquery.NewDocumentFromReader(rec.Body)
	if err != nil {
		w.t.Fatalf("%s: %v", path, err)
	}
	return doc
}

// said is a page's text within a selector, with single blanks.
func said(doc *goquery.Document, selector string) string { return textOf(doc.Find(selector)) }

// worked is the time that the processors have worked for this process, which does
// not grow where other programs keep them busy.
func worked() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// madeOnce is the folder of what tests share, for as long as they run.
var madeOnce string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "watch287g-web-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		madeOnce = dir
		return m.Run()
	}())
}

// archiveLists are the lists of the archive, in order.
func archiveLists() ([]watch.Past, error) {
	index, err := os.Open(filepath.Join(archivetest.Dir(), "index.csv"))
	if err != nil {
		return nil, err
	}
	defer index.Close() //nolint:errcheck // it was only read
	lines, err := csv.NewReader(index).ReadAll()
	if err != nil {
		return nil, err
	}
	var lists []watch.Past
	for _, l := range lines[1:] {
		at, err := time.Parse(time.RFC3339, l[0])
		if err != nil {
			return nil, err
		}
		file := filepath.Join(archivetest.Dir(), l[2])
		lists = append(lists, watch.Past{PublishedAt: at, Link: l[1], File: filepath.Base(file), Open: func() ([]byte, error) { return os.ReadFile(file) }})
	}
	return lists, nil
}

// archived holds the store that the archive was imported into.
var archived = sync.OnceValues(func() (string, error) {
	lists, err := archiveLists()
	if err != nil {
		return "", err
	}
	path := filepath.Join(madeOnce, "archive.db")
	return path, imported(path, lists, nil)
})

// archiveSite makes a site over all lists of 2025, or skips the test.
func archiveSite(t testing.TB) *world {
	t.Helper()
	archivetest.Need(t)
	path, err := archived()
	if err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := over(t, s, "https://287g.example.org")
	w.now = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)
	return w
}
