package outage

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Next chooses what is sent next where the first of a channel's pending
// deliveries were sent but for some parts: one of these that is due, or the first whole
// delivery, without the parts that still wait for an earlier one. Where none is due it
// is the one that will be first.
func Next(pending []roster.Delivery, now time.Time) (next roster.Delivery, held []string) {
	var waiting []string // parts
	for i, d := range pending {
		if i == 0 || d.ReadyAt().Before(next.ReadyAt()) {
			if blocked := slices.ContainsFunc(d.Left, func(l roster.Leftover) bool { return slices.Contains(waiting, l.Part) }); !blocked {
				next, held = d, slices.Clone(waiting)
			}
		}
		if len(d.Left) == 0 || !next.ReadyAt().After(now) {
			break // what is whole keeps what follows waiting
		}
		for _, l := range d.Left {
			if !l.Refused {
				waiting = append(waiting, l.Part)
			}
		}
	}
	return next, held
}
