package sheet_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// Every row that has text comes out as a row of the roster, or as a problem where
// that text is outside of the columns; blank rows do not, and no row is made up.
func TestReadDropsNoRow(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	texts := []string{"", "", " ", "\u00a0", "\u200b\x01", "TEXAS", "Total", "JEM", "45922", "link", "*", "#N/A", "Sample Police", safeLink, "7/72025"}
	columns := append(sheettest.ParticipatingColumns(), "", "NOTES")
	const notes = 2 // columns that no list has

	for range 80 {
		list := sheettest.List(columns)
		wantRows, wantStray := []int{}, []int{}
		for number := 2; number < 2+random.IntN(20); number++ {
			cells := make([]sheettest.Cell, len(columns))
			inside, outside := false, false
			for i := range cells {
				if random.IntN(3) > 0 {
					continue
				}
				cells[i].Text = texts[random.IntN(len(texts))]
				hasText := roster.Clean(cells[i].Text) != ""
				inside = inside || hasText && i < len(columns)-notes
				outside = outside || hasText && i >= len(columns)-notes
			}
			list = append(list, cells)
			if inside {
				wantRows = append(wantRows, number)
			} else if outside {
				wantStray = append(wantStray, number)
			}
		}
		r, err := readOne(sheettest.Book{Sheets: []sheettest.Sheet{{Rows: list}}}.Bytes())
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		rows, stray := []int{}, []int{}
		for _, row := range r.Rows {
			rows = append(rows, row.Number)
			if !row.Readable() && !slices.ContainsFunc(r.Problems, func(p roster.Problem) bool { return p.Row == row.Number }) {
				t.Errorf("seed %d: row %d is not readable, and nothing says so", seed, row.Number)
			}
		}
		for _, p := range r.Problems {
			if p.Column == "none" {
				stray = append(stray, p.Row)
			}
		}
		if !slices.Equal(rows, wantRows) || !slices.Equal(stray, wantStray) {
			t.Fatalf("seed %d: rows %v, want %v; text outside the columns in rows %v, want %v", seed, rows, wantRows, stray, wantStray)
		}
	}
}
