package roster

import (
	"cmp"
	"strings"
)

// Model is the kind of powers that an agreement gives: JEM, TFM or WSO; the list's
// own words if they name another one ("Tribal Task Force"); "" where a list names
// none or cannot be read.
type Model string

// The models of agreement that ICE offers.
const (
	JEM Model = "JEM" // Jail Enforcement Model
	TFM Model = "TFM" // Task Force Model
	WSO Model = "WSO" // Warrant Service Officer
)

// OtherModel stands for all other models where agreements are counted or selected by
// model. No agreement has it.
const OtherModel Model = "other"

// Models returns the three models, in the order of ICE's page.
func Models() []Model { return []Model{JEM, TFM, WSO} }

// ModelClasses returns the classes that agreements are counted and selected by: the
// three models, and OtherModel for all others.
func ModelClasses() []Model { return append(Models(), OtherModel) }

// Known says whether m is one of the three models.
func (m Model) Known() bool { return m == JEM || m == TFM || m == WSO }

// Class returns the class that m is counted in: one of the three models, OtherModel,
// or "" for "".
func (m Model) Class() Model {
	if m == "" || m.Known() {
		return m
	}
	return OtherModel
}

// Key is equal for models that differ in case, spaces or punctuation only, which are
// one model.
func (m Model) Key() string {
	if m == "" || m.Known() {
		return string(m)
	}
	return Fold(string(m))
}

// longestSlug is the longest part of an id that names a model, in bytes.
const longestSlug = 40

// Slug returns the model as part of an id: its abbreviation, or some letters of its
// name.
func (m Model) Slug() string {
	if m == "" || m.Known() {
		return string(m)
	}
	plain := strings.Map(func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, Slug(string(m)))
	plain = strings.Trim(plain[:min(len(plain), longestSlug)], "-")
	return cmp.Or(plain, string(OtherModel))
}

// Name returns the model's name, as in "Task Force Model".
func (m Model) Name() string {
	switch m {
	case JEM:
		return "Jail Enforcement Model"
	case TFM:
		return "Task Force Model"
	case WSO:
		return "Warrant Service Officer"
	case OtherModel:
		return "Other models"
	}
	return string(m)
}

// Type is the kind of government that an agency belongs to; "" where a list names
// none or cannot be read.
type Type string

// The kinds of agency on ICE's lists.
const (
	TypeCounty       Type = "county"
	TypeMunicipality Type = "municipality"
	TypeState        Type = "state"
)

// Types returns the kinds of agency, the most frequent first.
func Types() []Type { return []Type{TypeCounty, TypeMunicipality, TypeState} }

var typeWords = map[string]Type{
	"county": TypeCounty, "countyagency": TypeCounty, "parish": TypeCounty,
	"municipality": TypeMunicipality, "municipal": TypeMunicipality, "municipalagency": TypeMunicipality, "city": TypeMunicipality,
	"state": TypeState, "stateagency": TypeState,
}

// ParseType reads a kind of agency, even if misprinted.
func ParseType(s string) (Type, bool) {
	var room [96]byte
	found := appendLetters(room[:0], s)
	if kind, ok := typeWords[string(found)]; ok { // nearly always
		return kind, true
	}
	return nearest(string(found), typeWords)
}

// List is one of the two lists that ICE publishes.
type List string

// The lists that ICE publishes.
const (
	ListParticipating List = "participating" // agencies with a signed agreement
	ListPending       List = "pending"       // agencies that have applied for one
)

// Lists returns both lists, in the order in which they are judged.
func Lists() []List { return []List{ListParticipating, ListPending} }

// Status is where the lists in force have an agreement.
type Status string

// The statuses of an agreement or a pending entry.
const (
	StatusActive  Status = "active"  // on the participating list
	StatusPending Status = "pending" // on the pending list
	StatusEnded   Status = "ended"   // on neither
)

// Statuses returns all statuses, in the order in which they are listed.
func Statuses() []Status { return []Status{StatusActive, StatusPending, StatusEnded} }

// StatusOn returns the status of what is on a list.
func StatusOn(l List) Status {
	if l == ListPending {
		return StatusPending
	}
	return StatusActive
}
