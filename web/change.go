package web

import (
	"github.com/watch287g/watch287g/roster"
)

// changeData is what the page about one change shows.
type changeData struct {
	roster.Change
	Heading     string
	Fields      []fieldLine
	Entry       bool           // the agreement is an entry of the pending list
	Placed      bool           // it is about one agency, which the page names
	Corrected   *roster.Change // the earlier one that this one takes back, or that said otherwise
	CorrectedBy *roster.Change // the later one that does so to this one
}

// fieldLine is one field that a change altered. Before and After have addresses
// where they are documents.
type fieldLine struct {
	Name, Before, After string
	BeforeURL, AfterURL string
}

// SignedWords says when the agreement was signed.
func (d changeData) SignedWords() string { return signedWords(d.Agreement) }

// changePage shows one change with its evidence, for good.
func changePage(req *request) (*page, error) {
	c, ok := req.snap.Change(req.PathValue("id"))
	if !ok {
		return nil, notFound("No change has this id. Changes are never deleted: the address may have been cut, or come from another site that watches ICE's lists.")
	}
	d := changeData{Change: c, Heading: changeHeading(c), Entry: c.Publication.List == roster.ListPending, Placed: placed(c)}
	for _, f := range c.Fields {
		d.Fields = append(d.Fields, fieldInWords(f))
	}
	if earlier, ok := req.snap.Corrected(c); ok {
		d.Corrected = &earlier
	}
	if later, ok := req.snap.CorrectedBy(c); ok {
		d.CorrectedBy = &later
	}
	description := c.Text
	if d.CorrectedBy != nil {
		description = "Corrected on " + roster.Day(d.CorrectedBy.DetectedAt).Long() + ". " + description
	}
	p := &page{Template: "change", Title: d.Heading + ", " + roster.Day(c.DetectedAt).Long(), Description: description,
		Path: changeURL(c.ID), Data: d}
	if d.Placed {
		p.Filter = roster.Filter{Agencies: []string{c.Agreement.AgencyID}}
		p.Picture = "/pictures" + agencyURL(c.Agreement.AgencyID) + ".png"
	}
	return p, nil
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
	case "first-in-state", "first-in-model", "first-of-type":
		return true
	}
	return false
}

// changeHeading names a change by what happened to whom.
func changeHeading(c roster.Change) string {
	who := c.Agreement.Agency + ", " + c.Agreement.State.Name()
	switch c.Kind {
	case roster.KindNew:
		return "New agreement: " + who
	case roster.KindPending:
		return "Pending: " + who
	case roster.KindRemoved:
		return "No longer listed: " + who
	case roster.KindWithdrawn:
		return "No longer pending: " + who
	case roster.KindRestored:
		return "Correction, listed again: " + who
	case roster.KindAmended:
		return "Correction, listed otherwise: " + who
	case roster.KindDetail:
		return "Changed detail: " + who
	case roster.KindDocument:
		return "Changed document: " + who
	case roster.KindMilestone:
		if c.Corrects != "" {
			return "Correction of a milestone" + milestonePlace(c)
		}
		return "Milestone" + milestonePlace(c)
	}
	return who
}

func milestonePlace(c roster.Change) string {
	switch {
	case c.Milestone == nil || c.Milestone.Name == "hundred" || c.Milestone.Name == "record-day":
		return ": United States"
	case c.Before != nil: // where it was told of, which may be what was wrong
		return ": " + c.Before.State.Name()
	case c.Agreement.State == "":
		return ""
	}
	return ": " + c.Agreement.State.Name()
}

// fieldInWords puts a field's two sides into words.
func fieldInWords(f roster.Field) fieldLine {
	l := fieldLine{Name: fieldName(f.Name), Before: fieldValue(f.Name, f.From), After: fieldValue(f.Name, f.To)}
	if f.Name == "moa_url" || f.Name == "addendum_url" {
		l.BeforeURL, l.AfterURL = webLink(f.From), webLink(f.To)
	}
	return l
}

func fieldName(name string) string {
	switch name {
	case "agency":
		return "Agency"
	case "state":
		return "State"
	case "county":
		return "County"
	case "type":
		return "Kind of agency"
	case "model":
		return "Model"
	case "signed":
		return "Signed"
	case "signed_as":
		return "Signing date as printed"
	case "moa_url":
		return "Agreement's text"
	case "addendum_url":
		return "Addendum"
	case "rows":
		return "Rows of the list"
	}
	return name
}

func fieldValue(name, value string) string {
	switch {
	case value == "":
		return "none given"
	case name == "state":
		return roster.State(value).Name()
	case name == "model":
		return roster.Model(value).Name()
	case name == "type":
		return typeWord(roster.Type(value))
	case name == "signed" && roster.Date(value).Long() != "":
		return roster.Date(value).Long()
	}
	return value
}

// signedWords says when an agreement was signed, or what the list prints instead.
func signedWords(a roster.Agreement) string {
	switch {
	case a.DateKept():
		return a.Signed.Long() + ", according to ICE's earlier lists; the list now prints the date as “" + a.SignedAs + "”"
	case a.Signed != "" && a.SignedAs != "":
		return a.Signed.Long() + ", according to ICE, which prints the date as “" + a.SignedAs + "”"
	case a.Signed != "":
		return a.Signed.Long() + ", according to ICE"
	case a.SignedAs != "":
		return "the list prints “" + a.SignedAs + "”"
	}
	return "the list gives no date"
}
