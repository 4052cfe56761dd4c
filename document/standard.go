package document

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// MostTexts is how many texts of a form are enough to find its standard text.
const MostTexts = 40

// Standard returns the text that most of some readings share, with "____" for what is filled
// in: where they differ in names, numbers and days. Of fewer than FewTexts, what is left open by the
// text of a form like theirs is a field, too, and so is the agency's name; of fewer than three it
// is the most legible one. It reads MostTexts at most.
func Standard(readings []Reading, like Text) Text {
	readings = readings[:min(len(readings), MostTexts)]
	if len(readings) == 0 {
		return Text{}
	}
	v := voting{texts: len(readings), often: map[string]int{}, runs: map[string]int{}}
	texts := make([]Text, len(readings))
	all := make([][]word, len(texts))
	for i, r := range readings {
		texts[i] = TextOf(r)
		all[i] = wordsOf(texts[i].Paragraphs)
		v.know(all[i])
	}
	base := mostLegible(all)
	v.base, v.at = all[base], make([]votes, len(all[base])+1)
	if len(texts) < FewTexts {
		v.open(like, partyOf(pagesOf(readings[base])).name)
	}
	for i, words := range all {
		if i != base {
			v.count(words, len(texts[i].Unread) > 0)
		}
	}
	return Text{Paragraphs: v.mended(v.result(texts[base].Paragraphs)), Unread: texts[base].Unread, Sure: len(texts) >= SureTexts}
}

// FewTexts is how many texts of a form are enough to see all that is filled in: in fewer, two
// can have the same place or the same title.
const FewTexts = 4

// SureTexts is how many texts are enough for what most of them say not to be misread.
const SureTexts = 5

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
	whole    map[string]int // what others print in one word for several of the base
	span     int            // of how many words of the base that is
	begins   int            // texts in which a paragraph begins with it
	open     bool           // it is filled in, whatever the others say
}

// voting compares all texts with one of them.
type voting struct {
	texts int
	base  []word
	at    []votes // by word of the base, and one for the end
	of    int     // texts that were compared with the base
	// often is how often each word is printed in all texts, and runs how often each two are.
	often, runs, threes map[string]int
}

// know takes the words of a text to what is often printed.
func (v *voting) know(words []word) {
	for n, w := range words {
		v.often[w.plain]++
		if n > 0 {
			v.runs[words[n-1].plain+" "+w.plain]++
		}
	}
}

// count takes the votes of one text; partial says that it has pages that nobody read.
func (v *voting) count(words []word, partial bool) {
	v.of++
	b := reordered(v.base, words)
	i, j := 0, 0
	for _, m := range aligned(v.base, b, vocabularyOf(v.base)) {
		v.gap(i, m.a, b[j:m.b], partial)
		for n := m.a; n < m.aEnd; n++ {
			x := &v.at[n]
			x.same++
			if n == m.a && b[m.b].at == 0 {
				x.begins++
			}
			if m.aEnd-m.a == 1 {
				tally(&x.spelled, rawText(b[m.b:m.bEnd]))
			} else if n == m.a && m.bEnd-m.b == 1 {
				tally(&x.whole, b[m.b].raw)
				x.span = m.aEnd - m.a
			}
		}
		i, j = m.aEnd, m.bEnd
	}
	v.gap(i, len(v.base), b[j:], partial)
}

// gap takes the votes for a stretch that is otherwise.
func (v *voting) gap(i, k int, found []word, partial bool) {
	if partial && mayBeUnread(k-i, len(found)) {
		return
	}
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

// draft is a standard text that is being written.
type draft struct {
	done  []Paragraph
	now   Paragraph
	words []string // of the one that is being written
}

func (d *draft) add(raw string) {
	last := len(d.words) - 1
	if raw == "" || raw == field && last >= 0 && d.words[last] == field {
		return
	}
	d.words = append(d.words, raw)
}

// begin ends the paragraph that is being written and begins another one.
func (d *draft) begin(next Paragraph) {
	text := strings.Join(d.words, " ")
	again := text == field && len(d.done) > 0 && strings.HasSuffix(d.done[len(d.done)-1].Text, field)
	if text != "" && !again {
		d.now.Text = text
		d.done = append(d.done, d.now)
	}
	d.now, d.words = Paragraph{Page: next.Page, Label: next.Label}, nil
}

// result builds the standard text upon the paragraphs of the base, broken where most texts are.
func (v *voting) result(base []Paragraph) []Paragraph {
	var d draft
	skip := 0
	for n, w := range v.base {
		x, p := v.at[n], base[w.para]
		filled := x.fills >= 2 && 4*x.fills >= v.of
		starts := n == 0 || v.base[n-1].para != w.para
		if starts && filled && len(d.words) > 0 && !mostlyCapitals(strings.Join(d.words, " ")) {
			d.add(field) // at the end of the paragraph before
			filled = false
		}
		switch {
		case starts && !v.runsOn(n, p):
			d.begin(p)
		case !starts && x.same > 1 && 2*x.begins > x.same+1:
			d.begin(Paragraph{Page: p.Page})
		}
		if skip > 0 {
			skip--
			continue
		}
		if text, times := most(x.inserted); 2*times > v.of+1 {
			d.add(text)
		} else if filled {
			d.add(field)
		}
		chosen := v.choose(w, x)
		if text, times := most(x.whole); 2*times > v.of+1 {
			chosen, skip = text, x.span-1
		}
		if chosen != "" && chosen != field {
			for _, mark := range marksBefore(v.base, n, p) {
				d.add(mark)
			}
		}
		d.add(chosen)
	}
	d.begin(Paragraph{})
	return d.done
}

// runsOn says whether a paragraph of the base, which begins with a word, is none in most
// texts: it goes on.
func (v *voting) runsOn(n int, p Paragraph) bool {
	x := v.at[n]
	if n == 0 || p.Label != "" || x.same < 2 || 3*x.begins >= x.same {
		return false
	}
	return !mostlyCapitals(p.Text)
}

// likeliest returns how most texts print a word; where that is no word, or is rare in all of them
// and looks like another one of the same place that is not, that one: what one scanner misread, it
// misreads in each of its scans.
func (v *voting) likeliest(x votes) string {
	best, _ := most(x.spelled)
	if strings.Contains(best, " ") {
		return best // the base joined words
	}
	often := func(s string) int { return v.often[compact(s)] }
	for _, counts := range []map[string]int{x.spelled, x.other} {
		for _, other := range slices.Sorted(maps.Keys(counts)) {
			if strings.Contains(other, " ") || other == best {
				continue
			}
			a, b := compact(best), compact(other)
			misread := v.plausible(best) < v.plausible(other) && 3*counts[other] >= x.spelled[best] && isMisreading(a, b)
			if misread || often(other) > 8*often(best) && misreadCost(a, b, looksAlike) <= looksAlike {
				best = other
			}
		}
	}
	return best
}

// looksAlike is what two words cost that differ in one letter that looks like another, and not
// in one that only one of them has: "he" for "be", and not "who" for "whom".
const looksAlike = 0.45

func total(counts map[string]int) (n int) {
	for _, times := range counts {
		n += times
	}
	return n
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
	if w.field || x.open {
		return field
	}
	tally(&x.spelled, w.raw)
	spelled := v.likeliest(x)
	others := total(x.other)
	same := x.same + 1
	all := same + others + x.lost
	other, times := most(x.other)
	switch {
	case nameLike(w) && (x.filled >= 2 && 10*x.filled >= all || x.filled == 1 && all == 2):
		return field
	case 2*x.lost > all:
		return ""
	case 2*times > all && !looksFilled(wordsOf([]Paragraph{{Text: other}})):
		return other
	case 2*same <= all && others > 0 && all > 2:
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
