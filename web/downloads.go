package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// standingParams choose agreements as of a moment.
var standingParams = append(slices.Clone(agreementParams), "status", "as_of")

// downloads are the files that hold agreements or changes.
func (s *Site) downloads() []route {
	var all []route
	for _, f := range export.Formats() {
		all = append(all,
			route{path: "/downloads/agreements." + string(f), params: standingParams, program: true, handler: s.agreementsFile(f)},
			route{path: "/downloads/changes." + string(f), params: changeParams, program: true, handler: s.changesFile(f)})
	}
	return append(all, route{path: "/downloads/unplaced.csv", params: standingParams, program: true, handler: s.unplacedFile()})
}

// chosen are the agreements and pending entries that an address asks for, as of
// the moment that it names.
func chosen(snap *snapshot.Snapshot, asked query) (all []roster.AgreementAt, at time.Time, err error) {
	if at, err = asOf(snap, asked.AsOf); err != nil {
		return nil, at, err
	}
	return snap.Select(at, asked.Filter, asked.Statuses...), at, nil
}

func (s *Site) agreementsFile(f export.Format) http.Handler {
	return s.data(func(out http.ResponseWriter, req *request) error {
		asked, err := readQuery(req.URL.Query())
		if err != nil {
			return err
		}
		all, at, err := chosen(req.snap, asked)
		if err != nil {
			return err
		}
		about := &export.About{Title: titled("287(g) agreements", asked.Filter) + ", as of " + english.Moment(at), AsOf: at.UTC(), KnownUntil: req.snap.KnownUntil().UTC(),
			Made: req.snap.Modified(), Site: req.base + downloadsURL(req.URL.Query()), Sources: req.snap.Sources(at)}
		return req.file(out, "agreements"+stampOf(at), f, func(b *bytes.Buffer) error { return export.Agreements(b, f, about, all) })
	})
}

func (s *Site) changesFile(f export.Format) http.Handler {
	return s.data(func(out http.ResponseWriter, req *request) error {
		asked, err := readQuery(req.URL.Query())
		if err != nil {
			return err
		}
		if err := unrecorded(req.snap, asked.Filter); err != nil {
			return err
		}
		found, _ := req.snap.Find(asked.Filter, 0, 0)
		slices.Reverse(found) // the oldest first, as the command prints them
		about := &export.About{Title: titled("Changes of 287(g) agreements", asked.Filter), KnownUntil: req.snap.KnownUntil().UTC(), Made: req.snap.Modified(),
			Site: req.base + at("/changes", encode(asked.Filter), 0), Sources: req.snap.Sources(req.snap.KnownUntil())}
		return req.file(out, "changes", f, func(b *bytes.Buffer) error { return export.Changes(b, f, about, found) })
	})
}

// unplacedFile lists the agreements that no map can show, and why.
func (s *Site) unplacedFile() http.Handler {
	return s.data(func(out http.ResponseWriter, req *request) error {
		asked, err := readQuery(req.URL.Query())
		if err != nil {
			return err
		}
		all, at, err := chosen(req.snap, asked)
		if err != nil {
			return err
		}
		return req.file(out, "unplaced"+stampOf(at), export.CSV, func(b *bytes.Buffer) error { return writeMisfits(b, export.Unplaced(all)) })
	})
}

func writeMisfits(b *bytes.Buffer, all []export.Misfit) error {
	lines := csv.NewWriter(b)
	_ = lines.Write([]string{"id", "state", "agency", "county", "type", "model", "status", "why"}) // Error reports it
	for _, m := range all {
		line := []string{m.ID, string(m.State), m.Agency, m.County, string(m.Type), string(m.Model), string(m.Status), m.Why}
		for i, cell := range line {
			line[i] = export.Inert(cell)
		}
		_ = lines.Write(line)
	}
	lines.Flush()
	return lines.Error() //nolint:wrapcheck // wrapped by the caller
}

// stampOf is what a file's name says of the moment that the file speaks of: the
// day where that is the end of one.
func stampOf(at time.Time) string {
	if day := roster.Day(at); day.EndOf().Equal(at) {
		return "-" + string(day)
	}
	return "-" + at.UTC().Format("20060102T150405Z")
}

// file sends a file under a name that says what it is.
func (req *request) file(out http.ResponseWriter, what string, f export.Format, write func(*bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("making the file %s.%s: %w", what, f, err)
	}
	h := out.Header()
	h.Set("Content-Type", f.MediaType())
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "287g-"+what+"."+string(f)))
	h.Set("Link", "<"+export.LicenceURL+`>; rel="license"`)
	modified := req.snap.Modified()
	if f != export.CSV && f != export.JSONL { // it names the last moment known, which each good look at ICE's page moves
		modified = later(modified, req.snap.KnownUntil())
	}
	if !modified.IsZero() {
		h.Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	_, _ = out.Write(b.Bytes())
	return nil
}

func titled(what string, f roster.Filter) string {
	if name := english.FilterTitle(f); name != "" {
		return what + ": " + name
	}
	return what
}

func downloadsURL(q url.Values) string { return at("/downloads", q, 0) }

// option is one value that the form of downloads offers.
type option struct {
	Value, Name string
	Chosen      bool
}

func options[T ~string](all []T, name func(T) string, chosen []T) []option {
	var list []option
	for _, v := range all {
		list = append(list, option{string(v), name(v), slices.Contains(chosen, v)})
	}
	return list
}

// download is one file as the page of downloads offers it.
type download struct{ Format, Says, URL string }

// downloadsPage offers files for a filter and a day.
func downloadsPage(req *request) (*page, error) {
	asked, err := readQuery(req.URL.Query())
	if err != nil {
		return nil, err
	}
	q := encode(asked.Filter)
	if !asked.AsOf.IsZero() {
		q.Set("as_of", inQuery(asked.AsOf, true))
	}
	if len(asked.Statuses) > 0 {
		q.Set("status", strings.Join(words(asked.Statuses), ","))
	}
	all, moment, err := chosen(req.snap, asked)
	if err != nil && !req.snap.Extent().Empty() {
		return nil, err
	}
	data := struct {
		Name                string
		At                  time.Time
		Day                 roster.Date // whose end is answered for; "" for another moment
		Asked               roster.Date // for the form, which takes no day that is not known
		Beyond              string      // that what is asked for is later than what is known
		First, Last         roster.Date // the least and the most that the form takes
		Rows, Unplaced      int
		Agreements, Changes []download
		UnplacedURL         string
		States, Models      []option
		Types, Statuses     []option
		Sources             []roster.Evidence
		LicenceURL          string
		Feeds               []link
	}{Name: english.FilterTitle(asked.Filter), At: moment, Rows: len(all), Unplaced: len(export.Unplaced(all)), UnplacedURL: at("/downloads/unplaced.csv", q, 0),
		Sources: req.snap.Sources(moment), LicenceURL: export.LicenceURL, Feeds: feedLinks(asked.Filter)}
	data.First, data.Last, data.Beyond = roster.Day(req.snap.Extent().First), roster.Day(req.snap.KnownUntil()), beyond(req.snap, asked.AsOf)
	if !asked.AsOf.IsZero() {
		data.Asked = roster.Day(moment)
		if data.Asked.EndOf().Equal(moment) {
			data.Day = data.Asked
		}
	}
	for _, f := range export.Formats() {
		data.Agreements = append(data.Agreements, download{strings.ToUpper(string(f)), formatWords(f), at("/downloads/agreements."+string(f), q, 0)})
		data.Changes = append(data.Changes, download{strings.ToUpper(string(f)), formatWords(f), at("/downloads/changes."+string(f), encode(asked.Filter), 0)})
	}
	data.States, data.Models = options(roster.States(), roster.State.Name, asked.States), options(roster.ModelClasses(), roster.Model.Name, asked.Models)
	data.Types = options(roster.Types(), english.Type, asked.Types)
	data.Statuses = options([]roster.Status{roster.StatusActive, roster.StatusPending, roster.StatusEnded}, func(s roster.Status) string { return string(s) }, asked.Statuses)
	return &page{Template: "downloads", Title: "Downloads", Path: downloadsURL(q), Filter: asked.Filter, Data: data,
		Description: "ICE's 287(g) agreements and every change to them as CSV, Excel, JSON and GeoJSON, for any state, model and day."}, nil
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
