package draw

import (
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/raster"
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
	around := boxOf(state)
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
	raster.Fill(w.img, move(state), func(alpha int) uint8 { return cardMuted - (ramp - 1) + uint8(alpha*cardStateShade/0xff) })
	here := move(county)
	mark := func(alpha int) uint8 { return cardHere + uint8(alpha*(ramp-1)/0xff) }
	raster.Fill(w.img, here, mark)
	if at := boxOf(here); len(here) > 0 && at.width() < cardTooSmall && at.height() < cardTooSmall {
		x, y := (at.left+at.right)/2, (at.top+at.bottom)/2
		raster.Fill(w.img, [][][2]float64{raster.Circle(x, y, cardTooSmall*0.8, false), raster.Circle(x, y, cardTooSmall*0.8-5, true)}, mark)
	}
	return true
}

// boxOf is what rings take; noBox for none.
func boxOf(rings [][][2]float64) box {
	around := noBox()
	for _, ring := range rings {
		for _, p := range ring {
			around.add(p[0], p[1])
		}
	}
	return around
}
