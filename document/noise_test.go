package document_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/pdf/pdftest"
)

// scanner misreads a text as scanners do. It knows nothing of how texts are compared.
type scanner struct {
	*rand.Rand
	letters float64 // share of characters that are misread
	lines   float64 // share of lines that are lost
}

// misread are characters and what they are read as.
var misread = strings.Fields("rn:m m:rn e:c c:e l:1 I:l 1:l o:0 O:0 S:5 h:b b:h t:f f:t i:l ti:h fi:h cl:d u:n n:u a:s v:y D:O ,:. .:, w:vv in:m g:q s:8")

func (s scanner) read(text string) string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if s.Float64() >= s.lines || len(l) < 40 {
			out = append(out, s.line(l))
		}
	}
	return strings.Join(out, "\n")
}

func (s scanner) line(l string) string {
	var b strings.Builder
	for i := 0; i < len(l); {
		n := 1
		if s.Float64() < s.letters {
			pair := strings.SplitN(misread[s.IntN(len(misread))], ":", 2)
			for range 6 { // until one fits
				if strings.HasPrefix(l[i:], pair[0]) {
					break
				}
				pair = strings.SplitN(misread[s.IntN(len(misread))], ":", 2)
			}
			switch {
			case strings.HasPrefix(l[i:], pair[0]) && (l[i] < '0' || l[i] > '9'):
				b.WriteString(pair[1])
				i += len(pair[0])
				continue
			case l[i] == ' ' && s.IntN(3) > 0:
				i++ // two words in one
				continue
			case s.IntN(8) == 0:
				b.WriteString("~")
			}
		}
		b.WriteString(l[i : i+n])
		i += n
	}
	return b.String()
}

// lawWords are what made-up agreements are made of.
var lawWords = strings.Fields(`agency officers authority agreement training personnel functions supervision direction custody facility detention
	removal records complaint procedure notification jurisdiction liability representation federal state local county responsible expenses salaries
	equipment travel housing credentials certification examination candidate background investigation designated participating immigration enforcement
	purposes conditions terms termination suspension modification approval signature written notice receipt consultation coordination information release
	media parties appendix section accordance applicable standards policies rules regulations access interpreter language english charges offense criminal
	conviction sentence transfer warrant service execution transport schedule appointment committee community outreach meeting annually quarterly evaluation
	performance compliance review assessment guidance administrative supplies technology infrastructure security network password database systems`)

var smallWords = strings.Fields("the of and to in for by with under upon from as on at its such each any this that which")

// agreementText is a made-up agreement of some thousand words, each paragraph of its own.
func agreementText(r *rand.Rand, paragraphs int) []string {
	var all []string
	for i := range paragraphs {
		if i%6 == 0 {
			all = append(all, fmt.Sprintf("%s. %s %s", roman(i/6+1), strings.ToUpper(lawWords[r.IntN(len(lawWords))]), strings.ToUpper(lawWords[r.IntN(len(lawWords))])))
		}
		var p []string
		for range 2 + r.IntN(4) {
			var s []string
			for n := range 10 + r.IntN(16) {
				if n%2 == 1 {
					s = append(s, smallWords[r.IntN(len(smallWords))])
				} else {
					s = append(s, lawWords[r.IntN(len(lawWords))])
				}
			}
			s = slices.Insert(s, 3, []string{"shall", "will", "may"}[r.IntN(3)])
			s[0] = strings.ToUpper(s[0][:1]) + s[0][1:]
			if r.IntN(3) == 0 {
				s = append(s, "within", fmt.Sprint(10+5*r.IntN(18)), "days")
			}
			p = append(p, strings.Join(s, " ")+".")
		}
		all = append(all, strings.Join(p, " "))
	}
	return all
}

func roman(n int) string {
	return strings.Fields("I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX")[n-1]
}

// printed prints paragraphs on pages.
func printed(paragraphs []string, agency string) document.Reading {
	var lines []string
	for _, p := range paragraphs {
		lines = append(lines, pdftest.Lines(strings.ReplaceAll(p, "AGENCY", agency), 92)...)
	}
	r := document.Reading{ReadBy: document.Version}
	for n := 1; len(lines) > 0; n++ {
		cut := min(len(lines), 44)
		r.Pages = append(r.Pages, document.Page{Number: n, Text: strings.Join(lines[:cut], "\n") + fmt.Sprintf("\n%s %d Revised 05/30/2026\n", agency, n)})
		lines = lines[cut:]
	}
	return r
}

// scanned returns a reading as a scanner gives it.
func (s scanner) scanned(r document.Reading) document.Reading {
	out := r
	out.Pages = slices.Clone(r.Pages)
	for i := range out.Pages {
		out.Pages[i].Text = s.read(out.Pages[i].Text)
	}
	return out
}

// departure changes one paragraph of a text, and returns a word that a difference that tells of
// it has, in the standard text or the own one.
type departure func(r *rand.Rand, p []string, at int) (changed []string, tells string)

var departureKinds = map[string]departure{
	"not":  func(_ *rand.Rand, p []string, at int) ([]string, string) { return insertWord(p, at, "not") },
	"days": func(_ *rand.Rand, p []string, at int) ([]string, string) { return insertWord(p, at, "within 7 days") },
	"clause": func(_ *rand.Rand, p []string, at int) ([]string, string) {
		return insertWord(p, at, "provided that the county is reimbursed at the rate of its jail for whatever it spends")
	},
	"missing": func(_ *rand.Rand, p []string, at int) ([]string, string) {
		return slices.Delete(slices.Clone(p), at, at+1), p[at][:40]
	},
	"added": func(_ *rand.Rand, p []string, at int) ([]string, string) {
		own := "The sheriff of this county keeps the right to decide whom his deputies arrest, and is paid ninety dollars a day for a bed that is used."
		return slices.Insert(slices.Clone(p), at, own), own[:40]
	},
	"other": func(r *rand.Rand, p []string, at int) ([]string, string) {
		words := strings.Fields(p[at])
		for i := 5; i < min(12, len(words)); i++ {
			words[i] = strings.Fields("reimbursement lottery overtime sheriffs bonus payments quota bounty jailers")[r.IntN(9)]
		}
		changed := slices.Clone(p)
		changed[at] = strings.Join(words, " ")
		return changed, strings.Join(words[:4], " ")
	},
}

func insertWord(p []string, at int, words string) ([]string, string) {
	all := strings.Fields(p[at])
	changed := slices.Clone(p)
	changed[at] = strings.Join(slices.Insert(slices.Clone(all), 4, words), " ")
	return changed, strings.Join(all[:4], " ")
}

// Departures of known kinds are found in scans of other and other noise, and noise is none.
func TestDeparturesAreFoundInScans(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		letters, lines   float64
		recall, precison float64
	}{
		"born digital":     {0, 0, 1, 1},
		"a good scan":      {0.002, 0, 0.97, 0.95},
		"a usual scan":     {0.006, 0.001, 0.9, 0.85},
		"as tesseract may": {0.015, 0.003, 0.85, 0.75},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		s := scanner{r, c.letters, c.lines}
		body := append([]string{"MEMORANDUM OF AGREEMENT", "287(g) Task Force Model"}, agreementText(r, 60)...)
		body[3] = "This agreement is between ICE and the AGENCY, " + body[3]
		var texts []document.Reading
		for i := range 9 {
			texts = append(texts, s.scanned(printed(body, fmt.Sprintf("%s County Sheriff's Office", []string{"Polk", "Story", "Boone"}[i%3]))))
		}
		standard := document.Standard(texts, document.Text{})
		found, made, right, told := 0, 0, 0, 0
		for range 4 {
			for _, kind := range slices.Sorted(maps.Keys(departureKinds)) {
				change := departureKinds[kind]
				at := 5 + r.IntN(len(body)-6)
				for len(body[at]) < 80 {
					at = 5 + r.IntN(len(body)-6)
				}
				own, tells := change(r, body, at)
				made++
				hit := false
				for _, d := range document.Compare(standard, document.TextOf(s.scanned(printed(own, "Scott County Sheriff's Office")))) {
					if d.Noise {
						continue
					}
					told++
					if about(d, tells) || about(d, body[at][:40]) {
						right++
						hit = true
					}
				}
				switch {
				case hit:
					found++
				case c.letters == 0:
					t.Errorf("%s: %s at %d is not found", name, kind, at)
				default:
					t.Logf("%s: %s at %d is not found", name, kind, at)
				}
			}
		}
		recall, precision := float64(found)/float64(made), float64(right)/float64(max(1, told))
		t.Logf("%s: %d of %d found, %d of %d told are right", name, found, made, right, told)
		if recall < c.recall || precision < c.precison {
			t.Errorf("%s: recall %.2f, precision %.2f", name, recall, precision)
		}
	}
}

// about says whether a difference is about the paragraph that begins with some words.
func about(d document.Difference, begins string) bool {
	words := strings.Fields(strings.ToLower(begins))
	for _, text := range []string{d.Form.Text, d.Own.Text} {
		have, n := strings.ToLower(text), 0
		for _, w := range words {
			if strings.Contains(have, w) {
				n++
			}
		}
		if 4*n >= 3*len(words) && text != "" {
			return true
		}
	}
	return false
}

func TestPagesOutOfOrderAreNoDeparture(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	body := agreementText(r, 60)
	standard := document.TextOf(printed(body, "AGENCY"))
	own := printed(body, "AGENCY")
	own.Pages[2], own.Pages[4] = own.Pages[4], own.Pages[2]
	for _, d := range document.Compare(standard, document.TextOf(own)) {
		if !d.Noise && len(strings.Fields(d.Form.Text+d.Own.Text)) > 8 {
			t.Errorf("%s %.80q %.80q", d.Op, d.Form.Text, d.Own.Text)
		}
	}
	own.Pages[1] = document.Page{Number: 2, Scanned: true}
	for _, d := range document.Compare(standard, document.TextOf(own)) {
		if d.Op == document.Missing {
			t.Errorf("%.80q is on a page that nobody read", d.Form.Text)
		}
	}
}
