package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

var faultSeed = flag.Uint64("faults.seed", 287, "seed of TestFaults; 0 takes a new one each time")

// faultSite is a made-up ICE whose two lists change only when they are published
// anew.
type faultSite struct {
	fakeice.Site
	url    string
	spare  []sheettest.Row // that stood on no list yet
	active []sheettest.Row
	seeks  []sheettest.Row
	at     time.Time // at which the lists were published
	hidden bool      // the page lacks the link to the pending list
	n      int
}

func newFaultSite(t testing.TB) *faultSite {
	s := &faultSite{spare: sheettest.Sample(400), at: time.Now().UTC().Add(-48 * time.Hour)}
	s.active, s.spare = s.spare[:150], s.spare[150:]
	s.seeks, s.spare = s.spare[:12], s.spare[12:]
	s.print()
	server := httptest.NewServer(s)
	s.url = server.URL
	t.Cleanup(server.Close)
	return s
}

// publish makes the next lists: three agencies join, one leaves, one is respelled,
// one begins to wait, and every fourth time the pending list goes or comes.
func (s *faultSite) publish() {
	s.n++
	s.active = append(slices.Clone(s.active[1:]), s.spare[:3]...)
	respelled := &s.active[s.n]
	respelled.Agency = strings.Replace(respelled.Agency, "Sample", "Sampel", 1)
	s.seeks = append(slices.Clone(s.seeks), s.spare[3])
	s.spare = s.spare[4:]
	if s.n%4 == 0 {
		s.hidden = !s.hidden
	}
	s.print()
}

func (s *faultSite) print() {
	s.at = s.at.Add(time.Hour)
	pending := fakeice.File{Link: fakeice.Pending, Name: "pendingAgencies.xlsx", At: s.at}
	if !s.hidden {
		pending.Body = sheettest.Pending(s.seeks...)
	}
	s.Publish(fakeice.File{Link: fakeice.Participating, Name: "participatingAgencies.xlsx", At: s.at, Body: sheettest.Participating(s.active...)}, pending)
}

// mood is what an endpoint does with a message.
type mood string

const (
	takes   mood = "takes"   // and says so
	loses   mood = "loses"   // takes it, and hangs up before it says so
	refuses mood = "refuses" // in whatever way: the message is not taken
)

// faultReceipt is a message at an endpoint.
type faultReceipt struct {
	life int // of the program, that sent it
	id   string
	body string // "" where it broke off
	mood mood
}

// faultEnds are the far ends of all channels. They take messages or not, as chance
// has it, until they are mended.
type faultEnds struct {
	web    *httptest.Server
	mail   *smtp.Server
	mended chan struct{} // closed

	mu     sync.Mutex
	random *rand.Rand
	got    map[string][]*faultReceipt // by channel, and by recipient
	faults map[string]int
	calm   bool
	lives  map[int]int   // of the program, by the port of the mail server
	seen   int           // messages in this life
	kill   int           // after so many messages this life ends
	enough chan struct{} // gets a word then
}

func newFaultEnds(t testing.TB, random *rand.Rand) *faultEnds {
	e := &faultEnds{random: random, mended: make(chan struct{}), got: map[string][]*faultReceipt{}, faults: map[string]int{},
		lives: map[int]int{}, enough: make(chan struct{}, 1)}
	e.web = httptest.NewServer(http.HandlerFunc(e.serve))
	e.mail = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &faultMail{ends: e, conn: c.Conn()}, nil }))
	e.mail.Domain, e.mail.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	t.Cleanup(func() {
		_ = e.mail.Close()
		e.mend()
		e.web.CloseClientConnections()
		e.web.Close()
	})
	return e
}

// begin says that a new life of the program begins, which ends after some
// messages. It returns the address of the mail server, another one in each life,
// so that it is known which life a mail is of.
func (e *faultEnds) begin(t testing.TB, life, kill int) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lives[l.Addr().(*net.TCPAddr).Port] = life
	e.seen, e.kill, e.enough = 0, kill, make(chan struct{}, 1)
	go func() { _ = e.mail.Serve(l) }()
	return l.Addr().String()
}

// mend ends all faults.
func (e *faultEnds) mend() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.calm {
		e.calm = true
		close(e.mended)
	}
}

// arrive takes note of a message, and chance says what becomes of it. weights are
// of the faults by name, out of 100.
func (e *faultEnds) arrive(to string, r *faultReceipt, weights map[string]int) (fault string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.mood = takes
	if chance := e.random.IntN(100); !e.calm {
		for _, name := range slices.Sorted(maps.Keys(weights)) {
			if chance -= weights[name]; chance < 0 {
				fault = name
				break
			}
		}
	}
	if fault != "" {
		e.faults[fault]++
		r.mood = refuses
		if strings.HasPrefix(fault, "lost") {
			r.mood = loses
		}
	}
	e.got[to] = append(e.got[to], r)
	if e.seen++; e.seen == e.kill {
		e.enough <- struct{}{}
	}
	return fault
}

func (e *faultEnds) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	life, lifeErr := strconv.Atoi(r.URL.Query().Get("life"))
	if err != nil || lifeErr != nil {
		panic(http.ErrAbortHandler)
	}
	fault := e.arrive(strings.TrimPrefix(r.URL.Path, "/"), &faultReceipt{life: life, id: r.Header.Get("webhook-id"), body: string(body)},
		map[string]int{"500": 10, "429": 5, "hangs": 6, "hangs up": 8, "lost answer": 8, "never answers": 4})
	switch fault {
	case "":
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
	case "429":
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case "hangs":
		e.linger(r.Context(), time.After(2*time.Second))
	case "never answers":
		e.linger(r.Context(), nil)
	default:
		panic(http.ErrAbortHandler)
	}
}

// linger holds a request until the client gives up, its time is over or all is
// mended, and then hangs up.
func (e *faultEnds) linger(ctx context.Context, over <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-over:
	case <-e.mended:
	}
	panic(http.ErrAbortHandler)
}

// faultMail is one connection to the mail server.
type faultMail struct {
	ends *faultEnds
	conn net.Conn
	to   string
}

// refusedRecipient is somebody whom the mail server does not want.
const refusedRecipient = "gone@example.net"

func (m *faultMail) Mail(string, *smtp.MailOptions) error { return nil }

func (m *faultMail) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	if to == refusedRecipient {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

var (
	messageID = regexp.MustCompile(`(?im)^Message-ID: <(dlv_[a-z0-9]+)\.`)
	mailDate  = regexp.MustCompile(`(?m)^Date: .*\r?\n`) // says when it was sent
)

func (m *faultMail) Data(r io.Reader) error {
	head := make([]byte, 1200) // as far as the Message-ID; the connection can break off behind it
	n, err := io.ReadFull(r, head)
	if err != nil {
		return err
	}
	m.ends.mu.Lock()
	receipt := &faultReceipt{life: m.ends.lives[m.conn.LocalAddr().(*net.TCPAddr).Port]}
	m.ends.mu.Unlock()
	if found := messageID.FindSubmatch(head); found != nil {
		receipt.id = string(found[1])
	}
	fault := m.ends.arrive(m.to, receipt, map[string]int{"451": 10, "mail broken off": 8, "lost reply": 7})
	if fault == "mail broken off" {
		_ = m.conn.Close()
		return errors.New("broken off")
	}
	rest, err := io.ReadAll(r)
	m.ends.mu.Lock()
	defer m.ends.mu.Unlock()
	if err != nil { // the program was killed
		receipt.mood = refuses
		return err
	}
	receipt.body = mailDate.ReplaceAllString(string(head[:n])+string(rest), "")
	switch fault {
	case "451":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	case "lost reply":
		_ = m.conn.Close()
	}
	return nil
}

func (m *faultMail) Reset()        { m.to = "" }
func (m *faultMail) Logout() error { return nil }

// tellingProgram is the built watch287g with its folder.
type tellingProgram struct {
	t    testing.TB
	path string
	dir  string
	log  *os.File
}

func newProgram(t testing.TB) *tellingProgram {
	p := &tellingProgram{t: t, path: buildProgram(t), dir: t.TempDir()}
	var err error
	if p.log, err = os.Create(filepath.Join(p.dir, "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.log.Close()
		if body, err := os.ReadFile(p.log.Name()); err == nil && t.Failed() {
			t.Logf("the end of the program's log:\n%s", body[max(0, len(body)-8000):])
		}
	})
	return p
}

func (p *tellingProgram) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, append([]string{"--data", filepath.Join(p.dir, "data"), "--config", p.config()}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "WATCH287G_TEST_PAUSE=30ms")
	return cmd
}

func (p *tellingProgram) config() string { return filepath.Join(p.dir, "watch287g.yaml") }

// must runs a command to its end.
func (p *tellingProgram) must(args ...string) string {
	p.t.Helper()
	out, err := p.command(args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// start starts the service.
func (p *tellingProgram) start() *exec.Cmd {
	p.t.Helper()
	cmd := p.command("run")
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return cmd
}

// configure writes a configuration whose channels lead to the endpoints, and say
// which life of the program calls.
func (p *tellingProgram) configure(site, web, mail string, life int) {
	p.t.Helper()
	text := fmt.Sprintf("web: {listen: \"127.0.0.1:0\"}\nsource:\n  mirror: %s\n  every: 1s\nchannels:\n", site)
	for _, c := range []struct{ name, more string }{
		{"everything", "only: {kinds: [new, pending, removed, withdrawn, restored, amended, detail, document, milestone]}"},
		{"news", ""},
		{"joined", "only: {kinds: [new], models: [TFM]}"},
		{"on-call", "operator: true"},
	} {
		text += fmt.Sprintf("  - name: %s\n    webhook: {url: \"%s/%s?life=%d\", allow_private: true}\n", c.name, web, c.name, life)
		if c.more != "" {
			text += "    " + c.more + "\n"
		}
	}
	text += fmt.Sprintf("  - name: members\n    email: {smtp: \"smtp+plain://%s\", from: watch@example.org, to: [one@example.net, %s, two@example.net]}\n", mail, refusedRecipient)
	if err := os.WriteFile(p.config(), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// Whatever endpoints do, and however often the program is killed: all that was
// committed arrives, in order, and nothing else does.
func TestFaults(t *testing.T) {
	seed := *faultSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-faults.seed=%d", seed)
	const kills = 24
	random := rand.New(rand.NewPCG(seed, 287)) //nolint:gosec // chance that can be repeated
	site, p := newFaultSite(t), newProgram(t)
	ends := newFaultEnds(t, rand.New(rand.NewPCG(seed, 278))) //nolint:gosec // chance that can be repeated
	p.configure(site.url, ends.web.URL, ends.begin(t, 0, 0), 0)
	p.must("poll") // what is there is no news

	for life := 1; life <= kills; life++ {
		// Some lives end in the middle of a message, others at any time.
		messages := 1 + random.IntN(14)
		limit := 1500 * time.Millisecond
		if life%3 == 0 {
			messages, limit = 0, time.Duration(20+random.IntN(400))*time.Millisecond
		}
		p.configure(site.url, ends.web.URL, ends.begin(t, life, messages), life)
		site.publish()
		cmd := p.start()
		select {
		case <-ends.enough:
			<-time.After(time.Duration(random.IntN(15_000)) * time.Microsecond)
		case <-time.After(limit):
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("life %d ended by itself: %v", life, err)
		}
	}

	ends.mend()
	p.configure(site.url, ends.web.URL, ends.begin(t, kills+1, 0), kills+1)
	site.publish()
	cmd := p.start()
	p.await("the last list", func() bool {
		var stats roster.Stats
		if err := json.Unmarshal([]byte(p.must("stats", "--format", "json")), &stats); err != nil {
			t.Fatal(err)
		}
		return stats.Active == len(site.active)
	})
	p.await("the last message", func() bool { return strings.Count(p.must("deliveries", "--state", "waiting"), "\n") <= 1 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	faultCheck{t: t, p: p, ends: ends}.all(len(site.active))
}

// await asks again and again until something is so.
func (p *tellingProgram) await(what string, so func() bool) {
	p.t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	over := time.After(patience)
	for !so() {
		select {
		case <-ticker.C:
		case <-over:
			p.t.Fatalf("waited for %s in vain\n%s", what, p.must("deliveries", "--state", "waiting"))
		}
	}
}

// faultCheck compares what arrived with what was committed.
type faultCheck struct {
	t    *testing.T
	p    *tellingProgram
	ends *faultEnds

	deliveries map[string]roster.Delivery
	changes    []roster.Change
	doubles    map[string]int
}

func (c faultCheck) all(rows int) {
	s, err := bolt.Open(filepath.Join(c.p.dir, "data", "watch287g.db"), bolt.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	ctx := c.t.Context()
	all, err := s.Deliveries(ctx, store.DeliveryQuery{})
	if err != nil {
		c.t.Fatal(err)
	}
	if c.changes, err = s.Changes(ctx, store.ChangeQuery{}); err != nil {
		c.t.Fatal(err)
	}
	known, err := s.Known(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	if n := roster.FiguresOf(known.Records).Active; n != rows {
		c.t.Errorf("%d agreements are active, and ICE lists %d", n, rows)
	}
	c.deliveries, c.doubles = map[string]roster.Delivery{}, map[string]int{}
	for _, d := range all {
		c.deliveries[d.ID] = d
		if d.State != roster.DeliverySent {
			c.t.Errorf("%s to %s is %s: %s", d.ID, d.Channel, d.State, d.LastError)
		}
	}
	c.committedWhatIsWanted(all)

	c.ends.mu.Lock()
	defer c.ends.mu.Unlock()
	received := 0
	for to, receipts := range c.ends.got {
		channel := to
		if strings.Contains(to, "@") {
			channel = "members"
		}
		received += len(receipts)
		c.arrivedInOrder(to, channel, receipts)
	}
	c.nothingIsLost(all)
	c.t.Logf("%d changes, %d deliveries, %d tries to send; faults: %v; doubles: %v", len(c.changes), len(all), received, c.ends.faults, c.doubles)
}

// committedWhatIsWanted makes sure that each channel has each change that it wants
// once, and no other.
func (c faultCheck) committedWhatIsWanted(all []roster.Delivery) {
	conf, err := config.Load(c.p.config(), os.LookupEnv, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, ch := range conf.Channels {
		rule := ruleOf(ch)
		var want, got []uint64
		for _, change := range c.changes {
			if rule.Wants(change) {
				want = append(want, change.Seq)
			}
		}
		for _, d := range all {
			if d.Channel == ch.Name {
				got = append(got, d.Changes...)
				if rule.Operator && d.Notice == nil {
					c.t.Errorf("%s carries no notice", d.ID)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			c.t.Errorf("%s (-wanted +committed):\n%s", ch.Name, diff)
		}
		if len(got) == 0 && !rule.Operator {
			c.t.Errorf("%s has had nothing, so that it proves nothing", ch.Name)
		}
	}
}

// arrivedInOrder looks at all that came to one place, by the lives that sent it:
// a killed program's last message can be read after its successor's first.
func (c faultCheck) arrivedInOrder(to, channel string, receipts []*faultReceipt) {
	receipts = slices.Clone(receipts)
	slices.SortStableFunc(receipts, func(a, b *faultReceipt) int { return a.life - b.life })
	taken := map[string]*faultReceipt{}
	bodies := map[string]string{}
	last := uint64(0)
	for _, r := range receipts {
		d, known := c.deliveries[r.id]
		if !known || d.Channel != channel {
			c.t.Errorf("%s got %s, which is not committed for it", to, r.id)
			continue
		}
		if d.Seq < last {
			c.t.Errorf("%s got %s, number %d, after number %d", to, r.id, d.Seq, last)
		}
		last = d.Seq
		if body, again := bodies[r.id]; again && r.body != "" && body != r.body {
			c.t.Errorf("%s got %s with two bodies: %s", to, r.id, cmp.Diff(body, r.body))
		}
		if r.body != "" { // else it broke off
			bodies[r.id] = r.body
		}
		if channel != "members" {
			c.carries(d, r.body)
		}
		if before, again := taken[r.id]; again {
			c.double(to, before, r)
		}
		if r.mood != refuses {
			taken[r.id] = r
		}
	}
}

// double asks why a message that was taken came again.
func (c faultCheck) double(to string, before, again *faultReceipt) {
	why := ""
	switch {
	case before.mood == loses:
		why = "answer lost"
	case again.life > before.life:
		why = "killed"
	default:
		c.t.Errorf("%s got %s twice in life %d, though it had answered", to, again.id, again.life)
	}
	if again.mood != refuses {
		c.doubles[why]++
	}
}

// carries makes sure that a body holds the delivery's changes, and no others.
func (c faultCheck) carries(d roster.Delivery, body string) {
	var sent struct {
		DeliveryID string          `json:"delivery_id"`
		Changes    []roster.Change `json:"changes"`
		Notice     *roster.Notice  `json:"notice"`
	}
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		c.t.Errorf("%s: %v", d.ID, err)
	}
	var want []roster.Change
	for _, seq := range d.Changes {
		want = append(want, c.changes[seq-1])
	}
	if diff := cmp.Diff(want, sent.Changes); diff != "" || sent.DeliveryID != d.ID {
		c.t.Errorf("%s is sent as %s (-committed +sent):\n%s", d.ID, sent.DeliveryID, diff)
	}
	if diff := cmp.Diff(d.Notice, sent.Notice); diff != "" {
		c.t.Errorf("%s (-committed +sent):\n%s", d.ID, diff)
	}
}

// nothingIsLost makes sure that each delivery was taken, by each recipient.
func (c faultCheck) nothingIsLost(all []roster.Delivery) {
	taken := map[string]bool{}
	for to, receipts := range c.ends.got {
		for _, r := range receipts {
			taken[to+" "+r.id] = taken[to+" "+r.id] || r.mood != refuses
		}
	}
	for _, d := range all {
		to := []string{d.Channel}
		if d.Channel == "members" {
			to = []string{"one@example.net", "two@example.net"}
			if !d.Done(refusedRecipient) {
				c.t.Errorf("%s is sent, and does not say who was refused", d.ID)
			}
		}
		for _, to := range to {
			if !taken[to+" "+d.ID] {
				c.t.Errorf("%s never reached %s", d.ID, to)
			}
		}
	}
	if len(c.ends.got[refusedRecipient]) > 0 {
		c.t.Errorf("%s got mail", refusedRecipient)
	}
}

// tellingService is a watcher and a sender in this process, on a store on disk.
type tellingService struct {
	store   *bolt.Store
	watcher *watch.Watcher
	box     *outbox
}

// newTellingService makes one that watches the site for the channels of a
// configuration. It has polled once, so that what follows is news.
func newTellingService(t testing.TB, site *faultSite, yaml string) *tellingService {
	t.Helper()
	path := filepath.Join(t.TempDir(), "watch287g.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	conf, err := config.Load(path, os.LookupEnv, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := bolttest.New(t)
	box, err := newApp(io.Discard, io.Discard, time.Now).newOutbox(s, conf, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	source, err := scraper.New(scraper.Options{Mirror: site.url})
	if err != nil {
		t.Fatal(err)
	}
	w := watch.New(watch.Options{Store: s, Source: source, Planner: box})
	if r, err := w.Poll(t.Context()); err != nil || r.Outcome.Failed() {
		t.Fatal(r.Sentence, err)
	}
	return &tellingService{store: s, watcher: w, box: box}
}

// send sends until the test or benchmark is over.
func (s *tellingService) send(t testing.TB) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.box.sender.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
}

func webhooksYAML(urls map[string]string) string {
	text := "channels:\n"
	for name, url := range urls {
		text += fmt.Sprintf("  - {name: %s, webhook: {url: \"%s\", allow_private: true}}\n", name, url)
	}
	return text
}

func TestOneChannelDownDelaysNoOther(t *testing.T) {
	mended, asked, arrived := make(chan struct{}), make(chan struct{}, 100), make(chan time.Time, 100)
	down := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		select {
		case <-mended:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(down.Close)
	up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- time.Now()
	}))
	t.Cleanup(up.Close)

	site := newFaultSite(t)
	s := newTellingService(t, site, webhooksYAML(map[string]string{"a-down": down.URL, "up": up.URL}))
	s.send(t)
	t.Cleanup(func() { close(mended) }) // before the sender is stopped
	for i := range 5 {
		site.publish()
		began := time.Now()
		r, err := s.watcher.Poll(t.Context())
		committed := time.Now()
		if err != nil || len(r.Changes) == 0 {
			t.Fatal(r.Sentence, err)
		}
		if i == 0 {
			<-asked
		}
		select {
		case at := <-arrived:
			// A slow machine gets more time: ten times what the poll took.
			if late := at.Sub(committed); late > time.Second+10*committed.Sub(began) {
				t.Errorf("message %d came %s after it was committed", i+1, late)
			}
		case <-time.After(patience):
			t.Fatalf("message %d did not come", i+1)
		}
	}
	waiting, err := s.store.Deliveries(t.Context(), store.DeliveryQuery{Channel: "a-down", States: []roster.DeliveryState{roster.DeliveryWaiting}})
	if err != nil || len(waiting) != 5 || len(asked) > 0 {
		t.Errorf("%d messages wait for the channel that is down, which was asked %d times more: %v", len(waiting), len(asked), err)
	}
}
