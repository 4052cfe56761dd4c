package sheet

import (
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

const pdf = "https://www.ice.gov/doclib/287gMOA/a.pdf"

// wrap makes a Safe Link of a URL.
func wrap(inner string) string {
	return "https://gcc02.safelinks.protection.outlook.com/?url=" + url.QueryEscape(inner) + "&data=05%7Cjane%40example.gov"
}

func TestDocumentURL(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{pdf, pdf},
		{" " + pdf + "\n", pdf},
		{"HTTPS://www.ice.gov/doclib/287gMOA/a.pdf", pdf},
		{"http://www.ice.gov/a.pdf", "http://www.ice.gov/a.pdf"},
		{"http:www.ice.gov/a.pdf", "http://www.ice.gov/a.pdf"},
		{"https:/www.ice.gov/doclib/287gMOA/a.pdf", pdf},
		{"https:///www.ice.gov/doclib/287gMOA/a.pdf", pdf},
		{"www.ice.gov/doclib/287gMOA/a.pdf", pdf},
		{"/doclib/287gMOA/a.pdf", pdf},
		{pdf + "#page=2", pdf},
		{pdf + "?v=1", pdf + "?v=1"},
		{pdf + "?v=a b #c", pdf + "?v=a%20b%20"},
		{"https://www.ice.gov/a b.pdf", "https://www.ice.gov/a%20b.pdf"},
		{"https://www.ice.gov/a%20b.pdf", "https://www.ice.gov/a%20b.pdf"},
		{"http://localhost:8080/a.pdf", "http://localhost:8080/a.pdf"},

		{wrap(pdf), pdf},
		{wrap(wrap(pdf)), pdf},
		{wrap(wrap(wrap(pdf))), pdf},
		{wrap(" " + pdf), pdf},
		{wrap("www.ice.gov/doclib/287gMOA/a.pdf"), pdf},

		{"chrome-extension://efaidnbm/" + pdf, pdf},
		{"chrome-extension://efaidnbm/" + pdf + "?v=1", pdf + "?v=1"},
		{"chrome-extension://efaidnbm/https://www.ice.gov/a%20b.pdf", "https://www.ice.gov/a%20b.pdf"},
		{"moz-extension://efaidnbm/viewer.html?a=1&file=" + url.QueryEscape(pdf), pdf},
		{"chrome-extension://efaidnbm/" + wrap(pdf), pdf},
	} {
		if got, err := documentURL(tt.in); err != nil || got != tt.want {
			t.Errorf("documentURL(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestDocumentURLRefuses(t *testing.T) {
	for want, refused := range map[string][]string{
		"wraps something other than an http or https URL": {
			wrap(wrap(wrap(wrap(wrap(pdf))))),
			wrap(""),
			wrap("javascript:alert(1)"),
			wrap("mailto:jane@example.gov"),
			wrap("/doclib/a.pdf"),
			"https://safelinks.protection.outlook.com/?data=x",
			"chrome-extension://efaidnbm/viewer.html",
		},
		"has something in it that is not for publication": {
			"https://www.ice.gov/?u=" + url.QueryEscape(wrap(pdf)),
			"https://www.ice.gov/?by=jane@example.gov",
			"https://www.ice.gov/?by=jane%25252540example.gov",
		},
		"is not an http or https URL": {
			"https://jane:secret@www.ice.gov/a.pdf",
			"https://jane@www.ice.gov/a.pdf",
			"javascript:alert(1)",
			"mailto:jane@example.gov",
			"file:///C:/a.pdf",
			`\\server\share\a.pdf`,
			"ftp://www.ice.gov/a.pdf",
			"//www.ice.gov/a.pdf",
			"a.pdf",
			"#Sheet2!A1",
			"https://",
			"https://nodots/a.pdf",
			"https://www.ice.gov:port/a.pdf",
			"",
		},
	} {
		for _, in := range refused {
			if got, err := documentURL(in); got != "" || err == nil || err.Error() != want {
				t.Errorf("documentURL(%q) = %q, %v, want %s", in, got, err, want)
			}
		}
	}
}

func TestRedact(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://jane:secret@www.ice.gov/a.pdf?by=jane#jane", "https://www.ice.gov/a.pdf"},
		{"https://gcc02.safelinks.protection.outlook.com/?data=jane", withheld},
		{"mailto:jane@example.gov", "mailto:" + withheld},
		{"file:///C:/Users/jane/a.pdf", "file:" + withheld},
		{`C:\Users\jane\a.pdf`, withheld},
		{`\\server\jane\a.pdf`, withheld},
		{"javascript:alert('jane')", "javascript:" + withheld},
		{"jane@example.gov", withheld},
		{"jane@example.gov@example.gov", withheld},
		{"docs/a.pdf?by=jane", "docs/a.pdf"},
		{"https://[jane", withheld},
		{"https://www.ice.gov/jane@example.gov", "https://www.ice.gov/" + withheld},
		{"rId7", "rId7"},
	} {
		if got := redact(tt.in); got != tt.want || strings.Contains(got, "jane") {
			t.Errorf("redact(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzDocumentURL(f *testing.F) {
	for _, s := range []string{
		"https://www.ice.gov/a.pdf", "https:/www.ice.gov/a b.pdf", "www.ice.gov", "/doclib/a.pdf", "chrome-extension://x/https://www.ice.gov/a%20b.pdf?c=d",
		"https://gcc02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.ice.gov%2Fa.pdf&data=jane%40example.gov",
		"https://www.ice.gov/?u=https%3A%2F%2Fgcc02.SafeLinks.protection.outlook.com", "http:http:www.a.b", "https://a.b/%", "https://a.b?%zz", "https://a.b/?", "https://A.B:80/../c;d#e", "https:a.b?c\x9a \u00a0#d",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if hidden := redact(raw); isPrivate(hidden) {
			t.Errorf("redact(%q) = %q", raw, hidden)
		}
		address, err := documentURL(raw)
		if err != nil {
			if address != "" {
				t.Errorf("documentURL(%q) = %q, %v", raw, address, err)
			}
			return
		}
		if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
			t.Errorf("documentURL(%q) = %q", raw, address)
		}
		if again, err := documentURL(address); again != address || err != nil {
			t.Errorf("documentURL(%q) = %q, and of that %q, %v", raw, address, again, err)
		}
		plainer, err := url.PathUnescape(address)
		if err != nil {
			t.Errorf("documentURL(%q) = %q: %v", raw, address, err)
		}
		for _, s := range []string{address, plainer} {
			if strings.Contains(strings.ToLower(s), safeLinks) || isPrivate(s) {
				t.Errorf("documentURL(%q) = %q holds what is private", raw, address)
			}
		}
	})
}

// An address that needs no repair is left as it is by the repair.
func TestPlainAddress(t *testing.T) {
	parts := []string{"https://", "http://", "www.", "ice.gov", "/", "//", "/doclib/287gMOA/", "a_B-9.pdf", "..", ".", "-", "?", "#", "%20", "@", ":", "SafeLinks", "safelinks.protection.outlook.com", "Z", " ", "é", "~"}
	random := rand.New(rand.NewPCG(3, 4))
	plain := 0
	for range 100_000 {
		address := parts[0]
		for range 1 + random.IntN(5) {
			address += parts[random.IntN(len(parts))]
		}
		if !isPlainURL(address) {
			continue
		}
		plain++
		if got, err := repairURL(address); got != address || err != nil {
			t.Errorf("%s is taken for plain, and is mended to %q, %v", address, got, err)
		}
	}
	if plain < 1000 {
		t.Errorf("only %d addresses were plain", plain)
	}
}
