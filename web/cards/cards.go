// Package cards says what the pictures show that other sites put beside a link to a
// page, and describes them for those who do not see them.
package cards

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

const english = prose.English

// Nation is the card of the whole country.
func Nation(snap *snapshot.Snapshot) draw.CardData {
	if snap.Extent().Empty() { // the front page is there, and names its picture
		return draw.CardData{Headline: "287(g) agreements with ICE", Sub: english.Unread()}
	}
	s := snap.CurrentStats()
	return draw.CardData{Headline: english.ActiveHeadline(s), Sub: english.Reach(s), When: asOf(snap), Curve: curve(snap.Curve(), snap.KnownUntil())}
}

// State is the card of a state's page.
func State(snap *snapshot.Snapshot, state roster.State) draw.CardData {
	if snap.Extent().Empty() {
		return draw.CardData{Headline: state.Name() + ": 287(g) agreements with ICE", Sub: english.Unread()}
	}
	s := snap.CurrentStats()
	here := s.ByState[state]
	in := func(a roster.Agreement) bool { return a.State == state }
	return draw.CardData{Headline: state.Name() + ": " + english.Active287g(here.Active), Sub: english.PendingBrief(s, here.Pending) + ", according to ICE",
		When: asOf(snap), Curve: curve(snap.CurveOf(in), snap.KnownUntil())}
}

// Day is the card of a day's page.
func Day(snap *snapshot.Snapshot, day roster.Date) draw.CardData {
	end := snap.Extent().Cut(day.EndOf())
	s := snap.Stats(end)
	history := snap.Curve()
	for len(history) > 0 && history[len(history)-1].At.After(day.EndOf()) {
		history = history[:len(history)-1]
	}
	on := "on " + english.Date(day)
	if snap.Extent().Beyond(day.EndOf()) {
		on = "as known until " + route.Until(snap)
	}
	return draw.CardData{Headline: english.ActiveHeadline(s), Sub: english.Reach(s), When: on, Curve: curve(history, end)}
}

// County is the card of a county's page, with where it is.
func County(snap *snapshot.Snapshot, b *draw.Borders, c *places.County) draw.CardData {
	d := draw.CardData{Headline: c.Title + ": 287(g) agreements with ICE", Sub: english.Unread(), Map: draw.CardMap{Borders: b, State: c.State, County: c.FIPS}}
	if snap.Extent().Empty() {
		return d
	}
	d.Headline = c.Title + ": " + english.Active287g(c.Agreements())
	d.Sub, d.When = english.PendingBrief(snap.CurrentStats(), len(c.Pending))+", according to ICE", asOf(snap)
	return d
}

// Agency is the card of an agency's page, with where it is. The agency must be known.
func Agency(snap *snapshot.Snapshot, b *draw.Borders, a *roster.Agency) draw.CardData {
	h, active := snap.HoldingsOf(a.ID), map[roster.Model]bool{}
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
		sub += " · " + english.PendingShort(pending)
	}
	d := draw.CardData{Headline: now.Name, Sub: sub + " · according to ICE", When: asOf(snap)}
	if len(snap.RecordsOf(a.ID)) > 0 {
		latest := snap.Latest(a.ID)
		d.Map = draw.CardMap{Borders: b, State: latest.State, County: county(snap, latest)}
	}
	return d
}

// Change is the card of a change's page, with where it happened, and first of all with
// what took it back.
func Change(snap *snapshot.Snapshot, b *draw.Borders, c roster.Change) draw.CardData {
	d := draw.CardData{Headline: english.Title(c), Sub: english.PlaceWords("card.source", 0, map[string]string{"list": english.Published(c.Publication)}), When: english.PlaceWords("card.detected", 0, map[string]string{"date": english.Day(c.DetectedAt)})}
	if by, ok := snap.CorrectedBy(c); ok {
		if said := Corrected(by); by.Corrects != "" { // what is not true is not said without it
			d.Headline = said + " " + d.Headline
		} else {
			d.Sub = said + " " + d.Sub
		}
	}
	if c.National() {
		return d
	}
	fips := ""
	if c.Kind != roster.KindMilestone {
		fips = county(snap, c.Agreement)
	}
	d.Map = draw.CardMap{Borders: b, State: c.Agreement.State, County: fips}
	return d
}

// Corrected says when, and by whom, what was said of a change was put right by a later
// one.
func Corrected(by roster.Change) string {
	what := "card.amended"
	if by.Corrects != "" {
		what = "card.corrected"
	}
	return english.PlaceWords(what, 0, map[string]string{"date": english.Day(by.DetectedAt)})
}

// Alt describes a card in words. The curve is left out: it is how the number grew.
func Alt(d draw.CardData) string {
	all := []string{strings.TrimSuffix(d.Headline, "."), strings.TrimSuffix(d.Sub, ".")}
	if d.When != "" {
		all[1] += ", " + d.When
	}
	if m := d.Map; m.State != "" {
		what, words := "card.state", map[string]string{"state": english.InSentence(m.State)}
		if county, ok := place.ByFIPS(m.County); ok {
			what, words["county"] = "outline", english.County(county)
		}
		all = append(all, strings.TrimSuffix(english.PlaceWords(what, 0, words), "."))
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), ". ") + "."
}

// county is the FIPS code of the one that an agency is printed as being in; "" where
// that is not known, and of one of the whole state.
func county(snap *snapshot.Snapshot, a roster.Agreement) string {
	if english.CountyOf(a) == "" {
		return ""
	}
	return snap.Locate(a).County()
}

func asOf(snap *snapshot.Snapshot) string { return "as of " + route.Until(snap) }

func curve(history []snapshot.Point, until time.Time) draw.CurveData {
	d := draw.CurveData{Until: until}
	for _, p := range history {
		d.Points = append(d.Points, draw.Point(p))
	}
	return d
}
