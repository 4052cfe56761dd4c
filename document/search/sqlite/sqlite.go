// Package sqlite keeps the index of documents in a file, by SQLite's full-text search. The
// file can be removed at any time: it is made again from the readings.
package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/watch287g/watch287g/document/search"
)

// version is that of the tables. A file of another one is made anew.
const version = 1

const schema = `
CREATE TABLE passages (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
CREATE VIRTUAL TABLE found USING fts5(words, content='', tokenize="unicode61 remove_diacritics 0");
CREATE TABLE documents (sha256 TEXT PRIMARY KEY, stamp TEXT NOT NULL, pages BLOB NOT NULL);
CREATE TABLE words (word TEXT PRIMARY KEY, documents INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE revision (number INTEGER NOT NULL);
INSERT INTO revision VALUES (1);
PRAGMA user_version = 1`

// Keeper keeps an index in a file. It is safe for concurrent use. Several processes can share
// the file; where one of them makes it again, the others find theirs damaged and are right
// after one of their next turns.
type Keeper struct {
	path    string
	damaged atomic.Bool

	mu    sync.RWMutex // held for writing while another file takes the place of this one
	read  *sql.DB      // nil before Renew
	write *sql.DB
	file  fs.FileInfo
}

var _ search.Keeper = (*Keeper)(nil)

// New returns what keeps an index in a file, which Renew opens or makes.
func New(path string) *Keeper { return &Keeper{path: path} }

// Close closes the file.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.close()
}

func (k *Keeper) close() error {
	if k.read == nil {
		return nil
	}
	err := errors.Join(k.read.Close(), k.write.Close())
	k.read, k.write, k.file = nil, nil, nil
	return err
}

// Renew makes the file again where it is missing, damaged or of another version.
func (k *Keeper) Renew(ctx context.Context) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.read != nil && !k.damaged.Load() {
		now, err := os.Stat(k.path)
		if err == nil && os.SameFile(now, k.file) {
			return false, nil
		}
	}
	damaged := k.damaged.Load()
	_ = k.close() // it is given up
	if !damaged {
		err := k.open(ctx)
		if err == nil || !isDamage(err) {
			return true, err
		}
		_ = k.close()
	}
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(k.path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return true, err //nolint:wrapcheck // it names the file
		}
	}
	k.damaged.Store(false)
	return true, k.open(ctx)
}

// errOther means that a file is of another version.
var errOther = errors.New("the index is of another version")

// isDamage says whether the file has to be made again.
func isDamage(err error) bool {
	if errors.Is(err, errOther) {
		return true
	}
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB, codes.SQLITE_FORMAT, codes.SQLITE_SCHEMA, codes.SQLITE_ERROR:
		return true
	case codes.SQLITE_IOERR:
		return e.Code() == codes.SQLITE_IOERR_SHORT_READ
	}
	return false
}

// open opens the file, and makes the tables in one that is new.
func (k *Keeper) open(ctx context.Context) (err error) {
	address := func(more string) string {
		u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: k.path}).EscapedPath(), RawQuery: "_txlock=immediate&_pragma=busy_timeout(10000)" + more}
		return u.String()
	}
	if k.write, err = sql.Open("sqlite", address("&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=journal_size_limit(16777216)")); err != nil {
		return fmt.Errorf("opening %s: %w", k.path, err)
	}
	k.write.SetMaxOpenConns(1)
	if k.read, err = sql.Open("sqlite", address("&_pragma=query_only(1)")); err != nil {
		return errors.Join(fmt.Errorf("opening %s: %w", k.path, err), k.write.Close())
	}
	k.read.SetMaxOpenConns(4)
	k.read.SetMaxIdleConns(4)
	var found int
	var check string
	if err := k.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil {
		return fmt.Errorf("opening %s: %w", k.path, err)
	}
	if found == 0 {
		err = k.make(ctx)
	} else if err = k.write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&check); err == nil && (check != "ok" || found != version) {
		err = errOther
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", k.path, err)
	}
	k.file, err = os.Stat(k.path)
	return err //nolint:wrapcheck // it names the file
}

// make makes the tables, unless another process does.
func (k *Keeper) make(ctx context.Context) error {
	return k.change(ctx, func(tx *sql.Tx) error {
		var found int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&found); err != nil || found != 0 {
			return err
		}
		_, err := tx.ExecContext(ctx, schema)
		return err
	})
}

// change calls fn in a transaction.
func (k *Keeper) change(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := k.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// use calls fn while the file is open, and notes where it is damaged.
func (k *Keeper) use(fn func() error) error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.read == nil {
		return search.ErrNotYet
	}
	err := fn()
	if isDamage(err) {
		k.damaged.Store(true)
	}
	return err
}

// Revision returns the number of documents that were ever put.
func (k *Keeper) Revision(ctx context.Context) (n int64, err error) {
	err = k.use(func() error { return k.read.QueryRowContext(ctx, "SELECT number FROM revision").Scan(&n) })
	return n, err
}

// Put keeps a document's text.
func (k *Keeper) Put(ctx context.Context, d search.Text) error {
	return k.use(func() error { return k.change(ctx, func(tx *sql.Tx) error { return put(ctx, tx, d) }) })
}

func put(ctx context.Context, tx *sql.Tx, d search.Text) error {
	pages, words := []search.KeptPage{}, map[string]bool{}
	known := map[[32]byte]uint32{}
	for _, p := range d.Pages {
		kept := search.KeptPage{Number: p.Number, Machine: p.Machine}
		for _, passage := range p.Passages {
			hash := sha256.Sum256([]byte(passage.Text))
			id, ok := known[hash]
			if !ok {
				var err error
				if id, err = putPassage(ctx, tx, hash[:], passage); err != nil {
					return err
				}
				known[hash] = id
			}
			kept.Passages = append(kept.Passages, id)
			kept.Alike = append(kept.Alike, passage.Alike)
			for _, w := range passage.Words {
				words[w] = true
			}
		}
		pages = append(pages, kept)
	}
	for w := range words {
		if _, err := tx.ExecContext(ctx, "INSERT INTO words VALUES (?, 1) ON CONFLICT DO UPDATE SET documents = documents + 1", w); err != nil {
			return err
		}
	}
	packed, err := json.Marshal(pages)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", d.SHA256, d.Stamp, packed); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE revision SET number = number + 1")
	return err
}

func putPassage(ctx context.Context, tx *sql.Tx, hash []byte, p search.Passage) (id uint32, err error) {
	err = tx.QueryRowContext(ctx, "SELECT id FROM passages WHERE hash = ?", hash).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if err := tx.QueryRowContext(ctx, "INSERT INTO passages (hash, text) VALUES (?, ?) RETURNING id", hash, p.Text).Scan(&id); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO found (rowid, words) VALUES (?, ?)", id, strings.Join(p.Words, " "))
	return id, err
}

// Kept returns what is kept of all documents, and all words.
func (k *Keeper) Kept(ctx context.Context) (documents []search.Kept, words []search.Word, err error) {
	err = k.use(func() error {
		err := each(ctx, k.read, "SELECT sha256, stamp, pages FROM documents", func(rows *sql.Rows) error {
			var d search.Kept
			var pages []byte
			if err := rows.Scan(&d.SHA256, &d.Stamp, &pages); err != nil {
				return err
			}
			documents = append(documents, d)
			return json.Unmarshal(pages, &documents[len(documents)-1].Pages)
		})
		if err != nil {
			return err
		}
		return each(ctx, k.read, "SELECT word, documents FROM words", func(rows *sql.Rows) error {
			var w search.Word
			err := rows.Scan(&w.Word, &w.Documents)
			words = append(words, w)
			return err
		})
	})
	return documents, words, err
}

// each calls fn for each row.
func each(ctx context.Context, db *sql.DB, query string, fn func(rows *sql.Rows) error, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Match returns the passages in which one of the sequences stands. Words are letters and
// digits alone, so that there is nothing in them that the query language knows.
func (k *Keeper) Match(ctx context.Context, sequences [][]string, prefix bool) (ids []uint32, err error) {
	var parts []string
	for _, s := range sequences {
		part := `"` + strings.Join(s, " ") + `"`
		if prefix {
			part += "*"
		}
		parts = append(parts, part)
	}
	err = k.use(func() error {
		// One row for all of them takes less than half the time of a row for each.
		var all sql.NullString
		if err := k.read.QueryRowContext(ctx, "SELECT group_concat(rowid) FROM found WHERE found MATCH ?", strings.Join(parts, " OR ")).Scan(&all); err != nil {
			return err
		}
		for number := range strings.SplitSeq(all.String, ",") {
			if id, err := strconv.ParseUint(number, 10, 32); err == nil {
				ids = append(ids, uint32(id))
			}
		}
		return nil
	})
	return ids, err
}

// Passages returns the texts of passages.
func (k *Keeper) Passages(ctx context.Context, ids []uint32) (map[uint32]string, error) {
	texts := map[uint32]string{}
	err := k.use(func() error {
		for some := range slices.Chunk(ids, 500) {
			var args []any
			for _, id := range some {
				args = append(args, id)
			}
			query := "SELECT id, text FROM passages WHERE id IN (?" + strings.Repeat(", ?", len(some)-1) + ")"
			err := each(ctx, k.read, query, func(rows *sql.Rows) error {
				var id uint32
				var text string
				err := rows.Scan(&id, &text)
				texts[id] = text
				return err
			}, args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return texts, err
}
