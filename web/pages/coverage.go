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
		return nil, route.Unclear(req.Language, "page.problem.coverage-sort", "sorts", strings.Join(sorts, ", "))
	}
	p := &page{Template: "coverage", Title: req.Language.Say("page.coverage.heading"), Path: route.CoverageURL(asked.AsOf), Crumbs: req.trail(linkTo(req.Language.Say("page.frame.states"), "/states"), linkTo(req.Language.Say("page.coverage.crumb"), "/coverage")), Data: c,
		Description: req.Language.Say("page.coverage.says")}
	if req.Snapshot.Extent().Empty() {
		return req.render(p)
	}
	at, err := route.AsOf(req.Language, req.Snapshot, asked.AsOf)
	if err != nil {
		return nil, err
	}
	c.Coverage = places.CoverageAt(req.Language, req.Snapshot, at, c.Sort)
	c.First, c.Last = req.knownDays()
	c.Beyond = route.Beyond(req.Language, req.Snapshot, asked.AsOf)
	if c.Past {
		c.Asked = roster.Day(at)
		p.Title = req.Language.Say("page.coverage.heading.on", "day", req.Language.DayOrMoment(at))
	}
	p.Description = cmp.Or(c.Sentence, p.Description)
	for _, head := range [][2]string{{"state", "page.states.state"}, {"counties", "page.states.counties"}, {"residents", "page.states.residents"}} {
		q.Set("sort", head[0])
		c.Columns = append(c.Columns, sortColumn{Text: req.Language.Say(head[1]), URL: route.At("/coverage", q, 0), Sorted: head[0] == c.Sort, Number: head[0] != "state"})
	}
	q.Del("sort")
	for _, f := range export.Formats() {
		c.Files = append(c.Files, download{strings.ToUpper(string(f)), formatWords(req.Language, f), route.At("/downloads/coverage."+string(f), q, 0)})
	}
	c.UnplacedURL = route.At("/downloads/unplaced.csv", q, 0)
	residents, counties := draw.Line{Of: req.Language.Say("page.coverage.of-residents")}, draw.Line{Of: req.Language.Say("page.coverage.of-counties")}
	for _, day := range c.Days {
		counties.Shares = append(counties.Shares, draw.Share{At: day.Day.EndOf(), Part: day.Covered, Whole: c.Nation.Counties})
		if day.Living != nil {
			residents.Shares = append(residents.Shares, draw.Share{At: day.Day.EndOf(), Part: *day.Living, Whole: *c.Nation.Residents})
		}
	}
	c.Curve = draw.Lines(draw.LinesData{Language: req.Language, Title: req.Language.Say("page.coverage.curve"), Until: at, Lines: []draw.Line{residents, counties}})
	return req.render(p)
}
