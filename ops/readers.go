package ops

import (
	"context"
	"time"
)

// Readers is what there is to see of people who signed themselves up: counts, and no
// addresses.
type Readers struct {
	People     map[ReaderCount]int
	Requests   int            // sign-ups that are not confirmed
	Suppressed map[string]int // addresses that get nothing anymore, by reason
	Letters    int            // that wait
	Batches    int            // that wait
	Oldest     time.Time      // since when what waits longest does; zero where nothing does
}

// ReaderCount is what readers are told apart by.
type ReaderCount struct{ State, Language string }

// ReadersBy says how readers are counted.
func (m *Monitor) ReadersBy(count func(context.Context) (Readers, error)) {
	if m != nil {
		m.readers.Store(&count)
	}
}

// Mailed sees a mail to a reader that this process has sent, or tried to: in which lane,
// and with what result, of a small number each.
func (m *Monitor) Mailed(lane, result string) {
	if m != nil {
		m.seen.mails.WithLabelValues(lane, result).Inc()
	}
}

// Returned sees that something was reported of a mail to a reader: a bounce or a
// complaint, of a small number of kinds.
func (m *Monitor) Returned(kind string) {
	if m != nil {
		m.seen.returns.WithLabelValues(kind).Inc()
	}
}

// collectReaders sends what is known of readers.
func (c collector) collectReaders(out emitter, r *Readers) {
	if r == nil {
		return
	}
	for of, n := range r.People {
		out.number("readers", float64(n), of.State, of.Language)
	}
	out.number("readers_requests", float64(r.Requests))
	for reason, n := range r.Suppressed {
		out.number("readers_suppressed", float64(n), reason)
	}
	out.number("readers_letters_waiting", float64(r.Letters))
	out.number("readers_batches_waiting", float64(r.Batches))
	out.moment("readers_waiting_timestamp_seconds", r.Oldest)
}
