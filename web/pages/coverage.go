package pages

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// covered is what the page on the counties that are covered shows.
type covered struct {
	*places.Coverage // nil where nothing is known yet

	Asked       roster.Date // for the form; "" for now
	First, Last roster.Date // the least and the most that the form takes
	Beyond      string      // that what is asked for is later than what is known
	Curve       template.HTML
	Sort        string // one of places.CoverageSorts
	Columns     []sortColumn
	Files       []download
	UnplacedURL string
	Day         roster.Date // of the numbers of residents
	Source, URL string      // of them
}

// coveragePage shows how many counties are covered, and how many people live there.
func coveragePage(req *request) (*response, error) {
	asked, err := req.ReadQuery()
	if err != nil {
		return nil, err
	}
	q, sorts := req.URL.Query(), places.CoverageSorts()
	c := &covered{Sort: cmp.Or(q.Get("sort"), sorts[0]), Day: place.ResidentsDate, Source: place.ResidentsSource, URL: place.ResidentsURL}
	if len(q["sort"]) > 1 || !slices.Contains(sorts, c.Sort) {
		return nil, route.BadRequest("The table can be sorted by " + strings.Join(sorts, ", ") + "; give sort once.")
	}
	p := &page{Template: "coverage", Title: "Counties covered by 287(g) agreements", Path: route.CoverageURL(asked.AsOf), Crumbs: trail(link{"States", "/states"}, link{"Coverage", "/coverage"}), Data: c,
		Description: "In how many counties the sheriff or another county agency has a 287(g) agreement with ICE, and how many people live there: by state, for the nation and over time."}
	if req.Snapshot.Extent().Empty() {
		return req.render(p)
	}
	at, err := route.AsOf(req.Snapshot, asked.AsOf)
	if err != nil {
		return nil, err
	}
	c.Coverage = places.CoverageAt(req.Snapshot, at, c.Sort)
	c.First, c.Last = req.knownDays()
	c.Beyond = route.Beyond(req.Snapshot, asked.AsOf)
	if c.Past {
		c.Asked = roster.Day(at)
		p.Title += " on " + english.DayOrMoment(at)
	}
	p.Description = cmp.Or(c.Sentence, p.Description)
	for _, head := range [][2]string{{"state", "State"}, {"counties", "Counties covered"}, {"residents", "Residents there"}} {
		q.Set("sort", head[0])
		c.Columns = append(c.Columns, sortColumn{Text: head[1], URL: route.At("/coverage", q, 0), Sorted: head[0] == c.Sort, Number: head[0] != "state"})
	}
	q.Del("sort")
	for _, f := range export.Formats() {
		c.Files = append(c.Files, download{strings.ToUpper(string(f)), formatWords(f), route.At("/downloads/coverage."+string(f), q, 0)})
	}
	c.UnplacedURL = route.At("/downloads/unplaced.csv", q, 0)
	residents, counties := draw.Line{Of: "of the residents"}, draw.Line{Of: "of the counties"}
	for _, day := range c.Days {
		counties.Shares = append(counties.Shares, draw.Share{At: day.Day.EndOf(), Part: day.Covered, Whole: c.Nation.Counties})
		if day.Living != nil {
			residents.Shares = append(residents.Shares, draw.Share{At: day.Day.EndOf(), Part: *day.Living, Whole: *c.Nation.Residents})
		}
	}
	c.Curve = draw.Lines(draw.LinesData{Title: "Share of the nation's residents who live in covered counties, and of the counties", Until: at, Lines: []draw.Line{residents, counties}})
	return req.render(p)
}
