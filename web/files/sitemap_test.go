package files

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// Each page is in one part, in order, and each part has its number.
func TestSitemapIsCutInParts(t *testing.T) {
	var pages []sitemapPage
	for i := range 7 {
		pages = append(pages, sitemapPage{Address: fmt.Sprint(i)})
		for _, most := range []int{1, 3, 7} {
			listed := pages
			if index, cut := whole(pages, most, "https://287g.example.org", time.Time{}).(sitemapIndex); cut {
				listed = nil
				for n, p := range index.Parts {
					if want := fmt.Sprintf("https://287g.example.org/sitemaps/%d.xml", n+1); p.Address != want {
						t.Errorf("part %s, want %s", p.Address, want)
					}
					some := part(pages, most, fmt.Sprintf("%d.xml", n+1))
					if len(some) == 0 || len(some) > most {
						t.Errorf("%d pages by %d: %d in part %d", len(pages), most, len(some), n+1)
					}
					listed = append(listed, some...)
				}
				if part(pages, most, fmt.Sprintf("%d.xml", len(index.Parts)+1)) != nil {
					t.Error("there is a part that the index does not list")
				}
			} else if len(pages) > most {
				t.Errorf("%d pages are in one file of at most %d", len(pages), most)
			}
			if !slices.Equal(listed, pages) {
				t.Errorf("%d pages by %d: %v", len(pages), most, listed)
			}
		}
	}
	for _, name := range []string{"0.xml", "-1.xml", "01.xml", "1", "a.xml", "", "99999999999999999999.xml"} {
		if part(pages, 3, name) != nil {
			t.Errorf("%q is a part", name)
		}
	}
}
