package mailing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/bolt"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// july3 is when the made-up lists were published: a Thursday, at 4 p.m. in Washington.
var july3 = time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)

// clock is a clock that tests set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// lists are changes and agreements that are not in any store.
type lists struct {
	mu      sync.Mutex
	changes []roster.Change
	records map[string]*roster.Record
}

func (l *lists) Changes(_ context.Context, q store.ChangeQuery) ([]roster.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if q.Newest {
		return slices.Clone(l.changes[max(0, len(l.changes)-q.Limit):]), nil
	}
	return slices.Clone(l.changes[min(int(q.AfterSeq), len(l.changes)):]), nil
}

func (l *lists) ChangesAt(_ context.Context, seqs []uint64) ([]roster.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []roster.Change
	for _, seq := range seqs {
		if seq > uint64(len(l.changes)) {
			return nil, store.ErrNotFound
		}
		found = append(found, l.changes[seq-1])
	}
	return found, nil
}

func (l *lists) Known(context.Context) (roster.Snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return roster.Snapshot{Records: l.records}, nil
}

// add numbers changes, and publishes them at a time.
func (l *lists) add(at time.Time, changes ...roster.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range changes {
		c.Seq = uint64(len(l.changes) + 1)
		c.ID = fmt.Sprintf("chg_%06d", c.Seq)
		c.DetectedAt, c.Publication.PublishedAt = at, at
		l.changes = append(l.changes, c)
	}
}

// agreement is one of a county's sheriff.
func agreement(s roster.State, county string, m roster.Model) roster.Agreement {
	return rostertest.Agreement(s, county+" County Sheriff's Office", county, roster.TypeCounty, m, "2025-07-02")
}

// change is what happened to an agreement.
func change(k roster.Kind, a roster.Agreement) roster.Change {
	c := roster.Change{Kind: k, Agreement: a, Certainty: roster.Certain, Publication: rostertest.Evidence(roster.ListParticipating, july3, 7)}
	if k == roster.KindPending || k == roster.KindWithdrawn {
		c.Publication = rostertest.Evidence(roster.ListPending, july3, 7)
		c.Agreement.Signed = ""
	}
	if k == roster.KindRemoved {
		c.ListedSince = "2025-03-01"
	}
	return c
}

// received is a mail as the server got it.
type received struct {
	from, to string
	raw      []byte
	header   netmail.Header
	text     string
	html     string
}

// sink is a mail server.
type sink struct {
	port int
	stop func()

	mu    sync.Mutex
	mails []received
	rcpt  func(to string) error // nil: all are taken
	took  chan struct{}         // gets a value for each mail, if not nil
}

func newSink(t testing.TB) *sink {
	t.Helper()
	s := &sink{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	s.serve(t, listener)
	return s
}

func (s *sink) serve(t testing.TB, listener net.Listener) {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	server.Domain, server.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	s.stop = sync.OnceFunc(func() {
		_ = server.Close()
		<-ended
	})
	t.Cleanup(s.stop)
}

type sinkSession struct {
	sink     *sink
	from, to string
}

func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *sinkSession) Reset()                                      {}
func (s *sinkSession) Logout() error                               { return nil }

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	if s.sink.rcpt != nil {
		return s.sink.rcpt(to)
	}
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.sink.mu.Lock()
	s.sink.mails = append(s.sink.mails, received{from: s.from, to: s.to, raw: raw})
	took := s.sink.took
	s.sink.mu.Unlock()
	if took != nil {
		took <- struct{}{}
	}
	return nil
}

// all are the mails that came, opened, and sorted by recipient.
func (s *sink) all(t testing.TB) []received {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.mails {
		s.mails[i].open(t)
	}
	all := slices.Clone(s.mails)
	slices.SortStableFunc(all, func(a, b received) int { return strings.Compare(a.to, b.to) })
	return all
}

// recipients are those who got mail, each as often as they did.
func (s *sink) recipients() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var to []string
	for _, m := range s.mails {
		to = append(to, m.to)
	}
	slices.Sort(to)
	return to
}

// forget begins anew.
func (s *sink) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = nil
}

func (r *received) open(t testing.TB) {
	t.Helper()
	if r.header != nil {
		return
	}
	msg, err := netmail.ReadMessage(bytes.NewReader(r.raw))
	if err != nil {
		t.Fatalf("%v:\n%s", err, r.raw)
	}
	r.header = msg.Header
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for _, to := range []*string{&r.text, &r.html} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		*to = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Fatalf("a third part: %v", err)
	}
}

// subject is the subject, decoded.
func (r received) subject(t testing.TB) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(r.header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// desk takes what a mailer tells of mails that come back.
type desk struct {
	mu      sync.Mutex
	halted  bool
	sent    map[bool]int
	refused []string
}

func (d *desk) Halted(context.Context, bool) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.halted, nil
}

func (d *desk) Sent(_ context.Context, letters bool, n int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent[letters] += n
	return nil
}

func (d *desk) Refused(_ context.Context, to readers.Sent, code string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused = append(d.refused, to.Address+" "+code)
	return nil
}

func (d *desk) Took(context.Context, readers.Reader) error { return nil }

// post is all that a test sends with.
type post struct {
	store  *bolt.Store
	lists  *lists
	sink   *sink
	desk   *desk
	clock  *clock
	mailer *mailing.Mailer
	o      mailing.Options
}

// newPost returns a mailer over an empty store, at a time, whose mails a server of the
// tests takes.
func newPost(t testing.TB, change ...func(*mailing.Options)) *post {
	t.Helper()
	s, err := bolt.Open(t.Context(), filepath.Join(t.TempDir(), bolt.Name), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	p := &post{store: s, lists: &lists{}, sink: newSink(t), desk: &desk{sent: map[bool]int{}}, clock: &clock{at: july3}}
	server, err := letter.NewServer(letter.ServerConfig{Host: "127.0.0.1", Port: p.sink.port, Security: letter.SecurityPlain, Domain: "example.org"})
	if err != nil {
		t.Fatal(err)
	}
	p.o = mailing.Options{Store: s, Changes: p.lists, Desk: p.desk, Server: server, From: &netmail.Address{Name: "287(g) watch", Address: "watch@example.org"},
		Bounce: "bounces@example.org", Sender: "287(g) Watch, 1 Main Street, Springfield, IL 62701", Links: notify.Links{Base: "https://287g.example.org"}, Version: "1.2.3",
		Deliver: deliver(), Confirmations: 500, Now: p.clock.now, Log: slog.New(slog.NewTextHandler(&testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	for _, c := range change {
		c(&p.o)
	}
	p.restart(t)
	return p
}

// deliver is when digests go: at 8 in the morning, and those of the week on Mondays.
func deliver() map[notify.Cadence]notify.Schedule {
	return map[notify.Cadence]notify.Schedule{
		notify.Daily:  {Every: notify.Daily, Hour: 8, Zone: roster.Washington()},
		notify.Weekly: {Every: notify.Weekly, Weekday: time.Monday, Hour: 8, Zone: roster.Washington()},
	}
}

// testWriter writes to a test's log.
type testWriter struct{ t testing.TB }

func (w *testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// restart replaces the mailer by one that knows nothing but the stores.
func (p *post) restart(t testing.TB) {
	t.Helper()
	m, err := mailing.New(t.Context(), p.o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	p.mailer = m
}

// run does all that is due.
func (p *post) run(t testing.TB) {
	t.Helper()
	if err := p.try(t); err != nil {
		t.Fatal(err)
	}
}

func (p *post) try(t testing.TB) error {
	t.Helper()
	local := jobs.NewLocal(p.mailer.Kind(), p.clock.now, p.o.Log)
	p.mailer.OnPlanned(local.Kick)
	return local.RunOnce(t.Context())
}

// reads makes a reader, who follows what is written.
func (p *post) reads(t testing.TB, name string, c notify.Cadence, follows ...string) readers.Reader {
	t.Helper()
	return p.readsAs(t, name, readers.Wish{Language: "en", Cadence: c, Follows: followed(t, follows...)})
}

func (p *post) readsAs(t testing.TB, name string, w readers.Wish) readers.Reader {
	t.Helper()
	r := readers.NewRequest(name+"@example.net", w, p.clock.now())
	if err := p.store.Ask(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	made, err := p.store.Confirm(t.Context(), r.ID, p.clock.now(), uint64(len(p.lists.changes)))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func followed(t testing.TB, written ...string) (follows []readers.Follow) {
	t.Helper()
	for _, w := range written {
		f, err := readers.ParseFollow(w, func(id string) string {
			return strings.ReplaceAll(strings.TrimPrefix(id, "TX-"), "-", " ")
		})
		if err != nil {
			t.Fatal(err)
		}
		follows = append(follows, f)
	}
	return follows
}

// update changes a reader.
func (p *post) update(t testing.TB, id readers.ID, change func(*readers.Reader)) {
	t.Helper()
	if _, err := p.store.Update(t.Context(), id, func(r *readers.Reader) error { change(r); return nil }); err != nil {
		t.Fatal(err)
	}
}
