// Package store is the contract of a store: it holds everything that was ever
// published, what it means, and what is to be sent, and writes each step whole or
// not at all. store/bolt is the backend in one file; store/storetest is the test
// suite that each backend must pass.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Errors that a backend wraps with what was being done and where.
var (
	ErrLocked   = errors.New("another process holds the store")
	ErrNewer    = errors.New("the store was written by a newer version of watch287g")
	ErrDamaged  = errors.New("the store is damaged")
	ErrNotFound = errors.New("not found")
	// ErrConflict means that a batch was made from a state that is no longer the
	// latest one. Nothing was written.
	ErrConflict = errors.New("the store moved on meanwhile")
)

// Damaged returns an ErrDamaged that says what is wrong with what is stored.
func Damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...))
}

// Newer returns an ErrNewer for a version of the schema that this program does not know.
func Newer(version, latest int64) error {
	return fmt.Errorf("%w (its schema is %d, this one knows %d)", ErrNewer, version, latest)
}

// NewPublication is a publication to be stored.
type NewPublication struct {
	Publication roster.Publication
	Body        []byte        // as ICE served it; equal bytes are stored once
	Roster      roster.Roster // empty if the body could not be read
	// A publication with KeptAs has neither: bytes with that hash must be stored
	// already.
}

// Batch is one step of the store, which is written whole or not at all.
type Batch struct {
	// Before are the last numbers of the state that the batch was made from. A
	// backend whose numbers differ refuses the batch with ErrConflict. Enqueue and
	// SaveProgress change none of them.
	Before roster.Seqs
	// Revision is that of the state, which a backend compares, too, unless it is 0. Of
	// two decisions about one hold, the numbers alone do not tell which came first.
	Revision uint64

	Entries    []NewPublication     // new publications, Seq following Before.Publication
	Verdicts   []roster.Publication // known publications whose verdict or notes changed
	Agencies   []roster.Agency      // new or changed
	Records    []roster.Record      // new or changed
	Changes    []roster.Change      // Seq following Before.Change
	Holds      []roster.Hold        // new or changed
	Validators []roster.Validator   // new or changed, by URL
	Poll       *roster.Poll         // nil for an import; the store sets its Seq
	Incidents  []roster.Incident    // new or changed, by Key; one that is Ended is deleted

	// What is known of documents, whose files are kept elsewhere: before a batch names one,
	// it is kept there.
	Addresses []roster.DocumentAddress // new or changed, by URL
	Documents []roster.Document        // new or changed, by SHA256
	PageTexts []roster.PageText        // new or changed, by ID

	// Deliveries are all waiting. New ones have Seq 0, and the store numbers them in
	// their order. One with a Seq is stored already and grew: it has the same id and
	// channel, all its changes, and more. The batch is refused with ErrConflict if
	// the stored one is no longer waiting, was tried (Attempts is not 0) or differs
	// otherwise. A delivery carries changes of this batch or earlier ones.
	Deliveries []roster.Delivery
}

// ChangeQuery selects changes, in the order of their numbers.
type ChangeQuery struct {
	Filter   roster.Filter
	InArea   roster.InArea // for a filter with counties or places
	AfterSeq uint64        // changes with greater numbers only
	Limit    int           // 0: all
	Newest   bool          // the newest first; with Limit, only those
	// TakenBack is for those that a rebuild took back, too.
	TakenBack bool
}

// Wants says whether the query selects a change, whatever its number.
func (q ChangeQuery) Wants(c roster.Change) bool {
	return (q.TakenBack || !c.TakenBack) && q.Filter.Match(c, q.InArea)
}

// DeliveryQuery selects deliveries, in the order of their numbers.
type DeliveryQuery struct {
	Channel string                 // "" for all
	States  []roster.DeliveryState // none for all
	Limit   int                    // 0: all
	Newest  bool                   // the newest first; with Limit, only those
}

// Outbox is what the sender of deliveries needs of a store.
type Outbox interface {
	// NextPending returns the first waiting delivery of each of these channels, due
	// or not, sorted by channel; of all channels if none is named. The cost depends
	// neither on other channels nor on how much waits or was ever sent.
	NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error)
	// SaveProgress stores how far deliveries got, all or nothing, and durably. It may
	// be written together with other calls, whose errors do not concern it. A
	// delivery that is waiting again, after it was given up, returns to its old
	// place. The error is ErrNotFound for an unknown delivery, and ErrConflict for
	// one whose stored number, channel or changes differ: it grew or was moved while it
	// was being sent, and what was added must not be lost. So it is for one that was
	// sent or dropped meanwhile, unless it is sent, and for one that waits after fewer
	// tries than are stored: somebody else has it.
	SaveProgress(ctx context.Context, d ...roster.Delivery) error
	// Delivery returns one delivery by its id, or ErrNotFound.
	Delivery(ctx context.Context, id string) (roster.Delivery, error)
	// DeliveryOf returns the first delivery that carries a change, by its number, to
	// a channel, or ErrNotFound.
	DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error)
	// Deliveries returns the deliveries that match the query.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]roster.Delivery, error)
	// ChangesAt returns the changes with these numbers, in that order. The error is
	// ErrNotFound where one of them is unknown.
	ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error)
	// Settle moves deliveries that wait to another channel, or drops them, all or
	// nothing, and durably. Each keeps its number, and so the place that it has among
	// those of its new channel. The error is ErrConflict where one is no longer what
	// it was, or where a delivery of its new channel carries one of its changes.
	Settle(ctx context.Context, s ...Settlement) error
	// Incidents returns the incidents that have not ended, by key.
	Incidents(ctx context.Context) ([]roster.Incident, error)
	// Enqueue adds deliveries and incidents that no publication causes, such as
	// notices to the operator, all or nothing, and durably. The store numbers the
	// deliveries, which come with Seq 0. Incidents are as in a Batch.
	Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error
}

// Reader reads what is and was known. Each method sees one consistent state.
type Reader interface {
	// Revision returns how many batches were committed, which nothing else changes: what
	// was read at a revision holds as long as that is the revision. The cost does not
	// depend on how much is stored.
	Revision(ctx context.Context) (uint64, error)
	// Known returns everything that a new publication is compared with. The caller
	// owns the result.
	Known(ctx context.Context) (roster.Snapshot, error)
	// Changes returns the changes that match the query.
	Changes(ctx context.Context, q ChangeQuery) ([]roster.Change, error)
	// Change returns one change, or ErrNotFound.
	Change(ctx context.Context, id string) (roster.Change, error)
	// Publications returns every publication, in the order of their numbers.
	Publications(ctx context.Context) ([]roster.Publication, error)
	// Publication returns one publication, or ErrNotFound.
	Publication(ctx context.Context, seq uint64) (roster.Publication, error)
	// Body returns the bytes with this hash, or ErrNotFound. Those of a publication
	// with KeptAs are stored only if another publication has them, too.
	Body(ctx context.Context, sha256 string) ([]byte, error)
	// Roster returns what a publication says, or ErrNotFound. For one with KeptAs the
	// rows may be in another order.
	Roster(ctx context.Context, seq uint64) (roster.Roster, error)
	// Holds returns all holds there ever were, the newest first.
	Holds(ctx context.Context) ([]roster.Hold, error)
	// Polls returns the last n polls, the newest first.
	Polls(ctx context.Context, n int) ([]roster.Poll, error)
	// Reading returns until when ICE's page was read, by all polls there ever were,
	// stored or not.
	Reading(ctx context.Context) (roster.Reading, error)
	// BegunPoll returns when a poll began that has not ended, or was cut off; zero where
	// the last one ended.
	BegunPoll(ctx context.Context) (time.Time, error)
	// Validators returns what is known of the URLs that were fetched, by URL.
	Validators(ctx context.Context) ([]roster.Validator, error)
	// Addresses returns what is known of all addresses at which documents are or were, by
	// URL.
	Addresses(ctx context.Context) ([]roster.DocumentAddress, error)
	// Documents returns what all documents say that were ever had, by SHA256.
	Documents(ctx context.Context) ([]roster.Document, error)
	// PageTexts returns all that ICE's page ever said, the oldest first.
	PageTexts(ctx context.Context) ([]roster.PageText, error)
}

// Store is a backend.
type Store interface {
	Reader
	Outbox
	// Commit writes a batch, all or nothing, and durably.
	Commit(ctx context.Context, b Batch) error
	// BeginPoll notes that a poll begins, durably, before ICE is asked for anything: it
	// counts even if its process is killed. A Batch with a poll that began no earlier ends
	// it, and so does the zero time, for one that came to nothing. It changes neither
	// the revision nor the numbers that a Batch follows.
	BeginPoll(ctx context.Context, at time.Time) error
	// Decide stores a decision about a hold in place of the one before it, durably. The
	// error is ErrConflict unless its Serial follows that one's; the first one has 1.
	Decide(ctx context.Context, d roster.Decision) error
	// Decisions returns the latest decision about each hold that has one, by hold.
	Decisions(ctx context.Context) ([]roster.Decision, error)
	// Secret returns 32 random bytes, which the store makes at the first call with this
	// name and never changes again. They belong to a backup and to a copy. CheckSecretName
	// says which names there can be. A store that cannot be written to returns ErrNotFound
	// for one that was not made yet.
	Secret(ctx context.Context, name string) ([]byte, error)
	// Backup writes a copy of the whole store as of one moment, while the store stays
	// in use. The copy is a store in one file, as store/bolt opens it.
	Backup(ctx context.Context, w io.Writer) error
	// Close waits for what is under way and closes the store.
	Close() error
}
