package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/store"
)

// key turns a number into a key; keys sort as their numbers do.
func key(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// parseKey turns what key returned back into its number.
func parseKey(k []byte) (uint64, error) {
	if len(k) != 8 {
		return 0, store.Damaged("%x is not a number", k)
	}
	return binary.BigEndian.Uint64(k), nil
}

// checksumSize is the length of the checksum before each value.
const checksumSize = 4

// checksum covers a key and the value stored under it: bbolt has none for its
// pages, and a flipped bit in an agency's name is still valid JSON.
func checksum(k, content []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(k, table), table, content)
}

// seal puts the checksum before the content.
func seal(k, content []byte) []byte {
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, checksumSize+len(content)), checksum(k, content)), content...)
}

// unseal returns the content, in memory that bbolt owns.
func unseal(k, sealed []byte) ([]byte, error) {
	if len(sealed) < checksumSize || binary.BigEndian.Uint32(sealed) != checksum(k, sealed[checksumSize:]) {
		return nil, store.Damaged("what is stored under %q has changed", k)
	}
	return sealed[checksumSize:], nil
}

// put stores v under the key as JSON.
func put(b *bbolt.Bucket, k []byte, v any) error {
	content, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding what belongs under %q: %w", k, err)
	}
	return b.Put(k, seal(k, content))
}

// get reads what put stored, or says that it was not found.
func get[T any](b *bbolt.Bucket, k []byte) (T, error) {
	var item T
	sealed := b.Get(k)
	if sealed == nil {
		return item, store.ErrNotFound
	}
	err := decode(k, sealed, &item)
	return item, err
}

func decode(k, sealed []byte, item any) error {
	content, err := unseal(k, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, item); err != nil {
		return store.Damaged("what is stored under %q cannot be read: %w", k, err)
	}
	return nil
}

// scan decodes values from a cursor's position on, until next finds no more or
// one cannot be read.
func scan[T any](ctx context.Context, k, v []byte, next func() (k, v []byte)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for ; k != nil; k, v = next() {
			var item T
			err := ctx.Err()
			if err == nil {
				err = decode(k, v, &item)
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// every decodes all values of a bucket in the order of their keys.
func every[T any](ctx context.Context, tx *bbolt.Tx, b bucket) iter.Seq2[T, error] {
	c := b.of(tx).Cursor()
	k, v := c.First()
	return scan[T](ctx, k, v, c.Next)
}

// collect returns all that an iterator yields.
func collect[T any](items iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}
