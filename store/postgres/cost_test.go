package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
)

// BenchmarkCommit writes what a poll does, to a server that writes to its disk: that it
// begins, that it found nothing new, and a list of 1,300 rows with ten changes and what
// these cause in three channels.
func BenchmarkCommit(b *testing.B) {
	s, err := Open(b.Context(), pgtest.Start(b, "fsync=on", "full_page_writes=on").Database(b), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	list, at := sheettest.Participating(sheettest.Sample(1300)...), time.Date(2025, time.June, 2, 14, 0, 0, 0, time.UTC)
	var state store.State // the last numbers
	poll := &roster.Poll{At: at, Outcome: "unchanged", Sentence: "ICE's page links the same lists as before."}
	b.Run("begun", func(b *testing.B) {
		for b.Loop() {
			if err := s.BeginPoll(b.Context(), at); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			if err := s.Commit(b.Context(), store.Batch{Before: state.Seqs, Poll: poll}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			state.Seqs.Publication++
			p := roster.Publication{Seq: state.Seqs.Publication, List: roster.ListParticipating, Verdict: roster.VerdictAccepted, EffectiveAt: at}
			body := fmt.Append(slices.Clip(list), p.Seq)
			sum := sha256.Sum256(body)
			p.SHA256 = hex.EncodeToString(sum[:])
			batch := store.Batch{Before: state.Seqs, Poll: poll, Entries: []store.NewPublication{{Publication: p, Body: body}}}
			batch.Before.Publication--
			var carried []uint64
			for range 10 {
				state.Seqs.Change++
				carried = append(carried, state.Seqs.Change)
				batch.Changes = append(batch.Changes, roster.Change{Seq: state.Seqs.Change, ID: fmt.Sprint("chg_", state.Seqs.Change), DetectedAt: at})
			}
			for c := range 3 {
				batch.Deliveries = append(batch.Deliveries, roster.Delivery{ID: fmt.Sprintf("dlv_%d_%d", p.Seq, c), Channel: fmt.Sprint("c", c), Changes: carried, State: roster.DeliveryWaiting})
			}
			if err := s.Commit(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestCostOfNextPending counts the pages that are read to find what is to be sent next,
// after much was sent: as many as where nothing was.
func TestCostOfNextPending(t *testing.T) {
	t.Parallel()
	s := opened(t, pgtest.Need(t).Database(t))
	const sent, waiting = 10_000, 1_000
	_, err := s.pool.Exec(t.Context(), `INSERT INTO watch287g.deliveries (seq, id, channel, state, attempts, changes, doc)
		SELECT n, 'dlv' || n, 'channel-' || n % 10, CASE WHEN n > $1::int THEN 'waiting' ELSE 'sent' END, 0, '{}', json_build_object('seq', n, 'x', repeat('x', 1000))
		FROM generate_series(1, $1::int + $2::int) AS g (n)`, sent, waiting)
	if err != nil {
		t.Fatal(err)
	}
	for _, analyzed := range []string{"SELECT 1", "ANALYZE watch287g.deliveries"} {
		if _, err := s.pool.Exec(t.Context(), analyzed); err != nil {
			t.Fatal(err)
		}
		for query, args := range map[string][]any{nextOfAll: nil, nextOf: {[]string{"channel-3", "channel-7", "none"}}} {
			if pages := pagesRead(t, s, query, args...); pages == 0 || pages > 150 { // of some 1,600
				t.Errorf("after %s %d pages are read by %s", analyzed, pages, query)
			}
		}
	}
}

// pagesRead is how many pages a query reads, of the cache or not.
func pagesRead(t *testing.T, s *Store, query string, args ...any) int {
	t.Helper()
	var plan []byte
	if err := s.pool.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+query, args...).Scan(&plan); err != nil {
		t.Fatal(err)
	}
	var said []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	if err := json.Unmarshal(plan, &said); err != nil || len(said) != 1 {
		t.Fatalf("%s: %v", plan, err)
	}
	return said[0].Plan.Hit + said[0].Plan.Read
}
