package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// peakFile is the variable that names a file into which the program, as tests run
// it, writes how much memory it had at most.
const peakFile = "WATCH287G_TEST_PEAK"

// tellPeak writes what the kernel says. The usage that a process leaves behind
// would not do: it begins with that of the test, which started it.
func tellPeak() {
	if file := os.Getenv(peakFile); file != "" {
		status, err := os.ReadFile("/proc/self/status")
		if err == nil {
			err = os.WriteFile(file, status, 0o600)
		}
		if err != nil {
			panic(err)
		}
	}
}

// peakOf runs the program with the limit that it is deployed with, and returns how
// many MB it had at most, and what it printed.
func peakOf(t *testing.T, args ...string) (peak int, said string) {
	t.Helper()
	cmd := program(t, time.Time{}, args...)
	file := filepath.Join(t.TempDir(), "peak")
	cmd.Env = append(cmd.Env, peakFile+"="+file, deployedLimit(t))
	out, _ := cmd.CombinedOutput() // it may well refuse what it is given
	status, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	kB := regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`).FindSubmatch(status)
	if kB == nil {
		t.Fatalf("no peak in %s", status)
	}
	n, err := strconv.Atoi(string(kB[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n >> 10, string(out)
}

// mostMemory is what no page, robots.txt or list may make the program take, in MB.
const mostMemory = 128

// hostilePages are pages that have taken hundreds of MB, or would if they were
// read as trees.
func hostilePages() map[string]string {
	const most = 2<<20 - 1000
	fill := func(before, unit, after string) string {
		return before + strings.Repeat(unit, (most-len(before)-len(after))/len(unit)) + after
	}
	var formats strings.Builder
	for i := range 400 {
		fmt.Fprintf(&formats, "<font size=%d>", i)
	}
	return map[string]string{
		"tags":                    fill("<html>", "<a>", ""),
		"divisions":               fill("<html>", "<div>", ""),
		"links":                   fill("<html>", "<a href=/>", ""),
		"links to workbooks":      fill("<html>", "<a href=a.xlsx>b</a>", ""),
		"formats of paragraphs":   fill("<html><p>"+formats.String(), "</p>a<p>", ""),
		"attributes":              fill("<a ", "a=b ", ">"),
		"attribute":               fill(`<a href="`, "a", `">`),
		"text of a link":          fill(`<a href="/a.xlsx">`, "participating ", "</a>"),
		"tables in tables":        fill("", "<table><tr><td>", ""),
		"rows":                    fill("<table><tr><th>STATE<th>LAW ENFORCEMENT AGENCY<th>SUPPORT TYPE", "<tr><td>a", "</table>"),
		"cells":                   fill("<table><tr>", "<td>a", "</table>"),
		"comment":                 fill("<!--", "<a>", "-->"),
		"script":                  fill("<script>", "<a>", "</script>"),
		"another encoding":        fill("\xff<html>", "\xe9", ""),
		"more than a page can be": fill("<html>", "<p>word", "") + strings.Repeat("<a>", 2<<20),
	}
}

func hostileRobots() map[string]string {
	return map[string]string{
		"stars":          "User-agent: *\nDisallow: /" + strings.Repeat("*a", 250<<10),
		"rules of stars": "User-agent: *\n" + strings.Repeat("Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a$\n", 10<<10),
		"agents":         strings.Repeat("User-agent: a\nUser-agent: *\n", 9<<10) + strings.Repeat("Disallow: /x\n", 20<<10),
		"short lines":    strings.Repeat("a\n", 4<<20),
	}
}

// hostileBooks are workbooks with as much as is let in of one thing or another.
func hostileBooks() map[string][]byte {
	const none = "<sst/>"
	list := func(rows, links string) string {
		return `<worksheet xmlns:r="r"><sheetData><row>` + cellOf("STATE") + cellOf("LAW ENFORCEMENT AGENCY") + cellOf("SUPPORT TYPE") + cellOf("MOA") +
			`</row>` + rows + `</sheetData>` + links + `</worksheet>`
	}
	repeated := func(n int, one func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(one(i))
		}
		return b.String()
	}
	pad := strings.Repeat("x", 60)
	row := func(i int) string {
		return "<row>" + cellOf("TEXAS") + cellOf(fmt.Sprint("Agency ", i)) + cellOf("JEM") + cellOf(pad) + "</row>"
	}
	return map[string][]byte{
		"spaces":       bookOf(1, "<worksheet>"+strings.Repeat(" ", 64<<20), none, ""),
		"bytes":        bookOf(1, list(strings.Repeat("<row>"+strings.Repeat(" ", 1000)+"</row>", 60_000), ""), none, ""),
		"shared texts": bookOf(1, list("", ""), "<sst>"+repeated(199_000, func(i int) string { return fmt.Sprintf("<si><t>%d %s</t></si>", i, pad[:30]) })+"</sst>", ""),
		"sheets":       bookOf(100, list(repeated(140, row), ""), none, ""),
		"links": bookOf(1, list(row(1), "<hyperlinks>"+repeated(60_000, func(i int) string { return fmt.Sprintf(`<hyperlink ref="A%d" r:id="l%d"/>`, i+1, i) })+"</hyperlinks>"), none,
			"<Relationships>"+repeated(60_000, func(i int) string {
				return fmt.Sprintf(`<Relationship Id="l%d" Type="hyperlink" Target="https://www.ice.gov/%d%s"/>`, i, i, pad)
			})+"</Relationships>"),
		"rows that cannot be read": bookOf(1, list(strings.Repeat("<row>"+cellOf("TEXAS of old")+cellOf(pad)+cellOf("Model "+pad)+cellOf(pad)+"</row>", 14_000), ""), none, ""),
	}
}

func cellOf(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }

// bookOf makes a workbook of so many like sheets.
func bookOf(sheets int, sheet, texts, links string) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	add := func(name, content string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			panic(err) // it is written to memory
		}
	}
	var names, targets strings.Builder
	for i := range sheets {
		fmt.Fprintf(&names, `<sheet name="%d" r:id="r%d"/>`, i, i)
		fmt.Fprintf(&targets, `<Relationship Id="r%d" Type="worksheet" Target="sheet%d.xml"/>`, i, i)
		add(fmt.Sprintf("xl/sheet%d.xml", i), sheet)
		if links != "" {
			add(fmt.Sprintf("xl/_rels/sheet%d.xml.rels", i), links)
		}
	}
	add("xl/workbook.xml", `<workbook xmlns:r="r"><sheets>`+names.String()+`</sheets></workbook>`)
	add("xl/_rels/workbook.xml.rels", `<Relationships>`+targets.String()+`<Relationship Id="t" Type="sharedStrings" Target="texts.xml"/></Relationships>`)
	add("xl/texts.xml", texts)
	if err := z.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// hostileSite is ICE's site with one thing on it that is not ICE's.
type hostileSite struct{ page, robots, list []byte }

func (s hostileSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/robots.txt":
		_, _ = w.Write(s.robots)
	case fakeice.PagePath:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(s.page)
	default:
		w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		_, _ = w.Write(s.list)
	}
}

// Whatever ICE's site, or one that stands in its place, sends, the program polls
// it within the memory that it is deployed with, and so it reads files.
func TestPollTakesLittleMemory(t *testing.T) {
	t.Parallel()
	link := []byte(`<html><a href="/list.xlsx">Participating Agencies</a></html>`)
	sound := sheettest.Participating(sheettest.Sample(20)...)
	sites := map[string]hostileSite{"nothing hostile": {link, nil, sound}}
	for name, page := range hostilePages() {
		sites["page of "+name] = hostileSite{[]byte(page), nil, sound}
	}
	for name, robots := range hostileRobots() {
		sites["robots.txt of "+name] = hostileSite{link, []byte(robots), sound}
	}
	for name, list := range hostileBooks() {
		sites["list of "+name] = hostileSite{link, nil, list}
	}
	for name, site := range sites {
		server := httptest.NewServer(site)
		config := configured(t, "source:", "  page: "+server.URL+fakeice.PagePath)
		peak, said := peakOf(t, "poll", "--data", t.TempDir(), "--config", config)
		server.Close()
		if peak > mostMemory || strings.Contains(said, "panic") {
			t.Errorf("%s takes %d MB: %.300s", name, peak, said)
		}
		t.Logf("%3d MB  %s: %.200s", peak, name, strings.TrimSpace(said))
	}
}

func TestReadingFilesTakesLittleMemory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	usual := write("usual.xlsx", sheettest.Participating(sheettest.Sample(2500)...))
	for name, body := range hostileBooks() {
		path := write("hostile.xlsx", body)
		if name != "rows that cannot be read" { // whose comparing is another matter
			if peak, said := peakOf(t, "diff", usual, path); peak > mostMemory {
				t.Errorf("diff with %s takes %d MB: %.300s", name, peak, said)
			}
		}
		peak, said := peakOf(t, "import", "--data", t.TempDir(), path)
		if peak > mostMemory {
			t.Errorf("import of %s takes %d MB: %.300s", name, peak, said)
		}
		t.Logf("%3d MB  %s: %.200s", peak, name, strings.TrimSpace(said))
	}
	peak, said := peakOf(t, "import", "--data", t.TempDir(), usual)
	if peak > mostMemory {
		t.Errorf("import of 2,500 rows takes %d MB: %s", peak, said)
	}
	t.Logf("%3d MB  2,500 rows: %s", peak, strings.TrimSpace(said))
}
