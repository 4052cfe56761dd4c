package document

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// field stands in a standard text for what is filled in.
const field = "____"

// word is one word of a text as it is compared.
type word struct {
	raw    string
	plain  string // its letters and digits in lowercase
	key    string // plain, with characters that scanners confuse made one: equal for words that read alike
	para   int    // which paragraph it is in
	at     int    // and which word there
	page   int
	sum    uint64 // equal for equal keys, in one process
	begins bool   // it begins a line
	ends   bool   // it ends a sentence
	field  bool
}

// wordsOf returns the words of a text, without signatures, which are nobody's wording, and
// without what is attached to it.
func wordsOf(paragraphs []Paragraph) []word {
	var words []word
	signing := false
	short := shortNameOf(paragraphs)
	for i, p := range paragraphs {
		if i > 0 && p.Label == "" && mostlyCapitals(p.Text) && attaches(compact(p.Text)) {
			break
		}
		if signing && isHeading(p) {
			signing = false
		}
		if signing {
			continue
		}
		begins, turns, page := []rune(p.begins), []rune(p.turns), p.Page
		for n, raw := range strings.Fields(p.Text) {
			line := n == 0
			if len(begins) > 0 && int(begins[0]) == n {
				line, begins = true, begins[1:]
			}
			if len(turns) > 0 && int(turns[0]) == n {
				page, turns = page+1, turns[1:]
			}
			w := word{raw: raw, para: i, at: n, page: page, begins: line, ends: strings.ContainsAny(raw[len(raw)-1:], ".;:")}
			if strings.Contains(raw, "___") || short != "" && strings.HasPrefix(strings.TrimLeft(raw, "("), short) && len(raw) < len(short)+4 {
				w.field, w.key = true, field
			} else if w.plain = compact(raw); w.plain == "" && len(raw) < 3 {
				continue
			} else {
				w.key = cmp.Or(skeleton(w.plain), raw) // signs alone: letters of a font that says nothing of them
			}
			if w.field && len(words) > 0 && words[len(words)-1].field && words[len(words)-1].para == i {
				continue
			}
			w.sum = maphash.String(keySeed(), w.key)
			words = append(words, w)
		}
		signing = signing || signed().lawful.MatchString(p.Text[max(0, len(p.Text)-80):])
	}
	return words
}

// shortNameOf returns the initials by which a text calls its agency, as in "Baker County
// Sheriff's Office (BCSO)"; "" where it has none. They are filled in wherever they stand.
func shortNameOf(paragraphs []Paragraph) string {
	for _, p := range paragraphs[:min(len(paragraphs), 8)] {
		fields := strings.Fields(p.Text)
		for n, raw := range fields {
			short := strings.Trim(raw, "(),.;")
			if n < 2 || !strings.HasPrefix(raw, "(") || len(short) < 3 || len(short) > 8 || !allUpper(short) || short == "LEA" {
				continue
			}
			for _, before := range fields[max(0, n-6):n] {
				switch compact(before) {
				case "county", "sheriff", "sheriffs", "police", "city", "town", "parish", "corrections":
					return short
				}
			}
		}
	}
	return ""
}

// isHeading says whether a paragraph is the title of a part, such as an appendix.
func isHeading(p Paragraph) bool {
	return mostlyCapitals(p.Text) && (strings.HasPrefix(compact(p.Text), "append") || p.Label != "")
}

// skeleton makes one of the characters that scanners take for each other.
func skeleton(plain string) string {
	s := strings.Map(func(r rune) rune {
		switch r {
		case '1', 'l', 'j', '|':
			return 'i'
		case '0':
			return 'o'
		case '5':
			return 's'
		}
		return r
	}, plain)
	return strings.ReplaceAll(s, "rn", "m")
}

// looksLike says whether two letters are read for each other.
func looksLike(a, b byte) bool {
	if a > b {
		a, b = b, a
	}
	switch string([]byte{a, b}) {
	case "ce", "eo", "co", "ao", "ae", "ac", "bh", "bo", "hn", "nu", "nr", "mn", "il", "it", "ft", "fr", "fi", "uv", "vy", "gq", "oq", "gy", "as", "es", "rt", "lt", "ci", "tx", "hi", "kl", "5s", "8b", "6b", "0o", "1i", "1l", "2z", "0d", "do", "hl", "bl", "dl", "sz", "rv", "vw", "uw":
		return true
	}
	return false
}

// misreadAll says whether a scanner can have made the second words of the first, however badly:
// few of them are words of the form, and half of the letters are where they were.
func (v vocabulary) misreadAll(meant, read []word) bool {
	known := 0
	for _, w := range read {
		if v[w.plain] && !trifle(w) {
			known++
		}
	}
	a, b := joinedPlain(meant), joinedPlain(read)
	if len(a) < leastRuined || 5*known > 2*len(read) || len(a) > 4*maxWord || len(b) > 4*maxWord || 2*len(a) < len(b) || 2*len(b) < len(a) {
		return false
	}
	most := 0.5 * float64(len(a))
	return misreadCost(a, b, most) <= most
}

// leastRuined is how many letters a passage has of which a scanner made nothing that is a word:
// of fewer, too little is left to tell.
const leastRuined = 12

// keySeed is that of the sums of words.
var keySeed = sync.OnceValue(maphash.MakeSeed)

// misreadCost is how far one word is from another in steps that a scanner makes: a letter read
// for one that looks like it costs little. What costs more than most is most and 1.
func misreadCost(a, b string, most float64) float64 {
	if off := float64(len(a) - len(b)); off > 2*most+2 || -off > 2*most+2 {
		return most + 1
	}
	var room [3 * (maxWord + 1)]float64
	rows := room[:]
	if 3*(len(b)+1) > len(rows) {
		rows = make([]float64, 3*(len(b)+1))
	}
	n := len(b) + 1
	old, last, row := rows[:n], rows[n:2*n], rows[2*n:3*n]
	for j := range len(b) + 1 {
		last[j] = float64(j)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = float64(i)
		least, before := row[0], last[0]
		for j := 1; j <= len(b); j++ {
			step := 1.0
			switch {
			case a[i-1] == b[j-1]:
				step = 0
			case looksLike(a[i-1], b[j-1]):
				step = 0.4
			}
			row[j] = min(last[j-1]+step, last[j]+1, row[j-1]+1)
			if i > 1 && onePair(a[i-2:i], b[j-1]) {
				row[j] = min(row[j], old[j-1]+0.4)
			}
			if j > 1 && onePair(b[j-2:j], a[i-1]) {
				row[j] = min(row[j], last[j-2]+0.4)
			}
		}
		for j := 1; j <= len(b); j++ {
			least, before = min(least, row[j]), min(before, last[j])
		}
		if min(least, before) > most { // nothing below costs less
			return most + 1
		}
		old, last, row = last, row, old
	}
	return last[len(b)]
}

// isMisreading says whether a scanner can have read one word for the other.
func isMisreading(a, b string) bool {
	most := mostMisread(len(a))
	return misreadCost(a, b, most) <= most
}

// mostMisread is what so many letters cost at most that a scanner can still have meant.
func mostMisread(letters int) float64 { return 0.36 * float64(max(letters, 3)) }

// maxWord is how many characters a word hardly ever exceeds.
const maxWord = 60

// onePair says whether two letters are read for one.
func onePair(pair string, one byte) bool {
	switch one {
	case 'm':
		return pair == "rn" || pair == "nn" || pair == "in" || pair == "ni" || pair == "im" || pair == "rm" || pair == "ri"
	case 'h':
		return pair == "li" || pair == "ii" || pair == "ti"
	case 'd':
		return pair == "cl" || pair == "ci"
	case 'n':
		return pair == "ri" || pair == "ii" || pair == "rt"
	case 'u':
		return pair == "ii" || pair == "li" || pair == "ll"
	case 'w':
		return pair == "vv" || pair == "vy" || pair == "iv"
	case 'k':
		return pair == "lc" || pair == "li"
	case 'b':
		return pair == "lo" || pair == "li"
	case 'f':
		return pair == "rr" || pair == "ti"
	case 'v':
		return pair == "ll" || pair == "li" || pair == "il" || pair == "ii"
	}
	return false
}

// vocabulary are the words of a standard text, as they are printed.
type vocabulary map[string]bool

func vocabularyOf(words []word) vocabulary {
	v := vocabulary{}
	for _, w := range words {
		v[w.plain] = true
	}
	return v
}

// weightyWords are never taken for what a scanner lost or made.
var weightyWords = []string{"not", "no", "nor", "or", "shall", "may", "must", "will", "only", "never", "any", "all", "without", "except", "unless", "if", "cannot", "both", "either"}

func weighty(w word) bool { return slices.Contains(weightyWords, w.plain) || isNumeral(w.plain) }

func isNumeral(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// misreadWords says whether a scanner can have made the second words of the first.
func (v vocabulary) misreadWords(meant, read []word) bool {
	long, short := letters(meant), letters(read)
	most, glued := max(0.9, mostMisread(long)), float64(max(0, len(meant)-len(read))) // a stroke where a space was
	if off := float64(max(long-short, short-long)); 0.4*off > most+glued {
		return false // a letter more costs 0.4 at least
	}
	a, b := joinedPlain(meant), joinedPlain(read)
	if a == b || skeleton(a) == skeleton(b) {
		return !numbersDiffer(meant, read)
	}
	if numbersDiffer(meant, read) {
		return false
	}
	if len(read) == 1 && v[b] || len(read) > 1 && !slices.ContainsFunc(read, func(w word) bool { return !v[w.plain] }) && len(a) < 24 {
		most = 0.45 // what was read is words of the form, too
	}
	if len(meant) != len(read) {
		most = min(most, 0.2*float64(len(a))+glued)
	}
	return misreadCost(a, b, most) <= most || isNumeral(b) && misreadCost(a, skeleton(b), most) <= most
}

// numbersDiffer says whether both are numbers that no scanner reads for each other: of one or
// two digits, every difference counts.
func numbersDiffer(meant, read []word) bool {
	if len(meant) != 1 || len(read) != 1 {
		return false
	}
	a, b := meant[0].plain, read[0].plain
	if isNumeral(a) && isNumeral(b) && a != b {
		return len(a) < 3 || !misreads(b, a)
	}
	x, y := digitsIn(a), digitsIn(b)
	return len(x) > 0 && len(x) < 3 && len(y) > 0 && x != y && lettersOf(a) == lettersOf(b) && lettersOf(a) != ""
}

func digitsIn(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// letters counts those of some words.
func letters(words []word) (n int) {
	for _, w := range words {
		n += len(w.plain)
	}
	return n
}

func joinedPlain(words []word) string {
	if len(words) == 1 {
		return words[0].plain
	}
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.plain)
	}
	return b.String()
}

// longestEnglish is how many letters the longest words of agreements have.
const longestEnglish = 22

// damaged says whether a word has signs in its midst that no word has, or letters and digits in
// each other.
func damaged(w word) bool {
	inner := []rune(strings.Trim(w.raw, `.,;:()"'“”’`))
	letters, digits := 0, 0
	for _, r := range inner {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune("-–'’/().,&§", r):
			return true
		}
	}
	if len(inner) > longestEnglish && !strings.ContainsAny(w.raw, "/@-") {
		return true // several words in one
	}
	return letters > 0 && digits > 0 && !strings.ContainsAny(w.raw, "()-.") || letters == 0 && digits > 2 && strings.Trim(w.plain, "01") == ""
}

// wordlike says whether a word looks like one, and not like what a scanner makes of a stamp
// or of handwriting.
func wordlike(w word) bool {
	if damaged(w) {
		return false
	}
	if isNumeral(w.plain) {
		return len(w.plain) <= 4
	}
	letters := 0
	for _, r := range w.raw {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	n := utf8.RuneCountInString(strings.Trim(w.raw, `.,;:()"'“”’`))
	vowel := strings.ContainsAny(w.plain, "aeiouy")
	return letters >= 3 && letters*4 >= n*3 && vowel && !misread(w.raw) || slices.Contains(weightyWords, w.plain)
}

// trifle says whether a word is so short or common that a scanner loses or makes it.
func trifle(w word) bool {
	if slices.Contains(weightyWords, w.plain) {
		return false
	}
	return len(w.plain) <= 2 && !isNumeral(w.plain) || w.plain == "the" || w.plain == "and" || !wordlike(w)
}
