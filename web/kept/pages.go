package kept

import "time"

// Page is a page of documents or forms, for lists of all pages.
type Page struct {
	Path     string
	Modified time.Time // when what it says last changed; zero where that is not known
}

// Pages are those that have something to show.
func Pages(x *Index) (all []Page) {
	if !x.Any() {
		return nil
	}
	newest := x.Documents[0].HadAt
	all = []Page{{"/documents", newest}, {"/documents/conflicts", time.Time{}}}
	for _, d := range x.Documents {
		all = append(all, Page{URL(d.SHA256), time.Time{}})
	}
	if forms := x.View.Forms(); len(forms) > 0 {
		all = append(all, Page{"/forms", time.Time{}})
		for _, f := range forms {
			all = append(all, Page{FormURL(f.ID), time.Time{}})
		}
	}
	return all
}
