package prose

import (
	"github.com/watch287g/watch287g/roster"
)

// WrongMilestone is why a milestone that was told was none.
type WrongMilestone struct {
	Reported roster.ReportedMilestone
	By       FirstListed  // the agreement whose correction shows it
	First    *FirstListed // who was first instead; nil for nobody
	Moved    bool         // By was listed in another state before
}

// FirstListed is an agreement with the day on which it was first listed.
type FirstListed struct {
	roster.Agreement
	Day          roster.Date
	IsLowerBound bool // Day is only the first of this record
}

// milestoneText says what was reached. A record begins with the first publication
// that was seen: what ICE listed before, nobody here knows.
func (l Language) milestoneText(c roster.Change, ctx Context) string {
	if ctx.Wrong != nil {
		return l.wrongText(*ctx.Wrong)
	}
	a, m := c.Agreement, c.Milestone
	p := parts{"place": l.ThePlace(a.State), "begins": l.Date(ctx.Begins), "agency": l.Agency(a), "model": l.Model(a.Model),
		"type": l.anAgency(a.Type, a.State), "types": l.TypesIn(a.Type, a.State), "agreement": l.agreement(a.Model), "agreements": l.agreements(a.Model, 2),
		"date": l.Date(m.Day), "active": l.Active(ctx.Figures.Active), "places": l.Places(ctx.Figures.ByState)}
	k := milestoneKey(m.Name) + ".text"
	if m.Name == roster.RecordDay || m.Name == roster.Hundred {
		return l.say("text.nation", parts{"text": l.count(k, m.Count, p)})
	}
	n := max(1, m.Among)
	text := l.count(k, n, p)
	if ctx.Former != "" {
		text += " " + l.say("milestone.former", parts{"agency": Printed(ctx.Former)})
	}
	return l.about(a.State, text)
}

func milestoneKey(name string) key { return key("milestone." + name) }

// wrongText takes a milestone back: what was reported, what shows that it was
// none, and who was first instead.
func (l Language) wrongText(w WrongMilestone) string {
	then, now := w.Reported.Agreement, w.By
	p := parts{"date": l.Day(w.Reported.At), "then": l.Agency(then), "now": l.Agency(now.Agreement), "state": l.InSentence(then.State),
		"in-state": l.InState(now.Agency, now.State), "what": l.firstOf(w.Reported), "since": l.FirstDay(now.Day, now.IsLowerBound)}
	k := milestoneKey(w.Reported.Name) + ".wrong"
	switch w.Reported.Name {
	case roster.Hundred:
		return l.count(k, w.Reported.Count, p)
	case roster.LastInState:
		if w.Moved {
			return l.say(k+".moved", p)
		}
		return l.say(k+".back", p)
	}
	text := l.say("milestone.wrong", p)
	switch {
	case now.ID != then.ID:
		return text + " " + l.say("milestone.wrong.earlier", p)
	case now.State != then.State:
		text += " " + l.say("milestone.wrong.state", parts{"state": l.InSentence(now.State)})
	case now.Model != then.Model && w.Reported.Name == roster.FirstInModel:
		text += " " + l.say("milestone.wrong.model", parts{"model": l.ModelCell(now.Model)})
	default:
		text += " " + l.say("milestone.wrong.type", parts{"type": l.anAgency(now.Type, now.State)})
	}
	if w.First == nil {
		return text + " " + l.plain("milestone.wrong.none")
	}
	return text + " " + l.say("milestone.wrong.first", parts{"agency": l.Agency(w.First.Agreement), "since": l.FirstDay(w.First.Day, w.First.IsLowerBound)})
}

// firstOf names what an agreement was said to be the first of.
func (l Language) firstOf(t roster.ReportedMilestone) string {
	a := t.Agreement
	switch t.Name {
	case roster.FirstInModel:
		return l.agreement(a.Model)
	case roster.FirstOfType:
		return l.say("milestone.of-type", parts{"type": l.anAgency(a.Type, a.State)})
	}
	return l.agreement("")
}
