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
func (p *letterbox) text(to string) (text, html string, n int) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.mails[to]
	if len(all) == 0 {
		p.t.Fatalf("no mail came to %s", to)
	}
	last := all[len(all)-1]
	_, params, err := mime.ParseMediaType(last.Header.Get("Content-Type"))
	if err != nil {
		p.t.Fatal(err)
	}
	parts := multipart.NewReader(last.Body, params["boundary"])
	for _, into := range []*string{&text, &html} {
		part, err := parts.NextRawPart()
		if err != nil {
			p.t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			p.t.Fatal(err)
		}
		*into = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
	last.Body.(*bytes.Reader).Seek(0, io.SeekStart) //nolint:errcheck // it is in memory
	return text, html, len(all)
}

// linkOf is the path of the first link of a text that begins so.
func (p *letterbox) linkOf(text, begin string) string {
	p.t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(p.url) + `((?:/es)?` + regexp.QuoteMeta(begin) + `[A-Za-z0-9_-]+)`).FindStringSubmatch(text)
	if found == nil {
		p.t.Fatalf("no link to %s in\n%s", begin, text)
	}
	return found[1]
}

// From a county's page to the confirmed mail, the first alert, a change of places and the
// tap that ends it: on a phone and on a desk, with scripts and without, in both languages.
func TestBrowserSignUp(t *testing.T) {
	chromium, axe := startBrowser(t), readAxe(t)
	p := newLetterbox(t)
	for i, j := range []struct {
		s       screen
		scripts bool
		es      string
	}{{phone, true, ""}, {desktop, false, "/es"}, {phone, false, ""}, {desktop, true, "/es"}} {
		name := "readers-" + strconv.FormatInt(j.s.width, 10) + map[bool]string{true: "-script", false: ""}[j.scripts] + strings.ReplaceAll(j.es, "/", "-")
		t.Run(name, func(t *testing.T) {
			b := newTab(t, chromium, p.url)
			b.lookOn(j.s)
			call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !j.scripts})
			step := 0
			seen := func() {
				t.Helper()
				step++
				if *screenshots != "" {
					b.picture(filepath.Join(*screenshots, name+"-"+strconv.Itoa(step)+".png"), tallest)
				}
				if i > 1 { // the pages are the same
					return
				}
				call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
				evaluate[bool](b, axe+`; true`)
				if faults := b.shutOut(""); len(faults) > 0 {
					t.Errorf("%s: %s", b.where(), strings.Join(faults, "\n"))
				}
				if wide := evaluate[float64](b, `document.documentElement.scrollWidth`); wide > float64(j.s.width) {
					t.Errorf("%s is %v pixels wide", b.where(), wide)
				}
				call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !j.scripts})
			}
			p.journey(b, j.es, i, seen)
		})
	}
}

// journey is what one reader does.
func (p *letterbox) journey(b *tab, es string, i int, seen func()) {
	t, address := b.t, "reader"+strconv.Itoa(i)+"@example.org"
	police := func(of ...string) string { return of[i] + " Police Department" }
	first, second, tampa := police("Humble", "Katy", "Webster", "Seabrook"), police("Baytown", "Bellaire", "Deer Park", "La Porte"), police("Tampa", "Plant City", "Temple Terrace", "Ruskin")
	b.open(es+"/counties/48201", 200)
	seen()
	b.follow(`main .tell a`)
	b.click("#address")
	b.keys(address)
	seen()
	if r := b.arrive(func() { b.click(`.send button[value="send"]`) }); r.Status != 200 {
		t.Fatalf("the form is answered %d: %s", r.Status, said(b.page(), ".send"))
	}
	seen()
	p.send()
	text, _, _ := p.text(address)
	code := regexp.MustCompile(`\b(\d{3}) ?(\d{3})\b`).FindString(text)
	b.click("#code")
	b.keys(code)
	if typed := len(address) + len(code); typed > 40 { // two keys a second
		t.Errorf("%d keys are typed", typed)
	}
	done := b.follow(`.send button`)
	seen()
	if !strings.Contains(said(done, "main"), "Harris") {
		t.Errorf("the page says %q", said(done, "main"))
	}
	p.publish(row("TEXAS", first, "Municipality", "Harris County", task, "6/20/2025"))
	text, html, n := p.text(address)
	if n != 2 || !strings.Contains(text, first) {
		t.Fatalf("%d mails; the last one: %s", n, text)
	}
	b.open(p.linkOf(text, "/subscribe/me/"), 200)
	seen()
	b.click(`#q`)
	b.keys("Florida")
	b.follow(`.search button`)
	b.click(`input[value="state:FL"]`)
	b.click(`input[value="county:48201"]`)
	b.follow(`button[value="save"]`)
	seen()
	p.publish(row("TEXAS", second, "Municipality", "Harris County", task, "6/21/2025"),
		row("FLORIDA", tampa, "Municipality", "Hillsborough County", task, "6/21/2025"))
	if text, _, n = p.text(address); n != 3 || !strings.Contains(text, tampa) || strings.Contains(text, second) {
		t.Fatalf("%d mails; the last one: %s", n, text)
	}
	b.open(p.linkOf(html, "/subscribe/leave/"), 200)
	seen()
	b.follow(`button[value="all"]`)
	seen()
	reader, err := p.people.ReaderOf(t.Context(), address)
	if want := map[string]string{"": "en", "/es": "es"}[es]; err != nil || reader.State != readers.StateLeft || string(reader.Language) != want {
		t.Errorf("the reader is %v: %v", reader.State, err)
	}
}
