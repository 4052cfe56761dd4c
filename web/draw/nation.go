package draw

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// NationMapData is what a map of the nation's counties shows.
type NationMapData struct {
	CountyMapData
	Names map[roster.State]string // what a state's link says; its name where it is missing
}

// The nation's map is as large as the map of the states, in halves of its units.
const (
	nationScale   = 2
	nationLeft    = -120 // where the Aleutian Islands end
	nationWidth   = 2110
	nationBend    = 1.2
	nationIsland  = 1
	nationPattern = 7 // the size of its dots and hatching
)

// NationMap draws the counties of the fifty states and the District of Columbia as
// CountyMap does those of one. Each state is one link, and what its counties have in
// common one shape, so that a phone can bear it.
func (b *Borders) NationMap(d NationMapData) template.HTML {
	b.read()
	all := b.union()
	m := countyMap{view: b.view(newUnion(nationScale), nationBend, nationIsland), canvas: canvas{l: cmp.Or(d.Language, prose.English)}, id: identifier(d.ID, "nation"), now: d.Now}
	m.Grow(256 << 10)
	m.add(`<div class="map counties nation"><svg viewBox="%d 16 %d %d" role="group" %s>`, nationLeft, nationWidth, 600*nationScale, named(m.id))
	m.name(m.id, d.Title, d.Description)
	m.patterns(all, nationPattern)
	m.states("", d.Names)
	m.add(`</svg>`)
	m.legend(all, "")
	m.add(`</div>`)
	return m.html()
}

// states draws all states, whose links begin with the site's address, and the lines
// between them.
func (m *countyMap) states(site string, names map[roster.State]string) {
	for _, s := range roster.States() {
		if !s.OfNation() {
			continue
		}
		name, id := names[s], m.id+"-"+string(s)
		if name == "" {
			name = m.l.State(s)
		}
		m.add(`<a href="%s/states/%s" aria-labelledby="%s"><title id="%s">%s</title>`, escape(site), s, id, id, escape(name))
		m.shapes(m.ofState[s], s)
		m.add(`</a>`)
	}
	m.drawLines.Do(func() { m.countyLines, m.stateLines = m.lines(false), m.lines(true) })
	m.add(`<path %s d="%s"/><path %s d="%s"/>`, m.as("county-lines"), m.countyLines, m.as("state-lines"), m.stateLines)
}

// union are the counties of the states and the District.
func (b *Borders) union() []string {
	var all []string
	for _, s := range roster.States() {
		if s.OfNation() {
			all = append(all, b.ofState[s]...)
		}
	}
	return all
}

// shapes draws counties that are alike as one shape each.
func (m *countyMap) shapes(counties []string, s roster.State) {
	draw := func(attributes string, wanted func(look) bool) {
		var alike []string
		for _, fips := range counties {
			if wanted(lookOf(m.now[fips])) {
				alike = append(alike, fips)
			}
		}
		if len(alike) > 0 {
			m.add(`<path %s d="%s"/>`, attributes, path(m.rings(m.dissolve(alike), s), true))
		}
	}
	for _, model := range slices.Backward(append(prose.Reaching(), "")) {
		draw(m.as("county-"+modelClass(model)), func(l look) bool { return l.fill == model })
	}
	for _, model := range prose.Reaching() {
		draw(m.as("over")+` fill="url(#`+m.id+`-dots-`+modelClass(model)+`)"`, func(l look) bool { return l.dots == model })
	}
	draw(m.as("over")+` fill="url(#`+m.id+`-hatch)"`, func(l look) bool { return l.pending })
}

// lines are the borders between counties, or those between states.
func (m *countyMap) lines(states bool) string {
	mainland := slices.DeleteFunc(roster.States(), func(s roster.State) bool { return !s.OfNation() || s == "AK" || s == "HI" })
	var all [][]spot
	for _, part := range [][]roster.State{{"AK"}, {"HI"}, mainland} { // which are projected each in its way
		var counties []string
		for _, s := range part {
			counties = append(counties, m.ofState[s]...)
		}
		all = append(all, m.chained(m.between(counties, states), part[0])...)
	}
	return path(all, false)
}

// chained are arcs as lines, each as long as it goes on.
func (m *countyMap) chained(arcs []int32, s roster.State) [][]spot {
	type end struct{ x, y int32 }
	at := map[end][]int32{} // the arcs that begin or end there; ^n ends there
	for _, i := range arcs {
		first, last := m.ends(i)
		at[end{first.x, first.y}] = append(at[end{first.x, first.y}], i)
		at[end{last.x, last.y}] = append(at[end{last.x, last.y}], ^i)
	}
	used := make([]bool, len(m.arcs))
	var all [][]spot
	for _, i := range arcs {
		var refs []int32
		for ref := i; !used[max(ref, ^ref)]; {
			used[max(ref, ^ref)] = true
			refs = append(refs, ref)
			_, last := m.ends(ref)
			on := at[end{last.x, last.y}]
			if next := slices.IndexFunc(on, func(r int32) bool { return !used[max(r, ^r)] }); next >= 0 {
				ref = on[next]
			}
		}
		if line := m.line(refs, s, false); len(line) > 1 {
			all = append(all, line)
		}
	}
	return all
}
