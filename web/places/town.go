package places

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// Town is what ICE's lists say of a town, or of a ZIP code's area: of its own agencies,
// and of those of its counties.
type Town struct {
	Title    string    // "Houston, Texas"
	Counties []*County // the one with most of it first
	Says     string
	Holders  []Holder // its own agencies first; each once
}

// TownOf sums up a town. past says that the last moment known is long ago.
func TownOf(l prose.Language, snap *snapshot.Snapshot, of place.Found, past bool) *Town {
	t := &Town{Title: of.Name + ", " + l.State(of.State)}
	now := prose.TownNow{AsOf: snap.KnownUntil(), Past: past, Area: place.IsZIP(strings.TrimPrefix(of.Name, "ZIP code "))}
	var own, county, near []Holder
	for _, code := range of.Counties {
		at, ok := place.ByFIPS(code)
		if !ok {
			continue
		}
		c := CountyOf(l, snap, at, past)
		t.Counties, now.Counties = append(t.Counties, c), append(now.Counties, c.Name)
		now.Before = now.Before || c.listed
		for _, h := range c.Standing() {
			switch {
			case slices.ContainsFunc(slices.Concat(own, county, near), func(b Holder) bool { return h.ID == b.ID }):
			case of.Says(snap.Latest(h.ID)):
				own = append(own, h)
			case h.Owner == roster.TypeCounty && len(h.Active) > 0 && code == of.Counties[0]:
				county = append(county, h)
			default:
				near = append(near, h)
			}
		}
	}
	t.Holders = slices.Concat(own, county, near)
	now.Own, now.Agencies = len(own), len(t.Holders)
	for _, h := range county {
		now.County = append(now.County, l.PlaceWords("held", 0, map[string]string{"agency": h.Name, "active": l.Active(len(h.Active))}))
	}
	t.Says = l.InTown(now)
	return t
}

// Standing are the agencies of the county that hold or seek an agreement now.
func (c *County) Standing() []Holder {
	all := slices.Clone(c.Active)
	for _, e := range c.Pending {
		all = add(c.Language, all, e.AgreementAt, e.Owner, "") // which is in no other slice of entries
	}
	return all
}

// Typed is the county that a search names, with the word for one, as a whole: "Harris
// County, TX". It is not found where several states have one of that name.
func Typed(query string) (place.County, bool) {
	called := place.CountiesCalled(query)
	if len(called) != 1 {
		return place.County{}, false
	}
	words := strings.Fields(roster.Fold(query))
	said := slices.Contains(words, "county")
	switch place.StateOf(called[0].FIPS) { // a borough is a town elsewhere
	case "LA":
		said = said || slices.Contains(words, "parish")
	case "AK":
		said = said || slices.Contains(words, "borough") || slices.Contains(words, "area")
	}
	return called[0], said
}
