package bucket

import (
	"context"

	"github.com/watch287g/watch287g/document/archive"
)

var _ archive.Shelf = (*Bucket)(nil)

// PutDerived keeps something that was derived from documents.
func (b *Bucket) PutDerived(ctx context.Context, name string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	return b.explain("keeping what was derived from", name, b.write(ctx, b.o.Prefix+archive.DerivedName(name), body))
}

// Derived returns what PutDerived kept.
func (b *Bucket) Derived(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	body, err := b.read(ctx, b.o.Prefix+archive.DerivedName(name))
	return body, b.explain("what was derived from", name, err)
}
