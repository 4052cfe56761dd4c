package document

import (
	"strconv"
	"strings"
)

// attachment is what is attached to an agreement, with the page on which it begins.
type attachment struct {
	title string
	page  int
}

// addendum returns the key of Document.Found for the page of an addendum, counted from 0.
func addendum(i int) string { return "addendum " + strconv.Itoa(i+1) }

// addendaOf returns the titles of addenda: lines in capitals at the top of a page that begin
// with that word or another one for it. The appendices are parts of the form.
func addendaOf(pages []page) []attachment {
	var found []attachment
	for i, p := range pages {
		if i == 0 || !p.whole() {
			continue
		}
		for at, l := range p.lines[:min(len(p.lines), 4)] {
			key := compact(l)
			isTitle := allUpper(l) && attaches(key)
			if !isTitle || len(l) > 120 {
				continue
			}
			title := l
			if next := at + 1; next < len(p.lines) && allUpper(p.lines[next]) && len(p.lines[next]) < 100 && (strings.HasSuffix(l, "OF") || len(strings.Fields(l)) < 3) {
				title += " " + p.lines[next]
			}
			found = append(found, attachment{title: title, page: p.number})
			break
		}
	}
	return found
}

// attaches says whether a title, in compact letters, is that of something attached.
func attaches(title string) bool {
	for _, word := range []string{"addendum", "amendmentto", "amendmentno", "attachment"} {
		if strings.HasPrefix(title, word) && len(title) < 100 {
			return true
		}
	}
	return false
}
