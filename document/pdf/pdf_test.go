package pdf_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/pdf"
	"github.com/watch287g/watch287g/document/pdf/child"
	"github.com/watch287g/watch287g/document/pdf/pdftest"
	"github.com/watch287g/watch287g/roster"
)

// cache is where PDFium lies in machine code for all tests here, which the first of them
// has made without haste.
var (
	cache string
	warm  sync.Once
)

// TestMain makes this binary the process that reads, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "read-document" {
		os.Exit(readDocument(os.Args[2:]))
	}
	dir, err := os.MkdirTemp("", "pdfium")
	if err != nil {
		panic(err)
	}
	cache = filepath.Join(dir, "cache")
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

func readDocument(args []string) int {
	var o child.Options
	var pages string
	f := flag.NewFlagSet("read-document", flag.ContinueOnError)
	f.Int64Var(&o.Memory, "memory", 0, "")
	f.DurationVar(&o.Busy, "busy", 0, "")
	f.StringVar(&o.Cache, "cache", "", "")
	f.StringVar(&o.Tesseract, "tesseract", "", "")
	f.StringVar(&pages, "pages", "", "")
	err := f.Parse(args)
	for _, p := range strings.FieldsFunc(pages, func(r rune) bool { return r == ',' }) {
		n, _ := strconv.Atoi(p)
		o.Pages = append(o.Pages, n)
	}
	if err == nil {
		err = child.Run(context.Background(), o, os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func newReader(t testing.TB, change ...func(*pdf.Options)) *pdf.Reader {
	t.Helper()
	warm.Do(func() {
		if _, err := pdf.New(pdf.Options{Cache: cache}).Read(t.Context(), pdftest.Text("page")); err != nil {
			t.Error(err)
		}
	})
	o := pdf.Options{Cache: cache, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, c := range change {
		c(&o)
	}
	return pdf.New(o)
}

func read(t testing.TB, r *pdf.Reader, body []byte) document.Reading {
	t.Helper()
	reading, err := r.Read(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	if reading.SHA256 == "" || reading.ReadBy != document.Version || (reading.Problem == "") != (reading.Said == "") || (reading.Problem == "") != (len(reading.Pages) > 0) {
		t.Errorf("%+v", reading)
	}
	return reading
}

func TestRead(t *testing.T) {
	r := newReader(t)
	got := read(t, r, pdftest.Text("MEMORANDUM OF AGREEMENT\n287(g) Task Force Model", "Second (2) page", ""))
	want := []document.Page{{Number: 1, Text: "MEMORANDUM OF AGREEMENT\n287(g) Task Force Model"}, {Number: 2, Text: "Second (2) page"}, {Number: 3}}
	if fmt.Sprint(got.Pages) != fmt.Sprint(want) {
		t.Errorf("%+v", got.Pages)
	}
}

// The agreements that ICE linked are read as another program read them.
func TestArchiveRead(t *testing.T) {
	all, scanned := realReadings(t), 0
	for _, real := range all {
		file, pages := real.row["file"], real.reading.Pages
		if strconv.Itoa(len(pages)) != real.row["pages"] {
			t.Errorf("%s: %d pages, and the index has %s", file, len(pages), real.row["pages"])
		}
		words, pictures := 0, 0
		for _, p := range pages {
			words += len(strings.Fields(p.Text))
			if p.Scanned {
				pictures++
			}
		}
		// The index counts the words of another program, which divides them otherwise here and
		// there, and calls fewer than fifty none.
		said, _ := strconv.Atoi(real.row["words"])
		if off := words - said; said > 0 && max(off, -off)*40 > said || said == 0 && words >= 50 {
			t.Errorf("%s: %d words, and the index has %d", file, words, said)
		}
		if said == 0 && pictures != len(pages) || said > 2000 && pictures > 1 {
			t.Errorf("%s: %d of %d pages without text, and the index has %d words", file, pictures, len(pages), said)
		}
		scanned += pictures
	}
	t.Logf("%d documents, %d pages without text", len(all), scanned)
}

// A page without text is read by tesseract, where there is one, and says so.
func TestMachineReads(t *testing.T) {
	tesseract := filepath.Join(t.TempDir(), "tesseract")
	script := "#!/bin/sh\n[ \"$*\" = 'stdin stdout -l eng --dpi 300' ] || exit 1\n[ -z \"$HOME\" ] || exit 2\nsize=$(wc -c)\n[ $size -gt 100 ] || exit 3\nprintf 'This page was\\nread by a machine\\f'\n"
	if err := os.WriteFile(tesseract, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	scan := pdftest.Scan(2, 100)
	got := read(t, newReader(t), scan)
	if fmt.Sprint(got.Pages) != fmt.Sprint([]document.Page{{Number: 1, Scanned: true}, {Number: 2, Scanned: true}}) {
		t.Errorf("without tesseract: %+v", got.Pages)
	}
	with := newReader(t, func(o *pdf.Options) { o.Tesseract = tesseract })
	got = read(t, with, scan)
	want := document.Page{Number: 2, Text: "This page was\nread by a machine", Machine: true, Scanned: true}
	if len(got.Pages) != 2 || got.Pages[1] != want {
		t.Errorf("with tesseract: %+v", got.Pages)
	}
	got = read(t, with, pdftest.Text("What has a text is not read by machine."))
	if got.Pages[0].Machine || got.Pages[0].Scanned {
		t.Errorf("%+v", got.Pages)
	}
	for _, wrong := range []string{"exit 1", "while :; do :; done", "yes", "kill -9 $$"} {
		if err := os.WriteFile(tesseract, []byte("#!/bin/sh\n"+wrong+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		quick := newReader(t, func(o *pdf.Options) { o.Tesseract, o.Timeout = tesseract, time.Second })
		got = read(t, quick, scan)
		if len(got.Pages) != 2 || got.Pages[0].Machine && !strings.HasPrefix(got.Pages[0].Text, "y\ny\n") {
			t.Errorf("%s: %+v", wrong, got.Pages)
		}
	}
}

// Where the process that reads cannot do so for a reason of ours, the file is not called
// unreadable.
func TestNotTheFilesFault(t *testing.T) {
	body := pdftest.Text("page")
	for name, change := range map[string]func(*pdf.Options){
		"no such program": func(o *pdf.Options) { o.Command = []string{filepath.Join(t.TempDir(), "none")} },
		"ends at once":    func(o *pdf.Options) { o.Command = []string{"/bin/false"} },
		"no memory":       func(o *pdf.Options) { o.Memory = 1 << 20 },
		"says nothing": func(o *pdf.Options) {
			o.Command, o.Timeout = []string{"/bin/sh", "-c", "sleep 60; :"}, 50*time.Millisecond
		},
		"killed": func(o *pdf.Options) {
			o.Command = []string{"/bin/sh", "-c", `echo '{"ready":true}'; kill -9 $$`}
		},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			if got, err := newReader(t, change).Read(t.Context(), body); err == nil {
				t.Errorf("%+v", got)
			}
			if time.Since(began) > 10*time.Second {
				t.Error("it took", time.Since(began))
			}
		})
	}
}

// What is in the cache of PDFium can be cut off or gone.
func TestCacheIsMadeAnew(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles PDFium")
	}
	dir := filepath.Join(t.TempDir(), "cache")
	if out, err := exec.Command("cp", "-r", cache, dir).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Truncate(path, 1000)
	})
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t, func(o *pdf.Options) { o.Cache = dir })
	if got := read(t, r, pdftest.Text("page")); got.Pages[0].Text != "page" {
		t.Errorf("%+v", got)
	}
}

// Where the context ends, the process does, with all that it has started, and so it does
// where this one is killed.
func TestEndsWithTheContext(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the poll is due")
	r := newReader(t, func(o *pdf.Options) {
		o.Command = []string{"/bin/sh", "-c", "sleep 300 & echo $! >" + mark + "; wait; :"}
	})
	go func() {
		for {
			if b, err := os.ReadFile(mark); err == nil && strings.HasSuffix(string(b), "\n") {
				cancel(gone)
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	began := time.Now()
	if _, err := r.Read(ctx, pdftest.Text("page")); !errors.Is(err, gone) {
		t.Error(err)
	}
	if time.Since(began) > 4*time.Second {
		t.Error("it took", time.Since(began))
	}
	b, _ := os.ReadFile(mark)
	for gone := false; !gone; time.Sleep(5 * time.Millisecond) { // it is killed, and may take a moment
		state, err := os.ReadFile("/proc/" + strings.TrimSpace(string(b)) + "/stat")
		if gone = err != nil || strings.Contains(string(state), ") Z "); !gone && time.Since(began) > 10*time.Second {
			t.Fatalf("what was started still runs: %s", state)
		}
	}
}

// What the process says is bounded, however it says it.
func TestOutputIsBounded(t *testing.T) {
	newReader(t) // so that the first one is made
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, command := range map[string]string{
		"lines": `echo '{"ready":true}'; yes '{"page":{"page":1}}'`,
		"bytes": `echo '{"ready":true}'; cat /dev/zero`,
		"error": `echo '{"ready":true}'; cat /dev/zero >&2 & sleep 0.3; kill %1; echo '{"problem":"empty","said":"Over."}'`,
	} {
		got := read(t, newReader(t, func(o *pdf.Options) { o.Command, o.Timeout = []string{"/bin/sh", "-c", command}, 5*time.Second }), pdftest.Text("page"))
		if name != "error" && !strings.Contains(got.Said, "4096 KiB") || name == "error" && got.Said != "Over." {
			t.Errorf("%s: %+v", name, got)
		}
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("%d MB were taken here", took>>20)
	}
}

// Where the process that asked is gone, the one that reads ends, though it is busy.
func TestEndsWithWhoAsked(t *testing.T) {
	newReader(t)
	body := onePage(letter, "/Filter/FlateDecode", deflated("1 2 3 4 5 6 c ", 256<<20), nil)
	c := exec.Command(os.Args[0], "read-document", "--memory", "1073741824", "--busy", "60s", "--cache", cache)
	c.Env, c.SysProcAttr = []string{}, &syscall.SysProcAttr{Setpgid: true}
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if err := binary.Write(in, binary.BigEndian, uint64(len(body))); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write(body); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "{\"ready\":true}\n" {
		t.Fatalf("%q %v", line, err)
	}
	began := time.Now()
	_ = in.Close()
	if err := c.Wait(); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("it ended after %s: %v", time.Since(began), err)
	}
}

func TestAtSight(t *testing.T) {
	for name, test := range map[string]struct {
		body    string
		problem roster.DocumentProblem
	}{
		"nothing":        {"", roster.ProblemEmpty},
		"blanks":         {" \r\n\t", roster.ProblemEmpty},
		"a page":         {"\ufeff<!DOCTYPE html>\n<html><title>Access Denied</title>", roster.ProblemWebPage},
		"XHTML":          {"<?xml version=\"1.0\"?><HTML xmlns='x'>", roster.ProblemWebPage},
		"a page on PDFs": {"<html><body>%PDF-1.7 is how a PDF begins</body></html>", roster.ProblemWebPage},
		"a picture":      {"\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100), roster.ProblemNotPDF},
		"a workbook":     {"PK\x03\x04" + strings.Repeat("x", 100), roster.ProblemNotPDF},
		"text":           {"Page not found", roster.ProblemNotPDF},
		"late mark":      {strings.Repeat(" .", 600) + "%PDF-1.7", roster.ProblemNotPDF},
		"large":          {"%PDF-1.7" + strings.Repeat("x", pdf.MaxBytes), roster.ProblemTooLarge},
		"only a mark":    {"%PDF-1.7\n", roster.ProblemUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(t, newReader(t), []byte(test.body)); got.Problem != test.problem {
				t.Errorf("%s: %s", got.Problem, got.Said)
			}
		})
	}
}
