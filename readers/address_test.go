package readers_test

import (
	"errors"
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/watch287g/watch287g/readers"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	label := strings.Repeat("b", 63) + "."
	for typed, want := range map[string]string{
		"ada@example.org":                        "ada@example.org",
		" Ada.Lovelace+news@EXAMPLE.ORG\n":       "Ada.Lovelace+news@example.org",
		"o'neil_{x}@mail.example.co":             "o'neil_{x}@mail.example.co",
		"ada@bücher.example":                     "ada@xn--bcher-kva.example",
		"ada@BÜCHER.example":                     "ada@xn--bcher-kva.example",
		"ada@ｅｘａｍｐｌｅ.org":                        "ada@example.org",
		"ada@xn--bcher-kva.example":              "ada@xn--bcher-kva.example",
		long + "@" + label + label + "example.u": long + "@" + label + label + "example.u",

		"": "", " ": "", "ada": "", "@example.org": "", "ada@": "", "ada@@example.org": "", "a@b@example.org": "",
		"Ada <ada@example.org>": "", "<ada@example.org>": "", `"ada"@example.org`: "", "ada@example.org,bob@example.org": "",
		"ada@localhost": "", "ada@[127.0.0.1]": "", "ada@127.0.0.1": "", "ada@example.org.": "", "ada@.example.org": "", "ada@example..org": "",
		".ada@example.org": "", "ada.@example.org": "", "a..da@example.org": "", "a da@example.org": "", "ada@exa mple.org": "",
		"ada@example.org\r\nBcc: x@example.org": "", "ada\x00@example.org": "", "ada@exa\x00mple.org": "", "ada@-example.org": "", "ada@exa_mple.org": "",
		"ädà@example.org": "", "a(b)@example.org": "", "a\\b@example.org": "", "a:b@example.org": "", "a@example.org;": "",
		long + "a@example.org": "", long + "@" + label + label + label + "org": "", "\xff@example.org": "", "ada@\xff.org": "", "ada@xn--a.org": "",
	} {
		got, err := readers.ParseAddress(typed)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, want %q (%v)", typed, got, want, err)
		}
		if err != nil && (!errors.Is(err, readers.ErrInvalid) || strings.Contains(err.Error(), "example")) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if a, b := readers.AddressKey("ADA@example.org"), readers.AddressKey("ada@example.org"); a != b {
		t.Errorf("%q is not %q", a, b)
	}
	for address, want := range map[string]string{
		"Ada+1@example.org": "ada@example.org", "ada+1+2@example.org": "ada@example.org", "ada@example.org": "ada@example.org", "a.da@example.org": "a.da@example.org",
		"A.d.a+x.y@gmail.com": "ada@gmail.com", "a.da@googlemail.com": "ada@gmail.com", "ada@gmail.com": "ada@gmail.com", "+@example.org": "+@example.org", "+1@gmail.com": "+1@gmail.com",
	} {
		if got := readers.InboxKey(address); got != want {
			t.Errorf("the inbox of %s is %s, want %s", address, got, want)
		}
	}
	if got := readers.Masked("ada.lovelace@mail.example.co.uk"); got != "a…@m….uk" {
		t.Errorf("masked it is %s", got)
	}
}

// FuzzParseAddress holds what is taken to what mail servers take by RFC 5321.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"ada@example.org", "a@bücher.example", "<a@b.c>", "a@b.c\r\n", "a@ß.de", "a@\u200b.org", "a@xn--", strings.Repeat("é", 200) + "@é.org", "a@1.2.3.4", "a@b｡c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := readers.ParseAddress(typed)
		if err != nil {
			if got != "" || !errors.Is(err, readers.ErrInvalid) || !utf8.ValidString(err.Error()) {
				t.Fatalf("%q: %q, %v", typed, got, err)
			}
			return
		}
		if len(got) > 254 || strings.Count(got, "@") != 1 || strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]\,;:"`, r) }) {
			t.Fatalf("%q gives %q", typed, got)
		}
		if a, err := mail.ParseAddress(got); err != nil || a.Address != got || a.Name != "" {
			t.Fatalf("%q gives %q, which is %v (%v)", typed, got, a, err)
		}
		local, domain, _ := strings.Cut(got, "@")
		if typedLocal, _, _ := strings.Cut(strings.TrimSpace(typed), "@"); local != typedLocal || domain != strings.ToLower(domain) || !strings.Contains(domain, ".") {
			t.Fatalf("%q gives %q", typed, got)
		}
		if again, err := readers.ParseAddress(got); again != got || err != nil {
			t.Fatalf("%q gives %q, and that %q (%v)", typed, got, again, err)
		}
	})
}
