package bolt

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Holdings is what the file of a store holds.
type Holdings struct {
	Size     int64 // of the file, in bytes
	Schema   int
	Outdated bool // the schema is an older one

	Publications, Changes, Records, Deliveries int

	Waiting int                // deliveries that do
	Newest  roster.Publication // the one that ICE published last; zero for none
	Read    time.Time          // the last time that ICE's page was read well; zero for never
}

// Inspect reads all of the file of a store, and changes nothing: the tree of pages,
// each record, the bytes of each list against their hash. The error says what is wrong,
// without what to do: ErrDamaged, ErrNewer, ErrLocked, or what the system says. A file
// of an older schema is none.
func Inspect(ctx context.Context, path string) (h Holdings, err error) {
	err = withFile(path, func(db *bbolt.DB, _ *os.File) (err error) {
		h, err = inspectAll(ctx, db)
		return err
	})
	return h, err
}

// withFile calls do with a file that is open for reading only, whole, and not newer
// than this program, while nobody may write to it.
func withFile(path string, do func(*bbolt.DB, *os.File) error) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errNoFile
	case info.Size() == 0:
		return store.Damaged("it is empty")
	}
	db, _, err := openWith(path, bbolt.Options{ReadOnly: true, Timeout: time.Nanosecond}, func(db *bbolt.DB, file *os.File) error {
		if err := inspect(db, file, Options{}, layout{steps: steps(), parts: buckets()}); err != nil {
			return err
		}
		return do(db, file)
	})
	if err != nil {
		return err
	}
	return db.Close()
}

func inspectAll(ctx context.Context, db *bbolt.DB) (h Holdings, err error) {
	info, err := os.Stat(db.Path())
	if err != nil {
		return h, err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		v := inspection{ctx: ctx, tx: tx, Holdings: Holdings{Size: info.Size()}}
		err := v.run()
		h = v.Holdings
		return err
	})
	return h, err
}

// inspection reads a file from one end to the other.
type inspection struct {
	Holdings
	ctx context.Context // of this transaction
	tx  *bbolt.Tx
}

func (v *inspection) run() (err error) {
	if v.Schema, err = versionOf(v.tx); err != nil || v.Schema == 0 {
		return err
	}
	v.Outdated = v.Schema < len(steps())
	for _, read := range []func() error{v.publications, v.bodies, v.rosters, v.changes, v.deliveries, v.others} {
		if err := read(); err != nil {
			return err
		}
	}
	st, err := readState(v.tx)
	if err != nil {
		return err
	}
	if st.Seqs.Publication != uint64(v.Publications) || st.Seqs.Change != uint64(v.Changes) { //nolint:gosec // counts
		return store.Damaged("it should hold %d lists and %d changes, and holds %d and %d", st.Seqs.Publication, st.Seqs.Change, v.Publications, v.Changes)
	}
	r, err := readingOf(v.ctx, v.tx, st)
	v.Read = r.Read
	return err
}

// count decodes all of a part, calls each with what it finds unless that is nil, and
// says how much there is. An older schema may lack the part.
func count[T any](v *inspection, b bucket, each func(T) error) (n int, err error) {
	if b.of(v.tx) == nil {
		return 0, nil
	}
	for item, err := range every[T](v.ctx, v.tx, b) {
		if err == nil && each != nil {
			err = each(item)
		}
		if err != nil {
			return n, fmt.Errorf("in the part %q: %w", b, err)
		}
		n++
	}
	return n, nil
}

// indexed makes sure that an index has a key, with this value.
func (v *inspection) indexed(b bucket, k, value []byte) error {
	found, to := b.of(v.tx).Cursor().Seek(k)
	if !bytes.Equal(found, k) || !bytes.Equal(to, value) {
		return store.Damaged("the part %q does not lead to it", b)
	}
	return nil
}

// keys counts the keys of an index, which must be as many as what it leads to: what is
// indexed, each once, is all of it then.
func (v *inspection) keys(b bucket, want int) error {
	n, c := 0, b.of(v.tx).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	if n != want {
		return store.Damaged("the part %q has %d entries and should have %d", b, n, want)
	}
	return v.ctx.Err()
}

func (v *inspection) publications() (err error) {
	v.Publications, err = count(v, publications, func(p roster.Publication) error {
		if p.PublishedAt.After(v.Newest.PublishedAt) {
			v.Newest = p
		}
		if p.KeptAs == "" && bodies.of(v.tx).Get([]byte(p.SHA256)) == nil {
			return store.Damaged("the file of publication %d is missing", p.Seq)
		}
		if _, err := findRosterKey(v.tx, p.Seq); err != nil {
			return store.Damaged("the rows of publication %d are missing", p.Seq)
		}
		return v.indexed(publicationsBySHA, append([]byte(p.SHA256), key(p.Seq)...), nil)
	})
	if err != nil {
		return err
	}
	return v.keys(publicationsBySHA, v.Publications)
}

func (v *inspection) bodies() error {
	return bodies.of(v.tx).ForEach(func(sha, body []byte) error {
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != string(sha) {
			return store.Damaged("the file with the hash %s has changed", sha)
		}
		return v.ctx.Err()
	})
}

func (v *inspection) rosters() error {
	return rosters.of(v.tx).ForEach(func(k, sealed []byte) error {
		packed, err := unseal(bytes.Clone(k), sealed)
		if err != nil {
			return err
		}
		var r roster.Roster
		if err := store.Unpack(packed, &r); err != nil {
			return store.Damaged("the roster %x cannot be read: %w", k, err)
		}
		return v.ctx.Err()
	})
}

func (v *inspection) changes() (err error) {
	v.Changes, err = count(v, changes, func(c roster.Change) error { return v.indexed(changesByID, []byte(c.ID), key(c.Seq)) })
	if err != nil {
		return err
	}
	return v.keys(changesByID, v.Changes)
}

func (v *inspection) deliveries() (err error) {
	if deliveries.of(v.tx) == nil { // an older schema has none
		return nil
	}
	firsts := 0
	v.Deliveries, err = count(v, deliveries, func(d roster.Delivery) error {
		for _, change := range d.Changes {
			first := delivered.of(v.tx).Get(channelKey(d.Channel, change))
			if first == nil || bytes.Compare(first, key(d.Seq)) > 0 {
				return store.Damaged("the part %q does not lead to delivery %d", delivered, d.Seq)
			}
			if bytes.Equal(first, key(d.Seq)) {
				firsts++
			}
		}
		if d.State == roster.DeliveryWaiting {
			v.Waiting++
			if err := v.indexed(waiting, channelKey(d.Channel, d.Seq), nil); err != nil {
				return err
			}
		}
		return v.indexed(deliveriesByID, []byte(d.ID), key(d.Seq))
	})
	return cmp.Or(err, v.keys(deliveriesByID, v.Deliveries), v.keys(waiting, v.Waiting), v.keys(delivered, firsts))
}

// others reads what is not counted for people.
func (v *inspection) others() (err error) {
	if v.Records, err = count[roster.Record](v, records, nil); err != nil {
		return err
	}
	typed := map[bucket]func() (int, error){
		agencies:   func() (int, error) { return count[roster.Agency](v, agencies, nil) },
		holds:      func() (int, error) { return count[roster.Hold](v, holds, nil) },
		polls:      func() (int, error) { return count[roster.Poll](v, polls, nil) },
		validators: func() (int, error) { return count[roster.Validator](v, validators, nil) },
		incidents:  func() (int, error) { return count[roster.Incident](v, incidents, nil) },
		addresses:  func() (int, error) { return count[roster.DocumentAddress](v, addresses, nil) },
		documents:  func() (int, error) { return count[roster.Document](v, documents, nil) },
		pageTexts:  func() (int, error) { return count[roster.PageText](v, pageTexts, nil) },
	}
	read := []bucket{meta, publications, publicationsBySHA, bodies, rosters, records, changes, changesByID, deliveries, deliveriesByID, waiting, delivered}
	for _, b := range buckets() {
		if slices.Contains(read, b) {
			continue
		}
		decode := typed[b]
		if decode == nil {
			decode = func() (int, error) { return count[json.RawMessage](v, b, nil) }
		}
		if _, err := decode(); err != nil {
			return err
		}
	}
	return nil
}
