package web

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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
