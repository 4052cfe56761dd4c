package notify

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// message reads what a delivery carries.
func (s *Sender) message(ctx context.Context, d roster.Delivery) (Message, error) {
	m := Message{Delivery: d, Corrects: map[string]string{}}
	if len(d.Changes) == 0 {
		return m, nil
	}
	changes, err := s.changes(ctx, d.Changes)
	if err != nil {
		return m, fmt.Errorf("reading the changes to be sent: %w", err)
	}
	m.Changes = netted(changes)
	if s.o.Corrected == nil {
		return m, nil
	}
	for _, c := range m.Changes {
		if answer := s.corrected(ctx, d, c); answer != "" {
			m.Corrects[c.ID] = answer
		}
	}
	return m, nil
}

// netted leaves out the milestones that one message would both tell and take back: a
// digest need not say what is known to be wrong before it is sent.
func netted(changes []roster.Change) []roster.Change {
	told := map[string]bool{}
	for _, c := range changes {
		told[c.ID] = c.Kind == roster.KindMilestone
	}
	both := map[string]bool{}
	for _, c := range changes {
		if c.Kind == roster.KindMilestone && told[c.Corrects] {
			both[c.ID], both[c.Corrects] = true, true
		}
	}
	if len(both) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool { return both[c.ID] })
}

// corrected is how the service named the message that a change corrects, "" where
// that is not known. A correction of a correction belongs with the first one: to
// the message that was sent first.
func (s *Sender) corrected(ctx context.Context, d roster.Delivery, c roster.Change) (answer string) {
	for {
		seq, ok := s.o.Corrected(ctx, c)
		if !ok || seq >= c.Seq {
			return answer
		}
		if found := s.answer(ctx, d, seq); found != "" {
			answer = found
		}
		earlier, err := s.changes(ctx, []uint64{seq})
		if err != nil || len(earlier) != 1 {
			return answer
		}
		c = earlier[0]
	}
}

// answer is how the service named the message that carried a change, "" where
// that is not known: then the correction stands alone.
func (s *Sender) answer(ctx context.Context, d roster.Delivery, change uint64) string {
	earlier, err := s.o.Queue.DeliveryOf(ctx, d.Channel, change)
	if err != nil {
		s.o.Log.Debug("a correction does not know what it corrects", "channel", d.Channel, "change", change, "error", reason(err))
		return ""
	}
	if earlier.ID == d.ID || len(earlier.Receipts) == 0 {
		return ""
	}
	return earlier.Receipts[0].Answer
}

// changeCache holds the changes that were read last: those of one publication go
// to most channels, all at the same time. Changes are never edited.
type changeCache struct {
	mu    sync.Mutex
	bySeq map[uint64]roster.Change
}

const cachedChanges = 1000 // some 2 MB

// changes reads changes by their numbers, in their order.
func (s *Sender) changes(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	if found, ok := s.cache.all(seqs); ok {
		return found, nil
	}
	found, err := s.o.Queue.ChangesAt(ctx, seqs)
	if err == nil {
		s.cache.add(found)
	}
	return found, err
}

// all returns the changes with these numbers, if it has every one of them.
func (r *changeCache) all(seqs []uint64) (found []roster.Change, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, seq := range seqs {
		c, ok := r.bySeq[seq]
		if !ok {
			return nil, false
		}
		found = append(found, c)
	}
	return found, true
}

// add stores changes, and drops older ones where they become too many.
func (r *changeCache) add(changes []roster.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bySeq == nil || len(r.bySeq)+len(changes) > cachedChanges {
		r.bySeq = map[uint64]roster.Change{}
	}
	for _, c := range changes[:min(len(changes), cachedChanges)] {
		r.bySeq[c.Seq] = c
	}
}
