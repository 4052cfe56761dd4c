package roster

import (
	"slices"
	"time"
)

// Kind is what happened to an agreement.
type Kind string

// The kinds of change, as docs/design.md defines them.
const (
	KindNew       Kind = "new"
	KindPending   Kind = "pending"
	KindRemoved   Kind = "removed"
	KindWithdrawn Kind = "withdrawn"
	KindRestored  Kind = "restored"
	KindAmended   Kind = "amended"
	KindDetail    Kind = "detail"
	KindDocument  Kind = "document"
	KindMilestone Kind = "milestone"
	KindPage      Kind = "page" // of ICE's page; it concerns no agreement
	// KindCorrection is of what was reported, by a rebuild. A filter selects it by the kinds
	// of what it corrects.
	KindCorrection Kind = "correction"
)

// Kinds returns every kind of change.
func Kinds() []Kind {
	return []Kind{KindNew, KindPending, KindRemoved, KindWithdrawn, KindRestored, KindAmended, KindDetail, KindDocument, KindMilestone, KindPage, KindCorrection}
}

// DefaultKinds returns the kinds that a filter without kinds stands for: all but
// changed details, documents and words of ICE's page, and so the corrections of those.
func DefaultKinds() []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool {
		return k == KindDetail || k == KindDocument || k == KindPage || k == KindCorrection
	})
}

// OfAgreement says whether a change of the kind is what happened to one agreement: all but
// those that are about several, about ICE's page, or about what was reported.
func (k Kind) OfAgreement() bool { return k != KindMilestone && k != KindPage && k != KindCorrection }

// Amendable says whether a change of the kind says how an agreement is listed, which
// a later amendment of it corrects.
func (k Kind) Amendable() bool {
	switch k {
	case KindNew, KindPending, KindAmended, KindRestored:
		return true
	case KindRemoved, KindWithdrawn, KindDetail, KindDocument, KindMilestone, KindPage, KindCorrection:
	}
	return false
}

// Certainty is how certain it is that two rows are one agreement.
type Certainty string

// The degrees of certainty.
const (
	Certain Certainty = "certain"
	Likely  Certainty = "likely"
)

// Field is one thing that an amendment changed, as ICE printed it before and
// after.
type Field struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// The names of milestones.
const (
	FirstInState = "first-in-state" // the first agreement ever listed in a state
	FirstInModel = "first-in-model" // a state's first in a model
	FirstOfType  = "first-of-type"  // a state's first of a kind of agency
	Hundred      = "hundred"        // every hundredth active agreement, once
	LastInState  = "last-in-state"  // the last one in a state is gone
	RecordDay    = "record-day"     // more new agreements than on any day before
)

// Milestone is the milestone that a change reports.
type Milestone struct {
	Name  string `json:"name"`
	Count int    `json:"count,omitempty"`
	Day   Date   `json:"day,omitempty"`
	// Among is how many agreements were the first, or the last, together, if that is
	// more than one.
	Among int `json:"among,omitempty"`
	// LeavingOut is an agreement that ICE had listed as such a first earlier, and whose
	// record it has since changed.
	LeavingOut string `json:"leaving_out,omitempty"`
}

// Spell is a time on a list: from the first day to the day of the list that no longer
// had the row.
type Spell struct {
	From             Date `json:"from"`
	Until            Date `json:"until"`
	FromIsLowerBound bool `json:"at_least,omitempty"` // From is the first day of this record, and may have been earlier
}

// Instrument is another active agreement of the agency that a change is about.
type Instrument struct {
	ID     string `json:"id"`
	Model  Model  `json:"model"`
	Signed Date   `json:"signed"`
}

// Change is one thing that happened to one agreement between two accepted
// publications. It is never deleted, and only a rebuild edits one.
type Change struct {
	ID                string        `json:"id"`  // the same wherever the change is sent
	Seq               uint64        `json:"seq"` // from 1, without gaps, in the order in which the record got them; it is for good
	Kind              Kind          `json:"kind"`
	DetectedAt        time.Time     `json:"detected_at"`
	Publication       Evidence      `json:"publication"`
	Agreement         Agreement     `json:"agreement"`
	Before            *Agreement    `json:"before,omitempty"`
	Fields            []Field       `json:"fields,omitempty"`
	Certainty         Certainty     `json:"certainty"`
	PendingSince      Date          `json:"pending_since"`           // a day in Washington; "" where it was not pending
	PendingUntil      Date          `json:"pending_until,omitempty"` // for a new agreement: when its entry had left the pending list, if that was on an earlier day
	ListedSince       Date          `json:"listed_since,omitempty"`  // for an end: the first day of the spell, or of a pending entry's application
	Gaps              []Spell       `json:"gaps,omitempty"`          // the times since PendingSince, or ListedSince of an entry, in which the pending list did not have it, until it was back
	SinceIsLowerBound bool          `json:"at_least,omitempty"`      // PendingSince or ListedSince is the first day of this record, and may have been earlier
	AgencyActiveCount int           `json:"holding,omitempty"`       // for a new agreement: how many active ones the agency has, this one included
	ActiveAgreementID string        `json:"beside,omitempty"`        // for a pending entry: id of the agency's active agreement in that model
	Holds             []Instrument  `json:"holds,omitempty"`         // for an end: the agency's other active agreements
	Seeks             []Model       `json:"seeks,omitempty"`         // for an end: the models that the agency is pending for now
	WasPending        []Spell       `json:"was_pending,omitempty"`   // for a pending entry that is a new application: its earlier times on the list
	WasSigned         []Spell       `json:"was_signed,omitempty"`    // for a pending entry: when ICE listed the agency's agreement in that model, which it no longer does
	Corrects          string        `json:"takes_back"`              // id of the change that this one corrects
	Milestone         *Milestone    `json:"milestone,omitempty"`
	Document          *DocumentNews `json:"document,omitempty"`   // for a document: what was found behind the link
	Page              *PageNews     `json:"page,omitempty"`       // for a page: what it says now and did not before
	Correction        *Correction   `json:"correction,omitempty"` // for a correction: what was reported, and what is so
	Text              string        `json:"text"`                 // in American English
	Near              string        `json:"near,omitempty"`       // an agency that came, went or changed in the same list and could be this one under another name, which makes this only likely
	Why               []string      `json:"why,omitempty"`        // the evidence for and against this being the known agreement, a clause each

	// FoundLater says that a rebuild found it, long after it happened: DetectedAt is when it
	// would have been found. It was never news, so that no feed and no message has it.
	FoundLater bool `json:"found_later,omitempty"`
	// TakenBack says that a rebuild no longer comes to it: it was wrong. It keeps its number
	// and its address, and is left out wherever changes are listed or counted.
	TakenBack bool `json:"taken_back,omitempty"`

	// Texts are Text in other languages, by their tags ("es"), made with it when the change
	// was found. What was stored before there was a language has none in it.
	Texts map[string]string `json:"texts,omitempty"`
}

// National says whether a change is a milestone of the whole list, whose agreement is
// only the one that was counted last, or one of ICE's page, which has none, or corrects
// such a thing.
func (c Change) National() bool {
	if c.Kind == KindCorrection && c.Agreement.State == "" {
		return true
	}
	return c.Kind == KindPage || (c.Kind == KindMilestone || c.Kind == KindCorrection) && c.Milestone != nil && (c.Milestone.Name == Hundred || c.Milestone.Name == RecordDay)
}

// Snapshot is the current state: what a new publication is compared with.
type Snapshot struct {
	Agencies map[string]*Agency   // by id
	Records  map[string]*Record   // by id of the agreement
	InForce  map[List]Publication // the last accepted publication of each list
	Holds    []Hold               // those that are open
	Seqs     Seqs
	First    time.Time // when the first publication took effect; zero in an empty store
	Rebuilds int       // how often everything was derived anew, which edits changes
}

// Seqs are the last numbers of publications and changes.
type Seqs struct {
	Publication uint64 `json:"publication"`
	Change      uint64 `json:"change"`
}

// Washington is ICE's own time, in which a day of the lists begins and ends.
func Washington() *time.Location { return washington() }
