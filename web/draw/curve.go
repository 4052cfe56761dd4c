package draw

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
)

// frame is how a curve is laid out: in SVG units, which are about pixels on the
// screen that the layout is for.
type frame struct {
	name                     string // its class, and what its ids end with
	width, height            int
	left, right, top, bottom int  // the margins around the plot
	letter                   int  // the width of a letter, about
	across, up               int  // the most ticks
	columns                  int  // the most stretches of time that tell their figures
	full                     bool // whether the margin has room for the models' names
	head                     int  // what stands above the markers' labels
}

var wide = frame{
	name: "wide", width: 900, height: 380, left: 46, right: 206, top: 10, bottom: 56,
	letter: 8, across: 9, up: 5, columns: 60, full: true,
}

var narrow = frame{
	name: "narrow", width: 360, height: 268, left: 40, right: 42, top: 10, bottom: 54,
	letter: 7, across: 5, up: 5, columns: 30,
}

func (f frame) plotWidth() int  { return f.width - f.left - f.right }
func (f frame) plotHeight() int { return f.height - f.top - f.bottom }
func (f frame) base() int       { return f.height - f.bottom }

// below makes room above the plot for the name of the axis or the key, and for so many
// rows of markers' labels.
func (f frame) below(s series, rows int) frame {
	f.head = keyLine
	for i := range bands {
		if !f.full && s.used(i) {
			f.head += keyLine
		}
	}
	f.top += f.head + rows*markLine
	f.height += f.head + rows*markLine
	return f
}

const (
	keyLine  = 18 // the height of a line of the key
	markLine = 16 // and of a row of markers' labels
)

// Curve draws the active agreements over time, the models on top of one another.
// A value holds until the next one, so the edges are steps. It is drawn twice,
// for wide and narrow pages; the stylesheet shows one of the two and hides the
// other from everyone.
func Curve(d CurveData) template.HTML {
	c := canvas{l: cmp.Or(d.Language, prose.English)}
	c.Grow(32 << 10)
	s := newSeries(d.Points, d.Until)
	s.l = c.l
	if d.Title == "" {
		d.Title = c.l.Say("page.curve.title")
	}
	if d.Description == "" {
		d.Description = s.summary()
	}
	if d.Rounds {
		d.Markers = slices.Concat(d.Markers, s.rounds())
	}
	d.ID = identifier(d.ID, "curve")
	c.add(`<div class="curve">`)
	c.curve(wide, s, d)
	c.curve(narrow, s, d)
	c.add(`</div>`)
	return c.html()
}

// summary says in words what a curve shows.
func (s series) summary() string {
	if len(s.days) == 0 {
		return s.l.Say("page.curve.none")
	}
	now := s.tell(s.last)
	if s.first == s.last {
		return now + "."
	}
	return s.l.Say("page.curve.on", "date", s.long(s.first), "said", s.l.Active(s.at(s.first).total())) + ". " + now + "."
}

// tell says the figures at the end of a day.
func (s series) tell(number int) string {
	d := s.at(number)
	text := s.l.Say("page.curve.on", "date", s.long(number), "said", s.l.Active(d.total()))
	var parts []string
	for i, v := range d.values {
		if v > 0 {
			parts = append(parts, s.l.Say("page.curve.band."+bandCodes[i])+" "+s.l.Thousands(v))
		}
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	if d.pending > 0 {
		text += ", " + s.l.PendingShort(d.pending)
	}
	return text
}

// curve draws one of the two layouts.
func (c *canvas) curve(f frame, s series, d CurveData) {
	id := d.ID + "-" + f.name
	marks, rows := s.marks(f, d.Markers)
	f = f.below(s, rows)
	c.add(`<svg class="curve-%s" viewBox="0 0 %d %d" role="img" %s>`, f.name, f.width, f.height, named(id))
	c.name(id, d.Title, d.Description)
	if len(s.days) == 0 {
		c.add(`<text class="curve-empty" x="%d" y="%d">%s</text></svg>`, f.width/2, f.height/2, escape(c.l.Say("page.curve.empty")))
		return
	}
	values := ticks(s.peak(), f.up)
	axis := values[len(values)-1]
	steps := s.steps(f.plotWidth(), f.plotHeight(), axis)
	c.values(f, values, s.briefly(axis))
	c.calendar(f, s)
	for i := bands - 1; i >= 0; i-- {
		if s.used(i) {
			c.add(`<path class="curve-area %s" d="%s"/>`, class(i), area(f, steps, i))
		}
	}
	c.add(`<path class="curve-base" d="M%d %dh%d"/>`, f.left, f.base(), f.plotWidth())
	c.until(f, s)
	if f.full {
		c.add(`<text class="curve-axis" x="0" y="13">%s</text>`, prose.Capitalize(c.l.ActiveWord(2)))
		c.names(f, s, axis)
	} else {
		c.codes(f, s, axis)
		c.key(s)
	}
	c.columns(f, s, s.tell)
	c.markers(f, marks, axis)
	c.add(`</svg>`)
}

// values draws the axis of the numbers, as they are spelled there.
func (c *canvas) values(f frame, values []int, spell func(v int) string) {
	axis := values[len(values)-1]
	c.add(`<g class="curve-values">`)
	for _, v := range values {
		y := f.base() - scale(v, f.plotHeight(), axis)
		if v > 0 {
			c.add(`<path d="M%d %dh%d"/>`, f.left, y, f.plotWidth())
		}
		c.add(`<text x="%d" y="%d">%s</text>`, f.left-6, y+4, spell(v))
	}
	c.add(`</g>`)
}

// briefly spells the numbers of an axis so that they fit beside it.
func (s series) briefly(axis int) func(n int) string {
	return func(n int) string {
		switch {
		case n == 0 || axis < 10_000:
			return s.l.Thousands(n)
		case axis < 1_000_000:
			return strconv.FormatFloat(float64(n)/1_000, 'f', -1, 64) + "k"
		}
		return strconv.FormatFloat(float64(n)/1_000_000, 'f', -1, 64) + "M"
	}
}

// calendar draws the axis of the days.
func (c *canvas) calendar(f frame, s series) {
	p := paceFor(s.first, s.last, f.across)
	before, end := 0, -f.width // the mark before, and where its text ends
	c.add(`<g class="curve-calendar">`)
	for _, n := range p.marks(s.first, s.last) {
		x := f.left + s.x(n, f.plotWidth())
		c.add(`<path d="M%d %dv5"/>`, x, f.base())
		text, year := p.label(s.l, n, before)
		half := utf8.RuneCountInString(text) * f.letter / 2
		if x-half <= end {
			continue
		}
		c.add(`<text x="%d" y="%d">%s</text>`, x, f.base()+18, text)
		if year != "" {
			c.add(`<text class="curve-year" x="%d" y="%d">%s</text>`, x, f.base()+33, year)
		}
		before, end = n, x+half
	}
	c.add(`</g>`)
}

// until names the day with which the curve ends, since nothing is known of later ones.
func (c *canvas) until(f frame, s series) {
	x := f.left + f.plotWidth()
	c.add(`<g class="curve-until"><path d="M%d %dV%d"/><text x="%d" y="%d">%s</text></g>`, x, f.top, f.base()+37, x, f.base()+49, escape(s.l.FrontDate("until", s.short(s.last))))
}

// edge is the path of a band's top, from the baseline on to the right end.
func edge(f frame, steps []step, band int) string {
	b := strconv.AppendInt([]byte("M"), int64(f.left+steps[0].x), 10)
	b = strconv.AppendInt(append(b, ' '), int64(f.base()), 10)
	move := func(command byte, by int) {
		if by != 0 {
			b = strconv.AppendInt(append(b, command), int64(by), 10)
		}
	}
	x, top := steps[0].x, 0
	for _, s := range steps {
		if s.tops[band] != top {
			move('h', s.x-x)
			move('v', top-s.tops[band])
			x, top = s.x, s.tops[band]
		}
	}
	move('h', f.plotWidth()-x)
	return string(b)
}

// area is what lies between a band's top and the baseline. The bands below are
// drawn over it.
func area(f frame, steps []step, band int) string {
	return edge(f, steps, band) + "V" + strconv.Itoa(f.base()) + "z"
}

// tag is a label at the right end of the curve.
type tag struct {
	y     int
	band  int // or the line; -1 for the total
	value int
	name  string
}

// class is that of a band's colour.
func class(band int) string { return "curve-" + strings.ToLower(bandCodes[band]) }

// tags are the labels of the last values, from the top down, at least gap apart.
func (s series) tags(f frame, axis, gap int) []tag {
	now := s.now()
	var all []tag
	sum := 0
	for i, v := range now.values {
		if s.used(i) {
			middle := f.base() - scale(2*sum+v, f.plotHeight(), 2*axis)
			all = append(all, tag{y: middle, band: i, value: v, name: s.l.Say("page.curve.band." + bandCodes[i])})
		}
		sum += v
	}
	all = append(all, tag{y: f.base() - scale(sum, f.plotHeight(), axis), band: -1, value: sum, name: s.l.ActiveWord(sum)})
	slices.Reverse(all)
	spread(all, gap, f.base()-gap/2+4)
	return all
}

// spread moves tags, which are in order from the top down, so that they stand at least
// gap apart and none is lower than the lowest may be.
func spread(all []tag, gap, lowest int) {
	for i := 1; i < len(all); i++ {
		all[i].y = max(all[i].y, all[i-1].y+gap)
	}
	for i := range slices.Backward(all) {
		all[i].y = min(all[i].y, lowest)
		lowest = all[i].y - gap
	}
}

// names writes the last values with the models' names.
func (c *canvas) names(f frame, s series, axis int) {
	x := f.width - f.right + 10
	c.add(`<g class="curve-tags">`)
	for _, t := range s.tags(f, axis, 36) {
		if t.band >= 0 {
			c.add(`<rect class="%s" x="%d" y="%d" width="10" height="10" rx="2"/>`, class(t.band), x, t.y-11)
		}
		c.add(`<text x="%d" y="%d"><tspan>%s</tspan><tspan class="curve-name" x="%d" dy="15">%s</tspan></text>`,
			x+15, t.y-2, c.l.Thousands(t.value), x+15, escape(t.name))
	}
	c.add(`</g>`)
}

// codes writes the models' codes beside the curve, where names have no room.
func (c *canvas) codes(f frame, s series, axis int) {
	c.add(`<g class="curve-tags">`)
	for _, t := range s.tags(f, axis, 15) {
		if t.band >= 0 {
			c.add(`<text x="%d" y="%d">%s</text>`, f.width-f.right+6, t.y+4, bandCodes[t.band])
		}
	}
	c.add(`</g>`)
}

// key writes the last values with the models' names above the curve.
func (c *canvas) key(s series) {
	now := s.now()
	c.add(`<g class="curve-tags"><text class="curve-total" x="0" y="14">%s</text>`, c.l.Active(now.total()))
	y := 14 + keyLine
	for i := bands - 1; i >= 0; i-- {
		if !s.used(i) {
			continue
		}
		c.add(`<rect class="%s" x="0" y="%d" width="10" height="10" rx="2"/>`, class(i), y-9)
		c.add(`<text x="15" y="%d"><tspan>%s</tspan> %s</text>`, y, c.l.Thousands(now.values[i]), escape(c.l.Say("page.curve.band."+bandCodes[i])))
		y += keyLine
	}
	c.add(`</g>`)
}

// columns lays invisible stretches of time over the curve, which tell the
// figures at the end of their last day to a pointer that rests on them.
func (c *canvas) columns(f frame, s series, tell func(number int) string) {
	starts := paceFor(s.first, s.last, f.columns).marks(s.first, s.last)
	if len(starts) == 0 || starts[0] > s.first {
		starts = slices.Insert(starts, 0, s.first)
	}
	c.add(`<g class="curve-columns">`)
	for i, from := range starts {
		to := s.last + 1
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		x := s.x(from, f.plotWidth())
		c.add(`<rect x="%d" y="%d" width="%d" height="%d"><title>%s</title></rect>`,
			f.left+x, f.top, max(1, s.x(to, f.plotWidth())-x), f.plotHeight(), escape(tell(to-1)))
	}
	c.add(`</g>`)
}
