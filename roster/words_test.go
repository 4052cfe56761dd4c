package roster

import "testing"

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 12345: "12,345", 1234567: "1,234,567", -999: "-999", -1000: "-1,000"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	if got := Plural(1, "agency", "agencies") + ", " + Plural(1056, "agency", "agencies"); got != "1 agency, 1,056 agencies" {
		t.Errorf("%q", got)
	}
}

func TestPhrases(t *testing.T) {
	for state, want := range map[State]string{
		"TX": "Texas, the state, an agency of the state government",
		"DC": "the District of Columbia, the District, an agency of the District government",
		"GU": "Guam, the territory, an agency of the territory government",
		"MP": "the Northern Mariana Islands, the territory, an agency of the territory government",
	} {
		if got := state.InSentence() + ", " + state.Phrase() + ", " + TypeState.Phrase(state); got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
}

func TestDoubtSaysWhatIsOnlyLikely(t *testing.T) {
	pending := Evidence{List: ListPending}
	for want, c := range map[string]Change{
		"": {Kind: KindAmended, Certainty: Certain},
		"likely the same agreement; ICE gives no id":                        {Kind: KindAmended, Certainty: Likely},
		"likely the same pending entry; ICE gives no id":                    {Kind: KindAmended, Certainty: Likely, Publication: pending},
		"likely the agency that was pending; ICE gives no id":               {Kind: KindNew, Certainty: Likely, PendingSince: "2025-07-01"},
		"likely not Bay PD under another name; ICE gives no id":             {Kind: KindNew, Certainty: Likely, Near: "Bay PD"},
		"likely new, not another name for what was listed; ICE gives no id": {Kind: KindNew, Certainty: Likely},
		"likely gone, not listed under another name; ICE gives no id":       {Kind: KindRemoved, Certainty: Likely},
		"likely a milestone; ICE gives no id":                               {Kind: KindMilestone, Certainty: Likely},
	} {
		if got := c.Doubt(); got != want {
			t.Errorf("%s on the %s list: %q, want %q", c.Kind, c.Publication.List, got, want)
		}
	}
}
