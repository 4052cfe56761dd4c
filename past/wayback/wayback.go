// Package wayback has from the Internet Archive's Wayback Machine what it captured of
// ICE's site: the page about the program, the lists, and the documents that those link. It
// reads the archive's index, fetches each capture once whose bytes are new, as they were
// captured, and puts all of it into the pool of past captures with how good it is as
// evidence.
package wayback

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/scraper"
)

// Default is the address of the Internet Archive.
const Default = "https://web.archive.org"

// Pages are the addresses that ICE's page on the program had over the years.
func Pages() []string {
	return []string{scraper.DefaultPage, "https://www.ice.gov/287g", "https://www.ice.gov/factsheets/287g", "https://www.ice.gov/news/library/factsheets/287g.htm"}
}

// Files are what the addresses of lists began with.
func Files() []string { return []string{"https://www.ice.gov/doclib/about/offices/ero/287g/"} }

// Options say what is wanted and from where.
type Options struct {
	Archive   string // the address; Default if ""
	Pages     []string
	Files     []string
	Documents bool     // whether those that lists link are wanted
	Linked    []string // addresses of documents that are wanted beside those that the pool's lists link
	From, To  time.Time
	Pool      *past.Pool
	// DryRun has nothing fetched but the index: the report says what would be.
	DryRun bool

	Agent     string // the User-Agent
	Pace      time.Duration
	Transport http.RoundTripper
	Now       func() time.Time
	Say       func(format string, args ...any) // what the operator is told meanwhile
	Progress  func(what string, done, of int)
}

// Report says what came of it.
type Report struct {
	New       map[past.Kind]int // captures that are evidence, whose bytes were fetched, or would be
	Again     int               // captures of bytes that were there already
	Known     int               // captures that were there already
	Refused   map[string]int    // captures that are no evidence, by why
	Redirects int               // captures of a redirect
	Absent    int               // captures of an answer that ICE's server did not have it, or failed
	Failed    []string          // what could not be had this time, a sentence each
	Unread    int               // lines of the index that are not understood
	Bytes     int64             // that were fetched
	// First and Last are when the first and the last capture that is evidence was made.
	First, Last time.Time
}

// importer is one import.
type importer struct {
	Options
	base    *url.URL
	client  *fetch.Client
	report  Report
	known   map[string]bool         // captures, by kind, time and address
	had     map[string]past.Capture // by kind and digest: what these bytes are
	covered map[string]bool         // addresses whose index was read
	failed  int                     // captures in a row that were not had
}

// mostFailures is how many captures may fail one after the other.
const mostFailures = 5

// Import has everything that is new. It can be interrupted and called again: what is in
// the pool stays, and is not fetched again. The report counts until there.
func Import(ctx context.Context, o Options) (Report, error) {
	im := &importer{Options: o, known: map[string]bool{}, had: map[string]past.Capture{}, covered: map[string]bool{}}
	im.report.New, im.report.Refused = map[past.Kind]int{}, map[string]int{}
	if im.Archive == "" {
		im.Archive = Default
	}
	base, err := url.Parse(im.Archive)
	if err != nil || base.Scheme != "https" && base.Scheme != "http" || base.Host == "" || base.User != nil {
		return im.report, errors.New("the archive's address is not an http or https URL")
	}
	im.base = base
	im.client = &fetch.Client{Base: base, Agent: o.Agent, Pace: o.Pace, Transport: o.Transport, Now: o.Now, Say: o.Say, Captured: isCaptured}
	for _, c := range o.Pool.Captures() {
		im.remember(c)
	}
	for _, step := range []func(context.Context) error{im.pages, im.lists, im.documents} {
		if err := step(ctx); err != nil {
			return im.report, err
		}
	}
	return im.report, nil
}

func (im *importer) remember(c past.Capture) {
	im.known[keyOf(c.Kind, c.At, c.URL)] = true
	if key := string(c.Kind) + " " + c.Digest; c.Digest != "" && im.had[key].Digest == "" {
		im.had[key] = c
	}
}

func keyOf(kind past.Kind, at time.Time, address string) string {
	return string(kind) + " " + at.UTC().Format(stampForm) + " " + address
}

// pages has what the page was.
func (im *importer) pages(ctx context.Context) error {
	var rows []row
	for _, address := range im.Pages {
		found, err := im.lookUp(ctx, address, false)
		if err != nil {
			return err
		}
		rows = append(rows, found...)
	}
	return im.take(ctx, past.KindPage, rows)
}

// lists has the files of lists: those whose addresses begin as lists' do, and what pages
// linked as lists elsewhere.
func (im *importer) lists(ctx context.Context) error {
	var rows []row
	for _, prefix := range im.Files {
		found, err := im.lookUp(ctx, prefix, true)
		if err != nil {
			return err
		}
		rows = append(rows, slices.DeleteFunc(found, func(r row) bool { return isDocument(r.original) })...)
	}
	linked, err := im.linkedLists(ctx)
	if err != nil {
		return err
	}
	for _, address := range linked {
		found, err := im.lookUp(ctx, address, false)
		if err != nil {
			return err
		}
		rows = append(rows, found...)
	}
	return im.take(ctx, past.KindList, rows)
}

func isDocument(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(path.Ext(u.Path), ".pdf")
}

// mostLinked is how many addresses of lists outside of the usual places are asked for.
const mostLinked = 500

// linkedLists returns the addresses outside of the usual places that pages of the pool
// link as lists.
func (im *importer) linkedLists(ctx context.Context) (addresses []string, err error) {
	seen := map[string]bool{}
	for _, c := range im.Pool.Captures() {
		if c.Kind != past.KindPage || c.Problem != "" {
			continue
		}
		body, err := im.Pool.Body(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", c, err)
		}
		page, err := scraper.ReadPage(body, c.URL)
		if err != nil {
			continue
		}
		for _, l := range page.Links {
			usual := slices.ContainsFunc(im.Files, func(prefix string) bool { return strings.HasPrefix(past.Place(l.URL), past.Place(prefix)) })
			if place := past.Place(l.URL); !usual && !seen[place] && len(seen) < mostLinked && scraper.OnSite(im.Pages[0], l.URL) {
				seen[place] = true
				addresses = append(addresses, l.URL)
			}
		}
	}
	return addresses, nil
}

// mostAlone is how many documents of one folder are asked for one by one; of more, the
// folder's index is read.
const mostAlone = 3

// documents has what lists link as documents.
func (im *importer) documents(ctx context.Context) error {
	if !im.Documents {
		return nil
	}
	wanted, err := im.linkedDocuments(ctx)
	if err != nil {
		return err
	}
	folders := map[string][]string{}
	for _, address := range wanted {
		folder := address[:strings.LastIndexByte(address, '/')+1]
		folders[folder] = append(folders[folder], address)
	}
	var rows []row
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		asked, prefix := folders[folder], false
		if len(asked) > mostAlone {
			asked, prefix = []string{folder}, true
		}
		for _, address := range asked {
			found, err := im.lookUp(ctx, address, prefix)
			if err != nil {
				return err
			}
			rows = append(rows, slices.DeleteFunc(found, func(r row) bool { return wanted[past.Place(r.original)] == "" })...)
		}
	}
	return im.take(ctx, past.KindDocument, rows)
}

// linkedDocuments returns the addresses of documents on ICE's site that are wanted, by
// their place.
func (im *importer) linkedDocuments(ctx context.Context) (map[string]string, error) {
	wanted := map[string]string{}
	return wanted, im.Pool.AddLinked(ctx, im.Linked, func(address string) bool { return scraper.OnSite(im.Pages[0], address) }, wanted) //nolint:wrapcheck // it says what it was about
}
