package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/watch287g/watch287g/store"
)

// Shelf keeps what was derived from documents beside them, by name: what is lost of it can be
// derived again. Names have lowercase letters, digits and hyphens.
type Shelf interface {
	// PutDerived keeps something, in the place of what had its name.
	PutDerived(ctx context.Context, name string, body []byte) error
	// Derived returns it, or store.ErrNotFound.
	Derived(ctx context.Context, name string) ([]byte, error)
}

var _ Shelf = (*Disk)(nil)

// DerivedName returns the name of the file of something derived, below the archive.
func DerivedName(name string) string { return "derived/" + name + ".json.gz" }

// PutDerived keeps something in a file.
func (d *Disk) PutDerived(ctx context.Context, name string, body []byte) error {
	return wrap("keeping what was derived from", name, d.write(ctx, filepath.Join(d.dir, DerivedName(name)), body))
}

// Derived returns what PutDerived kept.
func (d *Disk) Derived(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	body, err := os.ReadFile(filepath.Join(d.dir, DerivedName(name)))
	if errors.Is(err, fs.ErrNotExist) {
		err = store.ErrNotFound
	}
	return body, wrap("what was derived from", name, err)
}

var _ Shelf = (*Current)(nil)

// PutDerived keeps something where documents are kept; nowhere, where none are.
func (c *Current) PutDerived(ctx context.Context, name string, body []byte) error {
	if shelf, ok := c.Now().(Shelf); ok {
		return shelf.PutDerived(ctx, name, body) //nolint:wrapcheck // it says itself what it is about
	}
	return ctx.Err()
}

// Derived returns what was kept there.
func (c *Current) Derived(ctx context.Context, name string) ([]byte, error) {
	if shelf, ok := c.Now().(Shelf); ok {
		return shelf.Derived(ctx, name) //nolint:wrapcheck // likewise
	}
	return nil, store.ErrNotFound
}
