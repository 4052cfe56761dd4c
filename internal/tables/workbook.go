package tables

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// book is an Excel file that is being read. It is read here, and not by a
// library, because those at hand take a sheet whose XML breaks off for a shorter
// one, and let a file of 100 kB take gigabytes of memory.
type book struct {
	*archive
	sheets   []sheetPart
	texts    []string // those that cells share
	date1904 bool
}

// sheetPart is a sheet's name, the part that it is kept in, and whether readers
// see it ("hidden", "veryHidden").
type sheetPart struct{ name, part, state string }

// workbook reads every sheet of an Excel file as text with hyperlinks.
func workbook(body []byte) ([]Table, error) {
	a, err := openArchive(body)
	if err != nil {
		return nil, err
	}
	b := book{archive: a}
	if err := b.readIndex(); err != nil {
		return nil, err
	}
	var found []Table
	for i, s := range b.sheets {
		rows, err := b.readSheet(s.part)
		if err != nil {
			return nil, fmt.Errorf("sheet %d: %w", i+1, err)
		}
		found = append(found, Table{Name: s.name, Rows: rows, Date1904: b.date1904, Hidden: strings.HasSuffix(strings.ToLower(s.state), "hidden")})
	}
	return found, nil
}

// readIndex reads which sheets there are, and the texts that they share.
func (b *book) readIndex() error {
	roots, err := b.targetsOf("")
	if err != nil {
		return err
	}
	index := cmp.Or(roots.ofKind("officeDocument"), "xl/workbook.xml")
	parts, err := b.targetsOf(index)
	if err != nil {
		return err
	}
	resolve := func(address string) string {
		if strings.HasPrefix(address, "/") {
			return address
		}
		return path.Join(path.Dir(index), address)
	}
	err = b.read(index, func(_ *scanner, tag element) error {
		switch string(tag.name) {
		case "workbookPr":
			b.date1904 = isTrue(string(tag.attr("date1904")))
		case "sheet":
			b.sheets = append(b.sheets, sheetPart{string(tag.attr("name")), resolve(parts[string(tag.attr("id"))].address), string(tag.attr("state"))})
			if len(b.sheets) > maxSheets {
				return fmt.Errorf("it has more than %d sheets", maxSheets)
			}
		}
		return nil
	})
	if texts := parts.ofKind("sharedStrings"); err == nil && texts != "" {
		err = b.readTexts(resolve(texts))
	}
	return err
}

func (b *book) readTexts(part string) error {
	return b.read(part, func(s *scanner, tag element) error {
		if !tag.is("si") {
			return nil
		}
		if err := s.content(); err != nil {
			return err
		}
		b.texts = append(b.texts, unescape(string(s.text)))
		return b.left.item(len(s.text))
	})
}

// sheetReader reads the rows of one sheet, and the links that stand behind them.
type sheetReader struct {
	*book
	targets targets
	rows    []Row
	begun   bool // the last of them is that of the row that is being read
	links   map[place]string
	at      place // the cell that was read last
}

// place is where a cell is, from row 1 and column 1.
type place struct{ row, column int }

func (b *book) readSheet(part string) ([]Row, error) {
	targets, err := b.targetsOf(part)
	if err != nil {
		return nil, err
	}
	r := sheetReader{book: b, targets: targets, links: make(map[place]string, len(targets))}
	if err := b.read(part, r.visit); err != nil {
		return nil, err
	}
	for _, row := range r.rows {
		for i, c := range row.Cells {
			if link := r.links[place{row.Number, c.Column}]; link != "" {
				row.Cells[i].Link = link
			}
		}
	}
	return r.rows, nil
}

func (r *sheetReader) visit(s *scanner, tag element) error {
	switch string(tag.name) {
	case "row":
		return r.row(tag)
	case "c":
		return r.cell(s, tag)
	case "hyperlink":
		return r.hyperlink(tag)
	}
	return nil
}

// row begins a row, which need not say its number.
func (r *sheetReader) row(tag element) error {
	r.at, r.begun = place{row: r.at.row + 1}, false
	number := tag.attr("r")
	if len(number) == 0 {
		return nil
	}
	n, err := strconv.Atoi(string(number))
	if err != nil || n < 1 {
		return errors.New("a row has no number")
	}
	r.at.row = n
	return nil
}

// cell reads one cell and keeps it where it has text.
func (r *sheetReader) cell(s *scanner, tag element) error {
	r.at.column++
	if ref := tag.attr("r"); len(ref) > 0 {
		p, err := parsePlace(ref)
		if err != nil {
			return err
		}
		r.at.column = p.column
	}
	kind := string(tag.attr("t")) // which the content would write over
	if err := s.content(); err != nil {
		return err
	}
	text, err := r.printed(s, kind)
	if err != nil || text == "" {
		return err
	}
	if !r.begun {
		r.rows = append(r.rows, Row{Number: r.at.row, Cells: make([]Cell, 0, 8)})
		r.begun = true
		if err := r.left.row(); err != nil {
			return err
		}
	}
	row := &r.rows[len(r.rows)-1]
	if n := len(row.Cells); row.Number == 0 || n > 0 && row.Cells[n-1].Column >= r.at.column {
		return errors.New("its cells stand out of order")
	}
	row.Cells = append(row.Cells, Cell{Column: r.at.column, Text: text, Link: formulaLink(s.formula)})
	return r.left.item(len(text))
}

// printed returns the text of the cell whose content was read last.
func (r *sheetReader) printed(s *scanner, kind string) (string, error) {
	if len(s.value) == 0 && len(s.text) == 0 { // a format alone, or a formula without a result
		return "", nil
	}
	switch kind {
	case "s":
		if i, err := strconv.Atoi(string(s.value)); err == nil && i >= 0 && i < len(r.texts) {
			return r.texts[i], nil
		}
		return "", errors.New("a cell refers to a text that is not there")
	case "inlineStr":
		return unescape(string(s.text)), nil
	case "str":
		return unescape(string(s.value)), nil
	case "b":
		return strings.ToUpper(strconv.FormatBool(isTrue(string(s.value)))), nil
	}
	return string(s.value), nil
}

// hyperlink enters one hyperlink for every cell that it covers.
func (r *sheetReader) hyperlink(tag element) error {
	id := string(tag.attr("id"))
	if id == "" { // it leads to a place in the workbook
		return nil
	}
	address := r.targets[id].address
	if address == "" {
		address = "#" + id // so that the cell is reported
	}
	first, last, isRange := bytes.Cut(tag.attr("ref"), []byte(":"))
	from, err := parsePlace(first)
	if err != nil {
		return err
	}
	to := from
	if isRange {
		if to, err = parsePlace(last); err != nil {
			return err
		}
	}
	for row := from.row; row <= to.row; row++ {
		for column := from.column; column <= to.column; column++ {
			r.links[place{row, column}] = address
			if err := r.left.item(0); err != nil {
				return err
			}
		}
	}
	return nil
}

// parsePlace reads a reference such as AB12.
func parsePlace(ref []byte) (place, error) {
	p := place{}
	letters := 0
	for ; letters < len(ref) && 'A' <= ref[letters] && ref[letters] <= 'Z'; letters++ {
		p.column = p.column*26 + int(ref[letters]-'A') + 1
		if letters == 3 { // XFD is the last column
			return place{}, errNoPlace
		}
	}
	digits := ref[letters:]
	for _, c := range digits {
		if c < '0' || c > '9' || len(digits) > 9 {
			return place{}, errNoPlace
		}
		p.row = p.row*10 + int(c-'0')
	}
	if p.row < 1 || p.column < 1 {
		return place{}, errNoPlace
	}
	return p, nil
}

var errNoPlace = errors.New("a cell has no place")

// linkFormula is a formula that makes a hyperlink, with its address.
var linkFormula = regexp.MustCompile(`(?i)^\s*HYPERLINK\(\s*"([^"]*)"`)

func formulaLink(formula []byte) string {
	if len(formula) == 0 {
		return ""
	}
	if match := linkFormula.FindSubmatch(formula); match != nil {
		return string(match[1])
	}
	return ""
}

// escapedRune is how a workbook writes a character that XML cannot hold.
var escapedRune = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escapedRune.ReplaceAllStringFunc(s, func(escaped string) string {
		code, err := strconv.ParseUint(escaped[2:6], 16, 16)
		if err != nil { // the expression lets digits through only
			return escaped
		}
		return string(rune(code))
	})
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }
