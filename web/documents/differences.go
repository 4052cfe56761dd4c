package documents

import (
	"strings"

	"github.com/watch287g/watch287g/document"
)

// differences are how one text differs from another, as a page shows it.
type differences struct {
	All   []difference
	Noise []difference // what only a scanner misreads
	More  int          // that are not shown
}

// difference is one paragraph. Of one that was altered, the sides have in their middle what
// they do not have in common.
type difference struct {
	Op        string // added, missing, altered
	Label     string
	Page      int    // on which it is, or would be; 0 where that is not known
	URL       string // of that page of the document
	Form, Own side
}

// side is a paragraph: what it has in common with the other one is at its ends.
type side struct{ Begin, Middle, End string }

// newDifferences are those of a document's text; where is the address of one of its pages,
// nil where there is none.
func newDifferences(all []document.Difference, where func(page int) string) *differences {
	out := &differences{}
	for _, d := range all {
		if len(out.All)+len(out.Noise) == mostDiffs {
			out.More++
			continue
		}
		shown := newDifference(d, where)
		if d.Noise {
			out.Noise = append(out.Noise, shown)
		} else {
			out.All = append(out.All, shown)
		}
	}
	return out
}

func newDifference(d document.Difference, where func(page int) string) difference {
	form, own := shown(d.Form), shown(d.Own)
	out := difference{Op: d.Op, Label: own.Label, Page: own.Page}
	if out.Label == "" {
		out.Label = form.Label
	}
	out.Form, out.Own = sides(form.Text, own.Text)
	if where != nil && d.Own.Page > 0 {
		out.URL = where(out.Page)
	}
	return out
}

// shown is a paragraph as it may be shown.
func shown(p document.Paragraph) document.Paragraph {
	p.Text = strings.Join(strings.Fields(document.Mask(clean(shortened(p.Text, longestInDiff)))), " ")
	p.Label = clean(p.Label)
	return p
}

// sides takes off two paragraphs the words that they begin and end with alike.
func sides(a, b string) (form, own side) {
	x, y := strings.Fields(a), strings.Fields(b)
	begin := 0
	for begin < len(x) && begin < len(y) && x[begin] == y[begin] {
		begin++
	}
	end := 0
	for end < len(x)-begin && end < len(y)-begin && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	cut := func(words []string) side {
		return side{strings.Join(words[:begin], " "), strings.Join(words[begin:len(words)-end], " "), strings.Join(words[len(words)-end:], " ")}
	}
	return cut(x), cut(y)
}
