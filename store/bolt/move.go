package bolt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/internal/durable"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

var _ store.Dumper = (*Store)(nil)

// place is where a part is in the file.
type place struct {
	bucket   bucket
	numbered bool // by number
	bare     bool // without a checksum
}

// places has every part but the state.
func places() map[store.Part]place {
	return map[store.Part]place{
		store.PartPublications: {bucket: publications, numbered: true},
		store.PartBodies:       {bucket: bodies, bare: true},
		store.PartRosters:      {bucket: rosters, numbered: true},
		store.PartAgencies:     {bucket: agencies},
		store.PartRecords:      {bucket: records},
		store.PartChanges:      {bucket: changes, numbered: true},
		store.PartHolds:        {bucket: holds},
		store.PartPolls:        {bucket: polls, numbered: true},
		store.PartValidators:   {bucket: validators},
		store.PartDeliveries:   {bucket: deliveries, numbered: true},
		store.PartIncidents:    {bucket: incidents},
		store.PartDecisions:    {bucket: decisions},
		store.PartSecrets:      {bucket: secrets},
		store.PartAddresses:    {bucket: addresses},
		store.PartDocuments:    {bucket: documents},
		store.PartPageTexts:    {bucket: pageTexts},
	}
}

// Dump yields everything that the store holds, as of one moment. Until it has, what is
// written at the same time makes the file grow.
func (s *Store) Dump(ctx context.Context) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		err := s.view(ctx, func(tx *bbolt.Tx) error {
			return dump(ctx, tx, func(i store.Item) bool { return yield(i, nil) })
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(store.Item{}, err)
		}
	}
}

// errEnough ends a dump of which nobody wants more.
var errEnough = errors.New("no more is wanted")

func dump(ctx context.Context, tx *bbolt.Tx, yield func(store.Item) bool) error {
	st, err := readState(tx)
	if err != nil {
		return err
	}
	if st.Reading, err = readingOf(ctx, tx, st); err != nil {
		return err
	}
	doc, err := json.Marshal(st)
	if err != nil {
		return err
	}
	if !yield(store.Item{Part: store.PartState, Value: doc}) {
		return errEnough
	}
	for _, part := range store.Parts() {
		at, ok := places()[part]
		if !ok {
			continue
		}
		c := at.bucket.of(tx).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			item, err := at.item(part, k, v)
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if !yield(item) {
				return errEnough
			}
		}
	}
	return nil
}

// item is what stands under a key.
func (p place) item(part store.Part, k, v []byte) (store.Item, error) {
	i := store.Item{Part: part, Key: string(k), Value: v}
	var err error
	if !p.bare {
		if i.Value, err = unseal(k, v); err != nil {
			return i, err
		}
	}
	if p.numbered {
		n, err := parseKey(k)
		if err != nil {
			return i, err
		}
		i.Key = strconv.FormatUint(n, 10)
	}
	return i, nil
}

// Load makes a store at path, where none may be, that holds what another one does, and
// compares both before the file gets its name: a store that is there is whole.
func Load(ctx context.Context, path string, from store.Dumper) (items int, err error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("the store %s: %w; choose another directory", path, errors.Join(err, store.ErrNotEmpty))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, explain("making", path, err)
	}
	dir, err := temporaryBeside(path)
	if err != nil {
		return 0, explain("making", path, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	temporary := filepath.Join(dir, filepath.Base(path))
	s, err := Open(temporary, Options{})
	if err != nil {
		return 0, err
	}
	if err := errors.Join(s.fill(ctx, from), s.Close()); err != nil {
		return 0, err
	}
	if s, err = Open(temporary, Options{ReadOnly: true}); err != nil {
		return 0, err
	}
	items, err = store.Compare(ctx, from, s)
	if err := errors.Join(err, s.Close()); err != nil {
		return 0, err
	}
	if _, err := Inspect(ctx, temporary); err != nil { // what things are found by, too
		return 0, explain("reading back", path, err)
	}
	if err := os.Link(temporary, path); err != nil { // fails where another file got the name meanwhile
		return 0, explain("making", path, err)
	}
	return items, explain("making", path, durable.SyncDir(filepath.Dir(path)))
}

// temporaryBeside makes a directory beside a file that is to be made, and removes those
// of earlier tries that were killed.
func temporaryBeside(path string) (string, error) {
	pattern := "." + filepath.Base(path) + "-copying-*"
	old, err := filepath.Glob(filepath.Join(filepath.Dir(path), pattern))
	for _, dir := range old {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		return "", err
	}
	return os.MkdirTemp(filepath.Dir(path), pattern)
}

// loadedAtOnce is how many bytes are written in one transaction, about. All of them are
// in memory until then.
const loadedAtOnce = 16 << 20

// fill writes all that another store has to an empty one.
func (s *Store) fill(ctx context.Context, from store.Dumper) error {
	s.db.NoSync = true
	l := loader{s: s, ctx: ctx, places: places()}
	for item, err := range from.Dump(ctx) {
		if err == nil {
			err = l.add(item)
		}
		if err != nil {
			l.rollback()
			return explain("making", s.path, err)
		}
	}
	return explain("making", s.path, errors.Join(l.commit(), s.db.Sync()))
}

// loader writes items in transactions of some size.
type loader struct {
	s      *Store
	ctx    context.Context
	places map[store.Part]place
	tx     *bbolt.Tx // nil between two
	size   int
}

func (l *loader) rollback() {
	if l.tx != nil {
		_ = l.tx.Rollback() // the file is given up
		l.tx = nil
	}
}

func (l *loader) commit() error {
	if l.tx == nil {
		return nil
	}
	tx := l.tx
	l.tx, l.size = nil, 0
	return errors.Join(tx.Commit(), l.ctx.Err())
}

func (l *loader) add(i store.Item) (err error) {
	if l.tx == nil {
		if l.tx, err = l.s.db.Begin(true); err != nil {
			return err
		}
	}
	if err := l.put(i); err != nil {
		return fmt.Errorf("%s %s: %w", i.Part, i.Key, err)
	}
	if l.size += len(i.Key) + len(i.Value); l.size >= loadedAtOnce {
		return l.commit()
	}
	return nil
}

// put stores an item, and what it is found by.
func (l *loader) put(i store.Item) error {
	if i.Part == store.PartState {
		k := []byte(stateKey)
		return meta.of(l.tx).Put(k, seal(k, i.Value))
	}
	at, ok := l.places[i.Part]
	if !ok {
		return store.Damaged("there is no such part")
	}
	k := []byte(i.Key)
	if at.numbered {
		n, err := strconv.ParseUint(i.Key, 10, 64)
		if err != nil {
			return store.Damaged("%q is not a number", i.Key)
		}
		k = key(n)
	}
	value := append([]byte{}, i.Value...) // bbolt keeps it until the commit
	if !at.bare {
		value = seal(k, value)
	}
	if err := at.bucket.of(l.tx).Put(k, value); err != nil {
		return err
	}
	return l.index(i, k)
}

func (l *loader) index(i store.Item, k []byte) error {
	var err error
	if i.Part == store.PartPublications {
		var p roster.Publication
		if err = json.Unmarshal(i.Value, &p); err == nil {
			return publicationsBySHA.of(l.tx).Put(append([]byte(p.SHA256), k...), nil)
		}
	}
	if i.Part == store.PartChanges {
		var c struct {
			ID string `json:"id"`
		}
		if err = json.Unmarshal(i.Value, &c); err == nil {
			return changesByID.of(l.tx).Put([]byte(c.ID), k)
		}
	}
	if i.Part == store.PartDeliveries {
		var d roster.Delivery
		if err = json.Unmarshal(i.Value, &d); err == nil {
			return l.indexDelivery(d, k)
		}
	}
	if err != nil {
		return store.Damaged("it cannot be read: %w", err)
	}
	return nil
}

func (l *loader) indexDelivery(d roster.Delivery, k []byte) error {
	if err := deliveriesByID.of(l.tx).Put([]byte(d.ID), k); err != nil {
		return err
	}
	if d.State == roster.DeliveryWaiting {
		if err := waiting.of(l.tx).Put(channelKey(d.Channel, d.Seq), nil); err != nil {
			return err
		}
	}
	return (&writer{ctx: l.ctx, tx: l.tx}).recordFirst(d)
}
