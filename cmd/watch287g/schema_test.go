package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// unpacked puts a stored file of a past version at a path.
func unpacked(t *testing.T, name, path string) []byte {
	t.Helper()
	packed, err := os.Open(filepath.Join("..", "..", "store", "bolt", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close() //nolint:errcheck // it was only read
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, plain, 0o600)); err != nil {
		t.Fatal(err)
	}
	return plain
}

func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestOlderVersion has commands find a store of the first version: it is brought up to
// date, and a copy is kept, with which to go back.
func TestOlderVersion(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, "watch287g.db")
	old := unpacked(t, "schema1.db.gz", path)
	now := time.Date(2025, time.June, 20, 12, 0, 0, 0, time.UTC)
	list := output(t, program(t, now, "--data", data, "list"))
	if !strings.Contains(list, "Palmvale Police Department") || !bytes.HasPrefix(old, bytesOf(t, path+".schema1")) {
		t.Errorf("it lists\n%s", list)
	}
	backup := filepath.Join(t.TempDir(), "old.db")
	unpacked(t, "schema1.db.gz", backup)
	said := output(t, program(t, now, "--data", data, "restore", "--yes", backup))
	if !strings.Contains(said, "It was written by an older version. The next start brings it up to date, and keeps a copy.\n") || !bytes.HasPrefix(old, bytesOf(t, path)) {
		t.Errorf("restoring it says\n%s", said)
	}
	if got := output(t, program(t, now, "--data", data, "list")); got != list {
		t.Errorf("restored, it lists\n%s\nand before\n%s", got, list)
	}
}

// TestNewerVersion has commands find a store of a version to come: each refuses it in a
// line, and leaves it as it is.
func TestNewerVersion(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, "watch287g.db")
	unpacked(t, "schema2.db.gz", path)
	output(t, program(t, time.Time{}, "--data", data, "list"))
	good := filepath.Join(t.TempDir(), "good.db")
	output(t, program(t, time.Time{}, "--data", data, "backup", good))
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { // as store/bolt seals what it keeps
		k, content := []byte("version"), []byte("99")
		sum := crc32.Checksum(append([]byte("version"), content...), crc32.MakeTable(crc32.Castagnoli))
		return tx.Bucket([]byte("meta")).Put(k, append(binary.BigEndian.AppendUint32(nil, sum), content...))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	newer := bytesOf(t, path)
	config := configured(t, `web: {listen: "127.0.0.1:0"}`)
	for _, args := range [][]string{{"list"}, {"poll"}, {"run"}, {"backup", filepath.Join(data, "copy.db")}, {"compact"}, {"restore", "--yes", path}} {
		line := complaint(t, program(t, time.Time{}, append([]string{"--data", data, "--config", config}, args...)...))
		if !strings.Contains(line, "was written by a newer version of watch287g (its schema is 99, this one knows ") || !strings.Contains(line, "nothing was changed") {
			t.Errorf("%v says: %s", args, line)
		}
	}
	if !bytes.Equal(newer, bytesOf(t, path)) {
		t.Error("the file was changed")
	}
	output(t, program(t, time.Time{}, "--data", data, "restore", "--yes", good)) // the way back
	if kept, err := filepath.Glob(path + ".before-restore-*"); err != nil || len(kept) != 1 || !bytes.Equal(newer, bytesOf(t, kept[0])) {
		t.Errorf("kept: %v (%v)", kept, err)
	}
	output(t, program(t, time.Time{}, "--data", data, "list"))
}
