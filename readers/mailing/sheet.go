package mailing

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/watch287g/watch287g/prose"
)

// sheet is a letter before it is laid out.
type sheet struct {
	language             prose.Language
	subject, title, lead string
	items                []string // what is followed
	below                []string
	code, codeLine       string // "" where there is none
	link                 link
	small                []string
	last                 []link
	sender               string
}

// text lays the letter out as text.
func (s sheet) text() string {
	var b strings.Builder
	b.WriteString(s.title + "\n\n" + s.lead + "\n")
	for _, item := range s.items {
		b.WriteString("  * " + item + "\n")
	}
	for _, line := range s.below {
		b.WriteString(line + "\n")
	}
	if s.code != "" {
		b.WriteString("\n" + s.codeLine + "\n")
	}
	b.WriteString("\n" + s.link.text + ":\n" + s.link.url + "\n")
	for _, line := range s.small {
		b.WriteString("\n" + line + "\n")
	}
	b.WriteString("\n-- \n")
	for _, k := range s.last {
		b.WriteString(k.text + ":\n" + k.url + "\n")
	}
	b.WriteString(s.sender + "\n")
	return b.String()
}

const htmlEnd = "</body>\n</html>\n"

// html lays the letter out as HTML, up to htmlEnd.
func (s sheet) html() string {
	var b bytes.Buffer
	// What the template says is fixed, and a bytes.Buffer takes all.
	_ = sheetHTML.Execute(&b, map[string]any{"Language": s.language, "Subject": s.subject, "Title": s.title, "Lead": s.lead, "Items": s.items, "Below": s.below,
		"Code": s.code, "Before": strings.TrimSuffix(s.codeLine, s.code), "Link": s.link.text, "URL": s.link.url, "Small": s.small, "Foot": template.HTML(s.footHTML())}) //nolint:gosec // it is escaped
	return b.String()
}

func (s sheet) footHTML() string { return footHTML("", s.last, s.sender) }

// sheetHTML sets no color but the button's, so that programs with a dark scheme choose
// all others.
var sheetHTML = template.Must(template.New("sheet").Parse(`<!doctype html>
<html lang="{{.Language}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{{.Subject}}</title></head>
<body style="margin:0 auto;padding:16px;max-width:640px;font:16px/1.5 Georgia,serif">
<h1 style="margin:0 0 12px;font-size:21px;line-height:1.3">{{.Title}}</h1>
<p style="margin:0 0 8px">{{.Lead}}</p>
{{with .Items}}<ul style="margin:0 0 8px;padding:0 0 0 20px">
{{range .}}<li>{{.}}</li>
{{end}}</ul>
{{end -}}
{{range .Below}}<p style="margin:0 0 16px">{{.}}</p>
{{end -}}
{{if .Code}}<p style="margin:0 0 16px">{{.Before}}<strong style="display:block;font:bold 28px/1.6 monospace;letter-spacing:4px">{{.Code}}</strong></p>
{{end -}}
<p style="margin:0 0 16px"><a href="{{.URL}}" style="display:inline-block;padding:12px 16px;border:2px solid">{{.Link}}</a></p>
{{range .Small}}<p style="margin:0 0 8px;font-size:14px">{{.}}</p>
{{end}}{{.Foot}}`))
