package archive_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/archive/suite"
	"github.com/watch287g/watch287g/store"
)

func disk(dir string) *archive.Disk { return archive.NewDisk(dir, 0, time.Now) }

func spoil(t *testing.T, path string) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body[len(body)/2] ^= 4
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDisk(t *testing.T) {
	suite.Run(t, suite.Backend{
		New: func(t *testing.T) func() archive.Archive {
			dir := filepath.Join(t.TempDir(), "documents")
			return func() archive.Archive { return disk(dir) }
		},
		Spoil: func(t *testing.T, a archive.Archive, hash string, reading bool) {
			end := ".pdf"
			if reading {
				end = ".json.gz"
			}
			spoil(t, filepath.Join(a.(*archive.Disk).Dir(), hash[:2], hash+end))
		},
	})
}

// TestDamagedStays has a damaged file set aside, where the whole one comes again.
func TestDamagedStays(t *testing.T) {
	d := disk(t.TempDir())
	hash, err := d.Put(t.Context(), []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.Dir(), hash[:2], hash+".pdf")
	spoil(t, path)
	if _, err := d.Get(t.Context(), hash); err == nil || !bytes.Contains([]byte(err.Error()), []byte(path)) {
		t.Errorf("the error does not name the file: %v", err)
	}
	if _, err := d.Put(t.Context(), []byte("whole")); err != nil {
		t.Fatal(err)
	}
	aside, err := filepath.Glob(path + ".damaged-*")
	if err != nil || len(aside) != 1 {
		t.Fatalf("set aside: %v (%v)", aside, err)
	}
	if body, err := os.ReadFile(aside[0]); err != nil || len(body) != 5 || string(body) == "whole" {
		t.Errorf("set aside is %q (%v)", body, err)
	}
}

// TestUnfinishedGo removes what a crash has left, and nothing that may be written yet or is
// not ours.
func TestUnfinishedGo(t *testing.T) {
	d := disk(t.TempDir())
	hash, err := d.Put(t.Context(), []byte("kept"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(d.Dir(), hash[:2], name) }
	old, fresh, others := at("."+hash+".pdf-123"), at("."+hash+".json.gz-456"), at(".notes-1")
	for _, name := range []string{old, fresh, others} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	if err := errors.Join(os.Chtimes(old, yesterday, yesterday), os.Chtimes(others, yesterday, yesterday)); err != nil {
		t.Fatal(err)
	}
	if err := d.PutReading(t.Context(), document.Reading{SHA256: hash}); err != nil {
		t.Fatal(err)
	}
	for name, there := range map[string]bool{old: false, fresh: true, others: true} {
		if _, err := os.Stat(name); (err == nil) != there {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
	if n, _, err := archive.Sum(t.Context(), d); n != 1 || err != nil {
		t.Errorf("%d files are kept (%v)", n, err)
	}
}

// TestHostileReading unpacks what is no reading, or far too much.
func TestHostileReading(t *testing.T) {
	hash := archive.Hash(nil)
	big, err := archive.PackReading(document.Reading{SHA256: hash, Said: strings.Repeat("a", 65<<20)})
	if err != nil {
		t.Fatal(err)
	}
	other, err := archive.PackReading(document.Reading{SHA256: archive.Hash([]byte("other"))})
	if err != nil {
		t.Fatal(err)
	}
	for name, packed := range map[string][]byte{"nothing": nil, "text": []byte("{}"), "a bomb": big, "another's": other} {
		if _, err := archive.UnpackReading(hash, packed); !errors.Is(err, archive.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHashes tells the hash of what it does not keep, and shows what was kept before.
func TestHashes(t *testing.T) {
	d := disk(t.TempDir())
	old, err := d.Put(t.Context(), []byte("kept"))
	if err != nil {
		t.Fatal(err)
	}
	a := archive.Hashes{Archive: d}
	hash, err := a.Put(t.Context(), []byte("seen"))
	if err != nil || hash != "7208794c984ea1c75d13877c7427336fe98722c41a056eeee4f37360ec367123" {
		t.Errorf("%s (%v)", hash, err)
	}
	if err := a.PutReading(t.Context(), document.Reading{SHA256: hash}); err != nil {
		t.Error(err)
	}
	if _, err := a.Get(t.Context(), hash); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if body, err := a.Get(t.Context(), old); err != nil || string(body) != "kept" {
		t.Errorf("%q (%v)", body, err)
	}
	if n, _, err := archive.Sum(t.Context(), a); n != 1 || err != nil {
		t.Errorf("%d files are kept (%v)", n, err)
	}
}
