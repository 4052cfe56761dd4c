package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

type listCmd struct {
	agreementFlags `embed:""`
	AsOf           string          `help:"As of then: a day in Washington (its end), or an RFC 3339 time; the last moment known if left out or later." placeholder:"T"`
	Status         []roster.Status `help:"active, pending or ended; active and pending if left out." enum:"active,pending,ended" placeholder:"active"`
	Format         string          `help:"table, csv, json, geojson or xlsx (a workbook, for a file)." enum:"table,csv,json,geojson,xlsx" default:"table"`
}

// Run prints the agreements and pending entries that the flags choose.
func (c listCmd) Run(ctx context.Context, a *app) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	return a.withAgreements(ctx, c.AsOf, func(snap *snapshot.Agreements, at, asked time.Time) error {
		return a.printAgreements(c.Format, snap.Select(at, filter, c.Status...), snap, at, snap.Extent().Beyond(asked))
	})
}

// printAgreements prints what stood at a moment. Where that is not the one that was
// asked for, it is said: beside the rows, which are for programs, or below them.
func (a *app) printAgreements(format string, all []roster.AgreementAt, snap *snapshot.Agreements, at time.Time, later bool) error {
	if format != "table" {
		if later && !snap.Extent().Empty() {
			fmt.Fprintf(a.stderr, "What is known ends %s: the list is as of then.\n", stamp(snap.KnownUntil()))
		}
		return exported(a.stdout, format, about(snap, export.Format(format), at), snap.Locate, all, export.Agreements)
	}
	t := console.NewTable(a.stdout, "STATE", "AGENCY", "COUNTY", "MODEL", "STATUS", "SIGNED", "LISTED SINCE")
	for _, s := range all {
		since := string(roster.Day(s.Since))
		if s.Baseline {
			since += " or before"
		}
		t.Row(string(s.State), s.Agency, s.County, string(s.Model), string(s.Status), string(s.Signed), since)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if snap.Extent().Empty() {
		_, err := fmt.Fprintln(a.stdout, prose.English.Unread())
		return err
	}
	_, err := fmt.Fprintln(a.stdout, "\n"+strings.TrimSpace("As of "+stamp(at)+". "+recordEndNote(snap, at)))
	return err
}

// about says what a file holds, in the formats that have a place for it beside the
// rows.
func about(snap *snapshot.Agreements, f export.Format, at time.Time) *export.About {
	if f != export.XLSX && f != export.GeoJSON || snap.Extent().Empty() {
		return nil
	}
	return &export.About{Title: "287(g) agreements, as of " + stamp(at), AsOf: at.UTC(), KnownUntil: snap.KnownUntil().UTC(),
		Made: snap.Newest(), Sources: snap.Sources(at)}
}

// exported prints rows in a format that the site's downloads have, too.
func exported[T any](out io.Writer, format string, about *export.About, locate export.Locate, rows []T,
	write func(io.Writer, export.Format, *export.About, export.Locate, []T) error) error {
	f := export.Format(format)
	if f == export.XLSX && isTerminal(out) {
		return usageError{errors.New("a workbook is nothing to read on a terminal; send it to a file, as in --format xlsx >287g.xlsx")}
	}
	return write(out, f, about, locate, rows)
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
