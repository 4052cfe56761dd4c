package boltcheck_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/internal/boltcheck"
)

// database returns the bytes of a file with buckets in it and in each other,
// among them one of many pages and a value of several.
func database(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		outer, err := tx.CreateBucket([]byte("outer"))
		if err != nil {
			return err
		}
		inner, err := outer.CreateBucket([]byte("inner"))
		for i := 0; i < 2000 && err == nil; i++ {
			err = inner.Put(fmt.Appendf(nil, "key %05d", i), []byte("a value of some bytes"))
		}
		if err != nil {
			return err
		}
		return outer.Put([]byte("long"), make([]byte, 3*os.Getpagesize()))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func check(raw []byte) error {
	return boltcheck.Check(bytes.NewReader(raw), int64(len(raw)), int64(os.Getpagesize()))
}

func TestCheck(t *testing.T) {
	raw, size := database(t), os.Getpagesize()
	if err := check(raw); err != nil {
		t.Fatalf("a sound file: %v", err)
	}
	for used := 0; used < len(raw); used += size {
		if err := check(raw[:used]); err == nil && used < len(raw)/2 {
			t.Errorf("cut to %d of %d bytes, it is called sound", used, len(raw))
		}
	}
	if err := check(make([]byte, len(raw))); err == nil {
		t.Error("a file of zeros is called sound")
	}
}

// FuzzCheck writes over eight bytes anywhere: the check ends, whatever they are.
func FuzzCheck(f *testing.F) {
	raw := database(f)
	random := rand.New(rand.NewPCG(287, 3))
	for range 20 {
		f.Add(uint(random.IntN(len(raw))), random.Uint64())
	}
	f.Fuzz(func(_ *testing.T, at uint, value uint64) {
		damaged := bytes.Clone(raw)
		for i := range 8 {
			damaged[(int(at%uint(len(raw)))+i)%len(raw)] = byte(value >> (8 * i))
		}
		_ = check(damaged)
	})
}
