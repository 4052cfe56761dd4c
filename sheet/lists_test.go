package sheet_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// withStatus lays out the participating list's rows with a column STATUS behind
// them.
func withStatus(statuses []string, rows ...sheettest.Row) [][]sheettest.Cell {
	return addColumn("STATUS", statuses, sheettest.List(sheettest.ParticipatingColumns(), rows...))
}

func addColumn(heading string, texts []string, list [][]sheettest.Cell) [][]sheettest.Cell {
	list[0] = append(list[0], sheettest.Text(heading))
	for i := range list[1:] {
		list[i+1] = append(list[i+1], sheettest.Text(texts[i]))
	}
	return list
}

// agencies are made-up rows of agencies with these names.
func agencies(names ...string) []sheettest.Row {
	var rows []sheettest.Row
	for _, name := range names {
		r := lampasas()
		r.Agency = name
		rows = append(rows, r)
	}
	return rows
}

// said is what a file says, a line a row and a line a problem.
func said(t *testing.T, sheets ...sheettest.Sheet) []string {
	t.Helper()
	lists, err := sheet.Read(sheettest.Book{Sheets: sheets}.Bytes(), published)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range lists {
		lines = append(lines, fmt.Sprintf("%s list, %d rows, %d unreadable", r.List, len(r.Rows), r.Unreadable()))
		for _, row := range r.Rows {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", row.Number, row.Agency, row.Signed, row.Status)))
		}
		for _, p := range r.Problems {
			lines = append(lines, p.String())
		}
	}
	return lines
}

func TestBothListsInOneWorkbook(t *testing.T) {
	participating := func(names ...string) [][]sheettest.Cell {
		return sheettest.List(sheettest.ParticipatingColumns(), agencies(names...)...)
	}
	pending := func(names ...string) [][]sheettest.Cell {
		return sheettest.List(sheettest.PendingColumns(), agencies(names...)...)
	}
	for _, tt := range []struct {
		name   string
		sheets []sheettest.Sheet
		want   []string
	}{
		{"a sheet each", []sheettest.Sheet{{Rows: pending("Sought Police")}, {Rows: participating("Signed Police")}},
			[]string{"participating list, 1 rows, 0 unreadable", "2 Signed Police 2025-07-15", "pending list, 1 rows, 0 unreadable", "2 Sought Police"}},
		{"one of them without rows", []sheettest.Sheet{{Rows: participating("Signed Police")}, {Rows: pending()}},
			[]string{"participating list, 1 rows, 0 unreadable", "2 Signed Police 2025-07-15", "pending list, 0 rows, 0 unreadable"}},
		{"a larger one that is hidden", []sheettest.Sheet{{Name: "Old", State: "hidden", Rows: participating("A Police", "B Police")}, {Rows: participating("Signed Police")}, {Name: "Draft", State: "veryHidden", Rows: pending("Sought Police")}},
			[]string{"participating list, 1 rows, 0 unreadable", "2 Signed Police 2025-07-15",
				`row 1, sheet: "Old" is hidden from whoever opens the file; the list on it is not read`,
				`row 1, sheet: "Draft" is hidden from whoever opens the file; the list on it is not read`}},
		{"only a hidden one", []sheettest.Sheet{{State: "hidden", Rows: participating("Signed Police")}},
			[]string{"participating list, 1 rows, 0 unreadable", "2 Signed Police 2025-07-15"}},
		{"each of them twice", []sheettest.Sheet{{Rows: participating("Signed Police")}, {Name: "Old", Rows: pending("Sought Police")}, {Rows: pending("Sought Police", "New Police")}, {Name: "Archive", Rows: participating("Signed Police")}},
			[]string{"participating list, 1 rows, 0 unreadable", "2 Signed Police 2025-07-15",
				`row 1, sheet: "Archive" is one of several participating lists in one file; the smaller one, of 1 row, is not read`,
				"pending list, 2 rows, 0 unreadable", "2 Sought Police", "3 New Police",
				`row 1, sheet: "Old" is one of several pending lists in one file; the smaller one, of 1 row, is not read`}},
	} {
		if diff := cmp.Diff(tt.want, said(t, tt.sheets...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A column STATUS says which rows are signed and which are pending.
func TestReadByStatus(t *testing.T) {
	undated := func(name string) sheettest.Row { r := agencies(name)[0]; r.Signed = ""; return r }
	a, b, c := agencies("A Police")[0], undated("B Police"), undated("C Police")
	for _, tt := range []struct {
		name     string
		rows     []sheettest.Row
		statuses []string
		want     []string
	}{
		{"both kinds", []sheettest.Row{a, b}, []string{"Active", "Pending"},
			[]string{"participating list, 1 rows, 0 unreadable", "2 A Police 2025-07-15", "pending list, 1 rows, 0 unreadable", "3 B Police"}},
		{"in other words", []sheettest.Row{b, a}, []string{"pending\u00a0signature", " SIGNED"},
			[]string{"participating list, 1 rows, 0 unreadable", "3 A Police 2025-07-15", "pending list, 1 rows, 0 unreadable", "2 B Police"}},
		{"all signed", []sheettest.Row{a}, []string{"Participating"},
			[]string{"participating list, 1 rows, 0 unreadable", "2 A Police 2025-07-15", "pending list, 0 rows, 0 unreadable"}},
		{"signed without a date", []sheettest.Row{b, a}, []string{"Active", "Active"},
			[]string{"participating list, 2 rows, 0 unreadable", "2 B Police", "3 A Police 2025-07-15", `row 2, SIGNED: "" is empty`,
				"pending list, 0 rows, 0 unreadable"}},
		{"pending with a date", []sheettest.Row{a}, []string{"Pending"},
			[]string{"participating list, 0 rows, 0 unreadable", "pending list, 1 rows, 0 unreadable", "2 A Police", `row 2, SIGNED: "7/15/2025" is the signing date of a pending row; it is not read`}},
		{"no status but a date", []sheettest.Row{a, b}, []string{"", "Pending"},
			[]string{"participating list, 1 rows, 0 unreadable", "2 A Police 2025-07-15", "pending list, 1 rows, 0 unreadable", "3 B Police"}},
		{"neither status nor date", []sheettest.Row{a, c}, []string{"Active", ""},
			[]string{"participating list, 2 rows, 1 unreadable", "2 A Police 2025-07-15", "3 C Police  empty", `row 3, SIGNED: "" is empty`,
				`row 3, STATUS: "" is empty, and so is the signing date; the row changes nothing`,
				"pending list, 1 rows, 1 unreadable", "3 C Police  empty",
				`row 3, STATUS: "" is empty, and so is the signing date; the row changes nothing`}},
		{"neither signed nor pending", []sheettest.Row{a, b, a}, []string{"Active", "Pending", "Terminated"},
			[]string{"participating list, 2 rows, 1 unreadable", "2 A Police 2025-07-15", "4 A Police 2025-07-15 Terminated",
				`row 4, STATUS: "Terminated" is neither signed nor pending; the row changes nothing`,
				"pending list, 2 rows, 1 unreadable", "3 B Police", "4 A Police  Terminated",
				`row 4, STATUS: "Terminated" is neither signed nor pending; the row changes nothing`}},
		{"a column of another kind", []sheettest.Row{a, b}, []string{"New", "No change"},
			[]string{"participating list, 2 rows, 0 unreadable", "2 A Police 2025-07-15", "3 B Police",
				`row 1, STATUS: "STATUS" is not a column of a list, or is there twice; it is not read`, `row 3, SIGNED: "" is empty`}},
		{"nobody is signed or pending", []sheettest.Row{a}, []string{"Terminated"},
			[]string{"participating list, 1 rows, 0 unreadable", "2 A Police 2025-07-15",
				`row 1, STATUS: "STATUS" is not a column of a list, or is there twice; it is not read`}},
	} {
		if diff := cmp.Diff(tt.want, said(t, sheettest.Sheet{Rows: withStatus(tt.statuses, tt.rows...)})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Without a column SIGNED, the rows that say nothing of their status are pending.
func TestReadByStatusWithoutDates(t *testing.T) {
	rows := addColumn("Agreement Status", []string{"", "Signed", "Pending"}, sheettest.List(sheettest.PendingColumns(), agencies("A Police", "B Police", "C Police")...))
	want := []string{"participating list, 1 rows, 0 unreadable", "3 B Police", "pending list, 2 rows, 0 unreadable", "2 A Police", "4 C Police"}
	if diff := cmp.Diff(want, said(t, sheettest.Sheet{Rows: rows})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The words of thousands of different statuses are read in no time, and those of
// a remark not at all.
func TestStatusesAreBounded(t *testing.T) {
	rows := sheettest.Sample(5000)
	statuses := make([]string, len(rows))
	for i := range statuses {
		statuses[i] = fmt.Sprintf("Actived%d %s", i, strings.Repeat("x", 60))
	}
	lists, err := sheet.Read(sheettest.Book{Sheets: []sheettest.Sheet{{Rows: withStatus(statuses, rows...)}}}.Bytes(), published)
	if err != nil || len(lists) != 1 || len(lists[0].Rows) != len(rows) {
		t.Fatalf("%d lists, %v", len(lists), err)
	}
	if !slices.ContainsFunc(lists[0].Problems, func(p roster.Problem) bool { return p.Column == "STATUS" && p.Row == 1 }) {
		t.Error("nothing says that the column is not read")
	}
}
