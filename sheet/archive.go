package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// archive is the zip file that a workbook is: parts of XML that refer to each
// other.
type archive struct {
	files map[string]*zip.File // by partKey
	left  *allowance
}

func openArchive(body []byte) (*archive, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	a := &archive{files: make(map[string]*zip.File, len(z.File)), left: newAllowance()}
	for _, f := range z.File {
		key := partKey(f.Name)
		if a.files[key] != nil {
			return nil, errors.New("it holds two files of one name")
		}
		a.files[key] = f
	}
	return a, nil
}

// partKey tells parts apart as Excel does, which looks at neither case nor the
// way that a slash leans.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (a *archive) has(part string) bool { return a.files[partKey(part)] != nil }

// read calls visit with each element of a part as it begins; visit may read the
// element's content from the scanner. A part that breaks off, or whose checksum
// is wrong, is an error.
func (a *archive) read(part string, visit func(*scanner, xml.StartElement) error) error {
	if !a.has(part) {
		return errors.New("a part of it is missing")
	}
	f, err := a.files[partKey(part)].Open()
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	s := &scanner{Reader: bufio.NewReader(f), left: a.left}
	s.xml = xml.NewDecoder(s)
	for empty := true; ; {
		token, err := s.next()
		switch {
		case errors.Is(err, io.EOF) && empty:
			return errors.New("a part of it is empty")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if tag, ok := token.(xml.StartElement); ok {
			empty = false
			if err := visit(s, tag); err != nil {
				return err
			}
		}
	}
}

// scanner reads the XML of one part within the limits. It hands the decoder one
// byte at a time, so that a tag without an end is given up before it is read.
type scanner struct {
	*bufio.Reader
	xml  *xml.Decoder
	left *allowance
	tag  int        // bytes since the last token
	open []xml.Name // the tags that stand around the next token

	value, formula, text []byte // of the last content
}

var (
	errUnpacked = fmt.Errorf("it unpacks to more than %d bytes, far more than a list", maxUnpacked)
	errTag      = fmt.Errorf("it has a tag, or a text between tags, of more than %d bytes", maxTag)
)

// ReadByte is what the decoder reads with.
func (s *scanner) ReadByte() (byte, error) {
	if s.left.unpacked--; s.left.unpacked < 0 {
		return 0, errUnpacked
	}
	if s.tag++; s.tag > maxTag {
		return 0, errTag
	}
	return s.Reader.ReadByte()
}

// next returns the next token. Tags must close in order; their prefixes, which
// no part needs to tell them apart, are not looked up.
func (s *scanner) next() (xml.Token, error) {
	s.tag = 0
	token, err := s.xml.RawToken()
	if errors.Is(err, io.EOF) && len(s.open) > 0 {
		return nil, io.ErrUnexpectedEOF
	}
	switch t := token.(type) {
	case xml.StartElement:
		if s.open = append(s.open, t.Name); len(s.open) > maxDepth {
			return nil, fmt.Errorf("more than %d tags stand within each other", maxDepth)
		}
	case xml.EndElement:
		last := len(s.open) - 1
		if last < 0 || s.open[last] != t.Name {
			return nil, fmt.Errorf("tag %s is closed and was not open", t.Name.Local)
		}
		s.open = s.open[:last]
	}
	return token, err
}

// content reads to the end of the element that has just begun, a cell or a
// shared text, into value, formula and text. They hold until the next call.
func (s *scanner) content() error {
	s.value, s.formula, s.text = s.value[:0], s.formula[:0], s.text[:0]
	var into *[]byte
	spoken := 0 // the depth of a guide to pronunciation, beside Chinese characters
	for outside := len(s.open) - 1; len(s.open) > outside; {
		token, err := s.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if into = s.part(t.Name.Local); t.Name.Local == "rPh" && spoken == 0 {
				spoken = len(s.open)
			}
		case xml.EndElement:
			if into = nil; len(s.open) < spoken {
				spoken = 0
			}
		case xml.CharData:
			if into != nil && spoken == 0 {
				*into = append(*into, t...)
			}
		}
	}
	return nil
}

// part returns where the text of a tag within a cell goes.
func (s *scanner) part(tag string) *[]byte {
	switch tag {
	case "v":
		return &s.value
	case "f":
		return &s.formula
	case "t":
		return &s.text
	}
	return nil
}

// targets are what the ids in a part stand for.
type targets map[string]target

// target is another part, or an address.
type target struct{ kind, address string }

// ofKind returns the address of the first target of a kind, "" where none is.
func (t targets) ofKind(kind string) string {
	for _, id := range slices.Sorted(maps.Keys(t)) {
		if t[id].kind == kind {
			return t[id].address
		}
	}
	return ""
}

// targetsOf reads the part that stands beside another and says what the ids in
// that one stand for; "" is the archive itself. A part without ids has none.
func (a *archive) targetsOf(part string) (targets, error) {
	folder, file := path.Split(part)
	beside := path.Join(folder, "_rels", file+".rels")
	if !a.has(beside) {
		return nil, nil
	}
	byID := targets{}
	err := a.read(beside, func(_ *scanner, tag xml.StartElement) error {
		if tag.Name.Local != "Relationship" {
			return nil
		}
		t := target{path.Base(attr(tag, "Type")), attr(tag, "Target")}
		byID[attr(tag, "Id")] = t
		return a.left.item(len(t.address))
	})
	return byID, err
}

// attr returns an attribute, whatever prefix it has.
func attr(tag xml.StartElement, name string) string {
	for _, a := range tag.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
