package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/search"
)

// TestFindEveryCounty asks for each county by its name and its state's code, then
// by its name alone.
func TestFindEveryCounty(t *testing.T) {
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			for _, query := range []string{c.Name + " " + string(s), c.Name + ", " + s.Name(), roster.Fold(c.Name)} {
				if rank, exact := rankOf(index(), c.FIPS, query, 60); rank < 0 || !exact {
					t.Errorf("%q does not find %s", query, c.FIPS)
				} else if strings.HasSuffix(query, string(s)) && rank > 2 {
					t.Errorf("%q finds %s at place %d", query, c.FIPS, rank+1)
				}
			}
		}
	}
}

// rankOf says at which place a county is found, from 0 on; -1 where it is not.
func rankOf(x *search.Index, fips, query string, limit int) (rank int, exact bool) {
	hits := x.Find(query, limit)
	rank = slices.IndexFunc(hits, func(h search.Hit) bool { return h.County != nil && h.County.FIPS == fips })
	return rank, rank >= 0 && hits[rank].Exact
}

// TestFindEveryCountyMistyped puts one slip into the name of every county of five
// letters or more, among 3,000 agencies.
func TestFindEveryCountyMistyped(t *testing.T) {
	x := search.New(located(manyAgencies(3000)))
	rng := rand.New(rand.NewPCG(287, 'g'))
	asked, foundFirst, foundSoon := 0, 0, 0
	var missed []string
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			name := roster.Fold(c.Name)
			if len(strings.ReplaceAll(name, " ", "")) < 5 {
				continue
			}
			query := mistype(rng, name) + " " + string(s)
			asked++
			rank, _ := rankOf(x, c.FIPS, query, 3)
			if rank == 0 {
				foundFirst++
			}
			if rank >= 0 {
				foundSoon++
			} else {
				missed = append(missed, fmt.Sprintf("%q (%s)", query, c.Name))
			}
		}
	}
	share := float64(foundSoon) / float64(asked)
	t.Logf("of %d counties %d (%.2f %%) are among the first three, %d the first (%.2f %%); not: %s", asked, foundSoon, 100*share,
		foundFirst, 100*float64(foundFirst)/float64(asked), strings.Join(missed, ", "))
	if asked < 2800 || share < 0.98 {
		t.Errorf("%d of %d mistyped counties are found, want 98 %%", foundSoon, asked)
	}
}

// mistype puts one slip into a name: a letter more, less or another, or two
// neighbours swapped.
func mistype(rng *rand.Rand, name string) string {
	for {
		s, i, letter := []byte(name), rng.IntN(len(name)), byte('a'+rng.IntN(26))
		switch rng.IntN(4) {
		case 0:
			s = slices.Insert(s, i, letter)
		case 1:
			s = slices.Delete(s, i, i+1)
		case 2:
			s[i] = letter
		default:
			j := max(i-1, 0)
			s[i], s[j] = s[j], s[i]
		}
		if string(s) != name {
			return string(s)
		}
	}
}

// manyAgencies makes up agencies as ICE names them, one in four with a former
// spelling.
func manyAgencies(n int) []search.Agency {
	var made []search.Agency
	for round := 0; len(made) < n; round++ {
		for _, s := range roster.States() {
			for i, c := range place.Counties(s) {
				if len(made) == n || (i+round)%2 != 0 {
					continue
				}
				name := c.Name + " County Sheriff's Office"
				if round > 0 {
					name = fmt.Sprintf("City of %sville Police Department", c.Name)
				}
				a := search.Agency{ID: string(s) + "-" + roster.Slug(name), State: s, Names: []string{name}, County: c.Name + " County", Active: 1}
				if i%4 == 0 {
					a.Names = []string{strings.Replace(name, "Office", "Department", 1), name}
				}
				made = append(made, a)
			}
		}
	}
	return made
}
