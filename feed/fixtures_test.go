package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/watch287g/watch287g/feed/feedtest"
	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/roster"
)

// spread lays JSON out on lines, for the golden file to be read.
func spread(t *testing.T, name string, body []byte) []byte {
	t.Helper()
	if filepath.Ext(name) != ".json" {
		return body
	}
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// format is one way to write a feed, with the rules that it has to keep.
type format struct {
	name  string
	write func(Feed) ([]byte, error)
	check func(testing.TB, []byte)
}

func formats() []format {
	return []format{{"rss.xml", RSS, feedtest.CheckRSS}, {"atom.xml", Atom, feedtest.CheckAtom}, {"feed.json", JSON, feedtest.CheckJSON}}
}

// must writes a feed that has to be writable.
func must(t testing.TB, write func(Feed) ([]byte, error), f Feed) []byte {
	t.Helper()
	body, err := write(f)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

const base = "https://287g.example.org"

// published is 4 p.m. on July 3, 2025, in Washington.
var published = time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)

// feedOf is one page of a feed with pages before and behind it.
func feedOf(items ...Item) Feed {
	f := Feed{
		Title: "287(g) agreements: all changes", Description: "What changes on ICE's lists of 287(g) agreements, in all states.",
		Base: base, Self: base + "/feed?kind=all&page=2", Home: base + "/changes",
		First: base + "/feed?kind=all", Previous: base + "/feed?kind=all&page=1", Next: base + "/feed?kind=all&page=3",
		Updated: published, Items: items,
	}
	if len(items) > 0 {
		f.Updated = items[0].Change.DetectedAt
	}
	return f
}

// change makes one whose id and time follow from its number.
func change(seq uint64, kind roster.Kind, ref roster.Evidence, a roster.Agreement, text string) roster.Change {
	return roster.Change{ID: fmt.Sprintf("chg_%08d", seq), Seq: seq, Kind: kind, DetectedAt: ref.PublishedAt.Add(time.Duration(seq)*time.Minute + 250*time.Millisecond),
		Publication: ref, Agreement: a, Certainty: roster.Certain, Text: text}
}

func lampasas() roster.Agreement {
	a := rostertest.Agreement("TX", "Lampasas County Sheriff's Office", "Lampasas County", roster.TypeCounty, roster.WSO, "2025-06-15")
	a.Addendum = "https://www.ice.gov/doclib/287gMOA/lampasas-addendum.pdf"
	return a
}

func morgan() roster.Agreement {
	return rostertest.Agreement("WV", "Morgan County Sheriff's Office", "Morgan County", roster.TypeCounty, roster.TFM, "")
}

func bartow() roster.Agreement {
	return rostertest.Agreement("FL", "Bartow Police Department", "Polk County", roster.TypeMunicipality, roster.TFM, "2025-04-10")
}

func removal() roster.Change {
	c := change(3, roster.KindRemoved, rostertest.Evidence(roster.ListParticipating, published, 0), bartow(),
		"Florida: ICE no longer lists the Task Force Model agreement with Bartow Police Department (Polk County), signed April 10, 2025, according to ICE. It had stood on the list since April 15, 2025 (79 days). The list gives no reason. ICE now lists 304 active agreements in Florida.")
	c.ListedSince = "2025-04-15"
	return c
}

// everyKind is one change of every kind, the newest first, and a second
// milestone, which is one of the whole country.
func everyKind() []Item {
	part, pend := rostertest.Evidence(roster.ListParticipating, published, 412), rostertest.Evidence(roster.ListPending, published, 12)
	signed := change(1, roster.KindNew, part, lampasas(),
		"Texas: ICE now lists a Warrant Service Officer agreement with Lampasas County Sheriff's Office, signed June 15, 2025, according to ICE. The agency had been on ICE's pending list since at least June 1, 2025. ICE now lists 118 active agreements in Texas.")
	signed.PendingSince, signed.SinceIsLowerBound = "2025-06-01", true
	seeking := change(2, roster.KindPending, pend, morgan(),
		"West Virginia: Morgan County Sheriff's Office is now on ICE's list of agencies with a pending agreement, for the Task Force Model.")
	removed := removal()
	withdrawn := change(4, roster.KindWithdrawn, rostertest.Evidence(roster.ListPending, published, 0), morgan(),
		"West Virginia: Morgan County Sheriff's Office left ICE's list of pending agreements on June 30, 2025, where it stood for the Task Force Model, and ICE has not listed a signed agreement since. It had been pending since June 2, 2025 (28 days). The list gives no reason.")
	withdrawn.ListedSince = "2025-06-02"
	restored := change(5, roster.KindRestored, part, bartow(),
		"Florida: Correction: ICE again lists the Task Force Model agreement with Bartow Police Department (Polk County), signed April 10, 2025, according to ICE, which was reported as no longer listed. ICE now lists 304 active agreements in Florida.")
	restored.Corrects = removed.ID
	amended := change(6, roster.KindAmended, part, lampasas(),
		"Texas: For Lampass County Sheriff's Office (Lampasas County), ICE now gives the name Lampasas County Sheriff's Office. Its Warrant Service Officer agreement is signed June 15, 2025, according to ICE. That both rows are the same agreement is likely, not certain.")
	before := lampasas()
	before.Agency = "Lampass County Sheriff's Office"
	amended.Before, amended.Certainty = &before, roster.Likely
	amended.Fields = []roster.Field{{Name: "agency", From: before.Agency, To: amended.Agreement.Agency}}
	detail := change(7, roster.KindDetail, part, lampasas(),
		"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: ICE now gives the county as Lampasas County, before Lampass County.")
	detail.Fields = []roster.Field{{Name: "county", From: "Lampass County", To: "Lampasas County"}}
	document := change(8, roster.KindDocument, part, lampasas(),
		"Texas: Lampasas County Sheriff's Office, Warrant Service Officer: ICE now links the memorandum of agreement.")
	document.Fields = []roster.Field{{Name: "moa_url", To: lampasas().MOA}}
	first := change(9, roster.KindMilestone, part, rostertest.Agreement("WV", "West Virginia State Police", "", roster.TypeState, roster.TFM, "2025-07-01"),
		"West Virginia: ICE lists the state's first agreement with an agency of the state government since this record began on February 20, 2025: West Virginia State Police.")
	first.Milestone = &roster.Milestone{Name: roster.FirstOfType}
	passed := change(10, roster.KindMilestone, part, lampasas(),
		"United States: ICE now lists 777 active agreements, in 40 states; it has reached 700 for the first time since this record began on February 20, 2025.")
	passed.Milestone = &roster.Milestone{Name: roster.Hundred, Count: 700}
	page := roster.Change{ID: "chg_00000011", Seq: 11, Kind: roster.KindPage, DetectedAt: passed.DetectedAt, Publication: part, Certainty: roster.Certain,
		Page: &roster.PageNews{URL: "https://www.ice.gov/identify-and-arrest/287g", SeenAt: passed.DetectedAt, Before: passed.DetectedAt.Add(-time.Hour), Added: []string{"ICE reimburses <b>agencies</b>."}, Removed: []string{}},
		Text: "United States: ICE changed the wording of its page on 287(g). It now says: \"ICE reimburses <b>agencies</b>\"."}
	page.Publication.Row = 0
	mends := change(0, roster.KindCorrection, removed.Publication, removed.Agreement, "Florida: Correction: The report of July 3, 2025 said: \"Bartow is gone.\" That was wrong.")
	mends.Corrects, mends.Correction = removed.ID, &roster.Correction{Event: roster.CorrectionTakenBack, Why: []roster.CorrectionReason{roster.ReasonRules}, Kinds: []roster.Kind{roster.KindRemoved}, Place: 3,
		Was: &roster.Report{ID: removed.ID, Kind: roster.KindRemoved, At: removed.DetectedAt, Titles: map[string]string{"en": "Bartow is gone", "es": "Bartow ya no figura"}, Texts: map[string]string{"en": "Bartow is gone", "es": "Bartow ya no figura"}}}
	return []Item{{Change: page}, {Change: passed}, {Change: first}, {Change: document}, {Change: detail}, {Change: amended},
		{Change: restored, Corrects: &removed}, {Change: withdrawn}, {Change: removed}, {Change: seeking}, {Change: signed}, {Change: mends, Corrects: &removed}}
}
