package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/export"
)

type listCmd struct {
	agreementFlags `embed:""`
	AsOf           string   `help:"As of then: a day in Washington (its end), or an RFC 3339 time; now if left out." placeholder:"T"`
	Status         []string `help:"active, pending or ended; active and pending if left out." enum:"active,pending,ended" placeholder:"active"`
	Format         string   `help:"table, csv, json, geojson or xlsx (a workbook, for a file)." enum:"table,csv,json,geojson,xlsx" default:"table"`
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
	if format != "table" {
		return exported(out, format, all, export.Agreements)
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

// exported prints rows in a format that the site's downloads have, too.
func exported[T any](out io.Writer, format string, rows []T,
	write func(io.Writer, export.Format, *export.About, []T) error) error {
	f := export.Format(format)
	if f == export.XLSX && isTerminal(out) {
		return usageError{errors.New("a workbook is nothing to read on a terminal; send it to a file, as in --format xlsx >287g.xlsx")}
	}
	return write(out, f, nil, rows)
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
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
