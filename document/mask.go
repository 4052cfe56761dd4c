package document

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What stands in a text in the place of what Mask takes out of it.
const (
	MaskedPhone = "[phone number]"
	MaskedMail  = "[email address]"
)

// Mask returns a document's text without telephone numbers and mail addresses, which
// agreements print of the people who answer for them, in the spellings that they and their
// scanners have. It is for a page or a paragraph: what is broken over pages is not found.
// Masking twice changes nothing more.
func Mask(text string) string {
	return maskPhones(maskMail(text))
}

// patterns are the expressions that masking needs, compiled when the first text is masked.
type patterns struct {
	at, domain, dotted                    *regexp.Regexp
	phone, local, vanity, abroad, invites *regexp.Regexp
}

var masks = sync.OnceValue(func() patterns {
	const (
		digit  = `[0-9OolIS]`
		gap    = `[\s().,/{}\[\]:·•~_'’–—-]{0,3}`
		tail   = `(?:[\s,;.]{0,3}(?:[Ee][Xx][Tt](?:ension|\.)?|[Xx]|#)[\s.:]{0,2}[0-9]{1,6}\b)?`
		common = `(?:gov|org|com|net|edu|mil|us|info)`
	)
	return patterns{
		at:      regexp.MustCompile(`(?i)@|＠|©|®|[(\[{]\s?(?:at|a|@)\s?[)\]}]`),
		domain:  regexp.MustCompile(`^[A-Za-z0-9]\S*\.[A-Za-z]{2,}`),
		dotted:  regexp.MustCompile(`(?i)\b[a-z0-9._-]+\s+at\s+[a-z0-9-]+(?:\s+dot\s+[a-z0-9-]+){0,3}\s+dot\s+` + common + `\b`),
		phone:   regexp.MustCompile(`(?:\+?[1lI]` + gap + `)?[({\[]?` + digit + `{3}` + gap + digit + `{3}` + gap + digit + `{4}` + tail),
		local:   regexp.MustCompile(digit + `{3}[\s.–—-]{1,2}` + digit + `{4}` + tail),
		vanity:  regexp.MustCompile(`(?:\+?[1lI][-.\s]{1,2})?\(?8(?:00|33|44|55|66|77|88)\)?[-.–—][0-9A-Z](?:[-.]?[0-9A-Z]){5,11}` + tail),
		abroad:  regexp.MustCompile(`\+[0-9][0-9\s().-]{6,18}[0-9]`),
		invites: regexp.MustCompile(`(?i)\b(?:tele)?(?:phone|tel|ph|fax|cell|mobile|call|direct|desk)\b\W*(?:(?:no|number|line|at)\b)?\W{0,4}$`),
	}
})

// maskMail takes out whatever looks like a mail address: two words with an "@", or what a
// scanner or a careful writer puts for one, between them.
func maskMail(text string) string {
	p := masks()
	if maybeDotted(text) {
		text = p.dotted.ReplaceAllString(text, MaskedMail)
	}
	if !maybeAt(text) {
		return text
	}
	var b strings.Builder
	done := 0
	for _, at := range p.at.FindAllStringIndex(text, -1) {
		if at[0] < done {
			continue
		}
		from, to, ok := mailAround(text, at[0], at[1], done)
		if !ok {
			continue
		}
		b.WriteString(text[done:from])
		b.WriteString(MaskedMail)
		done = to
	}
	b.WriteString(text[done:])
	return b.String()
}

// mailAround returns where the mail address around a sign begins and ends. It begins at
// least at the given place.
func mailAround(text string, at, behind, least int) (from, to int, ok bool) {
	if at > least && strings.IndexByte("([{", text[at-1]) >= 0 {
		at-- // "name(@agency.gov": a sign with a tail
	}
	from, to = wordBefore(text, at, least), wordAfter(text, behind)
	plain := strings.HasSuffix(text[:behind], "@") || strings.HasSuffix(text[:behind], "＠")
	near := hasLetter(text[from:at]) && hasLetter(text[behind:to])
	if near && plain {
		return joinBefore(text, from, least), joinAfter(text, behind, to), true
	}
	if from == at { // the name stands apart from the sign
		from = wordBefore(text, spaceBefore(text, at, least), least)
	}
	if to == behind {
		behind = spaceAfter(text, behind)
		to = wordAfter(text, behind)
	}
	to = joinAfter(text, behind, to)
	name := strings.TrimSpace(text[from:at])
	isDomain := masks().domain.MatchString(unbroken(text[behind:to]))
	if !hasLetter(name) || strings.ContainsAny(name, closing[4:]) {
		return at, to, plain && isDomain
	}
	return joinBefore(text, from, least), to, isDomain
}

// closing are the marks that end a word and are no part of it.
const closing = ".,;:)]}>\"’”'"

// wordBefore returns where the word that ends at i begins.
func wordBefore(text string, i, least int) int {
	for i > least {
		r, size := utf8.DecodeLastRuneInString(text[least:i])
		if unicode.IsSpace(r) || strings.ContainsRune("([{<\"“;:,", r) {
			break
		}
		i -= size
	}
	return i
}

// wordAfter returns where the word that begins at i ends, without the marks behind it.
func wordAfter(text string, i int) int {
	end := len(text)
	if n := strings.IndexFunc(text[i:], unicode.IsSpace); n >= 0 {
		end = i + n
	}
	return i + len(strings.TrimRight(text[i:end], closing))
}

// spaceBefore and spaceAfter skip a few spaces, or the end of a line.
func spaceBefore(text string, i, least int) int {
	for range 3 {
		r, size := utf8.DecodeLastRuneInString(text[least:i])
		if size == 0 || !unicode.IsSpace(r) {
			break
		}
		i -= size
	}
	return i
}

func spaceAfter(text string, i int) int {
	for range 3 {
		r, size := utf8.DecodeRuneInString(text[i:])
		if size == 0 || !unicode.IsSpace(r) {
			break
		}
		i += size
	}
	return i
}

// joinBefore takes in the beginning of a name that a hyphen broke over two lines.
func joinBefore(text string, from, least int) int {
	end := spaceBefore(text, from, least)
	if end == from || end <= least || !strings.Contains(text[end:from], "\n") || !strings.ContainsRune("-_", rune(text[end-1])) {
		return from
	}
	return wordBefore(text, end, least)
}

// joinAfter takes in the rest of a domain that was broken over two lines: where it has no end
// yet, or a hyphen at the end of the line.
func joinAfter(text string, behind, to int) int {
	word := text[behind:to]
	rest := strings.TrimLeft(text[to:], ".-")
	if !strings.HasPrefix(strings.TrimLeft(rest, " \r"), "\n") || masks().domain.MatchString(word) && !strings.HasSuffix(word, "-") {
		return to
	}
	next := spaceAfter(text, len(text)-len(rest))
	end := wordAfter(text, next)
	if masks().domain.MatchString(unbroken(text[behind:end])) {
		return end
	}
	return to
}

// unbroken returns what was broken over lines as one word.
func unbroken(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "-\n", "")), "")
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// maskPhones takes out telephone numbers of ten digits, of seven where they are named as
// such or stand alone in a line, of letters, and of other countries.
func maskPhones(text string) string {
	p := masks()
	if maybeVanity(text) {
		text = replaceApart(p.vanity, text, func(before, found, _ string) bool { return hasLetter(found) && !strings.HasSuffix(before, "-") })
	}
	text = replaceApart(p.abroad, text, func(_, found, _ string) bool { n := len(digitsOf(found)); return n >= 8 && n <= 15 })
	if maybeDigits(text, 10) {
		text = replaceApart(p.phone, text, func(_, found, _ string) bool { return isTenDigits(found) })
	}
	if !maybeDigits(text, 7) {
		return text
	}
	return replaceApart(p.local, text, func(before, found, after string) bool {
		alone := (before == "" || strings.HasSuffix(before, "\n")) && (after == "" || strings.IndexFunc(after, notBlank) == strings.IndexByte(after, '\n')) ||
			p.invites.MatchString(before[max(0, len(before)-24):])
		return alone && plausible(digitsOf(found)[:min(7, len(digitsOf(found)))], 0)
	})
}

func notBlank(r rune) bool { return r != ' ' && r != '\t' && r != '\r' }

// replaceApart replaces what stands apart from other letters and digits and is a number.
func replaceApart(pattern *regexp.Regexp, text string, isNumber func(before, found, after string) bool) string {
	var b strings.Builder
	done := 0
	for done < len(text) {
		at := pattern.FindStringIndex(text[done:])
		if at == nil {
			break
		}
		from, to := done+at[0], done+at[1]
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[to:])
		if isWord(before) || isWord(after) || !isNumber(text[:from], text[from:to], text[to:]) {
			_, size := utf8.DecodeRuneInString(text[from:])
			b.WriteString(text[done : from+size])
			done = from + size
			continue
		}
		b.WriteString(text[done:from])
		b.WriteString(MaskedPhone)
		done = to
	}
	b.WriteString(text[done:])
	return b.String()
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '§')
}

// isTenDigits says whether what looks like a number of ten digits is one that American
// telephones have: an area and an exchange that begin with 2 to 9, and few letters that a
// scanner read for digits.
func isTenDigits(found string) bool {
	digits := digitsOf(found)
	if len(digits) > 10 && (digits[0] == '1') {
		digits = digits[1:]
	}
	letters := 0
	for _, r := range found {
		if strings.ContainsRune("OolIS", r) {
			letters++
		}
	}
	return len(digits) >= 10 && letters <= 3 && plausible(digits, 0) && plausible(digits, 3)
}

func plausible(digits string, at int) bool {
	return len(digits) > at && digits[at] >= '2'
}

// digitsOf returns the digits of a number, with what scanners read for them.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return r
		case r == 'O' || r == 'o':
			return '0'
		case r == 'l' || r == 'I':
			return '1'
		case r == 'S':
			return '5'
		}
		return -1
	}, s)
}
