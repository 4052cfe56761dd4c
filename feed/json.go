package feed

import (
	"bytes"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
)

type jsonDocument struct {
	Version     string        `json:"version"`
	Title       string        `json:"title"`
	HomePageURL string        `json:"home_page_url"`
	FeedURL     string        `json:"feed_url"`
	Description string        `json:"description"`
	NextURL     string        `json:"next_url,omitempty"`
	Authors     []jsonAuthor  `json:"authors"`
	Language    string        `json:"language"`
	Extension   jsonExtension `json:"_watch287g"`
	Items       []jsonItem    `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// jsonExtension says what the format has no key for.
type jsonExtension struct {
	About       string `json:"about"`
	Updated     string `json:"updated"`
	FirstURL    string `json:"first_url,omitempty"`
	PreviousURL string `json:"previous_url,omitempty"`
}

type jsonItem struct {
	ID          string            `json:"id"`
	URL         string            `json:"url"`
	Title       string            `json:"title"`
	ContentHTML string            `json:"content_html"`
	ContentText string            `json:"content_text"`
	Summary     string            `json:"summary"`
	Published   string            `json:"date_published"`
	Modified    string            `json:"date_modified"`
	Tags        []string          `json:"tags"`
	Extension   jsonItemExtension `json:"_watch287g"`
}

// jsonItemExtension is the change as the API and the webhooks give it: data for
// programs, and as ICE printed it, where the item's own texts are mended.
type jsonItemExtension struct {
	About    string        `json:"about"`
	Change   roster.Change `json:"change"`
	Corrects string        `json:"corrects,omitempty"` // id of the corrected item
}

// JSON writes the feed as JSON Feed 1.1. Its media type is
// application/feed+json. It fails where a feed cannot be valid, as when an
// address is not absolute.
func JSON(f Feed) ([]byte, error) {
	d, err := prepare(f)
	if err != nil {
		return nil, fmt.Errorf("writing JSON Feed: %w", err)
	}
	doc := jsonDocument{
		Version: "https://jsonfeed.org/version/1.1", Title: d.title, HomePageURL: d.home, FeedURL: d.self, Description: d.description,
		NextURL: d.next, Authors: []jsonAuthor{{name, d.base}}, Language: d.tag(),
		Extension: jsonExtension{About: project, Updated: d.updated.Format(time.RFC3339), FirstURL: d.first, PreviousURL: d.previous},
		Items:     make([]jsonItem, 0, len(d.entries)), // [] rather than null
	}
	for _, e := range d.entries {
		at := e.at.Format(time.RFC3339)
		item := jsonItem{
			ID: e.id, URL: e.link, Title: e.title, ContentHTML: e.content.html(), ContentText: e.content.plain(), Summary: e.content.Sentence,
			Published: at, Modified: at, Tags: make([]string, 0, len(e.tags)),
			Extension: jsonItemExtension{About: project, Change: e.change, Corrects: e.corrects},
		}
		for _, t := range e.tags {
			item.Tags = append(item.Tags, t.label)
		}
		doc.Items = append(doc.Items, item)
	}
	var b bytes.Buffer
	b.Grow((len(d.entries) + 1) * entrySize)
	if err := roster.EncodeJSON(&b, doc, ""); err != nil {
		return nil, fmt.Errorf("writing JSON Feed: %w", err)
	}
	return b.Bytes(), nil
}
