// Package searchtest is the suite for what keeps an index of documents.
package searchtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Papers are documents with their texts, by name.
type Papers struct {
	documents []roster.Document
	readings  map[string]document.Reading
	names     map[string]string
}

// Reading returns the text of one.
func (p *Papers) Reading(_ context.Context, sha string) (document.Reading, error) {
	r, ok := p.readings[sha]
	if !ok {
		return r, store.ErrNotFound
	}
	return r, nil
}

// Documents are all of them, as a store has them.
func (p *Papers) Documents() []roster.Document { return p.documents }

// Reversed are the same the other way round, by which passages get other numbers.
func (p *Papers) Reversed() []roster.Document {
	all := slices.Clone(p.documents)
	slices.Reverse(all)
	return all
}

// Name is the name of the document with a hash.
func (p *Papers) Name(sha string) string { return p.names[sha] }

// Page is the text of a page.
func (p *Papers) Page(at search.Place) string {
	for _, page := range p.readings[at.SHA256].Pages {
		if page.Number == at.Page {
			return page.Text
		}
	}
	return ""
}

// Texts are the texts of all pages, by the names of the documents.
func (p *Papers) Texts() map[string][]string {
	all := map[string][]string{}
	for sha, r := range p.readings {
		for _, page := range r.Pages {
			all[p.names[sha]] = append(all[p.names[sha]], page.Text)
		}
	}
	return all
}

// Add adds a document, or puts another reading in its place.
func (p *Papers) Add(name string, pages ...document.Page) {
	sum := sha256.Sum256([]byte(name))
	sha := hex.EncodeToString(sum[:])
	d := roster.Document{SHA256: sha, ReadBy: document.Version, Pages: len(pages)}
	all := sha256.New()
	for i := range pages {
		pages[i].Number = i + 1
		d.Words += len(strings.Fields(pages[i].Text))
		all.Write([]byte(pages[i].Text))
	}
	d.TextDigest = hex.EncodeToString(all.Sum(nil))
	if p.readings == nil {
		p.readings, p.names = map[string]document.Reading{}, map[string]string{}
	}
	p.documents = slices.DeleteFunc(p.documents, func(o roster.Document) bool { return o.SHA256 == sha })
	p.documents = append(p.documents, d)
	p.readings[sha], p.names[sha] = document.Reading{SHA256: sha, ReadBy: document.Version, Pages: pages}, name
}

// Small are a few documents: three of one form, a scan, and one of its own.
func Small() *Papers {
	p := &Papers{}
	const form = "ICE will reimburse the agency for\ncosts of training. The agency shall not be liable."
	for _, name := range []string{"bay", "gulf", "polk"} {
		p.Add(name, document.Page{Text: "MEMORANDUM OF AGREEMENT\nbetween ICE and the " + name + " office"}, document.Page{Text: form})
	}
	p.Add("scan", document.Page{Text: "Costs of tbe jail. ICE shall reirnburse travel, and provide tra1ning.", Machine: true, Scanned: true})
	p.Add("own", document.Page{Text: "The lottery commission's reim-\nbursement is capped, and self-\nfunded. Call (352) 555-0147 or\nwrite to jane.doe@agency.gov."},
		document.Page{Text: "Straße, café, naïve: <b>bold</b> \"quoted\" 287(g)\x00\u202e."})
	return p
}

// Run runs the suite with what open returns, empty each time.
func Run(t *testing.T, open func(t *testing.T) search.Keeper) {
	t.Run("Queries", func(t *testing.T) { queries(t, open(t)) })
	t.Run("Alike", func(t *testing.T) { alike(t, open(t)) })
	t.Run("Hostile", func(t *testing.T) { hostile(t, open(t)) })
	t.Run("AsDocumentsCome", func(t *testing.T) { come(t, open(t)) })
}

// MadeAgain checks that a search during which the index is made again, after remove took what
// k keeps away, shows no passage under the number that another one had before.
func MadeAgain(t *testing.T, k search.Keeper, remove func()) {
	t.Helper()
	p := Small()
	b := &between{Keeper: k}
	x := filled(t, b, p)
	b.happens = func() {
		remove()
		for range 3 { // what is gone is seen where it is read
			if x.Fill(t.Context(), p.Reversed(), p) == nil {
				return
			}
		}
		t.Error("it is not made again")
	}
	q := search.Query{Text: "lottery", Count: 3}
	if r, err := x.Find(t.Context(), q); !errors.Is(err, search.ErrNotYet) {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := x.Find(t.Context(), q); err != nil || r.Documents != 1 {
		t.Errorf("after it: %+v, %v", r, err)
	}
}

// between is a keeper of which something happens to the index after it was looked through.
type between struct {
	search.Keeper
	happens func()
}

func (b *between) Match(ctx context.Context, sequences [][]string, prefix bool) ([]uint32, error) {
	ids, err := b.Keeper.Match(ctx, sequences, prefix)
	if happens := b.happens; happens != nil {
		b.happens = nil
		happens()
	}
	return ids, err //nolint:wrapcheck // it is the keeper's
}

// Fuzz looks for whatever can be typed, in what open returns, which is empty.
func Fuzz(f *testing.F, k search.Keeper) {
	for _, q := range []string{"lottery", `"costs of training" -jail`, `NEAR("a b", 3)`, "lottery'; DROP TABLE passages;--", "a:* & !b | (c <-> d)", "co* re-im* -", "words : lottery ^ {x}", "lot\x00tery \xff\xfe",
		"\u202elottery\u2066 \u00adreim\u00adbursement", "“lottery” −jail", strings.Repeat("co* ", 50), strings.Repeat(`"a b `, 2500), "İıſKÅ ﬁ ½ ² ١٢ 中文", strings.Repeat("\u0301", 300) + "a"} {
		f.Add(q)
	}
	p := Small()
	x := filled(f, k, p)
	f.Fuzz(func(t *testing.T, query string) {
		began := time.Now()
		r, err := x.Find(t.Context(), search.Query{Text: query, Count: 5})
		if took := time.Since(began); err != nil || took > 3*time.Second {
			t.Fatalf("%q: %v after %v", query, err, took)
		}
		if r.Passages < len(r.Found) || r.Documents > len(p.documents) || !r.Asked && r.Documents > 0 {
			t.Errorf("%q: %+v", query, r)
		}
		for _, found := range r.Found {
			hit := false
			for _, piece := range found.Text {
				hit = hit || piece.Hit
				if !utf8.ValidString(piece.Text) || strings.Contains(piece.Text, "555") || strings.Contains(piece.Text, "jane") {
					t.Errorf("%q: %q is shown", query, piece.Text)
				}
			}
			if !hit || len(found.Places) == 0 {
				t.Errorf("%q: nothing is marked: %+v", query, found)
			}
		}
	})
}

func filled(t testing.TB, k search.Keeper, p *Papers) *search.Index {
	t.Helper()
	x := search.New(k, nil)
	if _, err := x.Find(t.Context(), search.Query{Text: "ice"}); err == nil {
		t.Error("an index that was not filled finds something")
	}
	if err := x.Fill(t.Context(), p.Documents(), p); err != nil {
		t.Fatal(err)
	}
	return x
}

// told writes what was found in one line: the documents of each passage with their pages, "~"
// before what is near, and the words that are marked.
func told(t *testing.T, x *search.Index, p *Papers, q search.Query) string {
	t.Helper()
	q.Count = max(q.Count, 10)
	r, err := x.Find(t.Context(), q)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	var all []string
	for _, f := range r.Found {
		var s, marked []string
		for _, at := range f.Places {
			s = append(s, fmt.Sprintf("%s.%d", p.Name(at.SHA256), at.Page))
		}
		slices.Sort(s)
		for _, piece := range f.Text {
			if piece.Hit {
				marked = append(marked, piece.Text)
			}
		}
		line := strings.Join(s, "+") + "[" + strings.Join(marked, " ") + "]"
		if f.Near {
			line = "~" + line
		}
		all = append(all, line)
	}
	return strings.Join(all, " ")
}

func queries(t *testing.T, k search.Keeper) {
	p := Small()
	x := filled(t, k, p)
	for query, want := range map[string]string{
		"lottery":             "own.1[lottery]",
		"LOTTERY":             "own.1[lottery]",
		"reimburse":           "own.1[reim-bursement] bay.2+gulf.2+polk.2[reimburse] ~scan.1[reirnburse]",
		"reimbursement":       "own.1[reim-bursement] bay.2+gulf.2+polk.2[reimburse] ~scan.1[reirnburse]",
		"training":            "bay.2+gulf.2+polk.2[training] ~scan.1[tra1ning]",
		"self-funded":         "own.1[self-funded]",
		"selffunded":          "own.1[self-funded]",
		"costs jail":          "scan.1[Costs jail]",
		`"costs of training"`: "bay.2+gulf.2+polk.2[costs of training]",
		`"training of costs"`: "",
		`"for costs"`:         "bay.2+gulf.2+polk.2[for costs]",
		"liab*":               "bay.2+gulf.2+polk.2[liable]",
		"costs -training":     "scan.1[Costs]", // what may be "training" is no reason to leave it out
		"-training":           "",
		"strasse cafe NAIVE":  "",
		"straße cafe NAIVE":   "own.2[Straße café naïve]",
		"287(g)":              "own.2[287 g]",
		"<b>bold":             "own.2[b bold]",
		"555":                 "",
		"0147":                "",
		"352":                 "",
		"jane":                "",
		"phone number":        "",
		"liable jail":         "",
		"bay office":          "bay.1[bay office]",
		"commission's":        "own.1[commission s]",
		"nothing":             "",
	} {
		if got := told(t, x, p, search.Query{Text: query}); got != want {
			t.Errorf("%q finds %s, want %s", query, got, want)
		}
	}
	if got := told(t, x, p, search.Query{Text: "reimburse", Only: func(sha string) bool { return p.Name(sha) == "gulf" }}); got != "gulf.2[reimburse]" {
		t.Errorf("in one document: %s", got)
	}
	if got := told(t, x, p, search.Query{Text: "reimburse", From: 1}); !strings.HasPrefix(got, "bay.2") {
		t.Errorf("from the second: %s", got)
	}
	r, err := x.Find(t.Context(), search.Query{Text: "reimburse", Count: 10})
	if err != nil || r.Documents != 5 || r.Passages != 3 || r.Indexed != 5 || r.Near || len(r.Found) != 3 || r.Found[1].Shared != 3 || len(r.Found[1].Places) != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err = x.Find(t.Context(), search.Query{Text: "reimbirse", Count: 10}); err != nil || !r.Near || r.Documents == 0 {
		t.Errorf("a slip: %+v, %v", r, err)
	}
	for _, q := range []string{"agreement", "call", "write"} {
		r, err := x.Find(t.Context(), search.Query{Text: q, Count: 10})
		if text := fmt.Sprint(r); err != nil || r.Documents == 0 || strings.Contains(text, "555") || strings.Contains(text, "jane") {
			t.Errorf("%q: %s, %v", q, text, err)
		}
	}
}

// alike: what differs in spaces and marks alone is one result, and what differs in numbers is
// not.
func alike(t *testing.T, k search.Keeper) {
	p := Small()
	for i, text := range []string{"A helicopter within 15 days, of LEA jail.", "A helicopter , within 15 days of LEAjail", "A helicopter within 1.5 days of LEA jail.", "A helicopter within 1 5 days of LEA-jail."} {
		p.Add(fmt.Sprint("alike ", i), document.Page{Text: text})
	}
	x := filled(t, k, p)
	if got := told(t, x, p, search.Query{Text: "helicopter"}); got != "alike 0.1+alike 1.1[helicopter] alike 2.1+alike 3.1[helicopter]" && got != "alike 2.1+alike 3.1[helicopter] alike 0.1+alike 1.1[helicopter]" {
		t.Errorf("what is alike: %s", got)
	}
}

// Whatever is typed is looked for, and no error.
func hostile(t *testing.T, k search.Keeper) {
	p := Small()
	x := filled(t, k, p)
	for query, want := range map[string]string{
		`NEAR(lottery commission)`: "", `"lottery`: "own.1", `lottery"`: "own.1", `"" lottery`: "own.1", `words:lottery`: "", `{words}:lottery`: "", `^lottery`: "own.1", `lottery*`: "own.1", `*`: "", `-`: "", `--`: "", `"`: "",
		`lottery AND capped`: "own.1", `lottery OR capped`: "own.1", `lottery NOT capped`: "", `lottery + capped`: "own.1", `lottery'; DROP TABLE passages;--`: "", `'lottery'`: "own.1", "lottery\x00": "own.1", "lot\x00tery": "own.1",
		`lottery & capped`: "own.1", `lottery | capped`: "own.1", `!lottery`: "own.1", `lottery:*`: "own.1", `lottery <-> capped`: "own.1", `\`: "", `lottery\`: "own.1", "\xff\xfelottery": "own.1", "%": "", "a*": "", strings.Repeat("(", 5000): "",
		strings.Repeat("lottery ", 10000): "own.1",
	} {
		got := told(t, x, p, search.Query{Text: query})
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%.40q finds %s, want %s", query, got, want)
		}
	}
	var many strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&many, "w%d ", i)
	}
	if r, err := x.Find(t.Context(), search.Query{Text: many.String()}); err != nil || !r.Cut {
		t.Errorf("10,000 words: %v %v", r.Cut, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := x.Find(ended, search.Query{Text: "lottery"}); err == nil {
		t.Error("a query whose reader has gone goes on")
	}
}

// Documents are found as they come, as they were read last, and while others are indexed, by
// another process, too.
func come(t *testing.T, k search.Keeper) {
	p := Small()
	x := filled(t, k, p)
	var group sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if r, err := x.Find(t.Context(), search.Query{Text: "reimburse", Count: 3}); err != nil || r.Documents < 5 {
					t.Errorf("while others are indexed: %+v, %v", r, err)
					return
				}
			}
		})
	}
	more := Small()
	for i := range 40 {
		more.Add(fmt.Sprintf("more %d", i), document.Page{Text: fmt.Sprintf("Sheriff number%d writes of a helicopter.", i)})
	}
	more.Add("own", document.Page{Text: "Read again: a raffle."})
	other := search.New(k, nil)
	for _, y := range []*search.Index{x, other} {
		group.Go(func() {
			if err := y.Fill(t.Context(), more.Documents()[:len(more.documents)-1], more); err != nil {
				t.Error(err)
			}
		})
	}
	group.Go(func() {
		if err := search.New(k, nil).Fill(t.Context(), p.Documents(), p); err != nil {
			t.Error(err)
		}
	})
	close(stop)
	group.Wait()
	if err := x.Fill(t.Context(), more.Documents(), more); err != nil {
		t.Fatal(err)
	}
	if got := told(t, x, more, search.Query{Text: "raffle"}); got != "own.1[raffle]" {
		t.Errorf("what was read again: %s", got)
	}
	if got := told(t, x, more, search.Query{Text: "lottery"}); got != "" {
		t.Errorf("what was read before: %s", got)
	}
	if r, err := x.Find(t.Context(), search.Query{Text: "helicopter"}); err != nil || r.Documents != 40 || r.Passages != 40 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := other.Find(t.Context(), search.Query{Text: "number7"}); err != nil || r.Documents != 1 {
		t.Errorf("in the other process: %+v, %v", r, err)
	}
}
