package readers

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
)

// MostRecipients is how many readers one batch goes to.
const MostRecipients = 1000

// Head is until where a cadence was planned: all that was found up to that change stands
// in batches, or concerns nobody.
type Head struct {
	Change uint64    `json:"change"` // the number of the change
	At     time.Time `json:"at"`     // when it was planned, or from when on it is
}

// Lane is a line of batches that are sent one after another, beside the other lanes.
type Lane string

// Group are readers who are told the same in the same language.
type Group struct {
	Changes  []uint64       `json:"changes"` // their numbers, ascending
	Language prose.Language `json:"language"`
	Readers  []uint64       `json:"readers"` // their numbers, ascending
}

// Batch is a mail, or several, to up to MostRecipients readers. A position in it counts
// the readers of all groups, in their order.
type Batch struct {
	Seq     uint64         `json:"seq"` // its number in the store, ascending
	Lane    Lane           `json:"lane"`
	Cadence notify.Cadence `json:"cadence"` // what it was planned for
	At      time.Time      `json:"at"`      // when it was planned first
	Due     time.Time      `json:"due"`     // when it is sent, or sent again
	Tries   int            `json:"tries,omitempty"`
	Groups  []Group        `json:"groups"`
}

// Recipients is how many readers the batch goes to.
func (b Batch) Recipients() int {
	n := 0
	for _, g := range b.Groups {
		n += len(g.Readers)
	}
	return n
}

// Position is the group and the reader at a position, which the batch must have.
func (b Batch) Position(position int) (group int, seq uint64) {
	for i, g := range b.Groups {
		if position < len(g.Readers) {
			return i, g.Readers[position]
		}
		position -= len(g.Readers)
	}
	return 0, 0
}

// Only is the batch for some of its positions, which ascend, to be sent at another time.
func (b Batch) Only(positions []int, due time.Time) Batch {
	rest := b
	rest.Groups, rest.Due = nil, due
	last := -1
	for _, p := range positions {
		i, seq := b.Position(p)
		if i != last {
			g := b.Groups[i]
			g.Readers = nil
			rest.Groups, last = append(rest.Groups, g), i
		}
		g := &rest.Groups[len(rest.Groups)-1]
		g.Readers = append(g.Readers, seq)
	}
	return rest
}

// SetBack is the batch without changes beyond the last one, and whether it had any. A group
// that is left with none is told nothing; positions stay.
func (b Batch) SetBack(last uint64) (Batch, bool) {
	had := false
	b.Groups = slices.Clone(b.Groups)
	for i, g := range b.Groups {
		kept := slices.DeleteFunc(slices.Clone(g.Changes), func(c uint64) bool { return c > last })
		had = had || len(kept) < len(g.Changes)
		b.Groups[i].Changes = kept
	}
	return b, had
}

// SetBack is the head, or that of the last change where it lies beyond it.
func (h Head) SetBack(last uint64) Head {
	h.Change = min(h.Change, last)
	return h
}

// Expect returns an ErrConflict unless the head is as it was read.
func (h Head) Expect(read Head) error {
	if h.Change != read.Change || !h.At.Equal(read.At) {
		return fmt.Errorf("%w: mails of another change were planned", ErrConflict)
	}
	return nil
}

// Cursor is how far a batch was sent.
type Cursor struct {
	Done  int   `json:"done"`            // every position below it is settled
	Later []int `json:"later,omitempty"` // those of them that were put off, ascending
}

// Work is what there is to do.
type Work struct {
	Heads map[notify.Cadence]Head // of those cadences that were planned
	Owed  map[notify.Cadence]bool // whether an active reader has it as Was
	Lanes map[Lane]time.Time      // when the next batch of each lane that has one is due
	// Letters is when the first letter that waits is due, by their order; zero: there is
	// none.
	Letters time.Time
}

// Plan is what a cadence is told at one time.
type Plan struct {
	Cadence       notify.Cadence
	Before, After Head     // Before is as Work told it; zero where the cadence has none
	Keys          []string // what its readers may follow; none: nobody is looked for
	// Batches makes batches of those who follow any of the keys, who come in the order
	// of their numbers, each once. The store numbers the batches.
	Batches func(followers iter.Seq2[Follower, error]) iter.Seq2[Batch, error]
}

// Settlement is what a reader is owed who has another cadence than before (Reader.Was).
type Settlement struct {
	Reader Reader // as it was read
	// Head is that of the cadence before, from which on it is owed.
	Head  Head
	Last  uint64 // all up to this change is told, or concerns the reader not
	Batch *Batch // with what is owed; nil for nothing
}

// Settled is who was owed something. kept is the reader as it is kept, and head that of the
// cadence which the reader has now. The error is an ErrConflict.
func (s Settlement) Settled(kept Reader, head Head) (Reader, error) {
	switch {
	case !reflect.DeepEqual(kept, s.Reader), kept.Was == "", kept.State != StateActive:
		return Reader{}, fmt.Errorf("%w: the reader was changed", ErrConflict)
	case head.Change > s.Last:
		return Reader{}, fmt.Errorf("%w: the other cadence was planned further", ErrConflict)
	}
	kept.Was, kept.Since = "", max(kept.Since, s.Last)
	return kept, nil
}

// Mailings keeps who is to get which mail. What is written is written all or nothing, and
// durably.
type Mailings interface {
	// Following returns every active reader of a cadence who follows one of some keys, by
	// number, each once.
	Following(ctx context.Context, keys []string, c notify.Cadence) ([]Follower, error)

	// Work tells what there is to do. It is cheap, however many readers there are.
	Work(ctx context.Context) (Work, error)
	// Plan writes batches together with the head of their cadence, however many there
	// are. Who follows is read in the same step, in which no reader's cadence changes.
	// The error is ErrConflict where the head is another one than Before.
	Plan(ctx context.Context, p Plan) error
	// Settle writes what a reader is owed; Since is then the last change, and Was is
	// cleared. The error is ErrConflict where the reader or the head of the cadence
	// before changed since they were read, or the reader's cadence was planned beyond
	// Last.
	Settle(ctx context.Context, s Settlement) error

	// SetBack has what is found after the last change that there is told to readers, where
	// more was told before: the state was restored from a backup, and other changes get
	// the numbers of those that it lost. In one step, heads and Reader.Since beyond last
	// become last, and batches that wait forget what lies beyond it, though not their
	// readers. heads are as Work told them: the error is ErrConflict where one is another.
	SetBack(ctx context.Context, heads map[notify.Cadence]Head, last uint64) error

	// Batch returns the batch of a lane that is due first, and how far it was sent; or
	// ErrNotFound.
	Batch(ctx context.Context, l Lane) (Batch, Cursor, error)
	// Save writes how far a batch was sent, or returns ErrNotFound.
	Save(ctx context.Context, batch uint64, c Cursor) error
	// Finish deletes a batch, in whose place another one is written unless it is nil. The
	// error is ErrNotFound where it was finished already.
	Finish(ctx context.Context, batch uint64, rest *Batch) error

	// Letters returns up to limit letters that wait, the oldest first.
	Letters(ctx context.Context, limit int) ([]Letter, error)
	// FinishLetter deletes a letter; with again it is written anew behind all others, to
	// be sent again when it is due. The error is ErrNotFound where it is gone already.
	FinishLetter(ctx context.Context, seq uint64, again *Letter) error
}
