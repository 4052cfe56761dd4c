package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

func TestCompact(t *testing.T) {
	l := newLost(t)
	s := opened(t, l.path, impatient())
	if _, _, err := Compact(t.Context(), l.path); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while the store is in use: %v", err)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error { // what will be free
		return validators.of(tx).Put([]byte("filler"), make([]byte, 1<<20))
	})
	if err == nil {
		err = s.db.Update(func(tx *bbolt.Tx) error { return validators.of(tx).Delete([]byte("filler")) })
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	before, after, err := Compact(t.Context(), l.path)
	if err != nil || before < 1<<20 || after > before/2 {
		t.Errorf("from %d bytes to %d (%v)", before, after, err)
	}
	info, err := os.Stat(l.path)
	if err != nil || info.Size() != after || info.Mode().Perm() != 0o600 {
		t.Errorf("%d bytes with the mode %v (%v)", info.Size(), info.Mode(), err)
	}
	l.files(t, "watch287g.db")
	s = opened(t, l.path, impatient())
	if diff := storetest.Diff(l.old, contents(t, s)); diff != "" {
		t.Error(diff)
	}
	if err := s.Commit(t.Context(), store.Batch{Before: l.old.Known.Seqs, Agencies: []roster.Agency{{ID: "TX-1"}}}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Compact(t.Context(), filepath.Join(l.dir, "none.db")); err == nil {
		t.Error("no store is compacted")
	}
}

// TestCompactTwice has nothing to win the second time.
func TestCompactTwice(t *testing.T) {
	l := newLost(t)
	_, after, err := Compact(t.Context(), l.path)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(l.path)
	before, again, err := Compact(t.Context(), l.path)
	if now, _ := os.Stat(l.path); err != nil || before != after || again != after || !os.SameFile(info, now) {
		t.Errorf("from %d to %d (%v)", before, again, err)
	}
	l.has(t, l.path, l.old)
}

// TestSameContents changes a thing of a copy, which must be noticed.
func TestSameContents(t *testing.T) {
	l := newLost(t)
	s, other := opened(t, l.path, impatient()), quick(opened(t, filepath.Join(t.TempDir(), "copy.db"), impatient()))
	if err := other.db.Update(func(tx *bbolt.Tx) error {
		for _, b := range buckets() {
			if err := tx.DeleteBucket([]byte(b)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := bbolt.Compact(other.db, s.db, 0); err != nil {
		t.Fatal(err)
	}
	compare := func(tx *bbolt.Tx) error {
		return s.db.View(func(old *bbolt.Tx) error { return sameContents(t.Context(), old, tx) })
	}
	if err := other.db.View(compare); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(tx *bbolt.Tx) error{
		"a value":    func(tx *bbolt.Tx) error { return changes.of(tx).Put(key(1), []byte("x")) },
		"a key less": func(tx *bbolt.Tx) error { return changes.of(tx).Delete(key(2)) },
		"a key more": func(tx *bbolt.Tx) error { return changes.of(tx).Put(key(1<<40), nil) },
		"the last":   func(tx *bbolt.Tx) error { k, _ := changes.of(tx).Cursor().Last(); return changes.of(tx).Delete(k) },
		"a part":     func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(incidents)) },
		"a sequence": func(tx *bbolt.Tx) error { return changes.of(tx).SetSequence(7) },
	} {
		undo := errors.New("undo")
		var found error
		err := other.db.Update(func(tx *bbolt.Tx) error {
			if err := change(tx); err != nil {
				return err
			}
			found = compare(tx)
			return undo
		})
		if !errors.Is(err, undo) || found == nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// TestInspectFindsDamage flips bits: a file is refused, or tells what it told.
func TestInspectFindsDamage(t *testing.T) {
	sp := newSpecimen(t)
	random := rand.New(rand.NewPCG(287, 4))
	found := 0
	for range 200 {
		raw := bytes.Clone(sp.raw)
		at, bit := random.IntN(len(raw)), random.IntN(8)
		raw[at] ^= 1 << bit
		if err := os.WriteFile(sp.path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Inspect(t.Context(), sp.path); err != nil {
			found++
			if !errors.Is(err, store.ErrDamaged) {
				t.Errorf("bit %d of byte %d: %v", bit, at, err)
			}
			continue
		}
		c := contents(t, opened(t, sp.path, Options{ReadOnly: true}))
		if !reflect.DeepEqual(c, sp.now) && !reflect.DeepEqual(c, sp.past) {
			t.Errorf("bit %d of byte %d is not noticed", bit, at)
		}
	}
	if t.Logf("%d of 200 flipped bits are noticed", found); found < 25 {
		t.Error("so few can be no test")
	}
}

func TestInspectCounts(t *testing.T) {
	path := filled(t)
	h, err := Inspect(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	c := contents(t, opened(t, path, impatient()))
	n := 0
	for _, d := range c.Deliveries {
		if d.State == roster.DeliveryWaiting {
			n++
		}
	}
	got := fmt.Sprint(h.Publications, h.Changes, h.Records, h.Deliveries, h.Waiting, h.Schema, h.Outdated, h.Read.Equal(c.Reading.Read))
	want := fmt.Sprint(len(c.Publications), len(c.Changes), len(c.Known.Records), len(c.Deliveries), n, len(steps()), false, true)
	if got != want || h.Publications == 0 || h.Waiting == 0 {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
