package tables

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// countSound says how many bytes of b are characters that XML may hold. What
// follows them is the beginning of one, or not ok.
func countSound(b []byte) (n int, ok bool) {
	for n < len(b) {
		if len(b)-n >= 8 { // nearly all is plain: look at eight bytes at once
			const ones = 0x0101010101010101
			if w := binary.LittleEndian.Uint64(b[n:]); ((w-' '*ones)|w)&(0x80*ones) == 0 {
				n += 8
				continue
			}
		}
		if c := b[n]; c >= ' ' && c < utf8.RuneSelf || c == '\n' || c == '\r' || c == '\t' {
			n++
			continue
		}
		r, size := utf8.DecodeRune(b[n:])
		switch {
		case r == utf8.RuneError && size <= 1:
			return n, !utf8.FullRune(b[n:])
		case !isSound(r):
			return n, false
		}
		n += size
	}
	return n, true
}

// isSound says whether XML may hold a character.
func isSound(r rune) bool {
	return r >= ' ' && r <= 0xD7FF || r == '\n' || r == '\r' || r == '\t' || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// plain returns a text without the entities and ends of lines that XML writes.
func (s *scanner) plain(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '&') < 0 {
		return s.lines(raw), nil
	}
	from := len(s.scratch)
	for len(raw) > 0 {
		at := bytes.IndexByte(raw, '&')
		if at < 0 {
			at = len(raw)
		}
		s.appendLines(raw[:at])
		if raw = raw[at:]; len(raw) == 0 {
			break
		}
		const longest = 16
		end := bytes.IndexByte(raw[:min(len(raw), longest)], ';')
		if end < 0 {
			return nil, errEntity
		}
		r, ok := entity(string(raw[1:end]))
		if !ok {
			return nil, errEntity
		}
		s.scratch = utf8.AppendRune(s.scratch, r)
		raw = raw[end+1:]
	}
	return s.scratch[from:len(s.scratch):len(s.scratch)], nil
}

var errEntity = errors.New("it has an entity that XML does not know")

// lines returns a text whose lines end in \n, as XML reads them.
func (s *scanner) lines(raw []byte) []byte {
	if bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	from := len(s.scratch)
	s.appendLines(raw)
	return s.scratch[from:len(s.scratch):len(s.scratch)]
}

func (s *scanner) appendLines(raw []byte) {
	for {
		at := bytes.IndexByte(raw, '\r')
		if at < 0 {
			s.scratch = append(s.scratch, raw...)
			return
		}
		s.scratch = append(append(s.scratch, raw[:at]...), '\n')
		raw = bytes.TrimPrefix(raw[at+1:], []byte("\n"))
	}
}

// entity returns the character that stands between & and ;.
func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	return rune(n), isNumber && err == nil && isSound(rune(n))
}
