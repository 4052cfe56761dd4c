package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// claimStory makes up lists of which nearly everything that the program can say
// is said. A line is a row: state, agency, kind, county, model, date and file.
type claimStory struct {
	began          time.Time
	active, others []string // rows of the participating list; those of the pending one
	filler         []sheettest.Row
	all            []fakeice.File
}

// newClaimStory begins with an agreement or an entry for each thing that happens.
func newClaimStory() *claimStory {
	s := &claimStory{began: time.Date(2025, time.January, 6, 15, 0, 0, 0, time.UTC)}
	sample := sheettest.Sample(120 * len(roster.States()))
	s.filler = slices.DeleteFunc(sample, func(r sheettest.Row) bool { return r.State != "FLORIDA" })
	s.active = []string{
		"TEXAS|Larkwood Police Department|Municipality|Travis County|Task Force Model|45600|",
		"TEXAS|Hays County Sheriff's Office|County|Hays County|Warrant Service Officer|45601|",
		"VERMONT|Orange County Sheriff's Office|County|Orange County|Task Force Model|45602|orange",
		"NEVADA|Elko County Sheriff's Office|County|Elko County|Jail Enforcement Model|45603|elko",
		"NEW YORK|Rome Police Department|Municipality|Oneida County|Task Force Model|45604|rome",
		"MASSACHUSETTS|Salem Police Department|Municipality|Essex County|Task Force Model|45605|salem",
		"MASSACHUSETTS|Lynn Police Department|Municipality|Essex County|Warrant Service Officer|45606|lynn",
	}
	s.others = []string{
		"TEXAS|Caldwell County Sheriff's Office|County|Caldwell County|Warrant Service Officer||",
		"TEXAS|Burnet County Sheriff's Office|County|Burnet County|Task Force Model||",
		"OKLAHOMA|Alfalfa County Sheriff's Office|County|Alfalfa County|Task Force Model||",
	}
	return s
}

// tellClaims tells the story.
func tellClaims() []fakeice.File {
	s := newClaimStory()
	const filler = 84
	s.participating(0, filler)
	s.pending(0)
	s.active = append(s.active,
		"TEXAS|Caldwell County Sheriff's Office|County|Caldwell County|Warrant Service Officer|45664|",
		"TEXAS|Hays County Sheriff's Office|County|Hays County|Task Force Model|45665|hays",
		"GEORGIA|Bartow County Sheriff's Office|County||Task Force Model|45665|",
		"TEXAS|Texas Rangers|State Agency||Task Force Model|45665|rangers")
	s.swap(&s.others, "Caldwell", "TEXAS|Blanco County Sheriff's Office|County||Jail Enforcement Model||")
	s.others = append(s.others, "TEXAS|Larkwood Police Department|Municipality|Travis County|Task Force Model||")
	s.participating(5, filler)
	s.pending(5)
	s.swap(&s.others, "Burnet", "GEORGIA|Floyd County Sheriff's Office|County||Warrant Service Officer||")
	s.pending(12)
	s.swap(&s.others, "Blanco", "")
	s.pending(16)
	s.swap(&s.others, "Floyd", "")
	s.swap(&s.active, "Orange", "GEORGIA|Floyd County Sheriff's Office|County||Warrant Service Officer|45680|floyd")
	s.participating(20, filler)
	s.pending(20)
	s.others = append(s.others, "TEXAS|Blanco County Sheriff's Office|County||Jail Enforcement Model||")
	s.pending(22)
	bartow := s.swap(&s.active, "Bartow", "")
	s.edit("45665|hays", "45666|hays")
	s.edit("Elko County Sheriff's Office", "Elko County Sheriff's Department")
	s.edit("Municipality|Travis County", "County|Hays County")
	s.participating(24, filler)
	s.active = append(s.active, bartow, s.active[0])
	s.edit("|rangers", "|rangers-2025")
	s.edit("45664|", "45664|caldwell")
	s.participating(26, filler)
	s.swap(&s.active, "Larkwood", "")
	s.edit("|rangers-2025", "|")
	s.edit("45666|hays", "2/112025|hays")
	s.edit("45605|salem", "45607|salem")
	s.participating(28, filler)
	s.edit("Warrant Service Officer|45680", "Task Force Model|45680")
	s.active = append(s.active, "NEW YORK|Quincy Police Department|Municipality|Norfolk|Task Force Model|45690|quincy")
	s.participating(40, filler+15)
	s.edit("NEW YORK|Quincy", "MASSACHUSETTS|Quincy")
	s.participating(42, filler+15)
	for i := range s.others {
		s.others[i] = strings.Replace(s.others[i], "Alfalfa County Sheriff's Office", "Alfalfa County Sheriff's Department", 1)
	}
	s.pending(44)
	return s.all
}

// swap takes the first row with a word out of a list, and puts another in.
func (s *claimStory) swap(rows *[]string, out, in string) (was string) {
	at := slices.IndexFunc(*rows, func(r string) bool { return strings.Contains(r, out) })
	was = (*rows)[at]
	if *rows = slices.Delete(slices.Clone(*rows), at, at+1); in != "" {
		*rows = append(*rows, in)
	}
	return was
}

// edit writes the active rows otherwise.
func (s *claimStory) edit(old, now string) {
	for i := range s.active {
		s.active[i] = strings.Replace(s.active[i], old, now, 1)
	}
}

func storyRows(lines []string) []sheettest.Row {
	rows := make([]sheettest.Row, 0, len(lines))
	for _, line := range lines {
		c := strings.Split(line, "|")
		r := sheettest.Row{State: c[0], Agency: c[1], Type: c[2], County: c[3], Model: c[4], Signed: c[5]}
		if c[6] != "" {
			r.MOA = "https://www.ice.gov/doclib/287gMOA/" + c[6] + ".pdf"
		}
		rows = append(rows, r)
	}
	return rows
}

func (s *claimStory) participating(day, filler int) {
	s.publish(fakeice.Participating, day, sheettest.Participating(slices.Concat(storyRows(s.active), s.filler[:filler])...))
}

func (s *claimStory) pending(day int) {
	s.publish(fakeice.Pending, day, sheettest.Pending(storyRows(s.others)...))
}

func (s *claimStory) publish(link string, day int, body []byte) {
	s.all = append(s.all, fakeice.File{Link: link, Name: fmt.Sprintf("%s-%d.xlsx", link, day), At: s.began.AddDate(0, 0, day), Body: body})
}

// claimsOf imports lists, and returns what is claimed and what counted.
func claimsOf(t *testing.T, index string) ([]claim, []*icesList) {
	t.Helper()
	data := t.TempDir()
	output(t, program(t, time.Time{}, "--data", data, "import", index))
	return claimsIn(t, data, index)
}

// archiveRead is what archiveClaims returns.
var archiveRead struct {
	once   sync.Once
	claims []claim
	lists  []*icesList
}

// archiveClaims are what is claimed of the archive and the lists that counted, read once
// for all tests, which leave them as they are.
func archiveClaims(t *testing.T) ([]claim, []*icesList) {
	t.Helper()
	data := importedArchive(t)
	archiveRead.once.Do(func() {
		archiveRead.claims, archiveRead.lists = claimsIn(t, data, filepath.Join(archivetest.Dir(), "index.csv"))
	})
	if archiveRead.lists == nil {
		t.Fatal("the archive was not read for an earlier test")
	}
	return archiveRead.claims, archiveRead.lists
}

func claimsIn(t *testing.T, data, index string) ([]claim, []*icesList) {
	t.Helper()
	lists, err := readLists(index)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := readClaims(output(t, program(t, time.Time{}, "--data", data, "changes", "--format", "jsonl")))
	if err != nil {
		t.Fatal(err)
	}
	return changes, listsThatCounted(t, data, lists)
}
