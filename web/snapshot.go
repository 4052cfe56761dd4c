package web

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/search"
)

// view is all that the site knows at one revision of its source. It is read by
// many requests at once and never changes.
type snapshot struct {
	revision     uint64
	agencies     map[string]*roster.Agency   // by id
	records      []*roster.Record            // by state's name, agency, model and id, as they stand now
	byAgency     map[string][]*roster.Record // those that are or ever were the agency's
	byID         map[string]*roster.Record
	changes      []roster.Change      // the oldest first; number n is at n-1
	changeByID   map[string]int       // index in changes
	changesOf    map[string][]int     // by agency's id: indexes in changes, ascending
	takenBack    map[string]int       // by id of a change: index of the one that takes it back
	publications []roster.Publication // number n is at n-1
	bySHA        map[string][]int     // index in publications
	holds        []roster.Hold        // the newest first
	polls        []roster.Poll        // the newest first
	reading      roster.Reading
	extent       roster.Extent     // of what is known: "now" means its end
	modified     time.Time         // when the data last changed
	slugs        map[string]string // every spelling's would-be id, in small letters: the agency's id

	curve  func() []draw.Point
	index  func() *search.Index
	counts func() roster.Stats // of the last moment known
}

// load reads a view at the time now. Changes are never edited, so those of an
// earlier view are kept and only what follows is read.
func load(ctx context.Context, src Source, revision uint64, earlier *snapshot, now time.Time) (*snapshot, error) {
	v := &snapshot{revision: revision}
	known, err := src.Known(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what is known: %w", err)
	}
	if v.publications, err = src.Publications(ctx); err != nil {
		return nil, fmt.Errorf("reading the publications: %w", err)
	}
	if v.holds, err = src.Holds(ctx); err != nil {
		return nil, fmt.Errorf("reading the holds: %w", err)
	}
	if v.polls, err = src.Polls(ctx, pollsShown); err != nil {
		return nil, fmt.Errorf("reading the polls: %w", err)
	}
	if v.reading, err = src.Reading(ctx); err != nil {
		return nil, fmt.Errorf("reading how far ICE's page is read: %w", err)
	}
	v.extent = roster.ExtentOf(v.publications, v.reading, now)
	if earlier != nil {
		v.changes = earlier.changes[:len(earlier.changes):len(earlier.changes)]
	}
	more, err := src.ChangesAfter(ctx, uint64(len(v.changes)))
	if err != nil {
		return nil, fmt.Errorf("reading the changes: %w", err)
	}
	v.changes = append(v.changes, more...)
	v.arrange(known)
	return v, nil
}

// arrange makes what was read easy to find.
func (v *snapshot) arrange(known roster.Snapshot) {
	v.agencies, v.byID = known.Agencies, known.Records
	v.records = slices.SortedFunc(maps.Values(known.Records), byPlace)
	v.byAgency = map[string][]*roster.Record{}
	for _, r := range v.records {
		of := map[string]bool{}
		for _, ver := range r.Versions {
			if id := ver.Agreement.AgencyID; !of[id] {
				of[id] = true
				v.byAgency[id] = append(v.byAgency[id], r)
			}
		}
	}
	v.changeByID, v.changesOf, v.takenBack = map[string]int{}, map[string][]int{}, map[string]int{}
	for i, c := range v.changes {
		v.changeByID[c.ID] = i
		if c.Kind != roster.KindMilestone {
			v.changesOf[c.Agreement.AgencyID] = append(v.changesOf[c.Agreement.AgencyID], i)
			if c.Before != nil && c.Before.AgencyID != c.Agreement.AgencyID {
				v.changesOf[c.Before.AgencyID] = append(v.changesOf[c.Before.AgencyID], i)
			}
		}
		if c.Corrects != "" {
			v.takenBack[c.Corrects] = i
		}
	}
	v.bySHA = map[string][]int{}
	for i, p := range v.publications {
		v.bySHA[p.SHA256] = append(v.bySHA[p.SHA256], i)
	}
	v.slugs = slugs(v.agencies)
	v.date()
	v.curve = sync.OnceValue(v.makeCurve)
	v.index = sync.OnceValue(v.makeIndex)
	v.counts = sync.OnceValue(func() roster.Stats { return v.stats(v.extent.Until) })
}

func byPlace(a, b *roster.Record) int {
	x, y := a.Now(), b.Now()
	return cmp.Or(cmp.Compare(x.State.Name(), y.State.Name()), cmp.Compare(roster.Fold(x.Agency), roster.Fold(y.Agency)),
		cmp.Compare(x.Model, y.Model), cmp.Compare(x.ID, y.ID))
}

// slugs finds an agency by the id that any of its spellings would have had.
func slugs(agencies map[string]*roster.Agency) map[string]string {
	found := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(agencies)) {
		for _, s := range agencies[id].Spellings {
			slug := strings.ToLower(string(s.State)) + "-" + roster.Slug(s.Name)
			if _, taken := found[slug]; !taken {
				found[slug] = id
			}
		}
	}
	for id := range agencies { // an agency's own id leads to it, whoever else was spelt so
		found[strings.ToLower(id)] = id
	}
	return found
}

// date finds the moments that the pages quote.
func (v *snapshot) date() {
	for _, p := range v.publications {
		v.modified = later(v.modified, p.SeenAt, p.EffectiveAt)
	}
	for _, h := range v.holds {
		v.modified = later(v.modified, h.Since, h.EndedAt)
	}
	if n := len(v.changes); n > 0 {
		v.modified = later(v.modified, v.changes[n-1].DetectedAt)
	}
}

// epoch is a stretch of time in which an address has one answer: what pages say
// depends on the time only by the day in Washington, and by whether the last look
// at ICE's page is too long ago.
type epoch struct {
	revision uint64
	today    roster.Date
	late     bool
}

func (e epoch) String() string { return fmt.Sprint(e.revision, " ", e.today, " ", e.late) }

// epoch is the one that the view is in; every is the time between two polls.
func (v *snapshot) epoch(now time.Time, every time.Duration) epoch {
	return epoch{v.revision, roster.Day(now), v.late(now, every)}
}

// late says whether no look was taken for longer than it should be.
func (v *snapshot) late(now time.Time, every time.Duration) bool {
	return every > 0 && len(v.polls) > 0 && now.Sub(v.polls[0].At) > 3*every+10*time.Minute
}

func later(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}

// standings is every agreement and pending entry known as of t, ended ones
// included, by state, agency and model.
func (v *snapshot) agreementsAt(t time.Time) []roster.AgreementAt {
	all := v.unsorted(t)
	slices.SortStableFunc(all, func(a, b roster.AgreementAt) int {
		return cmp.Or(cmp.Compare(a.State.Name(), b.State.Name()), cmp.Compare(roster.Fold(a.Agency), roster.Fold(b.Agency)),
			cmp.Compare(a.Model, b.Model), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// unsorted is standings in the order of how they stand now.
func (v *snapshot) unsorted(t time.Time) []roster.AgreementAt {
	all := make([]roster.AgreementAt, 0, len(v.records))
	for _, r := range v.records {
		if s, ok := r.AgreementAt(t); ok {
			all = append(all, s)
		}
	}
	return all
}

// stats counts what stood as of t, with the lists that were in force.
func (v *snapshot) stats(t time.Time) roster.Stats {
	s := roster.CountAt(v.unsorted(t), v.publications, t)
	s.KnownUntil = v.extent.Until.UTC()
	return s
}

// inForce finds the lists that counted at a moment.
func (v *snapshot) inForce(t time.Time) map[roster.List]roster.Publication {
	return roster.InForce(v.publications, t)
}

// find lists the changes that a filter wants, the newest first: at most limit,
// and only those with a number below before, where that is not 0. more says
// whether there are older ones.
func (v *snapshot) find(f roster.Filter, before uint64, limit int) (found []roster.Change, more bool) {
	end := len(v.changes)
	if before > 0 && before <= uint64(end) {
		end = int(before) - 1 //nolint:gosec // not above the number of changes
	}
	for i := end - 1; i >= 0; i-- {
		if !f.Match(v.changes[i]) {
			continue
		}
		if len(found) == limit {
			return found, true
		}
		found = append(found, v.changes[i])
	}
	return found, false
}

// change finds a change by its id.
func (v *snapshot) change(id string) (roster.Change, bool) {
	i, ok := v.changeByID[id]
	if !ok {
		return roster.Change{}, false
	}
	return v.changes[i], true
}

// makeCurve counts the active agreements by model at the end of each day on
// which a publication counted.
func (v *snapshot) makeCurve() []draw.Point {
	return v.curveOf(func(roster.Agreement) bool { return true })
}

// curveOf is the curve of the agreements that are wanted.
func (v *snapshot) curveOf(wanted func(roster.Agreement) bool) []draw.Point {
	moves := map[roster.Date]map[roster.Model]int{}
	pending := map[roster.Date]int{}
	for _, r := range v.records {
		var listed bool
		var model roster.Model
		for _, ver := range r.Versions {
			day := roster.Day(ver.From)
			if moves[day] == nil {
				moves[day] = map[roster.Model]int{}
			}
			move := func(m roster.Model, by int) {
				if r.List == roster.ListPending {
					pending[day] += by
				} else {
					moves[day][m] += by
				}
			}
			if listed {
				move(model, -1)
			}
			listed, model = ver.Listed && wanted(ver.Agreement), ver.Agreement.Model
			if listed {
				move(model, 1)
			}
		}
	}
	return v.sumUp(moves, pending)
}

// sumUp adds the moves of each day to those before it.
func (v *snapshot) sumUp(moves map[roster.Date]map[roster.Model]int, pending map[roster.Date]int) []draw.Point {
	days := map[roster.Date]bool{}
	for _, p := range v.publications {
		if p.Verdict == roster.VerdictAccepted {
			days[roster.Day(p.EffectiveAt)] = true
		}
	}
	for day := range moves {
		days[day] = true
	}
	for day := range pending {
		days[day] = true
	}
	var points []draw.Point
	sum, waiting := map[roster.Model]int{}, 0
	for _, day := range slices.Sorted(maps.Keys(days)) {
		for m, d := range moves[day] {
			sum[m] += d
		}
		waiting += pending[day]
		points = append(points, draw.Point{At: day.EndOf(), ByModel: maps.Clone(sum), Pending: waiting})
	}
	return points
}

// makeIndex makes the agencies findable.
func (v *snapshot) makeIndex() *search.Index {
	var all []search.Agency
	for _, id := range slices.Sorted(maps.Keys(v.agencies)) {
		records := v.byAgency[id]
		if len(records) == 0 {
			continue
		}
		a := search.Agency{ID: id, State: records[0].Now().State, County: records[0].Now().County}
		for _, s := range v.agencies[id].Spellings {
			a.Names = append(a.Names, s.Name)
		}
		for _, r := range records {
			switch r.Status() {
			case roster.StatusActive:
				a.Active++
			case roster.StatusPending:
				a.Pending++
			case roster.StatusEnded:
				a.Ended++
			}
		}
		all = append(all, a)
	}
	return search.New(all)
}
