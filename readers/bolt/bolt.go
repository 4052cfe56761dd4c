// Package bolt keeps readers in one file of their own, apart from the store.
package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// Name is what the file is called in the data directory.
const Name = "readers.db"

// bucket names a part of the file.
type bucket string

const (
	people       bucket = "readers"           // by number
	ids          bucket = "reader_ids"        // the number of each, by ID
	addresses    bucket = "reader_addresses"  // the number of each, by readers.AddressKey
	follows      bucket = "follows"           // key, cadence and number of those who are active, without values
	ends         bucket = "reader_ends"       // time and number of those whose state ends by itself, without values
	requests     bucket = "requests"          // by ID
	requestTimes bucket = "request_times"     // time and ID, without values
	requestsOf   bucket = "request_addresses" // readers.AddressKey, time and ID, without values
	letters      bucket = "letters"           // by number
	lettersOf    bucket = "letters_of"        // ID of the request or reader, and number, without values
	suppressions bucket = "suppressions"      // by key
	limits       bucket = "limits"            // by key
	limitTimes   bucket = "limit_times"       // time and key, without values
	heads        bucket = "heads"             // by cadence
	batches      bucket = "batches"           // by number
	cursors      bucket = "cursors"           // by the number of the batch
	lanes        bucket = "lanes"             // lane, time and number of the batch, without values
	moments      bucket = "moments"           // by what was done
	tallies      bucket = "tallies"           // how many there are of what
	secrets      bucket = "secrets"           // by name
)

func buckets() []bucket {
	return []bucket{people, ids, addresses, follows, ends, requests, requestTimes, requestsOf, letters, lettersOf,
		suppressions, limits, limitTimes, heads, batches, cursors, lanes, moments, tallies, secrets}
}

// of returns the bucket in a transaction. An opened file has every bucket.
func (b bucket) of(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte(b)) }

func layout() file.Layout {
	var names []string
	for _, b := range buckets() {
		names = append(names, string(b))
	}
	return file.Layout{Parts: names, Steps: []func(*bbolt.Tx) error{createAll}}
}

func createAll(tx *bbolt.Tx) error {
	for _, b := range buckets() {
		if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
			return err
		}
	}
	return nil
}

// Store keeps readers in a file. It is safe for concurrent use.
type Store struct {
	file *file.File
}

var _ readers.Store = (*Store)(nil)

// Open opens the file at path. It is made, for its owner only, where it is missing. What
// an erasing that was killed has left in it is overwritten.
func Open(ctx context.Context, path string, opts file.Options) (*Store, error) {
	f, err := file.OpenFile(path, opts, layout())
	if err != nil {
		return nil, err
	}
	if !opts.ReadOnly {
		if err := f.Scrub(ctx); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return &Store{f}, nil
}

// Close waits for what is under way and closes the file.
func (s *Store) Close() error { return s.file.Close() }

// view reads.
func (s *Store) view(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	return s.file.View(ctx, fn)
}

// update writes, all or nothing. Errors of package readers and of callers stay as they
// are, as they do not concern the file.
func (s *Store) update(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	var apart error
	err := s.file.Update(ctx, func(tx *bbolt.Tx) error {
		err := fn(tx)
		apart = readers.Apart(err)
		return err
	})
	if apart != nil {
		return apart
	}
	return err
}

// join makes a key of parts. A part of a variable length ends with a 0, which none has.
func join(parts ...any) []byte {
	var k []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			k = append(append(k, p...), 0)
		case uint64:
			k = binary.BigEndian.AppendUint64(k, p)
		case time.Time:
			k = binary.BigEndian.AppendUint64(k, uint64(max(p.Unix(), 0)))
		}
	}
	return k
}

// lastNumber is the number at the end of a key.
func lastNumber(k []byte) (uint64, error) {
	if len(k) < 8 {
		return 0, store.Damaged("%x ends with no number", k)
	}
	return file.ParseNumber(k[len(k)-8:])
}

// set keeps a key without a value, or deletes it.
func set(b *bbolt.Bucket, k []byte, there bool) error {
	if there {
		return b.Put(k, nil)
	}
	return b.Delete(k)
}

// withPrefix returns up to most keys that begin so, in their order.
func withPrefix(b *bbolt.Bucket, prefix []byte, most int) (keys [][]byte) {
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(keys) < most; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// dueBy returns up to most keys whose time, with which they begin, has come.
func dueBy(b *bbolt.Bucket, at time.Time, most int) (keys [][]byte) {
	c, end := b.Cursor(), join(at)
	for k, _ := c.First(); k != nil && bytes.Compare(k[:min(8, len(k))], end) <= 0 && len(keys) < most; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// count changes how many there are of something.
func count(tx *bbolt.Tx, by int, what ...any) error {
	b, k := tallies.of(tx), join(what...)
	n, err := file.Get[int](b, k)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if n += by; n == 0 {
		return b.Delete(k)
	}
	return file.Put(b, k, n)
}

// Secret returns the bytes that are kept under a name, and makes them at the first call.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	return s.file.Secret(ctx, string(secrets), name)
}

// suppressionKey is what an address is suppressed by.
func (s *Store) suppressionKey(ctx context.Context, address string) (string, error) {
	secret, err := s.Secret(ctx, readers.SecretSuppression)
	return readers.SuppressionKey(secret, address), err
}
