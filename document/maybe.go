package document

import (
	"strings"
	"unicode"
)

// Expressions without a first letter of their own take milliseconds for a page that has
// nothing for them, which most have not. What is here says in one quick look that a page
// cannot have it; where it says that it may, the expression decides.

// maybeDotted says whether a text may have a mail address in words: "name at agency dot gov".
func maybeDotted(text string) bool { return strings.Contains(strings.ToLower(text), "dot") }

// maybeAt says whether a text may have an "@", or what stands for one: "©", "(at)", "[a]".
func maybeAt(text string) bool {
	if strings.ContainsAny(text, "@＠©®") {
		return true
	}
	for {
		i := strings.IndexAny(text, "([{")
		if i < 0 {
			return false
		}
		text = text[i+1:]
		inside := text
		if inside != "" && strings.IndexByte(" \t\n\f\r", inside[0]) >= 0 {
			inside = inside[1:]
		}
		if inside != "" && (inside[0] == 'a' || inside[0] == 'A') {
			return true
		}
	}
}

// maybeVanity says whether a text may have a number that is free of charge: "800", "833".
func maybeVanity(text string) bool {
	for {
		i := strings.IndexByte(text, '8')
		if i < 0 || len(text) < i+3 {
			return false
		}
		if a := text[i+1]; a == text[i+2] && (a == '0' || '3' <= a && a <= '8') {
			return true
		}
		text = text[i+1:]
	}
}

// maybeDigits says whether so many digits, or what scanners read for them, stand with nothing
// but spaces and marks between them.
func maybeDigits(text string, many int) bool {
	n := 0
	for _, r := range text {
		switch {
		case '0' <= r && r <= '9', strings.ContainsRune("OolIS", r):
			if n++; n >= many {
				return true
			}
		case unicode.IsLetter(r):
			n = 0
		}
	}
	return false
}
