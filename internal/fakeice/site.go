// Package fakeice stands in for ICE's site: the page that links the two lists,
// the lists behind its links, a workbook beside them that is not a list, and
// robots.txt. What is published, when, and what goes wrong is up to whoever holds
// the Site. A Replay leads one through an archive of lists or a made-up story.
package fakeice

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/sheet/sheettest"
)

// The paths on the site.
const (
	PagePath      = "/identify-and-arrest/287g"
	ListPath      = "/doclib/about/offices/ero/287g/" // and the name of a list's file
	WorksheetPath = "/doclib/287g-reimbursement.xlsx"
)

// The links on the page that lists stand behind.
const (
	Participating = "participating"
	Pending       = "pending"
)

// File is a file behind one of the page's links, from a moment on.
type File struct {
	Link string // Participating, Pending, or the text of another link
	Name string // on the site, below ListPath; with a slash in it, the address that the link leads to
	At   time.Time
	Body []byte // nil where the page no longer has the link
}

// Site serves what was published. Like ICE's own server it knows
// If-Modified-Since and no other validator. The zero Site has a page without
// lists. It may be used by several goroutines.
type Site struct {
	CrawlDelay int // seconds that robots.txt asks for between two requests; 0 for none

	mu       sync.Mutex
	files    []File // all that was ever published, oldest first
	fault    Fault
	left     int // answers that the fault still spoils; below 0 for all
	struck   []Fault
	requests []*Request
	says     string // a paragraph of the page
}

// Says has the page say a paragraph more from now on; "" takes it away.
func (s *Site) Says(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.says = text
}

// Request is a request and the status of its answer.
type Request struct {
	Path   string
	Status int // 0 while there is no answer
	At     time.Time
}

// Publish puts files behind their links, all in one moment. Files that were there
// before stay at their addresses.
func (s *Site) Publish(files ...File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, files...)
}

// Current returns the file behind each link of the page.
func (s *Site) Current() map[string]File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current()
}

func (s *Site) current() map[string]File {
	current := map[string]File{}
	for _, f := range s.files {
		if current[f.Link] = f; f.Body == nil {
			delete(current, f.Link)
		}
	}
	return current
}

// Requests returns the requests since it was last called.
func (s *Site) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Request
	for _, r := range s.requests {
		all = append(all, *r)
	}
	s.requests = nil
	return all
}

// ServeHTTP answers as the site does.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	request := &Request{Path: r.URL.Path, At: time.Now()}
	s.mu.Lock()
	s.requests = append(s.requests, request)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		request.Status = recorder.status
	}()
	w = recorder
	switch {
	case r.URL.Path == "/robots.txt":
		fmt.Fprint(w, "User-agent: *\nDisallow: /admin/\n")
		if s.CrawlDelay > 0 {
			fmt.Fprintf(w, "Crawl-delay: %d\n", s.CrawlDelay)
		}
	case r.URL.Path == WorksheetPath:
		_, _ = w.Write(worksheet())
	case r.URL.Path == PagePath:
		s.servePage(w, r)
	case strings.HasPrefix(r.URL.Path, ListPath), strings.HasPrefix(r.URL.Path, opaquePath):
		s.serveList(w, r)
	default:
		http.NotFound(w, r)
	}
}

// statusRecorder remembers the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// worksheet is a workbook that is not a list, like one beside ICE's lists.
func worksheet() []byte {
	return sheettest.Book{Sheets: []sheettest.Sheet{{Rows: [][]sheettest.Cell{{sheettest.Text("ITEM"), sheettest.Text("RATE")}}}}}.Bytes()
}

const pageHTML = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Partner With ICE Through the 287(g) Program | ICE</title></head>
<body><main><h1>Partner With ICE Through the 287(g) Program</h1>{{with .Says}}
<p>{{.}}</p>{{end}}<ul>
{{range .Links}}<li><a href="{{.Href}}">{{.Text}}</a></li>
{{end}}<li><a href="` + WorksheetPath + `">Reimbursement worksheet</a></li>
</ul></main></body></html>
`

// anchor is a link on the page.
type anchor struct{ Href, Text string }

func (s *Site) servePage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault := s.strike(OnPage, true)
	addresses := map[string]string{}
	for link, f := range s.current() {
		if addresses[link] = ListPath + f.Name; strings.Contains(f.Name, "/") {
			addresses[link] = f.Name
		}
	}
	says := s.says
	links := []string{Participating, Pending}
	for _, f := range s.files {
		if !slices.Contains(links, f.Link) {
			links = append(links, f.Link)
		}
	}
	s.mu.Unlock()
	if failed(w, r, fault) {
		return
	}
	spoilAddresses(addresses, fault)
	var anchors []anchor
	for _, link := range links {
		text := link
		switch link {
		case Participating:
			text = "Participating Agencies"
		case Pending:
			text = "Pending Agencies"
		}
		if addresses[link] != "" {
			anchors = append(anchors, anchor{addresses[link], text})
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := template.Must(template.New("page").Parse(pageHTML)).Execute(w, struct {
		Says  string
		Links []anchor
	}{says, anchors}); err != nil {
		panic(err) // the connection is gone
	}
}

func (s *Site) serveList(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var found *File
	for i, f := range s.files {
		if f.Body != nil && (f.Name == path.Base(r.URL.Path) || f.Link == r.URL.Query().Get("list")) {
			found = &s.files[i]
		}
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	fault := s.strike(OnList, found != nil && (err != nil || found.At.After(since)))
	s.mu.Unlock()
	if failed(w, r, fault) {
		return
	}
	if found == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("ETag", fmt.Sprintf(`"%d"`, found.At.Unix()))
	r.Header.Del("If-None-Match")
	http.ServeContent(w, r, "", found.At, bytes.NewReader(spoiledBody(found.Body, fault)))
}
