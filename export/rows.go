package export

import (
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// agreement is an agreement as JSON has it.
type agreement struct {
	roster.AgreementAt
	county
	origin
}

// change is a change as JSON has it: in the shape that webhooks and the API have.
type change struct {
	roster.Change
	License string `json:"licence,omitempty"`
	place   county
}

// Locate finds out where the agency of an agreement is.
type Locate func(roster.Agreement) place.Location

// county is where an agreement is; its code is "" where that is not known, and for
// an agency of the whole state.
type county struct {
	FIPS   string `json:"county_fips,omitempty"`
	Others string `json:"other_county_fips,omitempty"` // separated by spaces
	Name   string `json:"county_name,omitempty"`
	By     string `json:"placed_by,omitempty"` // place.Basis
	middle *point
}

func (locate Locate) countyOf(a roster.Agreement) county {
	at := locate(a)
	c := county{By: string(at.By)}
	if found, ok := place.ByFIPS(at.County()); ok {
		c.FIPS, c.Name, c.middle = found.FIPS, found.FullName(), &point{"Point", [2]float64{found.Lon, found.Lat}}
		c.Others = strings.Join(at.Counties[1:], " ")
	}
	return c
}

// origin is what a row says of itself in a file that has no place for an About.
type origin struct {
	SHA256  string `json:"source_sha256,omitempty"` // of the list in force that names it; "" once none does
	License string `json:"licence,omitempty"`
}

// agreementColumns are the columns of agreements. Programs read them by their
// names and places: new ones go to the end.
func agreementColumns() []column[agreement] {
	type row = *agreement
	return []column[agreement]{
		{"id", 46, true, func(a row) any { return a.ID }},
		{"agency_id", 38, true, func(a row) any { return a.AgencyID }},
		{"state", 7, false, func(a row) any { return string(a.State) }},
		{"agency", 44, false, func(a row) any { return a.Agency }},
		{"county", 22, false, func(a row) any { return a.County }},
		{"county_fips", 13, false, func(a row) any { return a.FIPS }},
		{"type", 13, false, func(a row) any { return string(a.Type) }},
		{"model", 9, false, func(a row) any { return string(a.Model) }},
		{"status", 10, false, func(a row) any { return string(a.Status) }},
		{"signed", 12, false, func(a row) any { return a.Signed }},
		{"since", 20, false, func(a row) any { return a.Since }},
		{"until", 20, false, func(a row) any { return a.Until }},
		{"pending_since", 20, false, func(a row) any { return a.PendingSince }},
		{"rows", 7, false, func(a row) any { return 1 + a.Duplicates }}, // of ICE's list that name it
		{"moa_url", 50, false, func(a row) any { return link(a.MOA) }},
		{"addendum_url", 30, false, func(a row) any { return link(a.Addendum) }},
		{"baseline", 10, false, func(a row) any { return a.Baseline }}, // whether since is a "not later than"
		{"county_name", 22, false, func(a row) any { return a.Name }},
		{"other_county_fips", 18, false, func(a row) any { return a.Others }}, // where the town or the agency is in several
		{"placed_by", 12, false, func(a row) any { return a.By }},
	}
}

func agreementOrigin() []column[agreement] {
	return []column[agreement]{
		{name: "source_sha256", value: func(a *agreement) any { return a.SHA256 }},
		{name: "licence", value: func(a *agreement) any { return a.License }},
	}
}

// changeColumns are the columns of changes; here, too, new ones go to the end.
func changeColumns() []column[change] {
	type row = *change
	return []column[change]{
		{"id", 28, true, func(c row) any { return c.ID }},
		{"seq", 8, true, func(c row) any { return int(c.Seq) }},
		{"kind", 11, false, func(c row) any { return string(c.Kind) }},
		{"detected_at", 20, false, func(c row) any { return c.DetectedAt }},
		{"state", 7, false, func(c row) any { return string(c.Agreement.State) }},
		{"agency", 44, false, func(c row) any { return c.Agreement.Agency }},
		{"agency_id", 38, true, func(c row) any { return c.Agreement.AgencyID }},
		{"county", 22, false, func(c row) any { return c.Agreement.County }},
		{"type", 13, false, func(c row) any { return string(c.Agreement.Type) }},
		{"model", 9, false, func(c row) any { return string(c.Agreement.Model) }},
		{"signed", 12, false, func(c row) any { return c.Agreement.Signed }},
		{"pending_since", 15, false, func(c row) any { return c.PendingSince }},
		{"listed_since", 14, false, func(c row) any { return c.ListedSince }},
		{"certainty", 11, false, func(c row) any { return string(c.Certainty) }},
		{"fields", 50, false, func(c row) any { return amendments(c.Fields) }},
		{"takes_back", 28, true, func(c row) any { return c.Corrects }},
		{"moa_url", 50, false, func(c row) any { return link(c.Agreement.MOA) }},
		{"agreement_id", 46, true, func(c row) any { return c.Agreement.ID }},
		{"list", 14, false, func(c row) any { return string(c.Publication.List) }},
		{"file", 38, false, func(c row) any { return c.Publication.File }},
		{"sha256", 66, true, func(c row) any { return c.Publication.SHA256 }},
		{"row", 7, false, func(c row) any { return c.Publication.Row }}, // 0 where the news is that there is none
		{"published_at", 20, false, func(c row) any { return c.Publication.PublishedAt }},
		{"text", 100, false, func(c row) any { return c.Text }},
		{"county_fips", 13, false, func(c row) any { return c.place.FIPS }},
		{"at_least", 10, false, func(c row) any { return c.SinceIsLowerBound }}, // whether pending_since or listed_since is a "not later than"
		{"county_name", 22, false, func(c row) any { return c.place.Name }},
		{"other_county_fips", 18, false, func(c row) any { return c.place.Others }},
		{"placed_by", 12, false, func(c row) any { return c.place.By }},
	}
}

// changeOrigin is shorter than that of agreements: a change names its publication
// anyway.
func changeOrigin() []column[change] {
	return []column[change]{{name: "licence", value: func(c *change) any { return c.License }}}
}

// amendments says in one cell what was amended.
func amendments(fields []roster.Field) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.Name + ": " + f.From + " → " + f.To)
	}
	return b.String()
}
