package prose

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// TestTitle has a title of every kind, and of every way in which a kind can be.
func TestTitle(t *testing.T) {
	of := func(kind roster.Kind, list roster.List, a roster.Agreement, fields ...roster.Field) roster.Change {
		c := change(kind, list, a)
		c.Fields = fields
		return c
	}
	field := func(name, from, to string) roster.Field { return roster.Field{Name: name, From: from, To: to} }
	reached := func(m *roster.Milestone, a roster.Agreement) roster.Change {
		c := of(roster.KindMilestone, roster.ListParticipating, a)
		c.Milestone, c.Text = m, "West Virginia: Something else was reached."
		return c
	}
	const on, wait = roster.ListParticipating, roster.ListPending
	wv := agreement("WV", "West Virginia State Police", "", roster.TypeState, roster.TFM, "2025-07-01")
	guam := agreement("GU", "Guam Police Department", "", roster.TypeMunicipality, roster.TFM, "2025-07-01")
	nameless := roster.Agreement{}
	disproved := func(name string) roster.Change {
		c := reached(&roster.Milestone{Name: name}, guam) // where it is listed now
		c.Corrects, c.Before = "chg_1", &wv
		return c
	}
	for _, tt := range []struct {
		change roster.Change
		want   string
	}{
		{of(roster.KindNew, on, lampasas()), "Texas: Lampasas County Sheriff's Office signs Warrant Service Officer agreement"},
		{of(roster.KindPending, wait, morgan()), "West Virginia: Morgan County Sheriff's Office seeks a Task Force Model agreement"},
		{of(roster.KindRemoved, on, bartow()), "Florida: ICE no longer lists the Task Force Model agreement with Bartow Police Department"},
		{of(roster.KindWithdrawn, wait, morgan()), "West Virginia: ICE no longer lists the pending Task Force Model agreement with Morgan County Sheriff's Office"},
		{of(roster.KindRestored, on, bartow()), "Florida: Correction: ICE again lists the Task Force Model agreement with Bartow Police Department"},
		{of(roster.KindRestored, wait, morgan()), "West Virginia: Correction: ICE again lists the pending Task Force Model agreement with Morgan County Sheriff's Office"},

		{of(roster.KindAmended, on, lampasas(), field("agency", "Lampass County Sheriff's Office", "Lampasas County Sheriff's Office")),
			"Texas: ICE changed its record: Lampass County Sheriff's Office is now listed as Lampasas County Sheriff's Office"},
		{of(roster.KindAmended, on, bartow(), field("state", "NY", "FL")),
			"Florida: ICE changed its record: the Task Force Model agreement with Bartow Police Department is now listed in Florida, not in New York"},
		{of(roster.KindAmended, on, bartow(), field("state", "DC", "FL")),
			"Florida: ICE changed its record: the Task Force Model agreement with Bartow Police Department is now listed in Florida, not in the District of Columbia"},
		{of(roster.KindAmended, on, bartow(), field("model", "JEM", "TFM")),
			"Florida: ICE changed its record: an agreement with Bartow Police Department is now listed as Task Force Model, not as Jail Enforcement Model"},
		{of(roster.KindAmended, on, bartow(), field("signed", "2025-04-01", "2025-04-10")),
			"Florida: ICE changed its record: the Task Force Model agreement with Bartow Police Department is now listed as signed April 10, 2025, not April 1, 2025"},
		{of(roster.KindAmended, on, bartow(), field("signed", "4/1O/2025", "2025-04-10")),
			`Florida: ICE changed its record: the Task Force Model agreement with Bartow Police Department is now listed as signed April 10, 2025, not "4/1O/2025"`},
		{of(roster.KindAmended, on, bartow(), field("signed", "", "2025-04-10")),
			"Florida: ICE changed its record: the Task Force Model agreement with Bartow Police Department is now listed as signed April 10, 2025"},
		{of(roster.KindAmended, on, bartow(), field("signed", "2025-04-01", "")),
			"Florida: ICE changed its record: the Task Force Model agreement with Bartow Police Department is now listed without a signing date"},
		{of(roster.KindAmended, wait, morgan(), field("agency", "a", "b"), field("model", "JEM", "TFM")),
			"West Virginia: ICE changed its record: the pending Task Force Model agreement with Morgan County Sheriff's Office is now listed with another agency name and another model"},

		{of(roster.KindDetail, on, lampasas(), field("county", "", "Lampasas County")),
			"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: county now given as Lampasas County"},
		{of(roster.KindDetail, on, lampasas(), field("type", "county", "")),
			"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: kind of agency no longer given"},
		{of(roster.KindDetail, on, lampasas(), field("rows", "1", "2"), field("signed_as", "", "6/152025")),
			`Texas: Lampasas County Sheriff's Office, Warrant Service Officer: now in 2 rows of ICE's list, which count as one agreement; signing date now printed as "6/152025"`},
		{of(roster.KindDetail, on, lampasas(), field("rows", "2", "1")),
			"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: no longer listed twice"},
		{of(roster.KindDocument, on, lampasas(), field("moa_url", "", "https://www.ice.gov/a.pdf")),
			"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: memorandum of agreement now linked"},
		{of(roster.KindDocument, on, lampasas(), field("moa_url", "https://www.ice.gov/a.pdf", "https://www.ice.gov/b.pdf"), field("addendum_url", "https://www.ice.gov/c.pdf", "")),
			"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: another file now linked as the memorandum of agreement; addendum no longer linked"},

		{reached(&roster.Milestone{Name: roster.FirstInState}, wv), "West Virginia: ICE lists the first agreement on record in the state, with West Virginia State Police"},
		{reached(&roster.Milestone{Name: roster.FirstInState}, guam), "Guam: ICE lists the first agreement on record in the territory, with Guam Police Department"},
		{reached(&roster.Milestone{Name: roster.FirstInState, Among: 3}, wv), "West Virginia: ICE lists the first agreements on record in the state, among them West Virginia State Police"},
		{reached(&roster.Milestone{Name: roster.FirstInModel, LeavingOut: "x"}, wv), "West Virginia: ICE lists the first Task Force Model agreement on record in the state, with West Virginia State Police, leaving out one whose record it has since changed"},
		{reached(&roster.Milestone{Name: roster.FirstOfType, Among: 2}, wv), "West Virginia: ICE lists the first agreements on record in the state with agencies of the state government, among them West Virginia State Police"},
		{disproved(roster.FirstInState), "West Virginia: Correction: the agreement with West Virginia State Police was not the first on record in the state"},
		{disproved(roster.FirstInModel), "West Virginia: Correction: the Task Force Model agreement with West Virginia State Police was not the first on record in the state"},
		{disproved(roster.FirstOfType), "West Virginia: Correction: the agreement with West Virginia State Police was not the first on record in the state with an agency of the state government"},
		{disproved(roster.LastInState), "West Virginia: Correction: an active agreement was left in the state"},
		{disproved(roster.Hundred), "United States: Correction: ICE's list had reached so many active agreements before"},
		{disproved("of a later version"), "West Virginia: Correction: an earlier milestone was none"},
		{reached(&roster.Milestone{Name: roster.LastInState}, roster.Agreement{State: "DC"}), "District of Columbia: ICE no longer lists any active agreement in the District"},
		{reached(&roster.Milestone{Name: roster.FirstInModel}, wv), "West Virginia: ICE lists the first Task Force Model agreement on record in the state, with West Virginia State Police"},
		{reached(&roster.Milestone{Name: roster.FirstOfType}, wv), "West Virginia: ICE lists the first agreement on record in the state with an agency of the state government, West Virginia State Police"},
		{reached(&roster.Milestone{Name: roster.LastInState}, wv), "West Virginia: ICE no longer lists any active agreement in the state"},
		{reached(&roster.Milestone{Name: roster.Hundred, Count: 1200}, wv), "United States: ICE's list reaches 1,200 active agreements for the first time on record"},
		{reached(&roster.Milestone{Name: roster.RecordDay, Count: 35, Day: "2025-07-03"}, wv),
			"United States: ICE lists 35 new agreements on July 3, 2025, more than on any other day on record"},
		{reached(&roster.Milestone{Name: "of a later version"}, wv), "West Virginia: Something else was reached."},
		{reached(nil, wv), "West Virginia: Something else was reached."},

		{of(roster.KindNew, on, nameless), "No state given: an agency without a name signs agreement"},
		{of(roster.KindPending, wait, nameless), "No state given: an agency without a name seeks an agreement"},
	} {
		if got := English.Title(tt.change); got != tt.want {
			t.Errorf("%s %v:\n got %s\nwant %s", tt.change.Kind, tt.change.Fields, got, tt.want)
		}
	}
}
