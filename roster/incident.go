package roster

import "time"

// Incident is a problem that lasts. It is reported once, and once more when it is
// over.
type Incident struct {
	Key      string    `json:"key"` // "source", "silent", "absent-pending", "channel-NAME", "retry-NAME", "model-NAME", "gone-NAME" of a channel, "config-HASH", "backup"
	Since    time.Time `json:"since"`
	Reported bool      `json:"told,omitempty"`
	Ended    bool      `json:"ended,omitempty"`
	// Channel is what is wrong with a channel; nil but for "channel-NAME".
	Channel *ChannelTrouble `json:"channel,omitempty"`
}

// ChannelTrouble is what is wrong with a channel, and what the operator knows of it.
// It outlasts the outage by a day, so that a channel which fails again and again is
// not reported each time.
type ChannelTrouble struct {
	Down  time.Time `json:"down,omitzero"`   // since when nothing gets through; zero while it does
	Up    time.Time `json:"up,omitzero"`     // since when messages get through again; they are still catching up
	Whole bool      `json:"whole,omitempty"` // the service says that the channel is of no use: its token was revoked
	Error string    `json:"error,omitempty"` // of the last try, without secrets
	// Sent and GivenUp count the messages since Down.
	Sent    int `json:"sent,omitempty"`
	GivenUp int `json:"given_up,omitempty"`
	// Retried is when the operator had it tried again: messages wait anew from then on.
	Retried time.Time `json:"retried,omitzero"`
	// NotBefore is until when the service wants to be left alone.
	NotBefore time.Time `json:"not_before,omitzero"`

	// Messages that were given up for what they are, while others get through.
	Row       int    `json:"row,omitempty"`  // the last so many, one after the other
	Dead      int    `json:"dead,omitempty"` // not reported yet
	DeadID    string `json:"dead_id,omitempty"`
	DeadError string `json:"dead_error,omitempty"`
	// Noted is since when there is something to report of these, or of Refused.
	Noted time.Time `json:"noted,omitzero"`
	// Refused are the recipients that were refused for good, until they are accepted.
	Refused []RefusedPart `json:"refused,omitempty"`

	Told       int       `json:"times_told,omitempty"` // how often the outage was reported
	ToldAt     time.Time `json:"told_at,omitzero"`     // last
	DeadToldAt time.Time `json:"dead_told_at,omitzero"`
	EndedAt    time.Time `json:"ended_at,omitzero"` // of the last outage that was reported
	Again      int       `json:"again,omitempty"`   // outages that were reported since the last quiet day
}

// RefusedPart is a recipient that was refused for good.
type RefusedPart struct {
	Part   string `json:"part"`
	Answer string `json:"answer"`
	Told   bool   `json:"told,omitempty"` // the operator knows
}

// Failing says whether nothing gets through to a channel, and since when.
func (i Incident) Failing() (since time.Time, failing bool) {
	if i.Channel == nil || i.Channel.Down.IsZero() || !i.Channel.Up.IsZero() {
		return time.Time{}, false
	}
	return i.Channel.Down, true
}
