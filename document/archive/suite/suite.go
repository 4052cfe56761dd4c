// Package suite is what every archive of documents must pass.
package suite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/store"
)

// Backend is what an archive lends the suite.
type Backend struct {
	// New makes room for one archive, empty at first, and returns what opens it.
	New func(t *testing.T) (open func() archive.Archive)
	// Spoil changes the bytes of a file, or of what was read in it, behind its back.
	Spoil func(t *testing.T, a archive.Archive, hash string, reading bool)
}

// Run holds an archive against the contract.
func Run(t *testing.T, b Backend) {
	for name, test := range map[string]func(*testing.T, Backend){
		"Kept": testKept, "Readings": testReadings, "Damaged": testDamaged, "Names": testNames, "AtOnce": testAtOnce, "Cancelled": testCancelled,
	} {
		t.Run(name, func(t *testing.T) { test(t, b) })
	}
}

func put(t *testing.T, a archive.Archive, body []byte) string {
	t.Helper()
	hash, err := a.Put(t.Context(), body)
	if err != nil || hash != archive.Hash(body) {
		t.Fatalf("keeping %.20q: %q, %v", body, hash, err)
	}
	return hash
}

func get(t *testing.T, a archive.Archive, hash string, want []byte) {
	t.Helper()
	got, err := a.Get(t.Context(), hash)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("document %.12s has %d bytes (%v), want %d", hash, len(got), err, len(want))
	}
}

func fails(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got the error %v, want %v", what, err, want)
	}
}

func all(t *testing.T, a archive.Archive) []archive.Entry {
	t.Helper()
	var found []archive.Entry
	for e, err := range a.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, e)
	}
	return found
}

// bodies are files of many sizes, an empty one among them.
func bodies() (some [][]byte) {
	for _, n := range []int{0, 1, 5, 1000, 70_000, 1_000_000} {
		some = append(some, bytes.Repeat([]byte(fmt.Sprintf("%%PDF %d ☂\x00\xff\n", n)), n/10))
	}
	return some
}

func testKept(t *testing.T, b Backend) {
	open := b.New(t)
	a := open()
	if found := all(t, a); len(found) > 0 {
		t.Errorf("an empty archive has %v", found)
	}
	var want []archive.Entry
	for i, body := range bodies() {
		hash := archive.Hash(body)
		_, err := a.Get(t.Context(), hash)
		if there, errHas := a.Has(t.Context(), hash); i > 2 && (there || errHas != nil || !errors.Is(err, store.ErrNotFound)) {
			t.Errorf("before it is kept: %v, %v, %v", there, errHas, err)
		}
		for range 2 {
			put(t, a, body)
		}
		if there, err := a.Has(t.Context(), hash); !there || err != nil {
			t.Errorf("once it is kept: %v, %v", there, err)
		}
		want = append(want, archive.Entry{SHA256: hash, Size: int64(len(body))})
	}
	slices.SortFunc(want, func(a, b archive.Entry) int { return bytes.Compare([]byte(a.SHA256), []byte(b.SHA256)) })
	want = slices.Compact(want)
	a = open()
	for _, body := range bodies() {
		get(t, a, archive.Hash(body), body)
	}
	if got := all(t, a); !slices.Equal(got, want) {
		t.Errorf("all are\n%v, want\n%v", got, want)
	}
	for _, err := range a.All(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break // who wants no more gets no more
	}
	given, err := a.Get(t.Context(), want[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	clear(given)
	if _, err := a.Get(t.Context(), want[0].SHA256); err != nil {
		t.Errorf("what was given away is still its own: %v", err)
	}
}

func testReadings(t *testing.T, b Backend) {
	open := b.New(t)
	a := open()
	hash := put(t, a, []byte("%PDF"))
	_, err := a.Reading(t.Context(), hash)
	fails(t, "before it was read", err, store.ErrNotFound)
	for by := 1; by <= 2; by++ {
		want := document.Reading{SHA256: hash, ReadBy: by, Pages: []document.Page{{Number: 1, Text: "Añasco\nI. Purpose"}, {Number: 2, Scanned: true}}, Said: "said"}
		if err := a.PutReading(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		a = open()
		got, err := a.Reading(t.Context(), hash)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("read by %d: %+v (%v)", by, got, err)
		}
	}
	b.Spoil(t, a, hash, true)
	_, err = a.Reading(t.Context(), hash)
	fails(t, "one that is damaged", err, archive.ErrDamaged)
	if err := a.PutReading(t.Context(), document.Reading{SHA256: hash, ReadBy: 3}); err != nil {
		t.Fatal(err)
	}
	if r, err := a.Reading(t.Context(), hash); err != nil || r.ReadBy != 3 {
		t.Errorf("read again: %+v (%v)", r, err)
	}
	if got := all(t, a); len(got) != 1 {
		t.Errorf("readings count as files: %v", got)
	}
}

// testDamaged has what is damaged found, and mended where the file comes again.
func testDamaged(t *testing.T, b Backend) {
	open := b.New(t)
	a := open()
	body := []byte("the one true file")
	hash, other := put(t, a, body), put(t, a, []byte("another"))
	b.Spoil(t, a, hash, false)
	a = open()
	_, err := a.Get(t.Context(), hash)
	fails(t, "a damaged file", err, archive.ErrDamaged)
	get(t, a, other, []byte("another"))
	if n := len(all(t, a)); n != 2 {
		t.Errorf("there are %d files", n)
	}
	put(t, a, body)
	get(t, open(), hash, body)
	if n := len(all(t, a)); n != 2 {
		t.Errorf("mended, there are %d files", n)
	}
}

// testNames asks for what is no hash: nothing outside of the archive is touched.
func testNames(t *testing.T, b Backend) {
	a := b.New(t)()
	for _, name := range []string{"", "ab", "../../../etc/passwd", "..", "abcd\x00", fmt.Sprintf("%064d/", 0), fmt.Sprintf("%063dA", 0), "zz" + fmt.Sprintf("%062d", 0)} {
		there, err := a.Has(t.Context(), name)
		if there || err != nil {
			t.Errorf("%q is there: %v, %v", name, there, err)
		}
		_, err = a.Get(t.Context(), name)
		fails(t, name, err, store.ErrNotFound)
		_, err = a.Reading(t.Context(), name)
		fails(t, name, err, store.ErrNotFound)
		fails(t, name, a.PutReading(t.Context(), document.Reading{SHA256: name}), store.ErrNotFound)
	}
}

// testAtOnce has several keep the same files, each by an archive of its own, while others
// read.
func testAtOnce(t *testing.T, b Backend) {
	open := b.New(t)
	var wg sync.WaitGroup
	for n := range 3 {
		a := open()
		wg.Go(func() {
			for i := range 8 {
				body := bytes.Repeat(fmt.Appendf(nil, "file %d", i), 10_000)
				hash, err := a.Put(t.Context(), body)
				if err == nil {
					err = a.PutReading(t.Context(), document.Reading{SHA256: hash, ReadBy: n})
				}
				if err == nil {
					_, err = a.Get(t.Context(), hash)
				}
				if err == nil {
					_, err = a.Reading(t.Context(), hash)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(all(t, open())); n != 8 {
		t.Errorf("%d files are kept, want 8", n)
	}
}

func testCancelled(t *testing.T, b Backend) {
	a := b.New(t)()
	hash := put(t, a, []byte("kept"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Put(ctx, []byte("new"))
	fails(t, "Put", err, context.Canceled)
	_, err = a.Has(ctx, hash)
	fails(t, "Has", err, context.Canceled)
	_, err = a.Get(ctx, hash)
	fails(t, "Get", err, context.Canceled)
	_, err = a.Reading(ctx, hash)
	fails(t, "Reading", err, context.Canceled)
	fails(t, "PutReading", a.PutReading(ctx, document.Reading{SHA256: hash}), context.Canceled)
	_, _, err = archive.Sum(ctx, a)
	fails(t, "All", err, context.Canceled)
	if n := len(all(t, a)); n != 1 {
		t.Errorf("%d files are kept, want 1", n)
	}
}
