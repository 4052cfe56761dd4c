package sheet

import (
	"bytes"
	"fmt"
)

// The limits of one tag, which no workbook comes near.
const (
	maxName       = 255
	maxAttributes = 100
)

// startTag reads a tag that begins an element.
func (s *scanner) startTag() error {
	n, err := s.until(">", 1)
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
	full, rest, ok := cutName(b)
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
		full, value, ok := cutName(rest)
		if !ok || len(rest) == len(b) {
			return false, errMarkup
		}
		value, ok = bytes.CutPrefix(trimSpace(value), []byte("="))
		if value = trimSpace(value); !ok || len(value) > 0 && value[0] != '"' && value[0] != '\'' {
			return false, errMarkup
		}
		if len(value) == 0 {
			return false, errMarkup
		}
		end := bytes.IndexByte(value[1:], value[0])
		if end < 0 {
			return false, nil
		}
		b, value = value[end+2:], value[1:end+1]
		if bytes.IndexByte(value, '<') >= 0 {
			return false, errMarkup
		}
		for _, a := range s.tag.attrs {
			if bytes.Equal(a.full, full) {
				return false, errMarkup
			}
		}
		if len(s.tag.attrs) == maxAttributes {
			return false, fmt.Errorf("it has a tag of more than %d attributes", maxAttributes)
		}
		if value, err = s.plain(value); err != nil {
			return false, err
		}
		s.tag.attrs = append(s.tag.attrs, attribute{full, local(full), value})
	}
}

// endTag reads a tag that ends an element, which must be the last that began.
func (s *scanner) endTag() error {
	n, err := s.until(">", 2)
	if err != nil {
		return err
	}
	full, rest, ok := cutName(s.take(n + 1)[2:n])
	if !ok || len(trimSpace(rest)) > 0 {
		return errMarkup
	}
	last := len(s.open) - 1
	if last < 0 || !bytes.Equal(s.names[s.open[last]:], full) {
		return fmt.Errorf("tag %s is closed and was not open", full)
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
func cutName(b []byte) (name, rest []byte, ok bool) {
	n, colons := 0, 0
	for ; n < len(b); n++ {
		c := b[n]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			continue
		case n > 0 && ('0' <= c && c <= '9' || c == '-' || c == '.'):
			continue
		case n > 0 && c == ':':
			colons++
			continue
		}
		break
	}
	ok = n > 0 && n <= maxName && (colons == 0 || colons == 1 && b[n-1] != ':')
	return b[:n], b[n:], ok
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
