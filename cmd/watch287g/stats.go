package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

type statsCmd struct {
	AsOf     string `help:"As of then: a day in Washington (its end), or an RFC 3339 time; the last moment known if left out or later." placeholder:"T"`
	Coverage bool   `help:"Instead of agreements, count the counties whose sheriff or other county agency has one, and their residents."`
	Format   string `help:"table or json; with --coverage also csv, which has a row for each county." enum:"table,json,csv" default:"table"`
}

// Run prints the counts.
func (c statsCmd) Run(ctx context.Context, a *app) error {
	if c.Format == "csv" && !c.Coverage {
		return usageError{errors.New("--format csv is for stats --coverage; the agreements as CSV are printed by list")}
	}
	return a.withAgreements(ctx, c.AsOf, func(snap *snapshot.Agreements, at, _ time.Time) error {
		if c.Coverage {
			return a.printCoverage(snap, at, c.Format)
		}
		stats := snap.Stats(at)
		if snap.Extent().Empty() {
			stats.Notes = append(stats.Notes, prose.English.Unread())
		}
		if c.Format == "json" {
			return console.JSON(a.stdout, stats)
		}
		return a.printStats(stats, snap)
	})
}

func (a *app) printStats(s roster.Stats, snap *snapshot.Agreements) error {
	if snap.Extent().Empty() {
		fmt.Fprintln(a.stdout, prose.English.Unread())
		return nil
	}
	fmt.Fprintf(a.stdout, "As of %s: %d active agreements with %d agencies in %d states and territories; %d pending.\n",
		stamp(s.AsOf), s.Active, s.Agencies, s.States, s.Pending)
	if ends := recordEndNote(snap, s.AsOf); ends != "" {
		fmt.Fprintln(a.stdout, ends)
	}
	if s.Duplicates > 0 {
		fmt.Fprintf(a.stdout, "Rows that stand on a list more than once, counted once: %d.\n", s.Duplicates)
	}
	for _, list := range roster.Lists() {
		if p, ok := s.Publications[list]; ok {
			sayf(a.stdout, "The %s list in force is %s of %s.\n", list, p.File, stamp(p.PublishedAt))
		} else {
			fmt.Fprintf(a.stdout, "No %s list of that time is known, so that nothing on it is counted.\n", list)
		}
	}
	for _, n := range s.Notes {
		sayf(a.stdout, "%s\n", n)
	}
	fmt.Fprintln(a.stdout)
	t := console.NewTable(a.stdout, "MODEL", "ACTIVE AGREEMENTS")
	for _, m := range roster.Models() {
		t.Row(m.Name(), strconv.Itoa(s.ByModel[m]))
	}
	for _, m := range slices.Sorted(maps.Keys(s.Others)) {
		t.Row("other: "+m.Name(), strconv.Itoa(s.Others[m]))
	}
	t.Row()
	t.Row("KIND OF AGENCY", "ACTIVE AGREEMENTS")
	for _, kind := range roster.Types() {
		t.Row(string(kind), strconv.Itoa(s.ByType[kind]))
	}
	if n := s.ByType[""]; n > 0 {
		t.Row("not given", strconv.Itoa(n))
	}
	t.Row()
	t.Row("STATE", "ACTIVE AGREEMENTS", "PENDING")
	for _, state := range roster.States() {
		if in, ok := s.ByState[state]; ok {
			t.Row(state.Name(), strconv.Itoa(in.Active), strconv.Itoa(in.Pending))
		}
	}
	return t.Flush()
}
