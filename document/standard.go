package document

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// MostTexts is how many texts of a form are enough to find its standard text.
const MostTexts = 40

// Standard returns the text that most of some texts share, with "____" for what is filled in:
// where they differ in names, numbers and days. Of fewer than three it is the most legible one,
// in which only what differs, or was left to be filled in, is a field. It reads MostTexts at
// most.
func Standard(texts [][]Paragraph) []Paragraph {
	texts = texts[:min(len(texts), MostTexts)]
	if len(texts) == 0 {
		return nil
	}
	all := make([][]word, len(texts))
	for i, t := range texts {
		all[i] = wordsOf(t)
	}
	base := mostLegible(all)
	v := voting{base: all[base], at: make([]votes, len(all[base])+1), often: map[string]int{}}
	for _, words := range all {
		for _, w := range words {
			v.often[w.plain]++
		}
	}
	for i, words := range all {
		if i != base {
			v.count(words)
		}
	}
	return v.result(texts[base])
}

// mostLegible returns the text of which the most words are those of others, too.
func mostLegible(all [][]word) int {
	in := map[string]int{}
	for _, words := range all {
		seen := map[string]bool{}
		for _, w := range words {
			if !seen[w.plain] {
				seen[w.plain] = true
				in[w.plain]++
			}
		}
	}
	best, most := 0, -1
	for i, words := range all {
		shared, odd := 0, 0
		for _, w := range words {
			if 2*in[w.plain] > len(all) {
				shared++
			} else {
				odd++
			}
		}
		if shared-3*odd > most || most < 0 {
			best, most = i, shared-3*odd
		}
	}
	return best
}

// votes is what the texts have in the place of one word of the base.
type votes struct {
	fills    int            // texts that have a name or a number more before it
	spelled  map[string]int // as it is printed
	same     int            // texts that have the word
	lost     int            // texts that have nothing in its place
	other    map[string]int // what others have in its place
	filled   int            // of those, texts in which that looks filled in
	inserted map[string]int // what others have before it
}

// voting compares all texts with one of them.
type voting struct {
	base []word
	at   []votes // by word of the base, and one for the end
	of   int     // texts that were compared
	// often is how often each word is printed in all texts.
	often map[string]int
}

// count takes the votes of one text.
func (v *voting) count(words []word) {
	v.of++
	b := reordered(v.base, words)
	i, j := 0, 0
	for _, m := range aligned(v.base, b, vocabularyOf(v.base)) {
		v.gap(i, m.a, b[j:m.b])
		for n := m.a; n < m.aEnd; n++ {
			x := &v.at[n]
			x.same++
			if m.aEnd-m.a == 1 {
				tally(&x.spelled, rawText(b[m.b:m.bEnd]))
			}
		}
		i, j = m.aEnd, m.bEnd
	}
	v.gap(i, len(v.base), b[j:])
}

// gap takes the votes for a stretch that is otherwise.
func (v *voting) gap(i, k int, found []word) {
	if i == k {
		if len(found) > 0 {
			tally(&v.at[i].inserted, rawText(found))
			if looksFilled(found) && len(found) > 1 {
				v.at[i].fills++
			}
		}
		return
	}
	for n := i; n < k; n++ {
		x := &v.at[n]
		if len(found) == 0 {
			x.lost++
			continue
		}
		tally(&x.other, rawText(found))
		if looksFilled(found) {
			x.filled++
		}
	}
}

func tally(m *map[string]int, key string) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key]++
}

func rawText(words []word) string {
	var raw []string
	for _, w := range words {
		raw = append(raw, w.raw)
	}
	return strings.Join(raw, " ")
}

// looksFilled says whether words look like what is filled in: a name, a number, a day or
// nothing but a line.
func looksFilled(words []word) bool {
	if len(words) > mostFilled {
		return false
	}
	named := 0
	for _, w := range words {
		if nameLike(w) {
			named++
		}
	}
	return 2*named >= len(words)
}

// nameLike says whether a word can be one of a name, a number or a day.
func nameLike(w word) bool {
	first := strings.TrimLeft(w.raw, `("'“`)
	return w.field || first != "" && (first[0] >= 'A' && first[0] <= 'Z' || first[0] >= '0' && first[0] <= '9')
}

// result builds the standard text upon the paragraphs of the base.
func (v *voting) result(base []Paragraph) []Paragraph {
	words := make([][]string, len(base))
	add := func(para int, raw string) {
		if last := len(words[para]) - 1; raw == field && last >= 0 && words[para][last] == field {
			return
		}
		words[para] = append(words[para], raw)
	}
	covered := make([]bool, len(base))
	for n, w := range v.base {
		covered[w.para] = true
		x := v.at[n]
		text, times := most(x.inserted)
		switch {
		case 2*times > v.of+1:
			add(w.para, text)
		case x.fills >= 2 && 4*x.fills >= v.of:
			add(w.para, field)
		}
		chosen := v.choose(w, x)
		if chosen != "" && chosen != field {
			for _, mark := range marksBefore(v.base, n, base[w.para]) {
				add(w.para, mark)
			}
		}
		add(w.para, chosen)
	}
	var out []Paragraph
	for i, p := range base {
		text := strings.Join(slices.DeleteFunc(words[i], func(s string) bool { return s == "" }), " ")
		if !covered[i] || text == "" {
			continue
		}
		out = append(out, Paragraph{Page: p.Page, Label: p.Label, Text: text})
	}
	return out
}

// likeliest returns how most texts print a word; where a spelling is rare in all of them and
// another one of the same place is not, that one: what one scanner misread, it misreads in
// each of its scans.
func (v *voting) likeliest(x votes) string {
	best, _ := most(x.spelled)
	if strings.Contains(best, " ") {
		return best // the base joined words
	}
	often := func(s string) int { return v.often[compact(s)] }
	for _, other := range slices.Sorted(maps.Keys(x.other)) {
		a, b := compact(best), compact(other)
		if !strings.Contains(other, " ") && often(other) > 8*often(best) && misreadCost(a, b, 3) <= 0.36*float64(max(len(a), 3)) {
			best = other
		}
	}
	for _, other := range slices.Sorted(maps.Keys(x.spelled)) {
		if often(other) > 8*often(best) && !strings.Contains(other, " ") {
			best = other
		}
	}
	return best
}

// marksBefore returns what stands before a word and is none, such as "§".
func marksBefore(words []word, n int, p Paragraph) []string {
	from := 0
	if n > 0 && words[n-1].para == words[n].para {
		from = words[n-1].at + 1
	}
	marks := strings.Fields(p.Text)[from:words[n].at]
	return slices.DeleteFunc(slices.Clone(marks), func(s string) bool { return strings.Trim(s, "§–—-&") != "" })
}

// choose returns what the standard text has in the place of a word of the base: the word as
// most print it, another one, nothing, or a field.
func (v *voting) choose(w word, x votes) string {
	if w.field {
		return field
	}
	tally(&x.spelled, w.raw)
	spelled := v.likeliest(x)
	others := 0
	for _, n := range x.other {
		others += n
	}
	same := x.same + 1
	total := same + others + x.lost
	other, times := most(x.other)
	switch {
	case nameLike(w) && (x.filled >= 2 && 10*x.filled >= total || x.filled == 1 && total == 2):
		return field
	case 2*x.lost > total:
		return ""
	case 2*times > total && !looksFilled(wordsOf([]Paragraph{{Text: other}})):
		return other
	case 2*same <= total && others > 0 && total > 2:
		return field
	}
	return spelled
}

// most returns the text that was counted most often, the first in the order of letters where
// several were.
func most(counts map[string]int) (text string, times int) {
	keys := slices.Sorted(maps.Keys(counts))
	if len(keys) == 0 {
		return "", 0
	}
	text = slices.MaxFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[a], counts[b]), cmp.Compare(b, a))
	})
	return text, counts[text]
}
