package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

//go:embed all:templates
var templateFiles embed.FS

// templates holds each page's template, by the name of its file.
type templates map[string]*template.Template

// parseTemplates reads every page together with the frame and the pieces, which
// are the files whose names begin with "_".
func parseTemplates() (templates, error) {
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	all := templates{}
	for _, f := range files {
		name, _ := strings.CutSuffix(f.Name(), ".html")
		if strings.HasPrefix(name, "_") {
			continue
		}
		t, err := template.New(name).Funcs(templateFuncs()).ParseFS(templateFiles, "templates/_*.html", "templates/"+f.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the template %s: %w", name, err)
		}
		all[name] = t
	}
	return all, nil
}

// render fills a page's template. frame names the template to begin with:
// "frame" for a page, "card" for an embed.
func (t templates) render(page, frame string, data any) ([]byte, error) {
	found, ok := t[page]
	if !ok {
		return nil, fmt.Errorf("there is no template %q", page)
	}
	var b bytes.Buffer
	if err := found.ExecuteTemplate(&b, frame, data); err != nil {
		return nil, fmt.Errorf("filling the template %s: %w", page, err)
	}
	return b.Bytes(), nil
}

// templateFuncs are the words that templates use.
func templateFuncs() template.FuncMap {
	return template.FuncMap{
		"n":        roster.Thousands,
		"plural":   roster.Plural,
		"date":     func(d roster.Date) string { return d.Long() },
		"day":      func(t time.Time) string { return roster.Day(t).Long() },
		"isoday":   func(t time.Time) string { return string(roster.Day(t)) },
		"moment":   momentHTML,
		"percent":  percent,
		"upper":    strings.ToUpper,
		"join":     strings.Join,
		"add":      func(a, b int) int { return a + b },
		"stateURL": stateURL, "agencyURL": agencyURL, "changeURL": changeURL, "publicationURL": publicationURL, "evidenceURL": evidenceURL, "dayURL": dayURL,
		"sign":      roster.Kind.Symbol,
		"kind":      kindWord,
		"type":      typeWord,
		"shortsha":  func(s string) string { return s[:min(len(s), 12)] },
		"weblink":   webLink,
		"published": published,
		"firstday":  firstDay, "signedbrief": signedBrief,
	}
}

// percent writes a share, as in "48%".
func percent(part, whole int) string {
	if whole == 0 {
		return "0%"
	}
	return strconv.Itoa((200*part+whole)/(2*whole)) + "%"
}

// clock is a moment in Washington, as in "June 11, 2025, 4:05 p.m. ET".
func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	w := t.In(roster.Washington())
	half := "a.m."
	if w.Hour() >= 12 {
		half = "p.m."
	}
	return w.Format("January 2, 2006, 3:04 ") + half + " ET"
}

// momentHTML is a moment that programs can read too.
func momentHTML(t time.Time) template.HTML {
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + clock(t) + `</time>`) //nolint:gosec // made of numbers
}

// published names a publication by its list and its moment.
func published(r roster.Evidence) string {
	return "the " + string(r.List) + " list of " + clock(r.PublishedAt)
}

// The addresses of the pages about one thing.
func stateURL(s roster.State) string      { return "/states/" + url.PathEscape(string(s)) }
func agencyURL(id string) string          { return "/agencies/" + url.PathEscape(id) }
func changeURL(id string) string          { return "/changes/" + url.PathEscape(id) }
func publicationURL(sha256 string) string { return "/publications/" + url.PathEscape(sha256) }

// evidenceURL is the address of a list in a file: one file can hold both.
func evidenceURL(list roster.List, sha256 string) string {
	if list == roster.ListPending {
		return publicationURL(sha256) + "?list=" + string(list)
	}
	return publicationURL(sha256)
}

func dayURL(d roster.Date) string { return "/on/" + string(d) }

// webLink returns an address of the web, or "" for any other that a cell holds.
func webLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// kindWord says what a kind of change is.
func kindWord(k roster.Kind) string {
	switch k {
	case roster.KindNew:
		return "New agreement"
	case roster.KindPending:
		return "Pending"
	case roster.KindRemoved:
		return "No longer listed"
	case roster.KindWithdrawn:
		return "No longer pending"
	case roster.KindRestored:
		return "Correction: listed again"
	case roster.KindAmended:
		return "Correction: listed otherwise"
	case roster.KindDetail:
		return "Detail"
	case roster.KindDocument:
		return "Document"
	case roster.KindMilestone:
		return "Milestone"
	}
	return string(k)
}

// typeWord says what a kind of agency is.
func typeWord(t roster.Type) string {
	switch t {
	case roster.TypeCounty:
		return "county"
	case roster.TypeMunicipality:
		return "municipality"
	case roster.TypeState:
		return "state agency"
	}
	return "not given"
}
