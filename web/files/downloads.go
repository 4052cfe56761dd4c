package files

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// selected is a file of the agreements and pending entries that are asked for, as of
// the moment that is, which write makes.
func selected(write func(req *route.Request, asked route.Query, all []roster.AgreementAt, at time.Time) (*route.Response, error)) route.Handler {
	return func(req *route.Request) (*route.Response, error) {
		asked, err := req.ReadQuery()
		if err != nil {
			return nil, err
		}
		all, at, err := asked.Select(req.Snapshot)
		if err != nil {
			return nil, err
		}
		return write(req, asked, all, at)
	}
}

// agreementsFile lists them in a format.
func agreementsFile(f export.Format) route.Handler {
	return selected(func(req *route.Request, asked route.Query, all []roster.AgreementAt, at time.Time) (*route.Response, error) {
		about := aboutFile(req, titled("287(g) agreements", asked.Filter)+", as of "+english.Moment(at), route.DownloadsURL(req.URL.Query()), at)
		return download(req, "agreements"+stampOf(at), f, func(b *bytes.Buffer) error { return export.Agreements(b, f, about, req.Snapshot.Locate, all) })
	})
}

// unplacedFile lists those of them that no map can show, and why.
func unplacedFile(req *route.Request, _ route.Query, all []roster.AgreementAt, at time.Time) (*route.Response, error) {
	return download(req, "unplaced"+stampOf(at), export.CSV, func(b *bytes.Buffer) error { return export.WriteUnplaced(b, export.Unplaced(req.Snapshot.Locate, all)) })
}

// packageFile describes the files of CSV, with all that is in them.
func packageFile(req *route.Request) (*route.Response, error) {
	all, at, err := route.Query{}.Select(req.Snapshot)
	if err != nil {
		return nil, err
	}
	about := aboutFile(req, "287(g) agreements, as of "+english.Moment(at), "/downloads", at)
	n := export.CountPlaces(req.Snapshot.Locate, all)
	var b bytes.Buffer
	if err := export.Package(&b, about, english.Placed(n.InCounty, n.Statewide, n.NotPlaced), req.Documents.Any(), func(e roster.Evidence) string {
		return req.Base + route.EvidenceURL(e.List, e.SHA256)
	}); err != nil {
		return nil, fmt.Errorf("describing the downloads: %w", err)
	}
	return route.OK("application/json", b.Bytes()), nil
}

// coverageFile lists every county of the country with its active agreements.
func coverageFile(f export.Format) route.Handler {
	return func(req *route.Request) (*route.Response, error) {
		asked, err := req.ReadQuery()
		if err != nil {
			return nil, err
		}
		at, err := route.AsOf(req.Language, req.Snapshot, asked.AsOf)
		if err != nil {
			return nil, err
		}
		about := aboutFile(req, "Counties by their 287(g) agreements, as of "+english.Moment(at)+"; residents: "+export.Residents, route.CoverageURL(asked.AsOf), at)
		about.Sources = slices.DeleteFunc(about.Sources, func(e roster.Evidence) bool { return e.List != roster.ListParticipating })
		if len(about.Sources) == 0 { // or the file would say of each county that it has none
			return nil, route.NotFound("No list of active agreements of that time is known.")
		}
		return download(req, "coverage"+stampOf(at), f, func(b *bytes.Buffer) error { return export.Coverage(b, f, about, req.Snapshot.CountiesAt(at)) })
	}
}

// changesFile is a file of changes.
func changesFile(f export.Format) route.Handler {
	return func(req *route.Request) (*route.Response, error) {
		asked, err := req.ReadQuery()
		if err != nil {
			return nil, err
		}
		if err := route.Unrecorded(req.Language, req.Snapshot, asked.Filter); err != nil {
			return nil, err
		}
		found, _ := req.Snapshot.Find(asked.Filter, 0, 0)
		slices.Reverse(found) // the oldest first, as the command prints them
		about := aboutFile(req, titled("Changes of 287(g) agreements", asked.Filter), route.ChangesURL(asked.Filter, 0), req.Snapshot.KnownUntil())
		about.AsOf = time.Time{} // changes are of any time
		return download(req, "changes", f, func(b *bytes.Buffer) error { return export.Changes(b, f, about, req.Snapshot.Locate, found) })
	}
}

// aboutFile says what a file holds that speaks of a moment; page is the page here that
// shows the same.
func aboutFile(req *route.Request, title, page string, at time.Time) *export.About {
	return &export.About{Title: title, AsOf: at.UTC(), KnownUntil: req.Snapshot.KnownUntil().UTC(), Made: req.Snapshot.Modified(),
		Site: req.Base + page, Sources: req.Snapshot.Sources(at)}
}

// stampOf is what a file's name says of the moment that the file speaks of: the
// day where that is the end of one.
func stampOf(at time.Time) string {
	if day := roster.Day(at); day.EndOf().Equal(at) {
		return "-" + string(day)
	}
	return "-" + at.UTC().Format("20060102T150405Z")
}

// download is a file under a name that says what it is.
func download(req *route.Request, what string, f export.Format, write func(*bytes.Buffer) error) (*route.Response, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, fmt.Errorf("making the file %s.%s: %w", what, f, err)
	}
	out := route.OK(f.MediaType(), b.Bytes())
	out.Header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "287g-"+what+"."+string(f)))
	out.Header.Set("Link", "<"+export.LicenseURL+`>; rel="license"`)
	if f == export.CSV {
		out.Header.Add("Link", "<"+req.Base+`/downloads/datapackage.json>; rel="describedby"`)
	}
	modified := req.Snapshot.Modified()
	// These formats name the last moment known, which each good look at ICE's page moves.
	if until := req.Snapshot.KnownUntil(); f != export.CSV && f != export.JSONL && until.After(modified) {
		modified = until
	}
	if !modified.IsZero() {
		out.Header.Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	return out, nil
}

func titled(what string, f roster.Filter) string {
	if name := english.FilterTitle(f); name != "" {
		return what + ": " + name
	}
	return what
}
