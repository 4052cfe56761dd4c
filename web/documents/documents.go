// Package documents makes the pages of the agreements' documents and of the forms that these
// follow, and gives their files out.
package documents

import (
	"embed"
	"html/template"
	"net/http"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

//go:embed all:templates
var templateFiles embed.FS

// Options are what the pages are made of, besides what each request carries.
type Options struct {
	Library kept.Library      // nil where the site looks at no documents
	Assets  map[string]string // addresses of stylesheet and icon, by name
	SignUp  bool              // readers can sign up for mail
}

// Set is the pages.
type Set struct {
	library kept.Library
	frame   *frame.Set
}

// New reads the templates.
func New(o Options) (*Set, error) {
	framed, err := frame.New(frame.Options{Files: templateFiles, Funcs: funcs, Assets: o.Assets, SignUp: o.SignUp})
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the template
	}
	return &Set{library: o.Library, frame: framed}, nil
}

// Routes are the addresses of the pages and the files.
func (s *Set) Routes() []route.Route {
	page := func(path string, f func(*request) (*route.Response, error), params ...string) route.Route {
		return frame.Route(path, params, func(r frame.Request) (*route.Response, error) { return f(&request{r, s}) })
	}
	return []route.Route{
		page("/documents", listPage, "state", "form", "agency", "show", "page"),
		page("/documents/conflicts", conflictsPage),
		page("/documents/search", searchPage, "q", "state", "model", "form", "signed_since", "signed_until", "page").ThroughTexts(),
		page("/documents/{sha256}", documentPage, "page", "at"),
		{Path: "/documents/{sha256}", Ending: fileEnding, Program: true, Large: true, Handler: s.file},
		page("/forms", formsPage),
		page("/forms/{form}", formPage),
		{Path: "/downloads/documents.csv", Program: true, Large: true, Handler: s.csv},
	}
}

// request is a request for a page.
type request struct {
	frame.Request
	set *Set
}

type page = frame.Page

// linkTo is a link with its words.
func linkTo(text, url string) frame.Link { return frame.Link{Text: text, URL: url} }

// render fills a page's template, within the frame that all pages share.
func (req *request) render(p *page) (*route.Response, error) {
	return req.set.frame.Render(req.Request, http.StatusOK, p) //nolint:wrapcheck // it names the template
}

// nothing says why there are no documents to show; "" where there are some.
func (req *request) nothing() string {
	switch {
	case req.Documents.Any():
		return ""
	case req.set.library == nil:
		return req.Language.Say("page.documents.off")
	}
	return req.Language.Say("page.documents.none")
}

// funcs are the words that the templates use beside those of the frame.
func funcs(l prose.Language) template.FuncMap {
	return template.FuncMap{
		"documentURL": kept.URL,
		"conflict":    func(c document.Conflict) string { return inWords(l, c) },
		"formstates":  func(n int) string { return l.SayCount("page.form.states", n) },
		"part":        func(p roster.DocumentPart) string { return l.Say("page.documents.part." + string(p)) },
		"problem":     func(p roster.DocumentProblem) string { return l.Say("page.documents.problem." + string(p)) },
		"bytes":       func(n int64) string { return l.Say("page.publication.bytes", "size", l.Thousands(int(n))) },
	}
}
