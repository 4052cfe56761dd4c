package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

var _ store.Dumper = (*Store)(nil)

// dumping are the queries for each part but the state: its key as a text, and its value.
func dumping() map[store.Part]string {
	return map[store.Part]string{
		store.PartPublications: "SELECT seq::text AS number, doc FROM watch287g.publications ORDER BY seq",
		store.PartBodies:       "SELECT sha256, body FROM watch287g.bodies ORDER BY sha256",
		store.PartRosters:      "SELECT seq::text AS number, packed FROM watch287g.rosters ORDER BY seq",
		store.PartAgencies:     "SELECT id, doc FROM watch287g.agencies ORDER BY id",
		store.PartRecords:      "SELECT id, doc FROM watch287g.records ORDER BY id",
		store.PartChanges:      "SELECT seq::text AS number, doc FROM watch287g.changes ORDER BY seq",
		store.PartHolds:        "SELECT id, doc FROM watch287g.holds ORDER BY id",
		store.PartPolls:        "SELECT seq::text AS number, doc FROM watch287g.polls ORDER BY seq",
		store.PartValidators:   "SELECT url, doc FROM watch287g.validators ORDER BY url",
		store.PartDeliveries:   "SELECT seq::text AS number, doc FROM watch287g.deliveries ORDER BY seq",
		store.PartIncidents:    "SELECT key, doc FROM watch287g.incidents ORDER BY key",
		store.PartDecisions:    "SELECT hold, doc FROM watch287g.decisions ORDER BY hold",
		store.PartSecrets:      "SELECT name, doc FROM watch287g.secrets ORDER BY name",
		store.PartAddresses:    "SELECT url, doc FROM watch287g.addresses ORDER BY url",
		store.PartDocuments:    "SELECT sha256, doc FROM watch287g.documents ORDER BY sha256",
		store.PartPageTexts:    "SELECT id, doc FROM watch287g.page_texts ORDER BY id",
	}
}

// dumpIdle is for how long whoever takes a dump in may do nothing but that.
const dumpIdle = 10 * time.Minute

// Dump yields everything that the store holds, as of one moment.
func (s *Store) Dump(ctx context.Context) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		err := s.snapshotOnce(ctx, dumpIdle, func(ctx context.Context, q querier) error {
			for item, err := range (view{q}).Dump(ctx) {
				if err != nil || !yield(item, nil) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			yield(store.Item{}, s.explain(ctx, "reading", err))
		}
	}
}

// view is what one transaction sees, which stays the same however often it is read.
type view struct{ q querier }

// Dump yields everything that the transaction sees.
func (v view) Dump(ctx context.Context) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		st, err := readState(ctx, v.q)
		doc, err2 := json.Marshal(st)
		if err := errors.Join(err, err2); err != nil {
			yield(store.Item{}, err)
			return
		}
		if !yield(store.Item{Part: store.PartState, Value: doc}, nil) {
			return
		}
		for _, part := range store.Parts() {
			if sql, ok := dumping()[part]; ok {
				more, err := dumpPart(ctx, v.q, part, sql, yield)
				if err != nil {
					yield(store.Item{}, err)
				}
				if err != nil || !more {
					return
				}
			}
		}
	}
}

func dumpPart(ctx context.Context, q querier, part store.Part, sql string, yield func(store.Item, error) bool) (more bool, err error) {
	rows, err := q.Query(ctx, sql)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		item := store.Item{Part: part}
		if err := rows.Scan(&item.Key, &item.Value); err != nil {
			return false, err
		}
		if !yield(item, nil) {
			return false, nil
		}
	}
	return true, rows.Err()
}

// Backup writes a copy of the whole store as of one moment, as the file of a store/bolt.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	dir, err := os.MkdirTemp("", "watch287g-backup-*")
	if err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "watch287g.db")
	err = s.snapshotOnce(ctx, dumpIdle, func(ctx context.Context, q querier) error {
		_, err := bolt.Load(ctx, path, view{q})
		return err
	})
	if err != nil {
		return s.explain(ctx, "backing up", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if _, err := io.Copy(writerUntil{ctx, w}, f); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return nil
}

// writerUntil writes until the context ends.
type writerUntil struct {
	ctx context.Context // an io.Writer is given none
	w   io.Writer
}

func (u writerUntil) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}

// Load makes an empty store hold what another one does. Both are compared before the one
// transaction that does it is committed: after a crash nothing is there.
func (s *Store) Load(ctx context.Context, from store.Dumper) (items int, err error) {
	err = s.loadOnce(ctx, from, &items)
	return items, s.explain(ctx, "filling", err)
}

func (s *Store) loadOnce(ctx context.Context, from store.Dumper, items *int) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: fmt.Sprintf(
		"BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = %d; %s", s.bounds.lock.Milliseconds(), durably)})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	if err := checkEmpty(ctx, tx); err != nil {
		return err
	}
	l := loader{ctx: ctx, tx: tx}
	for item, err := range from.Dump(ctx) {
		if err == nil {
			err = l.add(item)
		}
		if err != nil {
			return err
		}
	}
	if err := l.flush(); err != nil {
		return err
	}
	if err := l.indexDelivered(); err != nil {
		return err
	}
	if *items, err = store.Compare(ctx, from, view{tx}); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// checkEmpty makes sure that nothing was ever written, and keeps others from it.
func checkEmpty(ctx context.Context, tx pgx.Tx) error {
	st, err := lockState(ctx, tx)
	switch {
	case err != nil:
		return err
	case st.Commits > 0 || st.Delivery > 0:
		return fmt.Errorf("%w; name another database, or drop the schema watch287g if nothing of it is needed", store.ErrNotEmpty)
	}
	return nil
}

// loadedAtOnce is how many bytes go in one statement, about.
const loadedAtOnce = 4 << 20

// loader gathers items of one part, to write them together.
type loader struct {
	ctx    context.Context
	tx     pgx.Tx
	part   store.Part
	keys   []string
	texts  []string // what is JSON
	values [][]byte // what is not
	size   int
	rows   deliveryRows
	more   [2][]string // two more columns of publications; one of validators and changes
}

func (l *loader) add(i store.Item) error {
	if i.Part != l.part || l.size >= loadedAtOnce {
		if err := l.flush(); err != nil {
			return err
		}
		l.part = i.Part
	}
	l.size += len(i.Key) + len(i.Value)
	l.keys = append(l.keys, i.Key)
	if i.Part == store.PartBodies || i.Part == store.PartRosters {
		l.values = append(l.values, bytesThere(i.Value))
		return nil
	}
	l.texts = append(l.texts, string(i.Value))
	if gather, ok := gathering()[i.Part]; ok {
		if err := gather(l, i.Value); err != nil {
			return store.Damaged("%s %s cannot be read: %w", i.Part, i.Key, err)
		}
	}
	return nil
}

// gathering is what gathers of an item what has columns of its own.
func gathering() map[store.Part]func(l *loader, value []byte) error {
	return map[store.Part]func(l *loader, value []byte) error{
		store.PartState: func(l *loader, value []byte) error {
			var st store.State
			err := json.Unmarshal(value, &st)
			l.more[0] = append(l.more[0], fmt.Sprint(number(st.Commits)))
			return err
		},
		store.PartPublications: func(l *loader, value []byte) error {
			var p roster.Publication
			err := json.Unmarshal(value, &p)
			l.more[0], l.more[1] = append(l.more[0], key(p.SHA256)), append(l.more[1], key(p.KeptAs))
			return err
		},
		store.PartChanges: func(l *loader, value []byte) error {
			var c struct {
				ID string `json:"id"`
			}
			err := json.Unmarshal(value, &c)
			l.more[0] = append(l.more[0], key(c.ID))
			return err
		},
		store.PartValidators: func(l *loader, value []byte) error {
			var v roster.Validator
			err := json.Unmarshal(value, &v)
			l.more[0] = append(l.more[0], fmt.Sprint(nanoseconds(v.CheckedAt)))
			return err
		},
		store.PartDeliveries: func(l *loader, value []byte) error {
			var d roster.Delivery
			err := json.Unmarshal(value, &d)
			l.rows.addAs(d, string(value))
			return err
		},
	}
}

// loading are the statements that write items: of keys, of documents, and of more.
func loading() map[store.Part]string {
	return map[store.Part]string{
		store.PartState: "UPDATE watch287g.state SET doc = g.doc::json, commits = g.commits::bigint FROM unnest($1::text[], $2::text[], $3::text[]) AS g (key, doc, commits)",
		store.PartPublications: `INSERT INTO watch287g.publications (seq, doc, sha256, kept_as)
			SELECT seq::bigint, doc::json, sha256, kept_as FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS g (seq, doc, sha256, kept_as)`,
		store.PartBodies:   "INSERT INTO watch287g.bodies (sha256, body) SELECT * FROM unnest($1::text[], $2::bytea[])",
		store.PartRosters:  "INSERT INTO watch287g.rosters (seq, packed) SELECT seq::bigint, packed FROM unnest($1::text[], $2::bytea[]) AS g (seq, packed)",
		store.PartAgencies: "INSERT INTO watch287g.agencies (id, doc) SELECT id, doc::json FROM unnest($1::text[], $2::text[]) AS g (id, doc)",
		store.PartRecords:  "INSERT INTO watch287g.records (id, doc) SELECT id, doc::json FROM unnest($1::text[], $2::text[]) AS g (id, doc)",
		store.PartChanges:  "INSERT INTO watch287g.changes (seq, doc, id) SELECT seq::bigint, doc::json, id FROM unnest($1::text[], $2::text[], $3::text[]) AS g (seq, doc, id)",
		store.PartHolds:    "INSERT INTO watch287g.holds (id, doc) SELECT id, doc::json FROM unnest($1::text[], $2::text[]) AS g (id, doc)",
		store.PartPolls:    "INSERT INTO watch287g.polls (seq, doc) SELECT seq::bigint, doc::json FROM unnest($1::text[], $2::text[]) AS g (seq, doc)",
		store.PartValidators: `INSERT INTO watch287g.validators (url, doc, checked)
			SELECT url, doc::json, checked::bigint FROM unnest($1::text[], $2::text[], $3::text[]) AS g (url, doc, checked)`,
		store.PartDeliveries: `INSERT INTO watch287g.deliveries (seq, id, channel, state, attempts, changes, doc)
			SELECT seq, id, channel, state, attempts, changes::bigint[], doc::json FROM ` + deliveryColumns,
		store.PartIncidents: "INSERT INTO watch287g.incidents (key, doc) SELECT key, doc::json FROM unnest($1::text[], $2::text[]) AS g (key, doc)",
		store.PartDecisions: "INSERT INTO watch287g.decisions (hold, doc) SELECT hold, doc::json FROM unnest($1::text[], $2::text[]) AS g (hold, doc)",
		store.PartSecrets:   "INSERT INTO watch287g.secrets (name, doc) SELECT name, doc::json FROM unnest($1::text[], $2::text[]) AS g (name, doc)",
		store.PartAddresses: "INSERT INTO watch287g.addresses (url, doc) SELECT url, doc::json FROM unnest($1::text[], $2::text[]) AS g (url, doc)",
		store.PartDocuments: "INSERT INTO watch287g.documents (sha256, doc) SELECT sha256, doc::json FROM unnest($1::text[], $2::text[]) AS g (sha256, doc)",
		store.PartPageTexts: "INSERT INTO watch287g.page_texts (id, doc) SELECT id, doc::json FROM unnest($1::text[], $2::text[]) AS g (id, doc)",
	}
}

// flush writes what is gathered.
func (l *loader) flush() error {
	if len(l.keys) == 0 {
		return nil
	}
	sql, ok := loading()[l.part]
	if !ok {
		return store.Damaged("there is no part %q", l.part)
	}
	args := []any{l.keys}
	switch {
	case len(l.values) > 0:
		args = append(args, l.values)
	case l.part == store.PartDeliveries:
		args = l.rows.columns()
	default:
		args = append(args, l.texts)
	}
	for _, column := range l.more {
		if len(column) > 0 {
			args = append(args, column)
		}
	}
	if _, err := l.tx.Exec(l.ctx, sql, args...); err != nil {
		return fmt.Errorf("%s: %w", l.part, err)
	}
	*l = loader{ctx: l.ctx, tx: l.tx, part: l.part}
	return nil
}

// indexDelivered says which delivery was the first to carry a change to a channel.
func (l *loader) indexDelivered() error {
	_, err := l.tx.Exec(l.ctx, `INSERT INTO watch287g.delivered (channel, change, seq)
		SELECT channel, change, min(seq) FROM watch287g.deliveries CROSS JOIN LATERAL unnest(changes) AS g (change) GROUP BY channel, change`)
	return err
}
