package pages

import (
	"slices"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/table"
)

// changeData is what the page about one change shows.
type changeData struct {
	roster.Change
	Fields      []fieldLine
	Entry       bool           // the agreement is an entry of the pending list
	Placed      bool           // it is about one agency, which the page names
	County      string         // that the agency is in, or that it is one of the whole state; "" where that is not known
	FIPS        string         // of that county
	News        *kept.News     // what happened to its document; nil for other kinds
	Rows        []table.Stood  // as ICE printed them, before and then
	Prev, Next  *roster.Change // of the agency
	Corrected   *roster.Change // the earlier one that this one takes back, or that said otherwise
	CorrectedBy *roster.Change // the later one that does so to this one
}

// fieldLine is one field that a change altered. Before and After have addresses
// where they are documents.
type fieldLine struct {
	Name, Before, After string
	BeforeURL, AfterURL string
}

// changePage shows one change with its evidence, for good.
func changePage(req *request) (*response, error) {
	c, ok := req.Snapshot.Change(req.PathValue("id"))
	if !ok {
		return nil, route.Missing(req.Language, "page.problem.no-change")
	}
	d := changeData{Change: c, Entry: c.Publication.List == roster.ListPending, Placed: placed(c)}
	for _, f := range c.Fields {
		d.Fields = append(d.Fields, fieldInWords(req.Language, f))
	}
	if earlier, ok := req.Snapshot.Corrected(c); ok {
		d.Corrected = &earlier
	}
	if later, ok := req.Snapshot.CorrectedBy(c); ok {
		d.CorrectedBy = &later
	}
	if c.Document != nil {
		d.News = req.Documents.News(req.Language, *c.Document)
	}
	if d.Placed {
		if err := req.addAgencyOf(&d); err != nil {
			return nil, err
		}
	}
	description := req.Language.TextOf(c)
	if d.CorrectedBy != nil {
		description = cards.Corrected(req.Language, *d.CorrectedBy) + " " + description
	}
	if c.TakenBack {
		description = req.Language.Say("page.change.taken-back-said") + " " + description
	}
	p := &page{Template: "change", Title: req.Language.Title(c), Description: description,
		Path: route.ChangeURL(c.ID), Picture: "/pictures" + route.ChangeURL(c.ID) + ".png", Shows: cards.Change(req.Language, req.Snapshot, req.set.borders, c), Data: d,
		Crumbs: req.trail(linkTo(req.Language.Say("page.frame.changes"), "/changes"), linkTo(req.Language.Day(c.DetectedAt), route.DayURL(roster.Day(c.DetectedAt))), linkTo(req.Language.Kind(c.Kind), route.ChangeURL(c.ID)))}
	if d.Placed {
		p.Filter = roster.Filter{Agencies: []string{c.Agreement.AgencyID}}
	}
	p.Published, p.Modified = c.DetectedAt, c.DetectedAt
	if d.CorrectedBy != nil {
		p.Modified = d.CorrectedBy.DetectedAt
	}
	p.Linked = []any{linked.NewArticle(req.Language, c, linked.ArticleData{Site: req.Base, Description: description, Image: req.Base + p.Picture, Later: d.CorrectedBy, Placed: d.Placed})}
	return req.render(p)
}

// addAgencyOf adds where the agency of a change is, how ICE printed its row, and what
// happened to it before and after.
func (req *request) addAgencyOf(d *changeData) (err error) {
	a := d.Agreement
	at := req.Snapshot.Locate(a)
	if d.County = req.Language.CountyOf(a); d.County != "" {
		d.FIPS = at.County()
	} else if at.By == place.Statewide {
		d.County = req.Language.Column("statewide")
	}
	if d.Rows, err = table.Behind(req.Context(), req.Language, req.Snapshot, req.set.options.Roster, d.Change); err != nil {
		return err
	}
	all := req.Snapshot.ChangesOf(a.AgencyID)
	i := slices.IndexFunc(all, func(c roster.Change) bool { return c.ID == d.ID })
	if i > 0 {
		d.Prev = &all[i-1]
	}
	if i >= 0 && i+1 < len(all) {
		d.Next = &all[i+1]
	}
	return nil
}

// placed says whether a change is about one agency. Of the milestones, the firsts
// are; the others only happened as that agency's agreement was listed.
func placed(c roster.Change) bool {
	if c.Agreement.AgencyID == "" {
		return false
	}
	if c.Milestone == nil {
		return true
	}
	switch c.Milestone.Name {
	case roster.FirstInState, roster.FirstInModel, roster.FirstOfType:
		return true
	}
	return false
}

// fieldInWords puts a field's two sides into words.
func fieldInWords(l prose.Language, f roster.Field) fieldLine {
	return fieldLine{l.Field(f.Name), l.FieldValue(f.Name, f.From), l.FieldValue(f.Name, f.To),
		l.FieldLink(f.Name, f.From), l.FieldLink(f.Name, f.To)}
}
