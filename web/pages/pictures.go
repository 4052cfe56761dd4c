package pages

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/draw"
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
	if req.Snapshot.Extent().Empty() { // the front page is there, and names its picture
		return draw.CardData{Headline: "287(g) agreements with ICE", Sub: route.Unread}, nil
	}
	s := req.Snapshot.CurrentStats()
	return draw.CardData{Headline: english.ActiveHeadline(s), Sub: english.Reach(s), When: "as of " + route.Until(req.Snapshot),
		Curve: draw.CurveData{Points: points(req.Snapshot.Curve()), Until: req.Snapshot.KnownUntil()}}, nil
}

// pictured is the name of a picture's file without its ending.
func pictured(req *request) (string, error) {
	name, ok := strings.CutSuffix(req.PathValue("file"), ".png")
	if !ok {
		return "", route.NotFound("Pictures end in .png.")
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
		return draw.CardData{}, route.NotFound("There is no such state; write its postal code, as in TX.png.")
	}
	if req.Snapshot.Extent().Empty() {
		return draw.CardData{Headline: state.Name() + ": 287(g) agreements with ICE", Sub: route.Unread}, nil
	}
	s := req.Snapshot.CurrentStats()
	here := s.ByState[state]
	return draw.CardData{Headline: state.Name() + ": " + english.Active287g(here.Active),
		Sub: english.PendingBrief(s, here.Pending) + ", according to ICE", When: "as of " + route.Until(req.Snapshot),
		Curve: draw.CurveData{Points: points(req.Snapshot.CurveOf(in(state))), Until: req.Snapshot.KnownUntil()}}, nil
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
	end := req.Snapshot.Extent().Cut(day.EndOf())
	s := req.Snapshot.Stats(end)
	curve := req.Snapshot.Curve()
	for len(curve) > 0 && curve[len(curve)-1].At.After(day.EndOf()) {
		curve = curve[:len(curve)-1]
	}
	on := "on " + english.Date(day)
	if req.Snapshot.Extent().Beyond(day.EndOf()) {
		on = "as known until " + route.Until(req.Snapshot)
	}
	return draw.CardData{Headline: english.ActiveHeadline(s), Sub: english.Reach(s), When: on, Curve: draw.CurveData{Points: points(curve), Until: end}}, nil
}

func agencyCard(req *request) (draw.CardData, error) {
	id, err := pictured(req)
	if err != nil {
		return draw.CardData{}, err
	}
	a := req.Snapshot.Agency(id)
	if a == nil || len(a.Spellings) == 0 {
		return draw.CardData{}, route.NotFound("There is no such agency.")
	}
	h, active := req.Snapshot.HoldingsOf(id), map[roster.Model]bool{}
	for _, r := range h.Active {
		active[r.Now().Model] = true
	}
	var models []string
	for _, m := range roster.Models() {
		if active[m] {
			models = append(models, m.Name())
			delete(active, m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(active)) { // models that are none of the three
		models = append(models, m.Name())
	}
	now := a.Spellings[len(a.Spellings)-1]
	sub := now.State.Name() + " · no active 287(g) agreement"
	if len(models) > 0 {
		sub = now.State.Name() + " · active 287(g) agreements: " + strings.Join(models, ", ")
	}
	if pending := len(h.Pending); pending > 0 {
		sub += " · " + english.Thousands(pending) + " pending"
	}
	return draw.CardData{Headline: now.Name, Sub: sub, When: "as of " + route.Until(req.Snapshot)}, nil
}
