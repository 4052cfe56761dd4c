package feedtest

import (
	"strings"
	"testing"
)

// A good document of each format. The tests break them, one rule at a time.
const (
	goodRSS = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>Fish &#x26; game</title>
<link>https://example.org/changes</link>
<description>All changes</description>
<language>en-us</language>
<lastBuildDate>Thu, 03 Jul 2025 20:00:00 GMT</lastBuildDate>
<docs>https://www.rssboard.org/rss-specification</docs>
<ttl>15</ttl>
<atom:link rel="self" type="application/rss+xml" href="https://example.org/feed.rss?page=2"/>
<atom:link rel="first" type="application/rss+xml" href="https://example.org/feed.rss"/>
<atom:link rel="next" type="application/rss+xml" href="https://example.org/feed.rss?page=3"/>
<item>
<title>Second</title>
<link>https://example.org/changes/2</link>
<description>&lt;p&gt;Two &lt;a href="https://example.org/x"&gt;links&lt;/a&gt;&lt;/p&gt;</description>
<content:encoded>&lt;p&gt;More&lt;/p&gt;</content:encoded>
<category domain="tag:example.org,2025:kind">new</category>
<guid isPermaLink="false">tag:example.org,2025:2</guid>
<pubDate>Thu, 03 Jul 2025 20:00:00 +0000</pubDate>
</item>
<item>
<title>First</title>
<link>https://example.org/changes/1</link>
<description>&lt;p&gt;One&lt;/p&gt;</description>
<guid>https://example.org/changes/1</guid>
<pubDate>Wed, 02 Jul 2025 20:00:00 GMT</pubDate>
</item>
</channel>
</rss>`

	goodAtom = `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US">
<id>https://example.org/feed.atom</id>
<title type="text">Fish &amp; game</title>
<subtitle type="html">&lt;b&gt;All&lt;/b&gt; changes</subtitle>
<updated>2025-07-03T20:00:00Z</updated>
<author><name>watch287g</name><uri>https://example.org</uri></author>
<generator uri="https://example.org/generator">watch287g</generator>
<link rel="alternate" type="text/html" href="https://example.org/changes"/>
<link rel="self" type="application/atom+xml" href="https://example.org/feed.atom?page=2"/>
<link rel="next" type="application/atom+xml" href="https://example.org/feed.atom?page=3"/>
<entry>
<id>tag:example.org,2025:2</id>
<title>Second</title>
<updated>2025-07-03T20:00:00+00:00</updated>
<published>2025-07-03T20:00:00Z</published>
<link rel="alternate" type="text/html" hreflang="en" href="https://example.org/changes/2"/>
<category term="TX" scheme="tag:example.org,2025:state" label="Texas"/>
<content type="html">&lt;p&gt;Two &lt;a href="https://example.org/x"&gt;links&lt;/a&gt;&lt;/p&gt;</content>
</entry>
<entry>
<id>tag:example.org,2025:1</id>
<title>First</title>
<updated>2025-07-02T20:00:00Z</updated>
<summary>One</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p></div></content>
</entry>
</feed>`

	goodJSON = `{
"version": "https://jsonfeed.org/version/1.1",
"title": "Fish & game",
"home_page_url": "https://example.org/changes",
"feed_url": "https://example.org/feed.json",
"description": "All changes",
"next_url": "https://example.org/feed.json?page=2",
"authors": [{"name": "watch287g", "url": "https://example.org"}],
"language": "en-US",
"expired": false,
"_ours": {"about": "https://example.org"},
"items": [
{"id": "2", "url": "https://example.org/changes/2", "title": "Second", "content_html": "<p>Two</p>", "content_text": "Two",
 "date_published": "2025-07-03T20:00:00Z", "tags": ["new"], "_ours": {}},
{"id": "1", "content_text": "One", "date_modified": "2025-07-02T16:00:00-04:00"}
]}`
)

// recorder is a test that is meant to fail.
type recorder struct {
	testing.TB
	said []string
}

func (*recorder) Helper()             {}
func (r *recorder) Error(args ...any) { r.said = append(r.said, args[0].(string)) }

// broken is a good document with one thing exchanged, and the rule that says so.
type broken struct{ old, bad, rule string }

// testBreaks checks that the good document keeps all rules, and that each break
// is reported by the name of its rule.
func testBreaks(t *testing.T, check func(testing.TB, []byte), good string, breaks []broken) {
	t.Helper()
	check(t, []byte(good))
	for _, b := range breaks {
		if !strings.Contains(good, b.old) {
			t.Fatalf("the document has no %q", b.old)
		}
		r := &recorder{TB: t}
		check(r, []byte(strings.Replace(good, b.old, b.bad, 1)))
		named := false
		for _, said := range r.said {
			named = named || strings.HasPrefix(said, b.rule)
		}
		if !named {
			t.Errorf("%q for %q: %q, want a report of %q", b.bad, b.old, r.said, b.rule)
		}
	}
}

func TestCheckRSS(t *testing.T) {
	const dates = "RSS 2.0, dates of RFC 822 with four digits of a year"
	testBreaks(t, CheckRSS, goodRSS, []broken{
		{"</rss>", "", "XML 1.0"},
		{"</rss>", "</rss><rss/>", "XML 1.0"},
		{"<rss ", "<!DOCTYPE rss><rss ", "XML 1.0"},
		{"Second", "Sec\x01ond", "XML 1.0"},
		{"Second", "Sec\xffond", "XML 1.0"},
		{`version="2.0"`, `version="0.91"`, "RSS 2.0, <rss>"},
		{"channel>", "chanel>", "XML 1.0"},
		{"<title>Fish &#x26; game</title>", "", "RSS 2.0, required channel elements"},
		{"<link>https://example.org/changes</link>", "", "RSS 2.0, required channel elements"},
		{"<description>All changes</description>", "<description> </description>", "RSS 2.0, required channel elements"},
		{"<ttl>15</ttl>", "<ttl>15</ttl><ttl>15</ttl>", "RSS 2.0, elements stand once"},
		{"<ttl>15</ttl>", "<ttl>soon</ttl>", "RSS 2.0, <ttl>"},
		{"<ttl>15</ttl>", "<interval>15</interval>", "RSS 2.0, extending RSS"},
		{"<title>First</title>", "<updated>2025</updated>", "RSS 2.0, extending RSS"},
		{"en-us", "English please", "RSS 2.0, <language>"},
		{"https://www.rssboard.org/rss-specification", "the specification", "RSS 2.0, <docs>"},
		{"<lastBuildDate>Thu, 03 Jul 2025 20:00:00 GMT</lastBuildDate>", "", "RSS profile, <lastBuildDate>"},
		{"Thu, 03 Jul 2025 20:00:00 GMT", "2025-07-03T20:00:00Z", dates},
		{"Thu, 03 Jul 2025 20:00:00 GMT", "Thu, 03 Jul 25 20:00:00 GMT", dates},
		{"Thu, 03 Jul 2025 20:00:00 GMT", "Fri, 03 Jul 2025 20:00:00 GMT", dates},
		{"Wed, 02 Jul 2025 20:00:00 GMT", "Wed, 32 Jul 2025 20:00:00 GMT", dates},
		{`rel="self"`, `rel="related"`, "RSS profile, atom:link rel=self"},
		{`rel="first"`, `rel="self"`, "RSS profile, atom:link rel=self"},
		{`type="application/rss+xml"`, `type="text/xml"`, "RSS profile, atom:link rel=self"},
		{`href="https://example.org/feed.rss?page=2"`, `href="/feed.rss"`, "RSS profile, atom:link rel=self"},
		{`href="https://example.org/feed.rss?page=3"`, `href="?page=3"`, "RFC 5005, 3 (paged feeds)"},
		{"https://example.org/feed.rss?page=3", "https://example.org/feed.rss?page=2", "RFC 5005, 3 (paged feeds)"},
		{`rel="first"`, `rel="next"`, "RFC 5005, 3 (paged feeds)"},
		{"<link>https://example.org/changes</link>", "<link>/changes</link>", "RSS profile, no relative URLs"},
		{"<link>https://example.org/changes/2</link>", "<link>/changes/2</link>", "RSS profile, no relative URLs"},
		{"<link>https://example.org/changes/2</link>", "<link>javascript:alert(1)</link>", "RSS profile, no relative URLs"},
		{`href="https://example.org/x"`, `href="/x"`, "RSS profile, <description> is HTML (no relative URLs)"},
		{`href="https://example.org/x"`, `href="javascript:alert(1)"`, "RSS profile, <description> is HTML (no relative URLs)"},
		{`href="https://example.org/x"`, `onclick="alert(1)"`, "RSS profile, <description> is HTML"},
		{"&lt;p&gt;Two", "&lt;script&gt;alert(1)&lt;/script&gt;", "RSS profile, <description> is HTML"},
		{"&lt;p&gt;Two", "&lt;!-- Two", "RSS profile, <description> is HTML"},
		{"<title>Second", "<title>&#x3C;b>Second", "RSS profile, no HTML in plain text"},
		{"Fish &#x26; game", "Fish &#x26;amp; game", "RSS profile, no HTML in plain text"},
		{"Fish &#x26; game", "Fish &amp; game", "RSS profile, & and < as hexadecimal references"},
		{"Fish &#x26; game", "<![CDATA[Fish & game]]>", "RSS profile, & and < as hexadecimal references"},
		{"Second", "Sec\u202Eond", "RSS profile, character data"},
		{"<title>First</title>\n<link>https://example.org/changes/1</link>\n<description>&lt;p&gt;One&lt;/p&gt;</description>", "", "RSS 2.0, an item has a title or a description"},
		{"<guid>https://example.org/changes/1</guid>", "", "RSS profile, every item has a <guid>"},
		{"<guid>https://example.org/changes/1</guid>", `<guid isPermaLink="false">tag:example.org,2025:2</guid>`, "RSS 2.0, <guid> is unique"},
		{"<guid>https://example.org/changes/1</guid>", "<guid>tag:example.org,2025:1</guid>", "RSS 2.0, <guid isPermaLink>"},
		{`isPermaLink="false"`, `isPermaLink="no"`, "RSS 2.0, <guid isPermaLink>"},
		{">new</category>", "></category>", "RSS 2.0, <category>"},
		{">new</category>", "><b>new</b></category>", "RSS 2.0, <category>"},
		{"<description>&lt;p&gt;Two", "<content:encoded>Two</content:encoded><description>&lt;p&gt;Two", "RSS profile, content:encoded comes after description"},
		{"</channel>", "<copyright>none</copyright></channel>", "RSS profile, items come last"},
	})
}

func TestCheckAtom(t *testing.T) {
	testBreaks(t, CheckAtom, goodAtom, []broken{
		{"</feed>", "", "XML 1.0"},
		{"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "RFC 4287, 4.1.1 (atom:feed)"},
		{"<id>https://example.org/feed.atom</id>", "", "RFC 4287, 4.1.1 (atom:feed)"},
		{"<updated>2025-07-03T20:00:00Z</updated>", "", "RFC 4287, 4.1.1 (atom:feed)"},
		{`<title type="text">Fish &amp; game</title>`, "", "RFC 4287, 4.1.1 (atom:feed)"},
		{"<generator ", "<rights>none</rights><rights>none</rights><generator ", "RFC 4287, 4.1.1 (atom:feed)"},
		{"<generator ", "<pubDate>now</pubDate><generator ", "RFC 4287, 4.1.1 (atom:feed)"},
		{"<title>Second</title>", "", "RFC 4287, 4.1.2 (atom:entry)"},
		{"<title>Second</title>", "<title>Second</title><title>Second</title>", "RFC 4287, 4.1.2 (atom:entry)"},
		{"<updated>2025-07-02T20:00:00Z</updated>", "", "RFC 4287, 4.1.2 (atom:entry)"},
		{"<summary>One</summary>", "<summary>One</summary><summary>One</summary>", "RFC 4287, 4.1.2 (atom:entry)"},
		{`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p></div></content>`, "", "RFC 4287, 4.1.2 (atom:entry)"},
		{`<content type="html">`, `<content src="https://example.org/2">`, "RFC 4287, 4.1.2 (atom:entry), content elsewhere wants a summary"},
		{`xml:lang="en-US"`, `xml:lang="American English"`, "RFC 4287, 2 (xml:lang)"},
		{`rel="self"`, `rel="related"`, "RFC 4287, 4.1.1 (atom:link rel=self)"},
		{`rel="next"`, `rel="self"`, "RFC 4287, 4.1.1 (atom:link rel=self)"},
		{`rel="alternate"`, `rel="related"`, "RFC 4287, 4.1.1 (atom:link rel=alternate)"},
		{`<link rel="self"`, `<link type="text/html" href="https://example.org/2"/><link rel="self"`, "RFC 4287, 4.1.1 (atom:feed)"},
		{`<category term`, `<link type="text/html" hreflang="en" href="https://example.org/2"/><category term`, "RFC 4287, 4.1.2 (atom:entry)"},
		{`uri="https://example.org/generator"`, `uri="generator"`, "RFC 4287, 4.2.4 (atom:generator)"},
		{"<author><name>watch287g</name><uri>https://example.org</uri></author>", "", "RFC 4287, 4.1.1 (author)"},
		{"<name>watch287g</name>", "", "RFC 4287, 3.2 (persons)"},
		{"<uri>https://example.org</uri>", "<uri>home</uri>", "RFC 4287, 3.2 (persons)"},
		{"<id>tag:example.org,2025:2</id>", "<id>2</id>", "RFC 4287, 4.2.6 (atom:id is an IRI)"},
		{"<id>tag:example.org,2025:2</id>", "<id>tag:example.org,2025:a b</id>", "RFC 4287, 4.2.6 (atom:id is an IRI)"},
		{"<id>tag:example.org,2025:2</id>", "<id>tag:example.org,2025:1</id>", "RFC 4287, 4.1.1 (atom:id of the entries)"},
		{"2025-07-03T20:00:00Z", "2025-07-03T20:00:00", "RFC 4287, 3.3 (dates)"},
		{"2025-07-03T20:00:00Z", "2025-07-03t20:00:00z", "RFC 4287, 3.3 (dates)"},
		{"2025-07-03T20:00:00Z", "Thu, 03 Jul 2025 20:00:00 GMT", "RFC 4287, 3.3 (dates)"},
		{"2025-07-02T20:00:00Z", "2025-02-30T20:00:00Z", "RFC 4287, 3.3 (dates)"},
		{`type="text">Fish`, `type="plain">Fish`, "RFC 4287, 3.1 (text constructs)"},
		{"<title>Second", "<title><b>Second</b>", "RFC 4287, 3.1 (text constructs)"},
		{"<title>Second", "<title>Sec\u202Eond", "RFC 4287, 3.1 (text constructs)"},
		{"&lt;b&gt;All&lt;/b&gt;", "<b>All</b>", "RFC 4287, 3.1 (text constructs)"},
		{"&lt;b&gt;All&lt;/b&gt;", "&lt;iframe&gt;", "RFC 4287, 3.1 (text constructs)"},
		{"<p>One</p></div>", "<p>One</p></div><div/>", "RFC 4287, 4.1.3 (atom:content)"},
		{`href="https://example.org/x"`, `href="/x"`, "RFC 4287, 4.1.3 (atom:content) (no relative URLs)"},
		{`term="TX" `, ``, "RFC 4287, 4.2.2 (atom:category)"},
		{`scheme="tag:example.org,2025:state"`, `scheme="state"`, "RFC 4287, 4.2.2 (atom:category)"},
		{`href="https://example.org/changes/2"`, `href="/changes/2"`, "RFC 4287, 4.2.7 (atom:link)"},
		{`type="text/html" hreflang`, `type="html" hreflang`, "RFC 4287, 4.2.7 (atom:link)"},
		{`hreflang="en"`, `hreflang="in English"`, "RFC 4287, 4.2.7 (atom:link)"},
		{`href="https://example.org/feed.atom?page=3"`, `href="https://example.org/feed.atom?page=2"`, "RFC 5005, 3 (paged feeds)"},
		{"<category term", `<link rel="next" href="https://example.org/2"/><category term`, "RFC 5005, 3 (paged feeds)"},
	})
}

func TestCheckJSON(t *testing.T) {
	testBreaks(t, CheckJSON, goodJSON, []broken{
		{"]}", "]", "JSON (RFC 8259)"},
		{"Second", "Sec\xffond", "JSON Feed 1.1, UTF-8"},
		{"version/1.1", "version/1", "JSON Feed 1.1, version"},
		{`"title": "Fish & game",`, "", "JSON Feed 1.1, title"},
		{`"title": "Second"`, `"title": 2`, "JSON Feed 1.1, title"},
		{`"title": "Second"`, `"title": "Sec\u202eond"`, "JSON Feed 1.1, plain text"},
		{`"home_page_url": "https://example.org/changes",`, "", "JSON Feed 1.1, home_page_url"},
		{`"feed_url": "https://example.org/feed.json",`, "", "JSON Feed 1.1, feed_url"},
		{`"https://example.org/feed.json?page=2"`, `"?page=2"`, "JSON Feed 1.1, next_url"},
		{`"https://example.org/feed.json?page=2"`, `"https://example.org/feed.json"`, "JSON Feed 1.1, next_url"},
		{`[{"name": "watch287g", "url": "https://example.org"}]`, `{"name": "watch287g"}`, "JSON Feed 1.1, authors"},
		{`[{"name": "watch287g", "url": "https://example.org"}]`, `[{}]`, "JSON Feed 1.1, authors"},
		{`[{"name": "watch287g", "url": "https://example.org"}]`, `[]`, "JSON Feed 1.1, authors"},
		{`"authors": [{"name": "watch287g", "url": "https://example.org"}]`, `"author": {"name": "watch287g"}`, "JSON Feed 1.1, author is deprecated"},
		{`"en-US"`, `"American English"`, "JSON Feed 1.1, language"},
		{`"expired": false`, `"expired": "no"`, "JSON Feed 1.1, expired"},
		{`"_ours": {"about"`, `"ours": {"about"`, "JSON Feed 1.1, extensions"},
		{`"_ours": {"about"`, `"_our.s": {"about"`, "JSON Feed 1.1, extensions"},
		{`"_ours": {}`, `"_ours": "text"`, "JSON Feed 1.1, extensions"},
		{`"items": [`, `"entries": [`, "JSON Feed 1.1, items"},
		{`"items": [`, `"items": ["none",`, "JSON Feed 1.1, items"},
		{`"id": "2"`, `"id": 2`, "JSON Feed 1.1, id"},
		{`"id": "2", `, ``, "JSON Feed 1.1, id"},
		{`"id": "2"`, `"id": "1"`, "JSON Feed 1.1, id is unique"},
		{`"https://example.org/changes/2"`, `"/changes/2"`, "JSON Feed 1.1, url"},
		{`"content_text": "One", `, ``, "JSON Feed 1.1, content"},
		{`<p>Two</p>`, `<p onclick='alert(1)'>Two</p>`, "JSON Feed 1.1, content_html"},
		{`<p>Two</p>`, `<a href='/two'>Two</a>`, "JSON Feed 1.1, content_html (no relative URLs)"},
		{`"content_text": "One"`, `"content_text": "O\u0000ne"`, "JSON Feed 1.1, content_text"},
		{`"2025-07-03T20:00:00Z"`, `"July 3, 2025"`, "JSON Feed 1.1, date_published"},
		{`"2025-07-02T16:00:00-04:00"`, `"2025-07-02"`, "JSON Feed 1.1, date_modified"},
		{`["new"]`, `"new"`, "JSON Feed 1.1, tags"},
		{`["new"]`, `["new", 1]`, "JSON Feed 1.1, tags"},
		{`["new"]`, `[""]`, "JSON Feed 1.1, tags"},
	})
}

// TestReadable: a format is not taken for another.
func TestReadable(t *testing.T) {
	for name, tt := range map[string]struct {
		check func(testing.TB, []byte)
		body  string
	}{
		"Atom as RSS": {CheckRSS, goodAtom}, "JSON as RSS": {CheckRSS, goodJSON}, "RSS as Atom": {CheckAtom, goodRSS},
		"RSS as JSON": {CheckJSON, goodRSS}, "nothing as RSS": {CheckRSS, ""}, "nothing as Atom": {CheckAtom, ""}, "nothing as JSON": {CheckJSON, ""},
	} {
		r := &recorder{TB: t}
		if tt.check(r, []byte(tt.body)); len(r.said) == 0 {
			t.Errorf("%s passes", name)
		}
	}
}
