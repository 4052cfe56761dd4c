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

// cleanText makes text from the site fit to show: one line, single spaces, nothing
// invisible that could hide or reorder what is beside it.
func cleanText(s string) string {
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

// fileName names a file: by its path, or by the Content-Disposition that came with
// it where the path ends without an extension.
func fileName(u *url.URL, disposition string) string {
	name := baseName(u.Path)
	if path.Ext(name) == "" {
		if _, params, err := mime.ParseMediaType(disposition); err == nil {
			if given := baseName(params["filename"]); given != "" {
				name = given
			}
		}
	}
	if name == "" {
		return "unnamed"
	}
	return name
}

// baseName is the last part of a path with either kind of slash, "" for none.
func baseName(p string) string {
	p = strings.TrimRight(strings.ReplaceAll(p, `\`, "/"), "/")
	name := cleanText(p[strings.LastIndex(p, "/")+1:])
	if strings.Trim(name, ".") == "" {
		return ""
	}
	return name
}
