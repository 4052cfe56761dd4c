package bolt

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

// impatient opens a store without waiting for anybody.
func impatient() Options { return Options{LockTimeout: time.Nanosecond} }

// opened opens a store that is closed with the test.
func opened(t *testing.T, path string, opts Options) *Store {
	t.Helper()
	s, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// quick lets a store of a test write without waiting for the disk.
func quick(s *Store) *Store {
	s.db.NoSync, s.db.NoGrowSync = true, true
	return s
}

// filled makes a store with a history in it, closes it and returns its path.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "watch287g.db")
	s := quick(opened(t, path, impatient()))
	if err := storetest.Fill(t.Context(), s, 12, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func contents(t *testing.T, s store.Store) storetest.Contents {
	t.Helper()
	c, err := storetest.Read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// says makes sure that an error is of a kind, and one line that says what to do.
func says(t *testing.T, err, kind error, advice string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("got the error %v, want one that is %v", err, kind)
	}
	if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, advice) {
		t.Errorf("the error is not one line with %q: %s", advice, text)
	}
}

func TestContract(t *testing.T) {
	few := limits{polls: 7, validators: 9}
	storetest.Run(t, storetest.Backend{
		New: func(t *testing.T) func(*testing.T) store.Store {
			path := filepath.Join(t.TempDir(), "watch287g.db")
			t.Cleanup(func() { // one that were called damaged could not be restored
				if _, err := Inspect(context.Background(), path); err != nil {
					t.Errorf("what the store left: %v", err)
				}
			})
			return func(t *testing.T) store.Store {
				s, err := Open(path, impatient())
				if err != nil {
					t.Fatal(err)
				}
				s.limits = few
				return quick(s)
			}
		},
		Restore: func(t *testing.T, backup []byte) store.Store {
			path := filepath.Join(t.TempDir(), "restored.db")
			if err := os.WriteFile(path, backup, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, impatient())
			if err != nil {
				t.Fatal(err)
			}
			return quick(s)
		},
		Polls: int(few.polls), Validators: few.validators,
	})
}

func TestDefaults(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "watch287g.db"), impatient())
	if s.db.NoSync || s.db.NoGrowSync || s.db.NoFreelistSync {
		t.Error("a store does not wait for the disk")
	}
	if want := (limits{polls: 10_000, validators: 200}); s.limits != want {
		t.Errorf("a store keeps %+v, want %+v", s.limits, want)
	}
}

func TestForOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "watch287g.db")
	opened(t, path, impatient())
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700, filepath.Dir(filepath.Dir(path)): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := filled(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	opts := impatient()
	opts.ReadOnly = true
	first, second := opened(t, path, opts), opened(t, path, opts)
	if diff := storetest.Diff(contents(t, first), contents(t, second)); diff != "" {
		t.Error(diff)
	}
	says(t, first.Commit(t.Context(), store.Batch{}), errReadOnly, "for reading only")
	says(t, first.SaveProgress(t.Context()), errReadOnly, "for reading only")
	says(t, first.Enqueue(t.Context(), nil, nil), errReadOnly, "for reading only")
	_, err = Open(path, impatient())
	says(t, err, store.ErrLocked, "stop it first")

	var backup bytes.Buffer
	if err := first.Backup(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, backup.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := storetest.Diff(contents(t, first), contents(t, opened(t, copied, impatient()))); diff != "" {
		t.Error(diff)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading changed the file (%v)", err)
	}
}

func TestNothingToOpen(t *testing.T) {
	readOnly := impatient()
	readOnly.ReadOnly = true
	path := filepath.Join(t.TempDir(), "folder", "watch287g.db")
	_, err := Open(path, readOnly)
	says(t, err, fs.ErrNotExist, "run, poll or import")
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening for reading made the folder (%v)", err)
	}
	_, err = Open(t.TempDir(), impatient())
	says(t, err, errNoFile, "choose another place")
	_, err = Open(filepath.Join(filled(t), "watch287g.db"), impatient())
	says(t, err, syscall.ENOTDIR, "choose another place")

	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, readOnly)
	says(t, err, fs.ErrNotExist, "run, poll or import")
	opened(t, path, impatient()) // an empty file is a store yet to be made
}

// TestLocked opens a store that this process holds, and one that another holds.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "watch287g.db")
	s := opened(t, path, impatient())
	readOnly := impatient()
	readOnly.ReadOnly = true
	for _, opts := range []Options{impatient(), readOnly} {
		_, err := Open(path, opts)
		says(t, err, store.ErrLocked, "ask the running service instead, or stop it first")
	}
	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOtherProcess$", "-test.v")
	other.Env = append(os.Environ(), otherProcess+"="+path)
	if out, err := other.CombinedOutput(); err != nil || !bytes.Contains(out, []byte(store.ErrLocked.Error())) {
		t.Errorf("another process: %v\n%s", err, out)
	}
	if err := s.Commit(t.Context(), store.Batch{Agencies: []roster.Agency{{ID: "TX-1"}}}); err != nil {
		t.Errorf("after others tried: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opened(t, path, impatient())
}

// otherProcess names the variable that tells TestOtherProcess what to open.
const otherProcess = "WATCH287G_TEST_OTHER_PROCESS"

// TestOtherProcess is the other process of TestLocked.
func TestOtherProcess(t *testing.T) {
	path := os.Getenv(otherProcess)
	if path == "" {
		return // this is not the other process
	}
	if _, err := Open(path, impatient()); !errors.Is(err, store.ErrLocked) {
		t.Fatalf("got the error %v", err)
	} else {
		t.Log(err)
	}
}

func TestClosed(t *testing.T) {
	path := filled(t)
	s := opened(t, path, impatient())
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Known(t.Context())
	says(t, err, errClosed, path)
	says(t, s.Commit(t.Context(), store.Batch{}), errClosed, path)
	says(t, s.SaveProgress(t.Context()), errClosed, path)
	says(t, s.Enqueue(t.Context(), nil, nil), errClosed, path)
	_, err = s.NextPending(t.Context())
	says(t, err, errClosed, path)
	says(t, s.Backup(t.Context(), new(bytes.Buffer)), errClosed, path)
}

// TestWaitingWriter gives up waiting for its turn when its context is done.
func TestWaitingWriter(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "watch287g.db"), impatient())
	s.turn <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Commit(ctx, store.Batch{}) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v", err)
	}
	<-s.turn
	if err := s.Commit(t.Context(), store.Batch{}); err != nil {
		t.Error(err)
	}
}

// TestBackupLeavesNothing looks for temporary files after a backup that went
// well and one that failed.
func TestBackupLeavesNothing(t *testing.T) {
	path := filled(t)
	s := opened(t, path, impatient())
	if err := s.Backup(t.Context(), new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Backup(ctx, writerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that was cancelled: %v", err)
	}
	found, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(found) != 1 {
		t.Errorf("beside the store there are %v (%v)", found, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestCostOfAPoll makes sure that what a poll writes does not grow with what is
// stored.
func TestCostOfAPoll(t *testing.T) {
	s := quick(opened(t, filepath.Join(t.TempDir(), "watch287g.db"), impatient()))
	written := func() int64 {
		stats := s.db.Stats()
		return stats.TxStats.GetPageCount()
	}
	pages := func() int64 {
		before := written()
		k, err := s.Known(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(t.Context(), store.Batch{Before: k.Seqs, Poll: &roster.Poll{At: time.Unix(1, 0)}}); err != nil {
			t.Fatal(err)
		}
		return written() - before
	}
	small := pages()
	if err := storetest.Fill(t.Context(), s, 1, 1); err != nil {
		t.Fatal(err)
	}
	k, err := s.Known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	big := store.Batch{Before: k.Seqs}
	for i := range 3000 {
		id := strings.Repeat("x", 40) + string(key(uint64(i)))
		big.Agencies = append(big.Agencies, roster.Agency{ID: id})
		big.Changes = append(big.Changes, roster.Change{ID: id, Seq: k.Seqs.Change + uint64(i) + 1})
	}
	if err := s.Commit(t.Context(), big); err != nil {
		t.Fatal(err)
	}
	if grown := pages(); grown > small+5 {
		t.Errorf("a poll writes %d pages into a big store, and %d into an empty one", grown, small)
	}
}

func BenchmarkPoll(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "watch287g.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for b.Loop() {
		if err := s.Commit(b.Context(), store.Batch{Poll: &roster.Poll{Outcome: "unchanged"}}); err != nil {
			b.Fatal(err)
		}
	}
}

// A store of an earlier version kept no reading: it is in the log of polls.
func TestReadingOfAnEarlierStore(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "watch287g.db"), impatient())
	begin := time.Date(2025, time.June, 2, 14, 0, 0, 0, time.UTC)
	for i, outcome := range []string{"changed", "unchanged", "refused", "blocked"} {
		p := roster.Poll{At: begin.Add(time.Duration(i) * time.Hour), Outcome: outcome}
		if err := s.Commit(t.Context(), store.Batch{Poll: &p}); err != nil {
			t.Fatal(err)
		}
	}
	forget := func() {
		t.Helper()
		err := s.update(t.Context(), func(tx *bbolt.Tx) error {
			st, err := readState(tx)
			if err != nil {
				return err
			}
			st.Reading = roster.Reading{}
			return put(meta.of(tx), []byte(stateKey), st)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := roster.Reading{Read: begin.Add(time.Hour), Failing: begin.Add(2 * time.Hour)}
	forget()
	if got, err := s.Reading(t.Context()); err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	forget()
	if err := s.Commit(t.Context(), store.Batch{Poll: &roster.Poll{At: begin.Add(9 * time.Hour), Outcome: "broken"}}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Reading(t.Context()); err != nil || got != want {
		t.Errorf("after one more poll: got %v, %v, want %v", got, err, want)
	}
}
