package roster

import (
	"time"
)

// Spelling is one way in which ICE has named an agency.
type Spelling struct {
	State State  `json:"state"`
	Name  string `json:"name"`
}

// Key is equal for spellings that differ only in case, spaces, apostrophes or
// punctuation.
func (s Spelling) Key() string { return string(s.State) + "|" + Fold(s.Name) }

// Agency is one law-enforcement body in one state.
type Agency struct {
	ID        string     `json:"id"`        // made from the first spelling; it never changes
	Spellings []Spelling `json:"spellings"` // oldest first; the last one is in use
}

// Agreement is what ICE lists for one agency and one model: a signed agreement or a
// pending entry.
type Agreement struct {
	ID       string `json:"id"` // made when it was first listed; it never changes
	AgencyID string `json:"agency_id"`
	State    State  `json:"state"`
	Agency   string `json:"agency"`
	County   string `json:"county"`
	Type     Type   `json:"type"`
	Model    Model  `json:"model"`
	Signed   Date   `json:"signed"`
	SignedAs string `json:"signed_as,omitempty"` // as printed, if that is not a proper date
	MOA      string `json:"moa_url"`
	Addendum string `json:"addendum_url,omitempty"`
}

// Key returns the Spelling.Key of the agency.
func (a Agreement) Key() string { return Spelling{a.State, a.Agency}.Key() }

// DateKept says whether the signing date is that of earlier lists, because the last
// list prints something that cannot be read as that date.
func (a Agreement) DateKept() bool {
	if a.Signed == "" || a.SignedAs == "" {
		return false
	}
	read, _, ok := ParseDate(a.SignedAs, LatestSigning(a.Signed.Time()))
	return !ok || read != a.Signed
}

// Grace is how long an agency may be on neither list between the pending list
// and the participating one before it counts as withdrawn. Of 67 that ICE
// dropped from the one before it put them on the other in 2025, 55 were there
// within a day.
const Grace = 3 * 24 * time.Hour

// Version is what the lists said about an agreement from a moment on.
type Version struct {
	From       time.Time `json:"from"`
	Source     uint64    `json:"source"` // Publication.Seq
	Row        int       `json:"row,omitempty"`
	Duplicates int       `json:"doubles,omitempty"` // further rows for the same agreement
	Listed     bool      `json:"listed"`
	Agreement  Agreement `json:"agreement"`
}

// Record is all that is known about one agreement or one pending entry.
type Record struct {
	List     List      `json:"list"`
	Versions []Version `json:"versions"` // oldest first, never empty
	// Baseline says that it was on the first list ever read, so that its first day is
	// unknown.
	Baseline bool `json:"baseline,omitempty"`
	// PendingSince is when the agency of a signed agreement was first listed as
	// pending for the model; zero if it was not.
	PendingSince time.Time `json:"pending_since,omitzero"`
	// LeftSeen is when, by the clock, a pending entry was first found missing, for the
	// grace period; zero while it is listed and once its end is reported.
	LeftSeen time.Time `json:"left_seen,omitzero"`
	// SignedBy is the id of the agreement that a pending entry became.
	SignedBy string `json:"signed_by,omitempty"`
	// Ending is the id of the change that reported the end; "" while there is none.
	Ending string `json:"ending,omitempty"`
	// EndingAt is when the end was reported; zero while Ending is "".
	EndingAt time.Time `json:"ending_at,omitzero"`
	// AppliedAt is when a pending entry was listed again as a new application, or came
	// back beside the agreement that it had become; zero for the first one.
	AppliedAt time.Time `json:"applied_at,omitzero"`
	// Milestones are those that were reported for a signed agreement.
	Milestones []ReportedMilestone `json:"milestones,omitempty"`
}

// ReportedMilestone is a milestone that was reported, stored so that it can be corrected.
type ReportedMilestone struct {
	Change    string    `json:"change"` // id
	Name      string    `json:"name"`   // Milestone.Name
	Count     int       `json:"count,omitempty"`
	Agreement Agreement `json:"agreement"` // as it was listed then
	Source    uint64    `json:"source"`    // Publication.Seq
	At        time.Time `json:"at"`
	Corrected bool      `json:"taken_back,omitempty"`
}

// ID returns the agreement's id.
func (r *Record) ID() string { return r.Versions[0].Agreement.ID }

// Last returns the latest version.
func (r *Record) Last() *Version { return &r.Versions[len(r.Versions)-1] }

// Now returns the agreement as of the latest version.
func (r *Record) Now() Agreement { return r.Last().Agreement }

// Listed says whether the list in force has it.
func (r *Record) Listed() bool { return r.Last().Listed }

// Status returns where the lists in force have it.
func (r *Record) Status() Status {
	if !r.Listed() {
		return StatusEnded
	}
	return StatusOn(r.List)
}

// VersionAt returns the version as of t, and false if there was none.
func (r *Record) VersionAt(t time.Time) (Version, bool) {
	i := r.IndexAt(t)
	if i < 0 {
		return Version{}, false
	}
	return r.Versions[i], true
}

// IndexAt returns which of the versions was the one as of t; -1 if there was none.
func (r *Record) IndexAt(t time.Time) int {
	i := len(r.Versions) - 1
	for i >= 0 && r.Versions[i].From.After(t) {
		i--
	}
	return i
}

// FirstListed returns when it was first listed.
func (r *Record) FirstListed() time.Time { return r.Versions[0].From }

// ListedSince returns when its current time on the list began, or its last one.
func (r *Record) ListedSince() time.Time {
	since, listed := time.Time{}, false
	for _, v := range r.Versions {
		if v.Listed && !listed {
			since = v.From
		}
		listed = v.Listed
	}
	return since
}

// Gaps returns the times after one moment and until another in which it was not listed
// between two times on its list, but for those that were over on the same day. nil for
// none.
func (r *Record) Gaps(after, until time.Time) []Spell {
	var gaps []Spell
	var left time.Time // when it left; zero while it is listed
	for _, v := range r.Versions {
		switch {
		case !v.Listed && left.IsZero():
			left = v.From
		case v.Listed && left.After(after) && !v.From.After(until) && Day(left) != Day(v.From):
			gaps = append(gaps, Spell{From: Day(left), Until: Day(v.From)})
		}
		if v.Listed {
			left = time.Time{}
		}
	}
	return gaps
}

// Clone returns a copy that can be extended without changing the original.
func (r *Record) Clone() *Record {
	c := *r
	c.Versions = append([]Version(nil), r.Versions...)
	c.Milestones = append([]ReportedMilestone(nil), r.Milestones...)
	return &c
}

// Applied returns when the current application of a pending entry was first listed.
func (r *Record) Applied() time.Time {
	if r.AppliedAt.IsZero() {
		return r.FirstListed()
	}
	return r.AppliedAt
}

// Spells returns its earlier times on its list, nil for none.
func (r *Record) Spells() []Spell {
	var over []Spell
	listed := false
	for i, v := range r.Versions {
		switch {
		case v.Listed && !listed:
			over = append(over, Spell{From: Day(v.From), FromIsLowerBound: r.Baseline && i == 0})
		case !v.Listed && listed:
			over[len(over)-1].Until = Day(v.From)
		}
		listed = v.Listed
	}
	if listed {
		over = over[:len(over)-1]
	}
	if len(over) == 0 {
		return nil
	}
	return over
}

// ListedAfter says whether it was listed at any time after t.
func (r *Record) ListedAfter(t time.Time) bool {
	for i, v := range r.Versions {
		if v.Listed && (i == len(r.Versions)-1 || r.Versions[i+1].From.After(t)) {
			return true
		}
	}
	return false
}

// AgreementAt is a record as of a moment, with its status then.
type AgreementAt struct {
	Agreement
	Status       Status    `json:"status"`
	Since        time.Time `json:"since"`              // when this time on the list, or a pending entry's application, began
	Until        time.Time `json:"until,omitzero"`     // when it ended; zero while it lasts
	Baseline     bool      `json:"baseline,omitempty"` // it may have been listed before Since
	PendingSince time.Time `json:"pending_since,omitzero"`
	Row          int       `json:"row,omitempty"`
	Duplicates   int       `json:"doubles,omitempty"`
	Source       uint64    `json:"source"`
}

// AgreementAt returns the agreement as of t, and false if it was not known then.
func (r *Record) AgreementAt(t time.Time) (AgreementAt, bool) {
	v, known := r.VersionAt(t)
	if !known {
		return AgreementAt{}, false
	}
	s := AgreementAt{Agreement: v.Agreement, Status: StatusEnded, Baseline: r.Baseline, PendingSince: r.PendingSince,
		Row: v.Row, Duplicates: v.Duplicates, Source: v.Source}
	listed := false
	for i, w := range r.Versions {
		if w.From.After(t) {
			break
		}
		if w.Listed && !listed && !r.continues(w.From, s) {
			s.Since, s.Baseline = w.From, r.Baseline && i == 0
		}
		if !w.Listed && listed {
			s.Until = w.From
		}
		listed = w.Listed
	}
	if v.Listed {
		s.Status, s.Until = StatusOn(r.List), time.Time{}
	}
	return s, true
}

// continues says whether what is listed again at a moment goes on with a pending entry's
// application, as which it was listed before. Of the applications before the last one,
// only those that were gone for a few days are known to go on.
func (r *Record) continues(again time.Time, before AgreementAt) bool {
	if r.List != ListPending || before.Since.IsZero() || again.Equal(r.AppliedAt) {
		return false
	}
	return again.After(r.AppliedAt) || again.Sub(before.Until) <= Grace
}
