package pdf_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// TestArchiveFacts holds what is read of real agreements against an index that others made:
// the revision, the model and the agency of each, and that no other agreement of the list fits.
func TestArchiveFacts(t *testing.T) {
	listed := lastList(t, archivetest.Need(t))
	names := &diff.Names{}
	texts, matched, others := 0, 0, 0
	secret := regexp.MustCompile(`[A-Za-z]@[A-Za-z]|\d{3}[^\w\n]{1,3}\d{3}[^\w\n]{1,3}\d{4}`)
	for _, real := range realReadings(t) {
		row, reading := real.row, real.reading
		d := document.Facts(reading)
		id := strings.Split(row["agreement"], "#")
		if row["revised"] != "" && string(d.Revised) != row["revised"] || row["revised"] == "" && d.Revised != "" {
			t.Errorf("%s: revised %q, and the index has %q", row["file"], d.Revised, row["revised"])
		}
		if hasText := row["words"] != "0"; hasText && string(d.Model) != id[1] || d.Model != "" && string(d.Model) != id[1] {
			t.Errorf("%s: model %q, and the index has %q", row["file"], d.Model, id[1])
		} else if hasText {
			texts++
			own, other := fits(d, row["file"], id, listed, names)
			if own {
				matched++
			} else {
				t.Logf("%s: agency %q of %q is not matched", row["file"], d.Agency, d.State)
			}
			if len(other) > 0 {
				others++
				t.Errorf("%s: %q of %q fits %q, too", row["file"], d.Agency, d.State, other)
			}
		}
		for _, p := range reading.Pages {
			if left := secret.FindString(document.Mask(p.Text)); left != "" {
				t.Errorf("%s: %q is not masked", row["file"], left)
			}
		}
		a := roster.Agreement{State: roster.State(id[0][:2]), Agency: strings.ReplaceAll(id[0][3:], "-", " "), Model: roster.Model(id[1]), Signed: roster.Date(id[2])}
		for _, c := range document.Conflicts(d, row["url"], a, names) {
			t.Logf("%s: conflict of %s: %s, and the row has %s (page %d)", row["file"], c.What, c.Document, c.Row, c.Page)
		}
	}
	t.Logf("%d of %d agencies matched", matched, texts)
	if texts == 0 || matched*100 < texts*95 {
		t.Errorf("%d of %d agencies matched, which is less than 95 percent", matched, texts)
	}
}

// realReading is what was read in a real agreement, with its row in the index.
type realReading struct {
	row     map[string]string
	reading document.Reading
}

// realOnes are read once for all tests here.
var (
	realOnce sync.Once
	realOnes []realReading
)

// realReadings are those of all real agreements that are at hand, or skip the test.
func realReadings(t *testing.T) []realReading {
	t.Helper()
	moa := archivetest.NeedMOA(t)
	realOnce.Do(func() {
		r := newReader(t)
		for _, row := range indexOf(t, filepath.Join(moa, "index.csv")) {
			body, err := os.ReadFile(filepath.Join(moa, row["file"]))
			if err != nil {
				t.Fatal(err)
			}
			realOnes = append(realOnes, realReading{row, read(t, r, body)})
		}
	})
	return realOnes
}

// fits says whether a document names the agency of its own agreement, and which agencies of
// the same model and another place it fits as well.
func fits(d roster.Document, file string, id []string, listed []roster.Row, names *diff.Names) (own bool, other []string) {
	slug := strings.Split(id[0][3:], "-")
	for _, row := range listed {
		mine := strings.HasSuffix(row.MOA, "/"+file)
		if document.OfAgency(d, roster.Agreement{State: row.State, Agency: row.Agency}, names) != diff.Alike {
			continue
		}
		switch {
		case mine:
			own = true
		case !sameWords(roster.Fold(row.Agency), slug) && d.State != "":
			other = append(other, string(row.State)+" "+row.Agency)
		}
	}
	if !own { // a later list links another file, or has another spelling of the state
		state := roster.State(id[0][:2])
		if d.State != "" {
			state = d.State
		}
		own = document.OfAgency(d, roster.Agreement{State: state, Agency: strings.Join(slug, " ")}, names) == diff.Alike
	}
	return own, other
}

// sameWords says whether a name has the first word of an id that tells its place.
func sameWords(folded string, slug []string) bool {
	for _, w := range slug {
		switch w {
		case "city", "town", "of", "the", "county", "st", "lake", "department", "police", "office", "sheriffs", "board", "state", "florida", "iowa", "college":
			continue
		}
		if strings.Contains(folded, w[:min(len(w), 4)]) {
			return true
		}
	}
	return false
}

// lastList returns the rows of the last list of participating agencies in the archive.
func lastList(t *testing.T, dir string) []roster.Row {
	t.Helper()
	last := ""
	for _, row := range indexOf(t, filepath.Join(dir, "index.csv")) {
		if row["link"] == "participating" {
			last = row["file"]
		}
	}
	body, err := os.ReadFile(filepath.Join(dir, last))
	if err != nil {
		t.Fatal(err)
	}
	lists, err := sheet.Read(body, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return lists[0].Rows
}

// indexOf reads an index by the names of its columns.
func indexOf(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return csvtest.Records(t, file)
}
