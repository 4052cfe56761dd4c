package rebuild

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// identity leads from the ids that things got this time to the ones that they had: an id
// is in addresses, and stays with what it was given to.
type identity struct {
	agencies   map[string]string
	agreements map[string]string
	changes    map[string]string
	// agreementOf leads from the id of each agreement of before that is known now to what is
	// listed of it last, with the ids that it has.
	agreementOf map[string]roster.Agreement
}

// identify works out which agencies and agreements are those that the store knows.
func (k *kept) identify(now roster.Snapshot) identity {
	id := identity{agencies: k.sameAgencies(now.Agencies), changes: map[string]string{}, agreementOf: map[string]roster.Agreement{}}
	claims := k.claims(now.Records)
	id.agreements = settleIDs(now.Records, claims)
	for mine, olds := range claims {
		for _, old := range olds {
			id.agreementOf[old] = id.agreement(now.Records[mine].Now())
		}
	}
	return id
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// sameAgencies leads from the id of each agency to the one that it is to have. It keeps
// its own where that is known, as it follows from its first spelling. Else, where older lists
// spell it otherwise, it has the id of the agency whose first spelling is one of its own.
func (k *kept) sameAgencies(now map[string]*roster.Agency) map[string]string {
	same, spelled := map[string]string{}, map[roster.Spelling][]string{}
	for _, id := range sortedKeys(now) {
		if k.agencies[id] != nil {
			same[id] = id
			continue
		}
		for _, s := range now[id].Spellings {
			spelled[s] = append(spelled[s], id)
		}
	}
	for _, old := range sortedKeys(k.agencies) {
		if now[old] != nil {
			continue
		}
		for _, id := range spelled[k.agencies[old].Spellings[0]] {
			if same[id] == "" {
				same[id] = old
				break
			}
		}
	}
	for id := range now {
		same[id] = cmp.Or(same[id], id)
	}
	return same
}

// origin is the row that an agreement was first read from.
type origin struct {
	list   roster.List
	source uint64
	row    int
}

// listing is what a list says of an agreement at a moment.
type listing struct {
	list   roster.List
	at     int64
	agency string
	model  string
	signed roster.Date
}

func listingOf(r *roster.Record, v roster.Version, at time.Time) listing {
	return listing{r.List, at.UnixNano(), v.Agreement.Key(), v.Agreement.Model.Key(), v.Agreement.Signed}
}

// claims leads from the id of each agreement to those of the agreements of before that are
// the same, the oldest first: their first row is one of its own, or they were listed alike.
func (k *kept) claims(now map[string]*roster.Record) map[string][]string {
	olds := slices.SortedFunc(maps.Keys(k.records), func(a, b string) int {
		return cmp.Or(k.records[a].FirstListed().Compare(k.records[b].FirstListed()), cmp.Compare(a, b))
	})
	rows := map[origin]string{}
	moments := map[int64]bool{}
	for _, old := range olds {
		moments[k.records[old].FirstListed().UnixNano()] = true
	}
	says := map[listing][]string{}
	for _, id := range sortedKeys(now) {
		for _, v := range now[id].Versions {
			if at := (origin{now[id].List, v.Source, v.Row}); v.Listed && rows[at] == "" {
				rows[at] = id
			}
		}
		for at := range moments {
			when := time.Unix(0, at)
			if v, known := now[id].VersionAt(when); known && v.Listed {
				key := listingOf(now[id], v, when)
				says[key] = append(says[key], id)
			}
		}
	}
	claims := map[string][]string{} // by id of now, the ones of before, the oldest first
	for _, old := range olds {
		r := k.records[old]
		first := r.Versions[0]
		if id := rows[origin{r.List, first.Source, first.Row}]; id != "" && first.Row > 0 {
			claims[id] = append(claims[id], old)
		} else if ids := says[listingOf(r, first, first.From)]; len(ids) > 0 {
			claims[ids[0]] = append(claims[ids[0]], old)
		}
	}
	return claims
}

// settleIDs gives each agreement the id that it can claim: its own, or the oldest. Where it
// can claim none it has its own, with a number if another one has that.
func settleIDs(now map[string]*roster.Record, claims map[string][]string) map[string]string {
	same, taken := map[string]string{}, map[string]bool{}
	for id, olds := range claims {
		same[id] = olds[0]
		if slices.Contains(olds, id) {
			same[id] = id
		}
		taken[same[id]] = true
	}
	for _, id := range sortedKeys(now) {
		if same[id] != "" {
			continue
		}
		free := id
		for n := 2; taken[free] || free != id && now[free] != nil; n++ {
			free = id + "~" + strconv.Itoa(n)
		}
		same[id], taken[free] = free, true
	}
	return same
}

// agreement gives an agreement the ids that it had.
func (id identity) agreement(a roster.Agreement) roster.Agreement {
	a.ID, a.AgencyID = known(id.agreements, a.ID), known(id.agencies, a.AgencyID)
	return a
}

func known(ids map[string]string, id string) string { return cmp.Or(ids[id], id) }

// record gives a record the ids that it had, and the changes that it names theirs.
func (id identity) record(r *roster.Record) *roster.Record {
	r = r.Clone()
	for i := range r.Versions {
		r.Versions[i].Agreement = id.agreement(r.Versions[i].Agreement)
	}
	r.SignedBy, r.Ending = known(id.agreements, r.SignedBy), known(id.changes, r.Ending)
	for i := range r.Milestones {
		m := &r.Milestones[i]
		m.Agreement, m.Change = id.agreement(m.Agreement), known(id.changes, m.Change)
	}
	return r
}

// change gives what a change names the ids that it had, but for the changes.
func (id identity) change(c roster.Change) roster.Change {
	c.Agreement = id.agreement(c.Agreement)
	if c.Before != nil {
		before := id.agreement(*c.Before)
		c.Before = &before
	}
	c.Holds = slices.Clone(c.Holds)
	for i := range c.Holds {
		c.Holds[i].ID = known(id.agreements, c.Holds[i].ID)
	}
	slices.SortStableFunc(c.Holds, func(a, b roster.Instrument) int { return strings.Compare(a.ID, b.ID) })
	c.ActiveAgreementID = known(id.agreements, c.ActiveAgreementID)
	if c.Milestone != nil {
		m := *c.Milestone
		m.LeavingOut = known(id.agreements, m.LeavingOut)
		c.Milestone = &m
	}
	return c
}

// hold gives the agencies of a hold's effect the ids that they had.
func (id identity) hold(h roster.Hold) roster.Hold {
	if h.Effect == nil {
		return h
	}
	e := *h.Effect
	e.First = slices.Clone(e.First)
	for i := range e.First {
		e.First[i].AgencyID = known(id.agencies, e.First[i].AgencyID)
	}
	h.Effect = &e
	return h
}
