package feedtest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The elements that RSS 2.0 describes. All others need a namespace.
var (
	rssOfChannel = []string{"title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate",
		"category", "generator", "docs", "cloud", "ttl", "image", "rating", "textInput", "skipHours", "skipDays", "item"}
	rssOfItem = []string{"title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate", "source"}
	// rssMany are those of which there can be several.
	rssMany = []string{"category", "item"}
)

const (
	atomSpace    = "http://www.w3.org/2005/Atom"
	contentSpace = "http://purl.org/rss/1.0/modules/content/"
)

func rssFaults(body []byte) []string {
	var f faults
	root, err := parse(body)
	if err != nil {
		return []string{"XML 1.0: " + err.Error()}
	}
	if root.name.Local != "rss" || root.name.Space != "" || root.attr("", "version") != "2.0" {
		f.add("RSS 2.0, <rss>", `the root is <%s version=%q>, not <rss version="2.0">`, root.name.Local, root.attr("", "version"))
	}
	if f.count("RSS 2.0, <rss>", root, "", "channel", 1); len(f) > 0 {
		return f
	}
	channel := root.first("", "channel")
	f.rssElements(channel, rssOfChannel)
	f.rssChannel(channel)
	items := channel.all("", "item")
	guids := map[string]bool{}
	for _, item := range items {
		f.rssElements(item, rssOfItem)
		f.rssItem(item)
		id := item.first("", "guid").value()
		if guids[id] {
			f.add("RSS 2.0, <guid> is unique", "%q stands twice", id)
		}
		guids[id] = true
	}
	f.readable(body, "rss", len(items))
	return f
}

// rssElements wants known elements alone, each once.
func (f *faults) rssElements(n *node, known []string) {
	for _, c := range n.children {
		if c.name.Space != "" {
			continue
		}
		if !slices.Contains(known, c.name.Local) {
			f.add("RSS 2.0, extending RSS", "<%s> in <%s> has no namespace and is not in the specification", c.name.Local, n.name.Local)
		}
		if !slices.Contains(rssMany, c.name.Local) {
			f.count("RSS 2.0, elements stand once", n, "", c.name.Local, 0)
		}
	}
}

func (f *faults) rssChannel(channel *node) {
	for _, required := range []string{"title", "link", "description"} {
		if channel.first("", required).value() == "" {
			f.add("RSS 2.0, required channel elements", "<%s> is missing or empty", required)
		}
	}
	f.absolute("RSS profile, no relative URLs", "the channel's <link>", channel.first("", "link").value())
	for _, name := range []string{"title", "description", "generator", "copyright"} {
		f.rssPlain(channel.first("", name), "the channel's <"+name+">")
	}
	if tag := channel.first("", "language").value(); !languageTag.MatchString(tag) {
		f.add("RSS 2.0, <language>", "%q is no language", tag)
	}
	f.rssDates(channel, "lastBuildDate", "pubDate")
	if len(channel.all("", "lastBuildDate")) == 0 {
		f.add("RSS profile, <lastBuildDate>", "the channel has none")
	}
	for _, docs := range channel.all("", "docs") {
		f.absolute("RSS 2.0, <docs>", "it", docs.value())
	}
	for _, ttl := range channel.all("", "ttl") {
		if n, err := strconv.Atoi(ttl.value()); err != nil || n < 1 {
			f.add("RSS 2.0, <ttl>", "%q is no number of minutes", ttl.value())
		}
	}
	f.rssSelf(channel)
	f.paging(channel.all(atomSpace, "link"))
	seen := false
	for _, c := range channel.children {
		if seen = seen || c.name.Local == "item"; seen && c.name.Local != "item" {
			f.add("RSS profile, items come last", "<%s> stands behind an item", c.name.Local)
		}
	}
}

// rssSelf wants the document's own address, once.
func (f *faults) rssSelf(channel *node) {
	const rule = "RSS profile, atom:link rel=self"
	own := 0
	for _, l := range channel.all(atomSpace, "link") {
		if l.attr("", "rel") != "self" {
			continue
		}
		own++
		f.absolute(rule, "its href", l.attr("", "href"))
		if kind := l.attr("", "type"); kind != "application/rss+xml" {
			f.add(rule, "its type is %q, not application/rss+xml", kind)
		}
	}
	if own != 1 {
		f.add(rule, "the channel has %d", own)
	}
}

func (f *faults) rssItem(item *node) {
	if item.first("", "title").value() == "" && item.first("", "description").value() == "" {
		f.add("RSS 2.0, an item has a title or a description", "one has neither")
	}
	f.rssPlain(item.first("", "title"), "an item's <title>")
	for _, l := range item.all("", "link") {
		f.absolute("RSS profile, no relative URLs", "an item's <link>", l.value())
	}
	f.content("RSS profile, <description> is HTML", "an item's <description>", item.first("", "description").text)
	f.rssDates(item, "pubDate")
	for _, c := range item.all("", "category") {
		if c.value() == "" || len(c.children) > 0 {
			f.add("RSS 2.0, <category>", "%q is not one text", c.raw)
		}
		f.rssPlain(c, "a <category>")
	}
	f.rssGUID(item)
	described := false
	for _, c := range item.children {
		described = described || c.name.Space == "" && c.name.Local == "description"
		if c.name.Space == contentSpace && c.name.Local == "encoded" {
			if !described {
				f.add("RSS profile, content:encoded comes after description", "one does not")
			}
			f.content("RSS profile, content:encoded is HTML", "an item's content:encoded", c.text)
		}
	}
}

func (f *faults) rssGUID(item *node) {
	guid := item.first("", "guid")
	if guid.value() == "" {
		f.add("RSS profile, every item has a <guid>", "%q has none", item.first("", "title").value())
		return
	}
	switch permanent := guid.attr("", "isPermaLink"); permanent {
	case "", "true":
		f.absolute("RSS 2.0, <guid isPermaLink>", "a permanent link", guid.value())
	case "false":
	default:
		f.add("RSS 2.0, <guid isPermaLink>", "it is %q, neither true nor false", permanent)
	}
}

// hexEscaped is text whose "&" and "<" are hexadecimal references.
var hexEscaped = regexp.MustCompile(`&#x26;|&#x3[Cc];|&#x3[Ee];|&#39;|&#34;|&#x27;|&#x22;|&gt;|&quot;|&apos;`)

// rssPlain wants an element of plain text: every reader shows it alike.
func (f *faults) rssPlain(n *node, what string) {
	if m := markup.FindString(n.text); m != "" {
		f.add("RSS profile, no HTML in plain text", "%s holds %q: %q", what, m, n.text)
	}
	if strings.ContainsAny(hexEscaped.ReplaceAllString(n.raw, ""), "&<") {
		f.add("RSS profile, & and < as hexadecimal references", "%s is printed %q", what, n.raw)
	}
	f.plain("RSS profile, character data", what, n.text)
}

// rfc822 is RFC 822's date with the four digits of a year that the profile asks
// for.
var rfc822 = regexp.MustCompile(`^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})$`)

func (f *faults) rssDates(n *node, names ...string) {
	for _, name := range names {
		for _, d := range n.all("", name) {
			s := d.value()
			at, err := time.Parse(time.RFC1123Z, strings.Replace(s, "GMT", "+0000", 1))
			switch {
			case err != nil || !rfc822.MatchString(s):
				f.add("RSS 2.0, dates of RFC 822 with four digits of a year", "<%s> %q is none", name, s)
			case !strings.HasPrefix(s, at.Weekday().String()[:3]):
				f.add("RSS 2.0, dates of RFC 822 with four digits of a year", "<%s> %q was a %s", name, s, at.Weekday())
			}
		}
	}
}
