package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Commit writes a batch, all or nothing, and durably.
func (s *Store) Commit(ctx context.Context, b store.Batch) error {
	if err := b.Validate(); err != nil {
		return err
	}
	return s.writeBatch(ctx, func(w *writer) error {
		if err := b.CheckFollows(w.state); err != nil {
			return err
		}
		w.state.Commits++
		return w.write(b, w.newPublications, w.verdicts, w.agencies, w.records, w.changes, w.holds, w.validators, w.poll,
			w.addresses, w.documents, w.pageTexts, w.deliveries, w.incidents) // deliveries after changes, which they carry
	})
}

// writeBatch calls fn with a writer, in a transaction that holds the state's row: one
// batch is written after the other, whoever writes.
func (s *Store) writeBatch(ctx context.Context, fn func(*writer) error) error {
	return s.write(ctx, func(ctx context.Context, c *writing) error {
		w := &writer{ctx: ctx, conn: c.Conn, limits: s.limits, entered: map[uint64]roster.Publication{}}
		var err error
		if w.state, err = lockState(ctx, c); err != nil {
			return err
		}
		return fn(w)
	})
}

// writer writes the parts of one batch. What it reads it reads at once; what it writes is
// gathered, and sent together at the end.
type writer struct {
	ctx     context.Context // of this transaction
	conn    *pgx.Conn
	state   store.State
	limits  limits
	entered map[uint64]roster.Publication // by this batch
	queue   pgx.Batch
}

// write runs the steps, and stores the state that they lead to.
func (w *writer) write(b store.Batch, steps ...func(store.Batch) error) error {
	for _, step := range steps {
		if err := step(b); err != nil {
			return err
		}
	}
	doc, err := json.Marshal(w.state)
	if err != nil {
		return fmt.Errorf("encoding the last numbers: %w", err)
	}
	w.queue.Queue("UPDATE watch287g.state SET commits = $1::bigint, doc = $2::text::json", number(w.state.Commits), string(doc))
	return w.flush()
}

// flush sends what is gathered.
func (w *writer) flush() error {
	queue := w.queue
	w.queue = pgx.Batch{}
	err := w.conn.SendBatch(w.ctx, &queue).Close()
	if sqlState(err) == uniqueViolation {
		return fmt.Errorf("%w: there is a change or a delivery with such an id already", store.ErrInvalid)
	}
	return err
}

// columns are the values of rows to be written, each column for itself.
type columns struct {
	ids, docs []string
	at        map[string]int // the place of an id
}

// put gathers items by their ids; of two with one id the last one counts.
func put[T any](c *columns, items []T, id func(T) string) error {
	c.at = map[string]int{}
	for _, item := range items {
		doc, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("encoding %s: %w", id(item), err)
		}
		k := key(id(item))
		if i, twice := c.at[k]; twice {
			c.docs[i] = string(doc)
			continue
		}
		c.at[k] = len(c.ids)
		c.ids, c.docs = append(c.ids, k), append(c.docs, string(doc))
	}
	return nil
}

// putAll stores items by their ids, in a table with an id and a document.
func putAll[T any](w *writer, table, idColumn string, items []T, id func(T) string) error {
	var c columns
	if err := put(&c, items, id); err != nil || len(c.ids) == 0 {
		return err
	}
	w.queue.Queue(fmt.Sprintf(`INSERT INTO watch287g.%[1]s (%[2]s, doc) SELECT id, doc::json FROM unnest($1::text[], $2::text[]) AS g (id, doc)
		ON CONFLICT (%[2]s) DO UPDATE SET doc = excluded.doc`, table, idColumn), c.ids, c.docs)
	return nil
}

func (w *writer) agencies(b store.Batch) error {
	return putAll(w, "agencies", "id", b.Agencies, func(a roster.Agency) string { return a.ID })
}

func (w *writer) records(b store.Batch) error {
	return putAll(w, "records", "id", b.Records, func(r roster.Record) string { return r.ID() })
}

func (w *writer) holds(b store.Batch) error {
	return putAll(w, "holds", "id", b.Holds, func(h roster.Hold) string { return h.ID })
}

func (w *writer) addresses(b store.Batch) error {
	return putAll(w, "addresses", "url", b.Addresses, func(a roster.DocumentAddress) string { return a.URL })
}

func (w *writer) documents(b store.Batch) error {
	return putAll(w, "documents", "sha256", b.Documents, func(d roster.Document) string { return d.SHA256 })
}

func (w *writer) pageTexts(b store.Batch) error {
	return putAll(w, "page_texts", "id", b.PageTexts, roster.PageText.ID)
}

func (w *writer) newPublications(b store.Batch) error {
	for _, e := range b.Entries {
		p := e.Publication
		if err := store.Advance(&w.state.Seqs.Publication, p.Seq, "publication"); err != nil {
			return err
		}
		if err := w.storeContents(e); err != nil {
			return err
		}
		doc, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("encoding publication %d: %w", p.Seq, err)
		}
		w.queue.Queue("INSERT INTO watch287g.publications (seq, sha256, kept_as, doc) VALUES ($1::bigint, $2::text, $3::text, $4::text::json)",
			number(p.Seq), key(p.SHA256), key(p.KeptAs), string(doc))
		w.entered[p.Seq] = p
		w.state.Count(p)
	}
	return nil
}

// storeContents stores the bytes and the roster of a publication, unless another
// publication's are kept for it.
func (w *writer) storeContents(e store.NewPublication) error {
	p := e.Publication
	if p.KeptAs != "" {
		kept, err := w.keeps(p.KeptAs)
		if err == nil && !kept {
			err = fmt.Errorf("%w: publication %d is kept as %s, which is not kept itself", store.ErrInvalid, p.Seq, p.KeptAs)
		}
		return err
	}
	kept, err := w.keeps(p.SHA256)
	if err != nil {
		return err
	}
	if !kept {
		w.queue.Queue("INSERT INTO watch287g.bodies (sha256, body) VALUES ($1::text, $2::bytea)", key(p.SHA256), bytesThere(e.Body))
	}
	packed, err := store.Pack(e.Roster)
	if err != nil {
		return fmt.Errorf("packing the roster of publication %d: %w", p.Seq, err)
	}
	w.queue.Queue("INSERT INTO watch287g.rosters (seq, packed) VALUES ($1::bigint, $2::bytea)", number(p.Seq), packed)
	return nil
}

// bytesThere makes none of nil, which would be no value at all.
func bytesThere(b []byte) []byte { return append([]byte{}, b...) }

// keeps says whether bytes with a hash are kept, with this batch's.
func (w *writer) keeps(sha string) (kept bool, err error) {
	for _, p := range w.entered {
		if p.SHA256 == sha && p.KeptAs == "" {
			return true, nil
		}
	}
	err = w.conn.QueryRow(w.ctx, "SELECT EXISTS (SELECT FROM watch287g.bodies WHERE sha256 = $1::text)", key(sha)).Scan(&kept)
	return kept, err
}

// verdicts replaces publications. What is in force follows from the newest accepted ones,
// and is computed anew only where one of these changed, which should never happen.
func (w *writer) verdicts(b store.Batch) error {
	stale := false
	for _, p := range b.Verdicts {
		before, ok := w.entered[p.Seq]
		if !ok {
			var err error
			if before, err = publication(w.ctx, w.conn, p.Seq); err != nil {
				return fmt.Errorf("judging publication %d: %w", p.Seq, err)
			}
		}
		if err := store.CheckVerdict(before, p); err != nil {
			return err
		}
		doc, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("encoding publication %d: %w", p.Seq, err)
		}
		w.queue.Queue("UPDATE watch287g.publications SET doc = $2::text::json WHERE seq = $1::bigint", number(p.Seq), string(doc))
		stale = stale || store.TakesBack(before, p)
		w.entered[p.Seq] = p
		w.state.Count(p)
	}
	if !stale {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.state.First, w.state.InForce = time.Time{}, nil
	return each(w.ctx, w.conn, w.state.Count, "SELECT doc FROM watch287g.publications ORDER BY seq")
}

func (w *writer) changes(b store.Batch) error {
	var seqs []int64
	var ids, docs []string
	for _, c := range b.Changes {
		if err := store.Advance(&w.state.Seqs.Change, c.Seq, "change"); err != nil {
			return err
		}
		doc, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("encoding change %s: %w", c.ID, err)
		}
		seqs, ids, docs = append(seqs, number(c.Seq)), append(ids, key(c.ID)), append(docs, string(doc))
	}
	if len(seqs) > 0 {
		w.queue.Queue(`INSERT INTO watch287g.changes (seq, id, doc)
			SELECT seq, id, doc::json FROM unnest($1::bigint[], $2::text[], $3::text[]) AS g (seq, id, doc)`, seqs, ids, docs)
	}
	return nil
}

// validators stores new ones, and deletes those that were checked longest ago.
func (w *writer) validators(b store.Batch) error {
	var c columns
	if err := put(&c, b.Validators, func(v roster.Validator) string { return v.URL }); err != nil || len(c.ids) == 0 {
		return err
	}
	checked := make([]int64, len(c.ids))
	for _, v := range b.Validators {
		checked[c.at[key(v.URL)]] = nanoseconds(v.CheckedAt)
	}
	w.queue.Queue(`INSERT INTO watch287g.validators (url, checked, doc)
		SELECT url, checked, doc::json FROM unnest($1::text[], $2::bigint[], $3::text[]) AS g (url, checked, doc)
		ON CONFLICT (url) DO UPDATE SET checked = excluded.checked, doc = excluded.doc`, c.ids, checked, c.docs)
	w.queue.Queue(`DELETE FROM watch287g.validators WHERE url IN (
		SELECT url FROM watch287g.validators ORDER BY checked DESC, url DESC OFFSET $1::bigint)`, w.limits.validators)
	return nil
}

// BeginPoll notes that a poll begins.
func (s *Store) BeginPoll(ctx context.Context, at time.Time) error {
	return s.writeBatch(ctx, func(w *writer) error {
		w.state.Begun = at.UTC()
		return w.write(store.Batch{})
	})
}

// poll adds to the log of polls, and deletes the oldest.
func (w *writer) poll(b store.Batch) error {
	if b.Poll == nil {
		return nil
	}
	var last int64
	if err := w.conn.QueryRow(w.ctx, "SELECT coalesce(max(seq), 0) FROM watch287g.polls").Scan(&last); err != nil {
		return err
	}
	p := *b.Poll
	p.Seq = uint64(last) + 1
	w.state.End(p)
	doc, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encoding a poll: %w", err)
	}
	w.queue.Queue("INSERT INTO watch287g.polls (seq, doc) VALUES ($1::bigint, $2::text::json)", number(p.Seq), string(doc))
	if p.Seq > w.limits.polls { // numbers have no gaps
		w.queue.Queue("DELETE FROM watch287g.polls WHERE seq <= $1::bigint", number(p.Seq-w.limits.polls))
	}
	return nil
}
