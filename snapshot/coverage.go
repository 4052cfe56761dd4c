package snapshot

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// footing is what an agreement counts for while it is active.
type footing struct {
	state    roster.State
	owner    roster.Type
	model    roster.Model // its class
	at       place.Basis
	counties []string // FIPS codes
}

// footingOf finds out what an agreement counts for.
func (a *Agreements) footingOf(agreement roster.Agreement) footing {
	where := a.Locate(agreement)
	owner := place.OwnerOf(agreement, where)
	return footing{agreement.State, owner, agreement.Model.Class(), where.By, where.CountsFor(owner)}
}

// CountsFor says whether an agreement counts for the county with a FIPS code: as in the
// coverage of counties, but that all agencies of a territory count that is one county,
// as Guam is.
func (a *Agreements) CountsFor(agreement roster.Agreement, fips string) bool {
	state := place.StateOf(fips)
	return agreement.State == state && (place.OneCounty(state) || slices.Contains(a.footingOf(agreement).counties, fips))
}

// makeFootings does so for every version of every record that is active in it, in
// their order; nil for the others.
func (a *Agreements) makeFootings() [][]*footing {
	all := make([][]*footing, len(a.records))
	for i, r := range a.records {
		all[i] = make([]*footing, len(r.Versions))
		if r.List != roster.ListParticipating {
			continue
		}
		for k, v := range r.Versions {
			if v.Listed {
				f := a.footingOf(v.Agreement)
				all[i][k] = &f
			}
		}
	}
	return all
}

// footingsAt are those of the agreements that are active at a moment.
func (a *Agreements) footingsAt(at time.Time) []*footing {
	var active []*footing
	for i, r := range a.records {
		if k := r.IndexAt(at); k >= 0 && a.footings()[i][k] != nil {
			active = append(active, a.footings()[i][k])
		}
	}
	return active
}

// Coverage is how far the active agreements reach: of the nation, and of each state
// and territory, by name.
type Coverage struct {
	Nation roster.Coverage
	States []roster.Coverage
}

// Of is the coverage of one state; of the nation for "".
func (c *Coverage) Of(s roster.State) roster.Coverage {
	i := slices.IndexFunc(c.States, func(of roster.Coverage) bool { return of.State == s })
	if i < 0 {
		return c.Nation
	}
	return c.States[i]
}

// Coverage finds out how far the active agreements reach as of a moment.
func (a *Agreements) Coverage(at time.Time) *Coverage {
	if at.Equal(a.extent.Until) {
		return a.coverage()
	}
	return a.coverageAt(at)
}

func (a *Agreements) coverageAt(at time.Time) *Coverage {
	nation, byState := newTally(""), map[roster.State]*tally{}
	for _, s := range roster.States() {
		byState[s] = newTally(s)
	}
	for _, f := range a.footingsAt(at) {
		nation.move(f, 1)
		if of := byState[f.state]; of != nil {
			of.move(f, 1)
		}
	}
	c := &Coverage{Nation: nation.coverage()}
	for _, s := range roster.States() {
		c.States = append(c.States, byState[s].coverage())
	}
	return c
}

// CoveragePoint is how far the active agreements of counties' sheriffs and other
// agencies reached at the end of a day.
type CoveragePoint struct {
	Day     roster.Date          `json:"date" doc:"The day in Washington at whose end it was so, as far as it is known."`
	Covered int                  `json:"counties_covered" doc:"Counties whose sheriff or other county agency has an active agreement."`
	ByModel map[roster.Model]int `json:"by_model" doc:"Counties in which it has one in that model. A county can be among several."`
	Living  *int                 `json:"residents_covered,omitempty" doc:"Residents of these counties. Left out where it is not known."`
}

// CoverageCurve is how far the agreements of a state, or of the nation for "", reached
// at the end of each day on which a list began to count.
func (a *Agreements) CoverageCurve(s roster.State) []CoveragePoint {
	if s == "" {
		return a.coverageCurve()
	}
	return a.coverageCurveOf(s)
}

func (a *Agreements) coverageCurveOf(s roster.State) []CoveragePoint {
	type move struct {
		*footing
		by int
	}
	moves := map[roster.Date][]move{}
	for i, r := range a.records {
		var was *footing
		for k, v := range r.Versions {
			is, day := a.footings()[i][k], roster.Day(v.From)
			if was != nil && (s == "" || was.state == s) {
				moves[day] = append(moves[day], move{was, -1})
			}
			if is != nil && (s == "" || is.state == s) {
				moves[day] = append(moves[day], move{is, 1})
			}
			was = is
		}
	}
	var points []CoveragePoint
	t := newTally(s)
	for _, day := range withDaysOf(a.Days(), moves) {
		for _, m := range moves[day] {
			t.move(m.footing, m.by)
		}
		c := t.coverage()
		points = append(points, CoveragePoint{day, c.Covered.Counties, c.Covered.ByModel, c.Living})
	}
	return points
}

// CoverageReport is the coverage as of a moment, as the API and the command print it.
type CoverageReport struct {
	AsOf            time.Time                       `json:"as_of,omitzero" doc:"The moment that the figures speak of: the one that was asked for, or known_until where that is earlier."`
	KnownUntil      time.Time                       `json:"known_until,omitzero" doc:"The last moment at which ICE's page was known."`
	ResidentsAsOf   roster.Date                     `json:"residents_as_of" doc:"The day that numbers of residents are for."`
	ResidentsSource string                          `json:"residents_source" doc:"Where they are from."`
	Publications    map[roster.List]roster.Evidence `json:"publications,omitzero" doc:"The lists in force. Without a participating list, nothing that is counted here is known."`
	Nation          roster.Coverage                 `json:"nation" doc:"The 50 states and the District of Columbia."`
	States          []roster.Coverage               `json:"states" doc:"The states and territories by name, or the one that is asked for."`
	Series          []CoveragePoint                 `json:"series" doc:"By day, on which a list began to count, up to as_of: of the state that is asked for, or else of the nation."`
}

// CoverageReport reports the coverage as of a moment: of the nation, and of every
// state or only of one.
func (a *Agreements) CoverageReport(at time.Time, only roster.State) CoverageReport {
	c := a.Coverage(at)
	r := CoverageReport{AsOf: at.UTC(), KnownUntil: a.extent.Until.UTC(), ResidentsAsOf: place.ResidentsDate, ResidentsSource: place.ResidentsSource,
		Publications: map[roster.List]roster.Evidence{}, Nation: c.Nation, States: c.States, Series: []CoveragePoint{}}
	for list, p := range a.InForce(at) {
		r.Publications[list] = p.Ref(0)
	}
	if only != "" {
		r.States = []roster.Coverage{c.Of(only)}
	}
	for _, p := range a.CoverageCurve(only) {
		if !p.Day.EndOf().After(at) || at.Equal(a.extent.Until) {
			r.Series = append(r.Series, p)
		}
	}
	return r
}

// CountiesAt are the active agreements of every county of the country as of a moment,
// by FIPS code, in a new slice. Those of the whole state are in none.
func (a *Agreements) CountiesAt(at time.Time) []roster.CountyAgreements {
	by := map[string]map[roster.Type]map[roster.Model]int{}
	for _, f := range a.footingsAt(at) {
		for _, code := range f.counties {
			if by[code] == nil {
				by[code] = map[roster.Type]map[roster.Model]int{}
			}
			if by[code][f.owner] == nil {
				by[code][f.owner] = map[roster.Model]int{}
			}
			by[code][f.owner][f.model]++
		}
	}
	var all []roster.CountyAgreements
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			all = append(all, roster.CountyAgreements{FIPS: c.FIPS, By: by[c.FIPS]})
		}
	}
	slices.SortFunc(all, func(a, b roster.CountyAgreements) int { return strings.Compare(a.FIPS, b.FIPS) })
	return all
}
