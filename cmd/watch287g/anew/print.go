package anew

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/roster"
)

// printer prints until that fails.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) sayf(format string, args ...any) {
	if p.err == nil {
		if _, err := fmt.Fprintf(p.out, format, args...); err != nil {
			p.err = fmt.Errorf("printing it: %w", err)
		}
	}
}

func (p *printer) report(r rebuild.Report, differs bool) {
	p.sayf("%s gone through", counted(r.Publications, "publication was", "publications were"))
	if r.Past > 0 {
		p.sayf(", and %s new from the past captures", counted(r.Past, "one is", "are"))
	}
	p.sayf(". %s as stored.\n", counted(r.Changes.Kept, "change comes out", "changes come out"))
	for _, why := range r.Skipped {
		p.sayf("left out: %s\n", roster.Clean(why))
	}
	if !differs {
		p.sayf("Nothing differs.\n")
		return
	}
	d := r.Changes
	p.sayf("Changes: %d added, %d taken back, %d altered", len(d.Added), len(d.Gone), len(d.Altered))
	if n := len(d.Again); n > 0 {
		p.sayf(", %d stand again that an earlier rebuild took back", n)
	}
	p.sayf(".\n")
	p.things("Agencies", r.Agencies)
	p.things("Agreements and pending entries", r.Agreements)
	for _, v := range r.Verdicts {
		p.sayf("Publication %d, %s, is %s now; it was %s.\n", v.Publication.Seq, roster.Clean(v.Publication.File), v.Publication.Verdict, v.Was)
	}
	for _, h := range r.Moot {
		p.sayf("%s, which the operator %s, was not held this time.\n", h.ID, h.State)
	}
	if r.Deliveries > 0 {
		p.sayf("%s less now.\n", counted(r.Deliveries, "message that waits says", "messages that wait say"))
	}
	p.changes(d)
}

// things says how many are no longer what they were, with their ids.
func (p *printer) things(what string, t rebuild.Things) {
	p.sayf("%s: %d added, %d gone, %d altered.\n", what, len(t.Added), len(t.Gone), len(t.Altered))
	for _, id := range t.Added {
		p.sayf("  + %s\n", id)
	}
	for _, id := range t.Gone {
		p.sayf("  - %s\n", id)
	}
}

// changes lists those that came out otherwise, in the order of their numbers.
func (p *printer) changes(d rebuild.Differences) {
	type line struct {
		sign   string
		change roster.Change
		fields []string
	}
	var lines []line
	for sign, all := range map[string][]roster.Change{"+": d.Added, "-": d.Gone, "=": d.Again} {
		for _, c := range all {
			lines = append(lines, line{sign: sign, change: c})
		}
	}
	for _, a := range d.Altered {
		lines = append(lines, line{"~", a.Now, a.Fields})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.change.Seq) - int(b.change.Seq) }) //nolint:gosec // far below
	for _, l := range lines {
		c := l.change
		p.sayf("%s %s %s %s: %s", l.sign, c.ID, roster.Day(c.DetectedAt), c.Kind, roster.Clean(c.Text))
		if len(l.fields) > 0 {
			p.sayf(" (%s)", strings.Join(l.fields, ", "))
		}
		p.sayf("\n")
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
