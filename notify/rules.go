package notify

import (
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Rule says which changes a channel wants, and when it gets them.
type Rule struct {
	Channel  string
	Operator bool          // it gets notices about the service, and no changes
	Only     roster.Filter // without kinds: those of roster.DefaultKinds
	Schedule Schedule
	Language prose.Language // what it is written in; English where it is ""
}

// Wants says whether a channel gets the change. in is needed for a rule by counties
// or places only.
func (r Rule) Wants(c roster.Change, in roster.InArea) bool {
	if r.Operator {
		return false
	}
	only := r.Only
	if len(only.Kinds) == 0 {
		only.Kinds = roster.DefaultKinds()
	}
	return only.Match(c, in)
}

// Cadence is how often a channel gets messages.
type Cadence string

// The cadences.
const (
	Instant Cadence = "instant" // one message for each poll
	Hourly  Cadence = "hourly"
	Daily   Cadence = "daily"
	Weekly  Cadence = "weekly"
)

// Schedule is when a channel gets messages. The zero value means at once.
type Schedule struct {
	Every        Cadence
	Weekday      time.Weekday // for Weekly
	Hour, Minute int          // for Daily and Weekly
	Zone         *time.Location
}

// instant says that the channel gets no digests.
func (s Schedule) instant() bool { return s.Every == Instant || s.Every == "" }

// Next is when a message about what happens at t is due: the first time of the
// schedule after t; t itself for an instant schedule.
func (s Schedule) Next(t time.Time) time.Time {
	switch s.Every {
	case Instant:
		return t
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
