package roster

import "time"

// Verdict is whether a publication counts.
type Verdict string

// The verdicts on a publication.
const (
	VerdictAccepted Verdict = "accepted" // it counts
	VerdictHeld     Verdict = "held"     // set aside until it is confirmed or not
	VerdictRejected Verdict = "rejected" // set aside for good
)

// Publication is a list as ICE published it at one time.
type Publication struct {
	Seq    uint64 `json:"seq"` // the order in which publications were stored, from 1
	List   List   `json:"list"`
	File   string `json:"file"` // a label to show; file names lie
	URL    string `json:"url"`
	SHA256 string `json:"sha256"` // of the bytes, in hex
	Size   int    `json:"size"`   // bytes
	// KeptAs is the hash of the list whose bytes and rows are stored for this one,
	// since both say the same; "" where its own are.
	KeptAs       string    `json:"kept_as,omitempty"`
	Digest       string    `json:"digest"` // Roster.Digest
	LastModified time.Time `json:"last_modified,omitzero"`
	PublishedAt  time.Time `json:"published_at"` // LastModified where it is after the list in force and not in the future, else SeenAt
	SeenAt       time.Time `json:"seen_at"`
	Verdict      Verdict   `json:"verdict"`
	EffectiveAt  time.Time `json:"effective_at,omitzero"` // when it took effect; zero while it does not count
	Rows         int       `json:"rows"`
	Duplicates   int       `json:"doubles"`    // rows that repeat another row's agreement
	Unreadable   int       `json:"unreadable"` // rows without a readable state, agency or model
	Problems     []Problem `json:"problems,omitempty"`
	OtherModels  []Model   `json:"other_models,omitempty"` // that are none of the three; the first few
	Notes        []string  `json:"notes,omitempty"`        // what was unusual about it, in plain sentences
	Hold         string    `json:"hold,omitempty"`         // the id of the hold that it caused or confirmed
	Origin       *Origin   `json:"origin,omitempty"`       // nil: this store had it from ICE's server, or was told so before it kept origins
	// Texts are Notes in other languages, by their tags ("es"), each where its sentence is;
	// "" for one that is older than the language.
	Texts map[string][]string `json:"texts,omitempty"`
}

// InForce returns the lists in force at a moment, of publications in the order of
// their numbers.
func InForce(publications []Publication, at time.Time) map[List]Publication {
	found := map[List]Publication{}
	for _, p := range publications {
		if p.Verdict == VerdictAccepted && !p.EffectiveAt.After(at) && !p.EffectiveAt.Before(found[p.List].EffectiveAt) {
			found[p.List] = p
		}
	}
	return found
}

// Ref returns a row of the publication as evidence for a change; row 0 stands for the
// whole list.
func (p Publication) Ref(row int) Evidence {
	return Evidence{List: p.List, File: p.File, SHA256: p.SHA256, URL: p.URL, PublishedAt: p.PublishedAt, Row: row}
}

// Evidence names one row of one publication: the evidence for a change.
type Evidence struct {
	List        List      `json:"list"`
	File        string    `json:"file"`
	SHA256      string    `json:"sha256"`
	URL         string    `json:"url"`
	PublishedAt time.Time `json:"published_at"`
	Row         int       `json:"row,omitempty"` // 0 where the change is that there is no row
}

// HoldState is how a hold ended, if it did.
type HoldState string

// The states of a hold.
const (
	HoldOpen     HoldState = "open"
	HoldApproved HoldState = "approved" // by the operator
	HoldRejected HoldState = "rejected" // by the operator
	HoldBorneOut HoldState = "borne out"
	HoldDropped  HoldState = "not borne out"
)

// Hold is a publication that was set aside because it looks wrong.
type Hold struct {
	ID          string    `json:"id"`
	State       HoldState `json:"state"`
	Publication uint64    `json:"publication"` // Seq of the latest publication that confirms it
	List        List      `json:"list"`
	File        string    `json:"file"`
	Reasons     []string  `json:"reasons"` // sentences with their figures
	// Texts are Reasons in other languages, by their tags ("es"); none in a hold that is older.
	Texts       map[string][]string `json:"texts,omitempty"`
	Removals    int                 `json:"removals"`
	Of          int                 `json:"of"`                 // agreements that were active
	Operator    bool                `json:"operator,omitempty"` // only the operator can accept it
	Since       time.Time           `json:"since"`
	PublishedAt time.Time           `json:"published_at"`
	EndedAt     time.Time           `json:"ended_at,omitzero"`
	SHA256      string              `json:"sha256,omitempty"`     // of the latest publication that confirms it
	AcceptAt    time.Time           `json:"accept_at,omitzero"`   // when it is accepted without the operator, if polls find it until then; zero: never
	NoColumns   bool                `json:"no_columns,omitempty"` // it is a workbook without a list's columns, which nobody can accept
	Effect      *Effect             `json:"effect,omitempty"`     // nil where that could not be worked out
	By          string              `json:"by,omitempty"`         // ByLink, where the operator decided through a link
	DecidedAt   time.Time           `json:"decided_at,omitzero"`  // and when that was, before it was carried out
}

// Open says whether the hold has not ended.
func (h Hold) Open() bool { return h.State == HoldOpen }

// ByLink says that an operator decided from the page that a link opens.
const ByLink = "link"

// Effect is what a held publication would change if it counted, as things were when it was
// set aside.
type Effect struct {
	New      int        `json:"new"`             // agreements
	Removed  int        `json:"removed"`         // agreements
	Restored int        `json:"restored"`        // agreements and entries, listed again
	Amended  int        `json:"amended"`         // agreements and entries, listed otherwise
	Pending  int        `json:"newly_pending"`   // entries
	Left     int        `json:"left"`            // entries that would leave the pending list, which is no news before they have been gone for days
	First    []Affected `json:"first,omitempty"` // the first of them but for those that left, bounded
}

// Affected is one agreement or entry that a held publication would change.
type Affected struct {
	Kind     Kind   `json:"kind"`
	AgencyID string `json:"agency_id"`
	Agency   string `json:"agency"`
	State    State  `json:"state"`
	Model    Model  `json:"model"`
}

// Poll is an entry of the log of polls of ICE's page.
type Poll struct {
	Seq          uint64        `json:"seq"`
	At           time.Time     `json:"at"`
	Took         time.Duration `json:"took_ns"`
	Outcome      string        `json:"outcome"` // scraper.Status
	Sentence     string        `json:"sentence"`
	Publications []uint64      `json:"publications,omitempty"` // Seq of what it brought
	Changes      int           `json:"changes,omitempty"`
	// Absent are the lists that the page, read without errors, did not link.
	Absent []List `json:"absent,omitempty"`
	// Had are the lists that could be read, changed or not. A poll without the
	// participating list failed.
	Had []List `json:"had,omitempty"`
	// RetryAfter is how long ICE's server asked us to stay away; 0 where it did not.
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
}

// Validator is what the next request for a URL needs to ask "only if changed".
type Validator struct {
	URL          string    `json:"url"`
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"` // as the server sent it
	SHA256       string    `json:"sha256"`
	List         List      `json:"list,omitempty"` // "" for a workbook that is not a list
	CheckedAt    time.Time `json:"checked_at"`
	// Also are the other lists in the file.
	Also []List `json:"also,omitempty"`
	// PassedOver are the hashes of files that counted for a list of this one's while
	// both were linked.
	PassedOver []string `json:"passed_over,omitempty"`
}

// Holds returns the lists in the file; none for a workbook that is not a list.
func (v Validator) Holds() []List {
	if v.List == "" {
		return nil
	}
	return append([]List{v.List}, v.Also...)
}
