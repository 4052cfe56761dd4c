package outage

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// When the operator hears of what.
const (
	// untilWhole is how long a channel is of no use until that is reported: a website
	// that is being replaced answers 404 for a moment, too.
	untilWhole = 2 * time.Minute
	// together is how much earlier than due an outage is reported with others that are
	// due, and how soon after a report the next one is made.
	together = 10 * time.Minute
	// stable is how long messages get through until an outage is over although some
	// still wait.
	stable = 10 * time.Minute
	// quiet is how long an outage is remembered that was reported. One that begins
	// within that time is reported later than the one before.
	quiet = 24 * time.Hour
	// betweenDead is how long messages that were given up are gathered after the first.
	betweenDead = time.Hour
)

// untilReminder is how long after a report of an outage the next one comes: after a
// day, after three days, when the first messages are given up, and then every week.
func untilReminder(told int) time.Duration {
	switch told {
	case 1:
		return 24 * time.Hour
	case 2:
		return 48 * time.Hour
	}
	return 7 * 24 * time.Hour
}

// Report is what the operator is to be told now.
type Report struct {
	// Began, Lasting and Ended are outages, Dead and Refused what was given up while
	// others got through.
	Began, Lasting, Ended, Dead, Refused []Item
	Incidents                            []roster.Incident // to be stored with it
	Next                                 time.Time         // when there is more to tell; zero: not before something happens
}

// Item is what there is to tell of one channel.
type Item struct {
	Channel string
	Waiting int // messages that are due
	roster.ChannelTrouble
}

// Options are what a report goes by.
type Options struct {
	Now      time.Time
	Channels []string      // the configured ones; nothing is told of others
	Failing  time.Duration // how long a channel fails until that is reported
	// Gathering is how long other news waits for more of its kind.
	Gathering time.Duration
	// Waiting counts the messages that are due in a channel, of which there may be many;
	// Waits says whether there are any.
	Waiting func(channel string) (int, error)
	Waits   func(channel string) (bool, error)
}

// reporter makes a report.
type reporter struct {
	Options
	report Report
	// When an outage of any channel was last reported, and its end, and messages that
	// were given up.
	lately, latelyEnded, latelyDead time.Time
	// What came back first, or was noted first: once that has waited for others of its
	// kind, all of them are told.
	back, noted time.Time
}

// Make says what the operator is to be told of all channels, and how the incidents
// change with that. Outages that begin together are told together.
func Make(incidents []roster.Incident, o Options) (Report, error) {
	r := &reporter{Options: o}
	var all []Channel
	for _, i := range incidents {
		name, ok := strings.CutPrefix(i.Key, keyPrefix)
		if ok && slices.Contains(o.Channels, name) {
			c := Of(incidents, name)
			c.clamp(o.Now)
			r.lately, r.latelyEnded, r.latelyDead = latest(r.lately, c.ToldAt), latest(r.latelyEnded, c.EndedAt), latest(r.latelyDead, c.DeadToldAt)
			r.back, r.noted = earliest(r.back, c.Up), earliest(r.noted, c.Noted)
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b Channel) int { return strings.Compare(a.name, b.name) })
	gathered := r.due(all)
	for _, c := range all {
		if err := r.outage(&c, gathered); err != nil {
			return Report{}, err
		}
		r.dead(&c)
		r.refused(&c)
		if c.Dead == 0 && !slices.ContainsFunc(c.Refused, untold) {
			c.Noted = time.Time{}
		}
		r.forget(&c)
		r.report.Incidents = append(r.report.Incidents, c.Incidents()...)
	}
	return r.report, nil
}

// earliest is the first of two times that is known.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// tellAt is when an outage is due to be reported, or to be reported again.
func (r *reporter) tellAt(c Channel) time.Time {
	if c.Told > 0 {
		return c.ToldAt.Add(untilReminder(c.Told))
	}
	patience := r.Failing
	if c.Again > 0 {
		patience <<= min(c.Again-1, 5)
	} else if c.Whole {
		patience = min(untilWhole, r.Failing)
	}
	return c.Down.Add(patience)
}

// due says whether outages are reported now. Otherwise it is later.
func (r *reporter) due(all []Channel) bool {
	var first time.Time
	for _, c := range all {
		if c.Down.IsZero() || !c.Up.IsZero() {
			continue
		}
		if at := r.tellAt(c); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.IsZero() {
		return false
	}
	if first = latest(first, r.lately.Add(together)); first.After(r.Now) {
		r.later(first)
		return false
	}
	return true
}

// later notes when there is more to tell.
func (r *reporter) later(at time.Time) {
	if r.report.Next.IsZero() || at.Before(r.report.Next) {
		r.report.Next = at
	}
}

// outage tells of an outage that began, lasts or ended.
func (r *reporter) outage(c *Channel, gathered bool) error {
	switch {
	case c.Down.IsZero():
		return nil
	case !c.Up.IsZero():
		return r.up(c)
	case !gathered:
		return nil
	}
	if at := r.tellAt(*c); at.After(r.Now.Add(together)) {
		r.later(at)
		return nil
	}
	waiting, err := r.Waiting(c.name)
	if err != nil {
		return err
	}
	list := &r.report.Began
	if c.Told > 0 {
		list = &r.report.Lasting
	}
	c.Told++
	c.ToldAt = r.Now
	*list = append(*list, Item{c.name, waiting, c.ChannelTrouble})
	r.later(r.tellAt(*c))
	return nil
}

// up ends an outage once nothing waits, or messages have got through for a while.
func (r *reporter) up(c *Channel) error {
	if at := r.back.Add(r.Gathering); at.After(r.Now) {
		r.later(at)
		return nil
	}
	if at := c.Up.Add(stable); at.After(r.Now) { // it may be asked after each message that is sent
		if waits, err := r.Waits(c.name); err != nil || waits {
			r.later(at)
			return err
		}
	}
	if at := r.latelyEnded.Add(together); c.Told > 0 && at.After(r.Now) {
		r.later(at)
		return nil
	}
	if c.Told > 0 {
		waiting, err := r.Waiting(c.name)
		if err != nil {
			return err
		}
		r.report.Ended = append(r.report.Ended, Item{c.name, waiting, c.ChannelTrouble})
		c.EndedAt = r.Now
		c.Again++
	}
	c.Down, c.Up, c.Whole, c.Error, c.Sent, c.GivenUp, c.Retried, c.NotBefore, c.Told, c.ToldAt = time.Time{}, time.Time{}, false, "", 0, 0, time.Time{}, time.Time{}, 0, time.Time{}
	return nil
}

// dead tells of messages that were given up, the first at once and the others together.
func (r *reporter) dead(c *Channel) {
	if c.Dead == 0 {
		return
	}
	if at := latest(c.DeadToldAt.Add(betweenDead), r.latelyDead.Add(together), r.noted.Add(r.Gathering)); at.After(r.Now) {
		r.later(at)
		return
	}
	r.report.Dead = append(r.report.Dead, Item{Channel: c.name, ChannelTrouble: c.ChannelTrouble})
	c.Dead, c.DeadID, c.DeadError, c.DeadToldAt = 0, "", "", r.Now
}

// refused tells of recipients that are refused, once.
func (r *reporter) refused(c *Channel) {
	if !slices.ContainsFunc(c.Refused, untold) {
		return
	}
	if at := r.noted.Add(r.Gathering); at.After(r.Now) {
		r.later(at)
		return
	}
	item := Item{Channel: c.name}
	for i, p := range c.Refused {
		if untold(p) {
			item.Refused = append(item.Refused, p)
			c.Refused[i].Told = true
		}
	}
	r.report.Refused = append(r.report.Refused, item)
}

func untold(p roster.RefusedPart) bool { return !p.Told }

// forget drops what has been quiet for long enough.
func (r *reporter) forget(c *Channel) {
	if at := c.DeadToldAt.Add(betweenDead); !c.DeadToldAt.IsZero() && c.Dead == 0 {
		if at.After(r.Now) {
			r.later(at)
		} else {
			c.DeadToldAt = time.Time{}
		}
	}
	if at := c.EndedAt.Add(quiet); !c.EndedAt.IsZero() && c.Down.IsZero() {
		if at.After(r.Now) {
			r.later(at)
		} else {
			c.EndedAt, c.Again = time.Time{}, 0
		}
	}
}
