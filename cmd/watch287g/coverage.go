package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// coverageColumns says what the columns of the table count.
const coverageColumns = `COUNTIES, RESIDENTS: where the sheriff or another county agency has an active agreement.
JEM, TFM, WSO: counties where it has one in that model; a county can be among several.
MUNICIPAL: counties where an agency of a town or a constable has one; they can be among those, too.
STATEWIDE, NOT PLACED: agreements of agencies of the whole state, and of those whose county is not known.`

// printCoverage prints which counties are covered: for people by state, for programs
// as the API does, or by county.
func (a *app) printCoverage(snap *snapshot.Agreements, at time.Time, format string) error {
	_, listed := snap.InForce(at)[roster.ListParticipating]
	switch {
	case format == "json":
		return console.JSON(a.stdout, snap.CoverageReport(at, ""))
	case format == "csv" && !listed:
		return errors.New("no list of active agreements of that time is known, so that nothing is known of any county")
	case format == "csv":
		return export.Coverage(a.stdout, export.CSV, nil, snap.CountiesAt(at)) //nolint:wrapcheck // it says itself what it is about
	case snap.Extent().Empty():
		fmt.Fprintln(a.stdout, prose.English.Unread())
		return nil
	case !listed:
		fmt.Fprintln(a.stdout, "No participating list of that time is known, so that nothing is known of any county.")
		return nil
	}
	c := snap.Coverage(at)
	fmt.Fprintln(a.stdout, prose.English.Coverage(c.Nation, place.ResidentsDate, at, at.Before(snap.KnownUntil())))
	if ends := recordEndNote(snap, at); ends != "" {
		fmt.Fprintln(a.stdout, ends)
	}
	fmt.Fprintln(a.stdout, coverageColumns)
	fmt.Fprintln(a.stdout)
	t := console.NewTable(a.stdout, "STATE", "COUNTIES", "RESIDENTS", "JEM", "TFM", "WSO", "MUNICIPAL", "STATEWIDE", "NOT PLACED")
	for _, s := range append(c.States, c.Nation) {
		if s.Agreements.Active == 0 {
			continue
		}
		name := s.State.Name()
		if s.State == "" {
			name = "50 states and D.C."
		}
		by := s.Covered.ByModel
		t.Row(name, prose.English.CoveredOf(s), prose.English.LivingShare(s), strconv.Itoa(by[roster.JEM]), strconv.Itoa(by[roster.TFM]), strconv.Itoa(by[roster.WSO]),
			strconv.Itoa(s.Municipal.Counties), strconv.Itoa(s.Agreements.Statewide), strconv.Itoa(s.Agreements.NotPlaced))
	}
	return t.Flush()
}
