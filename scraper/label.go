package scraper

import (
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode"
)

// maxLabel bounds names and texts that come from the site, in characters.
const maxLabel = 200

// tidy makes text from the site fit to show: one line, blanks single, nothing
// invisible that could hide or reorder what stands beside it.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxLabel {
		s = strings.TrimSpace(string(r[:maxLabel]))
	}
	return s
}

// label names a file: by its path, or by the Content-Disposition that came with
// it where the path ends without an extension.
func label(u *url.URL, disposition string) string {
	name := base(u.Path)
	if path.Ext(name) == "" {
		if _, params, err := mime.ParseMediaType(disposition); err == nil {
			if given := base(params["filename"]); given != "" {
				name = given
			}
		}
	}
	if name == "" {
		return "unnamed"
	}
	return name
}

// base is the last part of a path of either kind of slash, "" for none.
func base(p string) string {
	p = strings.TrimRight(strings.ReplaceAll(p, `\`, "/"), "/")
	name := tidy(p[strings.LastIndex(p, "/")+1:])
	if strings.Trim(name, ".") == "" {
		return ""
	}
	return name
}
