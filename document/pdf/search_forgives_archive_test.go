package pdf_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/searchtest"
)

// harm is what scanners do to a word between two others; "" where it cannot be done to this one.
type harm func(r *rand.Rand, before, word, after string) string

func taken(from, to string) harm {
	return func(_ *rand.Rand, before, word, after string) string {
		if !strings.Contains(word, from) {
			return ""
		}
		return before + " " + strings.Replace(word, from, to, 1) + " " + after
	}
}

// torn puts something in the word at a place that is not its first or last letter.
func torn(by string) harm {
	return func(r *rand.Rand, before, word, after string) string {
		i := 2 + r.IntN(len(word)-3)
		return before + " " + word[:i] + by + word[i:] + " " + after
	}
}

var harms = map[string]harm{
	"rn as m": taken("rn", "m"), "m as rn": taken("m", "rn"), "l as 1": taken("l", "1"), "i as l": taken("i", "l"), "o as 0": taken("o", "0"), "e as c": taken("e", "c"),
	"h as b": taken("h", "b"), "u as n": taken("u", "n"), "ti as h": taken("ti", "h"), "cl as d": taken("cl", "d"), "fi in one": taken("fi", "ﬁ"), "fl in one": taken("fl", "ﬂ"),
	"torn": torn(" "), "a hyphen at the end of a line": torn("-\n"), "no hyphen at the end of a line": torn("\n"), "a stain": torn("."), "a letter more": torn("j"),
	"joined with the word before": func(_ *rand.Rand, before, word, after string) string { return before + word + " " + after },
	"joined with the word after":  func(_ *rand.Rand, before, word, after string) string { return before + " " + word + after },
	"a letter lost": func(r *rand.Rand, before, word, after string) string {
		i := r.IntN(len(word))
		return before + " " + word[:i] + word[i+1:] + " " + after
	},
}

// TestArchiveSearchForgives does to two hundred words of real agreements, in a line in which
// they stand, whatever scanners do, and looks for them.
func TestArchiveSearchForgives(t *testing.T) {
	p, _ := realPapers(t)
	r := rand.New(rand.NewPCG(3, 4))
	stands := map[string]int{} // in how many documents
	var lines [][]string
	for _, pages := range p.Texts() {
		words := map[string]bool{}
		for _, page := range pages {
			for l := range strings.SplitSeq(page, "\n") {
				if fields := strings.Fields(l); len(fields) > 6 {
					lines = append(lines, fields)
				}
			}
			for w := range strings.FieldsSeq(spaced(page)) {
				words[w] = true
			}
		}
		for w := range words {
			stands[w]++
		}
	}
	slices.SortFunc(lines, slices.Compare)
	words := slices.DeleteFunc(slices.Sorted(maps.Keys(stands)), func(w string) bool { return len(w) < 4 || stands[w] < 3 || strings.ContainsAny(w, "0123456789") })
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	words = words[:min(200, len(words))]
	made := map[string][]string{} // names of documents, by the harm
	for _, w := range words {
		line, at := lineWith(r, lines, w)
		for _, name := range slices.Sorted(maps.Keys(harms)) {
			if line == nil {
				break
			}
			if text := harms[name](r, line[at-1], w, line[at+1]); text != "" {
				made[name] = append(made[name], w+" "+name)
				p.Add(w+" "+name, document.Page{Text: strings.Join(line[:at-1], " ") + " " + text + " " + strings.Join(line[at+2:], " ")})
			}
		}
	}
	for name, k := range keepers(t) {
		found, other := forgiven(t, index(t, k, p), p, words, stands)
		all, got := 0, 0
		for _, kind := range slices.Sorted(maps.Keys(made)) {
			n := 0
			for _, d := range made[kind] {
				if found[d] {
					n++
				}
			}
			all, got = all+len(made[kind]), got+n
			t.Logf("%s: %-32s %3d of %3d are found", name, kind, n, len(made[kind]))
			if 4*n < 3*len(made[kind]) {
				t.Errorf("%s: of %s only %d of %d are found", name, kind, n, len(made[kind]))
			}
		}
		t.Logf("%s: %d of %d are found; as a scanner may have misread it, another word stands in %d passages: %v", name, got, all, len(other), other)
		if 100*got < 95*all || 100*len(other) > 2*all {
			t.Errorf("%s: %d of %d are found, and %d are other words", name, got, all, len(other))
		}
	}
}

// lineWith draws a line in which a word stands between others.
func lineWith(r *rand.Rand, lines [][]string, word string) (line []string, at int) {
	for _, i := range r.Perm(len(lines)) {
		for j := 1; j+1 < len(lines[i]); j++ {
			if strings.ToLower(lines[i][j]) == word {
				return lines[i], j
			}
		}
	}
	return nil, 0
}

// forgiven returns the documents in which words are found, by word and document, and where
// another word that stands in five documents and more was taken for one.
func forgiven(t *testing.T, x *search.Index, p *searchtest.Papers, words []string, stands map[string]int) (found map[string]bool, other []string) {
	t.Helper()
	found = map[string]bool{}
	for _, w := range words {
		r, err := x.Find(t.Context(), search.Query{Text: w, Count: 100000})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Found {
			for _, at := range f.Places {
				if name := p.Name(at.SHA256); strings.HasPrefix(name, w+" ") {
					found[name] = true
				}
			}
			for _, piece := range f.Text {
				if read := strings.ToLower(piece.Text); f.Near && piece.Hit && stands[read] >= 5 && !strings.Contains(w, read) {
					other = append(other, w+": "+read)
				}
			}
		}
	}
	return found, other
}

// manyPapers are so many agreements made of real ones, each with a scanner's noise of its own,
// lines whose words are shuffled, and a name.
func manyPapers(t *testing.T, count int) *searchtest.Papers {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var texts []document.Reading
	var lines []string
	for _, real := range realReadings(t) {
		words := 0
		for _, page := range real.reading.Pages {
			words += len(strings.Fields(page.Text))
			lines = append(lines, strings.Split(page.Text, "\n")...)
		}
		if words > 1000 {
			texts = append(texts, real.reading)
		}
	}
	p := &searchtest.Papers{}
	for i := range count {
		noise := []float64{0, 0.0004, 0.001, 0.002, 0.004, 0.008}[r.IntN(6)]
		var pages []document.Page
		for _, page := range texts[i%len(texts)].Pages {
			own := strings.Split(page.Text, "\n")
			for j := range own {
				if r.IntN(400) == 0 {
					words := strings.Fields(own[j] + " " + lines[r.IntN(len(lines))])
					r.Shuffle(len(words), func(a, b int) { words[a], words[b] = words[b], words[a] })
					own[j] = strings.Join(words, " ")
				}
				own[j] = noisy(r, own[j], noise)
			}
			pages = append(pages, document.Page{Text: strings.Join(own, "\n") + fmt.Sprintf("\nAgency%d Sheriff's Office", i)})
		}
		p.Add(fmt.Sprint(i), pages...)
	}
	return p
}

// noisy takes some letters for others, and loses spaces.
func noisy(r *rand.Rand, line string, share float64) string {
	pairs := strings.Fields("rn:m m:rn e:c c:e l:1 I:l i:l o:0 O:0 S:5 h:b b:h t:f f:t ti:h cl:d u:n n:u a:s v:y D:O w:vv g:q")
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		from, to, _ := strings.Cut(pairs[r.IntN(len(pairs))], ":")
		switch {
		case r.Float64() >= 8*share:
			b.WriteByte(line[i])
		case strings.HasPrefix(line[i:], from):
			b.WriteString(to)
			i += len(from) - 1
		case line[i] != ' ' || r.IntN(3) > 0:
			b.WriteByte(line[i])
		}
	}
	return b.String()
}

// TestArchiveSearchScale measures queries over 2,500 documents of 30,000 pages.
func TestArchiveSearchScale(t *testing.T) {
	if !*scale {
		t.Skip("-documents.scale is not given")
	}
	p := manyPapers(t, 2500)
	queries := []string{"reimburse", "lottery", "agreement", "ICE", "immigration officer", "training", "detain*", `"at its own expense"`, `"points of contact"`, "overtime", "interpreter",
		"liability insurance", "termination 90-day", "agency17", "the", `"of the"`, "complaint -training", "co*", "body camera", "department of homeland security immigration and customs enforcement agency"}
	for name, k := range keepers(t) {
		began := time.Now()
		before := k.busy()
		index(t, k, p)
		t.Logf("%s: indexed in %s, of which processors were busy for %s", name, time.Since(began).Round(time.Second), (k.busy() - before).Round(time.Second))
		took, busy := map[string][]time.Duration{}, map[string][]time.Duration{}
		var all []time.Duration
		for range 7 { // what was found before is not remembered
			x := search.New(k, nil)
			if err := x.Fill(t.Context(), p.Documents(), p); err != nil {
				t.Fatal(err)
			}
			for _, q := range queries {
				before, began := k.busy(), time.Now()
				if _, err := x.Find(t.Context(), search.Query{Text: q, Count: 20}); err != nil {
					t.Fatal(err)
				}
				took[q] = append(took[q], time.Since(began))
				busy[q] = append(busy[q], k.busy()-before)
				all = append(all, busy[q][len(busy[q])-1])
			}
		}
		for _, q := range queries {
			slices.Sort(took[q])
			slices.Sort(busy[q])
			t.Logf("%s: %-40.40s busy for %v; took %v, %v at best", name, q, busy[q][3].Round(100*time.Microsecond), took[q][3].Round(100*time.Microsecond), took[q][0].Round(100*time.Microsecond))
			if busy[q][0] > 50*time.Millisecond { // of seven: a machine with other things to do takes longer
				t.Errorf("%s: processors are busy with %s for %v at best", name, q, busy[q][0])
			}
		}
		slices.Sort(all)
		load, _ := os.ReadFile("/proc/loadavg")
		t.Logf("%s: half of all queries kept processors busy for %v, 95 of 100 for %v, the longest one for %v; the machine's load is %s", name, all[len(all)/2], all[len(all)*95/100], all[len(all)-1], load)
	}
}
