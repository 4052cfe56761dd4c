package prose

// englishTables holds what tables of agencies say, and what is said of a part of the
// lists that was chosen.
var englishTables = map[key]string{
	"column.agency":  "Agency",
	"column.county":  "County",
	"column.newest":  "On ICE's lists since",
	"column.model":   "Model",
	"column.kind":    "Kind of agency",
	"column.status":  "Status",
	"column.any":     "All",
	"kind.":          "not given",
	"kind.county":    "county",
	"kind.district":  "District",
	"kind.state":     "state",
	"kind.territory": "territory",

	"kind.municipality": "municipal",
	"county.statewide":  "Statewide",

	"cell.pending":        "pending since {day} ({days})",
	"cell.pending.model":  "{model} pending",
	"caption":             "{agencies}, with {active} and {pending}",
	"caption.active":      "{agencies}, with {active}",
	"caption.pending":     "{agencies}, with {pending}",
	"caption.unknown":     "{agencies}, with {active}; no pending list is known",
	"narrowed":            "Narrowed to {words}.",
	"narrowed.county":     "county {words}",
	"narrowed.place":      "the counties of {words}",
	"narrowed.agency":     "agencies named {words}",
	"narrowed.agency.one": "{words}",
}
