package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
)

// drilled is a message as a receiver has it.
type drilled struct {
	id, channel string
	changes     []string // their ids
	agreements  []string
}

// receiver takes messages, unless it is told to refuse those to a channel.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	refused string
	got     []drilled
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var said struct {
		Channel string          `json:"channel"`
		Changes []roster.Change `json:"changes"`
	}
	if err != nil || json.Unmarshal(body, &said) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if said.Channel == r.refused {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	m := drilled{id: req.Header.Get("webhook-id"), channel: said.Channel}
	for _, c := range said.Changes {
		m.changes = append(m.changes, c.ID)
		if c.Kind == roster.KindNew {
			m.agreements = append(m.agreements, c.Agreement.Agency)
		}
	}
	r.got = append(r.got, m)
}

func (r *receiver) refuse(channel string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = channel
}

// received returns the messages to a channel, and of those that came again under an id
// only the first where once is set, as a receiver does that drops doubles.
func (r *receiver) received(channel string, once bool) (found []drilled) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.got {
		if m.channel == channel && (!once || !slices.ContainsFunc(found, func(f drilled) bool { return f.id == m.id })) {
			found = append(found, m)
		}
	}
	return found
}

// told counts how often each agency was said to be new.
func told(messages []drilled) map[string]int {
	n := map[string]int{}
	for _, m := range messages {
		for _, a := range m.agreements {
			n[a]++
		}
	}
	return n
}

// drill is a service that is lost and brought back.
type drill struct {
	t      *testing.T
	site   *fakeice.Site
	end    *receiver
	rows   []sheettest.Row
	listed int
	now    time.Time
	dir    string // of the data and the backups
	config string
}

func newDrill(t *testing.T) *drill {
	t.Helper()
	site := &fakeice.Site{}
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	d := &drill{t: t, site: site, end: newReceiver(t), rows: sheettest.Sample(60), listed: 50, dir: t.TempDir(),
		now: time.Date(2026, time.January, 5, 17, 0, 0, 0, time.UTC)}
	hook := func(name, more string) string {
		return fmt.Sprintf(`  - {name: %s, webhook: {url: "%s", allow_private: true}%s}`, name, d.end.URL, more)
	}
	d.config = configured(t, `web: {listen: "127.0.0.1:0"}`, "source:", "  page: https://ice.example"+fakeice.PagePath, "  mirror: "+server.URL,
		"backup: {dir: "+filepath.Join(d.dir, "backups")+", every: 24h, keep: 2}", "channels:", hook("desk", ""), hook("late", ""), hook("digest", ", deliver: daily 12:30"))
	d.publish(0)
	return d
}

func (d *drill) data() string { return filepath.Join(d.dir, "data") }

func (d *drill) program(args ...string) *exec.Cmd {
	cmd := program(d.t, d.now, append([]string{"--data", d.data(), "--config", d.config}, args...)...)
	cmd.Env = append(cmd.Env, "WATCH287G_TEST_PAUSE=20ms")
	return cmd
}

// publish lists so many agencies more.
func (d *drill) publish(more int) {
	d.listed += more
	d.site.Publish(fakeice.File{Link: fakeice.Participating, Name: "participatingAgencies.xlsx", At: d.now.Add(-time.Minute),
		Body: sheettest.Participating(d.rows[:d.listed]...)})
}

func (d *drill) wait(some time.Duration) { d.now = d.now.Add(some) }

// serve runs the service until it has done what is waited for, and kills it.
func (d *drill) serve(until func() bool) {
	d.t.Helper()
	cmd := d.program("run")
	log, err := os.Create(filepath.Join(d.dir, "log"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // the test reads it by its name
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if d.t.Failed() {
			text, _ := os.ReadFile(log.Name())
			d.t.Logf("the service said:\n%s", text)
		}
	}()
	eventually(d.t, "the service does its work", until)
}

// tells says whether the channel has heard of so many new agencies, once each at least.
func (d *drill) tells(channel string, n int) func() bool {
	return func() bool { return len(told(d.end.received(channel, false))) >= n }
}

// gets says whether the channel has had so many messages since now.
func (d *drill) gets(channel string, n int) func() bool {
	before := len(d.end.received(channel, false))
	return func() bool { return len(d.end.received(channel, false)) >= before+n }
}

// backups lists the backups, oldest first.
func (d *drill) backups() []string {
	all, err := filepath.Glob(filepath.Join(d.dir, "backups", "watch287g-*.db"))
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// isBackedUp says whether a backup was made now.
func (d *drill) isBackedUp() bool {
	stamp := d.now.UTC().Format("20060102T150405Z")
	return slices.ContainsFunc(d.backups(), func(name string) bool { return strings.Contains(name, stamp) })
}

func both(a, b func() bool) func() bool { return func() bool { return a() && b() } }

// TestRestoreDrill loses a service with all of its data, restores the newest backup and
// goes on. What the backup has as sent is not sent again; what it has as waiting comes
// under its id; what came after the backup is told again, under the same ids where ICE
// still lists what it listed; and nothing is missed.
func TestRestoreDrill(t *testing.T) {
	for _, tt := range []struct {
		name  string
		moved int // agencies that ICE lists meanwhile, so that a list that was told of is gone
	}{{"ICE lists what it listed", 0}, {"ICE lists more meanwhile", 2}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDrill(t)
			output(t, d.program("poll"))

			d.wait(24 * time.Hour)
			d.publish(2)
			d.end.refuse("late") // whose message waits in the backup, as the digest does
			d.serve(both(d.tells("desk", 2), both(d.saved("desk"), d.isBackedUp)))
			d.wait(time.Minute)
			output(t, d.program("backup")) // which has all of that, whether or not the other one does
			newest := d.backups()[len(d.backups())-1]
			before := len(d.end.received("desk", false))

			d.wait(time.Hour)
			d.end.refuse("")
			d.publish(3)
			d.serve(both(d.tells("desk", 5), both(d.tells("late", 5), d.tells("digest", 2))))
			inRecord := deliveriesIn(t, newest)
			if len(inRecord) != 3 || d.isBackedUp() || len(d.end.received("desk", false)) != before+1 {
				t.Fatalf("the drill is no good: %d messages in the backup, %d to the desk", len(inRecord), len(d.end.received("desk", false)))
			}

			if err := os.RemoveAll(d.data()); err != nil {
				t.Fatal(err)
			}
			d.wait(time.Hour)
			if tt.moved > 0 {
				d.publish(tt.moved)
			}
			output(t, d.program("restore", newest))
			d.serve(both(d.gets("desk", 1), d.gets("late", 2)))
			d.wait(24 * time.Hour)
			d.serve(both(d.tells("digest", 5+tt.moved), d.saved("")))
			d.check(tt.moved, inRecord)
		})
	}
}

// saved says whether nothing waits for a channel, or for any.
func (d *drill) saved(channel string) func() bool {
	return func() bool {
		out, err := d.program("deliveries", "--state", "waiting", "--channel", channel).Output()
		return err == nil && strings.Count(string(out), "\n") == 1
	}
}

// deliveriesIn reads the messages in a backup.
func deliveriesIn(t *testing.T, path string) []roster.Delivery {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy.db")
	raw, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(copied, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := bolttest.Open(t, copied).Deliveries(t.Context(), store.DeliveryQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (d *drill) check(moved int, inRecord []roster.Delivery) {
	d.t.Helper()
	states := map[roster.DeliveryState]int{}
	for _, kept := range inRecord {
		states[kept.State]++
		n := 0
		for _, m := range d.end.received(kept.Channel, false) {
			if m.id == kept.ID {
				n++
			}
		}
		if n == 0 || n > 1 && kept.State == roster.DeliverySent {
			d.t.Errorf("the message %s to %s, which is %s in the backup, came %d times", kept.ID, kept.Channel, kept.State, n)
		}
	}
	if states[roster.DeliverySent] != 1 || states[roster.DeliveryWaiting] != 2 {
		d.t.Errorf("in the backup were %v", states)
	}
	for _, channel := range []string{"desk", "late", "digest"} {
		all, once := d.end.received(channel, false), d.end.received(channel, true)
		for i, m := range all { // an id stands for the same changes each time
			first := all[slices.IndexFunc(all, func(f drilled) bool { return f.id == m.id })]
			if !slices.Equal(m.changes, first.changes) {
				d.t.Errorf("%s: message %d, %s, has the changes %v, and first had %v", channel, i, m.id, m.changes, first.changes)
			}
		}
		n, again := told(once), 0
		for agency, times := range n {
			if again += times - 1; times > 2 {
				d.t.Errorf("%s heard %d times of %s, without doubles", channel, times, agency)
			}
		}
		want := 0
		if moved > 0 && channel != "digest" { // what came after the backup, of a list that is gone
			want = 3
		}
		if len(n) != 5+moved || again != want {
			d.t.Errorf("%s heard of %v, without doubles", channel, n)
		}
	}
}
