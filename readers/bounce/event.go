// Package bounce reads what becomes of mails to readers: from a mailbox, from Amazon SES,
// and from an endpoint for all other services. Who can get no mail, or wants none, is
// suppressed, and where too much comes back, a breaker stops the mailings.
package bounce

import (
	"context"
	"time"
)

// Event is what is reported of one mail by somebody whom we believe about it: a service
// that proved who it is, or a mail that carries a token of ours.
type Event struct {
	Kind   Kind
	Status string    // as "5.1.1"; "" where none is known
	Tokens []string  // what may be the return token of the mail, of which the first that is one counts
	Only   bool      // counts only if a token does; else the address is believed
	To     string    // the address that the mail went to; "" where only the token says it
	At     time.Time // when it happened, as it is reported
	SentAt time.Time // when the mail was sent, if no token says it; zero: as At
	ID     string    // names the event for who reports it, to tell one that comes twice; "": the token does
}

// Taker takes events. An error means that the store failed, and that the event has to be
// reported again.
type Taker interface {
	Take(ctx context.Context, e Event) error
}
