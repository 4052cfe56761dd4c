package sheet

import (
	"html"
	"strings"
)

// Withhold returns a text as it may be given out: with the documents' own addresses in
// the place of Safe Links, and without email addresses, however often either is
// escaped. What else the text holds stays as it is.
func Withhold(text string) string {
	if !mayBePrivate(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexAny(text, " \t\r\n\"'<>") // what no address holds
		if end < 0 {
			end = len(text)
		}
		b.WriteString(withholdWord(text[:end]))
		if text = text[end:]; text != "" {
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	return scrub(b.String())
}

// withholdWord is Withhold for a text without spaces.
func withholdWord(word string) string {
	plain := unescaped(word)
	if !isPrivate(plain) && !namesSafeLinks(plain) {
		return word
	}
	if !namesSafeLinks(plain) {
		if shown := scrub(word); !isPrivate(unescaped(shown)) {
			return shown
		}
		return withheld
	}
	for _, candidate := range []string{word, html.UnescapeString(word), plain} {
		if address, err := documentURL(candidate); err == nil && !namesSafeLinks(unescaped(address)) {
			return address
		}
	}
	return withheld
}

// HoldsPrivate says whether a text has something in it that Withhold takes out.
func HoldsPrivate(text string) bool {
	if !mayBePrivate(text) {
		return false
	}
	plain := unescaped(text)
	return isPrivate(plain) || namesSafeLinks(plain)
}

// mayBePrivate says whether a text needs to be looked at: almost none does.
func mayBePrivate(text string) bool { return strings.ContainsAny(text, "@%&") || namesSafeLinks(text) }

// unescaped is a text in which nothing is escaped any more, as far as anybody would
// unescape it.
func unescaped(text string) string {
	for range 8 {
		plainer := html.UnescapeString(percentDecoded(text))
		if plainer == text {
			break
		}
		text = plainer
	}
	return text
}

// percentDecoded decodes what is escaped as in URLs, and leaves alone what only looks so.
func percentDecoded(text string) string {
	if strings.IndexByte(text, '%') < 0 {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if high, low := hexDigit(text[i+1]), hexDigit(text[i+2]); high >= 0 && low >= 0 {
				b = append(b, byte(high<<4|low))
				i += 2
				continue
			}
		}
		b = append(b, text[i])
	}
	return string(b)
}

// hexDigit is the value of a digit, -1 of what is none.
func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|' ') }
