package pages

import (
	"html/template"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/countymap"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
)

// nationFile is the path of the map of the nation's counties as a file.
const nationFile = "/downloads/counties.svg"

// countiesPage shows the map of the nation's counties.
func countiesPage(req *request) (*response, error) {
	title := english.CountyMapTitle("")
	p := &page{Template: "counties", Title: title, Description: route.Unread, Path: "/counties"}
	if figure := countymap.Nation(req.Snapshot, req.set.borders); figure != nil {
		p.Description = figure.Words
		p.Data = struct {
			*countymap.Figure
			AsOf time.Time
			File string
		}{figure, req.Snapshot.KnownUntil(), nationFile}
	}
	return req.render(p)
}

// countiesFile is that map as a file.
func countiesFile(req *request) (*response, error) {
	if req.Snapshot.Extent().Empty() {
		return nil, &route.Problem{Status: http.StatusNotFound, Title: "There is no map yet", Detail: route.Unread}
	}
	return route.OK("image/svg+xml", countymap.File(req.Snapshot, req.set.borders, req.Base)), nil
}

// stateMap is the map of the states in the view that the address asks for, with the
// address of the other one.
type stateMap struct {
	Picture  template.HTML
	Counties bool // shares of counties, and not agreements
}

// The views of the map of the states, as the parameter map names them.
const (
	viewParam    = "map"
	viewCounties = "counties"
)

func (req *request) stateMap(stats roster.Stats) (stateMap, error) {
	switch given := req.URL.Query()[viewParam]; {
	case len(given) == 0, len(given) == 1 && (given[0] == "" || given[0] == "agreements"):
		return stateMap{Picture: draw.Map(draw.MapData{Counts: stats.ByState})}, nil
	case len(given) == 1 && given[0] == viewCounties:
		coverage := req.Snapshot.Coverage(req.Snapshot.KnownUntil()).States
		return stateMap{draw.Map(draw.MapData{Counts: stats.ByState, Coverage: coverage}), true}, nil
	}
	return stateMap{}, route.BadRequest("map is a view of the map: write agreements or counties.")
}
