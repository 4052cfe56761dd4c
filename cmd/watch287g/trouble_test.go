package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/store/bolt"
)

// everyCommand lists a call of each command that opens the store.
func everyCommand(t *testing.T, data string) [][]string {
	t.Helper()
	index := archived(t, yearOf(6)[:4])
	var calls [][]string
	for _, command := range []string{"run", "poll", "import " + index, "changes", "list", "stats", "holds", "holds approve hold_1",
		"holds reject hold_1", "polls", "backup " + filepath.Join(t.TempDir(), "copy.db")} {
		calls = append(calls, append([]string{"--data", data}, strings.Fields(command)...))
	}
	return calls
}

// lived makes a data folder with a store in it, and returns both.
func lived(t *testing.T) (data, path string) {
	t.Helper()
	data = t.TempDir()
	output(t, program(t, time.Time{}, "--data", data, "import", archived(t, yearOf(6)[:2])))
	return data, filepath.Join(data, "watch287g.db")
}

// complain has calls fail with one line that ends alike, and none of them touch
// the store.
func complain(t *testing.T, calls [][]string, data, path, ending string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range calls {
		if line := complaint(t, program(t, time.Time{}, call...)); !strings.HasPrefix(line, "opening the store "+path+": ") || !strings.HasSuffix(line, ending) {
			t.Errorf("%v says: %s", call[2:], line)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the store was changed (%v)", err)
	}
	if left, err := os.ReadDir(data); err != nil || len(left) != 1 {
		t.Errorf("beside the store are %v (%v)", left, err)
	}
}

func TestDamagedStoreIsLeftAlone(t *testing.T) {
	data, path := lived(t)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for page := int64(2); page < 8; page++ {
		if _, err := f.WriteAt([]byte("not what stood here"), page*int64(os.Getpagesize())); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	complain(t, everyCommand(t, data), data, path, "; put a backup in its place, or move it away to start over")
}

// TestNewerStoreIsLeftAlone gives a store a version that only a later program
// can have given it.
func TestNewerStoreIsLeftAlone(t *testing.T) {
	data, path := lived(t)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { // a value stands behind its checksum
		key, version := []byte("version"), []byte("99")
		sum := crc32.Checksum(append(bytes.Clone(key), version...), crc32.MakeTable(crc32.Castagnoli))
		return tx.Bucket([]byte("meta")).Put(key, append(binary.BigEndian.AppendUint32(nil, sum), version...))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	complain(t, everyCommand(t, data), data, path, "; install that version again; nothing was changed")
	if line := complaint(t, program(t, time.Time{}, "--data", data, "list")); !strings.Contains(line, "written by a newer version of watch287g (its schema is 99, ") {
		t.Errorf("it says: %s", line)
	}
}

func TestStoreOfAnotherProcessIsLeftAlone(t *testing.T) {
	t.Parallel() // it waits most of its time
	data, path := lived(t)
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	calls := [][]string{{"--data", data, "run"}, {"--data", data, "poll"}, {"--data", data, "list"}} // each waits for a second
	complain(t, calls, data, path, "another process holds the store; ask the running service instead, or stop it first")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCommandsWaitForEachOther lets go of the store while a command waits for it.
func TestCommandsWaitForEachOther(t *testing.T) {
	data, path := lived(t)
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	time.AfterFunc(300*time.Millisecond, func() { closed <- s.Close() })
	if out := output(t, program(t, time.Time{}, "--data", data, "list", "--format", "csv")); strings.Count(out, "\n") < 50 {
		t.Errorf("it prints %q", out)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
