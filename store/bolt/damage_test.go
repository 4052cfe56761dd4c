package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

const whatToDo = "put a backup in its place, or move it away to start over"

// specimen is a store to be damaged.
type specimen struct {
	path string // where to write it damaged
	raw  []byte
	now  storetest.Contents // what it tells
	past storetest.Contents // before the last step, to which a store falls back when a crash cuts that short
}

func newSpecimen(t *testing.T) specimen {
	t.Helper()
	folder := t.TempDir()
	sp := specimen{path: filepath.Join(folder, "damaged.db")}
	path := filepath.Join(folder, "watch287g.db")
	s := quick(opened(t, path, impatient()))
	if err := storetest.Fill(t.Context(), s, 10, 2); err != nil {
		t.Fatal(err)
	}
	sp.past = contents(t, s)
	seqs := sp.past.Known.Seqs
	last := store.Batch{Before: seqs, Poll: &roster.Poll{Outcome: "the last"}}
	for i := range uint64(50) { // enough for pages that branch
		id := fmt.Sprintf("FL-%03d-%s", i, strings.Repeat("long-name-", 20))
		last.Agencies = append(last.Agencies, roster.Agency{ID: id})
		last.Changes = append(last.Changes, roster.Change{ID: id, Seq: seqs.Change + i + 1})
		last.Deliveries = append(last.Deliveries, roster.Delivery{
			ID: id, Channel: fmt.Sprintf("channel-%d", i), State: roster.DeliveryWaiting, Changes: []uint64{seqs.Change + i + 1},
		})
	}
	if err := s.Commit(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	sp.now = contents(t, s)
	var used int64
	err := s.db.View(func(tx *bbolt.Tx) error { used = tx.Size(); return nil })
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sp.raw = raw[:used] // bbolt makes files longer than it needs
	return sp
}

// examine opens a damaged file and uses it. What is wrong must be said, and
// nothing that is wrong may be answered.
func (sp specimen) examine(t *testing.T, what string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(sp.path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(sp.path, impatient())
	if err != nil {
		if !errors.Is(err, store.ErrDamaged) || !strings.HasSuffix(err.Error(), whatToDo) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: opening: %v", what, err)
		}
		return
	}
	c, err := storetest.Read(t.Context(), s)
	switch {
	case err != nil && !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrNotFound):
		t.Errorf("%s: reading: %v", what, err)
	case err == nil && !reflect.DeepEqual(c, sp.now) && !reflect.DeepEqual(c, sp.past):
		t.Errorf("%s: the store tells something else:\n%s", what, storetest.Diff(sp.now, c))
	}
	batch := store.Batch{Before: c.Known.Seqs, Poll: &roster.Poll{}, Agencies: []roster.Agency{{ID: "TX-1"}, {ID: "FL-030"}}}
	if err := quick(s).Commit(t.Context(), batch); err != nil && !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrConflict) {
		t.Errorf("%s: writing: %v", what, err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("%s: closing: %v", what, err)
	}
}

func TestFlippedBit(t *testing.T) {
	sp := newSpecimen(t)
	flip := func(at, bit int) {
		raw := bytes.Clone(sp.raw)
		raw[at] ^= 1 << bit
		sp.examine(t, fmt.Sprintf("bit %d of byte %d", bit, at), raw)
	}
	random := rand.New(rand.NewPCG(287, 1))
	for range 100 { // anywhere
		flip(random.IntN(len(sp.raw)), random.IntN(8))
	}
	for page := 0; page < len(sp.raw); page += os.Getpagesize() { // where bbolt finds its way
		for range 2 {
			flip(page+random.IntN(96), random.IntN(8))
		}
	}
}

func TestDamagedPages(t *testing.T) {
	sp := newSpecimen(t)
	size := os.Getpagesize()
	for at := 0; at < len(sp.raw); at += size {
		zeroed := bytes.Clone(sp.raw)
		clear(zeroed[at : at+size])
		sp.examine(t, fmt.Sprintf("page %d lost", at/size), zeroed)
		swapped := bytes.Clone(sp.raw)
		other := (at + 3*size) % len(sp.raw)
		copy(swapped[at:at+size], sp.raw[other:])
		sp.examine(t, fmt.Sprintf("page %d at the place of %d", other/size, at/size), swapped)
	}
}

func TestTruncated(t *testing.T) {
	sp := newSpecimen(t)
	for _, size := range []int{1, 100, os.Getpagesize(), os.Getpagesize() + 1} {
		sp.examine(t, fmt.Sprintf("%d bytes", size), sp.raw[:size])
	}
	for size := 2 * os.Getpagesize(); size < len(sp.raw); size += 3000 {
		sp.examine(t, fmt.Sprintf("%d bytes", size), sp.raw[:size])
	}
}

func TestGarbage(t *testing.T) {
	sp := newSpecimen(t)
	noise := make([]byte, 100_000)
	random := rand.New(rand.NewPCG(287, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	sp.examine(t, "noise", noise)
	sp.examine(t, "zeros", make([]byte, 100_000))
	sp.examine(t, "text", bytes.Repeat([]byte("<html>Access denied</html>\n"), 5000))
	sp.examine(t, "the beginning alone", append(bytes.Clone(sp.raw[:2*os.Getpagesize()]), noise...))
}

// TestCircle has a page lead back to itself, on which bbolt would exhaust the
// stack of the process.
func TestCircle(t *testing.T) {
	const headerSize, branchPage = 16, 0x01 // as bbolt writes them
	sp := newSpecimen(t)
	size := os.Getpagesize()
	circles := 0
	for at := 2 * size; at < len(sp.raw); at += size {
		if binary.NativeEndian.Uint16(sp.raw[at+8:]) != branchPage {
			continue
		}
		circles++
		raw := bytes.Clone(sp.raw)
		binary.NativeEndian.PutUint64(raw[at+headerSize+8:], uint64(at/size))
		sp.examine(t, fmt.Sprintf("page %d in a circle", at/size), raw)
	}
	if circles == 0 {
		t.Error("no page branches in this store")
	}
}

// TestCutWhileOpen cuts the file off under an open store.
func TestCutWhileOpen(t *testing.T) {
	path := filled(t)
	s, err := Open(path, impatient())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	_, err = s.Known(t.Context())
	says(t, err, store.ErrDamaged, whatToDo)
	for range 2 {
		says(t, s.Commit(t.Context(), store.Batch{}), store.ErrDamaged, whatToDo)
		says(t, s.SaveProgress(t.Context()), store.ErrDamaged, whatToDo)
		says(t, s.Enqueue(t.Context(), nil, nil), store.ErrDamaged, whatToDo)
	}
	says(t, s.Backup(t.Context(), new(bytes.Buffer)), store.ErrDamaged, whatToDo)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	create := func(buckets ...string) {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			for _, b := range buckets {
				if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	create("shopping lists")
	_, err := Open(path, impatient())
	says(t, err, store.ErrDamaged, "made by another program")
	create(string(meta))
	_, err = Open(path, impatient())
	says(t, err, store.ErrDamaged, "its version is missing")
}

func TestMissingPart(t *testing.T) {
	sp := newSpecimen(t)
	for _, b := range buckets() {
		if err := os.WriteFile(sp.path, sp.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(sp.path, impatient())
		if err != nil {
			t.Fatal(err)
		}
		err = quick(s).db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(b)) })
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		_, err = Open(sp.path, impatient())
		says(t, err, store.ErrDamaged, whatToDo)
	}
}

// TestLostDelivery has the indexes lead to a delivery that is not there, and to
// one that is another. Neither may pass for one that was never known.
func TestLostDelivery(t *testing.T) {
	for name, spoil := range map[string]func(tx *bbolt.Tx) error{
		"lost": func(tx *bbolt.Tx) error { return deliveries.of(tx).Delete(key(1)) },
		"other": func(tx *bbolt.Tx) error {
			return put(deliveries.of(tx), key(1), roster.Delivery{ID: "other", Seq: 1, Channel: "other", State: roster.DeliveryWaiting})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := quick(opened(t, filepath.Join(t.TempDir(), "watch287g.db"), impatient()))
			d := roster.Delivery{ID: "dlv", Channel: "ops", Changes: []uint64{1}, State: roster.DeliveryWaiting}
			batch := store.Batch{Changes: []roster.Change{{ID: "chg", Seq: 1}}, Deliveries: []roster.Delivery{d}}
			if err := errors.Join(s.Commit(t.Context(), batch), s.db.Update(spoil)); err != nil {
				t.Fatal(err)
			}
			d.Seq = 1
			ctx, before := t.Context(), firstDelivery(t, s)
			for call, ask := range map[string]func() error{
				"Heads":      func() error { _, err := s.NextPending(ctx); return err },
				"Delivery":   func() error { _, err := s.Delivery(ctx, "dlv"); return err },
				"DeliveryOf": func() error { _, err := s.DeliveryOf(ctx, "ops", 1); return err },
				"Deliveries": func() error {
					_, err := s.Deliveries(ctx, store.DeliveryQuery{States: []roster.DeliveryState{roster.DeliveryWaiting}})
					return err
				},
				"SaveProgress": func() error { return s.SaveProgress(ctx, d) },
				"Commit": func() error {
					return s.Commit(ctx, store.Batch{Before: roster.Seqs{Change: 1}, Deliveries: []roster.Delivery{d}})
				},
			} {
				err := ask()
				if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
					t.Errorf("%s: got the error %v", call, err)
					continue
				}
				says(t, err, store.ErrDamaged, whatToDo)
			}
			if !bytes.Equal(before, firstDelivery(t, s)) {
				t.Error("something was written")
			}
		})
	}
}

// firstDelivery is the first delivery as it is stored.
func firstDelivery(t *testing.T, s *Store) []byte {
	t.Helper()
	var kept []byte
	if err := s.db.View(func(tx *bbolt.Tx) error { kept = bytes.Clone(deliveries.of(tx).Get(key(1))); return nil }); err != nil {
		t.Fatal(err)
	}
	return kept
}
