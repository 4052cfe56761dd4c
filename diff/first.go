package diff

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// firstNames returns the milestones for an agreement's firsts, in the order of
// firsts.
func firstNames() []string {
	return []string{roster.FirstInState, roster.FirstInModel, roster.FirstOfType}
}

// firsts returns what an agreement can be the first of, the widest first.
func firsts(a roster.Agreement) []string {
	return []string{string(a.State), string(a.State) + "#" + string(a.Model), string(a.State) + "/" + string(a.Type)}
}

// firstListing is who was first in something, as ICE gives it now.
type firstListing struct {
	first    *roster.Record
	together int            // how many the same list had first
	former   *roster.Record // one that ICE had listed as such, and has corrected
}

// firstListings returns who was first, by the keys of firsts.
func (u *update) firstListings() map[string]firstListing {
	found := map[string]firstListing{}
	for _, r := range u.known.Records {
		if r.List != roster.ListParticipating {
			continue
		}
		now := firsts(r.Now())
		for _, key := range now {
			h := found[key]
			h.add(r)
			found[key] = h
		}
		for _, v := range r.Versions[:len(r.Versions)-1] {
			for i, key := range firsts(v.Agreement) {
				if h := found[key]; key != now[i] && (h.former == nil || earlier(r, h.former)) {
					h.former = r
					found[key] = h
				}
			}
		}
	}
	return found
}

func (h *firstListing) add(r *roster.Record) {
	switch {
	case h.first == nil || listedAt(r) < listedAt(h.first):
		h.first, h.together = r, 1
	case listedAt(r) == listedAt(h.first):
		h.together++
		if r.ID() < h.first.ID() {
			h.first = r
		}
	}
}

// placeOf is where a publication that took effect at a time stands among all, in nanoseconds
// of that time. Times order publications, and numbers do not: after a rebuild, lists that
// were found later have later numbers. Numbers order those of one time alone.
func placeOf(from time.Time, publication uint64) int64 {
	return from.UnixNano() + int64(publication) //nolint:gosec // far fewer than a millisecond has nanoseconds
}

// listedAt is where the publication stands that listed a record first.
func listedAt(r *roster.Record) int64 { return placeOf(r.Versions[0].From, r.Versions[0].Source) }

func earlier(a, b *roster.Record) bool {
	return listedAt(a) < listedAt(b) || listedAt(a) == listedAt(b) && a.ID() < b.ID()
}

func (u *update) firstMilestones(changes []*roster.Change, h map[string]firstListing) {
	said := map[string]bool{}
	for _, c := range changes {
		if c.Kind != roster.KindNew || maybeElsewhere(u.agencies.newRow(c.Agreement)) {
			continue
		}
		r := u.known.Records[c.Agreement.ID]
		for i, key := range firsts(c.Agreement) {
			if listedAt(h[key].first) != listedAt(r) || said[key] || i == 2 && !u.firstOfType(r) {
				continue
			}
			said[key] = true
			m := roster.Milestone{Name: firstNames()[i], Among: several(h[key].together)}
			if former := h[key].former; former != nil {
				m.LeavingOut = former.ID()
			}
			u.milestone(c, m)
			if i == 0 { // the first of a state is the first of all the rest
				for _, rest := range firsts(c.Agreement) {
					said[rest] = true
				}
				break
			}
		}
	}
}

// maybeElsewhere says that an agreement's state may be a misprint: it names a county
// that another state has and this one does not.
func maybeElsewhere(r *row) bool {
	n := r.parsed()
	if !n.ofCounty() || n.joined == "" || n.fips != "" {
		return false
	}
	if _, near := place.Named(r.Agreement); near {
		return false // a misprint of one of the state's own
	}
	county := strings.Join(n.place, " ")
	return slices.ContainsFunc(roster.States(), func(other roster.State) bool {
		_, exists := place.FindCounty(other, county)
		return exists
	})
}

// firstOfType says whether an agreement is its state's first of a kind of agency
// beyond doubt. ICE's cell for the kind is often empty or wrong at first, so that
// the name must confirm it, and nothing earlier may be of that kind by its cell
// or by its name.
func (u *update) firstOfType(r *roster.Record) bool {
	a := r.Now()
	if a.Type == "" || bodyType(u.agencies.newRow(a)) != a.Type {
		return false
	}
	for _, other := range u.known.Records {
		if other.List != roster.ListParticipating || listedAt(other) >= listedAt(r) || other.Now().State != a.State {
			continue
		}
		now := other.Now()
		if by := bodyType(u.agencies.newRow(now)); now.Type == a.Type || by == a.Type || now.Type == "" && by == "" {
			return false
		}
	}
	return true
}

// bodyType is the kind of agency that a name alone speaks of; "" where it could
// be any.
func bodyType(r *row) roster.Type {
	n := r.parsed()
	words := strings.Fields(roster.Fold(r.Agency))
	state := slices.Contains(words, "state") || strings.Contains(" "+strings.Join(words, " ")+" ", " "+roster.Fold(r.State.Name())+" ")
	switch {
	case n.ofCounty():
		return roster.TypeCounty
	case len(n.place) == 0 && len(n.numbers) > 0 && n.kind != "police":
		return ""
	case len(n.place) == 0 && len(n.numbers) == 0, state && !schooled(words) && len(n.sides) == 0:
		return roster.TypeState
	case state || n.kind == "constable" || n.kind == "jail" || n.kind == "attorney":
		return ""
	}
	return roster.TypeMunicipality
}
