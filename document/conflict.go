package document

import "github.com/watch287g/watch287g/roster"

// What a document can contradict its row about.
const (
	ConflictAgency = "agency"
	ConflictModel  = "model"
	ConflictDate   = "date"
)

// Conflict is one thing that a document says otherwise than the row of ICE's list that links
// it. What is blank on either side contradicts nothing.
type Conflict struct {
	SHA256    string           `json:"sha256"`
	URL       string           `json:"url"`
	Agreement roster.Agreement `json:"agreement"`
	What      string           `json:"what"`     // ConflictAgency, ConflictModel or ConflictDate
	Row       string           `json:"row"`      // as the row has it: a name, a Model or a Date
	Document  string           `json:"document"` // as the document has it, likewise
	Page      int              `json:"page"`     // where the document says so, from 1
}
