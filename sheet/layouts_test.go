package sheet_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// layout is a list that is laid out in some way, and what it says.
type layout struct {
	name     string
	book     sheettest.Book
	list     roster.List
	want     roster.Row
	problems []roster.Problem
}

func checkLayouts(t *testing.T, layouts []layout) {
	t.Helper()
	for _, tt := range layouts {
		got := read(t, tt.book.Bytes())
		want := roster.Roster{List: tt.list, Rows: []roster.Row{tt.want}, Problems: tt.problems}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// book is a workbook whose first sheet has these rows.
func book(name string, rows [][]sheettest.Cell, more ...sheettest.Sheet) sheettest.Book {
	return sheettest.Book{Sheets: append([]sheettest.Sheet{{Name: name, Rows: rows}}, more...)}
}

func list(columns ...string) [][]sheettest.Cell { return sheettest.List(columns, lampasas()) }

func text(s string) []sheettest.Cell { return []sheettest.Cell{sheettest.Text(s)} }

// renamed is a list whose columns have other names: old, new, old, new and so on.
func renamed(names ...string) [][]sheettest.Cell {
	l := list(sheettest.ParticipatingColumns()...)
	for i := 0; i < len(names); i += 2 {
		at := slices.IndexFunc(l[0], func(c sheettest.Cell) bool { return c.Text == names[i] })
		l[0][at].Text = names[i+1]
	}
	return l
}

// withColumn is a list with one more column.
func withColumn(heading string, at int, text string) [][]sheettest.Cell {
	l := list(sheettest.ParticipatingColumns()...)
	l[0] = slices.Insert(l[0], at, sheettest.Text(heading))
	l[1] = slices.Insert(l[1], at, sheettest.Text(text))
	return l
}

// changed is what the list says, but for a change.
func changed(change func(*roster.Row)) roster.Row {
	r := readLampasas()
	change(&r)
	return r
}

func atRow(number int) roster.Row { return changed(func(r *roster.Row) { r.Number = number }) }

func twice(heading string) []roster.Problem {
	return []roster.Problem{{Row: 1, Column: heading, Raw: heading, Why: "is not a column of a list, or is there twice; it is not read"}}
}

func TestReadColumns(t *testing.T) {
	all := sheettest.ParticipatingColumns()
	reversed := slices.Clone(all)
	slices.Reverse(reversed)
	checkLayouts(t, []layout{
		{"usual", book("Sheet1", list(all...)), roster.ListParticipating, readLampasas(), nil},
		{"sheet's name", book("Sheet 1", list(all...)), roster.ListParticipating, readLampasas(), nil},
		{"reversed", book("", list(reversed...)), roster.ListParticipating, readLampasas(), nil},
		{"without COUNTY", book("", list("STATE", sheettest.Agency, "TYPE", "SUPPORT TYPE", "SIGNED", "MOA")), roster.ListParticipating, changed(func(r *roster.Row) { r.County = "" }), nil},
		{"as before March 2025", book("", list("STATE", sheettest.Agency, "SUPPORT TYPE", "SIGNED", "MOA")), roster.ListParticipating, changed(func(r *roster.Row) { r.County, r.Type = "", "" }), nil},
		{"without MOA", book("", list("STATE", sheettest.Agency, "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED")), roster.ListParticipating, changed(func(r *roster.Row) { r.MOA = "" }), nil},
		{"pending", book("", list(sheettest.PendingColumns()...)), roster.ListPending, changed(func(r *roster.Row) { r.Signed = "" }), nil},
		{"pending without MOA", book("", list("STATE", sheettest.Agency, "TYPE", "COUNTY", "SUPPORT TYPE")), roster.ListPending, changed(func(r *roster.Row) { r.Signed, r.MOA = "", "" }), nil},
		{"columns without a heading", book("", list("", "STATE", sheettest.Agency, "", "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED", "MOA", "ADDENDUM", "")), roster.ListParticipating, readLampasas(), nil},
	})
}

func TestReadHeadings(t *testing.T) {
	all := sheettest.ParticipatingColumns()
	checkLayouts(t, []layout{
		{"headings in mixed case with blanks", book("", renamed("STATE", " State ", sheettest.Agency, "Law Enforcement\u00a0Agency", "SIGNED", "Signed\u00a0")), roster.ListParticipating, readLampasas(), nil},
		{"other headings", book("", renamed("TYPE", "Agency Type", "SIGNED", "DATE SIGNED", "SUPPORT TYPE", "MODEL")), roster.ListParticipating, readLampasas(), nil},
		{"misprinted headings", book("", renamed("STATE", "SATTE", sheettest.Agency, "LAW ENFORCMENT AGENCY", "SUPPORT TYPE", "SUPORT TYPE", "SIGNED", "SINGED", "COUNTY", "COUNTRY", "ADDENDUM", "ADENDUM")), roster.ListParticipating, readLampasas(), nil},
		{"title above", book("", append([][]sheettest.Cell{text("287(g) participating agencies"), nil, text("As of September 18, 2026")}, list(all...)...)), roster.ListParticipating, atRow(5), nil},
		{"empty rows between", book("", slices.Insert(list(all...), 1, nil, text(" \u00a0"), []sheettest.Cell{{}, sheettest.Text("")})), roster.ListParticipating, atRow(5), nil},
		{"second sheet", book("", list(all...), sheettest.Sheet{Rows: [][]sheettest.Cell{text("notes"), text("more notes")}}), roster.ListParticipating, readLampasas(), nil},
		{"list on the second sheet", book("", nil, sheettest.Sheet{Rows: list(all...)}), roster.ListParticipating, readLampasas(), nil},
		{"the same list twice", book("", list(all...), sheettest.Sheet{Name: "old", Rows: list(all...)[:1]}, sheettest.Sheet{Name: "older", Rows: list(all...)}), roster.ListParticipating, readLampasas(),
			[]roster.Problem{{Row: 1, Column: "sheet", Raw: "older", Why: "is one of several participating lists in one file; the smaller one, of 1 row, is not read"}}},
		{"a larger list behind a smaller one", book("", list(all...)[:1], sheettest.Sheet{Rows: list(all...)}), roster.ListParticipating, readLampasas(), nil},
	})
}

func TestReadOddColumns(t *testing.T) {
	all := sheettest.ParticipatingColumns()
	checkLayouts(t, []layout{
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
	})
}
