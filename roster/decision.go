package roster

import "time"

// DecisionState is how far a decision got.
type DecisionState string

// The states of a decision.
const (
	DecisionScheduled DecisionState = "scheduled" // it can be undone until it is due
	DecisionUndone    DecisionState = "undone"
	DecisionStarted   DecisionState = "started" // it is being carried out, and can no longer be undone
	DecisionDone      DecisionState = "done"    // it was carried out
	DecisionFailed    DecisionState = "failed"  // it could not be carried out, as Why says
)

// Decision is the latest that an operator decided about a hold from the page that a
// link opens. It is carried out a little later, so that it can be undone.
type Decision struct {
	Hold   string `json:"hold"`   // id
	Serial uint64 `json:"serial"` // from 1; it grows with each step, and says whether another came between
	// Publication is the SHA-256 of the held list that was decided about.
	Publication string        `json:"publication"`
	Verdict     HoldState     `json:"verdict"` // HoldApproved or HoldRejected
	State       DecisionState `json:"state"`
	At          time.Time     `json:"at"`                // when it was decided
	DueAt       time.Time     `json:"due_at"`            // when it is carried out
	EndedAt     time.Time     `json:"ended_at,omitzero"` // when it was undone, done or failed
	Why         string        `json:"why,omitempty"`     // a sentence, of one that failed
}

// Open says whether the decision is still to be carried out.
func (d Decision) Open() bool { return d.State == DecisionScheduled || d.State == DecisionStarted }
