package scraper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

const listTable = `<table class="usa-table"><thead><tr><th>State</th><th>LAW ENFORCEMENT&nbsp;AGENCY</th><th> SUPPORT TYPE </th><th>SIGNED</th><th>MOA</th></tr></thead>` +
	`<tbody><tr><td>ALABAMA</td><td>Etowah County Sheriff's Office</td><td>Jail Enforcement Model</td><td>6/11/2020</td><td><a href="/doclib/moa.pdf">link</a></td></tr></tbody></table>`

func page(parts ...string) string {
	return "<!DOCTYPE html><html><body>" + strings.Join(parts, "\n") + "</body></html>"
}

// Until February 2025 the list was on the page itself.
func TestTable(t *testing.T) {
	const other = `<table><tr><th>State</th><th>Office</th></tr><tr><td>x</td><td>y</td></tr><tr><td>x</td><td>y</td></tr><tr><td>x</td><td>y</td></tr></table>`
	layout := "<table><tr><td>" + listTable + "</td></tr></table>"
	for name, body := range map[string]string{"plain": page(other, listTable), "within a layout": page(layout), "the largest": page(strings.Replace(listTable, "<tbody>", "<tbody hidden>", 1)[:300]+"</table>", listTable)} {
		site := newSite()
		site.set(pagePath, html(body))
		s := scrape(t, site)
		v := s.Visit(t.Context(), nil)
		check(t, v, scraper.StatusChanged, "ICE's page has something new: 287g.")
		if len(v.Documents) != 1 {
			t.Fatalf("%s: %d documents", name, len(v.Documents))
		}
		d := v.Documents[0]
		if !d.Table || d.URL != ice+pagePath || !strings.HasPrefix(string(d.Body), "<table") || !strings.HasSuffix(string(d.Body), "</table>") ||
			strings.Contains(string(d.Body), "Office</th>") || !strings.Contains(string(d.Body), "Etowah") {
			t.Errorf("%s: %s", name, d.Body)
		}
		// The rest of the page may change.
		site.set(pagePath, html(page("<p>As of today</p>", body)))
		check(t, s.Visit(t.Context(), remember(v, time.Now())), scraper.StatusUnchanged, "What ICE's page links is unchanged.")
		site.set(pagePath, html(strings.ReplaceAll(body, "Etowah", "Elmore")))
		check(t, s.Visit(t.Context(), remember(v, time.Now())), scraper.StatusChanged, "ICE's page has something new: 287g.")
	}
}

// A table is left aside where a link leads to a list, and stands beside one
// that does not say so.
func TestTableBesideLinks(t *testing.T) {
	for link, tables := range map[string]int{
		`<a href="` + listPath + `">Participating Agencies</a>`:     0,
		`<a href="` + otherPath + `">Reimbursement worksheet</a>`:   1,
		`<a href="/participating">About participating agencies</a>`: 1,
	} {
		site := newSite()
		site.set("/participating", html(page("All about them")))
		site.set(pagePath, html(page(link, listTable)))
		v := scrape(t, site).Visit(t.Context(), nil)
		if v.Outcome != scraper.StatusChanged || len(v.Documents) != 1+tables || v.Documents[0].Table != (tables == 1) {
			t.Errorf("%s: %s, %d documents", link, v.Sentence, len(v.Documents))
		}
	}
}

// A link that promised no workbook may lead to a page: with the table on it, or
// with nothing, which its reader will find and the next visit know.
func TestPageBehindALink(t *testing.T) {
	for body, table := range map[string]bool{page("<p>list:</p>", listTable): true, page("All about them"): false} {
		site := newSite()
		site.set(pagePath, links("/participating", "Participating agencies"))
		site.set("/participating", html(body))
		v := scrape(t, site).Visit(t.Context(), nil)
		if v.Outcome != scraper.StatusChanged || len(v.Documents) != 1 || v.Documents[0].Table != table || v.Documents[0].URL != ice+"/participating" {
			t.Errorf("%s: %+v", v.Sentence, v.Documents)
		}
	}
}

// A file that was a list and is a web page now is a failure.
func TestPageWhereAListWas(t *testing.T) {
	site := newSite()
	site.set(pagePath, links("/participating", "Participating agencies"))
	site.set("/participating", html(page("Welcome")))
	v := scrape(t, site).Visit(t.Context(), []scraper.Validators{{URL: ice + "/participating", List: true}})
	check(t, v, scraper.StatusBlocked, "ICE's server answered the participating list with a web page instead of a workbook.")
}

// A page need not be in UTF-8.
func TestPageInAnotherEncoding(t *testing.T) {
	site := newSite()
	body := strings.ReplaceAll(page(listTable), "Etowah", "Do\xf1a Ana")
	for _, kind := range []string{"text/html; charset=iso-8859-1", "text/html", "text/html; charset=unheard-of"} {
		site.set(pagePath, typed(kind, body))
		v := scrape(t, site).Visit(t.Context(), nil)
		if len(v.Documents) != 1 || !strings.Contains(string(v.Documents[0].Body), "Doña Ana") {
			t.Errorf("%s: %s", kind, v.Sentence)
		}
	}
}
