package snapshot

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Agencies are all agencies that ICE's lists ever named, by id.
func (a *Agreements) Agencies() []*roster.Agency { return a.agencies }

// Agency finds an agency by its id; nil where there is none.
func (a *Agreements) Agency(id string) *roster.Agency { return a.agencyByID[id] }

// AgencyName is how ICE spells an agency now; its id where that is not known.
func (a *Agreements) AgencyName(id string) string {
	agency := a.agencyByID[id]
	if agency == nil || len(agency.Spellings) == 0 {
		return id
	}
	return agency.Spellings[len(agency.Spellings)-1].Name
}

// NameOf is AgencyName; "" where the id is no agency's.
func (a *Agreements) NameOf(id string) string {
	if a.agencyByID[id] == nil {
		return ""
	}
	return a.AgencyName(id)
}

// AgencyID finds an agency by the id that any of its spellings would have had, in
// whatever case; "" where there is none.
func (a *Agreements) AgencyID(slug string) string { return a.slugs()[strings.ToLower(slug)] }

// ResolveAgency is AgencyID that also takes a name for the part after the state,
// as in "TX-Lampasas County Sheriff's Office".
func (a *Agreements) ResolveAgency(id string) string {
	if found := a.AgencyID(id); found != "" {
		return found
	}
	state, name, _ := strings.Cut(id, "-")
	return a.AgencyID(state + "-" + roster.Slug(name))
}

func (a *Agreements) makeSlugs() map[string]string {
	found := map[string]string{}
	for _, agency := range a.agencies {
		for _, s := range agency.Spellings {
			slug := strings.ToLower(string(s.State)) + "-" + roster.Slug(s.Name)
			if _, taken := found[slug]; !taken {
				found[slug] = agency.ID
			}
		}
	}
	for _, agency := range a.agencies { // an agency's own id leads to it, whoever else was spelled so
		found[strings.ToLower(agency.ID)] = agency.ID
	}
	return found
}

// AgencyOfRow finds the agency that a row of a publication names. Where several
// were ever spelled as the row is, it is the one that held such an agreement as
// the row gives, if there is just one; "" where that is not known.
func (a *Agreements) AgencyOfRow(p roster.Publication, row roster.Row) string {
	ids := a.spelled()[roster.Spelling{State: row.State, Name: row.Agency}.Key()]
	if len(ids) == 1 {
		return ids[0]
	}
	at, found := p.PublishedAt, ""
	if !p.EffectiveAt.IsZero() {
		at = p.EffectiveAt
	}
	for _, id := range ids {
		if !slices.ContainsFunc(a.recordsOf[id], func(r *roster.Record) bool {
			v, known := r.VersionAt(at)
			held := v.Agreement
			return known && v.Listed && r.List == p.List && held.AgencyID == id && held.Model == row.Model && held.Signed == row.Signed
		}) {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

func (a *Agreements) makeSpelled() map[string][]string {
	byKey := make(map[string][]string, len(a.agencies))
	for _, agency := range a.agencies {
		for _, s := range agency.Spellings {
			if key := s.Key(); !slices.Contains(byKey[key], agency.ID) {
				byKey[key] = append(byKey[key], agency.ID)
			}
		}
	}
	return byKey
}

// RecordsOf are the agreements and pending entries that are or ever were an
// agency's.
func (a *Agreements) RecordsOf(agency string) []*roster.Record { return a.recordsOf[agency] }

// Holdings are an agency's agreements and pending entries that stand now, and how
// many have ended.
type Holdings struct {
	Active, Pending []*roster.Record
	Ended           int
}

// HoldingsOf sums up what an agency holds now. What another agency holds now is
// not among it.
func (a *Agreements) HoldingsOf(agency string) Holdings {
	var h Holdings
	for _, r := range a.recordsOf[agency] {
		if r.Now().AgencyID != agency {
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

// Latest is what the lists say of an agency: the newest of what they have now, or else
// of what they had.
func (a *Agreements) Latest(agency string) roster.Agreement {
	var latest roster.Version
	stands := false // now, on a list
	for _, r := range a.recordsOf[agency] {
		for i, v := range r.Versions {
			now := v.Listed && i == len(r.Versions)-1
			newer := v.From.After(latest.From) || v.From.Equal(latest.From) && v.Listed && !latest.Listed
			if v.Agreement.AgencyID == agency && (now && !stands || now == stands && newer) {
				latest, stands = v, now
			}
		}
	}
	return latest.Agreement
}

// SpelledSince is since when ICE has listed an agency with a spelling, or from
// before, where it stood so on the first list known; zero where that is not known.
func (a *Agreements) SpelledSince(agency string, s roster.Spelling) (since time.Time, orBefore bool) {
	for _, r := range a.recordsOf[agency] {
		for i, v := range r.Versions {
			is := v.Agreement.AgencyID == agency && v.Agreement.State == s.State && v.Agreement.Agency == s.Name
			if is && (since.IsZero() || v.From.Before(since)) {
				since, orBefore = v.From, r.Baseline && i == 0
			}
		}
	}
	return since, orBefore
}

// AgenciesIn are the ids of the agencies that ICE's lists place, or once placed,
// in a county, given by its FIPS code, in a new slice, by name.
func (a *Agreements) AgenciesIn(state roster.State, fips string) []string {
	var all []string
	seen := map[string]bool{}
	for _, r := range a.records {
		now := r.Now()
		if now.State != state || seen[now.AgencyID] {
			continue
		}
		if slices.Contains(a.Locate(now).Counties, fips) {
			seen[now.AgencyID] = true
			all = append(all, now.AgencyID)
		}
	}
	return all
}
