package watch_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/internal/fakeice"
)

// played is ICE's site in memory: lists that come one after the other, and documents with
// which something is done at times.
type played struct {
	now    func() time.Time
	lists  []fakeice.File
	events []playedEvent

	log          []playedRequest // for documents
	files, bytes int             // that were given out of them
	given        map[string]int  // by hash

	linkedAt map[string]time.Time // when a list first linked a path
	rows     map[string]int       // how many cells of one list link it at most
	first    map[string]bool      // whether the first list links it
}

type playedEvent struct {
	at         time.Time
	what, path string // replace, older, save, move, remove or restore
}

type playedRequest struct {
	path   string
	at     time.Time
	status int
}

const listFolder = "/doclib/about/offices/ero/287g/"

var (
	plainLink = regexp.MustCompile(`Target="https://www\.ice\.gov(/doclib/287gMOA/[A-Za-z0-9_.-]+\.pdf)"`)
	relation  = regexp.MustCompile(`<Relationship [^>]*>`)
	relID     = regexp.MustCompile(`Id="(\w+)"`)
	cellLink  = regexp.MustCompile(`<hyperlink [^>]*r:id="(\w+)"`)
)

func movedTo(path string) string { return strings.TrimSuffix(path, ".pdf") + "-moved.pdf" }

// newPlayed chooses what is done: with documents that one row alone links, in all lists from
// one on.
func newPlayed(t *testing.T, random *rand.Rand, lists []fakeice.File, todo map[string]int) *played {
	t.Helper()
	s := &played{lists: slices.Clone(lists), given: map[string]int{}, linkedAt: map[string]time.Time{}, rows: map[string]int{}, first: map[string]bool{}}
	spans, end := map[string]span{}, lists[len(lists)-1].At
	n, most := 0, 0
	for _, f := range s.lists {
		cells := linkedBy(t, f.Body)
		long := len(cells) > most/2 // the list of agreements, wherever it stands, and no older one
		most = max(most, len(cells))
		for path, times := range cells {
			v, seen := spans[path]
			if !seen || long && v.at < n {
				v = span{from: f.At, single: !seen || v.single}
			}
			v.single = v.single && times == 1 && long
			v.at, v.until = n+1, f.At
			spans[path] = v
		}
		if long {
			n++
		}
	}
	var free []string
	for path, v := range spans {
		if v.single && v.at == n && end.Sub(v.from) > 50*24*time.Hour {
			free = append(free, path)
		}
	}
	slices.Sort(free)
	random.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	for _, what := range []string{"replace", "older", "save", "move", "remove"} {
		for range todo[what] {
			if len(free) == 0 {
				t.Fatalf("there are too few documents for %v", todo)
			}
			v := spans[free[0]]
			from := v.from.AddDate(0, 0, 10)
			at := from.Add(time.Duration(random.Int64N(int64(end.AddDate(0, 0, -30).Sub(from)))))
			s.events = append(s.events, playedEvent{at, what, free[0]})
			if what == "remove" {
				s.events = append(s.events, playedEvent{at.AddDate(0, 0, 9).Add(time.Duration(random.Int64N(int64(10 * 24 * time.Hour)))), "restore", free[0]})
			}
			free = free[1:]
		}
	}
	s.move(t)
	for i, f := range s.lists {
		for path, times := range linkedBy(t, f.Body) {
			if _, seen := s.linkedAt[path]; !seen {
				s.linkedAt[path] = f.At
			}
			s.rows[path] = max(s.rows[path], times)
			s.first[path] = s.first[path] || s.lists[0].At.Equal(f.At) && i < 2
		}
	}
	return s
}

// span is from when to when a document is linked, and by how many rows.
type span struct {
	from, until time.Time
	at          int // lists that linked it, up to the last one
	single      bool
}

// linkedBy are the documents that a list links by plain addresses, by path, with how many cells
// do.
func linkedBy(t *testing.T, book []byte) map[string]int {
	t.Helper()
	uses := map[string]int{}
	for _, found := range cellLink.FindAllSubmatch(part(t, book, "xl/worksheets/sheet1.xml"), -1) {
		uses[string(found[1])]++
	}
	paths := map[string]int{}
	for _, r := range relation.FindAll(part(t, book, relations), -1) {
		id, link := relID.FindSubmatch(r), plainLink.FindSubmatch(r)
		if id != nil && link != nil && uses[string(id[1])] > 0 {
			paths[string(link[1])] += uses[string(id[1])]
		}
	}
	return paths
}

const relations = "xl/worksheets/_rels/sheet1.xml.rels"

func part(t *testing.T, book []byte, name string) []byte {
	t.Helper()
	z := must[*zip.Reader](t)(zip.NewReader(bytes.NewReader(book), int64(len(book))))
	f, err := z.Open(name)
	if err != nil {
		return nil // a list without links
	}
	return must[[]byte](t)(io.ReadAll(f))
}

// move has the lists link moved documents at their new addresses.
func (s *played) move(t *testing.T) {
	t.Helper()
	for i, f := range s.lists {
		var from []string
		for _, e := range s.events {
			if e.what == "move" && !f.At.Before(e.at) {
				from = append(from, fmt.Sprintf("Target=%q", "https://www.ice.gov"+e.path), fmt.Sprintf("Target=%q", "https://www.ice.gov"+movedTo(e.path)))
			}
		}
		if len(from) == 0 {
			continue
		}
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, part := range must[*zip.Reader](t)(zip.NewReader(bytes.NewReader(f.Body), int64(len(f.Body)))).File {
			if part.Name != relations {
				if err := w.Copy(part); err != nil {
					t.Fatal(err)
				}
				continue
			}
			body := must[[]byte](t)(io.ReadAll(must[io.ReadCloser](t)(part.Open())))
			to := must[io.Writer](t)(w.Create(part.Name))
			if _, err := strings.NewReplacer(from...).WriteString(to, string(body)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s.lists[i].Body = out.Bytes()
	}
}

func (s *played) count(what string) (n int) {
	for _, e := range s.events {
		if e.what == what {
			n++
		}
	}
	return n
}

// last is when each document was asked for last.
func (s *played) last() map[string]time.Time {
	last := map[string]time.Time{}
	for _, q := range s.log {
		last[q.path] = q.at
	}
	return last
}

// RoundTrip answers a request at once.
func (s *played) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	switch path := r.URL.Path; {
	case path == "/robots.txt":
		fmt.Fprint(w, "User-agent: *\nDisallow: /admin/\n")
	case path == fakeice.PagePath:
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body><main><h1>287(g)</h1>")
		current := map[string]string{}
		for _, f := range s.lists {
			if !f.At.After(s.now()) {
				current[f.Link] = f.Name
			}
		}
		for _, link := range []string{fakeice.Participating, fakeice.Pending} {
			if name := current[link]; name != "" {
				fmt.Fprintf(w, "<p><a href=%q>%s agencies</a></p>", listFolder+name, link)
			}
		}
		fmt.Fprint(w, "</main></body></html>")
	case strings.HasPrefix(path, listFolder) && !strings.HasSuffix(path, ".pdf"):
		s.list(w, r, strings.TrimPrefix(path, listFolder))
	default:
		s.document(w, r)
		s.log = append(s.log, playedRequest{path, s.now(), w.Code})
	}
	got := w.Result()
	got.Request = r
	return got, nil
}

func (s *played) list(w http.ResponseWriter, r *http.Request, name string) {
	var found fakeice.File
	for _, f := range s.lists {
		if f.Name == name && !f.At.After(s.now()) {
			found = f
		}
	}
	http.ServeContent(w, r, "", found.At, bytes.NewReader(found.Body))
}

// document answers by what was done with it until now.
func (s *played) document(w *httptest.ResponseRecorder, r *http.Request) {
	path, comment, words := r.URL.Path, "", ""
	modified := time.Date(2025, time.February, 1, 12, 0, 0, 0, time.UTC)
	from := strings.Replace(path, "-moved.pdf", ".pdf", 1)
	for _, e := range s.events {
		if e.path != path || e.at.After(s.now()) {
			continue
		}
		switch e.what {
		case "replace":
			words, modified = " otherwise", e.at
		case "older":
			words, modified = " as it was", modified.AddDate(-1, 0, 0)
		case "save":
			comment, modified = "saved anew", e.at
		case "remove":
			w.Code = http.StatusNotFound
		case "restore":
			w.Code = http.StatusOK
		}
	}
	if w.Code == http.StatusNotFound {
		http.NotFound(w, r)
		return
	}
	body := fmt.Appendf(nil, "%%PDF-1.7 %s\nI. Words of %s.\nII. All else%s is as it is.", comment, from, words)
	w.Header().Set("Content-Type", "application/pdf")
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
	if w.Code == http.StatusOK {
		s.files++
		s.bytes += len(body)
		s.given[archive.Hash(body)]++
	}
}
