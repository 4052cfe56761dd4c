package pages

import (
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
)

// embedCode is what other sites paste to show a card of this one.
type embedCode struct {
	Code string
	Path string // of the card
}

func (req *request) embedCode(path, title string) embedCode {
	return embedCode{Path: "/embed/" + path, Code: fmt.Sprintf(
		`<iframe src="%s/embed/%s" title="%s" width="100%%" height="300" loading="lazy" style="border:0;max-width:800px"></iframe>`,
		req.Base, path, title)}
}

// card is what an embed shows.
type card struct {
	Heading string
	URL     string // of the page that says more
	Counts  string // the words after the number of active agreements
	Stats   roster.Stats
	Spark   template.HTML
	Empty   bool
	AsOf    time.Time
}

func nationEmbed(req *request) (*response, error) {
	c := card{Heading: "287(g) agreements with ICE", URL: "/", Stats: req.Snapshot.CurrentStats()}
	c.Counts = english.WithAgencies(c.Stats)
	return req.card(c, "/embed/nation", req.Snapshot.Curve())
}

func stateEmbed(req *request) (*response, error) {
	given := req.PathValue("state")
	state, ok := roster.ParseState(given)
	if !ok {
		return nil, route.NotFound("There is no state or territory of that name.")
	}
	if string(state) != given {
		return req.Redirect("/embed"+route.StateURL(state), http.StatusMovedPermanently), nil
	}
	c := card{Heading: "287(g) agreements in " + english.InSentence(state), URL: route.StateURL(state), Stats: req.Snapshot.StatsOf(req.Snapshot.KnownUntil(), in(state))}
	c.Counts = english.With(c.Stats.Agencies)
	return req.card(c, "/embed"+route.StateURL(state), req.Snapshot.CurveOf(in(state)))
}

// Pending says how many entries are pending.
func (c card) Pending() string { return prose.Capitalize(english.PendingListed(c.Stats)) }

// card fills a card, which other sites may frame.
func (req *request) card(c card, path string, curve []snapshot.Point) (*response, error) {
	c.Empty, c.AsOf = req.Snapshot.Extent().Empty(), req.Snapshot.KnownUntil()
	c.Spark = draw.Spark(draw.CurveData{Points: points(curve), Until: req.Snapshot.KnownUntil()})
	return req.renderIn("card", http.StatusOK, &page{Template: "embed", Title: c.Heading, Path: path, Hidden: true, Data: c})
}
