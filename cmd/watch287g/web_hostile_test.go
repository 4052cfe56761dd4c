package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web"
)

// Readers who mean harm, or whose programs are broken, over real connections.

// smallSite is a site that knows a few hundred agreements, under no address of its
// own: what it says of itself is what readers say.
func smallSite(t *testing.T) *web.Site {
	t.Helper()
	s := bolttest.New(t)
	var lists []watch.Past
	at := time.Date(2025, time.June, 2, 14, 0, 0, 0, time.UTC)
	for i := range 5 {
		body := sheettest.Participating(sheettest.Sample(300 + 10*i)...)
		lists = append(lists, watch.Past{PublishedAt: at.AddDate(0, 0, i), Link: "participating", File: fmt.Sprintf("list%d.xlsx", i),
			Open: func() ([]byte, error) { return body, nil }})
	}
	if _, err := watch.New(watch.Options{Store: s, Diff: diff.Settings{}}).Import(t.Context(), lists, nil); err != nil {
		t.Fatal(err)
	}
	a := newApp(io.Discard, io.Discard, time.Now)
	site, err := a.newSite(s, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// raw sends bytes and reads all that comes back, until the server ends the
// connection.
func raw(t *testing.T, address, sent string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // all is read
	_ = c.SetDeadline(time.Now().Add(patience))
	go func() { _, _ = io.WriteString(c, sent) }() // which fails once the server has heard enough
	answer, err := io.ReadAll(c)
	if err != nil && len(answer) == 0 {
		t.Errorf("%.60q: no answer: %v", sent, err)
	}
	return string(answer)
}

// stillUp asks for a page as anybody would.
func stillUp(t *testing.T, address string) {
	t.Helper()
	if status, header, n, err := dialReader(t, address).ask(getting("/about")); status != http.StatusOK || n == 0 || err != nil {
		t.Errorf("afterwards the service answers %d, %v: %s", status, err, header)
	}
}

func TestHostileRequests(t *testing.T) {
	t.Parallel() // it waits most of its time
	address := serveAt(t, smallSite(t), defaultLimits())
	for _, test := range hostileRequests() {
		test.try(t, address)
	}
	stillUp(t, address)
}

// hostileRequest is what somebody sends, and the status that it is answered with.
type hostileRequest struct{ name, sent, status string }

// try sends it, and looks at the answer.
func (test hostileRequest) try(t *testing.T, address string) {
	t.Helper()
	answer := raw(t, address, test.sent)
	line, rest, _ := strings.Cut(answer, "\r\n")
	if !strings.HasPrefix(line, "HTTP/1.") || !strings.Contains(line, " "+test.status) {
		t.Errorf("%s: %.100q, want %s", test.name, line, test.status)
	}
	header, page, _ := strings.Cut(rest, "\r\n\r\n")
	seen := strings.ReplaceAll(answer, `<script type="application/ld+json">`, "") // data, which no browser runs
	for _, bad := range []string{"<script", "\r\nX-Evil", "(evil)", "root:", "Location: //", "Cookie: secret"} {
		if strings.Contains(seen, bad) {
			t.Errorf("%s: the answer has %q:\n%.700s", test.name, bad, answer)
		}
	}
	// What reaches the site, and not only Go's server, is guarded and shows a way on.
	if strings.Contains(header, "Content-Security-Policy") && line[9] == '4' {
		if !strings.Contains(header, "Cache-Control: no-store") {
			t.Errorf("%s: the error may be kept: %s", test.name, header)
		}
		if strings.Contains(header, "text/html") && !strings.Contains(page, `href="/"`) {
			t.Errorf("%s: the page shows no way on:\n%.1000s", test.name, page)
		}
	} else if line[9] == '2' && !strings.HasPrefix(test.sent, "OPTIONS *") && !strings.Contains(header, "Content-Security-Policy: default-src 'none'") {
		t.Errorf("%s: the answer is not guarded: %s", test.name, header)
	}
}

func hostileRequests() []hostileRequest {
	get := func(target string, more ...string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: 287g.example\r\nConnection: close\r\n" + strings.Join(more, "") + "\r\n"
	}
	post := func(headers string) string {
		return "POST /changes HTTP/1.1\r\nHost: 287g.example\r\nConnection: close\r\n" + headers + "\r\n"
	}
	return []hostileRequest{
		{"as it should be", get("/about"), "200"},
		{"1 MB of headers", get("/", "X: "+strings.Repeat("x", 1<<20)+"\r\n"), "431"},
		{"100,000 headers", get("/", strings.Repeat("a:b\r\n", 100_000)), "431"},
		{"a long path", get("/" + strings.Repeat("a", 3000)), "414"},
		{"a path longer than all headers may be", get("/" + strings.Repeat("a", 40_000)), "431"},
		{"10,000 parameters", get("/changes?" + strings.Repeat("&a", 10_000)), "414"},
		{"400 parameters", get("/changes?" + strings.Repeat("&a=b", 400)), "200"},
		{"one parameter 400 times", get("/changes?" + strings.Repeat("&state=TX", 200)), "200"},
		{"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n"), "400"},
		{"a length below zero", post("Content-Length: -1\r\n"), "400"},
		{"a length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "405"},
		{"broken chunks", post("Transfer-Encoding: chunked\r\n") + "zz\r\nhello", "405"},
		{"an unknown coding", post("Transfer-Encoding: x\r\n"), "501"},
		{"a body that never comes", post("Content-Length: 99999999999\r\n"), "405"},
		{"a body that waits to be wanted", post("Content-Length: 100000000\r\nExpect: 100-continue\r\n"), "405"},
		{"another expectation", post("Expect: cake\r\n"), "417"},
		{"HTTP/1.0", "GET /about HTTP/1.0\r\n\r\n", "200"},
		{"HTTP/0.9", "GET /about\r\n\r\n", "400"},
		{"HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"},
		{"no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"},
		{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "400"},
		{"a host with markup", "GET / HTTP/1.1\r\nHost: a\"><script>alert(1)</script>\r\nConnection: close\r\n\r\n", "400"},
		{"a host of odd letters that HTTP allows", "GET / HTTP/1.1\r\nHost: a'(evil)&b;\r\nConnection: close\r\n\r\n", "200"},
		{"a whole address", get("http://other.example/about"), "200"},
		{"a whole address of another kind", get("gopher://other.example/about"), "200"},
		{"the server itself", "OPTIONS * HTTP/1.1\r\nHost: 287g.example\r\nConnection: close\r\n\r\n", "200"},
		{"the server itself, wrongly", get("*"), "400"},
		{"a tunnel", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\nConnection: close\r\n\r\n", "400"},
		{"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: secret\r\n\r\n", "405"},
		{"an unknown method", "BREW /about HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "405"},
		{"no method", " /about HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
		{"bad UTF-8", get("/states/%ff%fe"), "400"},
		{"raw bad UTF-8", get("/states/\xff\xfe"), "400"},
		{"NUL", get("/states/%00"), "400"},
		{"a broken escape", get("/states/%zz"), "400"},
		{"a line break in the path", get("/states/%0d%0aX-Evil:%20yes"), "404"},
		{"a line break in a parameter", get("/changes?state=%0d%0aX-Evil:%20yes"), "400"},
		{"out of the folder", get("/../../etc/passwd"), "307"},
		{"out of the folder, hidden", get("/publications/..%2f..%2fetc%2fpasswd/file"), "404"},
		{"backslashes", get(`/..\..\etc\passwd`), "404"},
		{"another host's page", get("//evil.example/%2e%2e"), "307"},
		{"a page far away", get("/changes?before=1000000000"), "200"},
		{"a page that no number counts", get("/changes?before=1" + strings.Repeat("0", 300)), "400"},
		{"a made-up cursor", get("/api/v1/changes?cursor=%F0%9F%92%A9"), "400"},
		{"a pattern that could be tried in many ways", get("/changes?agency=" + strings.Repeat("*a", 50) + "b"), "200"},
		{"a search of odd letters", get("/search?q=" + strings.Repeat("%E2%80%AE%F0%9F%92%A9a%CC%81", 40)), "200"},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x00", 200) + "\r\n\r\n", "400"},
	}
}

// Many parts of a file must not cost more than the file.
func TestPartsWithoutEnd(t *testing.T) {
	address := serveAt(t, smallSite(t), defaultLimits())
	reader := dialReader(t, address)
	_, _, whole, err := reader.ask(getting("/changes"))
	if err != nil {
		t.Fatal(err)
	}
	for parts, most := range map[string]int{
		"bytes=0-9": 10, "bytes=-5": 5, "bytes=0-": whole, "bytes=9999999999-": 1000, "bytes=5-1": 1000, "lines=1-2": 1000,
		"bytes=" + strings.Repeat("0-0,", 5000) + "1-1":   whole,
		"bytes=" + strings.Repeat("0-,", 5000) + "0-":     whole,
		"bytes=99999999999999999999-99999999999999999999": 1000,
	} {
		status, header, n, err := reader.ask(getting("/changes", "Range: "+parts))
		if err != nil || n > most || status >= 500 {
			t.Errorf("%.40s: status %d, %d bytes, %v: %.300s", parts, status, n, err, header)
		}
	}
}

// The answers to HEAD are followed by others on the same connection: a body would
// be taken for one.
func TestHeadHasNoBody(t *testing.T) {
	address := serveAt(t, smallSite(t), defaultLimits())
	var sent bytes.Buffer
	paths := []string{"/", "/about", "/nowhere", "/states/TX", "/changes?state=Atlantis", "/style.css", "/feeds/changes.rss", "/feed",
		"/api/v1/stats", "/api/v1/nothing", "/downloads/agreements.xlsx", "/pictures/nation.png", "/embed/nation", "/robots.txt", "//about"}
	for _, path := range paths {
		fmt.Fprintf(&sent, "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
	}
	reader := dialReader(t, address)
	if _, err := reader.Write(sent.Bytes()); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		for {
			line, err := reader.in.ReadString('\n')
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if line == "\r\n" {
				break
			}
		}
		if next, err := reader.in.Peek(reader.in.Buffered()); err != nil || len(next) > 0 && !bytes.HasPrefix(next, []byte("HTTP/1.1 ")) {
			t.Fatalf("%s has a body: %.40q, %v", path, next, err)
		}
	}
}

func TestPipelining(t *testing.T) {
	reader := dialReader(t, serveAt(t, smallSite(t), defaultLimits()))
	if _, err := reader.Write(bytes.Repeat(getting("/about"), 200)); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if status, _, _, err := reader.answer(); status != http.StatusOK || err != nil {
			t.Fatalf("answer %d: status %d, %v", i+1, status, err)
		}
	}
}

// One who sends a request slowly, and one who does not take an answer, are cut
// off; meanwhile they hold up nobody.
func TestSlowReaders(t *testing.T) {
	t.Parallel() // it waits most of its time
	limits := defaultLimits()
	limits.read, limits.write, limits.idle = 3*time.Second, 3*time.Second, 3*time.Second
	large := bytes.Repeat([]byte("large "), 8<<20)
	gone := make(chan struct{}, 10)
	site := smallSite(t)
	mux := http.NewServeMux()
	mux.Handle("/", site)
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(large)
		gone <- struct{}{}
	})
	address := serveAt(t, mux, limits)
	for range 10 {
		c := dialReader(t, address)
		_ = c.Conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		if _, err := c.Write(getting("/large")); err != nil {
			t.Fatal(err)
		}
	}
	var slow []net.Conn
	for _, begun := range []string{"", "G", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab"} {
		c := dialReader(t, address)
		if _, err := io.WriteString(c, begun); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, c)
	}
	began := time.Now()
	stillUp(t, address)
	t.Logf("beside slow readers a page takes %v", time.Since(began))
	for _, c := range slow {
		_ = c.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("one who sends slowly is not cut off: %v", err)
		}
	}
	for range 10 {
		select {
		case <-gone:
		case <-time.After(patience):
			t.Fatal("one who does not read is not cut off")
		}
	}
}

func TestThousandConnections(t *testing.T) {
	address := serveAt(t, smallSite(t), defaultLimits())
	stillUp(t, address)
	before := runtime.NumGoroutine()
	idle := make([]net.Conn, 1000)
	for i := range idle {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		idle[i] = c
		if i%2 == 0 { // the others do not even begin
			if _, err := c.Write(getting("/about")); err != nil {
				t.Fatal(err)
			}
		}
	}
	stillUp(t, address)
	for _, c := range idle {
		_ = c.Close()
	}
	eventually(t, "the goroutines of readers who left to end", func() bool { return runtime.NumGoroutine() < before+20 })
}

// A storm of what costs most leaves the plain pages quick, and memory bounded.
func TestArchiveStorm(t *testing.T) {
	_, address := openArchive(t, archiveFile(t))
	stillUp(t, address)
	goroutines := runtime.NumGoroutine()
	runtime.GC()
	before := heapMB() // of the site, and of what other tests keep
	stop, done := make(chan struct{}), make(chan pace, 1)
	go func() {
		done <- crowdOf(t, address, 200, 0, 5*time.Second, func() []byte {
			path := []string{"/downloads/changes.xlsx?since=", "/downloads/changes.json?since=", "/compare?from=", "/api/v1/agreements?as_of=",
				"/downloads/agreements.geojson?as_of=", "/changes?since="}[rand.N(6)]
			return getting(path + time.Date(2025, time.February, 22, 0, 0, rand.N(300*86400), 0, time.UTC).Format(time.RFC3339))
		})
		close(stop)
	}()
	var pages pace
	most := 0.0
	reader := dialReader(t, address)
	for asked := true; asked; {
		for _, path := range []string{"/about", "/states/WY", "/agencies/none-such"} {
			began := time.Now()
			if status, header, _, err := reader.ask(getting(path)); err != nil || status >= 500 {
				t.Fatalf("%v: %s", err, header)
			}
			pages.took = append(pages.took, time.Since(began))
		}
		most = max(most, heapMB())
		select {
		case <-stop:
			asked = false
		default:
		}
	}
	storm := <-done
	t.Logf("%d answers in the storm; beside it %d pages, of which 99%% within %.0f ms; %.0f MB of heap at most, %.0f MB before", len(storm.took), len(pages.took), pages.at(99), most, before)
	// Where other things keep the machine busy, the storm takes its time as well.
	if limit := max(1000, storm.at(50)); pages.at(99) > limit {
		t.Errorf("99%% of the plain pages took up to %.0f ms, of at most %.0f ms", pages.at(99), limit)
	}
	if most > 2*before+450 { // the collector waits until there is twice as much as is in use, and longer on a busy machine
		t.Errorf("%.0f MB of heap, and %.0f MB before", most, before)
	}
	eventually(t, "the goroutines of the storm to end", func() bool { return runtime.NumGoroutine() < goroutines+20 })
}
