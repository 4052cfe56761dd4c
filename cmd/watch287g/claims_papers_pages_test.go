package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/store/bolt"
)

// surfaces are the pages of the story after its end.
func (s *paperStory) surfaces(t *testing.T, data string, kept *bolt.Store) surfaces {
	t.Helper()
	path, now := filepath.Join(data, "watch287g.db"), func() time.Time { return s.ended }
	var out bytes.Buffer
	a := newApp(&out, &out, now)
	a.papers = documents.NewPapers(kept, documents.On(path, now), data, false, nil, slog.New(slog.DiscardHandler))
	if err := a.papers.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	site, err := a.newSite(kept, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return surfaces{t: t, app: func() (*app, *bytes.Buffer) { return a, &out }, site: site}
}

// feedsWrong says what is wrong with the feeds and the pages of changes of documents.
func (s *paperStory) feedsWrong(site surfaces, claims []claim) (wrong []string) {
	for _, lang := range []string{"", "/es"} {
		var feed struct {
			Items []struct {
				ID    string `json:"id"`
				Title string `json:"title"`
				Text  string `json:"content_text"`
				HTML  string `json:"content_html"`
			} `json:"items"`
		}
		if err := json.Unmarshal(site.get(lang+"/feeds/changes.json?kind=document"), &feed); err != nil {
			return append(wrong, err.Error())
		}
		items := map[string]string{}
		for _, i := range feed.Items {
			items[i.ID[strings.LastIndexAny(i.ID, "/:")+1:]] = i.Title + "\n" + html.UnescapeString(i.Text+i.HTML)
		}
		for _, c := range claims {
			text := cmp.Or(map[string]string{"/es": c.Texts["es"]}[lang], c.Text)
			if c.Kind != "document" {
				continue
			}
			if said := items[c.ID]; !strings.Contains(said, text) {
				wrong = append(wrong, fmt.Sprintf("the feed says %q, and not %q", said, text))
			}
			delete(items, c.ID)
			if said := textIn(site.read(lang + "/changes/" + c.ID).Find("main")); !strings.Contains(said, text) {
				wrong = append(wrong, fmt.Sprintf("its page does not say %q", text))
			}
		}
		for id := range items {
			wrong = append(wrong, "the feed has "+id+", which is no change of a document")
		}
	}
	return wrong
}

// paperLine is what the list of documents has to say of one.
type paperLine struct {
	county, model, form string
	pages               int
	notes               []string
}

// Notes of documents, in English and Spanish.
var paperNotes = map[string]string{
	"unlinked": "linked by no row now|ninguna fila lo enlaza ahora", "shared": "linked by 2 agreements|enlazado por 2 acuerdos", "scanned": "scanned, without text|escaneado, sin texto",
	"conflict": "contradicts its row|contradice su fila", "replaced": "found replaced on March|se encontró reemplazado el ", "saved": "found saved again on March|se encontró guardado de nuevo el ",
	"other": "the document names another agency|el documento nombra a otra agencia", "empty": "no longer there: what stands there is empty|ya no está ahí: lo que hay ahí está vacío",
}

// paperLines are the documents that were had, by hash.
func paperLines() map[string]paperLine {
	p := newStoryPapers()
	tfm := func(county string, pages int, notes ...string) paperLine {
		return paperLine{county, "TFM", "2025-03-07", pages, notes}
	}
	return map[string]paperLine{
		p.polk.sha(): {"Polk", "TFM", "2025-02-12", 3, []string{"unlinked", "replaced"}}, p.polk2.sha(): tfm("Polk", 4),
		p.story.sha(): {"Story", "WSO", "2025-02-15", 3, []string{"unlinked", "saved"}}, p.story2.sha(): {"Story", "WSO", "2025-02-15", 3, []string{"unlinked"}},
		p.dallas.sha(): {"Dallas", "JEM", "2025-02-15", 3, []string{"unlinked"}}, p.dallas2.sha(): {"Dallas", "JEM", "2025-02-15", 3, nil},
		p.warren.sha(): {"Warren", "TFM", "2025-02-12", 3, []string{"unlinked"}}, p.warren2.sha(): {"Warren", "TFM", "2025-02-12", 3, nil},
		p.marion.sha(): tfm("Marion", 3), p.addendum.sha(): {"Marion", "TFM", "", 1, nil}, p.boone.sha(): tfm("Boone", 3, "empty"), p.hardin.sha(): tfm("Hardin", 3), p.jasper.sha(): tfm("Jasper", 3),
		p.clinton.sha(): tfm("Clinton", 3), with(p.clinton, func(p *paper) { p.salt = "scott" }).sha(): tfm("Scott", 3, "other"),
		p.scan.sha(): {"Benton", "TFM", "", 2, []string{"shared", "scanned"}}, p.madison.sha(): {"Madison", "TFM", "2025-02-15", 3, []string{"conflict"}},
	}
}

// pagesWrong says what is wrong with the pages of documents and forms.
func (s *paperStory) pagesWrong(read func(address string) *goquery.Document, claims []claim) (wrong []string) {
	must := func(holds bool, format string, args ...any) {
		if !holds {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	for i, lang := range []string{"", "/es"} {
		doc, lines, pages := read(lang+"/documents"), paperLines(), 0
		doc.Find("#documents tbody tr").Each(func(_ int, tr *goquery.Selection) {
			href := tr.Find("th a").AttrOr("href", "")
			sha := href[strings.LastIndex(href, "/")+1:]
			line, known := lines[sha]
			delete(lines, sha)
			said, notes := textIn(tr), textIn(tr.Find("td").Last())
			must(known, "there is no document %s", sha)
			must(strings.HasPrefix(said, sheriff(line.county)+", "+line.model) && strings.Contains(said, "Iowa"), "%q is of %s", said, line.county)
			must(textIn(tr.Find("td").Eq(2)) == fmt.Sprint(line.pages), "%q has %d pages", said, line.pages)
			day, _ := time.Parse(time.DateOnly, line.form)
			form := day.Format("January 2, 2006")
			if lang == "/es" {
				form = fmt.Sprintf("%d de %s de 2025", day.Day(), spanishMonths[day.Month().String()])
			}
			must(line.form == "" || strings.Contains(textIn(tr.Find("td").Eq(1)), form), "%q follows %s", said, line.form)
			for name, note := range paperNotes {
				must(strings.Contains(notes, strings.Split(note, "|")[i]) == slices.Contains(line.notes, name), "%q: the note %q", said, name)
			}
			pages += line.pages
		})
		must(len(lines) == 0, "%d documents are not listed", len(lines))
		n := len(paperLines())
		must(slices.Equal(numbersSaid(textIn(doc.Find(".lead"))), []string{fmt.Sprint(n)}), "%q, and there are %d", textIn(doc.Find(".lead")), n)
		wrong = append(wrong, s.figuresWrong(doc, n, pages)...)
		wrong = append(wrong, formsWrong(read, lang)...)
		wrong = append(wrong, conflictsWrong(read(lang+"/documents/conflicts"), lang)...)
	}
	return wrong
}

// figuresWrong holds the figures on top: documents, their pages, active agreements with one
// of their own and all, replaced ones, those gone, and those read by machine.
func (s *paperStory) figuresWrong(doc *goquery.Document, n, pages int) (wrong []string) {
	own := 0 // all but those of whose row another agency's or several agreements' file is, or none
	for _, r := range s.rows {
		if !slices.ContainsFunc([]string{"Scott", "Benton", "Carroll", "Louisa"}, func(county string) bool { return strings.HasPrefix(r.Agency, county) }) {
			own++
		}
	}
	want := fmt.Sprint([]int{n, pages, own, len(s.rows), 1, 1, 0})
	if said := fmt.Sprint(figureNumbers.FindAllString(textIn(doc.Find(".figures")), -1)); said != want {
		wrong = append(wrong, fmt.Sprintf("the figures are %s, and it is %s", said, want))
	}
	return wrong
}

var figureNumbers = regexp.MustCompile(`\d+`)

// formsWrong holds the forms against those of the documents.
func formsWrong(read func(address string) *goquery.Document, lang string) (wrong []string) {
	want := map[string]string{"jem-2025-02-15": "2 1 1", "tfm-2025-03-07": "7 6 1", "tfm-2025-02-12": "3 1 1", "wso-2025-02-15": "3 1 1"}
	got := map[string]string{}
	read(lang + "/forms").Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		href := tr.Find("a").AttrOr("href", "")
		cells := tr.Find("td")
		got[href[strings.LastIndex(href, "/")+1:]] = textIn(cells.Eq(0)) + " " + textIn(cells.Eq(1)) + " " + textIn(cells.Eq(2))
	})
	if !maps.Equal(got, want) {
		wrong = append(wrong, fmt.Sprintf("the forms are %v, and there are %v", got, want))
	}
	signed := textIn(read(lang + "/forms/tfm-2025-03-07").Find("#signed ~ details"))
	for county, has := range map[string]bool{"Polk": true, "Marion": true, "Boone": true, "Clinton": true, "Scott": false, "Warren": false, "Benton": false} {
		if strings.Contains(signed, sheriff(county)) != has {
			wrong = append(wrong, fmt.Sprintf("%q, and of %s it is %v", signed, county, has))
		}
	}
	return wrong
}

// conflictsWrong holds the page of contradictions against the story.
func conflictsWrong(doc *goquery.Document, lang string) (wrong []string) {
	rows := doc.Find("tbody tr")
	if n := rows.Length(); n != 5 { // one document, and four links
		wrong = append(wrong, fmt.Sprintf("%d rows of contradictions", n))
	}
	first := textIn(rows.First())
	row, said := strings.Index(first, "Task Force Model"), strings.LastIndex(first, "Warrant Service Officer")
	if !strings.HasPrefix(first, sheriff("Madison")) || row < 0 || said < row {
		wrong = append(wrong, first)
	}
	links := textIn(rows.Slice(1, goquery.ToEnd))
	for _, has := range []string{"louisa.pdf", "boone.pdf", "scan.pdf", "scott.pdf", sheriff("Louisa"), sheriff("Boone"), sheriff("Benton"), sheriff("Carroll"), sheriff("Scott")} {
		if strings.Count(links, has) != 1 {
			wrong = append(wrong, fmt.Sprintf("links: %s is there %d times (%s)", has, strings.Count(links, has), lang))
		}
	}
	return wrong
}

// apiWrong holds what programs are told of documents against them.
func apiWrong(site surfaces) (wrong []string) {
	var all struct {
		Total     int `json:"total"`
		Documents []struct {
			SHA256     string `json:"sha256"`
			Pages      int    `json:"pages"`
			Form       string `json:"form"`
			Agreements []struct {
				Agency string `json:"agency"`
			} `json:"agreements"`
			Contradicts []string `json:"contradicts"`
			Addresses   []struct {
				Instead string `json:"instead"`
			} `json:"addresses"`
		} `json:"documents"`
	}
	var status struct {
		Conflicts int `json:"document_conflicts"`
	}
	if err := errors.Join(json.Unmarshal(site.get("/api/v1/documents"), &all), json.Unmarshal(site.get("/api/v1/status"), &status)); err != nil {
		return []string{err.Error()}
	}
	lines := paperLines()
	if all.Total != len(lines) || len(all.Documents) != len(lines) || status.Conflicts != 1 {
		wrong = append(wrong, fmt.Sprintf("%d documents, %d of them shown, %d conflicts", all.Total, len(all.Documents), status.Conflicts))
	}
	for _, d := range all.Documents {
		line, known := lines[d.SHA256]
		linked := !slices.Contains(line.notes, "unlinked")
		if !known || d.Pages != line.pages || !strings.HasSuffix(d.Form, line.form) || (d.Form == "") != (line.form == "") || (len(d.Agreements) > 0) != linked ||
			linked && d.Agreements[0].Agency != sheriff(line.county) || (len(d.Contradicts) > 0) != slices.Contains(line.notes, "conflict") ||
			(d.Addresses[0].Instead == "empty") != slices.Contains(line.notes, "empty") {
			wrong = append(wrong, fmt.Sprintf("the API says %+v, and it is %+v", d, line))
		}
	}
	return wrong
}

// checkPageLies makes a part of each page false.
func (s *paperStory) checkPageLies(t *testing.T, site surfaces, claims []claim) {
	t.Helper()
	for _, lie := range []struct{ page, part string }{
		{"/documents", ".lead"}, {"/documents", ".figures"}, {"/documents", "#documents tbody tr th"}, {"/documents", "#documents tbody tr td:nth-child(3)"}, {"/documents", "#documents tbody tr td:nth-child(4)"},
		{"/documents", "#documents tbody tr:nth-child(2) td:last-child"}, {"/es/documents", ".lead"}, {"/es/documents", "#documents tbody tr td:nth-child(3)"}, {"/forms", "tbody tr td"}, {"/es/forms", "tbody tr td:nth-child(3)"},
		{"/forms/tfm-2025-03-07", "details"}, {"/documents/conflicts", "tbody tr"}, {"/es/documents/conflicts", "tbody tr:last-child"},
	} {
		read := func(address string) *goquery.Document {
			doc := site.read(address)
			if address == lie.page {
				doc.Find(lie.part).First().SetText("Elm County Sheriff's Office, 77")
			}
			return doc
		}
		if len(s.pagesWrong(read, claims)) == 0 {
			t.Errorf("a lie in %q of %s is not found", lie.part, lie.page)
		}
	}
}
