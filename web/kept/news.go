package kept

import (
	"strconv"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// News is what happened to a document, as the page of the change shows it.
type News struct {
	Two        bool // there is a before and an after
	Lines      []NewsLine
	FoundAt    time.Time
	Paragraphs string // how many differ, in words; "" where that is not known, or does not matter
	Changed    string // address of what differs in the text; "" for nothing
	Problem    string // why it is no document of the agreement, in words
	Named      string // whom it names instead
	Others     []Other
}

// NewsLine is one thing before and after; where there is no before, After alone.
type NewsLine struct {
	Name          string
	Before, After Side
}

// Side is a text with its address; ICE says that this is at ICE.
type Side struct {
	Text, URL string
	ICE       bool
}

// Other is an agreement that links the same file.
type Other struct{ ID, AgencyID, Agency string }

// News says what happened to a document. x may be nil.
func (x *Index) News(l prose.Language, n roster.DocumentNews) *News {
	out := &News{Two: n.Event == roster.DocumentReplaced || n.Event == roster.DocumentMoved, FoundAt: n.FoundAt, Named: n.OtherAgency}
	from := n.FromURL
	if from == "" {
		from = n.URL
	}
	out.add(l.Say("page.change.document.at"), atICE(from), atICE(n.URL))
	before := n.BeforeSHA256
	if n.Event == roster.DocumentMoved {
		before = n.SHA256
	}
	out.add(l.Say("page.change.document.file"), x.file(before), x.file(n.SHA256))
	out.add(l.Say("page.change.document.pages"), count(n.PagesBefore), count(n.Pages))
	out.add(l.Say("doc.fact.machine"), count(n.MachineReadBefore), count(n.MachineRead))
	out.add(l.Say("page.documents.head.form"), x.form(l, n.FormBefore, before), x.form(l, n.Form, n.SHA256))
	if n.Event == roster.DocumentReplaced {
		out.Paragraphs = l.Say("page.change.document.not-compared")
		if n.Compared {
			out.Paragraphs = l.Say("page.change.document.paragraphs", "added", l.Thousands(n.Added), "removed", l.Thousands(n.Removed), "altered", l.Thousands(n.Altered))
		}
		if d := x.Document(n.SHA256); d != nil && x.Document(n.BeforeSHA256) != nil && n.Compared {
			out.Changed = URL(d.SHA256) + "#replaced"
		}
	}
	if n.Problem != "" {
		out.Problem = l.Say("page.documents.problem." + string(n.Problem))
	}
	for _, id := range n.OtherIDs {
		out.Others = append(out.Others, x.other(id))
	}
	return out
}

// add adds a line that has something to say.
func (n *News) add(name string, before, after Side) {
	if after.Text == "" && (!n.Two || before.Text == "") {
		return
	}
	n.Lines = append(n.Lines, NewsLine{name, before, after})
}

func atICE(url string) Side { return Side{url, prose.Link(url), true} }

func count(n int) Side {
	if n == 0 {
		return Side{}
	}
	return Side{Text: strconv.Itoa(n)}
}

// file is a document by the beginning of its hash.
func (x *Index) file(sha256 string) Side {
	if sha256 == "" {
		return Side{}
	}
	s := Side{Text: sha256[:min(12, len(sha256))]}
	if x.Document(sha256) != nil {
		s.URL = URL(sha256)
	}
	return s
}

// form is the form of a document by its name, or by its id where no more is known.
func (x *Index) form(l prose.Language, id, sha256 string) Side {
	if f, ok := x.Form(id); ok {
		return Side{Text: FormName(l, f.ID, f.Model, f.Revised), URL: FormURL(id)}
	}
	if d := x.Document(sha256); d != nil && d.Form == id {
		return Side{Text: FormName(l, d.Form, d.Model, d.Revised)}
	}
	return Side{Text: id}
}

func (x *Index) other(id string) Other {
	o := Other{ID: id}
	if x == nil {
		return o
	}
	if r := x.snap.Record(id); r != nil {
		o.AgencyID, o.Agency = r.Now().AgencyID, r.Now().Agency+" ("+string(r.Now().Model)+")"
	}
	return o
}
