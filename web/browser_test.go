package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The pages in a real browser: Chromium, without a window. Readers are played
// by mouse and keyboard alone, so that all works in the same way where scripts
// are off; the tests look at a page past its policy, as its inspector does.

// screen is what a page is looked at on.
type screen struct {
	width, height int64 // in CSS pixels
	mobile        bool  // a phone, which obeys the page's viewport
}

func (s screen) String() string { return fmt.Sprintf("%dpx", s.width) }

var (
	phone   = screen{390, 844, true}
	tablet  = screen{820, 1180, true}
	desktop = screen{1440, 900, false}
)

// TestBrowser is all that is tried in the browser. It is one test, so that one
// browser serves it.
func TestBrowser(t *testing.T) {
	chromium := startBrowser(t)
	axe := readAxe(t)
	worlds(t, func(t *testing.T, w *world, axeOn ...screen) {
		small := len(axeOn) > 1
		site := serve(t, w)
		t.Run("pages", func(t *testing.T) {
			// A window for each page would take as long to open as the page to look at.
			idle := make(chan *tab, 4)
			for range cap(idle) {
				idle <- openTab(t, chromium, site)
			}
			for _, p := range everyPage(t, w) {
				t.Run(p.name, func(t *testing.T) {
					t.Parallel()
					b := <-idle
					t.Cleanup(func() { idle <- b })
					b.lend(t)
					checkPage(b, p, axe, axeOn)
				})
			}
		})
		for _, j := range journeys {
			for _, s := range []screen{phone, tablet, desktop} {
				for _, scripts := range []string{"with scripts", "without scripts"} {
					if !small && (s == phone) != (scripts == "with scripts") {
						continue // what both do to a page is seen on the small world
					}
					t.Run(strings.Join([]string{j.name, s.String(), scripts}, ", "), func(t *testing.T) {
						t.Parallel()
						b := newTab(t, chromium, site)
						b.lookOn(s)
						call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: scripts == "without scripts"})
						j.walk(b)
					})
				}
			}
		}
		t.Run("heads of tables", func(t *testing.T) { checkHeads(newTab(t, chromium, site)) })
		t.Run("first screen", func(t *testing.T) { checkFirstScreen(newTab(t, chromium, site)) })
		t.Run("cards", func(t *testing.T) { checkCards(newTab(t, chromium, site)) })
		t.Run("on paper", func(t *testing.T) { checkPaper(newTab(t, chromium, site)) })
	})
}

// worlds runs f over the small world, which has everything that is rare, and
// over the archive where it is at hand, which has everything that is long. Both
// have the same pages, so that axe, which takes its time, reads those of the
// archive on one screen alone, and readers go there by every screen once.
func worlds(t *testing.T, f func(t *testing.T, w *world, axeOn ...screen)) {
	t.Run("small", func(t *testing.T) {
		w := wordedWorld(t)
		w.tellOfPapers()
		f(t, w, phone, desktop)
	})
	t.Run("archive", func(t *testing.T) { f(t, archiveSite(t), phone) })
}

// serve puts a world on a port, under the address that it is asked by. It
// returns the address.
func serve(t *testing.T, w *world) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	here := over(t, w.store, "http://"+server.Listener.Addr().String())
	here.now = w.now
	if w.options.Documents != nil {
		here = withPapers(t, here, w.options.Documents)
	}
	server.Config.Handler = here
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// lacking ends a test for want of a tool. Where changes are judged, that is a
// failure.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// findChromium returns the path of the browser.
func findChromium(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
	if own := os.Getenv("WATCH287G_CHROMIUM"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	lacking(t, "there is no Chromium for the tests in a browser: install the package chromium, or set WATCH287G_CHROMIUM to the path of one")
	return ""
}

// readAxe returns the script that looks for what shuts people out.
func readAxe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		lacking(t, "axe-core is not there for the tests in a browser: install npm, and run npm ci at the top of the checkout")
	}
	return string(script)
}

// chromium is a browser that runs.
type chromium struct {
	ctx   context.Context
	saved string // the folder where it puts files that readers save
}

// startBrowser starts the one browser of a test. It asks nobody for anything: not even
// names of hosts are looked up.
func startBrowser(t *testing.T) chromium {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(findChromium(t)), chromedp.UserDataDir(t.TempDir()), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-domain-reliability", true),
		// Each window would have pages of the browser's own behind its address bar, which take
		// as long to load as ours do.
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,AutofillServerCommunication,InterestFeedContentSuggestions,"+
			"WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,PreloadTopChromeWebUI"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.Flag("lang", "en-US"),
		chromedp.WSURLReadTimeout(5*time.Minute))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root cannot have
	}
	ctx, end := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(end)
	ctx, end = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("closing the browser: %v", err)
		}
		end()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	saved, events := t.TempDir(), true
	if _, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: saved, EventsEnabled: &events}); err != nil {
		t.Fatalf("telling the browser where to save files: %v", err)
	}
	return chromium{ctx, saved}
}
