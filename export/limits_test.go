package export

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// thin is a row without weight, of which a test can have a million.
type thin struct{}

func (thin) feature() feature { return feature{} }

func TestWorkbookWithMoreRowsThanItHolds(t *testing.T) {
	var file bytes.Buffer
	most := table[thin]{name: "agreements", rows: make([]thin, excelize.TotalRows)}
	err := write(&file, XLSX, nil, most)
	if err == nil || !strings.Contains(err.Error(), "1048576 rows are more than the 1048575 of a workbook") || file.Len() > 0 {
		t.Errorf("%v, %d bytes", err, file.Len())
	}
}

func TestWorkbookWithMoreLinksThanItHolds(t *testing.T) {
	b, err := newBook()
	if err != nil {
		t.Fatal(err)
	}
	b.links.n = excelize.TotalSheetHyperlinks - 2 // as after so many rows
	moa := []column[thin]{{name: "moa_url", width: 50, value: func(*thin) any { return link("https://www.ice.gov/a.pdf") }}}
	if err := fill(b, "Sheet1", table[thin]{columns: moa, rows: make([]thin, 4)}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := errors.Join(b.save(&file), b.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for cell, want := range map[string]bool{"A2": true, "A3": true, "A4": false, "A5": false} {
		linked, _, err := f.GetCellHyperLink("Sheet1", cell)
		text, _ := f.GetCellValue("Sheet1", cell)
		if err != nil || linked != want || text != "https://www.ice.gov/a.pdf" {
			t.Errorf("%s is linked %v and shows %q: %v", cell, linked, text, err)
		}
	}
}

// A sheet comes in pieces of any size.
func TestLinkedSheetInPieces(t *testing.T) {
	const sheet = "<worksheet><sheetData>&lt;/worksheet></sheetData></worksheet>"
	for size := 1; size <= len(sheet); size++ {
		var got bytes.Buffer
		s := &linkedSheet{w: &got, links: &links{area: "A1:B2"}}
		for rest := sheet; rest != ""; {
			n := min(size, len(rest))
			if wrote, err := s.Write([]byte(rest[:n])); wrote != n || err != nil {
				t.Fatalf("%d of %d: %v", wrote, n, err)
			}
			rest = rest[n:]
		}
		want := strings.TrimSuffix(sheet, "</worksheet>") + `<ignoredErrors><ignoredError sqref="A1:B2" numberStoredAsText="1"/></ignoredErrors></worksheet>`
		if got.String() != want {
			t.Fatalf("in pieces of %d: %s", size, got.String())
		}
	}
}
