package evidence

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/sheet"
)

// filter copies a part of XML without what may not be given out. What stays is copied
// byte by byte.
type filter struct {
	part  []byte
	top   []string // elements that are kept on the first level; nil for all
	links linked
	drop  func(xml.StartElement) bool // other elements that go; nil for none

	out    bytes.Buffer
	open   []opened
	skip   int // the depth of the element that is being left out; 0 for none
	text   []byte
	raw    []byte // the text as it is written
	joined []byte // the text of a cell, through all its runs
	cell   bool   // such a text is being read
	rooted bool   // the outermost element has begun
}

// opened is an element that has begun and not ended.
type opened struct {
	name string
	at   int // where in the output its content begins
	from int // where in the output it begins itself
	kids int
}

// maxDepth bounds how deep elements stand within each other.
const maxDepth = 64

var errCannotClean = errors.New("something in it cannot be given out, and not be taken out either")

// run returns the part as it may be given out.
func (f *filter) run() ([]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(f.part))
	f.out.Grow(len(f.part))
	for {
		from := d.InputOffset()
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("its XML is broken: %w", err)
		}
		raw := f.part[from:d.InputOffset()]
		switch t := t.(type) {
		case xml.CharData:
			f.text, f.raw = append(f.text, t...), append(f.raw, raw...)
			continue
		case xml.Comment: // is left out, and what it parts comes together
			continue
		case xml.StartElement:
			f.flush()
			err = f.start(t, raw)
		case xml.EndElement:
			f.flush()
			err = f.end(t, raw)
		case xml.ProcInst:
			f.flush()
			if t.Target == "xml" && f.out.Len() == 0 {
				f.out.Write(raw)
			}
		case xml.Directive:
			err = errors.New("it defines entities of its own")
		}
		if err != nil {
			return nil, err
		}
	}
	f.flush()
	if len(f.open) > 0 || !f.rooted {
		return nil, errors.New("its XML breaks off")
	}
	if holdsPrivate(f.out.Bytes()) {
		return nil, errCannotClean
	}
	return f.out.Bytes(), nil
}

// holdsPrivate looks once more at what comes out: each text and attribute was looked at,
// but not what they are together. Nearly no part has a letter of what it looks for.
func holdsPrivate(out []byte) bool {
	return (bytes.ContainsAny(out, "@%") || bytes.Contains(out, []byte("&#")) || bytes.Contains(bytes.ToLower(out), []byte("safelinks"))) &&
		sheet.HoldsPrivate(string(out))
}

// flush writes the text that was read, as it may be given out.
func (f *filter) flush() {
	if len(f.raw) == 0 {
		return
	}
	if f.skip == 0 {
		text := string(f.text)
		if f.cell {
			f.joined = append(f.joined, f.text...)
		}
		if public := sheet.Withhold(text); public != text {
			_ = xml.EscapeText(&f.out, []byte(public)) // memory takes all
		} else {
			f.out.Write(f.raw)
		}
	}
	f.text, f.raw = f.text[:0], f.raw[:0]
}

func (f *filter) start(e xml.StartElement, raw []byte) error {
	if len(f.open) == maxDepth {
		return fmt.Errorf("more than %d of its elements stand within each other", maxDepth)
	}
	if len(f.open) == 0 && f.rooted {
		return errors.New("it has two roots")
	}
	f.rooted = true
	name := e.Name.Space + ":" + e.Name.Local
	if f.skip == 0 && f.leavesOut(e) {
		f.skip = len(f.open) + 1
	}
	if f.skip == 0 {
		if n := len(f.open); n > 0 {
			f.open[n-1].kids++
		}
	}
	from := f.out.Len()
	if f.skip == 0 {
		f.tag(e, raw)
	}
	if f.skip == 0 && (e.Name.Local == "si" || e.Name.Local == "is") {
		f.joined, f.cell = f.joined[:0], true
	}
	f.open = append(f.open, opened{name: name, at: f.out.Len(), from: from})
	return nil
}

// leavesOut says whether an element and all within it is left out.
func (f *filter) leavesOut(e xml.StartElement) bool {
	switch e.Name.Local {
	case "extLst", "AlternateContent": // which can hold anything, and need not be understood
		return true
	case "definedName": // by Excel's own names, which need no other file
		if !strings.HasPrefix(attr(e, "name"), "_xlnm.") {
			return true
		}
	case "pageSetup":
		return false
	}
	if len(f.open) == 1 && f.top != nil && !slices.Contains(f.top, e.Name.Local) || f.drop != nil && f.drop(e) {
		return true
	}
	for _, a := range e.Attr { // a reference to what is gone
		if _, gone := f.links.dropped[a.Value]; gone && a.Name.Space != "" && a.Name.Space != "xmlns" {
			return true
		}
	}
	return false
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// tag writes a tag with its attributes as they may be given out.
func (f *filter) tag(e xml.StartElement, raw []byte) {
	changed := false
	kept := e.Attr[:0:0]
	for _, a := range e.Attr {
		value := sheet.Withhold(a.Value)
		_, gone := f.links.dropped[a.Value]
		if gone && a.Name.Space != "" && a.Name.Space != "xmlns" {
			changed = true
			continue
		}
		changed = changed || value != a.Value
		kept = append(kept, xml.Attr{Name: a.Name, Value: value})
	}
	if !changed {
		f.out.Write(raw)
		return
	}
	f.out.WriteString("<" + full(e.Name))
	for _, a := range kept {
		f.out.WriteString(" " + full(a.Name) + `="`)
		_ = xml.EscapeText(&f.out, []byte(a.Value)) // memory takes all
		f.out.WriteByte('"')
	}
	if bytes.HasSuffix(raw, []byte("/>")) {
		f.out.WriteByte('/')
	}
	f.out.WriteByte('>')
}

func full(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func (f *filter) end(e xml.EndElement, raw []byte) error {
	last := len(f.open) - 1
	if last < 0 || f.open[last].name != e.Name.Space+":"+e.Name.Local {
		return errors.New("its tags do not match")
	}
	was := f.open[last]
	f.open = f.open[:last]
	if f.skip > 0 {
		if len(f.open) < f.skip {
			f.skip = 0
		}
		return nil
	}
	switch e.Name.Local {
	case "hyperlinks": // must hold one
		if was.kids == 0 {
			f.out.Truncate(was.from)
			return nil
		}
	case "si", "is": // an address can be spread over runs of letters
		f.cell = false
		if text := string(f.joined); sheet.HoldsPrivate(text) && len(raw) > 0 {
			prefix, _, _ := strings.Cut(was.name, ":")
			t := full(xml.Name{Space: prefix, Local: "t"})
			f.out.Truncate(was.at)
			f.out.WriteString("<" + t + ` xml:space="preserve">`)
			_ = xml.EscapeText(&f.out, []byte(sheet.Withhold(text))) // memory takes all
			f.out.WriteString("</" + t + ">")
		}
	}
	f.out.Write(raw)
	return nil
}
