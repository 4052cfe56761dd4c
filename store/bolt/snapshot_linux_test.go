package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/internal/smalldisk"
)

// read is the bytes of a file.
func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestEverySchemaIsUpgraded has a stored file for each version that there was. What
// TestStoredFilesAreStillRead does not compare is counted here.
func TestEverySchemaIsUpgraded(t *testing.T) {
	for version := 1; version < len(steps()); version++ {
		path := stored(t, fmt.Sprintf("schema%d.db.gz", version))
		raw := read(t, path)
		old, err := Inspect(t.Context(), path)
		if err != nil || old.Schema != version || !old.Outdated || old.Publications == 0 || old.Changes == 0 || old.Records == 0 {
			t.Fatalf("the stored file of schema %d holds %+v (%v)", version, old, err)
		}
		if err := opened(t, path, impatient()).Close(); err != nil {
			t.Fatal(err)
		}
		now, err := Inspect(t.Context(), path)
		if err != nil || now.Schema != len(steps()) || now.Outdated || now.Publications != old.Publications || now.Changes != old.Changes ||
			now.Records != old.Records || now.Deliveries != old.Deliveries || !now.Read.Equal(old.Read) || now.Newest.SHA256 != old.Newest.SHA256 {
			t.Errorf("schema %d held %+v, and holds %+v (%v)", version, old, now, err)
		}
		kept := fmt.Sprintf("%s.schema%d", path, version)
		if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 || !bytes.HasPrefix(raw, read(t, kept)) {
			t.Errorf("its copy: %v (%v)", info, err)
		}
		if copied, err := Inspect(t.Context(), kept); err != nil || copied.Schema != version || copied.Changes != old.Changes {
			t.Errorf("its copy holds %+v (%v)", copied, err)
		}
	}
}

// keptBeside lists the copies beside a store.
func keptBeside(t *testing.T, path string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			names = append(names, e.Name())
		}
	}
	return names
}

// TestOlderIsKeptOnce migrates in vain again and again, as a service does that is
// started anew each time, then another store of the same schema at the same place.
func TestOlderIsKeptOnce(t *testing.T) {
	path := stored(t, "schema1.db.gz")
	failing := []step{steps()[0], func(*bbolt.Tx) error { return errors.New("no") }}
	for range 3 {
		if s, err := open(path, impatient(), failing); err == nil {
			_ = s.Close()
			t.Fatal("the step did not fail")
		}
	}
	first := read(t, path+".schema1")
	if got := keptBeside(t, path); len(got) != 1 {
		t.Errorf("there are %v", got)
	}
	if err := opened(t, path, impatient()).Close(); err != nil {
		t.Fatal(err)
	}
	s, err := open(path+".other", impatient(), steps()[:1])
	if err := errors.Join(err, s.Close(), os.Rename(path+".other", path), opened(t, path, impatient()).Close()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(keptBeside(t, path), " "); got != "watch287g.db.schema1 watch287g.db.schema1-2" || !bytes.Equal(first, read(t, path+".schema1")) {
		t.Errorf("there are %s", got)
	}
}

// TestNewStoreKeepsNothing has nothing to lose.
func TestNewStoreKeepsNothing(t *testing.T) {
	if got := keptBeside(t, filled(t)); len(got) > 0 {
		t.Errorf("there are %v", got)
	}
}

// TestOlderStoreOnFullDisk has no room for the copy.
func TestOlderStoreOnFullDisk(t *testing.T) {
	from := stored(t, "schema1.db.gz")
	raw := read(t, from)
	disk, remount := smalldisk.Mount(t, fmt.Sprint(len(raw)*3/2))
	path := filepath.Join(disk, "watch287g.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path, impatient())
	says(t, err, syscall.ENOSPC, fmt.Sprintf("keeping a copy of it at %s.schema1 before it is brought to schema %d: a copy takes ", path, len(steps())))
	says(t, err, syscall.ENOSPC, noRoom)
	if got := keptBeside(t, path); len(got) > 0 || !bytes.Equal(raw, read(t, path)) {
		t.Errorf("there are %v", got)
	}
	remount(0, "8m")
	if err := opened(t, path, impatient()).Close(); err != nil {
		t.Fatal(err)
	}
	if h, err := Inspect(t.Context(), path+".schema1"); err != nil || h.Schema != 1 || !bytes.HasPrefix(raw, read(t, path+".schema1")) {
		t.Errorf("the copy is another: %+v (%v)", h, err)
	}
}

// TestOlderStoreInFolderOfOthers may not write a copy.
func TestOlderStoreInFolderOfOthers(t *testing.T) {
	asOrdinaryUser(t)
	path := stored(t, "schema1.db.gz")
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(path), 0o700) }) //nolint:gosec // so that it can be removed
	_, err := Open(path, impatient())
	says(t, err, fs.ErrPermission, "keeping a copy of it at "+path+".schema1")
	says(t, err, fs.ErrPermission, letWrite)
}

// TestRestoreKeepsOnAnotherDisk has the old store kept where no second name of it can
// be, as on a disk that knows none.
func TestRestoreKeepsOnAnotherDisk(t *testing.T) {
	disk, _ := smalldisk.Mount(t, "64m")
	l := newLost(t)
	l.kept = filepath.Join(disk, "kept.db")
	if err := Restore(t.Context(), l.path, l.backup, l.kept); err != nil {
		t.Fatal(err)
	}
	l.has(t, l.path, l.saved)
	l.has(t, l.kept, l.old)
}
