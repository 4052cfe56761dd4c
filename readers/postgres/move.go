package postgres

import (
	"context"
	"hash/maphash"
	"iter"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	database "github.com/watch287g/watch287g/store/postgres"
)

// partNumbers is the part that has the last number of each other one.
const partNumbers = "numbers"

// part is one of the parts that are told, in the order in which they are. All else
// follows from them.
type part struct {
	name string
	dump string // the query for the key as a text, and the value
	// columns are those of its table. load returns their values for an item.
	columns []string
	load    func(readers.Item) ([]any, error)
}

func parts() []part {
	const from = " FROM watch287g_readers."
	return []part{
		{"secrets", "SELECT name, doc" + from + "secrets ORDER BY name", []string{"name", "doc"}, loadPlain[[]byte]},
		{partNumbers, "SELECT name, to_json(last)" + from + "numbers ORDER BY name", nil, nil}, // see loadNumber
		{partReaders, "SELECT seq::text, doc" + from + "readers ORDER BY readers.seq", []string{"seq", "id", "address", "state", "language", "cadence", "ends", "doc"}, loadReader},
		{"requests", "SELECT id, doc" + from + "requests ORDER BY id", []string{"id", "address", "at", "doc"}, loadRequest},
		{"suppressions", "SELECT key, doc" + from + "suppressions ORDER BY key", []string{"key", "reason", "doc"}, loadSuppression},
		{"limits", "SELECT key, doc" + from + "limits WHERE until > 0 ORDER BY key", []string{"key", "until", "doc"}, loadLimit},
		{partLetters, "SELECT seq::text, doc" + from + "letters ORDER BY letters.seq", []string{"seq", "of", "doc"}, loadLetter},
		{"heads", "SELECT cadence, doc" + from + "heads WHERE doc IS NOT NULL ORDER BY cadence", []string{"cadence", "doc"}, loadPlain[readers.Head]},
		{partBatches, "SELECT seq::text, doc" + from + "batches ORDER BY batches.seq", batchColumns(), loadBatch},
		{partCursors, "SELECT seq::text, cursor" + from + "batches WHERE cursor IS NOT NULL ORDER BY batches.seq", nil, nil}, // see cursor
	}
}

// Dump tells everything that is kept, as of one moment.
func (s *Store) Dump(ctx context.Context) iter.Seq2[readers.Item, error] {
	return func(yield func(readers.Item, error) bool) {
		err := s.db.ReadOnce(ctx, func(ctx context.Context, q database.Querier) error {
			for _, p := range parts() {
				more, err := dump(ctx, q, p, yield)
				if err != nil || !more {
					return err
				}
			}
			return nil
		})
		if err != nil {
			yield(readers.Item{}, err)
		}
	}
}

func dump(ctx context.Context, q database.Querier, p part, yield func(readers.Item, error) bool) (more bool, err error) {
	rows, err := q.Query(ctx, p.dump)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		item := readers.Item{Part: p.name}
		if err := rows.Scan(&item.Key, (*[]byte)(&item.Value)); err != nil {
			return false, err
		}
		if !yield(item, nil) {
			return false, nil
		}
	}
	return true, rows.Err()
}

// loadedAtOnce is how many items are written at once.
const loadedAtOnce = 20_000

// Load fills an empty schema with what another store has told, all or nothing, by COPY.
func (s *Store) Load(ctx context.Context, items iter.Seq2[readers.Item, error]) (n int, err error) {
	var apart error
	err = s.db.WriteLong(ctx, func(ctx context.Context, tx pgx.Tx) error {
		err := load(ctx, tx, items, &n)
		apart = readers.Apart(err)
		return err
	})
	if apart != nil {
		err = apart
	}
	if err != nil {
		return 0, err
	}
	return n, nil
}

// load fills the schema, and counts what it has taken.
func load(ctx context.Context, tx pgx.Tx, items iter.Seq2[readers.Item, error], n *int) error {
	var taken bool
	const some = `SELECT EXISTS (SELECT FROM watch287g_readers.readers) OR EXISTS (SELECT FROM watch287g_readers.requests) OR EXISTS (SELECT FROM watch287g_readers.suppressions)`
	_, err := tx.Exec(ctx, "LOCK TABLE watch287g_readers.readers, watch287g_readers.requests, watch287g_readers.suppressions IN SHARE ROW EXCLUSIVE MODE")
	if err == nil {
		err = tx.QueryRow(ctx, some).Scan(&taken)
	}
	if err == nil && taken {
		err = readers.Theirs(store.ErrNotEmpty)
	}
	if err == nil {
		_, err = tx.Exec(ctx, "TRUNCATE watch287g_readers.secrets, watch287g_readers.limits, watch287g_readers.letters, watch287g_readers.heads, watch287g_readers.batches")
	}
	if err != nil {
		return err
	}
	l := loader{tx: tx, seed: maphash.MakeSeed(), seen: map[uint64]bool{}}
	for item, err := range items {
		if err != nil {
			return readers.Theirs(err)
		}
		if err := l.add(ctx, item); err != nil {
			return err
		}
		*n++
	}
	return l.end(ctx)
}

// loader gathers items of a part, and writes many of them at once.
type loader struct {
	tx   pgx.Tx
	part part
	rows [][]any
	more [][]any // rows of follows
	last uint64  // number of the last reader
	seed maphash.Seed
	seen map[uint64]bool // hashes of addresses and IDs
}

func (l *loader) add(ctx context.Context, item readers.Item) error {
	if item.Part == partNumbers {
		return l.number(ctx, item)
	}
	if item.Part == partCursors {
		return l.cursor(ctx, item)
	}
	if item.Part != l.part.name || len(l.rows) >= loadedAtOnce {
		if err := l.flush(ctx); err != nil {
			return err
		}
		l.part = part{}
		for _, p := range parts() {
			if p.name == item.Part {
				l.part = p
			}
		}
		if l.part.load == nil {
			return readers.UnknownPart(item)
		}
	}
	row, err := l.part.load(item)
	if err != nil {
		return err
	}
	if item.Part == partReaders {
		if err := l.reader(item); err != nil {
			return err
		}
	}
	l.rows = append(l.rows, row)
	return nil
}

// reader finds out whether a reader is there twice, which the database must not: it would
// log the row. Numbers ascend.
func (l *loader) reader(item readers.Item) error {
	r, err := readers.Told[readers.Reader](item)
	if err != nil {
		return err
	}
	id, address := maphash.String(l.seed, "id "+string(r.ID)), maphash.String(l.seed, readers.AddressKey(r.Address))
	if err := readers.CheckNew(r, r.Seq <= l.last || l.seen[id] || l.seen[address]); err != nil {
		return err
	}
	l.last, l.seen[id], l.seen[address] = r.Seq, true, true
	for _, p := range r.Places() {
		l.more = append(l.more, []any{p.Key, string(p.Cadence), number(r.Seq)})
	}
	return nil
}

func (l *loader) number(ctx context.Context, item readers.Item) error {
	last, err := readers.Told[uint64](item)
	if err != nil {
		return err
	}
	_, err = l.tx.Exec(ctx, `INSERT INTO watch287g_readers.numbers (name, last) VALUES ($1::text, $2::bigint)
		ON CONFLICT (name) DO UPDATE SET last = greatest(numbers.last, excluded.last)`, item.Key, number(last))
	return err
}

// cursor notes how far a batch was sent, which is there already.
func (l *loader) cursor(ctx context.Context, item readers.Item) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	_, err := readers.Told[readers.Cursor](item)
	if err == nil {
		_, err = l.tx.Exec(ctx, "UPDATE watch287g_readers.batches SET cursor = $2::text::json WHERE seq::text = $1::text", item.Key, string(item.Value))
	}
	return err
}

// end writes what is left, and what every schema has.
func (l *loader) end(ctx context.Context) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	_, err := l.tx.Exec(ctx, `INSERT INTO watch287g_readers.heads (cadence) VALUES ('instant'), ('daily'), ('weekly') ON CONFLICT DO NOTHING;
		SELECT setval('watch287g_readers.batches_seq_seq', greatest((SELECT max(seq) FROM watch287g_readers.batches), (SELECT last FROM watch287g_readers.numbers WHERE name = 'batches'), 1))`)
	return err
}

// flush writes what is gathered.
func (l *loader) flush(ctx context.Context) error {
	copyTo := func(table string, columns []string, rows [][]any) error {
		if len(rows) == 0 {
			return nil
		}
		_, err := l.tx.CopyFrom(ctx, pgx.Identifier{"watch287g_readers", table}, columns, pgx.CopyFromRows(rows))
		return err
	}
	if err := copyTo(l.part.name, l.part.columns, l.rows); err != nil {
		return err
	}
	if err := copyTo("follows", []string{"key", "cadence", "seq"}, l.more); err != nil {
		return err
	}
	if l.last > 0 {
		if err := l.number(ctx, readers.Item{Key: partReaders, Value: strconv.AppendUint(nil, l.last, 10)}); err != nil {
			return err
		}
	}
	l.rows, l.more = l.rows[:0], l.more[:0]
	return nil
}

// loadPlain is for a part whose table has the key and the value alone.
func loadPlain[T any](item readers.Item) ([]any, error) {
	_, err := readers.Told[T](item)
	return []any{item.Key, string(item.Value)}, err
}

func loadReader(item readers.Item) ([]any, error) {
	r, err := readers.Told[readers.Reader](item)
	if err != nil {
		return nil, err
	}
	return columns(r)
}

func loadRequest(item readers.Item) ([]any, error) {
	r, err := readers.Told[readers.Request](item)
	if err == nil {
		err = r.Check()
	}
	return []any{string(r.ID), readers.AddressKey(r.Address), r.At.Unix(), string(item.Value)}, err
}

func loadSuppression(item readers.Item) ([]any, error) {
	sup, err := readers.Told[readers.Suppression](item)
	return []any{sup.Key, string(sup.Reason), string(item.Value)}, err
}

func loadLimit(item readers.Item) ([]any, error) {
	u, err := readers.Told[readers.Used](item)
	return []any{u.Key, u.Until.Unix(), string(item.Value)}, err
}

func loadLetter(item readers.Item) ([]any, error) {
	letter, err := readers.Told[readers.Letter](item)
	return []any{number(letter.Seq), string(letter.Of), string(item.Value)}, err
}

func loadBatch(item readers.Item) ([]any, error) {
	b, err := readers.Told[readers.Batch](item)
	if err != nil {
		return nil, err
	}
	return batchRow(b)
}
