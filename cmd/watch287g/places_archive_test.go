package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

// Of the active agreements on the archive's last day that are not statewide, at least
// 98 of 100 are placed. A hundred drawn by chance are logged, to be checked by hand.
func TestArchiveIsPlaced(t *testing.T) {
	known, _ := knownOfArchive(t)
	atlas := place.NewAtlas(known.Records, nil)
	by := map[place.Basis]int{}
	var placed []string
	for _, r := range known.Records {
		if r.Status() != roster.StatusActive {
			continue
		}
		a := r.Now()
		at := atlas.Locate(a)
		by[at.By]++
		switch at.By {
		case place.NotPlaced:
			t.Logf("not placed: %s %s: %s", a.State, a.Agency, at.Why)
		case place.Statewide:
		case place.ByCell, place.ByName, place.ByTown, place.ByOther:
			county, ok := place.ByFIPS(at.County())
			if !ok || place.StateOf(county.FIPS) != a.State {
				t.Errorf("%s %s is placed in %v", a.State, a.Agency, at.Counties)
			}
			placed = append(placed, fmt.Sprintf("%s %s (ICE: %q): %s %s, by %s", a.State, a.Agency, a.County, county.FullName(), strings.Join(at.Counties, " "), at.By))
		}
	}
	slices.Sort(placed)
	rand.New(rand.NewPCG(287, 2025)).Shuffle(len(placed), func(i, j int) { placed[i], placed[j] = placed[j], placed[i] })
	t.Logf("%v\n%s", by, strings.Join(placed[:100], "\n"))
	if all := len(placed) + by[place.NotPlaced]; 100*len(placed) < 98*all {
		t.Errorf("%d of %d are placed", len(placed), all)
	}
}

// knownOfArchive is what the archive's import made known, and its changes.
func knownOfArchive(t *testing.T) (roster.Snapshot, []roster.Change) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(importedArchive(t), "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it is only read
	known, err := s.Known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	changes, err := s.Changes(t.Context(), store.ChangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return known, changes
}

// atlasAt is the atlas that a poll had, with the changes that it found.
func atlasAt(known roster.Snapshot, at time.Time, found []roster.Change) *place.Atlas {
	then := map[string]*roster.Record{}
	for id, r := range known.Records {
		if n := slices.IndexFunc(r.Versions, func(v roster.Version) bool { return !v.From.Before(at) }); n != 0 {
			if n < 0 {
				n = len(r.Versions)
			}
			then[id] = &roster.Record{List: r.List, Versions: r.Versions[:n]}
		}
	}
	return place.NewAtlas(then, found)
}

// No change is lost to a rule by county: channels of the counties that an agency is
// in, by all that is known of it at the end of the year, get each change that a
// channel of the agency gets, planned as the poll that found it would have.
func TestArchiveRulesByCountyMissNothing(t *testing.T) {
	known, changes := knownOfArchive(t)
	final := place.NewAtlas(known.Records, nil)
	missed, heard, bradley := 0, 0, false
	for from := 0; from < len(changes); {
		to := from + 1
		for to < len(changes) && changes[to].DetectedAt.Equal(changes[from].DetectedAt) {
			to++
		}
		atlas := atlasAt(known, changes[from].DetectedAt, changes[from:to])
		for _, c := range changes[from:to] {
			if c.Agreement.AgencyID == "" || !(notify.Rule{Only: roster.Filter{Agencies: []string{c.Agreement.AgencyID}, Kinds: roster.Kinds()}}).Wants(c, nil) {
				continue
			}
			for _, code := range final.Locate(c.Agreement).Counties {
				county, _ := place.ByFIPS(code)
				state := []roster.State{place.StateOf(code)}
				for _, only := range []roster.Filter{
					{Kinds: roster.Kinds(), States: state, Counties: []string{county.FullName()}},
					{Kinds: roster.Kinds(), Counties: []string{code}},
				} {
					heard++
					if !(notify.Rule{Only: only}).Wants(c, atlas.InArea) {
						missed++
						report := t.Errorf
						if atlas.Locate(c.Agreement).By == place.NotPlaced { // what the lists until then did not tell
							report = t.Logf
						}
						report("a rule of %v misses %s: %s", only.Counties, c.Kind, c.Text)
					}
				}
				bradley = bradley || code == "47011" && c.Kind == roster.KindNew && roster.Day(c.DetectedAt) == "2025-06-04"
			}
		}
		from = to
	}
	t.Logf("%d changes to channels of counties, %d missed", heard, missed)
	if missed > heard/1000 {
		t.Errorf("%d changes of %d are missed", missed, heard)
	}
	if !bradley {
		t.Error("no channel of Bradley County, Tennessee, hears of the signing of June 4, 2025")
	}
}
