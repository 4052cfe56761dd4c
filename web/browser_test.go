package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
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
		w, _ := paperWorld(t)
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

// tab is a page in the browser, with a reader before it. What goes wrong with
// it unseen, a request to another host or an error, fails its test.
type tab struct {
	chromium
	t    *testing.T
	site string // the address of what is read, without a slash at its end

	opened context.Context // ends with the tab, as chromium's does with the test that has it
	screen screen

	mu       sync.Mutex
	amiss    []string
	document network.RequestID // of the page that was asked for last
	address  string            // of that page
}

// newTab opens a tab for one test.
func newTab(t *testing.T, in chromium, site string) *tab {
	b := openTab(t, in, site)
	b.lend(t)
	return b
}

// openTab opens a tab that is there until a test ends, to be lent to tests within it.
func openTab(t *testing.T, in chromium, site string) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(in.ctx)
	t.Cleanup(closeTab)
	b := &tab{chromium: chromium{ctx, in.saved}, t: t, site: site, opened: ctx}
	if err := chromedp.Listen(ctx, b.notice); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	// Several tabs are read at once: each takes itself for the one in front.
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return b
}

// lend gives a test the tab, with which it must be done in ten minutes, which is ample for
// a machine that is busy with other things.
func (b *tab) lend(t *testing.T) {
	t.Helper()
	ctx, end := context.WithTimeout(b.opened, 10*time.Minute)
	t.Cleanup(end)
	b.t, b.ctx = t, ctx
	b.lookOn(desktop)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, a := range b.amiss {
			t.Error(a)
		}
		b.amiss = nil
	})
}

// notice takes what the browser tells of the tab, and notes what must not be.
func (b *tab) notice(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument {
			b.document, b.address = e.RequestID, e.Request.URL
		}
		// The browser's own controls have pictures in such addresses. What a page
		// has of them its policy forbids, which the browser would tell.
		if own := strings.HasPrefix(e.Request.URL, "data:"); !own && !strings.HasPrefix(e.Request.URL, b.site+"/") {
			b.note("%s asks another host: %s", e.DocumentURL, e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type != network.ResourceTypeDocument && e.Response.Status >= 400 {
			b.note("%s needs %s, which has status %d", b.address, e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFailed:
		if e.RequestID != b.document || !e.Canceled { // a page gives way when what was asked for is a file to save
			b.note("%s: a request failed: %s %s", b.address, e.ErrorText, e.BlockedReason)
		}
	case *log.EventEntryAdded:
		missing := e.Entry.Source == log.EntrySourceNetwork && e.Entry.URL == b.address // a page with another status than 200 is told as well
		if (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) && !missing {
			b.note("%s: %s: %s (%s)", b.address, e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			b.note("%s: the console says %s", b.address, e.Args[0].Value)
		}
	case *runtime.EventExceptionThrown:
		b.note("%s: %s", b.address, e.ExceptionDetails.Text)
	}
}

func (b *tab) note(format string, args ...any) {
	b.amiss = append(b.amiss, fmt.Sprintf(format, args...))
}

// call gives the browser a command that must succeed.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	r, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.t.Fatalf("%s: %s: %v", b.where(), command.Method, err)
	}
	return r
}

// where is the address of the page, for messages.
func (b *tab) where() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.address
}

// lookOn changes the screen.
func (b *tab) lookOn(s screen) {
	b.t.Helper()
	b.screen = s
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height,
		DeviceScaleFactor: 1, Mobile: s.mobile})
	call(b, emulation.SetScrollbarsHidden, emulation.SetScrollbarsHiddenParams{Hidden: true})
}

// scheme chooses between light and dark.
func (b *tab) scheme(name string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

// arrive does what leads to another page and waits until that is there. It
// returns how the site answered.
func (b *tab) arrive(do func()) *network.Response {
	b.t.Helper()
	from := b.where()
	r, err := chromedp.RunResponse(b.ctx, chromedp.Func(func(context.Context, *chromedp.Target) error { do(); return nil }))
	if err != nil {
		b.t.Fatalf("from %s: %v", from, err)
	}
	return r
}

// open goes to an address of the site, which must answer with a status.
func (b *tab) open(path string, status int64) {
	b.t.Helper()
	r, err := chromedp.Run(b.ctx, chromedp.NavigateResponse(b.site+path))
	if err != nil {
		b.t.Fatalf("%s: %v", path, err)
	}
	if r.Status != status {
		b.t.Fatalf("%s: status %d, want %d", path, r.Status, status)
	}
}

// find returns the first element that a CSS selector finds.
func (b *tab) find(selector string) runtime.RemoteObjectID {
	b.t.Helper()
	r := call(b, runtime.Evaluate, runtime.EvaluateParams{Expression: `document.querySelector(` + strconv.Quote(selector) + `)`})
	if r.Result.ObjectID == "" {
		b.t.Fatalf("%s has no %s", b.where(), selector)
	}
	return r.Result.ObjectID
}

// click presses the mouse on an element, where that is on the screen.
func (b *tab) click(selector string) {
	b.t.Helper()
	element := b.find(selector)
	call(b, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{ObjectID: element})
	box := call(b, dom.GetContentQuads, dom.GetContentQuadsParams{ObjectID: element}).Quads[0] // four corners, x and y in turn
	x, y := (box[0]+box[4])/2, (box[1]+box[5])/2
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1})
	}
}

// follow clicks on a link or a button and returns the page that it leads to.
func (b *tab) follow(selector string) *goquery.Document {
	b.t.Helper()
	if r := b.arrive(func() { b.click(selector) }); r == nil || r.Status != 200 {
		b.t.Fatalf("%s leads to %s, which does not answer with a page", selector, b.where())
	}
	return b.page()
}

// focus goes to an element, as the keyboard would.
func (b *tab) focus(selector string) {
	b.t.Helper()
	call(b, dom.Focus, dom.FocusParams{ObjectID: b.find(selector)})
}

// keys presses keys, one after the other.
func (b *tab) keys(keys string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.KeyEvent(keys)); err != nil {
		b.t.Fatalf("%s: pressing %q: %v", b.where(), keys, err)
	}
}

// page returns the page as the browser has it.
func (b *tab) page() *goquery.Document {
	b.t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(evaluate[string](b, `document.documentElement.outerHTML`)))
	if err != nil {
		b.t.Fatal(err)
	}
	if doc.Url, err = url.Parse(evaluate[string](b, `location.href`)); err != nil {
		b.t.Fatal(err)
	}
	return doc
}

// body returns what the site sent for the address that was asked for last.
func (b *tab) body() []byte {
	b.t.Helper()
	b.mu.Lock()
	request := b.document
	b.mu.Unlock()
	return call(b, network.GetResponseBody, network.GetResponseBodyParams{RequestID: request}).Body
}

// save clicks on a link to a file, and returns what the browser saves and the
// name that it would give it.
func (b *tab) save(selector string) (body []byte, name string) {
	b.t.Helper()
	frame := cdp.FrameID(chromedp.FromContext(b.ctx).Target.TargetID)
	var guid string
	ended := make(chan browser.DownloadProgressState, 1)
	err := chromedp.ListenBrowser(b.ctx, func(event any) {
		switch e := event.(type) {
		case *browser.EventDownloadWillBegin:
			if e.FrameID == frame {
				guid, name = e.GUID, e.SuggestedFilename
			}
		case *browser.EventDownloadProgress:
			if e.GUID == guid && e.State != browser.DownloadProgressStateInProgress {
				ended <- e.State
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.click(selector)
	select {
	case state := <-ended:
		if state != browser.DownloadProgressStateCompleted {
			b.t.Fatalf("%s: saving %s: %s", b.where(), selector, state)
		}
	case <-b.ctx.Done():
		b.t.Fatalf("%s: %s saves nothing", b.where(), selector)
	}
	if body, err = os.ReadFile(filepath.Join(b.saved, guid)); err != nil {
		b.t.Fatal(err)
	}
	return body, name
}
