package document

import (
	"slices"
	"strings"
)

// legibility is how well the own text can be read, as far as it is the standard text.
type legibility struct {
	noisy  bool         // much is misread, so that more may be
	clean  bool         // nothing is misread: no scanner made it
	ruined map[int]bool // pages of which so much is misread that nothing can be said of them
}

// Parts of the words, as in one of so many, that are misread.
const (
	noisyShare  = 70  // in a bad scan
	cleanShare  = 450 // at most where no scanner was
	ruinedShare = 7   // on a page that cannot be compared
	leastRead   = 60  // words of a page that show it
)

// isMisread says whether words that are the same are not printed the same.
func (c *comparing) isMisread(m match) bool {
	return joinedPlain(c.a[m.a:m.aEnd]) != joinedPlain(c.b[m.b:m.bEnd])
}

// surelyOther says whether words that a scanner may misread for each other are two in fact: both
// texts are sure of theirs, and no letters that look alike are all that differs: "who" and "whom".
func (c *comparing) surelyOther(m match) bool {
	if !c.standard.Sure || !c.own.Sure || m.aEnd-m.a != 1 || m.bEnd-m.b != 1 {
		return false
	}
	return misreadCost(c.a[m.a].key, c.b[m.b].key, 2) >= 0.9
}

// measure finds how legible the own text is.
func (c *comparing) measure(matches []match) {
	type page struct{ read, bad int }
	pages := map[int]*page{}
	at := func(n int) *page {
		number := c.pageOf(n)
		if pages[number] == nil {
			pages[number] = &page{}
		}
		return pages[number]
	}
	misread, strange, last := 0, 0, 0
	for _, m := range append(matches, match{b: len(c.b), bEnd: len(c.b)}) {
		for n := last; n < m.b; n++ { // what is not the standard text counts where it is no text
			if at(n).read++; c.damagedWord(c.b[n]) {
				at(n).bad++
			}
		}
		last = m.bEnd
		if m.b == len(c.b) {
			break
		}
		at(m.b).read += m.bEnd - m.b
		if c.isMisread(m) {
			at(m.b).bad += m.bEnd - m.b
			misread++
			if c.a[m.a].key != c.b[m.b].key {
				strange++ // and not just "l" for "1", as some are printed
			}
		}
	}
	c.noisy, c.clean, c.ruined = noisyShare*misread > len(matches), cleanShare*strange <= len(matches), map[int]bool{}
	for number, p := range pages {
		if p.read >= leastRead && ruinedShare*p.bad > p.read {
			c.ruined[number] = true
		}
	}
}

func (c *comparing) pageOf(n int) int { return c.b[n].page }

// isNoise says whether a gap may be a scanner's, or a reader's of files, alone.
func (c *comparing) isNoise(i, k, j, l int) bool {
	lost, found := c.a[i:k], c.b[j:l]
	switch {
	case c.trifling(lost, found), c.inGarbled(lost, found, j):
		return true
	case mayBeUnread(len(lost), len(found)) && c.unreadAt(j, l):
		return true
	case len(lost) <= 2 && coded(c.b[j:]) > 0 && (len(found) == 0 || namesAlone(found[min(len(found), coded(found)):])): // "/($ and" for "LEA and"
		return true
	}
	return len(found) == 0 && c.lostLine(i, k, j) || len(lost) == 0 && namesAlone(found)
}

// coded counts the words at the beginning that are signs of a font that says nothing of them.
func coded(words []word) (n int) {
	for n < len(words) && len(words[n].raw)-len(strings.TrimLeft(words[n].raw, `!"#$%&'()*+,-./`)) >= 2 {
		n++
	}
	return n
}

// openGap is a gap that is no noise: words of the standard text, and those in their place.
type openGap struct{ i, k, j, l int }

// forgiveOrder takes for noise what is lost in one place of a paragraph and found in another:
// lines that a reader of the file has in another order.
func (c *comparing) forgiveOrder() {
	count := map[int]map[string]int{}
	words := map[int]int{}
	for _, g := range c.open {
		para := c.a[max(0, min(g.i, len(c.a)-1))].para
		if g.i == g.k && g.i > 0 {
			para = c.a[g.i-1].para
		}
		if count[para] == nil {
			count[para] = map[string]int{}
		}
		for _, w := range c.a[g.i:g.k] {
			count[para][w.key]++
			words[para]++
		}
		for _, w := range c.b[g.j:g.l] {
			count[para][w.key]--
			words[para]++
		}
	}
	for para, keys := range count {
		off := 0
		for _, n := range keys {
			off += max(n, -n)
		}
		if words[para] >= leastMoved && mostMoved*off <= words[para] {
			c.at[para].real, c.at[para].noise = false, true
		}
	}
}

// How many words show that a line is elsewhere, and which part of them, as in one of so many, may
// be misread.
const (
	leastMoved = 2 * leastLine
	mostMoved  = 10
)

// trifling says whether a gap is what scanners make of stamps, dirt and short words.
func (c *comparing) trifling(lost, found []word) bool {
	lostWords, foundWords := 0, 0
	for _, w := range lost {
		if !trifle(w) || weighty(w) {
			lostWords++
		}
	}
	for _, w := range found {
		if (weighty(w) || !trifle(w)) && !c.damagedWord(w) {
			foundWords++
		}
	}
	switch {
	case c.clean && foundWords == 0 && lostWords > 0 && len(found) > 0 && !slices.ContainsFunc(found, c.damagedWord):
		return false // "in" for "for"
	case foundWords == 0 && lostWords == 0, len(found) > 0 && c.words.misreadAll(lost, found), c.garbled(lost, found):
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
		if len(a) <= fewLetters && len(b) <= fewLetters && !containsWeighty(slices.Concat(lost, found)) && !c.words[b] {
			return true
		}
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

// fewLetters is a word of which nothing is left where two letters are misread.
const fewLetters = 4

// garbled says whether what was read is no text for the most part, about as long as what was
// lost.
func (c *comparing) garbled(lost, found []word) bool {
	bad, read, meant := 0, letters(found), letters(lost)
	known := false
	for _, w := range found {
		known = known || c.words[w.plain] && len(w.plain) > 2
		if c.damagedWord(w) || !wordlike(w) && !weighty(w) && len(w.plain) > 2 {
			bad += len(w.plain)
		}
	}
	switch {
	case read == 0, bad == 0, 2*bad < read && (known || !c.noisy):
		return false
	case len(lost) == 0:
		return bad == read || c.noisy && 2*bad >= read
	}
	return 2*read >= meant && 2*meant >= read || bad == read && len(lost) <= mostLine
}

// damagedWord says whether a word is none: it has signs, digits or capitals in its midst, or no
// vowel.
func (c *comparing) damagedWord(w word) bool {
	if damaged(w) || strings.HasPrefix(w.raw, ")") {
		return true
	}
	if isNumeral(w.plain) {
		return c.noisy && strings.Trim(w.plain, "01") == "" // "ll", "lo"
	}
	if c.words[w.plain] || w.field || slices.Contains(weightyWords, w.plain) {
		return false
	}
	return !wordlike(w) && len(w.plain) > 2 && !allUpper(strings.Trim(w.raw, `.,;:()"'`))
}

// inGarbled says whether words are lost or made where all around is garbled.
func (c *comparing) inGarbled(lost, found []word, j int) bool {
	if len(lost) > mostLine || c.sentence(found) > 1 || containsWeighty(found) {
		return false
	}
	bad := 0
	for n := max(0, j-nearGarbled); n < min(len(c.b), j+nearGarbled); n++ {
		if c.damagedWord(c.b[n]) {
			bad++
		}
	}
	return bad >= 3
}

// nearGarbled is how many words before and after a lost one show that it is garbled.
const nearGarbled = 6

// isLabel says whether words are only the number of a paragraph or a page.
func isLabel(words []word) bool {
	return len(words) == 1 && len(words[0].plain) <= 4 && strings.Trim(words[0].plain, "0123456789ivxl") == ""
}

// namesAlone says whether words are only names, or what belongs to one: what is filled in, which
// a reader of the file found elsewhere than it stands.
func namesAlone(words []word) bool {
	letters := 0
	for _, w := range words {
		if !nameLike(w) && w.plain != "of" && w.plain != "the" && w.plain != "and" {
			return false
		}
		if !isNumeral(w.plain) {
			letters++
		}
	}
	return len(words) > 0 && len(words) <= mostSlipped && 2*letters > len(words) && !containsWeighty(words)
}

// signing says whether a place of the standard text is where it is signed.
func (c *comparing) signing(i int) bool {
	if i == 0 {
		return false
	}
	text := c.standard.Paragraphs[c.a[i-1].para].Text
	return signed().lawful.MatchString(text[max(0, len(text)-80):])
}

// leastSentence is how many words of text, and not of names, titles and addresses, a clause has
// that stands among signatures.
const leastSentence = 6

// sentence counts words of text.
func (c *comparing) sentence(words []word) (n int) {
	for _, w := range words {
		if !nameLike(w) && !c.damagedWord(w) && len(w.plain) > 1 {
			n++
		}
	}
	return n
}
