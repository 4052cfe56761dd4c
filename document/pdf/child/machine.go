package child

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"math"
	"os/exec"
	"strconv"
	"time"

	"github.com/klippa-app/go-pdfium/requests"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/pdf"
)

// How pages are drawn for tesseract.
const (
	wantedDPI = 300      // what tesseract reads best
	leastDPI  = 70       // below, nothing can be read
	maxPixels = 16 << 20 // more than a page of legal size
	maxText   = 256 << 10
	pageTime  = time.Minute // for one page
)

// byMachine has tesseract read the pages that are asked for. Pages that it cannot read are
// left out.
func (r *reader) byMachine(ctx context.Context, count int) error {
	for _, number := range r.o.Pages {
		if number < 1 || number > count {
			continue
		}
		picture, dpi, err := r.draw(number)
		if err != nil {
			continue
		}
		text, err := r.tesseract(ctx, picture, dpi)
		if err != nil {
			continue
		}
		if err := r.say.Encode(pdf.Line{Page: &document.Page{Number: number, Text: text, Scanned: true, Machine: true}}); err != nil {
			return err
		}
	}
	return r.say.Encode(pdf.Line{Done: true})
}

// draw draws a page in gray, as PNG.
func (r *reader) draw(number int) (picture []byte, dpi int, err error) {
	page, err := r.load(number)
	if err != nil {
		return nil, 0, err
	}
	defer r.unload(page)
	size, err := r.library.GetPageSize(&requests.GetPageSize{Page: byRef(page)})
	if err != nil {
		return nil, 0, err
	}
	dpi = resolution(size.Width, size.Height)
	if dpi < leastDPI {
		return nil, 0, fmt.Errorf("page %d is too large to be drawn", number)
	}
	drawn, err := r.library.RenderPageInDPI(&requests.RenderPageInDPI{Page: byRef(page), DPI: dpi, ImageFormat: requests.RenderImageFormatGrayscale})
	if err != nil {
		return nil, 0, err
	}
	defer drawn.Cleanup()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, drawn.Result.RenderedImage); err != nil {
		return nil, 0, err
	}
	return b.Bytes(), dpi, nil
}

// resolution is how many pixels an inch a page of so many points is drawn with; 0 where it
// has no size.
func resolution(width, height float64) int {
	inches := width * height / (72 * 72)
	if !(inches > 0) || math.IsInf(inches, 0) {
		return 0
	}
	return int(min(wantedDPI, math.Sqrt(maxPixels/inches)))
}

// tesseract reads a picture. It is a process of its own in the group of this one, and so
// under the same limits.
func (r *reader) tesseract(ctx context.Context, picture []byte, dpi int) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTime)
	defer cancel()
	c := exec.CommandContext(ctx, r.o.Tesseract, "stdin", "stdout", "-l", "eng", "--dpi", strconv.Itoa(dpi))
	c.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "OMP_THREAD_LIMIT=1"}
	c.Stdin = bytes.NewReader(picture)
	c.WaitDelay = time.Second
	out := &pdf.Bounded{Most: maxText}
	c.Stdout = out
	if err := c.Run(); err != nil {
		return "", err
	}
	return string(out.Bytes()), nil
}
