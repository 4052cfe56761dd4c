package document

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// open marks as filled in what a text of the base's form leaves open, as far as a text of
// another form shows that, and the name of the agency.
func (v *voting) open(like Text, agency string) {
	other := wordsOf(like.Paragraphs)
	i, j := 0, 0
	between := func(k, l int) {
		fields := 0
		for _, w := range other[i:k] {
			if w.field {
				fields++
			}
		}
		if fields == 0 || fields < k-i-fields || !looksFilled(v.base[j:l]) || !v.rare(v.base[j:l]) {
			return
		}
		for n := j; n < l; n++ {
			v.at[n].open = v.base[n].raw != "For" && !strings.HasSuffix(v.base[n].raw, ":") // "For DHS:"
		}
	}
	for _, m := range aligned(other, v.base, vocabularyOf(other)) {
		between(m.a, m.b)
		i, j = m.aEnd, m.bEnd
	}
	between(len(other), len(v.base))
	v.openName(strings.Fields(agency))
}

// rare says whether some words are not just what the texts say everywhere, as "LEA", or a number.
func (v *voting) rare(words []word) bool {
	if len(words) == 1 && !hasLetter(words[0].raw[:1]) {
		return false
	}
	for _, w := range words {
		if v.often[w.plain] < 3*v.texts {
			return true
		}
	}
	return false
}

// openName marks a name wherever it stands, with what stands beside it as names and numbers do:
// its place, its telephone.
func (v *voting) openName(name []string) {
	if len(name) < 2 {
		return
	}
	at := func(n int) bool {
		for k, w := range name {
			if n+k >= len(v.base) || v.base[n+k].key != skeleton(compact(w)) {
				return false
			}
		}
		return true
	}
	for n := range v.base {
		if !at(n) {
			continue
		}
		end := n + len(name)
		for end < len(v.base) && v.base[end].para == v.base[n].para && nameLike(v.base[end]) && end-n < mostFilled {
			end++
		}
		for ; n < end; n++ {
			v.at[n].open = true
		}
	}
}

// plausible returns in how many words of the texts the rarest three letters in a row of a word
// are: 0 of what a scanner misread, as a rule, and less of what has signs, capitals or digits in
// its midst.
func (v *voting) plausible(raw string) int {
	w := word{raw: raw, plain: compact(raw)}
	switch {
	case w.plain == "" || isNumeral(w.plain):
		return usual
	case damaged(w) || misread(raw) || strings.HasSuffix(strings.TrimRight(raw, ".,;:"), "&"):
		return -1
	}
	if v.threes == nil {
		v.threes = map[string]int{}
		for known, times := range v.often {
			if times < v.texts { // it may be misread
				continue
			}
			for _, three := range threes(known) {
				v.threes[three]++
			}
		}
	}
	least := usual
	for _, three := range threes(w.plain) {
		least = min(least, v.threes[three])
	}
	return least
}

// usual is as plausible as words are.
const usual = 2

// threes returns all letters of a word with their neighbors.
func threes(plain string) (all []string) {
	s := "<" + plain + ">"
	for i := 0; i+3 <= len(s); i++ {
		all = append(all, s[i:i+3])
	}
	return all
}

// slips are misreadings that have one sense wherever they stand.
type slips struct{ possessive, citation, section, appendix, lettered, part *regexp.Regexp }

var certainSlips = sync.OnceValue(func() slips {
	return slips{
		possessive: regexp.MustCompile(`(\pL)(?: ['’]|['’] )s\b`),
		citation:   regexp.MustCompile(`(\d)\(([a-z])\)\(l\)`),
		section:    regexp.MustCompile(`(§§?) ?l ?(\d{3})`),
		appendix:   regexp.MustCompile(`^(APPENDIX)([A-H])\b`),
		lettered:   regexp.MustCompile(`\bAppendix 8\b`),
		part:       regexp.MustCompile(`\pL+|\PL+`),
	}
})

// mended returns a standard text without what scanners are known to misread in it: words run
// into each other that stand apart elsewhere, abbreviations that are not what they stand for,
// and the number 1 in the place of which a letter stands.
func (v *voting) mended(text []Paragraph) []Paragraph {
	s := certainSlips()
	meant := abbreviations(text)
	for i := range text {
		var out []string
		fields := strings.Fields(text[i].Text)
		for n, w := range fields {
			if n > 0 && n+1 < len(fields) && v.leftOver(fields, n) {
				continue
			}
			if last := len(out) - 1; w == field && last >= 0 && out[last] == field {
				continue
			}
			if last := len(out) - 1; last >= 0 && v.oneWord(out[last], w) {
				out[last] += w
				continue
			}
			out = append(out, v.apart(w))
		}
		t := strings.Join(out, " ")
		t = s.part.ReplaceAllStringFunc(t, func(part string) string {
			if right, ok := meant[part]; ok {
				return right
			}
			return part
		})
		t = s.possessive.ReplaceAllString(t, "$1's")
		t = s.citation.ReplaceAllString(t, "$1($2)(1)")
		t = s.section.ReplaceAllString(t, "$1 1$2")
		t = s.lettered.ReplaceAllString(t, "Appendix B") // they have letters
		text[i].Text = s.appendix.ReplaceAllString(t, "$1 $2")
	}
	return text
}

// leftOver says whether a word between two fields is a rest of what was filled in: hardly any
// text has it.
func (v *voting) leftOver(words []string, n int) bool {
	before, after := n-1, n+1
	for before > 0 && n-before < 3 && words[before] != field {
		before--
	}
	for after < len(words)-1 && after-n < 3 && words[after] != field {
		after++
	}
	if words[before] != field || words[after] != field {
		return false
	}
	plain := compact(words[n])
	return len(plain) < 3 && !isNumeral(plain) && v.often[plain] < 3
}

// oneWord says whether two words are parts of one, which the texts have, and one of which
// stands nowhere else: "I CE".
func (v *voting) oneWord(a, b string) bool {
	x, y := compact(a), compact(b)
	if x == "" || y == "" || isNumeral(x) || isNumeral(y) || strings.ContainsAny(a, ",.;:)") {
		return false
	}
	times := v.runs[x+" "+y]
	return times > 0 && v.often[x+y] > times && min(v.often[x], v.often[y]) <= times
}

// apart takes a word apart that is two, where the texts have these two side by side more often.
func (v *voting) apart(w string) string {
	plain := compact(w)
	once := v.often[plain]
	if len(plain) < 5 || len(plain) != len(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })) {
		return w
	}
	at := strings.IndexFunc(w, unicode.IsLetter)
	for n := 2; n < len(plain)-1; n++ {
		if v.runs[plain[:n]+" "+plain[n:]] > once {
			return w[:at+n] + " " + w[at+n:]
		}
	}
	return w
}

// abbreviations returns what abbreviations of a text are misread from: "Department of Homeland
// Security (OHS)" says that OHS is DHS.
func abbreviations(text []Paragraph) map[string]string {
	meant, defined := map[string]string{}, map[string]bool{}
	all := map[string]bool{}
	for _, p := range text {
		words := strings.Fields(p.Text)
		for n, w := range words {
			for _, part := range certainSlips().part.FindAllString(w, -1) {
				if len(part) >= leastShort && len(part) < 6 && allUpper(part) {
					all[part] = true
				}
			}
			short := strings.Trim(w, `().,;"”“`)
			if !strings.HasPrefix(strings.TrimLeft(w, `"“`), "(") || len(short) < leastShort || len(short) > 5 || !allUpper(short) {
				continue
			}
			if right := initialsOf(words[max(0, n-2*len(short)):n], short); right != "" {
				defined[right] = true
			}
		}
	}
	for short := range all {
		for right := range defined {
			if short != right && !defined[short] && misreadAbbreviation(short, right) {
				meant[short] = right
			}
		}
	}
	return meant
}

// leastShort is how many letters an abbreviation has in which one can be misread, and not be
// another one: "II" is not "IT".
const leastShort = 3

// initialsOf returns the initials of the last words, with those of small words between them or
// without, that an abbreviation is or is misread from: "Department of Justice" is DOJ; "" for
// none.
func initialsOf(words []string, short string) string {
	every, capitals, begins := "", "", false
	for i := len(words) - 1; i >= 0; i-- {
		first := strings.TrimLeft(words[i], `("“`)
		if first == "" || !unicode.IsLetter(rune(first[0])) {
			break
		}
		capital := unicode.IsUpper(rune(first[0]))
		if len(every) < len(short) {
			every, begins = strings.ToUpper(first[:1])+every, capital
		}
		if capital && len(capitals) < len(short) {
			capitals = first[:1] + capitals
		}
	}
	switch {
	case begins && every == short, capitals == short:
		return short
	case misreadAbbreviation(short, capitals):
		return capitals
	case begins && misreadAbbreviation(short, every):
		return every
	}
	return ""
}

// misreadAbbreviation says whether an abbreviation is another one in which one letter was read
// for another.
func misreadAbbreviation(read, meant string) bool {
	if len(read) != len(meant) {
		return false
	}
	off := 0
	for i := range len(read) {
		if read[i] != meant[i] {
			if off++; !looksLike(read[i]|0x20, meant[i]|0x20) {
				return false
			}
		}
	}
	return off <= 1
}
