package draw

import (
	_ "embed" // the shapes
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

//go:embed counties.txt
var countiesFile string

// Borders are the outlines of the counties and what stands for them, the same that
// place.Counties lists: those of 2017, with the eight counties of Connecticut by
// which ICE's lists name places. The zero value is ready; the outlines are read when
// they are first needed, and take about a megabyte and a half from then on. It is safe for
// several goroutines.
type Borders struct {
	once     sync.Once
	arcs     []arc
	outlines map[string]outline // by FIPS code
	boxes    map[string]box     // of the same, in thousandths of a degree
	ofState  map[roster.State][]string

	drawLines               sync.Once
	countyLines, stateLines string // on the map of the nation, of which they are the half that never changes
}

// arc is a piece of a border that one county has, or two share.
type arc []stop

// stop is a point of a border in thousandths of a degree, and how much it matters:
// see the command shapes.
type stop struct {
	x, y  int32
	level uint8
}

// outline is a county: its rings, as arcs by their number; ^n is arc n backwards.
type outline [][]int32

// read makes what the file holds ready.
func (b *Borders) read() {
	b.once.Do(func() {
		b.outlines, b.ofState = map[string]outline{}, map[roster.State][]string{}
		for line := range strings.Lines(countiesFile) {
			if fips, rest, ok := strings.Cut(line, " "); ok && fips != "#" {
				b.add(fips, rest)
			}
		}
		b.boxes = make(map[string]box, len(b.outlines))
		for fips := range b.outlines {
			b.boxes[fips] = b.degrees([]string{fips})
		}
	})
}

// add reads a county. The tests read every line; what is not as it should be is left
// out.
func (b *Borders) add(fips, rings string) {
	var all outline
	for text := range strings.SplitSeq(rings, ";") {
		r := reader{text: text}
		var refs []int32
		var at stop
		for {
			switch mark := r.letter(); mark {
			case '@':
				at = stop{r.number(), r.number(), endLevel}
				continue
			case '~', '=':
				ref := r.number()
				if mark == '~' {
					ref = ^ref
				}
				refs = append(refs, ref)
				_, at = b.ends(ref)
				continue
			case '+':
				refs = append(refs, int32(len(b.arcs)))
				b.arcs = append(b.arcs, r.arc(at))
				_, at = b.ends(refs[len(refs)-1])
				continue
			}
			break
		}
		all = append(all, refs)
	}
	b.outlines[fips] = all
	s := place.StateOf(fips)
	b.ofState[s] = append(b.ofState[s], fips)
}

// endLevel is that of the first and the last point of an arc, which always stay.
const endLevel = 25

// ends are the first and the last point of an arc, which may run backwards.
func (b *Borders) ends(ref int32) (first, last stop) {
	a := b.arcs[max(ref, ^ref)]
	first, last = a[0], a[len(a)-1]
	if ref < 0 {
		return last, first
	}
	return first, last
}

// refs are the arcs of counties, ring by ring.
func (b *Borders) refs(counties ...string) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for _, fips := range counties {
			for _, ring := range b.outlines[fips] {
				for _, ref := range ring {
					if !yield(ref) {
						return
					}
				}
			}
		}
	}
}

// reader takes a ring apart.
type reader struct {
	text string
	i    int
}

// letter is the next mark, 0 at the end.
func (r *reader) letter() byte {
	if r.i >= len(r.text) || r.text[r.i] == '\n' {
		return 0
	}
	r.i++
	return r.text[r.i-1]
}

// number reads the next one, behind a space or a comma if there is one.
func (r *reader) number() (n int32) {
	if r.i < len(r.text) && (r.text[r.i] == ' ' || r.text[r.i] == ',') {
		r.i++
	}
	negative := r.i < len(r.text) && r.text[r.i] == '-'
	if negative {
		r.i++
	}
	for r.i < len(r.text) && r.text[r.i] >= '0' && r.text[r.i] <= '9' {
		n = n*10 + int32(r.text[r.i]-'0')
		r.i++
	}
	if negative {
		return -n
	}
	return n
}

// arc reads the points of one that begins at a point.
func (r *reader) arc(at stop) arc {
	at.level = endLevel
	all := arc{at}
	for r.i < len(r.text) && r.text[r.i] >= 'a' && r.text[r.i] <= 'z' {
		level := r.letter() - 'a'
		at = stop{at.x + r.number(), at.y + r.number(), level}
		all = append(all, at)
	}
	return slices.Clip(all)
}

// dissolve joins counties to one shape: what two of them share is no border of it.
func (b *Borders) dissolve(counties []string) outline {
	net := map[int32]int{} // how often an arc is a border forwards, less how often backwards
	var order []int32
	for ref := range b.refs(counties...) {
		i, step := ref, 1
		if ref < 0 {
			i, step = ^ref, -1
		}
		if _, seen := net[i]; !seen {
			order = append(order, i)
		}
		net[i] += step
	}
	// Rings are closed, and so is their sum: from where an arc ends, another goes on.
	type spot struct{ x, y int32 }
	from := map[spot][]int32{}
	var left []int32
	for _, i := range order {
		ref := i
		if net[i] < 0 {
			ref = ^i
		}
		for range max(net[i], -net[i]) {
			first, _ := b.ends(ref)
			from[spot{first.x, first.y}] = append(from[spot{first.x, first.y}], ref)
			left = append(left, ref)
		}
	}
	take := func(at spot) (int32, bool) {
		on := from[at]
		if len(on) == 0 {
			return 0, false
		}
		from[at] = on[1:]
		return on[0], true
	}
	var rings outline
	for _, ref := range left {
		first, _ := b.ends(ref)
		start := spot{first.x, first.y}
		var ring []int32
		for at := start; len(ring) == 0 || at != start; {
			next, ok := take(at)
			if !ok {
				break
			}
			_, last := b.ends(next)
			ring, at = append(ring, next), spot{last.x, last.y}
		}
		if len(ring) > 0 {
			rings = append(rings, ring)
		}
	}
	return rings
}

// between are the arcs that part counties, or those that part states.
func (b *Borders) between(counties []string, states bool) []int32 {
	first := make([]string, len(b.arcs)) // what is on one side
	var all []int32
	for _, fips := range counties {
		side := fips
		if states {
			side = fips[:2]
		}
		for ref := range b.refs(fips) {
			i := max(ref, ^ref)
			if other := first[i]; other != "" && other != side {
				all = append(all, i)
			}
			first[i] = side
		}
	}
	return all
}

// Neighbors returns the FIPS codes of the counties that share a border with one, in
// the order of the codes; nil for a code that no county has.
func (b *Borders) Neighbors(county string) []string {
	b.read()
	own := map[int32]bool{}
	for ref := range b.refs(county) {
		own[max(ref, ^ref)] = true
	}
	var all []string
	for fips, rings := range b.outlines {
		if fips != county && slices.ContainsFunc(rings, func(ring []int32) bool {
			return slices.ContainsFunc(ring, func(ref int32) bool { return own[max(ref, ^ref)] })
		}) {
			all = append(all, fips)
		}
	}
	slices.Sort(all)
	return all
}
