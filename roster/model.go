package roster

import (
	"cmp"
	"slices"
	"strings"
)

// Model is the kind of powers that an agreement gives: JEM, TFM or WSO; "" where
// a list names none that can be read.
type Model string

// The models of agreement that ICE offers.
const (
	JEM Model = "JEM" // Jail Enforcement Model
	TFM Model = "TFM" // Task Force Model
	WSO Model = "WSO" // Warrant Service Officer
)

// Models lists the models in the order in which ICE's page names them.
func Models() []Model { return []Model{JEM, TFM, WSO} }

// modelWords are the words that open each model's name. The last word varies
// ("Model", "Officer", "Office") and tells nothing.
var modelWords = map[string]Model{
	"jailenforcement": JEM, "taskforce": TFM, "warrantservice": WSO, "warrantservices": WSO,
}

// ParseModel reads a model's name or its abbreviation, misprints included; ok is
// false where there is none, or more than one.
func ParseModel(s string) (model Model, ok bool) {
	var room [96]byte
	folded := appendFolded(room[:0], s)
	switch string(folded) { // as nearly always
	case "jail enforcement model":
		return JEM, true
	case "task force model":
		return TFM, true
	case "warrant service officer":
		return WSO, true
	}
	words := strings.Fields(string(folded))
	for i, word := range words {
		m := Model(strings.ToUpper(word))
		if !slices.Contains(Models(), m) {
			m = ""
		}
		if m == "" && i+1 < len(words) {
			m = modelWords[word+words[i+1]]
		}
		if m != "" && model != "" && m != model {
			return "", false
		}
		model = cmp.Or(model, m)
	}
	if model != "" || len(words) < 2 {
		return model, model != ""
	}
	return nearest(words[0]+words[1], modelWords)
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
	}
	return string(m)
}

// Type is the kind of government that an agency belongs to; "" where a list
// names none that can be read.
type Type string

// The kinds of agency that ICE's lists tell apart.
const (
	County       Type = "county"
	Municipality Type = "municipality"
	StateAgency  Type = "state"
)

// Types lists the kinds of agency, the most frequent first.
func Types() []Type { return []Type{County, Municipality, StateAgency} }

var typeWords = map[string]Type{
	"county": County, "countyagency": County, "parish": County,
	"municipality": Municipality, "municipal": Municipality, "municipalagency": Municipality, "city": Municipality,
	"state": StateAgency, "stateagency": StateAgency,
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
	Participating List = "participating" // agencies with a signed agreement
	Pending       List = "pending"       // agencies that seek one
)

// Lists names both lists, in the order in which they are judged.
func Lists() []List { return []List{Participating, Pending} }

// Status is what the lists in force say of an agreement.
type Status string

// The statuses of an agreement or a pending entry.
const (
	Active  Status = "active"  // on the participating list
	Waiting Status = "pending" // on the pending list
	Ended   Status = "ended"   // on neither
)

// StatusOn is the status that standing on a list gives.
func StatusOn(l List) Status {
	if l == Pending {
		return Waiting
	}
	return Active
}
