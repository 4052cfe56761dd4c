package files

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/watch287g/watch287g/feed"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// feedFile is one page of a feed.
func feedFile(path, contentType string, write func(feed.Feed) ([]byte, error)) route.Handler {
	return func(req *route.Request) (*route.Response, error) {
		made, err := newFeed(req, path)
		if err != nil {
			return nil, err
		}
		body, err := write(made)
		if err != nil {
			return nil, fmt.Errorf("writing the feed %s: %w", path, err)
		}
		out := route.OK(contentType, body)
		out.Header.Set("Last-Modified", made.Updated.UTC().Format(http.TimeFormat))
		return out, nil
	}
}

// newFeed gathers what an address asks for.
func newFeed(req *route.Request, path string) (feed.Feed, error) {
	asked, err := req.ReadQuery()
	if err != nil {
		return feed.Feed{}, err
	}
	l, address := req.Language, route.Encode(asked.Filter)
	path = route.In(l, path)
	filter := asked.Filter
	if len(filter.Kinds) == 0 {
		filter.Kinds = roster.DefaultKinds()
	}
	changes, more := req.Snapshot.FeedPage(filter, asked.Before)
	f := feed.Feed{Language: l, Title: l.Say("page.feed.title"), Description: l.Say("page.feed.says"),
		Base: strings.TrimSuffix(req.Base+route.In(l, "/"), "/"), Self: req.Base + route.At(path, address, asked.Before), Home: req.Base + route.At(route.In(l, "/changes"), address, 0),
		Updated: cmp.Or(req.Snapshot.Extent().First, time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC))}
	if name := l.FilterTitle(asked.Filter); name != "" {
		f.Title += ": " + name
	}
	if len(changes) > 0 {
		f.Updated = changes[0].DetectedAt
	}
	if more || asked.Before > 0 {
		f.First = req.Base + route.At(path, address, 0)
	}
	if more {
		f.Next = req.Base + route.At(path, address, changes[len(changes)-1].Seq)
	}
	for _, c := range changes {
		item := feed.Item{Change: c}
		if earlier, ok := req.Snapshot.Corrected(c); ok {
			item.Corrects = &earlier
		}
		f.Items = append(f.Items, item)
	}
	return f, nil
}
