package notify

import "github.com/watch287g/watch287g/roster"

// documents are what came of the documents of one agreement in a digest, each said once, as
// it is in the end, and how many were in the end as before.
func (t thread) documents() (news []roster.Change, back int) {
	for _, part := range []roster.DocumentPart{roster.PartMOA, roster.PartAddendum} {
		var of []roster.Change
		for _, c := range t {
			if c.Document != nil && c.Document.Part == part {
				of = append(of, c)
			}
		}
		if len(of) == 0 {
			continue
		}
		if c, ok := roster.NetDocument(of); ok {
			news = append(news, c)
		} else {
			back++
		}
	}
	return news, back
}
