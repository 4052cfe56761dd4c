package draw

import (
	"cmp"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Share is a part of a whole from a moment on, until the next one.
type Share struct {
	At          time.Time
	Part, Whole int
}

// Line is a share over time, with what it is of: "of the residents".
type Line struct {
	Of     string
	Shares []Share // in order, at most one for a day in Washington
}

// LinesData is what curves of shares show.
type LinesData struct {
	ID       string         // what its ids begin with; "lines" where it is ""
	Language prose.Language // English where it is ""
	Title    string         // its name for readers who do not see it
	Lines    []Line         // at most two; the first one is drawn solid, the second one dashed
	Until    time.Time      // the day until which the last shares are known to hold
}

// The two layouts of lines: labels stand beside a wide curve, and above a narrow one.
var (
	wideLines   = frame{name: "wide", width: 900, height: 320, left: 46, right: 170, top: 16, bottom: 40, letter: 8, across: 9, up: 5, columns: 60, full: true}
	narrowLines = frame{name: "narrow", width: 360, height: 240, left: 40, right: 12, top: 12, bottom: 38, letter: 7, across: 5, up: 5, columns: 30}
)

// hundredths is how finely a share is drawn: in parts of a percent.
const hundredths = 100

// Lines draws shares over time, as steps. As Curve does, it draws them for wide and for
// narrow pages.
func Lines(d LinesData) template.HTML {
	c := canvas{l: cmp.Or(d.Language, prose.English)}
	d.ID = identifier(d.ID, "lines")
	f := narrowLines
	f.top += keyLine * len(d.Lines)
	f.height += keyLine * len(d.Lines)
	c.add(`<div class="curve">`)
	c.lines(wideLines, d)
	c.lines(f, d)
	c.add(`</div>`)
	return c.html()
}

// series is a line to be drawn.
func (l Line) series(until time.Time) series {
	points := make([]Point, len(l.Shares))
	for i, s := range l.Shares {
		points[i] = Point{At: s.At, ByModel: map[roster.Model]int{roster.JEM: s.hundredths()}}
	}
	return newSeries(points, until)
}

// hundredths is a share in hundredths of a percent.
func (s Share) hundredths() int {
	if s.Whole <= 0 {
		return 0
	}
	return s.Part * 100 * hundredths / s.Whole
}

// tell says the shares at the end of a day: "December 31, 2025: 23.4% of the residents".
func (d LinesData) tell(number int) string {
	var said []string
	for _, l := range d.Lines {
		said = append(said, l.at(cmp.Or(d.Language, prose.English), number))
	}
	l := cmp.Or(d.Language, prose.English)
	return l.Say("page.curve.on", "date", l.Date(roster.DateOf(dayTime(number))), "said", l.And(said))
}

// at says the share at the end of a day, in words.
func (l Line) at(of prose.Language, number int) string {
	var now Share
	for _, s := range l.Shares {
		if day, ok := dayNumber(s.At); ok && day <= number {
			now = s
		}
	}
	return of.Portion(now.Part, now.Whole) + " " + l.Of
}

// lines draws one of the two layouts.
func (c *canvas) lines(f frame, d LinesData) {
	id := d.ID + "-" + f.name
	c.add(`<svg class="curve-%s" viewBox="0 0 %d %d" role="img" %s>`, f.name, f.width, f.height, named(id))
	if len(d.Lines) == 0 || len(d.Lines[0].Shares) == 0 {
		c.name(id, d.Title, c.l.Say("page.lines.none"))
		c.add(`<text class="curve-empty" x="%d" y="%d">%s</text></svg>`, f.width/2, f.height/2, escape(c.l.Say("page.lines.empty")))
		return
	}
	all := make([]series, len(d.Lines))
	peak := 0
	for i, l := range d.Lines {
		all[i] = l.series(d.Until)
		peak = max(peak, (all[i].peak()+hundredths-1)/hundredths)
	}
	s := all[0]
	s.l = c.l
	c.name(id, d.Title, d.tell(s.first)+". "+d.tell(s.last)+".")
	percents := ticks(peak, f.up)
	axis := percents[len(percents)-1]
	c.values(f, percents, func(v int) string { return c.l.Percent(v, 100) })
	c.calendar(f, s)
	c.add(`<path class="curve-base" d="M%d %dh%d"/>`, f.left, f.base(), f.plotWidth())
	for i, line := range all {
		c.add(`<path class="curve-line curve-line-%d" d="%s"/>`, i+1, stairs(f, line.steps(f.plotWidth(), f.plotHeight(), axis*hundredths)))
	}
	c.lineNames(f, d, all, axis)
	c.columns(f, s, d.tell)
	c.add(`</svg>`)
}

// stairs is the path of steps, from the first one to the right end.
func stairs(f frame, steps []step) string {
	var c canvas
	for i, s := range steps {
		x, y := f.left+s.x, f.base()-s.tops[0]
		if i == 0 {
			c.add("M%d %d", x, y)
		} else {
			c.add("H%dV%d", x, y)
		}
	}
	c.add("H%d", f.left+f.plotWidth())
	return c.String()
}

// lineNames says what each line is, with its last share: at its end, or above all.
func (c *canvas) lineNames(f frame, d LinesData, all []series, axis int) {
	const gap = 38 // between labels that would touch
	c.add(`<g class="curve-tags">`)
	defer c.add(`</g>`)
	if !f.full {
		for i, l := range d.Lines {
			y := 14 + keyLine*i
			c.add(`<path class="curve-line curve-line-%d" d="M0 %dh24"/><text x="30" y="%d">%s</text>`, i+1, y-5, y, escape(l.at(c.l, all[i].last)))
		}
		return
	}
	ends := make([]tag, len(all))
	for i, s := range all {
		ends[i] = tag{y: f.base() - scale(s.now().values[0], f.plotHeight(), axis*hundredths), band: i}
	}
	slices.SortStableFunc(ends, func(a, b tag) int { return a.y - b.y })
	spread(ends, gap, f.base()-10)
	x := f.width - f.right + 10
	for _, t := range slices.Backward(ends) {
		number, of, _ := strings.Cut(d.Lines[t.band].at(c.l, all[t.band].last), " ")
		c.add(`<path class="curve-line curve-line-%d" d="M%d %dh18"/>`, t.band+1, x, t.y-2)
		c.add(`<text x="%d" y="%d"><tspan>%s</tspan><tspan class="curve-name" x="%d" dy="15">%s</tspan></text>`, x+24, t.y+2, escape(number), x+24, escape(of))
	}
}
