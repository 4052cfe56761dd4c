package prose

// englishMaps holds what maps say.
var englishMaps = map[key]string{
	"map.what.agreements":  "Active agreements",
	"map.what.counties":    "Percent of counties whose sheriff or other county agency has an active agreement",
	"map.title.agreements": "Active agreements by state",
	"map.title.counties":   "Share of counties with an active agreement, by state",
	"map.says.agreements":  "A map of the United States. The darker a state stands out, the more active agreements are on ICE's list.",
	"map.says.counties":    "A map of the United States. The darker a state stands out, the larger the share of its counties whose sheriff or other county agency has an active agreement on ICE's list.",
	"map.state.covered":    "{state}: {covered} of {counties}",
	"map.state.uncounted":  "{state}: not counted by county",

	"map.title.state":        "287(g) agreements in {state}, by county",
	"map.title.nation":       "287(g) agreements by county",
	"map.title.neighborhood": "{county} and its neighbors",
	"map.title.locator":      "Where {county} is in {state}",

	"map.county":             "{county}: {holds}",
	"map.county.own":         "{n} {model} agreement with {agency}|{n} {model} agreements with {agencies}",
	"map.county.own.other":   "{n} agreement in another model with {agency}|{n} agreements in other models with {agencies}",
	"map.county.local":       "{n} {model} agreement with a local agency|{n} {model} agreements with local agencies",
	"map.county.local.other": "{n} agreement in another model with a local agency|{n} agreements in other models with local agencies",
	"map.county.none":        "none listed",
	"map.agency.":            "a county agency",
	"map.agency.AK":          "a borough agency",
	"map.agency.LA":          "a parish agency",
	"map.agencies.":          "county agencies",
	"map.agencies.AK":        "borough agencies",
	"map.agencies.LA":        "parish agencies",

	"map.sentence":           "{said}.",
	"map.of":                 "of {counties}, {parts}",
	"map.all.own":            "in all {counties}, ICE lists an active agreement with {agency}",
	"map.all.none":           "ICE lists neither an active agreement nor a pending entry in any of the {counties}",
	"map.clause.own":         "{n} has an active agreement with {agency}|{n} have an active agreement with {agency}",
	"map.clause.local":       "{n} has one with only a local agency (such as a town's police)|{n} have one with only a local agency (such as a town's police)",
	"map.clause.local.alone": "{n} has an active agreement with only a local agency (such as a town's police)|{n} have an active agreement with only a local agency (such as a town's police)",
	"map.clause.pending":     "{n} has only a pending entry|{n} have only pending entries",
	"map.clause.none":        "{n} has none listed|{n} have none listed",

	"map.legend.fill":     "An active agreement with {agency}:",
	"map.legend.dots":     "with a local agency, such as a town's police",
	"map.legend.hatching": "pending entry",
	"map.legend.none":     "none listed",
	"map.legend.order":    "Where there are several models, the color is that of the model that reaches farthest: Task Force Model (during routine police duties) before Jail Enforcement Model (identifying and processing people in jail) before Warrant Service Officer (serving warrants in jail).",

	"map.note.statewide":       "Not on the map: {n} active agreement of an agency of a whole state.|Not on the map: {n} active agreements of agencies of whole states.",
	"map.note.statewide.state": "Not on the map: {n} active agreement for all of {state}.|Not on the map: {n} active agreements for all of {state}.",
	"map.note.statewide.named": "Not on the map: {n} active agreement for all of {state} ({agencies}).|Not on the map: {n} active agreements for all of {state} ({agencies}).",
	"map.note.unplaced":        "Not on the map, as its county is not known: {n} active agreement.|Not on the map, as their county is not known: {n} active agreements.",
	"map.note.territories":     "Not on the map, as it is in a territory: {n} active agreement.|Not on the map, as they are in territories: {n} active agreements.",
	"map.note.CT":              "The map has the eight counties by which ICE's lists name places. The Census Bureau has counted Connecticut by nine planning regions since 2022.",

	"map.source.date":    "What ICE listed as of {date}.",
	"map.source.site":    "Source: 287(g) watch ({site}), from the lists of 287(g) agreements that ICE publishes. Borders: U.S. Census Bureau.",
	"map.source.license": "In the public domain: CC0 1.0 (creativecommons.org/publicdomain/zero/1.0).",
}
