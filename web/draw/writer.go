package draw

import (
	"fmt"
	"image"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typefaces are the Go fonts, which hold the letters of Europe.
var typefaces = sync.OnceValues(func() (all [2]*opentype.Font, err error) {
	for i, data := range [2][]byte{goregular.TTF, gobold.TTF} {
		if all[i], err = opentype.Parse(data); err != nil {
			return all, fmt.Errorf("read a Go font: %w", err)
		}
	}
	return all, nil
})

// writer sets text on an image. After an error it does nothing more.
type writer struct {
	img           *image.Paletted
	regular, bold *opentype.Font
	sizes         map[sizeKey]*size // of this image alone: a face serves one at a time
	err           error
}

type sizeKey struct {
	font   *opentype.Font
	pixels int
}

// size is a font at a size, with the widths of the letters that it has measured.
type size struct {
	face   font.Face
	widths map[rune]fixed.Int26_6
}

func newWriter(img *image.Paletted) (*writer, error) {
	fonts, err := typefaces()
	if err != nil {
		return nil, err
	}
	return &writer{img: img, regular: fonts[0], bold: fonts[1], sizes: map[sizeKey]*size{}}, nil
}

// at is a font at a size; nil after an error.
func (w *writer) at(f *opentype.Font, pixels int) *size {
	key := sizeKey{f, pixels}
	if s, ok := w.sizes[key]; ok || w.err != nil {
		return s
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(pixels), DPI: 72})
	if err != nil {
		w.err = fmt.Errorf("set a font at %d pixels: %w", pixels, err)
		return nil
	}
	w.sizes[key] = &size{face, map[rune]fixed.Int26_6{}}
	return w.sizes[key]
}

// width is that of a text in pixels. The Go fonts move no letter for the sake of
// the one before.
func (w *writer) width(f *opentype.Font, pixels int, s string) int {
	at := w.at(f, pixels)
	if at == nil {
		return 0
	}
	var sum fixed.Int26_6
	for _, r := range s {
		width, ok := at.widths[r]
		if !ok {
			width, _ = at.face.GlyphAdvance(r)
			at.widths[r] = width
		}
		sum += width
	}
	return sum.Ceil()
}

// text writes a line in a colour that ends a ramp of the palette.
func (w *writer) text(f *opentype.Font, pixels, x, baseline int, c uint8, s string) {
	at := w.at(f, pixels)
	if at == nil {
		return
	}
	dot := fixed.P(x, baseline)
	for _, r := range s {
		area, mask, from, advance, _ := at.face.Glyph(dot, r)
		w.glyph(area, mask, from, c)
		dot.X += advance
	}
}

// glyph colours a letter, as dark as its mask says.
func (w *writer) glyph(area image.Rectangle, mask image.Image, from image.Point, c uint8) {
	within := area.Intersect(w.img.Bounds())
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			_, _, _, alpha := mask.At(from.X+x-area.Min.X, from.Y+y-area.Min.Y).RGBA()
			if shade := alpha * (ramp - 1) / 0xffff; shade > 0 {
				w.img.Pix[w.img.PixOffset(x, y)] = c - (ramp - 1) + uint8(shade)
			}
		}
	}
}

// block writes text from the left margin on, as lay lays it out. It returns the
// baseline of the last line.
func (w *writer) block(s string, f *opentype.Font, c uint8, baseline, width, most int, sizes ...int) int {
	lines, pixels := w.lay(s, f, width, most, sizes)
	for i, line := range lines {
		if i > 0 {
			baseline += pixels * 9 / 8
		}
		w.text(f, pixels, cardMargin, baseline, c, line)
	}
	return baseline
}

// lay breaks text into lines: one if it fits at any of the sizes, the largest
// first, else up to so many; in the smallest size it is cut.
func (w *writer) lay(s string, f *opentype.Font, width, most int, sizes []int) (lines []string, pixels int) {
	s = legible(f, s)
	for n := 1; n <= most; n++ {
		for _, pixels = range sizes {
			if lines = w.wrap(f, pixels, s, width); len(lines) <= n {
				return lines, pixels
			}
		}
	}
	lines = lines[:most]
	lines[most-1] = w.cut(f, pixels, lines[most-1], width)
	return lines, pixels
}

// wrap breaks text between words, and within a word that is wider than a line.
func (w *writer) wrap(f *opentype.Font, pixels int, s string, width int) []string {
	var all []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && w.width(f, pixels, line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			all = append(all, line)
		}
		for line = word; w.width(f, pixels, line) > width; {
			n := w.fitting(f, pixels, line, width)
			all, line = append(all, line[:n]), line[n:]
		}
	}
	if line != "" {
		all = append(all, line)
	}
	return all
}

// fitting is how many bytes of a word fit, one rune at least.
func (w *writer) fitting(f *opentype.Font, pixels int, s string, width int) int {
	n := 0
	for i, r := range s {
		if end := i + len(string(r)); n == 0 || w.width(f, pixels, s[:end]) <= width {
			n = end
			continue
		}
		break
	}
	return n
}

// cut ends a line that goes on, so that the dots fit too: behind a word, if one
// ends in the second half.
func (w *writer) cut(f *opentype.Font, pixels int, line string, width int) string {
	whole := []rune(line)
	n := len(whole)
	for n > 0 && w.width(f, pixels, string(whole[:n])+"…") > width {
		n--
	}
	if n < len(whole) {
		for i := n; i > n/2; i-- {
			if whole[i] == ' ' {
				n = i
				break
			}
		}
	}
	return strings.TrimRight(string(whole[:n]), " ,.;:·") + "…"
}

// longest is how many runes a card reads of a text; more never fit.
const longest = 300

// legible replaces what a font cannot show: marks that join other letters and
// controls go, anything else becomes a question mark.
func legible(f *opentype.Font, s string) string {
	var buf sfnt.Buffer
	var b strings.Builder
	read := 0
	for _, r := range s {
		if read++; read > longest {
			break
		}
		switch glyph, err := f.GlyphIndex(&buf, r); {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co):
		case err == nil && glyph != 0 && r != unicode.ReplacementChar:
			b.WriteRune(r)
		case unicode.In(r, unicode.M, unicode.Sk):
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}
