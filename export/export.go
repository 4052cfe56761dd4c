// Package export writes agreements and changes as files: for the site's downloads
// and for the command line alike, so that both say the same.
package export

import (
	"fmt"
	"io"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Format is the form of a file; its text is the ending of the file's name, too.
type Format string

// The formats. All of them hold the same rows.
const (
	CSV     Format = "csv"     // a table for programs and spreadsheets
	JSON    Format = "json"    // an array, or an object with an About and an array
	JSONL   Format = "jsonl"   // an object a line
	XLSX    Format = "xlsx"    // a workbook for people
	GeoJSON Format = "geojson" // points in the middle of counties, as RFC 7946 has them
)

// Formats lists every format.
func Formats() []Format { return []Format{CSV, XLSX, JSON, JSONL, GeoJSON} }

// MediaType is what a server says of such a file, with the charset where it is a
// text and the type does not settle that.
func (f Format) MediaType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case JSON:
		return "application/json"
	case JSONL:
		return "application/jsonl; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case GeoJSON:
		return "application/geo+json"
	}
	return "application/octet-stream"
}

// What each file says of its license: in a sentence, in SPDX's short form, and
// where the text is.
const (
	License = "The facts come from lists that ICE publishes, a work of the U.S. government in the public domain. " +
		"watch287g offers its compilation of them under CC0 1.0: " + LicenseURL
	licenceID  = "CC0-1.0"
	LicenseURL = "https://creativecommons.org/publicdomain/zero/1.0/"
)

// About says what a file holds, and where it comes from; it is written into the
// file.
type About struct {
	Title string    // "287(g) agreements in Texas as of May 19, 2025"
	AsOf  time.Time // zero for changes
	// KnownUntil is the last moment at which ICE's page was known: nothing that the
	// file says is of a later one.
	KnownUntil time.Time
	// Made is when the newest of the data was committed, and never "now": the same
	// data give the same bytes.
	Made    time.Time
	Site    string            // address of the page with the same data; "" where there is none
	Sources []roster.Evidence // the lists in force that the data were read from
}

// hash is the SHA-256 of the list in force that gives a status, "" where none of
// the sources does.
func (a *About) hash(s roster.Status) string {
	for _, source := range a.Sources {
		if roster.StatusOn(source.List) == s {
			return source.SHA256
		}
	}
	return ""
}

// Agreements writes agreements and pending entries. Without an About it writes the
// rows alone. locate says where each agency is. What cannot be written as a whole, as
// more rows than a workbook holds, is an error before a byte is written.
func Agreements(w io.Writer, f Format, about *About, locate Locate, all []roster.AgreementAt) error {
	rows := make([]agreement, len(all))
	for i, s := range all {
		rows[i] = agreement{AgreementAt: s, county: locate.countyOf(s.Agreement)}
		if about != nil && f.speaksByRow() {
			rows[i].origin = origin{SHA256: about.hash(s.Status), License: licenceID}
		}
	}
	return write(w, f, about, table[agreement]{"agreements", agreementColumns(), rows})
}

// Changes writes changes, in the order in which they are given. As Agreements
// does, it writes the rows alone without an About, and all of them or none.
func Changes(w io.Writer, f Format, about *About, locate Locate, all []roster.Change) error {
	rows := make([]change, len(all))
	for i, c := range all {
		rows[i] = change{Change: c}
		if f.PlacesChanges() {
			rows[i].place = locate.countyOf(c.Agreement)
		}
		if about != nil && f.speaksByRow() {
			rows[i].License = licenceID
		}
	}
	return write(w, f, about, table[change]{"changes", changeColumns(), rows})
}

// PlacesChanges says whether a file of the format gives the counties of changes: as
// JSON, a change is what webhooks send.
func (f Format) PlacesChanges() bool { return f == CSV || f == XLSX || f == GeoJSON }

// speaksByRow says whether a file of the format has no place for an About, so that
// each row says where it comes from. A comment above the rows would break what
// reads them.
func (f Format) speaksByRow() bool { return f == CSV || f == JSONL }

// table is what a file holds, whatever its format.
type table[T row] struct {
	name    string // what the rows are: a member in JSON, a sheet in a workbook
	columns []column[T]
	rows    []T
}

// row is one agreement or one change. As JSON it is an object.
type row interface{ feature() feature }

// column is one column of a table, in CSV and in a workbook.
type column[T row] struct {
	name     string
	says     string // what it holds, in sentences
	example  string // as CSV prints it
	values   []string
	pattern  string  // of a regular expression that the whole text fits; "" for any text
	required bool    // it is never empty
	width    float64 // in a workbook, in characters
	// code says that it is for programs: a workbook has it behind those for people.
	code bool
	// origin says that it is only where a row has to say where it comes from.
	origin bool
	value  func(*T) any // a string, link, int, known, bool, *float64, roster.Date or time.Time
}

// link is an address that ICE's lists link or that its lists have.
type link string

func write[T row](w io.Writer, f Format, about *About, t table[T]) error {
	writers := map[Format]func(io.Writer, *About) error{
		CSV: t.csv, JSON: t.json, JSONL: t.jsonLines, XLSX: t.workbook, GeoJSON: t.geoJSON,
	}
	write := writers[f]
	if write == nil {
		return fmt.Errorf("writing %s: there is no format %q", t.name, f)
	}
	if err := write(w, about); err != nil {
		return fmt.Errorf("writing %s as %s: %w", t.name, f, err)
	}
	return nil
}

// rfc3339 prints a moment for programs, "" for none.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
