package watch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// remarks say how a poll goes, for the operator. Each call adds to them.
type remarks struct {
	outcome  scraper.Status
	sentence string
	notes    []string
}

func (r *remarks) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// fail says that something went wrong that the scraper could not see. Of several
// failures the first is the outcome.
func (r *remarks) fail(o scraper.Status, format string, args ...any) {
	if r.outcome.Failed() {
		r.note(format, args...)
		return
	}
	r.outcome, r.sentence = o, fmt.Sprintf(format, args...)
}

// report adds to the scraper's sentence what the lists turned out to be.
func (s selection) report(result diff.Result) Report {
	r := Report{Outcome: s.outcome, RetryAfter: s.visit.RetryAfter, Had: s.had}
	r.add(result)
	said := []string{s.sentence}
	switch {
	case s.outcome.Failed():
	case len(result.Publications) > 0:
		r.Outcome, said = scraper.StatusChanged, nil
	case s.outcome == scraper.StatusChanged:
		r.Outcome, said = scraper.StatusUnchanged, []string{"No list is new."}
	}
	for _, p := range result.Publications {
		what := fmt.Sprintf("and brings %s.", counted(changesFrom(p, result.Changes), "change"))
		if p.Verdict == roster.VerdictHeld {
			what = fmt.Sprintf("and is held (%s).", p.Hold)
		}
		said = append(said, fmt.Sprintf("%s, the %s list, has %s %s", p.File, p.List, counted(p.Rows, "row"), what))
		said = append(said, p.Notes...)
	}
	if slices.ContainsFunc(result.Changes, func(c roster.Change) bool { return c.Kind == roster.KindPage }) {
		said = append(said, "The wording of the page changed.")
	}
	r.Sentence = strings.TrimSpace(strings.Join(append(said, s.notes...), " "))
	return r
}

func changesFrom(p roster.Publication, changes []roster.Change) int {
	n := 0
	for _, c := range changes {
		if c.Publication.SHA256 == p.SHA256 && c.Publication.List == p.List && c.Kind != roster.KindPage {
			n++
		}
	}
	return n
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
