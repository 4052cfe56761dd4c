package prose

// englishOperator holds what the operator is told of held lists, which is in English in
// every language, as all else that the operator reads.
var englishOperator = map[key]string{
	"held.wrong":               "The {list} list {file}, published {published}, looks wrong and is held, so that nothing it says counts: {reasons}",
	"held.would":               "If you approve it, channels hear of what it changes: {effect}.",
	"held.would.nothing":       "If you approve it, it counts, and channels hear of nothing new.",
	"held.would.unknown":       "What it would change if you approve it could not be worked out.",
	"held.would.never":         "It cannot be approved, as it is a workbook without the columns of a list.",
	"held.nobody.accepts":      "If nobody acts, it counts by itself on {when}, as long as polls until then find it or a list that agrees with it; a later list that does not agree ends the hold.",
	"held.nobody.waits":        "If nobody acts, it stays held until a later list that looks right takes its place; it is never accepted by itself.",
	"held.acts":                "To approve it: watch287g holds approve {id}. To set it aside for good: watch287g holds reject {id}.",
	"held.acts.reject":         "To set it aside for good: watch287g holds reject {id}.",
	"phrase.decide":            "decide about it on a page",
	"phrase.held":              "the held list, and what it would change",
	"hold-ended":               "The {list} list {file} ({id}), held since {since}, is no longer held: {how}",
	"hold-ended.approved":      "you approved it. It counts now, and channels hear of what it changes.",
	"hold-ended.rejected":      "you set it aside for good. It never counts, and nothing of it was sent.",
	"hold-ended.approved.link": "approved by link on {at}. It counts now, and channels hear of what it changes.",
	"hold-ended.rejected.link": "set aside for good by link on {at}. It never counts, and nothing of it was sent.",
	"hold-ended.borne":         "what ICE has published since bears it out. It counts now, and channels hear of what it changes.",
	"hold-ended.dropped":       "what ICE has published since does not bear it out. It never counted, and nothing of it was sent.",
	"hold-ended.decided":       "it was decided on.",
	"effect.left":              "{n} pending entry gone from the list, of which channels hear if it is not signed within days|{n} pending entries gone from the list, of which channels hear if they are not signed within days",
}
