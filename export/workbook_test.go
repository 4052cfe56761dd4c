package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/roster"
)

func open(t testing.TB, file []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// shown reads a sheet as a person sees it.
func shown(t testing.TB, f *excelize.File, sheet string) []map[string]string {
	t.Helper()
	lines, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, l := range lines[1:] {
		r := map[string]string{}
		for i, cell := range l {
			r[lines[0][i]] = cell
		}
		all = append(all, r)
	}
	return all
}

// cellOf is where a column's cell of a row stands, from 1.
func cellOf(t testing.TB, f *excelize.File, sheet, column string, row int) string {
	t.Helper()
	lines, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	cell, err := excelize.CoordinatesToCellName(1+slices.Index(lines[0], column), 1+row)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

func TestWorkbookShowsTheRows(t *testing.T) {
	f := open(t, agreements(t, export.XLSX, about(), someAgreements()))
	if diff := cmp.Diff([]string{"Agreements", "About", "Columns"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	got := shown(t, f, "Agreements")
	want := map[string]string{"state": "TX", "agency": "Bexar County Sheriff's Office", "county": "Bexar County", "county_fips": "48029", "county_name": "Bexar County", "other_county_fips": "", "placed_by": "county",
		"state_name": "Texas", "latitude": "29.449", "longitude": "-98.52",
		"type": "county", "model": "TFM", "status": "ended", "signed": "2025-03-04", "since": "2025-03-06 22:30 ET", "until": "2025-03-08 22:30 ET",
		"pending_since": "2025-03-04 22:30 ET", "rows": "1", "moa_url": "https://www.ice.gov/doclib/287gMOA/Dallas.pdf", "addendum_url": "",
		"baseline": "FALSE", "id": "TX-bexar-county-sheriffs-office#TFM#2025-02-24", "agency_id": "TX-dallas-county-sheriffs-office"}
	if diff := cmp.Diff(want, got[2]); diff != "" || len(got) != 4 {
		t.Errorf("%d rows: %s", len(got), diff)
	}
	// Days and moments are numbers that a spreadsheet can reckon with.
	for column, want := range map[string]string{"signed": "45720", "since": "45722.9375", "rows": "1", "county_fips": "48029", "longitude": "-98.52"} {
		cell := cellOf(t, f, "Agreements", column, 3)
		raw, err := f.GetCellValue("Agreements", cell, excelize.Options{RawCellValue: true})
		kind, _ := f.GetCellType("Agreements", cell)
		isText := kind == excelize.CellTypeInlineString
		if err != nil || raw != want || isText != (column == "county_fips") {
			t.Errorf("%s is %q, text %v: %v", column, raw, isText, err)
		}
	}
	changed := shown(t, open(t, changes(t, export.XLSX, about(), someChanges())), "Changes")
	if c := changed[0]; len(changed) != 3 || c["id"] != "chg_01" || c["seq"] != "12" || c["detected_at"] != "2025-03-06 22:30 ET" ||
		c["fields"] != "agency: Dalas → Dallas; signed:  → 2025-03-04" || c["county_fips"] != "48113" || c["text"] != "Texas: ICE now spells …" {
		t.Errorf("%d changes, the first is %v", len(changed), c)
	}
}

func TestWorkbookIsLaidOut(t *testing.T) {
	f := open(t, agreements(t, export.XLSX, about(), someAgreements()))
	panes, err := f.GetPanes("Agreements")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 0 {
		t.Errorf("panes %+v: %v", panes, err)
	}
	if area, err := f.GetSheetDimension("Agreements"); err != nil || area != "A1:W5" {
		t.Errorf("the sheet is %q: %v", area, err)
	}
	filter := slices.ContainsFunc(f.GetDefinedName(), func(n excelize.DefinedName) bool { return n.RefersTo == "'Agreements'!$A$1:$W$5" })
	if !filter {
		t.Errorf("no filter over the sheet: %v", f.GetDefinedName())
	}
	lines, err := f.GetRows("Agreements")
	if err != nil || lines[0][0] != "state" || lines[0][1] != "agency" {
		t.Errorf("people's columns are not first: %v %v", lines[0], err)
	}
	for _, column := range []string{"state", "agency", "moa_url"} {
		name := strings.TrimRight(cellOf(t, f, "Agreements", column, 0), "1")
		if width, err := f.GetColWidth("Agreements", name); err != nil || width == 9.140625 {
			t.Errorf("%s has the usual width: %v", column, err)
		}
	}
	told, err := f.GetRows("Columns")
	if err != nil || len(told) != 1+len(lines[0]) {
		t.Fatalf("%d columns are explained, of %d: %v", len(told)-1, len(lines[0]), err)
	}
	for i, name := range lines[0] {
		if told[i+1][0] != name || !strings.HasSuffix(told[i+1][1], ".") {
			t.Errorf("column %s is explained as %v", name, told[i+1])
		}
	}
	if ids, err := f.GetRows("Agreements"); err != nil || ids[0][len(ids[0])-1] != "agency_id" {
		t.Errorf("programs' columns are not last: %v", err)
	}
}

func TestWorkbookSaysWhereItComesFrom(t *testing.T) {
	f := open(t, agreements(t, export.XLSX, about(), someAgreements()))
	lines, err := f.GetRows("About")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Title", "287(g) agreements in Texas as of March 8, 2025"}, {"As of", "2025-03-08 23:59 ET"}, {"Known until", "2025-03-10 23:59 ET"}, {"Last updated", "2025-03-06 22:30 ET"},
		{"Times", "In Washington (Eastern Time)"}, {"Page", "https://287g.example/texas"}, {"License", export.License}, {"License text", export.LicenseURL},
		{"Source", "ICE's participating list"}, {"  File", "p2.xlsx"}, {"  SHA-256", "aa11"}, {"  Published", "2025-03-06 21:30 ET"}, {"  Address", "https://www.ice.gov/p2.xlsx"},
		{"Source", "ICE's pending list"}, {"  File", "q2.xlsx"}, {"  SHA-256", "bb22"}, {"  Published", "2025-03-06 21:30 ET"}, {"  Address", "https://www.ice.gov/q2.xlsx"},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if linked, address, err := f.GetCellHyperLink("About", "B6"); err != nil || !linked || address != "https://287g.example/texas" {
		t.Errorf("the page is linked %v to %s: %v", linked, address, err)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title != about().Title || props.Created != "2025-03-07T03:30:00Z" || props.Modified != props.Created || props.Creator != "watch287g" {
		t.Errorf("properties %+v: %v", props, err)
	}
	plain := open(t, agreements(t, export.XLSX, nil, someAgreements()))
	if diff := cmp.Diff([]string{"Agreements"}, plain.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	bare := open(t, changes(t, export.XLSX, &export.About{Title: "=1+1", Site: "javascript:alert(1)"}, nil))
	formula, err := bare.GetCellFormula("About", "B1")
	title, _ := bare.GetCellValue("About", "B1")
	if err != nil || formula != "" || title != "=1+1" {
		t.Errorf("the title is %q, the formula %q: %v", title, formula, err)
	}
	if linked, _, _ := bare.GetCellHyperLink("About", "B3"); linked {
		t.Error("a script is linked")
	}
}

func TestWorkbookLinks(t *testing.T) {
	long := "https://www.ice.gov/" + strings.Repeat("a", 2100)
	for address, want := range map[string]string{
		"https://www.ice.gov/doclib/287gMOA/a%20b.pdf": "https://www.ice.gov/doclib/287gMOA/a%20b.pdf",
		"https://www.ice.gov/a b.pdf":                  "https://www.ice.gov/a%20b.pdf",
		"http://www.ice.gov/?a=1&b=<2>\"'|":            "http://www.ice.gov/?a=1&b=%3C2%3E%22'%7C",
		"https://www.ice.gov/\u00e9#\u201cx\u201d":     "https://www.ice.gov/%C3%A9#%E2%80%9Cx%E2%80%9D",
		"https://www.ice.gov/?a=%zz":                   "",
		"https:/www.ice.gov/a.pdf":                     "",
		"https://www.ice.gov@evil.example/":            "",
		"javascript:alert(1)":                          "",
		"file:///etc/passwd":                           "",
		"mailto:a@b.example":                           "",
		`=HYPERLINK("https://evil.example","x")`:       "",
		"Link Pending":                                 "",
		long:                                           "",
	} {
		f := open(t, agreements(t, export.XLSX, nil, []roster.AgreementAt{inTexas(func(s *roster.AgreementAt) { s.MOA = address })}))
		cell := cellOf(t, f, "Agreements", "moa_url", 1)
		linked, target, err := f.GetCellHyperLink("Agreements", cell)
		text, _ := f.GetCellValue("Agreements", cell)
		if err != nil || linked != (want != "") || target != want || text != address {
			t.Errorf("%q is shown as %q and links %v %q: %v", address, text, linked, target, err)
		}
	}
}

// Whatever ICE prints is a text in a workbook.
func TestWorkbookTakesNoTextForAFormula(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1":                         "=1+1",
		"+1":                           "+1",
		"@SUM(1)":                      "@SUM(1)",
		`=HYPERLINK("https://evil")`:   `=HYPERLINK("https://evil")`,
		"00123":                        "00123",
		"1e5":                          "1e5",
		"TRUE":                         "TRUE",
		" two  blanks ":                " two  blanks ",
		"</t></is></c><c><f>1+1</f>":   "</t></is></c><c><f>1+1</f>",
		"</autoFilter></worksheet>":    "</autoFilter></worksheet>",
		"_x0041_":                      "_x0041_",
		"bell\x07, null\x00, \xff end": "bell\ufffd, null\ufffd, \ufffd end",
		"line\nbreak":                  "line\nbreak",
	} {
		f := open(t, agreements(t, export.XLSX, nil, []roster.AgreementAt{inTexas(func(s *roster.AgreementAt) {
			s.Agency, s.Signed, s.MOA = text, roster.Date(text), text
		})}))
		for _, column := range []string{"agency", "signed", "moa_url"} {
			cell := cellOf(t, f, "Agreements", column, 1)
			got, err := f.GetCellValue("Agreements", cell)
			formula, _ := f.GetCellFormula("Agreements", cell)
			kind, _ := f.GetCellType("Agreements", cell)
			if err != nil || got != want || formula != "" || kind != excelize.CellTypeInlineString {
				t.Errorf("%s %q is %q of type %v, formula %q: %v", column, text, got, kind, formula, err)
			}
		}
	}
}

func TestWorkbookCutsWhatACellCannotHold(t *testing.T) {
	const most = excelize.TotalCellChars
	for _, test := range []struct{ text, want string }{
		{strings.Repeat("a", most), strings.Repeat("a", most)},
		{strings.Repeat("é", most), strings.Repeat("é", most)},
		{strings.Repeat("a", most+1), strings.Repeat("a", most-1) + "…"},
		{strings.Repeat("é", most+1), strings.Repeat("é", most-1) + "…"},
		{strings.Repeat("😀", most), strings.Repeat("😀", most/2) + "…"},
		{"a" + strings.Repeat("😀", most/2), "a" + strings.Repeat("😀", most/2)},
	} {
		f := open(t, changes(t, export.XLSX, nil, []roster.Change{aChange(func(c *roster.Change) { c.Text = test.text })}))
		got, err := f.GetCellValue("Changes", cellOf(t, f, "Changes", "text", 1))
		if err != nil || got != test.want {
			t.Errorf("%d units become %d, not %d: %v", len(utf16.Encode([]rune(test.text))), len(utf16.Encode([]rune(got))), len(utf16.Encode([]rune(test.want))), err)
		}
	}
}

// A day before spreadsheets' first is a text, and the last moment of a day is no
// part of the next one.
func TestWorkbookDays(t *testing.T) {
	last := roster.Date("2025-03-08").EndOf()
	for _, test := range []struct {
		signed roster.Date
		since  time.Time
		want   string
	}{
		{"", time.Time{}, " "},
		{"1899-12-31", last, "1899-12-31 2025-03-08 23:59 ET"},
		{"1996-09-30", time.Date(2025, 11, 2, 5, 30, 0, 0, time.UTC), "1996-09-30 2025-11-02 01:30 ET"},
		{"9999-12-31", time.Date(2025, 1, 1, 4, 59, 0, 0, time.UTC), "9999-12-31 2024-12-31 23:59 ET"},
	} {
		f := open(t, agreements(t, export.XLSX, nil, []roster.AgreementAt{inTexas(func(s *roster.AgreementAt) { s.Signed, s.Since = test.signed, test.since })}))
		r := shown(t, f, "Agreements")[0]
		if got := r["signed"] + " " + r["since"]; got != test.want {
			t.Errorf("%s, %v is shown as %q", test.signed, test.since, got)
		}
	}
}

// TestWorkbookParts holds the parts to what spreadsheets insist on: well-formed
// XML, and a sheet's elements and columns in order.
func TestWorkbookParts(t *testing.T) {
	for _, file := range [][]byte{
		agreements(t, export.XLSX, about(), someAgreements()), agreements(t, export.XLSX, nil, nil), changes(t, export.XLSX, about(), someChanges()),
	} {
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, part := range z.File {
			if seen[part.Name] || !part.Modified.IsZero() && part.Modified.Year() > 1980 {
				t.Errorf("%s stands twice, or has the time %v", part.Name, part.Modified)
			}
			seen[part.Name] = true
			elements := elementsOf(t, part)
			if part.Name != "xl/worksheets/sheet1.xml" {
				continue
			}
			order := []string{"dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "hyperlinks", "ignoredErrors"}
			rest := slices.DeleteFunc(order, func(e string) bool { return !slices.Contains(elements, e) })
			if !slices.Equal(elements, rest) {
				t.Errorf("the sheet's elements are %v", elements)
			}
		}
	}
}

// elementsOf reads a part, and returns the elements right below its first.
func elementsOf(t *testing.T, part *zip.File) []string {
	t.Helper()
	r, err := part.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var found []string
	depth, column := 0, 0
	for d := xml.NewDecoder(r); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%s: %v", part.Name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				found = append(found, token.Name.Local)
			}
			if token.Name.Local == "col" {
				column++
				if !slices.Contains(token.Attr, xml.Attr{Name: xml.Name{Local: "min"}, Value: strconv.Itoa(column)}) {
					t.Errorf("%s: column %v stands in place %d", part.Name, token.Attr, column)
				}
			}
		case xml.EndElement:
			depth--
		}
	}
}
