package tables

import (
	"bytes"
	"fmt"
)

// startTag reads a tag that begins an element.
func (s *scanner) startTag() error {
	n, err := s.until('>', 1)
	if err != nil {
		return err
	}
	whole, err := s.parse(s.buf[s.pos+1 : s.pos+n])
	if err == nil && !whole { // the bracket stands within an attribute
		if n, err = s.lastBracket(); err != nil {
			return err
		}
		if whole, err = s.parse(s.buf[s.pos+1 : s.pos+n]); err == nil && !whole {
			err = errMarkup
		}
	}
	if err != nil {
		return err
	}
	s.take(n + 1)
	return nil
}

// lastBracket returns where the tag ends whose attributes hold brackets.
func (s *scanner) lastBracket() (int, error) {
	var quote byte
	for i := 1; ; {
		for _, c := range s.buf[s.pos+i : s.end] {
			switch {
			case c == quote:
				quote = 0
			case quote != 0:
			case c == '>':
				return i, nil
			case c == '"' || c == '\'':
				quote = c
			}
			i++
		}
		if err := s.more(); err != nil {
			return 0, whole(err)
		}
	}
}

// parse reads what stands between a tag's brackets. It is not whole where an
// attribute has no end, and nothing is done then.
func (s *scanner) parse(b []byte) (whole bool, err error) {
	s.tag.attrs, s.scratch = s.tag.attrs[:0], s.scratch[:0]
	b, empty := bytes.CutSuffix(b, []byte("/"))
	full, rest, ok := s.cutName(b)
	if !ok {
		return false, errMarkup
	}
	if whole, err = s.attributes(rest); err != nil || !whole {
		return whole, err
	}
	s.tag.name, s.empty = local(full), empty
	return true, s.enter(full)
}

// attributes reads those of a tag, each behind a space.
func (s *scanner) attributes(b []byte) (whole bool, err error) {
	for {
		rest := trimSpace(b)
		if len(rest) == 0 {
			return true, nil
		}
		full, value, ok := s.cutName(rest)
		if len(value) == 0 || value[0] != '=' { // spaces may stand there
			value = trimSpace(value)
		}
		if !ok || len(rest) == len(b) || len(value) < 2 || value[0] != '=' {
			return false, errMarkup
		}
		if value = value[1:]; isSpace(value[0]) {
			value = trimSpace(value)
		}
		if len(value) == 0 || value[0] != '"' && value[0] != '\'' {
			return false, errMarkup
		}
		quote, end, plain := value[0], 1, true
		for ; end < len(value) && value[end] != quote; end++ {
			plain = plain && s.class[value[end]] != classMarkup
		}
		if end == len(value) {
			return false, nil
		}
		b, value = value[end+1:], value[1:end]
		if !plain {
			if bytes.IndexByte(value, '<') >= 0 {
				return false, errMarkup
			}
			if value, err = s.plain(value); err != nil {
				return false, err
			}
		}
		if err := s.attribute(full, value); err != nil {
			return false, err
		}
	}
}

// attribute adds one, which must be the first of its name.
func (s *scanner) attribute(full, value []byte) error {
	for _, a := range s.tag.attrs {
		if bytes.Equal(a.full, full) {
			return errMarkup
		}
	}
	if len(s.tag.attrs) == maxAttributes {
		return fmt.Errorf("it has a tag of more than %d attributes", maxAttributes)
	}
	s.tag.attrs = append(s.tag.attrs, attribute{full, local(full), value})
	return nil
}

// endTag reads a tag that ends an element, which must be the last that began.
func (s *scanner) endTag() error {
	n, err := s.until('>', 2)
	if err != nil {
		return err
	}
	full, last := s.take(n + 1)[2:n], len(s.open)-1
	if last < 0 || !bytes.Equal(s.names[s.open[last]:], full) { // as it is written, or with spaces behind it
		name, rest, ok := s.cutName(full)
		if !ok || len(trimSpace(rest)) > 0 {
			return errMarkup
		}
		if last < 0 || !bytes.Equal(s.names[s.open[last]:], name) {
			return fmt.Errorf("tag %s is closed and was not open", name)
		}
	}
	s.leave()
	return nil
}

func (s *scanner) enter(full []byte) error {
	if len(s.open) == maxDepth {
		return fmt.Errorf("more than %d tags stand within each other", maxDepth)
	}
	if len(s.open) == 0 && s.rooted {
		return errMarkup
	}
	s.rooted = true
	s.open = append(s.open, len(s.names))
	s.names = append(s.names, full...)
	return nil
}

func (s *scanner) leave() {
	last := len(s.open) - 1
	s.names = s.names[:s.open[last]]
	s.open = s.open[:last]
}

// cutName takes a name off the beginning of b. Those of workbooks are plain.
func (s *scanner) cutName(b []byte) (name, rest []byte, ok bool) {
	n, colons := 0, 0
	for ; n < len(b) && s.class[b[n]] >= classColon; n++ {
		if b[n] == ':' {
			colons++
		}
	}
	ok = n > 0 && n <= maxName && s.class[b[0]] == classLetter && (colons == 0 || colons == 1 && b[n-1] != ':')
	return b[:n], b[n:], ok
}

// The classes of characters. Those of a name come last.
const (
	classOther  = iota
	classMarkup // what a text cannot hold, or does not stand for itself
	classColon
	classDigit // what a name does not begin with
	classLetter
)

// classes tells the class of each character.
func classes() *[256]byte {
	var table [256]byte
	for class, members := range []string{
		classMarkup: "<&]\r", classColon: ":", classDigit: "0123456789-.",
		classLetter: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_",
	} {
		for _, c := range []byte(members) {
			table[c] = byte(class)
		}
	}
	return &table
}

// local takes the prefix off a name.
func local(full []byte) []byte { return full[bytes.IndexByte(full, ':')+1:] }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func trimSpace(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
}
