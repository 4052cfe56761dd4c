package roster

import "time"

// CorrectionEvent is what a rebuild found of what was reported.
type CorrectionEvent string

// What corrections say.
const (
	CorrectionTakenBack  CorrectionEvent = "taken_back"  // it was wrong; Now is what is so instead, if anything
	CorrectionAltered    CorrectionEvent = "altered"     // it says something else now
	CorrectionFoundLater CorrectionEvent = "found_later" // it was missed, and so was not reported
	CorrectionStands     CorrectionEvent = "stands"      // it had been taken back, and was right
	CorrectionLonger     CorrectionEvent = "longer"      // the record begins earlier, with what had happened until then
)

// CorrectionReason is why a rebuild comes to something else.
type CorrectionReason string

// The reasons.
const (
	ReasonLists   CorrectionReason = "lists"   // past lists were added that the record did not have
	ReasonAliases CorrectionReason = "aliases" // the list of which spellings are one agency was mended
	ReasonRules   CorrectionReason = "rules"   // the rules that compare lists were mended
	ReasonReading CorrectionReason = "reading" // the rules or the list of spellings: it is not known which
)

// Correction says of something that was reported, or was not, what is so.
type Correction struct {
	Event CorrectionEvent    `json:"event"`
	Was   *Report            `json:"was"`   // what was reported; null where nothing was
	Now   *Report            `json:"now"`   // what the lists say; null where they say nothing of it
	Why   []CorrectionReason `json:"why"`   // at least one
	Kinds []Kind             `json:"kinds"` // of the changes that it is about
	// Place is the number that what this is about has, or would have had: who came later was
	// not told of it, and is not told of this. 0 is for nobody who signed up.
	Place uint64 `json:"place"`
	// From, Until and Added are for a record of a list that begins earlier: on which day it
	// begins and began, and how many changes there are from before that. Until is "" where it
	// had no such list.
	From  Date `json:"from,omitempty"`
	Until Date `json:"until,omitempty"`
	Added int  `json:"added,omitempty"`
}

// Reported is the id of the change by which what this one corrects was told: "" where it
// corrects nothing, or what no id names.
func (c Change) Reported() string {
	if c.Correction != nil && c.Correction.Was != nil {
		return c.Correction.Was.ID
	}
	return c.Corrects
}

// Report is a change as a correction quotes it.
type Report struct {
	ID     string            `json:"id"`
	Kind   Kind              `json:"kind"`
	At     time.Time         `json:"at"`     // when it was found, or would have been
	Titles map[string]string `json:"titles"` // by language, without the state
	Texts  map[string]string `json:"texts"`  // likewise, in full
}
