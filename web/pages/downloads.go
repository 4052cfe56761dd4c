package pages

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/route"
)

// options are values that the form of downloads offers, of which several can be chosen.
func options[T ~string](all []T, name func(T) string, chosen []T) []choice {
	return each(all, func(v T) choice { return choice{string(v), name(v), slices.Contains(chosen, v)} })
}

// download is one file as the page of downloads offers it.
type download struct{ Format, Says, URL string }

// downloadsData is what the page of downloads shows.
type downloadsData struct {
	Name                string
	At                  time.Time
	Day                 roster.Date // whose end is answered for; "" for another moment
	Asked               roster.Date // for the form, which takes no day that is not known
	Beyond              string      // that what is asked for is later than what is known
	First, Last         roster.Date // the least and the most that the form takes
	Rows                int
	Places              export.Places
	Placed, Cite        string
	Tables              []export.Table
	Agreements, Changes []download
	Counties            []download
	UnplacedURL         string
	States, Models      []choice
	Types, Statuses     []choice
	Sources             []roster.Evidence
	LicenseURL          string
}

// downloadsPage offers files for a filter and a day.
func downloadsPage(req *request) (*response, error) {
	asked, err := req.ReadQuery()
	if err != nil {
		return nil, err
	}
	q := route.Encode(asked.Filter)
	if !asked.AsOf.IsZero() {
		q.Set("as_of", route.FormatMoment(asked.AsOf, true))
	}
	if len(asked.Statuses) > 0 {
		q.Set("status", route.Join(asked.Statuses))
	}
	all, moment, err := asked.Select(req.Snapshot)
	if err != nil && !req.Snapshot.Extent().Empty() {
		return nil, err
	}
	data := downloadsData{Name: req.Language.FilterTitle(asked.Filter), At: moment, Rows: len(all), Places: export.CountPlaces(req.Snapshot.Locate, all), Tables: export.Tables(req.Documents.Any()), UnplacedURL: route.At("/downloads/unplaced.csv", q, 0),
		Sources: req.Snapshot.Sources(moment), LicenseURL: export.LicenseURL}
	data.First, data.Last = req.knownDays()
	data.Beyond = route.Beyond(req.Language, req.Snapshot, asked.AsOf)
	data.Placed = req.Language.Placed(data.Places.InCounty, data.Places.Statewide, data.Places.NotPlaced)
	data.Cite = req.Language.Cite(strings.TrimSuffix(req.Language.Say("page.feed.title")+": "+data.Name, ": "), moment, req.Base+route.In(req.Language, route.DownloadsURL(q)))
	if !asked.AsOf.IsZero() {
		data.Asked = roster.Day(moment)
		if data.Asked.EndOf().Equal(moment) {
			data.Day = data.Asked
		}
	}
	day := url.Values{}
	if q.Has("as_of") {
		day.Set("as_of", q.Get("as_of"))
	}
	for _, f := range export.Formats() {
		name := strings.Replace(strings.ToUpper(string(f)), "GEO", "Geo", 1)
		data.Counties = append(data.Counties, download{name, formatWords(req.Language, f), route.At("/downloads/coverage."+string(f), day, 0)})
		data.Agreements = append(data.Agreements, download{name, formatWords(req.Language, f), route.At("/downloads/agreements."+string(f), q, 0)})
		data.Changes = append(data.Changes, download{name, formatWords(req.Language, f), route.At("/downloads/changes."+string(f), route.Encode(asked.Filter), 0)})
	}
	data.States, data.Models = options(statesOf(req.Language), req.Language.State, asked.States), options(roster.ModelClasses(), req.Language.ModelCell, asked.Models)
	data.Types = options(roster.Types(), req.Language.Type, asked.Types)
	data.Statuses = options(roster.Statuses(), func(s roster.Status) string { return req.Language.Say("page.choice.status." + string(s)) }, asked.Statuses)
	p := &page{Template: "downloads", Title: req.Language.Say("page.frame.downloads"), Path: route.DownloadsURL(q), Filter: asked.Filter, Data: data,
		Description: req.Language.Say("page.downloads.says")}
	p.Linked = []any{data.dataset(req, p)}
	if data.Name != "" {
		p.Title, p.Description = req.Language.Say("page.downloads.title", "name", data.Name), req.Language.Say("page.downloads.says.of", "name", data.Name, "says", p.Description)
	}
	return req.render(p)
}

// dataset tells search engines what the page offers.
func (d *downloadsData) dataset(req *request, p *page) any {
	l := req.Language
	set := linked.DatasetData{Site: req.Base, Path: route.In(l, p.Path), Name: l.Say("page.card.none"), Description: p.Description, Extent: req.Snapshot.Extent(), Modified: req.Snapshot.Modified(), States: p.Filter.States}
	if d.Name != "" {
		set.Name += ": " + d.Name
	}
	if !set.Extent.Empty() {
		set.Citation = d.Cite
	}
	for i, f := range export.Formats() {
		set.Files = append(set.Files, linked.NewSegment(l.Say("page.downloads.agreements"), f, req.Base+d.Agreements[i].URL), linked.NewSegment(l.Say("page.downloads.changes"), f, req.Base+d.Changes[i].URL),
			linked.NewSegment(l.Say("page.downloads.counties"), f, req.Base+d.Counties[i].URL))
	}
	return linked.NewDataset(req.Language, set)
}

func formatWords(l prose.Language, f export.Format) string {
	switch f {
	case export.CSV:
		return l.Say("page.file.csv")
	case export.XLSX:
		return l.Say("page.file.xlsx")
	case export.JSON:
		return l.Say("page.file.json")
	case export.JSONL:
		return l.Say("page.file.jsonl")
	case export.GeoJSON:
		return l.Say("page.file.geojson")
	}
	return ""
}
