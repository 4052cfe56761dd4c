package pages

import (
	"time"

	"github.com/watch287g/watch287g/web/countymap"
)

// countiesPage shows the map of the nation's counties.
func countiesPage(req *request) (*response, error) {
	p := &page{Template: "counties", Title: req.Language.CountyMapTitle(""), Description: req.Language.Unread(), Path: "/counties"}
	if figure := countymap.Nation(req.Language, req.Snapshot, req.set.borders); figure != nil {
		p.Description = figure.Words
		p.Data = struct {
			*countymap.Figure
			AsOf time.Time
			File string
		}{figure, req.Snapshot.KnownUntil(), countymap.FilePath}
	}
	return req.render(p)
}
