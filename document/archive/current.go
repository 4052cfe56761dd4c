package archive

import (
	"context"
	"iter"
	"sync/atomic"

	"github.com/watch287g/watch287g/document"
)

// Current is the archive that the configuration names, which can become another one while
// it is used.
type Current struct{ now atomic.Pointer[Archive] }

var _ Archive = (*Current)(nil)

// NewCurrent returns one that is a.
func NewCurrent(a Archive) *Current {
	c := &Current{}
	c.Set(a)
	return c
}

// Set makes it a. What is under way ends in the one of before.
func (c *Current) Set(a Archive) { c.now.Store(&a) }

// Now is the archive that it is.
func (c *Current) Now() Archive { return *c.now.Load() }

// Put keeps a file.
func (c *Current) Put(ctx context.Context, body []byte) (string, error) {
	return c.Now().Put(ctx, body)
}

// Has says whether a file is kept.
func (c *Current) Has(ctx context.Context, sha256 string) (bool, error) {
	return c.Now().Has(ctx, sha256)
}

// Get returns a file.
func (c *Current) Get(ctx context.Context, sha256 string) ([]byte, error) {
	return c.Now().Get(ctx, sha256)
}

// PutReading keeps what was read in a file.
func (c *Current) PutReading(ctx context.Context, r document.Reading) error {
	return c.Now().PutReading(ctx, r)
}

// Reading returns what was read in a file.
func (c *Current) Reading(ctx context.Context, sha256 string) (document.Reading, error) {
	return c.Now().Reading(ctx, sha256)
}

// All yields the files that are kept.
func (c *Current) All(ctx context.Context) iter.Seq2[Entry, error] { return c.Now().All(ctx) }
