package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Preview returns the messages that changes would have caused on a channel, in
// order, as the planner would have bundled them, commit by commit, and the sender
// would have read them. Nothing is written. The changes are in the order of their
// numbers. figures says how many agreements there were at a moment; it may be nil.
func Preview(ctx context.Context, q Queue, r Rule, in roster.InArea, figures func(time.Time) roster.Figures, changes []roster.Change) ([]Message, error) {
	preview := &previewQueue{Queue: q}
	planner := NewPlanner(preview, []Rule{r}, func(context.Context, []roster.Change) (roster.InArea, error) { return in, nil }, AlertThresholds{})
	for len(changes) > 0 {
		n, at := 1, changes[0].DetectedAt
		for n < len(changes) && changes[n].DetectedAt.Equal(at) {
			n++
		}
		e := roster.CycleEvent{At: at, Changes: changes[:n]}
		if figures != nil {
			e.Figures = figures(at)
		}
		planned, err := planner.Plan(ctx, e)
		if err != nil {
			return nil, err
		}
		for _, d := range planned.Deliveries { // which are numbered as a store does
			if d.Seq > 0 {
				preview.pending[d.Seq-1] = d
				continue
			}
			d.Seq = uint64(len(preview.pending) + 1)
			preview.pending = append(preview.pending, d)
		}
		changes = changes[n:]
	}
	return readMessages(ctx, q, r, preview.pending)
}

// Would returns the messages that an event would cause on a channel if it were committed
// now. Nothing is written. Its changes need not be stored.
func Would(ctx context.Context, q Queue, r Rule, in roster.InArea, e roster.CycleEvent) ([]Message, error) {
	preview := &previewQueue{Queue: q, changes: e.Changes}
	areas := func(context.Context, []roster.Change) (roster.InArea, error) { return in, nil }
	planned, err := NewPlanner(preview, []Rule{r}, areas, AlertThresholds{}).Plan(ctx, roster.CycleEvent{At: e.At, Changes: e.Changes, Figures: e.Figures})
	if err != nil {
		return nil, err
	}
	return readMessages(ctx, preview, r, planned.Deliveries)
}

// readMessages reads the messages of planned deliveries as the sender does, and leaves
// out those that it would not send.
func readMessages(ctx context.Context, q Queue, r Rule, planned []roster.Delivery) ([]Message, error) {
	reader := newMessageReader(q, slog.New(slog.DiscardHandler), []Rule{r})
	var messages []Message
	for _, d := range planned {
		m, err := reader.read(ctx, d)
		if err != nil {
			return nil, err
		}
		if !m.empty() {
			messages = append(messages, m)
		}
	}
	return messages, nil
}

// previewer is a channel whose messages are laid out otherwise than a page in full.
type previewer interface {
	// preview is what it would send, as plain text.
	preview(m Message) string
}

// PreviewText is what a channel would send of a message, as plain text.
func PreviewText(c Channel, m Message, l Links) string {
	if p, ok := c.(previewer); ok {
		return p.preview(m)
	}
	return Compose(m, l).Text()
}

// previewQueue is a queue to which nothing is written but what a preview plans.
type previewQueue struct {
	Queue
	pending []roster.Delivery // by Seq - 1
	changes []roster.Change   // that are not stored, with the numbers that follow the last
}

// ChangesAt returns changes that are stored, and those that are not.
func (q *previewQueue) ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	if len(q.changes) == 0 {
		return q.Queue.ChangesAt(ctx, seqs)
	}
	at := slices.IndexFunc(seqs, func(seq uint64) bool { return seq >= q.changes[0].Seq })
	if at < 0 {
		return q.Queue.ChangesAt(ctx, seqs)
	}
	found, err := q.Queue.ChangesAt(ctx, seqs[:at])
	for _, seq := range seqs[at:] {
		found = append(found, q.changes[seq-q.changes[0].Seq])
	}
	return found, err
}

func (q *previewQueue) Pending(context.Context, string) ([]roster.Delivery, error) {
	return q.pending[max(0, len(q.pending)-1):], nil // the others cannot grow anymore
}

func (q *previewQueue) Incidents(context.Context) ([]roster.Incident, error) { return nil, nil }

// sampleChanges is how many changes a test message shows.
const sampleChanges = 3

// NewTestMessage makes the message that tests a channel. It shows the last of the
// changes that the channel wants, so that it looks like a real one.
func NewTestMessage(r Rule, changes []roster.Change, in roster.InArea, f roster.Figures, now time.Time) Message {
	m := Message{Test: true, Only: r.Only, Language: r.Language, Delivery: roster.Delivery{ID: fmt.Sprintf("dlv_test%d", now.Unix()),
		Channel: r.Channel, Figures: f, CreatedAt: now.UTC(), DueAt: now.UTC()}}
	for _, c := range slices.Backward(changes) {
		if r.Wants(c, in) && len(m.Changes) < sampleChanges {
			m.Changes = append(m.Changes, c)
		}
	}
	slices.Reverse(m.Changes)
	return m
}
