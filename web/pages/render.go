package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/table"
	"github.com/watch287g/watch287g/web/translate"
)

//go:embed all:templates
var templateFiles embed.FS

// templates holds each page's template, by the name of its file.
type templates map[string]*template.Template

// parseTemplates reads every page in a language, together with the frame and the pieces,
// which are the files whose names begin with "_".
func parseTemplates(l prose.Language) (templates, error) {
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	read := func(to *template.Template, file string) error {
		text, err := templateFiles.ReadFile("templates/" + file)
		if err != nil {
			return fmt.Errorf("reading the template %s: %w", file, err)
		}
		return translate.Add(to, l, file, string(text))
	}
	// What pages share is read once: reading is most of what it takes to start.
	shared := template.New("shared").Funcs(translate.Funcs(l)).Funcs(templateFuncs(l))
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "_") {
			if err := read(shared, f.Name()); err != nil {
				return nil, err
			}
		}
	}
	all := templates{}
	for _, f := range files {
		name, _ := strings.CutSuffix(f.Name(), ".html")
		if strings.HasPrefix(name, "_") {
			continue
		}
		t, err := shared.Clone()
		if err == nil {
			err = read(t, f.Name())
		}
		if err != nil {
			return nil, err //nolint:wrapcheck // it names the template
		}
		all[name] = t
	}
	return all, nil
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

// templateFuncs are the words that templates use.
func templateFuncs(l prose.Language) template.FuncMap {
	return template.FuncMap{
		"plural":   l.Plural,
		"active":   l.Active,
		"agencies": l.Agencies,
		"days":     l.Days,
		"date":     l.Date,
		"day":      l.Day,
		"moment":   func(t time.Time) template.HTML { return momentHTML(l, t) },
		"unread":   l.Unread,
		"join":     strings.Join,
		"add":      func(a, b int) int { return a + b },
		"stateURL": route.StateURL, "countyURL": route.CountyURL, "countyof": l.CountyOf, "agencyURL": route.AgencyURL, "changeURL": route.ChangeURL, "publicationURL": route.PublicationURL, "evidenceURL": route.EvidenceURL, "dayURL": route.DayURL,
		"sign":        l.Symbol,
		"countytitle": l.CountyTitle, "listedsince": func(a roster.AgreementAt) string { return places.Since(l, a) },
		"stamp":  linked.Stamp,
		"poll":   l.Poll,
		"kind":   l.Kind,
		"title":  l.Title,
		"type":   l.TypeIn,
		"doubt":  l.Doubt,
		"allows": func(m roster.Model) string { return l.Allows(m, roster.ListParticipating) },
		"signed": l.SignedFact, "signedline": l.SignedLine,
		"document": func(form string, address string) prose.Document {
			return l.Document(prose.DocumentForm(form), address)
		},
		"shortsha":    func(s string) string { return s[:min(len(s), 12)] },
		"weblink":     prose.Link,
		"published":   l.Published,
		"orbefore":    l.FirstDay,
		"shortdate":   func(d roster.Date) template.HTML { return shortDate(l, d) },
		"shortday":    func(t time.Time) template.HTML { return shortDate(l, roster.Day(t)) },
		"shortmoment": func(t time.Time) template.HTML { return shortMoment(l, t) },
		"firstday":    func(a roster.AgreementAt) template.HTML { return firstDay(l, a) },
		"signedcell":  func(a roster.Agreement) template.HTML { return signedCell(l, a) },
		"pendingcell": func(h table.Holding) template.HTML { return pendingCell(l, h) },
		"state":       l.State,
		"model":       l.ModelCell,
		"modelname":   func(m roster.Model) string { return l.Model(m) },
		"icelist":     func(list roster.List) template.HTML { return template.HTML(l.Say("page.common.list." + string(list))) }, //nolint:gosec // a message
		"thelist":     func(list roster.List) string { return l.Say("page.common.thelist." + string(list)) },
		"listword":    func(list roster.List) string { return l.Say("page.common.listword." + string(list)) },
		"text":        l.TextOf,
		"mapword":     l.MapWord,
		"signup":      func(key string) string { return l.SignupWords(key, 0, nil) },
		"coveredof":   l.CoveredOf, "livingshare": l.LivingShare,
	}
}
