package diff

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// FuzzDistance holds the distance without allocations against the plain one.
func FuzzDistance(f *testing.F) {
	for _, p := range [][2]string{{"lampass", "lampasas"}, {"ab", "ba"}, {"", "x"}, {"abcdef", "badcfe"}, {"ca", "abc"}, {"sheriff", "sherriff"}} {
		f.Add(p[0], p[1], 2)
	}
	f.Fuzz(func(t *testing.T, a, b string, most int) {
		a, b = roster.Fold(a), roster.Fold(b)
		for _, s := range []string{a, b} {
			for i := range len(s) {
				if s[i] >= 0x80 || len(s) > longestWord {
					return // the one counts letters, the other bytes
				}
			}
		}
		want := roster.Distance(a, b)
		if got := distance(a, b); got != want {
			t.Errorf("distance(%q, %q) = %d, want %d", a, b, got, want)
		}
		most = max(0, most%6)
		if got := distanceUpTo(a, b, most); got != want && (got <= most || want <= most) {
			t.Errorf("distanceUpTo(%q, %q, %d) = %d, want %d", a, b, most, got, want)
		}
	})
}
