package feedtest

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// object is a JSON object. Its accessors report what is not of the type that the
// format asks for.
type object map[string]any

// The keys of JSON Feed 1.1. All others begin with an underscore.
var (
	jsonOfFeed = []string{"version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon",
		"authors", "language", "expired", "hubs", "items"}
	jsonOfItem = []string{"id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image",
		"date_published", "date_modified", "authors", "tags", "language", "attachments"}
)

func jsonFaults(body []byte) []string {
	var f faults
	if !utf8.Valid(body) {
		f.add("JSON Feed 1.1, UTF-8", "it is not")
	}
	var feed object
	if err := json.Unmarshal(body, &feed); err != nil {
		f.add("JSON (RFC 8259)", "it is no object: %v", err)
		return f
	}
	f.jsonKnown("the feed", feed, jsonOfFeed)
	if v := f.text(feed, "the feed", "version"); v != "https://jsonfeed.org/version/1.1" {
		f.add("JSON Feed 1.1, version", "it is %q", v)
	}
	if title := f.text(feed, "the feed", "title"); title == "" {
		f.add("JSON Feed 1.1, title", "the feed has none")
	} else {
		f.jsonPlain("the feed's title", title)
	}
	for _, strongly := range []string{"home_page_url", "feed_url"} {
		if f.text(feed, "the feed", strongly) == "" {
			f.add("JSON Feed 1.1, "+strongly, "it is strongly recommended, and missing")
		}
	}
	f.jsonAddresses("the feed", feed, "home_page_url", "feed_url", "next_url", "icon", "favicon")
	if next := f.text(feed, "the feed", "next_url"); next != "" && next == f.text(feed, "the feed", "feed_url") {
		f.add("JSON Feed 1.1, next_url", "it must not be the feed_url: %q", next)
	}
	f.jsonPlain("the feed's description", f.text(feed, "the feed", "description"))
	f.jsonAuthors("the feed", feed)
	f.jsonLanguage("the feed", feed)
	if expired, given := feed["expired"]; given {
		if _, is := expired.(bool); !is {
			f.add("JSON Feed 1.1, expired", "%v is neither true nor false", expired)
		}
	}
	items, is := feed["items"].([]any)
	if !is {
		f.add("JSON Feed 1.1, items", "there is no array of them")
	}
	f.jsonItems(items)
	f.readable(body, "json", len(items))
	return f
}

func (f *faults) jsonItems(items []any) {
	ids := map[string]bool{}
	for _, i := range items {
		item, is := i.(map[string]any)
		if !is {
			f.add("JSON Feed 1.1, items", "%v is no object", i)
			continue
		}
		f.jsonItem(item)
		id, _ := item["id"].(string)
		if ids[id] {
			f.add("JSON Feed 1.1, id is unique", "%q stands twice", id)
		}
		ids[id] = true
	}
}

func (f *faults) jsonItem(item object) {
	f.jsonKnown("an item", item, jsonOfItem)
	if id, is := item["id"].(string); !is || id == "" {
		f.add("JSON Feed 1.1, id", "%v is no string", item["id"])
	}
	f.jsonAddresses("an item", item, "url", "external_url", "image", "banner_image")
	f.jsonPlain("an item's title", f.text(item, "an item", "title"))
	f.jsonPlain("an item's summary", f.text(item, "an item", "summary"))
	rich, plain := f.text(item, "an item", "content_html"), f.text(item, "an item", "content_text")
	if rich == "" && plain == "" {
		f.add("JSON Feed 1.1, content", "an item has neither content_html nor content_text")
	}
	f.content("JSON Feed 1.1, content_html", "an item's content_html", rich)
	f.plain("JSON Feed 1.1, content_text", "an item's content_text", plain)
	for _, key := range []string{"date_published", "date_modified"} {
		if s := f.text(item, "an item", key); s != "" {
			f.date3339("JSON Feed 1.1, "+key, "it", s)
		}
	}
	f.jsonAuthors("an item", item)
	f.jsonLanguage("an item", item)
	f.jsonTags(item)
}

func (f *faults) jsonTags(item object) {
	given, has := item["tags"]
	if !has {
		return
	}
	tags, is := given.([]any)
	if !is {
		f.add("JSON Feed 1.1, tags", "%v is no array", given)
	}
	for _, tag := range tags {
		if s, is := tag.(string); !is || s == "" {
			f.add("JSON Feed 1.1, tags", "%v is no text", tag)
		} else {
			f.jsonPlain("a tag", s)
		}
	}
}

// jsonKnown wants the format's keys alone, and extensions as it asks for them.
func (f *faults) jsonKnown(what string, o object, known []string) {
	for key, value := range o {
		switch {
		case slices.Contains(known, key):
		case key == "author":
			f.add("JSON Feed 1.1, author is deprecated", "%s has it", what)
		case !strings.HasPrefix(key, "_") || len(key) < 2 || strings.Contains(key, "."):
			f.add("JSON Feed 1.1, extensions", "%q of %s is neither a key nor an extension's name", key, what)
		default:
			if _, is := value.(map[string]any); !is {
				f.add("JSON Feed 1.1, extensions", "%q of %s is no object", key, what)
			}
		}
	}
}

// text is the text under a key, "" where there is none.
func (f *faults) text(o object, what, key string) string {
	value, given := o[key]
	s, is := value.(string)
	if given && !is {
		f.add("JSON Feed 1.1, "+key, "that of %s is no string: %v", what, value)
	}
	return s
}

func (f *faults) jsonAddresses(what string, o object, keys ...string) {
	for _, key := range keys {
		if s := f.text(o, what, key); s != "" {
			f.absolute("JSON Feed 1.1, "+key, what+"'s", s)
		}
	}
}

func (f *faults) jsonAuthors(what string, o object) {
	given, has := o["authors"]
	if !has {
		return
	}
	authors, is := given.([]any)
	if !is || len(authors) == 0 {
		f.add("JSON Feed 1.1, authors", "that of %s is no array of them: %v", what, given)
	}
	for _, a := range authors {
		author, _ := a.(map[string]any)
		if author["name"] == nil && author["url"] == nil && author["avatar"] == nil {
			f.add("JSON Feed 1.1, authors", "one of %s has no name, url or avatar", what)
		}
		f.jsonAddresses("an author", author, "url", "avatar")
	}
}

func (f *faults) jsonLanguage(what string, o object) {
	if tag := f.text(o, what, "language"); tag != "" && !languageTag.MatchString(tag) {
		f.add("JSON Feed 1.1, language", "that of %s, %q, is none", what, tag)
	}
}

func (f *faults) jsonPlain(what, s string) { f.plain("JSON Feed 1.1, plain text", what, s) }
