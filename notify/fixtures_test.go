package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// goldenOrSize is golden for a message in the form of one kind of channel. Of a long
// one it compares the size alone, in bytes for each change: testdata/words holds what
// such a message says, and each form has a test that it leaves nothing out.
func goldenOrSize(t *testing.T, path string, got []byte, changes, perChange int) {
	t.Helper()
	if changes <= 20 {
		golden.Compare(t, path, got)
	} else if size := len(got) / changes; size < perChange*8/10 || size > perChange*12/10 {
		t.Errorf("%s has %d bytes for each of %d changes, want about %d", path, size, changes, perChange)
	}
}

// fixtureLinks are the links of a service with pages.
var fixtureLinks = Links{Base: "https://287g.example.org"}

// fixtures are the cases that every channel has to put well, by name.
func fixtures() map[string]Message {
	all := map[string]Message{}
	for _, cases := range []map[string]Message{plainFixtures(), correctionFixtures(), longFixtures(), documentFixtures(), serviceFixtures(), hostileFixtures()} {
		for name, m := range cases {
			all[name] = m
		}
	}
	return all
}

// fixtureTime is when the lists of most fixtures were published: 4 p.m. on July
// 3, 2025, in Washington.
var fixtureTime = time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)

// fixtureChange makes a change whose id and time follow from its number.
func fixtureChange(seq uint64, kind roster.Kind, ref roster.Evidence, a roster.Agreement, text string) roster.Change {
	return roster.Change{ID: fmt.Sprintf("chg_%08d", seq), Seq: seq, Kind: kind, DetectedAt: ref.PublishedAt.Add(7 * time.Minute),
		Publication: ref, Agreement: a, Certainty: roster.Certain, Text: text}
}

// fixtureMessage makes a delivery of the changes.
func fixtureMessage(changes ...roster.Change) Message {
	d := roster.Delivery{ID: "dlv_00000042", Seq: 42, Channel: "newsroom", State: roster.DeliveryWaiting, Figures: fixtureFigures()}
	for _, c := range changes {
		d.Changes = append(d.Changes, c.Seq)
		d.CreatedAt = c.DetectedAt
	}
	d.DueAt = d.CreatedAt
	return Message{Delivery: d, Changes: changes}
}

// fixtureFigures are 777 active agreements in 40 states.
func fixtureFigures() roster.Figures {
	f := roster.Figures{Active: 777, Pending: 42, ByState: map[roster.State]int{"FL": 304, "TX": 118, "GA": 28, "NC": 21, "TN": 19}}
	rest := f.Active - 304 - 118 - 28 - 21 - 19
	var others []roster.State
	for _, s := range roster.States() {
		if _, set := f.ByState[s]; !set && !s.Territory() && s != "WV" && len(others) < 35 {
			others = append(others, s)
		}
	}
	for i, s := range others {
		f.ByState[s] = rest / len(others)
		if i < rest%len(others) {
			f.ByState[s]++
		}
	}
	f.States = len(f.ByState)
	return f
}

// palmBay is the agreement of most fixtures.
func palmBay() roster.Agreement {
	return rostertest.Agreement("FL", "Palm Bay Police Department", "Brevard County", roster.TypeMunicipality, roster.TFM, "2025-07-02")
}

func newPalmBay(seq uint64) roster.Change {
	return fixtureChange(seq, roster.KindNew, rostertest.Evidence(roster.ListParticipating, fixtureTime, 211), palmBay(),
		"Florida: ICE now lists a Task Force Model agreement with Palm Bay Police Department (Brevard County), signed July 2, 2025, according to ICE. ICE now lists 304 active agreements in Florida.")
}

// plainFixtures are the everyday cases.
func plainFixtures() map[string]Message {
	part, pend := rostertest.Evidence(roster.ListParticipating, fixtureTime, 0), rostertest.Evidence(roster.ListPending, fixtureTime, 12)

	signed := newPalmBay(2)
	signed.PendingSince = "2025-06-25"
	signed.Text = "Florida: ICE now lists a Task Force Model agreement with Palm Bay Police Department (Brevard County), signed July 2, 2025, according to ICE. The agency had been on ICE's pending list since June 25, 2025 (8 days). ICE now lists 304 active agreements in Florida."

	removed := fixtureChange(3, roster.KindRemoved, part,
		rostertest.Agreement("FL", "Example Police Department", "Polk County", roster.TypeMunicipality, roster.TFM, "2025-04-10"),
		"Florida: ICE no longer lists the Task Force Model agreement with Example Police Department (Polk County), signed April 10, 2025, according to ICE. It had stood on the list since April 15, 2025 (79 days). The list gives no reason. ICE now lists 304 active agreements in Florida.")
	removed.ListedSince = "2025-04-15"

	seeking := rostertest.Agreement("WV", "Morgan County Sheriff's Office", "Morgan County", roster.TypeCounty, roster.TFM, "")
	pending := fixtureChange(4, roster.KindPending, pend, seeking,
		"West Virginia: Morgan County Sheriff's Office is now on ICE's list of agencies with a pending agreement, for the Task Force Model.")

	withdrawn := fixtureChange(5, roster.KindWithdrawn, pend, seeking,
		"West Virginia: Morgan County Sheriff's Office left ICE's list of pending agreements on June 30, 2025, where it stood for the Task Force Model, and ICE has not listed a signed agreement since. It had been pending since June 2, 2025 (28 days). The list gives no reason.")
	withdrawn.Publication.Row, withdrawn.ListedSince = 0, "2025-06-02"

	second := fixtureChange(6, roster.KindNew, rostertest.Evidence(roster.ListParticipating, fixtureTime, 640),
		rostertest.Agreement("TX", "Rockwall County Sheriff's Office", "Rockwall County", roster.TypeCounty, roster.WSO, "2025-07-01"),
		"Texas: ICE now lists a Warrant Service Officer agreement with Rockwall County Sheriff's Office, signed July 1, 2025, according to ICE. It is one of the agency's 2 active agreements. ICE now lists 118 active agreements in Texas.")
	second.AgencyActiveCount = 2

	return map[string]Message{
		"one-new":             fixtureMessage(newPalmBay(1)),
		"pending-then-signed": fixtureMessage(signed),
		"removal":             fixtureMessage(removed),
		"pending":             fixtureMessage(pending),
		"withdrawal":          fixtureMessage(withdrawn),
		"mixed":               fixtureMessage(signed, removed, pending, second, firstOfType(7)),
		"milestone":           fixtureMessage(hundred(8)),
		"milestones":          fixtureMessage(hundred(8), firstOfType(9)),
	}
}

func firstOfType(seq uint64) roster.Change {
	c := fixtureChange(seq, roster.KindMilestone, rostertest.Evidence(roster.ListParticipating, fixtureTime, 770),
		rostertest.Agreement("WV", "West Virginia State Police", "", roster.TypeState, roster.TFM, "2025-07-01"),
		"West Virginia: ICE lists the state's first agreement with an agency of the state government since this record began on February 20, 2025: West Virginia State Police.")
	c.Milestone = &roster.Milestone{Name: "first-of-type"}
	return c
}

func hundred(seq uint64) roster.Change {
	c := fixtureChange(seq, roster.KindMilestone, rostertest.Evidence(roster.ListParticipating, fixtureTime, 211), palmBay(),
		"United States: ICE now lists 777 active agreements, in 40 states; it has passed 700 for the first time since this record began on February 20, 2025.")
	c.Milestone = &roster.Milestone{Name: "hundred", Count: 700}
	return c
}

// correctionFixtures are the cases in which ICE's list takes something back.
func correctionFixtures() map[string]Message {
	ref := rostertest.Evidence(roster.ListParticipating, fixtureTime, 412)
	lampasas := rostertest.Agreement("TX", "Lampasas County Sheriff's Office", "Lampasas County", roster.TypeCounty, roster.WSO, "2025-06-15")
	rename := amended(20, ref, lampasas, roster.Field{Name: "agency", From: "Lampass County Sheriff's Office", To: "Lampasas County Sheriff's Office"},
		"Texas: For Lampass County Sheriff's Office (Lampasas County), ICE now gives the name Lampasas County Sheriff's Office. Its Warrant Service Officer agreement is signed June 15, 2025, according to ICE. That both rows are one and the same is likely, not certain.")
	rename.Before.Agency, rename.Certainty = "Lampass County Sheriff's Office", roster.Likely

	state := amended(21, ref, rostertest.Agreement("FL", "Lake Placid Police Department", "Highlands County", roster.TypeMunicipality, roster.TFM, "2025-06-02"),
		roster.Field{Name: "state", From: "NY", To: "FL"},
		"Florida: For Lake Placid Police Department (Highlands County), ICE now gives the state as Florida, before as New York. Its Task Force Model agreement is signed June 2, 2025, according to ICE. ICE now lists 304 active agreements in Florida.")
	state.Before.State = "NY"

	date := amended(22, ref, rostertest.Agreement("TX", "Rockwall County Sheriff's Office", "Rockwall County", roster.TypeCounty, roster.WSO, "2025-07-07"),
		roster.Field{Name: "signed", From: "2025-07-01", To: "2025-07-07"},
		`Texas: For Rockwall County Sheriff's Office, ICE now gives the signing date as July 7, 2025, before as July 1, 2025. Its Warrant Service Officer agreement is signed July 7, 2025, according to ICE, which prints the date as "7/72025".`)
	date.Agreement.SignedAs, date.Before.Signed = "7/72025", "2025-07-01"

	restored := fixtureChange(23, roster.KindRestored, ref,
		rostertest.Agreement("FL", "Example Police Department", "Polk County", roster.TypeMunicipality, roster.TFM, "2025-04-10"),
		"Florida: Correction: ICE again lists the Task Force Model agreement with Example Police Department (Polk County), signed April 10, 2025, according to ICE, which was reported as no longer listed. ICE now lists 304 active agreements in Florida.")
	restored.Corrects = "chg_00000003"

	document := fixtureChange(24, roster.KindDocument, ref, lampasas,
		"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: ICE now links the memorandum of agreement.")
	document.Fields = []roster.Field{{Name: "moa_url", To: lampasas.MOA}}
	detail := fixtureChange(25, roster.KindDetail, ref, lampasas,
		"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: ICE now gives the county as Lampasas County, before Lampass County.")
	detail.Fields = []roster.Field{{Name: "county", From: "Lampass County", To: "Lampasas County"}}

	return map[string]Message{
		"rename":              fixtureMessage(rename),
		"corrected-state":     fixtureMessage(state),
		"corrected-date":      fixtureMessage(date),
		"restored":            fixtureMessage(restored),
		"new-and-restored":    fixtureMessage(newPalmBay(1), restored),
		"detail-and-document": fixtureMessage(document, detail),
	}
}

func amended(seq uint64, ref roster.Evidence, a roster.Agreement, f roster.Field, text string) roster.Change {
	c := fixtureChange(seq, roster.KindAmended, ref, a, text)
	before := a
	c.Before, c.Fields = &before, []roster.Field{f}
	return c
}

// longFixtures are bundles: forty at once, four hundred at once, three days.
func longFixtures() map[string]Message {
	digest := fixtureMessage(append(append(
		manyNew(300, 3, fixtureTime.AddDate(0, 0, -2), "FL", "GA"),
		manyNew(310, 2, fixtureTime.AddDate(0, 0, -1), "TX")...),
		manyNew(320, 3, fixtureTime, "FL", "TX")...)...)
	return map[string]Message{
		"forty-new":    fixtureMessage(manyNew(100, 40, fixtureTime, "FL", "TX", "GA", "NC", "TN", "KS", "OK", "LA", "WV")...),
		"four-hundred": fixtureMessage(manyNew(1000, 400, fixtureTime, "FL", "TX", "GA", "NC", "TN")...),
		"digest":       digest,
	}
}

// manyNew are n new agreements, dealt out to the states in turn.
func manyNew(seq uint64, n int, at time.Time, states ...roster.State) []roster.Change {
	models := roster.Models()
	counties := map[roster.State][]place.County{}
	for _, s := range states {
		counties[s] = place.Counties(s)
	}
	changes := make([]roster.Change, 0, n)
	for i := range n {
		s := states[i%len(states)]
		county := counties[s][(int(seq)+i/len(states))%len(counties[s])].Name + " County"
		if s == "LA" {
			county = strings.TrimSuffix(county, "County") + "Parish"
		}
		a := rostertest.Agreement(s, county+" Sheriff's Office", county, roster.TypeCounty, models[i/len(states)%len(models)], roster.DateOf(at.AddDate(0, 0, -1-i%5)))
		changes = append(changes, fixtureChange(seq+uint64(i), roster.KindNew, rostertest.Evidence(roster.ListParticipating, at, i+2), a,
			fmt.Sprintf("%s: ICE now lists a %s agreement with %s, signed %s, according to ICE.", s.Name(), a.Model.Name(), a.Agency, prose.English.Date(a.Signed))))
	}
	return changes
}

// inBothLanguages are the fixtures in English and, below "es/", in Spanish.
func inBothLanguages() map[string]Message {
	all := fixtures()
	for name, m := range fixtures() {
		m.Language = prose.Spanish
		all["es/"+name] = m
	}
	return all
}

// serviceFixtures are about the service rather than the lists.
func serviceFixtures() map[string]Message {
	notice := fixtureMessage()
	notice.Delivery.CreatedAt, notice.Delivery.DueAt = fixtureTime, fixtureTime
	notice.Delivery.Figures = roster.Figures{}
	notice.Delivery.Channel = "on-call"
	held := roster.Hold{ID: "hold_7", List: roster.ListParticipating, File: "participatingAgencies07032025pm.xlsx", PublishedAt: fixtureTime,
		Reasons: []string{"735 of 777 active agreements would be removed."}, Effect: &roster.Effect{New: 1, Removed: 735}}
	notice.Delivery.Notice = &roster.Notice{Kind: "held", At: fixtureTime, Text: prose.English.Held(held), Publication: &roster.Evidence{List: held.List, SHA256: strings.Repeat("5e", 32)}}

	test := fixtureMessage()
	test.Test = true
	test.Delivery.CreatedAt, test.Delivery.DueAt = fixtureTime, fixtureTime
	sample := fixtureMessage(newPalmBay(1))
	sample.Test = true
	return map[string]Message{"held": notice, "test": test, "test-with-sample": sample}
}

// hostileFixtures hold what a cell of a spreadsheet could say to do harm.
func hostileFixtures() map[string]Message {
	cases := map[string]Message{}
	for name, agency := range map[string]string{
		"hostile-script":  "<script>alert(1)</script>",
		"hostile-markup":  "*_~&| `Sheriff` _of_ *Polk* ~County~",
		"hostile-mention": "<!channel> @here <@U024BE7LH> @everyone",
		"hostile-break":   "Example Police Department\r\nBcc: everyone@example.org\n\n287(g): 1 removed",
	} {
		c := newPalmBay(1)
		c.Agreement.Agency = agency
		c.Text = "Florida: ICE now lists a Task Force Model agreement with " + agency + " (Brevard County), signed July 2, 2025, according to ICE. ICE now lists 304 active agreements in Florida."
		cases[name] = fixtureMessage(c)
	}
	return cases
}
