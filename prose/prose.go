// Package prose says what is known about a change, once for all: the text of a
// change, its line in a message, its title in a feed, and the words that pages
// share. Every message has a key and parts with names, so that a translator
// fills one table, and those who call these methods do not change.
//
// What ICE printed is untrusted: it is cleaned and bounded here, and escaped by
// whoever lays it out.
package prose

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
)

// say fills in a message.
func (l Language) say(k key, p parts) string { return fill(messages[l][k], p) }

// plain is a message that has no parts.
func (l Language) plain(k key) string { return messages[l][k] }

// has says whether a language has a message of its own.
func (l Language) has(k key) bool { _, ok := messages[l][k]; return ok }

// count fills in a message that depends on a count, which is its part {n}. It sets
// that part in p.
func (l Language) count(k key, n int, p parts) string {
	text, many, two := strings.Cut(messages[l][k], "|")
	if two && n != 1 {
		text = many
	}
	if len(p) == 0 {
		return fill(text, parts{"n": l.Thousands(n)})
	}
	if strings.Contains(text, "{n}") {
		p["n"] = l.Thousands(n)
	}
	return fill(text, p)
}

// fill puts the parts where a message names them. What stands in a part is never
// read as a name. A word and a blank before the name, as in "{de place}", is a word that
// joins with what follows it, as joined says.
func fill(text string, p parts) string {
	if !strings.Contains(text, "{") {
		return text
	}
	room := len(text)
	for _, value := range p {
		room += len(value)
	}
	var b strings.Builder
	b.Grow(room)
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if word, of, joins := strings.Cut(name, " "); joins {
			b.WriteString(joined(word, p[of]))
		} else {
			b.WriteString(p[name])
		}
		text = after
	}
}

// Thousands writes a count as American papers do: 12,345.
func (l Language) Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + l.plain("thousands") + s[i:]
	}
	return s
}

// Plural writes a count with its word: "1 agreement", "1,172 agreements".
func (l Language) Plural(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return l.Thousands(n) + " " + many
}

// Difference writes a difference with its sign, as in "+12" or "−3".
func (l Language) Difference(n int) string {
	switch {
	case n > 0:
		return "+" + l.Thousands(n)
	case n < 0:
		return "−" + l.Thousands(-n)
	}
	return "0"
}

// And joins phrases as a sentence does: "one", "one and two", "one, two and
// three".
func (l Language) And(list []string) string {
	n := len(list)
	if n < 2 {
		return strings.Join(list, "")
	}
	return l.say("and", parts{"list": strings.Join(list[:n-1], ", "), "last": list[n-1]})
}

// each says every member of a list.
func each[T any](list []T, say func(T) string) []string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = say(v)
	}
	return all
}

// nameWidth is the most characters that a name becomes: enough for what ICE has
// ever printed, and a bound on what a broken cell can do.
const nameWidth = 160

// Printed makes sure that what ICE printed stays on its line and within bounds.
func Printed(s string) string { return Shorten(Clean(s), nameWidth) }

// Quoted is what ICE printed, as a sentence quotes it.
func (l Language) Quoted(s string) string {
	text := strconv.Quote(Printed(s))
	return l.say("quoted", parts{"text": text[1 : len(text)-1]})
}

// Clean is roster.Clean, and takes out the two characters that Unicode keeps for
// no character and XML refuses.
func Clean(s string) string {
	if s = roster.Clean(s); strings.Contains(s, "\xEF\xBF") { // with which both begin
		return noncharacters.Replace(s)
	}
	return s
}

var noncharacters = strings.NewReplacer("\uFFFE", "", "\uFFFF", "")

// Shorten cuts a text to so many characters, and mends what is not text.
func Shorten(s string, width int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= width || utf8.RuneCountInString(s) <= width {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:width-1])) + "…"
}

// Capitalize writes the first letter of a phrase as a sentence does.
func Capitalize(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
