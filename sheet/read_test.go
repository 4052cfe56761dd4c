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
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// published is when the lists of these tests were.
var published = time.Date(2026, 9, 18, 15, 0, 0, 0, time.UTC)

// read reads a file that holds one list.
func read(t *testing.T, body []byte) roster.Roster {
	t.Helper()
	r, err := readOne(body)
	if err != nil {
		t.Fatal(err)
	}
	return r
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

// Each case bends one cell of a sound row and says what becomes of it.
func TestReadCells(t *testing.T) {
	const (
		moa      = "https://www.ice.gov/doclib/287gMOA/Lampasas.pdf"
		agency   = sheettest.Agency
		noDate   = "is not a date with one sensible reading"
		longText = "is longer than 500 characters"
	)
	long := strings.Repeat("Long ", 2000) // 10,000 characters
	clipped := long[:500] + "…"
	raw := func(column, text string) map[string]string { return map[string]string{column: text} }
	type row = roster.Row
	type printed = sheettest.Row

	for _, tt := range []struct {
		name    string
		bend    func(*printed)
		want    func(*row)
		problem *roster.Problem // in row 2
	}{
		{"as it should be", func(*printed) {}, func(*row) {}, nil},

		{"state in mixed case", func(p *printed) { p.State = "Texas" }, func(*row) {}, nil},
		{"state's code", func(p *printed) { p.State = "TX" }, func(r *row) { r.Raw = raw("STATE", "TX") }, nil},
		{"blanks behind the state", func(p *printed) { p.State = "TEXAS \u00a0" }, func(r *row) { r.Raw = raw("STATE", "TEXAS \u00a0") }, nil},
		{"GEORGIA", func(p *printed) { p.State = "GEORGIA" }, func(r *row) { r.State = "GA" }, nil},
		{"GUAM", func(p *printed) { p.State = "GUAM" }, func(r *row) { r.State = "GU" }, nil},
		{"NORTHERN MARIANA ISLANDS", func(p *printed) { p.State = "NORTHERN MARIANA ISLANDS" }, func(r *row) { r.State = "MP" }, nil},
		{"WEST VIRIGINIA", func(p *printed) { p.State = "WEST VIRIGINIA" }, func(r *row) { r.State, r.Raw = "WV", raw("STATE", "WEST VIRIGINIA") },
			&roster.Problem{Column: "STATE", Raw: "WEST VIRIGINIA", Why: "is read as West Virginia"}},
		{"PENNSLYVANIA", func(p *printed) { p.State = "PENNSLYVANIA" }, func(r *row) { r.State, r.Raw = "PA", raw("STATE", "PENNSLYVANIA") },
			&roster.Problem{Column: "STATE", Raw: "PENNSLYVANIA", Why: "is read as Pennsylvania"}},
		{"UTAHJ", func(p *printed) { p.State = "UTAHJ" }, func(r *row) { r.State, r.Raw = "UT", raw("STATE", "UTAHJ") },
			&roster.Problem{Column: "STATE", Raw: "UTAHJ", Why: "is read as Utah"}},
		{"a state between two", func(p *printed) { p.State = "RKANSAS" }, func(r *row) { r.State, r.Raw = "", raw("STATE", "RKANSAS") },
			&roster.Problem{Column: "STATE", Raw: "RKANSAS", Why: "is not a state"}},
		{"no state", func(p *printed) { p.State = "" }, func(r *row) { r.State = "" },
			&roster.Problem{Column: "STATE", Why: "is empty"}},

		{"curly apostrophe and blanks", func(p *printed) { p.Agency = "Lampasas County\u00a0Sheriff’s  Office " },
			func(r *row) { r.Raw = raw(agency, "Lampasas County\u00a0Sheriff’s  Office ") }, nil},
		{"control characters", func(p *printed) { p.Agency = "Lampasas\a County\x00 Sheriff's\nOffice" },
			func(r *row) { r.Raw = raw(agency, "Lampasas\a County\x00 Sheriff's\nOffice") }, nil},
		{"no agency", func(p *printed) { p.Agency = "\u00a0" }, func(r *row) { r.Agency, r.Raw = "", raw(agency, "\u00a0") },
			&roster.Problem{Column: agency, Raw: "\u00a0", Why: "is empty"}},
		{"no letters in the agency", func(p *printed) { p.Agency = "—" }, func(r *row) { r.Agency, r.Raw = "", raw(agency, "—") },
			&roster.Problem{Column: agency, Raw: "—", Why: "is not a name"}},
		{"agency of 10,000 characters", func(p *printed) { p.Agency = long }, func(r *row) { r.Agency, r.Raw = "", raw(agency, clipped) },
			&roster.Problem{Column: agency, Raw: clipped, Why: longText}},
		{"county of 10,000 characters", func(p *printed) { p.County = long }, func(r *row) { r.County, r.Raw = "", raw("COUNTY", clipped) },
			&roster.Problem{Column: "COUNTY", Raw: clipped, Why: longText}},
		{"state of 10,000 characters", func(p *printed) { p.State = long }, func(r *row) { r.State, r.Raw = "", raw("STATE", clipped) },
			&roster.Problem{Column: "STATE", Raw: clipped, Why: "is not a state"}},
		{"email address in the agency", func(p *printed) { p.Agency = "Ask jane.doe@example.gov" }, func(r *row) { r.Agency, r.Raw = "", raw(agency, "Ask [withheld]") },
			&roster.Problem{Column: agency, Raw: "Ask [withheld]", Why: "has something in it that is not for publication"}},

		{"no county", func(p *printed) { p.County = "" }, func(r *row) { r.County = "" }, nil},
		{"county #N/A", func(p *printed) { p.County = "#N/A" }, func(r *row) { r.County, r.Raw = "", raw("COUNTY", "#N/A") }, nil},
		{"Muncipality", func(p *printed) { p.Type = "Muncipality" }, func(r *row) { r.Type, r.Raw = roster.TypeMunicipality, raw("TYPE", "Muncipality") }, nil},
		{"State", func(p *printed) { p.Type = "State" }, func(r *row) { r.Type = roster.TypeState }, nil},
		{"State Agency", func(p *printed) { p.Type = "State Agency" }, func(r *row) { r.Type, r.Raw = roster.TypeState, raw("TYPE", "State Agency") }, nil},
		{"no type", func(p *printed) { p.Type = "" }, func(r *row) { r.Type = "" }, nil},
		{"type #NA", func(p *printed) { p.Type = "#NA" }, func(r *row) { r.Type, r.Raw = "", raw("TYPE", "#NA") },
			&roster.Problem{Column: "TYPE", Raw: "#NA", Why: "is not a kind of agency"}},

		{"Warrant Service Office", func(p *printed) { p.Model = "Warrant Service Office" }, func(r *row) { r.Raw = raw("SUPPORT TYPE", "Warrant Service Office") }, nil},
		{"Warrant Services Officer", func(p *printed) { p.Model = "Warrant Services Officer" }, func(r *row) { r.Raw = raw("SUPPORT TYPE", "Warrant Services Officer") }, nil},
		{"Task Force Officer", func(p *printed) { p.Model = "Task Force Officer" }, func(r *row) { r.Model, r.Raw = roster.TFM, raw("SUPPORT TYPE", "Task Force Officer") }, nil},
		{"Task Force Model", func(p *printed) { p.Model = "Task Force Model\u00a0" }, func(r *row) { r.Model = roster.TFM }, nil},
		{"Jail Enforcement Model", func(p *printed) { p.Model = "Jail Enforcement Model" }, func(r *row) { r.Model = roster.JEM }, nil},
		{"two models", func(p *printed) { p.Model = "JEM and WSO" }, func(r *row) { r.Model = "JEM and WSO" },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: "JEM and WSO", Why: "is not one of the three models; it is kept as printed, and counted separately"}},
		{"another model", func(p *printed) { p.Model = " Tribal  Task Force" }, func(r *row) { r.Model = "Tribal Task Force" },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: " Tribal  Task Force", Why: "is not one of the three models; it is kept as printed, and counted separately"}},
		{"a county for a model", func(p *printed) { p.Model = "Lampasas" }, func(r *row) { r.Model, r.Raw = "", raw("SUPPORT TYPE", "Lampasas") },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: "Lampasas", Why: "is not a model of agreement"}},
		{"an address for a model", func(p *printed) { p.Model = "Model of jdoe@example.org" }, func(r *row) { r.Model, r.Raw = "", raw("SUPPORT TYPE", "Model of [withheld]") },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: "Model of [withheld]", Why: "is not a model of agreement"}},
		{"no model", func(p *printed) { p.Model = "" }, func(r *row) { r.Model = "" },
			&roster.Problem{Column: "SUPPORT TYPE", Why: "is empty"}},

		{"date as text", func(p *printed) { p.Signed = "7/15/2025" }, func(*row) {}, nil},
		{"05/082025", func(p *printed) { p.Signed = "05/082025" }, func(r *row) { r.Signed, r.SignedAs = "2025-05-08", "05/082025" },
			&roster.Problem{Column: "SIGNED", Raw: "05/082025", Why: "is read as 2025-05-08"}},
		{"7/72025", func(p *printed) { p.Signed = "7/72025" }, func(r *row) { r.Signed, r.SignedAs = "2025-07-07", "7/72025" },
			&roster.Problem{Column: "SIGNED", Raw: "7/72025", Why: "is read as 2025-07-07"}},
		{"8/282025", func(p *printed) { p.Signed = "8/282025" }, func(r *row) { r.Signed, r.SignedAs = "2025-08-28", "8/282025" },
			&roster.Problem{Column: "SIGNED", Raw: "8/282025", Why: "is read as 2025-08-28"}},
		{"year 5025", func(p *printed) { p.Signed = "1141621" }, func(r *row) { r.Signed, r.SignedAs = "2025-08-25", "8/25/5025" },
			&roster.Problem{Column: "SIGNED", Raw: "8/25/5025", Why: "is read as 2025-08-25"}},
		{"a date with two readings", func(p *printed) { p.Signed = "112/2025" }, func(r *row) { r.Signed, r.SignedAs = "", "112/2025" },
			&roster.Problem{Column: "SIGNED", Raw: "112/2025", Why: noDate}},
		{"no such day", func(p *printed) { p.Signed = "2/30/2025" }, func(r *row) { r.Signed, r.SignedAs = "", "2/30/2025" },
			&roster.Problem{Column: "SIGNED", Raw: "2/30/2025", Why: noDate}},
		{"a number that is no day", func(p *printed) { p.Signed = "99999999" }, func(r *row) { r.Signed, r.SignedAs = "", "99999999" },
			&roster.Problem{Column: "SIGNED", Raw: "99999999", Why: noDate}},
		{"no date", func(p *printed) { p.Signed = "" }, func(r *row) { r.Signed = "" },
			&roster.Problem{Column: "SIGNED", Why: "is empty"}},
		{"last year's date in January, which nothing can tell", func(p *printed) { p.Signed = "45666" }, func(r *row) { r.Signed = "2025-01-09" }, nil},

		{"no MOA", func(p *printed) { p.MOA = "" }, func(r *row) { r.MOA = "" }, nil},
		{"link without a link", func(p *printed) { p.MOA = "text:link" }, func(r *row) { r.MOA = "" }, nil},
		{"Link Pending", func(p *printed) { p.MOA = "text:Link Pending" }, func(r *row) { r.MOA = "" }, nil},
		{"link | addendum", func(p *printed) { p.MOA = "text:link\u00a0|\u00a0addendum" }, func(r *row) { r.MOA = "" }, nil},
		{"Cons", func(p *printed) { p.MOA = "text:Cons" }, func(r *row) { r.MOA = "" }, nil},
		{"bare URL", func(p *printed) { p.MOA = "text:" + moa + " " }, func(*row) {}, nil},
		{"bare URL without a scheme", func(p *printed) { p.MOA = "text:www.ice.gov/doclib/287gMOA/Lampasas.pdf" }, func(*row) {}, nil},
		{"http", func(p *printed) { p.MOA = "http://www.ice.gov/a.pdf" }, func(r *row) { r.MOA = "http://www.ice.gov/a.pdf" }, nil},
		{"one slash", func(p *printed) { p.MOA = "https:/www.ice.gov/doclib/287gMOA/Lampasas.pdf" }, func(*row) {}, nil},
		{"relative", func(p *printed) { p.MOA = "/doclib/287gMOA/Lampasas.pdf" }, func(*row) {}, nil},
		{"browser's viewer", func(p *printed) { p.MOA = "chrome-extension://abcdefgh/" + moa }, func(*row) {}, nil},
		{"addendum", func(p *printed) { p.Addendum = "https://www.ice.gov/b.pdf" }, func(r *row) { r.Addendum = "https://www.ice.gov/b.pdf" }, nil},
		{"link to a file", func(p *printed) { p.MOA = "file:///C:/Users/jdoe/Lampasas.pdf" }, func(r *row) { r.MOA = "" },
			&roster.Problem{Column: "MOA", Raw: "file:[withheld]", Why: "is not an http or https URL"}},
		{"link with a password", func(p *printed) { p.Addendum = "https://jdoe:secret@www.ice.gov/b.pdf?x=y" }, func(*row) {},
			&roster.Problem{Column: "ADDENDUM", Raw: "https://www.ice.gov/b.pdf", Why: "is not an http or https URL"}},
	} {
		printed, want := lampasas(), readLampasas()
		tt.bend(&printed)
		tt.want(&want)
		wantRoster := roster.Roster{List: roster.ListParticipating, Rows: []roster.Row{want}}
		if tt.problem != nil {
			tt.problem.Row = 2
			wantRoster.Problems = []roster.Problem{*tt.problem}
		}
		if diff := cmp.Diff(wantRoster, read(t, sheettest.Participating(printed))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// In whatever way a list is laid out, it says the same.
func TestReadLayouts(t *testing.T) {
	text := func(s string) []sheettest.Cell { return []sheettest.Cell{sheettest.Text(s)} }
	list := func(columns ...string) [][]sheettest.Cell { return sheettest.List(columns, lampasas()) }
	all := sheettest.ParticipatingColumns()
	reversed := slices.Clone(all)
	slices.Reverse(reversed)
	renamed := func(names ...string) [][]sheettest.Cell {
		l := list(all...)
		for i := 0; i < len(names); i += 2 {
			at := slices.IndexFunc(l[0], func(c sheettest.Cell) bool { return c.Text == names[i] })
			l[0][at].Text = names[i+1]
		}
		return l
	}
	withColumn := func(heading string, at int, text string) [][]sheettest.Cell {
		l := list(all...)
		l[0] = slices.Insert(l[0], at, sheettest.Text(heading))
		l[1] = slices.Insert(l[1], at, sheettest.Text(text))
		return l
	}
	twice := func(heading string) []roster.Problem {
		return []roster.Problem{{Row: 1, Column: heading, Raw: heading, Why: "is not a column of a list, or is there twice; it is not read"}}
	}
	book := func(name string, rows [][]sheettest.Cell, more ...sheettest.Sheet) sheettest.Book {
		return sheettest.Book{Sheets: append([]sheettest.Sheet{{Name: name, Rows: rows}}, more...)}
	}
	without := func(bend func(*roster.Row)) roster.Row {
		r := readLampasas()
		bend(&r)
		return r
	}
	at := func(number int) roster.Row { return without(func(r *roster.Row) { r.Number = number }) }

	for _, tt := range []struct {
		name     string
		book     sheettest.Book
		list     roster.List
		want     roster.Row
		problems []roster.Problem
	}{
		{"usual", book("Sheet1", list(all...)), roster.ListParticipating, readLampasas(), nil},
		{"sheet's name", book("Sheet 1", list(all...)), roster.ListParticipating, readLampasas(), nil},
		{"reversed", book("", list(reversed...)), roster.ListParticipating, readLampasas(), nil},
		{"without COUNTY", book("", list("STATE", sheettest.Agency, "TYPE", "SUPPORT TYPE", "SIGNED", "MOA")), roster.ListParticipating, without(func(r *roster.Row) { r.County = "" }), nil},
		{"as before March 2025", book("", list("STATE", sheettest.Agency, "SUPPORT TYPE", "SIGNED", "MOA")), roster.ListParticipating, without(func(r *roster.Row) { r.County, r.Type = "", "" }), nil},
		{"without MOA", book("", list("STATE", sheettest.Agency, "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED")), roster.ListParticipating, without(func(r *roster.Row) { r.MOA = "" }), nil},
		{"pending", book("", list(sheettest.PendingColumns()...)), roster.ListPending, without(func(r *roster.Row) { r.Signed = "" }), nil},
		{"pending without MOA", book("", list("STATE", sheettest.Agency, "TYPE", "COUNTY", "SUPPORT TYPE")), roster.ListPending, without(func(r *roster.Row) { r.Signed, r.MOA = "", "" }), nil},
		{"columns without a heading", book("", list("", "STATE", sheettest.Agency, "", "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED", "MOA", "ADDENDUM", "")), roster.ListParticipating, readLampasas(), nil},

		{"headings in mixed case with blanks", book("", renamed("STATE", " State ", sheettest.Agency, "Law Enforcement\u00a0Agency", "SIGNED", "Signed\u00a0")), roster.ListParticipating, readLampasas(), nil},
		{"other headings", book("", renamed("TYPE", "Agency Type", "SIGNED", "DATE SIGNED", "SUPPORT TYPE", "MODEL")), roster.ListParticipating, readLampasas(), nil},
		{"misprinted headings", book("", renamed("STATE", "SATTE", sheettest.Agency, "LAW ENFORCMENT AGENCY", "SUPPORT TYPE", "SUPORT TYPE", "SIGNED", "SINGED", "COUNTY", "COUNTRY", "ADDENDUM", "ADENDUM")), roster.ListParticipating, readLampasas(), nil},
		{"title above", book("", append([][]sheettest.Cell{text("287(g) participating agencies"), nil, text("As of September 18, 2026")}, list(all...)...)), roster.ListParticipating, at(5), nil},
		{"empty rows between", book("", slices.Insert(list(all...), 1, nil, text(" \u00a0"), []sheettest.Cell{{}, sheettest.Text("")})), roster.ListParticipating, at(5), nil},
		{"second sheet", book("", list(all...), sheettest.Sheet{Rows: [][]sheettest.Cell{text("notes"), text("more notes")}}), roster.ListParticipating, readLampasas(), nil},
		{"list on the second sheet", book("", nil, sheettest.Sheet{Rows: list(all...)}), roster.ListParticipating, readLampasas(), nil},
		{"the same list twice", book("", list(all...), sheettest.Sheet{Name: "old", Rows: list(all...)[:1]}, sheettest.Sheet{Name: "older", Rows: list(all...)}), roster.ListParticipating, readLampasas(),
			[]roster.Problem{{Row: 1, Column: "sheet", Raw: "older", Why: "is one of several participating lists in one file; the smaller one, of 1 row, is not read"}}},

		{"a larger list behind a smaller one", book("", list(all...)[:1], sheettest.Sheet{Rows: list(all...)}), roster.ListParticipating, readLampasas(), nil},

		{"unknown column", book("", append(list(append(slices.Clone(all), "STATUS ")...), nil)), roster.ListParticipating, readLampasas(),
			[]roster.Problem{{Row: 1, Column: "STATUS", Raw: "STATUS ", Why: "is not a column of a list, or is there twice; it is not read"}}},
		{"a column twice", book("", list(append(slices.Clone(all), "STATE")...)), roster.ListParticipating, readLampasas(),
			[]roster.Problem{{Row: 1, Column: "STATE", Raw: "STATE", Why: "is not a column of a list, or is there twice; it is not read"}}},
		{"a column of other things under the same name", book("", withColumn("SIGNED", 0, "Yes")), roster.ListParticipating, readLampasas(), twice("SIGNED")},
		{"an agency's kind under the name of the agency", book("", withColumn("AGENCY", 1, "County")), roster.ListParticipating, readLampasas(), twice("AGENCY")},
		{"an abbreviation under the name of the model", book("", withColumn("MODEL", 1, "No")), roster.ListParticipating, readLampasas(), twice("MODEL")},
		{"a near name beside the right one", book("", withColumn("COUNTRY", 0, "Lampasas")), roster.ListParticipating, readLampasas(), twice("COUNTRY")},
		{"text where files are linked", book("", withColumn("MOA", 0, "Link Pending")), roster.ListParticipating, readLampasas(), twice("MOA")},
		{"text outside the columns", book("", append(list(all...), append(make([]sheettest.Cell, 11), sheettest.Text("Total: 1")))), roster.ListParticipating, readLampasas(),
			[]roster.Problem{{Row: 3, Column: "none", Raw: "Total: 1", Why: "is outside the columns of the list"}}},
		{"text in the last column that there is", book("", append(list(all...), append(make([]sheettest.Cell, 16383), sheettest.Text("x")))), roster.ListParticipating, readLampasas(),
			[]roster.Problem{{Row: 3, Column: "none", Raw: "x", Why: "is outside the columns of the list"}}},
	} {
		got := read(t, tt.book.Bytes())
		want := roster.Roster{List: tt.list, Rows: []roster.Row{tt.want}, Problems: tt.problems}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
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

// What is one agreement, others decide: a row that stands twice stays two rows.
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
