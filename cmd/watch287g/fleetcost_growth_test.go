package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/watch"
)

var (
	fleetPolls = flag.Int("fleet.polls", 365*24*4, "how many polls TestFleetCostsOfAYear makes; a year's are every 15 minutes")
	fleetQueue = flag.Bool("fleet.queue", false, "have the queue hand out the polls and messages of TestFleetCostsOfAYear, which takes ten times as long")
)

// TestFleetCostsOfHistory measures a poll that finds a new list, the start of a process
// that serves and the sizes of all tables, with 1, 10 and 100 times the history of the
// archive, or of one that is made up.
func TestFleetCostsOfHistory(t *testing.T) {
	needFleetCosts(t)
	for _, times := range []int{1, 10, 100} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			u := newUnderFire(t, 1, firePace{every: time.Hour}, roleServe)
			u.direct = true
			u.site.hurry()
			u.ends.mend()
			index := madeUpArchive(t, 200, 1000)
			if dir := archivetest.Dir(); dir != "" {
				index = filepath.Join(dir, "index.csv")
			}
			files, err := fakeice.ReadArchive(index)
			if err != nil {
				t.Fatal(err)
			}
			moments := fakeice.Moments(files) // the last of which is polled
			last := moments[len(moments)-1]
			past := files[:len(files)-len(last.Files)]
			output(t, program(t, time.Time{}, "--config", configured(t, fmt.Sprintf("store: %q", u.database)), "--data", t.TempDir(), "import", archived(t, past)))
			u.multiply(times)

			u.jump(past[len(past)-1].At.Add(time.Minute))
			u.site.Publish(past...)
			n := u.nodes[0]
			began := time.Now()
			u.start(n)
			u.until("it runs", isThere(u, n))
			page := openedAt.FindStringSubmatch(u.said(n))[1]
			u.timed(page)
			t.Logf("%d times the history: a process that serves answers %v after its start; /changes then takes %v", times, time.Since(began), u.timed(page+"changes"))
			dir := filepath.Join(u.dir, n.name)
			u.poll(dir) // what is there is known
			u.jump(last.At.Add(time.Minute))
			u.site.Publish(last.Files...)
			publications := func() int { return u.count("SELECT count(*) FROM watch287g.publications") }
			before := publications()
			began = time.Now()
			u.poll(dir)
			found := time.Since(began)
			began = time.Now()
			u.poll(dir)
			nothing := time.Since(began)
			if publications() == before {
				t.Error("the poll found nothing")
			}
			t.Logf("%d times the history: a poll that finds a list takes %v, and one that finds nothing new %v; the process has used %s of memory at most", times, found, nothing, mostMemoryOf(n.life.cmd.Process.Pid))
			if _, err := u.look.Exec(t.Context(), "ANALYZE"); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d times the history:\n%s", times, sizes(t, u.look))
		})
	}
}

// mostMemoryOf is the most memory that a process had, as Linux tells it.
func mostMemoryOf(pid int) string {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	peak, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(peak)
}

func (u *underFire) poll(dir string) {
	u.Helper()
	cmd := program(u.T, time.Time{}, "--config", filepath.Join(dir, "watch287g.yaml"), "--data", filepath.Join(dir, "data"), "poll")
	if out, err := cmd.CombinedOutput(); err != nil && !strings.Contains(string(out), "held") {
		u.Logf("polling: %v: %s", err, out)
	}
}

// timed asks for a page and returns how long that took.
func (u *underFire) timed(address string) time.Duration {
	u.Helper()
	began := time.Now()
	response, err := http.Get(address)
	if err != nil {
		u.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		u.Errorf("%s: %s", address, response.Status)
	}
	return time.Since(began)
}

// multiply adds copies of the history, each a year before the one before it: publications
// (without their bytes, which take what they take), changes, and messages that were sent.
func (u *underFire) multiply(times int) {
	u.Helper()
	earlier := func(field string) string {
		return fmt.Sprintf("jsonb_build_object('%[1]s', (doc ->> '%[1]s')::timestamptz - i * interval '365 days')", field)
	}
	for _, sql := range []string{
		`INSERT INTO watch287g.publications (seq, sha256, kept_as, doc)
			SELECT seq + i * n, 'copy' || i || sha256, kept_as, (doc::jsonb || jsonb_build_object('seq', seq + i * n) || ` + earlier("published_at") + ` || ` + earlier("seen_at") + ` || ` + earlier("effective_at") + `)::json
			FROM watch287g.publications, generate_series(1, $1::int) AS g (i), (SELECT max(seq) AS n FROM watch287g.publications) m`,
		`INSERT INTO watch287g.changes (seq, id, doc)
			SELECT seq + i * n, id || '-' || i, (doc::jsonb || jsonb_build_object('seq', seq + i * n, 'id', id || '-' || i) || ` + earlier("detected_at") + `)::json
			FROM watch287g.changes, generate_series(1, $1::int) AS g (i), (SELECT max(seq) AS n FROM watch287g.changes) m`,
		`UPDATE watch287g.state SET doc = (doc::jsonb || jsonb_build_object('seqs', jsonb_build_object(
			'publication', (SELECT max(seq) FROM watch287g.publications), 'change', (SELECT max(seq) FROM watch287g.changes))))::json WHERE $1::int >= 0`,
		`INSERT INTO watch287g.deliveries (seq, id, channel, state, attempts, changes, doc)
			SELECT i, 'dlv_' || i, 'c' || i % 10, 'sent', 1, '{1,2,3}', json_build_object('seq', i, 'id', 'dlv_' || i, 'channel', 'c' || i % 10, 'state', 'sent', 'changes', '[1,2,3]'::json, 'filler', repeat('x', 300))
			FROM generate_series(1, ($1::int + 1) * 2000) AS g (i)`,
		`UPDATE watch287g.state SET doc = (doc::jsonb || jsonb_build_object('delivery', (SELECT max(seq) FROM watch287g.deliveries)))::json WHERE $1::int >= 0`,
	} {
		if _, err := u.look.Exec(u.Context(), sql, times-1); err != nil {
			u.Fatalf("%v: %s", err, sql)
		}
	}
	if _, err := u.look.Exec(u.Context(), "ANALYZE"); err != nil {
		u.Fatal(err)
	}
}

// sizes are those of all tables and indexes, with the rows that are dead.
func sizes(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT c.relname, c.relkind::text, pg_total_relation_size(c.oid), coalesce(s.n_live_tup, 0), coalesce(s.n_dead_tup, 0)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
		WHERE n.nspname = 'watch287g' AND c.relkind IN ('r', 'i') AND pg_total_relation_size(c.oid) > 8192 ORDER BY 3 DESC`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var text strings.Builder
	for rows.Next() {
		var name, kind string
		var size, live, dead int64
		if err := rows.Scan(&name, &kind, &size, &live, &dead); err != nil {
			t.Fatal(err)
		}
		if fmt.Fprintf(&text, "%10.1f kB  %s", float64(size)/1024, name); kind == "r" {
			fmt.Fprintf(&text, ", with its indexes: %d rows, %d dead", live, dead)
		}
		text.WriteString("\n")
	}
	return text.String()
}

// TestFleetCostsOfAYear polls for a year, every 15 minutes, with two lists a week and
// three channels, and looks at the tables each month: they grow with what is kept, and
// not with how often was polled. The queue is used where a flag says so.
func TestFleetCostsOfAYear(t *testing.T) {
	needFleetCosts(t)
	server := pgtest.Start(t, "fsync=on", "synchronous_commit=on", "autovacuum_naptime=1s") // a month takes seconds
	database := server.Database(t)
	s, err := postgres.Open(t.Context(), database, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // only the test's
	site := &fakeice.Site{}
	web := httptest.NewServer(site)
	defer web.Close()
	end := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer end.Close()
	clock, started := &clock{at: time.Date(2025, time.January, 6, 12, 0, 0, 0, time.UTC)}, time.Now()
	a := newApp(io.Discard, io.Discard, func() time.Time { return clock.now().Add(time.Since(started)) }) // what waits for its time gets it
	a.flags = &commands{Data: t.TempDir(), Config: configured(t, "source:", "  page: https://ice.example"+fakeice.PagePath, "  mirror: "+web.URL, "channels:",
		hookTo("one", end.URL), hookTo("two", end.URL), hookTo("three", end.URL))}
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	w, sender, _, err := a.newWatcher(s, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	work := sender.Run
	poll := func() error {
		_, err := w.Poll(t.Context())
		return err
	}
	if *fleetQueue {
		work, poll = queued(t, a, s, w, sender)
	}
	working := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { working <- work(ctx) }()
	defer func() {
		stop()
		if err := <-working; err != nil {
			t.Error(err)
		}
	}()
	rows, listed := sheettest.Sample(2000), 800
	var polling []time.Duration
	for i := range *fleetPolls {
		if i%336 == 0 { // half a week
			listed += 3
			site.Publish(fakeice.File{Link: fakeice.Participating, Name: fmt.Sprintf("list%d.xlsx", i), At: clock.now(), Body: sheettest.Participating(rows[:listed]...)})
		}
		began := time.Now()
		if err := poll(); err != nil {
			t.Fatal(err)
		}
		polling = append(polling, time.Since(began))
		site.Requests()                 // which it would keep
		clock.advance(16 * time.Minute) // the pause is a little longer at times
		if (i+1)%max(1, *fleetPolls/12) == 0 {
			slices.Sort(polling)
			t.Logf("after %d polls, the last of which took %v in the median and %v at most:\n%s", i+1, polling[len(polling)/2], polling[len(polling)-1], sizes(t, s.Pool()))
			polling = nil
		}
	}
}

// queued is what works by River's queue, and what waits for one poll of that.
func queued(t *testing.T, a *app, s *postgres.Store, w *watch.Watcher, sender *notify.Sender) (work func(context.Context) error, poll func() error) {
	t.Helper()
	fleet, err := a.newFleet(s, w, sender, nil, nil, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	last := uint64(0)
	return fleet.Run, func() error {
		fleet.Kick()
		for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(2 * time.Millisecond) {
			polls, err := s.Polls(t.Context(), 1)
			if err != nil || len(polls) > 0 && polls[0].Seq > last {
				last++
				return err
			}
		}
		return errors.New("nobody polls")
	}
}

func hookTo(name, address string) string {
	return fmt.Sprintf("  - {name: %s, webhook: {url: %q, allow_private: true}}", name, address)
}
