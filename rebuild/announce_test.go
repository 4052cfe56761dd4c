package rebuild

import (
	"testing"

	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/roster"
)

// What was said is corrected where it was wrong, and not where more is known.
func TestOnlyWhatWasWrongIsCorrected(t *testing.T) {
	t.Parallel()
	spell := roster.Spell{From: "2025-03-03", Until: "2025-03-10"}
	earlier, least := roster.Spell{From: "2025-01-03", Until: "2025-01-10"}, spell
	least.FromIsLowerBound = true
	longer := roster.Spell{From: "2025-02-03", Until: spell.Until}
	for name, c := range map[string]struct {
		kind     roster.Kind
		was, now func(*roster.Change)
		want     bool
	}{
		"the same":                         {roster.KindNew, nil, nil, false},
		"other words of a newer version":   {roster.KindNew, func(c *roster.Change) { c.Text = "ICE lists" }, func(c *roster.Change) { c.Text = "ICE now lists" }, false},
		"another date":                     {roster.KindNew, nil, func(c *roster.Change) { c.Agreement.Signed = "2025-03-02" }, true},
		"another county":                   {roster.KindNew, nil, func(c *roster.Change) { c.Agreement.County = "Travis County" }, true},
		"it had been pending":              {roster.KindNew, nil, func(c *roster.Change) { c.PendingSince, c.Certainty = "2025-03-01", roster.Likely }, false},
		"it had not been pending":          {roster.KindNew, func(c *roster.Change) { c.PendingSince = "2025-03-01" }, nil, true},
		"pending since another day":        {roster.KindNew, func(c *roster.Change) { c.PendingSince = "2025-03-01" }, func(c *roster.Change) { c.PendingSince = "2025-02-01" }, true},
		"at least since a day became one":  {roster.KindRemoved, func(c *roster.Change) { c.ListedSince, c.SinceIsLowerBound = "2025-03-01", true }, func(c *roster.Change) { c.ListedSince = "2024-03-01" }, false},
		"likely became certain":            {roster.KindRemoved, func(c *roster.Change) { c.Certainty = roster.Likely }, nil, false},
		"certain became likely":            {roster.KindRemoved, nil, func(c *roster.Change) { c.Certainty = roster.Likely }, true},
		"it had been pending once before":  {roster.KindPending, func(c *roster.Change) { c.WasPending = []roster.Spell{spell} }, func(c *roster.Change) { c.WasPending = []roster.Spell{earlier, spell} }, false},
		"its first time there was longer":  {roster.KindPending, func(c *roster.Change) { c.WasPending = []roster.Spell{least} }, func(c *roster.Change) { c.WasPending = []roster.Spell{longer} }, false},
		"a time there was another":         {roster.KindPending, func(c *roster.Change) { c.WasPending = []roster.Spell{spell} }, func(c *roster.Change) { c.WasPending = []roster.Spell{longer} }, true},
		"it was said not to be signed":     {roster.KindWithdrawn, func(c *roster.Change) { c.ListedSince = "2025-02-01" }, func(c *roster.Change) { c.ListedSince, c.WasSigned = "2025-02-01", []roster.Spell{spell} }, true},
		"another number of its agreements": {roster.KindNew, func(c *roster.Change) { c.AgencyActiveCount = 2 }, func(c *roster.Change) { c.AgencyActiveCount = 3 }, true},
	} {
		was := roster.Change{Kind: c.kind, Certainty: roster.Certain, Agreement: rostertest.Agreement("TX", "Lampasas Police Department", "Lampasas County", roster.TypeMunicipality, roster.TFM, "2025-03-01")}
		now := was
		for change, edit := range map[*roster.Change]func(*roster.Change){&was: c.was, &now: c.now} {
			if edit != nil {
				edit(change)
			}
		}
		if got := otherwise(was, now); got != c.want {
			t.Errorf("%s: it says something else: %t, want %t\n%s\n%s", name, got, c.want, says(was), says(now))
		}
	}
}
