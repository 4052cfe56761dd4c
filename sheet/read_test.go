package sheet_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// published is when the lists of these tests were.
var published = time.Date(2026, 9, 18, 15, 0, 0, 0, time.UTC)

// read reads a file that holds one list. What is wrong with its cells is said in Spanish as
// well, with the same figures, and left in English for who compares it.
func read(t *testing.T, body []byte) roster.Roster {
	t.Helper()
	r, err := readOne(body)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range r.Problems {
		spanish := p.Texts["es"]
		if spanish == "" || spanish == p.Why || figures(spanish) != figures(p.Why) {
			t.Errorf("%q is in Spanish %q", p.Why, spanish)
		}
		r.Problems[i].Texts = nil
	}
	return r
}

// figures are the digits of a text.
func figures(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func readOne(body []byte) (roster.Roster, error) {
	lists, err := sheet.Read(body, published)
	if err != nil {
		return roster.Roster{}, err
	}
	if len(lists) != 1 {
		return roster.Roster{}, fmt.Errorf("%d lists", len(lists))
	}
	return lists[0], nil
}

func asJSON(t *testing.T, r roster.Roster) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// lampasas is a row as ICE prints it, and readLampasas what it says.
func lampasas() sheettest.Row {
	return sheettest.Row{State: "TEXAS", Agency: "Lampasas County Sheriff's Office", Type: "County", County: "Lampasas County",
		Model: "Warrant Service Officer", Signed: "45853", MOA: "https://www.ice.gov/doclib/287gMOA/Lampasas.pdf"}
}

func readLampasas() roster.Row {
	return roster.Row{Number: 2, State: "TX", Agency: "Lampasas County Sheriff's Office", Type: roster.TypeCounty, County: "Lampasas County",
		Model: roster.WSO, Signed: "2025-07-15", MOA: "https://www.ice.gov/doclib/287gMOA/Lampasas.pdf"}
}

// A footnote is a row that cannot be read, and is counted as one.
func TestReadFootnote(t *testing.T) {
	r := read(t, sheettest.Participating(lampasas(), sheettest.Row{}, sheettest.Row{State: "* Updated weekly"}))
	if len(r.Rows) != 2 || r.Rows[1].Number != 4 || r.Rows[1].Readable() || r.Unreadable() != 1 {
		t.Errorf("rows %+v", r.Rows)
	}
	var columns []string
	for _, p := range r.Problems {
		if p.Row != 4 {
			t.Errorf("%v", p)
		}
		columns = append(columns, p.Column)
	}
	if diff := cmp.Diff([]string{"STATE", "LAW ENFORCEMENT AGENCY", "SUPPORT TYPE", "SIGNED"}, columns); diff != "" {
		t.Errorf("columns with a problem (-want +got):\n%s", diff)
	}
}

// A row that is there twice stays two rows: others decide what is one agreement.
func TestReadKeepsDuplicates(t *testing.T) {
	again := lampasas()
	again.Agency = strings.ToUpper(again.Agency)
	r := read(t, sheettest.Participating(lampasas(), lampasas(), again))
	if len(r.Rows) != 3 || len(r.Problems) != 0 {
		t.Errorf("rows %+v, problems %v", r.Rows, r.Problems)
	}
}

func TestReadFormulas(t *testing.T) {
	const address = "https://www.ice.gov/b.pdf"
	rows := sheettest.List(sheettest.ParticipatingColumns(), lampasas())
	rows[1][0] = sheettest.Cell{Formula: "1+1", Text: "2", Kind: sheettest.Plain}
	rows[1][1] = sheettest.Cell{Formula: `"Lampasas"&" Police"`, Text: "Lampasas Police", Kind: sheettest.Result}
	rows[1][2] = sheettest.Cell{Text: "1", Kind: sheettest.Truth}
	rows[1][3] = sheettest.Cell{Text: "#N/A", Kind: sheettest.Fault}
	rows[1][5] = sheettest.Cell{Formula: "TODAY()", Text: "45853", Kind: sheettest.Plain}
	rows[1][6] = sheettest.Cell{Formula: `HYPERLINK("` + address + `","link")`, Text: "link", Kind: sheettest.Result}
	rows[1][7] = sheettest.Cell{Formula: `HYPERLINK("` + address + `")`, Text: "link", Kind: sheettest.Result, Link: "https://www.ice.gov/c.pdf"}
	want := readLampasas()
	want.State, want.Agency, want.Type, want.County = "", "Lampasas Police", "", ""
	want.MOA, want.Addendum = address, "https://www.ice.gov/c.pdf"
	want.Raw = map[string]string{"STATE": "2", "TYPE": "TRUE", "COUNTY": "#N/A"}
	if diff := cmp.Diff(roster.Roster{List: roster.ListParticipating, Rows: []roster.Row{want}, Problems: []roster.Problem{
		{Row: 2, Column: "STATE", Raw: "2", Why: "is not a state"},
		{Row: 2, Column: "TYPE", Raw: "TRUE", Why: "is not a kind of agency"},
	}}, read(t, sheettest.Book{Sheets: []sheettest.Sheet{{Rows: rows}}}.Bytes())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A workbook can count its days from 1904.
func TestRead1904(t *testing.T) {
	signed := func(s string) sheettest.Row { r := lampasas(); r.Signed = s; return r }
	body := sheettest.Book{Date1904: true, Sheets: []sheettest.Sheet{{Rows: sheettest.List(sheettest.ParticipatingColumns(),
		signed("44391"), signed("7/15/2025"), signed("1140159"))}}}.Bytes()
	r := read(t, body)
	var got []string
	for _, row := range r.Rows {
		got = append(got, string(row.Signed)+" "+row.SignedAs)
	}
	if diff := cmp.Diff([]string{"2025-07-15 ", "2025-07-15 ", "2025-08-25 8/25/5025"}, got); diff != "" {
		t.Errorf("signed (-want +got):\n%s", diff)
	}
}

const safeLink = "https://gcc02.safelinks.protection.outlook.com/ap/b-59584e83/?url=https%3A%2F%2Fwww.ice.gov%2Fdoclib%2FLampasas.pdf&data=05%7C02%7Cjane.doe%40example.gov%7C1234&sdata=abc%3D&reserved=0"

// Nothing of Outlook's wrappers, nor anyone's email address, gets into a roster.
func TestReadKeepsNothingPrivate(t *testing.T) {
	nested := "https://nam02.safelinks.protection.outlook.com/?url=" + strings.NewReplacer(":", "%3A", "/", "%2F", "?", "%3F", "&", "%26", "=", "%3D", "%", "%25").Replace(safeLink) + "&data=john%40example.gov"
	with := func(inner string) string {
		return "https://gcc02.safelinks.protection.outlook.com/?" + inner + "data=05%7Cjane.doe%40example.gov%7C"
	}
	for _, tt := range []struct {
		name string
		bend func(*sheettest.Row)
		moa  string
	}{
		{"wrapper", func(r *sheettest.Row) { r.MOA = safeLink }, "https://www.ice.gov/doclib/Lampasas.pdf"},
		{"wrapper in capitals", func(r *sheettest.Row) { r.MOA = strings.Replace(safeLink, "gcc02.safelinks", "GCC02.SafeLinks", 1) }, "https://www.ice.gov/doclib/Lampasas.pdf"},
		{"wrapper as text", func(r *sheettest.Row) { r.MOA = "text:" + safeLink }, "https://www.ice.gov/doclib/Lampasas.pdf"},
		{"wrapper in a wrapper", func(r *sheettest.Row) { r.MOA = nested }, "https://www.ice.gov/doclib/Lampasas.pdf"},
		{"wrapper in a viewer", func(r *sheettest.Row) { r.MOA = "chrome-extension://abcdefgh/" + safeLink }, "https://www.ice.gov/doclib/Lampasas.pdf"},
		{"wrapper of a broken scheme", func(r *sheettest.Row) { r.MOA = with("url=https%3A%2Fwww.ice.gov%2Fdoclib%2FLampasas.pdf&") }, "https://www.ice.gov/doclib/Lampasas.pdf"},
		{"wrapper without an address", func(r *sheettest.Row) { r.MOA = with("") }, ""},
		{"wrapper of a script", func(r *sheettest.Row) { r.MOA = with("url=javascript%3Aalert%281%29&") }, ""},
		{"wrapper of an email address", func(r *sheettest.Row) { r.MOA = with("url=mailto%3Ajane.doe%40example.gov&") }, ""},
		{"wrapper in a parameter", func(r *sheettest.Row) { r.MOA = "https://www.ice.gov/?to=" + strings.ReplaceAll(safeLink, "%", "%25") }, ""},
		{"wrapper that is cut off", func(r *sheettest.Row) { r.MOA = "https://gcc02.safelinks.protection.outlook.com" }, ""},
		{"email address", func(r *sheettest.Row) { r.MOA = "mailto:jane.doe@example.gov?subject=Lampasas" }, ""},
		{"email address without a scheme", func(r *sheettest.Row) { r.MOA = "jane.doe@example.gov" }, ""},
		{"email address in a parameter", func(r *sheettest.Row) { r.MOA = "https://www.ice.gov/a.pdf?by=jane.doe%2540example.gov" }, ""},
		{"email address in a path", func(r *sheettest.Row) { r.MOA = "https://www.ice.gov/jane.doe@example.gov/a.pdf" }, ""},
		{"wrapper in the state", func(r *sheettest.Row) { r.State, r.MOA = safeLink, "" }, ""},
		{"wrapper in the agency", func(r *sheettest.Row) { r.Agency, r.MOA = "See "+safeLink, "" }, ""},
		{"wrapper in the county", func(r *sheettest.Row) { r.County, r.MOA = safeLink, "" }, ""},
		{"email address in the type", func(r *sheettest.Row) { r.Type, r.MOA = "jane.doe@example.gov", "" }, ""},
		{"email address in the model", func(r *sheettest.Row) { r.Model, r.MOA = "jane.doe@example.gov", "" }, ""},
		{"email address in the date", func(r *sheettest.Row) { r.Signed, r.MOA = "jane.doe@example.gov", "" }, ""},
	} {
		printed := lampasas()
		tt.bend(&printed)
		for where, body := range map[string][]byte{
			"its cell":        sheettest.Participating(printed),
			"another's cell":  sheettest.Participating(lampasas(), printed),
			"an unread sheet": sheettest.Book{Sheets: []sheettest.Sheet{{Rows: sheettest.List(sheettest.ParticipatingColumns(), printed)}, {Name: "jane.doe@example.gov", Rows: sheettest.List(sheettest.ParticipatingColumns(), lampasas())}}}.Bytes(),
			"a heading":       sheettest.Book{Sheets: []sheettest.Sheet{{Rows: sheettest.List(append(sheettest.ParticipatingColumns(), safeLink, "jane.doe@example.gov"), printed)}}}.Bytes(),
		} {
			r := read(t, body)
			row := r.Rows[0]
			if where == "another's cell" {
				row = r.Rows[1]
			}
			if row.MOA != tt.moa {
				t.Errorf("%s in %s: MOA %q, want %q", tt.name, where, row.MOA, tt.moa)
			}
			if printed.MOA != "" && tt.moa == "" && !slices.ContainsFunc(r.Problems, func(p roster.Problem) bool { return p.Row == row.Number && p.Column == "MOA" }) {
				t.Errorf("%s in %s: no problem says why there is no MOA: %v", tt.name, where, r.Problems)
			}
			lower := strings.ToLower(asJSON(t, r))
			for _, secret := range []string{"safelinks", "outlook", "doe", "john", "@", "%40"} {
				if strings.Contains(lower, secret) {
					t.Errorf("%s in %s: %q is kept: %s", tt.name, where, secret, lower)
				}
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	text := func(cells ...string) (line []sheettest.Cell) {
		for _, c := range cells {
			line = append(line, sheettest.Text(c))
		}
		return line
	}
	book := func(rows ...[]sheettest.Cell) []byte {
		return sheettest.Book{Sheets: []sheettest.Sheet{{Rows: rows}}}.Bytes()
	}
	sound := sheettest.Participating(lampasas())
	deep := slices.Repeat([][]sheettest.Cell{text("title")}, 10)
	for _, tt := range []struct {
		name string
		body []byte
		want error
	}{
		{"empty file", nil, sheet.ErrBroken},
		{"blanks", []byte(" \r\n\t"), sheet.ErrBroken},
		{"text", []byte("STATE,LAW ENFORCEMENT AGENCY,SUPPORT TYPE\n"), sheet.ErrBroken},
		{"PDF", []byte("%PDF-1.7"), sheet.ErrBroken},
		{"old workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), sheet.ErrBroken},
		{"zip's first letters alone", []byte("PK\x03\x04 this is not a workbook"), sheet.ErrBroken},
		{"half a workbook", sound[:len(sound)/2], sheet.ErrBroken},
		{"workbook without its last byte", sound[:len(sound)-1], sheet.ErrBroken},
		{"workbook in an archive", archive("list.xlsx", string(sound)), sheet.ErrBroken},
		{"empty archive", archive(), sheet.ErrBroken},
		{"document", archive("_rels/.rels", relations("officeDocument", "word/document.xml"), "word/document.xml", "<document/>"), sheet.ErrNoList},
		{"too large", make([]byte, sheet.MaxBytes+1), sheet.ErrBroken},
		{"table that breaks off", []byte("<table><tr><th>STATE<th>LAW ENFORCEMENT AGENCY<th>SUPPORT TYPE<tr><td>TEXAS<td>A"), sheet.ErrBroken},

		{"no sheets", sheettest.Book{}.Bytes(), sheet.ErrNoList},
		{"empty sheet", book(), sheet.ErrNoList},
		{"reimbursement worksheet", book(text("Agency", "Pay period", "Officer", "Hours", "Rate"), text("A", "1", "B", "40", "35.50")), sheet.ErrNoList},
		{"without the model", book(text("STATE", "LAW ENFORCEMENT AGENCY", "SIGNED"), text("TEXAS", "A", "45853")), sheet.ErrNoList},
		{"without the state", book(text("LAW ENFORCEMENT AGENCY", "SUPPORT TYPE"), text("A", "JEM")), sheet.ErrNoList},
		{"headings too far down", book(append(deep, text("STATE", "LAW ENFORCEMENT AGENCY", "SUPPORT TYPE"))...), sheet.ErrNoList},
		{"headings in one cell", book(text("STATE LAW ENFORCEMENT AGENCY SUPPORT TYPE")), sheet.ErrNoList},
		{"page of denial", []byte("<!DOCTYPE html><html><body><h1>Access Denied</h1></body></html>"), sheet.ErrNoList},
		{"page with another table", []byte("<table><tr><td>STATE</td><td>Office</td></tr></table>"), sheet.ErrNoList},
	} {
		lists, err := sheet.Read(tt.body, published)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if lists != nil {
			t.Errorf("%s: an error, and a roster too: %+v", tt.name, lists)
		}
	}
}
