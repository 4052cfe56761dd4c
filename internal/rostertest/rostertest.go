// Package rostertest makes up agreements, and rows of lists as evidence for them.
package rostertest

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Agreement returns an agreement whose ids follow from its parts. A signed one has an
// MOA.
func Agreement(state roster.State, agency, county string, typ roster.Type, model roster.Model, signed roster.Date) roster.Agreement {
	id := string(state) + "-" + roster.Slug(agency)
	a := roster.Agreement{ID: id + "#" + string(model) + "#" + string(signed), AgencyID: id, State: state, Agency: agency,
		County: county, Type: typ, Model: model, Signed: signed}
	if signed != "" {
		a.MOA = "https://www.ice.gov/doclib/287gMOA/" + roster.Slug(agency) + ".pdf"
	}
	return a
}

// Evidence returns a row of a list that was published at that time, in a file named
// after the day.
func Evidence(list roster.List, published time.Time, row int) roster.Evidence {
	file := string(list) + "Agencies" + published.In(roster.Washington()).Format("01022006") + "pm.xlsx"
	sum := sha256.Sum256([]byte(file))
	return roster.Evidence{List: list, File: file, SHA256: hex.EncodeToString(sum[:]), Row: row,
		URL: "https://www.ice.gov/doclib/about/offices/ero/287g/" + file, PublishedAt: published}
}
