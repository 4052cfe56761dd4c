package fakeice

import (
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// storyPace is how much time passes from one step of the story to the next.
const storyPace = 48 * time.Hour

// Story returns two weeks of a made-up ICE at its usual carefulness, from a moment
// on. The agencies are named so that nobody takes them for real ones.
func Story(begin time.Time) []Step {
	var steps []Step
	add := func(title, fault string, files ...File) {
		at := begin.Add(time.Duration(len(steps)) * storyPace)
		for i := range files {
			files[i].At = at
		}
		steps = append(steps, Step{At: at, Title: title, Fault: fault, Files: files})
	}
	first := storyRows(begin)
	active, seeks := first, storySeekers()
	signed := dayFrom(begin)
	add("The first poll of an empty store: what is there is no news", "", participating(active), pending(seeks))

	palmvale, stonewell := seeks[0], seeks[1]
	palmvale.Signed, stonewell.Signed = signed(1), signed(12)
	active = append(slices.Clone(active), palmvale)
	add("An agency moves from the pending list to the other one", "", participating(active), pending(seeks[1:]))
	add("ICE's servers answer with a block page and status 200", "block")

	active = slices.Clone(active)
	active[5].Agency, active[6].Signed, active[1].Agency = "Larkwood Police Department", signed(-4), "SANDHAVEN BEACH POLICE DEPARTMENT"
	add("ICE mends a name and a date, and prints another name in capitals", "", participating(active))
	add("ICE puts each list behind the other one's link", "swap")
	active = active[1:]
	add("An agency is no longer on the list", "", participating(active))
	add("ICE serves its first list again", "", participating(first))
	active = append(slices.Clone(active), stonewell, first[0])
	add("The next list does not bear that out; one agency has signed, and the one that left is back", "", participating(active), pending(nil))
	return steps
}

// dayFrom prints days counted from the one at which the story begins.
func dayFrom(begin time.Time) func(days int) string {
	begin = begin.In(roster.Washington())
	return func(days int) string { return begin.AddDate(0, 0, days).Format("1/2/2006") }
}

func storyRows(begin time.Time) []sheettest.Row {
	signed := dayFrom(begin)
	misprinted := begin.In(roster.Washington()).AddDate(0, 0, -4).Format("1/22006") // without its second stroke
	rows := []sheettest.Row{
		{State: "FLORIDA", Agency: "Mapleport Police Department", County: "Brevard County", Type: "Municipality", Model: "Task Force Model", Signed: signed(-131)},
		{State: "FLORIDA", Agency: "Sandhaven Beach Police Department", County: "Lee County", Type: "Municipality", Model: "Task Force Model", Signed: signed(-118)},
		{State: "GEORGIA", Agency: "Fernbrook Police Department", County: "Cobb County", Type: "Municipality", Model: "Task Force Model", Signed: signed(-96)},
		{State: "TEXAS", Agency: "Ironcrest Constable's Office Precinct 1", County: "Harris County", Type: "County", Model: "Task Force Model", Signed: signed(-89)},
		{State: "TEXAS", Agency: "Ironcrest Constable's Office Precinct 2", County: "Harris County", Type: "County", Model: "Warrant Service Officer", Signed: signed(-89)},
		{State: "TEXAS", Agency: "Larkwod Police Department", County: "Travis County", Type: "Municipality", Model: "Warrant Service Officer", Signed: signed(-62)},
		{State: "UTAHJ", Agency: "Glenridge Sheriff’s Office ", County: "Davis County", Type: "County", Model: "Jail Enforcement Model", Signed: misprinted},
	}
	for i := range 14 { // enough that one that leaves does not look like half a list
		rows = append(rows, sheettest.Row{State: "TENNESSEE", Agency: fmt.Sprintf("Made-Up District %d Sheriff's Office", i+1),
			County: "Knox County", Type: "County", Model: "Warrant Service Officer", Signed: signed(-62)})
	}
	return rows
}

// storySeekers are the rows of the pending list.
func storySeekers() []sheettest.Row {
	return []sheettest.Row{
		{State: "FLORIDA", Agency: "Palmvale Police Department", County: "Brevard County", Type: "Municipality", Model: "Task Force Model"},
		{State: "WEST VIRGINIA", Agency: "Stonewell Sheriff's Office", County: "Mercer County", Type: "County", Model: "Task Force Model"},
	}
}

func participating(rows []sheettest.Row) File {
	return File{Link: Participating, Name: "participatingAgencies.xlsx", Body: sheettest.Participating(rows...)}
}

func pending(rows []sheettest.Row) File {
	return File{Link: Pending, Name: "pendingAgencies.xlsx", Body: sheettest.Pending(rows...)}
}
