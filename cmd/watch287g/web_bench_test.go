package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web"
)

// webReader asks over one connection that is kept, and reads no more of an answer
// than it must: it should cost less than the server.
type webReader struct {
	net.Conn
	in *bufio.Reader
}

func dialReader(t testing.TB, address string) *webReader {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &webReader{c, bufio.NewReaderSize(c, 16<<10)}
}

// getting is a GET as it is sent.
func getting(path string, headers ...string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: 287g.example\r\n" + strings.Join(append(headers, "\r\n"), "\r\n"))
}

// ask returns the status, the header as it was sent, and the length of the body,
// which is thrown away.
func (r *webReader) ask(request []byte) (status int, header string, length int, err error) {
	if _, err := r.Write(request); err != nil {
		return 0, "", 0, err
	}
	return r.answer()
}

func (r *webReader) answer() (status int, header string, length int, err error) {
	var head []byte
	for {
		line, err := r.in.ReadSlice('\n')
		if err != nil {
			return 0, "", 0, err
		}
		if head = append(head, line...); len(line) == 2 {
			break
		}
	}
	header = string(head)
	if len(header) < 12 {
		return 0, header, 0, io.ErrUnexpectedEOF
	}
	if status, err = strconv.Atoi(header[9:12]); err != nil {
		return status, header, 0, err
	}
	if _, rest, ok := strings.Cut(header, "\r\nContent-Length: "); ok {
		digits, _, _ := strings.Cut(rest, "\r\n")
		if length, err = strconv.Atoi(digits); err != nil {
			return status, header, 0, err
		}
		_, err = r.in.Discard(length)
	}
	return status, header, length, err
}

// pace is how fast a server answered.
type pace struct {
	took  []time.Duration // of each request
	clock time.Duration   // of all
}

func (p pace) rate() float64 { return float64(len(p.took)) / p.clock.Seconds() }

// at is what so many percent of the requests did not take longer than, in
// milliseconds.
func (p pace) at(percent int) float64 {
	slices.Sort(p.took)
	return p.took[(len(p.took)-1)*percent/100].Seconds() * 1000
}

// crowd asks for one address, or what next makes up each time, over so many
// connections for a while.
func crowd(t testing.TB, address string, connections, status int, long time.Duration, next func() []byte) pace {
	t.Helper()
	var all pace
	var mu sync.Mutex
	var wg sync.WaitGroup
	began := time.Now()
	for range connections {
		reader := dialReader(t, address)
		wg.Go(func() {
			defer reader.Close() //nolint:errcheck // all is read
			var took []time.Duration
			for time.Since(began) < long {
				asked := time.Now()
				got, header, _, err := reader.ask(next())
				if err != nil || status != 0 && got != status {
					t.Errorf("status %d, %v: %s", got, err, header)
					return
				}
				took = append(took, time.Since(asked))
			}
			mu.Lock()
			defer mu.Unlock()
			all.took = append(all.took, took...)
		})
	}
	wg.Wait()
	all.clock = time.Since(began)
	return all
}

// served is a program that serves on this machine, in a process of its own.
type served struct {
	pid     int
	address string
}

// start runs a program until the benchmark is over, once it has printed the
// address that it serves at.
func start(b *testing.B, cmd *exec.Cmd) served {
	b.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = in, in
	if err := errors.Join(cmd.Start(), in.Close()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		_ = out.Close()
	})
	said := bufio.NewReader(out)
	for {
		line, err := said.ReadString('\n')
		if found := regexp.MustCompile(`http://(127\.0\.0\.1:[0-9]+)`).FindStringSubmatch(line); found != nil && !strings.Contains(line, ":1/") {
			go func() { _, _ = io.Copy(io.Discard, said) }()
			return served{cmd.Process.Pid, found[1]}
		}
		if err != nil {
			b.Fatalf("%v serves nothing: %s %v", cmd.Args, line, err)
		}
	}
}

// memoryMB is what a process has in memory now, and the part of it that is its
// own: the rest is the program's and the store's file, mapped, which the system
// may drop at any time. It is 0 where the system does not say.
func (s served) memoryMB() (all, own float64) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	read := func(name string) float64 {
		_, rest, _ := strings.Cut(string(status), "\n"+name+":")
		var kB float64
		_, _ = fmt.Sscan(rest, &kB)
		return kB / 1024
	}
	return read("VmRSS"), read("RssAnon")
}

// floorFolder is the variable that makes TestFloorServer serve a folder.
const floorFolder = "WATCH287G_TEST_FLOOR"

// TestFloorServer is no test: run by a benchmark in a process of its own, it is
// Go's file server, beside which the program's figures stand.
func TestFloorServer(t *testing.T) {
	folder := os.Getenv(floorFolder)
	if folder == "" {
		t.Skip("only for benchmarks")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(addressOf(l))
	t.Fatal(http.Serve(l, http.FileServerFS(os.DirFS(folder))))
}

func floorServer(b *testing.B, folder string) served {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestFloorServer$")
	cmd.Env = append(os.Environ(), floorFolder+"="+folder)
	return start(b, cmd)
}

// archiveService runs the program within the memory that it is deployed with, and
// with the archive in its store, or with a made-up one. Nothing can be polled.
func archiveService(b *testing.B) (served, func(args ...string)) {
	b.Helper()
	program, data := buildProgram(b), b.TempDir()
	index := archiveIndex()
	if index == "" {
		index = madeUpArchive(b, 385, 1300)
	}
	settings := filepath.Join(data, "watch287g.yaml")
	if err := os.WriteFile(settings, []byte("web: {listen: \"127.0.0.1:0\"}\nsource: {mirror: \"http://127.0.0.1:1/\", every: 24h}\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	flags := []string{"--data", data, "--config", settings}
	call := func(args ...string) { _ = exec.Command(program, append(args, flags...)...).Run() }
	call("import", index)
	cmd := exec.Command(program, append([]string{"run"}, flags...)...)
	cmd.Env = append(os.Environ(), deployedLimit(b))
	return start(b, cmd), call
}

// body asks for an address and returns what is there.
func body(b *testing.B, address, path string, headers ...string) []byte {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // all is read
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: status %d, %v", path, resp.StatusCode, err)
	}
	return content
}

// How each server is asked.
const (
	benchConnections = 16
	benchSlice       = 300 * time.Millisecond // ours and the floor's turn about, as the machine's load varies
	benchSlices      = 6
)

// BenchmarkPages serves the pages that most readers ask for, with the archive in
// the store. Its floor is Go's file server with the same bytes, by the same client
// in the same run.
func BenchmarkPages(b *testing.B) {
	service, _ := archiveService(b)
	agency := regexp.MustCompile(`/agencies/[^"]+`).Find(body(b, service.address, "/states/FL"))
	folder := b.TempDir()
	floor := floorServer(b, folder)
	for _, page := range []struct{ name, path string }{
		{"front", "/"}, {"state", "/states/FL"}, {"agency", string(agency)}, {"feed", "/feeds/changes.rss"}, {"api", "/api/v1/changes"},
	} {
		for _, coding := range []string{"identity", "gzip"} {
			b.Run(page.name+"/"+coding, func(b *testing.B) {
				accept := "Accept-Encoding: " + coding
				content := body(b, service.address, page.path, "Accept-Encoding", coding)
				file := page.name + "." + coding
				if err := os.WriteFile(filepath.Join(folder, file), content, 0o600); err != nil {
					b.Fatal(err)
				}
				ours, theirs := beside(b, service.address, floor.address, http.StatusOK, getting(page.path, accept), getting("/"+file))
				report(b, ours, theirs)
				b.ReportMetric(float64(len(content)), "bytes")
			})
		}
	}
	b.Run("not-modified", func(b *testing.B) {
		since := "If-Modified-Since: " + time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
		_, header, _, err := dialReader(b, service.address).ask(getting("/"))
		_, rest, ok := strings.Cut(header, "\r\nEtag: ")
		if !ok || err != nil {
			b.Fatal(header, err)
		}
		tag, _, _ := strings.Cut(rest, "\r\n")
		ours, theirs := beside(b, service.address, floor.address, http.StatusNotModified,
			getting("/", "If-None-Match: "+tag), getting("/front.identity", since))
		report(b, ours, theirs)
	})
	b.Run("memory", func(b *testing.B) {
		pages, own := service.memoryMB()
		for _, f := range []string{"agreements.csv", "agreements.xlsx", "changes.xlsx", "changes.json"} {
			body(b, service.address, "/downloads/"+f)
		}
		idle := make([]*webReader, 1000)
		for i := range idle {
			idle[i] = dialReader(b, service.address)
			if _, _, _, err := idle[i].ask(getting("/about")); err != nil {
				b.Fatal(err)
			}
		}
		after, ownAfter := service.memoryMB()
		b.ReportMetric(pages, "pages-RSS-MB")
		b.ReportMetric(own, "pages-own-MB")
		b.ReportMetric(after, "files+1000-conns-RSS-MB")
		b.ReportMetric(ownAfter, "files+1000-conns-own-MB")
		b.ReportMetric(0, "ns/op")
	})
}

// beside asks two servers turn about.
func beside(b *testing.B, ours, theirs string, status int, request, floorRequest []byte) (our, their pace) {
	b.Helper()
	add := func(to *pace, address string, request []byte) {
		p := crowd(b, address, benchConnections, status, benchSlice, func() []byte { return request })
		to.took, to.clock = append(to.took, p.took...), to.clock+p.clock
	}
	for range b.N * benchSlices {
		add(&our, ours, request)
		add(&their, theirs, floorRequest)
	}
	return our, their
}

func report(b *testing.B, ours, floor pace) {
	b.Helper()
	b.ReportMetric(ours.rate(), "req/s")
	b.ReportMetric(floor.rate(), "floor-req/s")
	b.ReportMetric(ours.at(99), "p99-ms")
	b.ReportMetric(floor.at(99), "floor-p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFirstByte asks an idle service for its front page, over a new
// connection each time: as it lies ready, and as the first after a poll, when all
// that is known is read anew. Its floor is a file server with the same bytes.
func BenchmarkFirstByte(b *testing.B) {
	service, call := archiveService(b)
	folder := b.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "front"), body(b, service.address, "/"), 0o600); err != nil {
		b.Fatal(err)
	}
	floor := floorServer(b, folder)
	first := func(address, path string, n int, before func()) (p pace) {
		for range n * b.N {
			before()
			began := time.Now()
			if _, _, _, err := dialReader(b, address).ask(getting(path, "Accept-Encoding: gzip")); err != nil {
				b.Fatal(err)
			}
			p.took = append(p.took, time.Since(began))
		}
		return p
	}
	ready := first(service.address, "/", 200, func() {})
	theirs := first(floor.address, "/front", 200, func() {})
	polled := first(service.address, "/", 10, func() { call("poll") })
	missed := first(service.address, "/changes?before=1000", 10, func() { call("poll") })
	b.ReportMetric(ready.at(50), "ms")
	b.ReportMetric(ready.at(99), "p99-ms")
	b.ReportMetric(theirs.at(50), "floor-ms")
	b.ReportMetric(theirs.at(99), "floor-p99-ms")
	b.ReportMetric(polled.at(50), "after-poll-ms")
	b.ReportMetric(polled.at(100), "after-poll-max-ms")
	b.ReportMetric(missed.at(50), "after-poll-unmade-ms")
	b.ReportMetric(missed.at(100), "after-poll-unmade-max-ms")
	b.ReportMetric(0, "ns/op")
}

// openArchive opens a store of its own with the archive in it, or with a made-up
// one, and returns a reader's address for it.
func openArchive(t testing.TB, file string) (store.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "watch287g.db")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s := bolttest.Open(t, path)
	a := newApp(io.Discard, io.Discard, time.Now)
	site, err := a.newSite(s, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s, serveAt(t, site, usualLimits())
}

// serveAt serves on an address of its own, which it returns, until the test ends.
func serveAt(t testing.TB, h http.Handler, limits readerLimits) string {
	t.Helper()
	l, err := listenWeb(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	if site, ok := h.(*web.Site); ok {
		serving.Go(func() { site.Follow(ctx) })
	}
	serving.Go(func() {
		if err := serveReaders(ctx, l, h, limits, slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); serving.Wait() }) // before the store is closed
	return l.Addr().String()
}

// anything is an address that was hardly asked for before.
func anything() []byte {
	at := time.Date(2025, time.February, 22, 0, 0, 0, 0, time.UTC).Add(rand.N(300 * 24 * time.Hour)).Format(time.RFC3339)
	return getting([]string{
		"/api/v1/agreements?as_of=" + at, "/api/v1/stats?as_of=" + at, "/downloads/agreements.csv?as_of=" + at,
		"/compare?from=" + at, "/changes?until=" + at, "/feeds/changes.atom?before=" + strconv.Itoa(1+rand.N(4000)), "/search?q=" + strconv.Itoa(rand.N(1_000_000)),
	}[rand.N(7)])
}

// commitTimes commits n polls, every fourth with a publication that makes the file
// grow, and returns how long each took.
func commitTimes(t testing.TB, s store.Store, n int) (p pace) {
	t.Helper()
	known, err := s.Known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seqs := known.Seqs
	for i := range n {
		now := time.Now().UTC()
		batch := store.Batch{Before: seqs, Poll: &roster.Poll{At: now, Outcome: "unchanged", Sentence: "What ICE's page links is unchanged."}}
		if i%4 == 0 {
			content := make([]byte, 300_000)
			for j := range content {
				content[j] = byte(rand.N(256))
			}
			sum := sha256.Sum256(content)
			seqs.Publication++
			batch.Entries = []store.NewPublication{{Body: content, Publication: roster.Publication{Seq: seqs.Publication, List: roster.ListParticipating,
				File: "list.xlsx", SHA256: hex.EncodeToString(sum[:]), Size: len(content), PublishedAt: now, SeenAt: now, Verdict: roster.VerdictHeld}}}
		}
		began := time.Now()
		if err := s.Commit(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		p.took = append(p.took, time.Since(began))
	}
	return p
}

// besideReaders commits while 32 readers ask a site for what it has to make.
func besideReaders(t testing.TB, s store.Store, address string, n int) pace {
	t.Helper()
	stop := make(chan struct{})
	var reading sync.WaitGroup
	for range 32 {
		reader := dialReader(t, address)
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if status, header, _, err := reader.ask(anything()); err != nil || status >= 400 && status != http.StatusServiceUnavailable {
					t.Errorf("%v: %s", err, header)
					return
				}
			}
		})
	}
	p := commitTimes(t, s, n)
	close(stop)
	reading.Wait()
	return p
}

// archiveFile is a store's file with the archive in it.
func archiveFile(t testing.TB) string {
	t.Helper()
	return filepath.Join(importedArchive(t), "watch287g.db")
}

// BenchmarkCommitBesideReaders commits polls while 32 readers ask for what has to
// be made. Its floors are to commit alone, and beside as many readers of another
// store: those take the processors, but could not hold up a commit.
func BenchmarkCommitBesideReaders(b *testing.B) {
	file := archiveFile(b)
	s, address := openArchive(b, file)
	_, other := openArchive(b, file)
	const commits = 60
	var alone, beside, apart pace
	for range b.N {
		alone = commitTimes(b, s, commits)
		apart = besideReaders(b, s, other, commits)
		beside = besideReaders(b, s, address, commits)
	}
	for name, p := range map[string]pace{"": beside, "alone-": alone, "floor-": apart} {
		b.ReportMetric(p.at(50), name+"ms/commit")
		b.ReportMetric(p.at(100), name+"max-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// TestArchiveReadersDoNotHoldUpPolls compares the slowest of many commits beside
// readers with that beside readers of another store, who only take the processors.
// On a machine that does other things, one round of several has to show it.
func TestArchiveReadersDoNotHoldUpPolls(t *testing.T) {
	file := archiveFile(t)
	s, address := openArchive(t, file)
	_, other := openArchive(t, file)
	for range 4 {
		floor, slowest := besideReaders(t, s, other, 40).at(100), besideReaders(t, s, address, 40).at(100)
		t.Logf("the slowest commit took %.0f ms, and %.0f ms beside readers of another store", slowest, floor)
		if slowest < 2*floor+50 {
			return
		}
	}
	t.Error("readers hold up what a poll commits")
}
