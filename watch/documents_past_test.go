package watch_test

import (
	"context"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// What others captured before documents were watched is read, and tells nobody anything: not
// that the file is there, nor that another one stands there today, nor that rows link others.
func TestCapturedBeforeDocumentsWereWatched(t *testing.T) {
	p, s := newShelved(t, "one.pdf", "two.pdf", "three.pdf")
	p.Watcher = p.watchingBy(p.store, nil)
	p.poll()
	p.lists(participating("b.xlsx", day(30), linking("one.pdf", "two.pdf", "three.pdf", "four.pdf")))
	p.now = day(30)
	p.poll()
	old := []byte("%PDF-1.7 old\nWords of old.")
	if _, err := s.Put(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	err := p.Beside(t.Context(), func(context.Context, store.Reader) (store.Batch, error) {
		b := store.Batch{Documents: []roster.Document{{SHA256: archive.Hash(old), Size: int64(len(old)), HadAt: day(20)}}}
		for _, name := range []string{"one.pdf", "two.pdf"} {
			b.Addresses = append(b.Addresses, roster.DocumentAddress{URL: moaFolder + name, Baseline: true, FirstLinked: day(20), Versions: []roster.DocumentVersion{
				{From: day(20), SHA256: archive.Hash(old), Size: int64(len(old)), Origin: &roster.Origin{Source: roster.SourceInternetArchive}}}})
		}
		return b, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one.pdf", "three.pdf", "four.pdf"} {
		s.has(name, "", "Words of "+name)
	}
	p.Watcher = p.watching(s, p.store)
	p.pass(8 * 24 * time.Hour)
	p.wantTold()
	for _, d := range must[[]roster.Document](t)(p.store.Documents(t.Context())) {
		if d.ReadBy != document.Version {
			t.Errorf("%s was never read", d.SHA256)
		}
	}
	for _, a := range must[[]roster.DocumentAddress](t)(p.store.Addresses(t.Context())) {
		if a.URL == moaFolder+"one.pdf" && (len(a.Versions) != 2 || a.Versions[0].Origin == nil || a.Versions[1].Origin != nil) || a.URL == moaFolder+"two.pdf" && (len(a.Versions) != 1 || a.GoneSince.IsZero()) {
			t.Errorf("known is %+v", a)
		}
	}
	s.has("one.pdf", "later", "Words of a later one.")
	p.pass(8 * 24 * time.Hour)
	p.wantTold("replaced one.pdf")
}
