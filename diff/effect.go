package diff

import (
	"context"

	"github.com/watch287g/watch287g/roster"
)

// mostAffected is how many of the agreements that a held list would change are named.
const mostAffected = 50

// effectOf works out what a list that is to be held would change if it counted: what its
// acceptance would report now. It is nil for a file that is no list, or that cannot be
// compared.
func (u *update) effectOf(ctx context.Context, a Candidate, f findings) *roster.Effect {
	if a.NoColumns || f.tooAlike {
		return nil
	}
	a.Decision = roster.HoldApproved
	would, err := Update(ctx, Input{Known: u.in.Known, Arrivals: []Candidate{a}, Held: u.in.Held, Now: u.in.Now, Unread: true, Settings: u.in.Settings, Names: u.in.Names})
	if err != nil {
		return nil
	}
	e := &roster.Effect{}
	if f.List == roster.ListPending {
		e.Left = f.Removals
	}
	for _, c := range would.Changes {
		switch c.Kind {
		case roster.KindNew:
			e.New++
		case roster.KindRemoved:
			e.Removed++
		case roster.KindRestored:
			e.Restored++
		case roster.KindAmended:
			e.Amended++
		case roster.KindPending:
			e.Pending++
		case roster.KindWithdrawn, roster.KindDetail, roster.KindDocument, roster.KindMilestone, roster.KindPage, roster.KindCorrection:
			continue
		}
		if len(e.First) < mostAffected {
			e.First = append(e.First, roster.Affected{Kind: c.Kind, AgencyID: c.Agreement.AgencyID, Agency: c.Agreement.Agency, State: c.Agreement.State, Model: c.Agreement.Model})
		}
	}
	return e
}
