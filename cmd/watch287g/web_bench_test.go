package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
)

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
		if found := regexp.MustCompile(`(?:open |^)http://(127\.0\.0\.1:[0-9]+)`).FindStringSubmatch(line); found != nil {
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
	index := filepath.Join(archivetest.Dir(), "index.csv")
	if archivetest.Dir() == "" {
		index = madeUpArchive(b, 385, 1300)
	}
	settings := filepath.Join(data, "watch287g.yaml")
	if err := os.WriteFile(settings, []byte("web: {listen: \"127.0.0.1:0\"}\nops: {listen: \"127.0.0.1:0\"}\nsource: {mirror: \"http://127.0.0.1:1/\", every: 24h}\n"), 0o600); err != nil {
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
		{"front", "/"}, {"states", "/states"}, {"state", "/states/FL"}, {"largest-state", "/states/TX"}, {"county", "/counties/48201"}, {"nation-by-county", "/counties"},
		{"agency", string(agency)}, {"feed", "/feeds/changes.rss"}, {"api", "/api/v1/changes"},
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
			c, err := dialFrom(fmt.Sprintf("127.0.1.%d", i/100), service.address) // one address may not have as many
			if err != nil {
				b.Fatal(err)
			}
			idle[i] = &webReader{c, bufio.NewReader(c)}
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
		p := crowdOf(b, address, benchConnections, status, benchSlice, func() []byte { return request })
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
	state := first(service.address, "/states/TX", 10, func() { call("poll") })
	counties := first(service.address, "/counties", 10, func() { call("poll") })
	b.ReportMetric(ready.at(50), "ms")
	b.ReportMetric(ready.at(99), "p99-ms")
	b.ReportMetric(theirs.at(50), "floor-ms")
	b.ReportMetric(theirs.at(99), "floor-p99-ms")
	b.ReportMetric(polled.at(50), "after-poll-ms")
	b.ReportMetric(polled.at(100), "after-poll-max-ms")
	b.ReportMetric(missed.at(50), "after-poll-unmade-ms")
	b.ReportMetric(missed.at(100), "after-poll-unmade-max-ms")
	b.ReportMetric(state.at(100), "after-poll-state-max-ms")
	b.ReportMetric(counties.at(100), "after-poll-counties-max-ms")
	b.ReportMetric(0, "ns/op")
}
