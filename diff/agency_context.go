package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// agencyContext holds the other records of each agency, which a change mentions.
type agencyContext struct {
	signedAs map[string][]*roster.Record // by agreement: the entries that ended as it
	of       map[string][]*roster.Record // by agency: its agreements and entries
}

func (u *update) newAgencyContext() agencyContext {
	s := agencyContext{signedAs: map[string][]*roster.Record{}, of: map[string][]*roster.Record{}}
	for _, r := range u.known.Records {
		if r.SignedBy != "" {
			s.signedAs[r.SignedBy] = append(s.signedAs[r.SignedBy], r)
		}
		s.of[r.Now().AgencyID] = append(s.of[r.Now().AgencyID], r)
	}
	for _, of := range s.of {
		slices.SortFunc(of, func(a, b *roster.Record) int { return cmp.Compare(a.ID(), b.ID()) })
	}
	return s
}

// addAgencyContext notes what a reader must know beside the change itself: that it may
// reach further back than this record, and what else the agency holds, seeks or
// held.
func (u *update) addAgencyContext(c *roster.Change, after figures, about agencyContext) {
	r := u.known.Records[c.Agreement.ID]
	of := about.of[c.Agreement.AgencyID]
	if c.Kind == roster.KindNew {
		if n := after.agency[c.Agreement.AgencyID]; n > 1 {
			c.AgencyActiveCount = n
		}
		c.SinceIsLowerBound = slices.ContainsFunc(about.signedAs[r.ID()], func(seeker *roster.Record) bool {
			return onFirstList(seeker) && seeker.FirstListed().Equal(r.PendingSince)
		})
	}
	if c.Kind == roster.KindPending {
		if signed := u.activeFor(c.Agreement); signed != nil {
			c.ActiveAgreementID = signed.ID()
		}
		c.WasPending = r.Spells()
	}
	if c.Kind == roster.KindRemoved || c.Kind == roster.KindWithdrawn {
		c.SinceIsLowerBound = onFirstList(r)
		addOthers(c, of)
	}
	if c.Kind == roster.KindPending || c.Kind == roster.KindWithdrawn {
		c.WasSigned = signedBefore(c.Agreement, of)
	}
}

// addOthers notes what else the agency holds and seeks: a change of model is not
// a retreat.
func addOthers(c *roster.Change, of []*roster.Record) {
	for _, r := range of {
		now := r.Now()
		switch {
		case !r.Listed() || r.ID() == c.Agreement.ID:
		case r.List == roster.ListParticipating:
			c.Holds = append(c.Holds, roster.Instrument{ID: r.ID(), Model: now.Model, Signed: now.Signed})
		case !slices.Contains(c.Seeks, now.Model):
			c.Seeks = append(c.Seeks, now.Model)
		}
	}
}

// signedBefore returns the past times in which ICE listed the agency's agreement
// in the model, the oldest first.
func signedBefore(a roster.Agreement, of []*roster.Record) []roster.Spell {
	var over []roster.Spell
	for _, r := range of {
		if r.List == roster.ListParticipating && r.Now().Model == a.Model && !r.Listed() {
			over = append(over, r.Spells()...)
		}
	}
	slices.SortStableFunc(over, func(a, b roster.Spell) int { return strings.Compare(string(a.From), string(b.From)) })
	return over
}

// onFirstList says whether the record was on the first list ever seen, and has
// been listed since.
func onFirstList(r *roster.Record) bool {
	return r.Baseline && r.ListedSince().Equal(r.FirstListed())
}
