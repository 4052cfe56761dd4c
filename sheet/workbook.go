package sheet

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbook reads every sheet of an Excel file as text with hyperlinks.
func workbook(body []byte) (found []table, err error) {
	// excelize panics on some parts that no spreadsheet program writes.
	defer func() {
		if p := recover(); p != nil {
			found, err = nil, fmt.Errorf("%w: %v", ErrBroken, p)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if err := checkParts(f); err != nil {
		return nil, err
	}
	paths := sheetPaths(f)
	for _, name := range f.GetSheetList() {
		links, err := hyperlinks(f, paths[name])
		if err != nil {
			return nil, fmt.Errorf("%w: links of sheet %q: %w", ErrBroken, name, err)
		}
		rows, err := sheetRows(f, name, links)
		if err != nil {
			return nil, fmt.Errorf("%w: sheet %q: %w", ErrBroken, name, err)
		}
		found = append(found, table{name: name, rows: rows})
	}
	return found, nil
}

// checkParts refuses a workbook whose parts would take far more memory as
// structs than they do as bytes.
func checkParts(f *excelize.File) error {
	var err error
	f.Pkg.Range(func(name, part any) bool {
		if data, ok := part.([]byte); ok && bytes.Count(data, []byte("<")) > maxTags {
			err = fmt.Errorf("%w: %v has more than %d tags, far more than a list", ErrBroken, name, maxTags)
		}
		return err == nil
	})
	return err
}

func sheetRows(f *excelize.File, name string, links map[string]string) ([]line, error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // nothing was written
	var lines []line
	for n := 1; rows.Next(); n++ {
		if n > maxRows {
			return nil, fmt.Errorf("more than %d rows", maxRows)
		}
		texts, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		cells := make([]cell, 0, len(texts))
		for i, text := range texts {
			ref, err := excelize.CoordinatesToCellName(i+1, n)
			if err != nil {
				return nil, err
			}
			cells = append(cells, cell{text, links[ref]})
		}
		lines = append(lines, line{n, cells})
	}
	return lines, rows.Error()
}

type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// relationships reads the part that says what the ids in another part stand for.
func relationships(f *excelize.File, part string) map[string]relationship {
	var all struct {
		Relationship []relationship `xml:"Relationship"`
	}
	byID := map[string]relationship{}
	data := partBytes(f, path.Join(path.Dir(part), "_rels", path.Base(part)+".rels"))
	if xml.Unmarshal(data, &all) != nil { // a part that cannot be read names nothing
		return byID
	}
	for _, r := range all.Relationship {
		byID[r.ID] = r
	}
	return byID
}

func partBytes(f *excelize.File, name string) []byte {
	data, _ := f.Pkg.Load(name)
	b, _ := data.([]byte)
	return b
}

// sheetPaths says in which part each sheet is kept. excelize knows but does not
// tell, and its own way to the links scans all of them for each cell.
func sheetPaths(f *excelize.File) map[string]string {
	const book = "xl/workbook.xml"
	var sheets struct {
		Sheet []struct {
			Name string     `xml:"name,attr"`
			Any  []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	paths := map[string]string{}
	if xml.Unmarshal(partBytes(f, book), &sheets) != nil {
		return paths
	}
	targets := relationships(f, book)
	for _, s := range sheets.Sheet {
		for _, attr := range s.Any {
			target := targets[attr.Value].Target
			if attr.Name.Local != "id" || target == "" {
				continue
			}
			if strings.HasPrefix(target, "/") {
				paths[s.Name] = strings.TrimPrefix(target, "/")
			} else {
				paths[s.Name] = path.Join("xl", target)
			}
		}
	}
	return paths
}

var hyperlinksTag = regexp.MustCompile(`<(?:\w+:)?hyperlinks[\s>]`)

// hyperlinks returns the address behind each cell of a sheet. The links stand
// together near the end of the part, so that only they are decoded.
func hyperlinks(f *excelize.File, part string) (map[string]string, error) {
	links := map[string]string{}
	data := partBytes(f, part)
	starts := hyperlinksTag.FindAllIndex(data, -1)
	if len(starts) == 0 {
		return links, nil
	}
	targets := relationships(f, part)
	d := xml.NewDecoder(bytes.NewReader(data[starts[len(starts)-1][0]:]))
	d.Strict = false // the namespace is declared before the place where we begin
	for {
		token, err := d.Token()
		if err == io.EOF {
			return links, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.EndElement:
			if t.Name.Local == "hyperlinks" {
				return links, nil
			}
		case xml.StartElement:
			if t.Name.Local == "hyperlink" {
				addLink(links, t, targets)
			}
		}
	}
}

// addLink enters one hyperlink for every cell that it covers, up to a column of
// a list.
func addLink(links map[string]string, tag xml.StartElement, targets map[string]relationship) {
	var ref, target string
	for _, a := range tag.Attr {
		switch a.Name.Local {
		case "ref":
			ref = a.Value
		case "id":
			target = targets[a.Value].Target
		}
	}
	first, last, isRange := strings.Cut(ref, ":")
	if target == "" {
		return
	}
	if !isRange {
		links[ref] = target
		return
	}
	c1, r1, err1 := excelize.CellNameToCoordinates(first)
	c2, r2, err2 := excelize.CellNameToCoordinates(last)
	if err1 != nil || err2 != nil || c2-c1 > 20 || r2-r1 > maxRows {
		return
	}
	for c := c1; c <= c2; c++ {
		for r := r1; r <= r2; r++ {
			if name, err := excelize.CoordinatesToCellName(c, r); err == nil {
				links[name] = target
			}
		}
	}
}
