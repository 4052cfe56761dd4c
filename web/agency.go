package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// agencyData is what the page about one agency shows.
type agencyData struct {
	ID, Name   string
	State      roster.State
	County     string // as ICE lists it
	Kind       string // of agency, in words; "" where ICE gives none
	Lead       string
	Records    []agencyRecord // those that stand first
	Spellings  []spelt        // the oldest first
	Changes    []dayOfChanges
	Count      int    // of the changes
	All        string // address of all changes
	Neighbours []agencyLine
	CountyName string // of the county that the neighbours share
	Feeds      []link
}

// agencyRecord is one agreement or pending entry, with all that is known of it.
type agencyRecord struct {
	roster.Agreement
	List       roster.List
	Status     string   // "active", "no longer listed"
	Listed     []string // each spell on the list, in words
	Pending    string   // how long it was pending before it was listed; "" where it was not
	SignedBy   string   // for a pending entry: when its agreement was listed
	Other      *agencyLine
	Evidence   string // address of the row that first listed it as it is known now
	EvidenceOf string // what that address shows, in words
	Doubt      *link  // what is only likely, and the change that says so; nil where nothing is
}

// SignedWords says when the agreement was signed.
func (a agencyRecord) SignedWords() string { return signedWords(a.Agreement) }

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
func agencyPage(v *request) (*page, error) {
	id := v.PathValue("id")
	if v.agencies[id] == nil || len(v.byAgency[id]) == 0 {
		if to := v.agencySpelt(id); to != "" && to != id {
			return nil, movedTo(agencyURL(to))
		}
		return nil, notFound("ICE's lists have named no such agency since this record began. Search for its name: ICE may spell it otherwise.")
	}
	latest := v.latestOf(id)
	changes := v.changesAbout(id)
	d := agencyData{
		ID: id, Name: v.agencyName(id), State: latest.State, County: latest.County, Kind: kindOfAgency(latest.Type), Lead: v.agencyLead(id),
		Records: v.agencyRecords(id), Spellings: v.spellingsOf(id), Changes: byDay(changes), Count: len(v.changesOf[id]),
		All:   at("/changes", encode(roster.Filter{Agencies: []string{id}, Kinds: roster.Kinds()}), 0),
		Feeds: feedLinks(roster.Filter{Agencies: []string{id}}),
	}
	if place, ok := latest.Place(); ok {
		d.CountyName = countyName(latest.State, place)
		d.Neighbours = v.agenciesIn(latest.State, place, id)
	}
	return &page{Template: "agency", Title: fmt.Sprintf("%s, %s: %s", d.Name, d.State.Name(), v.agencyStands(id)),
		Description: d.Lead, Path: agencyURL(id), Picture: "/pictures" + agencyURL(id) + ".png", Filter: roster.Filter{Agencies: []string{id}}, Data: d}, nil
}

// agencySpelt finds the agency that an address means: its id in whatever case, or
// the one that any of its spellings would have given; "" where there is none.
func (v *snapshot) agencySpelt(id string) string {
	if found := v.slugs[strings.ToLower(id)]; found != "" {
		return found
	}
	state, name, _ := strings.Cut(id, "-")
	return v.slugs[strings.ToLower(state)+"-"+roster.Slug(name)]
}

// agencyName is how ICE spells an agency now.
func (v *snapshot) agencyName(id string) string {
	a := v.agencies[id]
	if a == nil || len(a.Spellings) == 0 {
		return id
	}
	return a.Spellings[len(a.Spellings)-1].Name
}

// latestOf is the newest that the lists said of an agency.
func (v *snapshot) latestOf(id string) roster.Agreement {
	var latest roster.Version
	for _, r := range v.byAgency[id] {
		for _, ver := range r.Versions {
			newer := ver.From.After(latest.From) || ver.From.Equal(latest.From) && ver.Listed && !latest.Listed
			if ver.Agreement.AgencyID == id && newer {
				latest = ver
			}
		}
	}
	return latest.Agreement
}

// holdings are an agency's agreements and pending entries that stand now, and
// those that have ended. What another agency holds now is not among them.
type holdings struct {
	Active, Pending []*roster.Record
	Ended           int
}

func (v *snapshot) holdingsOf(id string) holdings {
	var h holdings
	for _, r := range v.byAgency[id] {
		if r.Now().AgencyID != id {
			continue
		}
		switch r.Status() {
		case roster.StatusActive:
			h.Active = append(h.Active, r)
		case roster.StatusPending:
			h.Pending = append(h.Pending, r)
		case roster.StatusEnded:
			h.Ended++
		}
	}
	return h
}

// agencyHolds says what an agency holds now: "1 active agreement, 1 pending
// entry".
func (v *snapshot) agencyHolds(id string) string {
	h := v.holdingsOf(id)
	var parts []string
	if n := len(h.Active); n > 0 {
		parts = append(parts, roster.Plural(n, "active agreement", "active agreements"))
	}
	if n := len(h.Pending); n > 0 {
		parts = append(parts, roster.Plural(n, "pending entry", "pending entries"))
	}
	if len(parts) == 0 {
		return "no longer on ICE's lists"
	}
	return strings.Join(parts, ", ")
}

// agencyStands says the same for a title.
func (v *snapshot) agencyStands(id string) string {
	h := v.holdingsOf(id)
	switch active, pending := len(h.Active), len(h.Pending); {
	case active > 0 && pending > 0:
		return roster.Plural(active, "active 287(g) agreement", "active 287(g) agreements") + ", " + roster.Thousands(pending) + " pending"
	case active > 0:
		return roster.Plural(active, "active 287(g) agreement", "active 287(g) agreements")
	case pending > 0:
		return roster.Plural(pending, "pending 287(g) agreement", "pending 287(g) agreements")
	}
	return "no longer on ICE's 287(g) lists"
}

// agencyLead sums up what the lists say now.
func (v *snapshot) agencyLead(id string) string {
	h, inForce := v.holdingsOf(id), v.inForce(v.extent.Until)
	who := v.agencyName(id)
	var s []string
	if n := len(h.Active); n > 0 {
		s = append(s, fmt.Sprintf("ICE lists %s with %s, as of %s: %s.", roster.Plural(n, "active agreement", "active agreements"), who,
			v.until(), enumerate(each(h.Active, modelAndDate))))
	}
	if len(h.Pending) > 0 {
		s = append(s, fmt.Sprintf("ICE's pending list of %s has %s, for %s.", roster.Day(inForce[roster.ListPending].PublishedAt).Long(), who,
			enumerate(each(h.Pending, func(r *roster.Record) string { return "the " + r.Now().Model.Name() }))))
	}
	if len(s) == 0 {
		s = append(s, fmt.Sprintf("ICE's lists do not name %s as of %s; they did before.", who, v.until()))
	}
	if to := v.movedFrom(id); len(to) > 0 {
		s = append(s, fmt.Sprintf("An agreement or entry that was listed with this agency before is now listed with %s.", enumerate(to)))
	}
	return strings.Join(s, " ")
}

// movedFrom names the agencies with which ICE's lists now give what they gave
// with this one before.
func (v *snapshot) movedFrom(id string) []string {
	var to []string
	for _, r := range v.byAgency[id] {
		now := r.Now()
		name := now.Agency + ", " + now.State.Name()
		if now.AgencyID != id && r.Listed() && !slices.Contains(to, name) {
			to = append(to, name)
		}
	}
	return to
}

func modelAndDate(r *roster.Record) string {
	a := r.Now()
	if a.Signed == "" {
		return a.Model.Name()
	}
	return a.Model.Name() + " (signed " + a.Signed.Long() + ")"
}

// agencyRecords puts all agreements and entries that are or were an agency's into
// words: the active ones, the pending ones, those that ended, and last those that
// ICE gives with another agency now.
func (v *snapshot) agencyRecords(id string) []agencyRecord {
	records := slices.Clone(v.byAgency[id])
	rank := func(later bool) int {
		if later {
			return 1
		}
		return 0
	}
	order := []roster.Status{roster.StatusActive, roster.StatusPending, roster.StatusEnded}
	slices.SortStableFunc(records, func(a, b *roster.Record) int {
		return cmp.Or(cmp.Compare(rank(a.Now().AgencyID != id), rank(b.Now().AgencyID != id)),
			cmp.Compare(slices.Index(order, a.Status()), slices.Index(order, b.Status())),
			cmp.Compare(roster.StatusOn(a.List), roster.StatusOn(b.List)), b.FirstListed().Compare(a.FirstListed()))
	})
	var all []agencyRecord
	for _, r := range records {
		all = append(all, v.agencyRecord(id, r))
	}
	return all
}

func (v *snapshot) agencyRecord(id string, r *roster.Record) agencyRecord {
	now := r.Now()
	a := agencyRecord{Agreement: now, List: r.List, Status: recordStatus(r), Listed: spellsInWords(r), Pending: v.pendingBefore(r)}
	if signed := v.byID[r.SignedBy]; signed != nil {
		a.SignedBy = "the participating list has had its agreement " + sinceDay(signed.FirstListed(), signed.Baseline)
	}
	if now.AgencyID != id {
		a.Other = &agencyLine{ID: now.AgencyID, Name: v.agencyName(now.AgencyID), State: now.State}
		a.Status = "given with another agency now"
	}
	a.Doubt = v.doubtAbout(id, r.ID())
	for i := len(r.Versions) - 1; i >= 0; i-- {
		ver := r.Versions[i]
		if ver.Listed && ver.Row > 0 && ver.Source > 0 && ver.Source <= uint64(len(v.publications)) {
			p := v.publications[ver.Source-1]
			a.Evidence = evidenceURL(p.List, p.SHA256) + fmt.Sprintf("#row-%d", ver.Row)
			a.EvidenceOf = fmt.Sprintf("row %d of %s", ver.Row, published(p.Ref(ver.Row)))
			break
		}
	}
	return a
}

// doubtAbout finds the last change of an agreement that is only likely, unless it
// was taken back.
func (v *snapshot) doubtAbout(agency, agreement string) *link {
	back := map[string]bool{}
	for _, i := range slices.Backward(v.changesOf[agency]) {
		c := v.changes[i]
		if back[c.Corrects] = true; c.Agreement.ID == agreement && c.Doubt() != "" && !back[c.ID] {
			return &link{Text: c.Doubt(), URL: changeURL(c.ID)}
		}
	}
	return nil
}

// recordStatus says what became of an agreement or an entry.
func recordStatus(r *roster.Record) string {
	switch {
	case r.Listed():
		return string(r.Status())
	case r.List == roster.ListParticipating:
		return "no longer listed"
	case r.SignedBy != "":
		return "was pending, then signed"
	}
	return "no longer pending"
}

// spellsInWords says from when to when a record was listed, each time.
func spellsInWords(r *roster.Record) []string {
	var all []string
	var since time.Time
	before, listed := false, false
	for i, ver := range r.Versions {
		switch {
		case ver.Listed && !listed:
			since, before = ver.From, r.Baseline && i == 0
		case !ver.Listed && listed:
			all = append(all, fmt.Sprintf("%s, until %s, the first list without it", sinceDay(since, before), roster.Day(ver.From).Long()))
		}
		listed = ver.Listed
	}
	if listed {
		all = append(all, sinceDay(since, before))
	}
	return all
}

// sinceDay says since when, and whether that is only the day on which the
// record begins.
func sinceDay(t time.Time, before bool) string {
	s := "since " + roster.Day(t).Long()
	if before {
		s += " or before (the record begins there)"
	}
	return s
}

// pendingBefore says how long an agreement's agency was pending before the
// agreement was listed; "" where it was not, or where the record is too young to
// tell.
func (v *snapshot) pendingBefore(r *roster.Record) string {
	if r.List != roster.ListParticipating || r.PendingSince.IsZero() || r.Baseline {
		return ""
	}
	days := roster.Plural(daysBetween(r.PendingSince, r.FirstListed()), "day", "days")
	if v.pendingFromStart(r) {
		return fmt.Sprintf("at least %s, %s", days, sinceDay(r.PendingSince, true))
	}
	return fmt.Sprintf("%s, since %s", days, roster.Day(r.PendingSince).Long())
}

// pendingFromStart says whether the entry that an agreement came from stood on
// the first pending list of this record already.
func (v *snapshot) pendingFromStart(r *roster.Record) bool {
	return slices.ContainsFunc(v.byAgency[r.Now().AgencyID], func(seeker *roster.Record) bool {
		return seeker.List == roster.ListPending && seeker.SignedBy == r.ID() && seeker.Baseline && seeker.FirstListed().Equal(r.PendingSince)
	})
}

// spellingsOf lists how ICE has named an agency, with since when it did.
func (v *snapshot) spellingsOf(id string) []spelt {
	var all []spelt
	for _, s := range v.agencies[id].Spellings {
		line := spelt{Name: s.Name, State: s.State}
		var first time.Time
		for _, r := range v.byAgency[id] {
			for i, ver := range r.Versions {
				a := ver.Agreement
				if a.AgencyID == id && a.State == s.State && a.Agency == s.Name && (first.IsZero() || ver.From.Before(first)) {
					first, line.Since = ver.From, sinceDay(ver.From, r.Baseline && i == 0)
				}
			}
		}
		all = append(all, line)
	}
	return all
}

// changesAbout lists what happened to an agency, the newest first.
func (v *snapshot) changesAbout(id string) []roster.Change {
	var all []roster.Change
	for _, i := range slices.Backward(v.changesOf[id]) {
		if len(all) == mostAgencyChanges {
			break
		}
		all = append(all, v.changes[i])
	}
	return all
}

// mostNeighbours bounds the list of a county's agencies.
const mostNeighbours = 60

// agenciesIn lists the agencies that ICE's lists place, or once placed, in a
// county, but for one.
func (v *snapshot) agenciesIn(s roster.State, county roster.CountyPlace, but string) []agencyLine {
	var all []agencyLine
	seen := map[string]bool{but: true}
	for _, r := range v.records {
		a := r.Now()
		if a.State != s || seen[a.AgencyID] {
			continue
		}
		place, ok := a.Place()
		if !ok || place.FIPS != county.FIPS {
			continue
		}
		seen[a.AgencyID] = true
		all = append(all, v.agencyLine(a.AgencyID, s))
		if len(all) == mostNeighbours {
			break
		}
	}
	return all
}

func (v *snapshot) agencyLine(id string, s roster.State) agencyLine {
	return agencyLine{ID: id, Name: v.agencyName(id), State: s, Holds: v.agencyHolds(id)}
}

func kindOfAgency(t roster.Type) string {
	switch t {
	case roster.TypeCounty:
		return "county agency"
	case roster.TypeMunicipality:
		return "municipal agency"
	case roster.TypeState:
		return "agency of the state government"
	}
	return ""
}

// countyName is a county with the word for one where it has one.
func countyName(s roster.State, place roster.CountyPlace) string {
	switch {
	case place.FIPS[2:] >= "510": // a city that is no part of a county
		return "the city of " + place.Name
	case s == "LA":
		return place.Name + " Parish"
	case s == "AK", s.Territory():
		return place.Name
	}
	return place.Name + " County"
}
