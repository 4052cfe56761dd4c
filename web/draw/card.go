package draw

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/raster"
)

// The size of a card in pixels, as those who show links expect it.
const (
	CardWidth  = 1200
	CardHeight = 630
)

// CardData is what a card shows.
type CardData struct {
	Site     string         // whose card it is: "287(g) watch"
	Headline string         // "Texas: 118 active 287(g) agreements"
	Sub      string         // "in 72 agencies · 3 pending"
	When     string         // "as of September 17, 2025, 4:00 p.m. ET"; it has a corner of its own, where nothing cuts it
	Map      CardMap        // of where it is, beside which the words stand; a card has it or a curve
	Language prose.Language // English where it is ""
	Curve    CurveData      // its points, and the day until which the last one holds
}

// The card's layout in pixels: margins, and the curve's right end and baseline.
const (
	cardMargin = 64
	cardRight  = CardWidth - cardMargin - 130
	cardBase   = 568
	cardWhen   = 26 // the size of the letters in its corner
)

// The card's colours, as places in its palette. Ink and muted are the ends of
// ramps from the paper on, which smooth the edges of letters.
const (
	ramp       = 64
	cardPaper  = 0
	cardInk    = ramp - 1
	cardMuted  = 2*ramp - 1
	cardLine   = 2 * ramp
	cardModels = 2*ramp + 1 // the first of the bands
	cardHere   = 2*ramp + 5 // the first of the ramp from a state to what is marked in it

	cardStateShade = 17 // of a state, in its ramp
)

// cardPalette holds the colours of the pages by day.
func cardPalette() color.Palette {
	muted := color.RGBA{0x57, 0x60, 0x6a, 0xff}
	var p color.Palette
	for _, end := range []color.RGBA{{0x1b, 0x1f, 0x24, 0xff}, muted} {
		for i := range ramp {
			mix := func(to uint8) uint8 { return uint8(0xff - (0xff-int(to))*i/(ramp-1)) }
			p = append(p, color.RGBA{mix(end.R), mix(end.G), mix(end.B), 0xff})
		}
	}
	p = append(p, color.RGBA{0xd3, 0xd9, 0xe0, 0xff}, // the line, then the bands
		color.RGBA{0x53, 0x8f, 0xe8, 0xff}, color.RGBA{0x3c, 0x26, 0x75, 0xff}, color.RGBA{0xa6, 0x52, 0x00, 0xff}, muted)
	land, mark := p[cardMuted-(ramp-1)+cardStateShade].(color.RGBA), color.RGBA{0x0b, 0x5c, 0xad, 0xff}
	for i := range ramp {
		mix := func(from, to uint8) uint8 { return uint8(int(from) + (int(to)-int(from))*i/(ramp-1)) }
		p = append(p, color.RGBA{mix(land.R, mark.R), mix(land.G, mark.G), mix(land.B, mark.B), 0xff})
	}
	return p
}

// Card draws the picture that other sites show beside a link, as a PNG. Text
// that is too long is set smaller or wrapped, and cut in the end.
func Card(d CardData) ([]byte, error) {
	img := image.NewPaletted(image.Rect(0, 0, CardWidth, CardHeight), cardPalette())
	raster.Box(img, 0, 0, CardWidth, 10, cardModels+1)
	w, err := newWriter(img)
	if err != nil {
		return nil, fmt.Errorf("draw a card: %w", err)
	}
	const width = CardWidth - 2*cardMargin
	history := newSeries(d.Curve.Points, d.Curve.Until)
	history.l = cmp.Or(d.Language, prose.English)
	y := 160
	if len(history.days) == 0 {
		y = 300
	}
	w.block(d.Site, w.bold, cardMuted, 78, width-w.corner(d.When, width), 1, 30)
	if w.outline(d.Map) {
		const beside = width - cardMapWidth - cardMapGap
		y = w.block(d.Headline, w.bold, cardInk, 200, beside, 5, 56, 50, 44)
		w.block(d.Sub, w.regular, cardMuted, y+58, beside, 3, 30, 26)
	} else {
		y = w.block(d.Headline, w.bold, cardInk, y, width, 2, 66, 60, 54, 48)
		y = w.block(d.Sub, w.regular, cardMuted, y+58, width, 1, 34, 30, 26)
		w.curve(history, y+40)
	}
	if w.err != nil {
		return nil, fmt.Errorf("draw a card: %w", w.err)
	}
	var out bytes.Buffer
	// The best compression saves a twentieth and takes four times as long.
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("draw a card: %w", err)
	}
	return out.Bytes(), nil
}

// corner writes a text at the right end of the first line, of which it takes three
// quarters at most, and returns how much it takes.
func (w *writer) corner(s string, width int) int {
	lines, pixels := w.lay(s, w.regular, width*3/4, 1, []int{cardWhen})
	s = strings.Join(lines, "")
	taken := w.width(w.regular, pixels, s)
	w.text(w.regular, pixels, CardWidth-cardMargin-taken, 78, cardMuted, s)
	return taken + pixels
}

// curve draws the series from top to the card's baseline.
func (w *writer) curve(s series, top int) {
	if len(s.days) == 0 {
		return
	}
	f := frame{width: CardWidth, height: CardHeight, left: cardMargin, right: CardWidth - cardRight, top: top, bottom: CardHeight - cardBase}
	axis := max(1, s.peak())
	steps := s.steps(f.plotWidth(), f.plotHeight(), axis)
	for i, at := range steps {
		end := f.plotWidth()
		if i+1 < len(steps) {
			end = steps[i+1].x
		}
		low := 0
		for band, high := range at.tops {
			raster.Box(w.img, f.left+at.x, f.base()-high, f.left+end, f.base()-low, cardModels+uint8(band))
			if high-low > 2 { // so that bands can be told apart without their colours
				raster.Box(w.img, f.left+at.x, f.base()-high, f.left+end, f.base()-high+1, cardPaper)
			}
			low = high
		}
	}
	raster.Box(w.img, f.left, f.base(), cardRight, f.base()+2, cardLine)
	w.text(w.regular, 22, f.left, f.base()+34, cardMuted, s.long(s.first))
	if s.last > s.first {
		last := s.long(s.last)
		w.text(w.regular, 22, cardRight-w.width(w.regular, 22, last), f.base()+34, cardMuted, last)
	}
	for _, t := range s.tags(f, axis, 30) {
		if t.band >= 0 {
			raster.Box(w.img, cardRight+16, t.y-9, cardRight+34, t.y+9, cardModels+uint8(t.band))
			w.text(w.regular, 24, cardRight+44, t.y+9, cardInk, bandCodes[t.band])
		}
	}
}
