package diff

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Anew is how long an entry can be off the pending list and still be the same
// application. One that comes back later is a new one.
const Anew = 30 * 24 * time.Hour

// early is how long before an agency was first seen pending its agreement can
// have been signed: ICE's lists lag behind by some days.
const early = 7 * 24 * time.Hour

// agencyMatch says how far a pending entry and an agreement in its model speak of
// one agency.
type agencyMatch int

const (
	differentAgency agencyMatch = iota
	similarAgency               // near enough where nothing else explains the agreement
	sameAgency                  // one agency
)

// matchAgencies compares a pending entry with an agreement. Signing, withdrawing and
// correcting all decide by it.
func (u *update) matchAgencies(entry, agreement *row) agencyMatch {
	switch {
	case entry.Model != agreement.Model || u.agencies.aliases.distinct(entry, agreement):
		return differentAgency
	case entry.AgencyID != "" && entry.AgencyID == agreement.AgencyID:
		return sameAgency
	case entry.State == agreement.State:
		return u.matchInState(entry, agreement)
	}
	return u.matchAcrossStates(entry, agreement)
}

// matchInState compares two names of one state. Where both name real counties,
// the counties decide.
func (u *update) matchInState(a, b *row) agencyMatch {
	if otherCounties(a, b) {
		return differentAgency
	}
	m, n := u.agencies.inCounty(a), u.agencies.inCounty(b)
	sameKind, known := m.kind == n.kind, m.kind != "" && n.kind != ""
	switch compare(m, n).likeness {
	case identical:
		return sameAgency
	case near:
		if m.joined == n.joined && sameKind && m.ofCounty() == n.ofCounty() {
			return sameAgency
		}
		return similarAgency
	case wordMore:
		return similarAgency
	case samePlace:
		if m.joined == n.joined && !known && bodiesNear(m.body, n.body) {
			return similarAgency
		}
	case loose:
		if sameKind && known && oneCounty(a, b) {
			return similarAgency
		}
	case contrary:
		// A number on one side only: "Monroe 6th Ward" may be all of "Monroe".
		if (len(m.numbers) == 0) != (len(n.numbers) == 0) && sameKind && known && sharePlace(m, n) && oneCounty(a, b) {
			return similarAgency
		}
	case unrelated:
	}
	return differentAgency
}

// oneCounty says whether ICE gives both the same county.
func oneCounty(a, b *row) bool {
	return a.County != "" && roster.Fold(a.County) == roster.Fold(b.County)
}

// sharePlace says whether two names have a word of a place in common.
func sharePlace(a, b *name) bool {
	return slices.ContainsFunc(a.place, func(w string) bool { return len(w) > 3 && slices.Contains(b.place, w) })
}

// matchAcrossStates compares an entry with an agreement of another state: ICE has
// misprinted states, on either list. The county or town must not exist in both
// states, or else nobody else may be named after the place.
func (u *update) matchAcrossStates(a, b *row) agencyMatch {
	m, n := u.agencies.names.parse(roster.Spelling{State: b.State, Name: a.Agency}), b.parsed()
	if m.joined == "" || m.joined != n.joined || compare(m, n).likeness > near || a.County != "" && b.County != "" && !oneCounty(a, b) {
		return differentAgency
	}
	if !a.parsed().real() || !n.real() {
		return similarAgency
	}
	if m.ofCounty() || len(m.place) < 2 && !oneCounty(a, b) {
		return differentAgency
	}
	for _, id := range u.indexPlaces().places[m.joined] {
		if id != a.AgencyID && id != b.AgencyID {
			return differentAgency
		}
	}
	return similarAgency
}

// agreementIndex finds signed agreements for pending entries. It is made once for
// each list that is applied.
type agreementIndex struct {
	active    map[string]*roster.Record   // by agency and model
	all       map[string][]*roster.Record // by agency and model, those that ended included
	inState   map[string][]*roster.Record // by state and model
	signedAs  map[string][]*roster.Record // by agreement: the entries that ended as it
	hasActive map[string]bool             // agencies with an active agreement

	// What only entries without an agreement of their own need; see indexPlaces.
	byPlace map[string][]*roster.Record // by the words of the place and the model
	places  map[string][]string         // the words of a place to the agencies named after it
}

// indexAgreements returns the index of the agreements, and makes it where that is
// not done.
func (u *update) indexAgreements() *agreementIndex {
	if u.agreements != nil {
		return u.agreements
	}
	x := &agreementIndex{active: map[string]*roster.Record{}, all: map[string][]*roster.Record{}, inState: map[string][]*roster.Record{},
		signedAs: map[string][]*roster.Record{}, hasActive: map[string]bool{}}
	for _, r := range u.known.Records {
		now := r.Now()
		if r.List == roster.ListPending {
			if r.SignedBy != "" {
				x.signedAs[r.SignedBy] = append(x.signedAs[r.SignedBy], r)
			}
			continue
		}
		key := agencyModel(now)
		x.all[key] = append(x.all[key], r)
		x.inState[stateModel(now)] = append(x.inState[stateModel(now)], r)
		if r.Listed() {
			x.hasActive[now.AgencyID] = true
			if known := x.active[key]; known == nil || r.ID() < known.ID() {
				x.active[key] = r
			}
		}
	}
	u.agreements = x
	return x
}

// indexPlaces returns the index with the places that agencies are named after.
func (u *update) indexPlaces() *agreementIndex {
	x := u.indexAgreements()
	if x.places != nil {
		return x
	}
	x.places, x.byPlace = map[string][]string{}, map[string][]*roster.Record{}
	for id, a := range u.known.Agencies {
		for _, spelling := range a.Spellings {
			place := u.agencies.names.parse(spelling).joined
			if place != "" && !slices.Contains(x.places[place], id) {
				x.places[place] = append(x.places[place], id)
			}
		}
	}
	for _, records := range x.all {
		for _, r := range records {
			if key := u.placeModel(r.Now()); !strings.HasPrefix(key, "#") {
				x.byPlace[key] = append(x.byPlace[key], r)
			}
		}
	}
	return x
}

// placeModel returns the key of the place that an agency is named after and a model.
func (u *update) placeModel(a roster.Agreement) string {
	return u.agencies.nameOf(a).joined + "#" + string(a.Model)
}

// stateModel returns the key of a state and a model.
func stateModel(a roster.Agreement) string { return string(a.State) + "#" + string(a.Model) }

// activeFor returns the active agreement of the same agency and model.
func (u *update) activeFor(a roster.Agreement) *roster.Record {
	return u.indexAgreements().active[agencyModel(a)]
}

// signedAs finds the agreement that a pending entry ended as: the agency's own,
// if it was listed at any time since the entry was first seen, or else one that
// is new since then, that bears a like name and that no other entry explains.
func (u *update) signedAs(r *roster.Record) *roster.Record {
	entry, x := r.Now(), u.indexPlaces()
	var best *roster.Record
	most := differentAgency
	for _, agreement := range slices.Concat(x.all[agencyModel(entry)], x.inState[stateModel(entry)], x.byPlace[u.placeModel(entry)]) {
		if how := u.signsFor(r, agreement); how > most || how == most && how > differentAgency && agreement.ID() < best.ID() {
			best, most = agreement, how
		}
	}
	return best
}

// signsFor says how far an agreement can be the one that an entry was pending for.
func (u *update) signsFor(r, agreement *roster.Record) agencyMatch {
	since := r.Applied()
	fresh := isFresh(agreement, since)
	if !fresh && !agreement.ListedAfter(since) {
		return differentAgency
	}
	how := u.matchAgencies(u.agencies.newRow(r.Now()), u.agencies.newRow(agreement.Now()))
	switch {
	case how != similarAgency:
		return how
	case !fresh || u.indexAgreements().hasActive[r.Now().AgencyID]:
		return differentAgency // another agency's, which was listed before or is listed beside it
	case slices.ContainsFunc(u.indexAgreements().signedAs[agreement.ID()], func(other *roster.Record) bool { return other.ID() != r.ID() }):
		return differentAgency
	case agreement.Now().State != r.Now().State && !r.Listed() && agreement.FirstListed().Sub(r.Last().From) > early:
		return differentAgency
	}
	return how
}

// isFresh says whether an agreement was signed, or first listed, since an entry
// was first seen, or shortly before.
func isFresh(agreement *roster.Record, since time.Time) bool {
	from := since.Add(-early)
	signed := agreement.Now().Signed
	return !agreement.FirstListed().Before(from) || signed != "" && !signed.Time().Before(roster.Day(from).Time())
}

// signLikely pairs what is left of the pending entries with what is left of the
// new rows of their state, where neither can be anything else. For those that are
// still listed, or were reported as withdrawn long ago, only the same name counts.
func (u *update) signLikely(l *linker, old []*recordRow) []pair {
	least := map[*recordRow]agencyMatch{}
	byModel := map[string][]*recordRow{}
	for i, k := range slices.Concat(l.records, old) {
		if least[k] = similarAgency; i >= len(l.records) || k.record.Listed() {
			least[k] = sameAgency
		}
		byModel[stateModel(k.Agreement)] = append(byModel[stateModel(k.Agreement)], k)
	}
	var found []pair
	records, rows := map[*roster.Record]int{}, map[*listRow]int{}
	for _, e := range l.rows {
		for _, k := range byModel[stateModel(e.Agreement)] {
			if l.listed[e.AgencyID] == 0 && !u.indexAgreements().hasActive[k.AgencyID] && u.matchAgencies(k.row, e.row) >= least[k] {
				found = append(found, pair{k.record, e, roster.Likely, []string{"the pending entry's name is like it, and nothing else explains the entry"}})
				records[k.record]++
				rows[e]++
			}
		}
	}
	found = slices.DeleteFunc(found, func(p pair) bool { return records[p.record] > 1 || rows[p.listed] > 1 })
	l.rows = slices.DeleteFunc(l.rows, func(e *listRow) bool {
		return slices.ContainsFunc(found, func(p pair) bool { return p.listed == e })
	})
	slices.SortFunc(found, func(p, q pair) int { return cmp.Compare(p.listed.printed.Number, q.listed.printed.Number) })
	return found
}

// endedRecently says whether an entry was reported as withdrawn, and left the list
// so recently that it is still the same application.
func (u *update) endedRecently(r *roster.Record) bool {
	return r.Ending != "" && u.in.Now.Sub(r.Last().From) <= Anew
}

// correctWithdrawals looks at what the participating list changes: that can show
// that an entry reported as withdrawn was signed.
func (u *update) correctWithdrawals() {
	withdrawn := u.recordsWhere(func(r *roster.Record) bool {
		return r.List == roster.ListPending && !r.Listed() && r.Ending != "" && r.SignedBy == ""
	})
	for _, c := range u.changes {
		if c.Kind != roster.KindAmended || c.Publication.List != roster.ListParticipating ||
			!slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name != "signed" }) {
			continue
		}
		var wrong *roster.Record
		most := differentAgency
		for _, r := range withdrawn {
			if how := u.signsFor(r, u.known.Records[c.Agreement.ID]); how > most && u.known.Records[r.ID()].Ending != "" {
				wrong, most = r, how
			}
		}
		if wrong != nil {
			u.correctWithdrawal(c, wrong, most == similarAgency)
		}
	}
}

// correctWithdrawal ends an entry as the agreement of a change. Where it had been
// reported as withdrawn, the change corrects that.
func (u *update) correctWithdrawal(c *roster.Change, entry *roster.Record, likely bool) {
	if r := u.edit(entry); r.Ending != "" {
		c.Corrects = r.Ending
		u.reported[c] = prose.ReportedEnd{Agreement: r.Now(), At: r.EndingAt, Likely: likely}
	}
	u.endAsSigned(entry, c.Agreement.ID)
}

// stoodBeside says whether an entry ended as an agreement that the agency had when the
// entry came. Another one in the model may be what it was for.
func (u *update) stoodBeside(entry *roster.Record) bool {
	agreement := u.known.Records[entry.SignedBy]
	if agreement == nil || entry.Listed() || !agreement.PendingSince.Before(entry.Applied()) {
		return false
	}
	then, known := agreement.VersionAt(entry.Applied())
	return known && then.Listed
}

// endAsSigned notes that a pending entry ended as an agreement, so that it is never
// said to be withdrawn, whatever becomes of that.
func (u *update) endAsSigned(entry *roster.Record, agreement string) {
	r := u.edit(entry)
	r.SignedBy, r.Ending, r.EndingAt, r.LeftSeen = agreement, "", time.Time{}, time.Time{}
	if x := u.agreements; x != nil {
		x.signedAs[agreement] = append(x.signedAs[agreement], r)
	}
}
