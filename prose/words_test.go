package prose

import (
	"fmt"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12345: "12,345", 1234567: "1,234,567", -999: "-999", -1000: "-1,000"} {
		if got := English.Thousands(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	if got := English.Agencies(1) + ", " + English.Agencies(1056); got != "1 agency, 1,056 agencies" {
		t.Errorf("%q", got)
	}
}

func TestPlacesInSentences(t *testing.T) {
	for state, want := range map[roster.State]string{
		"TX": "Texas, the state, an agency of the state government, agencies of the state government",
		"DC": "the District of Columbia, the District, an agency of the District government, agencies of the District government",
		"GU": "Guam, the territory, an agency of the territory government, agencies of the territory government",
		"MP": "the Northern Mariana Islands, the territory, an agency of the territory government, agencies of the territory government",
	} {
		got := English.InSentence(state) + ", " + English.ThePlace(state) + ", " + English.anAgency(roster.TypeState, state) + ", " + English.TypesIn(roster.TypeState, state)
		if got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
}

func TestAgreementsAreNamedWithTheirArticle(t *testing.T) {
	for model, want := range map[roster.Model]string{
		roster.TFM:           "a Task Force Model agreement, for the Task Force Model",
		roster.WSO:           "a Warrant Service Officer agreement, for the Warrant Service Officer model",
		"Enhanced Tribal":    "an Enhanced Tribal agreement, for the Enhanced Tribal",
		"\u202eTribal {who}": "a Tribal {who} agreement, for the Tribal {who}",
	} {
		if got := English.anAgreement(model) + ", for " + English.theModel(model); got != want {
			t.Errorf("%s: %q, want %q", model, got, want)
		}
	}
}

func TestDoubtSaysWhatIsOnlyLikely(t *testing.T) {
	pending := roster.Evidence{List: roster.ListPending}
	for want, c := range map[string]roster.Change{
		"": {Kind: roster.KindAmended, Certainty: roster.Certain},
		"likely the same agreement; ICE gives no id":                        {Kind: roster.KindAmended},
		"likely the same pending entry; ICE gives no id":                    {Kind: roster.KindAmended, Publication: pending},
		"likely the agency that was pending; ICE gives no id":               {Kind: roster.KindNew, PendingSince: "2025-07-01"},
		"likely not Bay PD under another name; ICE gives no id":             {Kind: roster.KindNew, Near: "Bay PD"},
		"likely new, not another name for what was listed; ICE gives no id": {Kind: roster.KindNew},
		"likely gone, not listed under another name; ICE gives no id":       {Kind: roster.KindRemoved},
		"likely a milestone; ICE gives no id":                               {Kind: roster.KindMilestone},
	} {
		if want != "" {
			c.Certainty = roster.Likely
		}
		if got := English.Doubt(c); got != want {
			t.Errorf("%s on the %s list: %q, want %q", c.Kind, c.Publication.List, got, want)
		}
	}
}

func TestDate(t *testing.T) {
	for date, want := range map[roster.Date]string{"2025-06-11": "June 11, 2025", "2024-02-29": "February 29, 2024", "": "", "2025-02-30": "", "soon": ""} {
		if got := English.Date(date); got != want {
			t.Errorf("%q: %q, want %q", date, got, want)
		}
	}
}

func TestShortDate(t *testing.T) {
	for date, want := range map[roster.Date]string{"2025-06-11": "Jun 11, 2025", "2024-09-30": "Sep 30, 2024", "": "", "2025-02-30": ""} {
		if got := English.ShortDate(date); got != want {
			t.Errorf("%q: %q, want %q", date, got, want)
		}
	}
	for month := 1; month <= 12; month++ {
		date := roster.Date(fmt.Sprintf("2025-%02d-07", month))
		if long, short := English.Date(date), English.ShortDate(date); short != long[:3]+" 7, 2025" {
			t.Errorf("%s is %q and %q", date, long, short)
		}
	}
}
