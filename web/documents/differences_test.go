package documents

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// What is common is a common subsequence, and the longest there is where the two are near.
func TestPiecesAreTheWords(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	words := func(n int) []string {
		all := make([]string, r.IntN(n))
		for i := range all {
			all[i] = string(rune('a' + r.IntN(4)))
		}
		return all
	}
	for range 3000 {
		x, y := words(16), words(16)
		form, own := pieces(x, y)
		same := func(all []piece, own bool) (list []string) {
			for _, p := range all {
				if own || !p.Own {
					list = append(list, strings.Fields(p.Text)...)
				}
			}
			return list
		}
		if !slices.Equal(same(form, true), x) || !slices.Equal(same(own, true), y) {
			t.Fatalf("%q and %q are shown as %v and %v", x, y, form, own)
		}
		if !slices.Equal(same(form, false), same(own, false)) || len(same(own, false)) != longest(x, y) {
			t.Fatalf("of %q and %q %q and %q are common, want %d", x, y, same(form, false), same(own, false), longest(x, y))
		}
	}
}

// longest is the length of the longest common subsequence, by its definition.
func longest(x, y []string) int {
	table := make([][]int, len(x)+1)
	for i := range table {
		table[i] = make([]int, len(y)+1)
	}
	for i := range x {
		for j := range y {
			table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			if x[i] == y[j] {
				table[i+1][j+1] = table[i][j] + 1
			}
		}
	}
	return table[len(x)][len(y)]
}

// What a form leaves open is nobody's departure.
func TestPiecesOfFields(t *testing.T) {
	t.Parallel()
	own := func(all []piece) (list []string) {
		for _, p := range all {
			if p.Own {
				list = append(list, p.Text)
			}
		}
		return list
	}
	for _, test := range []struct{ form, own, inForm, inOwn string }{
		{"between ICE and the ____, which pays", "between ICE and the Bay County Sheriff, which pays", "", ""},
		{"between ICE and the ____ which pays", "between ICE and the Bay County Sheriff which owes", "pays", "owes"},
		{"sent to the ____ by mail", "sent to the by mail", "", ""},
		{"ICE ____ pays", "ICE never pays", "", ""},
		{"ICE always pays", "ICE never pays", "always", "never"},
		{"ICE pays", "ICE pays ____", "", "____"},
	} {
		form, now := pieces(strings.Fields(test.form), strings.Fields(test.own))
		if a, b := strings.Join(own(form), "|"), strings.Join(own(now), "|"); a != test.inForm || b != test.inOwn {
			t.Errorf("%q and %q: %q and %q are their own, want %q and %q", test.form, test.own, a, b, test.inForm, test.inOwn)
		}
	}
}

func TestPiecesOfUnlikeTexts(t *testing.T) {
	t.Parallel()
	var x, y []string
	for i := range 1000 {
		x, y = append(x, "x"+strings.Repeat("a", i%7)), append(y, "y"+strings.Repeat("a", i%5))
	}
	form, own := pieces(append([]string{"Begin"}, x...), append([]string{"Begin"}, y...))
	if len(form) != 2 || len(own) != 2 || form[0].Text != "Begin" || form[0].Own || !form[1].Own {
		t.Errorf("%d and %d pieces", len(form), len(own))
	}
}
