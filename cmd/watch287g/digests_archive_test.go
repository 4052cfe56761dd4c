package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

// digestRules are the rules whose digests are held against the lists.
func digestRules() map[string]roster.Filter {
	return map[string]roster.Filter{
		"all":                   {},
		"Texas":                 {States: []roster.State{"TX"}},
		"New York":              {States: []roster.State{"NY"}},
		"Florida's officers":    {States: []roster.State{"FL"}, Models: []roster.Model{roster.WSO}},
		"task forces of cities": {Types: []roster.Type{roster.TypeMunicipality}, Models: []roster.Model{roster.TFM}},
	}
}

// What a digest says is the difference between ICE's lists at its beginning and at its
// end, and no two of its lines contradict each other: of the whole year, by the rows of
// the lists as they stand, for digests of a week and of a day.
func TestArchiveDigestsNetOut(t *testing.T) {
	data := importedArchive(t)
	_, lists := archiveClaims(t)
	o := &oracle{lists: byList(lists)}
	for name, only := range digestRules() {
		for _, every := range []notify.Cadence{notify.Weekly, notify.Daily} {
			rule := notify.Rule{Channel: "digest", Only: only, Schedule: notify.Schedule{Every: every, Weekday: time.Monday, Hour: 8, Zone: roster.Washington()}}
			all := previewed(t, data, rule)
			lines := 0
			for _, m := range all {
				d := o.digestOf(m)
				lines += len(d.lines)
				for _, wrong := range d.contradictions(len(only.Models)+len(only.Types)+len(only.States) == 0) {
					t.Errorf("%s, %s of %s: %s", name, every, m.Delivery.DueAt.Format(time.DateOnly), wrong)
				}
			}
			t.Logf("%s: %d digests, %s, with %d lines", name, len(all), every, lines)
		}
	}
}

// previewed are the messages of a channel for all that a store knows.
func previewed(t *testing.T, data string, rule notify.Rule) []notify.Message {
	t.Helper()
	s, err := bolt.Open(filepath.Join(data, "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	changes, err := s.Changes(t.Context(), store.ChangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	known, err := snapshot.LoadAgreements(t.Context(), s, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	all, err := notify.Preview(t.Context(), store.Queue{Store: s}, rule, nil, figuresAt(known), changes)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// digest is a message between two edges, with the lists in force at them.
type digest struct {
	*oracle
	page          notify.Page
	lines         []notify.Line
	before, after time.Time
	in            map[string][2]*icesList // before and after, by list
}

func (o *oracle) digestOf(m notify.Message) digest {
	d := digest{oracle: o, page: notify.Compose(m, notify.Links{Base: "https://287g.example.org"}), in: map[string][2]*icesList{}}
	for _, c := range m.Changes {
		if d.before.IsZero() || c.DetectedAt.Before(d.before) {
			d.before = c.DetectedAt
		}
		if c.DetectedAt.After(d.after) {
			d.after = c.DetectedAt
		}
	}
	d.before = d.before.Add(-time.Second)
	for list := range o.lists {
		was, _ := o.inForce(list, d.before)
		is, _ := o.inForce(list, d.after)
		d.in[list] = [2]*icesList{was, is}
	}
	d.lines = slices.Clone(d.page.Ends.Lines)
	for _, sec := range d.page.Sections {
		d.lines = append(d.lines, sec.Lines...)
	}
	return d
}

// rowsAbout are the rows of a list that a line can be about: of its agency in its state, under
// the name that it gives, and in its model.
func rowsAbout(l *icesList, line notify.Line) (found []*listRow) {
	if l == nil {
		return nil
	}
	for _, r := range l.agreements()[string(line.State)] {
		if r.bare == bareName(line.Name) && strings.HasPrefix(line.Detail, modelNames[r.model]) {
			found = append(found, r)
		}
	}
	return found
}

var signedSaid = regexp.MustCompile(`signed ([A-Z][a-z]+ \d+)`)

// signedOn are the rows that have the date that a line gives.
func signedOn(rows []*listRow, line notify.Line) (found []*listRow) {
	m := signedSaid.FindStringSubmatch(line.Detail)
	for _, r := range rows {
		if m == nil || r.signed == "" || strings.HasPrefix(long(r.signed), m[1]+",") || strings.Contains(line.Detail, "by earlier lists") || strings.Contains(line.Detail, "printed as") {
			found = append(found, r)
		}
	}
	return found
}

// contradictions says what the lists contradict of a digest. whole says that its rule
// leaves nothing out, so that it must say all that is otherwise.
func (d digest) contradictions(whole bool) (wrong []string) {
	active, pending := d.in["participating"], d.in["pending"]
	must := func(line notify.Line, holds bool, format string, args ...any) {
		if !holds {
			wrong = append(wrong, fmt.Sprintf("%s %s, %s: %s", line.Kind, line, line.State, fmt.Sprintf(format, args...)))
		}
	}
	for _, line := range d.lines {
		was, is := signedOn(rowsAbout(active[0], line), line), signedOn(rowsAbout(active[1], line), line)
		wasPending, isPending := rowsAbout(pending[0], line), rowsAbout(pending[1], line)
		likely := strings.Contains(line.Detail, "likely")
		switch {
		case line.Kind == roster.KindNew:
			must(line, len(is) > 0, "it is not on the list at the end")
			must(line, len(was) == 0, "it was on the list at the beginning")
		case line.Kind == roster.KindPending:
			must(line, len(isPending) > 0 || d.inGrace(line) || strings.Contains(line.Detail, "already has its agreement"), "it is not pending at the end")
			must(line, len(wasPending) == 0, "it was pending at the beginning")
		case line.Kind == roster.KindRemoved:
			must(line, len(is) == 0 || likely, "it is on the list at the end")
			must(line, (len(was) > 0) != line.Passed, "on the list at the beginning: %d, came and went: %t", len(was), line.Passed)
		case line.Kind == roster.KindWithdrawn:
			must(line, len(isPending) == 0, "it is pending at the end")
			must(line, len(is) == 0, "it is signed at the end")
			must(line, len(wasPending) == 0 || !line.Passed, "it was pending at the beginning")
		case line.Kind == roster.KindRestored && !strings.Contains(line.Detail, "pending list"):
			must(line, len(is) > 0, "it is not on the list at the end")
		case line.Kind == roster.KindRestored:
			must(line, len(isPending) > 0, "it is not pending at the end")
		case line.Kind == roster.KindAmended:
			must(line, len(is)+len(isPending) > 0, "it is on no list at the end")
		}
	}
	wrong = append(wrong, d.contradictEachOther()...)
	wrong = append(wrong, d.miscounts()...)
	if whole {
		wrong = append(wrong, d.balance()...)
		wrong = append(wrong, d.unsaid()...)
	}
	return wrong
}

// inGrace says whether an entry left the pending list so shortly before the end that
// nothing is said of it yet.
func (d digest) inGrace(line notify.Line) bool {
	return slices.ContainsFunc(d.lists["pending"], func(l *icesList) bool {
		return l.at.After(d.after.Add(-4*24*time.Hour)) && !l.at.After(d.after) && len(rowsAbout(l, line)) > 0
	})
}

// contradictEachOther finds two lines about one agency and model that cannot both be.
func (d digest) contradictEachOther() (wrong []string) {
	seen := map[string][]notify.Line{}
	for _, line := range d.lines {
		model, _, _ := strings.Cut(strings.SplitN(line.Detail, ";", 2)[0], ",")
		key := string(line.State) + "|" + bareName(line.Name) + "|" + model
		for _, other := range seen[key] {
			kinds := []roster.Kind{other.Kind, line.Kind}
			again := slices.Contains(kinds, roster.KindRemoved) && signedSaid.FindString(other.Detail) != signedSaid.FindString(line.Detail)
			beside := slices.Contains(kinds, roster.KindPending) && (slices.Contains(kinds, roster.KindRemoved) || strings.Contains(other.Detail+line.Detail, "already has its agreement"))
			if !again && !beside {
				wrong = append(wrong, fmt.Sprintf("%q beside %q", other, line))
			}
		}
		seen[key] = append(seen[key], line)
	}
	return wrong
}

var otherChanges = regexp.MustCompile(`^287\(g\): (.+), ([\d,]+) other changes?$`)

// miscounts says what is wrong with what the headline counts.
func (d digest) miscounts() (wrong []string) {
	var counted []claim
	passed := 0
	for _, line := range d.lines {
		c := claim{Kind: string(line.Kind)}
		c.Agreement.Agency, c.Agreement.State = line.Name, string(line.State)
		for code, name := range modelNames {
			if strings.HasPrefix(line.Detail, name) {
				c.Agreement.Model = code
			}
		}
		if line.Passed && len(d.lines) > 1 {
			passed++
			continue
		}
		counted = append(counted, c)
	}
	headline := d.page.Headline
	if passed > 0 && !otherChanges.MatchString(headline) {
		var had bool
		if headline, had = strings.CutSuffix(headline, fmt.Sprintf(", %d that came and went", passed)); !had && len(counted) > 0 {
			wrong = append(wrong, fmt.Sprintf("%q, and %d came and went", headline, passed))
		}
	}
	if m := otherChanges.FindStringSubmatch(d.page.Headline); m != nil { // where there is no room for all kinds
		few := map[string]bool{"new": true, "pending": true, "removed": true}
		other := len(d.lines) - len(slices.DeleteFunc(slices.Clone(counted), func(c claim) bool { return !few[c.Kind] }))
		if m[2] != thousands(other) {
			wrong = append(wrong, fmt.Sprintf("%q, and there are %d others", d.page.Headline, other))
		}
		counted = slices.DeleteFunc(counted, func(c claim) bool { return !few[c.Kind] })
		return append(wrong, miscounted(m[1], counted)...)
	}
	if len(counted) == 0 {
		return wrong
	}
	return append(wrong, headlineContradictions(headline, counted)...)
}

var movedFrom = regexp.MustCompile(`before, ICE listed it (?:.* and )?in (?:the )?([A-Z][A-Za-z ]+?)(?: and |;|$)`)

// balance holds the lines of agreements against how many each state has at both edges.
func (d digest) balance() (wrong []string) {
	active := d.in["participating"]
	if active[0] == nil {
		return nil
	}
	is := map[string]int{}
	for _, line := range d.lines {
		state := string(line.State)
		switch {
		case line.Passed:
		case line.Kind == roster.KindNew, line.Kind == roster.KindRestored && !strings.Contains(line.Detail, "pending list"):
			is[state]++
		case line.Kind == roster.KindRemoved:
			is[state]--
		case line.Kind == roster.KindAmended && !strings.Contains(line.Detail, ", pending"):
			if m := movedFrom.FindStringSubmatch(line.Detail); m != nil {
				is[state]++
				is[postal(m[1])]--
			}
		}
	}
	for state := range stateNames {
		was, now := len(active[0].agreements()[state]), len(active[1].agreements()[state])
		if now-was != is[state] {
			wrong = append(wrong, fmt.Sprintf("%s went from %d to %d agreements, and the digest says %+d", state, was, now, is[state]))
		}
	}
	return wrong
}

// unsaid finds what is on a list at the end and was not at the beginning, and of which no
// line speaks.
func (d digest) unsaid() (wrong []string) {
	for list, edges := range d.in {
		if edges[0] == nil {
			continue
		}
		for state, rows := range edges[1].agreements() {
			for _, r := range rows {
				if slices.ContainsFunc(edges[0].agreements()[state], func(o *listRow) bool { return o.bare == r.bare && o.model == r.model }) {
					continue
				}
				said := slices.ContainsFunc(d.lines, func(line notify.Line) bool {
					misplaced := strings.Contains(line.Detail, "likely the agency that was pending")
					return (string(line.State) == state || misplaced) && bareName(line.Name) == r.bare && strings.HasPrefix(line.Detail, modelNames[r.model])
				})
				earlier := list == "pending" && slices.ContainsFunc(d.lists[list], func(l *icesList) bool {
					return l.at.Before(d.before) && l.at.After(d.before.AddDate(0, 0, -14)) && slices.ContainsFunc(l.agreements()[state], func(o *listRow) bool { return o.bare == r.bare && o.model == r.model })
				})
				if !said && !earlier {
					wrong = append(wrong, fmt.Sprintf("nothing is said of %s, %s, %s, which is new on the %s list", r.name, state, r.model, list))
				}
			}
		}
	}
	return wrong
}
