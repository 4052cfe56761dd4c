package ops

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// minute is so many minutes into the history of these tests.
func minute(n int) time.Time { return time.Date(2025, 6, 11, 12, n, 0, 0, time.UTC) }

// measures are those of a store that has seen everything.
func measures() store.Measures {
	return store.Measures{Revision: 42, Bytes: 4096, Reading: roster.Reading{Read: minute(30)}, LastPoll: minute(45), Holds: 1,
		Documents: 3, DocumentBytes: 900_000, Addresses: map[roster.DocumentState]int{roster.DocumentHad: 3, roster.DocumentFailing: 1},
		Lists: map[roster.List]roster.ListReading{
			roster.ListParticipating: {ReadAt: minute(30), Linked: true},
			roster.ListPending:       {ReadAt: minute(0)},
		},
		Channels: map[string]store.ChannelMeasures{
			"news":           {Waiting: 3, Dead: 2, Due: minute(31)},
			"gone\"\\\nname": {Waiting: 1, Due: minute(1)},
		}}
}

// everything is a monitor that has something to say of all that there is.
func everything(t *testing.T) *Monitor {
	t.Helper()
	m := New(Options{Version: "v1", Disk: t.TempDir(),
		Measure: func(context.Context) (store.Measures, error) { return measures(), nil },
		Database: func(context.Context) (Database, error) {
			return Database{Jobs: map[Job]int{{"poll", "running"}: 1, {"send", "available"}: 2}, OldestTransaction: 3 * time.Second}, nil
		}})
	m.Configure(Config{Every: 15 * time.Minute, Channels: []Channel{{Name: "news"}, {Name: "on-call", Operator: true}}})
	m.ServePages()
	m.Loaded(42, minute(46))
	m.Polled(roster.Poll{Outcome: "changed", Took: 2 * time.Second})
	m.Tried("news", "failed", 2, time.Second)
	m.Tried("on-call", "sent", 1, time.Second)
	m.Answered("page", http.StatusOK, time.Millisecond)
	m.Answered("page", http.StatusOK, time.Millisecond)
	m.Answered("api", http.StatusServiceUnavailable, time.Second)
	m.Refused("address")
	m.Conflicts(4)
	m.Backups(Backups{Last: minute(40), Every: 24 * time.Hour})
	return m
}

func ask(m *Monitor, path string) (status int, body string) {
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec.Code, rec.Body.String()
}

func TestMetricsAreNamedAsPrometheusWants(t *testing.T) {
	problems, err := testutil.GatherAndLint(everything(t).registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, prefix) {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestMetrics(t *testing.T) {
	_, body := ask(everything(t), "/metrics")
	for _, want := range []string{
		"watch287g_ready 1",
		"watch287g_store_up 1",
		"watch287g_store_size_bytes 4096",
		"watch287g_store_revision 42",
		"watch287g_poll_interval_seconds 900",
		"watch287g_poll_timestamp_seconds 1.7496459e+09",
		"watch287g_poll_good_timestamp_seconds 1.749645e+09",
		`watch287g_list_read_timestamp_seconds{list="participating"} 1.749645e+09`,
		`watch287g_list_read_timestamp_seconds{list="pending"} 1.7496432e+09`,
		`watch287g_list_linked{list="participating"} 1`,
		`watch287g_list_linked{list="pending"} 0`,
		"watch287g_holds_open 1",
		"watch287g_documents 3",
		"watch287g_documents_size_bytes 900000",
		"watch287g_document_conflicts 4",
		`watch287g_document_addresses{state="failing"} 1`,
		`watch287g_document_addresses{state="gone"} 0`,
		`watch287g_deliveries_waiting{channel="news"} 3`,
		`watch287g_deliveries_waiting{channel="on-call"} 0`,
		`watch287g_deliveries_waiting{channel="gone\"\\\nname"} 1`,
		`watch287g_deliveries_dead{channel="news"} 2`,
		`watch287g_deliveries_due_timestamp_seconds{channel="news"} 1.74964506e+09`,
		`watch287g_channel_info{channel="news",operator="false"} 1`,
		`watch287g_channel_info{channel="on-call",operator="true"} 1`,
		"watch287g_snapshot_revision 42",
		"watch287g_snapshot_timestamp_seconds 1.74964596e+09",
		`watch287g_jobs{kind="poll",state="running"} 1`,
		"watch287g_database_oldest_transaction_seconds 3",
		`watch287g_polls_total{outcome="changed"} 1`,
		"watch287g_poll_duration_seconds_sum 2",
		`watch287g_sends_total{channel="news",result="failed"} 1`,
		`watch287g_send_retries_total{channel="news"} 1`,
		`watch287g_send_duration_seconds_count{channel="on-call"} 1`,
		`watch287g_http_requests_total{class="page",code="200"} 2`,
		`watch287g_http_requests_total{class="api",code="503"} 1`,
		`watch287g_http_request_duration_seconds_count{class="page"} 2`,
		`watch287g_http_refused_total{reason="address"} 1`,
	} {
		if !strings.Contains(body, "\n"+want+"\n") {
			t.Errorf("there is no %q", want)
		}
	}
	for _, want := range []string{"watch287g_disk_free_bytes ", "watch287g_disk_size_bytes ", `watch287g_build_info{goversion="go1.`, "\ngo_goroutines ",
		"watch287g_store_read_timestamp_seconds "} {
		if !strings.Contains(body, want) {
			t.Errorf("there is no %q", want)
		}
	}
	if strings.Contains(body, `watch287g_deliveries_due_timestamp_seconds{channel="on-call"}`) || strings.Contains(body, `send_retries_total{channel="on-call"}`) {
		t.Error("a channel where nothing waits has something that is due")
	}
}

// A process that knows nothing yet claims nothing.
func TestMetricsOfNothing(t *testing.T) {
	m := New(Options{Measure: func(context.Context) (store.Measures, error) { return store.Measures{}, nil }})
	_, body := ask(m, "/metrics")
	for _, name := range []string{"poll_timestamp", "poll_good", "list_read", "list_linked", "deliveries", "snapshot", "disk", "jobs", "store_size", "poll_interval"} {
		if strings.Contains(body, "\nwatch287g_"+name) {
			t.Errorf("there is a %s", name)
		}
	}
	if !strings.Contains(body, "\nwatch287g_ready 1\n") || !strings.Contains(body, "\nwatch287g_holds_open 0\n") {
		t.Errorf("it says %s", body)
	}
	var none *Monitor // as commands that are no service have it
	none.Polled(roster.Poll{})
	none.Tried("", "", 2, 0)
	none.Answered("", 0, 0)
	none.Refused("")
	none.Beat(0)
	none.Loaded(0, time.Time{})
	none.Configure(Config{})
	none.ServePages()
}

// A store that does not answer keeps nobody waiting for long, is asked once only, and
// what it said last is shown with its age.
func TestStalledStoreStallsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Int64
		var stall chan struct{}
		m := New(Options{Measure: func(context.Context) (store.Measures, error) {
			count.Add(1)
			if stall != nil {
				<-stall // whatever its context says
			}
			return measures(), nil
		}})
		scrape := func() (took time.Duration, body string) {
			began := time.Now()
			_, body = ask(m, "/metrics")
			return time.Since(began), body
		}
		reads := count.Load
		if took, body := scrape(); took > 0 || reads() != 1 || !strings.Contains(body, "\nwatch287g_store_up 1\n") {
			t.Fatalf("well: %v, %d reads: %s", took, reads(), body)
		}
		if scrape(); reads() != 1 {
			t.Errorf("%d reads for two scrapes within a second", reads())
		}
		time.Sleep(time.Minute)
		stall = make(chan struct{})
		for n := range 5 {
			took, body := scrape()
			if took > patience || n > 0 && took > 0 || reads() != 2 {
				t.Errorf("scrape %d takes %v, with %d reads", n, took, reads())
			}
			for _, want := range []string{"store_up 0", "holds_open 1", "store_read_timestamp_seconds 9.466848e+08"} {
				if !strings.Contains(body, "\nwatch287g_"+want+"\n") {
					t.Errorf("scrape %d has no %s: %s", n, want, body)
				}
			}
			if status, why := ask(m, "/readyz"); status != http.StatusServiceUnavailable || why != "not ready: the store does not answer; it was last read at 2000-01-01T00:00:00Z\n" {
				t.Errorf("ready: %d, %q", status, why)
			}
		}
		if why := m.Stuck(t.Context()); why != "" {
			t.Errorf("it is stuck at once: %s", why)
		}
		time.Sleep(longestStall)
		if why := m.Stuck(t.Context()); why != "the store has not answered since 2000-01-01T00:01:00Z" {
			t.Errorf("it is not stuck: %q", why)
		}
		close(stall)
		synctest.Wait()
		if _, body := scrape(); !strings.Contains(body, "\nwatch287g_store_up 1\n") || m.Stuck(t.Context()) != "" {
			t.Error("it stays stalled")
		}
	})
}

// What a store says of an error goes to the log, once, and to nobody else.
func TestFailingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		failure := errors.New("cannot reach postgres://db.example.org")
		fails := false
		m := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Measure: func(context.Context) (store.Measures, error) {
			if fails {
				return store.Measures{}, failure
			}
			return measures(), nil
		}})
		if status, said := ask(m, "/readyz"); status != http.StatusOK || said != "ready\n" {
			t.Errorf("ready: %d, %q", status, said)
		}
		time.Sleep(time.Minute)
		fails = true
		for range 3 {
			if status, why := ask(m, "/readyz"); status != http.StatusServiceUnavailable || why != "not ready: the store cannot be read, and the log says why; it was last read at 2000-01-01T00:00:00Z\n" {
				t.Errorf("ready: %d, %q", status, why)
			}
			if _, body := ask(m, "/metrics"); strings.Contains(body, "example.org") || !strings.Contains(body, "\nwatch287g_store_up 0\n") || !strings.Contains(body, "\nwatch287g_holds_open 1\n") {
				t.Errorf("the metrics: %s", body)
			}
			if why := m.Stuck(t.Context()); why != "" {
				t.Errorf("it is stuck: %s", why)
			}
			time.Sleep(time.Minute)
		}
		fails = false
		ask(m, "/readyz")
		if n := strings.Count(log.String(), "example.org"); n != 1 || strings.Count(log.String(), "\n") != 2 {
			t.Errorf("it logs %s", log.String())
		}
	})
}

func TestReadyWithASnapshotOnly(t *testing.T) {
	m := New(Options{Measure: func(context.Context) (store.Measures, error) { return measures(), nil }})
	m.ServePages()
	if status, why := ask(m, "/readyz"); status != http.StatusServiceUnavailable || why != "not ready: what pages are made from is not loaded yet\n" {
		t.Errorf("ready: %d, %q", status, why)
	}
	if status, said := ask(m, "/healthz"); status != http.StatusOK || said != "alive\n" {
		t.Errorf("alive: %d, %q", status, said)
	}
	m.Loaded(1, minute(1))
	if status, _ := ask(m, "/readyz"); status != http.StatusOK {
		t.Errorf("ready: %d", status)
	}
	for _, path := range []string{"/", "/debug/pprof/", "/healthz/x"} {
		if status, _ := ask(m, path); status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

func TestEverythingAtOnce(t *testing.T) {
	m := everything(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 200 {
				m.Answered([]string{"page", "feed"}[n%2], 200+n%3, time.Millisecond)
				m.Refused("busy")
				m.Loaded(uint64(n), time.Now())
				m.Beat(time.Minute)
				if n%50 == 0 {
					m.Configure(Config{Every: time.Minute})
					ask(m, "/metrics")
					m.Status(t.Context())
				}
			}
		})
	}
	wg.Wait()
	if _, body := ask(m, "/metrics"); !strings.Contains(body, "\n"+`watch287g_http_refused_total{reason="busy"} 1600`+"\n") {
		t.Error("some were not counted")
	}
}

func BenchmarkAnswered(b *testing.B) {
	m := New(Options{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Answered("page", http.StatusOK, 80*time.Microsecond)
		}
	})
}
