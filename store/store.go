// Package store is the contract that every backend keeps: what was ever seen,
// what it means, and all or nothing of each step. store/bolt keeps it in one
// file; store/storetest is the suite that each backend must pass.
package store

import (
	"context"
	"errors"
	"io"

	"github.com/watch287g/watch287g/roster"
)

// Errors that a backend wraps with where and what.
var (
	ErrLocked   = errors.New("another process holds the store")
	ErrNewer    = errors.New("the store was written by a newer version of watch287g")
	ErrDamaged  = errors.New("the store is damaged")
	ErrNotFound = errors.New("not found")
	// ErrConflict says that a batch was made from a state that is no longer the
	// last one; nothing was written.
	ErrConflict = errors.New("the store moved on meanwhile")
)

// NewPublication is a publication as it is taken in.
type NewPublication struct {
	Publication roster.Publication
	Body        []byte        // as ICE served it; kept once for equal bytes
	Roster      roster.Roster // empty where the body could not be read
	// A publication with KeptAs comes with neither: bytes with that hash must be
	// kept already.
}

// Batch is one step of the store. It is written whole or not at all.
type Batch struct {
	// Before are the numbers that the state had from which the batch was made.
	// A backend whose numbers differ refuses the batch with ErrConflict. What is
	// enqueued and saved meanwhile moves none of them.
	Before roster.Seqs

	Entries    []NewPublication     // new publications, Seq following Before.Publication
	Verdicts   []roster.Publication // known publications whose verdict or notes changed
	Agencies   []roster.Agency      // new or changed
	Records    []roster.Record      // new or changed
	Changes    []roster.Change      // Seq following Before.Change
	Holds      []roster.Hold        // new or changed
	Validators []roster.Validator   // new or changed, by URL
	Poll       *roster.Poll         // nil for an import; its Seq is given by the store
	Incidents  []roster.Incident    // new or changed, by Key; one that is Ended is forgotten

	// Deliveries are waiting. New ones have Seq 0, and the store numbers them in
	// their order. One with a Seq is stored already and grew: it has its id, its
	// channel and all its changes, and more. Where it is no longer waiting, was
	// tried (Attempts is not 0) or is not what it was made from, the batch is
	// refused with ErrConflict. A delivery carries changes of this batch or older
	// ones.
	Deliveries []roster.Delivery
}

// ChangeQuery asks for changes in the order of their numbers.
type ChangeQuery struct {
	Filter   roster.Filter
	AfterSeq uint64 // only changes with a greater number
	Limit    int    // 0: all
	Newest   bool   // the newest first, so that Limit keeps those
}

// DeliveryQuery asks for deliveries in the order of their numbers.
type DeliveryQuery struct {
	Channel string                 // "" for all
	States  []roster.DeliveryState // none for all
	Limit   int                    // 0: all
	Newest  bool                   // the newest first, so that Limit keeps those
}

// Outbox is what the sender of deliveries needs of a store.
type Outbox interface {
	// NextPending returns the first waiting delivery of each of these channels that has
	// one, by channel, whether it is due or not; of all channels where none is
	// named. The cost depends on neither the other channels nor on how much waits
	// or was ever sent.
	NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error)
	// SaveProgress writes how far deliveries got, all or nothing, and durably. It may
	// wait a moment for other calls, and write them together; what is
	// wrong with one of them is no matter of the others. A delivery that is
	// waiting again, after it was given up, takes its old place. One that is not
	// known is ErrNotFound. One that has another number, channel or other changes
	// than are stored is ErrConflict: it grew while it was being sent, and what
	// it got must not be lost.
	SaveProgress(ctx context.Context, d ...roster.Delivery) error
	// Delivery returns one delivery by its id, or ErrNotFound.
	Delivery(ctx context.Context, id string) (roster.Delivery, error)
	// DeliveryOf returns the first delivery that carries a change to a channel,
	// or ErrNotFound.
	DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error)
	// Deliveries answers the query.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]roster.Delivery, error)
	// ChangesAt returns the changes with these numbers, in the order in which they
	// are asked for; one that is not known is ErrNotFound.
	ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error)
	// Incidents lists the troubles that last, by key.
	Incidents(ctx context.Context) ([]roster.Incident, error)
	// Enqueue adds deliveries and incidents that no publication causes, such as
	// notices to the operator, all or nothing, and durably. The store numbers the
	// deliveries, which come with Seq 0. Incidents are as in a Batch.
	Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error
}

// Writer takes in what a watcher found.
type Writer interface {
	// Commit writes a batch, all or nothing, and durably.
	Commit(ctx context.Context, b Batch) error
}

// Reader answers what is and was known. Every method sees one consistent state.
type Reader interface {
	// Revision is a number that every Commit moves, and nothing else does: what
	// was read at one revision is still so while it lasts. The cost does not
	// depend on how much is stored.
	Revision(ctx context.Context) (uint64, error)
	// Known is everything that a new publication is compared with. The caller
	// owns the answer.
	Known(ctx context.Context) (roster.Snapshot, error)
	// Changes answers the query.
	Changes(ctx context.Context, q ChangeQuery) ([]roster.Change, error)
	// Change returns one change, or ErrNotFound.
	Change(ctx context.Context, id string) (roster.Change, error)
	// Publications lists every publication, in the order of their numbers.
	Publications(ctx context.Context) ([]roster.Publication, error)
	// Publication returns one publication, or ErrNotFound.
	Publication(ctx context.Context, seq uint64) (roster.Publication, error)
	// Body returns the bytes with this hash, or ErrNotFound. Those of a publication
	// with KeptAs are found only where they were published at another time, too.
	Body(ctx context.Context, sha256 string) ([]byte, error)
	// Roster returns what a publication says, or ErrNotFound. What is kept in its
	// place has the same rows, perhaps in another order.
	Roster(ctx context.Context, seq uint64) (roster.Roster, error)
	// Holds lists all holds ever, the newest first.
	Holds(ctx context.Context) ([]roster.Hold, error)
	// Polls lists the last n polls, the newest first.
	Polls(ctx context.Context, n int) ([]roster.Poll, error)
	// Reading is how far ICE's page is read, by all polls that there ever were,
	// whether they are still kept or not.
	Reading(ctx context.Context) (roster.Reading, error)
	// Validators lists what is known of the addresses that were fetched.
	Validators(ctx context.Context) ([]roster.Validator, error)
}

// Store is a backend.
type Store interface {
	Reader
	Writer
	Outbox
	// Backup writes a copy of the whole store, consistent as of one moment,
	// while the store stays in use. The copy opens like the original.
	Backup(ctx context.Context, w io.Writer) error
	// Close waits for what is under way and lets go of the store.
	Close() error
}
