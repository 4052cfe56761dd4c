// Package postgres keeps the index of documents in the database of the store, by PostgreSQL's
// full-text search: in a schema of its own (watch287g_search), which no backup or copy of the
// store holds. It can be dropped at any time: it is made again.
package postgres

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/watch287g/watch287g/document/search"
	database "github.com/watch287g/watch287g/store/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// lock is that of the schema while it is changed; putting is held by who puts a document.
const (
	lock    = 287_000_289
	putting = 287_000_290
)

// Keeper keeps an index in a database. It is safe for concurrent use, by any number of
// processes.
type Keeper struct {
	db    *database.Store
	ready atomic.Bool
	gone  atomic.Bool            // something of the schema is
	made  atomic.Pointer[string] // which index it was that Renew found
}

var _ search.Keeper = (*Keeper)(nil)

// New returns what keeps an index in the database of a store, which stays open for longer.
func New(db *database.Store) *Keeper { return &Keeper{db: db} }

// Close does nothing: the connections are the store's.
func (k *Keeper) Close() error { return nil }

// Renew makes the schema where it is missing.
func (k *Keeper) Renew(ctx context.Context) (bool, error) {
	if k.ready.Load() {
		return false, nil
	}
	if k.gone.Load() {
		if err := k.db.Write(ctx, clearLeft); err != nil {
			return false, fmt.Errorf("for the index of documents: %w", err)
		}
	}
	if err := k.db.Prepare(ctx, database.Schema{Name: "watch287g_search", Steps: migrations, Lock: lock}, false); err != nil {
		return false, fmt.Errorf("for the index of documents: %w", err)
	}
	made := new(string)
	err := k.noting(k.db.Read(ctx, false, func(ctx context.Context, q database.Querier) error {
		return q.QueryRow(ctx, "SELECT stamp FROM watch287g_search.made").Scan(made)
	}))
	if err != nil {
		return false, fmt.Errorf("for the index of documents: %w", err)
	}
	k.made.Store(made)
	k.ready.Store(true)
	k.gone.Store(false)
	return true, nil
}

// clearLeft drops what is left of a schema of which something is gone.
func clearLeft(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, fmt.Sprintf(`DO $$ BEGIN
		PERFORM pg_advisory_xact_lock(%d);
		IF to_regclass('watch287g_search.passages') IS NULL OR to_regclass('watch287g_search.documents') IS NULL OR to_regclass('watch287g_search.words') IS NULL
			OR to_regclass('watch287g_search.found') IS NULL OR to_regclass('watch287g_search.made') IS NULL OR to_regproc('watch287g_search.passages_with') IS NULL THEN
			DROP SCHEMA IF EXISTS watch287g_search CASCADE;
		END IF;
	END $$`, putting))
	return err
}

// each calls fn for each row, maybe again and again, after reset.
func (k *Keeper) each(ctx context.Context, bulk bool, reset func(), sql string, fn func(rows pgx.Rows) error, args ...any) error {
	if !k.ready.Load() {
		return search.ErrNotYet
	}
	return k.noting(k.db.Read(ctx, bulk, func(ctx context.Context, q database.Querier) error {
		reset()
		rows, err := q.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := fn(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}))
}

// noting returns an error, and has Renew make the schema again where that is gone.
func (k *Keeper) noting(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "3F000", "42P01", "42883": // no such schema, table or function
			k.gone.Store(true)
			k.ready.Store(false)
		}
	}
	return err
}

// Revision returns the highest number of a document that was put.
func (k *Keeper) Revision(ctx context.Context) (n int64, err error) {
	err = k.each(ctx, false, func() {}, "SELECT coalesce(max(revision), 0) FROM watch287g_search.documents", func(rows pgx.Rows) error { return rows.Scan(&n) })
	return n, err
}

// Kept returns what is kept of all documents, and all words.
func (k *Keeper) Kept(ctx context.Context) (documents []search.Kept, words []search.Word, err error) {
	err = k.each(ctx, true, func() { documents = nil }, "SELECT sha256, stamp, pages FROM watch287g_search.documents", func(rows pgx.Rows) error {
		var d search.Kept
		var pages []byte
		if err := rows.Scan(&d.SHA256, &d.Stamp, &pages); err != nil {
			return err
		}
		err := json.Unmarshal(pages, &d.Pages)
		documents = append(documents, d)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = k.each(ctx, true, func() { words = nil }, "SELECT word, documents FROM watch287g_search.words", func(rows pgx.Rows) error {
		var w search.Word
		err := rows.Scan(&w.Word, &w.Documents)
		words = append(words, w)
		return err
	})
	return documents, words, err
}

// Match returns the passages in which one of the sequences stands. Words are letters and
// digits alone, so that there is nothing in them that the query language knows.
func (k *Keeper) Match(ctx context.Context, sequences [][]string, prefix bool) (ids []uint32, err error) {
	var parts []string
	for _, s := range sequences {
		part := lexemes(s)
		if prefix {
			part += ":*"
		}
		parts = append(parts, part)
	}
	var found []int32
	err = k.same(ctx, func() { found = nil }, "SELECT made.stamp, watch287g_search.passages_with($1::text::tsquery) FROM watch287g_search.made", func(rows pgx.Rows, made *string) error {
		return rows.Scan(made, &found)
	}, strings.Join(parts, "|"))
	for _, id := range found {
		ids = append(ids, uint32(id)) //nolint:gosec // they count from 1
	}
	return ids, err
}

// Passages returns the texts of passages.
func (k *Keeper) Passages(ctx context.Context, ids []uint32) (texts map[uint32]string, err error) {
	wanted := make([]int32, 0, len(ids))
	for _, id := range ids {
		wanted = append(wanted, int32(id)) //nolint:gosec // they were read as such
	}
	err = k.same(ctx, func() { texts = map[uint32]string{} }, "SELECT made.stamp, p.id, p.text FROM watch287g_search.passages p, watch287g_search.made WHERE p.id = ANY($1::integer[])", func(rows pgx.Rows, made *string) error {
		var id int32
		var text string
		err := rows.Scan(made, &id, &text)
		texts[uint32(id)] = text //nolint:gosec // they count from 1
		return err
	}, wanted)
	return texts, err
}

// same is each where the numbers of passages count: those of another index, which somebody
// made in the place of the one that Renew found, are of other passages.
func (k *Keeper) same(ctx context.Context, reset func(), sql string, fn func(rows pgx.Rows, made *string) error, args ...any) error {
	known, another := k.made.Load(), false
	err := k.each(ctx, false, func() { reset(); another = false }, sql, func(rows pgx.Rows) error {
		var made string
		err := fn(rows, &made)
		another = another || err == nil && (known == nil || made != *known)
		return err
	}, args...)
	if err == nil && another {
		if k.made.Load() == known { // else it was found since
			k.ready.Store(false)
		}
		return search.ErrNotYet
	}
	return err
}

// Put keeps a document's text. One process puts at a time, so that numbers follow each other
// and no two wait for each other's rows.
func (k *Keeper) Put(ctx context.Context, d search.Text) error {
	if !k.ready.Load() {
		return search.ErrNotYet
	}
	var hashes [][]byte
	var texts, vectors, words []string
	at := map[[32]byte]int{}
	for _, p := range d.Pages {
		for _, passage := range p.Passages {
			words = append(words, passage.Words...)
			hash := sha256.Sum256([]byte(passage.Text))
			if _, ok := at[hash]; ok {
				continue
			}
			at[hash] = len(hashes)
			hashes = append(hashes, hash[:])
			texts = append(texts, passage.Text)
			vectors = append(vectors, vector(passage.Words))
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return k.noting(k.db.Write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "SELECT pg_advisory_xact_lock($1::bigint)", int64(putting)); err != nil {
			return err
		}
		var known string
		err := c.QueryRow(ctx, "SELECT stamp FROM watch287g_search.documents WHERE sha256 = $1::text", d.SHA256).Scan(&known)
		if errors.Is(err, pgx.ErrNoRows) {
			err = nil
		}
		if err != nil || known == d.Stamp {
			return err
		}
		ids, err := putPassages(ctx, c, hashes, texts, vectors)
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "INSERT INTO watch287g_search.words AS w SELECT unnest($1::text[]), 1 ON CONFLICT (word) DO UPDATE SET documents = w.documents + 1", words); err != nil {
			return err
		}
		pages, err := packed(d, func(text string) uint32 { return ids[sha256.Sum256([]byte(text))] })
		if err != nil {
			return err
		}
		_, err = c.Exec(ctx, `INSERT INTO watch287g_search.documents AS d SELECT $1::text, $2::text, $3::bytea, coalesce(max(revision), 0) + 1 FROM watch287g_search.documents
			ON CONFLICT (sha256) DO UPDATE SET stamp = excluded.stamp, pages = excluded.pages, revision = excluded.revision`, d.SHA256, d.Stamp, pages)
		return err
	}))
}

// putPassages keeps the passages that are new, and returns the numbers of all, by their hash.
func putPassages(ctx context.Context, c *pgx.Conn, hashes [][]byte, texts, vectors []string) (map[[32]byte]uint32, error) {
	_, err := c.Exec(ctx, `WITH new AS (
			INSERT INTO watch287g_search.passages (hash, text)
			SELECT n.hash, n.text FROM unnest($1::bytea[], $2::text[]) AS n (hash, text)
			WHERE NOT EXISTS (SELECT FROM watch287g_search.passages p WHERE p.hash = n.hash)
			RETURNING id, hash)
		INSERT INTO watch287g_search.found (id, words)
		SELECT new.id, n.words::tsvector FROM new JOIN unnest($1::bytea[], $3::text[]) AS n (hash, words) ON n.hash = new.hash`, hashes, texts, vectors)
	if err != nil {
		return nil, err
	}
	rows, err := c.Query(ctx, "SELECT hash, id FROM watch287g_search.passages WHERE hash = ANY($1::bytea[])", hashes)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := map[[32]byte]uint32{}
	for rows.Next() {
		var hash []byte
		var id int32
		if err := rows.Scan(&hash, &id); err != nil {
			return nil, err
		}
		ids[[32]byte(hash)] = uint32(id) //nolint:gosec // they count from 1
	}
	return ids, rows.Err()
}

// packed is what is kept of a document's pages.
func packed(d search.Text, id func(text string) uint32) ([]byte, error) {
	pages := []search.KeptPage{}
	for _, p := range d.Pages {
		kept := search.KeptPage{Number: p.Number, Machine: p.Machine}
		for _, passage := range p.Passages {
			kept.Passages = append(kept.Passages, id(passage.Text))
			kept.Alike = append(kept.Alike, passage.Alike)
		}
		pages = append(pages, kept)
	}
	return json.Marshal(pages)
}

// vector writes words as PostgreSQL reads them, and each two that follow each other, with their
// place, as one more: the index knows what stands in a passage, and not where.
func vector(words []string) string {
	var b strings.Builder
	for i, w := range words {
		b.WriteString("'" + w + "' ")
		if i > 0 {
			fmt.Fprintf(&b, "%s:%d ", pair(words[i-1], w), i)
		}
	}
	return b.String()
}

// pair is what stands for two words that follow each other. No word begins with a space, so
// that they are apart from all words.
func pair(first, second string) string { return "' " + first + " " + second + "'" }

// lexemes asks for a sequence of words.
func lexemes(sequence []string) string {
	if len(sequence) == 1 {
		return "'" + sequence[0] + "'"
	}
	var pairs []string
	for i := range sequence[1:] {
		pairs = append(pairs, pair(sequence[i], sequence[i+1]))
	}
	return strings.Join(pairs, "<->")
}
