package tables

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
)

// scanner reads the XML of one part, tag by tag and within the limits. It is our
// own because encoding/xml takes several times as long as unpacking a list
// does, and the faster packages do not say whether what they read is whole. It
// takes less than XML allows, and never more: UTF-8 alone, no DOCTYPE, names of
// plain letters, one root. Prefixes are not looked up, since no part needs them
// to tell tags apart.
type scanner struct {
	in    io.Reader
	left  *allowance
	class *[256]byte // of each character

	buf    []byte // a window on the part
	pos    int    // where in buf the next token begins
	end    int    // where the characters end that are whole and may be in XML
	full   int    // where what was read ends
	stop   error  // why no more can be read
	begun  bool   // something was read: a declaration comes too late
	rooted bool   // the outermost tag was met

	open  []int  // where in names each tag's name begins that stands around the next token
	names []byte // of those tags
	empty bool   // the tag that was read last ends at once

	tag     element
	chars   []byte // the text that was read last
	scratch []byte // what entities and the ends of lines stand for in it

	value, formula, text []byte // of the last content
}

// token is what the scanner has just read.
type token int

const (
	tagStart token = iota + 1 // in scanner.tag
	tagEnd
	characters // in scanner.chars
)

// element is a tag as it begins. It lasts until the next token is read.
type element struct {
	name  []byte // without its prefix
	attrs []attribute
}

// attribute is one attribute of a tag.
type attribute struct{ full, name, value []byte } // name is without its prefix

// is compares the tag's name.
func (e element) is(name string) bool { return string(e.name) == name }

// attr returns an attribute, whatever prefix it has.
func (e element) attr(name string) []byte {
	for _, a := range e.attrs {
		if string(a.name) == name {
			return a.value
		}
	}
	return nil
}

var (
	errUnpacked   = fmt.Errorf("it unpacks to more than %d bytes, far more than a list", maxUnpacked)
	errTag        = fmt.Errorf("it has a tag, or a text between tags, of more than %d bytes", maxTag)
	errCharacters = errors.New("it holds bytes that are not characters")
	errMarkup     = errors.New("its tags are malformed")
	errEmptyPart  = errors.New("a part of it is empty")
)

// firstWindow is how much is read at first; a longer tag makes it grow.
const firstWindow = 32 << 10

// reset makes the scanner ready for another part.
func (s *scanner) reset(in io.Reader) {
	if s.buf == nil {
		s.buf, s.class = make([]byte, firstWindow), classes()
	}
	*s = scanner{in: in, left: s.left, class: s.class, buf: s.buf, open: s.open[:0], names: s.names[:0], scratch: s.scratch,
		tag: element{attrs: s.tag.attrs}, value: s.value, formula: s.formula, text: s.text}
}

// more reads on. The window moves to the token that is being read.
func (s *scanner) more() error {
	if s.stop != nil {
		return s.stop
	}
	if s.pos > 0 {
		s.full = copy(s.buf, s.buf[s.pos:s.full])
		s.end -= s.pos
		s.pos = 0
	}
	if s.full == len(s.buf) {
		if s.full >= maxTag {
			return errTag
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n := 0
	for tries := 0; n == 0 && s.stop == nil; tries++ {
		if n, s.stop = s.in.Read(s.buf[s.full:]); tries > 100 {
			s.stop = io.ErrNoProgress
		}
	}
	s.full += n
	if s.left.unpacked -= n; s.left.unpacked < 0 {
		s.stop = errUnpacked
		return s.stop
	}
	sound, ok := countSound(s.buf[s.end:s.full])
	if s.end += sound; !ok || s.stop == io.EOF && s.end < s.full { //nolint:errorlint // what a reader returns bare
		s.stop = errCharacters
	}
	if n == 0 {
		return s.stop
	}
	return nil
}

// until returns how far the next mark is from where the token begins, behind as
// many of its first bytes.
func (s *scanner) until(mark byte, from int) (int, error) {
	for {
		if start := s.pos + from; start <= s.end {
			if i := bytes.IndexByte(s.buf[start:s.end], mark); i >= 0 {
				return from + i, nil
			}
			from = s.end - s.pos
		}
		if err := s.more(); err != nil {
			return 0, whole(err)
		}
	}
}

// untilAll is until for a mark of several bytes.
func (s *scanner) untilAll(mark string, from int) (int, error) {
	for {
		if start := s.pos + from; start <= s.end {
			if i := bytes.Index(s.buf[start:s.end], []byte(mark)); i >= 0 {
				return from + i, nil
			}
			from = max(from, s.end-s.pos-len(mark)+1)
		}
		if err := s.more(); err != nil {
			return 0, whole(err)
		}
	}
}

// whole is for an error in the middle of something.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// take returns the token that ends after n bytes.
func (s *scanner) take(n int) []byte {
	taken := s.buf[s.pos : s.pos+n]
	s.pos += n
	s.begun = true
	return taken
}

// next reads the next tag or text. Comments and instructions are passed over.
// The error is io.EOF at the end of a part that is whole.
func (s *scanner) next() (token, error) {
	if s.empty {
		s.empty = false
		s.leave()
		return tagEnd, nil
	}
	s.scratch = s.scratch[:0]
	for {
		if s.pos == s.end {
			if err := s.more(); errors.Is(err, io.EOF) {
				return 0, s.ended()
			} else if err != nil {
				return 0, err
			}
		}
		if s.buf[s.pos] != '<' {
			return characters, s.readText()
		}
		t, err := s.markup()
		if t != 0 || err != nil {
			return t, err
		}
	}
}

// ended is for the end of the part.
func (s *scanner) ended() error {
	switch {
	case len(s.open) > 0:
		return io.ErrUnexpectedEOF
	case !s.rooted:
		return errEmptyPart
	}
	return io.EOF
}

// markup reads what begins with a bracket; the token is 0 where it says nothing.
func (s *scanner) markup() (token, error) {
	for s.end-s.pos < 2 {
		if err := s.more(); err != nil {
			return 0, whole(err)
		}
	}
	switch s.buf[s.pos+1] {
	case '/':
		return tagEnd, s.endTag()
	case '?':
		return 0, s.instruction()
	case '!':
		return s.section()
	}
	return tagStart, s.startTag()
}

// section reads a comment, which says nothing, or text that is marked as such.
// There is nothing else that a part needs, least of all definitions of its own.
func (s *scanner) section() (token, error) {
	const comment, text = "<!--", "<![CDATA["
	for s.end-s.pos < len(text) {
		if err := s.more(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return 0, err
		}
	}
	switch b := s.buf[s.pos:s.end]; {
	case bytes.HasPrefix(b, []byte(comment)):
		n, err := s.untilAll("--", len(comment))
		if err != nil {
			return 0, err
		}
		if last, err := s.until('>', n+2); err != nil || last != n+2 {
			return 0, cmp.Or(err, errMarkup)
		}
		s.take(n + 3)
		return 0, nil
	case bytes.HasPrefix(b, []byte(text)):
		n, err := s.untilAll("]]>", len(text))
		if err != nil {
			return 0, err
		}
		if len(s.open) == 0 {
			return 0, errMarkup
		}
		s.chars = s.lines(s.take(n + 3)[len(text):n])
		return characters, nil
	}
	return 0, errMarkup
}

// instruction passes over an instruction to other programs. The one that may
// stand first says how the part is written.
func (s *scanner) instruction() error {
	first := !s.begun
	n, err := s.untilAll("?>", 2)
	if err != nil {
		return err
	}
	name, rest, ok := s.cutName(s.take(n + 2)[2:n])
	if !ok || len(rest) > 0 && !isSpace(rest[0]) {
		return errMarkup
	}
	if !strings.EqualFold(string(name), "xml") {
		return nil
	}
	if !first || string(name) != "xml" {
		return errMarkup
	}
	s.tag.attrs = s.tag.attrs[:0]
	if whole, err := s.attributes(rest); err != nil || !whole {
		return cmp.Or(err, errMarkup)
	}
	for _, a := range s.tag.attrs {
		known := false
		switch string(a.full) {
		case "version":
			known = string(a.value) == "1.0"
		case "encoding":
			known = strings.EqualFold(string(a.value), "utf-8")
		case "standalone":
			known = string(a.value) == "yes" || string(a.value) == "no"
		}
		if !known {
			return errors.New("it is written in another way than as XML 1.0 in UTF-8")
		}
	}
	return nil
}

// readText reads to the next tag.
func (s *scanner) readText() error {
	n := 0
	for _, c := range s.buf[s.pos:s.end] {
		if s.class[c] == classMarkup {
			break
		}
		n++
	}
	if at := s.pos + n; at < s.end && s.buf[at] == '<' && len(s.open) > 0 { // as nearly always
		s.chars = s.take(n)
		return nil
	}
	n, err := s.until('<', n)
	if len(s.open) == 0 {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			n, err = s.end-s.pos, nil
		}
		return cmp.Or(err, s.outside(n))
	}
	if err != nil {
		return err
	}
	raw := s.take(n)
	if bytes.Contains(raw, []byte("]]>")) {
		return errMarkup
	}
	s.chars, err = s.plain(raw)
	return err
}

// outside passes over what stands before the first tag and behind the last one.
func (s *scanner) outside(n int) error {
	begun := s.begun
	text := s.take(n)
	if !begun {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
		s.begun = false // the declaration may follow
	}
	if len(trimSpace(text)) > 0 {
		return errors.New("it has text outside of its tags")
	}
	s.chars = nil
	return nil
}
