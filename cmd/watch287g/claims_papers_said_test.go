package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// claimedDocument is what a change says of the document behind a link.
type claimedDocument struct {
	Event        string    `json:"event"`
	Part         string    `json:"part"`
	URL          string    `json:"url"`
	FromURL      string    `json:"from_url"`
	SHA256       string    `json:"sha256"`
	Before       string    `json:"before_sha256"`
	FoundAt      time.Time `json:"found_at"`
	LastModified time.Time `json:"last_modified"`
	Pages        int       `json:"pages"`
	PagesBefore  int       `json:"pages_before"`
	Form         string    `json:"form"`
	FormBefore   string    `json:"form_before"`
	Added        int       `json:"added"`
	Removed      int       `json:"removed"`
	Altered      int       `json:"altered"`
	Compared     bool      `json:"compared"`
	Problem      string    `json:"problem"`
	OtherAgency  string    `json:"other_agency"`
	OtherIDs     []string  `json:"other_agreements"`
}

// paperTongue is how the oracle says in one language what happened to a document: in a
// sentence behind the agreement, and in a line behind the model.
type paperTongue struct {
	agreement, model             map[string]string
	sentence, line, problem      map[string]string
	parts                        map[string]string
	pages, form                  string
	pagesBefore, formBefore      string
	added, altered, differ, page func(n int) string
	compared, and                string
}

// plain is "1 page" or "2 pages".
func plain(one, more string) func(n int) string {
	return func(n int) string {
		if n == 1 {
			return strings.Replace(one, "#", "1", 1)
		}
		return strings.Replace(more, "#", fmt.Sprint(n), 1)
	}
}

var paperTongues = map[string]paperTongue{
	"en": {
		agreement: map[string]string{"": "The <model> agreement with <who>"},
		model:     map[string]string{"TFM": "the Task Force Model", "WSO": "the Warrant Service Officer model", "JEM": "the Jail Enforcement Model"},
		parts:     map[string]string{"moa": "memorandum of agreement", "addendum": "addendum"},
		sentence: map[string]string{
			"linked": "the <part> that ICE's list links is on ICE's site.", "replaced": "ICE replaced the <part>; another file is at the same address.",
			"replaced elsewhere": "ICE's list links another file as the <part>, at another address.", "moved": "ICE's list links the <part> at another address; the file is the same, byte for byte.",
			"gone": "ICE's list links the <part>, which is no longer on ICE's site. Its server said so twice, hours apart.", "never": "the <part> that ICE's list links is not on ICE's site. Its server said so twice, hours apart.",
			"back": "the <part> is on ICE's site again; the file is the same as before, byte for byte.", "back saved": "the <part> is on ICE's site again; the file is another one, with the same text and as many pages.",
			"no_document": "what ICE's list links as the <part> <problem>."},
		line: map[string]string{"linked": "<part> found on ICE's site", "replaced": "<part> replaced at the same address", "replaced elsewhere": "<part> replaced by another file at another address",
			"moved": "<part> linked at another address, the same file", "gone": "<part> no longer on ICE's site, still linked", "never": "<part> linked, but not on ICE's site",
			"back": "<part> on ICE's site again", "back saved": "<part> on ICE's site again, another file with the same text", "no_document": "what is linked as the <part> <problem>"},
		problem: map[string]string{"web_page": "is a web page", "empty": "is an empty file", "other_agency": "names another agency, <whose>", "shared_by_row": "is the same file as that of 1 other agreement", "elsewhere": "is not on ICE's site, and is not looked at"},
		pages:   "It has <n>.", pagesBefore: "It has <n>; the file before it had <m>.", form: "It follows <form>.", formBefore: "It follows <form>; the file before it followed <was>.",
		added: plain("# paragraph was added", "# paragraphs were added"), altered: plain("# paragraph was altered", "# paragraphs were altered"),
		differ: plain("# paragraph differs", "# paragraphs differ"), page: plain("# page", "# pages"), compared: "Compared with the file before it, <changes>.", and: " and ",
	},
	"es": {
		agreement: map[string]string{"": "El acuerdo del <model> con <who>"},
		model: map[string]string{"TFM": "modelo de grupo de trabajo (Task Force Model)", "WSO": "modelo de oficial de servicio de órdenes (Warrant Service Officer)",
			"JEM": "modelo de aplicación en cárceles (Jail Enforcement Model)"},
		parts: map[string]string{"moa": "memorando de acuerdo", "addendum": "anexo"},
		sentence: map[string]string{
			"linked": "el <part> que enlaza la lista de ICE está en el sitio de ICE.", "replaced": "ICE reemplazó el <part>; hay otro archivo en la misma dirección.",
			"replaced elsewhere": "la lista de ICE enlaza otro archivo como <part>, en otra dirección.", "moved": "la lista de ICE enlaza el <part> en otra dirección; el archivo es el mismo, byte por byte.",
			"gone":  "la lista de ICE enlaza el <part>, que ya no está en el sitio de ICE. Su servidor lo indicó dos veces, con horas de diferencia.",
			"never": "el <part> que enlaza la lista de ICE no está en el sitio de ICE. Su servidor lo indicó dos veces, con horas de diferencia.",
			"back":  "el <part> está de nuevo en el sitio de ICE; el archivo es el mismo que antes, byte por byte.", "back saved": "el <part> está de nuevo en el sitio de ICE; el archivo es otro, con el mismo texto y el mismo número de páginas.",
			"no_document": "lo que la lista de ICE enlaza como <part> <problem>."},
		line: map[string]string{"linked": "<part>: encontrado en el sitio de ICE", "replaced": "<part>: reemplazado en la misma dirección", "replaced elsewhere": "<part>: reemplazado por otro archivo en otra dirección",
			"moved": "<part>: enlazado en otra dirección, el mismo archivo", "gone": "<part>: ya no está en el sitio de ICE, aunque sigue enlazado", "never": "<part>: enlazado, pero no está en el sitio de ICE",
			"back": "<part>: de nuevo en el sitio de ICE", "back saved": "<part>: de nuevo en el sitio de ICE, otro archivo con el mismo texto", "no_document": "lo enlazado como <part> <problem>"},
		problem: map[string]string{"web_page": "es una página web", "empty": "es un archivo vacío", "other_agency": "nombra a otra agencia, <whose>", "shared_by_row": "es el mismo archivo que el de 1 acuerdo más", "elsewhere": "no está en el sitio de ICE y no se examina"},
		pages:   "Tiene <n>.", pagesBefore: "Tiene <n>; el archivo anterior tenía <m>.", form: "Sigue <form>.", formBefore: "Sigue <form>; el archivo anterior seguía <was>.",
		added: plain("se añadió # párrafo", "se añadieron # párrafos"), altered: plain("se modificó # párrafo", "se modificaron # párrafos"),
		differ: plain("difiere # párrafo", "difieren # párrafos"), page: plain("# página", "# páginas"), compared: "En comparación con el archivo anterior, <changes>.", and: " y ",
	},
}

// how is the key of what is said of news.
func (n paperNews) how() string {
	switch {
	case n.event == "replaced" && n.from != "":
		return "replaced elsewhere"
	case n.event == "gone" && n.before == nil:
		return "never"
	case n.event == "back" && n.now.sha() != n.before.sha():
		return "back saved"
	}
	return n.event
}

// formName is what a form is called.
func (l paperTongue) formName(lang string, p *paper) string {
	if p == nil || p.form() == "" {
		return ""
	}
	day, _ := time.Parse("01/02/2006", p.revised)
	if lang == "es" {
		return fmt.Sprintf("el formulario de ICE para el %s, revisado el %d de %s de %d", l.model[p.model], day.Day(), spanishMonths[day.Month().String()], day.Year())
	}
	return fmt.Sprintf("ICE's form for %s, revised %s", l.model[p.model], day.Format("January 2, 2006"))
}

// text is the whole text of news of an agreement's document.
func (n paperNews) text(lang string, model string) string {
	l := paperTongues[lang]
	called := l.model[model]
	if lang == "en" {
		called = modelNames[model]
	}
	fill := strings.NewReplacer("<model>", called, "<who>", n.agency, "<part>", l.parts[n.part], "<problem>", strings.Replace(l.problem[n.problem], "<whose>", n.whose, 1))
	said := []string{"Iowa: " + fill.Replace(l.agreement[""]+": "+l.sentence[n.how()])}
	if n.now == nil || n.problem != "" {
		return said[0]
	}
	replaced := n.event == "replaced"
	if pages := l.page(n.now.pages); replaced && n.now.pages != n.before.pages {
		said = append(said, strings.NewReplacer("<n>", pages, "<m>", fmt.Sprint(n.before.pages)).Replace(l.pagesBefore))
	} else {
		said = append(said, strings.Replace(l.pages, "<n>", pages, 1))
	}
	if form := l.formName(lang, n.now); replaced && n.now.form() != n.before.form() {
		said = append(said, strings.NewReplacer("<form>", form, "<was>", l.formName(lang, n.before)).Replace(l.formBefore))
	} else if form != "" {
		said = append(said, strings.Replace(l.form, "<form>", form, 1))
	}
	if replaced {
		var changes []string
		if n.now.added > 0 {
			changes = append(changes, l.added(n.now.added))
		}
		if n.now.altered > 0 {
			changes = append(changes, l.altered(n.now.altered))
		}
		said = append(said, strings.Replace(l.compared, "<changes>", strings.Join(changes, l.and), 1))
	}
	return strings.Join(said, " ")
}

// inLine is what a line of a message says behind the agency.
func (n paperNews) inLine(lang, model string) string {
	l := paperTongues[lang]
	called := modelNames[model]
	if lang == "es" {
		called = l.model[model]
	}
	said := called + ", " + strings.NewReplacer("<part>", l.parts[n.part], "<problem>", strings.Replace(l.problem[n.problem], "<whose>", n.whose, 1)).Replace(l.line[n.how()])
	if n.event == "linked" || n.event == "replaced" {
		said += ", " + l.page(n.now.pages)
	}
	if n.event == "replaced" {
		said += ", " + l.differ(n.now.added+n.now.altered)
	}
	return said
}

// checkPaper holds what is said of a document against what ICE's server had.
func (h *hearing) checkPaper() {
	c, d := h.c, h.c.Document
	if h.papers == nil {
		h.no("document", "nobody knows what stood there")
		return
	}
	at := slices.IndexFunc(h.papers.news, func(n paperNews) bool {
		return !h.heard[n.key()] && n.agency == c.Agreement.Agency && n.part == d.Part && n.event == d.Event && n.url() == d.URL && n.problem == d.Problem
	})
	if at < 0 {
		h.no("document", "no such thing happened to a document of %s", c.Agreement.Agency)
		return
	}
	n := h.papers.news[at]
	h.heard[n.key()] = true
	h.must(d.FoundAt.Equal(c.DetectedAt) && d.FoundAt.After(n.since) && d.FoundAt.Before(n.since.Add(paperLate)), "document", "it happened at %s", n.since)
	h.must(c.Before == nil && len(c.Fields) == 0 && c.Certainty == "certain" && c.Corrects == "", "document", "it says what no document can")
	from := ""
	if n.from != "" {
		from = paperFolder + n.from
	}
	h.must(d.FromURL == from, "document", "it was at %q", from)
	h.checkPaperFiles(n, d)
	h.must((d.Added == 0 || n.now != nil && n.event == "replaced" && d.Added == n.now.added) && d.Removed == 0 && (d.Altered == 0 || n.now != nil && d.Altered == n.now.altered), "document", "the paragraphs are other ones")
	h.must(d.Compared == (n.event == "replaced"), "document", "compared is %v", d.Compared)
	h.must(d.OtherAgency == n.whose && len(d.OtherIDs) == n.others, "document", "others are %q, %q", d.OtherAgency, d.OtherIDs)
	for _, id := range d.OtherIDs {
		h.must(id != c.Agreement.ID && slices.ContainsFunc(h.changes, func(o claim) bool { return o.Agreement.ID == id && o.Agreement.MOA == c.Agreement.MOA }), "document", "%s does not link it", id)
	}
	h.must(c.Text == n.text("en", c.Agreement.Model), "text", "it would be: %s", n.text("en", c.Agreement.Model))
	h.must(c.Texts["es"] == n.text("es", c.Agreement.Model), "texts", "%s\nwould be: %s", c.Texts["es"], n.text("es", c.Agreement.Model))
}

// pollsAtLeast is how often ICE's page is looked at.
const pollsAtLeast = 13 * time.Hour

// paperLate is when a change of a document is found at the latest: a week after it, and
// where it has to be seen twice, hours later.
const paperLate = 8 * 24 * time.Hour

// checkPaperFiles holds what is said of two files against the files, and what was asked of
// ICE's server.
func (h *hearing) checkPaperFiles(n paperNews, d *claimedDocument) {
	for _, side := range []struct {
		what, sha, form string
		pages           int
		is              *paper
	}{{"now", d.SHA256, d.Form, d.Pages, n.now}, {"before", d.Before, d.FormBefore, d.PagesBefore, n.before}} {
		var sha, form string
		var pages int
		if side.is != nil {
			sha, form, pages = side.is.sha(), side.is.form(), side.is.pages
		}
		h.must(side.sha == sha && side.form == form && side.pages == pages, "document", "%s it was %q, %q, %d pages", side.what, sha, form, pages)
	}
	if n.problem == "elsewhere" {
		return
	}
	asked := 0 // since it happened
	for _, a := range h.papers.site.log[n.name] {
		if a.at.Before(n.since) || a.at.After(d.FoundAt) {
			continue
		}
		asked++
		if n.now != nil {
			h.must(a.sha == d.SHA256, "document", "the server had another file at %s", a.at)
		} else if n.event == "gone" {
			h.must(a.status == 404, "document", "the server had a file at %s", a.at)
		}
	}
	h.must(asked > 0 && (n.event != "gone" || asked > 1), "document", "ICE's server was asked %d times since", asked)
}

// checkPapersTold says what was not told of documents.
func (o *oracle) checkPapersTold() {
	if o.papers == nil {
		return
	}
	for _, n := range o.papers.news {
		if !o.heard[n.key()] {
			o.found = append(o.found, fmt.Sprintf("document: not told: %s, %s of %s, %s", n.event, n.part, n.agency, n.name))
		}
	}
}

func (n paperNews) key() string { return fmt.Sprint(n.agency, n.part, n.event, n.name, n.since) }

func (n paperNews) url() string {
	if strings.Contains(n.name, "://") {
		return n.name
	}
	return paperFolder + n.name
}
