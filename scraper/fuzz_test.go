package scraper

import (
	"net/url"
	"testing"
	"unicode/utf8"
)

// FuzzPage holds that no page can make the scraper ask anything of another
// site, or fail.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`<a href="/doclib/participatingAgencies.xlsx">Participating Agencies</a>`,
		`<base href="//example.com/"><a href="a.xlsx">x</a>`,
		`<a href="/file-download/download/public/1?list=pending">x</a><a href="https://user@www.ice.gov/b.xlsx">`,
		`<a href=" https:\\www.ice.gov\a%zz.xlsm ">x</a><a href="https://www.ice.gov:443/a.xlsx#b">y</a>`,
		`<table><tr><th>STATE<th>LAW ENFORCEMENT AGENCY<th>SUPPORT TYPE<tr><td>TEXAS</table>`,
		`<title>Access Denied</title>Reference #18.2d3a1702`,
	} {
		f.Add([]byte(seed))
	}
	s, err := newSite(DefaultPage, "http://mirror.example/ice/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		doc, err := parsePage(response{body: body})
		if err != nil {
			return
		}
		if said, err := words(response{body: body}); err != nil || len(said) > maxWords || !utf8.ValidString(said) {
			t.Errorf("%q, %v", said, err)
		}
		p := readPage(doc, s.page, s)
		blockName(doc, body)
		seen := map[string]bool{}
		for _, c := range p.links {
			u, err := url.Parse(c.URL)
			switch {
			case err != nil, !s.contains(u), u.Fragment != "", u.User != nil:
				t.Errorf("link %q", c.URL)
			case seen[c.URL]:
				t.Errorf("link %q twice", c.URL)
			}
			seen[c.URL] = true
			for _, l := range []string{c.Text, fileName(c.url, c.Text)} {
				if utf8.RuneCountInString(l) > maxLabel || !utf8.ValidString(l) || cleanText(l) != l {
					t.Errorf("label %q", l)
				}
			}
		}
	})
}
