package pages

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/watch287g/watch287g/web/places"
)

// The size of a tiny curve, in SVG units.
const (
	tinyWidth  = 96
	tinyHeight = 20
)

// tiny draws a number over so many days as a curve of a table's cell, whose column says
// what it is. Its height is the number's own highest. It is "" where there is nothing
// to draw.
func tiny(steps []places.Step, days int) template.HTML {
	peak := 0
	for _, s := range steps {
		peak = max(peak, s.Active)
	}
	if peak == 0 || days <= 0 {
		return ""
	}
	var path strings.Builder
	x, y, begun := 0, tinyHeight-1, false
	for i, s := range steps {
		nextX, nextY := s.Day*tinyWidth/days, tinyHeight-1-s.Active*(tinyHeight-2)/peak
		if i+1 < len(steps) && steps[i+1].Day*tinyWidth/days == nextX { // the next one is drawn over it
			continue
		}
		if !begun {
			begun = true
			fmt.Fprintf(&path, "M%d %d", nextX, y)
		} else if nextX > x && nextY != y {
			fmt.Fprintf(&path, "h%d", nextX-x)
		}
		if nextY != y {
			fmt.Fprintf(&path, "v%d", nextY-y)
			x = nextX
		}
		y = nextY
	}
	if x < tinyWidth {
		fmt.Fprintf(&path, "h%d", tinyWidth-x)
	}
	return template.HTML(fmt.Sprintf(`<svg class="tiny" viewBox="0 0 %d %d" aria-hidden="true"><path d="%s"/></svg>`, tinyWidth, tinyHeight, path.String())) //nolint:gosec // made of numbers
}
