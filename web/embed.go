package web

import (
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
)

// embedCode is what other sites paste to show a card of this one.
type embedCode struct {
	Code string
	Path string // of the card
}

func (req *request) embedCode(path, title string) embedCode {
	return embedCode{Path: "/embed/" + path, Code: fmt.Sprintf(
		`<iframe src="%s/embed/%s" title="%s" width="100%%" height="300" loading="lazy" style="border:0;max-width:800px"></iframe>`,
		req.base, path, title)}
}

// embeds are the cards that other sites may frame.
func (s *Site) embeds() []route {
	framed := func(f pageFunc) http.Handler {
		card := s.html(f, "card")
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", framedByAll)
			card.ServeHTTP(w, r)
		})
	}
	return []route{
		{path: "/embed/nation", handler: framed(nationEmbed)},
		{path: "/embed/states/{state}", handler: framed(stateEmbed)},
	}
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

func nationEmbed(req *request) (*page, error) {
	c := card{Heading: "287(g) agreements with ICE", URL: "/", Stats: req.snap.CurrentStats()}
	c.Counts = english.WithAgencies(c.Stats)
	return req.card(c, "/embed/nation", req.snap.Curve()), nil
}

func stateEmbed(req *request) (*page, error) {
	given := req.PathValue("state")
	state, ok := roster.ParseState(given)
	if !ok {
		return nil, notFound("There is no state or territory of that name.")
	}
	if string(state) != given {
		return nil, movedTo("/embed" + stateURL(state))
	}
	s := &statePlace{State: state}
	req.fillState(s)
	c := card{Heading: "287(g) agreements in " + english.InSentence(state), URL: stateURL(state), Stats: s.Stats}
	c.Counts = english.With(c.Stats.Agencies)
	return req.card(c, "/embed"+stateURL(state), req.snap.CurveOf(in(state))), nil
}

// Pending says how many entries are pending.
func (c card) Pending() string { return prose.Capitalize(english.PendingListed(c.Stats)) }

// card is the page of a card.
func (req *request) card(c card, path string, curve []snapshot.Point) *page {
	c.Empty, c.AsOf = req.snap.Extent().Empty(), req.snap.KnownUntil()
	c.Spark = draw.Spark(draw.CurveData{Points: points(curve), Until: req.snap.KnownUntil()})
	return &page{Template: "embed", Title: c.Heading, Path: path, Hidden: true, Data: c}
}
