package prose

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/roster"
)

// correctionsOfEveryForm are corrections of everything that a rebuild can find, for every
// reason.
func correctionsOfEveryForm() []roster.Change {
	gone, amended := change(roster.KindRemoved, roster.ListParticipating, palmBay()), change(roster.KindAmended, roster.ListParticipating, palmBay())
	before := bartow()
	amended.Before, amended.Fields = &before, []roster.Field{{Name: "agency", From: before.Agency, To: palmBay().Agency}}
	gone.ListedSince = "2025-06-01"
	gone.DetectedAt, amended.DetectedAt = published, published.AddDate(0, 0, 1)
	for _, c := range []*roster.Change{&gone, &amended} {
		c.Text = English.Text(*c, Context{Day: "2025-07-03"})
	}
	likely := amended
	likely.Certainty = roster.Likely
	why := []roster.CorrectionReason{roster.ReasonLists, roster.ReasonRules}
	var all []roster.Change
	for _, k := range []roster.Correction{
		{Event: roster.CorrectionTakenBack, Was: quotedWhole(gone), Why: []roster.CorrectionReason{roster.ReasonAliases}},
		{Event: roster.CorrectionTakenBack, Was: quotedWhole(gone), Now: quotedWhole(amended), Why: []roster.CorrectionReason{roster.ReasonReading}},
		{Event: roster.CorrectionAltered, Was: quotedWhole(gone), Now: quotedWhole(likely), Why: why},
		{Event: roster.CorrectionAltered, Was: quotedWhole(gone), Now: quotedWhole(gone), Why: why[:1]},
		{Event: roster.CorrectionFoundLater, Now: quotedWhole(gone), Why: why[:1]},
		{Event: roster.CorrectionStands, Was: quotedWhole(gone), Why: why[1:]},
		{Event: roster.CorrectionLonger, From: "2019-06-01", Until: "2025-02-20", Added: 512, Why: why[:1]},
		{Event: roster.CorrectionLonger, From: "2025-03-13", Added: 1, Why: why[:1]},
	} {
		c := change(roster.KindCorrection, roster.ListParticipating, palmBay())
		if c.Correction = &k; k.Event == roster.CorrectionLonger {
			c.Agreement = roster.Agreement{}
		}
		c.DetectedAt = published.Add(time.Hour)
		all = append(all, c)
	}
	return append(all, change(roster.KindCorrection, roster.ListParticipating, palmBay())) // as a damaged one would be
}

// quotedWhole is a change as a correction quotes it.
func quotedWhole(c roster.Change) *roster.Report {
	r := &roster.Report{ID: c.ID, Kind: c.Kind, At: c.DetectedAt, Titles: map[string]string{}, Texts: map[string]string{}}
	for _, l := range Languages() {
		r.Titles[string(l)], r.Texts[string(l)] = strings.TrimPrefix(l.Title(c), l.Place(c)+": "), l.TextOf(c)
	}
	return r
}

func TestCorrections(t *testing.T) {
	var said []string
	for _, l := range Languages() {
		for _, c := range correctionsOfEveryForm() {
			said = append(said, l.Title(c), l.Text(c, Context{}))
		}
	}
	golden.Compare(t, "corrections.txt", []byte(strings.Join(said, "\n")+"\n"))
}
