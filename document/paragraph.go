package document

// Paragraph is one paragraph of a document's own words: without headers, footers and page
// numbers, its lines joined and its hyphens at the ends of lines taken out. It is not masked.
type Paragraph struct {
	Page  int    `json:"page"`            // where it begins, from 1
	Label string `json:"label,omitempty"` // its number, as in "IV", "IV.A" or "IV.A.2"; "" where it has none
	Text  string `json:"text"`            // without the label
}

// How a paragraph of one text relates to another text.
const (
	Added   = "added"   // only the own text has it
	Missing = "missing" // only the standard text has it
	Altered = "altered" // both have it, in other words
)

// Difference is one paragraph that a text and the standard text do not share.
type Difference struct {
	Op    string    `json:"op"`              // Added, Missing or Altered
	Form  Paragraph `json:"form,omitzero"`   // as the standard text has it; zero where Op is Added
	Own   Paragraph `json:"own,omitzero"`    // as the text has it; zero where Op is Missing
	Noise bool      `json:"noise,omitempty"` // it may well be a scanner's misreading, or a line that it lost, alone
}
