package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// doubtLikeNames makes a change only likely where another row of the same state
// and model, with nearly the same name, came, went or changed in the same list:
// the list does not say which of the two is which.
func (u *update) doubtLikeNames() {
	for _, p := range u.processed {
		changes := map[string]*roster.Change{}
		for _, c := range u.changes {
			if c.Publication.List == p.List && c.Kind != roster.KindDetail && c.Kind != roster.KindDocument {
				changes[c.Agreement.ID] = c
			}
		}
		if p.Verdict == roster.VerdictAccepted && len(changes) > 0 {
			doubtAmong(u.movements(p, changes), changes)
		}
	}
}

// movement is an agreement that came, changed or is gone.
type movement struct {
	*row
	gone bool
}

// couldBeOne says whether two agreements could be one under two names: their names
// are nearly the same, or one is gone as the other comes with its document, or at
// the same place with its date.
func couldBeOne(a, b movement) bool {
	if a.AgencyID == b.AgencyID || otherCounties(a.row, b.row) {
		return false
	}
	likeness := compare(a.parsed(), b.parsed()).likeness
	if likeness <= wordMore || a.gone == b.gone {
		return likeness <= wordMore
	}
	return a.file != "" && a.file == b.file || likeness == samePlace && a.Signed != "" && a.Signed == b.Signed
}

// movements returns the agreements that a publication added, changed or dropped,
// by state and model.
func (u *update) movements(p roster.Publication, changes map[string]*roster.Change) map[string][]movement {
	movements := map[string][]movement{}
	for _, id := range slices.Sorted(maps.Keys(u.edited)) {
		r := u.edited[id]
		left := !r.Listed() && r.Last().Source == p.Seq && r.SignedBy == ""
		if r.List == p.List && (left || changes[id] != nil) {
			key := stateModel(r.Now())
			movements[key] = append(movements[key], movement{u.agencies.newRow(r.Now()), !r.Listed()})
		}
	}
	return movements
}

func doubtAmong(movements map[string][]movement, changes map[string]*roster.Change) {
	compared := 0
	for _, key := range slices.Sorted(maps.Keys(movements)) {
		group := movements[key]
		if compared += len(group) * len(group) / 2; compared > maxCompared {
			return // a list of that many changes is held
		}
		for i, a := range group {
			for _, b := range group[i+1:] {
				if couldBeOne(a, b) {
					doubt(changes[a.ID], b.row)
					doubt(changes[b.ID], a.row)
				}
			}
		}
	}
}

func doubt(c *roster.Change, other *row) {
	if c != nil {
		c.Certainty, c.Near = roster.Likely, other.Agency
	}
}

// lines returns what spoke against the rejected candidate; nil where there was none
// or another row continues it.
func (r rejection) lines() []string {
	if r.record == nil || r.record.paired {
		return nil
	}
	why := cmp.Or(r.evidence.veto, fmt.Sprintf("%d of the %d points that one agreement needs", r.evidence.sum, needed))
	return append([]string{r.record.Agency + ", which left the list, is another agreement: " + why}, r.evidence.lines...)
}

// Explain says in a few plain lines what a change rests on: the evidence that
// linked two rows, or kept them apart.
func Explain(c roster.Change) []string {
	lines := []string{c.Text}
	switch {
	case c.Kind == roster.KindMilestone:
		return lines
	case len(c.Why) > 0 && c.Before != nil, len(c.Why) > 0 && c.Kind == roster.KindRestored:
		lines = append(lines, "Both rows are taken for one agreement because:")
	case len(c.Why) > 0 && c.PendingSince != "":
		lines = append(lines, "The pending entry and this agreement are taken for one because:")
	case len(c.Why) > 0:
		lines = append(lines, "It is taken for an agreement of its own because:")
	case c.Kind == roster.KindNew || c.Kind == roster.KindPending:
		return append(lines, "No row that left the list is like it.")
	case c.Kind == roster.KindRemoved || c.Kind == roster.KindWithdrawn:
		return append(lines, "No row that came to the list is like it.")
	default:
		return append(lines, "Agency, model and signing date are the same before and after.")
	}
	for _, why := range c.Why {
		lines = append(lines, "- "+why)
	}
	if c.Near != "" {
		lines = append(lines, "In the same list another row came, went or changed that could be the same agency: "+c.Near)
	}
	return lines
}
