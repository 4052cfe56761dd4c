package snapshot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Agreements is the lists with what they say: every agreement and pending entry,
// and the agencies that they are with.
type Agreements struct {
	Lists
	rebuilds   int                         // roster.Snapshot.Rebuilds
	agencies   []*roster.Agency            // by id
	agencyByID map[string]*roster.Agency   //
	records    []*roster.Record            // by place, as they stand now
	recordByID map[string]*roster.Record   //
	recordsOf  map[string][]*roster.Record // by agency's id: those that are or ever were the agency's
	// slugs leads from every spelling's would-be id, in lower case, to the agency's.
	slugs func() map[string]string
	// spelled leads from the key of a spelling to the agencies that ever had it.
	spelled func() map[string][]string
	stats   func() roster.Stats // of the last moment known
	curve   func() []Point
	atlas   func() *place.Atlas

	footings      func() [][]*footing // of the versions of the records
	coverage      func() *Coverage    // of the last moment known
	coverageCurve func() []CoveragePoint
}

// LoadAgreements loads the lists and the agreements at the time now.
func LoadAgreements(ctx context.Context, src Source, now time.Time) (*Agreements, error) {
	known, err := src.Known(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what is known: %w", err)
	}
	lists, err := LoadLists(ctx, src, now)
	if err != nil {
		return nil, err
	}
	a := &Agreements{Lists: *lists, rebuilds: known.Rebuilds, agencyByID: known.Agencies, recordByID: known.Records, recordsOf: map[string][]*roster.Record{}}
	for _, id := range slices.Sorted(maps.Keys(known.Agencies)) {
		a.agencies = append(a.agencies, known.Agencies[id])
	}
	a.records = slices.Collect(maps.Values(known.Records))
	sortByPlace(a.records, (*roster.Record).Now)
	for _, r := range a.records {
		for i := range r.Versions {
			id := r.Versions[i].Agreement.AgencyID
			if all := a.recordsOf[id]; len(all) == 0 || all[len(all)-1] != r {
				a.recordsOf[id] = append(all, r)
			}
		}
	}
	a.slugs = sync.OnceValue(a.makeSlugs)
	a.spelled = sync.OnceValue(a.makeSpelled)
	a.stats = sync.OnceValue(func() roster.Stats { return a.count(a.extent.Until) })
	a.atlas = sync.OnceValue(func() *place.Atlas { return place.NewAtlas(known.Records, nil) })
	a.curve = sync.OnceValue(func() []Point { return a.CurveOf(anyOne) })
	a.footings = sync.OnceValue(a.makeFootings)
	a.coverage = sync.OnceValue(func() *Coverage { return a.coverageAt(a.extent.Until) })
	a.coverageCurve = sync.OnceValue(func() []CoveragePoint { return a.coverageCurveOf("") })
	return a, nil
}

// sortByPlace puts what is about agreements in the order in which people look them
// up: by state's name, agency, model and id. Equal ones stay in their order.
func sortByPlace[T any](all []T, agreement func(T) roster.Agreement) {
	type key struct {
		state, agency, model, id string
		index                    int
	}
	keys := make([]key, len(all)) // since to fold a name takes its time
	for i, v := range all {
		a := agreement(v)
		keys[i] = key{a.State.Name(), roster.Fold(a.Agency), string(a.Model), a.ID, i}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(strings.Compare(a.state, b.state), strings.Compare(a.agency, b.agency), strings.Compare(a.model, b.model),
			strings.Compare(a.id, b.id), cmp.Compare(a.index, b.index))
	})
	unsorted := slices.Clone(all)
	for i, k := range keys {
		all[i] = unsorted[k.index]
	}
}

// Records are all agreements and pending entries that were ever listed, by state's
// name, agency, model and id as they stand now.
func (a *Agreements) Records() []*roster.Record { return a.records }

// InAreas returns what says, for a planner, which of some changes' agencies are in a
// county or a place.
func InAreas(src Source) func(ctx context.Context, changes []roster.Change) (roster.InArea, error) {
	return func(ctx context.Context, changes []roster.Change) (roster.InArea, error) {
		atlas, err := Atlas(ctx, src, changes)
		if err != nil {
			return nil, err
		}
		return atlas.InArea, nil
	}
}

// Atlas knows where the agencies of a source are, and those of changes that are not
// committed yet.
func Atlas(ctx context.Context, src Source, changes []roster.Change) (*place.Atlas, error) {
	known, err := src.Known(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what is known: %w", err)
	}
	return place.NewAtlas(known.Records, changes), nil
}

// Locate finds out where the agency of an agreement is.
func (a *Agreements) Locate(agreement roster.Agreement) place.Location {
	return a.atlas().Locate(agreement)
}

// InArea is the roster.InArea of the agencies that are known.
func (a *Agreements) InArea(agreement roster.Agreement, counties, places []string) bool {
	return a.atlas().InArea(agreement, counties, places)
}

// Record finds an agreement or a pending entry by its id; nil where there is none.
func (a *Agreements) Record(id string) *roster.Record { return a.recordByID[id] }

// AgreementsAt is every agreement and pending entry known as of a moment, ended
// ones included, in a new slice, by state's name, agency, model and id.
func (a *Agreements) AgreementsAt(at time.Time) []roster.AgreementAt {
	all := a.unsorted(at)
	if at.Before(a.extent.Until) { // else they stand as they do now
		sortByPlace(all, func(s roster.AgreementAt) roster.Agreement { return s.Agreement })
	}
	return all
}

// unsorted is AgreementsAt in the order of how they stand now.
func (a *Agreements) unsorted(at time.Time) []roster.AgreementAt {
	all := make([]roster.AgreementAt, 0, len(a.records))
	for _, r := range a.records {
		if s, ok := r.AgreementAt(at); ok {
			all = append(all, s)
		}
	}
	return all
}

// Select is AgreementsAt for those that have one of the statuses, active or
// pending where none is given, and that the filter wants.
func (a *Agreements) Select(at time.Time, f roster.Filter, statuses ...roster.Status) []roster.AgreementAt {
	if len(statuses) == 0 {
		statuses = []roster.Status{roster.StatusActive, roster.StatusPending}
	}
	return slices.DeleteFunc(a.AgreementsAt(at), func(s roster.AgreementAt) bool {
		return !slices.Contains(statuses, s.Status) || !f.MatchAgreement(s.Agreement, a.InArea)
	})
}

// Stats counts what stood as of a moment, with the lists that were in force.
func (a *Agreements) Stats(at time.Time) roster.Stats {
	if at.Equal(a.extent.Until) {
		return a.stats()
	}
	return a.count(at)
}

func (a *Agreements) count(at time.Time) roster.Stats { return a.StatsOf(at, anyOne) }

// anyOne wants every agreement.
func anyOne(roster.Agreement) bool { return true }

// StatsOf is Stats of the agreements and pending entries that are wanted.
func (a *Agreements) StatsOf(at time.Time, wanted func(roster.Agreement) bool) roster.Stats {
	all := slices.DeleteFunc(a.unsorted(at), func(s roster.AgreementAt) bool { return !wanted(s.Agreement) })
	s := roster.CountAt(all, a.publications, at)
	s.KnownUntil = a.extent.Until.UTC()
	return s
}

// CurrentStats counts what stood at the last moment known.
func (a *Agreements) CurrentStats() roster.Stats { return a.stats() }

// LeftList counts the agreements that were ever listed, and are no longer.
func (a *Agreements) LeftList() int {
	n := 0
	for _, r := range a.records {
		if r.List == roster.ListParticipating && r.Status() == roster.StatusEnded {
			n++
		}
	}
	return n
}

// SignedAs finds the active agreement that a pending entry had ended as at a
// moment. Some agencies stand on both lists at once: then it is the one that they
// hold in the model.
func (a *Agreements) SignedAs(entry *roster.Record, at time.Time) (roster.AgreementAt, bool) {
	if r := a.recordByID[entry.SignedBy]; r != nil {
		if s, ok := r.AgreementAt(at); ok && s.Status == roster.StatusActive {
			return s, true
		}
	}
	pending, _ := entry.VersionAt(at)
	for _, r := range a.recordsOf[pending.Agreement.AgencyID] {
		if s, ok := r.AgreementAt(at); ok && s.Status == roster.StatusActive && s.AgencyID == pending.Agreement.AgencyID && s.Model == pending.Agreement.Model {
			return s, true
		}
	}
	return roster.AgreementAt{}, false
}

// EntryOf finds the pending entry that an agreement came from, whichever agency ICE
// gives either with now; nil where there is none.
func (a *Agreements) EntryOf(r *roster.Record) *roster.Record {
	i := slices.IndexFunc(a.records, func(entry *roster.Record) bool {
		then, known := entry.VersionAt(r.PendingSince)
		return entry.List == roster.ListPending && entry.SignedBy == r.ID() && known && then.Listed
	})
	if i < 0 {
		return nil
	}
	return a.records[i]
}
