package documents

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

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
	ModelChoices []choice
	FormChoices  []choice
	SignedSince  roster.Date
	SignedUntil  roster.Date
	Asked        bool
	Cut, Near    bool
	Found        int // documents
	Indexed      int
	Findings     []kept.Finding
	Tries        []frame.Link // what to try, where nothing was found as it was typed
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
	a := asked{Filter: roster.Filter{States: q.States, Models: q.Models}}
	if a.form, err = req.form(); err != nil {
		return nil, err
	}
	number, err := req.numberOf("page")
	if err != nil {
		return nil, err
	}
	if a.since, err = req.ReadDay("signed_since"); err != nil {
		return nil, err //nolint:wrapcheck // words for the reader
	}
	if a.until, err = req.ReadDay("signed_until"); err != nil {
		return nil, err //nolint:wrapcheck // words for the reader
	}
	if d.Nothing == "" && d.Query != "" {
		words := kept.Words{Text: d.Query, Form: a.form, SignedSince: a.since, SignedUntil: a.until, From: (number - 1) * perSearch, Count: perSearch}
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
		if r.Asked && (r.Documents == 0 || r.Near) {
			d.tries(l, a)
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
	d.ModelChoices = []choice{{"", l.Say("page.choice.models"), len(a.Models) == 0}}
	for _, m := range roster.Models() {
		d.ModelChoices = append(d.ModelChoices, choice{string(m), l.Model(m), slices.Contains(a.Models, m)})
	}
	d.SignedSince, d.SignedUntil = a.since, a.until
}

// tries says what else can be looked for.
func (d *searchData) tries(l prose.Language, a asked) {
	try := func(key, query string, a asked, args ...string) {
		d.Tries = append(d.Tries, linkTo(l.Say(key, args...), route.In(l, "/documents/search")+"?"+searchQuery(query, a, 1).Encode()))
	}
	if route.Chosen(a.Filter) || a.form != "" || a.since != "" || a.until != "" {
		try("page.found.try.all", d.Query, asked{})
	}
	plain := strings.Join(strings.FieldsFunc(d.Query, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"“”„«»", r) }), " ")
	if plain != strings.Join(strings.Fields(d.Query), " ") {
		try("page.found.try.unquoted", plain, a)
	}
	words := strings.Fields(plain)
	for _, w := range words[:min(len(words), mostTries)] {
		switch letters := []rune(strings.TrimRight(w, "*")); {
		case strings.HasPrefix(w, "-") || len(letters) < 4:
		case len(words) > 1:
			try("page.found.try.word", w, a, "word", w)
		case len(letters) > 5 && len(letters) == len([]rune(w)):
			try("page.found.try.begin", string(letters[:len(letters)-2])+"*", a, "word", string(letters[:len(letters)-2])+"…")
		}
	}
	d.Tries = append(d.Tries, linkTo(l.Say("page.found.try.agencies"), route.In(l, "/search")+"?"+url.Values{"q": {plain}}.Encode()))
}

// mostTries is how many words are linked by themselves.
const mostTries = 5
