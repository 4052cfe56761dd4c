package notify

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// What an agency sought, held and holds is said beside what happened to it.
func TestPendingParticulars(t *testing.T) {
	pend, part := fixtureList(roster.ListPending, fixtureTime, 12), fixtureList(roster.ListParticipating, fixtureTime, 12)
	a := fixtureAgreement("OH", "Bramwell Police Department", "Pike County", roster.TypeMunicipality, roster.TFM, "2025-06-25")
	spring := []roster.Spell{{From: "2025-04-03", Until: "2025-04-28"}}
	for _, tt := range []struct {
		name string
		kind roster.Kind
		set  func(c *roster.Change)
		want string
	}{
		{"withdrawn", roster.KindWithdrawn, func(*roster.Change) {}, "Task Force Model, left the pending list, where it stood since June 2; ICE has not listed it as signed"},
		{"withdrawn, signed for a while", roster.KindWithdrawn, func(c *roster.Change) { c.WasSigned = spring },
			"Task Force Model, left the pending list, where it stood since June 2; ICE had listed it as signed from April 3 to April 28, and not since"},
		{"withdrawn, with others", roster.KindWithdrawn, func(c *roster.Change) {
			c.Holds, c.Seeks = []roster.Instrument{{Model: roster.WSO}}, []roster.Model{roster.JEM}
		}, "Task Force Model, left the pending list, where it stood since June 2; ICE has not listed it as signed" +
			"; the agency holds 1 active agreement (Warrant Service Officer); the agency is now pending for Jail Enforcement Model"},
		{"pending again", roster.KindPending, func(c *roster.Change) { c.WasPending = spring }, "Task Force Model, pending again; before, it was pending from April 3 to April 28"},
		{"pending, signed before", roster.KindPending, func(c *roster.Change) {
			c.WasSigned = []roster.Spell{{From: "2025-04-03", Until: "2025-04-28", FromIsLowerBound: true}}
		}, "Task Force Model; ICE had listed it as signed from at least April 3 to April 28"},
		{"signed after it had left", roster.KindNew, func(c *roster.Change) { c.PendingSince, c.PendingUntil = "2025-06-02", "2025-06-20" },
			"Task Force Model, signed June 25, pending from June 2 to June 20"},
		{"signed after it was reported as withdrawn", roster.KindNew, func(c *roster.Change) { c.Corrects = "chg_1" },
			"Task Force Model, signed June 25; the pending entry was reported as no longer pending"},
	} {
		ref := pend
		if tt.kind == roster.KindNew {
			ref = part
		}
		c := fixtureChange(1, tt.kind, ref, a, "")
		c.ListedSince = "2025-06-02"
		tt.set(&c)
		if got := particulars(c); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestMilestoneCorrectionHeadlines(t *testing.T) {
	told, back := firstOfType(1), firstOfType(2)
	back.Corrects = "chg_of_another"
	for _, tt := range []struct {
		want    string
		changes []roster.Change
	}{
		{"287(g): correction of a milestone", []roster.Change{back}},
		{"287(g): 2 corrections of milestones", []roster.Change{back, back}},
		{"287(g): 1 milestone, 1 correction of earlier ones", []roster.Change{told, back}},
	} {
		p := Compose(fixtureMessage(tt.changes...), Links{})
		if !strings.HasPrefix(p.Headline, tt.want) {
			t.Errorf("%q, want %q", p.Headline, tt.want)
		}
	}
}
