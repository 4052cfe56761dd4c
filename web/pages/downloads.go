package pages

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/export"
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
	data := downloadsData{Name: english.FilterTitle(asked.Filter), At: moment, Rows: len(all), Places: export.CountPlaces(req.Snapshot.Locate, all), Tables: export.Tables(), UnplacedURL: route.At("/downloads/unplaced.csv", q, 0),
		Sources: req.Snapshot.Sources(moment), LicenseURL: export.LicenseURL}
	data.First, data.Last = req.knownDays()
	data.Beyond = route.Beyond(req.Snapshot, asked.AsOf)
	data.Placed = english.Placed(data.Places.InCounty, data.Places.Statewide, data.Places.NotPlaced)
	data.Cite = english.Cite(strings.TrimSuffix("287(g) agreements: "+data.Name, ": "), moment, req.Base+route.DownloadsURL(q))
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
		data.Counties = append(data.Counties, download{name, formatWords(f), route.At("/downloads/coverage."+string(f), day, 0)})
		data.Agreements = append(data.Agreements, download{name, formatWords(f), route.At("/downloads/agreements."+string(f), q, 0)})
		data.Changes = append(data.Changes, download{name, formatWords(f), route.At("/downloads/changes."+string(f), route.Encode(asked.Filter), 0)})
	}
	data.States, data.Models = options(roster.States(), roster.State.Name, asked.States), options(roster.ModelClasses(), roster.Model.Name, asked.Models)
	data.Types = options(roster.Types(), english.Type, asked.Types)
	data.Statuses = options(roster.Statuses(), func(s roster.Status) string { return string(s) }, asked.Statuses)
	p := &page{Template: "downloads", Title: "Downloads", Path: route.DownloadsURL(q), Filter: asked.Filter, Data: data,
		Description: "ICE's 287(g) agreements and every change to them as CSV, Excel, JSON and GeoJSON, for any state, model and day."}
	p.Linked = []any{data.dataset(req, p)}
	if data.Name != "" {
		p.Title, p.Description = "Downloads: "+data.Name, data.Name+": "+p.Description
	}
	return req.render(p)
}

// dataset tells search engines what the page offers.
func (d *downloadsData) dataset(req *request, p *page) any {
	set := linked.DatasetData{Site: req.Base, Path: p.Path, Name: "287(g) agreements with ICE", Description: p.Description, Extent: req.Snapshot.Extent(), Modified: req.Snapshot.Modified(), States: p.Filter.States}
	if d.Name != "" {
		set.Name += ": " + d.Name
	}
	if !set.Extent.Empty() {
		set.Citation = d.Cite
	}
	for i, f := range export.Formats() {
		set.Files = append(set.Files, linked.NewSegment("Agreements", f, req.Base+d.Agreements[i].URL), linked.NewSegment("Changes", f, req.Base+d.Changes[i].URL),
			linked.NewSegment("Counties", f, req.Base+d.Counties[i].URL))
	}
	return linked.NewDataset(set)
}

func formatWords(f export.Format) string {
	switch f {
	case export.CSV:
		return "a table for spreadsheets and programs"
	case export.XLSX:
		return "a workbook for Excel and others"
	case export.JSON:
		return "for programs"
	case export.JSONL:
		return "for programs, one line each"
	case export.GeoJSON:
		return "points on a map, in the middle of each county"
	}
	return ""
}
