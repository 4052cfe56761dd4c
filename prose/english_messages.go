package prose

// englishMessages holds what messages say beside their lines: the day in one line, what
// there is no room for, what came to nothing, and notices to the operator.
var englishMessages = map[key]string{
	"day.by-model":     "{counts} ({models})",
	"day.by-model.all": "all {model}",
	"day.by-model.one": "{n} {model}",
	"day.passed":       "{n} that came and went",
	"subject.in":       "{counts} in {states}",
	"subject.new":      "{n} new",
	"subject.pending":  "{n} newly pending",
	"subject.removed":  "{n} gone",
	"subject.other":    "{n} other change|{n} other changes",
	"phrase.firsts":    "Milestone|Firsts and milestones",

	"mark.pending":           "•",
	"message.kind.pending":   "newly pending",
	"message.kind.removed":   "no longer listed",
	"message.kind.withdrawn": "no longer pending",
	"message.kind.restored":  "listed again",
	"message.kind.amended":   "listed otherwise",
	"message.kind.detail":    "a detail",
	"message.kind.document":  "a document",
	"message.item":           "({model})",
	"message.item.kind":      "({model}, {kind})",
	"message.in-all":         "{lists} · in all, {active}",
	"phrase.more":            "and {n} more",
	"message.by-state":       "By state: {counts}",
	"phrase.not-shown":       "Not shown: {n} change.|Not shown: {n} changes.",
	"message.all":            "All changes of {days}",
	"message.all.kept":       "ICE's lists have them. Whoever runs watch287g can print them: watch287g changes --since {since} --until {until}",
	"phrase.evidence":        "Evidence:",
	"passed.line":            "{line}; it came and went within the days of this message",

	"nothing":           "Left out, as it came to nothing within these days: {what}.",
	"phrase.nothing":    "nothing that lasted",
	"nothing.corrected": "{n} misprint that ICE put right|{n} misprints that ICE put right",
	"nothing.back":      "{n} agreement or entry that left the lists and came back|{n} agreements and entries that left the lists and came back",
	"nothing.left":      "{n} agreement or entry that came back to the lists and left them again|{n} agreements and entries that came back to the lists and left them again",
	"nothing.milestone": "{n} milestone that a later one outdid, or that no longer holds|{n} milestones that later ones outdid, or that no longer hold",

	// What a held list would change.
	"effect.left.page": "{n} entry gone from the pending list|{n} entries gone from the pending list",
	"effect.nothing":   "nothing",
	"effect.agency":    "{agency}, {model}",
	"effect.more":      "and {n} more, which are not named here",
}
