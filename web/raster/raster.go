// Package raster fills shapes in pixels, and draws the site's icon with them.
package raster

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Ring is a closed line through points, x and y in pixels.
type Ring = [][2]float64

// Fill fills what rings surround, with the color of how much of a pixel that is, of 255.
// Where one ring lies in another of the other direction, it is a hole.
func Fill(img *image.Paletted, rings []Ring, color func(alpha int) uint8) {
	for i, alpha := range mask(img.Bounds(), rings).Pix {
		if alpha > 0 {
			img.Pix[i] = color(int(alpha))
		}
	}
}

// mask is how much of each pixel rings surround.
func mask(size image.Rectangle, rings []Ring) *image.Alpha {
	out := image.NewAlpha(size)
	r := vector.NewRasterizer(size.Dx(), size.Dy())
	r.DrawOp = draw.Src
	for _, ring := range rings {
		for i, p := range ring {
			if x, y := float32(p[0]), float32(p[1]); i == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	r.Draw(out, size, image.Opaque, image.Point{})
	return out
}

// Box colors what lies from x0, y0 to before x1, y1.
func Box(img *image.Paletted, x0, y0, x1, y1 int, c uint8) {
	for y := y0; y < y1; y++ {
		row := img.Pix[img.PixOffset(x0, y):img.PixOffset(x1, y)]
		for i := range row {
			row[i] = c
		}
	}
}

// Circle is the ring around a point: with the clock, or where backwards is true against
// it.
func Circle(x, y, radius float64, backwards bool) (ring Ring) {
	const corners = 72
	for i := range corners {
		at := 2 * math.Pi * float64(i) / corners
		if backwards {
			at = -at
		}
		ring = append(ring, [2]float64{x + radius*math.Cos(at), y + radius*math.Sin(at)})
	}
	return ring
}
