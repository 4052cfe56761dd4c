package diff_test

import (
	"context"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// candidate is a participating list that ICE published at some time.
func candidate(file string, at time.Time, rows ...roster.Row) diff.Candidate {
	list := roster.Roster{List: roster.ListParticipating, Rows: rows}
	return diff.Candidate{Roster: list, Publication: roster.Publication{List: list.List, File: file, SHA256: "sha256 of " + file,
		Digest: list.Digest(), PublishedAt: at, SeenAt: at, Rows: len(rows)}}
}

// Between two lists one agency signs, and another's name is spelled otherwise.
func ExampleUpdate() {
	lampass := roster.Row{Number: 2, State: "TX", Agency: "Lampass County Sheriff's Office", Type: roster.TypeCounty, Model: roster.WSO, Signed: "2025-07-15"}
	lampasas, sample := lampass, roster.Row{Number: 3, State: "FL", Agency: "Sampleton Police Department", Model: roster.TFM, Signed: "2025-07-20"}
	lampasas.Agency = "Lampasas County Sheriff's Office"

	begin := time.Date(2025, time.July, 18, 14, 0, 0, 0, time.UTC)
	first := candidate("first.xlsx", begin, lampass)
	first.Baseline = true // nothing on it is news
	before, err := diff.Update(context.Background(), diff.Input{Arrivals: []diff.Candidate{first}, Now: begin})
	if err != nil {
		fmt.Println(err)
		return
	}
	next := begin.AddDate(0, 0, 4)
	after, err := diff.Update(context.Background(), diff.Input{Known: before.Known, Now: next,
		Arrivals: []diff.Candidate{candidate("second.xlsx", next, lampasas, sample)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range after.Changes {
		fmt.Printf("%s: %s\n", c.Kind, c.Text)
	}
	// Output:
	// new: Florida: ICE now lists a Task Force Model agreement with Sampleton Police Department, signed July 20, 2025, according to ICE. ICE now lists 1 active agreement in Florida.
	// amended: Texas: ICE changed its record of Lampass County Sheriff's Office (Lampasas County): it now gives the name Lampasas County Sheriff's Office. Its Warrant Service Officer agreement was signed July 15, 2025, according to ICE. That both rows are the same agreement is likely, not certain.
	// milestone: Florida: ICE lists its first agreement in the state since this record began on July 18, 2025: Sampleton Police Department, Task Force Model.
}
