package roster_test

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestDocumentURL(t *testing.T) {
	const a = "https://www.ice.gov/doclib/287gMOA/A%20B_%281%29+2.PDF"
	for link, want := range map[string]string{
		a: a, "https://www.ice.gov/doclib/287gMOA/A%20B_(1)+2.PDF": a,
		"http://WWW.ICE.gov:80/doclib/287gMOA/A B_(1)+2.PDF":                  a,
		" https://www.ice.gov:443/doclib/287gMOA/A%20B_%281%29+2.PDF#page=3 ": a,
		"https://www.ice.gov":              "https://www.ice.gov/",
		"https://www.ice.gov/a%2Fb.pdf":    "https://www.ice.gov/a%2Fb.pdf",
		"https://www.ice.gov/a%2fb c.pdf":  "https://www.ice.gov/a%2fb%20c.pdf",
		"https://www.ice.gov/a.pdf?v=1#x":  "https://www.ice.gov/a.pdf?v=1",
		"https://www.ice.gov/Añasco.pdf":   "https://www.ice.gov/A%C3%B1asco.pdf",
		"https://www.ice.gov/a%c3%b1.pdf":  "https://www.ice.gov/a%C3%B1.pdf",
		"https://www.ice.gov:8443/a.pdf":   "",
		"https://user:word@www.ice.gov/a":  "",
		"chrome-extension://x/https://a.b": "",
		"javascript:alert(1)":              "",
		"/doclib/a.pdf":                    "",
		"":                                 "",
		"https:///a.pdf":                   "",
		"https://www.ice.gov/" + strings.Repeat("a", roster.MaxDocumentURL): "",
	} {
		got, ok := roster.DocumentURL(link)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%.80q: got %.80q, %v, want %q", link, got, ok, want)
		}
		if again, _ := roster.DocumentURL(got); ok && again != got {
			t.Errorf("%q becomes %q", got, again)
		}
	}
}
