package notify

import (
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// netted leaves out the milestones that one message would both tell and take back: a
// digest need not say what is known to be wrong before it is sent.
func netted(changes []roster.Change) []roster.Change {
	told := map[string]bool{}
	for _, c := range changes {
		told[c.ID] = c.Kind == roster.KindMilestone
	}
	both := map[string]bool{}
	for _, c := range changes {
		if c.Kind == roster.KindMilestone && told[c.Corrects] {
			both[c.ID], both[c.Corrects] = true, true
		}
	}
	if len(both) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool { return both[c.ID] })
}
