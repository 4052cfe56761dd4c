package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

// heard is a buffer that several goroutines write to.
type heard struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.String()
}

// stage is the whole service in this process, between a made-up ICE and the far
// ends of all kinds of channel.
type stage struct {
	t      *testing.T
	data   string
	config string
	clock  *clock
	site   *fakeice.Site
	ends   *ends
	heard  *heard // all that the service and the commands ever said
}

func newStage(t *testing.T, start time.Time) *stage {
	t.Helper()
	s := &stage{t: t, data: filepath.Join(t.TempDir(), "data"), clock: &clock{at: start}, site: &fakeice.Site{}, heard: &heard{}}
	server := httptest.NewServer(s.site)
	t.Cleanup(server.Close)
	s.ends = newEnds(t, s.clock.now)
	s.config = filepath.Join(t.TempDir(), "watch287g.yaml")
	t.Setenv("WATCH287G_TELL_TOKEN", hushToken)
	t.Setenv("WATCH287G_SLACK_API", s.ends.web.URL+"/api")
	s.write(filepath.Join(filepath.Dir(s.config), "hook"), s.ends.slack.URL+hushHook)
	s.write(filepath.Join(filepath.Dir(s.config), "password"), hushWord)
	s.write(s.config, fmt.Sprintf(`
web: {listen: "127.0.0.1:0"}
source: {mirror: %[1]q, silence: never}
channels:
  - {name: hook, slack: {webhook_url_file: hook}}
  - {name: bot, slack: {token_env: WATCH287G_TELL_TOKEN, channel: "#watch"}}
  - name: members
    email: {smtp: "smtp+plain://%[2]s", from: "287(g) watch <watch@example.org>", to: [ann@example.net, ben@example.net, cy@example.net]}
  - name: all
    webhook: {url: "%[3]sall", secret: %[4]s, allow_private: true}
    only: {kinds: [new, pending, removed, withdrawn, restored, amended, detail, document, milestone]}
  - name: texas
    webhook: {url: "%[3]stexas", secret: %[4]s, allow_private: true}
    only: {states: [TX], kinds: [new, removed]}
  - {name: phone, chat: {url: "ntfy://%[5]s/%[6]s?scheme=http"}}
  - name: digest
    webhook: {url: "%[3]sdigest", secret: %[4]s, allow_private: true}
    deliver: daily 08:00
  - name: on-call
    operator: true
    webhook: {url: "%[3]son-call", secret: %[4]s, allow_private: true}
`, server.URL, s.ends.mail, s.ends.web.URL+hushPath, hushSecret, strings.TrimPrefix(s.ends.web.URL, "http://"), hushTopic))
	return s
}

func (s *stage) write(path, text string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// app is the program on the stage.
func (s *stage) app(stdout *bytes.Buffer) *app {
	a := newApp(s.heard, s.heard, time.Now)
	if stdout != nil {
		a.stdout = stdout
	}
	a.now, a.client, a.pace = s.clock.now, s.ends.slack.Client(), time.Millisecond
	return a
}

// do runs a command and returns its exit status and what it printed.
func (s *stage) do(args ...string) (status int, said string) {
	var out bytes.Buffer
	status = s.app(&out).run(s.t.Context(), append(args, "--data", s.data, "--config", s.config))
	if args[0] != "changes" { // which is long, and says nothing of channels
		fmt.Fprint(s.heard, out.String())
	}
	return status, out.String()
}

// must runs a command that is to succeed.
func (s *stage) must(args ...string) string {
	s.t.Helper()
	status, said := s.do(args...)
	if status != statusOK {
		s.t.Fatalf("%v ended with status %d:\n%s\n%s", args, status, said, s.heard)
	}
	return said
}

// start runs the service until the returned function is called.
func (s *stage) start() (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan int, 1)
	go func() { ended <- s.app(nil).run(ctx, []string{"run", "--data", s.data, "--config", s.config}) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if status := <-ended; status != statusOK {
			s.t.Errorf("the service ended with status %d:\n%s", status, s.heard)
		}
	})
	s.t.Cleanup(stop)
	s.until("the service answers", func() bool {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", socketPath(s.data))
		return err == nil && conn.Close() == nil
	})
	s.until("the first poll is over", func() bool { return strings.Count(s.must("polls"), "\n") > 1 })
	return stop
}

// until waits for something.
func (s *stage) until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("still not so: %s\n%s\n%s", what, s.must("deliveries", "--state", "waiting"), s.heard)
		}
	}
}

// table reads the first columns of what "deliveries" prints.
func (s *stage) deliveries(args ...string) (rows [][]string) {
	s.t.Helper()
	for i, line := range strings.Split(strings.TrimSpace(s.must(append([]string{"deliveries", "--limit", "0"}, args...)...)), "\n") {
		if i > 0 {
			rows = append(rows, strings.Fields(line))
		}
	}
	return rows
}

// settle waits until all but the digest is sent.
func (s *stage) settle() {
	s.t.Helper()
	s.until("all instant messages are sent", func() bool {
		return !slices.ContainsFunc(s.deliveries("--state", "waiting"), func(row []string) bool { return row[1] != "digest" })
	})
	if dead := s.deliveries("--state", "dead"); len(dead) > 0 {
		s.t.Fatalf("given up: %v\n%s", dead, s.heard)
	}
}

// changes are those after a number, as "changes" prints them, a line each.
func (s *stage) changes(after uint64, flags ...string) (found []roster.Change, lines []string) {
	s.t.Helper()
	said := s.must(append([]string{"changes", "--format", "jsonl"}, flags...)...)
	for line := range strings.Lines(said) {
		var c roster.Change
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			s.t.Fatal(err)
		}
		if c.Seq > after {
			found, lines = append(found, c), append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return found, lines
}

// usual are the flags for what a channel gets that names no kinds.
var usual = []string{"--kind", "new,pending,removed,withdrawn,restored,amended,milestone"}

func TestTheMainJob(t *testing.T) {
	const seed = 287
	t.Logf("seed %d", seed)
	s := newStage(t, time.Date(2025, time.June, 2, 13, 0, 0, 0, time.UTC))
	p := newPublisher(seed)
	imported := s.importPast(p)
	s.site.Publish(p.lists(s.clock.now(), 0)...)
	stop := s.start()
	s.expectSilence("an import and a first poll of what was imported")

	for i := 1; i <= 25; i++ {
		s.clock.advance(9 * time.Hour)
		switch s.site.Mend(); i {
		case 6:
			s.site.Spoil(fakeice.Fault{Name: "swap"}, -1)
		case 10:
			s.site.Spoil(fakeice.Fault{Name: "block"}, -1)
		}
		lost := 0
		if i == 14 { // a slip of ICE's, which its next list mends
			lost = 15
		} else if i != 10 {
			p.publish()
		}
		s.site.Publish(p.lists(s.clock.now(), lost)...)
		s.clock.advance(time.Minute)
		if status, said := s.do("poll"); (status == statusOK) != (i != 10) {
			t.Fatalf("publication %d: status %d\n%s", i, status, said)
		}
		s.settle()
	}
	s.finish()
	s.expectKinds(imported)
	s.check(imported)
	s.expectNotices("held", "hold-ended")
	s.expectSecrecy()
	stop()
	s.expectSecrecy()
}

// importPast takes in lists of days before, and returns the number of the last
// change that they brought.
func (s *stage) importPast(p *publisher) uint64 {
	s.t.Helper()
	var past []fakeice.File
	at := s.clock.now().AddDate(0, 0, -2)
	for i := range 3 {
		at = at.Add(13 * time.Hour)
		if i > 0 {
			p.publish()
		}
		past = append(past, p.lists(at, 0)...)
	}
	s.must("import", archived(s.t, past))
	found, _ := s.changes(0)
	if len(found) == 0 {
		s.t.Fatal("the import brought no change, so that it could not have sent any")
	}
	return found[len(found)-1].Seq
}

// expectSilence checks that nothing is sent or waits.
func (s *stage) expectSilence(after string) {
	s.t.Helper()
	if rows := s.deliveries(); len(rows) > 0 {
		s.t.Errorf("after %s there are messages: %v", after, rows)
	}
}

// finish lets the digest's last hour come.
func (s *stage) finish() {
	s.t.Helper()
	s.clock.advance(25 * time.Hour)
	s.must("deliveries", "retry") // nothing was given up: it only has the sender look
	s.until("the last digest is sent", func() bool { return len(s.deliveries("--state", "waiting")) == 0 })
}

// expectKinds checks that what was published makes each kind of change that is
// told.
func (s *stage) expectKinds(after uint64) {
	s.t.Helper()
	found, _ := s.changes(after)
	n := map[roster.Kind]int{}
	for _, c := range found {
		n[c.Kind]++
	}
	s.t.Logf("changes: %v", n)
	for _, k := range []roster.Kind{roster.KindNew, roster.KindPending, roster.KindRemoved, roster.KindWithdrawn, roster.KindRestored, roster.KindAmended, roster.KindDetail, roster.KindDocument} {
		if n[k] == 0 {
			s.t.Errorf("no change is %s, which this test is to see", k)
		}
	}
}

// check checks that each channel got what it wants of the changes after a number,
// once and in order, and nothing else.
func (s *stage) check(after uint64) {
	s.t.Helper()
	s.ends.mu.Lock()
	defer s.ends.mu.Unlock()
	for _, wrong := range s.ends.wrong {
		s.t.Error(wrong)
	}
	wanted, lines := s.changes(after, usual...)
	_, everything := s.changes(after, "--kind", "new,pending,removed,withdrawn,restored,amended,milestone,detail,document")
	_, texan := s.changes(after, "--state", "TX", "--kind", "new,removed")
	s.checkHooks("all", everything)
	s.checkHooks("texas", texan)
	s.checkHooks("digest", lines)
	s.checkDigest()
	s.checkSlack("hook", wanted)
	s.checkSlack("bot", wanted)
	s.checkThreads(wanted)
	s.checkMail(wanted)
	s.checkChat(wanted)
}

// checkHooks checks that a webhook got these changes as they are printed.
func (s *stage) checkHooks(name string, want []string) {
	s.t.Helper()
	var got []string
	ids := map[string]bool{}
	for _, h := range s.ends.hooks[name] {
		if h.Type != "changes" || h.Notice != nil || ids[h.id] || !strings.HasPrefix(h.id, h.DeliveryID) {
			s.t.Errorf("%s: a %q of id %q, which it had: %t", name, h.Type, h.id, ids[h.id])
		}
		ids[h.id] = true
		for _, c := range h.Changes {
			got = append(got, string(c))
		}
	}
	if len(want) == 0 {
		s.t.Errorf("%s: nothing was to be sent, which tests nothing", name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s: %d changes are printed and %d were sent (-printed +sent):\n%.3000s", name, len(want), len(got), diff)
	}
}

// checkDigest checks that each digest came at or after the hour that follows its
// first change, with the changes before that hour alone.
func (s *stage) checkDigest() {
	s.t.Helper()
	for _, h := range s.ends.hooks["digest"] {
		var first, last roster.Change
		if err := errors.Join(json.Unmarshal(h.Changes[0], &first), json.Unmarshal(h.Changes[len(h.Changes)-1], &last)); err != nil {
			s.t.Fatal(err)
		}
		at := first.DetectedAt.In(roster.Washington())
		hour := time.Date(at.Year(), at.Month(), at.Day(), 8, 0, 0, 0, at.Location())
		if !hour.After(at.Add(time.Minute)) {
			hour = hour.AddDate(0, 0, 1)
		}
		if h.at.Before(hour) || !last.DetectedAt.Before(hour) {
			s.t.Errorf("the digest of %s came at %s, with changes from %s to %s", hour, h.at, at, last.DetectedAt)
		}
	}
}

// sentence is how a line that says the change begins.
func sentence(c roster.Change) string {
	switch c.Kind {
	case roster.KindNew:
		return "+ " + roster.Clean(c.Agreement.Agency)
	case roster.KindPending:
		return "? " + roster.Clean(c.Agreement.Agency)
	case roster.KindRemoved, roster.KindWithdrawn:
		return "− " + roster.Clean(c.Agreement.Agency)
	case roster.KindMilestone:
		return strings.TrimPrefix(roster.Clean(c.Text), "Correction: ") // which changeLines leaves out
	default:
		return "~ " + roster.Clean(c.Agreement.Agency)
	}
}

// tells says whether a line begins with a sentence, or is the milestone.
func tells(line, sentence string) bool {
	if mark, rest, _ := strings.Cut(line, " "); mark == "•" || mark == "*" {
		line = rest
	}
	return strings.HasPrefix(line, sentence)
}

// checkLines checks that each change is told on one line, and no line tells
// anything else.
func (s *stage) checkLines(where string, lines []string, wanted []roster.Change) {
	s.t.Helper()
	left := slices.Clone(lines)
	for _, c := range wanted {
		i := slices.IndexFunc(left, func(line string) bool { return tells(line, sentence(c)) })
		if i < 0 {
			s.t.Errorf("%s: %s is not told: %s", where, c.ID, sentence(c))
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	if len(left) > 0 {
		s.t.Errorf("%s: %d lines of %d tell no change, or one twice: %q", where, len(left), len(lines), left[:min(3, len(left))])
	}
}

func (s *stage) checkSlack(name string, wanted []roster.Change) {
	s.t.Helper()
	var lines []string
	for _, p := range s.ends.posts[name] {
		lines = append(lines, p.lines...)
		if strings.HasPrefix(p.header, "watch287g:") {
			s.t.Errorf("%s: a message to the operator: %s", name, p.header)
		}
	}
	s.checkLines(name, lines, wanted)
}

// checkThreads checks that a correction answers the message that it corrects,
// where there is one. The changes are followed in order through the messages.
func (s *stage) checkThreads(wanted []roster.Change) {
	s.t.Helper()
	left := slices.Clone(s.ends.posts["bot"])
	for i := range left {
		left[i].lines = slices.Clone(left[i].lines)
	}
	told := map[string]string{}  // the message in which a change is told, by the change's id
	named := map[string]string{} // and the last one that names an agreement
	threads := 0
	for _, c := range wanted {
		post := s.pull(left, c)
		original := told[c.Corrects]
		if c.Kind == roster.KindAmended && c.Corrects == "" {
			original = named[c.Agreement.ID]
		}
		corrects := c.Corrects != "" || c.Kind == roster.KindAmended
		if corrects && original != "" && original != post.ts && post.thread != original {
			s.t.Errorf("%s (%s of %s) is told in the thread %q, and what it corrects in %q", c.ID, c.Kind, c.Agreement.Agency, post.thread, original)
		}
		if corrects && original != "" && post.thread != "" {
			threads++
		}
		root := post.ts
		if post.thread != "" {
			root = post.thread
		}
		told[c.ID] = root
		if slices.Contains([]roster.Kind{roster.KindNew, roster.KindPending, roster.KindRestored, roster.KindAmended}, c.Kind) {
			named[c.Agreement.ID] = root
		}
	}
	s.t.Logf("%d corrections stand in threads", threads)
	if threads == 0 {
		s.t.Error("no correction stands in a thread, which this test is to see")
	}
}

// pull takes the first line that tells a change out of the messages.
func (s *stage) pull(posts []posted, c roster.Change) posted {
	for i := range posts {
		at := slices.IndexFunc(posts[i].lines, func(line string) bool { return tells(line, sentence(c)) })
		if at >= 0 {
			posts[i].lines = slices.Delete(posts[i].lines, at, at+1)
			return posts[i]
		}
	}
	s.t.Errorf("bot: %s is not told", c.ID)
	return posted{}
}

func (s *stage) checkMail(wanted []roster.Change) {
	s.t.Helper()
	if got := slices.Sorted(maps.Keys(s.ends.mails)); !slices.Equal(got, []string{"ann@example.net", "ben@example.net", "cy@example.net"}) {
		s.t.Errorf("mail went to %v", got)
	}
	ids := map[string]bool{}
	for to, mails := range s.ends.mails {
		var lines []string
		for _, raw := range mails {
			l, err := readLetter(raw)
			if err != nil || ids[l.id] || l.id == "" || strings.HasPrefix(l.subject, "watch287g:") {
				s.t.Errorf("%s got %q with the id %s, which was there: %t, %v", to, l.subject, l.id, ids[l.id], err)
			}
			ids[l.id] = true
			lines = append(lines, changeLines(l.text)...)
		}
		s.checkLines(to, lines, wanted)
		if want := momentsIn(wanted); len(mails) != want {
			s.t.Errorf("%s got %d mails, not %d", to, len(mails), want)
		}
	}
}

// momentsIn is how many polls brought the changes.
func momentsIn(changes []roster.Change) int {
	at := map[int64]bool{}
	for _, c := range changes {
		at[c.DetectedAt.UnixNano()] = true
	}
	return len(at)
}

func (s *stage) checkChat(wanted []roster.Change) {
	s.t.Helper()
	if got, want := len(s.ends.chats), momentsIn(wanted); got != want {
		s.t.Errorf("the chat service got %d messages for %d deliveries", got, want)
	}
	for i, text := range s.ends.chats {
		if !strings.HasPrefix(text, "287(g): ") || i > 0 && text == s.ends.chats[i-1] {
			s.t.Errorf("the chat service got %.200q", text)
		}
	}
}

// expectNotices checks that the operator got these notices, each once, and no
// change.
func (s *stage) expectNotices(want ...string) {
	s.t.Helper()
	s.ends.mu.Lock()
	defer s.ends.mu.Unlock()
	var got []string
	for _, h := range s.ends.hooks["on-call"] {
		if h.Type != "notice" || h.Notice == nil || len(h.Changes) > 0 {
			s.t.Errorf("the operator got %+v", h)
			continue
		}
		got = append(got, h.Notice.Kind)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("the operator got the notices %v, not %v", got, want)
	}
}

func TestSecretsStaySecret(t *testing.T) {
	for name, spoil := range map[string]func(*ends){
		"where the other side answers 500 and repeats what it got": func(e *ends) { e.fail = true },
		"where the other side cannot be reached": func(e *ends) {
			e.web.Close()
			e.slack.Close()
			e.hangUp()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, time.Date(2025, time.June, 2, 13, 0, 0, 0, time.UTC))
			spoil(s.ends)
			s.addSignedInMail()
			p := newPublisher(7)
			s.site.Publish(p.lists(s.clock.now(), 0)...)
			stop := s.start()
			s.expectSilence("the first poll of an empty store")
			for range 2 {
				s.clock.advance(12 * time.Hour)
				p.publish()
				s.site.Publish(p.lists(s.clock.now(), 0)...)
				s.clock.advance(time.Minute)
				s.must("poll")
			}
			s.expectTries()
			s.expectSecrecy()
			stop()
			s.expectSecrecy()
			s.expectHushed(s.stored())
		})
	}
}

// addSignedInMail adds a channel that has a password, for a server that does not
// get it.
func (s *stage) addSignedInMail() {
	s.t.Helper()
	body, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(s.config, string(body)+fmt.Sprintf(`  - name: signed-in
    email: {smtp: "smtp://mailer@%s", password_file: password, from: watch@example.org, to: [dee@example.net]}
`, s.ends.mail))
}

// expectTries waits until each channel was tried for long enough that the
// operator hears of it, and tries all once more by hand.
func (s *stage) expectTries() {
	s.t.Helper()
	tried := func() bool {
		channels := map[string]bool{}
		for _, row := range s.deliveries() {
			const tries = 8 // the column, as words are counted
			channels[row[1]] = channels[row[1]] || row[tries] != "0"
		}
		return len(channels) == 9 && !slices.Contains(slices.Collect(maps.Values(channels)), false)
	}
	s.clock.advance(25 * time.Hour) // over the hours of a digest and of patience
	s.must("deliveries", "retry")
	s.until("each channel was tried", tried)
	for _, name := range []string{"hook", "bot", "members", "all", "texas", "phone", "digest", "on-call", "signed-in"} {
		if status, said := s.do("notify", "test", name); status != statusFailure {
			s.t.Errorf("a test of %s, which does not work: status %d\n%s", name, status, said)
		}
	}
}

// stored is all that the store knows of messages and troubles.
func (s *stage) stored() string {
	s.t.Helper()
	b, err := bolt.Open(filepath.Join(s.data, "watch287g.db"), bolt.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // it was only read
	deliveries, err := b.Deliveries(s.t.Context(), store.DeliveryQuery{})
	incidents, err2 := b.Incidents(s.t.Context())
	said, err3 := json.Marshal([]any{deliveries, incidents})
	if err := errors.Join(err, err2, err3); err != nil {
		s.t.Fatal(err)
	}
	return string(said)
}

// expectSecrecy checks that nothing that the service or a command said holds a
// secret.
func (s *stage) expectSecrecy() {
	s.t.Helper()
	s.must("config", "check")
	for _, name := range []string{"hook", "bot", "members", "all", "texas", "phone", "digest"} {
		s.must("notify", "preview", name)
	}
	s.deliveries()
	s.expectHushed(s.heard.String())
}

func (s *stage) expectHushed(said string) {
	s.t.Helper()
	for _, secret := range hushed() {
		if i := strings.Index(said, secret); i >= 0 {
			s.t.Errorf("%q was said: …%s…", secret, said[max(0, i-200):min(len(said), i+200)])
		}
	}
}
