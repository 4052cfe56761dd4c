package sheettest

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// Book is a workbook of any shape.
type Book struct {
	Sheets   []Sheet
	Date1904 bool // days are counted from 1904, as on old Macintosh computers
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name  string // "Sheet1" and so on where it is empty
	Rows  [][]Cell
	State string // "hidden" or "veryHidden"; "" for one that is shown
}

// Cell is one cell. The zero Cell is empty.
type Cell struct {
	Text    string // what is printed; of a formula, its result
	Link    string // address of the cell's hyperlink
	Formula string // without the equals sign
	Kind    Kind
}

// Kind says how a workbook keeps a cell's text.
type Kind string

// The kinds of cell, as a workbook names them.
const (
	Shared Kind = ""          // text, kept beside the sheet
	Inline Kind = "inlineStr" // text, kept in the sheet
	Plain  Kind = "n"         // a number
	Result Kind = "str"       // a formula's text
	Truth  Kind = "b"         // 1 or 0
	Fault  Kind = "e"         // as in "#N/A"
)

// Text returns a cell of text.
func Text(s string) Cell { return Cell{Text: s} }

// Number returns a cell of a number.
func Number(digits string) Cell { return Cell{Text: digits, Kind: Plain} }

// Link returns a cell with a hyperlink.
func Link(text, address string) Cell { return Cell{Text: text, Link: address} }

const (
	head       = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace  = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	kinds      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	linkSpace  = `xmlns:r="` + kinds + `"`
	relSpace   = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	sheetMedia = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// Bytes returns the workbook's file.
func (b Book) Bytes() []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	part := func(name, format string, args ...any) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate}) // without a time
		if err == nil {
			_, err = fmt.Fprintf(w, head+format, args...)
		}
		must(err)
	}

	var types, sheets, targets strings.Builder
	shared := sharedStrings{index: map[string]int{}}
	for i, s := range b.Sheets {
		n := i + 1
		if s.Name == "" {
			s.Name = fmt.Sprintf("Sheet%d", n)
		}
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, sheetMedia)
		state := ""
		if s.State != "" {
			state = fmt.Sprintf(` state="%s"`, escape(s.State))
		}
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, escape(s.Name), n, state, n)
		relation(&targets, n, "worksheet", fmt.Sprintf("worksheets/sheet%d.xml", n), "")
		rows, links := s.parts(&shared)
		part(fmt.Sprintf("xl/worksheets/sheet%d.xml", n), `<worksheet %s %s>%s</worksheet>`, mainSpace, linkSpace, rows)
		if links != "" {
			part(fmt.Sprintf("xl/worksheets/_rels/sheet%d.xml.rels", n), `<Relationships %s>%s</Relationships>`, relSpace, links)
		}
	}
	relation(&targets, len(b.Sheets)+1, "sharedStrings", "sharedStrings.xml", "")

	properties := ""
	if b.Date1904 {
		properties = `<workbookPr date1904="1"/>`
	}
	part("xl/sharedStrings.xml", `<sst %s>%s</sst>`, mainSpace, shared.items.String())
	part("xl/workbook.xml", `<workbook %s %s>%s<sheets>%s</sheets></workbook>`, mainSpace, linkSpace, properties, sheets.String())
	part("xl/_rels/workbook.xml.rels", `<Relationships %s>%s</Relationships>`, relSpace, targets.String())
	part("_rels/.rels", `<Relationships %s><Relationship Id="rId1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>`, relSpace, kinds)
	part("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`+
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Override PartName="/xl/workbook.xml" ContentType="%ssheet.main+xml"/>`+
		`<Override PartName="/xl/sharedStrings.xml" ContentType="%ssharedStrings+xml"/>%s</Types>`, sheetMedia, sheetMedia, types.String())
	must(z.Close())
	return file.Bytes()
}

// parts returns the content of the sheet's part, and that of the part beside it
// with the addresses of its links.
func (s Sheet) parts(shared *sharedStrings) (content, targets string) {
	var rows, links, addresses strings.Builder
	count := 0
	for y, cells := range s.Rows {
		if len(cells) == 0 {
			continue
		}
		fmt.Fprintf(&rows, `<row r="%d">`, y+1)
		for x, c := range cells {
			ref := fmt.Sprintf("%s%d", letters(x), y+1)
			c.write(&rows, ref, shared)
			if c.Link != "" {
				count++
				fmt.Fprintf(&links, `<hyperlink ref="%s" r:id="rId%d"/>`, ref, count)
				relation(&addresses, count, "hyperlink", c.Link, ` TargetMode="External"`)
			}
		}
		rows.WriteString(`</row>`)
	}
	content = `<sheetData>` + rows.String() + `</sheetData>`
	if count > 0 {
		content += `<hyperlinks>` + links.String() + `</hyperlinks>`
	}
	return content, addresses.String()
}

func (c Cell) write(b *strings.Builder, ref string, shared *sharedStrings) {
	if c.Text == "" && c.Formula == "" {
		return
	}
	kind, value := string(c.Kind), "<v>"+escape(c.Text)+"</v>"
	switch c.Kind {
	case Shared:
		kind, value = "s", fmt.Sprintf("<v>%d</v>", shared.add(c.Text))
	case Inline:
		value = `<is><t xml:space="preserve">` + escape(c.Text) + "</t></is>"
	case Plain, Result, Truth, Fault: // stand in the cell as they are
	}
	formula := ""
	if c.Formula != "" {
		formula = "<f>" + escape(c.Formula) + "</f>"
	}
	fmt.Fprintf(b, `<c r="%s" t="%s">%s%s</c>`, ref, kind, formula, value)
}

// sharedStrings are the texts that a workbook keeps once and refers to.
type sharedStrings struct {
	items strings.Builder
	index map[string]int
}

func (s *sharedStrings) add(text string) int {
	i, known := s.index[text]
	if !known {
		i = len(s.index)
		s.index[text] = i
		fmt.Fprintf(&s.items, `<si><t xml:space="preserve">%s</t></si>`, escape(text))
	}
	return i
}

func relation(b *strings.Builder, n int, kind, target, mode string) {
	fmt.Fprintf(b, `<Relationship Id="rId%d" Type="%s/%s" Target="%s"%s/>`, n, kinds, kind, escape(target), mode)
}

// letters names a column, counted from 0, as a spreadsheet does: A to Z, AA.
func letters(column int) string {
	if column < 26 {
		return string(rune('A' + column))
	}
	return letters(column/26-1) + letters(column%26)
}

// escape writes text for XML. Control characters, which XML cannot hold, become
// what Excel writes for them: the bell is _x0007_.
func escape(s string) string {
	var plain, b strings.Builder
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			fmt.Fprintf(&plain, "_x%04X_", r)
			continue
		}
		plain.WriteRune(r)
	}
	must(xml.EscapeText(&b, []byte(plain.String())))
	return b.String()
}

// must is for what cannot fail: everything is written to memory.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
