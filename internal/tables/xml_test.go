package tables

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// event is a tag or a text, as both readers of XML see it.
type event struct {
	kind  string
	text  string
	attrs []string // names and values in turn
}

// ours reads a part with the scanner.
func ours(in io.Reader) (all []event, err error) {
	s := scanner{left: newAllowance()}
	s.reset(in)
	for {
		t, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return all, err
		case t == tagStart:
			e := event{kind: "start", text: string(s.tag.name)}
			for _, a := range s.tag.attrs {
				e.attrs = append(e.attrs, string(a.name), string(a.value))
			}
			all = append(all, e)
		case t == tagEnd:
			all = append(all, event{kind: "end"})
		case len(s.open) > 0:
			all = appendText(all, string(s.chars))
		}
	}
}

// theirs reads it with encoding/xml, and holds that tags close in order.
func theirs(body []byte) (all []event, err error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var open []xml.Name
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return all, nil
		} else if err != nil {
			return all, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := event{kind: "start", text: t.Name.Local}
			for _, a := range t.Attr {
				e.attrs = append(e.attrs, a.Name.Local, a.Value)
			}
			all, open = append(all, e), append(open, t.Name)
		case xml.EndElement:
			last := len(open) - 1
			if last < 0 || open[last] != t.Name {
				return all, fmt.Errorf("tag %s is closed and was not open", t.Name.Local)
			}
			all, open = append(all, event{kind: "end"}), open[:last]
		case xml.CharData:
			if len(open) > 0 {
				all = appendText(all, string(t))
			}
		}
	}
}

func appendText(all []event, text string) []event {
	if last := len(all) - 1; last >= 0 && all[last].kind == "text" {
		all[last].text += text
		return all
	}
	if text == "" {
		return all
	}
	return append(all, event{kind: "text", text: text})
}

// agree holds that what the scanner takes for sound XML is that for encoding/xml
// as well, and says the same; and that it does not matter in what pieces the
// bytes come.
func agree(t *testing.T, body []byte) (sound bool) {
	t.Helper()
	got, err := ours(bytes.NewReader(body))
	for name, in := range map[string]io.Reader{
		"byte by byte":           iotest.OneByteReader(bytes.NewReader(body)),
		"in halves":              iotest.HalfReader(bytes.NewReader(body)),
		"its end with its bytes": iotest.DataErrReader(bytes.NewReader(body)),
	} {
		again, errAgain := ours(in)
		if (err == nil) != (errAgain == nil) || err == nil && !reflect.DeepEqual(got, again) {
			t.Fatalf("%q\nat once: %q, %v\n%s: %q, %v", body, got, err, name, again, errAgain)
		}
	}
	if err != nil {
		return false
	}
	want, errTheirs := theirs(body)
	if errTheirs != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%q\nours:         %q\nencoding/xml: %q, %v", body, got, want, errTheirs)
	}
	return true
}

// Each of these is sound, or is not, whatever encoding/xml lets pass beside.
func TestScanner(t *testing.T) {
	long := strings.Repeat("word > ", 10_000)
	for _, tt := range []struct {
		body  string
		sound bool
	}{
		{`<a/>`, true},
		{"\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<a>\r\n</a>\n", true},
		{"\n<?xml version='1.0'?><a/>", true},
		{`<?xml encoding="utf-8" version="1.0"?><?mso-application progid="Excel"?><a/><!-- end -->`, true},
		{`<x:a xmlns:x="y" x:b = 'c' b="d"><x:a  ></x:a ></x:a>`, true},
		{`<a b="x>y" c='"/>'>z</a>`, true},
		{`<a b="` + long + `">` + long + `<![CDATA[` + long + `]]></a>`, true},
		{`<a>&lt;&gt;&amp;&apos;&quot;&#65;&#x1F600;]]&gt;</a>`, true},
		{"<a b=\"1\r\n2\r3&#13;\n\t\">1\r\n2\r3\r\r\n&#10;4</a>", true},
		{`<a><![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>`, true},
		{`<a><!-- > <b> - -- --></a>`, false},
		{`<a><!----></a>`, true},
		{`<a>é☂😀</a>`, true},
		{`<a><b></b><c/></a>`, true},

		{``, false},
		{`   `, false},
		{`a`, false},
		{`<a>`, false},
		{`<a></b>`, false},
		{`<x:a></a>`, false},
		{`</a>`, false},
		{`<a/><b/>`, false},
		{`<a/>b`, false},
		{`b<a/>`, false},
		{`<a/>&#32;`, false},
		{`<a/><![CDATA[]]>`, false},
		{`<a><!-- `, false},
		{`<a><!--->`, false},
		{`<a><![CDATA[ `, false},
		{`<a><?b `, false},
		{`<a b="`, false},
		{`<a b="c`, false},
		{`<a b="c">d`, false},
		{`<a b=c/>`, false},
		{`<a b/>`, false},
		{`<a b= />`, false},
		{`<a b="1"c="2"/>`, false},
		{`<a b="1" b="2"/>`, false},
		{`<a b="<"/>`, false},
		{`<a / >`, false},
		{`< a/>`, false},
		{`<a>< /a>`, false},
		{`<:a/>`, false},
		{`<a:/>`, false},
		{`<a:b:c/>`, false},
		{`<1/>`, false},
		{`<a>]]></a>`, false},
		{`<a>&what;</a>`, false},
		{`<a>&amp</a>`, false},
		{`<a>&</a>`, false},
		{`<a>&;</a>`, false},
		{`<a>&#;</a>`, false},
		{`<a>&#x;</a>`, false},
		{`<a>&#-1;</a>`, false},
		{`<a>&#0;</a>`, false},
		{`<a>&#xD800;</a>`, false},
		{`<a>&#xFFFF;</a>`, false},
		{`<a>&#x110000;</a>`, false},
		{`<a>&#99999999999;</a>`, false},
		{"<a>\x00</a>", false},
		{"<a>\xff</a>", false},
		{"<a>\xc3</a>", false},
		{"<a>\xed\xa0\x80</a>", false},
		{"<a>\uffff</a>", false},
		{"<a/>\xc3", false},
		{`<!DOCTYPE a><a/>`, false},
		{`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, false},
		{`<a><!ELEMENT></a>`, false},
		{`<?xml version="1.1"?><a/>`, false},
		{`<?xml version="1.0" encoding="UTF-16"?><a/>`, false},
		{`<?xml version="1.0" encoding="latin1"?><a/>`, false},
		{`<a/><?xml version="1.0"?>`, false},
		{`<?XML version="1.0"?><a/>`, false},
		{`<??><a/>`, false},
		{strings.Repeat("<a>", maxDepth) + strings.Repeat("</a>", maxDepth), true},
		{strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1), false},
		{"<" + strings.Repeat("a", maxName+1) + "/>", false},
		{`<a b="` + strings.Repeat("c", maxTag) + `"/>`, false},
	} {
		if sound := agree(t, []byte(tt.body)); sound != tt.sound {
			_, err := ours(strings.NewReader(tt.body))
			t.Errorf("%.80q: sound is %v (%v)", tt.body, sound, err)
		}
	}
}

// What cannot be read on is told as it is, and not taken for the end.
func TestScannerTellsErrors(t *testing.T) {
	broken := errors.New("the disk is on fire")
	for _, body := range []string{"", "<", "<a", "<a b='", "<a>", "<a>b", "<a>&am", "<a><!", "<a><![CDATA[", "<a/>", "<a/> "} {
		if _, err := ours(io.MultiReader(strings.NewReader(body), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, err := ours(iotest.ErrReader(nil)); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that never reads: %v", err)
	}
}

// FuzzScanner holds the scanner against encoding/xml.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns:r="r"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`,
		"<x:a b='c' d=\"e&amp;\r\n\">f&#x6c;<![CDATA[<g>]]><!-- h --><i/>\r</x:a>",
		"\ufeff <a b='>'>]]&gt;é</a ><?b c?>",
		`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`,
		`<a><b></a></b>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) { agree(t, body) })
}

// BenchmarkScan reads the XML of a sheet of 1,700 rows. Its floor is to look at
// each of its bytes once.
func BenchmarkScan(b *testing.B) {
	row := `<row r="12" spans="1:8"><c r="A12" s="4" t="s"><v>17</v></c><c r="B12" s="4" t="s"><v>18</v></c><c r="C12" s="4" t="s"><v>19</v></c><c r="D12" s="4" t="s"><v>20</v></c>` +
		`<c r="E12" s="4" t="s"><v>21</v></c><c r="F12" s="5"><v>45853</v></c><c r="G12" s="6" t="s"><v>22</v></c></row>`
	body := []byte("<worksheet><sheetData>" + strings.Repeat(row, 1700) + "</sheetData></worksheet>")
	for _, bench := range []struct {
		name string
		read func() error
	}{
		{"ours", func() error {
			s := scanner{left: newAllowance()}
			s.reset(bytes.NewReader(body))
			for {
				if _, err := s.next(); err != nil {
					return err
				}
			}
		}},
		{"encoding-xml", func() error {
			d := xml.NewDecoder(bytes.NewReader(body))
			for {
				if _, err := d.RawToken(); err != nil {
					return err
				}
			}
		}},
		{"floor", func() error {
			brackets := 0
			for _, c := range body {
				if c == '<' {
					brackets++
				}
			}
			if brackets == 0 {
				return io.ErrUnexpectedEOF
			}
			return io.EOF
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if err := bench.read(); !errors.Is(err, io.EOF) {
					b.Fatal(err)
				}
			}
		})
	}
}
