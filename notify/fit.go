package notify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
)

// screenful is how many lines a message has at most where it is read between others: as
// many as fit on one screen.
const screenful = 40

// most is how many lines of each part of a page are shown.
type most struct {
	ends, notes, inState int
	// inline puts the agencies of a state behind its title, on one line; runIn counts the
	// changes of all states in one paragraph.
	inline, runIn bool
}

// forms are what a page can be cut to, from the most that is shown to the least.
func forms() []most {
	var all []most
	for _, n := range []int{15, 12, 10, 8, 7, 6, 5} {
		all = append(all, most{ends: 12, notes: 6, inState: n})
	}
	for _, n := range []int{12, 10, 8, 6, 5, 4, 3, 2, 1} {
		all = append(all, most{ends: 8, notes: 5, inState: n, inline: true})
	}
	for _, n := range []int{3, 2, 1} {
		all = append(all, most{ends: 5, notes: 3, inState: n, inline: true})
	}
	for _, n := range []int{12, 8, 5, 3, 1, 0} {
		all = append(all, most{ends: n, notes: n, runIn: true})
	}
	return all
}

// fitting is the page with as much of it as fits: all, or of each part the first lines, with
// how many more there are and a link to them. Every state is named as long as there is room
// for that. ok is false where not even the least of it fits.
func (p Page) fitting(fits func(Page) bool) (fitted Page, ok bool) {
	if fits(p) {
		return p, true
	}
	for _, m := range forms() {
		if fitted = p.cut(m); fits(fitted) {
			return fitted, true
		}
	}
	return fitted, false
}

// rowWidth is how many characters a row of a screen holds, about: Slack's are as wide, a
// phone's half as wide.
const rowWidth = 90

// lines counts the rows of a screen that the page takes, without those that are empty.
func (p Page) lines() int {
	n := 0
	for _, l := range p.textLines(false) {
		for text := range strings.Lines(l.text) {
			if _, address, has := strings.Cut(text, ": http"); has { // behind words elsewhere
				text = strings.TrimSuffix(text, address)
			}
			n += 1 + (utf8.RuneCountInString(text)-1)/rowWidth
		}
	}
	return n
}

// cut leaves so many lines of each part, without the documents of agreements, and what else
// agencies hold: their pages have both.
func (p Page) cut(m most) Page {
	p.Ends = p.Ends.cut(m.ends)
	p.Notes, p.NotesLeft = atMost(p.Notes, m.notes)
	sections := make([]Section, len(p.Sections))
	for i, s := range p.Sections {
		sections[i] = s.cut(m.inState)
		sections[i].Inline = m.inline
	}
	p.Sections, p.RunIn = sections, m.runIn
	p.Evidence = p.referred()
	return p
}

// unreferred is how many lists are named at most where no line refers to one.
const unreferred = 3

// referred are the lists that lines of the page refer to, or the last where none does: the
// page of all changes has the evidence for each.
func (p Page) referred() []Evidence {
	by := map[string]bool{}
	for _, n := range p.Notes {
		by[n.Evidence] = true
	}
	for _, s := range append(p.listed(), p.Ends) {
		for _, l := range s.Lines {
			by[l.Evidence] = by[l.Evidence] || !s.Inline
		}
	}
	kept := slices.DeleteFunc(slices.Clone(p.Evidence), func(e Evidence) bool { return !by[e.URL] })
	if len(kept) == 0 {
		return p.Evidence[max(0, len(p.Evidence)-unreferred):]
	}
	return kept
}

func (s Section) cut(n int) Section {
	s.Lines, s.Left = atMost(s.Lines, n)
	lines := make([]Line, len(s.Lines))
	for i, l := range s.Lines {
		l.MOA, l.Detail = prose.Document{}, l.Brief
		lines[i] = l
	}
	s.Lines = lines
	return s
}

// atMost leaves the first n, or one more where saying so would take its line.
func atMost[T any](all []T, n int) (first []T, left int) {
	if n > 0 && len(all) == n+1 {
		n++
	}
	n = min(n, len(all))
	return all[:n:n], len(all) - n
}

// left is how many changes are not shown.
func (p Page) left() int {
	n := p.Ends.Left + p.NotesLeft
	for _, s := range p.Sections {
		n += s.Left
	}
	return n
}
