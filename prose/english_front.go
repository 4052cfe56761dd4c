package prose

// englishFront holds what the front page says of the whole country.
var englishFront = map[key]string{
	"claim":             "ICE lists {active}",
	"claim.in":          "ICE lists {active} in {places}",
	"claim.none":        "ICE lists no active 287(g) agreement",
	"claim.past":        "On {date}, ICE listed {active}",
	"claim.past.in":     "On {date}, ICE listed {active} in {places}",
	"claim.past.none":   "On {date}, ICE listed no active 287(g) agreement",
	"front.listed":      "As of {moment}, ICE lists {listed}.",
	"front.listed.past": "As of {moment}, ICE listed {listed}.",
	"front.active":      "active agreement|active agreements",
	"front.agencies":    "agency|agencies",
	"front.states":      "state|states",
	"front.and":         "{states} and {more}",
	"front.new":         "new in {days}",
	"front.gone":        "gone in {days}",
	"front.pending":     "pending entry|pending entries",
	"front.recent":      "new and gone in the {days} until then",
	"front.begins":      "the record begins on that day: what is new or gone counts from then on",
	"front.ever":        "Of the active agreements, {new} came since {date}, the day of the first list known here; {gone} that ICE listed then or later are gone from its list.",
	"front.left":        "{models}, since {date}",
	"front.more":        "{n} more agreement|{n} more agreements",
	"record.ends":       "This record ends on {date}. What ICE has listed since is not in it.",
}
