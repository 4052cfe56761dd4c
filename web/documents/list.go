package documents

import (
	"net/url"
	"strconv"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

const (
	perPage  = 50 // documents
	newsOnes = 8  // changes of documents that the page begins with
)

// What the page can be narrowed to.
const (
	showCurrent  = "current"
	showReplaced = "replaced"
	showGone     = "gone"
	showDeparts  = "departs"
	showMachine  = "machine"
	showUnread   = "unread"
)

func shows() []string {
	return []string{showCurrent, showReplaced, showGone, showDeparts, showMachine, showUnread}
}

// listData is what the page of all documents shows.
type listData struct {
	Nothing      string // why there is nothing to show; "" where there is
	Hashes       bool   // the files themselves are not kept
	Count        int
	Figures      []figure
	Forms        []formLine
	States       []stateLine
	News         []roster.Change
	Chosen       bool
	StateChoices []choice
	FormChoices  []choice
	ShowChoices  []choice
	Agency       string
	Found        int
	From, To     int
	Lines        []line
	Newer, Older string
}

// figure is a number with its words, for the piece "figure".
type figure struct {
	Number  int
	Text    string
	Unknown bool
	Words   string
	Note    string
	URL     string
}

// choice is an option of a form, for the piece "options".
type choice struct {
	Value, Text string
	Selected    bool
}

// line is a document in a list.
type line struct {
	*kept.Document
	Title, URL string
	Agreement  *roster.Agreement // of the row that links it, or did; nil for none
	Part       roster.DocumentPart
	Entry      bool // that is an entry of the pending list
	Form       string
	FormURL    string
	Notes      []string
}

func newLine(l prose.Language, x *kept.Index, d *kept.Document) line {
	out := line{Document: d, Title: d.Title(l), URL: kept.URL(d.SHA256), Form: kept.FormName(l, d.Form, d.Model, d.Revised), Notes: d.Notes(l)}
	if r, ok := d.Row(); ok {
		a := r.Record.Now()
		out.Agreement, out.Part, out.Entry = &a, r.Part, r.List == roster.ListPending
	}
	if _, ok := x.Form(d.Form); ok {
		out.FormURL = kept.FormURL(d.Form)
	}
	return out
}

// asked is which documents the page is narrowed to.
type asked struct {
	roster.Filter
	form, show   string
	since, until roster.Date // of signing
}

// listPage shows all documents.
func listPage(req *request) (*route.Response, error) {
	l, x := req.Language, req.Documents
	d := &listData{Nothing: req.nothing(), Hashes: req.set.library != nil && !req.set.library.Keeps()}
	p := &page{Template: "documents", Title: l.Say("page.documents.title"), Description: l.Say("page.documents.says"), Path: "/documents", Data: d}
	if d.Nothing != "" {
		p.Hidden = true
		return req.render(p)
	}
	q, err := req.ReadQuery()
	if err != nil {
		return nil, err //nolint:wrapcheck // words for the reader
	}
	a := asked{Filter: roster.Filter{States: q.States, Agencies: kept.Patterns(q.Agencies)}}
	if a.form, err = req.form(); err != nil {
		return nil, err
	}
	if a.show, err = req.ReadOneOf("show", shows()...); err != nil {
		return nil, err //nolint:wrapcheck // words for the reader
	}
	number, err := req.numberOf("page")
	if err != nil {
		return nil, err
	}
	d.Count = len(x.Documents)
	d.choices(l, x, a)
	d.sums(req)
	d.list(req, a, number)
	p.Path = route.At("/documents", a.query(number), 0)
	p.Hidden = d.Chosen
	return req.render(p)
}

// form reads to which form a page is narrowed, as the id that it has today; "" for all.
func (req *request) form() (string, error) {
	given := req.URL.Query().Get("form")
	f, ok := req.Documents.Form(given)
	if given != "" && !ok {
		return "", route.Missing(req.Language, "page.problem.no-form")
	}
	return f.ID, nil
}

// numberOf reads a number from 1, which is the default.
func (req *request) numberOf(name string) (int, error) {
	given := req.URL.Query().Get(name)
	if given == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > 100_000 || given != strconv.Itoa(n) {
		return 0, route.Refused(req.Language, name, given, req.Language.Say("page.query.number"))
	}
	return n, nil
}

// hasForm says whether a document follows a form.
func hasForm(x *kept.Index, id string) bool {
	_, ok := x.Form(id)
	return ok
}

// query is the address's parameters for a part of the list.
func (a asked) query(number int) url.Values {
	q := route.Encode(a.Filter)
	if a.form != "" {
		q.Set("form", a.form)
	}
	if a.show != "" {
		q.Set("show", a.show)
	}
	if a.since != "" {
		q.Set("signed_since", string(a.since))
	}
	if a.until != "" {
		q.Set("signed_until", string(a.until))
	}
	if number > 1 {
		q.Set("page", strconv.Itoa(number))
	}
	return q
}

// wants says whether a document is one of those that are asked for.
func (a asked) wants(d *kept.Document) bool {
	if a.form != "" && d.Form != a.form || !a.showsIt(d) {
		return false
	}
	return !route.Chosen(a.Filter) || d.Matches(a.Filter)
}

func (a asked) showsIt(d *kept.Document) bool {
	switch a.show {
	case showCurrent:
		now, _ := d.Rows()
		return len(now) > 0
	case showReplaced:
		return len(d.At) > 0 && !d.At[0].Until().IsZero()
	case showGone:
		return len(d.At) > 0 && d.At[0].Taken()
	case showDeparts:
		return d.Departs > 0
	case showMachine:
		return d.MachineRead > 0
	case showUnread:
		return d.Words == 0
	}
	return true
}
