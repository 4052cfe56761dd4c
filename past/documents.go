package past

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// NewDocuments returns what the store does not know yet of documents that were captured: the
// files, which are still to be read, and what stood at addresses before. known and there are
// what the store has.
func NewDocuments(captures []Capture, known []roster.Document, there []roster.DocumentAddress) (files []roster.Document, addresses []roster.DocumentAddress) {
	captures = slices.DeleteFunc(slices.Clone(captures), func(c Capture) bool { return c.Kind != KindDocument || c.Problem != "" || c.SHA256 == "" })
	slices.SortStableFunc(captures, func(a, b Capture) int { return cmp.Or(a.At.Compare(b.At), compare(a, b)) })
	has := map[string]bool{}
	for _, d := range known {
		has[d.SHA256] = true
	}
	byURL := map[string]roster.DocumentAddress{}
	for _, a := range there {
		byURL[a.URL] = a
	}
	stood := map[string][]roster.DocumentVersion{}
	var urls []string
	for _, c := range captures {
		if !has[c.SHA256] {
			has[c.SHA256] = true
			files = append(files, roster.Document{SHA256: c.SHA256, Size: c.Size, HadAt: c.At})
		}
		url, ok := roster.DocumentURL(c.URL)
		if !ok {
			continue
		}
		if stood[url] == nil {
			urls = append(urls, url)
		}
		if n := len(stood[url]); n == 0 || stood[url][n-1].SHA256 != c.SHA256 {
			origin := c.Origin
			origin.Dated = roster.DatedCaptured // From is, whatever ICE's server said of the file
			stood[url] = append(stood[url], roster.DocumentVersion{From: c.At, SHA256: c.SHA256, Size: c.Size, Modified: c.Modified, Origin: &origin})
		}
	}
	for _, url := range urls {
		a, had := byURL[url]
		if !had {
			a = roster.DocumentAddress{URL: url, Baseline: true, FirstLinked: stood[url][0].From}
		}
		if all := withCaptured(a.Versions, stood[url]); !reflect.DeepEqual(all, a.Versions) {
			a.Versions = all
			addresses = append(addresses, a)
		}
	}
	return files, addresses
}

// withCaptured are the versions of an address with those that were captured there, until the
// store found one itself.
func withCaptured(versions, captured []roster.DocumentVersion) []roster.DocumentVersion {
	own := slices.IndexFunc(versions, func(v roster.DocumentVersion) bool { return !v.Unseen() })
	if own < 0 {
		return captured
	}
	found := slices.Clone(versions[own:])
	var all []roster.DocumentVersion
	for _, v := range captured {
		if v.From.Before(found[0].From) {
			all = append(all, v)
		}
	}
	if n := len(all); n > 0 && all[n-1].SHA256 == found[0].SHA256 { // it stood there longer than was known
		if found[0].Origin == nil {
			found[0].Found = found[0].From
		}
		found[0].From, found[0].Origin = all[n-1].From, all[n-1].Origin
		all = all[:n-1]
	}
	return append(all, found...)
}

// AddLinked adds the addresses of documents that the pool's lists link, and others, by their
// place, as far as they are on ICE's site.
func (p *Pool) AddLinked(ctx context.Context, others []string, onSite func(address string) bool, to map[string]string) error {
	add := func(address string) {
		if u, err := url.Parse(address); err == nil && onSite(address) && strings.Count(u.Path, "/") > 1 {
			to[Place(address)] = address
		}
	}
	for _, address := range others {
		add(address)
	}
	for l, err := range p.Lists(ctx) {
		if err != nil {
			return fmt.Errorf("reading %s: %w", l.Capture, err)
		}
		rosters, err := sheet.Read(l.Body, l.PublishedAt)
		if err != nil {
			continue
		}
		for _, r := range rosters {
			for _, row := range r.Rows {
				add(row.MOA)
				add(row.Addendum)
			}
		}
	}
	return nil
}

// DocumentProblem says why bytes are not a document, "" where they are.
func DocumentProblem(body []byte) string {
	const margin = 2 << 10 // of what may stand before and behind a PDF
	switch {
	case len(body) == 0:
		return "is empty"
	case !bytes.Contains(body[:min(len(body), margin)], []byte("%PDF-")):
		return "is not a PDF file"
	case !bytes.Contains(body[max(0, len(body)-margin):], []byte("%%EOF")):
		return "is cut off"
	}
	return ""
}
