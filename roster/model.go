package roster

import (
	"cmp"
	"strings"
)

// Model is the kind of powers that an agreement gives: JEM, TFM or WSO; the
// words of the list itself where they name none of these ("Tribal Task Force");
// "" where a list names none that can be read.
type Model string

// The models of agreement that ICE offers.
const (
	JEM Model = "JEM" // Jail Enforcement Model
	TFM Model = "TFM" // Task Force Model
	WSO Model = "WSO" // Warrant Service Officer
)

// OtherModel stands for all models that are none of the three, where agreements
// are counted or chosen by model. No agreement has it for its own.
const OtherModel Model = "other"

// Models lists the models in the order in which ICE's page names them.
func Models() []Model { return []Model{JEM, TFM, WSO} }

// ModelClasses are the models by which agreements are counted and chosen: the
// three, and all others together.
func ModelClasses() []Model { return append(Models(), OtherModel) }

// Known says whether it is one of the three models.
func (m Model) Known() bool { return m == JEM || m == TFM || m == WSO }

// Class is the model by which it is counted: one of the three, OtherModel, or ""
// where there is none.
func (m Model) Class() Model {
	if m == "" || m.Known() {
		return m
	}
	return OtherModel
}

// Key tells models apart: what differs in case, spaces or punctuation alone is
// one model.
func (m Model) Key() string {
	if m == "" || m.Known() {
		return string(m)
	}
	return Fold(string(m))
}

// longestSlug bounds the part of an id that a model takes.
const longestSlug = 40

// Slug is the model as a part of an id: its abbreviation, or a few plain letters
// of its name.
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

// Name spells the model out, as in "Task Force Model".
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

// Type is the kind of government that an agency belongs to; "" where a list
// names none that can be read.
type Type string

// The kinds of agency that ICE's lists tell apart.
const (
	TypeCounty       Type = "county"
	TypeMunicipality Type = "municipality"
	TypeState        Type = "state"
)

// Types lists the kinds of agency, the most frequent first.
func Types() []Type { return []Type{TypeCounty, TypeMunicipality, TypeState} }

var typeWords = map[string]Type{
	"county": TypeCounty, "countyagency": TypeCounty, "parish": TypeCounty,
	"municipality": TypeMunicipality, "municipal": TypeMunicipality, "municipalagency": TypeMunicipality, "city": TypeMunicipality,
	"state": TypeState, "stateagency": TypeState,
}

// ParseType reads the kind of agency, misprints included.
func ParseType(s string) (Type, bool) {
	var room [96]byte
	found := appendLetters(room[:0], s)
	if kind, ok := typeWords[string(found)]; ok { // as nearly always
		return kind, true
	}
	return nearest(string(found), typeWords)
}

// List is one of the two lists that ICE publishes.
type List string

// ICE's lists.
const (
	ListParticipating List = "participating" // agencies with a signed agreement
	ListPending       List = "pending"       // agencies that seek one
)

// Lists names both lists, in the order in which they are judged.
func Lists() []List { return []List{ListParticipating, ListPending} }

// Status is what the lists in force say of an agreement.
type Status string

// The statuses of an agreement or a pending entry.
const (
	StatusActive  Status = "active"  // on the participating list
	StatusPending Status = "pending" // on the pending list
	StatusEnded   Status = "ended"   // on neither
)

// StatusOn is the status that standing on a list gives.
func StatusOn(l List) Status {
	if l == ListPending {
		return StatusPending
	}
	return StatusActive
}
