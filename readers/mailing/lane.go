package mailing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
)

const (
	// slice is how long a task goes on with a batch, before others get their turn.
	slice = 5 * time.Second
	// chunk is how many mails are under way between two saves of the cursor.
	chunk = 50
	// giveUp is for how long one who is put off is tried again.
	giveUp = 3 * 24 * time.Hour
)

// pause is how long to wait before those who were put off are tried again.
func pause(tries int) time.Duration {
	return min(5*time.Minute<<min(tries, 10), 6*time.Hour)
}

// work goes on with the first batch of a lane.
func (m *Mailer) work(ctx context.Context, lane readers.Lane) error {
	b, cursor, err := m.o.Store.Batch(ctx, lane)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("reading which mails to send: %w", err)
	}
	began := m.o.Now()
	if b.Due.After(began) {
		return nil
	}
	end := began.Add(slice)
	for n := b.Recipients(); cursor.Done < n && ctx.Err() == nil && m.o.Now().Before(end); {
		if stopped, err := m.halted(ctx, string(lane)); stopped || err != nil {
			return err
		}
		t := &turn{mailer: m, batch: b, lane: lane, first: cursor.Done, results: make([]result, min(chunk, n-cursor.Done))}
		if err := t.send(ctx); err != nil {
			return err
		}
		down := t.settle(&cursor)
		if err := m.saveTurn(ctx, t, cursor); err != nil {
			return err
		}
		if down != nil {
			m.unreachable(ctx, string(lane), down)
			return nil
		}
	}
	if cursor.Done < b.Recipients() || ctx.Err() != nil {
		return nil
	}
	var rest *readers.Batch
	if len(cursor.Later) > 0 {
		left := b.Only(cursor.Later, m.o.Now().Add(pause(b.Tries)))
		left.Tries++
		rest = &left
	}
	if err := m.o.Store.Finish(ctx, b.Seq, rest); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("noting that mails were sent: %w", err)
	}
	return nil
}

// saveTurn saves how far a batch was sent, also when the process is to stop.
func (m *Mailer) saveTurn(ctx context.Context, t *turn, cursor readers.Cursor) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := m.o.Store.Save(ctx, t.batch.Seq, cursor); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("saving how many mails were sent: %w", err)
	}
	if t.taken == 0 {
		return nil
	}
	m.reached(ctx)
	if err := m.o.Desk.Sent(ctx, false, t.taken); err != nil {
		return fmt.Errorf("counting mails that were sent: %w", err)
	}
	return nil
}

// result is how one mail ended.
type result struct {
	settled bool // sent, refused, or for nobody
	later   bool // put off
	err     error
}

// turn sends the mails of some positions of a batch.
type turn struct {
	mailer  *Mailer
	batch   readers.Batch
	lane    readers.Lane
	first   int
	results []result // by position, from the first on

	mu    sync.Mutex
	taken int // by the server
}

// send sends all mails of the turn, several at once. An error is one of a store.
func (t *turn) send(ctx context.Context) error {
	m := t.mailer
	to, err := m.recipients(ctx, t)
	if err != nil {
		return err
	}
	next := make(chan int, len(t.results))
	for i, r := range to {
		if r.mail == nil {
			t.results[i] = result{settled: true}
			continue
		}
		next <- i
	}
	close(next)
	var wait sync.WaitGroup
	failed := make(chan error, m.connections(t.lane))
	for range min(m.connections(t.lane), len(next)) {
		wait.Go(func() {
			for i := range next {
				var err error
				if t.results[i], err = t.one(ctx, to[i]); err != nil {
					failed <- err
					return
				}
				if t.results[i].err != nil {
					return // the connection fails; so would the next
				}
			}
		})
	}
	wait.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// addressed is a mail to a reader, or nil where there is nothing to send.
type addressed struct {
	reader readers.Reader
	mail   *composed
	group  int
}

// recipients reads who still gets what, right before it is sent.
func (m *Mailer) recipients(ctx context.Context, t *turn) ([]addressed, error) {
	to := make([]addressed, len(t.results))
	seqs := make([]uint64, len(t.results))
	for i := range to {
		to[i].group, seqs[i] = t.batch.Position(t.first + i)
	}
	found, err := m.o.Store.ReadersAt(ctx, seqs)
	if err != nil {
		return nil, fmt.Errorf("reading to whom mails go: %w", err)
	}
	bySeq, addresses := map[uint64]readers.Reader{}, make([]string, 0, len(found))
	for _, r := range found {
		if r.State == readers.StateActive {
			bySeq[r.Seq] = r
			addresses = append(addresses, r.Address)
		}
	}
	suppressed, err := m.o.Store.Suppressed(ctx, addresses...)
	if err != nil {
		return nil, fmt.Errorf("reading who gets no mail: %w", err)
	}
	for i := range to {
		r, active := bySeq[seqs[i]]
		if _, none := suppressed[r.Address]; !active || none {
			continue
		}
		c, err := m.compose(ctx, t.batch, t.batch.Groups[to[i].group])
		switch {
		case errors.Is(err, store.ErrNotFound): // a backup was restored, and this never was
			m.o.Log.Warn("readers are not told of changes that the store no longer has", "changes", len(t.batch.Groups[to[i].group].Changes))
			continue
		case err != nil:
			return nil, err
		}
		to[i].reader, to[i].mail = r, c
	}
	return to, nil
}

// one sends one mail. Its error is one of a store.
func (t *turn) one(ctx context.Context, to addressed) (result, error) {
	m := t.mailer
	mail, err := m.toReader(to.mail, to.reader, t.batch.Groups[to.group].Language)
	switch {
	case errors.Is(err, errNobody):
		return result{settled: true}, nil
	case err != nil:
		m.o.Log.Error("a mail to a reader cannot be written", "reader", to.reader.Seq, "error", err.Error())
		return result{settled: true}, nil
	}
	refusal, err := m.pool.send(ctx, mail)
	switch {
	case refusal != nil:
		r, err := t.refused(ctx, to.reader, *refusal)
		t.counted(ResultRefused, r)
		return r, err
	case err != nil:
		r := t.unsent(to.reader, err)
		t.counted(ResultFailed, r)
		return r, nil
	}
	t.counted(ResultSent, result{})
	t.mu.Lock()
	t.taken++
	t.mu.Unlock()
	if to.reader.Soft > 0 {
		if err := m.o.Desk.Took(ctx, to.reader); err != nil {
			return result{settled: true}, fmt.Errorf("noting that a reader gets mail: %w", err)
		}
	}
	return result{settled: true}, nil
}

// counted counts how a mail ended.
func (t *turn) counted(as string, r result) {
	if r.later {
		as = ResultLater
	}
	lane, _, _ := strings.Cut(string(t.lane), "-")
	t.mailer.o.Mailed(lane, as)
}

// unsent is the result of a mail that the server neither took nor refused.
func (t *turn) unsent(r readers.Reader, err error) result {
	if f, ok := errors.AsType[*letter.Failure](err); ok && f.Permanent && !f.Whole {
		t.mailer.o.Log.Error("a mail to a reader is given up", "reader", r.Seq, "error", err.Error())
		return result{settled: true}
	}
	// One mail can be what breaks the connection: the others go on.
	if _, ok := errors.AsType[*broken](err); ok {
		return result{settled: true, later: t.mailer.o.Now().Sub(t.batch.At) < giveUp}
	}
	return result{err: err}
}

// refused notes that the server does not take a mail to a reader, now or ever.
func (t *turn) refused(ctx context.Context, r readers.Reader, refusal letter.Refusal) (result, error) {
	m := t.mailer
	if !refusal.Permanent() && m.o.Now().Sub(t.batch.At) < giveUp {
		return result{settled: true, later: true}, nil
	}
	if err := m.o.Desk.Refused(ctx, readers.Sent{ID: r.ID, Address: r.Address, At: m.o.Now()}, wire.ReplyCode(refusal.Reply)); err != nil {
		return result{}, fmt.Errorf("noting that a reader's address is refused: %w", err)
	}
	return result{settled: true}, nil
}

// settle moves the cursor over what is settled. Where the connection failed in between,
// those who were skipped are put off; down is why, and nil where all went well.
func (t *turn) settle(cursor *readers.Cursor) (down error) {
	last := -1
	for i, r := range t.results {
		if r.settled {
			last = i
		}
		if r.err != nil {
			down = r.err
		}
	}
	for i, r := range t.results[:last+1] {
		if r.later || !r.settled {
			cursor.Later = append(cursor.Later, t.first+i)
		}
	}
	slices.Sort(cursor.Later)
	cursor.Done = t.first + last + 1
	return down
}
