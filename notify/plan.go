package notify

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Rule says which changes a channel wants, and when it is told.
type Rule struct {
	Channel  string
	Operator bool          // it gets notices about the service, and no changes
	Only     roster.Filter // no kinds: those of roster.Carried
	Schedule Schedule
}

// Wants says whether a channel gets the change.
func (r Rule) Wants(c roster.Change) bool {
	if r.Operator {
		return false
	}
	only := r.Only
	if len(only.Kinds) == 0 {
		only.Kinds = roster.DefaultKinds()
	}
	return only.Match(c)
}

// Cadence is how often a channel is told.
type Cadence string

// The cadences.
const (
	Instant Cadence = "instant" // one message a poll
	Hourly  Cadence = "hourly"
	Daily   Cadence = "daily"
	Weekly  Cadence = "weekly"
)

// Schedule is when a channel is told. The zero value is instantly.
type Schedule struct {
	Every        Cadence
	Weekday      time.Weekday // for Weekly
	Hour, Minute int          // for Daily and Weekly
	Zone         *time.Location
}

// Next is when that which happens at t is told: the first hour of the schedule
// after t.
func (s Schedule) Next(t time.Time) time.Time {
	switch s.Every {
	case Hourly:
		return t.Truncate(time.Hour).Add(time.Hour)
	case Daily, Weekly:
		local := t.In(s.Zone)
		for day := 0; ; day++ {
			at := time.Date(local.Year(), local.Month(), local.Day()+day, s.Hour, s.Minute, 0, 0, s.Zone)
			if at.After(t) && (s.Every == Daily || at.Weekday() == s.Weekday) {
				return at
			}
		}
	}
	return t
}

// closing is how long before its hour a digest takes in nothing more: the sender
// may have it in hand already.
const closing = time.Minute

// Plan makes the deliveries that changes cause: one a channel that wants any of
// them. open are the digests that still wait for their hour, by channel; a
// change joins the one of its channel.
func Plan(rules []Rule, changes []roster.Change, figures roster.Figures, now time.Time, open map[string]roster.Delivery) []roster.Delivery {
	var planned []roster.Delivery
	for _, r := range rules {
		var wanted []uint64
		var first string
		for _, c := range changes {
			if r.Wants(c) {
				if first == "" {
					first = c.ID
				}
				wanted = append(wanted, c.Seq)
			}
		}
		if len(wanted) == 0 {
			continue
		}
		if d, ok := open[r.Channel]; ok && d.DueAt.Sub(now) > closing && d.Attempts == 0 {
			d.Changes = append(slices.Clone(d.Changes), wanted...)
			d.Figures = figures
			planned = append(planned, d)
			continue
		}
		due := now
		if r.Schedule.Every != Instant && r.Schedule.Every != "" {
			due = r.Schedule.Next(now.Add(closing))
		}
		planned = append(planned, roster.Delivery{ID: deliveryID(r.Channel, first), Channel: r.Channel, Changes: wanted,
			Figures: figures, CreatedAt: now, DueAt: due, State: roster.DeliveryWaiting})
	}
	return planned
}

// PlanNotices makes the deliveries that carry notices to the operators'
// channels.
func PlanNotices(rules []Rule, notices []roster.Notice, now time.Time) []roster.Delivery {
	var planned []roster.Delivery
	for i, n := range notices {
		for _, r := range rules {
			if r.Operator {
				planned = append(planned, roster.Delivery{ID: deliveryID(r.Channel, fmt.Sprint(i, n.Kind, n.At.UnixNano(), n.Text)),
					Channel: r.Channel, Notice: &n, CreatedAt: now, DueAt: now, State: roster.DeliveryWaiting})
			}
		}
	}
	return planned
}

// deliveryID is made of what the delivery is, so that it is the same however
// often it is planned.
func deliveryID(channel, of string) string {
	sum := sha256.Sum256([]byte(channel + "\n" + of))
	return "dlv_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
}
