package wayback_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/internal/pasttest"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/wayback"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// start is when the imports of these tests begin: the clock of a bubble.
func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func options(a *pasttest.Archive, p *past.Pool) wayback.Options {
	return wayback.Options{Pages: wayback.Pages(), Files: wayback.Files(), Documents: true, Pool: p, Agent: "watch287g/test (+https://example.org; me@example.org)",
		Pace: time.Second, Transport: a, Now: time.Now, Say: func(string, ...any) {}, Progress: func(string, int, int) {}}
}

const (
	folder = "https://www.ice.gov/doclib/about/offices/ero/287g/"
	moa    = "https://www.ice.gov/doclib/287gMOA/"
)

func zipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}

func workbook(agencies ...string) []byte {
	var rows []sheettest.Row
	for _, a := range agencies {
		rows = append(rows, sheettest.Row{State: "Texas", Agency: a, Type: "County", Model: "Jail Enforcement Model", Signed: "43591", MOA: moa + "new.pdf"})
	}
	return sheettest.Book{Sheets: []sheettest.Sheet{{Rows: sheettest.List(sheettest.ParticipatingColumns(), rows...)}}}.Bytes()
}

func pdf(text string) []byte { return []byte("%PDF-1.7\n" + text + "\n%%EOF\n") }

func rows(n int) []pasttest.Row {
	var all []pasttest.Row
	for i := range n {
		all = append(all, pasttest.Row{State: "Texas", Agency: fmt.Sprintf("%c County Sheriff's Office", 'A'+i), County: string(rune('A' + i)), Model: "JEM", Signed: "2017-05-0" + fmt.Sprint(i+1), MOA: fmt.Sprintf("/doclib/287gMOA/%c.pdf", 'a'+i)})
	}
	return all
}

// played is an archive with everything that archives have.
func played() *pasttest.Archive {
	a := &pasttest.Archive{PageSize: 7}
	page := func(at string, n, style int) pasttest.Capture {
		return pasttest.Capture{URL: "https://www.ice.gov/identify-and-arrest/287g", At: day(at), Body: pasttest.Page(style, rows(n), at)}
	}
	old := page("2018-01-10", 2, 0)
	old.URL = "http://www.ice.gov:80/factsheets/287g"
	again := page("2018-02-10", 2, 0)
	again.URL, again.Body = old.URL, old.Body
	packed := page("2019-03-01", 3, 3)
	packed.Header, packed.Body = map[string]string{"Content-Encoding": "gzip"}, zipped(packed.Body)
	blocked := page("2019-04-01", 1, 0)
	blocked.Body = []byte("<html><head><title>Access Denied</title></head><body>You don't have permission to access /287g. https://errors.edgesuite.net/1</body></html>")
	missing := page("2019-04-02", 1, 0)
	missing.Body = []byte("<html><head><title>Page not found</title></head><body>There is nothing at 287g</body></html>")
	cut := page("2019-04-03", 3, 0)
	cut.Body = cut.Body[:len(cut.Body)/2]
	moved := pasttest.Capture{URL: "https://www.ice.gov/287g", At: day("2021-05-05"), Status: 301, Header: map[string]string{"Location": "/identify-and-arrest/287g"}}
	gone := pasttest.Capture{URL: "https://www.ice.gov/287g", At: day("2021-05-06"), Status: 404, Body: []byte("no")}
	linking := page("2025-02-20", 3, 3)
	linking.Body = []byte(`<html><body>287(g) <a href="/file-download/download/public/77">View 287(g) participating agencies</a></body></html>`)
	a.Add(old, again, packed, blocked, missing, cut, moved, gone, page("2021-06-01", 4, 2), page("2024-12-30", 5, 4), linking)
	list := func(name, at, modified string, body []byte) pasttest.Capture {
		c := pasttest.Capture{URL: folder + name, At: day(at), Body: body, MIME: "application/octet-stream", Header: map[string]string{}}
		if modified != "" {
			c.Header["Last-Modified"] = day(modified).Format(http.TimeFormat)
		}
		return c
	}
	revisit := list("participatingAgencies.xlsx", "2025-02-24", "", workbook("One", "Two"))
	revisit.Revisit = true
	wrong := list("participatingAgencies02282025.xlsx", "2025-02-28", "", workbook("Wrong"))
	wrong.Sent, wrong.Digest = workbook("Others"), strings.Repeat("A", 32)
	elsewhen := list("participatingAgencies.xlsx", "2025-02-27", "2025-02-26", workbook("Never seen"))
	elsewhen.Elsewhen = true
	short := list("participatingAgencies03012025.xlsx", "2025-03-01", "", workbook("Short"))
	short.Header["Content-Length"] = "100000"
	html := list("participatingAgencies03022025.xlsx", "2025-03-02", "", []byte("<html>Service unavailable</html>"))
	public := list("", "2025-02-21", "2025-02-20", workbook("Elsewhere"))
	public.URL = "https://www.ice.gov/file-download/download/public/77"
	a.Add(list("participatingAgencies.xlsx", "2025-02-22", "2025-02-21", workbook("One", "Two")), revisit, elsewhen, wrong, short, html, public,
		list("participatingAgencies.xlsx", "2025-02-26", "2025-02-23", workbook("One", "Two", "Three")),
		list("participatingAgencies.xlsx", "2025-03-05", "2025-03-06", workbook("One", "Two", "Three", "Four")),
		list("notAList.xlsx", "2025-03-05", "", sheettest.Book{Sheets: []sheettest.Sheet{{Rows: [][]sheettest.Cell{{sheettest.Text("Budget")}}}}}.Bytes()))
	doc := func(name, at string, body []byte) pasttest.Capture {
		return pasttest.Capture{URL: moa + name, At: day(at), Body: body, MIME: "application/pdf", Header: map[string]string{"Last-Modified": day("2017-05-20").Format(http.TimeFormat)}}
	}
	a.Add(doc("a.pdf", "2018-03-01", pdf("a")), doc("a.pdf", "2019-03-01", pdf("a")), doc("a.pdf", "2020-03-01", pdf("a, replaced")), doc("b.pdf", "2018-03-01", []byte("%PDF-1.4 and no more")),
		doc("c.pdf", "2018-03-01", []byte("<html>not found</html>")), doc("d.pdf", "2022-01-01", pdf("d")), doc("new.pdf", "2025-03-01", pdf("new")), doc("unlinked.pdf", "2025-03-01", pdf("nobody's")))
	return a
}

// summary is the pool in lines.
func summary(t *testing.T, p *past.Pool) (lines []string) {
	t.Helper()
	for _, c := range p.Captures() {
		what := c.Problem
		if what == "" {
			what = fmt.Sprintf("%.8s checked %v, by %s", c.SHA256, c.Origin.Checked, c.Origin.Dated)
			if _, err := p.Body(t.Context(), c); err != nil {
				t.Error(err)
			}
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s: %s", c.Published().Format(time.DateOnly), c.At.Format(time.DateOnly), c.Kind, past.Place(c.URL), what))
	}
	return lines
}

func openPool(t *testing.T, dir string) *past.Pool {
	t.Helper()
	p, err := past.Open(filepath.Join(dir, past.Dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Everything that can be had is had once, each as good as it is, and nothing at a second
// time; requests are a second apart and say who asks.
func TestImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(day("2025-11-01")))
		a, p := played(), openPool(t, t.TempDir())
		defer p.Close() //nolint:errcheck // a test's
		r, err := wayback.Import(t.Context(), options(a, p))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[past.Kind]int{past.KindPage: 5, past.KindList: 5, past.KindDocument: 4}, r.New); diff != "" {
			t.Errorf("%s%s", diff, strings.Join(summary(t, p), "\n"))
		}
		refused := map[string]int{"is a block page (Access Denied)": 1, "is another page than the one on the program": 1, "is cut off": 3, "is a web page in place of a list": 1,
			"is a workbook that is not a list": 1, "is another capture than the index names": 1, "is not a PDF file": 1}
		if diff := cmp.Diff(refused, r.Refused); diff != "" {
			t.Error(diff)
		}
		if r.Again != 3 || r.Redirects != 1 || r.Absent != 1 || len(r.Failed) != 0 || r.Known != 0 {
			t.Errorf("%+v", r)
		}
		asked := a.Asked()
		paths := map[string]int{} // the archive leads from one capture to that of March 5, 2025
		for i, q := range asked {
			if paths[q.Path]++; paths[q.Path] > 1 && !strings.Contains(q.Path, "/20250305") {
				t.Errorf("asked twice for %s", q.Path)
			}
			if i > 0 && q.At.Sub(asked[i-1].At) < time.Second {
				t.Errorf("%s came %s after the one before", q.Path, q.At.Sub(asked[i-1].At))
			}
			if !strings.Contains(q.Agent, "me@example.org") {
				t.Errorf("%s was asked by %q", q.Path, q.Agent)
			}
		}
		first := summary(t, p)
		r, err = wayback.Import(t.Context(), options(a, p))
		if err != nil || len(r.New) != 0 || r.Again != 0 || r.Known == 0 {
			t.Errorf("a second time: %+v, %v", r, err)
		}
		for _, q := range a.Asked()[len(asked):] {
			if strings.HasPrefix(q.Path, "/web/") {
				t.Errorf("the second time asked for %s", q.Path)
			}
		}
		if diff := cmp.Diff(first, summary(t, p)); diff != "" {
			t.Error(diff)
		}
		checkLists(t, p)
	})
}

// checkLists says what a rebuild would read: in order, once each, with the right time.
func checkLists(t *testing.T, p *past.Pool) {
	t.Helper()
	var got []string
	for l, err := range p.Lists(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rosters, err := sheet.Read(l.Body, l.PublishedAt)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %s %s %d", l.PublishedAt.Format(time.DateOnly), l.Origin.Dated, l.File, len(rosters[0].Rows)))
	}
	want := []string{
		"2018-01-10 captured 287g 2", "2019-03-01 captured 287g 3", "2021-06-01 captured 287g 4", "2024-12-30 captured 287g 5",
		"2025-02-20 last_modified 77 1", "2025-02-21 last_modified participatingAgencies.xlsx 2",
		// Its Last-Modified is that of the day before the older one was still there.
		"2025-02-26 captured participatingAgencies.xlsx 3",
		"2025-02-28 captured participatingAgencies02282025.xlsx 1", // whose hash is another one than the index has
		"2025-03-05 captured participatingAgencies.xlsx 4",         // its Last-Modified is later than the capture
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// However often an import is interrupted, and whatever the archive does meanwhile, the
// pool comes out the same, and nothing that was had is fetched again.
func TestImportInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(day("2025-11-01")))
		whole := openPool(t, t.TempDir())
		defer whole.Close() //nolint:errcheck // a test's
		if _, err := wayback.Import(t.Context(), options(played(), whole)); err != nil {
			t.Fatal(err)
		}
		want := summary(t, whole)
		for seed := range uint64(20) {
			random, dir := rand.New(rand.NewPCG(seed, 1)), t.TempDir() //nolint:gosec // a test's
			a, served := played(), map[string]int{}
			a.Fault = func(_ int, w http.ResponseWriter, r *http.Request) (bool, error) {
				switch random.IntN(12) {
				case 0:
					w.Header().Set("Retry-After", "90")
					w.WriteHeader(http.StatusTooManyRequests)
				case 1:
					w.WriteHeader(http.StatusServiceUnavailable)
				case 2:
					return true, pasttest.ErrBroken
				default:
					if served[r.URL.Path]++; served[r.URL.Path] > 1 && strings.HasPrefix(r.URL.Path, "/web/") && !strings.Contains(r.URL.Path, "/20250") {
						t.Errorf("seed %d: fetched %s again", seed, r.URL.Path)
					}
					return false, nil
				}
				return true, nil
			}
			for n := 1; ; n++ {
				p := openPool(t, dir)
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(120))*time.Second)
				_, err := wayback.Import(ctx, options(a, p))
				cancel()
				if err := p.Close(); err != nil {
					t.Fatal(err)
				}
				if err == nil {
					break
				}
				if !errors.Is(err, context.DeadlineExceeded) || n > 500 {
					t.Fatal(n, err)
				}
			}
			p, err := past.Read(filepath.Join(dir, past.Dir), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, summary(t, p)); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
		}
	})
}

// Where the archive asks to be left alone for long, or fails all the time, the import ends
// and says so; what it had stays.
func TestImportWhereCapturesAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(day("2025-11-01")))
		for name, c := range map[string]struct {
			fault func(w http.ResponseWriter)
			want  string
		}{
			"for hours":    {func(w http.ResponseWriter) { w.Header().Set("Retry-After", "7200"); w.WriteHeader(429) }, "web.archive.org asks to be left alone until November 1, 02:00"},
			"all the time": {func(w http.ResponseWriter) { w.WriteHeader(502) }, "could not be had"},
			"with a page":  {func(w http.ResponseWriter) { fmt.Fprint(w, "<html>We are moving</html>") }, "could not be had"},
		} {
			a, p := played(), openPool(t, t.TempDir())
			begun := time.Now()
			a.Fault = func(_ int, w http.ResponseWriter, r *http.Request) (bool, error) {
				if strings.HasPrefix(r.URL.Path, "/web/2") && !strings.Contains(r.URL.Path, "/2018") {
					c.fault(w)
					return true, nil
				}
				return false, nil
			}
			r, err := wayback.Import(t.Context(), options(a, p))
			if err == nil || !strings.Contains(err.Error(), strings.Split(c.want, "until")[0]) || r.New[past.KindPage] != 1 || len(p.Captures()) != 2 {
				t.Errorf("%s: %v, %+v", name, err, r)
			}
			if took := time.Since(begun); took > time.Hour {
				t.Errorf("%s: gave up after %s", name, took)
			}
			_ = p.Close()
		}
	})
}

// An index without an end, or of something else, ends the import; rows of other sites and
// of the future are no evidence.
func TestHostileIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(day("2025-11-01")))
		a32 := strings.Repeat("A", 32)
		endless := 0
		for name, c := range map[string]struct {
			index func() string
			want  string
		}{
			"another thing": {func() string { return "<html>hello</html>\n" }, "is not an index of captures"},
			"no end": {func() string {
				endless++
				return fmt.Sprintf("20180101000000 https://www.ice.gov/287g text/html 404 %s 10\n\nkey%d\n", a32, endless)
			}, "has no end"},
			"a long line": {func() string { return strings.Repeat("x", 100_000) }, "too long"},
			"too large":   {func() string { return strings.Repeat("20180101000000 x\n", 1<<20) }, "larger than"},
			"other sites": {func() string {
				return "20180101000000 https://evil.example/287g text/html 200 " + a32 + " 10\n20180101000000 file:///etc/passwd text/html 200 " + a32 + " 10\n20180101000000 https://www.ice.gov.evil.example/x text/html 200 " + a32 + " 10\n"
			}, ""},
			"the future": {func() string { return "20290101000000 https://www.ice.gov/287g text/html 200 " + a32 + " 10\n" }, ""},
		} {
			a, p := &pasttest.Archive{}, openPool(t, t.TempDir())
			a.Fault = func(_ int, w http.ResponseWriter, r *http.Request) (bool, error) {
				if strings.HasPrefix(r.URL.Path, "/web/") {
					t.Errorf("%s: asked for %s", name, r.URL)
				}
				fmt.Fprint(w, c.index())
				return true, nil
			}
			_, err := wayback.Import(t.Context(), options(a, p))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: %v", name, err)
			}
			if n := len(p.Captures()); n != 0 {
				t.Errorf("%s: %d captures", name, n)
			}
			_ = p.Close()
		}
	})
}

// A dry run asks for the index alone, and says what would be fetched.
func TestDryRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(day("2025-11-01")))
		a, p := played(), openPool(t, t.TempDir())
		defer p.Close() //nolint:errcheck // a test's
		o := options(a, p)
		o.DryRun, o.From, o.To = true, day("2019-01-01"), day("2025-02-24")
		r, err := wayback.Import(t.Context(), o)
		if err != nil || len(p.Captures()) != 0 {
			t.Fatal(err, p.Captures())
		}
		if diff := cmp.Diff(map[past.Kind]int{past.KindPage: 7, past.KindList: 1}, r.New); diff != "" || r.Again != 1 {
			t.Error(diff, r)
		}
		if slices.ContainsFunc(a.Asked(), func(q pasttest.Asked) bool { return !strings.HasPrefix(q.Path, "/cdx/") }) {
			t.Error(a.Asked())
		}
	})
}

// Digests of evidence: what ICE served is best, then the archive's, then others'.
func TestGrades(t *testing.T) {
	t.Parallel()
	last := -1
	for _, o := range []*roster.Origin{
		nil,
		{Source: roster.SourceInternetArchive, Checked: true, Dated: roster.DatedLastModified},
		{Source: roster.SourceInternetArchive, Checked: true, Dated: roster.DatedCaptured},
		{Source: roster.SourceInternetArchive, Dated: roster.DatedLastModified},
		{Source: roster.SourceInstance, Checked: true, Dated: roster.DatedStated},
		{Source: roster.SourceOperator, Dated: roster.DatedStated},
	} {
		if o.Grade() <= last {
			t.Errorf("%+v has grade %d after %d", o, o.Grade(), last)
		}
		last = o.Grade()
	}
}
