// Package outage knows what is wrong with channels, and what the operator is to be
// told of it and when. It is pure: what it knows is handed to it, and what it returns
// is stored by the sender, so that a sender that starts anew, on whichever machine,
// goes on from there.
package outage

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// keyPrefix begins the keys of the incidents of channels, and retryPrefix those of the
// operator's orders to try one again.
const (
	keyPrefix   = "channel-"
	retryPrefix = "retry-"
)

const (
	// GiveUp is how long a message waits for a channel that takes nothing.
	GiveUp = 72 * time.Hour
	// apart is how long each message is tried itself, so that a clock that was set, or
	// a machine that slept, does not have all of them given up at once.
	apart = time.Hour
	// row is how many messages in a row are given up for what they are. The next is
	// taken for a sign that the channel refuses all of them, and waits.
	row = 2
	// others is how long an outage lasts whose end has the other channels tried.
	others = 10 * time.Minute
	// mostRefused is how many refused recipients of a channel are remembered.
	mostRefused = 1000
)

// Channel is what is wrong with one channel.
type Channel struct {
	roster.ChannelTrouble
	name    string
	since   time.Time             // of the incident, where it is no outage
	retried bool                  // the operator had it tried again, which is to be noted
	stored  roster.ChannelTrouble // as it was found
	order   roster.Incident       // to try it again, which Reported says is the operator's; no Key: none
}

// Of finds what is wrong with a channel among the open incidents.
func Of(incidents []roster.Incident, name string) Channel {
	c := Channel{name: name}
	for _, i := range incidents {
		switch i.Key {
		case keyPrefix + name:
			c.ChannelTrouble, c.stored, c.since = known(i), known(i), i.Since
		case retryPrefix + name:
			c.order = i
		}
	}
	return c
}

// known is an incident's trouble. One of an earlier version is that of a channel whose
// outage was reported when it had lasted for an hour.
func known(i roster.Incident) roster.ChannelTrouble {
	if i.Channel == nil {
		return roster.ChannelTrouble{Down: i.Since, Told: 1, ToldAt: i.Since}
	}
	t := *i.Channel
	t.Refused = slices.Clone(t.Refused)
	return t
}

// None says that nothing is wrong, and that nothing has to be remembered.
func (c Channel) None() bool {
	return c.Down.IsZero() && c.Row == 0 && c.Dead == 0 && len(c.Refused) == 0 && c.EndedAt.IsZero() && c.DeadToldAt.IsZero()
}

// Incidents are what of it is to be stored; none where nothing has changed.
func (c Channel) Incidents() []roster.Incident {
	var changed []roster.Incident
	if !reflect.DeepEqual(c.ChannelTrouble, c.stored) {
		t := c.ChannelTrouble
		changed = append(changed, roster.Incident{Key: keyPrefix + c.name, Since: cmp.Or(t.Down, c.since), Reported: t.Told > 0, Ended: c.None(), Channel: &t})
	}
	if c.retried {
		changed = append(changed, roster.Incident{Key: retryPrefix + c.name, Ended: true})
	}
	return changed
}

// Retry is the operator's order to try a channel now. Its messages wait anew from then
// on.
func Retry(name string, now time.Time) roster.Incident {
	return roster.Incident{Key: retryPrefix + name, Since: now, Reported: true}
}

// RetryNow says whether there is an order to try the channel again.
func (c Channel) RetryNow() bool { return c.order.Key != "" }

// Tried notes that a try was made, as may have been ordered.
func (c *Channel) Tried(at time.Time) {
	c.retried, c.since = c.RetryNow(), cmp.Or(c.since, at)
	if c.order.Reported && !c.Down.IsZero() {
		c.Retried = at
	}
	c.clamp(at)
}

// TryOthers orders to try the other channels that fail, once this one works again after
// a while: it may have been the network. Those whose services want to be left alone are.
func (c Channel) TryOthers(incidents []roster.Incident, now time.Time) []roster.Incident {
	if c.Up.IsZero() || !c.stored.Up.IsZero() || c.Up.Sub(c.Down) < others {
		return nil
	}
	var orders []roster.Incident
	for _, name := range Failing(incidents) {
		if other := Of(incidents, name); name != c.name && !other.RetryNow() && !other.NotBefore.After(now) {
			orders = append(orders, roster.Incident{Key: retryPrefix + name, Since: now})
		}
	}
	return orders
}

// Failing are the names of the channels to which nothing gets through.
func Failing(incidents []roster.Incident) []string {
	var names []string
	for _, i := range incidents {
		name, ok := strings.CutPrefix(i.Key, keyPrefix)
		if ok && known(i).Down.After(known(i).Up) {
			names = append(names, name)
		}
	}
	return names
}

// Deadline is when a delivery is given up that was not sent. A message that waited
// behind others counts as tried for as long as the channel took nothing.
func (c Channel) Deadline(d roster.Delivery) time.Time {
	if len(d.Left) > 0 || c.Down.IsZero() {
		return d.TriedAt.Add(GiveUp)
	}
	waits := latest(c.Down, c.Retried, d.DueAt)
	if d.TriedAt.Before(waits) && c.Retried.Before(d.TriedAt) {
		waits = d.TriedAt
	}
	return latest(waits.Add(GiveUp), d.TriedAt.Add(apart))
}

func latest(times ...time.Time) (last time.Time) {
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// RefusesAll says whether one more message that is refused for what it is means that
// the channel refuses all of them.
func (c Channel) RefusesAll() bool { return c.Row >= row }

// clamp takes back what was noted for later than now, before the clock was set.
func (c *Channel) clamp(now time.Time) {
	for _, t := range []*time.Time{&c.Down, &c.Up, &c.Retried, &c.Noted, &c.ToldAt, &c.DeadToldAt, &c.EndedAt} {
		if t.After(now) {
			*t = now
		}
	}
}

// Result is how a try ended that failed.
type Result struct {
	Permanent bool // as the sender's Failure has it
	Whole     bool // it is the channel that fails, and not the message
	Others    bool // the service took all but some parts, now or before

	RetryAfter time.Duration // as the service asked
}

// Judge notes what a try of a delivery means for the channel.
func (c *Channel) Judge(before, d roster.Delivery, r Result, now time.Time) {
	rest := len(before.Left) > 0 // of a message that was sent to others
	dead := d.State == roster.DeliveryDead
	switch {
	case d.State == roster.DeliverySent, r.Others && !rest:
		c.worked(now)
	case r.Others:
	case dead && r.Permanent && !r.Whole:
		c.gaveUp(d)
	default:
		c.failed(now, d.LastError, r.Permanent)
		c.NotBefore = time.Time{}
		if r.RetryAfter > 0 {
			c.NotBefore = now.Add(r.RetryAfter)
		}
		if dead && !rest {
			c.GivenUp++
		}
	}
	c.accept(d.Receipts)
	for _, l := range d.Left {
		if (dead || l.Refused) && c.refused(l.Part) < 0 && len(c.Refused) < mostRefused {
			c.Refused = append(c.Refused, roster.RefusedPart{Part: l.Part, Answer: l.Answer})
			c.Noted = cmp.Or(c.Noted, now)
		}
	}
	if c.Dead > 0 {
		c.Noted = cmp.Or(c.Noted, now)
	}
}

// failed notes that nothing gets through. whole says that the service calls the channel
// of no use.
func (c *Channel) failed(at time.Time, reason string, whole bool) {
	if c.Down.IsZero() {
		c.Down, c.Sent, c.GivenUp, c.Told, c.ToldAt = at, 0, 0, 0, time.Time{}
	}
	c.Up, c.Whole, c.Error = time.Time{}, whole, reason
}

// worked notes that a message got through, or most of it.
func (c *Channel) worked(at time.Time) {
	c.Row = 0
	if c.Down.IsZero() {
		return
	}
	c.Sent++
	if c.Up.IsZero() {
		c.Up = at
	}
}

// gaveUp notes that a message was given up for what it is.
func (c *Channel) gaveUp(d roster.Delivery) {
	c.Row++
	if d.Notice != nil {
		return // one about it could be given up, too, and so on forever
	}
	c.Dead++
	c.DeadID, c.DeadError = d.ID, d.LastError
}

// accept notes which parts were sent, whatever was refused before.
func (c *Channel) accept(sent []roster.Receipt) {
	if len(c.Refused) == 0 {
		return
	}
	for _, r := range sent {
		if i := c.refused(r.Part); i >= 0 {
			c.Refused = slices.Delete(c.Refused, i, i+1)
		}
	}
}

func (c *Channel) refused(part string) int {
	return slices.IndexFunc(c.Refused, func(r roster.RefusedPart) bool { return r.Part == part })
}
