package draw

import (
	_ "embed" // the shapes
	"html/template"
	"strconv"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// MapData is what a map shows.
type MapData struct {
	ID          string                           // what its ids begin with; "map" where it is ""
	Title       string                           // its name for readers who do not see it
	Description string                           // and what it says, in a sentence or two
	Counts      map[roster.State]roster.ByStatus // as in roster.Stats; a state that is missing has none
	Link        func(roster.State) (href string) // where a state leads to; /states/TX where it is nil
}

// The levels of a state's count, each from a least number of active agreements.
// They are fixed, so that a state changes its shade only when its own count does.
var levels = [...]struct {
	least int
	name  string
}{{0, "none"}, {1, "1–4"}, {5, "5–19"}, {20, "20–49"}, {50, "50–99"}, {100, "100 or more"}}

func level(active int) int {
	for i := len(levels) - 1; i > 0; i-- {
		if active >= levels[i].least {
			return i
		}
	}
	return 0
}

// shape is a state as states.txt has it, in tenths of the map's units.
type shape struct {
	x, y int // the middle of its label
	room int // half the height of what fits there
	path string
}

//go:embed states.txt
var statesFile string

var shapes = sync.OnceValue(func() map[roster.State]shape {
	all := map[roster.State]shape{}
	for line := range strings.Lines(statesFile) {
		fields := strings.SplitN(strings.TrimSpace(line), " ", 5)
		if fields[0] == "#" || len(fields) < 5 {
			continue
		}
		var numbers [3]int
		for i := range numbers {
			numbers[i], _ = strconv.Atoi(fields[i+1]) // the tests read every line
		}
		all[roster.State(fields[0])] = shape{numbers[0], numbers[1], numbers[2], fields[4]}
	}
	return all
})

// place is where a label stands, in the map's units, when not on its state.
type place struct {
	x, y   int
	anchor string // the class that says which end of the text is at x
	from   string // the line that leads to the state; "" where none is needed
}

// beside holds the labels of the states that are too small for their own.
var beside = map[roster.State]place{
	"VT": {846, 92, "map-end", "M848 95 868 116"},
	"NH": {866, 68, "map-end", "M868 71 887 102"},
	"MA": {944, 153, "map-start", "M941 152 926 166"},
	"RI": {950, 184, "map-start", "M947 181 906 183"},
	"CT": {924, 210, "map-start", "M921 206 890 194"},
	"NJ": {900, 240, "map-start", "M897 237 872 243"},
	"DE": {900, 264, "map-start", "M897 260 862 266"},
	"MD": {900, 288, "map-start", "M897 283 848 268"},
	"HI": {340, 594, "map-start", ""},
}

// squares holds the corners of what is drawn as a square: the District of
// Columbia, whose shape is too small to hit, and the territories.
var squares = map[roster.State]place{
	"DC": {x: 852, y: 472}, "PR": {x: 902, y: 472}, "VI": {x: 952, y: 472},
	"GU": {x: 852, y: 522}, "MP": {x: 902, y: 522}, "AS": {x: 952, y: 522},
}

const squareSide = 46

// Map draws the states by their active agreements. Every state is a link whose
// name says its counts, in the order of the names.
func Map(d MapData) template.HTML {
	var c canvas
	id := identifier(d.ID, "map")
	title, description := d.Title, d.Description
	if title == "" {
		title = "Active agreements by state"
	}
	if description == "" {
		description = "A map of the United States. The darker a state stands out, the more active agreements are on ICE's list."
	}
	c.Grow(48 << 10)
	c.add(`<div class="map"><svg viewBox="0 8 1008 602" role="group" %s>`, named(id))
	c.name(id, title, description)
	for _, s := range roster.States() {
		c.state(id, s, d)
	}
	// The labels come last, so that no neighbour covers them. They are not part of
	// a link: its name says the same in words.
	c.add(`<g class="map-labels" aria-hidden="true">`)
	for _, s := range roster.States() {
		c.label(s, d.Counts[s].Active)
	}
	c.add(`</g></svg>`)
	c.legend()
	c.unplaced(d.Counts)
	c.add(`</div>`)
	return c.html()
}

// state draws a state's shape, as a link.
func (c *canvas) state(id string, s roster.State, d MapData) {
	href := "/states/" + string(s)
	if d.Link != nil {
		href = d.Link(s)
	}
	counts := d.Counts[s]
	name := s.Name() + ": " + english.Active(counts.Active)
	if counts.Pending > 0 {
		name += ", " + english.Thousands(counts.Pending) + " pending"
	}
	id += "-" + string(s)
	c.add(`<a class="map-state map-%d" href="%s" aria-labelledby="%s"><title id="%s">%s</title>`,
		level(counts.Active), escape(href), id, id, escape(name))
	if square, ok := squares[s]; ok {
		c.add(`<rect x="%d" y="%d" width="%d" height="%d" rx="3"/>`, square.x, square.y, squareSide, squareSide)
	}
	if shape, ok := shapes()[s]; ok {
		c.add(`<path transform="scale(.1)" d="%s"/>`, shape.path)
	}
	c.add(`</a>`)
}

// label writes a state's code and count on it, or beside it.
func (c *canvas) label(s roster.State, active int) {
	number, zero := english.Thousands(active), ""
	if active == 0 {
		zero = " map-zero"
	}
	if p, ok := beside[s]; ok {
		if p.from != "" {
			c.add(`<path d="%s"/>`, p.from)
		}
		c.add(`<text class="map-beside %s%s" x="%d" y="%d">%s <tspan>%s</tspan></text>`, p.anchor, zero, p.x, p.y, s, number)
		return
	}
	on := "map-on-" + strconv.Itoa(level(active))
	x, y := float64(shapes()[s].x)/10, float64(shapes()[s].y)/10
	if p, ok := squares[s]; ok {
		on += " map-square"
		x, y = float64(p.x)+squareSide/2, float64(p.y)+squareSide/2
	}
	c.add(`<text class="map-code %s" x="%.0f" y="%.0f">%s</text>`, on, x, y-2, s)
	c.add(`<text class="map-count %s%s" x="%.0f" y="%.0f">%s</text>`, on, zero, x, y+11, number)
}

// legend names the levels.
func (c *canvas) legend() {
	c.add(`<div class="map-legend"><span class="map-what">Active agreements</span><ul>`)
	for i, l := range levels {
		c.add(`<li><svg class="map-key map-%d" viewBox="0 0 16 12" aria-hidden="true"><rect width="16" height="12" rx="2"/></svg> %s</li>`, i, l.name)
	}
	c.add(`</ul></div>`)
}

// unplaced says how much of the counts the map does not show.
func (c *canvas) unplaced(counts map[roster.State]roster.ByStatus) {
	known := map[roster.State]bool{}
	for _, s := range roster.States() {
		known[s] = true
	}
	missing := 0
	for s, in := range counts {
		if !known[s] {
			missing += in.Active
		}
	}
	if missing > 0 {
		c.add(`<p class="map-note">Not on the map: %s of a state that ICE's list does not name.</p>`, english.Active(missing))
	}
}
