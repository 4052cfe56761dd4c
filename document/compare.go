package document

import (
	"slices"
	"strings"
)

// How a paragraph of one text relates to another text.
const (
	Added   = "added"   // only the own text has it
	Missing = "missing" // only the standard text has it
	Altered = "altered" // both have it, in other words
)

// Difference is one paragraph that a text and the standard text do not share.
type Difference struct {
	Op    string    `json:"op"`              // Added, Missing or Altered
	Form  Paragraph `json:"form,omitzero"`   // as the standard text has it; zero where Op is Added
	Own   Paragraph `json:"own,omitzero"`    // as the text has it; zero where Op is Missing
	Noise bool      `json:"noise,omitempty"` // it may well be a scanner's misreading, or a line that it lost, alone
}

// Compare returns where a text departs from a standard text, in the order of the standard
// text: its paragraphs that are missing or altered, and those that the text adds. How a text
// is broken into lines, paragraphs and pages, in which order its pages are, and what is filled
// in, is no difference. Both come from Paragraphs, or the first from Standard.
func Compare(standard, own []Paragraph) []Difference {
	return compare(standard, own, false)
}

// Departures returns where what was read departs from a form's standard text. Of a reading
// with pages that nobody read, it says nothing of what is missing: that can stand there.
func Departures(standard []Paragraph, r Reading) []Difference {
	return compare(standard, Paragraphs(r), Unread(r) > 0)
}

// Unread counts the pages of a reading that nobody read: what they say is less than a page of
// an agreement says, such as a stamp.
func Unread(r Reading) int {
	n := 0
	for _, p := range r.Pages {
		if !p.Machine && len(strings.Fields(p.Text)) < fewOnPage {
			n++
		}
	}
	return n
}

// fewOnPage is fewer words than the shortest page of an agreement has, which are 29, and more
// than what is stamped or typed on a picture of one.
const fewOnPage = 20

// Unlikeness returns which share of the words of two texts is not in the other one, from 0 to
// 1, without names, numbers and what a scanner misreads: texts of one form have few such
// words, whatever was filled in.
func Unlikeness(x, y []Paragraph) float64 {
	u := unlikeness(x, y)
	if u > surelyLike { // a bad scan is better read by a good one than the other way round
		u = min(u, unlikeness(y, x))
	}
	return u
}

// surelyLike is an unlikeness below which two texts are of one form, whichever is the better.
const surelyLike = 0.01

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

func compare(standard, own []Paragraph, partial bool) []Difference {
	a := wordsOf(standard)
	c := comparing{partial: partial, standard: standard, own: own, a: a, b: reordered(a, wordsOf(own)), words: vocabularyOf(a), at: make([]paragraphState, len(standard))}
	for _, w := range a {
		if !w.field {
			c.at[w.para].words++
		}
	}
	matches := aligned(a, c.b, c.words)
	slide(matches, a, c.b)
	misread := 0
	for _, m := range matches {
		if joinedPlain(a[m.a:m.aEnd]) != joinedPlain(c.b[m.b:m.bEnd]) {
			misread++
		}
	}
	c.noisy = noisyShare*misread > len(matches)
	i, j := 0, 0
	for _, m := range matches {
		c.gap(i, m.a, j, m.b)
		for n := m.a; n < m.aEnd; n++ {
			s := &c.at[a[n].para]
			s.same++
			s.reach(m.b, m.bEnd)
			s.noise = s.noise || joinedPlain(a[m.a:m.aEnd]) != joinedPlain(c.b[m.b:m.bEnd])
		}
		i, j = m.aEnd, m.bEnd
	}
	c.gap(i, len(a), j, len(c.b))
	return withoutMoved(c.differences())
}

// comparing is one comparison of two texts.
type comparing struct {
	standard, own []Paragraph
	a, b          []word // of both, the second in the order of the first
	words         vocabulary
	at            []paragraphState // by paragraph of the standard text
	added         []addition
	partial       bool // not all pages of the other text were read
	noisy         bool // much of it is misread, so that more may be
}

// noisyShare is the part of words, as in one of so many, that is misread in a bad scan.
const noisyShare = 70

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
		noise := c.trifling(lost, found) || c.partial && len(lost) >= 8 && 3*len(found) < len(lost) || len(found) == 0 && (c.lostLine(i, k, j) || c.hidden(lost, j))
		c.note(i, k, j, l, noise)
	}
}

// hidden says whether a word that is lost stands in the next one as signs of a font that says
// nothing of them: "/($and" for "LEA and".
func (c *comparing) hidden(lost []word, j int) bool {
	if len(lost) > 2 || j >= len(c.b) {
		return false
	}
	raw := c.b[j].raw
	return len(raw)-len(strings.TrimLeft(raw, `!"#$%&'()*+,-./`)) >= 2
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
	before := len(c.standard)
	if i < len(c.a) {
		before = c.a[i].para
	}
	for from := j; from < l; {
		to := from + 1
		for to < l && c.b[to].para == c.b[from].para {
			to++
		}
		c.added = append(c.added, addition{before: before, from: from, to: to, noise: c.trifling(nil, c.b[from:to])})
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

// trifling says whether a gap is what scanners make of stamps, dirt and short words.
func (c *comparing) trifling(lost, found []word) bool {
	lostWords, foundWords := 0, 0
	for _, w := range lost {
		if !trifle(w) || weighty(w) {
			lostWords++
		}
	}
	for _, w := range found {
		if weighty(w) || !trifle(w) {
			foundWords++
		}
	}
	switch {
	case foundWords == 0 && lostWords == 0, len(found) > 0 && c.words.misreadAll(lost, found):
		return true
	case len(lost) == 0 && len(found) == 1 && found[0].at == 0 && isNumeral(found[0].plain): // a label
		return true
	case foundWords == 0 && len(found) > 0: // garbled
		room := 1
		for _, w := range found {
			room += max(2, len(w.plain)/4)
		}
		return lostWords <= room && lostWords <= 16
	case c.noisy && len(found) == 0:
		return lostWords == 1 && !containsWeighty(lost)
	case c.noisy && len(lost) > 0 && len(lost) <= 2 && len(found) <= 2: // no word of the form, and most of its letters
		a, b := joinedPlain(lost), joinedPlain(found)
		return !c.words[b] && !containsWeighty(lost) && misreadCost(a, b, 0.6*float64(len(a))) <= 0.6*float64(len(a))
	}
	return false
}

// What a scanner loses at once: less than two lines.
const (
	leastLine = 4
	mostLine  = 26
)

// lostLine says whether the words that are lost can be a line: the next one begins a line,
// and they are not just whole sentences.
func (c *comparing) lostLine(i, k, j int) bool {
	if k-i < leastLine || k-i > mostLine || j >= len(c.b) || !c.b[j].begins {
		return false
	}
	sentence := i > 0 && c.a[i-1].ends && c.a[k-1].ends
	return !sentence && c.a[i].para == c.a[k-1].para
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

// differences gathers what was found.
func (c *comparing) differences() []Difference {
	var all []Difference
	next := 0
	flush := func(before int) {
		for ; next < len(c.added) && c.added[next].before <= before; next++ {
			x := c.added[next]
			all = append(all, Difference{Op: Added, Own: c.stretch(x.from, x.to), Noise: x.noise})
		}
	}
	for p, s := range c.at {
		flush(p)
		switch {
		case s.words == 0 || !s.real && !s.noise:
		case 4*s.same < s.words && !c.resembles(p, s):
			if c.partial {
				continue
			}
			title := s.words <= 8 && (isHeading(c.standard[p]) || mostlyCapitals(c.standard[p].Text))
			all = append(all, Difference{Op: Missing, Form: c.standard[p], Noise: title})
		default:
			all = append(all, Difference{Op: Altered, Form: c.standard[p], Own: c.stretch(s.from, s.to), Noise: !s.real})
		}
	}
	flush(len(c.standard))
	return all
}

// stretch returns some words of the own text as one paragraph.
func (c *comparing) stretch(from, to int) Paragraph {
	if from >= to {
		return Paragraph{}
	}
	first := c.b[from]
	p := Paragraph{Page: c.own[first.para].Page}
	if first.at == 0 {
		p.Label = c.own[first.para].Label
	}
	var text []string
	for n := from; n < to; {
		m := n
		for m+1 < to && c.b[m+1].para == c.b[n].para && c.b[m+1].at > c.b[m].at {
			m++
		}
		whole := strings.Fields(c.own[c.b[n].para].Text)
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
