package wire

import (
	"net/textproto"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReplyText(t *testing.T) {
	for said, want := range map[string]string{
		"5.1.1 <bea@example.org>: no such user":               "550 5.1.1 <b…@example.org>: no such user",
		"5.1.1 unknown user: BEA, see mailto:bea@Example.ORG": "550 5.1.1 unknown user: b…, see mailto:b…@Example.ORG",
		"5.2.1 orig=bea@example.org;via=cem@example.net":      "550 5.2.1 orig=b…@example.org;via=c…@example.net",
		"go\r\naway\x1b[31m":                                  "550 go away[31m",
	} {
		if got := ReplyText(&textproto.Error{Code: 550, Msg: said}, "bea@example.org"); got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
	}
	if got := ReplyCode(&textproto.Error{Code: 452, Msg: "4.2.2 mailbox full"}); got != "452 4.2.2" {
		t.Errorf("the code is %q", got)
	}
}

// Whatever a server says, it is one line of some length, without the address.
func FuzzReplyText(f *testing.F) {
	f.Add("5.1.1 <bea@example.org>: no such user", "bea@example.org")
	f.Add("=?utf-8?q?bea?= Bea@Example.org\nbea", "bea@example.org")
	f.Fuzz(func(t *testing.T, said, address string) {
		name, domain, ok := strings.Cut(address, "@")
		if !ok || len(name) < 3 || len(domain) < 3 || strings.ContainsAny(address, " …\t<>\"'(),:;=") || strings.Count(address, "@") > 1 {
			return
		}
		for _, r := range address {
			if r <= ' ' || r > '~' {
				return // which no configuration has
			}
		}
		got := ReplyText(&textproto.Error{Code: 550, Msg: said}, address)
		if strings.Contains(strings.ToLower(got), strings.ToLower(address)) || strings.ContainsAny(got, "\r\n") || utf8.RuneCountInString(got) > longestReply+len(said) {
			t.Errorf("%q becomes %q", said, got)
		}
	})
}
