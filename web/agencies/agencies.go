// Package agencies is what the page of an agency shows: what it holds and held, in words,
// how ICE has spelled it, and who else is in its county. It is pure: all of it is computed
// from a snapshot, and none of it is HTML.
package agencies

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
)

// Record is one agreement or pending entry, with all that is known of it.
type Record struct {
	roster.Agreement
	List       roster.List
	Status     string // "active", "no longer listed"
	Allows     string // what the model allows
	Listed     string // each spell on the list, in words
	Pending    string // how long it was pending before it was listed; "" where it was not
	SignedBy   string // for a pending entry: when its agreement was listed, or that none was
	Other      *Line
	Evidence   string // address of the row that first listed it as it is known now
	EvidenceOf string // what that address shows, in words
	Stands     bool   // ICE lists it, with this agency
	Doubt      *Doubt // what is only likely, and the change that says so; nil where nothing is
}

// Spelling is a way in which ICE has named an agency.
type Spelling struct {
	Name  string
	State roster.State
	Since string // in words; "" where it is not known
}

// Line is an agency in a list, with what it holds now.
type Line struct {
	ID, Name string
	State    roster.State
	Holds    string
}

// Doubt leads to the change that says what is only likely.
type Doubt struct{ Text, URL string }

// holds says what an agency holds now: "1 active agreement, 1 pending
// entry".
func holds(l prose.Language, snap *snapshot.Snapshot, id string) string {
	h := snap.HoldingsOf(id)
	return l.Holds(len(h.Active), len(h.Pending))
}

// Stands says the same for a title.
func Stands(l prose.Language, snap *snapshot.Snapshot, id string) string {
	h := snap.HoldingsOf(id)
	return l.HoldsTitle(len(h.Active), len(h.Pending))
}

// Lead sums up what the lists say now.
func Lead(l prose.Language, snap *snapshot.Snapshot, id string) string {
	h := snap.HoldingsOf(id)
	return l.AgencyLead(prose.AgencyNow{Name: snap.AgencyName(id), Active: now(h.Active), Pending: now(h.Pending),
		KnownUntil: snap.KnownUntil(), PendingList: snap.InForce(snap.KnownUntil())[roster.ListPending].PublishedAt, Moved: movedFrom(l, snap, id)})
}

func now(records []*roster.Record) []roster.Agreement {
	all := make([]roster.Agreement, len(records))
	for i, r := range records {
		all[i] = r.Now()
	}
	return all
}

// movedFrom names the agencies with which ICE's lists now give what they gave
// with this one before.
func movedFrom(l prose.Language, snap *snapshot.Snapshot, id string) []string {
	var to []string
	for _, r := range snap.RecordsOf(id) {
		now := r.Now()
		name := l.InState(now.Agency, now.State)
		if now.AgencyID != id && r.Listed() && !slices.Contains(to, name) {
			to = append(to, name)
		}
	}
	return to
}

// Records puts all agreements and entries that are or were an agency's into
// words: the active ones, the pending ones, those that ended, and last those that
// ICE gives with another agency now.
func Records(l prose.Language, snap *snapshot.Snapshot, id string) []Record {
	records := slices.Clone(snap.RecordsOf(id))
	rank := func(later bool) int {
		if later {
			return 1
		}
		return 0
	}
	order := roster.Statuses()
	slices.SortStableFunc(records, func(a, b *roster.Record) int {
		return cmp.Or(cmp.Compare(rank(a.Now().AgencyID != id), rank(b.Now().AgencyID != id)),
			cmp.Compare(slices.Index(order, a.Status()), slices.Index(order, b.Status())),
			cmp.Compare(roster.StatusOn(a.List), roster.StatusOn(b.List)), b.FirstListed().Compare(a.FirstListed()))
	})
	var all []Record
	for _, r := range records {
		all = append(all, inWords(l, snap, id, r))
	}
	return all
}

func inWords(l prose.Language, snap *snapshot.Snapshot, id string, r *roster.Record) Record {
	now := r.Now()
	a := Record{Agreement: now, List: r.List, Status: l.Record(r, snap.Record(r.SignedBy)), Listed: l.Spelled(r), Pending: pendingBefore(l, snap, r),
		Allows: l.Allows(now.Model, r.List), Stands: r.Listed() && now.AgencyID == id}
	if signed := snap.Record(r.SignedBy); signed != nil && (r.Listed() || !signed.FirstListed().Before(r.Applied())) {
		a.SignedBy = l.SignedBy(signed)
	} else {
		a.SignedBy = l.NotSigned(agreementBefore(snap, id, r))
	}
	if now.AgencyID != id {
		a.Other = &Line{ID: now.AgencyID, Name: snap.AgencyName(now.AgencyID), State: now.State}
		a.Status = l.Say("page.agency.elsewhere")
	}
	a.Doubt = doubtAbout(l, snap, id, r.ID())
	for i := len(r.Versions) - 1; i >= 0; i-- {
		ver := r.Versions[i]
		if p, ok := snap.Publication(ver.Source); ok && ver.Listed && ver.Row > 0 {
			a.Evidence = route.EvidenceURL(p.List, p.SHA256) + fmt.Sprintf("#row-%d", ver.Row)
			a.EvidenceOf = l.RowOf(p.Ref(ver.Row))
			break
		}
	}
	return a
}

// agreementBefore is the last agreement of an agency in an entry's model that was listed
// before the entry left; nil for none.
func agreementBefore(snap *snapshot.Snapshot, id string, entry *roster.Record) (last *roster.Record) {
	for _, r := range snap.RecordsOf(id) {
		if r.List == roster.ListParticipating && r.Now().Model == entry.Now().Model && r.FirstListed().Before(entry.Last().From) &&
			(last == nil || last.FirstListed().Before(r.FirstListed())) {
			last = r
		}
	}
	return last
}

// doubtAbout leads to the last change of an agreement that is only likely; nil
// where there is none that stands.
func doubtAbout(l prose.Language, snap *snapshot.Snapshot, agency, agreement string) *Doubt {
	c, ok := snap.DoubtfulChange(agency, agreement)
	if !ok {
		return nil
	}
	return &Doubt{Text: l.Doubt(c), URL: route.ChangeURL(c.ID)}
}

// pendingBefore says how long an agreement's agency was pending before the
// agreement was listed; "" where it was not, or where the record is too young to
// tell.
func pendingBefore(l prose.Language, snap *snapshot.Snapshot, r *roster.Record) string {
	if r.List != roster.ListParticipating || r.PendingSince.IsZero() || r.Baseline {
		return ""
	}
	return l.PendingBefore(r, snap.EntryOf(r))
}

// Spellings lists how ICE has named an agency, with since when it did.
func Spellings(l prose.Language, snap *snapshot.Snapshot, id string) []Spelling {
	var all []Spelling
	spellings := snap.Agency(id).Spellings
	for i, s := range spellings {
		if slices.Contains(spellings[:i], s) { // the first one, which is in use again
			continue
		}
		line := Spelling{Name: s.Name, State: s.State}
		if since, orBefore := snap.SpelledSince(id, s); !since.IsZero() {
			line.Since = l.SinceDay(roster.Day(since), orBefore)
		}
		all = append(all, line)
	}
	return all
}

// mostNeighbours bounds the list of a county's agencies.
const mostNeighbours = 60

// Neighbors lists the agencies that ICE's lists place, or once placed, in a
// county, but for one.
func Neighbors(l prose.Language, snap *snapshot.Snapshot, s roster.State, county place.County, but string) []Line {
	ids := slices.DeleteFunc(snap.AgenciesIn(s, county.FIPS), func(id string) bool { return id == but })
	all := make([]Line, min(len(ids), mostNeighbours))
	for i := range all {
		all[i] = InBrief(l, snap, ids[i], s)
	}
	return all
}

// InBrief names an agency in a state, with what it holds now.
func InBrief(l prose.Language, snap *snapshot.Snapshot, id string, s roster.State) Line {
	return Line{ID: id, Name: snap.AgencyName(id), State: s, Holds: holds(l, snap, id)}
}

// Kind labels the kind of agency, "" where ICE gives none.
func Kind(l prose.Language, a roster.Agreement) string {
	if a.Type == "" {
		return ""
	}
	return l.TypeIn(a.Type, a.State)
}
