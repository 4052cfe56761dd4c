package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/watch287g/watch287g/internal/durable"
	"github.com/watch287g/watch287g/store"
)

// Copied says what Copy found.
type Copied struct {
	Files   int      // that are in both now
	New     int      // of them, those that were copied
	Bytes   int64    // of those that were copied
	Damaged []string // hashes of files that are not copied, since their bytes have changed
}

// Err names the files that were not copied, and is nil where there are none.
func (c Copied) Err() error {
	if len(c.Damaged) == 0 {
		return nil
	}
	return fmt.Errorf("%s damaged, and not copied (%s)", are(len(c.Damaged)), listed(c.Damaged))
}

// are counts documents, as the beginning of a sentence about them.
func are(n int) string {
	if n == 1 {
		return "1 document is"
	}
	return fmt.Sprintf("%d documents are", n)
}

// listed names the first few hashes.
func listed(hashes []string) string {
	const shown = 5
	text := strings.Join(hashes[:min(len(hashes), shown)], ", ")
	if more := len(hashes) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Copy has one archive keep what another one keeps, with what was read in each. Only what
// is not there is read and written, so that doing it again takes no time; each file that is
// copied is compared with its hash. On one disk, a file gets a second name in place of a
// copy, and stays once the first is gone.
func Copy(ctx context.Context, to, from Archive) (c Copied, err error) {
	there, err := sizes(ctx, to)
	if err != nil {
		return c, err
	}
	links := linker{dirs: map[string]bool{}}
	links.to, _ = to.(*Disk)
	links.from, _ = from.(*Disk)
	var mu sync.Mutex // guards c
	err = each(ctx, from, func(ctx context.Context, e Entry) error {
		size, ok := there[e.SHA256]
		isNew := !ok || size != e.Size
		var err error
		if isNew {
			err = copyFile(ctx, to, from, e.SHA256, &links)
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case errors.Is(err, ErrDamaged):
			c.Damaged = append(c.Damaged, e.SHA256)
			return nil
		case err != nil:
			return err
		case isNew:
			c.New++
			c.Bytes += e.Size
		}
		c.Files++
		return nil
	})
	slices.Sort(c.Damaged)
	return c, errors.Join(err, links.sync())
}

// atOnce is how many files are read or copied at a time: a disk makes several durable in the
// time of one, and a bucket answers several requests.
const atOnce = 8

// each does something with each file of an archive, with several at a time, until something
// goes wrong.
func each(ctx context.Context, a Archive, do func(ctx context.Context, e Entry) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for e, err := range a.All(ctx) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return cmp.Or(g.Wait(), err) // what went wrong first has ended the context
		}
		g.Go(func() error { return do(ctx, e) })
	}
	return g.Wait() //nolint:wrapcheck // as do returned it
}

// sizes are those of all files of an archive, by hash.
func sizes(ctx context.Context, a Archive) (map[string]int64, error) {
	all := map[string]int64{}
	for e, err := range a.All(ctx) {
		if err != nil {
			return nil, err
		}
		all[e.SHA256] = e.Size
	}
	return all, nil
}

func copyFile(ctx context.Context, to, from Archive, hash string, links *linker) error {
	body, err := from.Get(ctx, hash)
	if err != nil {
		return err
	}
	if links.link(hash) {
		return nil
	}
	if links.to != nil {
		err = links.to.keep(ctx, hash, body)
	} else {
		_, err = to.Put(ctx, body)
	}
	if err != nil {
		return err
	}
	// What was read can be read again, so that only what is whole is worth a copy.
	if r, err := from.Reading(ctx, hash); err == nil {
		return to.PutReading(ctx, r)
	}
	return ctx.Err()
}

// linker gives files of one directory a second name in another one.
type linker struct {
	to, from *Disk // nil where one is no directory
	mu       sync.Mutex
	dirs     map[string]bool // that have new names
}

// link gives a file, which was found whole, its second name, with what was read in it; false
// where they are on two disks, or something has the name.
func (l *linker) link(hash string) bool {
	if l.to == nil || l.from == nil {
		return false
	}
	path := l.to.path(hash, fileEnd)
	if os.MkdirAll(filepath.Dir(path), 0o700) != nil || os.Link(l.from.path(hash, fileEnd), path) != nil {
		return false
	}
	_ = os.Link(l.from.path(hash, readingEnd), l.to.path(hash, readingEnd)) // it can be read again
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dirs[filepath.Dir(path)] = true
	return true
}

// sync makes the new names durable. Until then a crash takes them, and the next call brings
// them again.
func (l *linker) sync() error {
	if len(l.dirs) == 0 {
		return nil
	}
	errs := []error{durable.SyncDir(l.to.dir), durable.SyncDir(filepath.Dir(l.to.dir))}
	for dir := range l.dirs {
		errs = append(errs, durable.SyncDir(dir))
	}
	return errors.Join(errs...)
}

// Mend puts files of another archive in the place of damaged ones, where it has them.
func Mend(ctx context.Context, to, from Archive, damaged []string) (mended int, err error) {
	for _, hash := range damaged {
		switch err := copyFile(ctx, to, from, hash, &linker{}); {
		case errors.Is(err, store.ErrNotFound), errors.Is(err, ErrDamaged):
		case err != nil:
			return mended, err
		default:
			mended++
		}
	}
	return mended, nil
}

// Verified says what Verify found.
type Verified struct {
	Files   int // that are kept and whole
	Bytes   int64
	Damaged []string // hashes of files whose bytes have changed
	Missing []string // hashes of files that should be kept and are not
	Unnamed int      // files that are kept, of which the store does not know
}

// Err names what is wrong, and is nil where nothing is.
func (v Verified) Err() error {
	var wrong []error
	if len(v.Damaged) > 0 {
		wrong = append(wrong, fmt.Errorf("%s damaged (%s)", are(len(v.Damaged)), listed(v.Damaged)))
	}
	if len(v.Missing) > 0 {
		wrong = append(wrong, fmt.Errorf("%s missing (%s)", are(len(v.Missing)), listed(v.Missing)))
	}
	return errors.Join(wrong...)
}

// Verify reads all files of an archive, compares each with its hash, and looks for those
// that should be there.
func Verify(ctx context.Context, a Archive, wanted map[string]string) (v Verified, err error) {
	seen := map[string]bool{}
	var mu sync.Mutex // guards v and seen
	err = each(ctx, a, func(ctx context.Context, e Entry) error {
		body, err := a.Get(ctx, e.SHA256)
		mu.Lock()
		defer mu.Unlock()
		seen[e.SHA256] = true
		if _, named := wanted[e.SHA256]; !named {
			v.Unnamed++
		}
		switch {
		case errors.Is(err, ErrDamaged):
			v.Damaged = append(v.Damaged, e.SHA256)
		case err != nil:
			return err
		default:
			v.Files++
			v.Bytes += int64(len(body))
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	for hash := range wanted {
		if !seen[hash] {
			v.Missing = append(v.Missing, hash)
		}
	}
	slices.Sort(v.Damaged)
	slices.Sort(v.Missing)
	return v, nil
}

// Wanted are the hashes of all files that a store says were had, with an address of each
// where there is one; not of those of which only the hash was wanted.
func Wanted(ctx context.Context, s store.Reader) (map[string]string, error) {
	addresses, err := s.Addresses(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the addresses of documents: %w", err)
	}
	documents, err := s.Documents(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what documents say: %w", err)
	}
	wanted := map[string]string{}
	for _, a := range addresses {
		for _, v := range a.Versions {
			wanted[v.SHA256] = a.URL
		}
	}
	for _, d := range documents {
		if d.Unkept {
			delete(wanted, d.SHA256)
		} else if _, ok := wanted[d.SHA256]; !ok {
			wanted[d.SHA256] = ""
		}
	}
	return wanted, nil
}
