package draw

import (
	"cmp"
	"html/template"

	"github.com/watch287g/watch287g/prose"
)

// The spark's layout, in SVG units, without an axis and with one.
var (
	spark     = frame{name: "spark", width: 240, height: 60, left: 2, right: 66, top: 8, bottom: 6}
	sparkAxis = frame{name: "spark", width: 300, height: 110, left: 42, right: 58, top: 10, bottom: 24, up: 2}
)

// Spark draws all active agreements over time as one small curve with its last
// value, for a page that has words around it. Markers are left out.
func Spark(d CurveData) template.HTML {
	c := canvas{l: cmp.Or(d.Language, prose.English)}
	s := newSeries(d.Points, d.Until)
	s.l = c.l
	if d.Title == "" {
		d.Title = c.l.Say("page.spark.title")
	}
	if d.Description == "" {
		d.Description = s.summary()
	}
	id := identifier(d.ID, "spark")
	f, axis := spark, max(1, s.peak())
	var values []int
	if d.Axis {
		f = sparkAxis
		values = ticks(s.peak(), f.up)
		axis = values[len(values)-1]
	}
	c.add(`<svg class="spark" viewBox="0 0 %d %d" role="img" %s>`, f.width, f.height, named(id))
	c.name(id, d.Title, d.Description)
	c.add(`<path class="spark-base" d="M%d %dh%d"/>`, f.left, f.base(), f.plotWidth())
	if len(s.days) > 0 {
		if d.Axis {
			c.values(f, values, s.briefly(axis))
			c.sparkDays(f, s)
		}
		steps := s.steps(f.plotWidth(), f.plotHeight(), axis)
		last := s.now().total()
		x, y := f.left+f.plotWidth(), f.base()-scale(last, f.plotHeight(), axis)
		c.add(`<path class="spark-area" d="%s"/><path class="spark-line" d="%s"/>`, area(f, steps, bands-1), edge(f, steps, bands-1))
		c.add(`<circle class="spark-end" cx="%d" cy="%d" r="3.5"/>`, x, y)
		c.add(`<text x="%d" y="%d">%s</text>`, x+7, min(max(y+5, 14), f.base()), c.l.Thousands(last))
	}
	c.add(`</svg>`)
	return c.html()
}

// sparkDays names the days with which a spark begins and ends.
func (c *canvas) sparkDays(f frame, s series) {
	c.add(`<g class="curve-calendar"><text class="spark-first" x="%d" y="%d">%s</text>`, f.left, f.height-6, s.short(s.first))
	if s.last-s.first > 0 {
		c.add(`<text class="spark-last" x="%d" y="%d">%s</text>`, f.left+f.plotWidth()+f.right-4, f.height-6, s.short(s.last))
	}
	c.add(`</g>`)
}
