// Package route is what the parts of the site have in common: the addresses that it
// has, what a request asks for, and what it is answered with.
package route

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/search"
)

// Route is one kind of address.
type Route struct {
	Path   string   // a pattern of http.ServeMux, without the method
	Params []string // the parameters that it knows
	// Program says that programs read it. Those are told of parameters that the
	// route does not know: one that writes "sate=TX" must not be given everything.
	// Errors are JSON, and the scripts of other sites may read all of it. Pages
	// ignore such parameters.
	Program bool
	// Translated says that the address is there in every language, as In says.
	Translated bool
	Language   prose.Language // that it is served in; the site says so
	Framed     bool           // other sites may frame it
	// Live says that a response also speaks of whether what is known can be read anew.
	Live  bool
	Large bool // its responses can take tens of megabytes while they are made
	Texts bool // its responses look through the texts of all documents
	// Ending has the route answer those addresses alone of its path that end so, as in
	// ".pdf"; another route of the same path has the others.
	Ending  string
	Handler Handler
}

// Handler makes the response to a request, or returns an error that says why there
// is none: a *Problem where the reader can do something about it.
type Handler func(*Request) (*Response, error)

// ThroughTexts is a route whose responses look through the texts of all documents.
func (r Route) ThroughTexts() Route {
	r.Texts = true
	return r
}

// Request is one request, with all that it is answered from. Its query holds only
// the parameters that the route knows.
type Request struct {
	*http.Request
	Snapshot *snapshot.Snapshot
	Index    func() *search.Index // of the snapshot's agencies
	Base     string               // the site's URL, without a slash at its end
	Public   bool                 // whether Base is how readers reach the site; else only this machine does
	Now      time.Time
	Late     bool          // ICE's page was not looked at for longer than it should be
	Every    time.Duration // between two polls; 0 where ICE's page is not polled
	Unread   time.Time     // since when what is known cannot be read anew; zero while it can
	Version  string        // of the program
	// Evidence says how the file of a publication, whose bytes are kept, is given out.
	Language prose.Language // of the answer
	Evidence func(ctx context.Context, sha256 string) (GivenOut, error)
	// Documents is what is known of the agreements' documents; nil while nothing is.
	Documents *kept.Index
}

// GivenOut says how ICE's file is given out: without personal details.
type GivenOut struct {
	SHA256  string // of what is given out, in hex
	Size    int    // of that, in bytes
	Changed bool   // whether that differs from what ICE published
	Why     string // the file cannot be given out at all; "" where it can
}

// Redirect sends the reader to another address of the site, in the same language where it
// is there in several.
func (r *Request) Redirect(path string, status int) *Response {
	return Record(http.RedirectHandler(r.localized(path), status), r.Request)
}

func (r *Request) localized(path string) string {
	if untranslated(path) {
		return path
	}
	return In(r.Language, path)
}

// Publications returns the publications with the SHA-256 that the path names. One
// that is written in capitals is moved to where url has it in lower case.
func (r *Request) Publications(url func(sha256 string) string) (of []roster.Publication, moved *Response) {
	sha := r.PathValue("sha256")
	of = r.Snapshot.PublicationsOf(sha)
	if lower := strings.ToLower(sha); len(of) == 0 && len(r.Snapshot.PublicationsOf(lower)) > 0 {
		moved = r.Redirect(url(lower), http.StatusMovedPermanently)
	}
	return of, moved
}

// Response is what a request is answered with.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Immutable is the Cache-Control of what an address names by its content.
const Immutable = "public, max-age=31536000, immutable"

// OK is a response of status 200.
func OK(contentType string, body []byte) *Response {
	return &Response{http.StatusOK, http.Header{"Content-Type": {contentType}}, body}
}

// Record returns what a handler of net/http writes.
func Record(h http.Handler, r *http.Request) *Response {
	rec := recorder{header: http.Header{}}
	h.ServeHTTP(&rec, r)
	rec.WriteHeader(http.StatusOK)
	return &Response{rec.status, rec.header, rec.body.Bytes()}
}

type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b) //nolint:wrapcheck // never fails
}
