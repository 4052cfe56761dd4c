package notify

import (
	"bytes"
	"html/template"

	"github.com/watch287g/watch287g/prose"
)

// HTML is the page as the HTML of a mail, up to where its foot begins, and what closes it
// behind the foot.
func (p Page) HTML() (html, end string, err error) {
	var b bytes.Buffer
	err = emailHTML.Execute(&b, emailPage{p})
	return b.String(), "</body>\n</html>\n", err
}

// emailPage is what the HTML is made from.
type emailPage struct{ Page }

// emailHTML says what Page.Text says, in the same order; where the text writes
// an address out, it has a link. All styles stand where they are used, since mail
// programs drop others. No color is set, so that programs with a dark scheme choose all.
var emailHTML = template.Must(template.New("email").Parse(`<!doctype html>
<html lang="{{.Language}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{{.Subject}}</title></head>
<body style="margin:0 auto;padding:16px;max-width:640px;font:16px/1.5 Georgia,serif">
{{with .Preview}}<div style="display:none;max-height:0;overflow:hidden">{{.}}</div>
{{end -}}
<h1 style="margin:0 0 4px;font-size:21px;line-height:1.3">{{.Headline}}</h1>
{{with .Source}}<p style="margin:0 0 16px;font-size:14px">{{.}}</p>
{{end -}}
{{with .Body}}<p style="white-space:pre-line">{{.}}</p>
{{end -}}
{{if .Ends.Lines}}{{template "section" .Part .Ends}}{{end -}}
{{with .Notes}}<h2 style="margin:20px 0 4px;font-size:17px">{{$.NotesTitle}}</h2>
<ul style="margin:0;padding:0;list-style:none">
{{range .}}<li style="margin:0 0 6px;padding-left:20px;text-indent:-20px">{{.Mark}} {{if .Link}}<a href="{{.Link}}">{{.Place}}</a>{{else}}{{.Place}}{{end}}{{.Says}}{{$.Reference .Evidence}}</li>
{{end}}{{with $.NotesLeft}}<li style="margin:0 0 6px">… {{$.Language.Phrase "more" .}}</li>
{{end}}</ul>
{{end -}}
{{with .Counted}}<p style="margin:20px 0 0">{{.}}</p>
{{else}}{{range .Sections}}{{template "section" $.Part .}}{{end}}{{end -}}
{{with .Nothing}}<p style="margin:20px 0 0">{{.}}</p>
{{end -}}
{{if .NotShown}}<p style="margin:20px 0 0">{{.NotShown}} {{if .More}}<a href="{{.More}}">{{.MoreText}}</a>{{else}}{{.MoreText}}{{end}}</p>
{{else if .OffersMore}}<p style="margin:20px 0 0"><a href="{{.More}}">{{.MoreText}}</a></p>
{{end -}}
{{with .Evidence}}<p style="margin:20px 0 0">
{{- if eq (len .) 1}}{{$.Language.Phrase "evidence" 1}} <a href="{{(index . 0).URL}}">{{(index . 0).Label}}</a>
{{- else}}{{$.Language.Phrase "evidence" 1}}{{range .}}<br>
{{$.Reference .URL}} <a href="{{.URL}}">{{.Label}}</a>{{end}}{{end}}</p>
{{end -}}
{{define "section"}}{{if .Inline}}<p style="margin:12px 0 0"><strong>{{.Title}}</strong>{{$.Page.InlineText .Section}}</p>
{{else}}<h2 style="margin:20px 0 4px;font-size:17px">{{.Title}}</h2>
<ul style="margin:0;padding:0;list-style:none">
{{range .Lines}}<li style="margin:0 0 6px;padding-left:20px;text-indent:-20px">{{.Mark}} {{with .Flag}}<strong>{{.}}:</strong> {{end}}<strong>{{if .Link}}<a href="{{.Link}}">{{.Agency}}</a>{{else}}{{.Agency}}{{end}}</strong>{{.Behind}}{{$.Page.Reference .Evidence}}
{{- with .MOA}}{{if .URL}} · <a href="{{.URL}}">{{.Text}}</a>{{else if .Text}} · {{.Text}}{{end}}{{end}}</li>
{{end}}{{with .Left}}<li style="margin:0 0 6px">… {{$.Page.Language.Phrase "more" .}}</li>
{{end}}</ul>
{{end}}{{end}}`))

// emailFoot says to whom a channel's mail goes.
var emailFoot = template.Must(template.New("foot").Parse(`<p style="margin:24px 0 0;padding-top:8px;border-top:1px solid;font-size:13px">{{.Says}} <a href="{{.Unsubscribe}}">{{.Link}}</a></p>
`))

// emailSection is a section with the page that it is of.
type emailSection struct {
	Section
	Page emailPage
}

// Part is a section for the template.
func (p emailPage) Part(s Section) emailSection { return emailSection{s, p} }

// Counted counts the changes of all states where they are not listed.
func (p emailPage) Counted() string {
	if !p.RunIn || len(p.Sections) == 0 {
		return ""
	}
	return p.runIn().text
}

// NotShown says how many changes are left out; "" for none.
func (p emailPage) NotShown() string {
	if p.left() == 0 {
		return ""
	}
	return p.Language.Phrase(prose.PhraseNotShown, p.left())
}

// UpToScreens is the page with as much of it as so many screens hold, which counts and
// links what it leaves out.
func (p Page) UpToScreens(n int) Page {
	short, _ := p.fitting(func(p Page) bool { return p.lines() <= n*screenful })
	return short
}
