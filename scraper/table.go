package scraper

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// headerDepth is how many rows of a table are searched for its header.
const headerDepth = 10

// listTable returns the outer HTML of the page's table whose header is a
// list's, the largest of several; nil for none.
func listTable(doc *goquery.Document) []byte {
	var best *goquery.Selection
	most := 0
	doc.Find("table").Each(func(_ int, table *goquery.Selection) {
		rows := table.Find("tr").FilterFunction(func(_ int, tr *goquery.Selection) bool {
			return tr.Closest("table").IsSelection(table) // and not of a table within this one
		})
		if hasListHeader(rows) && rows.Length() > most {
			best, most = table, rows.Length()
		}
	})
	if best == nil {
		return nil
	}
	html, err := goquery.OuterHtml(best)
	if err != nil {
		return nil
	}
	return []byte(html)
}

func hasListHeader(rows *goquery.Selection) bool {
	found := false
	rows.Slice(0, min(rows.Length(), headerDepth)).EachWithBreak(func(_ int, tr *goquery.Selection) bool {
		columns := map[string]bool{}
		tr.ChildrenFiltered("th, td").Each(func(_ int, cell *goquery.Selection) {
			columns[strings.ToUpper(cleanText(cell.Text()))] = true
		})
		found = columns["STATE"] && columns["LAW ENFORCEMENT AGENCY"] && columns["SUPPORT TYPE"]
		return !found
	})
	return found
}
