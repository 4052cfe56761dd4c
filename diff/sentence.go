package diff

import (
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// context is what the text of a change says beside the change itself.
func (u *update) context(c *roster.Change, after figures) prose.Context {
	r := u.known.Records[c.Agreement.ID]
	ctx := prose.Context{Figures: roster.Figures{Active: after.active, ByState: after.byState}, Begins: roster.Day(u.known.First)}
	if ctx.Day = roster.Day(r.FirstListed()); !r.Listed() {
		ctx.Day = roster.Day(r.Last().From)
	}
	if m := c.Milestone; m != nil {
		if former := u.known.Records[m.LeavingOut]; former != nil {
			ctx.Former = former.Now().Agency
		}
	}
	if d, wrong := u.disproofs[c]; wrong {
		ctx.Wrong = d.inWords()
	}
	if active := u.known.Records[c.ActiveAgreementID]; active != nil {
		ctx.Active = active.Now()
	}
	if end, reported := u.reported[c]; reported {
		ctx.Ended = prose.ReportedEnd{Agreement: end.agreement, At: end.at, Likely: end.likely}
	}
	return ctx
}
