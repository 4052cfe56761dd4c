package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/internal/durable"
	"github.com/watch287g/watch287g/store"
)

// Disk is an archive in a directory: the file with the hash abcd… is ab/abcd….pdf, and what
// was read in it is ab/abcd….json.gz. Each is written under another name, and has its own
// once it is on the disk, so that a crash leaves it whole or not at all.
type Disk struct {
	dir     string
	reserve int64
	now     func() time.Time
}

var _ Archive = (*Disk)(nil)

// Reserve is how much of a disk documents leave to the store, in bytes: some years of lists.
const Reserve = 256 << 20

// reserveShare is which share of a disk that is at most, so that the alert of a full disk,
// which comes at a tenth, is there before.
const reserveShare = 20

// NewDisk returns the archive in a directory, which is made when the first file is kept.
// On a disk with less than reserve bytes left (or a twentieth of it, where that is less),
// none is kept anymore.
func NewDisk(dir string, reserve int64, now func() time.Time) *Disk {
	return &Disk{dir: dir, reserve: reserve, now: now}
}

// Dir is the directory.
func (d *Disk) Dir() string { return d.dir }

// Room says how many bytes are left on its disk.
func (d *Disk) Room() (int64, error) {
	free, _, err := roomOn(d.dir)
	if errors.Is(err, fs.ErrNotExist) { // nothing was kept yet
		free, _, err = roomOn(filepath.Dir(d.dir))
	}
	return free, err
}

const (
	fileEnd    = ".pdf"
	readingEnd = ".json.gz"
)

// path is where what belongs to a hash is, by how its name ends.
func (d *Disk) path(hash, end string) string { return filepath.Join(d.dir, hash[:2], hash+end) }

// Put keeps a file, and returns its hash. A damaged one gets another name beside it.
func (d *Disk) Put(ctx context.Context, body []byte) (string, error) {
	hash := Hash(body)
	return hash, d.keep(ctx, hash, body)
}

// keep is Put for who knows the hash.
func (d *Disk) keep(ctx context.Context, hash string, body []byte) error {
	path := d.path(hash, fileEnd)
	kept, err := d.keeps(ctx, hash)
	switch {
	case errors.Is(err, ErrDamaged):
		err = d.setAside(path)
	case kept: // by another process, perhaps, which is still making it durable
		return wrap("keeping", hash, durable.SyncDir(filepath.Dir(path)))
	}
	if err == nil {
		err = d.write(ctx, path, body)
	}
	return wrap("keeping", hash, err)
}

// keeps says whether a file is kept and whole.
func (d *Disk) keeps(ctx context.Context, hash string) (bool, error) {
	_, err := d.Get(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// setAside gives a damaged file another name beside its own, for the operator to look at. A
// whole one then takes its place.
func (d *Disk) setAside(path string) error {
	aside := fmt.Sprintf("%s.damaged-%s", path, d.now().UTC().Format("20060102T150405.000000000Z"))
	err := os.Link(path, aside)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrExist): // another process was first
		return nil
	case err != nil: // there are file systems without links
		return os.Rename(path, aside)
	}
	return nil // its directory is made durable with the file that is written now
}

// write writes a file whole or not at all. Where another process writes the same one, the
// second takes the place of the first, and both have the same bytes.
func (d *Disk) write(ctx context.Context, path string, body []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := d.makeDir(dir); err != nil {
		return err
	}
	if free, size, err := roomOn(dir); err == nil && free < min(d.reserve, size/reserveShare)+int64(len(body)) {
		return ErrNoRoom
	}
	d.sweep(dir)
	return durable.Write(path, func(f *os.File) error {
		if _, err := f.Write(body); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// makeDir makes the directory of a file, durably; not the one that the archive is in.
func (d *Disk) makeDir(dir string) error {
	for _, dir := range []string{d.dir, dir} {
		switch err := os.Mkdir(dir, 0o700); {
		case errors.Is(err, fs.ErrExist):
		case err != nil:
			return err
		default:
			if err := durable.SyncDir(filepath.Dir(dir)); err != nil {
				return err
			}
		}
	}
	return nil
}

// unfinishedFor is how long a file may have the name of one that is being written. It takes
// seconds.
const unfinishedFor = time.Hour

// sweep removes what a crash has left in a directory of files that were never whole.
func (d *Disk) sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // it is in nobody's way
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !unfinished(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil && d.now().Sub(info.ModTime()) > unfinishedFor {
			_ = os.Remove(filepath.Join(dir, e.Name())) // likewise
		}
	}
}

// unfinished says whether a file is called as durable.Temp calls one of ours.
func unfinished(name string) bool {
	name, dotted := strings.CutPrefix(name, ".")
	for _, end := range []string{fileEnd, readingEnd} {
		if hash, _, ok := strings.Cut(name, end+"-"); dotted && ok && IsHash(hash) {
			return true
		}
	}
	return false
}

// Has says whether a file is kept.
func (d *Disk) Has(ctx context.Context, hash string) (bool, error) {
	if !IsHash(hash) {
		return false, ctx.Err()
	}
	info, err := os.Stat(d.path(hash, fileEnd))
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err == nil && !info.Mode().IsRegular():
		err = errors.New("it is not a file")
	}
	return err == nil, wrap("looking for", hash, err)
}

// Get returns a file.
func (d *Disk) Get(ctx context.Context, hash string) ([]byte, error) {
	body, err := d.read(ctx, hash, fileEnd)
	if err == nil {
		err = CheckBody(hash, body)
	}
	if errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w (%s)", err, d.path(hash, fileEnd))
	}
	if err != nil {
		return nil, wrap("reading", hash, err)
	}
	return body, nil
}

func (d *Disk) read(ctx context.Context, hash, end string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !IsHash(hash) {
		return nil, notHash(hash)
	}
	f, err := os.Open(d.path(hash, end))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(body) > MaxFile {
		err = Damaged("it has more than %d bytes", MaxFile)
	}
	return body, err
}

// PutReading keeps what was read in a file.
func (d *Disk) PutReading(ctx context.Context, r document.Reading) error {
	packed, err := PackReading(r)
	if err == nil {
		err = d.write(ctx, d.path(r.SHA256, readingEnd), packed)
	}
	return wrap("keeping what was read in", r.SHA256, err)
}

// Reading returns what was read in a file.
func (d *Disk) Reading(ctx context.Context, hash string) (r document.Reading, err error) {
	packed, err := d.read(ctx, hash, readingEnd)
	if err == nil {
		r, err = UnpackReading(hash, packed)
	}
	return r, wrap("what was read in", hash, err)
}

// All yields the files that are kept, by hash.
func (d *Disk) All(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		shelves, err := os.ReadDir(d.dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			yield(Entry{}, fmt.Errorf("reading the archive of documents: %w", err))
			return
		}
		for _, shelf := range shelves {
			if !shelf.IsDir() || len(shelf.Name()) != 2 {
				continue
			}
			if more, err := d.shelf(ctx, shelf.Name(), yield); err != nil {
				yield(Entry{}, fmt.Errorf("reading the archive of documents: %w", err))
				return
			} else if !more {
				return
			}
		}
	}
}

// shelf yields the files of one directory.
func (d *Disk) shelf(ctx context.Context, name string, yield func(Entry, error) bool) (more bool, err error) {
	entries, err := os.ReadDir(filepath.Join(d.dir, name))
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		hash, ok := strings.CutSuffix(e.Name(), fileEnd)
		if !ok || !IsHash(hash) || hash[:2] != name {
			continue
		}
		info, err := e.Info()
		if err := errors.Join(err, ctx.Err()); err != nil {
			return false, err
		}
		if !yield(Entry{hash, info.Size()}, nil) {
			return false, nil
		}
	}
	return true, nil
}

// wrap says what was being done with a document, unless all went well.
func wrap(doing, hash string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s document %.12s: %w", doing, hash, err)
}
