package search

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/watch287g/watch287g/document"
)

const (
	longestPassage = 500     // bytes
	longestWord    = 48      // bytes
	longestPage    = 1 << 20 // bytes of one page's text that are indexed
	// broken stands in a passage for a hyphen at the end of a line, in a word that goes on in
	// the next one.
	broken = '\u00ad'
)

// textOf cuts the text of a document in passages. Phone numbers and mail addresses are taken
// out before.
func textOf(r document.Reading, stamp string) Text {
	t := Text{SHA256: r.SHA256, Stamp: stamp}
	for _, p := range r.Pages {
		page := TextPage{Number: p.Number, Machine: p.Machine}
		text := p.Text
		if len(text) > longestPage {
			text = strings.ToValidUTF8(text[:longestPage], "")
		}
		for _, passage := range passages(document.Mask(clean(text))) {
			passage = document.Mask(passage) // what stood in two lines
			if words := indexed(passage); len(words) > 0 {
				page.Passages = append(page.Passages, Passage{passage, words, alikeness(passage)})
			}
		}
		if len(page.Passages) > 0 {
			t.Pages = append(t.Pages, page)
		}
	}
	return t
}

// alikeness is the same number for texts that have the same letters and numbers in their
// order: scanners lose spaces and marks, and see others. Two numbers are not one.
func alikeness(text string) uint64 {
	hash := fnv.New64a()
	last, apart := ' ', false
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			apart = true
			continue
		}
		if apart && unicode.IsNumber(last) && unicode.IsNumber(r) {
			_, _ = hash.Write([]byte{' '})
		}
		_, _ = hash.Write([]byte(string(unicode.ToLower(r))))
		last, apart = r, false
	}
	return hash.Sum64() >> 11 // as many bits as numbers in JSON have everywhere
}

// clean takes out of a text what has no shape on paper.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == broken:
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == '\u2010' || r == '\u2011' || r == '\ufffe' || r == '\x02': // hyphens, and what readers of PDFs put for one
			return '-'
		case r == utf8.RuneError || !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
}

// passages cuts the text of a page: at empty lines, and where a sentence ends.
func passages(text string) (all []string) {
	var b strings.Builder
	end := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			all = append(all, s)
		}
		b.Reset()
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			end()
			continue
		}
		for j, word := range fields {
			if b.Len()+len(word) > longestPassage || b.Len() > 0 && beginsSentence(b.String(), word) {
				end()
			}
			last := j == len(fields)-1
			if head, ok := brokenOff(word); last && ok && i+1 < len(lines) && goesOn(lines[i+1]) {
				b.WriteString(head)
				b.WriteRune(broken)
				break
			}
			b.WriteString(strings.ReplaceAll(word, string(broken), ""))
			b.WriteByte(' ')
		}
	}
	end()
	return all
}

// brokenOff returns the beginning of a word that a hyphen breaks off.
func brokenOff(word string) (string, bool) {
	head := strings.TrimRight(word, "-"+string(broken))
	r, _ := utf8.DecodeLastRuneInString(head)
	return head, len(head) < len(word) && unicode.IsLetter(r)
}

// goesOn says whether a line goes on with a word of the one before.
func goesOn(line string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, " "))
	return unicode.IsLower(r)
}

// beginsSentence says whether a word begins a sentence after what is written before it.
func beginsSentence(before, word string) bool {
	before = strings.TrimRight(before, " ")
	r, _ := utf8.DecodeRuneInString(word)
	return len(before) >= 40 && !unicode.IsLower(r) && strings.ContainsRune(".;:?!", rune(before[len(before)-1]))
}

// token is a word where it stands in a text.
type token struct {
	from, to int // bytes
	word     string
}

// tokens returns the words of a text: letters and digits, in lower case, without accents.
func tokens(text string) (all []token) {
	from := -1
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == broken
		switch {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			all = appendToken(all, text, from, i)
			from = -1
		}
	}
	if from >= 0 {
		all = appendToken(all, text, from, len(text))
	}
	return all
}

func appendToken(all []token, text string, from, to int) []token {
	if w := folded(text[from:to]); w != "" {
		all = append(all, token{from, to, w})
	}
	return all
}

// folded writes a word as words are indexed.
func folded(word string) string {
	word = strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(word))
	if len(word) > longestWord {
		word = strings.ToValidUTF8(word[:longestWord], "")
	}
	return word
}

// wordsOf are the words of a text alone.
func wordsOf(text string) (all []string) {
	for _, t := range tokens(text) {
		all = append(all, t.word)
	}
	return all
}

// unmasked takes out what stands for numbers and addresses, which nobody looks for.
func unmasked(text string) string {
	return strings.NewReplacer(document.MaskedPhone, " ", document.MaskedMail, " ").Replace(text)
}

// indexed are the words by which a passage is found. A word that was broken at the end of a
// line counts as one, and its parts are there, too, at the end: its hyphen may be its own.
func indexed(text string) []string {
	text = unmasked(text)
	all := wordsOf(text)
	for _, field := range strings.Fields(text) {
		if strings.ContainsRune(field, broken) {
			all = append(all, wordsOf(strings.ReplaceAll(field, string(broken), "-"))...)
		}
	}
	return all
}

// shown is a passage as readers see it.
func shown(text string) string { return strings.ReplaceAll(text, string(broken), "-") }
