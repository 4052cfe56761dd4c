package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/earlier"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// Each benchmark stands beside its floor: what the same work costs without
// anything of ours in it.

// madeUpArchive writes n publications of a list that grows to rows, with an
// index, and returns the index's path.
func madeUpArchive(b testing.TB, n, rows int) string {
	b.Helper()
	all := sheettest.Sample(rows)
	at := time.Date(2025, 2, 21, 21, 0, 0, 0, time.UTC)
	var lists []fakeice.File
	for i := range n {
		lists = append(lists, fakeice.File{Link: fakeice.Participating, Name: fmt.Sprintf("list%03d.xlsx", i),
			At: at.Add(time.Duration(i) * 20 * time.Hour), Body: sheettest.Participating(all[:max(10, rows*(i+1)/n)]...)})
	}
	return archived(b, lists)
}

func buildProgram(b testing.TB) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "watch287g")
	cmd := exec.Command("go", "build", "-o", path, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("building: %v\n%s", err, out)
	}
	return path
}

// deployedLimit is the limit on memory that the service's file sets.
func deployedLimit(t testing.TB) string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "..", "deploy", "watch287g.service"))
	if err != nil {
		t.Fatal(err)
	}
	limit := regexp.MustCompile(`(?m)^Environment=(GOMEMLIMIT=.+)$`).FindSubmatch(file)
	if limit == nil {
		t.Fatal("the service's file sets no limit")
	}
	return string(limit[1])
}

// measured runs a command and returns how long it took, on the clock and of the
// processors, and its peak memory in MB.
func measured(b *testing.B, program string, args ...string) (wall, cpu time.Duration, peak float64) {
	b.Helper()
	cmd := exec.Command(program, args...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %v\n%s", args, err, out)
	}
	wall = time.Since(start)
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		b.Fatal("no resource usage on this system")
	}
	return wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), float64(usage.Maxrss) / 1024
}

// BenchmarkImport imports the archive. Its floor is to read and unpack the same
// files, one after the other.
func BenchmarkImport(b *testing.B) {
	program := buildProgram(b)
	indexes := map[string]string{"made-up-385": madeUpArchive(b, 385, 1300)}
	if dir := archivetest.Dir(); dir != "" {
		indexes["archive-385"] = filepath.Join(dir, "index.csv")
	}
	for name, index := range indexes {
		b.Run(name, func(b *testing.B) {
			var wall, cpu time.Duration
			var peak float64
			for range b.N {
				w, c, p := measured(b, program, "import", "--data", b.TempDir(), index)
				wall, cpu, peak = wall+w, cpu+c, max(peak, p)
			}
			lists, err := earlier.PastLists(index)
			if err != nil {
				b.Fatal(err)
			}
			start := time.Now()
			for _, l := range lists {
				body, err := l.Open()
				if err != nil {
					b.Fatal(err)
				}
				unpack(b, body)
			}
			b.ReportMetric(wall.Seconds()/float64(b.N), "s/import")
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/import")
			b.ReportMetric(time.Since(start).Seconds(), "floor-s")
			b.ReportMetric(peak, "peak-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func unpack(b *testing.B, body []byte) {
	b.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil { //nolint:gosec // made by the test
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDiff compares two lists of 1,700 rows, from the start of the process
// to its end. Its floor is the process that prints its version, and unpacking.
func BenchmarkDiff(b *testing.B) {
	program := buildProgram(b)
	dir := b.TempDir()
	rows := sheettest.Sample(1710)
	files := [2][]byte{sheettest.Participating(rows[:1700]...), sheettest.Participating(rows[10:]...)}
	paths := [2]string{filepath.Join(dir, "old.xlsx"), filepath.Join(dir, "new.xlsx")}
	for i, path := range paths {
		if err := os.WriteFile(path, files[i], 0o600); err != nil {
			b.Fatal(err)
		}
	}
	const runs = 10 // one alone says little
	var wall, floor time.Duration
	for range b.N * runs {
		w, _, _ := measured(b, program, "diff", paths[0], paths[1])
		v, _, _ := measured(b, program, "--version")
		start := time.Now()
		unpack(b, files[0])
		unpack(b, files[1])
		wall, floor = wall+w, floor+v+time.Since(start)
	}
	b.ReportMetric(wall.Seconds()*1000/float64(b.N*runs), "ms/diff")
	b.ReportMetric(floor.Seconds()*1000/float64(b.N*runs), "floor-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPollUnchanged polls a site that has nothing new, with one publication
// in the store and with 385. Its floor is the bare requests. Both run against a
// server in this process, whose own work is in both figures.
func BenchmarkPollUnchanged(b *testing.B) {
	for _, publications := range []int{1, 385} {
		b.Run(strconv.Itoa(publications), func(b *testing.B) {
			body := sheettest.Participating(sheettest.Sample(1300)...)
			server := httptest.NewServer(stillSite(body))
			defer server.Close()
			s, err := bolt.Open(filepath.Join(b.TempDir(), "watch287g.db"), bolt.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close() //nolint:errcheck // the benchmark is over
			source, err := scraper.New(scraper.Options{Mirror: server.URL})
			if err != nil {
				b.Fatal(err)
			}
			w := watch.New(watch.Options{Store: s, Source: source, Diff: diff.Settings{}})
			if publications > 1 {
				lists, err := earlier.PastLists(madeUpArchive(b, publications-1, 1299))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := w.Import(b.Context(), lists, nil); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := w.Poll(b.Context()); err != nil { // takes in what the site has
				b.Fatal(err)
			}
			const polls = 200
			poll := processor(b, polls*b.N, func() {
				r, err := w.Poll(b.Context())
				if err != nil || r.Outcome != scraper.StatusUnchanged {
					b.Fatal(r.Outcome, r.Sentence, err)
				}
			})
			bare := processor(b, polls*b.N, func() { bareRequests(b.Context(), b, server.URL) })
			b.ReportMetric(poll, "cpu-ms/poll")
			b.ReportMetric(bare, "floor-cpu-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// processor measures the processor time of one call, in milliseconds.
func processor(b *testing.B, n int, do func()) float64 {
	b.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	for range n {
		do()
	}
	return (used() - start).Seconds() * 1000 / float64(n)
}

const listAddress = "/doclib/about/offices/ero/287g/participatingAgencies12302025am.xlsx"

// stillSite is a page that links one list, which never changes.
func stillSite(body []byte) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /identify-and-arrest/287g", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<html><body><h1>287(g)</h1><a href="%s">Participating Agencies</a></body></html>`, listAddress)
	})
	at := time.Date(2025, 12, 30, 14, 0, 0, 0, time.UTC)
	mux.HandleFunc("GET "+listAddress, func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", at, bytes.NewReader(body))
	})
	return mux
}

func bareRequests(ctx context.Context, b *testing.B, base string) {
	b.Helper()
	for _, path := range []string{"/identify-and-arrest/287g", listAddress} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("If-Modified-Since", time.Date(2025, 12, 30, 14, 0, 0, 0, time.UTC).Format(http.TimeFormat))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			b.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// The agreements that stand are what a change is compared with; this keeps the
// benchmark's lists from being held or misread.
func TestMadeUpArchiveIsRead(t *testing.T) {
	r := sheettest.Sample(1300)
	if n := len(r); n != 1300 {
		t.Fatalf("%d rows", n)
	}
	for _, row := range r {
		if _, ok := roster.ParseState(row.State); !ok {
			t.Fatalf("row %+v has no state", row)
		}
	}
}
