package postgres

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

var _ store.Measurer = (*Store)(nil)

// Measures measures the store as of one moment.
func (s *Store) Measures(ctx context.Context) (m store.Measures, err error) {
	err = s.snapshot(ctx, s.bounds.point, func(ctx context.Context, q querier) (err error) {
		m, err = measure(ctx, q)
		return err
	})
	if err != nil {
		return store.Measures{}, fmt.Errorf("measuring: %w", err)
	}
	return m, nil
}

func measure(ctx context.Context, q querier) (m store.Measures, err error) {
	m.Channels = map[string]store.ChannelMeasures{}
	if err := stateThere(q.QueryRow(ctx, "SELECT commits, pg_database_size(current_database()) FROM watch287g.state").Scan(&m.Revision, &m.Bytes)); err != nil {
		return m, err
	}
	st, err := readState(ctx, q)
	if err != nil {
		return m, err
	}
	m.Reading = st.Reading
	polls, err := all[roster.Poll](ctx, q, "SELECT doc FROM watch287g.polls ORDER BY seq DESC LIMIT $1::bigint", store.MeasuredPolls)
	if err != nil {
		return m, err
	}
	m.AddPolls(polls)
	count := func(h roster.Hold) {
		if h.Open() {
			m.Holds++
		}
	}
	if err := each(ctx, q, count, "SELECT doc FROM watch287g.holds"); err != nil {
		return m, err
	}
	if err := measureChannels(ctx, q, m.Channels); err != nil {
		return m, err
	}
	return m, measureDocuments(ctx, q, &m)
}

// measureDocuments counts where the documents are, since their rows are many. What is zero
// is left out of them.
func measureDocuments(ctx context.Context, q querier, m *store.Measures) error {
	err := q.QueryRow(ctx, "SELECT count(*), coalesce(sum((doc->>'size')::bigint), 0)::bigint FROM watch287g.documents WHERE doc->>'unkept' IS NULL").Scan(&m.Documents, &m.DocumentBytes)
	if err != nil {
		return err
	}
	type counted struct {
		State roster.DocumentState
		N     int
	}
	m.Addresses = map[roster.DocumentState]int{}
	return each(ctx, q, func(c counted) { m.Addresses[c.State] = c.N }, `SELECT json_build_object('state', state, 'n', count(*)) FROM (SELECT CASE
		WHEN doc->>'gone_since' IS NOT NULL THEN 'gone'
		WHEN doc->>'problem' IS NOT NULL THEN 'problem'
		WHEN doc->>'versions' IS NOT NULL THEN 'had'
		WHEN doc->>'failures' IS NOT NULL THEN 'failing'
		ELSE 'waiting' END AS state FROM watch287g.addresses) a GROUP BY state`)
}

// measureChannels counts what is left, and reads the first of each channel. What waits and
// what was given up has an index each.
func measureChannels(ctx context.Context, q querier, channels map[string]store.ChannelMeasures) error {
	type left struct {
		N     int
		First roster.Delivery
	}
	const first = ` GROUP BY channel) c JOIN watch287g.deliveries d USING (seq)`
	err := each(ctx, q, func(l left) {
		of := channels[l.First.Channel]
		of.Waiting, of.Due = l.N, l.First.DueAt
		channels[l.First.Channel] = of
	}, `SELECT json_build_object('n', n, 'first', d.doc) FROM (
		SELECT count(*) AS n, min(seq) AS seq FROM watch287g.deliveries WHERE state = 'waiting'`+first)
	if err != nil {
		return err
	}
	return each(ctx, q, func(l left) {
		of := channels[l.First.Channel]
		of.Dead = l.N
		channels[l.First.Channel] = of
	}, `SELECT json_build_object('n', n, 'first', d.doc) FROM (
		SELECT count(*) AS n, min(seq) AS seq FROM watch287g.deliveries WHERE state = 'dead'`+first)
}
