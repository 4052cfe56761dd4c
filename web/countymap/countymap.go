// Package countymap makes the maps of counties and states from a snapshot, those of
// counties with the words and the table that say the same.
package countymap

import (
	"html/template"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
)

// Figure is a map with what stands around it.
type Figure struct {
	State roster.State // "" for the nation
	Words string       // what the map shows, in sentences
	Map   template.HTML
	Notes []string // what it does not show, and why it looks as it does
	Rows  []Row    // the counties in which there is something
	Bare  []Row    // the others, of which only names are to be shown
}

// Row is a county, or all counties of a state, in the table of a map.
type Row struct {
	Name, URL  string
	State      roster.State
	Own, Local string // active agreements in words, by model; "" for none
	Pending    int    // entries
	Count      prose.CountyCount
}

// Now is what agencies in each county have as of the last moment known, by FIPS code.
// What is of a whole state is in none of them.
func Now(snap *snapshot.Snapshot) map[string]prose.CountyNow {
	all := map[string]prose.CountyNow{}
	for _, c := range snap.CountiesAt(snap.KnownUntil()) {
		if len(c.By) == 0 {
			continue
		}
		now := prose.CountyNow{Own: c.By[roster.TypeCounty], Local: map[roster.Model]int{}}
		for owner, agreements := range c.By {
			if owner == roster.TypeCounty {
				continue
			}
			for model, n := range agreements {
				now.Local[model] += n
			}
		}
		all[c.FIPS] = now
	}
	for _, entry := range snap.Select(snap.KnownUntil(), roster.Filter{}, roster.StatusPending) {
		at := snap.Locate(entry.Agreement)
		for _, fips := range at.CountsFor(place.OwnerOf(entry.Agreement, at)) {
			now := all[fips]
			now.Pending++
			all[fips] = now
		}
	}
	return all
}

// State makes the map of a state's counties, or nil where there is no more than one,
// or no list has been read.
func State(l prose.Language, snap *snapshot.Snapshot, b *draw.Borders, s roster.State) *Figure {
	counties := place.Counties(s)
	if len(counties) < 2 || snap.Extent().Empty() {
		return nil
	}
	now := Now(snap)
	f := Figure{State: s}
	var count prose.CountyCount
	for _, c := range counties {
		has := now[c.FIPS]
		count.Add(has)
		row := Row{Name: l.CountyName(c), URL: route.CountyURL(c.FIPS), State: s, Own: l.ByModel(has.Own), Local: l.ByModel(has.Local), Pending: has.Pending}
		if has.Empty() {
			f.Bare = append(f.Bare, row)
		} else {
			f.Rows = append(f.Rows, row)
		}
	}
	c := snap.Coverage(snap.KnownUntil()).Of(s)
	f.Words = l.CountyCount(c, count)
	f.Notes = notes(l, snap, c)
	f.Map = b.CountyMap(s, draw.CountyMapData{Language: l, Title: l.CountyMapTitle(s), Description: f.Words, Now: now})
	return &f
}

// notes say what a map does not show of a state, or of the nation.
func notes(l prose.Language, snap *snapshot.Snapshot, c roster.Coverage) []string {
	var agencies []string
	for _, a := range snap.Select(snap.KnownUntil(), roster.Filter{}, roster.StatusActive) {
		if a.State == c.State && snap.Locate(a.Agreement).By == place.Statewide && !slices.Contains(agencies, a.Agency) {
			agencies = append(agencies, a.Agency)
		}
	}
	return l.CountyMapNotes(c, agencies)
}

// Nation makes the map of the nation's counties, whose rows are the states. It is nil
// where no list has been read.
func Nation(l prose.Language, snap *snapshot.Snapshot, b *draw.Borders) *Figure {
	if snap.Extent().Empty() {
		return nil
	}
	var f Figure
	d := nation(l, snap, &f)
	f.Map = b.NationMap(d)
	return &f
}

// nation fills in what a map of the nation says, and returns what it shows.
func nation(l prose.Language, snap *snapshot.Snapshot, f *Figure) draw.NationMapData {
	now, whole := Now(snap), prose.CountyCount{}
	coverage := snap.Coverage(snap.KnownUntil())
	names := map[roster.State]string{}
	for _, s := range roster.States() {
		var count prose.CountyCount
		if !s.OfNation() {
			continue
		}
		for _, c := range place.Counties(s) {
			count.Add(now[c.FIPS])
			whole.Add(now[c.FIPS])
		}
		names[s] = l.StateCount(coverage.Of(s), count)
		f.Rows = append(f.Rows, Row{Name: l.State(s), URL: route.StateURL(s), State: s, Count: count})
	}
	f.Words = l.CountyCount(coverage.Nation, whole)
	f.Notes = notes(l, snap, coverage.Nation)
	return draw.NationMapData{
		CountyMapData: draw.CountyMapData{Language: l, Title: l.CountyMapTitle(""), Description: f.Words, Now: now},
		Names:         names,
	}
}

// File draws the map of the nation's counties as an SVG that stands alone. The states
// lead to the pages of the site at that address.
func File(l prose.Language, snap *snapshot.Snapshot, b *draw.Borders, site string) []byte {
	var f Figure
	d := nation(l, snap, &f)
	return b.NationSVG(draw.NationFile{NationMapData: d, Site: site + strings.TrimSuffix(route.In(l, "/"), "/"), Lines: slices.Concat([]string{f.Words, l.CountyLegend("order", "")}, f.Notes, l.CountyMapSource(snap.KnownUntil(), site))})
}

// Neighborhood draws a county among its neighbors, with what agencies in each have now,
// as Now says it; "" for a code that no county has.
func Neighborhood(l prose.Language, now map[string]prose.CountyNow, b *draw.Borders, c place.County) template.HTML {
	return b.Neighborhood(c.FIPS, draw.CountyMapData{Language: l, Title: l.NeighborhoodTitle(l.CountyName(c)), Description: l.CountyNow(place.StateOf(c.FIPS), l.CountyName(c), now[c.FIPS]) + ".", Now: now})
}
