// Package notify sends people what changed: its planner decides which changes a
// channel gets and when, and its sender sends them until they have arrived. Each
// kind of channel has files of its own; what they share is in the others.
package notify

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Channel sends messages to one place.
type Channel interface {
	// Send sends the message, without the parts of which m.Delivery has receipts. Where
	// that names parts that were left, these alone are sent.
	// done is called for each further part once it has arrived, with the service's
	// name for it, so that a try that is cut short repeats no part. An error is
	// temporary, unless it is or wraps a *Failure that says otherwise; it never
	// shows a secret or a webhook's URL. Send is never called twice at a time.
	Send(ctx context.Context, m Message, done func(part, answer string)) error
}

// Message is a delivery with all that goes into it.
type Message struct {
	Delivery roster.Delivery
	Changes  []roster.Change // in order; none for a notice
	// Corrects are the answers of the service to the messages that changes of
	// this one correct, by the correcting change's id.
	Corrects map[string]string
	// Only is what the channel wants, for links to all that it is about.
	Only roster.Filter
	// Language is what the message is written in; English where it is "".
	Language prose.Language
	// Held are the parts that have to wait for an earlier message.
	Held []string
	// Test marks a message that "notify test" sends.
	Test bool
}

// language is what the message is written in.
func (m Message) language() prose.Language { return cmp.Or(m.Language, prose.English) }

// Failure is why a message was not sent.
type Failure struct {
	Err error
	// Permanent says that trying again is useless: the message is given up. With
	// Channel it is the channel that is of no use, such as one whose token was revoked;
	// then its messages wait, and are tried again in case it is mended.
	Permanent, Channel bool
	// Left are the parts that the service does not take although it took others, now or
	// before. Without Permanent some of them are tried again.
	Left []roster.Leftover
	// RetryAfter is how long the service asked us to wait; 0 where it did not.
	RetryAfter time.Duration
}

// Error is the reason, without secrets.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap is for errors.Is and errors.As.
func (f *Failure) Unwrap() error { return f.Err }

// permanent makes a failure of a message that is not tried again.
func permanent(format string, args ...any) error {
	return &Failure{Err: fmt.Errorf(format, args...), Permanent: true}
}

// Deps are what channels depend on.
type Deps struct {
	Client  *http.Client     // for services of our own choice; webhooks make their own
	Now     func() time.Time // the clock
	Links   Links
	Version string
	// SlackPace is the pause between two messages to a channel of Slack; 0 is the
	// second that Slack asks for.
	SlackPace time.Duration
}
