package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
)

// SetBack has what is found after a change told to readers, whatever was told before.
func (s *Store) SetBack(ctx context.Context, heads map[notify.Cadence]readers.Head, last uint64) error {
	return s.db.WriteLong(ctx, func(ctx context.Context, tx pgx.Tx) error { return setBack(ctx, tx, heads, last) })
}

func setBack(ctx context.Context, tx pgx.Tx, heads map[notify.Cadence]readers.Head, last uint64) error {
	for _, c := range readers.Cadences() {
		if err := expect(ctx, tx, c, heads[c], "UPDATE"); err != nil {
			return err
		}
		if heads[c].Change <= last {
			continue
		}
		text, err := doc(heads[c].SetBack(last))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE watch287g_readers.heads SET doc = $2::text::json WHERE cadence = $1::text", string(c), text); err != nil {
			return err
		}
	}
	const people = `UPDATE watch287g_readers.readers SET doc = jsonb_set(doc::jsonb, '{since}', to_jsonb($1::bigint))::json
		WHERE (doc->>'since')::bigint > $1::bigint`
	if _, err := tx.Exec(ctx, people, number(last)); err != nil {
		return err
	}
	const beyond = `SELECT doc FROM watch287g_readers.batches b WHERE EXISTS (SELECT FROM json_array_elements(b.doc->'groups') g,
		json_array_elements_text(g->'changes') c WHERE c::bigint > $1::bigint) FOR UPDATE`
	waiting, err := all[readers.Batch](ctx, tx, beyond, number(last))
	if err != nil {
		return err
	}
	for _, b := range waiting {
		b, _ = b.SetBack(last)
		text, err := doc(b)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE watch287g_readers.batches SET doc = $2::text::json WHERE seq = $1::bigint", number(b.Seq), text); err != nil {
			return err
		}
	}
	return nil
}
