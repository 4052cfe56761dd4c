package library_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// What differs between two files at an address is known with the view, and not found by who
// asks for it.
func TestReplacedFilesAreCompared(t *testing.T) {
	t.Parallel()
	s, ctx := bolttest.New(t), t.Context()
	kept := archive.NewDisk(filepath.Join(t.TempDir(), "documents"), 0, time.Now)
	at := time.Date(2025, 6, 11, 13, 30, 0, 0, time.UTC)
	b := store.Batch{Addresses: []roster.DocumentAddress{{URL: "https://www.ice.gov/doclib/moa/a.pdf", FirstLinked: at}}}
	for i, more := range []string{"", "\n\nThe agency pays for everything that its officers do."} {
		sha, err := kept.Put(ctx, []byte("%PDF-1.4 "+more))
		if err != nil {
			t.Fatal(err)
		}
		text := "I. PURPOSE\n\n" + strings.Repeat("ICE and the agency agree upon the purpose of this agreement. ", 30) + more
		if err := kept.PutReading(ctx, document.Reading{SHA256: sha, ReadBy: document.Version, Pages: []document.Page{{Number: 1, Text: text}}}); err != nil {
			t.Fatal(err)
		}
		b.Documents = append(b.Documents, roster.Document{SHA256: sha, HadAt: at, ReadBy: document.Version, Pages: 1})
		b.Addresses[0].Versions = append(b.Addresses[0].Versions, roster.DocumentVersion{From: at.AddDate(0, 0, i), SHA256: sha})
	}
	if err := s.Commit(ctx, b); err != nil {
		t.Fatal(err)
	}
	l := library.New(library.Options{Archive: kept, Store: s})
	before, after := b.Documents[0].SHA256, b.Documents[1].SHA256
	if _, err := l.Changes(ctx, before, after); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("before it is known: %v", err)
	}
	for range 2 { // the second time takes over what the first found
		if err := l.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		all, err := l.Changes(ctx, before, after)
		if err != nil || len(all) != 1 || all[0].Op != document.Added || !strings.Contains(all[0].Own.Text, "pays for everything") {
			t.Errorf("what changed is %+v, %v", all, err)
		}
	}
	if _, err := l.Changes(ctx, after, before); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of files that did not follow each other so: %v", err)
	}
}
