package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type listCmd struct {
	agreementFlags `embed:""`
	AsOf           string   `help:"As of then: a day in Washington (its end), or an RFC 3339 time; now if left out." placeholder:"T"`
	Status         []string `help:"active, pending or ended; active and pending if left out." enum:"active,pending,ended" placeholder:"active"`
	Format         string   `help:"table, csv, json or geojson." enum:"table,csv,json,geojson" default:"table"`
}

// Run prints the agreements and pending entries that the flags choose.
func (c listCmd) Run(ctx context.Context, a *app) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	at, err := asOf(c.AsOf, a.now())
	if err != nil {
		return err
	}
	return a.withKnownStore(func(s store.Store) error {
		standings, err := s.Standings(ctx, at)
		if err != nil {
			return fmt.Errorf("reading the agreements: %w", err)
		}
		chosen := slices.DeleteFunc(standings, func(st roster.Standing) bool {
			return !c.wants(st.Status) || !filter.MatchAgreement(st.Agreement)
		})
		sortStandings(chosen)
		return printStandings(a.stdout, c.Format, chosen)
	})
}

// asOf reads --as-of; a day means its end.
func asOf(s string, now time.Time) (time.Time, error) {
	at, err := moment("as-of", s, true)
	if at.IsZero() {
		at = now
	}
	return at, err
}

func (c listCmd) wants(s roster.Status) bool {
	if len(c.Status) == 0 {
		return s != roster.Ended
	}
	return slices.Contains(c.Status, string(s))
}

func sortStandings(all []roster.Standing) {
	slices.SortFunc(all, func(a, b roster.Standing) int {
		return cmp.Or(cmp.Compare(a.State.Name(), b.State.Name()), cmp.Compare(roster.Fold(a.Agency), roster.Fold(b.Agency)),
			cmp.Compare(a.Model, b.Model), cmp.Compare(a.ID, b.ID))
	})
}

func printStandings(out io.Writer, format string, all []roster.Standing) error {
	switch format {
	case "json":
		return printJSON(out, append([]roster.Standing{}, all...)) // none is [], not null
	case "geojson":
		return printJSON(out, geoJSON(all))
	case "csv":
		return standingsCSV(out, all)
	}
	t := newTable(out, "STATE", "AGENCY", "COUNTY", "MODEL", "STATUS", "SIGNED", "LISTED SINCE")
	for _, s := range all {
		since := string(roster.Day(s.Since))
		if s.Baseline {
			since += " or before"
		}
		t.row(string(s.State), s.Agency, s.County, string(s.Model), string(s.Status), string(s.Signed), since)
	}
	return t.flush()
}

func printJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

func standingsCSV(out io.Writer, all []roster.Standing) error {
	t := newCSV(out, "id", "agency_id", "state", "agency", "county", "county_fips", "type", "model", "status", "signed",
		"since", "until", "pending_since", "rows", "moa_url", "addendum_url")
	for _, s := range all {
		place, _ := s.Place()
		t.row(s.ID, s.AgencyID, string(s.State), s.Agency, s.County, place.FIPS, string(s.Type), string(s.Model), string(s.Status),
			string(s.Signed), rfc3339(s.Since), rfc3339(s.Until), rfc3339(s.PendingSince), strconv.Itoa(1+s.Doubles), s.MOA, s.Addendum)
	}
	return t.flush()
}

// The shapes of RFC 7946 that a list needs.
type (
	featureCollection struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}
	feature struct {
		Type       string     `json:"type"`
		ID         string     `json:"id"`
		Geometry   *point     `json:"geometry"` // null where no county is named
		Properties properties `json:"properties"`
	}
	point struct {
		Type        string     `json:"type"`
		Coordinates [2]float64 `json:"coordinates"`
	}
	properties struct {
		roster.Standing
		FIPS string `json:"county_fips,omitempty"`
	}
)

// geoJSON puts each agreement in the middle of its county.
func geoJSON(all []roster.Standing) featureCollection {
	fc := featureCollection{Type: "FeatureCollection", Features: []feature{}}
	for _, s := range all {
		f := feature{Type: "Feature", ID: s.ID, Properties: properties{Standing: s}}
		if place, ok := s.Place(); ok {
			f.Geometry = &point{"Point", [2]float64{place.Lon, place.Lat}}
			f.Properties.FIPS = place.FIPS
		}
		fc.Features = append(fc.Features, f)
	}
	return fc
}
