package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/cache"
	"github.com/watch287g/watch287g/web/kept"
)

// manyPapers is a library of so many documents of 14 pages.
func manyPapers(n int) *papers {
	p := smallPapers()
	var pages []document.Page
	for i := range 14 {
		var text strings.Builder
		for line := range 45 {
			fmt.Fprintf(&text, "Line %d of page %d says what the parties agree upon, and what each of them has to do.\n", line, i+1)
			if line%9 == 8 {
				text.WriteString("\nC. What the parties (ICE and the LEA) agree upon, by 8 U.S.C. 1357.\n")
			}
		}
		if i == 12 { // where those are named who answer for it
			text.WriteString("\nCall (202) 555-0143 or write to someone@example.org.\n")
		}
		pages = append(pages, page(i+1, text.String()))
	}
	for i := range n {
		p.add(fmt.Sprint("many ", i), fmt.Sprintf("%smany%d.pdf", moa, i), 4, roster.Document{Form: "tfm-2025-03-07", Model: "TFM", Revised: "2025-03-07"}, pages...)
		p.departs[hashed(fmt.Sprint("many ", i))] = p.departs[hashed("lampasas 2")]
	}
	return p
}

// BenchmarkDocuments makes pages anew each time, as the first reader after a commit has them
// made, among 2,500 documents. "index" is what a commit costs once.
func BenchmarkDocuments(b *testing.B) {
	p := manyPapers(2500)
	w := withPapers(b, newWorld(b), p)
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			kept.New(p, w.known())
		}
	})
	for name, path := range map[string]string{"document": "/documents/" + hashed("many 7"), "list": "/documents", "last": "/documents?page=50", "forms": "/forms", "form": "/forms/tfm-2025-03-07",
		"csv": "/downloads/documents.csv", "api": "/api/v1/documents", "api document": "/api/v1/documents/" + hashed("many 7"), "agency": "/agencies/TX-lampass-county-sheriffs-office"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w.cache = cache.New(cacheBytes)
				if rec := w.get(path); rec.Code != http.StatusOK {
					b.Fatal(rec.Code)
				}
			}
		})
	}
}
