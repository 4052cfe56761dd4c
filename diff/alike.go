package diff

import (
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// Alikeness is how sure it is whether two spellings name one agency.
type Alikeness int

// The answers of Alike. Unsure is the zero value.
const (
	Unsure Alikeness = iota
	Alike            // one agency, misprints included, or the city or town whose police it is
	Unlike           // two agencies, each of which names a place or a body that there is
)

// Alike says whether two spellings, from different sources, name one agency. A state that
// one of them does not say is taken from the other. Nothing but the names speaks: where they
// could belong together, as a county and its sheriff do, it is Unsure.
func (m *Names) Alike(a, b roster.Spelling) Alikeness {
	otherState := a.State != "" && b.State != "" && a.State != b.State
	if a.State == "" {
		a.State = b.State
	}
	if b.State == "" {
		b.State = a.State
	}
	x, y := m.parse(a), m.parse(b)
	// One such word is not enough to tell an agency from others of its state.
	if len(x.place) == 0 && len(x.body) < 2 || len(y.place) == 0 && len(y.body) < 2 {
		return Unsure
	}
	if otherState {
		return Unlike
	}
	c := compare(x, y)
	switch l := c.likeness; {
	case l == identical:
		return Alike
	case l == near && (!x.real() || !y.real() || x.joined == y.joined): // two that there are, or one and its misprint
		return Alike
	case l == wordMore && c.mended && !c.statewide: // "Sunny Isles", which there is not, for "Sunny Isles Beach"
		return Alike
	case l == contrary || l == unrelated:
		// A name that speaks of a county or a town that there is, or of a body of the whole
		// state, is surely read right.
		sure := func(n *name) bool { return n.real() || n.ofState && len(n.place) == 0 && n.kind != "" }
		if sure(x) && sure(y) && !x.shareCounty(y) {
			return Unlike
		}
	}
	return Unsure
}

// shareCounty says whether two names can be of one body for being in one county, as the
// sheriff of Jacksonville and that of Duval County are. Where both say which kind of body
// they are, and these differ, they are two.
func (n *name) shareCounty(m *name) bool {
	if n.kind != "" && m.kind != "" && n.kind != m.kind {
		return false
	}
	in := func(town *name, fips string) bool {
		return slices.ContainsFunc(town.towns, func(counties []string) bool { return slices.Contains(counties, fips) })
	}
	return n.fips != "" && in(m, n.fips) || m.fips != "" && in(n, m.fips)
}
