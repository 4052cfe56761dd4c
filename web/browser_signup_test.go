package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/emersion/go-smtp"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/readers"
	readersbolt "github.com/watch287g/watch287g/readers/bolt"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web/signup"
)

// letterbox is a site on which readers sign up, with an ICE that publishes, and a mail
// server to which mails go.
type letterbox struct {
	*world
	url     string
	handler http.Handler
	people  *readersbolt.Store
	ice     *fakeice.Site
	poll    *watch.Watcher
	mailer  *mailing.Mailer
	rows    []sheettest.Row

	mu    sync.Mutex
	mails map[string][]netmail.Message // by recipient, the body read
}

// newLetterbox serves one.
func newLetterbox(t *testing.T) *letterbox {
	t.Helper()
	p := &letterbox{mails: map[string][]netmail.Message{}, ice: &fakeice.Site{}}
	server := httptest.NewUnstartedServer(nil)
	p.url = "http://" + server.Listener.Addr().String()
	p.world = over(t, bolttest.New(t), p.url)
	p.now = worldNow()
	p.options.SignUp = true
	var err error
	if p.Site, err = New(p.options); err != nil {
		t.Fatal(err)
	}
	if p.people, err = readersbolt.Open(t.Context(), filepath.Join(t.TempDir(), readersbolt.Name), bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.people.Close() })
	pages, err := signup.New(t.Context(), signup.Options{People: p.people, Stylesheet: p.Asset("style.css"), Icon: p.Asset("icon.svg"), Now: func() time.Time { return p.now },
		World: func(ctx context.Context) (signup.World, error) {
			snap, index, err := p.Known(ctx)
			return signup.World{Snapshot: snap, Index: index}, err
		},
		Settings: func() signup.Settings {
			return signup.Settings{URL: p.url, Contact: "desk@example.org", Confirmations: 500, Schedule: func(c notify.Cadence) notify.Schedule { return digests()[c] }}
		}, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	p.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if signup.Handles(r.URL.Path) {
			pages.ServeHTTP(w, r)
			return
		}
		p.ServeHTTP(w, r)
	})
	server.Config.Handler = p.handler
	server.Start()
	t.Cleanup(server.Close)
	p.post()
	p.watch()
	return p
}

func digests() map[notify.Cadence]notify.Schedule {
	return map[notify.Cadence]notify.Schedule{notify.Instant: {Every: notify.Instant}, notify.Daily: {Every: notify.Daily, Hour: 8, Zone: roster.Washington()},
		notify.Weekly: {Every: notify.Weekly, Weekday: time.Monday, Hour: 8, Zone: roster.Washington()}}
}

// watch has ICE publish its first lists, and somebody poll them.
func (p *letterbox) watch() {
	p.rows = append(sheettest.Sample(20), row("TEXAS", "Harris County Sheriff's Office", "County", "Harris County", jail, "6/1/2020"))
	site := httptest.NewServer(p.ice)
	p.t.Cleanup(site.Close)
	source, err := scraper.New(scraper.Options{Mirror: site.URL, Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		p.t.Fatal(err)
	}
	p.poll = watch.New(watch.Options{Store: p.store, Source: source, Every: 15 * time.Minute, Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler)})
	p.publish()
	p.publish(row("TEXAS", "Pasadena Police Department", "Municipality", "Harris County", task, "6/19/2025"))
}

// publish has ICE publish its list with more rows, and what comes of it be read and sent.
func (p *letterbox) publish(more ...sheettest.Row) {
	p.t.Helper()
	p.now = p.now.Add(time.Hour)
	p.rows = append(p.rows, more...)
	p.ice.Publish(fakeice.File{Link: fakeice.Participating, Name: "list" + strconv.Itoa(len(p.rows)) + ".xlsx", At: p.now.Add(-time.Minute), Body: sheettest.Participating(p.rows...)})
	if report, err := p.poll.Poll(p.t.Context()); err != nil || len(more) > 0 && len(report.Changes) == 0 {
		p.t.Fatalf("polling: %v, %d changes", err, len(report.Changes))
	}
	p.send()
}

// post starts the mail server, and who writes mails.
func (p *letterbox) post() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &postman{p: p}, nil }))
	server.Domain = "mail.example.org"
	go func() { _ = server.Serve(listener) }()
	p.t.Cleanup(func() { _ = server.Close() })
	to, err := letter.NewServer(letter.ServerConfig{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Security: letter.SecurityPlain, Domain: "example.org"})
	if err != nil {
		p.t.Fatal(err)
	}
	m, err := mailing.New(p.t.Context(), mailing.Options{Store: p.people, Changes: p.store, Desk: noDesk{}, Server: to, From: &netmail.Address{Address: "watch@example.org"},
		Sender: "desk@example.org", Links: notify.Links{Base: p.url}, Version: "test", Deliver: digests(), Confirmations: 500, Now: func() time.Time { return p.now }})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(m.Close)
	p.mailer = m
}

// send sends what is to be sent.
func (p *letterbox) send() {
	p.t.Helper()
	local := jobs.NewLocal(p.mailer.Kind(), func() time.Time { return p.now }, slog.New(slog.DiscardHandler))
	p.mailer.OnPlanned(local.Kick)
	if err := local.RunOnce(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

type noDesk struct{}

func (noDesk) Halted(context.Context, bool) (bool, error)          { return false, nil }
func (noDesk) Sent(context.Context, bool, int) error               { return nil }
func (noDesk) Refused(context.Context, readers.Sent, string) error { return nil }
func (noDesk) Took(context.Context, readers.Reader) error          { return nil }

// postman takes one mail.
type postman struct {
	p  *letterbox
	to string
}

func (s *postman) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *postman) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }
func (s *postman) Reset()                                    {}
func (s *postman) Logout() error                             { return nil }
func (s *postman) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	m.Body = bytes.NewReader(body)
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.mails[s.to] = append(s.p.mails[s.to], *m)
	return err
}

// text is the text of the last mail to an address, and how many there are.
func (p *letterbox) text(t *testing.T, to string) (text, html string, n int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.mails[to]
	if len(all) == 0 {
		t.Fatalf("no mail came to %s", to)
	}
	last := all[len(all)-1]
	_, params, err := mime.ParseMediaType(last.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(last.Body, params["boundary"])
	for _, into := range []*string{&text, &html} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		*into = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
	last.Body.(*bytes.Reader).Seek(0, io.SeekStart) //nolint:errcheck // it is in memory
	return text, html, len(all)
}

// linkOf is the path of the first link of a text that begins so.
func (p *letterbox) linkOf(t *testing.T, text, begin string) string {
	t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(p.url) + `((?:/es)?` + regexp.QuoteMeta(begin) + `[A-Za-z0-9_-]+)`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no link to %s in\n%s", begin, text)
	}
	return found[1]
}

// visitor is one who signs up in a browser of some kind.
type visitor struct {
	*tab
	in      screen
	scripts bool
	es      string // where the pages of the language begin
	name    string
	axe     string
	looked  *sync.Map // pages that were looked at, as they are but for whom they are for
	steps   int
}

// private is what two visitors' pages differ in, where they are the same page.
var private = regexp.MustCompile(`readers-[0-9a-z-]+(?:@|%40)example.org|[A-Za-z0-9_-]{20,}`)

func (v *visitor) address() string { return v.name + "@example.org" }

// runs says whether pages run scripts.
func (v *visitor) runs(scripts bool) {
	call(v.tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
}

// sees looks at a page as it is: its picture, where pictures are made, and its faults.
func (v *visitor) sees() {
	t, b := v.t, v.tab
	t.Helper()
	v.steps++
	if *screenshots != "" {
		b.picture(filepath.Join(*screenshots, v.name+"-"+strconv.Itoa(v.steps)+".png"), tallest)
	}
	v.runs(true)
	defer v.runs(v.scripts)
	is := v.in.String() + private.ReplaceAllString(evaluate[string](b, `document.documentElement.outerHTML`), "")
	if _, looked := v.looked.LoadOrStore(is, true); looked {
		return
	}
	evaluate[bool](b, v.axe+`; true`)
	if faults := b.shutOut(""); len(faults) > 0 {
		t.Errorf("%s: %s", b.where(), strings.Join(faults, "\n"))
	}
	if wide := evaluate[float64](b, `document.documentElement.scrollWidth`); wide > float64(v.in.width) {
		t.Errorf("%s is %v pixels wide", b.where(), wide)
	}
}

// From a county's page to the confirmed mail, the first alert, a change of places and the
// tap that ends it: on a phone and on a desk, with scripts and without, in both languages.
// All do it side by side, with the same news in between.
func TestBrowserSignUp(t *testing.T) {
	chromium, axe := startBrowser(t), readAxe(t)
	p := newLetterbox(t)
	var all []*visitor
	looked := &sync.Map{}
	for _, in := range []screen{phone, desktop} {
		for _, scripts := range []bool{true, false} {
			for _, es := range []string{"", "/es"} {
				name := "readers-" + strconv.FormatInt(in.width, 10) + map[bool]string{true: "-script"}[scripts] + strings.ReplaceAll(es, "/", "-")
				all = append(all, &visitor{tab: openTab(t, chromium, p.url), in: in, scripts: scripts, es: es, name: name, axe: axe, looked: looked})
			}
		}
	}
	for _, part := range []struct {
		name string
		do   func(p *letterbox, v *visitor)
		then func()
	}{
		{"asks", (*letterbox).asks, p.send},
		{"confirms", (*letterbox).confirms, func() { p.publish(police("TEXAS", "Humble", "Harris", "6/20/2025")) }},
		{"changes", (*letterbox).changesPlaces, func() {
			p.publish(police("TEXAS", "Baytown", "Harris", "6/21/2025"), police("FLORIDA", "Tampa", "Hillsborough", "6/21/2025"))
		}},
		{"leaves", (*letterbox).leaves, func() {}},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, v := range all {
				t.Run(v.name, func(t *testing.T) {
					t.Parallel()
					v.lend(t)
					v.lookOn(v.in)
					v.runs(v.scripts)
					part.do(p, v)
				})
			}
		})
		if t.Failed() {
			return
		}
		part.then()
	}
}

func police(state, town, county, signed string) sheettest.Row {
	return row(state, town+" Police Department", "Municipality", county+" County", task, signed)
}

// asks is from a county's page to the form that was sent.
func (p *letterbox) asks(v *visitor) {
	v.open(v.es+"/counties/48201", 200)
	v.sees()
	v.follow(`main .tell a`)
	v.click("#address")
	v.keys(v.address())
	v.sees()
	if r := v.arrive(func() { v.click(`.send button[value="send"]`) }); r.Status != 200 {
		v.t.Fatalf("the form is answered %d: %s", r.Status, said(v.page(), ".send"))
	}
	v.sees()
}

// confirms types the code on the page that is still open.
func (p *letterbox) confirms(v *visitor) {
	text, _, _ := p.text(v.t, v.address())
	code := regexp.MustCompile(`\b(\d{3}) ?(\d{3})\b`).FindString(text)
	v.click("#code")
	v.keys(code)
	if typed := len(v.address()) + len(code); typed > 40 { // two keys a second
		v.t.Errorf("%d keys are typed", typed)
	}
	done := v.follow(`.send button`)
	v.sees()
	if !strings.Contains(said(done, "main"), "Harris") {
		v.t.Errorf("the page says %q", said(done, "main"))
	}
}

// changesPlaces follows Florida in the place of the county, from the first alert.
func (p *letterbox) changesPlaces(v *visitor) {
	text, _, n := p.text(v.t, v.address())
	if n != 2 || !strings.Contains(text, "Humble Police Department") {
		v.t.Fatalf("%d mails; the last one: %s", n, text)
	}
	v.open(p.linkOf(v.t, text, "/subscribe/me/"), 200)
	v.sees()
	v.click(`#q`)
	v.keys("Florida")
	v.follow(`.search button`)
	v.click(`input[value="state:FL"]`)
	v.click(`input[value="county:48201"]`)
	v.follow(`button[value="save"]`)
	v.sees()
}

// leaves is the tap in the second alert.
func (p *letterbox) leaves(v *visitor) {
	text, html, n := p.text(v.t, v.address())
	if n != 3 || !strings.Contains(text, "Tampa Police Department") || strings.Contains(text, "Baytown") {
		v.t.Fatalf("%d mails; the last one: %s", n, text)
	}
	v.open(p.linkOf(v.t, html, "/subscribe/leave/"), 200)
	v.sees()
	v.follow(`button[value="all"]`)
	v.sees()
	reader, err := p.people.ReaderOf(v.t.Context(), v.address())
	if want := map[string]string{"": "en", "/es": "es"}[v.es]; err != nil || reader.State != readers.StateLeft || string(reader.Language) != want {
		v.t.Errorf("the reader is %v: %v", reader.State, err)
	}
}
