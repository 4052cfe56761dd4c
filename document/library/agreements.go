package library

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// knownFor is how long the agreements that were read count as they were, if no change came:
// a rebuild edits them without one.
const knownFor = time.Hour

// agreements are those of the lists in force, as they were read last.
type agreements struct {
	listed []roster.Agreement
	urls   []string // that addresses had then
	change uint64   // the number of the last one
	at     time.Time
}

// readAgreements reads the agreements, where that can bring something new: all of them are
// read, which takes longer than all else that a commit asks for.
func (l *Library) readAgreements(ctx context.Context, addresses []roster.DocumentAddress) error {
	urls := make([]string, len(addresses))
	for i, a := range addresses {
		urls[i] = a.URL
	}
	if r := l.rows; !r.at.IsZero() && time.Since(r.at) < knownFor && slices.Equal(r.urls, urls) {
		news, err := l.o.Store.Changes(ctx, store.ChangeQuery{AfterSeq: r.change, Limit: 1, TakenBack: true})
		if err != nil {
			return fmt.Errorf("reading what changed of the agreements that documents are of: %w", err)
		}
		if len(news) == 0 {
			return nil
		}
	}
	known, err := l.o.Store.Known(ctx)
	if err != nil {
		return fmt.Errorf("reading the agreements that documents are of: %w", err)
	}
	l.rows = agreements{urls: urls, change: known.Seqs.Change, at: time.Now()}
	for _, r := range known.Records {
		if r.Listed() {
			l.rows.listed = append(l.rows.listed, r.Now())
		}
	}
	return nil
}

// mostLost bounds how many documents are compared again at once.
const mostLost = 1000

// lost are the documents that were compared, and of which what was found is not at hand.
type lost struct {
	mu  sync.Mutex
	all map[string]bool
}

func (l *lost) add(sha256 string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]bool{}
	}
	if len(l.all) < mostLost {
		l.all[sha256] = true
	}
}

func (l *lost) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all) > 0
}

// take returns them, which are to be asked for again if they stay lost.
func (l *lost) take() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.all
	l.all = nil
	return all
}
