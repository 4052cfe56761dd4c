package main

import "math"

type point struct{ x, y float64 }

type line []point

// grid rounds to the precision that is written.
func grid(v float64) int { return int(math.Round(v * tenths)) }

// simplify takes out, one after the other, the point that changes the line least
// (Visvalingam's way), until every one left matters. The ends stay, so that
// lines still meet; a closed line keeps three points.
func simplify(l line, least float64) line {
	l = append(line(nil), l...)
	for len(l) > 4 {
		at, smallest := 0, least
		for i := 1; i < len(l)-1; i++ {
			if a := triangle(l[i-1], l[i], l[i+1]); a < smallest {
				at, smallest = i, a
			}
		}
		if at == 0 {
			break
		}
		l = append(l[:at], l[at+1:]...)
	}
	return l
}

func triangle(a, b, c point) float64 {
	return math.Abs((b.x-a.x)*(c.y-a.y)-(c.x-a.x)*(b.y-a.y)) / 2
}

// area is a ring's, in square units.
func (l line) area() float64 {
	var sum float64
	for i, p := range l {
		q := l[(i+1)%len(l)]
		sum += p.x*q.y - q.x*p.y
	}
	return math.Abs(sum) / 2
}

// middle is the point within a ring around which a label has most room, and half
// the height of that room.
func (l line) middle() (x, y, room float64) {
	squeezed := make(line, len(l))
	box := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for i, p := range l {
		p.x *= labelShape
		squeezed[i] = p
		box = [4]float64{min(box[0], p.x), min(box[1], p.y), max(box[2], p.x), max(box[3], p.y)}
	}
	room = math.Inf(-1)
	const steps = 120
	for i := range steps {
		for j := range steps {
			p := point{
				box[0] + (box[2]-box[0])*(float64(i)+0.5)/steps,
				box[1] + (box[3]-box[1])*(float64(j)+0.5)/steps,
			}
			if d := squeezed.inside(p); d > room {
				x, y, room = p.x/labelShape, p.y, d
			}
		}
	}
	return x, y, room
}

// inside is how far within the ring p lies; negative when it lies outside.
func (l line) inside(p point) float64 {
	within, nearest := false, math.Inf(1)
	for i, a := range l {
		b := l[(i+1)%len(l)]
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			within = !within
		}
		nearest = min(nearest, distance(p, a, b))
	}
	if within {
		return nearest
	}
	return -nearest
}

// distance is that of p from the stretch between a and b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if square := dx*dx + dy*dy; square > 0 {
		t = min(1, max(0, ((p.x-a.x)*dx+(p.y-a.y)*dy)/square))
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}
