package web

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/web/route"
)

// Pages below the first level say where they are, and lead up step by step.
func TestCrumbs(t *testing.T) {
	w := newWorld(t)
	snap := w.known()
	removed := snap.Changes()[len(snap.Changes())-1]
	for path, want := range map[string]string{
		"/": "", "/states": "", "/changes": "", "/about": "",
		"/states/TX":      "Home / | States /states | Texas",
		"/coverage":       "Home / | States /states | Coverage",
		"/counties/48281": "Home / | States /states | Texas /states/TX | Lampasas County",
		"/counties/66010": "Home / | States /states | Guam /states/GU | Guam as one county",
		"/agencies/TX-lampass-county-sheriffs-office":       "Home / | States /states | Texas /states/TX | Lampasas County /counties/48281 | Lampasas County Sheriff's Office",
		"/agencies/TX-texas-national-guard":                 "Home / | States /states | Texas /states/TX | Texas National Guard",
		"/agencies/GU-guam-police-department":               "Home / | States /states | Guam /states/GU | Guam Police Department",
		"/on/2025-06-16":                                    "Home / | Changes /changes | June 16, 2025",
		route.ChangeURL(removed.ID):                         "Home / | Changes /changes | June 20, 2025 /on/2025-06-20 | No longer listed",
		route.PublicationURL(snap.Publications()[0].SHA256): "Home / | Evidence /publications | participatingAgencies06022025am.xlsx",
	} {
		doc := w.page(path)
		steps := doc.Find(`nav[aria-label="Breadcrumb"] li`)
		got := steps.Map(func(_ int, s *goquery.Selection) string {
			return strings.TrimSpace(textOf(s) + " " + s.Find("a").AttrOr("href", ""))
		})
		if strings.Join(got, " | ") != want {
			t.Errorf("%s: %q, want %q", path, strings.Join(got, " | "), want)
		}
		if last := steps.Last(); want != "" && (last.Find(`[aria-current="page"]`).Length() != 1 || steps.Find(`[aria-current]`).Length() != 1) {
			t.Errorf("%s: the last step is not marked as the page", path)
		}
		for _, step := range got[:max(0, len(got)-1)] {
			w.page(step[strings.LastIndex(step, " ")+1:]) // must be there
		}
	}
}
