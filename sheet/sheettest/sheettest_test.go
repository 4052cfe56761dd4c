package sheettest_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// odd has everything in it that a Book can hold.
func odd() sheettest.Book {
	return sheettest.Book{Date1904: true, Sheets: []sheettest.Sheet{
		{Name: "A & <B>", Rows: [][]sheettest.Cell{
			{sheettest.Text("plain"), {}, sheettest.Text(" <&>\"’\u00a0 ")},
			nil,
			{sheettest.Number("45922.5"), sheettest.Link("link", "https://www.ice.gov/a.pdf?b=c&d=e"), sheettest.Text("plain")},
			{{Text: "inline", Kind: sheettest.Inline}, {Text: "1", Kind: sheettest.Truth}, {Text: "#N/A", Kind: sheettest.Fault}, {Text: "2", Kind: sheettest.Plain, Formula: "1+1"}, {Text: "two", Kind: sheettest.Result, Formula: `"t"&"wo"`}},
			append(make([]sheettest.Cell, 702), sheettest.Text("AAA5"), sheettest.Link("bell\a", "mailto:nobody@example.org")),
		}},
		{Rows: [][]sheettest.Cell{{sheettest.Text("second")}}},
	}}
}

// What a library for workbooks reads is what was put in.
func TestBookIsAWorkbook(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(odd().Bytes()), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if got := f.GetSheetList(); len(got) != 2 || got[0] != "A & <B>" || got[1] != "Sheet2" {
		t.Fatalf("sheets %q", got)
	}
	if p, err := f.GetWorkbookProps(); err != nil || p.Date1904 == nil || !*p.Date1904 {
		t.Errorf("properties %+v, %v, want the calendar of 1904", p, err)
	}
	for _, tt := range []struct{ sheet, cell, text, link, formula string }{
		{"A & <B>", "A1", "plain", "", ""},
		{"A & <B>", "B1", "", "", ""},
		{"A & <B>", "C1", " <&>\"’\u00a0 ", "", ""},
		{"A & <B>", "A2", "", "", ""},
		{"A & <B>", "A3", "45922.5", "", ""},
		{"A & <B>", "B3", "link", "https://www.ice.gov/a.pdf?b=c&d=e", ""},
		{"A & <B>", "C3", "plain", "", ""},
		{"A & <B>", "A4", "inline", "", ""},
		{"A & <B>", "B4", "1", "", ""},
		{"A & <B>", "C4", "#N/A", "", ""},
		{"A & <B>", "D4", "2", "", "1+1"},
		{"A & <B>", "E4", "two", "", `"t"&"wo"`},
		{"A & <B>", "AAA5", "AAA5", "", ""},
		{"A & <B>", "AAB5", "bell\a", "mailto:nobody@example.org", ""},
		{"Sheet2", "A1", "second", "", ""},
	} {
		if got, err := f.GetCellValue(tt.sheet, tt.cell); err != nil || got != tt.text {
			t.Errorf("%s!%s = %q, %v, want %q", tt.sheet, tt.cell, got, err, tt.text)
		}
		if _, got, err := f.GetCellHyperLink(tt.sheet, tt.cell); err != nil || got != tt.link {
			t.Errorf("%s!%s links %q, %v, want %q", tt.sheet, tt.cell, got, err, tt.link)
		}
		if got, err := f.GetCellFormula(tt.sheet, tt.cell); err != nil || got != tt.formula {
			t.Errorf("%s!%s = formula %q, %v, want %q", tt.sheet, tt.cell, got, err, tt.formula)
		}
	}
}

func TestBytesStayTheSame(t *testing.T) {
	for name, make := range map[string]func() []byte{
		"odd":           odd().Bytes,
		"participating": func() []byte { return sheettest.Participating(sheettest.Sample(50)...) },
		"pending":       func() []byte { return sheettest.Pending(sheettest.Sample(50)...) },
	} {
		if !bytes.Equal(make(), make()) {
			t.Errorf("%s: two files of the same content differ", name)
		}
	}
	if bytes.Equal(sheettest.Participating(sheettest.Sample(50)...), sheettest.Participating(sheettest.Sample(51)...)) {
		t.Error("one row more makes no difference")
	}
}

func TestLists(t *testing.T) {
	row := sheettest.Row{State: "TEXAS", Agency: "A", Type: "County", County: "B", Model: "C", Signed: "45922", MOA: "https://www.ice.gov/a.pdf", Addendum: "text:Link Pending"}
	for _, tt := range []struct {
		name string
		body []byte
		want [][]string
	}{
		{"participating", sheettest.Participating(row), [][]string{sheettest.ParticipatingColumns(), {"TEXAS", "A", "County", "B", "C", "45922", "link", "Link Pending"}}},
		{"pending", sheettest.Pending(row), [][]string{sheettest.PendingColumns(), {"TEXAS", "A", "County", "B", "C", "link", "Link Pending"}}},
		{"empty", sheettest.Pending(), [][]string{sheettest.PendingColumns()}},
	} {
		f, err := excelize.OpenReader(bytes.NewReader(tt.body))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got, err := f.GetRows("Sheet1")
		if err != nil || len(got) != len(tt.want) {
			t.Fatalf("%s: %q, %v", tt.name, got, err)
		}
		for i := range got {
			for j := range got[i] {
				if got[i][j] != tt.want[i][j] {
					t.Errorf("%s: row %d, column %d: %q, want %q", tt.name, i+1, j+1, got[i][j], tt.want[i][j])
				}
			}
		}
	}
}

func TestSampleNamesNoAgencyTwice(t *testing.T) {
	seen := map[string]bool{}
	models := map[string]int{}
	for _, r := range sheettest.Sample(2000) {
		key := roster.Fold(r.Agency)
		if _, ok := roster.ParseState(r.State); !ok || seen[key] || r.MOA == "" {
			t.Fatalf("row %+v", r)
		}
		seen[key] = true
		models[r.Model]++
	}
	if len(models) != len(roster.Models()) {
		t.Errorf("models %v, want all three", models)
	}
}

func BenchmarkParticipating(b *testing.B) {
	rows := sheettest.Sample(2000)
	for b.Loop() {
		sheettest.Participating(rows...)
	}
}
