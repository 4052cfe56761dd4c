package anew

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/rebuild/verify"
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

// announced says what is told of what differs, and where.
func (p *printer) announced(r rebuild.Report, written bool) {
	if len(r.Corrections) == 0 {
		p.sayf("Nothing that was told is wrong, and nothing was missed: there is nothing to announce.\n")
		return
	}
	are, goes := "would be announced", "would go"
	if written {
		are, goes = "are announced", "go"
	}
	p.sayf("%s %s, as entries of the feeds, and to those who signed up for what is corrected:\n", counted(len(r.Corrections), "correction", "corrections"), are)
	for _, c := range r.Corrections {
		p.sayf("! %s\n", roster.Clean(c.Text))
	}
	for _, m := range r.Messages {
		p.sayf("%s %s to %s in one message, due %s.\n", counted(m.Corrections, "correction", "corrections"), goes, m.Channel, m.DueAt.UTC().Format("2006-01-02T15:04:05Z"))
	}
	if len(r.Messages) == 0 {
		p.sayf("No channel gets any of them.\n")
	}
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

// print says whether a change comes out the same, and from what.
func (c Verify) print(out io.Writer, done checked) error {
	r := done.result
	if c.Format == "json" {
		return printJSON(out, struct {
			Change    string         `json:"change"`
			Verdict   verify.Verdict `json:"verdict"`
			Why       string         `json:"why"`
			By        []string       `json:"by"`
			Confirmed []string       `json:"confirmed"`
			Wrong     []verify.Wrong `json:"wrong"`
			Open      []string       `json:"not_confirmed"`
			Old       *roster.Row    `json:"old_row"`
			New       *roster.Row    `json:"new_row"`
		}{done.claim.ID, r.Verdict, r.Why, done.by, r.Confirmed, r.Wrong, r.Open, r.Old, r.New})
	}
	p := printer{out: out}
	if p.sayf("%s\n", said(done.claim.Text)); !slices.Contains(r.Confirmed, "text") {
		p.sayf("(These are the words of whoever tells of it; they are not confirmed.)\n")
	}
	for _, by := range done.by {
		p.sayf("%s\n", roster.Clean(by))
	}
	if !c.Chain {
		p.row("The older list", r.Old)
		p.row("The newer list", r.New)
	}
	switch r.Verdict {
	case verify.Confirmed:
		p.sayf("Confirmed: derived anew, it comes out the same.\n")
	case verify.Refuted:
		p.sayf("Refuted: derived anew, it comes out otherwise.\n")
	case verify.Unknown:
		p.sayf("Not confirmed: %s\n", r.Why)
	}
	for _, w := range r.Wrong {
		p.sayf("  %s: said %s, found %s\n", w.Member, shown(w.Said), shown(w.Found))
	}
	if len(r.Open) > 0 {
		p.sayf("These lists do not tell, and so this does not confirm: %s.\n", strings.Join(r.Open, ", "))
	}
	return p.err
}

// row prints a row as it is printed in a list, as far as that differs from how it is read.
func (p *printer) row(which string, row *roster.Row) {
	if row == nil {
		p.sayf("%s has no such row.\n", which)
		return
	}
	p.sayf("%s, row %d: %s, %s, %s, %s, %s, signed %s, %s\n", which, row.Number, row.State, said(row.Agency), said(row.County), row.Type,
		said(string(row.Model)), row.Signed, said(row.MOA))
	for _, column := range slices.Sorted(maps.Keys(row.Raw)) {
		p.sayf("  %s as printed: %q\n", said(column), said(row.Raw[column]))
	}
}

func shown(v any) string {
	doc, err := json.Marshal(v)
	if err != nil {
		return "nothing"
	}
	return said(string(doc))
}

// said is what others say, as far as it is printed; brief is as much of it as stands in a
// sentence of ours.
func said(s string) string  { return prose.Shorten(roster.Clean(s), 1000) }
func brief(s string) string { return prose.Shorten(roster.Clean(s), 200) }
