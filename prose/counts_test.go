package prose

import (
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// pageTexts are what pages and pictures say of counts, records and filters, with
// what they must say in English.
func pageTexts(l Language) map[string]string {
	stats := roster.Stats{Active: 1200, Agencies: 900, States: 4, Pending: 83, ByState: map[roster.State]roster.ByStatus{
		"FL": {Active: 900, Pending: 1}, "TX": {Active: 297}, "DC": {Active: 2}, "GU": {Active: 1}, "OH": {Pending: 82}}}
	known := stats
	known.Publications = map[roster.List]roster.Evidence{roster.ListParticipating: {PublishedAt: published}, roster.ListPending: {PublishedAt: published}}
	leaders := []roster.State{"DC", "TX"}
	none := roster.Stats{Publications: known.Publications}
	record := &roster.Record{List: roster.ListParticipating, Baseline: true, Versions: []roster.Version{
		{From: published, Listed: true}, {From: published.AddDate(0, 0, 2)}, {From: published.AddDate(0, 0, 9), Listed: true}}}
	signed := &roster.Record{PendingSince: published, Versions: []roster.Version{{From: published.AddDate(0, 0, 1), Listed: true}}}
	later := &roster.Record{PendingSince: published, Versions: []roster.Version{{From: published.AddDate(0, 0, 2), Listed: true}}}
	before := &roster.Record{Versions: []roster.Version{{From: published.AddDate(0, -1, 0), Listed: true}}}
	ended := &roster.Record{Versions: append(slices.Clone(signed.Versions), roster.Version{From: published.AddDate(0, 0, 3)})}
	back := &roster.Record{List: roster.ListPending, Versions: []roster.Version{{From: published, Listed: true}, {From: published.AddDate(0, 0, 1)}, {From: published.AddDate(0, 0, 2), Listed: true}}}
	entry := func(left int) *roster.Record { // by how many days after it came
		e := &roster.Record{List: roster.ListPending, Baseline: true, Versions: []roster.Version{{From: published, Listed: true}}}
		if left > 0 {
			e.Versions = append(e.Versions, roster.Version{From: published.AddDate(0, 0, left)})
		}
		return e
	}
	noon := time.Date(2025, 6, 5, 16, 0, 0, 0, time.UTC)
	agreements, entries := Balance{Before: 1190, After: 1200, Came: 11, Gone: 3, Again: 1, FirstKnown: 1}, Balance{Before: -1, After: 83, Came: 3, Signed: 2, Gone: 1}
	named := func(id string) string { return map[string]string{"FL-x": "Palm Bay Police Department"}[id] }
	return map[string]string{
		l.Listed(known): "1,200 active agreements with 900 agencies in 2 states, the District of Columbia and 1 territory, and 83 pending entries",
		l.Listed(stats): "an unknown number of pending entries (no participating list of that time is known)",
		l.Reach(known):  "with 900 agencies in 2 states, the District of Columbia and 1 territory · 83 pending",
		l.ActiveHeadline(known) + "; " + l.ActiveHeadline(stats):          "1,200 active 287(g) agreements; 287(g): no list of agreements is known",
		l.PendingSource(known) + "; " + l.PendingSource(stats):            "on the list of July 3, 2025; no pending list is known",
		l.Leading(known, leaders, true):                                   "The District of Columbia had <1% of the active agreements (2) and Texas 25% (297).",
		l.Leading(known, leaders[1:], false):                              "Texas has 25% of the active agreements (297).",
		l.ListedIn("DC", none, noon):                                      "As of June 5, 2025, noon ET, ICE lists no 287(g) agreement in the District of Columbia, active or pending.",
		l.ListedIn("TX", roster.Stats{Active: 1, Agencies: 1}, published): "As of July 3, 2025, 4 p.m. ET, ICE lists 1 active agreement with 1 agency in Texas, and an unknown number of pending entries.",
		l.ListedIn("TX", none, time.Time{}):                               "Nothing is known yet: none of ICE's lists counts so far.",
		l.Agreements(agreements):                                          "Active agreements: 11 new, 3 no longer listed, 1 listed again, 1 on the first list known, of which nobody here knows since when: from 1,190 to 1,200.",
		l.PendingEntries(entries):                                         "Pending entries: 3 came, 2 signed, 1 left unsigned: from a number that is not known to 83.",
		l.PendingEntries(Balance{After: -1}):                              "Pending entries: their number is not known, as no pending list is.",
		l.Between(noon, published, agreements, entries, ""):               "Between June 5, 2025, noon ET, and July 3, 2025, 4 p.m. ET, the active agreements that ICE lists went from 1,190 to 1,200 (+10), and the pending entries from a number that is not known to 83.",
		l.Passing(1):                                   "Not counted here: 1 agreement or pending entry that came and went, or went and came back, in between.",
		l.InDays("2025-06-03", "2025-07-03"):           "in the 30 days to July 3, 2025",
		l.Holds(1, 2) + "; " + l.Holds(0, 0):           "1 active agreement, 2 pending entries; no longer on ICE's lists",
		l.HoldsTitle(2, 1) + "; " + l.HoldsTitle(0, 1): "2 active 287(g) agreements, 1 pending; 1 pending 287(g) agreement",
		l.And(l.Spells(record)):                        "since July 3, 2025 or before (the record begins there), until July 5, 2025, the first list without it and since July 12, 2025",
		l.Record(record, nil):                          "active",
		l.PendingBefore(signed, nil):                   "1 day, since July 3, 2025",
		l.PendingBefore(signed, entry(0)):              "at least 1 day, since July 3, 2025 or before (the record begins there)",
		l.PendingBefore(later, entry(1)):               "from at least July 3 to July 4, 2025",
		l.PendingBefore(later, entry(2)):               "at least 2 days, since July 3, 2025 or before (the record begins there)",
		l.PendingBefore(later, back):                   "2 days, since July 3, 2025, but for the time from July 4 to July 5, 2025",
		l.Record(entry(1), signed) + "; " + l.Record(entry(1), nil) + "; " + l.Record(entry(1), before): "was pending, then signed; no longer pending; no longer pending",
		l.SignedBy(signed) + "; " + l.SignedBy(ended):                                                   "the participating list has had its agreement since July 4, 2025; the participating list had its agreement since July 4, 2025, until July 6, 2025, the first list without it",
		l.RowOf(roster.Evidence{List: roster.ListPending, PublishedAt: noon, Row: 1812}):                "row 1812 of ICE's pending list of June 5, 2025, noon ET",
		l.Filter(roster.Filter{}, named):                                                                "All changes but details, documents and ICE's page",
		l.Filter(roster.Filter{Kinds: []roster.Kind{roster.KindRemoved, roster.KindNew}, States: []roster.State{"TX", "DC"}, Types: []roster.Type{roster.TypeState},
			Agencies: []string{"FL-x", "*"}, Until: noon}, named): "New agreements and agreements no longer listed in Texas and the District of Columbia, state agencies, Palm Bay Police Department and agencies named \"*\", until June 5, 2025, noon ET",
		l.FilterTitle(roster.Filter{States: []roster.State{"TX"}, Kinds: []roster.Kind{roster.KindNew}, Models: []roster.Model{roster.TFM}}):                                "Texas · new agreements · Task Force Model",
		l.AgencyLead(AgencyNow{Name: "Larkwood", Active: []roster.Agreement{palmBay()}, Pending: []roster.Agreement{lampasas()}, KnownUntil: noon, PendingList: published}): "ICE lists 1 active agreement with Larkwood, as of June 5, 2025, noon ET: Task Force Model (signed July 2, 2025). ICE's pending list of July 3, 2025, has Larkwood, for the Warrant Service Officer model.",
		l.AgencyLead(AgencyNow{Name: "Larkwood", KnownUntil: noon, Moved: []string{l.InState("Larkwood", "TX")}}):                                                           "ICE's lists do not name Larkwood as of June 5, 2025, noon ET; they did before. An agreement or entry that was listed with this agency before is now listed with Larkwood, Texas.",
		l.Verdict(roster.VerdictAccepted, roster.HoldBorneOut) + "; " + l.Verdict(roster.VerdictRejected, roster.HoldDropped):                                               "counts, after it was held; not borne out: never counted",
	}
}

func TestPageTexts(t *testing.T) {
	for got, want := range pageTexts(English) {
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	widen(t)
	for text := range pageTexts(wide) {
		if left := narrow(text); left != "" {
			t.Errorf("%q is in no message: %s", left, text)
		}
	}
}
