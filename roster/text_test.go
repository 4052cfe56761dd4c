package roster

import (
	"math/rand/v2"
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

// The short way of counting slips comes to what the textbook's comes to.
func TestDistanceIsTheTextbooks(t *testing.T) {
	textbook := func(a, b string) int {
		s, t := []rune(a), []rune(b)
		d := make([][]int, len(s)+1)
		for i := range d {
			d[i] = make([]int, len(t)+1)
			d[i][0] = i
		}
		for j := range t {
			d[0][j+1] = j + 1
		}
		for i := 1; i <= len(s); i++ {
			for j := 1; j <= len(t); j++ {
				cost := 1
				if s[i-1] == t[j-1] {
					cost = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
				if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
		return d[len(s)][len(t)]
	}
	random := rand.New(rand.NewPCG(5, 6))
	word := func(letters []rune, longest int) string {
		w := make([]rune, random.IntN(longest))
		for i := range w {
			w[i] = letters[random.IntN(len(letters))]
		}
		return string(w)
	}
	for range 20_000 {
		letters := []rune("ab")
		longest := 9
		switch random.IntN(10) {
		case 0:
			letters = []rune("abñ")
		case 1:
			letters, longest = []rune("abc "), 80
		}
		a, b := word(letters, longest), word(letters, longest)
		if got, want := Distance(a, b), textbook(a, b); got != want {
			t.Fatalf("Distance(%q, %q) = %d, want %d", a, b, got, want)
		}
		for most := range 4 {
			if got, want := Within(most, a, b), textbook(a, b) <= most; got != want {
				t.Fatalf("Within(%d, %q, %q) = %v, want %v", most, a, b, got, want)
			}
		}
	}
}
