package roster

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean undoes what a spreadsheet does to a line of text: each run of spaces of any
// kind becomes one space, curly apostrophes and quotes become straight ones, and
// control and invisible characters are removed. Nothing else changes, so that an
// agency stays spelled as ICE spells it.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case r == '‘', r == '’', r == '‛', r == '`', r == '´', r == 'ʼ':
			r = '\''
		case r == '“', r == '”':
			r = '"'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// isClean says whether Clean would change nothing, as with nearly every text. It may
// say false for such a text.
func isClean(s string) bool {
	gap := true // a space at the beginning is removed
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' && gap, c < ' ', c > '~', c == '`':
			return false
		default:
			gap = c == ' '
		}
	}
	return !gap || s == ""
}

// accents folds the accented letters of American place names.
var accents = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n")

// Fold reduces a name to lowercase words without apostrophes, punctuation and
// accents, none of which distinguish agencies.
func Fold(s string) string {
	var room [96]byte
	return string(appendFolded(room[:0], s))
}

// appendFolded appends a folded text to b.
func appendFolded(b []byte, s string) []byte {
	if !plainText(s) {
		s = accents.Replace(strings.ToLower(Clean(s)))
	}
	begin, gap := len(b), false
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case r == '\'' || r == '.' || r == '`':
			continue // "Sheriff's" is "Sheriffs", "U.S." is "US"
		case r == '&':
			if len(b) > begin {
				b = append(b, ' ')
			}
			b = append(b, "and"...)
			gap = true
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = true
			continue
		}
		if gap && len(b) > begin {
			b = append(b, ' ')
		}
		gap = false
		b = utf8.AppendRune(b, r)
	}
	return b
}

// plainText says whether a text is all printable ASCII, and can be folded as it is.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Slug returns a name as part of an id or a URL: the folded words joined by hyphens.
func Slug(s string) string { return strings.ReplaceAll(Fold(s), " ", "-") }

// Distance counts the typing errors between two words: letters inserted, left out
// or replaced, and neighbors swapped (the optimal string alignment distance).
func Distance(a, b string) int {
	if len(a) < longestMisprint && len(b) < longestMisprint && plainText(a) && plainText(b) {
		var rows [3][longestMisprint]byte // faster than the heap
		return slips([]byte(a), []byte(b), rows[0][:], rows[1][:], rows[2][:])
	}
	s, t := []rune(a), []rune(b)
	return slips(s, t, make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1))
}

// Within says whether the distance between two words is at most so many errors. Most words
// are told apart without counting.
func Within(most int, a, b string) bool {
	if !plainText(a) || !plainText(b) {
		return Distance(a, b) <= most
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch off := len(a) - len(b); {
	case off > most || -off > most:
		return false // each letter more or less is an error
	case most == 1:
		// Between a first and a last difference there is one letter, or there are two swapped.
		return max(len(a), len(b)) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	}
	return Distance(a, b) <= most
}

// slips computes the distance in three rows, each of one element more than t.
func slips[C byte | rune, N byte | int](s, t []C, before, last, row []N) int {
	for len(s) > 0 && len(t) > 0 && s[0] == t[0] { // a common beginning or end does not count
		s, t = s[1:], t[1:]
	}
	for len(s) > 0 && len(t) > 0 && s[len(s)-1] == t[len(t)-1] {
		s, t = s[:len(s)-1], t[:len(t)-1]
	}
	if len(s) == 0 || len(t) == 0 {
		return len(s) + len(t)
	}
	before, last, row = before[:len(t)+1], last[:len(t)+1], row[:len(t)+1]
	for j := range last {
		last[j] = N(j)
	}
	for i := 1; i <= len(s); i++ {
		row[0] = N(i)
		for j := 1; j <= len(t); j++ {
			cost := N(1)
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return int(last[len(t)])
}

// longestMisprint is more letters than any candidate has with all the errors that
// are tolerated; a longer text need not be compared.
const longestMisprint = 64

// nearest returns the one candidate that text is a misprint of, and whether there
// is exactly one: with at most one error in four letters, and nearer than any other.
func nearest[T comparable](text string, candidates map[string]T) (T, bool) {
	if exact, ok := candidates[text]; ok {
		return exact, true
	}
	var none, found T
	if len(text) < 3 || len(text) > longestMisprint {
		return none, false
	}
	best, only := max(1, len(text)/4)+1, false
	length := utf8.RuneCountInString(text)
	for name, value := range candidates {
		if length-len(name) > best || len(name)-length > best {
			continue // each letter more or less is an error
		}
		switch d := Distance(text, name); {
		case d < best:
			best, found, only = d, value, true
		case d == best && value != found:
			only = false
		}
	}
	if !only {
		return none, false
	}
	return found, true
}

// Meant returns the one of some words that is meant, in all likelihood, where a person
// made no more than so many slips; "" where none is.
func Meant[T ~string](word string, known []T, slips int) (best T) {
	if len(word) > longestMisprint {
		return ""
	}
	least := slips + 1
	for _, k := range known {
		if d := Distance(strings.ToLower(word), strings.ToLower(string(k))); d < least && d < len(k)/2+1 {
			best, least = k, d
		}
	}
	return best
}
