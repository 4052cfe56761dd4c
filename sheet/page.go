package sheet

import (
	"bytes"
	"fmt"

	"github.com/PuerkitoBio/goquery"
)

// page reads every table of an HTML page as text with hyperlinks: until
// February 2025 the list of participating agencies was one.
func page(body []byte) ([]table, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	var found []table
	doc.Find("table").Each(func(i int, t *goquery.Selection) {
		var lines []line
		t.Find("tr").EachWithBreak(func(n int, tr *goquery.Selection) bool {
			var cells []cell
			tr.Find("th, td").Each(func(_ int, td *goquery.Selection) {
				href, _ := td.Find("a[href]").First().Attr("href")
				cells = append(cells, cell{td.Text(), href})
			})
			lines = append(lines, line{n + 1, cells})
			return n < maxRows
		})
		found = append(found, table{name: fmt.Sprintf("table %d", i+1), rows: lines})
	})
	return found, nil
}
