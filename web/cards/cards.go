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

// Nation is the card of the whole country.
func Nation(l prose.Language, snap *snapshot.Snapshot) draw.CardData {
	if snap.Extent().Empty() { // the front page is there, and names its picture
		return draw.CardData{Language: l, Headline: l.Say("page.card.none"), Sub: l.Unread()}
	}
	s := snap.CurrentStats()
	return draw.CardData{Language: l, Headline: l.ActiveHeadline(s), Sub: l.Reach(s), When: asOf(l, snap), Curve: curve(snap.Curve(), snap.KnownUntil())}
}

// State is the card of a state's page.
func State(l prose.Language, snap *snapshot.Snapshot, state roster.State) draw.CardData {
	if snap.Extent().Empty() {
		return draw.CardData{Language: l, Headline: l.Say("page.card.of", "place", l.State(state), "said", l.Say("page.card.none")), Sub: l.Unread()}
	}
	s := snap.CurrentStats()
	here := s.ByState[state]
	in := func(a roster.Agreement) bool { return a.State == state }
	return draw.CardData{Language: l, Headline: l.Say("page.card.of", "place", l.State(state), "said", l.Active287g(here.Active)), Sub: l.Say("page.card.by-ice", "said", l.PendingBrief(s, here.Pending)),
		When: asOf(l, snap), Curve: curve(snap.CurveOf(in), snap.KnownUntil())}
}

// Day is the card of a day's page.
func Day(l prose.Language, snap *snapshot.Snapshot, day roster.Date) draw.CardData {
	end := snap.Extent().Cut(day.EndOf())
	s := snap.Stats(end)
	history := snap.Curve()
	for len(history) > 0 && history[len(history)-1].At.After(day.EndOf()) {
		history = history[:len(history)-1]
	}
	on := l.Say("page.card.on", "date", l.Date(day))
	if snap.Extent().Beyond(day.EndOf()) {
		on = l.Say("page.card.until", "moment", route.Until(l, snap))
	}
	return draw.CardData{Language: l, Headline: l.ActiveHeadline(s), Sub: l.Reach(s), When: on, Curve: curve(history, end)}
}

// County is the card of a county's page, with where it is.
func County(l prose.Language, snap *snapshot.Snapshot, b *draw.Borders, c *places.County) draw.CardData {
	d := draw.CardData{Language: l, Headline: l.Say("page.card.of", "place", c.Title, "said", l.Say("page.card.none")), Sub: l.Unread(), Map: draw.CardMap{Borders: b, State: c.State, County: c.FIPS}}
	if snap.Extent().Empty() {
		return d
	}
	d.Headline = l.Say("page.card.of", "place", c.Title, "said", l.Active287g(c.Agreements()))
	d.Sub, d.When = l.Say("page.card.by-ice", "said", l.PendingBrief(snap.CurrentStats(), len(c.Pending))), asOf(l, snap)
	return d
}

// Agency is the card of an agency's page, with where it is. The agency must be known.
func Agency(l prose.Language, snap *snapshot.Snapshot, b *draw.Borders, a *roster.Agency) draw.CardData {
	h, active := snap.HoldingsOf(a.ID), map[roster.Model]bool{}
	for _, r := range h.Active {
		active[r.Now().Model] = true
	}
	var models []string
	for _, m := range roster.Models() {
		if active[m] {
			models = append(models, l.Model(m))
			delete(active, m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(active)) { // models that are none of the three
		models = append(models, l.Model(m))
	}
	now := a.Spellings[len(a.Spellings)-1]
	sub := l.State(now.State) + " · " + l.Say("page.card.no-agreement")
	if len(models) > 0 {
		sub = l.State(now.State) + " · " + l.Say("page.card.agreements", "models", strings.Join(models, ", "))
	}
	if pending := len(h.Pending); pending > 0 {
		sub += " · " + l.PendingShort(pending)
	}
	d := draw.CardData{Language: l, Headline: now.Name, Sub: sub + " · " + l.Say("page.card.source"), When: asOf(l, snap)}
	if len(snap.RecordsOf(a.ID)) > 0 {
		latest := snap.Latest(a.ID)
		d.Map = draw.CardMap{Borders: b, State: latest.State, County: county(l, snap, latest)}
	}
	return d
}

// Change is the card of a change's page, with where it happened, and first of all with
// what took it back.
func Change(l prose.Language, snap *snapshot.Snapshot, b *draw.Borders, c roster.Change) draw.CardData {
	d := draw.CardData{Language: l, Headline: l.Title(c), Sub: l.PlaceWords("card.source", 0, map[string]string{"list": l.Source(c)}), When: l.PlaceWords("card.detected", 0, map[string]string{"date": l.Day(c.DetectedAt)})}
	if by, ok := snap.CorrectedBy(c); ok {
		if said := Corrected(l, by); by.Corrects != "" { // what is not true is not said without it
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
		fips = county(l, snap, c.Agreement)
	}
	d.Map = draw.CardMap{Borders: b, State: c.Agreement.State, County: fips}
	return d
}

// Corrected says when, and by whom, what was said of a change was put right by a later
// one.
func Corrected(l prose.Language, by roster.Change) string {
	what := "card.amended"
	if by.Corrects != "" {
		what = "card.corrected"
	}
	return l.PlaceWords(what, 0, map[string]string{"date": l.Day(by.DetectedAt)})
}

// Alt describes a card in words. The curve is left out: it is how the number grew.
func Alt(l prose.Language, d draw.CardData) string {
	all := []string{strings.TrimSuffix(d.Headline, "."), strings.TrimSuffix(d.Sub, ".")}
	if d.When != "" {
		all[1] += ", " + d.When
	}
	if m := d.Map; m.State != "" {
		what, words := "card.state", map[string]string{"state": l.InSentence(m.State)}
		if county, ok := place.ByFIPS(m.County); ok {
			what, words["county"] = "outline", l.County(county)
		}
		all = append(all, strings.TrimSuffix(l.PlaceWords(what, 0, words), "."))
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), ". ") + "."
}

// county is the FIPS code of the one that an agency is printed as being in; "" where
// that is not known, and of one of the whole state.
func county(l prose.Language, snap *snapshot.Snapshot, a roster.Agreement) string {
	if l.CountyOf(a) == "" {
		return ""
	}
	return snap.Locate(a).County()
}

func asOf(l prose.Language, snap *snapshot.Snapshot) string {
	return l.Say("page.card.as-of", "moment", route.Until(l, snap))
}

func curve(history []snapshot.Point, until time.Time) draw.CurveData {
	d := draw.CurveData{Until: until}
	for _, p := range history {
		d.Points = append(d.Points, draw.Point(p))
	}
	return d
}
