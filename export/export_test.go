package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

var (
	signedOn = roster.Date("2025-03-04")
	seen     = time.Date(2025, 3, 7, 3, 30, 0, 0, time.UTC) // March 6 in Washington
)

// inTexas is an active agreement; with makes it another.
func inTexas(with func(*roster.AgreementAt)) roster.AgreementAt {
	s := roster.AgreementAt{Agreement: roster.Agreement{ID: "TX-dallas-county-sheriffs-office#TFM#2025-03-04",
		AgencyID: "TX-dallas-county-sheriffs-office", State: "TX", Agency: "Dallas County Sheriff's Office", County: "Dallas County",
		Type: roster.TypeCounty, Model: roster.TFM, Signed: signedOn, MOA: "https://www.ice.gov/doclib/287gMOA/Dallas.pdf"},
		Status: roster.StatusActive, Since: seen, Source: 3, Row: 7}
	if with != nil {
		with(&s)
	}
	return s
}

// someAgreements are one of each sort.
func someAgreements() []roster.AgreementAt {
	return []roster.AgreementAt{
		inTexas(nil),
		inTexas(func(s *roster.AgreementAt) {
			s.ID, s.Status, s.Signed, s.MOA = "TX-dallas-county-sheriffs-office#TFM#pending", roster.StatusPending, "", ""
			s.Baseline, s.Duplicates = true, 1
		}),
		inTexas(func(s *roster.AgreementAt) {
			s.ID, s.Status, s.Until = "TX-bexar-county-sheriffs-office#TFM#2025-02-24", roster.StatusEnded, seen.Add(48*time.Hour)
			s.Agency, s.County, s.PendingSince = "Bexar County Sheriff's Office", "Bexar County", seen.Add(-48*time.Hour)
		}),
		inTexas(func(s *roster.AgreementAt) {
			s.ID, s.State, s.Agency, s.County, s.Type = "FL-department-of-corrections#WSO#2025-03-04", "FL", "Department of Corrections", "", roster.TypeState
			s.Model, s.MOA = roster.WSO, "Link Pending"
		}),
	}
}

func aChange(with func(*roster.Change)) roster.Change {
	c := roster.Change{ID: "chg_01", Seq: 12, Kind: roster.KindAmended, DetectedAt: seen, Certainty: roster.Likely,
		Publication: roster.Evidence{List: roster.ListParticipating, File: "p2.xlsx", SHA256: "aa11", URL: "https://www.ice.gov/p2.xlsx",
			PublishedAt: seen.Add(-time.Hour), Row: 7},
		Agreement:    inTexas(nil).Agreement,
		Fields:       []roster.Field{{Name: "agency", From: "Dalas", To: "Dallas"}, {Name: "signed", From: "", To: "2025-03-04"}},
		PendingSince: "2025-03-01", SinceIsLowerBound: true, Text: "Texas: ICE now spells …"}
	if with != nil {
		with(&c)
	}
	return c
}

func someChanges() []roster.Change {
	return []roster.Change{
		aChange(nil),
		aChange(func(c *roster.Change) {
			c.ID, c.Seq, c.Kind, c.Fields, c.Corrects, c.ListedSince = "chg_02", 13, roster.KindRemoved, nil, "chg_01", "2025-03-03"
			c.Publication.Row, c.Agreement.MOA, c.SinceIsLowerBound = 0, "", false
		}),
		aChange(func(c *roster.Change) {
			c.ID, c.Seq, c.Kind, c.Agreement = "chg_03", 14, roster.KindNew, someAgreements()[3].Agreement
			c.Milestone = &roster.Milestone{Name: "hundred", Count: 600}
		}),
	}
}

func about() *export.About {
	return &export.About{Title: "287(g) agreements in Texas as of March 8, 2025", AsOf: roster.Date("2025-03-08").EndOf(), KnownUntil: roster.Date("2025-03-10").EndOf(),
		Made: seen, Site: "https://287g.example/texas",
		Sources: []roster.Evidence{
			{List: roster.ListParticipating, File: "p2.xlsx", SHA256: "aa11", URL: "https://www.ice.gov/p2.xlsx", PublishedAt: seen.Add(-time.Hour)},
			{List: roster.ListPending, File: "q2.xlsx", SHA256: "bb22", URL: "https://www.ice.gov/q2.xlsx", PublishedAt: seen.Add(-time.Hour)},
		}}
}

// locate places an agency of which nothing else is known.
func locate(a roster.Agreement) place.Location { return place.Locate(a, nil) }

func agreements(t testing.TB, f export.Format, about *export.About, all []roster.AgreementAt) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := export.Agreements(&b, f, about, locate, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func changes(t testing.TB, f export.Format, about *export.About, all []roster.Change) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := export.Changes(&b, f, about, locate, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// many are n agreements as ICE has them.
func many(n int) []roster.AgreementAt {
	counties := place.Counties("TX")
	all := make([]roster.AgreementAt, n)
	for i := range all {
		name := counties[i%len(counties)].Name + " County"
		all[i] = inTexas(func(s *roster.AgreementAt) {
			s.Agency, s.County = name+" Sheriff's Office", name
			s.AgencyID = "TX-" + roster.Slug(s.Agency)
			s.ID = fmt.Sprintf("%s#TFM#%d", s.AgencyID, i)
			s.MOA = fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/%s_MOA_03042025_%d.pdf", roster.Slug(s.Agency), i)
			s.Row, s.Since = i+2, seen.Add(-time.Duration(i)*time.Hour)
		})
	}
	return all
}

func BenchmarkAgreements(b *testing.B) {
	all := many(3000)
	for _, f := range export.Formats() {
		b.Run(string(f), func(b *testing.B) {
			size := len(agreements(b, f, about(), all))
			for b.Loop() {
				if err := export.Agreements(io.Discard, f, about(), locate, all); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

// TestSameInEveryFormat reads each file back: all must tell the same.
func TestSameInEveryFormat(t *testing.T) {
	all := append(someAgreements(), many(40)...)
	var want []string
	for _, s := range all {
		want = append(want, fmt.Sprint(s.ID, s.State, s.Agency, s.Model, s.Status, s.Signed, locate(s.Agreement).County()))
	}
	columns := []string{"id", "state", "agency", "model", "status", "signed", "county_fips"}
	told := map[string][]string{}
	tell := func(where string, of func(column string) string) {
		row := ""
		for _, c := range columns {
			row += of(c)
		}
		told[where] = append(told[where], row)
	}
	fromJSON := func(where string, row any) {
		tell(where, func(c string) string {
			value, _ := row.(map[string]any)[c].(string)
			return value
		})
	}
	for _, r := range csvtest.Records(t, agreements(t, export.CSV, about(), all)) {
		tell("csv", func(c string) string { return r[c] })
	}
	for _, r := range shown(t, open(t, agreements(t, export.XLSX, about(), all)), "Agreements") {
		tell("xlsx", func(c string) string { return r[c] })
	}
	for _, r := range decode[map[string]any](t, agreements(t, export.JSON, about(), all))["agreements"].([]any) {
		fromJSON("json", r)
	}
	for line := range bytes.Lines(agreements(t, export.JSONL, about(), all)) {
		fromJSON("jsonl", decode[any](t, line))
	}
	for _, f := range decode[map[string]any](t, agreements(t, export.GeoJSON, about(), all))["features"].([]any) {
		fromJSON("geojson", f.(map[string]any)["properties"])
	}
	for _, f := range export.Formats() {
		if diff := cmp.Diff(want, told[string(f)]); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
	}
}

// The same data make the same bytes, whenever and by however many at once.
func TestSameBytes(t *testing.T) {
	for _, f := range export.Formats() {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			for _, about := range []*export.About{about(), nil} {
				standing, changed := agreements(t, f, about, someAgreements()), changes(t, f, about, someChanges())
				for range 20 {
					if !bytes.Equal(standing, agreements(t, f, about, someAgreements())) || !bytes.Equal(changed, changes(t, f, about, someChanges())) {
						t.Fatal("another file of the same data")
					}
				}
			}
		})
	}
}

func TestMediaTypes(t *testing.T) {
	known := map[string]bool{}
	for _, f := range export.Formats() {
		if _, _, err := mime.ParseMediaType(f.MediaType()); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		known[f.MediaType()] = true
	}
	if len(known) != 5 || known[export.Format("pdf").MediaType()] || export.CSV.MediaType() != "text/csv; charset=utf-8" {
		t.Errorf("media types %v", known)
	}
}

// failing is a place that is full after so many bytes.
type failing struct{ left int }

var errFull = errors.New("full")

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

func TestWhatCannotBeWritten(t *testing.T) {
	for _, f := range export.Formats() {
		for _, left := range []int{0, 5000} {
			err := export.Agreements(&failing{left}, f, about(), locate, many(200))
			if !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "writing agreements as "+string(f)+": ") {
				t.Errorf("%s after %d bytes: %v", f, left, err)
			}
		}
	}
	if err := export.Changes(io.Discard, "pdf", nil, locate, nil); err == nil || err.Error() != `writing changes: there is no format "pdf"` {
		t.Error(err)
	}
}
