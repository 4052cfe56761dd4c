package rebuild

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// settle adds to a step what became of holds: what the operator decided, what polls found
// in the place of a held list, and what they found for long enough.
func (r *replay) settle(in *diff.Input, s step) {
	if s.decided != nil {
		r.decide(in, *s.decided)
		return
	}
	for _, was := range s.ended {
		h, open := r.openHold(was)
		switch {
		case was.State == roster.HoldDropped:
			r.found[was.List] = roster.InForce(r.kept.publications, s.at)[was.List].SHA256
			if open {
				in.Dropped = append(in.Dropped, h.ID)
			}
		case open && was.State == roster.HoldBorneOut:
			r.accept(in, h, roster.HoldBorneOut)
		}
	}
	for _, h := range r.known.Holds {
		if _, was := r.kept.holds[h.ID]; was || !slices.Contains(s.had, h.List) || arrives(in, h.List) {
			continue
		}
		held := in.Held[h.ID]
		switch {
		case r.found[h.List] != held.Publication.SHA256:
			if !slices.Contains(in.Dropped, h.ID) {
				in.Dropped = append(in.Dropped, h.ID)
			}
		case !h.AcceptAt.IsZero() && !s.at.Before(h.AcceptAt) && !held.NoColumns && diff.SelfAccepting(h):
			r.accept(in, h, roster.HoldBorneOut)
		}
	}
}

func (r *replay) decide(in *diff.Input, was roster.Hold) {
	h, open := r.openHold(was)
	switch {
	case !open:
		r.moot = append(r.moot, was)
	case was.State == roster.HoldRejected:
		in.Rejected = h.ID
	case in.Held[h.ID].NoColumns:
		r.moot = append(r.moot, was)
	default:
		r.accept(in, h, roster.HoldApproved)
	}
}

// accept has a held publication arrive once more, as one that counts.
func (r *replay) accept(in *diff.Input, h roster.Hold, how roster.HoldState) {
	if arrives(in, h.List) {
		return
	}
	c := in.Held[h.ID]
	c.Decision = how
	in.Arrivals = append(in.Arrivals, c)
}

func arrives(in *diff.Input, list roster.List) bool {
	return slices.ContainsFunc(in.Arrivals, func(c diff.Candidate) bool { return c.Publication.List == list })
}

// openHold finds the hold that stands for one of before.
func (r *replay) openHold(was roster.Hold) (roster.Hold, bool) {
	for _, h := range r.known.Holds {
		if h.ID == was.ID || h.Publication == was.Publication {
			return h, true
		}
	}
	return roster.Hold{}, false
}

// acceptAfter is the setting by which a list that is held now is accepted by time: the one
// that it was held by before, or else today's.
func (r *replay) acceptAfter(s step) time.Duration {
	for _, a := range s.arrivals {
		h, was := r.kept.holds[a.publication.Hold]
		switch {
		case !was:
		case !h.AcceptAt.IsZero():
			return h.AcceptAt.Sub(h.Since)
		case !s.imported && !h.NoColumns && diff.SelfAccepting(h):
			return 0
		}
	}
	return r.settings.AcceptAfter
}
