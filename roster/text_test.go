package roster

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"  Autauga County Sheriff’s Office \u00a0", "Autauga County Sheriff's Office"},
		{"a\u00a0b\tc\nd", "a b c d"},
		{"“Quoted” `x´", "\"Quoted\" 'x'"},
		{"zero\u200bwidth\x00bell\a", "zerowidthbell"},
		{"", ""},
		{" \u00a0 ", ""},
		{"Doña Ana", "Doña Ana"},
	} {
		if got := Clean(tt.in); got != tt.want {
			t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFoldIgnoresWhatTellsNothing(t *testing.T) {
	for _, tt := range []struct{ a, b string }{
		{"Baker County Sheriff's Office", "BAKER  COUNTY Sheriff’s office "},
		{"Sheriffs Office", "Sheriff's Office"},
		{"Fish & Wildlife", "Fish and Wildlife"},
		{"U.S. Marshal", "US Marshal"},
		{"Doña Ana", "Dona Ana"},
		{"Rappahannock,Shenandoah", "Rappahannock, Shenandoah"},
		{"Miami-Dade", "Miami Dade"},
	} {
		if Fold(tt.a) != Fold(tt.b) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q, want them equal", tt.a, Fold(tt.a), tt.b, Fold(tt.b))
		}
	}
	if Fold("Baker") == Fold("Barker") {
		t.Error("Baker and Barker fold alike")
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "A & B", "Sheriff’s\u00a0Office", "\xff\xfe", "ÀÉ", "&&&", "İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
		if strings.Contains(once, "  ") || strings.HasPrefix(once, " ") || strings.HasSuffix(once, " ") {
			t.Errorf("Fold(%q) = %q has blanks too many", s, once)
		}
		if c := Clean(s); Clean(c) != c {
			t.Errorf("Clean(%q) = %q, cleaned again %q", s, c, Clean(c))
		}
	})
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"macro", "marco", 1}, {"lampass", "lampasas", 1}, {"brookfield", "brookford", 3}, {"", "abc", 3}, {"same", "same", 0}} {
		if got := Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
