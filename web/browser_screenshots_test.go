package web

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page" // page is ours

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web/route"
)

// screenshots is where TestScreenshots puts its pictures, for make screenshots.
var screenshots = flag.String("screenshots", "", "the folder for pictures of each page; none are taken without one")

// pictures is where TestReadmePictures puts its three.
var pictures = flag.String("pictures", "", "the folder for the README's pictures; none are taken without one")

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
	if archivetest.Dir() != "" {
		world = archiveSite
	}
	w := world(t)
	site := serve(t, w)
	for _, p := range everyPage(t, w) {
		t.Run(p.name, func(t *testing.T) {
			b := newTab(t, chromium, site)
			b.open(p.path, p.status)
			name := strings.NewReplacer(", ", "-", " ", "-").Replace(strings.ToLower(p.name))
			name = filepath.Join(*screenshots, name)
			for _, s := range []screen{phone, desktop} {
				b.lookOn(s)
				b.picture(fmt.Sprintf("%s-%d.png", name, s.width), tallest)
			}
			if p.path == "/" {
				b.scheme("dark")
				b.picture(name+"-1440-dark.png", tallest)
			}
		})
	}
}

// TestReadmePictures takes the pictures of the README, of made-up lists that grow
// from week to week: go test ./web -run ReadmePictures -args -pictures ../docs
func TestReadmePictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("pictures are taken on demand")
	}
	w := emptyWorld(t)
	var lists []watch.Past
	for week := range 20 {
		var rows []sheettest.Row
		for i, r := range sheettest.Sample(60 + 30*week) {
			// Some states have many: all rows of a state's number go to the first ones.
			r.State = strings.ToUpper(roster.States()[(i*i/7+i/3)%(5+i%51)].Name())
			rows = append(rows, r)
		}
		rows = slices.Delete(rows, 2*week, 2*week+1+week%3)
		body := sheettest.Participating(rows...)
		at := june(20).AddDate(0, 0, 7*(week-19))
		lists = append(lists, watch.Past{PublishedAt: at, Link: "participating", File: at.Format("participatingAgencies01022006am.xlsx"),
			Open: func() ([]byte, error) { return body, nil }})
	}
	w.imports(lists...)
	w.polled(roster.Poll{At: worldNow().Add(-5 * time.Minute), Outcome: "unchanged", Sentence: "What ICE's page links is unchanged."})
	agency := ""
	for _, c := range w.known().Changes() {
		if c.Kind == roster.KindRestored {
			agency = c.Agreement.AgencyID
		}
	}
	chromium := startBrowser(t)
	b := newTab(t, chromium, serve(t, w))
	for _, p := range []struct {
		name, path string
		screen     screen
		height     float64
	}{
		{"home.png", "/", desktop, 1650}, {"state.png", "/states/AL", phone, 1500}, {"agency.png", route.AgencyURL(agency), phone, 1500},
	} {
		b.open(p.path, http.StatusOK)
		b.lookOn(p.screen)
		b.picture(filepath.Join(*pictures, p.name), p.height)
	}
}

// picture takes a picture of the page, from its top and at most so high.
func (b *tab) picture(path string, highest float64) {
	b.t.Helper()
	beyond := true
	height := min(highest, evaluate[float64](b, `document.documentElement.scrollHeight`))
	picture := call(b, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{CaptureBeyondViewport: &beyond,
		Clip: &cdppage.Viewport{Width: float64(b.screen.width), Height: height, Scale: 1}})
	if err := os.WriteFile(path, picture.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
