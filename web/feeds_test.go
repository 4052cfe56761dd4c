package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/watch287g/watch287g/feed/feedtest"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// checks are the rules of each format, by the ending of its address.
func checks() map[string]func(testing.TB, []byte) {
	return map[string]func(testing.TB, []byte){"rss": feedtest.CheckRSS, "atom": feedtest.CheckAtom, "json": feedtest.CheckJSON}
}

// read asks for a feed, checks it and returns it as a reader sees it.
func (w *world) read(address string) *gofeed.Feed {
	w.t.Helper()
	rec := w.get(address)
	if rec.Code != http.StatusOK {
		w.t.Fatalf("%s: status %d: %.300s", address, rec.Code, rec.Body)
	}
	path, _, _ := strings.Cut(address, "?")
	checks()[path[strings.LastIndex(path, ".")+1:]](w.t, rec.Body.Bytes())
	f, err := gofeed.NewParser().Parse(rec.Body)
	if err != nil {
		w.t.Fatalf("%s: %v", address, err)
	}
	return f
}

func guids(f *gofeed.Feed) []string {
	var all []string
	for _, item := range f.Items {
		all = append(all, item.GUID)
	}
	return all
}

func TestFeedsSayTheSameInEveryFormat(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"", "?state=TX", "?kind=amended", "?state=FL&model=TFM&kind=new,removed", "?agency=*Police*", "?county=Brevard", "?state=WY"} {
		want := guids(w.read("/feeds/changes.rss" + query))
		for _, format := range []string{"atom", "json"} {
			if got := guids(w.read("/feeds/changes." + format + query)); !slices.Equal(got, want) {
				t.Errorf("%s%s has %v, and rss %v", format, query, got, want)
			}
		}
		if (query == "?state=WY") != (len(want) == 0) {
			t.Errorf("%s has %d entries", query, len(want))
		}
	}
}

func TestFeedTitleSaysWhatItHolds(t *testing.T) {
	w := newWorld(t)
	f := w.read("/feeds/changes.rss?state=tx&kind=new&utm_source=x")
	if f.Title != "287(g) agreements: Texas · new agreements" {
		t.Errorf("title %q", f.Title)
	}
	if want := "https://287g.example.org/feeds/changes.rss?kind=new&state=TX"; f.FeedLink != want {
		t.Errorf("its own address is %q, want %q", f.FeedLink, want)
	}
	if want := "https://287g.example.org/changes?kind=new&state=TX"; f.Link != want {
		t.Errorf("its page is %q, want %q", f.Link, want)
	}
	if got, want := f.Items[0].Title, "Texas: Lampass County Sheriff's Office signs Warrant Service Officer agreement"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

func TestCorrectionsNameWhatTheyCorrect(t *testing.T) {
	w := newWorld(t)
	corrections := 0
	for _, item := range w.read("/feeds/changes.atom?kind=amended,restored").Items {
		corrections++
		// Baker County's agreement stood on the first list: nothing was said of it before.
		named := strings.Contains(item.Content, "https://287g.example.org/changes/chg_") || strings.Contains(item.Title, "Baker County")
		if !strings.Contains(item.Title, "Correction: ") && !strings.Contains(item.Title, "ICE changed its record: ") || !named {
			t.Errorf("%s\n%s", item.Title, item.Content)
		}
	}
	if corrections < 3 {
		t.Errorf("there are %d corrections", corrections)
	}
}

func TestFeedsAreConditional(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/feeds/changes.rss")
	etag, modified := rec.Header().Get("ETag"), rec.Header().Get("Last-Modified")
	if etag == "" || modified != "Fri, 20 Jun 2025 14:00:00 GMT" {
		t.Fatalf("headers %v", rec.Header())
	}
	for name, value := range map[string]string{"If-None-Match": etag, "If-Modified-Since": modified} {
		if got := w.get("/feeds/changes.rss", name, value); got.Code != http.StatusNotModified {
			t.Errorf("%s: status %d", name, got.Code)
		}
	}
	w.polled(roster.Poll{At: worldNow(), Outcome: "unchanged"})
	if got := w.get("/feeds/changes.rss", "If-None-Match", etag); got.Code != http.StatusNotModified {
		t.Errorf("after a poll without news: status %d", got.Code)
	}
}

// Pages of a feed hold every change once, whatever comes meanwhile.
func TestFeedPagesOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	for format := range checks() {
		seen := map[string]bool{}
		pages := 0
		address := "/feeds/changes." + format
		for address != "" {
			pages++
			body := w.get(address).Body.Bytes()
			checks()[format](t, body)
			f := w.read(address)
			for _, id := range guids(f) {
				if seen[id] {
					t.Fatalf("%s: %s comes twice", address, id)
				}
				seen[id] = true
			}
			address = nextPage(f, string(body))
		}
		want, _ := w.known().Find(roster.Filter{Kinds: roster.DefaultKinds()}, 0, 1_000_000)
		if len(seen) != len(want) || pages < 20 {
			t.Errorf("%s: %d entries on %d pages, want %d", format, len(seen), pages, len(want))
		}
	}
}

// nextPage finds the address of the page with what is older.
func nextPage(f *gofeed.Feed, body string) string {
	const site = "https://287g.example.org"
	if f.FeedType == "json" {
		_, rest, found := strings.Cut(body, `"next_url":`)
		if !found {
			return ""
		}
		return strings.ReplaceAll(strings.TrimPrefix(strings.Split(rest, `"`)[1], site), `\u0026`, "&")
	}
	for _, l := range strings.Split(body, "<") {
		if strings.Contains(l, `rel="next"`) {
			_, href, _ := strings.Cut(l, `href="`)
			href, _, _ = strings.Cut(href, `"`)
			return strings.ReplaceAll(strings.TrimPrefix(href, site), "&amp;", "&")
		}
	}
	return ""
}

// A reader who looks after each of the publications of 2025 sees each change
// once, and no old one again; what it saw never changes.
func TestFeedReaderOfTheArchive(t *testing.T) {
	archiveSite(t) // or skip
	s := bolttest.New(t)
	w := over(t, s, "https://287g.example.org")
	watcher := watch.New(watch.Options{Store: s, Now: func() time.Time { return w.now }})
	lists, err := archiveLists()
	if err != nil {
		t.Fatal(err)
	}
	readers := map[string]*reader{"rss": newReader(), "atom": newReader(), "json": newReader()}
	for len(lists) > 0 {
		n := 1
		for n < len(lists) && lists[n].PublishedAt.Equal(lists[0].PublishedAt) {
			n++
		}
		w.now = lists[0].PublishedAt.Add(time.Minute)
		if _, err := watcher.Import(t.Context(), lists[:n], nil); err != nil {
			t.Fatal(err)
		}
		lists = lists[n:]
		for format, r := range readers {
			r.look(t, w, "/feeds/changes."+format)
		}
	}
	all, err := s.Changes(t.Context(), store.ChangeQuery{Filter: roster.Filter{Kinds: roster.DefaultKinds()}})
	if err != nil {
		t.Fatal(err)
	}
	for format, r := range readers {
		if len(r.seen) != len(all) {
			t.Errorf("%s: the reader saw %d entries of %d", format, len(r.seen), len(all))
		}
		t.Logf("%s: %d looks, %d entries, each new once", format, r.looks, len(r.seen))
	}
}

// reader is a feed reader: it takes an entry whose id it does not know for new.
type reader struct {
	looks  int
	seen   map[string]string // what an entry said, by id
	newest time.Time
}

func newReader() *reader { return &reader{seen: map[string]string{}} }

func (r *reader) look(t *testing.T, w *world, address string) {
	t.Helper()
	rec := w.get(address)
	f, err := gofeed.NewParser().Parse(rec.Body)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	r.looks++
	last := r.newest
	for _, item := range f.Items {
		text := item.Title + "\n" + item.Description + item.Content + "\n" + item.Published + item.Link
		before, known := r.seen[item.GUID]
		switch {
		case known && before != text:
			t.Fatalf("%s: %s said\n%s\nand says now\n%s", address, item.GUID, before, text)
		case !known && item.PublishedParsed.Before(last):
			t.Fatalf("%s: %s is new, of %s, and the newest was of %s", address, item.Title, item.Published, last)
		}
		r.seen[item.GUID] = text
		if item.PublishedParsed.After(r.newest) {
			r.newest = *item.PublishedParsed
		}
	}
}
