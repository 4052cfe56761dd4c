package places

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// County is what ICE's lists say of one county's agencies at the last moment known.
type County struct {
	place.County
	Language  prose.Language
	State     roster.State
	Title     string // "Harris County, Texas"
	Name      string // "Harris County", in a sentence: "the city of Baltimore"
	AsOf      time.Time
	Past      bool     // AsOf is so long ago that it is not said of now
	Lead      string   // what can be quoted
	Active    []Holder // agencies with an active agreement: the county's, then towns', then others
	Pending   []Entry
	Ended     []Ended
	Statewide []Holder // agencies of the whole state, with what they hold
	Maybe     []Holder // agencies that are in the county only in part, or perhaps, with the reason
	Unplaced  int      // agencies of the state, listed now or before, that can be in any county
	listed    bool     // ICE has listed an agreement or an entry of an agency there
}

// Holder is an agency with its agreements and entries that stand.
type Holder struct {
	ID, Name string
	Owner    roster.Type // whose it is, as place.OwnerOf says
	Active   []roster.AgreementAt
	Pending  []roster.AgreementAt
	Why      string // for one that may be elsewhere: why it is not known
}

// In returns the holder's agreements in a model.
func (h Holder) In(m roster.Model) []roster.AgreementAt {
	return slices.DeleteFunc(slices.Clone(h.Active), func(a roster.AgreementAt) bool { return a.Model != m })
}

// Holds says what the agency holds: "1 active agreement, 1 pending entry".
func (h Holder) Holds(l prose.Language) string { return l.Holds(len(h.Active), len(h.Pending)) }

// Entry is a pending entry with its age.
type Entry struct {
	roster.AgreementAt
	Owner roster.Type
	Days  int // since it was first listed, to the newest list
}

// Ended is what ICE no longer lists.
type Ended struct {
	roster.AgreementAt
	List roster.List // that it stood on
}

// Since is since when something is listed, in a sentence: "June 2, 2025 or before".
func Since(l prose.Language, a roster.AgreementAt) string {
	return l.FirstDay(roster.Day(a.Since), a.Baseline)
}

// CountyOf sums up a county. past says that the last moment known is long ago.
func CountyOf(l prose.Language, snap *snapshot.Snapshot, of place.County, past bool) *County {
	s := place.StateOf(of.FIPS)
	c := &County{County: of, Language: l, State: s, Title: l.CountyTitle(of), Name: l.TheCounty(of), AsOf: snap.KnownUntil(), Past: past}
	unplaced := map[string]bool{}
	for _, r := range snap.Records() {
		at, known := r.AgreementAt(snap.KnownUntil())
		if !known || at.State != s {
			continue
		}
		where := snap.Locate(at.Agreement)
		stands, owner := at.Status != roster.StatusEnded, place.OwnerOf(at.Agreement, where)
		switch {
		case snap.CountsFor(at.Agreement, of.FIPS):
			c.add(snap, r, at, owner)
		case where.By == place.Statewide && stands:
			c.Statewide = add(l, c.Statewide, at, owner, "")
		case where.By == place.Statewide:
		case where.By == place.NotPlaced && len(where.Maybe) == 0:
			unplaced[at.AgencyID] = true
		case stands && slices.Contains(slices.Concat(where.Counties, where.Maybe), of.FIPS):
			c.Maybe = add(l, c.Maybe, at, owner, cmp.Or(where.Why, partly(l, at.Agreement, where, of.FIPS)))
		}
	}
	c.Unplaced = len(unplaced)
	slices.SortStableFunc(c.Active, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(rank(a.Owner), rank(b.Owner)), cmp.Compare(sheriffLast(b), sheriffLast(a)))
	})
	slices.SortStableFunc(c.Ended, func(a, b Ended) int { return b.Until.Compare(a.Until) })
	c.Lead = c.lead(snap)
	return c
}

// rank is the place of a kind of agency on a page.
func rank(t roster.Type) int {
	if i := slices.Index(roster.Types(), t); i >= 0 {
		return i
	}
	return len(roster.Types())
}

// sheriffLast is greater for a sheriff, of whom people ask first.
func sheriffLast(h Holder) int {
	if strings.Contains(roster.Fold(h.Name), "sheriff") {
		return 1
	}
	return 0
}

// partly says why an agency does not count for a county that it may reach into.
func partly(l prose.Language, a roster.Agreement, where place.Location, fips string) string {
	most, _ := place.ByFIPS(where.Counties[0])
	in := l.County(most)
	if cell, ok := place.CountyOf(a.State, a.County); ok && cell.FIPS == fips {
		return l.PlaceWords("misplaced", 0, map[string]string{"county": prose.Printed(a.County), "other": in})
	}
	return l.PlaceWords("mostly", 0, map[string]string{"county": in})
}

// add notes what an agency of the county has or had.
func (c *County) add(snap *snapshot.Snapshot, r *roster.Record, at roster.AgreementAt, owner roster.Type) {
	c.listed = true
	switch at.Status {
	case roster.StatusActive:
		c.Active = add(c.Language, c.Active, at, owner, "")
	case roster.StatusPending:
		c.Pending = append(c.Pending, Entry{at, owner, prose.DaysBetween(roster.Day(at.Since), roster.Day(snap.Newest()))})
	case roster.StatusEnded:
		if _, signed := snap.SignedAs(r, snap.KnownUntil()); r.List == roster.ListParticipating || !signed && r.SignedBy == "" {
			c.Ended = append(c.Ended, Ended{at, r.List})
		}
	}
}

// add puts an agreement or an entry with its agency.
func add(l prose.Language, all []Holder, at roster.AgreementAt, owner roster.Type, why string) []Holder {
	i := slices.IndexFunc(all, func(h Holder) bool { return h.ID == at.AgencyID })
	if i < 0 {
		i, all = len(all), append(all, Holder{ID: at.AgencyID, Name: l.Agency(at.Agreement), Owner: owner, Why: why})
	}
	if at.Status == roster.StatusPending {
		all[i].Pending = append(all[i].Pending, at)
	} else {
		all[i].Active = append(all[i].Active, at)
	}
	return all
}

// lead says what ICE lists in the county.
func (c *County) lead(snap *snapshot.Snapshot) string {
	l := c.Language
	now := prose.CountyListed{County: l.CountyIn(c.County), AsOf: c.AsOf, Past: c.Past, Before: c.listed, Stats: snap.CurrentStats(),
		Begins: roster.Day(snap.Extent().First), First: firstAgreements(snap)}
	for _, h := range c.Standing() {
		if len(h.Active) > 0 {
			now.Active = append(now.Active, holding(h.Owner, h.Active))
		}
		if len(h.Pending) > 0 {
			now.Pending = append(now.Pending, holding(h.Owner, h.Pending))
		}
	}
	return l.InCounty(now)
}

func holding(owner roster.Type, all []roster.AgreementAt) prose.Holding {
	h := prose.Holding{Owner: owner}
	for _, a := range all {
		h.Agreements = append(h.Agreements, a.Agreement)
	}
	return h
}

// firstAgreements is the day of the first participating list known; "" where there is
// none.
func firstAgreements(snap *snapshot.Snapshot) roster.Date {
	first := time.Time{}
	for _, p := range snap.Publications() {
		if p.List == roster.ListParticipating && p.Verdict == roster.VerdictAccepted && (first.IsZero() || p.EffectiveAt.Before(first)) {
			first = p.EffectiveAt
		}
	}
	if first.IsZero() {
		return ""
	}
	return roster.Day(first)
}

// Agreements counts the active agreements of the county's agencies.
func (c *County) Agreements() int { return count(c.Active) }

func count(all []Holder) (agreements int) {
	for _, h := range all {
		agreements += len(h.Active)
	}
	return agreements
}

// Models are the models of the county's active agreements: ICE's three in their order,
// then others.
func (c *County) Models() []roster.Model {
	var all []roster.Model
	for _, h := range c.Active {
		for _, a := range h.Active {
			if !slices.Contains(all, a.Model) {
				all = append(all, a.Model)
			}
		}
	}
	slices.SortFunc(all, func(a, b roster.Model) int {
		return cmp.Or(cmp.Compare(modelRank(a), modelRank(b)), cmp.Compare(a, b))
	})
	return all
}

func modelRank(m roster.Model) int {
	if i := slices.Index(roster.Models(), m); i >= 0 {
		return i
	}
	return len(roster.Models())
}

// Nothing says that ICE's lists name no agency of the county, and never did.
func (c *County) Nothing() bool { return !c.listed }

// AllOfState says what the agencies of the whole state hold; "" where there are none
// with an active agreement.
func (c *County) AllOfState() string {
	holders := slices.DeleteFunc(slices.Clone(c.Statewide), func(h Holder) bool { return len(h.Active) == 0 })
	if len(holders) == 0 {
		return ""
	}
	n, l := count(holders), c.Language
	return l.PlaceWords("all-hold", n, map[string]string{"state": l.InSentence(c.State), "active": l.Active(n), "agencies": l.Agencies(len(holders)),
		"who": l.PlaceWords("all-hold.who", len(holders), nil)})
}

// Filter chooses the changes of the county's agencies, and of those that can be there.
func (c *County) Filter() roster.Filter {
	return roster.Filter{States: []roster.State{c.State}, Counties: []string{c.FullName()}}
}

// Rule names the county in a channel's rule.
func (c *County) Rule() string { return c.FullName() + ", " + string(c.State) }
