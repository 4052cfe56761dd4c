package notify_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/roster"
)

var errNotInMemory = errors.New("not found")

// memoryQueue is a queue in memory, for the tests of the sender.
type memoryQueue struct {
	mu        sync.Mutex
	all       []roster.Delivery   // by Seq - 1
	waiting   map[string][]uint64 // Seq by channel, ascending
	left      int                 // that wait
	changes   map[uint64]roster.Change
	incidents []roster.Incident
	read      []string // the channels that each call of NextPending named, * for all

	broken func(call string) error // asked before each call; nil: nothing is broken
	saved  func(roster.Delivery)   // called with each that is saved, if not nil
}

func newMemoryQueue() *memoryQueue {
	return &memoryQueue{waiting: map[string][]uint64{}, changes: map[uint64]roster.Change{}}
}

// add commits a delivery, and gives it a number and an id.
func (q *memoryQueue) add(d roster.Delivery) roster.Delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	d.Seq = uint64(len(q.all) + 1)
	d.ID = fmt.Sprintf("dlv_%d", d.Seq)
	d.State = roster.DeliveryWaiting
	if d.CreatedAt.IsZero() {
		d.CreatedAt = time.Now()
	}
	if d.DueAt.IsZero() {
		d.DueAt = d.CreatedAt
	}
	q.all = append(q.all, d)
	q.waiting[d.Channel] = append(q.waiting[d.Channel], d.Seq)
	q.left++
	return d
}

// addTo commits n plain deliveries to each of some channels.
func (q *memoryQueue) addTo(n int, channels ...string) {
	for range n {
		for _, c := range channels {
			q.add(roster.Delivery{Channel: c})
		}
	}
}

// get returns a delivery as it stands.
func (q *memoryQueue) get(seq uint64) roster.Delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.all[seq-1]
}

// set changes a delivery behind the sender's back.
func (q *memoryQueue) set(d roster.Delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all[d.Seq-1] = d
}

// waits is how many deliveries wait.
func (q *memoryQueue) waits() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.left
}

// reads lists which channels were read.
func (q *memoryQueue) reads() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.read)
}

// states counts the deliveries by how far they are.
func (q *memoryQueue) states() map[roster.DeliveryState]int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := map[roster.DeliveryState]int{}
	for _, d := range q.all {
		n[d.State]++
	}
	return n
}

// enter takes the lock, unless the call is to fail.
func (q *memoryQueue) enter(call string) error {
	q.mu.Lock()
	broken := q.broken
	q.mu.Unlock()
	if broken != nil {
		if err := broken(call); err != nil { // without the lock: it may take its time
			return err
		}
	}
	q.mu.Lock()
	return nil
}

func (q *memoryQueue) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	if err := q.enter("NextPending"); err != nil {
		return nil, err
	}
	defer q.mu.Unlock()
	q.read = append(q.read, cmp.Or(strings.Join(channels, " "), "*"))
	next := make([]roster.Delivery, 0, len(q.waiting))
	for channel, seqs := range q.waiting {
		if len(seqs) > 0 && (len(channels) == 0 || slices.Contains(channels, channel)) {
			next = append(next, q.all[seqs[0]-1])
		}
	}
	return next, nil
}

func (q *memoryQueue) SaveProgress(ctx context.Context, ds ...roster.Delivery) error {
	if err := q.enter("SaveProgress"); err != nil {
		return err
	}
	defer q.mu.Unlock()
	for _, d := range ds {
		d.Receipts = slices.Clone(d.Receipts)
		q.all[d.Seq-1] = d
		seqs := q.waiting[d.Channel]
		at, waits := slices.BinarySearch(seqs, d.Seq)
		switch waiting := d.State == roster.DeliveryWaiting; {
		case waits && !waiting:
			q.waiting[d.Channel] = slices.Delete(seqs, at, at+1)
			q.left--
		case waiting && !waits: // returned to its place
			q.waiting[d.Channel] = slices.Insert(seqs, at, d.Seq)
			q.left++
		}
		if q.saved != nil {
			q.saved(d)
		}
	}
	return nil
}

func (q *memoryQueue) DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error) {
	if err := q.enter("DeliveryOf"); err != nil {
		return roster.Delivery{}, err
	}
	defer q.mu.Unlock()
	for _, d := range q.all {
		if d.Channel == channel && slices.Contains(d.Changes, change) {
			return d, nil
		}
	}
	return roster.Delivery{}, errNotInMemory
}

func (q *memoryQueue) ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	if err := q.enter("ChangesAt"); err != nil {
		return nil, err
	}
	defer q.mu.Unlock()
	var found []roster.Change
	for _, seq := range seqs {
		c, ok := q.changes[seq]
		if !ok {
			return nil, errNotInMemory
		}
		found = append(found, c)
	}
	return found, nil
}

func (q *memoryQueue) ChangesAfter(ctx context.Context, seq uint64) ([]roster.Change, error) {
	if err := q.enter("ChangesAfter"); err != nil {
		return nil, err
	}
	defer q.mu.Unlock()
	var found []roster.Change
	for _, at := range slices.Sorted(maps.Keys(q.changes)) {
		if at > seq {
			found = append(found, q.changes[at])
		}
	}
	return found, nil
}

func (q *memoryQueue) Change(ctx context.Context, id string) (roster.Change, error) {
	if err := q.enter("Change"); err != nil {
		return roster.Change{}, err
	}
	defer q.mu.Unlock()
	for _, c := range q.changes {
		if c.ID == id {
			return c, nil
		}
	}
	return roster.Change{}, errNotInMemory
}

func (q *memoryQueue) Pending(ctx context.Context, channel string) ([]roster.Delivery, error) {
	if err := q.enter("Pending"); err != nil {
		return nil, err
	}
	defer q.mu.Unlock()
	var found []roster.Delivery
	for _, seq := range q.waiting[channel] {
		found = append(found, q.all[seq-1])
	}
	return found, nil
}

func (q *memoryQueue) Enqueue(ctx context.Context, ds []roster.Delivery, incidents []roster.Incident) error {
	if err := q.enter("Enqueue"); err != nil {
		return err
	}
	for _, i := range incidents {
		q.incidents = slices.DeleteFunc(q.incidents, func(old roster.Incident) bool { return old.Key == i.Key })
		if !i.Ended {
			q.incidents = append(q.incidents, i)
		}
	}
	q.mu.Unlock()
	for _, d := range ds {
		q.add(d)
	}
	return nil
}

func (q *memoryQueue) Incidents(ctx context.Context) ([]roster.Incident, error) {
	if err := q.enter("Incidents"); err != nil {
		return nil, err
	}
	defer q.mu.Unlock()
	return slices.Clone(q.incidents), nil
}
