package sqlite

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/searchtest"
)

var scale = flag.Int("documents.scale", 0, "measure queries over so many made-up documents of 12 pages, such as 2500")

// TestScale measures answer times, and holds the number of documents to what a plain look
// through the texts finds.
func TestScale(t *testing.T) {
	if *scale == 0 {
		t.Skip("-documents.scale is not given")
	}
	r := rand.New(rand.NewPCG(1, 2))
	var vocabulary []string
	for range 3000 {
		var w strings.Builder
		for range 3 + r.IntN(8) {
			w.WriteByte(byte('a' + r.IntN(26)))
		}
		vocabulary = append(vocabulary, w.String())
	}
	sentence := func() string {
		words := []string{"The"}
		for range 18 {
			words = append(words, vocabulary[int(r.ExpFloat64()*300)%3000])
		}
		return strings.Join(words, " ") + ".\n"
	}
	forms := make([][12]string, 10)
	for i := range forms {
		for j := range forms[i] {
			for range 18 {
				forms[i][j] += sentence()
			}
		}
	}
	p := &searchtest.Papers{}
	texts := make([]string, *scale)
	for i := range *scale {
		var pages []document.Page
		for _, text := range forms[i%10] {
			text += fmt.Sprintf("Agency%d signs.\n", i)
			if i%6 == 0 { // a scan
				b := []byte(text)
				for range len(b) / 150 {
					b[r.IntN(len(b))] = byte('a' + r.IntN(26))
				}
				text = string(b)
			}
			pages = append(pages, document.Page{Text: text})
			texts[i] += " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), " ") + " "
		}
		p.Add(fmt.Sprint(i), pages...)
	}
	x := search.New(New(filepath.Join(t.TempDir(), "documents.index")), nil)
	began := time.Now()
	must(t, x.Fill(t.Context(), p.Documents(), p))
	t.Logf("indexed in %s", time.Since(began).Round(time.Millisecond))
	for i := range 20 {
		word := vocabulary[i*i*5]
		if i%5 == 4 {
			word = fmt.Sprint("agency", i)
		}
		began := time.Now()
		found, err := x.Find(t.Context(), search.Query{Text: word, Count: 20})
		took := time.Since(began)
		must(t, err)
		plain := 0
		for _, text := range texts {
			if strings.Contains(text, " "+word+" ") {
				plain++
			}
		}
		t.Logf("%-12s %4d documents (%d plainly), %5d passages, %s", word, found.Documents, plain, found.Passages, took.Round(100*time.Microsecond))
		if found.Documents < plain || took > 50*time.Millisecond {
			t.Errorf("%s: %d of %d documents in %s", word, found.Documents, plain, took)
		}
	}
	must(t, x.Close())
}
