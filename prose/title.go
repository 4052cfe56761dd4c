package prose

import (
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// titleWidth is the most characters of a title.
const titleWidth = 300

// Title is the headline of a change, wherever it has one (its page, its preview, its
// card, a feed's entry), and says it all in one line: "Texas: Lampasas County Sheriff's
// Office signs Warrant Service Officer agreement".
func (l Language) Title(c roster.Change) string {
	likely := l.doubt(c)
	if likely != "" {
		likely = " (" + l.say("title.likely", parts{"likely": likely}) + ")"
	}
	title := l.say("text", parts{"place": l.Place(c), "text": l.titleText(c)})
	if c.Kind == roster.KindCorrection { // whose titles are of bounded ones
		return title
	}
	return Shorten(title, titleWidth-len(likely)) + likely
}

// Place names where a change happened: a state, or the United States.
func (l Language) Place(c roster.Change) string {
	switch {
	case c.National():
		return l.Nation()
	case c.Kind == roster.KindMilestone && c.Before != nil:
		return l.State(c.Before.State) // where it was told of, which may be what was wrong
	}
	return l.State(c.Agreement.State)
}

// titleText is what happened, without the place.
func (l Language) titleText(c roster.Change) string {
	a := c.Agreement
	switch c.Kind {
	case roster.KindNew, roster.KindRemoved, roster.KindWithdrawn:
		return l.say(key(string(c.Kind)+".title"), parts{"agency": l.Agency(a), "agreement": l.agreement(a.Model)})
	case roster.KindPending:
		return l.say("pending.title", parts{"agency": l.Agency(a), "agreement": l.anAgreement(a.Model)})
	case roster.KindRestored:
		return l.say("restored.title", parts{"agreement": l.theAgreement(c)})
	case roster.KindAmended:
		return l.say("amended.title", parts{"text": l.amendedTitle(c)})
	case roster.KindDetail, roster.KindDocument:
		return l.detailTitle(c)
	case roster.KindMilestone:
		return l.milestoneTitle(c)
	case roster.KindPage:
		return l.plain("icepage.title")
	case roster.KindCorrection:
		return l.correction(c, false)
	}
	return l.detailTitle(c)
}

// theAgreement names the agreement, or the pending one, with its agency.
func (l Language) theAgreement(c roster.Change) string {
	p := parts{"agreement": l.agreement(c.Agreement.Model), "agency": l.Agency(c.Agreement)}
	if c.Publication.List == roster.ListPending {
		return l.say("agreement.the.pending", p)
	}
	return l.say("agreement.the", p)
}

// amendedTitle says what ICE's list says now, and what it said before.
func (l Language) amendedTitle(c roster.Change) string {
	p := parts{"agency": l.Agency(c.Agreement), "the-agreement": l.theAgreement(c)}
	if len(c.Fields) != 1 {
		names := each(c.Fields, func(f roster.Field) string { return l.field(f.Name) })
		if len(names) == 0 {
			names = []string{l.plain("field.any")}
		}
		p["fields"] = strings.Join(each(names, func(name string) string { return l.say("amended.title.another", parts{"field": name}) }), l.plain("and.all"))
		return l.say("amended.title.several", p)
	}
	f := c.Fields[0]
	k := key("amended.title." + f.Name)
	p["from"], p["to"], p["field"] = l.FieldValue(f.Name, f.From), l.FieldValue(f.Name, f.To), l.field(f.Name)
	switch f.Name {
	case "state":
		p["from"], p["to"] = l.InSentence(roster.State(f.From)), l.InSentence(roster.State(f.To))
	case "signed":
		k += changed(f)
	}
	if !l.has(k) {
		k = "amended.title.field"
	}
	return l.say(k, p)
}

// detailTitle says what changed of details and documents.
func (l Language) detailTitle(c roster.Change) string {
	a := c.Agreement
	p := parts{"agency": l.Agency(a), "model": l.Model(a.Model), "changes": l.say("title.changed", parts{"kind": l.Kind(c.Kind)})}
	if len(c.Fields) > 0 {
		p["changes"] = strings.Join(each(c.Fields, func(f roster.Field) string { return l.detail("line", f, a.State) }), "; ")
	}
	if c.Document != nil {
		p["changes"] = l.documentLine(c)
	}
	if a.Model == "" {
		return l.say("detail.title.modelless", p)
	}
	return l.say("detail.title", p)
}

// milestoneTitle says what was reached.
func (l Language) milestoneTitle(c roster.Change) string {
	a, m := c.Agreement, c.Milestone
	if m == nil {
		m = &roster.Milestone{}
	}
	if c.Corrects != "" && c.Before != nil {
		return l.wrongTitle(*c.Before, m.Name)
	}
	k := milestoneKey(m.Name) + ".title"
	if !l.has(k) { // of a later version, which brings its own words
		if s := strings.TrimPrefix(Printed(c.Text), l.State(a.State)+": "); s != "" {
			return s
		}
		return l.plain("milestone.one")
	}
	n := m.Count
	if n == 0 {
		n = max(1, m.Among)
	}
	title := l.count(k, n, parts{"place": l.ThePlace(a.State), "agency": l.Agency(a), "agreement": l.agreement(a.Model), "agreements": l.agreements(a.Model, 2),
		"type": l.anAgency(a.Type, a.State), "types": l.TypesIn(a.Type, a.State), "date": l.dateOrQuoted(string(m.Day))})
	if m.LeavingOut != "" {
		return l.say("milestone.title.leaving-out", parts{"text": title})
	}
	return title
}

// wrongTitle says that a milestone was none.
func (l Language) wrongTitle(then roster.Agreement, name string) string {
	k := milestoneKey(name) + ".wrong-title"
	if !l.has(k) {
		k = "milestone.wrong-title"
	}
	return l.say("correction.title", parts{"text": l.say(k, parts{"place": l.ThePlace(then.State), "agency": l.Agency(then), "agreement": l.agreement(then.Model),
		"type": l.anAgency(then.Type, then.State)})})
}
