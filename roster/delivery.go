package roster

import "time"

// DeliveryState is how far a delivery got.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting DeliveryState = "waiting" // to be sent, or sent again
	DeliverySent    DeliveryState = "sent"
	DeliveryDead    DeliveryState = "dead"    // given up; "deliveries retry" sends it again
	DeliveryDropped DeliveryState = "dropped" // the operator wants it no more; it is never sent
)

// Delivery is one message to one channel. It is committed together with the changes
// that cause it, and everything that is sent later is read from it.
type Delivery struct {
	ID      string   `json:"id"`  // the same in all tries
	Seq     uint64   `json:"seq"` // from 1, without gaps; a channel's deliveries are sent in this order
	Channel string   `json:"channel"`
	Changes []uint64 `json:"changes,omitempty"` // Seq of the changes that it carries, ascending
	Notice  *Notice  `json:"notice,omitempty"`  // what it carries instead, on an operators' channel
	Figures Figures  `json:"figures"`           // as they were after the last of the changes

	CreatedAt time.Time     `json:"created_at"`
	DueAt     time.Time     `json:"due_at"` // not to be sent before: a digest's hour
	State     DeliveryState `json:"state"`
	Attempts  int           `json:"attempts,omitempty"`
	TriedAt   time.Time     `json:"tried_at,omitzero"` // first
	NextAt    time.Time     `json:"next_at,omitzero"`  // not to be tried again before
	EndedAt   time.Time     `json:"ended_at,omitzero"` // when it was sent, given up or dropped
	LastError string        `json:"last_error,omitempty"`
	// Receipts are the parts that were sent, with the service's response: the
	// recipients of a mail, the parts of a long message. They are not sent again.
	Receipts []Receipt `json:"receipts,omitempty"`
	// Left are the parts that the service does not take although it took others:
	// recipients that a mail server refuses. They alone are tried again, by
	// themselves or by "deliveries retry", and do not keep later deliveries waiting.
	Left []Leftover `json:"left,omitempty"`
}

// Receipt is a part of a delivery that was sent.
type Receipt struct {
	Part   string `json:"part"`
	Answer string `json:"answer,omitempty"` // the service's name for the message, for replies to it
}

// ReadyAt is when a waiting delivery is to be tried.
func (d Delivery) ReadyAt() time.Time {
	if d.NextAt.After(d.DueAt) {
		return d.NextAt
	}
	return d.DueAt
}

// Leftover is a part of a delivery that the service does not take.
type Leftover struct {
	Part    string `json:"part"`
	Answer  string `json:"answer"`            // why not
	Refused bool   `json:"refused,omitempty"` // for good; otherwise it is put off
}

// Done says whether a part was sent.
func (d Delivery) Done(part string) bool {
	for _, r := range d.Receipts {
		if r.Part == part {
			return true
		}
	}
	return false
}

// Figures are the counts that a message quotes.
type Figures struct {
	Active  int           `json:"active_agreements"`
	States  int           `json:"states"` // with an active agreement, territories included
	Pending int           `json:"pending"`
	ByState map[State]int `json:"active_by_state,omitempty"`
}

// Notice is news about the service itself, for its operator.
type Notice struct {
	Kind string    `json:"kind"` // source-failing, source-recovered, held, hold-ended, list-absent, list-back, silent, channel-failing, channel-recovered, delivery-dead, recipient-refused, store-failing, store-recovered, unknown-model, channel-gone, config-refused, backup-failing, backup-recovered
	At   time.Time `json:"at"`
	Text string    `json:"text"` // a sentence or two that say what to do next
	// Publication is the evidence for it, of which List and SHA256 are set; nil for none.
	Publication *Evidence `json:"publication,omitempty"`
	Hold        string    `json:"hold,omitempty"` // id of the open hold that it is about
}

// CycleEvent is what led to a commit, for whoever plans the messages about it.
type CycleEvent struct {
	At      time.Time
	Poll    *Poll // nil where the operator decided about a hold, without a poll
	Failed  bool  // the poll
	Changes []Change
	Holds   []Hold // opened, extended or ended
	Figures Figures
	InForce map[List]Publication
	// LastPublished is when ICE last published a list, even one that is held or was
	// rejected; zero in an empty store.
	LastPublished time.Time
}

// Notifications are what is sent because of a commit.
type Notifications struct {
	Deliveries []Delivery
	Incidents  []Incident // new or changed
}
