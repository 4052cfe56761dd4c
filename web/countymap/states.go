package countymap

import (
	"html/template"
	"net/http"

	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
)

// States is the map of the states in one of its two views.
type States struct {
	Picture  template.HTML
	Counties bool // it shows the shares of counties that are covered, and not agreements
}

// View is the parameter that names the view of the map of the states.
const View = "map"

// StatesOf draws the map of the states in the view that an address asks for. The
// error is a *route.Problem where there is no such view.
func StatesOf(req *route.Request) (States, error) {
	stats := req.Snapshot.CurrentStats()
	view, err := req.ReadOneOf(View, "agreements", "counties")
	switch {
	case err != nil:
		return States{}, err //nolint:wrapcheck // it is for the reader
	case view == "counties":
		coverage := req.Snapshot.Coverage(req.Snapshot.KnownUntil()).States
		return States{draw.Map(draw.MapData{Language: req.Language, Counts: stats.ByState, Coverage: coverage}), true}, nil
	}
	return States{Picture: draw.Map(draw.MapData{Language: req.Language, Counts: stats.ByState})}, nil
}

// FilePath is the path of the map of the nation's counties as a file.
const FilePath = "/downloads/counties.svg"

// FileRoute serves that file.
func FileRoute(b *draw.Borders) route.Route {
	return route.Route{Path: FilePath, Program: true, Translated: true, Handler: func(req *route.Request) (*route.Response, error) {
		if req.Snapshot.Extent().Empty() {
			return nil, &route.Problem{Status: http.StatusNotFound, Title: req.Language.Say("page.map.nothing"), Detail: req.Language.Unread()}
		}
		return route.OK("image/svg+xml", File(req.Language, req.Snapshot, b, req.Base)), nil
	}}
}
