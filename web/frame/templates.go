package frame

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/translate"
)

//go:embed all:templates
var own embed.FS

// templates holds each page's template, by the name of its file.
type templates map[string]*template.Template

// Options are what the pages of a room are made of.
type Options struct {
	// Files has a directory "templates", with a file for each page and with pieces that
	// these share, which are the files whose names begin with "_".
	Files fs.FS
	// Funcs are the functions that the templates use beside those of the frame.
	Funcs  func(prose.Language) template.FuncMap
	Assets map[string]string // addresses of stylesheet and icon, by name
	SignUp bool              // readers can sign up for mail
}

// New reads the templates in every language.
func New(o Options) (*Set, error) {
	s := &Set{assets: o.Assets, signUp: o.SignUp, templates: map[prose.Language]templates{}}
	for _, l := range prose.Languages() {
		var err error
		if s.templates[l], err = o.parse(l); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// parse reads every page in a language, together with the frame and the pieces.
func (o Options) parse(l prose.Language) (templates, error) {
	// What pages share is read once: reading is most of what it takes to start.
	shared := template.New("shared").Funcs(translate.Funcs(l)).Funcs(funcs(l)).Funcs(o.Funcs(l))
	if err := each(own, true, func(name, text string) error { return translate.Add(shared, l, name, text) }); err != nil {
		return nil, err
	}
	if err := each(o.Files, true, func(name, text string) error { return translate.Add(shared, l, name, text) }); err != nil {
		return nil, err
	}
	all := templates{}
	err := each(o.Files, false, func(name, text string) error {
		t, err := shared.Clone()
		if err == nil {
			err = translate.Add(t, l, name, text)
		}
		all[strings.TrimSuffix(name, ".html")] = t
		return err //nolint:wrapcheck // it names the template
	})
	return all, err
}

// each calls f with the pieces, or with the pages, that files have.
func each(files fs.FS, pieces bool, f func(name, text string) error) error {
	list, err := fs.ReadDir(files, "templates")
	if err != nil {
		return fmt.Errorf("reading the templates: %w", err)
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), "_") != pieces {
			continue
		}
		text, err := fs.ReadFile(files, "templates/"+e.Name())
		if err != nil {
			return fmt.Errorf("reading the template %s: %w", e.Name(), err)
		}
		if err := f(e.Name(), string(text)); err != nil {
			return err
		}
	}
	return nil
}

// render fills a page's template, within the frame that all share.
func (t templates) render(page string, data any) ([]byte, error) {
	found, ok := t[page]
	if !ok {
		return nil, fmt.Errorf("there is no template %q", page)
	}
	var b bytes.Buffer
	if err := found.ExecuteTemplate(&b, "frame", data); err != nil {
		return nil, fmt.Errorf("filling the template %s: %w", page, err)
	}
	return b.Bytes(), nil
}

// funcs are the words that templates of several rooms use.
func funcs(l prose.Language) template.FuncMap {
	return template.FuncMap{
		"plural":     l.Plural,
		"date":       l.Date,
		"day":        l.Day,
		"moment":     func(t time.Time) template.HTML { return moment(l, t) },
		"unread":     l.Unread,
		"noted":      l.Noted,
		"cellnote":   l.CellNote,
		"documentof": func(c roster.Change) prose.Document { return l.DocumentOf(prose.DocumentAgreement, c) },
		"join":       strings.Join,
		"add":        func(a, b int) int { return a + b },
		"stateURL":   route.StateURL, "countyURL": route.CountyURL, "countyof": l.CountyOf, "agencyURL": route.AgencyURL, "changeURL": route.ChangeURL, "publicationURL": route.PublicationURL, "evidenceURL": route.EvidenceURL, "sourceURL": route.SourceURL, "dayURL": route.DayURL,
		"sign":   l.Symbol,
		"stamp":  linked.Stamp,
		"kind":   l.Kind,
		"title":  l.Title,
		"type":   l.TypeIn,
		"doubt":  l.Doubt,
		"signed": l.SignedFact,
		"document": func(form string, address string) prose.Document {
			return l.Document(prose.DocumentForm(form), address)
		},
		"shortsha":    func(s string) string { return s[:min(len(s), 12)] },
		"weblink":     prose.Link,
		"published":   l.Published,
		"source":      l.Source,
		"orbefore":    l.FirstDay,
		"shortdate":   func(d roster.Date) template.HTML { return ShortDate(l, d) },
		"shortday":    func(t time.Time) template.HTML { return ShortDate(l, roster.Day(t)) },
		"shortmoment": func(t time.Time) template.HTML { return shortMoment(l, t) },
		"state":       l.State,
		"model":       l.ModelCell,
		"modelname":   func(m roster.Model) string { return l.Model(m) },
		"icelist":     func(list roster.List) template.HTML { return template.HTML(l.Say("page.common.list." + string(list))) }, //nolint:gosec // a message
		"text":        l.TextOf,
		"signup":      func(key string) string { return l.SignupWords(key, 0, nil) },
	}
}

// Days and moments that programs can read too: spelled out where they stand in a
// sentence, and short where they stand in a table.

func timeHTML(datetime, words string) template.HTML {
	return template.HTML(`<time datetime="` + datetime + `">` + words + `</time>`) //nolint:gosec // made of numbers and the names of months
}

func moment(l prose.Language, t time.Time) template.HTML {
	return timeHTML(t.UTC().Format(time.RFC3339), l.Moment(t))
}

func shortMoment(l prose.Language, t time.Time) template.HTML {
	return timeHTML(t.UTC().Format(time.RFC3339), l.ShortMoment(t))
}

// ShortDate is a day in a table, "" where it is none.
func ShortDate(l prose.Language, d roster.Date) template.HTML {
	if d.Time().IsZero() {
		return ""
	}
	return timeHTML(string(d), l.ShortDate(d))
}
