package draw

import (
	"math"
	"slices"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// ready is what holds the borders.
func ready() *Borders {
	var b Borders
	b.read()
	return &b
}

// Every county that place knows has an outline, around the middle that place has for
// it, and there is no other.
func TestAllCountiesHaveOutlines(t *testing.T) {
	t.Parallel()
	b := ready()
	known, beside := 0, 0
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			known++
			if len(b.outlines[c.FIPS]) == 0 {
				t.Errorf("%s %s has no outline", c.FIPS, c.Name)
				continue
			}
			x, y := c.Lon*1000, c.Lat*1000
			inside := false
			if box := b.degrees([]string{c.FIPS}); x < box.left-10 || x > box.right+10 || y < box.top-10 || y > box.bottom+10 {
				t.Errorf("%s %s: its middle %.0f,%.0f is far from its outline", c.FIPS, c.Name, x, y)
			}
			for _, ring := range b.outlines[c.FIPS] {
				if around(degrees(b, ring), x, y) {
					inside = !inside
				}
			}
			if !inside {
				beside++
			}
		}
		if len(b.ofState[s]) != len(place.Counties(s)) {
			t.Errorf("%s: %d outlines, %d counties", s, len(b.ofState[s]), len(place.Counties(s)))
		}
	}
	if beside > 11 { // which have the shape of a boomerang, or a town in their middle
		t.Errorf("the middle of %d counties is not within their outline", beside)
	}
	if known != len(b.outlines) || known != 3232 {
		t.Errorf("%d counties, %d outlines, want 3,232", known, len(b.outlines))
	}
	for _, fips := range []string{"46102", "02158", "02063", "02066", "09001", "51515", "66010", "69110", "11001"} { // 51515, Bedford, is a town since 2013
		if _, ok := b.outlines[fips]; ok != (fips != "51515") {
			t.Errorf("%s: an outline is there: %t", fips, ok)
		}
	}
}

// degrees are the points of a ring in thousandths of a degree.
func degrees(b *Borders, ring []int32) (points [][2]float64) {
	for _, ref := range ring {
		stops := slices.Clone(b.arcs[max(ref, ^ref)])
		if ref < 0 {
			slices.Reverse(stops)
		}
		for _, s := range stops {
			points = append(points, [2]float64{float64(s.x), float64(s.y)})
		}
	}
	return points
}

func around(ring [][2]float64, x, y float64) bool {
	within := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a[1] > y) != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
			within = !within
		}
	}
	return within
}

// Each arc of a ring goes on where the one before it ends.
func TestRingsAreClosed(t *testing.T) {
	t.Parallel()
	b := ready()
	for fips, rings := range b.outlines {
		for _, ring := range rings {
			_, at := b.ends(ring[len(ring)-1])
			for _, ref := range ring {
				first, last := b.ends(ref)
				if first.x != at.x || first.y != at.y {
					t.Errorf("%s: a ring is torn at %d,%d", fips, at.x, at.y)
				}
				at = last
			}
		}
	}
}

// signed is a ring's area with its sign.
func signed(ring []spot) (sum int) {
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p.x*q.y - q.x*p.y
	}
	return sum
}

// Neighbours share their borders as they are drawn: the counties of a state together
// are exactly as large as what they are dissolved to.
func TestCountiesLeaveNoGaps(t *testing.T) {
	t.Parallel()
	b := ready()
	for _, s := range roster.States() {
		p, _, _ := b.fit(b.ofState[s], countyMapWidth, countyMapHeight, 0, mostScale)
		v := b.view(p, countyMapBend, countyMapIsland)
		parts, whole := 0, 0
		for _, fips := range b.ofState[s] {
			for _, ring := range b.outlines[fips] {
				parts += signed(v.ring(ring, s, false))
			}
		}
		for _, ring := range b.dissolve(b.ofState[s]) {
			whole += signed(v.ring(ring, s, false))
		}
		if parts != whole || whole == 0 {
			t.Errorf("%s: its counties have %d, it has %d", s, parts, whole)
		}
	}
}

// The map of the counties and the map of the states are one: the point for a state's
// label there is within its counties here.
func TestNationIsWhereTheStatesAre(t *testing.T) {
	t.Parallel()
	b := ready()
	v := b.view(newUnion(10), 1, 1)
	for s, shape := range shapes() {
		inside := false
		all := noBox()
		for _, ring := range b.dissolve(b.ofState[s]) {
			var points [][2]float64
			for _, p := range v.ring(ring, s, false) {
				points = append(points, [2]float64{float64(p.x), float64(p.y)})
				all.add(float64(p.x), float64(p.y))
			}
			inside = inside != around(points, float64(shape.x), float64(shape.y))
		}
		if !inside {
			t.Errorf("%s: the label at %d,%d is outside", s, shape.x, shape.y)
		}
		was := noBox()
		for _, ring := range corners(t, shape.path) {
			for _, p := range ring {
				was.add(float64(p[0]), float64(p[1]))
			}
		}
		for _, d := range []float64{all.left - was.left, all.right - was.right, all.top - was.top, all.bottom - was.bottom} {
			if s != "AK" && s != "HI" && math.Abs(d) > 60 { // of which the one leaves out islands
				t.Errorf("%s: %v here, %v there", s, all, was)
			}
		}
	}
}

func TestNeighbors(t *testing.T) {
	t.Parallel()
	var b Borders
	for fips, want := range map[string][]string{
		"47011": {"13213", "13313", "47065", "47107", "47121", "47139"}, // Bradley, Tennessee, with two of Georgia
		"51600": {"51059"},                                              // the city of Fairfax is within the county
		"02066": {"02063", "02170", "02240", "02282"},
		"66010": nil, // Guam
		"99999": nil,
	} {
		got := b.Neighbors(fips)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", fips, got, want)
		}
		for _, other := range got {
			if !slices.Contains(b.Neighbors(other), fips) {
				t.Errorf("%s is a neighbor of %s, but not the other way around", other, fips)
			}
		}
	}
}

// What the borders take of memory is bounded by what the file holds.
func TestBordersAreSmall(t *testing.T) {
	t.Parallel()
	b := ready()
	bytes := 0
	for _, a := range b.arcs {
		bytes += 24 + 12*cap(a)
	}
	for _, o := range b.outlines {
		for _, ring := range o {
			bytes += 24 + 4*cap(ring)
		}
	}
	if bytes > 1<<20+1<<18 {
		t.Errorf("they take %d bytes", bytes)
	}
	if n := len(countiesFile); n > 400<<10 {
		t.Errorf("the file has %d bytes", n)
	}
}
