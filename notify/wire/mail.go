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

// addressLike is what looks like an address in a text.
var addressLike = regexp.MustCompile(`[^\s<>@"'(),:;=]+@[^\s<>@"'(),:;=]*`)

// masked is a server's reply without addresses, whose names it likes to repeat, and
// without the name of the one that it answers to.
func masked(text, address string) string {
	text = addressLike.ReplaceAllStringFunc(text, Mask)
	if name, _, _ := strings.Cut(address, "@"); len(name) > 2 {
		text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(name)).ReplaceAllString(text, string([]rune(name)[:1])+"…")
	}
	return text
}
