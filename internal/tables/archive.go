package tables

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// archive is the zip file that a workbook is: parts of XML that refer to each
// other.
type archive struct {
	files   map[string]*zip.File // by partKey
	left    *allowance
	scanner scanner // of one part after the other
}

func openArchive(body []byte) (*archive, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	a := &archive{files: make(map[string]*zip.File, len(z.File)), left: newAllowance()}
	a.scanner.left = a.left
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
func (a *archive) read(part string, visit func(*scanner, element) error) error {
	if !a.has(part) {
		return errors.New("a part of it is missing")
	}
	f, err := a.files[partKey(part)].Open()
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	s := &a.scanner
	s.reset(f)
	for {
		t, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case t == tagStart:
			if err := visit(s, s.tag); err != nil {
				return err
			}
		}
	}
}

// content reads to the end of the element that has just begun, a cell or a
// shared text, into value, formula and text. They hold until the next call.
func (s *scanner) content() error {
	s.value, s.formula, s.text = s.value[:0], s.formula[:0], s.text[:0]
	var into *[]byte
	spoken := 0 // the depth of a guide to pronunciation, beside Chinese characters
	for outside := len(s.open) - 1; len(s.open) > outside; {
		t, err := s.next()
		if err != nil {
			return err
		}
		switch t {
		case tagStart:
			if into = s.part(s.tag.name); s.tag.is("rPh") && spoken == 0 {
				spoken = len(s.open)
			}
		case tagEnd:
			if into = nil; len(s.open) < spoken {
				spoken = 0
			}
		case characters:
			if into != nil && spoken == 0 {
				*into = append(*into, s.chars...)
			}
		}
	}
	return nil
}

// part returns where the text of a tag within a cell goes.
func (s *scanner) part(tag []byte) *[]byte {
	switch string(tag) {
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

// lastPart is what tells one kind of target from another in its long name.
func lastPart(kind []byte) string { return string(kind[bytes.LastIndexByte(kind, '/')+1:]) }

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
	err := a.read(beside, func(_ *scanner, tag element) error {
		if !tag.is("Relationship") {
			return nil
		}
		t := target{lastPart(tag.attr("Type")), string(tag.attr("Target"))}
		byID[string(tag.attr("Id"))] = t
		return a.left.item(len(t.address))
	})
	return byID, err
}
