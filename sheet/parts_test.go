package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// archive makes a zip file of names and contents in turn.
func archive(parts ...string) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
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

// relations makes the part that says where others are, of kinds and places in turn.
func relations(targets ...string) string {
	var b strings.Builder
	for i := 0; i < len(targets); i += 2 {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`, i/2+1, targets[i], targets[i+1])
	}
	return "<Relationships>" + b.String() + "</Relationships>"
}

// workbook makes a file of one sheet from the parts that matter.
func workbook(worksheet, texts, links string) []byte {
	return archive(
		"_rels/.rels", relations("officeDocument", "xl/workbook.xml"),
		"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Sheet1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml", "sharedStrings", "/xl/sharedStrings.xml"),
		"xl/worksheets/sheet1.xml", worksheet,
		"xl/worksheets/_rels/sheet1.xml.rels", links,
		"xl/sharedStrings.xml", texts)
}

const (
	noLinks = "<Relationships/>"
	heads   = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row>`
	texts   = `<sst><si><t>STATE</t></si><si><t>LAW ENFORCEMENT AGENCY</t></si><si><t>SUPPORT TYPE</t></si><si><t>MOA</t></si><si><t>TEXAS</t></si></sst>`
)

// Programs other than Excel write the same things in other ways.
func TestReadDialects(t *testing.T) {
	rich := `<sst><si><t>STATE</t></si><si><r><rPr><b/></rPr><t>LAW ENFORCEMENT</t></r><r><t xml:space="preserve"> AGENCY</t></r><phoneticPr fontId="1"/></si><si><t>SUPPORT TYPE</t></si><si><t>MOA</t></si>` +
		`<si><t>TEXAS</t><rPh sb="0" eb="1"><t>tek-sas</t></rPh></si></sst>`
	prefixed := strings.NewReplacer("</", "</x:", "<", "<x:").Replace
	const row = `<row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2" t="inlineStr"><is><t>Sample_x0020_Police</t></is></c><c r="C2" t="str"><v>JEM</v></c><c r="D2"><v>1</v></c></row>`
	sheetOf := func(rows, rest string) string {
		return `<worksheet xmlns:r="r"><cols><col min="1"/></cols><sheetData>` + heads + rows + `</sheetData>` + rest + `</worksheet>`
	}
	link := `<hyperlinks><hyperlink ref="D2" r:id="rId1"/></hyperlinks>`
	for _, tt := range []struct {
		name   string
		body   []byte
		number int
		moa    string
	}{
		{"usual", workbook(sheetOf(row, ""), texts, noLinks), 2, ""},
		{"rich text and its pronunciation", workbook(sheetOf(row, ""), rich, noLinks), 2, ""},
		{"cells and rows without a place", workbook(sheetOf(`<row><c t="s"><v>4</v></c><c t="inlineStr"><is><t>Sample Police</t></is></c><c t="str"><v>JEM</v></c></row>`, ""), texts, noLinks), 2, ""},
		{"a prefix", workbook(prefixed(sheetOf(row, "")), prefixed(texts), noLinks), 2, ""},
		{"CDATA and entities", workbook(sheetOf(strings.Replace(row, "Sample", "<![CDATA[Sam]]>&#112;&#x6c;e", 1), ""), texts, noLinks), 2, ""},
		{"rows far down", workbook(sheetOf(strings.NewReplacer(`r="2"`, `r="1048576"`, `A2`, `A1048576`).Replace(row), ""), texts, noLinks), 1048576, ""},
		{"rows with a format only", workbook(sheetOf(`<row r="2" s="1"/><row r="3"><c r="A3" s="4"/><c r="B3" t="s"/><c r="C3" t="b"><v/></c><c r="D3" t="str"><f>1+1</f></c></row>`+strings.ReplaceAll(row, `2"`, `4"`), ""), texts, noLinks), 4, ""},
		{"link", workbook(sheetOf(row, link), texts, relations("hyperlink", "https://www.ice.gov/a.pdf")), 2, "https://www.ice.gov/a.pdf"},
		{"link over several cells", workbook(sheetOf(row, strings.Replace(link, "D2", "B1:D3", 1)), texts, relations("hyperlink", "https://www.ice.gov/a.pdf")), 2, "https://www.ice.gov/a.pdf"},
		{"link within the workbook", workbook(sheetOf(row, `<hyperlinks><hyperlink ref="D2" location="Sheet1!A1"/></hyperlinks>`), texts, noLinks), 2, ""},
		{"link on an empty cell", workbook(sheetOf(row, strings.Replace(link, "D2", "A9", 1)), texts, relations("hyperlink", "https://www.ice.gov/a.pdf")), 2, ""},
		{"names with capitals and backslashes", archive("_rels\\.rels", relations("officeDocument", "/XL/Workbook.xml"),
			"xl/WORKBOOK.xml", `<workbook xmlns:r="r"><sheets><sheet name="1" r:id="rId1"/></sheets></workbook>`,
			"XL/_rels/Workbook.xml.rels", relations("worksheet", "Sheets/First.xml", "sharedStrings", "Texts.xml"),
			"xl\\sheets\\first.xml", sheetOf(row, ""), "xl/texts.xml", texts), 2, ""},
		{"archive behind other bytes", append([]byte("\r\n"), workbook(sheetOf(row, ""), texts, noLinks)...), 2, ""},
	} {
		r, err := readOne(tt.body)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if len(r.Rows) != 1 || len(r.Problems) != 0 {
			t.Errorf("%s: %+v", tt.name, r)
			continue
		}
		if got := r.Rows[0]; got.Number != tt.number || got.State != "TX" || got.Agency != "Sample Police" || got.Model != "JEM" || got.MOA != tt.moa {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// A workbook that contradicts itself could be a list of which a part is gone: it
// is refused, and never read as a shorter one.
func TestReadRefusesDamage(t *testing.T) {
	rows := func(s string) []byte {
		return workbook(`<worksheet><sheetData>`+heads+s+`</sheetData></worksheet>`, texts, noLinks)
	}
	for name, body := range map[string][]byte{
		"tag that is not closed":       rows(`<row r="2"><c r="A2"><v>1</v></row>`),
		"tag that another closes":      rows(`<row r="2"><c r="A2"></oops></row>`),
		"sheet that breaks off":        workbook(`<worksheet><sheetData>`+heads+`<row r="2">`, texts, noLinks),
		"sheet that breaks off a cell": workbook(`<worksheet><sheetData>`+heads+`<row r="2"><c r="A2"><v>1`, texts, noLinks),
		"empty sheet part":             workbook("", texts, noLinks),
		"unknown entity":               rows(`<row r="2"><c r="A2" t="str"><v>&what;</v></c></row>`),
		"other encoding":               workbook(`<?xml version="1.0" encoding="UTF-16"?><worksheet/>`, texts, noLinks),
		"text that is not there":       rows(`<row r="2"><c r="A2" t="s"><v>99</v></c></row>`),
		"text without a number":        rows(`<row r="2"><c r="A2" t="s"><v>x</v></c></row>`),
		"text before the first":        rows(`<row r="2"><c r="A2" t="s"><v>-1</v></c></row>`),
		"texts that break off":         workbook(`<worksheet/>`, `<sst><si><t>STATE</t></si>`, noLinks),
		"row without a number":         rows(`<row r="two"/>`),
		"row zero":                     rows(`<row r="0"/>`),
		"cell without a column":        rows(`<row r="2"><c r="2"><v>1</v></c></row>`),
		"cell without a row":           rows(`<row r="2"><c r="A"><v>1</v></c></row>`),
		"cell beyond all columns":      rows(`<row r="2"><c r="ABCD2"><v>1</v></c></row>`),
		"cell in no row":               workbook(`<worksheet><sheetData><c r="A1"><v>1</v></c></sheetData></worksheet>`, texts, noLinks),
		"cells out of order":           rows(`<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>`),
		"cell twice":                   rows(`<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>`),
		"link without a place":         workbook(`<worksheet xmlns:r="r"><hyperlinks><hyperlink r:id="rId1"/></hyperlinks></worksheet>`, texts, noLinks),
		"link to no end":               workbook(`<worksheet xmlns:r="r"><hyperlinks><hyperlink ref="A1:?" r:id="rId1"/></hyperlinks></worksheet>`, texts, noLinks),
		"links that break off":         workbook(`<worksheet/>`, texts, "<Relationships>"),
		"sheet without a part": archive("xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Sheet1" r:id="rId1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml")),
		"sheet without an id":  archive("xl/workbook.xml", `<workbook><sheets><sheet name="Sheet1"/></sheets></workbook>`),
		"workbook breaks off":  archive("xl/workbook.xml", `<workbook><sheets>`),
		"two parts of a name":  archive("xl/workbook.xml", `<workbook/>`, "XL/workbook.xml", `<workbook/>`),
		"two roots, one cut":   workbook(`<worksheet><sheetData>`+heads+`</sheetData></worksheet><more>`, texts, noLinks),
		"texts that are gone":  archive("xl/workbook.xml", `<workbook/>`, "xl/_rels/workbook.xml.rels", relations("sharedStrings", "sharedStrings.xml")),
		"index that is no XML": archive("xl/workbook.xml", `workbook`),
	} {
		if r, err := sheet.Read(body, published); !errors.Is(err, sheet.ErrBroken) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// A link whose address is missing is a cell that could not be read.
func TestReadReportsLostLinks(t *testing.T) {
	r := read(t, workbook(`<worksheet xmlns:r="r"><sheetData>`+heads+`<row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2" t="str"><v>Sample Police</v></c><c r="C2" t="str"><v>JEM</v></c><c r="D2" t="str"><v>link</v></c></row></sheetData>`+
		`<hyperlinks><hyperlink ref="D2" r:id="rId7"/></hyperlinks></worksheet>`, texts, noLinks))
	if len(r.Problems) != 1 || r.Problems[0].Column != "MOA" || r.Problems[0].Row != 2 || r.Rows[0].MOA != "" {
		t.Errorf("%+v", r)
	}
}

// Whichever byte of a file is wrong, the list is refused or read as it was, or
// what is lost is reported; and no file that ends too early is read.
func TestReadNoticesEveryWrongByte(t *testing.T) {
	sound := sheettest.Participating(sheettest.Sample(3)...)
	want := read(t, sound)
	step := 1
	if raceDetector() { // which takes ten times as long
		step = 7
	}
	tried, refused := 0, 0
	for at := 0; at < len(sound); at += step {
		if r, err := sheet.Read(sound[:at], published); !errors.Is(err, sheet.ErrBroken) {
			t.Errorf("the first %d of %d bytes: %+v, %v", at, len(sound), r, err)
		}
		body := bytes.Clone(sound)
		body[at] ^= 0x41
		tried++
		got, err := readOne(body)
		if err != nil {
			refused++
		} else if diff := cmp.Diff(want, got); diff != "" && len(got.Problems) == 0 {
			t.Errorf("byte %d (-want +got):\n%s", at, diff)
		}
	}
	if refused < tried/2 {
		t.Errorf("of %d wrong bytes only %d were noticed", tried, refused)
	}
}
