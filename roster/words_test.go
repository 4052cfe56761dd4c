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
		if got := state.InSentence() + ", " + state.Phrase() + ", " + StateAgency.Phrase(state); got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
}
