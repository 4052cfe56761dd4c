package bulk

import (
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// State is what was seen in one state on one day.
type State struct {
	State roster.State
	Tally string // "5 new, 118 active in all"; "" where nothing is counted
	Lines []Line
}

// Line is a change in one line.
type Line struct {
	roster.Change
	Agency string
	Model  string
	County string // "" where it is not known
	Told   bool   // the agency's name says the county
	Signed string // or that it is pending
	Note   string // what is only likely, or taken back; "" for nothing
	Detail string // all in one, instead of the model, the county and the date
}

// States are the states in which agreements or entries came, or changed state or
// model, A to Z.
func (d Day) States() []State {
	var all []State
	for _, c := range d.some(isLine, d.byState) {
		if n := len(all); n == 0 || all[n-1].State != c.Agreement.State {
			all = append(all, State{State: c.Agreement.State, Tally: d.tallyOf(c.Agreement.State)})
		}
		last := &all[len(all)-1]
		last.Lines = append(last.Lines, newLine(d.Language, c))
	}
	return all
}

// tallyOf counts what was seen in a state, and what stood there at the end of the day.
func (d Day) tallyOf(s roster.State) string {
	if d.Part {
		return ""
	}
	of := func(wanted func(roster.Change) bool) []roster.Change {
		return d.all(func(c roster.Change) bool {
			return c.Agreement.State == s && c.Kind.OfAgreement() && wanted(c)
		})
	}
	active := -1
	if d.standing != nil {
		active = d.standing.States[s]
	}
	return d.Language.StateTally(of(isLine), of(isTop), active)
}

func newLine(l prose.Language, c roster.Change) Line {
	line := Line{Change: c, Agency: l.Agency(c.Agreement), Signed: l.Status(roster.StatusPending), Model: l.Model(c.Agreement.Model), Note: l.LineNote(c)}
	if c.Kind == roster.KindAmended {
		line.Detail, line.Note = l.Line(c), ""
		return line
	}
	line.County = l.CountyOf(c.Agreement)
	line.Told = l.Where(c.Agreement) == l.Agency(c.Agreement)
	if c.Publication.List == roster.ListParticipating {
		line.Signed = l.SignedShort(c.Agreement)
	}
	return line
}
