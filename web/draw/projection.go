package draw

import (
	"math"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// projection turns points of borders into points of a picture.
type projection interface {
	// point returns a point's place in the picture, whose y runs downwards.
	point(s stop, of roster.State) (x, y float64)
	// unit is how long a thousandth of a degree of latitude is there.
	unit(of roster.State) float64
}

// conic is Albers' conic projection, in which areas keep their proportions.
type conic struct {
	n, c, lon     float64
	scale, dx, dy float64
}

const degree = math.Pi / 180

// newConic has no distortion on two parallels, and shows a meridian upright; all in
// degrees.
func newConic(south, north, lon float64) conic {
	p := conic{lon: lon * degree, scale: 1}
	p.n = (math.Sin(south*degree) + math.Sin(north*degree)) / 2
	p.c = math.Pow(math.Cos(south*degree), 2) + 2*p.n*math.Sin(south*degree)
	return p
}

func (p conic) point(s stop, _ roster.State) (x, y float64) {
	return p.degrees(float64(s.x)/1000, float64(s.y)/1000)
}

func (p conic) degrees(lon, lat float64) (x, y float64) {
	rho := math.Sqrt(p.c-2*p.n*math.Sin(lat*degree)) / p.n
	theta := p.n * (lon*degree - p.lon)
	return p.dx + p.scale*rho*math.Sin(theta), p.dy + p.scale*rho*math.Cos(theta)
}

func (p conic) unit(roster.State) float64 { return p.scale * degree / 1000 }

// at moves and scales the projection so that a place stands at x, y.
func (p conic) at(lon, lat, scale, x, y float64) conic {
	p.scale, p.dx, p.dy = scale, 0, 0
	fromX, fromY := p.degrees(lon, lat)
	p.dx, p.dy = x-fromX, y-fromY
	return p
}

// union shows all states as maps of the United States do, with Alaska, at a third
// of its size, and Hawaii below: as states.txt has them, 975 by 610.
type union struct{ main, alaska, hawaii conic }

func newUnion(scale float64) union {
	const k, x, y = 1300, 487.5, 305
	return union{
		main:   newConic(29.5, 45.5, -96).at(-96.6, 38.7, scale*k, scale*x, scale*y),
		alaska: newConic(55, 65, -154).at(-156, 58.5, scale*k*0.35, scale*(x-0.307*k), scale*(y+0.201*k)),
		hawaii: newConic(8, 18, -157).at(-160, 19.9, scale*k, scale*(x-0.205*k), scale*(y+0.212*k)),
	}
}

func (u union) of(s roster.State) conic {
	switch s {
	case "AK":
		return u.alaska
	case "HI":
		return u.hawaii
	}
	return u.main
}

func (u union) point(p stop, of roster.State) (x, y float64) { return u.of(of).point(p, of) }
func (u union) unit(of roster.State) float64                 { return u.of(of).unit(of) }

// box is what a shape takes.
type box struct{ left, top, right, bottom float64 }

func noBox() box { return box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)} }

func (b *box) add(x, y float64) {
	b.left, b.top = min(b.left, x), min(b.top, y)
	b.right, b.bottom = max(b.right, x), max(b.bottom, y)
}

func (b box) width() float64  { return b.right - b.left }
func (b box) height() float64 { return b.bottom - b.top }

// bounds are those of counties, of each of whose points at says where it is.
func (b *Borders) bounds(counties []string, at func(s stop) (x, y float64)) box {
	all := noBox()
	for ref := range b.refs(counties...) {
		for _, s := range b.arcs[max(ref, ^ref)] {
			all.add(at(s))
		}
	}
	return all
}

// degrees are the bounds of counties in thousandths of a degree, y upwards.
func (b *Borders) degrees(counties []string) box {
	return b.bounds(counties, func(s stop) (x, y float64) { return float64(s.x), float64(s.y) })
}

// mostScale is the largest scale, in units a degree: what is smaller than that
// allows has no finer border to show.
const mostScale = 1400

// fit finds the projection in which counties fill a picture as large as allowed,
// with a margin, at no more than so many units a degree, and the picture's size.
func (b *Borders) fit(counties []string, width, height, margin, most float64) (p conic, w, h float64) {
	d := b.degrees(counties)
	sixth := d.height() / 6
	p = newConic((d.top+sixth)/1000, (d.bottom-sixth)/1000, (d.left+d.right)/2000)
	all := b.bounds(counties, func(s stop) (x, y float64) { return p.point(s, "") })
	p.scale = min((width-2*margin)/all.width(), (height-2*margin)/all.height(), most/degree)
	p.dx, p.dy = margin-all.left*p.scale, margin-all.top*p.scale
	return p, all.width()*p.scale + 2*margin, all.height()*p.scale + 2*margin
}

// view draws borders in a projection, each arc in one way, so that neighbours meet.
type view struct {
	*Borders
	projection
	bend   float64          // a point goes when the border changes by less without it, in square units
	island float64          // an island goes when it is smaller, in square units
	drawn  map[int32][]spot // arcs, by their number
}

// spot is a point of a picture.
type spot struct{ x, y int }

func (b *Borders) view(p projection, bend, island float64) *view {
	return &view{b, p, bend, island, map[int32][]spot{}}
}

// arc is one as it is drawn, in the direction in which it is known.
func (v *view) arc(i int32, of roster.State, every bool) []spot {
	if spots, ok := v.drawn[i]; ok && !every {
		return spots
	}
	unit := v.unit(of)
	least := uint8(0)
	if !every {
		least = uint8(min(endLevel, max(0, math.Ceil(math.Log2(v.bend/(unit*unit))))))
	}
	var spots []spot
	for _, s := range v.arcs[i] {
		if s.level < least {
			continue
		}
		x, y := v.point(s, of)
		at := spot{int(math.Round(x)), int(math.Round(y))}
		if n := len(spots); n == 0 || spots[n-1] != at {
			spots = append(spots, at)
		}
	}
	if !every {
		v.drawn[i] = spots
	}
	return spots
}

// line is a row of arcs as it is drawn.
func (v *view) line(refs []int32, of roster.State, every bool) []spot {
	var all []spot
	add := func(s spot) {
		if n := len(all); n == 0 || all[n-1] != s {
			all = append(all, s)
		}
	}
	for _, ref := range refs {
		spots := v.arc(max(ref, ^ref), of, every)
		for i := range spots {
			if ref < 0 {
				i = len(spots) - 1 - i
			}
			add(spots[i])
		}
	}
	return all
}

// ring is one as it is drawn, without its last point, which is its first.
func (v *view) ring(refs []int32, of roster.State, every bool) []spot {
	all := v.line(refs, of, every)
	for len(all) > 1 && all[0] == all[len(all)-1] {
		all = all[:len(all)-1]
	}
	return all
}

// rings are those of a shape that are large enough to be seen, the largest always.
func (v *view) rings(o outline, of roster.State) [][]spot {
	largest, most := -1, -1.0
	all := make([][]spot, len(o))
	areas := make([]float64, len(o))
	for i, refs := range o {
		all[i] = v.ring(refs, of, false)
		areas[i] = ringArea(all[i])
		if areas[i] > most {
			largest, most = i, areas[i]
		}
	}
	var kept [][]spot
	for i, ring := range all {
		switch {
		case i == largest && areas[i] == 0:
			kept = append(kept, dot(v.ring(o[i], of, true)))
		case i == largest, areas[i] >= v.island:
			kept = append(kept, ring)
		}
	}
	return kept
}

// dot is a ring, or a small square in its place where it has no area.
func dot(ring []spot) []spot {
	if ringArea(ring) > 0 || len(ring) == 0 {
		return ring
	}
	const half = 3
	x, y := ring[0].x, ring[0].y
	return []spot{{x - half, y - half}, {x + half, y - half}, {x + half, y + half}, {x - half, y + half}}
}

// ringArea is a ring's, in square units.
func ringArea(ring []spot) float64 {
	sum := 0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p.x*q.y - q.x*p.y
	}
	return math.Abs(float64(sum)) / 2
}

// of is the state that counties are in, which says how they are projected.
func of(fips string) roster.State { return place.StateOf(fips) }

// path writes rings, or lines that stay open, as an SVG path: steps from point to
// point, which are short numbers.
func path(all [][]spot, closed bool) string {
	var b strings.Builder
	var pen spot
	for _, ring := range all {
		b.WriteByte('m')
		first := pen
		for i, p := range ring {
			dx, dy := p.x-pen.x, p.y-pen.y
			if i > 0 && dx >= 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.Itoa(dx))
			if dy >= 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.Itoa(dy))
			if pen = p; i == 0 {
				first = p
			}
		}
		if closed {
			b.WriteByte('z')
			pen = first
		}
	}
	return b.String()
}
