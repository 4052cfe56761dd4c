package diff_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// The tests of this package are stories: ICE publishes lists, time goes by, and
// what Update says of it is compared line by line. A row of a list is written as
//
//	TX | Lampasas County Sheriff's Office | WSO | 2025-07-15 | moa=lampasas.pdf
//
// and a change as
//
//	amended? TX Lampasas County Sheriff's Office WSO: was Lampass County Sheriff's Office
//
// where the question mark stands for "likely". After every step the world checks
// what must hold whatever happens; invariants_test.go has these checks.

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// monday is when each world begins, ten in the morning in Washington.
var monday = time.Date(2025, time.July, 7, 14, 0, 0, 0, time.UTC)

// bystander is on every participating list that a test does not write in full,
// so that a list from which all else is gone is no empty one.
const bystander = "GU | Guam Customs and Quarantine Agency | TFM | 2025-01-06"

// world plays ICE, the clock and the store, the way package watch brings them
// together.
type world struct {
	t         *testing.T
	now       time.Time
	known     roster.Snapshot
	settings  diff.Settings
	importing bool
	unwatched map[roster.List]bool // lists that polls did not see at first: no baseline

	kept     store
	editions int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{t: t, now: monday, settings: diff.Settings{AcceptAfter: day}, unwatched: map[roster.List]bool{}, kept: newStore()}
}

// rule is a sentence and the story that shows it.
type rule struct {
	name  string
	story func(w *world)
}

func play(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Helper()
			r.story(newWorld(t))
		})
	}
}

// wait lets time pass. It ends with a poll that finds what the last one found.
func (w *world) wait(d time.Duration) *step {
	w.t.Helper()
	w.now = w.now.Add(d)
	var standing []file
	for _, list := range roster.Lists() {
		if f, ok := w.kept.shown[list]; ok {
			standing = append(standing, f)
		}
	}
	return w.poll(standing...)
}

// publish has ICE replace the participating list, an hour later.
func (w *world) publish(rows ...string) *step {
	w.t.Helper()
	return w.serve(w.print(roster.ListParticipating, append(slices.Clone(rows), bystander)...))
}

// pending has ICE replace the pending list, an hour later.
func (w *world) pending(rows ...string) *step {
	w.t.Helper()
	return w.serve(w.print(roster.ListPending, rows...))
}

// together has ICE replace both lists at once, an hour later.
func (w *world) together(participating, pending []string) *step {
	w.t.Helper()
	return w.serve(w.print(roster.ListParticipating, append(slices.Clone(participating), bystander)...), w.print(roster.ListPending, pending...))
}

func rows(lines ...string) []string { return lines }

// file is a list as bytes: the same file has the same bytes whenever it is
// served.
type file struct {
	sha256 string
	roster roster.Roster
	// noColumns makes it a workbook that is no list, behind the link of one.
	noColumns bool
}

// print makes a new file; that of the same rows twice has other bytes.
func (w *world) print(list roster.List, lines ...string) file {
	w.t.Helper()
	w.editions++
	f := file{sha256: fmt.Sprintf("%064x", w.editions), roster: roster.Roster{List: list}}
	for i, line := range lines {
		f.roster.Rows = append(f.roster.Rows, parseRow(w.t, i+2, line))
	}
	return f
}

// serve has ICE put files behind its links, and polls an hour later.
func (w *world) serve(files ...file) *step {
	w.t.Helper()
	w.now = w.now.Add(hour)
	for _, f := range files {
		w.kept.shown[f.roster.List] = f
	}
	return w.poll(files...)
}

// poll finds files behind ICE's links. What is in force, or held, arrives no
// second time, except in an import, which takes in whatever it is given.
func (w *world) poll(files ...file) *step {
	w.t.Helper()
	in := diff.Input{Known: w.known, Held: w.held(), Now: w.now, Settings: w.settings, Import: w.importing}
	for _, f := range files {
		if w.importing || !w.stands(f, &in) {
			in.Arrivals = append(in.Arrivals, w.arrival(f))
		}
	}
	s := &step{w: w}
	if len(in.Arrivals)+len(in.Dropped) > 0 || diff.Due(w.known, w.now) {
		s.outcome = w.update(in)
	}
	return s
}

// stands deals with a file that the last poll found as well.
func (w *world) stands(f file, in *diff.Input) bool {
	list := f.roster.List
	if slices.ContainsFunc(w.known.Holds, func(h roster.Hold) bool { return w.kept.publications[h.Publication-1].SHA256 == f.sha256 }) {
		for _, h := range w.known.Holds {
			if a := in.Held[h.ID]; h.List == list && w.settings.AcceptAfter > 0 && w.now.Sub(h.Since) >= w.settings.AcceptAfter &&
				diff.SelfAccepting(h) && !a.NoColumns {
				a.Decision = roster.HoldBorneOut
				in.Arrivals = append(in.Arrivals, a)
			}
		}
		return true
	}
	if w.known.InForce[list].SHA256 != f.sha256 {
		return false
	}
	for _, h := range w.known.Holds {
		if h.List == list {
			in.Dropped = append(in.Dropped, h.ID)
		}
	}
	return true
}

// arrival is a file as it comes to be judged.
func (w *world) arrival(f file) diff.Candidate {
	inForce, watched := w.known.InForce[f.roster.List]
	a := diff.Candidate{Roster: f.roster, NoColumns: f.noColumns, Baseline: !watched && !w.unwatched[f.roster.List],
		Publication: roster.Publication{List: f.roster.List, File: fmt.Sprintf("%s-%s.xlsx", f.roster.List, strings.TrimLeft(f.sha256, "0")),
			SHA256: f.sha256, Digest: f.roster.Digest(), PublishedAt: w.now, SeenAt: w.now}}
	for _, p := range w.kept.publications {
		if p.List == f.roster.List && p.Verdict == roster.VerdictAccepted && p.Digest == a.Publication.Digest && p.Digest != inForce.Digest {
			a.Repeats = p.File
		}
		a.Earlier = a.Earlier || p.SHA256 == f.sha256 && p.List == f.roster.List && watched && p.SHA256 != inForce.SHA256
	}
	return a
}

func (w *world) held() map[string]diff.Candidate {
	held := map[string]diff.Candidate{}
	for _, h := range w.known.Holds {
		p := w.kept.publications[h.Publication-1]
		f := w.kept.files[p.SHA256]
		_, watched := w.known.InForce[h.List]
		held[h.ID] = diff.Candidate{Publication: p, Roster: f.roster, NoColumns: f.noColumns, Baseline: !watched}
	}
	return held
}

// hold returns the one open hold.
func (w *world) hold() roster.Hold {
	w.t.Helper()
	if len(w.known.Holds) != 1 {
		w.t.Fatalf("%d holds are open, want one", len(w.known.Holds))
	}
	return w.known.Holds[0]
}

// approve has the operator accept the held publication.
func (w *world) approve() *step {
	w.t.Helper()
	held := w.held()
	a := held[w.hold().ID]
	a.Decision = roster.HoldApproved
	return &step{w, w.update(diff.Input{Known: w.known, Held: held, Arrivals: []diff.Candidate{a}, Now: w.now, Settings: w.settings})}
}

// reject has the operator refuse it.
func (w *world) reject() *step {
	w.t.Helper()
	return &step{w, w.update(diff.Input{Known: w.known, Held: w.held(), Rejected: w.hold().ID, Now: w.now, Settings: w.settings})}
}

// update moves the world on, and checks all that must hold of each step.
func (w *world) update(in diff.Input) diff.Result {
	w.t.Helper()
	o := updatedTwice(w.t, in)
	w.kept.commit(w.t, in, o)
	checkOutcome(w.t, in, o)
	w.known = o.Known
	return o
}

// step is what one poll came to.
type step struct {
	w       *world
	outcome diff.Result
}

// says compares the changes, milestones left out, with what should be said.
func (s *step) says(want ...string) *step {
	s.w.t.Helper()
	s.compare(want, func(c roster.Change) bool { return c.Kind != roster.KindMilestone })
	return s
}

// reaches compares the milestones with those that should be told.
func (s *step) reaches(want ...string) *step {
	s.w.t.Helper()
	s.compare(want, func(c roster.Change) bool { return c.Kind == roster.KindMilestone })
	return s
}

func (s *step) compare(want []string, wanted func(roster.Change) bool) {
	s.w.t.Helper()
	var got []string
	for _, c := range s.outcome.Changes {
		if wanted(c) {
			got = append(got, line(c))
		}
	}
	if !slices.Equal(got, want) {
		s.w.t.Errorf("said:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// isHeld checks that a publication was held, for these reasons and no others.
func (s *step) isHeld(reasons ...string) *step {
	s.w.t.Helper()
	for _, h := range s.outcome.Holds {
		if h.State == roster.HoldOpen {
			if !slices.Equal(h.Reasons, reasons) {
				s.w.t.Errorf("held because of %q, want %q", h.Reasons, reasons)
			}
			s.w.inSpanish(h.Reasons, h.Texts)
			return s
		}
	}
	s.w.t.Error("nothing was held")
	return s
}

// isAccepted checks that nothing was held, and ended checks what became of the
// holds that ended.
func (s *step) isAccepted() *step {
	s.w.t.Helper()
	for _, p := range s.outcome.Publications {
		if p.Verdict != roster.VerdictAccepted {
			s.w.t.Errorf("%s is %s, because of %+v", p.File, p.Verdict, s.outcome.Holds)
		}
	}
	if len(s.outcome.Publications) == 0 {
		s.w.t.Error("no publication arrived")
	}
	return s
}

func (s *step) ends(states ...roster.HoldState) *step {
	s.w.t.Helper()
	var got []roster.HoldState
	for _, h := range s.outcome.Holds {
		if h.State != roster.HoldOpen {
			got = append(got, h.State)
		}
	}
	if !slices.Equal(got, states) {
		s.w.t.Errorf("holds ended as %q, want %q", got, states)
	}
	return s
}

// only returns the step's one change, milestones left out.
func (s *step) only() roster.Change {
	s.w.t.Helper()
	changes := slices.DeleteFunc(slices.Clone(s.outcome.Changes), func(c roster.Change) bool { return c.Kind == roster.KindMilestone })
	if len(changes) != 1 {
		s.w.t.Fatalf("%d changes, want one: %v", len(changes), changes)
	}
	return changes[0]
}

// line is a change in one line.
func line(c roster.Change) string {
	a := c.Agreement
	if m := c.Milestone; m != nil {
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", m.Name, map[bool]string{true: strconv.Itoa(m.Count), false: string(a.State)}[m.Count > 0], m.Day))
	}
	doubt := map[roster.Certainty]string{roster.Likely: "?"}[c.Certainty]
	s := fmt.Sprintf("%s%s %s %s %s", c.Kind, doubt, a.State, a.Agency, a.Model)
	var more []string
	for _, f := range c.Fields {
		if f.Name == "agency" {
			more = append(more, "was "+f.From)
			continue
		}
		more = append(more, fmt.Sprintf("%s %s to %s", f.Name, orNone(f.From), orNone(f.To)))
	}
	if c.PendingSince != "" {
		more = append(more, "pending since "+string(c.PendingSince))
	}
	if len(more) > 0 {
		s += ": " + strings.Join(more, ", ")
	}
	return s
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return strings.TrimPrefix(s, folder)
}

// folder is where the tests' documents lie.
const folder = "https://www.ice.gov/doclib/about/offices/ero/287g/"

func document(name string) string {
	if strings.Contains(name, "://") {
		return name
	}
	return folder + name
}

// misprint is a date as "7/72025 (2025-07-07)", or as "soon ()" where it cannot
// be read.
var misprint = regexp.MustCompile(`^(.+) \((.*)\)$`)

// parseRow reads a row: state, agency, model and, if given, the signing date and
// further cells by their names.
func parseRow(t *testing.T, number int, line string) roster.Row {
	t.Helper()
	cells := strings.Split(line, "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if len(cells) < 3 {
		t.Fatalf("%q is no row", line)
	}
	r := roster.Row{Number: number, State: roster.State(cells[0]), Agency: cells[1], Model: roster.Model(cells[2])}
	for _, cell := range cells[3:] {
		name, value, named := strings.Cut(cell, "=")
		set := map[string]func(){
			"moa":      func() { r.MOA = document(value) },
			"addendum": func() { r.Addendum = document(value) },
			"county":   func() { r.County = value },
			"type":     func() { r.Type = roster.Type(value) },
		}[name]
		switch m := misprint.FindStringSubmatch(cell); {
		case named && set != nil:
			set()
		case m != nil:
			r.SignedAs, r.Signed = m[1], roster.Date(m[2])
		case cell == "" || !roster.Date(cell).Time().IsZero():
			r.Signed = roster.Date(cell)
		default:
			t.Fatalf("%q in %q is no cell", cell, line)
		}
	}
	return r
}

// sheriffs writes n rows of real counties, each its own sheriff's, in the order
// of the counties' codes.
func sheriffs(n int) []string {
	var lines []string
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			if len(lines) == n {
				return lines
			}
			lines = append(lines, fmt.Sprintf("%s | %s County Sheriff's Office | WSO | 2025-03-03", s, c.Name))
		}
	}
	return lines
}

// without leaves out the first n rows.
func without(n int, lines []string) []string { return lines[n:] }

// each changes every row of a list.
func each(lines []string, change func(string) string) []string {
	changed := slices.Clone(lines)
	for i, l := range changed {
		changed[i] = change(l)
	}
	return changed
}

// sorted is a map's values in the order of its keys.
func sorted[V any](m map[string]V) []V {
	var values []V
	for _, k := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[k])
	}
	return values
}
