package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// memory follows what this process uses: the far ends of the channels, which run
// in it, included.
type memory struct {
	restHeap, restRSS float64 // MB
	peakHeap, peakRSS float64
	stop              chan struct{}
	done              sync.WaitGroup
}

func watchMemory() *memory {
	m := &memory{stop: make(chan struct{})}
	runtime.GC()
	m.restHeap, m.restRSS = heapMB(), rssMB()
	m.done.Go(func() {
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			m.peakHeap, m.peakRSS = max(m.peakHeap, heapMB()), max(m.peakRSS, rssMB())
			select {
			case <-ticker.C:
			case <-m.stop:
				return
			}
		}
	})
	return m
}

func (m *memory) report(b *testing.B) {
	close(m.stop)
	m.done.Wait()
	b.ReportMetric(m.restHeap, "rest-heap-MB")
	b.ReportMetric(m.peakHeap, "peak-heap-MB")
	b.ReportMetric(m.restRSS, "rest-RSS-MB")
	b.ReportMetric(m.peakRSS, "peak-RSS-MB")
}

func heapMB() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / (1 << 20)
}

// rssMB is 0 where the system does not say.
func rssMB() float64 {
	var pages, resident int
	body, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(body), &pages, &resident)
	}
	if err != nil {
		return 0
	}
	return float64(resident*os.Getpagesize()) / (1 << 20)
}

// countedQueue calls done when so many deliveries are settled as sent.
type countedQueue struct {
	notify.Queue
	left atomic.Int64
	done func()
}

func (q *countedQueue) SaveProgress(ctx context.Context, ds ...roster.Delivery) error {
	err := q.Queue.SaveProgress(ctx, ds...)
	for _, d := range ds {
		if err == nil && d.State == roster.DeliverySent && q.left.Add(-1) == 0 {
			q.done()
		}
	}
	return err
}

// enqueue commits n deliveries of one change to each channel, and returns how
// many there are.
func enqueue(b *testing.B, s store.Store, n int, channels []string, run int) int {
	b.Helper()
	changes, err := s.Changes(b.Context(), store.ChangeQuery{Limit: 1})
	if err != nil || len(changes) == 0 {
		b.Fatal("no change to tell", err)
	}
	now := time.Now().UTC()
	var all []roster.Delivery
	for i := range n {
		for _, c := range channels {
			all = append(all, roster.Delivery{ID: fmt.Sprintf("dlv_%d_%s_%d", run, c, i), Channel: c, Changes: []uint64{changes[0].Seq},
				CreatedAt: now, DueAt: now, State: roster.DeliveryWaiting})
		}
	}
	if err := s.Enqueue(b.Context(), all, nil); err != nil {
		b.Fatal(err)
	}
	return len(all)
}

// sendAll sends what waits and returns how long that took, until the last result
// was on disk.
func sendAll(b *testing.B, s store.Store, channels map[string]notify.Channel, n int) time.Duration {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	q := &countedQueue{Queue: store.Queue{Store: s}, done: cancel}
	q.left.Store(int64(n))
	start := time.Now()
	if err := notify.NewSender(notify.SenderOptions{Queue: q, Channels: channels}).Run(ctx); err != nil || q.left.Load() != 0 {
		b.Fatal(q.left.Load(), "are left", err)
	}
	return time.Since(start)
}

// BenchmarkDeliveries sends 10,000 deliveries over 100 channels to a webhook on
// this machine, out of a store on disk. Its floor is to post the same bodies there
// without a store, 100 at a time: over a new connection each, as to partners whose
// messages are minutes apart, and over kept ones.
func BenchmarkDeliveries(b *testing.B) {
	const each = 100
	var body atomic.Pointer[[]byte]
	var got atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		received, err := io.ReadAll(r.Body)
		if err == nil {
			got.Add(1)
			body.CompareAndSwap(nil, &received)
		}
	}))
	defer server.Close()
	site := newFaultSite(b)
	s := newTellingService(b, site, webhooksYAML(map[string]string{"unused": server.URL}))
	site.publish()
	if _, err := s.watcher.Poll(b.Context()); err != nil { // a change to tell
		b.Fatal(err)
	}
	channels, names := map[string]notify.Channel{}, []string{}
	for i := range 100 {
		name := fmt.Sprintf("channel-%02d", i)
		channel, err := notify.NewWebhook(notify.WebhookConfig{URL: server.URL, AllowPrivate: true}, notify.Deps{Now: time.Now, Version: "dev"})
		if err != nil {
			b.Fatal(err)
		}
		names, channels[name] = append(names, name), channel
	}
	var ours, fresh, kept time.Duration
	var m *memory
	total := 0
	for run := range b.N {
		n := enqueue(b, s.store, each, names, run)
		got.Store(0)
		m = watchMemory()
		ours += sendAll(b, s.store, channels, n)
		if got.Load() != int64(n) {
			b.Fatalf("%d of %d arrived", got.Load(), n)
		}
		m.report(b)
		fresh += post(b, server.URL, *body.Load(), n, len(names), &http.Transport{DisableKeepAlives: true})
		kept += post(b, server.URL, *body.Load(), n, len(names), &http.Transport{MaxIdleConnsPerHost: len(names)})
		total += n
	}
	b.ReportMetric(float64(total)/ours.Seconds(), "deliveries/s")
	b.ReportMetric(float64(total)/fresh.Seconds(), "floor-posts/s")
	b.ReportMetric(float64(total)/kept.Seconds(), "floor-kept-posts/s")
	b.ReportMetric(0, "ns/op")
}

// post posts a body n times, so many at once.
func post(b *testing.B, url string, body []byte, n, atOnce int, transport *http.Transport) time.Duration {
	b.Helper()
	client := &http.Client{Transport: transport}
	defer transport.CloseIdleConnections()
	start := time.Now()
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for range n / atOnce {
				resp, err := client.Post(url, "application/json", bytes.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// benchMail takes all mail, and keeps one.
type benchMail struct {
	mu   sync.Mutex
	n    int
	mail []byte
}

func (m *benchMail) Mail(string, *smtp.MailOptions) error { return nil }
func (m *benchMail) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (m *benchMail) Reset()                               {}
func (m *benchMail) Logout() error                        { return nil }

func (m *benchMail) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.n++
	m.mail = raw
	return err
}

// BenchmarkEmails sends one message to 1,000 recipients, each of whom gets a mail
// of their own, and 1,000 messages to one. Its floor is to hand a mail server the
// same mails over one connection.
func BenchmarkEmails(b *testing.B) {
	box := &benchMail{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return box, nil }))
	server.Domain, server.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	defer server.Close() //nolint:errcheck // the benchmark is over
	site := newFaultSite(b)
	s := newTellingService(b, site, webhooksYAML(map[string]string{"unused": "http://127.0.0.1:1"}))
	site.publish()
	if _, err := s.watcher.Poll(b.Context()); err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]struct{ recipients, messages int }{"one-to-1000": {1000, 1}, "1000-to-one": {1, 1000}} {
		b.Run(name, func(b *testing.B) {
			conf := notify.EmailConfig{Name: "members", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: notify.SecurityPlain, From: "watch@example.org"}
			for i := range c.recipients {
				conf.To = append(conf.To, fmt.Sprintf("reader%d@example.net", i))
			}
			channel, err := notify.NewEmail(conf, notify.Deps{Now: time.Now, Version: "dev"})
			if err != nil {
				b.Fatal(err)
			}
			var ours, floor time.Duration
			for range b.N {
				box.n = 0
				mailRuns++
				n := enqueue(b, s.store, c.messages, []string{"members"}, mailRuns)
				m := watchMemory()
				ours += sendAll(b, s.store, map[string]notify.Channel{"members": channel}, n)
				m.report(b)
				if box.n != 1000 {
					b.Fatalf("%d mails arrived", box.n)
				}
				floor += handOver(b, l.Addr().String(), box.mail, 1000)
			}
			b.ReportMetric(1000*float64(b.N)/ours.Seconds(), "mails/s")
			b.ReportMetric(1000*float64(b.N)/floor.Seconds(), "floor-mails/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// mailRuns tells the deliveries of one run from those of another.
var mailRuns int

func handOver(b *testing.B, address string, mail []byte, n int) time.Duration {
	b.Helper()
	start := time.Now()
	c, err := smtp.Dial(address)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // all is handed over
	for range n {
		if err := c.SendMail("watch@example.org", []string{"reader@example.net"}, bytes.NewReader(mail)); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}

// BenchmarkLastOfHundred measures from the poll that finds a publication until
// the last of 100 channels has taken its message, where each takes 200 ms to do
// so. Its floor is the poll alone, with those 200 ms.
func BenchmarkLastOfHundred(b *testing.B) {
	const latency = 200 * time.Millisecond
	arrived := make(chan time.Time, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-time.After(latency)
		arrived <- time.Now()
	}))
	defer server.Close()
	urls := map[string]string{}
	for i := range 100 {
		urls[fmt.Sprintf("channel-%02d", i)] = server.URL
	}
	site := newFaultSite(b)
	s := newTellingService(b, site, webhooksYAML(urls))
	s.send(b)
	const rounds = 5
	var last, poll, worst time.Duration
	for range rounds * b.N {
		site.publish()
		start := time.Now()
		r, err := s.watcher.Poll(b.Context())
		if err != nil || len(r.Changes) == 0 {
			b.Fatal(r.Sentence, err)
		}
		poll += time.Since(start)
		var at time.Time
		for range urls {
			if t := <-arrived; t.After(at) {
				at = t
			}
		}
		last += at.Sub(start)
		worst = max(worst, at.Sub(start))
	}
	n := float64(rounds * b.N)
	b.ReportMetric(last.Seconds()*1000/n, "ms/last")
	b.ReportMetric(worst.Seconds()*1000, "worst-ms")
	b.ReportMetric(poll.Seconds()*1000/n+float64(latency.Milliseconds()), "floor-ms")
	b.ReportMetric(0, "ns/op")
}
