// Package backup makes backups of a store on a schedule: each a file of its own in one
// directory, of which the newest are kept.
package backup

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
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
	"sync/atomic"
	"time"

	"github.com/watch287g/watch287g/internal/durable"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Store is what a store has to do to be backed up.
type Store interface {
	Backup(ctx context.Context, w io.Writer) error
	// Secret tells stores apart: a copy of one has the same.
	Secret(ctx context.Context, name string) ([]byte, error)
	Publication(ctx context.Context, seq uint64) (roster.Publication, error)
}

// Options are a keeper's parts and settings.
type Options struct {
	Store Store
	Dir   string        // where backups are; it is made, in a directory that is there
	Every time.Duration // from one to the next
	Keep  int           // how many: 1 or more
	// Verify reads all of a backup, and says what is wrong with it.
	Verify func(ctx context.Context, path string) error
	// Beside copies what is kept apart from the store to where a backup is, once that is
	// whole; nil for nothing.
	Beside func(ctx context.Context, path string) error
	// Report is called with how each backup went: nil where it went well. Of those that
	// Make is called for by others, it hears only where they went well.
	Report func(ctx context.Context, failed error)
	// Seen is called with when the newest backup was made, zero for none, again and again.
	Seen func(last time.Time)
	Now  func() time.Time
	Log  *slog.Logger
}

// Keeper makes backups of one store, and removes its older ones. All that it has to
// know is in the names of the files, so that another process goes on where one was.
type Keeper struct {
	o  Options
	mu sync.Mutex // held while a backup is made

	filled atomic.Bool // the store has something in it, as it has from then on

	times sync.Mutex
	last  time.Time // when the newest one was made, as far as is known; zero for none
	again time.Time // when to try again after one that failed; zero after one that went well
}

// New returns a keeper.
func New(o Options) *Keeper { return &Keeper{o: o} }

const (
	// pause is how long to wait after a backup that failed.
	pause = 10 * time.Minute
	// emptyPause is how long to wait for a store to have something in it.
	emptyPause = time.Minute
	// longest bounds a backup on a fleet.
	longest = 30 * time.Minute
)

// Kind is the work of making a backup when one is due. What fails is reported and tried
// again; only the store's own failures end a process, and it has others who see them. Of a
// keeper that is nil there is never any.
func (k *Keeper) Kind() jobs.Kind {
	return jobs.Kind{Name: "backup", Next: k.next, Timeout: longest}
}

// next says when the next backup is due: at once where none is known, but for a store
// that is empty. It leaves the directory alone, which may be slow.
func (k *Keeper) next(ctx context.Context, _ ...string) ([]jobs.Task, error) {
	if k == nil {
		return nil, nil
	}
	at := k.due()
	if !k.filled.Load() {
		switch _, err := k.o.Store.Publication(ctx, 1); {
		case err == nil:
			k.filled.Store(true)
		case errors.Is(err, store.ErrNotFound):
			at = k.o.Now().Add(emptyPause)
		default:
			return nil, fmt.Errorf("reading whether there is anything to back up: %w", err)
		}
	}
	return []jobs.Task{{At: at, Do: func(ctx context.Context) error {
		k.makeDue(ctx)
		return nil
	}}}, nil
}

func (k *Keeper) due() time.Time {
	k.times.Lock()
	defer k.times.Unlock()
	now := k.o.Now()
	switch {
	case k.again.After(now) && k.again.Sub(now) <= pause: // the clock may have been set back
		return k.again
	case k.last.IsZero() || k.last.After(now):
		return now
	}
	return k.last.Add(k.o.Every)
}

// makeDue makes a backup, and reports how that went; not where another process has made
// one, or this one before it was started again.
func (k *Keeper) makeDue(ctx context.Context) {
	if last, err := k.Last(ctx); err == nil {
		k.remember(last)
		if k.due().After(k.o.Now()) {
			return
		}
	}
	path, err := k.Make(ctx)
	switch {
	case err == nil:
		k.o.Log.Info("backed up", "file", path)
		return
	case errors.Is(ctx.Err(), context.Canceled):
		return // it is due again
	}
	k.o.Log.Error("the backup failed", "dir", k.o.Dir, "error", err.Error(), "again_in", pause)
	k.waitUntil(k.o.Now().Add(pause))
	k.o.Report(context.WithoutCancel(ctx), err) // its time may have been up
}

// remember notes when the newest backup was made.
func (k *Keeper) remember(last time.Time) {
	k.times.Lock()
	defer k.times.Unlock()
	k.last = last
	k.o.Seen(last)
}

func (k *Keeper) waitUntil(again time.Time) {
	k.times.Lock()
	defer k.times.Unlock()
	k.again = again
}

// Make makes a backup now, and returns where. It has its name once it is whole, on the
// disk and read back; then older ones are removed. Where only that fails, there is a
// path and an error.
func (k *Keeper) Make(ctx context.Context) (path string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n, err := k.names(ctx)
	if err != nil {
		return "", err
	}
	if err := k.prepare(n); err != nil {
		return "", err
	}
	at := k.o.Now().UTC()
	path = filepath.Join(k.o.Dir, n.of(at))
	err = durable.Write(path, func(f *os.File) error {
		if err := cmp.Or(k.o.Store.Backup(ctx, f), f.Sync()); err != nil {
			return err
		}
		if err := k.o.Verify(ctx, f.Name()); err != nil {
			return fmt.Errorf("the backup cannot be read back: %w", err)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("backing up to %s: %w", path, err)
	}
	k.remember(at.Truncate(time.Second))
	if err := k.prune(n, at.Truncate(time.Second)); err != nil {
		return path, err
	}
	if k.o.Beside != nil {
		if err := k.o.Beside(ctx, path); err != nil {
			return path, fmt.Errorf("the backup %s is whole, and what belongs beside it is not: %w", path, err)
		}
	}
	k.waitUntil(time.Time{})
	k.o.Report(ctx, nil)
	return path, nil
}

// prepare makes the directory where it is missing, but nothing above it, and removes
// what a crash has left there of this store's.
func (k *Keeper) prepare(n names) error {
	if err := os.Mkdir(k.o.Dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the directory for backups: %w", err)
	}
	entries, err := os.ReadDir(k.o.Dir)
	if err != nil {
		return fmt.Errorf("reading the directory for backups: %w", err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && n.unfinished(e.Name()) {
			_ = os.Remove(filepath.Join(k.o.Dir, e.Name())) // it is in nobody's way
		}
	}
	return nil
}

// prune removes older backups of this store until as many are left as are to be kept.
// One whose name says that it is of a time to come was made while the clock was wrong,
// and before the newest one: it goes first.
func (k *Keeper) prune(n names, newest time.Time) error {
	times, err := k.all(n)
	if err != nil {
		return err
	}
	times = slices.DeleteFunc(times, newest.Equal)
	slices.SortFunc(times, func(a, b time.Time) int {
		if a.After(newest) != b.After(newest) {
			return b.Compare(a)
		}
		return a.Compare(b)
	})
	for _, old := range times[:max(0, len(times)-(k.o.Keep-1))] {
		err = errors.Join(err, os.Remove(filepath.Join(k.o.Dir, n.of(old))))
	}
	if err != nil {
		return fmt.Errorf("removing older backups: %w", err)
	}
	return nil
}

// Last returns when the newest backup of this store was made, whichever process made
// it; zero where there is none. One of a time to come does not count.
func (k *Keeper) Last(ctx context.Context) (last time.Time, err error) {
	n, err := k.names(ctx)
	if err != nil {
		return last, err
	}
	times, err := k.all(n)
	for _, at := range times {
		if at.After(last) && !at.After(k.o.Now()) {
			last = at
		}
	}
	return last, err
}

// all lists when the backups of this store were made.
func (k *Keeper) all(n names) (all []time.Time, err error) {
	entries, err := os.ReadDir(k.o.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the directory for backups: %w", err)
	}
	for _, e := range entries {
		if at, ours := n.parse(e.Name()); ours && e.Type().IsRegular() {
			all = append(all, at)
		}
	}
	return all, nil
}

// Mark gives a store what tells it apart from others, if it has none yet, and returns
// that. A copy that was made before would become another store once it is restored.
func Mark(ctx context.Context, s Store) ([]byte, error) {
	secret, err := s.Secret(ctx, "backup")
	if err != nil {
		return nil, fmt.Errorf("reading which store this is: %w", err)
	}
	return secret, nil
}

// names is how the backups of one store are called: watch287g-20251231T120000Z-abcdefgh.db,
// where the letters at the end stand for the store. Two stores can have their backups in
// one directory, and an empty one that takes the place of one that was lost does not
// push out the backups of that.
type names struct{ suffix string }

const (
	prefix = "watch287g-"
	form   = "20060102T150405Z" // UTC
)

func (k *Keeper) names(ctx context.Context) (names, error) {
	secret, err := Mark(ctx, k.o.Store)
	if err != nil {
		return names{}, err
	}
	sum := sha256.Sum256(secret)
	return names{"-" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:8]) + ".db"}, nil
}

func (n names) of(at time.Time) string { return prefix + at.UTC().Format(form) + n.suffix }

func (n names) parse(name string) (at time.Time, ours bool) {
	at, err := time.Parse(form, strings.TrimSuffix(strings.TrimPrefix(name, prefix), n.suffix))
	return at, err == nil && name == n.of(at)
}

// unfinished says whether a file is a backup that was never whole, see durable.Temp.
func (n names) unfinished(name string) bool {
	name, dotted := strings.CutPrefix(name, ".")
	at := strings.LastIndex(name, "-")
	if !dotted || at < 0 || strings.Trim(name[at+1:], "0123456789") != "" {
		return false
	}
	_, ours := n.parse(name[:at])
	return ours
}
