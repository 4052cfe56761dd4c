package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The oracle reads ICE's lists by itself: rows and cells out of the workbooks,
// with nothing of the program's own reading, naming or comparing. What it and the
// program get wrong alike, two readers must have got wrong.

// listRow is one row of a list as ICE printed it.
type listRow struct {
	number                                  int
	state, name, county, kind, model        string // kind and model read, state as a postal code
	signed, printed                         string // YYYY-MM-DD where the cell is a day, and the cell as it stands
	document, addendum                      string // addresses, "" where nothing is linked
	loose, bare, skeleton, body, documentID string // forms of name and document to compare by
}

// icesList is one list that counted.
type icesList struct {
	list, file, sha string
	at              time.Time
	rows            []listRow
	columns         map[string]int

	distinct map[string][]*listRow // agreements of the list by state, doubles once; filled when asked for
}

// byList sorts lists by which of the two they are.
func byList(lists []*icesList) map[string][]*icesList {
	by := map[string][]*icesList{}
	for _, l := range lists {
		by[l.list] = append(by[l.list], l)
	}
	return by
}

// readLists reads the lists that an index.csv names, in its order.
func readLists(index string) ([]*icesList, error) {
	text, err := os.ReadFile(index)
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return nil, err
	}
	lists := make([]*icesList, 0, len(lines))
	cells := cellReader{once(cellText), once(postal), once(named)}
	for _, line := range lines[1:] {
		get := func(name string) string { return line[slices.Index(lines[0], name)] }
		l := &icesList{file: filepath.Base(get("file"))}
		if l.at, err = time.Parse(time.RFC3339, get("published_at")); err != nil {
			return nil, err
		}
		if err = l.read(filepath.Join(filepath.Dir(index), get("file")), cells); err != nil {
			return nil, fmt.Errorf("%s: %w", l.file, err)
		}
		lists = append(lists, l)
	}
	return lists, nil
}

// cellReader reads cells, of which hundreds of lists have the same ones.
type cellReader struct {
	text, state func(cell string) string
	name        func(cell string) listRow
}

// once reads each text once.
func once[V any](read func(text string) V) func(text string) V {
	known := map[string]V{}
	return func(text string) V {
		v, has := known[text]
		if !has {
			v = read(text)
			known[text] = v
		}
		return v
	}
}

// cellText is the text of a cell; "" for what a formula gives that finds nothing.
func cellText(cell string) string {
	if text := tidy(cell); looseName(text) != "na" && looseName(text) != "n a" {
		return text
	}
	return ""
}

// read fills in the rows. The column SIGNED tells the two lists apart.
func (l *icesList) read(path string, in cellReader) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	l.sha = fmt.Sprintf("%x", sha256.Sum256(file))
	book, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	part := func(name string) string {
		f, err := book.Open(name)
		if err != nil {
			return ""
		}
		defer f.Close() //nolint:errcheck // it was only read
		text, _ := io.ReadAll(f)
		return string(text)
	}
	sheet := part("xl/worksheets/sheet1.xml")
	cells := sheetCells(sheet, sharedTexts(part("xl/sharedStrings.xml")))
	links := sheetLinks(sheet, part("xl/worksheets/_rels/sheet1.xml.rels"))
	if len(cells) == 0 {
		return fmt.Errorf("no rows")
	}
	l.columns = map[string]int{}
	for _, row := range cells {
		if len(l.columns) == 0 {
			for at, name := range row.cells {
				l.columns[strings.ToUpper(tidy(name))] = at
			}
			continue
		}
		if r, has := l.rowOf(row, links, in); has {
			l.rows = append(l.rows, r)
		}
	}
	l.list = "pending"
	if _, dated := l.columns["SIGNED"]; dated {
		l.list = "participating"
	}
	for _, column := range []string{"STATE", "LAW ENFORCEMENT AGENCY", "SUPPORT TYPE"} {
		if _, has := l.columns[column]; !has {
			return fmt.Errorf("no column %s", column)
		}
	}
	return nil
}

func (l *icesList) rowOf(row sheetRow, links map[string]string, in cellReader) (listRow, bool) {
	cell := func(column string) string {
		at, has := l.columns[column]
		if !has {
			return ""
		}
		return in.text(row.cells[at])
	}
	link := func(column string) string {
		at, has := l.columns[column]
		if !has {
			return ""
		}
		return links[string(rune('A'+at))+strconv.Itoa(row.number)]
	}
	r := listRow{number: row.number, state: in.state(cell("STATE")), name: cell("LAW ENFORCEMENT AGENCY"), county: cell("COUNTY"),
		kind: kindOf(cell("TYPE")), model: modelOf(cell("SUPPORT TYPE")), printed: cell("SIGNED"), document: link("MOA"), addendum: link("ADDENDUM")}
	r.signed = dayOf(r.printed)
	form := in.name(r.name)
	r.loose, r.bare, r.skeleton, r.body = form.loose, form.bare, form.skeleton, form.body
	r.documentID = documentName(r.document)
	return r, r.name != "" || r.model != ""
}

// sheetRow is one row of cells, by column from 0.
type sheetRow struct {
	number int
	cells  map[int]string
}

// sheetCells finds the rows and cells of a sheet's XML.
func sheetCells(sheet string, shared []string) []sheetRow {
	var rows []sheetRow
	for _, piece := range strings.Split(sheet, "<row ")[1:] {
		head, body, _ := strings.Cut(piece, ">")
		number, _ := strconv.Atoi(attribute(head, "r"))
		row := sheetRow{number: number, cells: map[int]string{}}
		for _, cell := range strings.Split(body, "<c ")[1:] {
			head, body, _ := strings.Cut(cell, ">")
			column := 0
			for _, c := range attribute(head, "r") {
				if c < 'A' || c > 'Z' {
					break
				}
				column = column*26 + int(c-'A') + 1
			}
			if strings.HasSuffix(head, "/") {
				continue
			}
			text := ""
			switch value := inner(body, "v"); attribute(head, "t") {
			case "s":
				if n, err := strconv.Atoi(value); err == nil && n < len(shared) {
					text = shared[n]
				}
			case "inlineStr":
				text = texts(body)
			default:
				text = html.UnescapeString(value)
			}
			if strings.TrimSpace(text) != "" {
				row.cells[column-1] = text
			}
		}
		if len(row.cells) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// sheetLinks are the addresses behind cells, without the wrapper of a mail
// program.
func sheetLinks(sheet, relations string) map[string]string {
	targets, links := map[string]string{}, map[string]string{}
	for _, r := range strings.Split(relations, "<Relationship ")[1:] {
		targets[attribute(r, "Id")] = attribute(r, "Target")
	}
	for _, h := range strings.Split(sheet, "<hyperlink ")[1:] {
		head, _, _ := strings.Cut(h, ">")
		if target := targets[attribute(head, "r:id")]; target != "" {
			links[attribute(head, "ref")] = target
		}
	}
	return links
}

// What the XML of texts consists of.
var (
	textItem = regexp.MustCompile(`(?s)<si>(.*?)</si>|<si/>`)
	textRun  = regexp.MustCompile(`(?s)<t(?: [^>]*)?>(.*?)</t>`)
)

func sharedTexts(shared string) []string {
	var all []string
	for _, item := range textItem.FindAllStringSubmatch(shared, -1) {
		all = append(all, texts(item[1]))
	}
	return all
}

// texts joins the runs of a text, without what is only pronunciation.
func texts(s string) string {
	var b strings.Builder
	for _, t := range textRun.FindAllStringSubmatch(s, -1) {
		b.WriteString(html.UnescapeString(t[1]))
	}
	return b.String()
}

func inner(s, tag string) string {
	_, s, _ = strings.Cut(s, "<"+tag+">")
	s, _, _ = strings.Cut(s, "</"+tag+">")
	return s
}

func attribute(s, name string) string {
	_, s, has := strings.Cut(" "+s, " "+name+`="`)
	if !has {
		return ""
	}
	s, _, _ = strings.Cut(s, `"`)
	return html.UnescapeString(s)
}

// dayOf reads a cell that counts days as Excel does; "" for any other.
func dayOf(cell string) string {
	if n, err := strconv.ParseFloat(cell, 64); err == nil && n > 30000 && n < 60000 {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format(time.DateOnly)
	}
	return ""
}

// documentName is the last part of an address, which names the file.
func documentName(address string) string {
	if u, err := url.Parse(address); err == nil {
		if wrapped := u.Query().Get("url"); strings.Contains(u.Host, "safelinks") && wrapped != "" {
			return documentName(wrapped)
		}
		address = u.Path
	}
	return strings.ToLower(address[strings.LastIndex(address, "/")+1:])
}
