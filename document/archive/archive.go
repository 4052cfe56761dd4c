// Package archive keeps the files of documents by their hash, apart from the store: in a
// directory, or in a bucket (document/archive/bucket). What was kept stays: there is
// nothing here that deletes a file.
package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/store"
)

// Archive keeps files by their SHA-256, and what was read in each beside it. It is safe for
// concurrent use, by several processes, too.
type Archive interface {
	// Put keeps a file, and returns its hash. It is durable when it returns; equal bytes
	// are kept once. The error is ErrNoRoom where they would fill the disk.
	Put(ctx context.Context, body []byte) (sha256 string, err error)
	// Has says whether a file is kept. It does not read it.
	Has(ctx context.Context, sha256 string) (bool, error)
	// Get returns a file. The error is store.ErrNotFound where it is not kept, and
	// ErrDamaged where its bytes have another hash.
	Get(ctx context.Context, sha256 string) ([]byte, error)
	// PutReading keeps what was read in a file, in the place of an earlier reading.
	PutReading(ctx context.Context, r document.Reading) error
	// Reading returns what was read in a file, or store.ErrNotFound, or ErrDamaged,
	// where the file has to be read again.
	Reading(ctx context.Context, sha256 string) (document.Reading, error)
	// All yields the files that are kept, by hash. After an error nothing follows.
	All(ctx context.Context) iter.Seq2[Entry, error]
}

// Entry is a file that is kept.
type Entry struct {
	SHA256 string
	Size   int64 // bytes
}

// ErrNoRoom means that a file was not kept since it would fill the disk, of which the
// store needs some.
var ErrNoRoom = errors.New("the disk is too full to keep documents; make room for them")

// ErrDamaged means that a file, or what was read in it, is not what was kept. The store is
// none the worse for it.
var ErrDamaged = errors.New("the document is damaged")

// Damaged returns an ErrDamaged that says what is wrong with it.
func Damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...))
}

// MaxFile is how many bytes of a file are read at most: more than is ever fetched.
const MaxFile = 64 << 20

// Hash returns the hash of a file as it is written everywhere.
func Hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// IsHash says whether a text is such a hash, so that it can be the name of a file.
func IsHash(text string) bool {
	_, err := hex.DecodeString(text)
	return err == nil && len(text) == 2*sha256.Size && text == strings.ToLower(text)
}

// CheckBody returns an error unless a file has the hash that it is kept by.
func CheckBody(hash string, body []byte) error {
	if Hash(body) != hash {
		return Damaged("its bytes have another hash")
	}
	return nil
}

// notHash is the error for what is no hash: there is nothing by that name.
func notHash(text string) error {
	return fmt.Errorf("%.70q is not the SHA-256 of a document: %w", text, store.ErrNotFound)
}

// Sum says how many files an archive has, and how many bytes they take.
func Sum(ctx context.Context, a Archive) (files int, size int64, err error) {
	for e, err := range a.All(ctx) {
		if err != nil {
			return files, size, err
		}
		files++
		size += e.Size
	}
	return files, size, nil
}

// Hashes is the archive of who wants to know of documents and to keep none: it tells the
// hashes of new ones. Those that were kept before stay, and can be read.
type Hashes struct{ Archive }

// KeepsFiles says whether an archive keeps new files, and not only tells their hashes.
func KeepsFiles(a Archive) bool {
	if current, ok := a.(*Current); ok {
		a = current.Now()
	}
	_, hashes := a.(Hashes)
	return a != nil && !hashes
}

// Put returns the hash of a file.
func (Hashes) Put(ctx context.Context, body []byte) (string, error) { return Hash(body), ctx.Err() }

var _ Shelf = Hashes{}

// PutDerived keeps what was derived from those that are kept.
func (h Hashes) PutDerived(ctx context.Context, name string, body []byte) error {
	if shelf, ok := h.Archive.(Shelf); ok {
		return shelf.PutDerived(ctx, name, body) //nolint:wrapcheck // it says itself what it is about
	}
	return ctx.Err()
}

// Derived returns what was derived from them.
func (h Hashes) Derived(ctx context.Context, name string) ([]byte, error) {
	if shelf, ok := h.Archive.(Shelf); ok {
		return shelf.Derived(ctx, name) //nolint:wrapcheck // likewise
	}
	return nil, store.ErrNotFound
}

// PutReading keeps nothing.
func (Hashes) PutReading(ctx context.Context, _ document.Reading) error { return ctx.Err() }
