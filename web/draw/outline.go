package draw

import (
	"image"
	"math"

	"golang.org/x/image/math/f32"
	"golang.org/x/image/vector"

	"github.com/watch287g/watch287g/roster"
)

// CardMap is where something is, as a card shows it. The zero value is no map.
type CardMap struct {
	Borders *Borders
	State   roster.State
	County  string // FIPS code of the county of the state that is marked; "" for none
}

// The box of a card's map, at the right margin, and what is too small in it to be seen
// without a ring around it.
const (
	cardMapWidth  = 350
	cardMapHeight = 400
	cardMapTop    = 140
	cardMapGap    = 40
	cardTooSmall  = 26
)

// outline draws a map into its box. It says whether there is one.
func (w *writer) outline(m CardMap) bool {
	if m.Borders == nil {
		return false
	}
	state, county := m.Borders.Outline(m.State, m.County, cardMapWidth, cardMapHeight)
	if len(state) == 0 {
		return false
	}
	around := boundsOf(state)
	dx := CardWidth - cardMargin - (cardMapWidth+around.width())/2 - around.left
	dy := cardMapTop + (cardMapHeight-around.height())/2 - around.top
	move := func(rings [][][2]float64) [][][2]float64 {
		var all [][][2]float64
		for _, ring := range rings {
			var moved [][2]float64
			for _, p := range ring {
				moved = append(moved, [2]float64{p[0] + dx, p[1] + dy})
			}
			all = append(all, moved)
		}
		return all
	}
	shade(w.img, move(state), func(alpha int) uint8 { return cardMuted - (ramp - 1) + uint8(alpha*cardStateShade/0xff) })
	here := move(county)
	mark := func(alpha int) uint8 { return cardHere + uint8(alpha*(ramp-1)/0xff) }
	shade(w.img, here, mark)
	if at := boundsOf(here); len(here) > 0 && at.width() < cardTooSmall && at.height() < cardTooSmall {
		x, y := (at.left+at.right)/2, (at.top+at.bottom)/2
		shade(w.img, [][][2]float64{circle(x, y, cardTooSmall*0.8, 1), circle(x, y, cardTooSmall*0.8-5, -1)}, mark)
	}
	return true
}

// boundsOf is the box around rings.
func boundsOf(rings [][][2]float64) box {
	around := noBox()
	for _, ring := range rings {
		for _, p := range ring {
			around.add(p[0], p[1])
		}
	}
	return around
}

// circle is a ring around a point, in the direction of the clock or against it.
func circle(x, y, radius, direction float64) (ring [][2]float64) {
	const corners = 48
	for i := range corners {
		at := direction * 2 * math.Pi * float64(i) / corners
		ring = append(ring, [2]float64{x + radius*math.Cos(at), y + radius*math.Sin(at)})
	}
	return ring
}

// shade fills what rings surround, with the color of how much of a pixel that is, of
// 255.
func shade(img *image.Paletted, rings [][][2]float64, color func(alpha int) uint8) {
	size := img.Bounds()
	mask := image.NewAlpha(size)
	r := vector.NewRasterizer(size.Dx(), size.Dy())
	for _, ring := range rings {
		for i, p := range ring {
			if at := (f32.Vec2{float32(p[0]), float32(p[1])}); i == 0 {
				r.MoveTo(at[0], at[1])
			} else {
				r.LineTo(at[0], at[1])
			}
		}
		r.ClosePath()
	}
	r.Draw(mask, size, image.Opaque, image.Point{})
	for i, alpha := range mask.Pix {
		if alpha > 0 {
			img.Pix[i] = color(int(alpha))
		}
	}
}
