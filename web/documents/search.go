package documents

import (
	"net/url"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

const (
	perSearch    = 20  // passages of one page
	longestQuery = 200 // characters
)

// searchData is what the page of a search in documents shows.
type searchData struct {
	Nothing      string // why there is nothing to look through; "" where there is
	Query        string
	StateChoices []choice
	FormChoices  []choice
	Asked        bool
	Cut, Near    bool
	Found        int // documents
	Indexed      int
	Findings     []kept.Finding
	Newer, Older string
}

// searchPage looks for words in the texts of documents.
func searchPage(req *request) (*route.Response, error) {
	l, x := req.Language, req.Documents
	d := &searchData{Nothing: req.nothing(), Query: prose.Shorten(roster.Clean(req.URL.Query().Get("q")), longestQuery)}
	q, err := req.ReadQuery()
	if err != nil {
		return nil, err //nolint:wrapcheck // words for the reader
	}
	a := asked{Filter: roster.Filter{States: q.States, Models: q.Models}, form: req.URL.Query().Get("form")}
	f, ok := x.Form(a.form)
	if a.form != "" && !ok {
		return nil, route.Missing(l, "page.problem.no-form")
	}
	a.form = f.ID
	number, err := req.pageNumber()
	if err != nil {
		return nil, err
	}
	if d.Nothing == "" && d.Query != "" {
		words := kept.Words{Text: d.Query, Form: a.form, From: (number - 1) * perSearch, Count: perSearch}
		if route.Chosen(a.Filter) {
			words.Filter = &a.Filter
		}
		r, err := x.Search(req.Context(), words)
		switch {
		case err != nil && req.Context().Err() != nil:
			return nil, err //nolint:wrapcheck // the reader has gone
		case err != nil:
			d.Nothing = l.Say("page.found.not-yet")
		}
		d.Asked, d.Cut, d.Near, d.Found, d.Indexed, d.Findings = r.Asked, r.Cut, r.Near, r.Documents, r.Indexed, x.Findings(l, r.Found)
		link := func(n int) string {
			return route.In(l, "/documents/search") + "?" + searchQuery(d.Query, a, n).Encode()
		}
		if number > 1 {
			d.Newer = link(number - 1)
		}
		if number*perSearch < r.Passages {
			d.Older = link(number + 1)
		}
	}
	d.choose(l, x, a)
	p := &page{Template: "search", Title: l.Say("page.found.title"), Description: l.Say("page.found.says"), Path: "/documents/search", Hidden: true, Data: d,
		Crumbs: frame.Trail(l, linkTo(l.Say("page.documents.nav"), "/documents"), linkTo(l.Say("page.found.title"), "/documents/search"))}
	if d.Query != "" {
		p.Title = l.Say("page.found.title.of", "query", d.Query)
		p.Path += "?" + searchQuery(d.Query, a, number).Encode()
	}
	return req.render(p)
}

func searchQuery(text string, a asked, number int) url.Values {
	q := a.query(number)
	q.Set("q", text)
	return q
}

// choose is what the form of the page offers.
func (d *searchData) choose(l prose.Language, x *kept.Index, a asked) {
	if x == nil {
		return
	}
	var list listData
	list.choices(l, x, a)
	d.StateChoices, d.FormChoices = list.StateChoices, list.FormChoices
}
