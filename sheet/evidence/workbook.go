package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/watch287g/watch287g/sheet"
)

// book is a workbook that is made public. Parts are taken over by what they are for, and
// within them elements by their names: what is not known to hold a list's content is
// left out, such as properties (which name authors), comments, printers and scripts.
type book struct {
	files  map[string]*zip.File // by name, in lower case
	left   int64                // bytes that may still be unpacked
	parts  map[string][]byte    // the new content of those that are kept, by name
	edited bool
}

// relationship says what an id in a part stands for: another part, or an address.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

func (r relationship) kind() string { return path.Base(r.Type) }

const typesPart = "[content_types].xml"

// workbook returns a workbook without what is private in it; the original, where
// nothing is.
func workbook(original []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(original), int64(len(original)))
	if err != nil {
		return nil, fmt.Errorf("it is not a whole workbook: %w", err)
	}
	b := &book{files: map[string]*zip.File{}, left: maxUnpacked, parts: map[string][]byte{}}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") { // a folder
			b.edited = true
			continue
		}
		name := strings.ToLower(f.Name)
		if b.files[name] != nil {
			return nil, errors.New("it holds two files of one name")
		}
		b.files[name] = f
		b.edited = b.edited || f.Comment != ""
	}
	if err := b.root(); err != nil {
		return nil, err
	}
	if !b.edited && z.Comment == "" && len(b.parts) == len(b.files) {
		return original, nil
	}
	return b.write(z.File)
}

// write packs what is kept, in the order that it had.
func (b *book) write(order []*zip.File) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range order {
		content, kept := b.parts[strings.ToLower(f.Name)]
		if !kept {
			continue
		}
		if sheet.HoldsPrivate(f.Name) {
			return nil, errors.New("the name of a part holds an address")
		}
		// Of one moment, so that the same file is always the same bytes.
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			return nil, fmt.Errorf("packing the workbook: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing the workbook: %w", err)
	}
	return out.Bytes(), nil
}

// unpack reads a part.
func (b *book) unpack(name string) ([]byte, error) {
	f := b.files[strings.ToLower(name)]
	if f == nil {
		return nil, fmt.Errorf("a part of it is missing: %.80q", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("unpacking it: %w", err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	content, err := io.ReadAll(io.LimitReader(r, b.left+1))
	if b.left -= int64(len(content)); b.left < 0 {
		return nil, fmt.Errorf("it unpacks to more than %d bytes, far more than a list", maxUnpacked)
	}
	if err != nil {
		return nil, fmt.Errorf("unpacking it: %w", err)
	}
	return content, nil
}

// root takes over the workbook that the archive is there for, and all that it needs.
func (b *book) root() error {
	links, err := b.relationships("", func(r relationship) bool { return r.kind() == "officeDocument" })
	if err != nil {
		return err
	}
	for _, r := range links.kept {
		if err := b.index(resolve("", r.Target)); err != nil {
			return err
		}
	}
	return b.types()
}

// index takes over the part that names the sheets.
func (b *book) index(part string) error {
	links, err := b.relationships(part, func(r relationship) bool {
		switch r.kind() {
		case "worksheet", "sharedStrings", "styles", "theme":
			return r.Mode != "External"
		}
		return false
	})
	if err != nil {
		return err
	}
	top := "workbookPr bookViews sheets definedNames calcPr"
	if len(links.dropped) > 0 { // names go by the number of a sheet
		for id := range links.dropped {
			if strings.HasSuffix(links.dropped[id], "sheet") {
				top = "workbookPr bookViews sheets calcPr"
			}
		}
	}
	if err := b.part(part, strings.Fields(top), links); err != nil {
		return err
	}
	for _, r := range links.kept {
		if err := b.sub(resolve(part, r.Target), r.kind()); err != nil {
			return err
		}
	}
	return nil
}

// sub takes over a part that the index names.
func (b *book) sub(part, kind string) error {
	if _, done := b.parts[strings.ToLower(part)]; done {
		return nil
	}
	var links linked
	top := map[string]string{
		"worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData autoFilter sortState mergeCells phoneticPr conditionalFormatting " +
			"dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks ignoredErrors",
		"sharedStrings": "si",
		"styles":        "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors",
		"theme":         "themeElements objectDefaults extraClrSchemeLst",
	}[kind]
	if kind == "worksheet" {
		var err error
		links, err = b.relationships(part, func(r relationship) bool { return r.kind() == "hyperlink" })
		if err != nil {
			return err
		}
	}
	return b.part(part, strings.Fields(top), links)
}

// resolve is the name of the part that another one refers to.
func resolve(from, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(from), target)
}

// linked are the relationships of a part.
type linked struct {
	kept    []relationship
	dropped map[string]string // the kinds of the others, by id
}

// relationships takes over those of a part that are wanted, if it has any, with
// addresses as they may be given out.
func (b *book) relationships(part string, wanted func(relationship) bool) (linked, error) {
	folder, file := path.Split(part)
	name := path.Join(folder, "_rels", file+".rels")
	out := linked{dropped: map[string]string{}}
	if b.files[strings.ToLower(name)] == nil {
		return out, nil
	}
	content, err := b.unpack(name)
	if err != nil {
		return out, err
	}
	var all struct {
		XMLName xml.Name
		List    []relationship `xml:"Relationship"`
	}
	if err := unmarshal(content, &all); err != nil {
		return out, err
	}
	changed := false
	seen := map[string]bool{}
	for _, r := range all.List {
		if seen[r.ID] {
			return out, errors.New("two of its links have one id")
		}
		seen[r.ID] = true
		was := r
		if r.Target = address(r); r.Target == "" || !wanted(r) || sheet.HoldsPrivate(r.ID+" "+r.Type) {
			out.dropped[r.ID], changed = was.kind(), true
			continue
		}
		changed = changed || r != was
		out.kept = append(out.kept, r)
	}
	if changed || bytes.Contains(content, []byte("<!")) || sheet.HoldsPrivate(string(content)) {
		b.edited = true
		content = written(out.kept)
	}
	b.parts[strings.ToLower(name)] = content
	return out, nil
}

// address is where a relationship leads as it may be given out; "" where it may not.
func address(r relationship) string {
	if r.kind() != "hyperlink" {
		return r.Target
	}
	to := sheet.Withhold(r.Target)
	scheme, _, found := strings.Cut(strings.ToLower(to), ":")
	web := scheme == "http" || scheme == "https" || strings.HasSuffix(scheme, "-extension")
	if sheet.HoldsPrivate(to) || strings.Contains(to, `\`) || strings.Contains(to, "[withheld]") || found && !web || !found && strings.HasPrefix(to, "//") {
		return "" // of somebody's mailbox, computer or network
	}
	return to
}

func written(all []relationship) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range all {
		b.WriteString(`<Relationship`)
		for _, a := range [][2]string{{"Id", r.ID}, {"Type", r.Type}, {"Target", r.Target}, {"TargetMode", r.Mode}} {
			if a[1] != "" {
				fmt.Fprintf(&b, ` %s="`, a[0])
				_ = xml.EscapeText(&b, []byte(a[1])) // memory takes all
				b.WriteByte('"')
			}
		}
		b.WriteString("/>")
	}
	b.WriteString("</Relationships>")
	return b.Bytes()
}

// types takes over what the kinds of the parts are.
func (b *book) types() error {
	content, err := b.unpack(typesPart)
	if err != nil {
		return err
	}
	f := filter{part: content, drop: func(e xml.StartElement) bool {
		var name, extension string
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "PartName":
				name = strings.ToLower(strings.TrimPrefix(a.Value, "/"))
			case "Extension":
				extension = strings.ToLower(a.Value)
			}
		}
		_, kept := b.parts[name]
		return name != "" && !kept || extension != "" && extension != "xml" && extension != "rels"
	}}
	return b.filtered(typesPart, &f)
}

// part takes over a part with the elements of these names, on its first level.
func (b *book) part(name string, top []string, links linked) error {
	content, err := b.unpack(name)
	if err != nil {
		return err
	}
	return b.filtered(name, &filter{part: content, top: top, links: links})
}

func (b *book) filtered(name string, f *filter) error {
	content, err := f.run()
	if err != nil {
		return fmt.Errorf("a part of it, %.80q: %w", name, err)
	}
	b.edited = b.edited || !bytes.Equal(content, f.part)
	b.parts[strings.ToLower(name)] = content
	return nil
}

// unmarshal reads a small part that is all attributes.
func unmarshal(content []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(content))
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("its XML is broken: %w", err)
	}
	return nil
}
