package bolt

import (
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/watch287g/watch287g/internal/smalldisk"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

const (
	noRoom   = "free some space on its disk; nothing of this step was written"
	letWrite = "let this user write to the file and its directory, or choose another directory"
)

// fillUp commits batches until one no longer fits, and makes sure that the
// store is then as it was before that batch.
func fillUp(t *testing.T, s *Store) error {
	t.Helper()
	for i := range 1000 {
		before := contents(t, s)
		err := s.Commit(t.Context(), store.Batch{Before: before.Known.Seqs, Agencies: []roster.Agency{
			{ID: strings.Repeat("x", i+1), Spellings: []roster.Spelling{{Name: strings.Repeat("a long name ", 10_000)}}},
		}})
		if err != nil {
			if diff := storetest.Diff(before, contents(t, s)); diff != "" {
				t.Errorf("a batch that did not fit left a trace:\n%s", diff)
			}
			return err
		}
	}
	t.Fatal("everything fitted")
	return nil
}

// goesOn makes sure that a store works, and opens again, once there is room.
func goesOn(t *testing.T, s *Store, path string) {
	t.Helper()
	before := contents(t, s)
	if err := s.Commit(t.Context(), store.Batch{Before: before.Known.Seqs, Poll: &roster.Poll{Outcome: "room again"}}); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	after := contents(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := storetest.Diff(after, contents(t, opened(t, path, impatient()))); diff != "" || len(after.Polls) != 1 {
		t.Errorf("opened again, with %d polls:\n%s", len(after.Polls), diff)
	}
}

func TestFullDisk(t *testing.T) {
	disk, remount := smalldisk.Mount(t, "1m")
	path := filepath.Join(disk, "watch287g.db")
	s := opened(t, path, impatient())
	says(t, fillUp(t, s), syscall.ENOSPC, noRoom)
	says(t, s.Backup(t.Context(), new(strings.Builder)), syscall.ENOSPC, "free some space")
	remount(0, "8m")
	goesOn(t, s, path)
}

func TestReadOnlyDisk(t *testing.T) {
	disk, remount := smalldisk.Mount(t, "1m")
	path := filepath.Join(disk, "watch287g.db")
	if err := opened(t, path, impatient()).Close(); err != nil {
		t.Fatal(err)
	}
	remount(syscall.MS_RDONLY, "1m")
	for _, name := range []string{path, filepath.Join(disk, "other.db"), filepath.Join(disk, "folder", "other.db")} {
		_, err := Open(name, impatient())
		says(t, err, syscall.EROFS, letWrite)
	}
	s := opened(t, path, Options{ReadOnly: true})
	if err := s.Backup(t.Context(), new(strings.Builder)); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestFileSizeLimit has the system refuse to let the file grow.
func TestFileSizeLimit(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ) // the error alone is wanted
	t.Cleanup(func() { signal.Reset(syscall.SIGXFSZ) })
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "watch287g.db")
	s := opened(t, path, impatient())
	limit := old
	limit.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	restore := func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(restore)
	says(t, fillUp(t, s), syscall.EFBIG, noRoom)
	restore()
	goesOn(t, s, path)
}

// TestFolderOfOthers opens stores where this user may not write.
func TestFolderOfOthers(t *testing.T) {
	asOrdinaryUser(t)
	folder, file := t.TempDir(), filled(t)
	for path, mode := range map[string]fs.FileMode{folder: 0o500, file: 0o400} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{
		filepath.Join(folder, "watch287g.db"), filepath.Join(folder, "new", "watch287g.db"), file,
	} {
		_, err := Open(path, impatient())
		says(t, err, fs.ErrPermission, letWrite)
	}
	contents(t, opened(t, file, Options{ReadOnly: true}))
}

// asOrdinaryUser takes the rights over files that root has from the rest of the
// test. The files that it makes from then on are the ordinary user's.
func asOrdinaryUser(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	runtime.LockOSThread() // the rights are those of one thread
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
}
