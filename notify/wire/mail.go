package wire

import (
	"net/textproto"
	"regexp"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// ReplyCode is a mail server's reply without its text: "550 5.1.1".
func ReplyCode(r *textproto.Error) string {
	return strings.TrimSpace(strconv.Itoa(r.Code) + " " + enhancedCode.FindString(r.Msg))
}

// ReplyText is a mail server's reply to an address, or "", on one line. Servers repeat
// addresses, which are masked.
func ReplyText(r *textproto.Error, address string) string {
	return masked(prose.Shorten(strconv.Itoa(r.Code)+" "+roster.Clean(r.Msg), longestReply), address)
}

const longestReply = 250 // characters

// Mask is an address for people who need not know it: r…@example.org.
func Mask(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return address
	}
	first := []rune(address)[:1]
	return string(first) + "…" + address[at:]
}

// masked is a server's reply without addresses, whose names it likes to repeat.
func masked(text, address string) string {
	name, _, _ := strings.Cut(address, "@")
	words := strings.Fields(text)
	for i, w := range words {
		bare := strings.Trim(w, "<>()[]{}\"'`,;:.!?=")
		switch {
		case strings.Contains(bare, "@"):
			words[i] = strings.Replace(w, bare, Mask(bare), 1)
		case len(name) > 2 && strings.EqualFold(bare, name):
			words[i] = strings.Replace(w, bare, string([]rune(bare)[:1])+"…", 1)
		}
	}
	return strings.Join(words, " ")
}
