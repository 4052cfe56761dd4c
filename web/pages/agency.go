package pages

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/table"
)

// agencyData is what the page about one agency shows.
type agencyData struct {
	Name       string
	State      roster.State
	Counties   []table.County
	Map        template.HTML // of where the county is in the state; "" for none
	Kind       string        // of agency, in words; "" where ICE gives none
	Lead       string
	Stands     []agencyRecord  // the active agreements, then the pending entries
	Past       []agencyRecord  // what ended, and what ICE gives with another agency now
	Rows       []table.Printed // of the lists in force
	Spellings  []spelt         // the oldest first
	Changes    []dayOfChanges
	Count      int    // of the changes
	All        string // address of all changes
	Neighbours []agencyLine
	CountyName string // of the county that the neighbours share
	Cite       citation
}

// citation is how to cite a page.
type citation struct {
	Text   string
	Day    roster.Date // that the page is as of
	DayURL string      // of what stays as it is
}

// agencyRecord is one agreement or pending entry, with all that is known of it.
type agencyRecord struct {
	roster.Agreement
	List       roster.List
	Status     string // "active", "no longer listed"
	Allows     string // what the model allows
	Listed     string // each spell on the list, in words
	Pending    string // how long it was pending before it was listed; "" where it was not
	SignedBy   string // for a pending entry: when its agreement was listed, or that none was
	Other      *agencyLine
	Evidence   string // address of the row that first listed it as it is known now
	EvidenceOf string // what that address shows, in words
	stands     bool   // ICE lists it, with this agency
	Doubt      *link  // what is only likely, and the change that says so; nil where nothing is
}

// spelt is a way in which ICE has named an agency.
type spelt struct {
	Name  string
	State roster.State
	Since string // in words; "" where it is not known
}

// agencyLine is an agency in a list, with what it holds now.
type agencyLine struct {
	ID, Name string
	State    roster.State
	Holds    string
}

// mostAgencyChanges bounds the timeline of one agency; no agency had a tenth of
// it yet.
const mostAgencyChanges = 300

// agencyPage shows all that ICE's lists ever said of one agency.
func agencyPage(req *request) (*response, error) {
	id := req.PathValue("id")
	if req.Snapshot.Agency(id) == nil || len(req.Snapshot.RecordsOf(id)) == 0 {
		if to := req.Snapshot.ResolveAgency(id); to != "" && to != id {
			return req.Redirect(req.keeping(route.AgencyURL(to)), http.StatusMovedPermanently), nil
		}
		return nil, route.NotFound("ICE's lists have named no such agency since this record began. Search for its name: ICE may spell it differently.")
	}
	latest := req.Snapshot.Latest(id)
	changes := req.Snapshot.ChangesOf(id)
	count := len(changes)
	slices.Reverse(changes)
	changes = changes[:min(count, mostAgencyChanges)]
	d := agencyData{
		Name: req.Snapshot.AgencyName(id), State: latest.State, Counties: table.CountiesOf(req.Snapshot, latest), Kind: kindOfAgency(latest),
		Lead: agencyLead(req.Snapshot, id), Spellings: spellingsOf(req.Snapshot, id), Changes: byDay(changes), Count: count,
		All: route.ChangesURL(roster.Filter{Agencies: []string{id}, Kinds: roster.Kinds()}, 0),
	}
	if at := req.Snapshot.Locate(latest).Counties; len(at) > 0 {
		county, _ := place.ByFIPS(at[0])
		d.CountyName = english.County(county)
		d.Neighbours = neighbors(req.Snapshot, latest.State, county, id)
	}
	for _, r := range agencyRecords(req.Snapshot, id) {
		if r.stands {
			d.Stands = append(d.Stands, r)
		} else {
			d.Past = append(d.Past, r)
		}
	}
	if len(d.Counties) > 0 && d.Counties[0].FIPS != "" && !place.OneCounty(d.State) {
		d.Map = req.set.borders.Locator(d.Counties[0].FIPS, draw.CountyMapData{Title: english.LocatorTitle(d.Counties[0].Name, d.State), Description: english.PlaceWords("outline", 0, map[string]string{"county": d.Counties[0].Name, "state": english.InSentence(d.State)})})
	}
	var err error
	if d.Rows, err = req.set.rows.Of(req.Context(), req.Snapshot, req.set.options.Roster, id); err != nil {
		return nil, err
	}
	title := fmt.Sprintf("%s, %s: %s", d.Name, d.State.Name(), agencyStands(req.Snapshot, id))
	d.Cite = req.citation(title, route.AgencyURL(id), roster.Filter{Agencies: []string{id}})
	return req.render(&page{Template: "agency", Title: title,
		Description: d.Lead, Path: route.AgencyURL(id), Picture: "/pictures" + route.AgencyURL(id) + ".png", Shows: cards.Agency(req.Snapshot, req.set.borders, req.Snapshot.Agency(id)), Filter: roster.Filter{Agencies: []string{id}},
		Crumbs: agencyTrail(req.Snapshot.Locate(latest).County(), latest.State, link{d.Name, route.AgencyURL(id)}), Data: d})
}

// citation says how to cite a page, and where what the lists said of a filter on its
// day stays.
func (req *request) citation(title, path string, f roster.Filter) citation {
	day := roster.Day(req.Snapshot.KnownUntil())
	return citation{Text: english.Cite(title, req.Snapshot.KnownUntil(), req.Base+path), Day: day,
		DayURL: req.Base + route.At(route.DayURL(day), route.Encode(f), 0)}
}

// agencyHolds says what an agency holds now: "1 active agreement, 1 pending
// entry".
func agencyHolds(snap *snapshot.Snapshot, id string) string {
	h := snap.HoldingsOf(id)
	return english.Holds(len(h.Active), len(h.Pending))
}

// agencyStands says the same for a title.
func agencyStands(snap *snapshot.Snapshot, id string) string {
	h := snap.HoldingsOf(id)
	return english.HoldsTitle(len(h.Active), len(h.Pending))
}

// agencyLead sums up what the lists say now.
func agencyLead(snap *snapshot.Snapshot, id string) string {
	h := snap.HoldingsOf(id)
	return english.AgencyLead(prose.AgencyNow{Name: snap.AgencyName(id), Active: each(h.Active, (*roster.Record).Now), Pending: each(h.Pending, (*roster.Record).Now),
		KnownUntil: snap.KnownUntil(), PendingList: snap.InForce(snap.KnownUntil())[roster.ListPending].PublishedAt, Moved: movedFrom(snap, id)})
}

// movedFrom names the agencies with which ICE's lists now give what they gave
// with this one before.
func movedFrom(snap *snapshot.Snapshot, id string) []string {
	var to []string
	for _, r := range snap.RecordsOf(id) {
		now := r.Now()
		name := english.InState(now.Agency, now.State)
		if now.AgencyID != id && r.Listed() && !slices.Contains(to, name) {
			to = append(to, name)
		}
	}
	return to
}

// agencyRecords puts all agreements and entries that are or were an agency's into
// words: the active ones, the pending ones, those that ended, and last those that
// ICE gives with another agency now.
func agencyRecords(snap *snapshot.Snapshot, id string) []agencyRecord {
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
	var all []agencyRecord
	for _, r := range records {
		all = append(all, recordInWords(snap, id, r))
	}
	return all
}

func recordInWords(snap *snapshot.Snapshot, id string, r *roster.Record) agencyRecord {
	now := r.Now()
	a := agencyRecord{Agreement: now, List: r.List, Status: english.Record(r, snap.Record(r.SignedBy)), Listed: english.Spelled(r), Pending: pendingBefore(snap, r),
		Allows: english.Allows(now.Model, r.List), stands: r.Listed() && now.AgencyID == id}
	if signed := snap.Record(r.SignedBy); signed != nil && (r.Listed() || !signed.FirstListed().Before(r.Applied())) {
		a.SignedBy = english.SignedBy(signed)
	} else {
		a.SignedBy = english.NotSigned(agreementBefore(snap, id, r))
	}
	if now.AgencyID != id {
		a.Other = &agencyLine{ID: now.AgencyID, Name: snap.AgencyName(now.AgencyID), State: now.State}
		a.Status = "given with another agency now"
	}
	a.Doubt = doubtAbout(snap, id, r.ID())
	for i := len(r.Versions) - 1; i >= 0; i-- {
		ver := r.Versions[i]
		if p, ok := snap.Publication(ver.Source); ok && ver.Listed && ver.Row > 0 {
			a.Evidence = route.EvidenceURL(p.List, p.SHA256) + fmt.Sprintf("#row-%d", ver.Row)
			a.EvidenceOf = english.RowOf(p.Ref(ver.Row))
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
func doubtAbout(snap *snapshot.Snapshot, agency, agreement string) *link {
	c, ok := snap.DoubtfulChange(agency, agreement)
	if !ok {
		return nil
	}
	return &link{Text: english.Doubt(c), URL: route.ChangeURL(c.ID)}
}

// pendingBefore says how long an agreement's agency was pending before the
// agreement was listed; "" where it was not, or where the record is too young to
// tell.
func pendingBefore(snap *snapshot.Snapshot, r *roster.Record) string {
	if r.List != roster.ListParticipating || r.PendingSince.IsZero() || r.Baseline {
		return ""
	}
	return english.PendingBefore(r, snap.EntryOf(r))
}

// spellingsOf lists how ICE has named an agency, with since when it did.
func spellingsOf(snap *snapshot.Snapshot, id string) []spelt {
	var all []spelt
	spellings := snap.Agency(id).Spellings
	for i, s := range spellings {
		if slices.Contains(spellings[:i], s) { // the first one, which is in use again
			continue
		}
		line := spelt{Name: s.Name, State: s.State}
		if since, orBefore := snap.SpelledSince(id, s); !since.IsZero() {
			line.Since = english.SinceDay(roster.Day(since), orBefore)
		}
		all = append(all, line)
	}
	return all
}

// mostNeighbours bounds the list of a county's agencies.
const mostNeighbours = 60

// neighbors lists the agencies that ICE's lists place, or once placed, in a
// county, but for one.
func neighbors(snap *snapshot.Snapshot, s roster.State, county place.County, but string) []agencyLine {
	ids := slices.DeleteFunc(snap.AgenciesIn(s, county.FIPS), func(id string) bool { return id == but })
	return each(ids[:min(len(ids), mostNeighbours)], func(id string) agencyLine { return agencyInBrief(snap, id, s) })
}

func agencyInBrief(snap *snapshot.Snapshot, id string, s roster.State) agencyLine {
	return agencyLine{ID: id, Name: snap.AgencyName(id), State: s, Holds: agencyHolds(snap, id)}
}

// kindOfAgency labels the kind of agency, "" where ICE gives none.
func kindOfAgency(a roster.Agreement) string {
	if a.Type == "" {
		return ""
	}
	return english.TypeIn(a.Type, a.State)
}
