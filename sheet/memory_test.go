package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// childSize tells the test binary to be a process that reads a file of that many
// bytes from its standard input, and says what that took.
const childSize = "SHEET_TEST_SIZE"

func TestMain(m *testing.M) {
	var size int
	if _, err := fmt.Sscan(os.Getenv(childSize), &size); err == nil {
		if err := readAlone(os.Stdin, os.Stdout, size); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// taken is what a file turned out to be, and the memory that reading it took.
type taken struct {
	Broken, NoList bool
	Error          string
	Rows           int
	Memory         int // bytes by which the process grew; they are not given back
}

// readAlone reads a file in a process that did nothing before.
func readAlone(in io.Reader, out io.Writer, size int) error {
	body := make([]byte, size)
	if _, err := io.ReadFull(in, body); err != nil {
		return err
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	lists, err := sheet.Read(body, published)
	runtime.ReadMemStats(&after)
	rows := 0
	for _, r := range lists {
		rows += len(r.Rows)
	}
	return json.NewEncoder(out).Encode(taken{errors.Is(err, sheet.ErrBroken), errors.Is(err, sheet.ErrNoList), fmt.Sprint(err), rows, int(after.Sys) - int(before.Sys)})
}

// part is one file of an archive: a unit that is repeated between two texts.
type part struct {
	name, before, unit, after string
	times                     int
	lie                       bool // its size is given as a tenth
}

// bomb makes an archive. A unit is packed once, however often it is repeated.
func bomb(parts ...part) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, p := range parts {
		packed, sum, size := p.pack()
		if p.lie {
			size /= 10
		}
		w, err := z.CreateRaw(&zip.FileHeader{Name: p.name, Method: zip.Deflate, CRC32: sum,
			UncompressedSize64: uint64(size), CompressedSize64: uint64(len(packed))})
		if err == nil {
			_, err = w.Write(packed)
		}
		if err != nil {
			panic(err) // it is written to memory
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

func (p part) pack() (packed []byte, sum uint32, size int) {
	one := func(text string) []byte {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.BestCompression)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil || w.Flush() != nil {
			panic(err) // it is written to memory
		}
		return b.Bytes() // which refers to nothing outside, so that it can be repeated
	}
	add := func(text string, times int) {
		if times == 0 {
			return
		}
		packed = append(packed, bytes.Repeat(one(text), times)...)
		for range times {
			sum = crc32.Update(sum, crc32.IEEETable, []byte(text))
		}
		size += times * len(text)
	}
	const many = 1000
	add(p.before, 1)
	add(strings.Repeat(p.unit, many), p.times/many)
	add(strings.Repeat(p.unit, p.times%many), 1)
	add(p.after, 1)
	return append(packed, 0x01, 0x00, 0x00, 0xff, 0xff), sum, size // an empty last block
}

// hostile makes a workbook of one sheet of which some parts are other ones.
func hostile(others ...part) func() []byte {
	parts := []part{
		{name: "_rels/.rels", before: relations("officeDocument", "xl/workbook.xml")},
		{name: "xl/workbook.xml", before: `<workbook xmlns:r="r"><sheets><sheet name="Sheet1" r:id="rId1"/></sheets></workbook>`},
		{name: "xl/_rels/workbook.xml.rels", before: relations("worksheet", "worksheets/sheet1.xml", "sharedStrings", "sharedStrings.xml")},
		{name: "xl/worksheets/sheet1.xml", before: `<worksheet><sheetData>` + heads + `</sheetData></worksheet>`},
		{name: "xl/sharedStrings.xml", before: texts},
	}
	for _, other := range others {
		parts = append(slices.DeleteFunc(parts, func(p part) bool { return p.name == other.name }), other)
	}
	return func() []byte { return bomb(parts...) }
}

// crowded makes an archive whose directory has one file under many names.
func crowded(names int) func() []byte {
	one := archive("00000", "")
	from, to := bytes.Index(one, []byte("PK\x01\x02")), bytes.Index(one, []byte("PK\x05\x06"))
	entry, end := string(one[from:to]), bytes.Clone(one[to:])
	binary.LittleEndian.PutUint16(end[8:], uint16(names))
	binary.LittleEndian.PutUint16(end[10:], uint16(names))
	binary.LittleEndian.PutUint32(end[12:], uint32(names*len(entry)))
	return func() []byte {
		file := slices.Clone(one[:from])
		for i := range names {
			file = append(file, strings.Replace(entry, "00000", fmt.Sprintf("%05x", i), 1)...)
		}
		return append(file, end...)
	}
}

// No file, whoever made it, takes more than 64 MB to be refused or read.
func TestReadTakesLittleMemory(t *testing.T) {
	const most = 64 << 20
	type file = func() []byte
	sheet1 := func(before, unit string, times int, after string) file {
		return hostile(part{name: "xl/worksheets/sheet1.xml", before: before, unit: unit, times: times, after: after})
	}
	shared := func(before, unit string, times int, after string) file {
		return hostile(part{name: "xl/sharedStrings.xml", before: before, unit: unit, times: times, after: after})
	}
	rows := func(unit string, times int) file {
		return sheet1(`<worksheet><sheetData>`+heads, unit, times, `</sheetData></worksheet>`)
	}
	page := func(before, unit string, times int, after string) file {
		return func() []byte { return []byte(before + strings.Repeat(unit, times) + after) }
	}
	cell := func(text string) string { return `<c t="inlineStr"><is><t>` + text + `</t></is></c>` }
	word := strings.Repeat("word ", 2000) // 10,000 characters

	for _, tt := range []struct {
		name string
		body func() []byte
		want string // broken, no list, or how many rows
		slow bool   // too much so for the race detector, which changes nothing here
	}{
		{"100 MB of zeros", func() []byte { return make([]byte, 100<<20) }, "broken", true},
		{"100 MB of spaces", sheet1("<worksheet>", strings.Repeat(" ", 1000), 100_000, "</worksheet>"), "broken", true},
		{"100 MB of tags", sheet1("<worksheet>", "<a b='"+strings.Repeat("c", 991)+"'/>", 100_000, "</worksheet>"), "broken", true},
		{"part that lies about its size", hostile(part{name: "xl/worksheets/sheet1.xml", before: "<worksheet>", unit: "<row/>", times: 50_000, after: "</worksheet>", lie: true}), "broken", false},
		{"million rows", rows(`<row><c><v>1</v></c></row>`, 1_000_000), "broken", true},
		{"million rows without cells", rows(`<row spans="1:8"/>`, 1_000_000), "0", true},
		{"last column of every row", rows(`<row><c r="XFD1"><v>1</v></c></row>`, 14_000), "0", false},
		{"every column of every row", rows("<row>"+strings.Repeat("<c><v>1</v></c>", 16384)+"</row>", 100), "broken", true},
		{"cells of 10,000 characters", rows("<row>"+cell("TEXAS")+cell(word)+cell("JEM")+"</row>", 400), "400", true},
		{"shared text of 10,000 characters", hostile(
			part{name: "xl/sharedStrings.xml", before: strings.Replace(texts, "TEXAS", word, 1)},
			part{name: "xl/worksheets/sheet1.xml", before: `<worksheet><sheetData>` + heads, unit: `<row><c t="s"><v>4</v></c></row>`, times: 14_000, after: `</sheetData></worksheet>`}), "broken", false},
		{"cell of a megabyte", rows("<row>"+cell(strings.Repeat(word, 100))+"</row>", 1), "broken", false},
		{"cell of many pieces", rows(`<row><c t="inlineStr"><is><t>`+strings.Repeat("<![CDATA[ab]]>", 100_000)+`</t></is></c></row>`, 10), "10", true},
		{"shared texts", shared("<sst>", "<si/>", 300_000, "</sst>"), "broken", true},
		{"attributes", shared("<sst ", `a="" `, 100_000, "/>"), "broken", false},
		{"attribute", shared(`<sst a="`, "aaaaaaaaaa", 100_000, `"/>`), "broken", false},
		{"comment", shared("<!--", "<a><b><c> ", 100_000, "--><sst/>"), "broken", false},
		{"tags within each other", shared("", "<a>", 5_000_000, ""), "broken", false},
		{"entities", shared(`<!DOCTYPE x [<!ENTITY a "`+word+`">]><sst>`, "<si><t>&a;</t></si>", 10_000, "</sst>"), "broken", false},
		{"link on every cell", sheet1(`<worksheet xmlns:r="r"><hyperlinks>`, `<hyperlink ref="A1:XFD1048576" r:id="rId1"/>`, 1000, "</hyperlinks></worksheet>"), "broken", false},
		{"links", hostile(part{name: "xl/worksheets/_rels/sheet1.xml.rels", before: "<Relationships>", unit: `<Relationship Id="" Target="a"/>`, times: 300_000, after: "</Relationships>"}), "broken", true},
		{"sheets", hostile(part{name: "xl/workbook.xml", before: `<workbook xmlns:r="r"><sheets>`, unit: `<sheet name="a" r:id="rId1"/>`, times: 1_000_000, after: `</sheets></workbook>`}), "broken", false},
		{"sheets of one part", hostile(
			part{name: "xl/workbook.xml", before: `<workbook xmlns:r="r"><sheets>`, unit: `<sheet name="a" r:id="rId1"/>`, times: 100, after: `</sheets></workbook>`},
			part{name: "xl/worksheets/sheet1.xml", before: `<worksheet><sheetData>` + heads, unit: `<row><c><v>1</v></c></row>`, times: 5000, after: `</sheetData></worksheet>`}), "broken", false},
		{"files", crowded(160_000), "broken", false},

		{"page of tags", page("<html>", "<a>", 2_500_000, ""), "no list", true},
		{"page of formats", page("<html>"+strings.Repeat("<b>", 400), "<p>", 500_000, ""), "no list", true},
		{"page of tables", page("", "<table></table>", 500_000, ""), "no list", true},
		{"page of tables within each other", page("", "<table>", 1_100_000, ""), "broken", false},
		{"page of cells", page("<table>", "<td>a", 300_000, "</table>"), "broken", true},
		{"page of rows", page("<table>", "<tr><td>a", 20_000, "</table>"), "broken", true},
		{"page of attributes", page("<table ", "a=b ", 2_000_000, ">"), "broken", true},
		{"page of text", page("<table><tr><td>", "text ", 1_600_000, "</table>"), "broken", true},

		{"as large as is let in", rows("<row>"+cell("TEXAS of old")+strings.Repeat(cell("A name of some thirty characters"), 3)+"</row>", 14_999), "14999", true},
		{"a list of 2,500", func() []byte { return sheettest.Participating(sheettest.Sample(2500)...) }, "2500", false},
	} {
		if tt.slow && raceDetector() {
			continue
		}
		got := readInProcess(t, tt.body())
		was := fmt.Sprint(got.Rows)
		if got.Broken {
			was = "broken"
		} else if got.NoList {
			was = "no list"
		}
		if was != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, was, got.Error, tt.want)
		}
		if got.Memory > most {
			t.Errorf("%s takes %d MB", tt.name, got.Memory>>20)
		}
		t.Logf("%-34s %3d MB  %s", tt.name, got.Memory>>20, got.Error)
	}
}

// raceDetector says whether the test was built with it.
func raceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// readInProcess has another process read a file.
func readInProcess(t *testing.T, body []byte) (got taken) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), exe)
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childSize, len(body)), "GORACE=atexit_sleep_ms=0")
	child.Stdin, child.Stderr = bytes.NewReader(body), os.Stderr
	out, err := child.Output()
	if err == nil {
		err = json.Unmarshal(out, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	return got
}
