// Package pdftest makes PDFs, and the lines that stand in them, for tests.
package pdftest

import (
	"bytes"
	"fmt"
	"strings"
)

// Text returns a PDF whose pages say these texts, line by line.
func Text(pages ...string) []byte {
	var f File
	kids := make([]string, len(pages))
	for i := range pages {
		kids[i] = fmt.Sprintf("%d 0 R", 4+2*i)
	}
	f.Add(1, "<</Type/Catalog/Pages 2 0 R>>")
	f.Add(2, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), strings.Join(kids, " ")))
	f.Add(3, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	for i, text := range pages {
		f.Add(4+2*i, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>", 5+2*i))
		f.Stream(5+2*i, "", []byte(content(text)))
	}
	return f.Bytes(1)
}

// content draws lines of text from the top of a page.
func content(text string) string {
	var b strings.Builder
	b.WriteString("BT /F1 10 Tf 12 TL 60 740 Td\n")
	for line := range strings.Lines(text) {
		fmt.Fprintf(&b, "(%s) Tj T*\n", strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(strings.TrimSuffix(line, "\n")))
	}
	b.WriteString("ET\n")
	return b.String()
}

// Lines breaks a paragraph into lines of about so many characters, as it is printed.
func Lines(paragraph string, width int) []string {
	var all []string
	line := ""
	for w := range strings.FieldsSeq(paragraph) {
		if len(line)+len(w) > width {
			all, line = append(all, line), ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	return append(all, line)
}

// Scan returns a PDF whose pages are pictures without text, of that many pixels each way.
func Scan(pages, pixels int) []byte {
	var f File
	kids := make([]string, pages)
	f.Add(1, "<</Type/Catalog/Pages 2 0 R>>")
	f.Stream(3, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8", pixels, pixels),
		bytes.Repeat([]byte{0x80}, pixels*pixels))
	f.Stream(4, "", []byte("q 612 0 0 792 0 0 cm /I Do Q"))
	for i := range pages {
		kids[i] = fmt.Sprintf("%d 0 R", 5+i)
		f.Add(5+i, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</XObject<</I 3 0 R>>>>/Contents 4 0 R>>")
	}
	f.Add(2, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", pages, strings.Join(kids, " ")))
	return f.Bytes(1)
}

// File is a PDF that is put together object by object.
type File struct {
	b       bytes.Buffer
	offsets map[int]int
	last    int
}

// Add adds an object as it stands.
func (f *File) Add(number int, object string) {
	if f.offsets == nil {
		f.offsets = map[int]int{}
		f.b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	}
	f.offsets[number], f.last = f.b.Len(), max(f.last, number)
	fmt.Fprintf(&f.b, "%d 0 obj\n%s\nendobj\n", number, object)
}

// Stream adds a stream with what its dictionary has beside its length.
func (f *File) Stream(number int, dictionary string, data []byte) {
	f.Add(number, fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dictionary, len(data), data))
}

// Bytes ends the file, with what its trailer has beside the catalog's number.
func (f *File) Bytes(catalog int, trailer ...string) []byte {
	xref := f.b.Len()
	fmt.Fprintf(&f.b, "xref\n0 %d\n0000000000 65535 f \n", f.last+1)
	for n := 1; n <= f.last; n++ {
		if at, there := f.offsets[n]; there {
			fmt.Fprintf(&f.b, "%010d 00000 n \n", at)
		} else {
			f.b.WriteString("0000000000 65535 f \n")
		}
	}
	fmt.Fprintf(&f.b, "trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", f.last+1, catalog, strings.Join(trailer, ""), xref)
	return bytes.Clone(f.b.Bytes())
}
