package backup_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/backup"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// shelf is a store whose backups say which one they are.
type shelf struct {
	mu     sync.Mutex
	name   string
	empty  bool
	made   int
	asked  int   // how often it was asked for a publication
	broken error // while it is not nil, backups fail half way
}

func (s *shelf) Backup(_ context.Context, w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	if _, err := fmt.Fprintf(w, "%s %d", s.name, s.made); err != nil {
		return err
	}
	return s.broken
}

func (s *shelf) Secret(context.Context, string) ([]byte, error) { return []byte(s.name), nil }

func (s *shelf) Publication(context.Context, uint64) (roster.Publication, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.empty {
		return roster.Publication{}, store.ErrNotFound
	}
	return roster.Publication{Seq: 1}, nil
}

func (s *shelf) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// room is a directory with backups, and what was reported of them.
type room struct {
	t       *testing.T
	dir     string
	now     func() time.Time
	reports []string
	verify  error
	last    time.Time
}

func newRoom(t *testing.T) *room {
	t.Helper()
	return &room{t: t, dir: filepath.Join(t.TempDir(), "backups"), now: time.Now}
}

func (r *room) keeper(s *shelf, keep int) *backup.Keeper {
	return backup.New(backup.Options{Store: s, Dir: r.dir, Every: 24 * time.Hour, Keep: keep, Now: func() time.Time { return r.now() },
		Log: slog.New(slog.DiscardHandler), Verify: func(_ context.Context, path string) error {
			content, err := os.ReadFile(path)
			if err == nil && !strings.HasPrefix(string(content), s.name+" ") {
				err = fmt.Errorf("it holds %q", content)
			}
			return errors.Join(err, r.verify)
		}, Seen: func(last time.Time) { r.last = last }, Report: func(_ context.Context, failed error) { r.reports = append(r.reports, fmt.Sprint(failed)) }})
}

// made makes a backup at a moment.
func (r *room) made(k *backup.Keeper, at string) {
	r.t.Helper()
	moment, err := time.Parse(time.RFC3339, at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.now = func() time.Time { return moment }
	if _, err := k.Make(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// holds makes sure of which backups of stores are there, by what they say, in the order
// of their names.
func (r *room) holds(want ...string) {
	r.t.Helper()
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	got := []string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(r.dir, e.Name()))
		if err != nil {
			content = []byte(e.Name())
		}
		got = append(got, string(content))
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("there are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// runs runs a keeper's work, and returns what stops it.
func runs(t *testing.T, k *backup.Keeper) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- jobs.NewLocal(k.Kind(), time.Now, slog.New(slog.DiscardHandler)).Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// A fleet asks every second when a backup is due: whether there is anything to back up is
// read until there is.
func TestStoreWithContentIsAskedOnce(t *testing.T) {
	s := &shelf{name: "a", empty: true}
	next := newRoom(t).keeper(s, 3).Kind().Next
	for n, want := range []int{1, 2, 3, 3, 3} {
		s.set(func() { s.empty = n < 2 })
		tasks, err := next(t.Context())
		if err != nil || len(tasks) != 1 || tasks[0].At.After(time.Now()) != (n < 2) || s.asked != want {
			t.Errorf("time %d: %v after the store was asked %d times, want %d (%v)", n+1, tasks, s.asked, want, err)
		}
	}
}

func TestBackupsAreMadeOnSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := newRoom(t), &shelf{name: "a", empty: true}
		stop := runs(t, r.keeper(s, 3))
		time.Sleep(time.Hour)
		if _, err := os.Stat(r.dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("an empty store is backed up (%v)", err)
		}
		s.set(func() { s.empty = false })
		time.Sleep(2 * time.Minute)
		r.holds("a 1")
		time.Sleep(24 * time.Hour)
		r.holds("a 1", "a 2")
		stop()
		time.Sleep(12 * time.Hour)
		k := r.keeper(s, 3)
		stop = runs(t, k) // a restart makes none at once
		time.Sleep(time.Minute)
		r.holds("a 1", "a 2")
		time.Sleep(48 * time.Hour)
		r.holds("a 2", "a 3", "a 4")
		last, err := k.Last(t.Context())
		if since := time.Since(last); err != nil || since < 0 || since > 24*time.Hour {
			t.Errorf("the last one is of %v (%v)", last, err)
		}
		stop()
		if !last.Equal(r.last) {
			t.Errorf("it says that the last one is of %v, and it is of %v", r.last, last)
		}
		info, err := os.Stat(filepath.Join(r.dir, name(t, s, last)))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("it has the mode %v (%v)", info.Mode(), err)
		}
		if info, err = os.Stat(r.dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the directory has the mode %v (%v)", info.Mode(), err)
		}
		if got := strings.Join(r.reports, ", "); got != "<nil>, <nil>, <nil>, <nil>" {
			t.Errorf("reported: %s", got)
		}
	})
}

// name is what the backup of a store is called, found by making one elsewhere.
func name(t *testing.T, s *shelf, at time.Time) string {
	t.Helper()
	other := newRoom(t)
	other.now = func() time.Time { return at }
	path, err := other.keeper(s, 1).Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Base(path)
}

func TestFailingBackupIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := newRoom(t), &shelf{name: "a"}
		stop := runs(t, r.keeper(s, 1))
		synctest.Wait()
		r.holds("a 1")
		s.set(func() { s.broken = errors.New("no room") })
		time.Sleep(24*time.Hour + 25*time.Minute)
		r.holds("a 1") // the old one stays, and nothing is left of the new one
		s.set(func() { s.broken = nil })
		time.Sleep(10 * time.Minute)
		r.holds("a 5")
		time.Sleep(12 * time.Hour)
		r.holds("a 5")
		stop()
		if len(r.reports) != 5 || !strings.HasSuffix(r.reports[3], ": no room") || r.reports[4] != "<nil>" {
			t.Errorf("reported: %q", r.reports)
		}
	})
}

// TestBackupThatCannotBeReadBack removes no older one.
func TestBackupThatCannotBeReadBack(t *testing.T) {
	r, s := newRoom(t), &shelf{name: "a"}
	k := r.keeper(s, 1)
	r.made(k, "2025-12-30T12:00:00Z")
	r.verify = errors.New("a bit has flipped")
	r.now = func() time.Time { return time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC) }
	if _, err := k.Make(t.Context()); !errors.Is(err, r.verify) {
		t.Errorf("it is made: %v", err)
	}
	r.holds("a 1")
}

func TestOthersFilesStay(t *testing.T) {
	r, s := newRoom(t), &shelf{name: "a"}
	outside := filepath.Join(t.TempDir(), "outside")
	write := func(path string) error { return os.WriteFile(path, []byte(filepath.Base(path)), 0o600) }
	own := name(t, s, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	link, folder := strings.Replace(own, "2020", "2021", 1), strings.Replace(own, "2020", "2022", 1)
	foreign := []string{".watch287g-notes.db-1", "notes.txt", "watch287g-20200101T000000Z.db", "watch287g-20200101T000000Z-other000.db",
		own + ".gz", strings.Replace(own, "T", "t", 1), "watch287g-20209999T000000Z" + own[26:]}
	if err := errors.Join(os.Mkdir(r.dir, 0o700), write(outside), os.Symlink(outside, filepath.Join(r.dir, link)), os.Mkdir(filepath.Join(r.dir, folder), 0o700),
		write(filepath.Join(r.dir, own)), write(filepath.Join(r.dir, "."+own+"-123"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range foreign {
		if err := write(filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r.made(r.keeper(s, 1), "2025-12-31T12:00:00Z")
	for _, name := range append(foreign, link, folder) {
		if _, err := os.Lstat(filepath.Join(r.dir, name)); err != nil {
			t.Error(err)
		}
	}
	for _, gone := range []string{own, "." + own + "-123"} {
		if _, err := os.Lstat(filepath.Join(r.dir, gone)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there (%v)", gone, err)
		}
	}
	if content, err := os.ReadFile(outside); err != nil || string(content) != "outside" {
		t.Errorf("what the link leads to is %q (%v)", content, err)
	}
}

// TestTwoStoresInOneDirectory has a service, and one that began anew in the place of a
// lost one: neither counts nor removes the other's.
func TestTwoStoresInOneDirectory(t *testing.T) {
	r := newRoom(t)
	a, b := r.keeper(&shelf{name: "a"}, 2), r.keeper(&shelf{name: "b"}, 2)
	r.made(a, "2025-12-01T12:00:00Z")
	r.made(a, "2025-12-02T12:00:00Z")
	if last, err := b.Last(t.Context()); err != nil || !last.IsZero() {
		t.Errorf("b has one of %v (%v)", last, err)
	}
	for day := 3; day < 9; day++ {
		r.made(b, fmt.Sprintf("2025-12-%02dT12:00:00Z", day))
	}
	r.holds("a 1", "a 2", "b 5", "b 6")
}

func TestKeepChanges(t *testing.T) {
	r, s := newRoom(t), &shelf{name: "a"}
	for day := 1; day < 6; day++ {
		r.made(r.keeper(s, 5), fmt.Sprintf("2025-12-%02dT12:00:00Z", day))
	}
	r.holds("a 1", "a 2", "a 3", "a 4", "a 5")
	r.made(r.keeper(s, 2), "2025-12-06T12:00:00Z")
	r.holds("a 5", "a 6")
	r.made(r.keeper(s, 4), "2025-12-07T12:00:00Z")
	r.holds("a 5", "a 6", "a 7")
	r.made(r.keeper(s, 1), "2025-12-07T12:00:00Z") // in the same second
	r.holds("a 8")
}

// TestClockIsSet makes backups while the clock is wrong: those made last stay, and one
// of a time to come does not keep the next from being made.
func TestClockIsSet(t *testing.T) {
	r, s := newRoom(t), &shelf{name: "a"}
	k := r.keeper(s, 2)
	r.made(k, "2025-12-01T12:00:00Z")
	r.made(k, "2030-12-02T12:00:00Z") // too late
	r.made(k, "2025-12-02T12:00:00Z") // right again
	r.holds("a 1", "a 3")
	r.made(k, "2030-12-03T12:00:00Z")
	r.made(k, "2030-12-04T12:00:00Z")
	r.holds("a 4", "a 5")
	r.made(k, "2025-12-03T12:00:00Z")
	r.holds("a 6", "a 5") // in the order of their names
	if last, err := k.Last(t.Context()); err != nil || last.Year() != 2025 {
		t.Errorf("the last one is of %v (%v)", last, err)
	}
	r.made(k, "2025-12-04T12:00:00Z")
	r.holds("a 6", "a 7")
	r.made(k, "2001-01-01T00:00:00Z") // too early
	r.holds("a 8", "a 7")
	r.made(k, "2001-01-02T00:00:00Z")
	r.holds("a 8", "a 9")
}

func TestDirectoryThatIsNone(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"its parent is missing": os.Remove,
		"it is a file":          func(parent string) error { return os.WriteFile(filepath.Join(parent, "backups"), nil, 0o600) },
		"it is a link to nowhere": func(parent string) error {
			return os.Symlink(filepath.Join(parent, "nowhere"), filepath.Join(parent, "backups"))
		},
	} {
		r := &room{t: t, dir: filepath.Join(t.TempDir(), "parent", "backups"), now: time.Now}
		parent := filepath.Dir(r.dir)
		if err := errors.Join(os.Mkdir(parent, 0o700), prepare(parent)); err != nil {
			t.Fatal(err)
		}
		if path, err := r.keeper(&shelf{name: "a"}, 1).Make(t.Context()); err == nil || path != "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: it is made as %q (%v)", name, path, err)
		}
	}
}
