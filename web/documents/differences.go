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
	Poor  []textLink   // pages that are misread so much that nothing is said of them
}

// textLink leads to a page of a text.
type textLink struct {
	Page int
	URL  string // "" where there is none
}

func newTextLink(page int, where func(page int) string) textLink {
	if where == nil {
		return textLink{Page: page}
	}
	return textLink{page, where(page)}
}

// difference is one paragraph.
type difference struct {
	Op        string // added, missing, altered
	Label     string
	Page      int    // on which it is, or would be; 0 where that is not known
	URL       string // of that page of the document
	Form, Own []piece
}

// piece is a part of a paragraph that the other one has, too, or that is its own.
type piece struct {
	Text string
	Own  bool
}

// newDifferences are those of a document's text; where is the address of one of its pages,
// nil where there is none.
func newDifferences(all []document.Difference, where func(page int) string) *differences {
	out := &differences{}
	for _, d := range all {
		if d.Op == document.Illegible {
			out.Poor = append(out.Poor, newTextLink(d.Own.Page, where))
			continue
		}
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
	out.Form, out.Own = pieces(strings.Fields(form.Text), strings.Fields(own.Text))
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

// mostEdits is how many words two paragraphs may have of their own and be taken apart word by
// word. Of those that have more, all between their common ends is their own.
const mostEdits = 60

// pieces takes two paragraphs apart by their words.
func pieces(form, own []string) (a, b []piece) {
	begin := 0
	for begin < len(form) && begin < len(own) && form[begin] == own[begin] {
		begin++
	}
	end := 0
	for end < len(form)-begin && end < len(own)-begin && form[len(form)-1-end] == own[len(own)-1-end] {
		end++
	}
	x, y := form[begin:len(form)-end], own[begin:len(own)-end]
	commonX, commonY := common(x, y)
	forgive(x, commonX, commonY)
	a = append(a, piece{strings.Join(form[:begin], " "), false})
	b = append(b, piece{strings.Join(own[:begin], " "), false})
	a, b = append(a, runs(x, commonX)...), append(b, runs(y, commonY)...)
	a = append(a, piece{strings.Join(form[len(form)-end:], " "), false})
	b = append(b, piece{strings.Join(own[len(own)-end:], " "), false})
	return filled(a), filled(b)
}

// filled leaves out pieces without words.
func filled(all []piece) (out []piece) {
	for _, p := range all {
		if p.Text != "" {
			out = append(out, p)
		}
	}
	return out
}

// runs puts words side by side that are common, or that are not.
func runs(words []string, common []bool) (all []piece) {
	for i, w := range words {
		if n := len(all); n > 0 && all[n-1].Own == !common[i] {
			all[n-1].Text += " " + w
		} else {
			all = append(all, piece{w, !common[i]})
		}
	}
	return all
}

// common says which words of two lists are in both, in the same order, by the shortest way
// from one to the other (Myers, 1986); none where that has more than mostEdits steps.
func common(x, y []string) (inX, inY []bool) {
	inX, inY = make([]bool, len(x)), make([]bool, len(y))
	far := map[int]int{1: 0} // how far in x each diagonal leads
	var steps []map[int]int
	for d := 0; d <= min(mostEdits, len(x)+len(y)); d++ {
		now := map[int]int{}
		for k := -d; k <= d; k += 2 {
			i := far[k-1] + 1
			if k == -d || k != d && far[k-1] < far[k+1] {
				i = far[k+1]
			}
			for i < len(x) && i-k < len(y) && x[i] == y[i-k] {
				i++
			}
			if now[k] = i; i >= len(x) && i-k >= len(y) {
				backtrack(steps, len(x), len(y), inX, inY)
				return inX, inY
			}
		}
		steps, far = append(steps, now), now
	}
	return inX, inY
}

// forgive marks as common what a form leaves open ("____") and what stands there instead.
func forgive(x []string, inX, inY []bool) {
	for i, j := 0, 0; i < len(inX) || j < len(inY); i, j = i+1, j+1 {
		beginX, beginY, open := i, j, true
		for ; i < len(inX) && !inX[i]; i++ {
			open = open && strings.Contains(x[i], "____")
		}
		for j < len(inY) && !inY[j] {
			j++
		}
		if open && i > beginX {
			for k := beginX; k < i; k++ {
				inX[k] = true
			}
			for k := beginY; k < j; k++ {
				inY[k] = true
			}
		}
	}
}

// backtrack marks the words that are common on the way that was found.
func backtrack(steps []map[int]int, i, j int, inX, inY []bool) {
	for d := len(steps); d > 0; d-- {
		far, k := steps[d-1], i-j
		from, after := k-1, far[k-1]+1 // a word of x alone, behind which is what both have
		if k == -d || k != d && far[k-1] < far[k+1] {
			from, after = k+1, far[k+1] // a word of y alone
		}
		for i > after {
			i, j = i-1, j-1
			inX[i], inY[j] = true, true
		}
		i = far[from]
		j = i - from
	}
	for i > 0 && j > 0 {
		i, j = i-1, j-1
		inX[i], inY[j] = true, true
	}
}
