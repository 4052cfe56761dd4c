package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/watch287g/watch287g/roster"
)

// messageReader reads what deliveries carry. It may be used by several goroutines.
type messageReader struct {
	queue Queue
	log   *slog.Logger
	rules atomic.Pointer[map[string]Rule] // by the channel's name
	// cache holds the changes that were read last, by number: those of one publication
	// go to most channels, all at the same time. Only a rebuild edits changes.
	cache    *lru.Cache[uint64, roster.Change]
	mentions mentions
}

const cachedChanges = 1000 // some 2 MB

func newMessageReader(q Queue, log *slog.Logger, rules []Rule) *messageReader {
	cache, err := lru.New[uint64, roster.Change](cachedChanges)
	if err != nil { // which only a size below 1 causes
		panic(err)
	}
	r := &messageReader{queue: q, log: log, cache: cache}
	r.setRules(rules)
	return r
}

// setRules says what channels want from now on.
func (r *messageReader) setRules(rules []Rule) {
	byChannel := map[string]Rule{}
	for _, rule := range rules {
		byChannel[rule.Channel] = rule
	}
	r.rules.Store(&byChannel)
}

// read returns the message of a delivery.
func (r *messageReader) read(ctx context.Context, d roster.Delivery) (Message, error) {
	rule := (*r.rules.Load())[d.Channel]
	m := Message{Delivery: d, Corrects: map[string]string{}, Only: rule.Only, Language: rule.Language}
	if len(d.Changes) == 0 {
		return m, nil
	}
	if d.Attempts > 0 || d.DueAt.After(d.CreatedAt) { // a rebuild may have edited them since they were read
		for _, seq := range d.Changes {
			r.cache.Remove(seq)
		}
	}
	changes, err := r.changes(ctx, d.Changes)
	if err != nil {
		return m, fmt.Errorf("reading the changes to be sent: %w", err)
	}
	changes = slices.DeleteFunc(changes, func(c roster.Change) bool { return c.TakenBack })
	m.Changes = WithoutCanceled(changes)
	for _, c := range m.Changes {
		if answer := r.correctedAnswer(ctx, d, c); answer != "" {
			m.Corrects[c.ID] = answer
		}
	}
	return m, nil
}

// empty says that nothing is left to send: everything that the delivery carries was
// taken back before it was sent.
func (m Message) empty() bool { return len(m.Changes) == 0 && len(m.Delivery.Changes) > 0 }

// WithoutCanceled leaves out each milestone that is taken back in the same message,
// and what takes it back: a digest need not say what is known to be wrong before it
// is sent.
func WithoutCanceled(changes []roster.Change) []roster.Change {
	milestones := map[string]bool{}
	for _, c := range changes {
		milestones[c.ID] = c.Kind == roster.KindMilestone
	}
	canceled := map[string]bool{}
	for _, c := range changes {
		if c.Kind == roster.KindMilestone && milestones[c.Corrects] {
			canceled[c.ID], canceled[c.Corrects] = true, true
		}
	}
	if len(canceled) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool { return canceled[c.ID] })
}

// correctedAnswer is how the service named the message that a change corrects, ""
// where that is not known. A correction of a correction belongs with the first one:
// to the message that was sent first.
func (r *messageReader) correctedAnswer(ctx context.Context, d roster.Delivery, c roster.Change) (answer string) {
	for {
		earlier, ok := r.corrected(ctx, c)
		if !ok || earlier.Seq >= c.Seq {
			return answer
		}
		if found := r.answer(ctx, d, earlier.Seq); found != "" {
			answer = found
		}
		c = earlier
	}
}

// corrected finds the change that a correction is about: the one that it takes
// back, or the last one that named the agreement as it was before.
func (r *messageReader) corrected(ctx context.Context, c roster.Change) (earlier roster.Change, ok bool) {
	if id := c.Reported(); id != "" {
		earlier, err := r.queue.Change(ctx, id)
		return earlier, err == nil
	}
	if c.Kind != roster.KindAmended {
		return earlier, false
	}
	seq, ok := r.mentions.before(ctx, r.queue, c)
	if !ok {
		return earlier, false
	}
	found, err := r.changes(ctx, []uint64{seq})
	if err != nil || len(found) != 1 {
		return earlier, false
	}
	return found[0], true
}

// answer is how the service named the message that carried a change, "" where
// that is not known: then the correction stands alone.
func (r *messageReader) answer(ctx context.Context, d roster.Delivery, change uint64) string {
	earlier, err := r.queue.DeliveryOf(ctx, d.Channel, change)
	if err != nil {
		r.log.Debug("a correction does not know what it corrects", "channel", d.Channel, "change", change, "error", reason(err))
		return ""
	}
	if earlier.ID == d.ID || len(earlier.Receipts) == 0 {
		return ""
	}
	return earlier.Receipts[0].Answer
}

// changes reads changes by their numbers, in their order.
func (r *messageReader) changes(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	found := make([]roster.Change, 0, len(seqs))
	for _, seq := range seqs {
		if c, ok := r.cache.Get(seq); ok {
			found = append(found, c)
		}
	}
	if len(found) == len(seqs) {
		return found, nil
	}
	found, err := r.queue.ChangesAt(ctx, seqs)
	for _, c := range found {
		r.cache.Add(c.Seq, c)
	}
	return found, err
}

// mentions are, by agreement, the numbers of the changes that name it, ascending.
// Changes are never edited, so that each is read once.
type mentions struct {
	mu          sync.Mutex
	readTo      uint64 // the last change that was read
	byAgreement map[string][]uint64
}

// before finds the last change before c that names the same agreement.
func (m *mentions) before(ctx context.Context, q Queue, c roster.Change) (seq uint64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.readTo < c.Seq {
		if err := m.read(ctx, q); err != nil {
			return 0, false
		}
	}
	earlier := m.byAgreement[c.Agreement.ID]
	i, _ := slices.BinarySearch(earlier, c.Seq)
	if i == 0 {
		return 0, false
	}
	return earlier[i-1], true
}

// read adds the changes that are new.
func (m *mentions) read(ctx context.Context, q Queue) error {
	changes, err := q.ChangesAfter(ctx, m.readTo)
	if err != nil {
		return fmt.Errorf("reading the changes: %w", err)
	}
	if m.byAgreement == nil {
		m.byAgreement = map[string][]uint64{}
	}
	for _, c := range changes {
		if c.Kind.Amendable() {
			m.byAgreement[c.Agreement.ID] = append(m.byAgreement[c.Agreement.ID], c.Seq)
		}
		m.readTo = c.Seq
	}
	return nil
}
