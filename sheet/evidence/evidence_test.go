package evidence

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/sheet/sheettest"
)

// wrapper is a Safe Link as Outlook writes it, with somebody's address in its data.
const wrapper = "https://gcc02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.ice.gov%2Fdoclib%2Fa.pdf&data=05%7C02%7Cjane.doe%40ice.dhs.gov%7C1&sdata=x%3D&reserved=0"

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relNS  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(s)
}

func rels(of ...[3]string) string { // id, kind, target
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range of {
		mode := ""
		if r[1] == "hyperlink" {
			mode = ` TargetMode="External"`
		}
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s%s" Target="%s"%s/>`, r[0], relNS, r[1], escaped(r[2]), mode)
	}
	return b.String() + `</Relationships>`
}

// telling is a workbook that names people in every way that there is.
func telling() [][2]string {
	twice := strings.NewReplacer("%", "%25", ":", "%3A", "/", "%2F", "?", "%3F", "&", "%26", "=", "%3D").Replace(wrapper)
	return [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="r"/><Default Extension="bin" ContentType="b"/><Default Extension="xml" ContentType="x"/><Override PartName="/xl/workbook.xml" ContentType="w"/><Override PartName="/docProps/core.xml" ContentType="c"/></Types>`},
		{"_rels/.rels", rels([3]string{"rId1", "officeDocument", "xl/workbook.xml"}, [3]string{"rId2", "core-properties", "docProps/core.xml"})},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>Doe, Jane</dc:creator><cp:lastModifiedBy>Doe, Jane</cp:lastModifiedBy></cp:coreProperties>`},
		{"xl/workbook.xml", `<?xml version="1.0" encoding="UTF-8"?><!-- by Jane Doe --><workbook ` + mainNS + ` xmlns:mc="m" xmlns:x15ac="x"><fileSharing userName="Doe, Jane"/><mc:AlternateContent><mc:Choice><x15ac:absPath url="C:\Users\JDoe\Downloads\"/></mc:Choice></mc:AlternateContent><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="DoeJane">'C:\Users\JDoe\[x.xlsx]a'!A1</definedName></definedNames></workbook>`},
		{"xl/_rels/workbook.xml.rels", rels([3]string{"rId1", "worksheet", "worksheets/sheet1.xml"}, [3]string{"rId2", "sharedStrings", "sharedStrings.xml"}, [3]string{"rId3", "person", "persons/person.xml"}, [3]string{"rId4", "customXml", "../customXml/item1.xml"})},
		{"xl/persons/person.xml", `<personList><person displayName="Doe, Jane" userId="jane.doe@ice.dhs.gov"/></personList>`},
		{"customXml/item1.xml", `<UserInfo><DisplayName>Doe, Jane</DisplayName></UserInfo>`},
		{"xl/sharedStrings.xml", `<sst ` + mainNS + `><si><t>TEXAS</t></si><si><t>write to jane.doe&#64;ice.dhs.gov now</t></si><si><r><t>jane.doe@</t></r><r><rPr><b/></rPr><t>ice.dhs.gov</t></r></si><si><t>jane.doe<!-- -->@ice.dhs.gov</t></si><si><t><![CDATA[jane.doe@ice.dhs.gov]]></t></si><si><t>` + escaped(wrapper) + `</t></si><si><t>jane.doe%2540ice%252Edhs%252Egov</t></si><si><t>_(@_) 50% &amp; more</t></si></sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + mainNS + `><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><f>HYPERLINK("` + escaped(wrapper) + `","link")</f><v>link</v></c><c r="C1" t="inlineStr"><is><t>mail JANE.DOE@ICE.DHS.GOV</t></is></c></row></sheetData>` +
			`<hyperlinks><hyperlink ref="A1" r:id="rId1" display="` + escaped(wrapper) + `"/><hyperlink ref="A2" r:id="rId2"/><hyperlink ref="A3" r:id="rId3"/><hyperlink ref="A4" r:id="rId4"/><hyperlink ref="A5" r:id="rId5" tooltip="Original URL: ` + escaped(wrapper) + `"/></hyperlinks><pageSetup orientation="portrait" r:id="rId6"/><legacyDrawing r:id="rId7"/><extLst><ext uri="jane.doe@ice.dhs.gov"/></extLst></worksheet>`},
		{"xl/worksheets/_rels/sheet1.xml.rels", rels([3]string{"rId1", "hyperlink", wrapper}, [3]string{"rId2", "hyperlink", "mailto:jane.doe@ice.dhs.gov"}, [3]string{"rId3", "hyperlink", `file:///C:\Users\JDoe\a.pdf`},
			[3]string{"rId4", "hyperlink", "https://www.ice.gov/?u=" + twice}, [3]string{"rId5", "hyperlink", "https://www.ice.gov/doclib/b.pdf"}, [3]string{"rId6", "printerSettings", "../printerSettings/p.bin"}, [3]string{"rId7", "comments", "../comments1.xml"})},
		{"xl/printerSettings/p.bin", "EPSON of Jane Doe"},
		{"xl/comments1.xml", `<comments><authors><author>Doe, Jane</author></authors></comments>`},
		{"[trash]/0000.dat", "Jane Doe"},
	}
}

func packed(t testing.TB, parts [][2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpacked has the parts of a workbook by name.
func unpacked(t testing.TB, body []byte) map[string]string {
	t.Helper()
	b := &book{left: maxUnpacked}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	b.files = map[string]*zip.File{}
	all := map[string]string{}
	for _, f := range z.File {
		b.files[strings.ToLower(f.Name)] = f
		content, err := b.unpack(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(content)
	}
	return all
}

func TestWorkbookIsGivenOutWithoutPeople(t *testing.T) {
	original := packed(t, telling())
	f, err := Public(original)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Public(original)
	if !bytes.Equal(f.Body, again.Body) || !f.Changed || len(f.SHA256) != 64 {
		t.Errorf("changed %v, SHA-256 %s, the same the second time: %v", f.Changed, f.SHA256, bytes.Equal(f.Body, again.Body))
	}
	parts := unpacked(t, f.Body)
	for name, content := range parts {
		for _, secret := range []string{"doe", "jane", "safelinks", "epson", `c:\`, "mailto"} {
			if strings.Contains(strings.ToLower(name+content), secret) {
				t.Errorf("%s holds %q: %s", name, secret, content)
			}
		}
	}
	for name, want := range map[string][]string{
		"xl/sharedStrings.xml":                {"<si><t>TEXAS</t></si>", `<t xml:space="preserve">write to [withheld] now</t>`, `<t xml:space="preserve">[withheld]</t>`, `<t xml:space="preserve">https://www.ice.gov/doclib/a.pdf</t>`, "<t>_(@_) 50% &amp; more</t>"},
		"xl/worksheets/sheet1.xml":            {`HYPERLINK(&#34;https://www.ice.gov/doclib/a.pdf&#34;,&#34;link&#34;)</f><v>link</v>`, `ref="A1" r:id="rId1" display="https://www.ice.gov/doclib/a.pdf"`, `ref="A5"`, `<pageSetup orientation="portrait"/>`, `<row r="1"><c r="A1" t="s"><v>0</v></c>`},
		"xl/worksheets/_rels/sheet1.xml.rels": {`Target="https://www.ice.gov/doclib/a.pdf"`, `Target="https://www.ice.gov/doclib/b.pdf"`},
		"xl/workbook.xml":                     {`<sheet name="Sheet1" sheetId="1" r:id="rId1"/>`},
		"[Content_Types].xml":                 {`PartName="/xl/workbook.xml"`},
	} {
		for _, text := range want {
			if !strings.Contains(parts[name], text) {
				t.Errorf("%s lacks %s:\n%s", name, text, parts[name])
			}
		}
	}
	if len(parts) != 7 || strings.Count(parts["xl/worksheets/sheet1.xml"], "<hyperlink ") != 2 || strings.Contains(parts["[Content_Types].xml"], "bin") {
		t.Errorf("%d parts are kept; the sheet:\n%s", len(parts), parts["xl/worksheets/sheet1.xml"])
	}
}

// A file without anything personal is given out as it is.
func TestPlainFilesStay(t *testing.T) {
	for name, original := range map[string][]byte{
		"a page":     []byte("<!DOCTYPE html><html><body><table><tr><td>TEXAS &amp; more</td></tr></table></body></html>\n"),
		"a workbook": sheettest.Participating(sheettest.Sample(20)...),
	} {
		f, err := Public(original)
		if err != nil || f.Changed || !bytes.Equal(f.Body, original) {
			t.Errorf("%s: changed %v, %v", name, f.Changed, err)
		}
	}
}

func TestPageIsGivenOutWithoutPeople(t *testing.T) {
	f, err := Public([]byte(`<!DOCTYPE html><!-- jane.doe@ice.dhs.gov --><html><script>var a = "jane.doe\u0040ice.dhs.gov"</script><body onload="x('jane.doe@ice.dhs.gov')"><a class=x href="MAILTO:jane.doe@ice.dhs.gov">mail jane.doe&#x40;ice.dhs.gov</a>` +
		`<table><tr><td>TEXAS<td><a href="` + escaped(wrapper) + `">MOA</a></table></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	got := string(f.Body)
	if strings.Contains(strings.ToLower(got), "doe") || strings.Contains(got, "safelinks") || !strings.Contains(got, `<td>TEXAS<td><a href="https://www.ice.gov/doclib/a.pdf">MOA</a>`) || !f.Changed {
		t.Errorf("%s", got)
	}
	if _, err := Public([]byte("<html><p>jane.doe<b>@</b>ice.dhs.gov</p>")); err == nil {
		t.Error("an address in three pieces is given out")
	}
}

func TestWhatCannotBeReadIsNotGivenOut(t *testing.T) {
	with := func(name, content string) []byte {
		parts := telling()
		for i := range parts {
			if parts[i][0] == name {
				parts[i][1] = content
			}
		}
		return packed(t, parts)
	}
	whole := packed(t, telling())
	for name, body := range map[string][]byte{
		"nothing":                 nil,
		"a PDF":                   []byte("%PDF-1.7 jane.doe@ice.dhs.gov"),
		"half a workbook":         whole[:len(whole)/2],
		"a damaged workbook":      bytes.Replace(whole, []byte("PK\x01\x02"), []byte("PK\x01\x03"), 1),
		"a zip of something else": packed(t, [][2]string{{"a.txt", "x"}}),
		"two parts of one name":   packed(t, append(telling(), [2]string{"XL/Workbook.xml", "<workbook/>"})),
		"a missing part":          packed(t, telling()[:8]),
		"a bomb":                  with("xl/sharedStrings.xml", "<sst>"+strings.Repeat(" ", maxUnpacked)+"</sst>"),
		"entities":                with("xl/sharedStrings.xml", `<!DOCTYPE a [<!ENTITY b "jane">]><sst><si><t>&b;</t></si></sst>`),
		"broken XML":              with("xl/sharedStrings.xml", `<sst><si><t>x</si></sst>`),
		"XML that breaks off":     with("xl/sharedStrings.xml", `<sst><si><t>x`),
		"depth":                   with("xl/sharedStrings.xml", "<sst>"+strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+"</sst>"),
		"another encoding":        with("xl/sharedStrings.xml", "\xff\xfe<\x00s\x00s\x00t\x00/\x00>\x00"),
		"an address in a name":    with("xl/sharedStrings.xml", `<sst xmlns="x"><si><jane.doe.ice t="1"/></si></sst><sst/>`),
	} {
		if f, err := Public(body); err == nil {
			t.Errorf("%s is given out: changed %v", name, f.Changed)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
}

// FuzzPublic: whatever a file is, what is given out of it can be given out again as it
// is, and holds no address.
func FuzzPublic(f *testing.F) {
	f.Add("<html><a href='mailto:a@b.gov'>a@b.gov</a>")
	for _, p := range telling() {
		f.Add(p[1])
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, body := range [][]byte{[]byte("<" + text), packed(t, [][2]string{telling()[0], telling()[1], {"xl/workbook.xml", text}})} {
			public, err := Public(body)
			if err != nil {
				continue
			}
			if found := leaks(t, public.Body); len(found) > 0 && strings.Contains(strings.Join(found, " "), "@") {
				t.Fatalf("%q is given out with %q", text, found)
			}
			again, err := Public(public.Body)
			if err == nil && !bytes.Equal(again.Body, public.Body) {
				t.Fatalf("%q: given out again it is another file: %v", text, err)
			}
		}
	})
}
