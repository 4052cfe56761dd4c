package scraper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/scraper"
)

func TestLinks(t *testing.T) {
	const doclib = ice + "/doclib/about/offices/ero/287g/"
	cases := []struct {
		name, html string
		want       []string // hint, blank, address
	}{
		{"undated", `<a href="/doclib/about/offices/ero/287g/participatingAgencies.xlsx">Participating Agencies</a>`, []string{"participating " + doclib + "participatingAgencies.xlsx"}},
		{"dated", `<a href="/doclib/about/offices/ero/287g/participatingAgencies090022025pmB.xlsx">x</a>`, []string{"participating " + doclib + "participatingAgencies090022025pmB.xlsx"}},
		{"program first", `<a href="/doclib/287gParticipatingAgencies091526pm.xlsx">View 287(g) participating agencies</a>`, []string{"participating " + ice + "/doclib/287gParticipatingAgencies091526pm.xlsx"}},
		{"singular", `<a href="/doclib/ParticipatingAgency091826am.xlsx">list</a>`, []string{"participating " + ice + "/doclib/ParticipatingAgency091826am.xlsx"}},
		{"pending", `<a href="/doclib/pendingAgencies.xlsx">Pending Agencies</a>`, []string{"pending " + ice + "/doclib/pendingAgencies.xlsx"}},
		{"download without extension", `<a href="/file-download/download/public/4001">View 287(g) participating agencies</a>`, []string{"participating " + ice + "/file-download/download/public/4001"}},
		{"download without any name", `<a href="/file-download/download/public/4001">here</a>`, []string{" " + ice + "/file-download/download/public/4001"}},
		{"text alone", `<a href="/node/77">Pending agencies</a>`, []string{"pending " + ice + "/node/77"}},
		{"unknown extension", `<a href="/doclib/list.v2">Participating Agencies</a>`, []string{"participating " + ice + "/doclib/list.v2"}},
		{"the text decides over the address", `<a href="/doclib/participatingAgencies.xlsx">Pending Agencies</a>`, []string{"pending " + ice + "/doclib/participatingAgencies.xlsx"}},
		{"both words name neither", `<a href="/doclib/a.xlsx">Participating and pending agencies</a>`, []string{" " + ice + "/doclib/a.xlsx"}},
		{"other workbooks", `<a href="/a.XLSX">A</a><a href="/b.xlsm?itok=1#top">B</a><a href="/c.xls">C</a><a href="/d.xlsx%20">D</a>`,
			[]string{" " + ice + "/a.XLSX", " " + ice + "/b.xlsm?itok=1", " " + ice + "/c.xls", " " + ice + "/d.xlsx%20"}},
		{"query that names a workbook", `<a href="/search?f=a.xlsx">Search</a>`, nil},
		{"never a list", `<a href="/download/agencies.html">Participating agencies</a>
			<a href="/newsroom">News</a><a href="mailto:a@ice.gov?subject=a.xlsx">Pending agencies</a><a href="javascript:open('a.xlsx')">Pending agencies</a>
			<a href="data:text/html,a.xlsx">x</a><a name="a.xlsx">x</a><a href="">Participating agencies</a><a href="#pending">Pending agencies</a>
			<a href="/identify-and-arrest/287g#list">Participating agencies</a>`, nil},
		{"relative", `<a href="lists/a.xlsx">a</a><a href="../b.xlsx">b</a><a href="//www.ice.gov/c.xlsx">c</a>`,
			[]string{" " + ice + "/identify-and-arrest/lists/a.xlsx", " " + ice + "/b.xlsx", " " + ice + "/c.xlsx"}},
		{"base", `<base href="/doclib/"><a href="a.xlsx">a</a>`, []string{" " + ice + "/doclib/a.xlsx"}},
		{"careless", "<a href=' /doclib/a b%.xlsx\n'>a</a>", []string{" " + ice + "/doclib/a%20b%25.xlsx"}},
		{"siblings", `<a href="https://cdn.ice.gov/a.xlsx">a</a><a href="http://ice.gov/b.xlsx">b</a>`, []string{" https://cdn.ice.gov/a.xlsx", " http://ice.gov/b.xlsx"}},
		{"strangers", `<a href="https://example.com/a.xlsx">a</a><a href="https://notice.gov/a.xlsx">a</a><a href="https://www.ice.gov.example.com/a.xlsx">a</a>
			<a href="https://www.ice.gov:8443/a.xlsx">a</a><a href="https://me:pw@www.ice.gov/a.xlsx">a</a><a href="http://127.0.0.1/a.xlsx">a</a>`, nil},
		{"twice", `<a href="/a.xlsx"><img src="x.png"></a><a href="https://WWW.ICE.GOV:443/a.xlsx#x">Participating agencies</a><a href="/a.xlsx">Pending agencies</a>`,
			[]string{"participating " + ice + "/a.xlsx"}},
		{"text in other places", `<a href="/a.xlsx" aria-label="Participating list"> </a><a href="/b.xlsx" title="Pending list"></a><a href="/c.xlsx"><img alt="Pending agencies"></a>`,
			[]string{"participating " + ice + "/a.xlsx", "pending " + ice + "/b.xlsx", "pending " + ice + "/c.xlsx"}},
		{"in a comment", `<!-- <a href="/a.xlsx">Participating agencies</a> -->`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			site.set(pagePath, html("<!DOCTYPE html><html><body>"+c.html+"</body></html>"))
			v := scrape(t, site).Visit(t.Context(), nil)
			var got []string
			for _, l := range v.Links {
				got = append(got, l.Hint+" "+l.URL)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("links\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
			if len(c.want) == 0 && v.Outcome != scraper.StatusMissing {
				t.Errorf("outcome %s", v.Outcome)
			}
		})
	}
}

func TestListOnAnotherSite(t *testing.T) {
	site := newSite()
	site.set(pagePath, links("https://files.example.com/participatingAgencies.xlsx?key=secret", "Participating Agencies"))
	check(t, scrape(t, site).Visit(t.Context(), nil), scraper.StatusMissing,
		"ICE's page links no list of its own; the file that it links on another site (files.example.com) is not followed.")
	if got := site.paths(); len(got) != 2 {
		t.Errorf("asked for %v", got)
	}
}

// A link that is called a list's and leads to no workbook of ICE's is reported, and
// not followed.
func TestUnreadLinks(t *testing.T) {
	for _, c := range []struct{ html, want string }{
		{`<a href="/doclib/participatingAgencies.pdf">Participating Agencies</a>`, "participating: a PDF (participatingAgencies.pdf)"},
		{`<a href="/doclib/list.CSV">Participating agencies</a>`, "participating: a CSV file (list.CSV)"},
		{`<a href="/doclib/pendingAgencies.ods">here</a>`, "pending: an OpenDocument spreadsheet (pendingAgencies.ods)"},
		{`<a href="https://docs.google.com/spreadsheets/d/1AbC/edit#gid=0">Participating agencies</a>`, "participating: a Google Sheet"},
		{`<a href="https://tableau.example.com/v/287g">View 287(g) participating agencies</a>`, "participating: another site (tableau.example.com)"},
		{`<a href="https://files.example.com/pendingAgencies.xlsx">x</a>`, "pending: another site (files.example.com)"},
		{`<a href="/doclib/287g-fact-sheet.pdf">Fact sheet</a>`, ""},
		{`<a href="/doclib/pending-legislation.pdf">Pending legislation</a>`, ""},
		{`<a href="/doclib/participatingAgencies.xlsx">Participating Agencies</a>`, ""},
		{`<a href="mailto:a@ice.gov">Participating agencies</a>`, ""},
	} {
		site := newSite()
		site.set(pagePath, html("<!DOCTYPE html><html><body>"+c.html+"</body></html>"))
		v := scrape(t, site).Visit(t.Context(), nil)
		got := ""
		for _, u := range v.Unfollowed {
			got += u.Hint + ": " + u.LeadsTo
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.html, got, c.want)
		}
		for _, path := range site.paths() {
			if c.want != "" && path != pagePath && path != "/robots.txt" {
				t.Errorf("%s: asked for %s", c.html, path)
			}
		}
	}
	many := `<a href="/doclib/participatingAgencies.pdf">Participating Agencies</a>`
	for i := range 500 {
		many += fmt.Sprintf(`<a href="/doclib/%d.pdf">Participating Agencies</a>`, i)
	}
	site := newSite()
	site.set(pagePath, html("<!DOCTYPE html><html><body>"+many+"</body></html>"))
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusBroken, "ICE's page links no list that can be read: the link to the participating list leads to a PDF (participatingAgencies.pdf).")
	if len(v.Unfollowed) != 8 {
		t.Errorf("%d links are reported", len(v.Unfollowed))
	}
}

// A link that promises a workbook can lead to another kind of file.
func TestOtherFileBehindAListsLink(t *testing.T) {
	for body, want := range map[string]string{
		"%PDF-1.7\n": "a PDF",
		"STATE,LAW ENFORCEMENT AGENCY,SUPPORT TYPE\nTEXAS,x,y\n":                                               "a CSV file",
		"PK\x03\x04\x14\x00\x00\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK\x01\x02 and so on": "an OpenDocument file",
	} {
		site := newSite()
		site.set(listPath, file([]byte(body)))
		check(t, scrape(t, site).Visit(t.Context(), nil), scraper.StatusBroken, "What ICE's server sent for the participating list is "+want+", not an Excel workbook.")
	}
}

func TestText(t *testing.T) {
	site := newSite()
	site.set(pagePath, links(listPath, "\n Participating&nbsp;&nbsp;<b>Agen</b>cies\u202e\a "+strings.Repeat("x", 500)))
	v := scrape(t, site).Visit(t.Context(), nil)
	if got := v.Documents[0].Text; !strings.HasPrefix(got, "Participating Agencies xxx") || len(got) != 200 {
		t.Errorf("%q", got)
	}
}
