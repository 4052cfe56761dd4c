package watch_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

var documentsYear = flag.Bool("documents.year", false, "play the archive's whole year with documents in TestDocumentsOfAYear, for some minutes")

// TestDocumentsOfAYear plays a time of lists to a watcher, whose documents are replaced, saved
// anew, moved, taken away and brought back at random, and compares what is told with what was
// done. The time is that of a bubble.
func TestDocumentsOfAYear(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(287, 12))
	every, lists := 12*time.Hour, weeks(9)
	todo := map[string]int{"replace": 2, "older": 1, "save": 1, "move": 1, "remove": 2}
	if *documentsYear {
		var err error
		if lists, err = fakeice.ReadArchive(filepath.Join(archivetest.Need(t), "index.csv")); err != nil {
			t.Fatal(err)
		}
		every, todo = time.Hour, map[string]int{"replace": 40, "older": 10, "save": 20, "move": 20, "remove": 40}
	}
	s := newPlayed(t, random, lists, todo)
	kept := bolttest.New(t)
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		ahead := time.Until(lists[0].At)
		s.now = func() time.Time { return time.Now().Add(ahead) }
		source, err := scraper.New(scraper.Options{Transport: s, Now: s.now})
		if err != nil {
			t.Fatal(err)
		}
		shelf := &shelf{Archive: archive.NewDisk(t.TempDir(), 0, s.now)}
		w := watch.New(watch.Options{Store: kept, Source: source, Every: every, Diff: diff.Settings{AcceptAfter: 24 * time.Hour}, Now: s.now,
			Documents: &watch.Documents{Source: source, Archive: shelf, Reader: shelf, Timeout: 30 * time.Second}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		time.Sleep(lists[len(lists)-1].At.Sub(s.now()) + 15*24*time.Hour)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		source.Close()
		s.checkTold(t, must[[]roster.Change](t)(kept.Changes(t.Context(), store.ChangeQuery{})))
		s.checkKept(t, kept, shelf)
		s.checkPace(t, every, must[[]roster.Change](t)(kept.Changes(t.Context(), store.ChangeQuery{})))
		polls := must[[]roster.Poll](t)(kept.Polls(t.Context(), 1<<20))
		for i, p := range polls[1:] {
			if pause := polls[i].At.Sub(p.At.Add(p.Took)); pause > every+every/20+time.Second {
				t.Errorf("at %s a poll came after %s", polls[i].At, pause)
			}
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		t.Logf("%s with %d polls; %d requests for %d documents, %d of them answered with a file, %d bytes; %d MB of memory",
			time.Since(begun).Round(time.Hour), len(polls), len(s.log), len(s.last()), s.files, s.bytes, m.HeapSys>>20)
	})
}

// weeks are made-up lists, one a week, each with a row more.
func weeks(n int) (lists []fakeice.File) {
	var files []string
	for i := range 8 {
		files = append(files, fmt.Sprintf("f%d.pdf", i))
	}
	for i := range n {
		rows := linking(append(files, fmt.Sprintf("g%d.pdf", i))...)
		files = append(files, fmt.Sprintf("g%d.pdf", i))
		at := start.AddDate(0, 0, 7*i)
		lists = append(lists, fakeice.File{Link: fakeice.Participating, Name: fmt.Sprintf("participatingAgencies%d.xlsx", i), At: at, Body: sheettest.Participating(rows...)})
	}
	return lists
}

// checkTold compares what was told with what was done.
func (s *played) checkTold(t *testing.T, changes []roster.Change) {
	t.Helper()
	told, linked := map[string]int{}, map[string]int{} // the latter by agreement
	for _, c := range changes {
		n := c.Document
		if n == nil {
			continue
		}
		what := string(n.Event)
		switch {
		case n.Event == roster.DocumentReplaced && n.FromURL != "": // as the list links another one
			what = "linked"
		case n.Event == roster.DocumentReplaced && (!n.Compared || n.Altered+n.Added+n.Removed == 0 || !strings.Contains(c.Text, "another file is at the same address")):
			t.Errorf("replaced is told so: %s", c.Text)
		case n.Event == roster.DocumentOther && n.Problem == roster.ProblemSharedByRows:
			what = "linked"
		}
		if path := strings.TrimPrefix(n.URL, "https://www.ice.gov"); what == "linked" {
			linked[c.Agreement.ID+" "+path]++
		} else {
			told[what+" "+path]++
		}
	}
	want := map[string]int{}
	words := map[string]string{"replace": "replaced", "older": "replaced", "remove": "gone", "restore": "back", "move": "moved"}
	for _, e := range s.events {
		path := e.path
		if e.what == "move" {
			path = movedTo(path)
		}
		if word := words[e.what]; word != "" {
			want[word+" "+path]++
		}
	}
	count := map[string]int{}
	for what, n := range told {
		word, _, _ := strings.Cut(what, " ")
		if count[word] += n; n != want[what] {
			t.Errorf("told %d times, and not %d: %s", n, want[what], what)
		}
	}
	for what, n := range linked {
		id, path, _ := strings.Cut(what, " ")
		if count["linked"] += n; n > 1 || s.first[path] && s.rows[path] == 1 {
			t.Errorf("told %d times that %s links %s", n, id, path)
		}
	}
	for what, n := range want {
		if told[what] == 0 {
			t.Errorf("never told, and not %d times: %s", n, what)
		}
	}
	t.Logf("told are %v", count)
}

// checkKept checks that each file that was ever given out is kept once, and no other.
func (s *played) checkKept(t *testing.T, kept store.Reader, shelf *shelf) {
	t.Helper()
	n := 0
	for e, err := range shelf.All(t.Context()) {
		if n++; err != nil || s.given[e.SHA256] == 0 {
			t.Errorf("kept is %s, which was never given out (%v)", e.SHA256, err)
		}
	}
	wanted := must[map[string]string](t)(archive.Wanted(t.Context(), kept))
	if v, err := archive.Verify(t.Context(), shelf, wanted); err != nil || v.Err() != nil || n != len(s.given) || v.Unnamed > 0 {
		t.Errorf("%d files are kept, of %d: %+v (%v)", n, len(s.given), v, err)
	}
	resaved := 0
	for _, a := range must[[]roster.DocumentAddress](t)(kept.Addresses(t.Context())) {
		for _, v := range a.Versions {
			if v.Resaved {
				resaved++
			}
		}
	}
	if want := s.count("save"); resaved != want {
		t.Errorf("%d files are known to be saved anew, want %d", resaved, want)
	}
	last := s.last()
	for path, at := range s.linkedAt {
		if _, asked := last[path]; !asked {
			t.Errorf("%s was linked at %s, and never asked for", path, at)
		}
	}
}

// checkPace checks that no two requests for documents came within a second, and that nothing
// was asked for twice within a week, but where its row changed, or where nothing was there.
func (s *played) checkPace(t *testing.T, every time.Duration, changes []roster.Change) {
	t.Helper()
	changed := map[string][]time.Time{}
	for _, c := range changes {
		for _, link := range []string{c.Agreement.MOA, c.Agreement.Addendum} {
			_, path, _ := strings.Cut(link, "www.ice.gov") // printed with http, too
			changed[path] = append(changed[path], c.DetectedAt)
		}
	}
	last, status := map[string]time.Time{}, map[string]int{}
	var before time.Time
	doubted := 0
	for _, q := range s.log {
		if q.at.Sub(before) < time.Second {
			t.Errorf("at %s, %s is asked for after %s", q.at, q.path, q.at.Sub(before))
		}
		before = q.at
		at, again := last[q.path]
		pause, least := q.at.Sub(at), 7*24*time.Hour
		for _, c := range changed[q.path] {
			if c.After(at.Add(-time.Hour)) && !c.After(q.at) {
				least = 24 * time.Hour
			}
		}
		switch {
		case status[q.path] == http.StatusNotFound:
			least = 6 * time.Hour
		case status[q.path] == http.StatusNotModified && q.status == http.StatusOK && pause < 5*time.Second:
			least = time.Second // of another date than the file that was had
			doubted++
		}
		if again && pause < least {
			t.Errorf("at %s, %s is asked for again after %s", q.at, q.path, pause)
		}
		if linked, plain := s.linkedAt[q.path]; plain && !again && !s.first[q.path] && q.at.Sub(linked) > every+time.Hour {
			t.Errorf("%s, linked at %s, is asked for at %s", q.path, linked, q.at)
		}
		last[q.path], status[q.path] = q.at, q.status
	}
	if doubted > s.count("older") {
		t.Errorf("%d times, \"not modified\" was not believed", doubted)
	}
}
