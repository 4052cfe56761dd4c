package export

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/watch287g/watch287g/roster"
)

// workbook writes a sheet of the rows, and with an About two more: that, and what the
// columns hold. The
// moments in it are Washington's: a cell knows no time zone, and ICE's readers
// count days as Washington does.
func (t table[T]) workbook(w io.Writer, about *About) (err error) {
	if most := excelize.TotalRows - 1; len(t.rows) > most { // the heading is a row, too
		return fmt.Errorf("%d rows are more than the %d of a workbook; ask for csv", len(t.rows), most)
	}
	b, err := newBook()
	if err != nil {
		return err
	}
	defer func() {
		if closed := b.Close(); err == nil {
			err = closed
		}
	}()
	name := strings.ToUpper(t.name[:1]) + t.name[1:]
	if err := b.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if err := fill(b, name, t); err != nil {
		return err
	}
	if err := b.writeAboutSheet(about); err != nil {
		return err
	}
	if about != nil {
		if err := b.writeColumnsSheet(fieldsOf(peopleFirst(ownColumns(t.columns)))); err != nil {
			return err
		}
	}
	return b.save(w)
}

// book is a workbook that is being made.
type book struct {
	*excelize.File
	heading, day, moment, linked int // styles
	links                        links
}

func newBook() (*book, error) {
	b := &book{File: excelize.NewFile()}
	day, moment := "yyyy-mm-dd", `yyyy-mm-dd hh:mm" ET"`
	for _, s := range []struct {
		id *int
		is excelize.Style
	}{
		{&b.heading, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7E6E6"}}}},
		{&b.day, excelize.Style{CustomNumFmt: &day}},
		{&b.moment, excelize.Style{CustomNumFmt: &moment}},
		{&b.linked, excelize.Style{Font: &excelize.Font{Color: "0563C1", Underline: "single"}}},
	} {
		var err error
		if *s.id, err = b.NewStyle(&s.is); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// fill writes the rows below a heading that stays in sight and can filter them.
func fill[T row](b *book, sheet string, t table[T]) error {
	columns := peopleFirst(ownColumns(t.columns))
	corner, err := excelize.CoordinatesToCellName(len(columns), 1+len(t.rows))
	if err != nil {
		return err
	}
	area := "A1:" + corner
	if err := b.SetSheetDimension(sheet, area); err != nil { // which some readers stop at
		return err
	}
	out, err := b.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := b.AutoFilter(sheet, area, nil); err != nil {
		return err
	}
	line := make([]any, len(columns))
	for i, c := range slices.Backward(columns) { // each width goes in front of those set before
		if err := out.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		line[i] = excelize.Cell{StyleID: b.heading, Value: c.name}
	}
	if err := out.SetRow("A1", line); err != nil {
		return err
	}
	for r := range t.rows {
		for i, c := range columns {
			line[i] = b.cell(c.value(&t.rows[r]), i+1, r+2)
		}
		if err := out.SetRow(fmt.Sprint("A", r+2), line); err != nil {
			return err
		}
	}
	b.links.area = area
	return out.Flush()
}

// peopleFirst orders the columns of a sheet.
func peopleFirst[T row](columns []column[T]) []column[T] {
	var people, programs []column[T]
	for _, c := range columns {
		if c.code {
			programs = append(programs, c)
		} else {
			people = append(people, c)
		}
	}
	return append(people, programs...)
}

// cell is a value as a sheet holds it. Text stays text, whatever it begins with:
// only what is given as a formula is one.
func (b *book) cell(v any, column, row int) any {
	switch v := v.(type) {
	case string:
		return text(v)
	case roster.Date:
		if t := v.Time(); t.Year() >= 1900 { // the first year that a sheet knows
			return excelize.Cell{StyleID: b.day, Value: t}
		}
		return text(string(v))
	case time.Time:
		if v.IsZero() {
			return nil
		}
		// Cut, and not rounded: a day's last moment is not the next day.
		return excelize.Cell{StyleID: b.moment, Value: v.In(roster.Washington()).Truncate(time.Second)}
	case link:
		if address := webAddress(string(v)); address != "" && b.links.add(column, row, address) {
			return excelize.Cell{StyleID: b.linked, Value: text(string(v))}
		}
		return text(string(v))
	case known:
		if v == 0 {
			return nil
		}
		return int(v)
	case *float64:
		if v == nil {
			return nil
		}
		return *v
	}
	return v
}

// text is a text for a cell, nil for none. The little that a cell can hold is
// said to be cut.
func text(s string) any {
	if s == "" {
		return nil
	}
	if len(s) <= excelize.TotalCellChars { // bytes, of which no letter has less than one
		return s
	}
	units, end := 0, 0 // up to where an ellipsis still fits
	for i, r := range s {
		if units <= excelize.TotalCellChars-1 {
			end = i
		}
		if units += max(1, utf16.RuneLen(r)); units > excelize.TotalCellChars {
			return s[:end] + "…"
		}
	}
	return s
}

// writeAboutSheet writes the second sheet, and the workbook's properties. A workbook must
// have a time; without an About it is the beginning of the zip format's.
func (b *book) writeAboutSheet(about *About) error {
	made := "1980-01-01T00:00:00Z"
	properties := excelize.DocProperties{Creator: "watch287g", Created: made, Modified: made}
	if about == nil {
		return b.SetDocProps(&properties)
	}
	if !about.Made.IsZero() {
		properties.Created, properties.Modified = rfc3339(about.Made), rfc3339(about.Made)
	}
	properties.Title, properties.Description = about.Title, License
	if err := b.SetDocProps(&properties); err != nil {
		return err
	}
	const sheet = "About"
	if _, err := b.NewSheet(sheet); err != nil {
		return err
	}
	if err := b.SetColWidth(sheet, "A", "A", 18); err != nil {
		return err
	}
	if err := b.SetColWidth(sheet, "B", "B", 100); err != nil {
		return err
	}
	for i, line := range about.lines() {
		if err := b.writeAboutLine(sheet, i+1, line); err != nil {
			return err
		}
	}
	return nil
}

// writeColumnsSheet writes the third sheet.
func (b *book) writeColumnsSheet(fields []Field) error {
	const sheet = "Columns"
	if _, err := b.NewSheet(sheet); err != nil {
		return err
	}
	if err := b.SetColWidth(sheet, "A", "A", 20); err != nil {
		return err
	}
	if err := b.SetColWidth(sheet, "B", "B", 120); err != nil {
		return err
	}
	for i, f := range append([]Field{{Name: "Column", Says: "What it holds"}}, fields...) {
		if err := b.SetSheetRow(sheet, fmt.Sprint("A", i+1), &[]any{f.Name, f.Says}); err != nil {
			return err
		}
	}
	return b.SetCellStyle(sheet, "A1", "B1", b.heading)
}

// fact is one line of the second sheet.
type fact struct {
	name  string
	value any // as a column's
}

func (a *About) lines() []fact {
	all := []fact{
		{"Title", a.Title},
		{"As of", a.AsOf},
		{"Known until", a.KnownUntil},
		{"Last updated", a.Made},
		{"Times", "In Washington (Eastern Time)"},
		{"Page", link(a.Site)},
		{"License", License},
		{"License text", link(LicenseURL)},
	}
	for _, s := range a.Sources {
		all = append(all,
			fact{"Source", "ICE's " + string(s.List) + " list"},
			fact{"  File", s.File},
			fact{"  SHA-256", s.SHA256},
			fact{"  Published", s.PublishedAt},
			fact{"  Address", link(s.URL)})
	}
	return slices.DeleteFunc(all, func(f fact) bool { return plain(f.value) == "" })
}

func (b *book) writeAboutLine(sheet string, row int, f fact) error {
	if err := b.SetSheetRow(sheet, fmt.Sprint("A", row), &[]any{f.name}); err != nil {
		return err
	}
	if err := b.SetCellStyle(sheet, fmt.Sprint("A", row), fmt.Sprint("A", row), b.heading); err != nil {
		return err
	}
	at := fmt.Sprint("B", row)
	if address, is := f.value.(link); is {
		if err := b.SetCellStr(sheet, at, string(address)); err != nil {
			return err
		}
		target := webAddress(string(address))
		if target == "" {
			return nil
		}
		if err := b.SetCellStyle(sheet, at, at, b.linked); err != nil {
			return err
		}
		return b.SetCellHyperLink(sheet, at, target, "External")
	}
	value := b.cell(f.value, 2, row)
	if cell, is := value.(excelize.Cell); is {
		if err := b.SetCellStyle(sheet, at, at, cell.StyleID); err != nil {
			return err
		}
		value = cell.Value
	}
	return b.SetCellValue(sheet, at, value)
}

// webAddress is an address of the web as a workbook can link it, "" for any other.
// One that is not escaped, or too long, would make a spreadsheet call the whole
// file broken; one with a user's name is made to deceive.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	if _, err := url.QueryUnescape(u.RawQuery); err != nil {
		return ""
	}
	u.RawQuery = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", `\`, "%5C", "^", "%5E", "`", "%60",
		"{", "%7B", "|", "%7C", "}", "%7D").Replace(u.RawQuery)
	if s = u.String(); len(s) > 2079 {
		return ""
	}
	return s
}

// links are the hyperlinks of the first sheet. They are written here and not by
// the library, which looks through all links for each that it adds: ten thousand
// would take it seconds.
type links struct {
	area          string // of the sheet
	n             int
	refs, targets bytes.Buffer
}

// add notes the link of a cell. It says false when the sheet can hold no more of
// them, which leaves the address as a text.
func (l *links) add(column, row int, address string) bool {
	cell, err := excelize.CoordinatesToCellName(column, row)
	if l.n == excelize.TotalSheetHyperlinks || err != nil {
		return false
	}
	l.n++
	fmt.Fprintf(&l.refs, `<hyperlink ref="%s" r:id="rId%d"/>`, cell, l.n)
	fmt.Fprintf(&l.targets, `<Relationship Id="rId%d" Type="%s" TargetMode="External" Target="`, l.n, excelize.SourceRelationshipHyperLink)
	_ = xml.EscapeText(&l.targets, []byte(address)) // a buffer takes everything
	l.targets.WriteString(`"/>`)
	return true
}

// The parts of a workbook that links are in.
const (
	sheetPart   = "xl/worksheets/sheet1.xml"
	targetsPart = "xl/worksheets/_rels/sheet1.xml.rels"
)

// save writes the file, with the links in their places.
func (b *book) save(w io.Writer) error {
	if b.links.n > 0 {
		b.Pkg.Store(targetsPart, []byte(xml.Header+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+
			b.links.targets.String()+`</Relationships>`))
	}
	b.SetZipWriter(func(w io.Writer) excelize.ZipWriter {
		z := zip.NewWriter(w)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
		return &archive{z, &b.links}
	})
	return b.Write(w)
}

// archive writes the parts of a workbook, without times, so that the same data
// give the same bytes.
type archive struct {
	*zip.Writer
	links *links
}

// Create begins a part.
func (a *archive) Create(name string) (io.Writer, error) {
	part, err := a.Writer.Create(name)
	if err != nil || name != sheetPart {
		return part, err
	}
	return &linkedSheet{w: part, links: a.links}, nil
}

// linkedSheet puts the links in front of the end of a sheet, where they belong.
type linkedSheet struct {
	w     io.Writer
	links *links
	held  []byte // what may be the beginning of the end
}

// Write passes on what it is given; the end comes with the last of it.
func (s *linkedSheet) Write(p []byte) (int, error) {
	const end = "</worksheet>"
	sheet := slices.Concat(s.held, p)
	if body, ended := bytes.CutSuffix(sheet, []byte(end)); ended {
		sheet, s.held = slices.Concat(body, []byte(s.links.tail()+end)), nil
	} else {
		cut := max(0, len(sheet)-len(end)+1)
		sheet, s.held = sheet[:cut], sheet[cut:]
	}
	if _, err := s.w.Write(sheet); err != nil {
		return 0, err
	}
	return len(p), nil
}

// tail is the end of the sheet: its links, and that a county's code is a text on
// purpose, which spreadsheets would mark as a mistake.
func (l *links) tail() string {
	tail := ""
	if l.n > 0 {
		tail = "<hyperlinks>" + l.refs.String() + "</hyperlinks>"
	}
	return tail + `<ignoredErrors><ignoredError sqref="` + l.area + `" numberStoredAsText="1"/></ignoredErrors>`
}
