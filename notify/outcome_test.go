package notify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/roster"
)

// story makes the changes of a digest, a day apart.
type story struct{ changes []roster.Change }

// then adds what was found a day later.
func (s *story) then(kind roster.Kind, a roster.Agreement, edit ...func(*roster.Change)) *story {
	list := roster.ListParticipating
	if kind == roster.KindPending || kind == roster.KindWithdrawn {
		list = roster.ListPending
		a.ID = strings.TrimSuffix(a.ID, string(a.Signed)) + "pending"
	}
	n := len(s.changes)
	c := fixtureChange(uint64(n+1), kind, rostertest.Evidence(list, fixtureTime.AddDate(0, 0, n), 5), a, "")
	for _, e := range edit {
		e(&c)
	}
	s.changes = append(s.changes, c)
	return s
}

func palm() roster.Agreement {
	a := palmBay()
	a.ID = "FL-palm-bay-police-department#TFM#" + string(a.Signed)
	return a
}

// amendedTo says what ICE gave otherwise before.
func amendedTo(name, from, to string) func(*roster.Change) {
	return func(c *roster.Change) {
		before := c.Agreement
		c.Before, c.Fields = &before, []roster.Field{{Name: name, From: from, To: to}}
	}
}

func reached(name string, count int) func(*roster.Change) {
	return func(c *roster.Change) { c.Milestone = &roster.Milestone{Name: name, Count: count, Day: "2025-07-04"} }
}

// A digest says each agreement once, as it is in the end, and leaves nothing of note out.
func TestDigestNetsOut(t *testing.T) {
	pendingSince := func(c *roster.Change) { c.PendingSince = "2025-07-03" }
	misprinted, otherName := palm(), palm()
	misprinted.State, otherName.Agency = "NY", "Palm Bay PD"
	other := roster.Agreement{ID: "TX-other#WSO#2025-06-01", AgencyID: "TX-other", State: "TX", Agency: "Other Police Department", Model: roster.WSO, Signed: "2025-06-01"}
	for name, tt := range map[string]struct {
		story *story
		says  []string // lines of the text, below the head
		never []string
	}{
		"pending, then signed": {new(story).then(roster.KindPending, palm()).then(roster.KindNew, palm(), pendingSince),
			[]string{"287(g): 1 new agreement · Palm Bay Police Department, Florida", "  + Palm Bay Police Department (Brevard County): Task Force Model, signed July 2, pending 1 day"}, []string{"Pending:"}},
		"a misprint put right": {new(story).then(roster.KindNew, misprinted).then(roster.KindAmended, palm(), amendedTo("state", "NY", "FL")),
			[]string{"Florida · 1 new", "Left out, as it came to nothing within these days: 1 misprint that ICE put right."}, []string{"New York", "changed its record"}},
		"amended, and back": {new(story).then(roster.KindAmended, otherName, amendedTo("agency", "Palm Bay Police Department", "Palm Bay PD")).
			then(roster.KindAmended, palm(), amendedTo("agency", "Palm Bay PD", "Palm Bay Police Department")),
			[]string{"287(g): nothing that lasted", "Left out, as it came to nothing within these days: 1 misprint that ICE put right."}, []string{"Palm Bay PD"}},
		"amended twice": {new(story).then(roster.KindAmended, palm(), amendedTo("signed", "2025-06-01", "2025-06-15")).
			then(roster.KindAmended, palm(), amendedTo("signed", "2025-06-15", "2025-07-02")),
			[]string{"  ~ ICE changed its record: Palm Bay Police Department (Brevard County), Task Force Model, signed July 2; before, ICE listed it as signed June 1"}, []string{"June 15", "Left out"}},
		"gone, and back": {new(story).then(roster.KindRemoved, palm()).then(roster.KindRestored, palm()).then(roster.KindNew, other),
			[]string{"287(g): 1 new agreement · Other Police Department, Texas", "Left out, as it came to nothing within these days: 1 agreement or entry that left the lists and came back."}, []string{"  − ", "Correction"}},
		"new, and gone": {new(story).then(roster.KindNew, palm()).then(roster.KindRemoved, palm(), func(c *roster.Change) { c.ListedSince = "2025-07-03" }).then(roster.KindNew, other),
			[]string{"287(g): 1 new agreement, 1 that came and went", "  − Palm Bay Police Department (Brevard County), Florida: Task Force Model, signed July 2, listed since July 3; it came and went within the days of this message [1]"}, []string{"  + Palm"}},
		"pending, and gone": {new(story).then(roster.KindPending, palm()).then(roster.KindWithdrawn, palm(), func(c *roster.Change) { c.ListedSince = "2025-07-03" }).then(roster.KindNew, other),
			[]string{"left the pending list, where it stood since July 3; ICE has not listed it as signed; it came and went within the days of this message"}, []string{"Pending:", "newly pending"}},
		"gone from the pending list, then signed after all": {new(story).then(roster.KindWithdrawn, palm()).
			then(roster.KindNew, palm(), func(c *roster.Change) {
				c.PendingSince, c.PendingUntil, c.Corrects = "2025-06-02", "2025-07-01", "chg_00000001"
			}),
			[]string{"  + Palm Bay Police Department (Brevard County): Task Force Model, signed July 2, pending from June 2 to July 1"}, []string{"no longer pending", "orrection"}},
		"removed for another model": {new(story).then(roster.KindRemoved, palm(), func(c *roster.Change) { c.Seeks = []roster.Model{roster.WSO} }).
			then(roster.KindNew, func() roster.Agreement {
				a := palm()
				a.ID, a.Model = "FL-palm-bay-police-department#WSO#x", roster.WSO
				return a
			}()),
			[]string{"287(g): 1 new agreement, 1 no longer listed"}, []string{"now pending for"}},
		"two record days": {new(story).then(roster.KindMilestone, palm(), reached(roster.RecordDay, 40)).then(roster.KindMilestone, palm(), reached(roster.RecordDay, 60)).then(roster.KindNew, other),
			[]string{"ICE lists 60 new agreements", "1 milestone that a later one outdid"}, []string{"lists 40"}},
		"the last one gone, and a new one": {new(story).then(roster.KindMilestone, palm(), reached(roster.LastInState, 0)).then(roster.KindNew, palm()),
			[]string{"  + Palm Bay"}, []string{"no longer lists any"}},
	} {
		m := fixtureMessage(tt.story.changes...)
		m.Delivery.Figures = roster.Figures{}
		text := Compose(m, Links{}).Text() + "\n"
		for _, want := range tt.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing of\n%s", name, want, text)
			}
		}
		for _, never := range tt.never {
			if strings.Contains(text, never) {
				t.Errorf("%s: %q stands in\n%s", name, never, text)
			}
		}
	}
}

// What a digest leaves out arrives all the same where programs read it.
func TestWebhookGetsAllOfADigest(t *testing.T) {
	s := new(story).then(roster.KindPending, palm()).then(roster.KindNew, palm(), func(c *roster.Change) { c.PendingSince = "2025-07-03" })
	n := 0
	for _, body := range webhookBodies(fixtureMessage(s.changes...)) {
		n += len(body.Changes)
	}
	if n != 2 {
		t.Errorf("%d changes of 2", n)
	}
}

// A rule by states hears nothing of what ICE had put there by mistake alone.
func TestDigestOfAnotherState(t *testing.T) {
	misprinted := palm()
	misprinted.State = "NY"
	m := fixtureMessage(new(story).then(roster.KindNew, misprinted).then(roster.KindAmended, palm(), amendedTo("state", "NY", "FL")).changes...)
	m.Only.States = []roster.State{"NY"}
	if p := Compose(m, fixtureLinks); len(p.Sections) > 0 || p.Nothing == "" {
		t.Errorf("%s", p.Text())
	}
}

// However many states and changes a day has, its message fits on a screen, says how many
// are not shown, and links them.
func TestPageFitsOnScreen(t *testing.T) {
	for _, n := range []int{1, 10, 41, 100, 1000} {
		var changes []roster.Change
		for i := range n {
			s := roster.States()[i%len(roster.States())]
			kind := roster.Kinds()[i%3]
			a := rostertest.Agreement(s, fmt.Sprintf("Agency %d", i), "", roster.TypeCounty, roster.Models()[i%3], "2025-07-01")
			changes = append(changes, fixtureChange(uint64(i+1), kind, rostertest.Evidence(roster.ListParticipating, fixtureTime, i), a, ""))
		}
		for base, more := range map[string]string{"": "watch287g changes --since 2025-07-03 --until 2025-07-03", fixtureLinks.Base: fixtureLinks.Base + "/changes?"} {
			p, _ := Compose(fixtureMessage(changes...), Links{Base: base}).fitting(func(p Page) bool { return p.lines() <= screenful })
			shown := len(p.Ends.Lines)
			for _, s := range p.Sections {
				shown += len(s.Lines)
			}
			if shown+p.left() != n || p.lines() > screenful {
				t.Errorf("%d changes: %d shown, %d left, on %d lines", n, shown, p.left(), p.lines())
			}
			if (p.left() > 0) != strings.Contains(p.Text(), "Not shown: ") || p.left() > 0 && !strings.Contains(p.Text(), more) {
				t.Errorf("%d changes: %s", n, p.Text())
			}
		}
	}
}
