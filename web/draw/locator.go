package draw

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strconv"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The sizes of the small maps, in half pixels.
const (
	locatorSide        = 400
	locatorDot         = 9 // the radius of what marks a county that is too small
	neighborhoodWidth  = 960
	neighborhoodHeight = 640
	neighborhoodRoom   = 190    // around the county
	neighborhoodScale  = 12_000 // at most, in half pixels a degree, for a city of Virginia
	labelLetter        = 13     // the width of a label's letter
)

// Locator draws where a county is in its state, about 200 pixels wide, with the
// title and the description; it leads nowhere. It is "" for a county that is unknown.
func (b *Borders) Locator(county string, d CountyMapData) template.HTML {
	b.read()
	if len(b.outlines[county]) == 0 {
		return ""
	}
	s := of(county)
	p, width, height := b.fit(b.ofState[s], locatorSide, locatorSide, 10, mostScale)
	v := b.view(p, 6, 30)
	c := canvas{l: cmp.Or(d.Language, prose.English)}
	id := identifier(d.ID, "locator")
	c.add(`<div class="map locator"><svg viewBox="0 0 %.0f %.0f" role="img" %s>`, math.Ceil(width), math.Ceil(height), named(id))
	c.name(id, d.Title, d.Description)
	rings := v.rings(b.outlines[county], s)
	c.add(`<path class="county-none" d="%s"/><path class="county-here" d="%s"/>`, path(v.rings(b.dissolve(b.ofState[s]), s), true), path(rings, true))
	around := noBox()
	for _, ring := range rings {
		for _, p := range ring {
			around.add(float64(p.x), float64(p.y))
		}
	}
	if around.width() < 2*locatorDot && around.height() < 2*locatorDot {
		c.add(`<circle class="locator-dot" cx="%.0f" cy="%.0f" r="%d"/>`, (around.left+around.right)/2, (around.top+around.bottom)/2, 2*locatorDot)
	}
	c.add(`</svg></div>`)
	return c.html()
}

// Neighborhood draws a county among its neighbors, also those of other states, as
// CountyMap draws them, with the names of those that have room for it. Each is a link.
// It is "" for a county that is unknown.
func (b *Borders) Neighborhood(county string, d CountyMapData) template.HTML {
	b.read()
	if len(b.outlines[county]) == 0 {
		return ""
	}
	p, width, height := b.fit([]string{county}, neighborhoodWidth-2*neighborhoodRoom, neighborhoodHeight-2*neighborhoodRoom, 0, neighborhoodScale)
	p.dx, p.dy = p.dx+(neighborhoodWidth-width)/2, p.dy+(neighborhoodHeight-height)/2
	m := countyMap{view: b.view(p, countyMapBend, countyMapIsland), canvas: canvas{l: cmp.Or(d.Language, prose.English)}, id: identifier(d.ID, "neighborhood"), now: d.Now}
	near := b.boxes[county]
	dy := 1000 * neighborhoodHeight / (p.scale * degree)
	dx := dy * neighborhoodWidth / neighborhoodHeight / math.Cos(min(80, (max(math.Abs(near.top), math.Abs(near.bottom))+dy)/1000)*degree)
	near = box{near.left - dx, near.top - dy, near.right + dx, near.bottom + dy} // and more than is drawn
	shown := m.within(neighborhoodWidth, neighborhoodHeight, near)
	m.add(`<div class="map counties neighborhood"><svg viewBox="0 0 %d %d" role="group" %s>`, neighborhoodWidth, neighborhoodHeight, named(m.id))
	m.name(m.id, d.Title, d.Description)
	m.patterns(shown, 14)
	m.counties(shown)
	m.add(`<path class="county-marked" d="%s"/>`, path(m.rings(b.outlines[county], of(county)), true))
	m.labels(shown, county, neighborhoodWidth, neighborhoodHeight)
	m.add(`</svg>`)
	m.legend(shown, of(county))
	m.add(`</div>`)
	return m.html()
}

// within are the counties of which something is in a picture of that size. What is
// outside of a box in thousandths of a degree need not be looked at, but where there is
// the line of dates.
func (m *countyMap) within(width, height float64, near box) []string {
	var all []string
	for _, s := range roster.States() {
		for _, fips := range m.ofState[s] {
			if d := m.boxes[fips]; s != "AK" && (d.right < near.left || d.left > near.right || d.bottom < near.top || d.top > near.bottom) {
				continue
			}
			at := m.bounds([]string{fips}, func(s stop) (x, y float64) { return m.point(s, "") })
			if at.left < width && at.right > 0 && at.top < height && at.bottom > 0 {
				all = append(all, fips)
			}
		}
	}
	return all
}

// labels writes the names of counties that have room for it, and of one in any case,
// in a picture of that size.
func (m *countyMap) labels(counties []string, marked string, width, height float64) {
	m.add(`<g class="county-names" aria-hidden="true">`)
	for _, fips := range counties {
		m.labelOf(fips, fips == marked, width, height)
	}
	m.add(`</g>`)
}

// labelOf writes a county's name where it has most room.
func (m *countyMap) labelOf(fips string, marked bool, width, height float64) {
	largest := slices.MaxFunc(m.rings(m.outlines[fips], of(fips)), func(a, b []spot) int { return cmp.Compare(ringArea(a), ringArea(b)) })
	x, y, most := middle(largest, width, height)
	c, _ := place.ByFIPS(fips)
	class, letters := "", float64(len(c.Name)*labelLetter)
	switch {
	case marked:
		class = ` class="county-named"`
	case most < labelLetter, letters > 3.4*most, float64(x) < letters/2, float64(x) > width-letters/2:
		return
	}
	m.add(`<text%s x="%d" y="%s">%s</text>`, class, x, strconv.Itoa(y+8), escape(c.Name))
}

// middle is the point of a ring, within a picture, that is farthest from what bounds
// both, and how far that is; a text is broader than high, so what is above and below
// counts twice.
func middle(ring []spot, width, height float64) (x, y int, room float64) {
	const steps = 14
	at := noBox()
	for _, p := range ring {
		at.add(min(max(float64(p.x), 0), width), min(max(float64(p.y), 0), height))
	}
	for i := range steps {
		for j := range steps {
			px, py := at.left+at.width()*(float64(i)+0.5)/steps, at.top+at.height()*(float64(j)+0.5)/steps
			most := min(px, width-px, 2*py, 2*(height-py))
			if most <= room {
				continue // wherever the ring is
			}
			if d := min(inside(ring, px, py), most); d > room {
				x, y, room = int(px), int(py), d
			}
		}
	}
	return x, y, room
}

// inside is how far a point is within a ring, whose height counts twice; negative
// where it is outside.
func inside(ring []spot, x, y float64) float64 {
	within, nearest := false, math.Inf(1) // the latter squared
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		ax, ay, bx, by := float64(p.x), float64(p.y), float64(q.x), float64(q.y)
		if (ay > y) != (by > y) && x < (bx-ax)*(y-ay)/(by-ay)+ax {
			within = !within
		}
		dx, dy := bx-ax, 2*(by-ay)
		t := 0.0
		if square := dx*dx + dy*dy; square > 0 {
			t = min(1, max(0, ((x-ax)*dx+2*(y-ay)*dy)/square))
		}
		offX, offY := x-ax-t*dx, 2*(y-ay)-t*dy
		nearest = min(nearest, offX*offX+offY*offY)
	}
	if within {
		return math.Sqrt(nearest)
	}
	return -math.Sqrt(nearest)
}

// Outline returns the rings of a state's border and those of a county of it, in the
// units of a picture of that size, which the state fills as far as it can, for what
// draws pixels. A point is inside where an odd number of rings is around it. Both are
// nil for a state or county that is unknown.
func (b *Borders) Outline(s roster.State, county string, width, height float64) (state, within [][][2]float64) {
	b.read()
	if len(b.ofState[s]) == 0 {
		return nil, nil
	}
	const finer = 8 // than a unit
	p, _, _ := b.fit(b.ofState[s], finer*width, finer*height, 0, finer*mostScale)
	v := b.view(p, finer*finer, finer*finer)
	units := func(rings [][]spot) (all [][][2]float64) {
		for _, ring := range rings {
			var points [][2]float64
			for _, at := range ring {
				points = append(points, [2]float64{float64(at.x) / finer, float64(at.y) / finer})
			}
			all = append(all, points)
		}
		return all
	}
	if of(county) == s {
		within = units(v.rings(b.outlines[county], s))
	}
	return units(v.rings(b.dissolve(b.ofState[s]), s)), within
}
