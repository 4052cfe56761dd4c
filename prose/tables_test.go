package prose

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// tableTexts are what tables say, and what is said of a part of the lists, with what
// they must say in English.
func tableTexts(l Language) map[string]string {
	known := map[roster.List]roster.Evidence{roster.ListParticipating: {PublishedAt: published}, roster.ListPending: {PublishedAt: published}}
	some := roster.Stats{Active: 3, Agencies: 1, Pending: 1, Publications: known}
	unread := roster.Stats{Active: 3, Agencies: 2, Publications: map[roster.List]roster.Evidence{roster.ListParticipating: {PublishedAt: published}}}
	named := func(id string) string { return map[string]string{"FL-x": "Palm Bay Police Department"}[id] }
	of := func(f roster.Filter) string { return l.ListedOf(some, f, named) + ";" + l.Scope(f, named) }
	only := func(f roster.Filter, s ...roster.Status) string { return l.Narrowed(f, s, named) }
	tfm, other := []roster.Model{roster.TFM}, []roster.Model{roster.WSO, roster.OtherModel}
	return map[string]string{
		l.PendingCell("soon", 9, false) + "; " + l.PendingCell("soon", 0, true): "pending since soon (9 days); pending since soon or before",
		l.ListedAs("Larkwood"):                                                                            "listed as Larkwood",
		l.TableCaption(2, some, nil):                                                                      "2 agencies, with 3 active agreements and 1 pending entry",
		l.TableCaption(2, some, []roster.Status{roster.StatusActive}):                                     "2 agencies, with 3 active agreements",
		l.TableCaption(1, some, []roster.Status{roster.StatusPending}):                                    "1 agency, with 1 pending entry",
		l.TableCaption(2, unread, nil):                                                                    "2 agencies, with 3 active agreements; no pending list is known",
		of(roster.Filter{States: []roster.State{"DC", "TX"}}):                                             "3 active agreements with 1 agency in the District of Columbia and Texas, and 1 pending entry; in the District of Columbia and Texas",
		of(roster.Filter{Models: tfm, Types: []roster.Type{roster.TypeCounty}}):                           "3 active agreements for the Task Force Model with 1 county agency, and 1 pending entry; for the Task Force Model with county agencies",
		of(roster.Filter{Models: other, Counties: []string{"Polk"}}):                                      "3 active agreements for the Warrant Service Officer model and models that are none of ICE's three with 1 agency in county Polk, and 1 pending entry; for the Warrant Service Officer model and models that are none of ICE's three in county Polk",
		of(roster.Filter{Agencies: []string{"FL-x", "*"}}):                                                "3 active agreements with Palm Bay Police Department and agencies named \"*\", and 1 pending entry; with Palm Bay Police Department and agencies named \"*\"",
		of(roster.Filter{}):                                                                               "3 active agreements with 1 agency, and 1 pending entry;",
		l.ListedOf(roster.Stats{}, roster.Filter{States: []roster.State{"TX"}}, named):                    "an unknown number of pending entries in Texas (no participating list of that time is known)",
		only(roster.Filter{States: []roster.State{"TX"}}):                                                 "",
		only(roster.Filter{Models: tfm, Types: roster.Types(), Places: []string{"Larkwood"}}):             "Narrowed to Task Force Model, county agencies, municipal agencies, state agencies, the counties of Larkwood.",
		only(roster.Filter{Agencies: []string{"FL-x"}}, roster.StatusActive):                              "Narrowed to active, Palm Bay Police Department.",
		l.Agreements(Balance{Before: 3, After: 4, Came: 1, In: 1, Out: 1}):                                "Active agreements: 1 new, 0 no longer listed, 1 that ICE listed with another state, model, kind or place before, 1 that ICE now lists with another state, model, kind or place: from 3 to 4.",
		l.Unused([]string{"kind", "since", "state"}) + l.Unused(nil):                                      "This page cannot be narrowed by kind of change, first day and state: it shows all that it has.",
		l.Cite("Larkwood", published, "https:"):                                                           "287(g) watch. (2025, July 3). Larkwood, according to ICE's lists as of July 3, 2025, 4 p.m. ET. https:",
		l.Allows("Tribal", roster.ListPending) + l.Allows(roster.OtherModel, roster.ListParticipating):    "ICE's list names a model that is none of the three that ICE describes. What it allows, the list does not say.ICE's list names a model that is none of the three that ICE describes. What it allows, the list does not say.",
		l.TypeShort(roster.TypeState, "GU") + l.TypeShort(roster.TypeState, "DC") + l.TypeShort("", "TX"): "territoryDistrictnot given",
	}
}

func TestTableTexts(t *testing.T) {
	for got, want := range tableTexts(English) {
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	widen(t)
	for text := range tableTexts(wide) {
		if left := narrow(text); left != "" {
			t.Errorf("%q is in no message: %s", text, left)
		}
	}
}
