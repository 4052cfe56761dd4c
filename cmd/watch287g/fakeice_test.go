package main

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

const (
	pagePath  = "/identify-and-arrest/287g"
	listPath  = "/doclib/about/offices/ero/287g/"
	ratesPath = "/doclib/287g-reimbursement.xlsx"
)

// The links on the page that lists stand behind.
const (
	participatingLink = "participating"
	pendingLink       = "pending"
)

// fakeICE serves a made-up site of ICE's: a page that links the lists in force,
// the lists, a workbook that is none, and robots.txt. Like ICE's own server it
// knows If-Modified-Since and no other validator, and it has bad days.
type fakeICE struct {
	mu     sync.Mutex
	files  []published // all that ever stood behind a link, oldest first
	fault  fault
	left   int // answers that the fault still spoils; -1: all
	struck []fault
	delay  int // seconds of Crawl-delay; 0: none is asked for
	asked  []*asked
}

// published is a file behind one of the page's links, from a moment on. Without
// a body there is no such link any more.
type published struct {
	link string // participatingLink, pendingLink, or the text of a further link
	name string // on ICE's site; with a slash in it, the address that the link leads to
	at   time.Time
	body []byte
}

// fault is what is wrong with answers. The names are those of what ICE's site,
// or others like it, have done.
type fault struct {
	name string
	on   string // "page" or "list", to which it is confined; "" for both
}

// pageFaults spoil what the page says, and listFaults what a list holds; every
// other fault spoils an answer as such.
var (
	pageFaults = []string{"swap", "opaque", "nolinks", "nopending"}
	listFaults = []string{"truncate", "garbage"}
	anyFaults  = []string{"block", "403", "404", "429", "503", "empty", "reset", "hang"}
)

// asked is a request and its answer.
type asked struct {
	path   string
	status int       // 0 while there is no answer
	at     time.Time // by the clock of the test
}

// publish puts a list behind a link.
func (f *fakeICE) publish(p published) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = append(f.files, p)
}

// spoil spoils the next n answers that the fault can spoil; all where n is -1.
func (f *fakeICE) spoil(what fault, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault, f.left, f.struck = what, n, nil
}

// mend ends all faults, and says which answers they have spoiled.
func (f *fakeICE) mend() []fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault, f.left = fault{}, 0
	return f.struck
}

// requests returns those since it was called last.
func (f *fakeICE) requests() []asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []asked
	for _, a := range f.asked {
		all = append(all, *a)
	}
	f.asked = nil
	return all
}

// strikes names the fault that spoils an answer of a kind, which uses it up; sent
// says whether the answer has content.
func (f *fakeICE) strikes(on string, sent bool) string {
	name := f.fault.name
	switch {
	case f.left == 0, f.fault.on != "" && f.fault.on != on,
		slices.Contains(listFaults, name) && (on != "list" || !sent),
		slices.Contains(pageFaults, name) && on != "page":
		return ""
	}
	if f.left > 0 {
		f.left--
	}
	f.struck = append(f.struck, fault{name, on})
	return name
}

func (f *fakeICE) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	noted := &recorder{ResponseWriter: w, status: http.StatusOK}
	request := &asked{path: r.URL.Path, at: time.Now()}
	f.mu.Lock()
	f.asked = append(f.asked, request)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		request.status = noted.status
	}()
	w = noted
	switch {
	case r.URL.Path == "/robots.txt":
		fmt.Fprint(w, "User-agent: *\nDisallow: /admin/\n")
		if f.delay > 0 {
			fmt.Fprintf(w, "Crawl-delay: %d\n", f.delay)
		}
	case r.URL.Path == ratesPath:
		_, _ = w.Write(ratesWorkbook())
	case r.URL.Path == pagePath:
		f.servePage(w, r)
	case strings.HasPrefix(r.URL.Path, listPath), strings.HasPrefix(r.URL.Path, "/file-download/"):
		f.serveList(w, r)
	default:
		http.NotFound(w, r)
	}
}

// recorder remembers an answer's status.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// ratesWorkbook is a workbook that is no list, like one beside ICE's lists.
func ratesWorkbook() []byte {
	return sheettest.Book{Sheets: []sheettest.Sheet{{Rows: [][]sheettest.Cell{{sheettest.Text("ITEM"), sheettest.Text("RATE")}}}}}.Bytes()
}

const blockPage = `<!DOCTYPE html><html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>
You don't have permission to access this resource on this server.<p>Reference #18.2d3a1702</p></body></html>`

// failed answers with a fault that spoils an answer as such.
func failed(w http.ResponseWriter, r *http.Request, name string) bool {
	switch name {
	case "block": // a refusal dressed as success
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, blockPage)
	case "403":
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, blockPage)
	case "404":
		http.NotFound(w, r)
	case "429":
		w.Header().Set("Retry-After", "7")
		http.Error(w, "slow down", http.StatusTooManyRequests)
	case "503":
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
	case "empty":
		w.WriteHeader(http.StatusOK)
	case "hang":
		<-r.Context().Done()
	case "reset":
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Partner With ICE Through the 287(g) Program | ICE</title></head>
<body><main><h1>Partner With ICE Through the 287(g) Program</h1><ul>
{{range .}}<li><a href="{{.Href}}">{{.Text}}</a></li>
{{end}}<li><a href="` + ratesPath + `">Reimbursement worksheet</a></li>
</ul></main></body></html>
`))

func (f *fakeICE) servePage(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	fault := f.strikes("page", true)
	behind, further := map[string]string{}, []string{}
	for _, p := range f.files {
		switch behind[p.link] = listPath + p.name; {
		case p.body == nil:
			delete(behind, p.link)
		case strings.Contains(p.name, "/"):
			behind[p.link] = p.name
		}
		if !slices.Contains(append(further, participatingLink, pendingLink), p.link) {
			further = append(further, p.link)
		}
	}
	f.mu.Unlock()
	if failed(w, r, fault) {
		return
	}
	switch fault {
	case "swap":
		behind[participatingLink], behind[pendingLink] = behind[pendingLink], behind[participatingLink]
	case "nolinks":
		clear(behind)
	case "nopending":
		delete(behind, pendingLink)
	case "opaque": // neither an extension nor a date
		for link := range behind {
			behind[link] = "/file-download/download/public/4001?list=" + link
		}
	}
	type anchor struct{ Href, Text string }
	var anchors []anchor
	for _, a := range []anchor{{behind[participatingLink], "Participating Agencies"}, {behind[pendingLink], "Pending Agencies"}} {
		if a.Href != "" {
			anchors = append(anchors, a)
		}
	}
	for _, text := range further {
		if behind[text] != "" {
			anchors = append(anchors, anchor{behind[text], text})
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := pageTemplate.Execute(w, anchors); err != nil {
		panic(err)
	}
}

func (f *fakeICE) serveList(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	var found *published
	for i, p := range f.files {
		if p.body != nil && (p.name == path.Base(r.URL.Path) || p.link == r.URL.Query().Get("list")) {
			found = &f.files[i]
		}
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	fault := f.strikes("list", found != nil && (err != nil || found.at.After(since)))
	f.mu.Unlock()
	if failed(w, r, fault) {
		return
	}
	if found == nil {
		http.NotFound(w, r)
		return
	}
	body := found.body
	switch fault {
	case "truncate":
		body = body[:len(body)/2]
	case "garbage":
		body = []byte("PK\x03\x04 this is not a workbook")
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("ETag", fmt.Sprintf(`"%d"`, found.at.Unix()))
	r.Header.Del("If-None-Match")
	http.ServeContent(w, r, "", found.at, bytes.NewReader(body))
}
