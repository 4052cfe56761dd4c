package roster

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseStateKnowsEachByNameAndCode(t *testing.T) {
	for _, want := range States() {
		for _, s := range []string{want.Name(), strings.ToUpper(want.Name()), " " + strings.ToLower(want.Name()) + "\u00a0",
			strings.ReplaceAll(want.Name(), " ", "  "), string(want), strings.ToLower(string(want))} {
			if got, ok := ParseState(s); !ok || got != want {
				t.Errorf("ParseState(%q) = %q, %v, want %q", s, got, ok, want)
			}
		}
	}
}

func TestParseState(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want State // "" where it is refused
	}{
		// Misprints of ICE's lists.
		{"GEORGIA", "GA"}, {"UTAHJ", "UT"}, {"UTAh", "UT"}, {"PENNSLYVANIA", "PA"}, {"WEST VIRIGINIA", "WV"}, {"MCHIGAN", "MI"},
		{"GUAM", "GU"}, {"NORTHERN MARIANA ISLANDS", "MP"}, {"Florida\u00a0", "FL"}, {"TEXAS\u200b", "TX"},
		// What is nearer to another state's name than to its own.
		{"W. Virginia", "WV"}, {"WVIRGINA", "WV"}, {"Washington, D.C.", "DC"}, {"Washington DC", "DC"}, {"D.C.", "DC"},
		{"N. Carolina", "NC"}, {"S Carolina", "SC"}, {"U.S. Virgin Islands", "VI"}, {"KANSAS", "KS"}, {"ARKANSAS", "AR"},
		// One slip from two states, or from none.
		{"CAROLINA", ""}, {"DAKOTA", ""}, {"RKANSAS", ""}, {"ORTH CAROLINA SOUTH CAROLINA", ""},
		{"", ""}, {" \u00a0", ""}, {"#N/A", ""}, {"NA", ""}, {"Total", ""}, {"X", ""}, {"XX", ""}, {"STATE", ""}, {"123", ""}, {"ONTARIO", ""},
		{"Updated September 18, 2026", ""}, {strings.Repeat("TEXAS", 1000), ""},
	} {
		got, ok := ParseState(tt.in)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("ParseState(%.40q) = %q, %v, want %q", tt.in, got, ok, tt.want)
		}
	}
}

// A name with one slip is that state's, or nobody's.
func TestParseStateNeverTakesAMisprintForAnotherState(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	const slips = 40
	read, other := 0, statesByName()
	for _, state := range States() {
		for range slips {
			misprint := slip(random, strings.ToUpper(state.Name()))
			got, ok := ParseState(misprint)
			switch {
			case ok && got == state:
				read++
			case ok && other[letters(misprint)] == "":
				t.Errorf("seed %d: ParseState(%q) = %q, a misprint of %s", seed, misprint, got, state.Name())
			case !ok && got != "":
				t.Errorf("seed %d: ParseState(%q) refuses and returns %q", seed, misprint, got)
			}
		}
	}
	if all := slips * len(States()); read < all*9/10 {
		t.Errorf("seed %d: of %d misprints only %d were read", seed, all, read)
	}
}

// slip makes one typing error.
func slip(random *rand.Rand, s string) string {
	letters := []byte(s)
	at := random.IntN(len(letters))
	other := byte('A' + random.IntN(26))
	switch random.IntN(4) {
	case 0:
		return string(slices.Delete(letters, at, at+1))
	case 1:
		return string(slices.Insert(letters, at, other))
	case 2:
		letters[at] = other
	case 3:
		if at > 0 {
			letters[at-1], letters[at] = letters[at], letters[at-1]
		}
	}
	return string(letters)
}

func FuzzParseState(f *testing.F) {
	for _, s := range []string{"", "GEORGIA", "PENNSLYVANIA", "W. Virginia", "tx", "#N/A", "CAROLINA", "\xff\u00a0", "Ohio‘"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		state, ok := ParseState(s)
		if ok != (state != "") {
			t.Fatalf("ParseState(%q) = %q, %v", s, state, ok)
		}
		if ok && !slices.Contains(States(), state) {
			t.Errorf("ParseState(%q) = %q, which is no state", s, state)
		}
		loud := " " + strings.ToUpper(s) + "\u00a0"
		if again, _ := ParseState(loud); again != state && Fold(loud) == Fold(s) {
			t.Errorf("ParseState(%q) = %q, in capitals %q", s, state, again)
		}
	})
}

func TestTerritories(t *testing.T) {
	states := 0
	for _, s := range States() {
		if !s.Territory() {
			states++
		}
	}
	if states != 50 || !State("GU").Territory() || State("TX").Territory() {
		t.Errorf("%d of the states are no territories, want 50", states)
	}
	if got := State("ZZ").Name(); got != "ZZ" {
		t.Errorf("State(ZZ).Name() = %q, want the code itself", got)
	}
	if !slices.IsSortedFunc(States(), func(a, b State) int { return strings.Compare(a.Name(), b.Name()) }) {
		t.Error("States() is not in the order of their names")
	}
}
