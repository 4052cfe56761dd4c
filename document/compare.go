package document

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// How a paragraph of one text relates to another text.
const (
	Added   = "added"   // only the own text has it
	Missing = "missing" // only the standard text has it
	Altered = "altered" // both have it, in other words

	// Illegible is of a whole page: so much of it is misread that nothing is said of its text.
	Illegible = "illegible"
)

// Difference is one paragraph that a text and the standard text do not share.
type Difference struct {
	Op    string    `json:"op"`              // Added, Missing, Altered or Illegible
	Form  Paragraph `json:"form,omitzero"`   // as the standard text has it; zero where Op is Added
	Own   Paragraph `json:"own,omitzero"`    // as the text has it; zero where Op is Missing
	Noise bool      `json:"noise,omitempty"` // it may well be a scanner's misreading, or a line that it lost, alone
}

// Text is what was read of a document, or what a form says.
type Text struct {
	Paragraphs []Paragraph
	Unread     []int // pages that nobody read: what stands there is not among the paragraphs
	Sure       bool  // it is what many documents say: nothing in it is misread
}

// TextOf returns the text of a reading.
func TextOf(r Reading) Text { return Text{Paragraphs: Paragraphs(r), Unread: Unread(r)} }

// Compare returns where a text departs from a standard text, in the order of the standard
// text: its paragraphs that are missing or altered, and those that the text adds. How a text
// is broken into lines, paragraphs and pages, in which order its pages are, and what is filled
// in, is no difference. What is missing where a text has a page that nobody read can stand
// there, and what is added where the standard text has one: nothing is said of that.
func Compare(standard, own Text) []Difference {
	a := wordsOf(standard.Paragraphs)
	c := comparing{standard: standard, own: own, a: a, b: reordered(a, wordsOf(own.Paragraphs)), words: vocabularyOf(a), at: make([]paragraphState, len(standard.Paragraphs))}
	return withoutMoved(c.compare())
}

// Unread returns the pages of a reading that nobody read: what they say is less than a page of
// an agreement says, such as a stamp.
func Unread(r Reading) (pages []int) {
	for _, p := range r.Pages {
		if !p.Machine && len(strings.Fields(p.Text)) < fewOnPage {
			pages = append(pages, p.Number)
		}
	}
	return pages
}

// fewOnPage is fewer words than the shortest page of an agreement has, which are 29, and more
// than what is stamped or typed on a picture of one.
const fewOnPage = 20

// Unlikeness returns which share of the words of two texts is not in the other one, from 0 to
// 1, without names, numbers and what a scanner misreads: texts of one form have few such
// words, whatever was filled in.
func Unlikeness(x, y []Paragraph) float64 {
	u := unlikeness(x, y)
	if u > SurelyLike { // a bad scan is better read by a good one than the other way round
		u = min(u, unlikeness(y, x))
	}
	return u
}

// SurelyLike is an unlikeness below which two texts are of one form, whichever is the better: two
// forms are more than twice that from each other.
const SurelyLike = 0.015

func unlikeness(x, y []Paragraph) float64 {
	a := wordsOf(x)
	b := reordered(a, wordsOf(y))
	c := comparing{a: a, b: b, words: vocabularyOf(a)}
	other, i, j := 0, 0, 0
	count := func(k, l int) {
		if !c.trifling(a[i:k], b[j:l]) {
			for _, w := range slices.Concat(a[i:k], b[j:l]) {
				if !nameLike(w) && !trifle(w) {
					other++
				}
			}
		}
	}
	for _, m := range aligned(a, b, c.words) {
		count(m.a, m.b)
		i, j = m.aEnd, m.bEnd
	}
	count(len(a), len(b))
	return float64(other) / float64(max(1, len(a)+len(b)))
}

// compare aligns the texts and judges what lies between what they share.
func (c *comparing) compare() []Difference {
	for _, w := range c.a {
		if !w.field {
			c.at[w.para].words++
		}
	}
	matches := aligned(c.a, c.b, c.words)
	slide(matches, c.a, c.b)
	c.measure(matches)
	i, j := 0, 0
	for _, m := range matches {
		c.gap(i, m.a, j, m.b)
		for n := m.a; n < m.aEnd; n++ {
			s := &c.at[c.a[n].para]
			s.same++
			s.reach(m.b, m.bEnd)
			s.noise = s.noise || c.isMisread(m)
			s.real = s.real || c.surelyOther(m)
		}
		i, j = m.aEnd, m.bEnd
	}
	c.gap(i, len(c.a), j, len(c.b))
	c.forgiveOrder()
	return c.differences()
}

// comparing is one comparison of two texts.
type comparing struct {
	standard, own Text
	a, b          []word // of both, the second in the order of the first
	words         vocabulary
	at            []paragraphState // by paragraph of the standard text
	added         []addition
	open          []openGap // those that are no noise, of which paragraphs are altered
	legibility
}

// paragraphState is what was found of one paragraph of the standard text.
type paragraphState struct {
	words, same int  // its words, and how many of them the other text has
	from, to    int  // the stretch of the other text that it stands for
	real, noise bool // whether anything is otherwise, and whether a scanner misread something
}

// reach takes words of the other text into the stretch.
func (s *paragraphState) reach(from, to int) {
	if s.to == 0 {
		s.from, s.to = from, to
		return
	}
	s.from, s.to = min(s.from, from), max(s.to, to)
}

// addition is a stretch of the other text that the standard text does not have, and the
// paragraph before which it stands.
type addition struct {
	before   int
	from, to int
	noise    bool
}

// gap judges what is between two matches: words of the standard text that are not in the other
// one, and words in their place.
func (c *comparing) gap(i, k, j, l int) {
	lost, found := c.a[i:k], c.b[j:l]
	if len(lost)+len(found) == 0 {
		return
	}
	switch {
	case c.filledIn(i, k, lost, found):
		for _, w := range lost {
			if len(found) > 0 {
				c.at[w.para].reach(j, l)
			}
		}
	case len(found) > 0 && c.between(i, k) && !c.trifling(lost, found):
		c.addBetween(i, lost, j, l)
	default:
		noise := c.isNoise(i, k, j, l)
		if !noise {
			c.open = append(c.open, openGap{i, k, j, l})
		}
		c.note(i, k, j, l, noise)
	}
}

// note marks the paragraphs that a gap is in.
func (c *comparing) note(i, k, j, l int, noise bool) {
	mark := func(para int) {
		s := &c.at[para]
		s.real, s.noise = s.real || !noise, s.noise || noise
		if j < l {
			s.reach(j, l)
		}
	}
	if i == k {
		mark(c.a[max(0, min(i, len(c.a))-1)].para)
	}
	for n := i; n < k; n++ {
		if !c.a[n].field {
			mark(c.a[n].para)
		}
	}
}

// between says whether what is found between two words of the standard text stands between
// paragraphs of it, and the words that are lost, if any, are whole paragraphs.
func (c *comparing) between(i, k int) bool {
	starts := i == 0 || i == len(c.a) || c.a[i-1].para != c.a[i].para
	ends := k == 0 || k == len(c.a) || c.a[k-1].para != c.a[k].para
	return len(c.a) > 0 && starts && ends
}

// addBetween notes words that were added between paragraphs, and paragraphs that are lost
// there: one that takes the place of another one alters it.
func (c *comparing) addBetween(i int, lost []word, j, l int) {
	paras := map[int]bool{}
	for _, w := range lost {
		paras[w.para] = true
	}
	if len(paras) == 1 && c.shareWords(lost, c.b[j:l]) {
		c.note(i, i+len(lost), j, l, false)
		return
	}
	for p := range paras {
		c.at[p].real = true
	}
	before := len(c.standard.Paragraphs)
	if i < len(c.a) {
		before = c.a[i].para
	}
	for from := j; from < l; {
		to := from + 1
		for to < l && c.b[to].para == c.b[from].para {
			to++
		}
		noise := c.trifling(nil, c.b[from:to]) || isLabel(c.b[from:to]) || c.signing(i) && c.sentence(c.b[from:to]) < leastSentence || namesAlone(c.b[from:to])
		c.added = append(c.added, addition{before: before, from: from, to: to, noise: noise})
		from = to
	}
}

// shareWords says whether a third of some words are among others.
func (c *comparing) shareWords(lost, found []word) bool {
	have := map[string]bool{}
	for _, w := range found {
		have[w.key] = true
	}
	n := 0
	for _, w := range lost {
		if have[w.key] && !trifle(w) {
			n++
		}
	}
	return 3*n >= len(lost)
}

// What a field holds at most, and what can have slipped out of one into the text around it.
const (
	mostFilled  = 45
	mostSlipped = 10
	mostAround  = 30 // of names and numbers
	slipReach   = 24
)

// filledIn says whether a gap is only what was filled in.
func (c *comparing) filledIn(i, k int, lost, found []word) bool {
	fields, rest := 0, 0
	for _, w := range lost {
		switch {
		case w.field:
			fields++
		case !trifle(w):
			rest++
		}
	}
	if fields > 0 {
		return len(found) <= mostFilled*fields && rest <= fields
	}
	if len(lost) > 0 || containsWeighty(found) || len(found) > mostSlipped && (len(found) > mostAround || !looksFilled(found)) {
		return false
	}
	for n := max(0, i-slipReach); n < min(len(c.a), k+slipReach); n++ {
		if c.a[n].field {
			return true
		}
	}
	return false
}

func containsWeighty(words []word) bool {
	for _, w := range words {
		if weighty(w) && !isNumeral(w.plain) {
			return true
		}
	}
	return false
}

// resembles says whether what the other text has for a paragraph of the standard text is that
// paragraph, however much of it is otherwise.
func (c *comparing) resembles(p int, s paragraphState) bool {
	if s.from >= s.to {
		return false
	}
	var words []word
	for _, w := range c.a {
		if w.para == p && !w.field {
			words = append(words, w)
		}
	}
	return c.shareWords(words, c.b[s.from:s.to])
}

// differences gathers what was found. Of a page that cannot be compared, it says only that.
func (c *comparing) differences() []Difference {
	var all []Difference
	next, at := 0, 0
	flush := func(before int) {
		for ; next < len(c.added) && c.added[next].before <= before; next++ {
			x := c.added[next]
			if c.unreadBefore(x.before) || c.ruined[c.pageOf(x.from)] {
				continue
			}
			all = append(all, Difference{Op: Added, Own: c.stretch(x.from, x.to), Noise: x.noise})
		}
	}
	for p, s := range c.at {
		flush(p)
		before := at
		if s.from < s.to {
			at = s.to - 1
		}
		ruined := len(c.b) > 0 && c.ruined[c.pageOf((max(s.from, before)+at)/2)]
		switch {
		case s.words == 0 || !s.real && !s.noise || ruined:
		case 4*s.same < s.words && !c.resembles(p, s):
			if c.unreadAt(before+1, c.nextAfter(p)) {
				continue
			}
			title := s.words <= 8 && (isHeading(c.standard.Paragraphs[p]) || mostlyCapitals(c.standard.Paragraphs[p].Text))
			all = append(all, Difference{Op: Missing, Form: c.standard.Paragraphs[p], Noise: title})
		default:
			all = append(all, Difference{Op: Altered, Form: c.standard.Paragraphs[p], Own: c.stretch(s.from, s.to), Noise: !s.real})
		}
	}
	flush(len(c.standard.Paragraphs))
	for _, page := range slices.Sorted(maps.Keys(c.ruined)) {
		all = append(all, Difference{Op: Illegible, Own: Paragraph{Page: page}, Noise: true})
	}
	return all
}

// nextAfter returns where the own text goes on after a paragraph of the standard text.
func (c *comparing) nextAfter(p int) int {
	for _, s := range c.at[p+1:] {
		if s.from < s.to {
			return s.from
		}
	}
	return len(c.b)
}

// unreadAt says whether a page that nobody read lies where some words of the own text are, from
// the page of the word before them to that of the word behind.
func (c *comparing) unreadAt(j, l int) bool {
	if len(c.own.Unread) == 0 {
		return false
	}
	from, to := 0, 1<<30
	if j > 0 && j <= len(c.b) {
		from = c.pageOf(j - 1)
	}
	if l < len(c.b) {
		to = c.pageOf(l)
	}
	moved := !slices.IsSortedFunc(c.b, func(a, b word) int { return cmp.Compare(a.page, b.page) })
	return moved || anyBetween(c.own.Unread, from, to)
}

// unreadBefore says whether the standard text has such a page before a paragraph.
func (c *comparing) unreadBefore(p int) bool {
	from, to := 0, 1<<30
	if p > 0 {
		from = c.standard.Paragraphs[p-1].Page
	}
	if p < len(c.standard.Paragraphs) {
		to = c.standard.Paragraphs[p].Page
	}
	return anyBetween(c.standard.Unread, from, to)
}

// anyBetween says whether one of some pages lies between two others; these are in no order where
// a document is not, and then any of them may.
func anyBetween(pages []int, from, to int) bool {
	return slices.ContainsFunc(pages, func(n int) bool { return from > to || from <= n && n <= to })
}

// mayBeUnread says whether so many words are lost, and so few found in their place, that they
// may stand on a page that nobody read.
func mayBeUnread(lost, found int) bool { return lost >= 8 && 3*found < lost }

// stretch returns some words of the own text as one paragraph.
func (c *comparing) stretch(from, to int) Paragraph {
	if from >= to {
		return Paragraph{}
	}
	first := c.b[from]
	p := Paragraph{Page: first.page}
	if first.at == 0 {
		p.Label = c.own.Paragraphs[first.para].Label
	}
	var text []string
	for n := from; n < to; {
		m := n
		for m+1 < to && c.b[m+1].para == c.b[n].para && c.b[m+1].at > c.b[m].at {
			m++
		}
		whole := strings.Fields(c.own.Paragraphs[c.b[n].para].Text)
		text = append(text, whole[c.b[n].at:c.b[m].at+1]...)
		n = m + 1
	}
	p.Text = strings.Join(text, " ")
	return p
}

// withoutMoved leaves out what is missing in one place and added in another.
func withoutMoved(all []Difference) []Difference {
	gone := map[int]bool{}
	for i, d := range all {
		if d.Op != Missing {
			continue
		}
		for j, e := range all {
			if e.Op == Added && !gone[j] && near(skeleton(compact(d.Form.Text)), skeleton(compact(e.Own.Text)), len(compact(d.Form.Text))/20) {
				gone[i], gone[j] = true, true
				break
			}
		}
	}
	var kept []Difference
	for i, d := range all {
		if !gone[i] {
			kept = append(kept, d)
		}
	}
	return kept
}
