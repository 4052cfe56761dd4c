package past

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/watch287g/watch287g/internal/durable"
)

// Dir is the directory of the pool, below that of the state.
const Dir = "past"

// Errors of a pool.
var (
	ErrLocked  = errors.New("another import adds to the past captures at this moment")
	ErrDamaged = errors.New("the past captures are damaged")
)

const (
	indexName = "captures.jsonl" // a capture a line, in the order in which they came
	lockName  = "lock"
	filesName = "files" // the bytes, by the first two digits of their hash
)

// Documents keeps the documents of agreements, as document/archive does.
type Documents interface {
	Put(ctx context.Context, body []byte) (sha256 string, err error)
	Has(ctx context.Context, sha256 string) (bool, error)
	Get(ctx context.Context, sha256 string) ([]byte, error)
}

// Pool is all past captures, on disk. What was added once stays, whatever ends the
// program: bytes are on the disk before the line that names them.
type Pool struct {
	dir       string
	documents Documents // nil: they are kept with the rest
	captures  []Capture // in the order of the index
	index     *os.File  // nil where nothing can be added
	lock      *os.File
	size      int64 // of the index, in bytes, as far as it is whole
}

// Read opens the pool in a directory to read what is there; there need not be anything.
// It may be added to meanwhile. documents has the documents; nil where they are kept with
// the rest.
func Read(dir string, documents Documents) (*Pool, error) {
	p := &Pool{dir: dir, documents: documents}
	f, err := os.Open(filepath.Join(dir, indexName))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the past captures: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	return p, p.load(f)
}

// Open opens the pool in a directory to add to it, and makes one where there is none.
// The error is ErrLocked while somebody else does.
func Open(dir string, documents Documents) (*Pool, error) {
	if err := os.MkdirAll(filepath.Join(dir, filesName), 0o700); err != nil {
		return nil, fmt.Errorf("making a place for past captures: %w", err)
	}
	p := &Pool{dir: dir, documents: documents}
	if err := p.open(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Pool) open() (err error) {
	if p.lock, err = os.OpenFile(filepath.Join(p.dir, lockName), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return fmt.Errorf("locking the past captures: %w", err)
	}
	if err := syscall.Flock(int(p.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil { //nolint:gosec // a descriptor
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return ErrLocked
		}
		return fmt.Errorf("locking the past captures: %w", err)
	}
	if p.index, err = os.OpenFile(filepath.Join(p.dir, indexName), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return fmt.Errorf("opening the past captures: %w", err)
	}
	if err := p.load(p.index); err != nil {
		return err
	}
	// What a crash left of a line goes, or the next one would be behind it.
	if err := errors.Join(p.index.Truncate(p.size), durable.SyncDir(p.dir)); err != nil {
		return fmt.Errorf("mending the index of past captures: %w", err)
	}
	return nil
}

// load reads the index, but for a line at its end that was not written to its end.
func (p *Pool) load(f io.Reader) error {
	in := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the index of past captures: %w", err)
		}
		var c Capture
		if err := json.Unmarshal(line, &c); err != nil {
			return fmt.Errorf("%w: line %d of %s is not a capture; take that line out, and the next import has it again",
				ErrDamaged, n, filepath.Join(p.dir, indexName))
		}
		p.captures = append(p.captures, c)
		p.size += int64(len(line))
	}
}

// Close ends adding.
func (p *Pool) Close() error {
	var errs []error
	for _, f := range []*os.File{p.index, p.lock} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// All returns all captures as they were added, in that order. The caller owns the slice.
func (p *Pool) All() []Capture { return slices.Clone(p.captures) }

// Captures returns all captures in the order in which they were published, as far as that
// is known, those that are no evidence among them. The caller owns the slice.
func (p *Pool) Captures() []Capture {
	all := slices.Clone(p.captures)
	date(all)
	slices.SortStableFunc(all, compare)
	return all
}

// Add keeps a capture with its bytes, durably, and sets its hash and size. One that has
// its hash already is of bytes that are kept, and comes with none. Where it fails, nothing
// of it is there.
func (p *Pool) Add(ctx context.Context, c Capture, body []byte) error {
	if p.index == nil {
		return errors.New("the past captures were opened to be read")
	}
	if c.Problem == "" && c.SHA256 == "" {
		hash, err := p.keep(ctx, c.Kind, body)
		if err != nil {
			return fmt.Errorf("keeping what was captured of %s: %w", c.URL, err)
		}
		c.SHA256, c.Size = hash, int64(len(body))
	}
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("noting a capture of %s: %w", c.URL, err)
	}
	line = append(line, '\n')
	_, err = p.index.WriteAt(line, p.size)
	if err == nil {
		err = p.index.Sync()
	}
	if err != nil {
		return fmt.Errorf("noting a capture of %s: %w", c.URL, errors.Join(err, p.index.Truncate(p.size)))
	}
	p.size += int64(len(line))
	p.captures = append(p.captures, c)
	return nil
}

// Last returns the capture that was added last.
func (p *Pool) Last() Capture { return p.captures[len(p.captures)-1] }

func (p *Pool) keep(ctx context.Context, kind Kind, body []byte) (string, error) {
	if kind == KindDocument && p.documents != nil {
		return p.documents.Put(ctx, body) //nolint:wrapcheck // it says what it was about
	}
	hash := Hash(body)
	path := p.path(hash)
	if had, err := os.ReadFile(path); err == nil && bytes.Equal(had, body) {
		return hash, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("making its directory: %w", err)
	}
	err := durable.Write(path, func(f *os.File) error {
		_, err := f.Write(body)
		return err //nolint:wrapcheck // it names the file
	})
	if err == nil {
		err = durable.SyncDir(filepath.Join(p.dir, filesName))
	}
	return hash, err
}

// Hash returns the SHA-256 of bytes, in hex.
func Hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func (p *Pool) path(hash string) string { return filepath.Join(p.dir, filesName, hash[:2], hash) }

// Body returns the bytes of a capture. The error is ErrDamaged where they are not there, or
// are others.
func (p *Pool) Body(ctx context.Context, c Capture) ([]byte, error) {
	if len(c.SHA256) != 2*sha256.Size {
		return nil, fmt.Errorf("%w: the capture of %s has no bytes", ErrDamaged, c.URL)
	}
	if c.Kind == KindDocument && p.documents != nil {
		if body, err := p.documents.Get(ctx, c.SHA256); err == nil {
			return body, nil
		} // or it came before there was an archive
	}
	body, err := os.ReadFile(p.path(filepath.Base(c.SHA256)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if Hash(body) != c.SHA256 {
		return nil, fmt.Errorf("%w: %s has other bytes than were kept", ErrDamaged, p.path(c.SHA256))
	}
	return body, nil
}
