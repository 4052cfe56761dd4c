package route

import (
	"bytes"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
)

// In is where a page stands in a language: the English ones have no mark in their paths,
// so that those that were known before there were others stay.
func In(l prose.Language, path string) string {
	if l == prose.English {
		return path
	}
	return "/" + string(l) + path
}

// LanguageOf takes a path of the site apart: the language, and where the page stands in
// English.
func LanguageOf(path string) (prose.Language, string) {
	for _, l := range prose.Languages()[1:] {
		if rest, ok := strings.CutPrefix(path, "/"+string(l)); ok && (rest == "" || rest[0] == '/') {
			return l, rest
		}
	}
	return prose.English, path
}

// Here stands for the address that was asked for, in the other language, on a page that is
// made once for many addresses.
const Here = "/.here"

// Other is where what was asked for stands in the other language, with its query, if that
// is text.
func Other(u *url.URL) string {
	l, path := LanguageOf(u.EscapedPath())
	if l == prose.English {
		path = In(prose.Spanish, path)
	}
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" && utf8.ValidString(u.RawQuery) {
		path += "?" + u.RawQuery
	}
	return path
}

// untranslated are how addresses begin that are the same ones in all languages: what
// programs read, downloads, and what pages are made of.
func untranslated(path string) bool {
	if path == "/downloads/counties.svg" { // a picture with words
		return false
	}
	for _, begin := range []string{"/api/", "/downloads/", "/style", "/icon", "/favicon", "/apple-touch-icon", "/opensearch.xml"} {
		if strings.HasPrefix(path, begin) {
			return true
		}
	}
	return strings.HasPrefix(path, "/publications/") && strings.HasSuffix(path, "/file") || strings.HasPrefix(path, "/documents/") && strings.HasSuffix(path, ".pdf")
}

// Localize has the links and forms of a page lead to pages in its language. A page is made
// with the addresses of the English ones, and no link is forgotten so. What is from outside
// cannot look like one: its quotation marks are escaped.
func Localize(l prose.Language, page []byte) []byte {
	if l == prose.English {
		return page
	}
	var out bytes.Buffer
	out.Grow(len(page) + len(page)/32)
	for rest := page; ; {
		at := bytes.Index(rest, []byte(`="/`))
		if at < 0 {
			out.Write(rest)
			return out.Bytes()
		}
		begin := at + len(`="`)
		end := begin + bytes.IndexByte(rest[begin:], '"')
		if end < begin { // never: an attribute ends
			out.Write(rest)
			return out.Bytes()
		}
		out.Write(rest[:begin])
		address := string(rest[begin:end])
		if marked, _ := LanguageOf(address); leads(rest[:at]) && marked == prose.English && !untranslated(address) && !strings.HasPrefix(address, "//") {
			out.WriteString("/" + string(l))
		}
		out.WriteString(address)
		rest = rest[end:]
	}
}

// leads says whether what ends here names an attribute that leads to another page in the
// same language. A link that says before its address in which language that is does so
// itself.
func leads(before []byte) bool {
	for _, name := range []string{" href", " action", " src"} {
		if bytes.HasSuffix(before, []byte(name)) {
			tag := before[bytes.LastIndexByte(before, '<')+1:]
			return !bytes.Contains(tag, []byte(` hreflang="`))
		}
	}
	return false
}
