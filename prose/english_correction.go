package prose

// englishCorrection holds what is said where a rebuild of the record comes to something else
// than was reported.
var englishCorrection = map[key]string{
	"correction.symbol":             "~",
	"correction.label":              "Correction",
	"correction.many":               "corrections of what was reported",
	"correction.count-alone":        "{n} correction of an earlier report|{n} corrections of earlier reports",
	"message.kind.correction":       "a correction",
	"correction.taken-back.title":   "Correction: Wrong in the report of {date}: {said}",
	"correction.taken-back.text":    "Correction: The report of {date} said: {said} That was wrong.",
	"correction.instead.text":       "ICE's lists say this instead: {says}",
	"correction.altered.title":      "Correction: The report of {date} no longer says {said}; it now reads {says}",
	"correction.altered.title.rest": "Correction: Details were wrong in the report of {date}: {said}",
	"correction.altered.text":       "Correction: The report of {date} said: {said} It now reads: {says}",
	"correction.found-later.title":  "Found later, and not reported on {found}: {says}",
	"correction.found-later.text":   "Found later: ICE's lists showed this by {found}, and it was not reported then: {says} This is not today's news.",
	"correction.stands.title":       "Correction: Right after all, in the report of {date}: {said}",
	"correction.stands.text":        "Correction: The report of {date} said: {said} It was later called wrong here. It was right.",
	"correction.longer.title":       "This record of {list} now begins on {from}; {n} change from before {until} is added|This record of {list} now begins on {from}; {n} changes from before {until} are added",
	"correction.longer.text":        "This record of {list} now begins on {from}; it used to begin on {until}. {n} change from the time between was added, which is not today's news.|This record of {list} now begins on {from}; it used to begin on {until}. {n} changes from the time between were added, which are not today's news.",
	"correction.longer.first.title": "This record now has {list}, from {from} on; {n} change is added|This record now has {list}, from {from} on; {n} changes are added",
	"correction.longer.first.text":  "This record now has {list}, from {from} on, which it did not have. {n} change was added, which is not today's news.|This record now has {list}, from {from} on, which it did not have. {n} changes were added, which are not today's news.",
	"correction.why.lists":          "Why: past lists of ICE were added that this record did not have.",
	"correction.why.aliases":        "Why: ICE spells one agency in several ways, and this service's list of such spellings was corrected.",
	"correction.why.rules":          "Why: the rules by which this service compares ICE's lists were corrected.",
	"correction.why.reading":        "Why: this service read ICE's lists once more, by the rules and the spellings of agencies that it goes by now.",
	"phrase.corrections":            "Correction|Corrections",
	"phrase.corrections-firsts":     "Corrections, firsts and milestones",
	"corrects.mended":               "This corrects {entry}, reported on {date}.",
}
