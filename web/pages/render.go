package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

//go:embed all:templates
var templateFiles embed.FS

// english is the language of every page.
const english = prose.English

// templates holds each page's template, by the name of its file.
type templates map[string]*template.Template

// parseTemplates reads every page together with the frame and the pieces, which
// are the files whose names begin with "_".
func parseTemplates() (templates, error) {
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	// What pages share is read once: reading is most of what it takes to start.
	shared, err := template.New("shared").Funcs(templateFuncs()).ParseFS(templateFiles, "templates/_*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	all := templates{}
	for _, f := range files {
		name, _ := strings.CutSuffix(f.Name(), ".html")
		if strings.HasPrefix(name, "_") {
			continue
		}
		t, err := shared.Clone()
		if err == nil {
			t, err = t.ParseFS(templateFiles, "templates/"+f.Name())
		}
		if err != nil {
			return nil, fmt.Errorf("reading the template %s: %w", name, err)
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
func templateFuncs() template.FuncMap {
	return template.FuncMap{
		"n":        english.Thousands,
		"plural":   english.Plural,
		"active":   english.Active,
		"agencies": english.Agencies,
		"days":     english.Days,
		"date":     english.Date,
		"day":      english.Day,
		"moment":   momentHTML,
		"unread":   english.Unread,
		"join":     strings.Join,
		"add":      func(a, b int) int { return a + b },
		"stateURL": route.StateURL, "countyURL": route.CountyURL, "countyof": english.CountyOf, "agencyURL": route.AgencyURL, "changeURL": route.ChangeURL, "publicationURL": route.PublicationURL, "evidenceURL": route.EvidenceURL, "dayURL": route.DayURL,
		"sign":        english.Symbol,
		"countytitle": places.TitleOf, "listedsince": places.Since,
		"stamp":  linked.Stamp,
		"poll":   english.Poll,
		"kind":   english.Kind,
		"title":  english.Title,
		"type":   english.TypeIn,
		"doubt":  english.Doubt,
		"allows": func(m roster.Model) string { return english.Allows(m, roster.ListParticipating) },
		"signed": english.SignedFact, "signedline": english.SignedLine,
		"document": func(form string, address string) prose.Document {
			return english.Document(prose.DocumentForm(form), address)
		},
		"shortsha":  func(s string) string { return s[:min(len(s), 12)] },
		"weblink":   prose.Link,
		"published": english.Published,
		"orbefore":  english.FirstDay,
		"shortdate": shortDate, "shortday": shortDay, "shortmoment": shortMoment, "firstday": firstDay, "signedcell": signedCell, "pendingcell": pendingCell,
		"mapword":   english.MapWord,
		"signup":    func(key string) string { return english.SignupWords(key, 0, nil) },
		"coveredof": english.CoveredOf, "livingshare": english.LivingShare,
	}
}
