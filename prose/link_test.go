package prose

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestLink(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.ice.gov/doclib/a b.pdf":   "https://www.ice.gov/doclib/a%20b.pdf",
		"https://www.ice.gov/x?q=a b\"<c>#é":   "https://www.ice.gov/x?q=a%20b%22%3Cc%3E#%C3%A9",
		"http://www.ice.gov/x":                 "http://www.ice.gov/x",
		"HTTPS://www.ice.gov/x":                "https://www.ice.gov/x",
		"http:":                                "",
		"http://:80/":                          "",
		"https:/www.ice.gov/x":                 "",
		"javascript:alert(1)":                  "",
		"javascript://www.ice.gov/%0Aalert()":  "",
		"data:text/html,<script>":              "",
		"chrome-extension://abc/x.pdf":         "",
		"//www.ice.gov/x":                      "",
		"https://www.ice.gov\"><b>/":           "",
		"https://www.ice.gov é/":               "",
		"/x":                                   "",
		"https://ice.gov@evil.example/x":       "",
		"https://www.ice.gov/@here/x":          "https://www.ice.gov/%40here/x",
		"https://" + strings.Repeat("a", 2000): "",
		"":                                     "",
	} {
		if got := Link(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestDocument(t *testing.T) {
	for _, tt := range []struct {
		form    DocumentForm
		address string
		want    Document
	}{
		{DocumentCell, "https://www.ice.gov/a.pdf", Document{"https://www.ice.gov/a.pdf", "PDF at ICE", true}},
		{DocumentAgreement, "https://ice.gov/a.pdf", Document{"https://ice.gov/a.pdf", "Agreement (PDF at ICE)", true}},
		{DocumentAgreement, "https://www.DHS.gov/a.pdf", Document{"https://www.DHS.gov/a.pdf", "Agreement (PDF at www.dhs.gov)", false}},
		{DocumentMOA, "https://www.ice.gov/a.pdf", Document{"https://www.ice.gov/a.pdf", "MOA", true}},
		{DocumentMOA, "https://ice.gov.example.com/a.pdf", Document{"", "MOA at ice.gov.example.com", false}},
		{DocumentMOA, "https://notice.gov.example/a.pdf", Document{"", "MOA at notice.gov.example", false}},
		{DocumentCell, "https://files.example:8443/a.pdf", Document{"", "at files.example", false}},
		{DocumentAddendum, "https://ice.gov@evil.example/x", Document{}},
		{DocumentAddendum, "http:", Document{}},
		{DocumentAddendum, "", Document{}},
	} {
		if got := English.Document(tt.form, tt.address); got != tt.want {
			t.Errorf("%s %q: %+v, want %+v", tt.form, tt.address, got, tt.want)
		}
	}
}

// What is cleaned is what a list's cell is cleaned of, and what XML refuses.
func TestClean(t *testing.T) {
	texts := []string{"Polk County", " Polk", "Polk ", "Polk  County", "Polk`s", "Polk\tCounty", "Polk\x7f", "Dōna Ana", " ", "", "~"}
	texts = append(texts, "Polk\uFFFE", "\uFFFFPolk", "\u202ePolk", "Polk\u200b County", "P\xffolk")
	for _, s := range texts {
		want := strings.NewReplacer("\uFFFE", "", "\uFFFF", "").Replace(roster.Clean(s))
		if got := Clean(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}
