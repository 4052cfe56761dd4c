package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

const (
	thousandths = 1000 // how finely county borders are written, as parts of a degree
	mostLevels  = 26   // as many as there are letters
)

// stop is a point of a border in thousandths of a degree. Its level is the binary
// logarithm of the area by which the border changes without the point, in square
// thousandths of a degree of latitude: what is drawn small does without low levels.
type stop struct {
	x, y  int
	level int
}

// counties writes a line for each county: its FIPS code, and its rings with a
// semicolon between them. A ring is a row of arcs. An arc that no earlier line has
// is a plus sign and its points, each one the letter of its level and the steps from
// the last point; one that has been written, which is the border with an earlier county,
// is its number behind a tilde where it runs the other way here, as it nearly always
// does, else behind an equals sign. A ring whose first arc is new begins with an at
// sign and its first point.
//
// Alaska is of the later atlas, as one of its census areas was made two in 2019; it
// has no border with another state. Connecticut is of the earlier one, as it has
// planning regions in the place of counties since 2022, by which ICE names no place.
func counties(earlier, later []byte) ([]byte, error) {
	w := countyWriter{numbers: map[int]int{}, forward: map[int]bool{}}
	var all []geometry
	for i, data := range [][]byte{earlier, later} {
		var t topology
		if err := json.Unmarshal(data, &t); err != nil {
			return nil, fmt.Errorf("read TopoJSON: %w", err)
		}
		for _, g := range t.Objects.Counties.Geometries {
			if strings.HasPrefix(g.ID, alaska) == (i == 1) {
				g.first = len(w.arcs)
				all = append(all, g)
			}
		}
		for _, steps := range t.Arcs {
			w.arcs = append(w.arcs, leveled(t.degrees(steps)))
		}
	}
	if len(all) == 0 {
		return nil, errors.New("there are no counties in it")
	}
	slices.SortFunc(all, func(a, b geometry) int { return strings.Compare(a.ID, b.ID) })
	var out strings.Builder
	out.WriteString("# Borders of the U.S. Census Bureau, 2017, and 2023 for Alaska (public domain), by way of us-atlas. Written by shapes; do not edit.\n")
	for _, g := range all {
		polygons, err := g.polygons()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.ID, err)
		}
		line, err := w.county(polygons, g.first)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.ID, err)
		}
		out.WriteString(g.ID + " " + line + "\n")
	}
	return []byte(out.String()), nil
}

// alaska is how its counties' codes begin.
const alaska = "02"

// countyWriter knows which arcs have been written.
type countyWriter struct {
	arcs    [][]stop
	numbers map[int]int  // of the arcs that were written, by their place in arcs
	forward map[int]bool // whether they were written the way they run there
}

// county writes the rings of a county whose atlas has its arcs from the first one on.
func (w *countyWriter) county(polygons [][][]int, first int) (string, error) {
	var rings []string
	for _, polygon := range polygons {
		for _, refs := range polygon {
			ring, err := w.ring(refs, first)
			if err != nil {
				return "", err
			}
			if ring != "" {
				rings = append(rings, ring)
			}
		}
	}
	if len(rings) == 0 {
		return "", errors.New("it has no area")
	}
	return strings.Join(rings, ";"), nil
}

func (w *countyWriter) ring(refs []int, first int) (string, error) {
	var b strings.Builder
	for i, ref := range withoutSpikes(refs) {
		backwards := ref < 0
		at := max(ref, ^ref) + first
		if at >= len(w.arcs) {
			return "", fmt.Errorf("there is no arc %d", at-first)
		}
		if n, written := w.numbers[at]; written {
			mark := "~"
			if w.forward[at] == !backwards {
				mark = "="
			}
			b.WriteString(mark + strconv.Itoa(n))
			continue
		}
		w.numbers[at], w.forward[at] = len(w.numbers), !backwards
		w.points(&b, at, backwards, i == 0)
	}
	return b.String(), nil
}

// withoutSpikes leaves out what runs to a point and back the same way.
func withoutSpikes(ring []int) []int {
	var left []int
	for _, ref := range ring {
		if n := len(left); n > 0 && left[n-1] == ^ref {
			left = left[:n-1]
			continue
		}
		left = append(left, ref)
	}
	for len(left) > 1 && left[0] == ^left[len(left)-1] {
		left = left[1 : len(left)-1]
	}
	return left
}

// points writes an arc that was not written before.
func (w *countyWriter) points(b *strings.Builder, at int, backwards, first bool) {
	arc := w.arcs[at]
	n := len(arc)
	point := func(i int) stop {
		if backwards {
			i = n - 1 - i
		}
		return arc[i]
	}
	last := point(0)
	if first {
		fmt.Fprintf(b, "@%d,%d", last.x, last.y)
	}
	b.WriteByte('+')
	for i := 1; i < n; i++ {
		p := point(i)
		b.WriteByte(byte('a' + p.level))
		b.WriteString(strconv.Itoa(p.x - last.x))
		if p.y >= last.y {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(p.y - last.y))
		last = p
	}
}

// degrees adds up the steps of an arc. What is beyond the date line, in Alaska, is
// west of it, so that no county is torn apart.
func (t topology) degrees(steps [][2]float64) line {
	l := t.absolute(steps)
	for i := range l {
		if l[i].x > 170 {
			l[i].x -= 360
		}
	}
	return l
}

// leveled rounds an arc and gives each point its level. Points of a shorter line
// never have a higher level than those without which it was shortened first.
func leveled(l line) []stop {
	var all []stop
	for i, p := range l {
		s := stop{x: int(math.Round(p.x * thousandths)), y: int(math.Round(p.y * thousandths)), level: mostLevels - 1}
		if i > 0 && i < len(l)-1 && s == all[len(all)-1] {
			continue
		}
		all = append(all, s)
	}
	left := make([]int, len(all)) // the points that have no level yet
	for i := range left {
		left[i] = i
	}
	cos := math.Cos(l[0].y * math.Pi / 180)
	at := func(i int) point { return point{float64(all[left[i]].x) * cos, float64(all[left[i]].y)} }
	highest := 0
	for len(left) > 2 {
		least, smallest := 0, math.Inf(1)
		for i := 1; i < len(left)-1; i++ {
			if a := triangle(at(i-1), at(i), at(i+1)); a < smallest {
				least, smallest = i, a
			}
		}
		highest = max(highest, min(mostLevels-2, bits.Len(uint(smallest))))
		all[left[least]].level = highest
		left = append(left[:least], left[least+1:]...)
	}
	return all
}
