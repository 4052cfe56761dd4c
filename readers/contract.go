package readers

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/store"
)

// Errors that a backend wraps with what was being done. Those of opening are those of
// package store.
var (
	ErrNotFound = store.ErrNotFound
	ErrConflict = store.ErrConflict // somebody else changed the same meanwhile
	// ErrInvalid means that something cannot be kept, whatever is kept already. The
	// text behind it can be shown to whoever sent it.
	ErrInvalid = errors.New("this cannot be kept")
)

// People keeps readers, requests, suppressions and limits. Each call is done whole or
// not at all, and durably. Times are kept in UTC, by the second.
type People interface {
	// Ask keeps a request, together with the letter that asks for its confirmation
	// (LetterConfirm), unless the address is suppressed: then there is no letter, and
	// all else is the same. An address has at most MostRequests open requests: the
	// oldest one goes, with its letter. The error is an ErrInvalid where CheckWish or
	// ParseAddress would refuse it.
	Ask(ctx context.Context, r Request) error
	// Request returns a request that is still kept, or ErrNotFound.
	Request(ctx context.Context, id ID) (Request, error)
	// RequestsOf returns the requests that are kept of an address, in whatever case, the
	// oldest first.
	RequestsOf(ctx context.Context, address string) ([]Request, error)
	// Try counts a try at the code of a request, before the code is compared, and
	// returns the request with it counted, or ErrNotFound.
	Try(ctx context.Context, id ID) (Request, error)
	// Withdraw deletes a request with its letter, as whoever gets a mail that they did
	// not ask for can do. The error is ErrNotFound where there is none.
	Withdraw(ctx context.Context, id ID) error
	// Confirm makes a reader of a request, with its ID, or adds what it wishes to the
	// reader who has the address (Reader.Join), and deletes the request. since is the
	// number of the last change. The error is ErrNotFound where there is no such
	// request, it is no longer open, or the address is suppressed. Of two calls at
	// once, one gets ErrNotFound.
	Confirm(ctx context.Context, id ID, at time.Time, since uint64) (Reader, error)

	// Reader returns a reader, or ErrNotFound.
	Reader(ctx context.Context, id ID) (Reader, error)
	// ReaderOf returns the reader who has an address, in whatever case, or ErrNotFound.
	ReaderOf(ctx context.Context, address string) (Reader, error)
	// ReadersAt returns those of these numbers that still are, by number.
	ReadersAt(ctx context.Context, seqs []uint64) ([]Reader, error)
	// Readers returns up to limit readers with greater numbers, by number.
	Readers(ctx context.Context, after uint64, limit int) ([]Reader, error)
	// Update changes a reader. change may be called several times, and must do nothing
	// but change what it is given; its error is returned as it is, and nothing is
	// changed then. ID, Seq, Address and SignedUpAt stay, whatever it does. Who leaves
	// by it gets a letter (LetterLeft). The error is an ErrInvalid where CheckWish
	// refuses what the reader is by then.
	Update(ctx context.Context, id ID, change func(*Reader) error) (Reader, error)
	// Prove has a letter (LetterOwn) written to a reader, whose link proves that who asks
	// reads the reader's mail. The error is ErrNotFound where there is no reader.
	Prove(ctx context.Context, id ID, at time.Time) error
	// Erase deletes a reader with everything that names it or its address: requests
	// and letters, too. When it returns, no file of the store holds the address (in
	// PostgreSQL, no row does). The error is ErrNotFound where there is none.
	Erase(ctx context.Context, id ID) error

	// Suppress has an address get nothing anymore; an active reader who has it is in
	// StateSuppressed then. The key of s is set. What was there of the address before
	// is replaced, unless that was a complaint or the operator's.
	Suppress(ctx context.Context, address string, s Suppression) error
	// Suppressed returns which of some addresses are suppressed.
	Suppressed(ctx context.Context, addresses ...string) (map[string]Suppression, error)
	// Suppressions returns up to limit suppressions with greater keys, by key.
	Suppressions(ctx context.Context, after string, limit int) ([]Suppression, error)
	// Unsuppress takes back the suppression with a key; a reader with that address who
	// is still kept is active again. The error is ErrNotFound where there is none.
	Unsuppress(ctx context.Context, key string) error

	// Take counts one use against each of some limits, or against none where one is
	// used up, whose Name it returns.
	Take(ctx context.Context, limits []Limit, at time.Time) (refused string, err error)
	// Keep changes a small value, which Sweep drops once until has come. old is nil
	// where there is none; a nil result takes it away. change may be called several
	// times, and its error is returned as it is; nothing is changed then. The key is not
	// that of a limit, and names nobody.
	Keep(ctx context.Context, key string, until time.Time, change func(old []byte) ([]byte, error)) error
	// Sweep deletes what is over: requests after RequestLife, limits, readers UndoLife
	// after they left. It ends pauses whose time has come; last is the number of the
	// last change. It does a bounded amount of work: Swept.More says that there is more.
	Sweep(ctx context.Context, at time.Time, last uint64) (Swept, error)
	// SweptAt is when the last sweep began that left nothing over; zero for never.
	SweptAt(ctx context.Context) (time.Time, error)
	// Stats counts.
	Stats(ctx context.Context) (Stats, error)
	// Secret returns 32 random bytes, made at the first call with a name.
	Secret(ctx context.Context, name string) ([]byte, error)
}

// Reason is why an address is suppressed.
type Reason string

// The reasons.
const (
	ReasonHard      Reason = "hard bounce"
	ReasonSoft      Reason = "soft bounces" // too many in a row
	ReasonComplaint Reason = "complaint"
	ReasonOperator  Reason = "operator"
)

// Reasons returns every reason.
func Reasons() []Reason {
	return []Reason{ReasonHard, ReasonSoft, ReasonComplaint, ReasonOperator}
}

// Suppression says that an address gets nothing anymore, without naming it. It outlives
// the reader.
type Suppression struct {
	Key    string    `json:"key"` // SuppressionKey of the address
	Reason Reason    `json:"reason"`
	At     time.Time `json:"at"`
	Detail string    `json:"detail,omitempty"` // what the other side said, in at most 200 bytes; words with an @ are left out
	Seq    uint64    `json:"seq,omitempty"`    // of the reader who was active until then; set by the store
}

// Limit is how often something may be done within a time, which begins with the first
// time that it is done.
type Limit struct {
	Name   string // says which limit it is, as in metrics: "network"
	Key    string // LimitKey of what is counted
	Most   int
	Within time.Duration // at most LimitLife
}

// Swept counts what a sweep has done.
type Swept struct {
	Requests, Limits, Erased, Resumed int
	More                              bool
}

// Count is how many readers are alike.
type Count struct {
	State    State          `json:"state"`
	Language prose.Language `json:"language"`
	Cadence  notify.Cadence `json:"cadence"`
	Readers  int            `json:"readers"`
}

// Stats counts what is kept, without addresses.
type Stats struct {
	Readers    []Count        `json:"readers"` // sorted, none of 0
	Requests   int            `json:"requests"`
	Suppressed map[Reason]int `json:"suppressed"`
	Letters    int            `json:"letters"` // that wait
	Batches    int            `json:"batches"` // that wait
	// Oldest is when what waits longest was planned or asked for; zero where nothing does.
	Oldest time.Time `json:"oldest,omitzero"`
}

// LetterKind is what a letter is about.
type LetterKind string

// The kinds of letters.
const (
	LetterConfirm LetterKind = "confirm" // asks to confirm a request
	LetterLeft    LetterKind = "left"    // says that the reader has left, and how to undo it
	LetterOwn     LetterKind = "own"     // has the link to take a copy, and to erase
)

// Letter is one mail outside of mailings.
type Letter struct {
	Seq  uint64     `json:"seq"`
	Kind LetterKind `json:"kind"`
	Of   ID         `json:"of"` // the request or the reader, which has the address
	At   time.Time  `json:"at"`
	// Due is when it is sent again; zero: at once. Tries is how often it was.
	Due   time.Time `json:"due,omitzero"`
	Tries int       `json:"tries,omitempty"`
}

// Follower is a reader as a mailing is planned for.
type Follower struct {
	Seq   uint64
	Keys  []string // of those that were asked for
	Wish  Wish     // without Follows
	Since uint64
	Was   notify.Cadence
}

// Item is one thing that a store of readers holds, as it is exported: secrets first.
type Item struct {
	Part  string          `json:"part"`
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// Store is a backend.
type Store interface {
	People
	Mailings
	// Dump tells everything that is kept, as of one moment, item by item.
	Dump(ctx context.Context) iter.Seq2[Item, error]
	// Load fills an empty store with what another one has told, all or nothing, fast.
	// The error is store.ErrNotEmpty where there is a reader, a request or a
	// suppression already.
	Load(ctx context.Context, items iter.Seq2[Item, error]) (int, error)
	// Close waits for what is under way and closes the store.
	Close() error
}
