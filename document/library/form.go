// Package library is the read model of documents: the forms that they follow, where each
// departs from its form, and which of them contradict the rows that link them.
package library

import (
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
)

// Form is what agreements of one model and revision are written on.
type Form struct {
	ID        string                `json:"id"` // as in "tfm-2025-03-07", or "tfm-undated-3c9f1d"; it stays
	Model     roster.Model          `json:"model"`
	Revised   roster.Date           `json:"revised,omitempty"` // "" for a form that prints no revision
	Since     roster.Date           `json:"since,omitempty"`   // of one that prints none: the day of its oldest agreement, where that is known
	Documents []string              `json:"documents"`         // SHA-256 of those that follow it, sorted
	Standard  []document.Paragraph  `json:"standard"`          // what most of them share, fill-in fields as "____"
	From      int                   `json:"from,omitempty"`    // from how many of them that was found
	Unread    []int                 `json:"unread,omitempty"`  // pages that nobody read in any: what stands there is missing
	Before    string                `json:"before,omitempty"`  // id of the revision before it, of the same model
	Changed   []document.Difference `json:"changed,omitempty"` // what is otherwise than in that one
}

// text is the form's own text.
func (f Form) text() document.Text {
	return document.Text{Paragraphs: f.Standard, Unread: f.Unread, Sure: f.From >= document.SureTexts}
}
