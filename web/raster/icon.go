package raster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
)

// Icon draws the site's icon as a PNG so many pixels wide and high: the eye of icon.svg
// on blue, to the edges, since whoever shows it rounds its corners.
func Icon(pixels int) ([]byte, error) {
	blue := color.RGBA{0x17, 0x4a, 0x7c, 0xff}
	img := image.NewRGBA(image.Rect(0, 0, pixels, pixels))
	draw.Draw(img, img.Bounds(), image.NewUniform(blue), image.Point{}, draw.Src)
	unit := float64(pixels) / 32 // of icon.svg
	paint := func(c color.RGBA, ring Ring) {
		draw.DrawMask(img, img.Bounds(), image.NewUniform(c), image.Point{}, mask(img.Bounds(), []Ring{ring}), image.Point{}, draw.Over)
	}
	paint(color.RGBA{0xff, 0xff, 0xff, 0xff}, eye(unit))
	paint(blue, Circle(16*unit, 16*unit, 4.5*unit, false))
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("draw the icon: %w", err)
	}
	return out.Bytes(), nil
}

// eye is the lens of icon.svg, 22 units wide and 15 high: two arcs that meet at its ends.
func eye(unit float64) (ring Ring) {
	const steps, halfWidth, halfHeight = 48, 11, 7.5
	for i := range 2 * steps {
		x := float64(i)/steps*2 - 1 // from left to right
		up := -1.0
		if i >= steps { // and back
			x, up = 3-float64(i)/steps*2, 1
		}
		ring = append(ring, [2]float64{(16 + x*halfWidth) * unit, (16 + up*halfHeight*math.Cos(x*math.Pi/2)) * unit})
	}
	return ring
}

// ICO puts a PNG of so many pixels, at most 256, into a file as browsers have asked for
// since before there were others.
func ICO(pixels int, image []byte) []byte {
	const head = 6 + 16
	out := []byte{0, 0, 1, 0, 1, 0, byte(pixels), byte(pixels), 0, 0, 1, 0, 32, 0} //nolint:gosec // 0 stands for 256
	out = binary.LittleEndian.AppendUint32(out, uint32(len(image)))                //nolint:gosec // some kilobytes
	out = binary.LittleEndian.AppendUint32(out, head)
	return append(out, image...)
}
