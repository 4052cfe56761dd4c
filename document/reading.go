// Package document says what an agreement's document says: the facts that are certain in
// its text, its paragraphs, and how they differ from another's. It is pure: what it knows of
// a file is the Reading that document/pdf made of it.
package document

import "github.com/watch287g/watch287g/roster"

// Version is that of the rules that read documents, which a roster.Document names (ReadBy):
// rules that got better read what is kept again.
const Version = 2

// Page is one page of a document.
type Page struct {
	Number int `json:"page"` // from 1
	// Text is what the page says, in the order of the file, with lines ended by \n. It is not
	// masked.
	Text    string `json:"text,omitempty"`
	Machine bool   `json:"machine_read,omitempty"` // Text was read from the page's picture
	Scanned bool   `json:"scanned,omitempty"`      // the page is a picture, and has no text of its own, or next to none
}

// Reading is what was read in a file.
type Reading struct {
	SHA256  string                 `json:"sha256"`
	ReadBy  int                    `json:"read_by"`           // Version
	Pages   []Page                 `json:"pages"`             // all of them, in order
	Problem roster.DocumentProblem `json:"problem,omitempty"` // why it could not be read
	Said    string                 `json:"said,omitempty"`    // the same in a sentence, for the operator
	// Tried says that a program was there to read the pages that are pictures.
	Tried bool `json:"machine_tried,omitempty"`
}
