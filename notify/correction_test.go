package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// mends are corrections of so many removals in Texas and Florida, as a rebuild makes them.
func mends(n int) (all []roster.Change) {
	at := time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)
	for i := range n {
		state := roster.State([]string{"TX", "FL"}[i%2])
		said := map[string]string{"en": fmt.Sprintf("ICE no longer lists %d", i), "es": fmt.Sprintf("La lista ya no incluye %d", i)}
		all = append(all, roster.Change{ID: fmt.Sprintf("chg_c%d", i), Seq: uint64(1000 + i), Kind: roster.KindCorrection, DetectedAt: at.AddDate(0, 1, 0), Certainty: roster.Certain, Text: "Correction.",
			Publication: rostertest.Evidence(roster.ListParticipating, at, i+1), Agreement: rostertest.Agreement(state, fmt.Sprintf("Police %d", i), "", roster.TypeMunicipality, roster.TFM, "2025-03-01"),
			Corrects: fmt.Sprintf("chg_%d", i), Correction: &roster.Correction{Event: roster.CorrectionTakenBack, Kinds: []roster.Kind{roster.KindRemoved}, Place: uint64(i + 1),
				Why: []roster.CorrectionReason{roster.ReasonAliases}, Was: &roster.Report{ID: fmt.Sprintf("chg_%d", i), Kind: roster.KindRemoved, At: at, Titles: said, Texts: said}}})
	}
	return all
}

// Two hundred corrections are one message to each channel that wants what they correct, which
// says how many there are and why, and takes a screen where it is read between others.
func TestCorrectionsAreOneMessage(t *testing.T) {
	rules := []Rule{{Channel: "all"}, {Channel: "ends", Only: roster.Filter{Kinds: []roster.Kind{roster.KindRemoved}, States: []roster.State{"TX"}}},
		{Channel: "new", Only: roster.Filter{Kinds: []roster.Kind{roster.KindNew}}}, {Channel: "operator", Operator: true}}
	all := mends(200)
	// One that the channel was not told of yet comes as it is now.
	made := bundle(rules, roster.CycleEvent{At: all[0].DetectedAt, Changes: all}, nil, nil, map[string][]uint64{"ends": {1, 2}})
	if len(made) != 2 || len(made[0].Changes) != 200 || made[1].Channel != "ends" || len(made[1].Changes) != 99 {
		t.Fatal(planned(made))
	}
	for language, want := range map[prose.Language][]string{
		prose.English: {"287(g): 200 corrections of earlier reports\n", "\nCorrections\n", `Florida: Correction: Wrong in the report of July 3, 2025: "ICE no longer lists 1"`, "\nWhy: ICE spells one agency in several ways"},
		prose.Spanish: {"287(g): 200 correcciones de lo ya publicado\n", "\nCorrecciones\n", "Corrección: Era erróneo en la nota del 3 de julio de 2025: “La lista ya no incluye 1”", "\nPor qué: ICE escribe el nombre"},
	} {
		page := Compose(Message{Changes: all, Language: language}, Links{Base: "https://example.org"})
		short := page.TextUpTo(4000)
		for _, text := range []string{page.Text(), short} {
			for _, s := range want {
				if !strings.Contains(text, s) {
					t.Errorf("it says nothing of %q:\n%s", s, text[:min(len(text), 3000)])
				}
			}
		}
		if n := strings.Count(short, "\n"); n > screenful+10 || strings.Count(page.Text(), "2025: ") < 200 {
			t.Errorf("cut to a screen it has %d lines", n)
		}
	}
}
