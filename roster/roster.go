// Package roster is the domain of watch287g: the lists that ICE publishes, the
// agencies and agreements on them, and the changes between them. It knows how
// ICE spells and misspells things, and nothing of files, networks or stores.
package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Row is one row of a list in canonical form.
type Row struct {
	Number   int    `json:"number"` // in the sheet, from 1; the header is a row too
	State    State  `json:"state"`
	Agency   string `json:"agency"` // as ICE spells it, but for spaces and apostrophes
	County   string `json:"county,omitempty"`
	Type     Type   `json:"type,omitempty"`
	Model    Model  `json:"model"`
	Signed   Date   `json:"signed,omitempty"`
	MOA      string `json:"moa_url,omitempty"`
	Addendum string `json:"addendum_url,omitempty"`

	// SignedAs is the signing date as printed if that is not a proper date, such as
	// "7/72025", whether Signed could be read from it or not.
	SignedAs string `json:"signed_as,omitempty"`
	// Status is the cell of the column STATUS as printed, if it means neither signed
	// nor pending: "Terminated", "Signed, pending training".
	Status string `json:"status,omitempty"`
	// Raw holds the printed text of the cells whose canonical form differs from
	// it, by column.
	Raw map[string]string `json:"raw,omitempty"`
}

// Readable says whether the row has a state, an agency and a model, and certainly
// belongs on its list. A row that is not readable can confirm a known agreement, but
// never create one.
func (r Row) Readable() bool {
	return r.State != "" && r.Agency != "" && r.Model != "" && r.Status == ""
}

// Problem is a cell that could not be read, or was read in spite of a misprint.
type Problem struct {
	Row    int    `json:"row"` // in the sheet, from 1
	Column string `json:"column"`
	Raw    string `json:"raw"`
	Why    string `json:"why"`
	// Texts are Why in other languages, by their tags ("es"); none in one that is older.
	Texts map[string]string `json:"texts,omitempty"`
}

// String returns where the cell is, what it holds and what is wrong with it.
func (p Problem) String() string {
	return fmt.Sprintf("row %d, %s: %q %s", p.Row, p.Column, p.Raw, p.Why)
}

// Roster is what one publication says, row by row.
type Roster struct {
	List     List      `json:"list"`
	Rows     []Row     `json:"rows"`
	Problems []Problem `json:"problems,omitempty"`
}

// Unreadable counts the rows whose state, agency, model or status could not be
// read.
func (r Roster) Unreadable() int {
	n := 0
	for _, row := range r.Rows {
		if !row.Readable() {
			n++
		}
	}
	return n
}

// Digest returns a fingerprint, in hex, of what the roster says: it is equal for two
// files that list the same rows, in any order and formatting.
func (r Roster) Digest() string {
	lines := make([]string, len(r.Rows))
	var line []byte
	for i, row := range r.Rows {
		line = row.appendJSON(line[:0])
		lines[i] = string(line)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(string(r.List) + "\n" + strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// appendJSON appends the parts of a row that a digest covers, exactly as
// encoding/json would, which takes several times as long.
func (r Row) appendJSON(b []byte) []byte {
	b = append(b, `{"number":0`...)
	for _, f := range [...]struct {
		name, text    string
		folded, empty bool // empty: included even if it is empty
	}{
		{name: "state", text: string(r.State), empty: true},
		{name: "agency", text: r.Agency, folded: true, empty: true},
		{name: "county", text: r.County, folded: true},
		{name: "type", text: string(r.Type)},
		{name: "model", text: string(r.Model), empty: true},
		{name: "signed", text: string(r.Signed)},
		{name: "moa_url", text: r.MOA},
		{name: "addendum_url", text: r.Addendum},
		{name: "signed_as", text: r.SignedAs},
		{name: "status", text: r.Status},
	} {
		if f.folded {
			f.text = Fold(f.text)
		}
		if f.text == "" && !f.empty {
			continue
		}
		b = append(append(append(b, `,"`...), f.name...), `":`...)
		b = appendJSONString(b, f.text)
	}
	return append(b, '}')
}

func appendJSONString(b []byte, s string) []byte {
	if plainText(s) && !strings.ContainsAny(s, `"\&<>`) {
		return append(append(append(b, '"'), s...), '"')
	}
	quoted, err := json.Marshal(s)
	if err != nil { // a string always encodes
		panic(err)
	}
	return append(b, quoted...)
}
