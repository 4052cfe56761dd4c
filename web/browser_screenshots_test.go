package web

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page" // page is ours
)

// screenshots is where TestScreenshots puts its pictures, for make screenshots.
var screenshots = flag.String("screenshots", "", "the folder for pictures of each page; none are taken without one")

// tallest is the most of a page that a picture shows, in CSS pixels.
const tallest = 3000

// TestScreenshots takes pictures of a page of each kind, for people to look at:
// of the archive where it is at hand, else of the small world.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("pictures are taken by make screenshots")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	chromium := startBrowser(t)
	world := newWorld
	if _, err := os.Stat(filepath.Join(archiveFolder(), "index.csv")); err == nil {
		world = archiveSite
	}
	w := world(t)
	site := serve(t, w)
	for _, p := range everyPage(t, w) {
		t.Run(p.name, func(t *testing.T) {
			b := newTab(t, chromium, site)
			b.open(p.path, p.status)
			name := strings.NewReplacer(", ", "-", " ", "-").Replace(strings.ToLower(p.name))
			for _, s := range []screen{phone, desktop} {
				b.lookOn(s)
				b.picture(fmt.Sprintf("%s-%d.png", name, s.width))
			}
			if p.path == "/" {
				b.scheme("dark")
				b.picture(name + "-1440-dark.png")
			}
		})
	}
}

// picture takes a picture of the page, from its top.
func (b *tab) picture(name string) {
	b.t.Helper()
	beyond := true
	height := min(tallest, evaluate[float64](b, `document.documentElement.scrollHeight`))
	picture := call(b, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{CaptureBeyondViewport: &beyond,
		Clip: &cdppage.Viewport{Width: float64(b.screen.width), Height: height, Scale: 1}})
	if err := os.WriteFile(filepath.Join(*screenshots, name), picture.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
