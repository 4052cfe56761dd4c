package sheet_test

import (
	"fmt"
	"time"

	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// A list as ICE prints it, with misprints that have one sensible reading, and a
// date that has none.
func ExampleRead() {
	workbook := sheettest.Participating(
		sheettest.Row{State: "UTAHJ", Agency: "Sample County Sheriff’s Office ", Type: "County", County: "Davis County", Model: "Warrant Service Office", Signed: "7/72025"},
		sheettest.Row{State: "TEXAS", Agency: "Sampleton Police Department", Type: "Muncipality", County: "Travis County", Model: "Task Force Model", Signed: "soon"},
	)
	lists, err := sheet.Read(workbook, time.Date(2025, time.July, 10, 12, 0, 0, 0, time.UTC))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, list := range lists {
		fmt.Println(list.List)
		for _, r := range list.Rows {
			fmt.Printf("row %d: %s, %s (%s), %s, signed %q\n", r.Number, r.State, r.Agency, r.Type, r.Model, r.Signed)
		}
		for _, p := range list.Problems {
			fmt.Println(p)
		}
	}
	// Output:
	// participating
	// row 2: UT, Sample County Sheriff's Office (county), WSO, signed "2025-07-07"
	// row 3: TX, Sampleton Police Department (municipality), TFM, signed ""
	// row 2, STATE: "UTAHJ" is read as Utah
	// row 2, SIGNED: "7/72025" is read as 2025-07-07
	// row 3, SIGNED: "soon" is not a date with one sensible reading
}
