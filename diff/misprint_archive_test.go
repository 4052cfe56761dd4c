package diff_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// The same events over ICE's own list, where the archive of its lists is at hand:
// its names, counties, dates and files are not made up. Every fourth row is kept
// back, and joins later.

const everyFourth = 4

func TestMisprintsOfRealNames(t *testing.T) {
	t.Parallel()
	rows := lastList(t)
	t.Logf("%d real rows, seed %d", len(rows), *seed)
	b := playMisprints(wantEvents/2, classes(), func(world uint64) *press { return newRealPress(*seed, 3000+world, rows) })
	b.report(t)
	b.judge(t)
}

// lastList reads the last participating list of the archive.
func lastList(t *testing.T) []roster.Row {
	t.Helper()
	last := ""
	for _, r := range archiveIndex(t) {
		if strings.Contains(strings.Join(r, " "), " "+string(roster.ListParticipating)+" ") {
			last = r[2]
		}
	}
	return archiveList(t, last).Rows
}

// archiveIndex reads the index of the archive, a line a list: when it was published, which
// list it is, its file.
func archiveIndex(t *testing.T) [][]string {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(archivetest.Need(t), "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(index)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// archiveList reads a list of the archive.
func archiveList(t *testing.T, file string) roster.Roster {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(archivetest.Need(t), file))
	if err != nil {
		t.Fatal(err)
	}
	read, err := sheet.Read(body, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(file, err)
	}
	return read[0]
}

func newRealPress(seed, world uint64, rows []roster.Row) *press {
	p := newPress(seed, world, 0)
	files := map[string]int{}
	for _, r := range rows {
		files[r.MOA]++
	}
	for _, i := range p.Perm(len(rows)) {
		b := bodyOf(rows[i])
		b.shared = files[b.MOA] > 1
		if !b.Readable() || p.counties[b.State] == nil || !p.isFree(b.Row) || b.Signed == "" {
			continue
		}
		if len(p.rows) >= (everyFourth-1)*len(rows)/everyFourth {
			p.pool = append(p.pool, b)
			continue
		}
		p.use(b.Row)
		p.rows = append(p.rows, &b)
	}
	return p
}

// bodyOf says what can be told of an agency by its real row.
func bodyOf(r roster.Row) body {
	r.Raw, r.SignedAs = nil, ""
	b := body{Row: r, name: r.Agency, seat: r.County}
	words := func(all ...string) bool {
		for _, w := range all {
			if strings.Contains(r.Agency, w) {
				return true
			}
		}
		return false
	}
	b.form = counted
	switch {
	case words("University", "College"):
		b.form = campus
	case words("Board of County"):
		b.form = board
	case words("Precinct", "Ward", "Troop", "District", "Circuit"):
	case words("Sheriff"):
		b.form = sheriff
	case words("Jail", "Detention"):
		b.form = jail
	case r.Type == roster.TypeState:
		b.form = statewide
	case words("Township", "Borough"):
		b.form = township
	case words("Police Department", "City Marshal", "Department of Public Safety"):
		b.form = police
	}
	b.place = r.Agency
	for _, end := range []string{" County", " Parish", " Township", " Borough", " Police", " City Marshal", " Department", " Sheriff"} {
		b.place, _, _ = strings.Cut(b.place, end)
	}
	for _, start := range []string{"City of ", "Town of ", "Village of ", "County of ", "University of "} {
		b.place = strings.TrimPrefix(b.place, start)
	}
	if strings.Contains(r.Agency, b.place+" County") || strings.Contains(r.Agency, b.place+" Parish") {
		b.seat = ofCounty(r.State, b.place)
	}
	return b
}
