package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store/bolt"
)

// countedKinds are the words by which headlines count, and the kinds of change
// that they count.
var countedKinds = map[string]string{
	"new": "new", "newly pending": "pending", "no longer listed": "removed", "no longer pending": "withdrawn", "listed again (correction)": "restored",
	"listed again (corrections)": "restored", "record changed by ICE": "amended", "records changed by ICE": "amended", "detail changed": "detail", "details changed": "detail",
	"document change": "document", "document changes": "document",
	"new agreement": "new", "new agreements": "new", "newly pending agreement": "pending", "newly pending agreements": "pending",
	"agreement no longer listed": "removed", "agreements no longer listed": "removed", "agreement no longer pending": "withdrawn",
	"agreements no longer pending": "withdrawn", "agreement listed again (correction)": "restored", "agreements listed again (corrections)": "restored",
}

// miscounted says what is wrong with counts as in "2 new, 1 pending".
func miscounted(said string, changes []claim) (wrong []string) {
	is := map[string]int{}
	for _, c := range changes {
		if c.Kind != "milestone" {
			is[c.Kind]++
		}
	}
	for _, part := range strings.Split(said, ", ") {
		number, words, _ := strings.Cut(part, " ")
		kind, known := countedKinds[words]
		if !known || thousands(is[kind]) != number {
			wrong = append(wrong, fmt.Sprintf("%q counts %q, and there are %v", said, part, is))
		}
		delete(is, kind)
	}
	if len(is) > 0 {
		wrong = append(wrong, fmt.Sprintf("%q leaves out %v", said, is))
	}
	return wrong
}

// byModels are the models in parentheses behind the kind that a headline counts first.
var byModels = regexp.MustCompile(`^([\d,]+) ([a-z ]+) \((?:all (?P<all>[A-Z][A-Za-z ]+)|(?P<each>\d[^)]+))\)`)

// headlineContradictions says what is wrong with the day's line.
func headlineContradictions(headline string, carried []claim) (wrong []string) {
	said := strings.TrimPrefix(headline, "287(g): ")
	if len(carried) == 1 {
		var who string
		said, who, _ = strings.Cut(said, " · ")
		if a := carried[0].Agreement; who != a.Agency+", "+stateNames[a.State] {
			wrong = append(wrong, fmt.Sprintf("%q is about %s", headline, a.Agency))
		}
		return append(wrong, miscounted(said, carried)...)
	}
	m := byModels.FindStringSubmatch(said)
	if m == nil {
		return miscounted(said, carried)
	}
	is := map[string]int{}
	for _, c := range carried {
		if c.Kind == countedKinds[m[2]] {
			is[strings.TrimSuffix(strings.TrimSuffix(modelNames[c.Agreement.Model], " Model"), " Officer")]++
		}
	}
	if want := map[string]int{m[3]: len(carried)}; m[3] != "" && (len(is) != 1 || want[m[3]] == 0 || is[m[3]] == 0) {
		wrong = append(wrong, fmt.Sprintf("%q, and there are %v", headline, is))
	}
	for _, one := range strings.Split(m[4], ", ") {
		n, model, _ := strings.Cut(one, " ")
		if m[4] != "" && n != thousands(is[model]) {
			wrong = append(wrong, fmt.Sprintf("%q says %s, and there are %v", headline, one, is))
		}
	}
	return append(wrong, miscounted(m[1]+" "+m[2]+said[len(m[0]):], carried)...)
}

// told on top of a message, where they are not all there is.
var onTop = []string{"removed", "withdrawn", "restored"}

// messageContradictions says what is wrong with a message's words about changes,
// while a list was in force.
func messageContradictions(p notify.Page, changes []claim, active *icesList) (wrong []string) {
	carried := slices.DeleteFunc(slices.Clone(changes), func(c claim) bool { return c.Kind == "milestone" })
	top := slices.DeleteFunc(slices.Clone(carried), func(c claim) bool { return len(carried) == 1 || !slices.Contains(onTop, c.Kind) })
	if len(carried) > 0 {
		wrong = append(wrong, headlineContradictions(p.Headline, carried)...)
	}
	figures := fmt.Sprintf(" · in all, %s in %s", plural(active.total(), "active agreement", "active agreements"), active.places())
	if !strings.HasSuffix(p.Source, figures) {
		wrong = append(wrong, fmt.Sprintf("%q, and the list has%s", p.Source, figures))
	}
	if len(top) > 0 {
		wrong = append(wrong, miscounted(p.Ends.Title, top)...)
	}
	lines := append(slices.Clone(p.Ends.Lines), linesBelow(p, carried, active, &wrong)...)
	for _, line := range lines {
		at := slices.IndexFunc(carried, func(c claim) bool { return c.ID == line.ChangeID })
		if at < 0 {
			wrong = append(wrong, fmt.Sprintf("%s is about a change that is not carried", line))
			continue
		}
		wrong = append(wrong, lineContradictions(line, carried[at])...)
	}
	if len(lines) != len(carried) {
		wrong = append(wrong, fmt.Sprintf("%d lines for %d changes", len(lines), len(carried)))
	}
	return wrong
}

// linesBelow are the lines below the states, whose titles are checked.
func linesBelow(p notify.Page, carried []claim, active *icesList, wrong *[]string) (lines []notify.Line) {
	for _, sec := range p.Sections {
		parts := strings.Split(sec.Title, " · ")
		here := slices.DeleteFunc(slices.Clone(carried), func(c claim) bool {
			return c.Agreement.State != string(sec.State) || len(carried) > 1 && slices.Contains(onTop, c.Kind)
		})
		n := len(active.agreements()[string(sec.State)])
		if parts[0] != stateNames[string(sec.State)] || len(parts) == 3 && parts[2] != thousands(n)+" active in all" || len(parts) == 2 && n > 0 {
			*wrong = append(*wrong, fmt.Sprintf("%q, and the list has %d there", sec.Title, n))
		}
		*wrong = append(*wrong, miscounted(parts[1], here)...)
		lines = append(lines, sec.Lines...)
	}
	return lines
}

var pendingDays = regexp.MustCompile(`, pending (at least )?([\d,]+) days?`)

// lineContradictions holds one line against its change, whose own text and fields
// the lists bear out.
func lineContradictions(line notify.Line, c claim) (wrong []string) {
	must := func(holds bool, format string, args ...any) {
		if !holds {
			wrong = append(wrong, fmt.Sprintf("%s: "+format, append([]any{line}, args...)...))
		}
	}
	must(isCalled(c.Agreement, strings.TrimSuffix(line.Agency, ", "+stateNames[c.Agreement.State])), "the agency is %s", c.Agreement.Agency)
	must(strings.HasPrefix(line.Detail, modelNames[c.Agreement.Model]), "the model is %s", c.Agreement.Model)
	must(strings.Contains(line.Detail, "likely") == (c.Certainty == "likely"), "it is %s", c.Certainty)
	if c.Kind == "new" {
		must(strings.Contains(line.Detail, "signed "+strings.Split(long(c.Agreement.Signed)+",", ",")[0]) || c.Agreement.Signed == "", "it was signed on %s", c.Agreement.Signed)
		must(strings.Contains(line.Detail, fmt.Sprintf("; one of the agency's %d active agreements", c.Holding)) == (c.Holding > 0), "it holds %d", c.Holding)
		must((c.PendingSince != "") == strings.Contains(line.Detail, ", pending "), "pending since %q", c.PendingSince)
	}
	if m := pendingDays.FindStringSubmatch(line.Detail); m != nil && c.PendingUntil == "" {
		must(m[2] == thousands(daysBetween(c.PendingSince, eastern(c.Publication.PublishedAt))) && (m[1] != "") == c.SinceIsLowerBound, "pending since %s", c.PendingSince)
	}
	if c.PendingSince != "" && c.PendingUntil == "" {
		days := daysBetween(c.PendingSince, eastern(c.Publication.PublishedAt))
		must(strings.Contains(line.Detail, ", pending less than a day") == (days == 0 && !c.SinceIsLowerBound), "pending for %d days", days)
	}
	must(strings.Contains(line.Detail, ", but for the time ") == (len(c.Gaps) > 0), "gaps %v", c.Gaps)
	if c.ListedSince != "" {
		since, _, _ := strings.Cut(long(c.ListedSince), ",")
		must(strings.Contains(line.Detail, "since "+map[bool]string{true: "at least "}[c.SinceIsLowerBound]+since), "since %s", c.ListedSince)
	}
	return wrong
}

// titleContradictions holds the title of a feed's entry against its change.
func titleContradictions(title string, c claim) (wrong []string) {
	place, _, _ := strings.Cut(title, ": ")
	national := c.Milestone != nil && (c.Milestone.Name == "hundred" || c.Milestone.Name == "record-day")
	if want := stateNames[c.Agreement.State]; place != want && (!national || place != "United States") && (c.Milestone == nil || c.Corrects == "") {
		wrong = append(wrong, fmt.Sprintf("%q is about %s", title, want))
	}
	if !national && c.Kind != "amended" && c.Milestone == nil && !strings.Contains(title, c.Agreement.Agency) {
		wrong = append(wrong, fmt.Sprintf("%q is about %s", title, c.Agreement.Agency))
	}
	if strings.Contains(title, "(likely ") != (c.Certainty == "likely") {
		wrong = append(wrong, fmt.Sprintf("%q is %s", title, c.Certainty))
	}
	if national && c.Corrects == "" && !strings.Contains(title, thousands(c.Milestone.Count)) {
		wrong = append(wrong, fmt.Sprintf("%q counts %d", title, c.Milestone.Count))
	}
	return wrong
}

// spoken is what was told at one moment.
type spoken struct {
	changes []roster.Change
	claims  []claim
	figures roster.Figures
}

// moments group the log of a store by when it was written, with the figures that
// messages quoted then.
func momentsOf(t *testing.T, data string, claims []claim) (all []spoken) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(data, "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	snap, err := snapshot.LoadAgreements(t.Context(), s, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claims {
		if len(all) == 0 || !all[len(all)-1].claims[0].DetectedAt.Equal(c.DetectedAt) {
			m := spoken{figures: roster.Figures{ByState: map[roster.State]int{}}}
			for _, st := range snap.AgreementsAt(c.DetectedAt) {
				if st.Status == roster.StatusActive {
					m.figures.Active++
					m.figures.ByState[st.State]++
				}
			}
			m.figures.States = len(m.figures.ByState)
			all = append(all, m)
		}
		var change roster.Change
		text, err := json.Marshal(c)
		if err == nil {
			err = json.Unmarshal(text, &change)
		}
		if err != nil {
			t.Fatal(err)
		}
		last := &all[len(all)-1]
		last.claims, last.changes = append(last.claims, c), append(last.changes, change)
	}
	return all
}

func (m spoken) page() notify.Page {
	return notify.Compose(notify.Message{Changes: slices.Clone(m.changes), Delivery: roster.Delivery{Channel: "newsroom", Figures: m.figures}}, notify.Links{})
}

// checkMessages holds the messages and the titles of all changes against the lists.
func checkMessages(t *testing.T, data string, claims []claim, lists []*icesList) {
	t.Helper()
	o := &oracle{lists: byList(lists)}
	moments := momentsOf(t, data, claims)
	for _, m := range moments {
		active, _ := o.inForce("participating", m.claims[0].DetectedAt)
		for _, wrong := range messageContradictions(m.page(), m.claims, active) {
			t.Errorf("message: %v: %s", m.claims[0].DetectedAt, wrong)
		}
		for _, note := range m.page().Notes { // whose sentences are checked where the changes and the titles are
			if !slices.ContainsFunc(m.changes, func(c roster.Change) bool {
				return !c.Kind.OfAgreement() && (note.Text == prose.English.Title(c) || note.Text == c.Text && len(m.changes) == 1)
			}) {
				t.Errorf("message: %v: no milestone says %q", m.claims[0].DetectedAt, note.Text)
			}
		}
		for i, c := range m.changes {
			for _, wrong := range titleContradictions(prose.English.Title(c), m.claims[i]) {
				t.Errorf("title: change %d: %s", c.Seq, wrong)
			}
		}
	}
	t.Logf("%d messages", len(moments))
}

// The checks of messages find what is false.
func TestClaimsFindFalseMessages(t *testing.T) {
	index := archived(t, tellClaims())
	data := t.TempDir()
	output(t, program(t, time.Time{}, "--data", data, "import", index))
	claims, lists := claimsIn(t, data, index)
	checkMessages(t, data, claims, lists)
	o := &oracle{lists: byList(lists)}
	for _, m := range momentsOf(t, data, claims) {
		active, _ := o.inForce("participating", m.claims[0].DetectedAt)
		for what, lie := range map[string]func(p *notify.Page){
			"one more in the headline": func(p *notify.Page) { p.Headline = oneMore(p.Headline) },
			"one more in the source":   func(p *notify.Page) { p.Source = oneMore(p.Source) },
			"one more in a title":      func(p *notify.Page) { s := firstSection(p); s.Title = oneMore(s.Title) },
			"a line less":              func(p *notify.Page) { s := firstSection(p); s.Lines = s.Lines[1:] },
			"another agency":           func(p *notify.Page) { firstSection(p).Lines[0].Agency = "Elm County Sheriff's Office" },
			"another model":            func(p *notify.Page) { firstSection(p).Lines[0].Detail = "Hybrid Model" },
			"another change":           func(p *notify.Page) { firstSection(p).Lines[0].ChangeID = "chg_01" },
		} {
			page := m.page()
			lie(&page)
			if len(messageContradictions(page, m.claims, active)) == 0 {
				t.Errorf("%s is not found in %q", what, page.Headline)
			}
		}
		for i, c := range m.claims {
			title := prose.English.Title(m.changes[i])
			_, rest, _ := strings.Cut(title, ":")
			for _, lie := range []string{"Wyoming:" + rest, title + " (likely so)"} {
				if len(titleContradictions(lie, c)) == 0 && (c.Certainty != "likely" || !strings.HasSuffix(lie, ")")) && c.Corrects == "" {
					t.Errorf("%q is not found to be false", lie)
				}
			}
		}
	}
}

// firstSection is the first part of a page that has lines of changes.
func firstSection(p *notify.Page) *notify.Section {
	if len(p.Ends.Lines) > 0 {
		return &p.Ends
	}
	return &p.Sections[0]
}

// oneMore adds one to the last number of a line.
func oneMore(s string) string {
	at := printedNumber.FindAllStringIndex(strings.TrimPrefix(s, "287"), -1)
	if len(at) == 0 {
		return s + " 1"
	}
	offset := len(s) - len(strings.TrimPrefix(s, "287"))
	last := at[len(at)-1]
	return s[:offset+last[0]] + "7" + s[offset+last[0]:]
}
