package pages

import (
	"fmt"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// picture is what other sites show beside a link to a page: a card that f fills.
func picture(f func(*request) (draw.CardData, error)) func(*request) (*response, error) {
	return func(req *request) (*response, error) {
		d, err := f(req)
		if err != nil {
			return nil, err
		}
		d.Site = "287(g) watch"
		body, err := draw.Card(d)
		if err != nil {
			return nil, fmt.Errorf("drawing the picture: %w", err)
		}
		out := route.OK("image/png", body)
		out.Header.Set("Cache-Control", "public, max-age=600")
		return out, nil
	}
}

func nationCard(req *request) (draw.CardData, error) {
	return cards.Nation(req.Language, req.Snapshot), nil
}

// pictured is the name of a picture's file without its ending.
func pictured(req *request) (string, error) {
	name, ok := strings.CutSuffix(req.PathValue("file"), ".png")
	if !ok {
		return "", route.Missing(req.Language, "page.problem.picture")
	}
	return name, nil
}

func stateCard(req *request) (draw.CardData, error) {
	name, err := pictured(req)
	if err != nil {
		return draw.CardData{}, err
	}
	state, ok := roster.ParseState(name)
	if !ok || string(state) != name {
		return draw.CardData{}, route.Missing(req.Language, "page.problem.picture-state")
	}
	return cards.State(req.Language, req.Snapshot, state), nil
}

func dayCard(req *request) (draw.CardData, error) {
	name, err := pictured(req)
	if err != nil {
		return draw.CardData{}, err
	}
	day, err := req.readDay(name)
	if err != nil {
		return draw.CardData{}, err
	}
	return cards.Day(req.Language, req.Snapshot, day), nil
}

func agencyCard(req *request) (draw.CardData, error) {
	id, err := pictured(req)
	if err != nil {
		return draw.CardData{}, err
	}
	a := req.Snapshot.Agency(id)
	if a == nil || len(a.Spellings) == 0 {
		return draw.CardData{}, route.Missing(req.Language, "page.problem.picture-agency")
	}
	return cards.Agency(req.Language, req.Snapshot, req.set.borders, a), nil
}

func countyCard(req *request) (draw.CardData, error) {
	code, err := pictured(req)
	if err != nil {
		return draw.CardData{}, err
	}
	of, ok := place.ByFIPS(code)
	if !ok {
		return draw.CardData{}, route.Missing(req.Language, "page.problem.picture-county")
	}
	return cards.County(req.Language, req.Snapshot, req.set.borders, places.CountyOf(req.Language, req.Snapshot, of, req.past())), nil
}

func changeCard(req *request) (draw.CardData, error) {
	id, err := pictured(req)
	if err != nil {
		return draw.CardData{}, err
	}
	c, ok := req.Snapshot.Change(id)
	if !ok {
		return draw.CardData{}, route.Missing(req.Language, "page.problem.picture-change")
	}
	return cards.Change(req.Language, req.Snapshot, req.set.borders, c), nil
}
