package pages

import (
	"cmp"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
)

// covered is what the page on the counties that are covered shows.
type covered struct {
	Empty       bool
	At          time.Time
	Asked       roster.Date // for the form; "" for now
	First, Last roster.Date // the least and the most that the form takes
	Beyond      string      // that what is asked for is later than what is known
	Unlisted    bool        // no list of active agreements of then is known
	Sentence    string
	CountyShare string // of the nation's counties that are covered
	Curve       template.HTML
	Months      []snapshot.CoveragePoint // the last one of each
	Nation      roster.Coverage
	States      []roster.Coverage // with an active agreement
	Without     string            // the states that are not in the table
	Others      []roster.Coverage // territories with an active agreement
	Sort        string            // state, counties or residents
	Sorts       map[string]string // addresses by what they sort by
	Files       []download
	UnplacedURL string
	Day         roster.Date // of the numbers of residents
	Source, URL string      // of them
}

// sortsOfCoverage are the ways in which states can be sorted, the usual one first.
var sortsOfCoverage = []string{"residents", "counties", "state"}

// coveragePage shows how many counties are covered, and how many people live there.
func coveragePage(req *request) (*response, error) {
	asked, err := req.ReadQuery()
	if err != nil {
		return nil, err
	}
	c := &covered{Sort: cmp.Or(req.URL.Query().Get("sort"), sortsOfCoverage[0]), Day: place.ResidentsDate, Source: place.ResidentsSource, URL: place.ResidentsURL}
	if len(req.URL.Query()["sort"]) > 1 || !slices.Contains(sortsOfCoverage, c.Sort) {
		return nil, route.BadRequest("The table can be sorted by " + strings.Join(sortsOfCoverage, ", ") + "; give sort once.")
	}
	p := &page{Template: "coverage", Title: "Counties covered by 287(g) agreements", Path: route.CoverageURL(asked.AsOf), Data: c,
		Description: "In how many counties the sheriff or another county agency has a 287(g) agreement with ICE, and how many people live there: by state, for the nation and over time."}
	if c.Empty = req.Snapshot.Extent().Empty(); c.Empty {
		return req.render(p)
	}
	if c.At, err = route.AsOf(req.Snapshot, asked.AsOf); err != nil {
		return nil, err
	}
	c.First, c.Last, c.Beyond = roster.Day(req.Snapshot.Extent().First), roster.Day(req.Snapshot.KnownUntil()), route.Beyond(req.Snapshot, asked.AsOf)
	if past := c.At.Before(req.Snapshot.KnownUntil()); past {
		c.Asked = roster.Day(c.At)
		p.Title += " on " + english.DayOrMoment(c.At)
	}
	_, listed := req.Snapshot.InForce(c.At)[roster.ListParticipating]
	if c.Unlisted = !listed; !c.Unlisted {
		req.fillCoverage(c, asked.AsOf)
		p.Description = c.Sentence
	}
	return req.render(p)
}

// fillCoverage adds what is known as of the moment.
func (req *request) fillCoverage(c *covered, asked time.Time) {
	past := c.At.Before(req.Snapshot.KnownUntil())
	r := req.Snapshot.CoverageReport(c.At, "")
	c.Nation, c.Sentence = r.Nation, english.Coverage(r.Nation, c.Day, c.At, past)
	var without []roster.State
	for _, s := range r.States {
		switch {
		case s.State != "DC" && s.State.Territory() && s.Agreements.Active > 0:
			c.Others = append(c.Others, s)
		case s.State != "DC" && s.State.Territory():
		case s.Agreements.Active > 0:
			c.States = append(c.States, s)
		default:
			without = append(without, s.State)
		}
	}
	c.Without = english.States(without)
	sortCoverage(c.States, c.Sort)
	q := req.URL.Query()
	c.Sorts = map[string]string{}
	for _, by := range sortsOfCoverage {
		q.Set("sort", by)
		c.Sorts[by] = route.At("/coverage", q, 0)
	}
	q.Del("sort")
	for _, f := range export.Formats() {
		c.Files = append(c.Files, download{strings.ToUpper(string(f)), formatWords(f), route.At("/downloads/coverage."+string(f), q, 0)})
	}
	c.UnplacedURL = route.At("/downloads/unplaced.csv", q, 0)
	c.CountyShare = english.Portion(r.Nation.Covered.Counties, r.Nation.Counties)
	_, whole, _ := r.Nation.Share()
	counties, residents := draw.Line{Of: "of the counties"}, draw.Line{Of: "of the residents"}
	for i, p := range r.Series {
		counties.Shares = append(counties.Shares, draw.Share{At: p.Day.EndOf(), Part: p.Covered, Whole: r.Nation.Counties})
		if p.Living != nil {
			residents.Shares = append(residents.Shares, draw.Share{At: p.Day.EndOf(), Part: *p.Living, Whole: whole})
		}
		if i+1 == len(r.Series) || r.Series[i+1].Day[:7] != p.Day[:7] {
			c.Months = append(c.Months, p)
		}
	}
	c.Curve = draw.Lines(draw.LinesData{Title: "Share of the nation's counties covered, and of the residents who live in them", Until: c.At, Lines: []draw.Line{residents, counties}})
}

// sortCoverage sorts states by a share, the largest first, or by their names, which
// they come in.
func sortCoverage(all []roster.Coverage, by string) {
	slices.SortStableFunc(all, func(a, b roster.Coverage) int {
		partA, wholeA, partB, wholeB := a.Covered.Counties, a.Counties, b.Covered.Counties, b.Counties
		switch by {
		case "state":
			return 0
		case "residents":
			partA, wholeA, _ = a.Share()
			partB, wholeB, _ = b.Share()
		}
		return cmp.Compare(partB*wholeA, partA*wholeB)
	})
}
