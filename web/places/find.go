package places

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Found is what the last part of a county page's address means.
type Found struct {
	County *place.County // nil where it means none, or several
	Region *place.Region // a planning region of Connecticut
	Near   []place.County
	State  roster.State // that the code begins with; "" for none
}

// mostNear is how many counties are offered for an address that means none.
const mostNear = 12

// Find reads the last part of an address: a FIPS code, one that a county had before or
// that lost its first 0, or a county's name with its state.
func Find(given string) (f Found) {
	if _, err := strconv.ParseUint(given, 10, 32); err != nil {
		called := place.CountiesCalled(given)
		if len(called) == 1 {
			return Found{County: &called[0]}
		}
		return Found{Near: called[:min(len(called), mostNear)]}
	}
	if len(given) == 4 { // as spreadsheets write it
		given = "0" + given
	}
	if now := place.FormerCodes(given); len(now) == 1 {
		given = now[0]
	}
	f.State = place.StateOf(given)
	if c, ok := place.ByFIPS(given); ok {
		f.County = &c
		return f
	}
	if i := slices.IndexFunc(place.Regions(), func(r place.Region) bool { return r.FIPS == given }); i >= 0 {
		f.Region = &place.Regions()[i]
		return f
	}
	f.Near = near(given, f.State)
	return f
}

// near are the counties that took a code's place, or else those of its state with the
// nearest codes.
func near(code string, s roster.State) []place.County {
	var all []place.County
	for _, now := range place.FormerCodes(code) {
		if c, ok := place.ByFIPS(now); ok {
			all = append(all, c)
		}
	}
	if all != nil || len(code) != 5 {
		return all
	}
	off := func(c place.County) int {
		a, _ := strconv.Atoi(c.FIPS)
		b, _ := strconv.Atoi(code)
		return max(a-b, b-a)
	}
	all = place.Counties(s)
	slices.SortStableFunc(all, func(a, b place.County) int { return cmp.Compare(off(a), off(b)) })
	return all[:min(len(all), 3)]
}
