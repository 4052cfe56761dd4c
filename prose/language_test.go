package prose

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/watch287g/watch287g/roster"
)

// wide is a language whose messages are those of English in wide letters, so that
// what the code says by itself, and a translator could not reach, is seen by its
// letters.
const wide Language = "wide"

func widen(t *testing.T) {
	t.Helper()
	table := map[key]string{}
	for k, text := range messages[English] {
		name := false
		table[k] = strings.Map(func(r rune) rune {
			if name = r == '{' || name && r != '}'; !name && r < unicode.MaxASCII && unicode.IsLetter(r) {
				return r - 'A' + 'Ａ'
			}
			return r
		}, text)
	}
	messages[wide] = table
	t.Cleanup(func() { delete(messages, wide) })
}

// narrow is what of a text is in no message, but for what ICE prints.
func narrow(text string) string {
	for _, name := range []string{"Palm Bay Police Department", "Brevard", "Bartow Police Department",
		"Polk County", "Polk", "Larkwood", "soon", ".xlsx", "https"} {
		text = strings.ReplaceAll(text, name, "")
	}
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}

// Every word of a change, in its text, its line, its title and its facts, comes from
// a message: nothing is left to the order of English.
func TestEverythingIsInMessages(t *testing.T) {
	widen(t)
	for _, c := range changesOfEveryForm() {
		ctx := Context{Figures: roster.Figures{Active: 1200, States: 2, ByState: map[roster.State]int{"FL": 1199, "DC": 1}}, Begins: "2025-02-20", Day: "2025-07-03",
			Active: palmBay(), Ended: ReportedEnd{Agreement: palmBay(), At: published, Likely: c.Certainty == roster.Likely}, Former: "Larkwood"}
		if c.Milestone != nil && c.Corrects != "" {
			by := FirstListed{Agreement: bartow(), Day: "2025-06-01", IsLowerBound: true}
			ctx.Wrong = &WrongMilestone{Reported: roster.ReportedMilestone{Name: c.Milestone.Name, Agreement: palmBay(), At: published}, By: by, First: &by}
		}
		for what, text := range map[string]string{"text": wide.Text(c, ctx), "line": wide.Line(c), "title": wide.Title(c),
			"headline": wide.Counts([]roster.Change{c}), "evidence": wide.Published(c.Publication) + wide.Row(c.Publication)} {
			if left := narrow(text); left != "" || text == "" {
				t.Errorf("%s of %s %v: %q is in no message: %s", what, c.Kind, c.Fields, left, text)
			}
		}
		for _, f := range wide.Facts(c) {
			if left := narrow(f.Name + f.Value); left != "" {
				t.Errorf("%q is in no message: %s: %s", left, f.Name, f.Value)
			}
		}
	}
}

// changesOfEveryForm are changes of every kind, with everything that can be said
// beside them.
func changesOfEveryForm() []roster.Change {
	spells := []roster.Spell{{From: "2025-03-01", Until: "2025-04-02"}, {From: "2024-12-01", Until: "2025-01-02", FromIsLowerBound: true}, {From: "2025-05-01", Until: "2025-05-01"}}
	var all []roster.Change
	for _, k := range roster.Kinds() {
		switch k {
		case roster.KindMilestone:
			continue
		case roster.KindCorrection:
			all = append(all, correctionsOfEveryForm()...)
			continue
		}
		for _, list := range roster.Lists() {
			for _, certainty := range []roster.Certainty{roster.Certain, roster.Likely} {
				c := change(k, list, palmBay())
				before := bartow()
				before.State = "TX"
				c.Before, c.Certainty = &before, certainty
				c.PendingSince, c.ListedSince, c.AgencyActiveCount, c.ActiveAgreementID = "2025-06-01", "2025-04-01", 3, "x"
				c.WasPending, c.WasSigned, c.Seeks = spells, spells, []roster.Model{roster.WSO, roster.TFM}
				c.Holds = []roster.Instrument{{Model: roster.TFM, Signed: "2025-02-03"}, {Model: roster.WSO}}
				c.Publication.Row, c.Publication.File = 7, "1.xlsx"
				if certainty == roster.Likely {
					c.PendingUntil, c.SinceIsLowerBound, c.Corrects, c.Holds = "2025-06-20", true, "chg_1", c.Holds[:1]
					c.Gaps = spells
				}
				all = append(all, c)
				for _, f := range fieldsOfEveryForm() {
					one := c
					one.Fields = []roster.Field{f}
					all = append(all, one)
				}
			}
		}
	}
	return append(all, milestonesOfEveryForm()...)
}

func fieldsOfEveryForm() []roster.Field {
	var all []roster.Field
	for name, sides := range map[string][2]string{"agency": {"1", "2"}, "state": {"TX", "FL"}, "model": {"TFM", "WSO"}, "signed": {"2025-01-01", "2025-01-02"}, "signed_as": {"1/1", "1/2"},
		"county": {"1", "2"}, "type": {"county", "state"}, "rows": {"3", "1"}, "moa_url": {"https://1", "https://2"}, "addendum_url": {"https://1", "https://2"}} {
		all = append(all, roster.Field{Name: name, From: sides[0], To: sides[1]})
		if name == "signed" || strings.HasSuffix(name, "_url") || name == "county" {
			all = append(all, roster.Field{Name: name, To: sides[1]}, roster.Field{Name: name, From: sides[0]})
		}
	}
	return append(all, roster.Field{Name: "rows", From: "1", To: "2"}, roster.Field{Name: "signed", From: "soon", To: "2025-01-02"})
}

func milestonesOfEveryForm() []roster.Change {
	var all []roster.Change
	for _, name := range []string{roster.FirstInState, roster.FirstInModel, roster.FirstOfType, roster.Hundred, roster.LastInState, roster.RecordDay} {
		for _, among := range []int{0, 3} {
			c := change(roster.KindMilestone, roster.ListParticipating, palmBay())
			c.Milestone = &roster.Milestone{Name: name, Among: among, Day: "2025-07-01"}
			if name == roster.Hundred || name == roster.RecordDay {
				c.Milestone.Count = 1200
			}
			all = append(all, c)
			if name != roster.RecordDay {
				before := palmBay()
				c.Corrects, c.Before = "chg_1", &before
				all = append(all, c)
			}
		}
	}
	return all
}

// No text has a part that nobody filled in, or says a thing twice.
func TestTextsAreWhole(t *testing.T) {
	for _, c := range changesOfEveryForm() {
		ctx := Context{Figures: roster.Figures{Active: 1200, ByState: map[roster.State]int{"FL": 1199, "DC": 1}}, Begins: "2025-02-20", Day: "2025-07-03", Active: palmBay(),
			Ended: ReportedEnd{Agreement: palmBay(), At: time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)}}
		if c.Milestone != nil && c.Corrects != "" {
			ctx.Wrong = &WrongMilestone{Reported: roster.ReportedMilestone{Name: c.Milestone.Name, Agreement: palmBay(), At: published}, By: FirstListed{Agreement: bartow(), Day: "2025-06-01"}}
		}
		for _, l := range Languages() {
			for _, text := range []string{l.Text(c, ctx), l.Line(c), l.Title(c)} {
				for _, wrong := range []string{"{", "}", "|", "  ", " ,", "()", "..", "for .", " a a", "an county", "<nil>", " de el ", " a el ", " y I", " 1 días", "un la"} {
					if strings.Contains(text, wrong) {
						t.Errorf("%s %s %v: %q in %s", l, c.Kind, c.Fields, wrong, text)
					}
				}
			}
		}
	}
}
