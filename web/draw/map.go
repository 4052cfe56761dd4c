package draw

import (
	"cmp"
	_ "embed" // the shapes
	"html/template"
	"strconv"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// MapData is what a map shows.
type MapData struct {
	ID          string                           // what its ids begin with; "map" where it is ""
	Title       string                           // its name for readers who do not see it
	Language    prose.Language                   // English where it is ""
	Description string                           // and what it says, in a sentence or two
	Counts      map[roster.State]roster.ByStatus // as in roster.Stats; a state that is missing has none
	Coverage    []roster.Coverage                // of the states, to be shown in the place of the counts; nil for these
	Link        func(roster.State) (href string) // where a state leads to; /states/TX where it is nil
}

// rung is a level of what a map shows, from a least number on.
type rung struct {
	least int
	name  string // a message, or numbers
}

// The levels of a state's count of active agreements, and of the percentage of its
// counties. They are fixed, so that a state changes its shade only when its own figure
// does.
var (
	levels      = [6]rung{{0, "page.map.none"}, {1, "1–4"}, {5, "5–19"}, {20, "20–49"}, {50, "50–99"}, {100, "page.map.most"}}
	shareLevels = [6]rung{{0, "page.map.none"}, {1, "page.map.least"}, {10, "10–24%"}, {25, "25–49%"}, {50, "50–74%"}, {75, "75–100%"}}
)

func level(n int, of *[6]rung) int {
	for i := len(of) - 1; i > 0; i-- {
		if n >= of[i].least {
			return i
		}
	}
	return 0
}

// measured is what a map shows of a state.
type measured struct {
	level  int
	number string // on the map
	name   string // in words
	zero   bool
}

// measure is what a map shows of the states.
func (d MapData) measure() (steps *[6]rung, of func(roster.State) measured) {
	l := cmp.Or(d.Language, prose.English)
	if d.Coverage == nil {
		return &levels, func(s roster.State) measured {
			counts := d.Counts[s]
			name := l.Say("page.map.state", "state", l.State(s), "said", l.Active(counts.Active))
			if counts.Pending > 0 {
				name += ", " + l.PendingShort(counts.Pending)
			}
			return measured{level(counts.Active, &levels), l.Thousands(counts.Active), name, counts.Active == 0}
		}
	}
	by := map[roster.State]roster.Coverage{}
	for _, s := range roster.States() {
		by[s] = roster.Coverage{State: s}
	}
	for _, c := range d.Coverage {
		by[c.State] = c
	}
	return &shareLevels, func(s roster.State) measured {
		covered, counties := by[s].Covered.Counties, by[s].Counties
		percent := 0
		if counties > 0 {
			percent = (200*covered + counties) / (2 * counties)
		}
		shown := measured{level(percent, &shareLevels), strconv.Itoa(percent), l.StateCovered(by[s]), covered == 0}
		switch {
		case covered > 0 && percent == 0:
			shown.level, shown.number = 1, "<1"
		case covered < counties && percent == 100:
			shown.number = ">99"
		case s.Territory(): // without counties that govern themselves
			shown.number = "–"
		}
		return shown
	}
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

// standing is where a label stands, in the map's units, when not on its state.
type standing struct {
	x, y   int
	anchor string // the class that says which end of the text is at x
	from   string // the line that leads to the state; "" where none is needed
}

// beside holds the labels of the states that are too small for their own.
var beside = map[roster.State]standing{
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
var squares = map[roster.State]standing{
	"DC": {x: 852, y: 472}, "PR": {x: 902, y: 472}, "VI": {x: 952, y: 472},
	"GU": {x: 852, y: 522}, "MP": {x: 902, y: 522}, "AS": {x: 952, y: 522},
}

const squareSide = 46

// Map draws the states by their active agreements, or by the share of their counties
// that are covered. Every state is a link whose name says its figures, in the order of
// the names.
func Map(d MapData) template.HTML {
	c := canvas{l: cmp.Or(d.Language, prose.English)}
	steps, of := d.measure()
	id := identifier(d.ID, "map")
	what, title, description := c.l.StatesMap(d.Coverage != nil)
	title, description = cmp.Or(d.Title, title), cmp.Or(d.Description, description)
	c.Grow(48 << 10)
	c.add(`<div class="map"><svg viewBox="0 8 1008 602" role="group" %s>`, named(id))
	c.name(id, title, description)
	shown := map[roster.State]measured{}
	for _, s := range roster.States() {
		shown[s] = of(s)
		c.state(id, s, shown[s], d.Link)
	}
	// The labels come last, so that no neighbor covers them. They are not part of
	// a link: its name says the same in words.
	c.add(`<g class="map-labels" aria-hidden="true">`)
	for _, s := range roster.States() {
		c.label(s, shown[s])
	}
	c.add(`</g></svg>`)
	c.legend(what, steps)
	if d.Coverage == nil {
		c.unplaced(d.Counts)
	}
	c.add(`</div>`)
	return c.html()
}

// state draws a state's shape, as a link.
func (c *canvas) state(id string, s roster.State, shown measured, link func(roster.State) string) {
	href := "/states/" + string(s)
	if link != nil {
		href = link(s)
	}
	id += "-" + string(s)
	c.add(`<a class="map-state map-%d" href="%s" aria-labelledby="%s"><title id="%s">%s</title>`,
		shown.level, escape(href), id, id, escape(shown.name))
	if square, ok := squares[s]; ok {
		c.add(`<rect x="%d" y="%d" width="%d" height="%d" rx="3"/>`, square.x, square.y, squareSide, squareSide)
	}
	if shape, ok := shapes()[s]; ok {
		c.add(`<path transform="scale(.1)" d="%s"/>`, shape.path)
	}
	c.add(`</a>`)
}

// label writes a state's code and figure on it, or beside it.
func (c *canvas) label(s roster.State, shown measured) {
	number, zero := escape(shown.number), ""
	if shown.zero {
		zero = " map-zero"
	}
	if p, ok := beside[s]; ok {
		if p.from != "" {
			c.add(`<path d="%s"/>`, p.from)
		}
		c.add(`<text class="map-beside %s%s" x="%d" y="%d">%s <tspan>%s</tspan></text>`, p.anchor, zero, p.x, p.y, s, number)
		return
	}
	on, count := "map-on-"+strconv.Itoa(shown.level), ""
	if len(shown.number) > 2 {
		count = " map-long"
	}
	x, y := float64(shapes()[s].x)/10, float64(shapes()[s].y)/10
	if p, ok := squares[s]; ok {
		on, zero = on+" map-square"+zero, ""
		x, y = float64(p.x)+squareSide/2, float64(p.y)+squareSide/2
	}
	c.add(`<text class="map-code %s" x="%.0f" y="%.0f">%s</text>`, on, x, y-2, s)
	c.add(`<text class="map-count %s%s%s" x="%.0f" y="%.0f">%s</text>`, on, zero, count, x, y+11, number)
}

// legend names the levels.
func (c *canvas) legend(what string, steps *[6]rung) {
	c.add(`<div class="map-legend"><span class="map-what">%s</span><ul>`, escape(what))
	for i, l := range steps {
		name := l.name
		if said, ok := c.l.Message(name); ok {
			name = said
		}
		c.add(`<li><svg class="map-key map-%d" viewBox="0 0 16 12" aria-hidden="true"><rect x=".5" y=".5" width="15" height="11" rx="2"/></svg> %s</li>`, i, escape(name))
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
		c.add(`<p class="map-note">%s</p>`, escape(c.l.Say("page.map.stateless", "active", c.l.Active(missing))))
	}
}
