package tables

import "fmt"

// Limits that no list of ICE's comes near: one of 2,500 agreements has 0.4 MB,
// 3 MB unpacked, 30,000 items and 0.6 MB of text. They bound the memory and the
// time that a hostile or broken file can cost.
const (
	maxUnpacked = 32 << 20  // of all its parts together
	maxSheets   = 100       // of a workbook
	maxTag      = 256 << 10 // bytes of a tag, or of a text between two tags
	maxDepth    = 64        // tags, or tables, within each other
	maxItems    = 200_000   // cells, shared texts and links together
	maxText     = 4 << 20   // bytes of text of all items together; 15,000 rows have 3.6 MB
	maxRows     = 15_000    // of all sheets together, blank ones left out

	maxName       = 255 // bytes of the name of a tag or an attribute
	maxAttributes = 100 // of a tag
)

// allowance is what one file may still take up.
type allowance struct{ unpacked, rows, items, text int }

func newAllowance() *allowance { return &allowance{maxUnpacked, maxRows, maxItems, maxText} }

// row takes up room for one row.
func (a *allowance) row() error {
	if a.rows--; a.rows < 0 {
		return fmt.Errorf("it has more than %d rows, far more than a list", maxRows)
	}
	return nil
}

// item takes up room for one cell, shared text or link with its text.
func (a *allowance) item(text int) error {
	if a.items--; a.items < 0 {
		return fmt.Errorf("it has more than %d cells and links, far more than a list", maxItems)
	}
	if a.text -= text; a.text < 0 {
		return fmt.Errorf("its text is longer than %d bytes, far longer than a list's", maxText)
	}
	return nil
}
