package pdf_test

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document/pdf"
	"github.com/watch287g/watch287g/document/pdf/pdftest"
	"github.com/watch287g/watch287g/roster"
)

var scale = flag.Bool("documents.scale", false, "read all hostile documents, not each eighth")

// bend is how long TestBentDocuments goes on. What reads is another process, so that a
// fuzzer would see nothing of it, and only slow it down.
var bend = flag.Duration("documents.bend", 2*time.Second, "for how long documents are bent at random and read")

// hostile is a file that is made to do harm, or is broken.
type hostile struct {
	name string
	body []byte
	// problem is what has to be said of it; "" where it only has to be said in time.
	problem roster.DocumentProblem
	text    string // what its first page has to say
}

// Files that are made to do harm cost themselves: each is answered in time with one
// sentence or with its text, and this process stays small.
func TestHostileDocuments(t *testing.T) {
	all := slices.Concat(cutAndBent(), trees(), streams(), boxes(), passwords(), kinds(), nests())
	t.Logf("%d documents", len(all))
	if len(all) < 200 {
		t.Error("that are too few")
	}
	dir := t.TempDir()
	for i, h := range all {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), h.body, 0o600); err != nil {
			t.Fatal(err)
		}
		all[i].body = nil
	}
	r := newReader(t, func(o *pdf.Options) { o.Timeout, o.Log = 2*time.Second, nil })
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // Linux: the peak begins anew
	said := map[string]int{}
	slowest, slow := time.Duration(0), ""
	for i, h := range all {
		if i%8 != 0 && !*scale {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		got := read(t, r, body)
		if took := time.Since(began); took > slowest {
			slowest, slow = took, h.name
		}
		if h.problem != "" && got.Problem != h.problem || got.Problem != "" && (strings.Count(got.Said, ". ") > 0 || !strings.HasSuffix(got.Said, ".")) {
			t.Errorf("%s: %q: %s", h.name, got.Problem, got.Said)
		}
		if h.text != "" && (len(got.Pages) == 0 || got.Pages[0].Text != h.text) {
			t.Errorf("%s: %+v", h.name, got)
		}
		said[string(got.Problem)]++
		debug.FreeOSMemory()
	}
	if slowest > 30*time.Second {
		t.Errorf("%s took %s", slow, slowest)
	}
	status, _ := os.ReadFile("/proc/self/status")
	if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		peak, _ := strconv.Atoi(string(m[1]))
		t.Logf("%v; %s took longest, %s; this process held %d MB at most", said, slow, slowest.Round(time.Millisecond), peak>>10)
		if peak > 128<<10 {
			t.Errorf("this process held %d MB", peak>>10)
		}
	}
}

// Whatever is bent of a document, by bytes, by lines that change places or by words of
// PDF in the wrong place, it is answered in time and in order.
func TestBentDocuments(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any will do
	t.Log("seed", seed)
	chance := rand.New(rand.NewPCG(seed, 287))
	bodies := [][]byte{pdftest.Text("page", "page"), pdftest.Scan(2, 8), encrypted("", "owner"), encrypted("reader", "owner")}
	for _, h := range slices.Concat(trees(), streams(), kinds()) {
		if len(h.body) < 20<<10 {
			bodies = append(bodies, h.body)
		}
	}
	words := strings.Fields("<< >> [ ] /Kids /Count /Parent /Length /Filter /FlateDecode /DecodeParms /Predictor 15 /Columns 99999 0 R 1 2 3 4 5 6 -1 1e9 obj endobj stream endstream /Type /XObject /Do /Pages /Annots /AP /ObjStm /XRef /W [1 2 1] /Index /Prev /Encrypt null true ( )")
	r := newReader(t, func(o *pdf.Options) { o.Timeout, o.Log = 2*time.Second, nil })
	n, problems := 0, map[string]int{}
	for began := time.Now(); time.Since(began) < *bend; n++ {
		body := bytes.Clone(bodies[chance.IntN(len(bodies))])
		for range 1 + chance.IntN(6) {
			at := chance.IntN(len(body))
			switch chance.IntN(4) {
			case 0:
				body[at] = byte(chance.IntN(256))
			case 1:
				body = slices.Insert(body, at, []byte(" "+words[chance.IntN(len(words))]+" ")...)
			case 2:
				lines := bytes.SplitAfter(body, []byte("\n"))
				chance.Shuffle(min(len(lines), 6), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
				body = bytes.Join(lines, nil)
			case 3:
				body = slices.Delete(body, at, min(len(body)-1, at+chance.IntN(30)))
			}
		}
		one := time.Now()
		got := read(t, r, body)
		problems[string(got.Problem)]++
		if took := time.Since(one); took > 20*time.Second || t.Failed() {
			t.Fatalf("it took %s: %q", took, body)
		}
	}
	t.Log(n, "documents", problems)
}

// cutAndBent are documents of which the end is missing, or some bytes are others.
func cutAndBent() (all []hostile) {
	r := rand.New(rand.NewPCG(287, 7))
	bodies := [][]byte{pdftest.Text(slices.Repeat([]string{"MEMORANDUM OF AGREEMENT\nThe parties agree."}, 14)...), pdftest.Scan(3, 60)}
	for i := range 60 {
		body := bodies[i%2]
		all = append(all, hostile{name: fmt.Sprint("cut off ", i), body: body[:r.IntN(len(body))]})
		bent := bytes.Clone(body)
		for range 1 + r.IntN(20) {
			bent[r.IntN(len(bent))] = byte(r.IntN(256))
		}
		all = append(all, hostile{name: fmt.Sprint("bent ", i), body: bent})
	}
	return all
}

// trees are documents whose pages and tables lead nowhere, or round and round.
func trees() []hostile {
	page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
	of := func(pages string, more ...string) []byte {
		var f pdftest.File
		f.Add(1, "<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R>>")
		f.Add(2, pages)
		for i, o := range more {
			f.Add(3+i, o)
		}
		return f.Bytes(1)
	}
	var many pdftest.File
	many.Add(1, "<</Type/Catalog/Pages 2 0 R>>")
	many.Add(2, "<</Type/Pages/Count 100000/Kids["+strings.Repeat("3 0 R ", 100000)+"]>>")
	many.Add(3, page)
	var deep pdftest.File
	deep.Add(1, "<</Type/Catalog/Pages 2 0 R>>")
	for n := 2; n < 10000; n++ {
		deep.Add(n, fmt.Sprintf("<</Type/Pages/Count 1/Parent %d 0 R/Kids[%d 0 R]>>", n-1, n+1))
	}
	deep.Add(10000, page)
	prev := pdftest.Text("page")
	at := bytes.LastIndex(prev, []byte("xref\n0"))
	all := []hostile{
		{name: "100,000 pages", body: many.Bytes(1), problem: roster.ProblemUnreadable},
		{name: "a tree 10,000 deep", body: deep.Bytes(1)},
		{name: "no pages", body: of("<</Type/Pages/Count 0/Kids[]>>"), problem: roster.ProblemEmpty},
		{name: "no page tree", body: of("null")},
		{name: "a table that is before itself", body: bytes.Replace(prev, []byte("/Root 1 0 R"), fmt.Appendf(nil, "/Root 1 0 R/Prev %d", at), 1), text: "page"},
		{name: "a table in a stream that is itself", body: bytes.Replace(prev, []byte("/Root 1 0 R"), fmt.Appendf(nil, "/Root 1 0 R/XRefStm %d", at), 1)},
		{name: "a table of two billion", body: bytes.Replace(prev, []byte("/Size 6"), []byte("/Size 2147483647"), 1)},
		{name: "its catalog is its trailer", body: of("<</Type/Pages/Count 1/Kids[1 0 R]>>")},
	}
	for i, pages := range []string{
		"<</Type/Pages/Count 1/Kids[2 0 R]>>", "<</Type/Pages/Count 2/Kids[3 0 R 3 0 R]>>", "<</Type/Pages/Count -1/Kids[3 0 R]>>",
		"<</Type/Pages/Count 2147483647/Kids[3 0 R]>>", "<</Type/Pages/Count 5/Kids[]>>", "<</Type/Pages/Count 1/Kids 2 0 R>>", "2 0 R", "[2 0 R]",
	} {
		all = append(all, hostile{name: fmt.Sprint("a page tree that is wrong ", i), body: of(pages, "<</Type/Pages/Count 1/Parent 3 0 R/Kids[2 0 R 3 0 R]>>")})
	}
	return all
}

// deflated is that many bytes, as a repetition, compressed without being held.
func deflated(what string, size int) []byte {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
	block := []byte(strings.Repeat(what, 1<<16/len(what)))
	for range size / len(block) {
		_, _ = z.Write(block)
	}
	_ = z.Close()
	return b.Bytes()
}

func twice(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = io.Copy(z, bytes.NewReader(data))
	_ = z.Close()
	return b.Bytes()
}

// onePage is a document of one page, with what the page and the file have beside.
func onePage(page, contents string, content []byte, more func(*pdftest.File)) []byte {
	var f pdftest.File
	f.Add(1, "<</Type/Catalog/Pages 2 0 R>>")
	f.Add(2, "<</Type/Pages/Count 1/Kids[3 0 R]>>")
	f.Add(3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources 5 0 R"+page+">>")
	f.Stream(4, contents, content)
	f.Add(5, "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>/XObject<</X 6 0 R/Y 7 0 R>>/Pattern<</P 8 0 R>>/Shading<</S 9 0 R>>>>")
	if more != nil {
		more(&f)
	}
	return f.Bytes(1)
}

const letter = "/MediaBox[0 0 612 792]"

// streams are documents with streams that unfold to far more than they are, call
// themselves, or keep busy.
func streams() []hostile {
	const gigabyte = 1 << 30
	zeros := deflated("\x00\x00\x00\x00", gigabyte)
	image := "/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8"
	with := func(content string, more func(*pdftest.File)) []byte {
		return onePage(letter, "", []byte(content), more)
	}
	stream := func(n int, dictionary string, data []byte) func(*pdftest.File) {
		return func(f *pdftest.File) { f.Stream(n, dictionary, data) }
	}
	all := []hostile{
		{name: "a gigabyte of blanks to draw", body: onePage(letter, "/Filter/FlateDecode", deflated("    ", gigabyte), nil)},
		{name: "a gigabyte of nesting to draw", body: onePage(letter, "/Filter/FlateDecode", deflated("q ", gigabyte/4), nil)},
		{name: "a gigabyte, packed twice", body: onePage(letter, "/Filter[/FlateDecode/FlateDecode]", twice(zeros), nil)},
		{name: "a gigabyte of text", body: onePage(letter, "/Filter/FlateDecode", deflated("BT /F1 1 Tf (All this is text, and more.) Tj ET ", gigabyte/4), nil), problem: roster.ProblemUnreadable},
		{name: "more text than is taken", body: onePage(letter, "/Filter/FlateDecode", deflated("BT /F1 1 Tf (All this is text, and more.) Tj ET ", 8<<20), nil)},
		{name: "filters without end", body: onePage(letter, "/Filter["+strings.Repeat("/ASCIIHexDecode", 10000)+"]", []byte("00"), nil)},
		{name: "a length that is itself", body: bytes.Replace(with("", nil), []byte("/Length 0"), []byte("/Length 4 0 R"), 1)},
		{name: "a length of two billion", body: bytes.Replace(with("", nil), []byte("/Length 0"), []byte("/Length 2147483647"), 1)},
		{name: "a form that draws itself", body: with("/X Do", stream(6, "/Subtype/Form/BBox[0 0 9 9]/Resources 5 0 R", []byte("/X Do /X Do")))},
		{name: "two forms that draw each other twice", body: with("/X Do", func(f *pdftest.File) {
			f.Stream(6, "/Subtype/Form/BBox[0 0 9 9]/Resources 5 0 R", []byte("/Y Do /Y Do"))
			f.Stream(7, "/Subtype/Form/BBox[0 0 9 9]/Resources 5 0 R", []byte("/X Do /X Do"))
		})},
		{name: "a pattern of itself", body: with("/Pattern cs /P scn 0 0 600 700 re f", stream(8, "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .001/YStep .001/Resources 5 0 R", []byte("/Pattern cs /P scn 0 0 1 1 re f")))},
		{name: "a shading by a long program", body: with("/S sh", func(f *pdftest.File) {
			f.Add(9, "<</ShadingType 1/ColorSpace/DeviceGray/Function 10 0 R>>")
			f.Stream(10, "/FunctionType 4/Domain[0 1 0 1]/Range[0 1]", []byte("{"+strings.Repeat("dup mul ", 200000)+"}"))
		})},
		{name: "a mask of itself", body: with("q 600 0 0 700 0 0 cm /X Do Q", stream(6, image+"/Width 9/Height 9/SMask 6 0 R", make([]byte, 243)))},
		{name: "a million forms", body: onePage(letter, "/Filter/FlateDecode", deflated("/X Do ", 6<<20), stream(6, "/Subtype/Form/BBox[0 0 9 9]", []byte("0 0 1 1 re f")))},
		{name: "a million curves", body: onePage(letter, "/Filter/FlateDecode", deflated("1 2 3 4 5 6 c ", 64<<20), nil)},
		{name: "a font that is a bomb", body: bytes.Replace(with("BT /F1 9 Tf (x) Tj ET", stream(6, "/Filter/FlateDecode", zeros)), []byte("/BaseFont/Helvetica"), []byte("/BaseFont/Helvetica/FontDescriptor<</Type/FontDescriptor/FontName/F/FontFile 6 0 R>>"), 1)},
	}
	for i, size := range []string{"/Width 100000/Height 100000", "/Width 2147483647/Height 1", "/Width 30000/Height 30000", "/Width -1/Height -1", "/Width 0/Height 0"} {
		for j, filter := range []string{"/Filter/FlateDecode", "/Filter/JBIG2Decode", "/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 100000/Rows 100000>>", "/Filter/JPXDecode", "/Filter/DCTDecode", "/Filter/RunLengthDecode"} {
			body := with("q 612 0 0 792 0 0 cm /X Do Q", stream(6, image+size+filter, zeros))
			all = append(all, hostile{name: fmt.Sprintf("a huge image %d %d", i, j), body: body})
		}
	}
	return all
}

// boxes are pages of sizes that none has.
func boxes() (all []hostile) {
	for i, box := range []string{
		"", "/MediaBox[0 0 0 0]", "/MediaBox[0 0 1e9 1e9]", "/MediaBox[0 0 1e38 1e38]", "/MediaBox[1e38 1e38 -1e38 -1e38]", "/MediaBox[0 0 99999999999999999999 9]",
		"/MediaBox[-5 -5 -9 -9]", "/MediaBox 3 0 R", "/MediaBox[/a/b/c/d]", letter + "/UserUnit 1e9", letter + "/UserUnit -1", letter + "/Rotate 91", letter + "/Rotate 99999999999",
	} {
		all = append(all, hostile{name: fmt.Sprint("a size that no page has ", i), body: onePage(box, "", []byte("BT /F1 9 Tf 20 20 Td (page) Tj ET q 612 0 0 792 0 0 cm /X Do Q"), nil)})
	}
	return all
}

// passwords are encrypted documents: with a password for their owner alone, which everybody
// can read, and with one for readers.
func passwords() []hostile {
	unknown := onePage(letter, "", nil, nil)
	unknown = bytes.Replace(unknown, []byte("/Root 1 0 R"), []byte("/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Other.Handler/V 9/R 9>>"), 1)
	return []hostile{
		{name: "with an owner's password", body: encrypted("", "owner"), text: "It is a secret."},
		{name: "with a reader's password", body: encrypted("reader", "owner"), problem: roster.ProblemEncrypted},
		{name: "encrypted in an unknown way", body: unknown, problem: roster.ProblemEncrypted},
	}
}

// encrypted is a document encrypted by RC4 with 40 bits (PDF 1.7, 7.6.3).
func encrypted(user, owner string) []byte {
	pad := []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")
	padded := func(s string) []byte { return append([]byte(s), pad...)[:32] }
	code := func(key, data []byte) []byte {
		out := make([]byte, len(data))
		c, _ := rc4.NewCipher(key)
		c.XORKeyStream(out, data)
		return out
	}
	sum := md5.Sum(padded(owner))
	o := code(sum[:5], padded(user))
	id := []byte("0123456789abcdef")
	permissions := int32(-4)
	key := md5.Sum(slices.Concat(padded(user), o, binary.LittleEndian.AppendUint32(nil, uint32(permissions)), id))
	object := md5.Sum(slices.Concat(key[:5], []byte{4, 0, 0, 0, 0})) // of object 4
	content := code(object[:10], []byte("BT /F1 9 Tf 20 700 Td (It is a secret.) Tj ET"))
	body := onePage(letter, "", content, nil)
	h := hex.EncodeToString
	return bytes.Replace(body, []byte("/Root 1 0 R"), fmt.Appendf(nil, "/Root 1 0 R/ID[<%s><%s>]/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>",
		h(id), h(id), h(o), h(code(key[:5], pad)), permissions), 1)
}

// kinds are files of other kinds under the name of a PDF, and PDFs that bring more than
// their pages.
func kinds() []hostile {
	active := func(catalog string, more ...string) []byte {
		body := pdftest.Text("page")
		return bytes.Replace(body, []byte("<</Type/Catalog"), []byte("<</Type/Catalog"+catalog), 1)
	}
	field := onePage(letter+"/Annots[6 0 R]", "", []byte("BT /F1 9 Tf 20 700 Td (Agency:) Tj ET"), func(f *pdftest.File) {
		f.Add(6, "<</Type/Annot/Subtype/Widget/FT/Tx/T(agency)/V(Lake County)/F 4/Rect[100 690 300 710]/AP<</N 7 0 R>>>>")
		f.Stream(7, "/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources 5 0 R", []byte("BT /F1 9 Tf 2 10 Td (Lake County) Tj ET"))
	})
	all := []hostile{
		{name: "JavaScript", body: active("/OpenAction<</S/JavaScript/JS(while(true){})>>"), text: "page"},
		{name: "a program to start", body: active("/OpenAction<</S/Launch/F(/bin/sh)>>"), text: "page"},
		{name: "an address to open", body: active("/OpenAction<</S/URI/URI(http://127.0.0.1/)>>"), text: "page"},
		{name: "files in it", body: active("/Names<</EmbeddedFiles<</Names[(a.exe)<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>]>>>>"), text: "page"},
		{name: "XFA", body: active("/AcroForm<</XFA 5 0 R/NeedAppearances true>>"), text: "page"},
		{name: "a form that is filled in", body: field, text: "Agency:\nLake County"},
		{name: "after other bytes", body: append([]byte("junk\n"), pdftest.Text("page")...), text: "page"},
		{name: "HTML with the mark of a PDF", body: []byte("<html><!-- %PDF-1.4 --><body>Access denied"), problem: roster.ProblemWebPage},
	}
	for i, head := range []string{"<!doctype html><p>Page not found", "\x89PNG\r\n\x1a\n\x00", "\xff\xd8\xff\xe0", "PK\x03\x04", "\x7fELF\x02", "GIF89a", "{\\rtf1", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "%!PS-Adobe", "\x1f\x8b\x08", "plain", "\x00\x00\x00"} {
		problem := roster.ProblemNotPDF
		if i == 0 {
			problem = roster.ProblemWebPage
		}
		all = append(all, hostile{name: fmt.Sprintf("begins with %q", head), body: []byte(head + strings.Repeat("x", 2000)), problem: problem})
	}
	return all
}

// nests are objects in objects.
func nests() (all []hostile) {
	for _, n := range []int{1000, 100000, 5000000} {
		for name, brackets := range map[string][2]string{"arrays": {"[", "]"}, "dictionaries": {"<</A", ">>"}, "strings": {"(", ")"}} {
			all = append(all, hostile{name: fmt.Sprintf("%d %s in each other", n, name), body: onePage(letter, "", nil, func(f *pdftest.File) {
				f.Add(6, strings.Repeat(brackets[0], n)+strings.Repeat(brackets[1], n))
				f.Add(7, "6 0 R")
			})})
			all = append(all, hostile{name: fmt.Sprintf("%d %s in each other on a page", n, name), body: onePage(letter+"/Group "+strings.Repeat(brackets[0], n)+strings.Repeat(brackets[1], n), "", nil, nil)})
		}
	}
	return all
}
