package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

// lost is a store of which there is a backup, and which went on since.
type lost struct {
	dir, path, backup, kept string
	old, saved              storetest.Contents
}

func newLost(t *testing.T) lost {
	t.Helper()
	dir := t.TempDir()
	l := lost{dir: dir, path: filepath.Join(dir, "watch287g.db"), backup: filepath.Join(t.TempDir(), "backup.db"), kept: filepath.Join(dir, "watch287g.db.before")}
	s := quick(opened(t, l.path, impatient()))
	if err := storetest.Fill(t.Context(), s, 8, 1); err != nil {
		t.Fatal(err)
	}
	l.saved = contents(t, s)
	var b bytes.Buffer
	if err := errors.Join(s.Backup(t.Context(), &b), os.WriteFile(l.backup, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	since := store.Batch{Before: l.saved.Known.Seqs, Agencies: []roster.Agency{{ID: "TX-since"}}, Poll: &roster.Poll{Outcome: "since"}}
	if err := s.Commit(t.Context(), since); err != nil {
		t.Fatal(err)
	}
	l.old = contents(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return l
}

// has makes sure that a file is a store with these contents.
func (l lost) has(t *testing.T, path string, want storetest.Contents) {
	t.Helper()
	s := opened(t, path, Options{ReadOnly: true})
	if diff := storetest.Diff(want, contents(t, s)); diff != "" {
		t.Errorf("%s differs:\n%s", filepath.Base(path), diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// files lists what is in the directory of the store.
func (l lost) files(t *testing.T, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("there are %v, and should be %v", got, want)
	}
}

func TestRestore(t *testing.T) {
	l := newLost(t)
	if err := Restore(t.Context(), l.path, l.backup, l.kept); err != nil {
		t.Fatal(err)
	}
	l.has(t, l.path, l.saved)
	l.has(t, l.kept, l.old)
	l.files(t, "watch287g.db", "watch287g.db.before")
	if info, err := os.Stat(l.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("it has the mode %v (%v)", info.Mode(), err)
	}
	if err := Restore(t.Context(), l.path, l.backup, l.kept); !errors.Is(err, fs.ErrExist) {
		t.Errorf("it would write over what was kept: %v", err)
	}
	l.files(t, "watch287g.db", "watch287g.db.before")
}

// TestRestoreOver puts a backup where something else is, or nothing.
func TestRestoreOver(t *testing.T) {
	garbage := bytes.Repeat([]byte("no store\n"), 1000)
	for name, prepare := range map[string]func(l lost) error{
		"nothing":   func(l lost) error { return os.Remove(l.path) },
		"no folder": func(l lost) error { return os.RemoveAll(l.dir) },
		"emptiness": func(l lost) error { return os.Truncate(l.path, 0) },
		"garbage":   func(l lost) error { return os.WriteFile(l.path, garbage, 0o600) },
		"leftovers": func(l lost) error {
			return errors.Join(os.Remove(l.path), os.WriteFile(filepath.Join(l.dir, ".watch287g.db-123"), garbage, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLost(t)
			if err := errors.Join(prepare(l), Restore(t.Context(), l.path, l.backup, l.kept)); err != nil {
				t.Fatal(err)
			}
			l.has(t, l.path, l.saved)
			if kept, err := os.ReadFile(l.kept); (name == "garbage") != (err == nil && bytes.Equal(kept, garbage)) {
				t.Errorf("%d bytes are kept (%v)", len(kept), err)
			}
			if left, _ := filepath.Glob(filepath.Join(l.dir, ".*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestRestoreThroughLink has the store behind a symbolic link, as on another disk.
func TestRestoreThroughLink(t *testing.T) {
	l := newLost(t)
	link := filepath.Join(t.TempDir(), "watch287g.db")
	if err := errors.Join(os.Symlink(l.path, link), Restore(t.Context(), link, l.backup, l.kept)); err != nil {
		t.Fatal(err)
	}
	l.has(t, l.path, l.saved)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v now (%v)", info.Mode(), err)
	}
	if err := Restore(t.Context(), l.path, link, l.kept+"2"); err == nil || !strings.Contains(err.Error(), "it is the store itself") {
		t.Errorf("restoring a store from itself: %v", err)
	}
}

// TestRestoreRefuses has backups and stores with which it must not go on.
func TestRestoreRefuses(t *testing.T) {
	l := newLost(t)
	raw, err := os.ReadFile(l.backup)
	if err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	if err := os.WriteFile(newer, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := open(newer, impatient(), later(t))
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		prepare func(path string) error
		want    error
		says    string
	}{
		"missing":   {func(string) error { return nil }, fs.ErrNotExist, ""},
		"empty":     {func(path string) error { return os.WriteFile(path, nil, 0o600) }, store.ErrDamaged, "it is empty"},
		"a folder":  {func(path string) error { return os.Mkdir(path, 0o700) }, errNoFile, ""},
		"truncated": {func(path string) error { return os.WriteFile(path, raw[:len(raw)-3*os.Getpagesize()], 0o600) }, store.ErrDamaged, ""},
		"text":      {func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("text\n"), 5000), 0o600) }, store.ErrDamaged, ""},
		"newer":     {func(path string) error { return os.Rename(newer, path) }, store.ErrNewer, fmt.Sprintf("its schema is %d", len(steps())+2)},
	} {
		path := filepath.Join(t.TempDir(), "backup.db")
		if err := tt.prepare(path); err != nil {
			t.Fatal(err)
		}
		_, err := Inspect(t.Context(), path)
		again := Restore(t.Context(), l.path, path, l.kept)
		if !errors.Is(err, tt.want) || !errors.Is(again, tt.want) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, and %v", name, err, again)
		}
	}
	s = opened(t, l.path, impatient())
	if err := Restore(t.Context(), l.path, l.backup, l.kept); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while the store is in use: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	l.has(t, l.path, l.old)
	l.files(t, "watch287g.db")
}

// TestRestoreKilled kills the program before each step of a restore. What is there is
// the old store or the new one, and another restore gets through.
func TestRestoreKilled(t *testing.T) {
	const killAt = "WATCH287G_KILL_AT"
	if at := os.Getenv(killAt); at != "" { // this is the program
		err := restore(context.Background(), os.Getenv("STORE"), os.Getenv("BACKUP"), os.Getenv("KEPT"), func(step string) {
			if step == at {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		})
		t.Fatalf("it was not killed: %v", err)
	}
	var steps []string
	l := newLost(t)
	if err := restore(t.Context(), l.path, l.backup, l.kept, func(step string) { steps = append(steps, step) }); err != nil || len(steps) < 6 {
		t.Fatal(steps, err)
	}
	for _, step := range steps {
		t.Run(step, func(t *testing.T) {
			l := newLost(t)
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRestoreKilled$") //nolint:gosec // this test
			cmd.Env = append(os.Environ(), killAt+"="+step, "STORE="+l.path, "BACKUP="+l.backup, "KEPT="+l.kept)
			if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.Exited() {
				t.Fatalf("it ended by itself: %s", out)
			}
			want := l.old
			if step == "end" {
				want = l.saved
				l.has(t, l.kept, l.old)
			}
			l.has(t, l.path, want)
			if err := Restore(t.Context(), l.path, l.backup, l.kept+"-again"); err != nil {
				t.Fatal(err)
			}
			l.has(t, l.path, l.saved)
			l.has(t, l.kept+"-again", want)
			if left, _ := filepath.Glob(filepath.Join(l.dir, ".*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestOpenWhileReplaced has a store opened that another file takes the place of, while
// one waits for the lock: what would be written to the old file would be lost.
func TestOpenWhileReplaced(t *testing.T) {
	l := newLost(t)
	old, err := lock(l.path)
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error, 1)
	var s *Store
	go func() {
		var err error
		s, err = Open(l.path, Options{})
		waiting <- err
	}()
	temp, err := old.copyOf(t.Context(), l.backup)
	if err := errors.Join(err, old.replace(temp)); err != nil {
		t.Fatal(err)
	}
	old.release()
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	if diff := storetest.Diff(l.saved, contents(t, s)); diff != "" {
		t.Errorf("the old one was opened:\n%s", diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
