package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/feed"
	"github.com/watch287g/watch287g/roster"
)

// feedParams are those that choose a feed's changes. A feed has no end, so there
// is no "until".
var feedParams = append(slices.Clone(agreementParams), "kind", "before")

// feeds are the addresses that feed readers ask again and again.
func (s *Site) feeds() []route {
	var all []route
	for _, f := range []struct {
		path, contentType string
		write             func(feed.Feed) ([]byte, error)
	}{
		{"/feeds/changes.rss", "application/rss+xml; charset=utf-8", feed.RSS},
		{"/feeds/changes.atom", "application/atom+xml; charset=utf-8", feed.Atom},
		{"/feeds/changes.json", "application/feed+json", feed.JSON},
	} {
		all = append(all, route{path: f.path, params: feedParams, program: true, handler: s.data(func(w http.ResponseWriter, req *request) error {
			made, err := req.feed(f.path)
			if err != nil {
				return err
			}
			body, err := f.write(made)
			if err != nil {
				return fmt.Errorf("writing the feed %s: %w", f.path, err)
			}
			w.Header().Set("Content-Type", f.contentType)
			w.Header().Set("Last-Modified", made.Updated.UTC().Format(http.TimeFormat))
			_, _ = w.Write(body)
			return nil
		})})
	}
	return append(all, route{path: "/feed", handler: http.RedirectHandler("/feeds/changes.rss", http.StatusFound)},
		route{path: "/feeds", handler: http.RedirectHandler("/downloads#feeds", http.StatusFound)})
}

// feed gathers what an address asks for.
func (req *request) feed(path string) (feed.Feed, error) {
	asked, err := readQuery(req.URL.Query())
	if err != nil {
		return feed.Feed{}, err
	}
	address := encode(asked.Filter)
	filter := asked.Filter
	if len(filter.Kinds) == 0 {
		filter.Kinds = roster.DefaultKinds()
	}
	changes, more := req.snap.FeedPage(filter, asked.Before)
	f := feed.Feed{Title: "287(g) agreements", Description: "What changed on ICE's lists of 287(g) agreements, with the evidence for each line.",
		Base: req.base, Self: req.base + at(path, address, asked.Before), Home: req.base + at("/changes", address, 0),
		Updated: cmp.Or(req.snap.Extent().First, time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC))}
	if name := english.FilterTitle(asked.Filter); name != "" {
		f.Title += ": " + name
	}
	if len(changes) > 0 {
		f.Updated = changes[0].DetectedAt
	}
	if more || asked.Before > 0 {
		f.First = req.base + at(path, address, 0)
	}
	if more {
		f.Next = req.base + at(path, address, changes[len(changes)-1].Seq)
	}
	for _, c := range changes {
		item := feed.Item{Change: c}
		if earlier, ok := req.snap.Corrected(c); ok {
			item.Corrects = &earlier
		}
		f.Items = append(f.Items, item)
	}
	return f, nil
}

// at is an address with its parameters.
func at(path string, q url.Values, before uint64) string {
	if before > 0 {
		q.Set("before", strconv.FormatUint(before, 10))
		defer q.Del("before")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
