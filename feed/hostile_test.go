package feed

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// hostile is what a cell of a spreadsheet could say to do harm.
func hostile() map[string]string {
	return map[string]string{
		"script":      "<script>alert(1)</script>",
		"attribute":   `" onmouseover="alert(1)`,
		"entity":      "&lt;b&gt; &amp; &#60;script&#62; &bogus;",
		"cdata":       "Polk ]]> <![CDATA[ ]]&gt; County",
		"comment":     "<!-- Polk --> County",
		"controls":    "Polk\x00\x01\x08\x0b\x1f\x7f\u0085\uFFFE\uFFFF County",
		"not UTF-8":   "Polk \xff\xfe\xed\xa0\x80 County",
		"bidi":        "Polk \u202Efdp.exe\u202C \u2066\u2069\u200F\uFEFF County",
		"lines":       "Polk\r\nBcc: everyone@example.org\n\n\u2028County",
		"very long":   strings.Repeat("<Polk & County> ", 2048), // as much as a cell can hold
		"empty":       "",
		"blank":       " \u00A0\u3000 ",
		"invisible":   "\u200B\u2060",
		"javascript":  "javascript:alert(1)",
		"data":        "data:text/html,<script>alert(1)</script>",
		"relative":    "/changes/../..",
		"host":        `https://www.ice.gov"><script>alert(1)</script>`,
		"credentials": "https://ice.gov@evil.example/",
		"query":       "https://www.ice.gov/?q=\"><script>'&x y\u202E",
		"template":    "{{.}} ${1} %s %00 ../",
	}
}

// everywhere is a correction that has a text in every place that ICE or a
// stranger can write to, and what it corrects.
func everywhere(kind roster.Kind, s string) []Item {
	a := roster.Agreement{ID: s, AgencyID: s, State: roster.State(s), Agency: s, County: s, Type: roster.Type(s), Model: roster.Model(s),
		Signed: roster.Date(s), SignedAs: s, MOA: s, Addendum: s}
	id := "chg_" + s[:min(len(s), 100)] // ids are made by the program, and are short
	c := roster.Change{ID: id, Seq: 2, Kind: kind, DetectedAt: published, Agreement: a, Before: &a, Certainty: roster.Likely,
		Publication:  roster.Evidence{List: roster.List(s), File: s, SHA256: s, URL: s, PublishedAt: published, Row: 2},
		PendingSince: roster.Date(s), ListedSince: roster.Date(s), SinceIsLowerBound: true, Corrects: id + "0", Text: s, Milestone: &roster.Milestone{Name: s, Day: roster.Date(s)}}
	for _, name := range []string{"agency", "state", "model", "signed", "county", "type", "rows", "signed_as", "moa_url", "addendum_url", s} {
		c.Fields = append(c.Fields, roster.Field{Name: name, From: s, To: s})
	}
	wrong := c
	wrong.ID, wrong.Corrects, wrong.Fields = c.Corrects, "", c.Fields[:1]
	return []Item{{Change: c, Corrects: &wrong}, {Change: wrong}}
}

// hostileFeed has the text in its own title too, as a search that a visitor
// made would.
func hostileFeed(kind roster.Kind, s string) Feed {
	f := feedOf(everywhere(kind, s)...)
	f.Title, f.Description = "287(g) agreements: "+s, s
	return f
}

func TestHostileText(t *testing.T) {
	for name, s := range hostile() {
		kinds := append(roster.Kinds(), roster.Kind(s))
		if len(s) > 1000 {
			kinds = []roster.Kind{roster.KindNew, roster.KindAmended} // which have it in all places; the others would take long
		}
		for _, kind := range kinds {
			for _, f := range formats() {
				t.Run(name+"/"+f.name, func(t *testing.T) {
					body := must(t, f.write, hostileFeed(kind, s))
					f.check(t, body)
					if len(body) > 60_000 && f.name != "feed.json" { // which has the change as it is, too
						t.Errorf("two entries take %d bytes", len(body))
					}
				})
			}
		}
	}
}

// TestHostileTextStaysText: readers see what ICE printed as text, whole.
func TestHostileTextStaysText(t *testing.T) {
	c := removal()
	c.Agreement.Agency, c.Text = `<b>Polk & "Bartow"</b>`, "Florida: <script>alert(1)</script>"
	for _, f := range formats() {
		_, entries := read(t, must(t, f.write, feedOf(Item{Change: c})))
		for _, want := range []string{"&lt;b&gt;Polk &amp; &#34;Bartow&#34;&lt;/b&gt;</a>", "<p>Florida: &lt;script&gt;alert(1)&lt;/script&gt;</p>"} {
			if !strings.Contains(entries[0].Content, want) {
				t.Errorf("%s misses %s in %s", f.name, want, entries[0].Content)
			}
		}
		want := `Florida: ICE no longer lists the Task Force Model agreement with <b>Polk & "Bartow"</b>`
		if f.name == "rss.xml" { // in which no reader may find a tag
			want = noTags.Replace(want)
		}
		if entries[0].Title != want {
			t.Errorf("%s: title %q, want %q", f.name, entries[0].Title, want)
		}
	}
}

// TestNoHostileLink: what is no web address is told of, and leads nowhere.
func TestNoHostileLink(t *testing.T) {
	for _, address := range []string{"javascript:alert(1)", "http:", "chrome-extension://abc/moa.pdf", "https://ice.gov@evil.example/x"} {
		c := removal()
		c.Kind, c.Agreement.MOA = roster.KindDocument, address
		c.Fields = []roster.Field{{Name: "moa_url", From: address, To: address}}
		s := contentOf(prose.English, Item{Change: c}, base)
		for _, f := range s.Facts {
			for _, p := range f.Spans {
				if p.URL != "" && !strings.HasPrefix(p.URL, base) {
					t.Errorf("%q leads to %q", p.Text, p.URL)
				}
			}
		}
	}
}

// TestExtensionHasTheChange: programs get the change whole, and as it is.
func TestExtensionHasTheChange(t *testing.T) {
	items := everyKind()
	wrong := removal()
	items[4].Corrects = &wrong // an amendment, which takes no change back
	var doc struct {
		Extension struct{ About, Updated string } `json:"_watch287g"`
		Items     []struct {
			Extension struct {
				Change   roster.Change
				Corrects string
			} `json:"_watch287g"`
		}
	}
	if err := json.Unmarshal(must(t, JSON, feedOf(items...)), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Extension.Updated != "2025-07-03T20:10:00Z" || doc.Extension.About == "" {
		t.Errorf("of the feed: %+v", doc.Extension)
	}
	for i, item := range items {
		want, err := json.Marshal(item.Change)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(doc.Items[i].Extension.Change)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
		if item.Corrects != nil && doc.Items[i].Extension.Corrects != ID(*item.Corrects) {
			t.Errorf("it corrects %q", doc.Items[i].Extension.Corrects)
		}
	}
}

// FuzzFeeds puts arbitrary text everywhere: all three formats are written, keep
// their rules, and say the same to a reader.
func FuzzFeeds(f *testing.F) {
	const enough = 1024 // longer texts make no other paths, and take long
	for _, s := range hostile() {
		if len(s) > enough {
			continue
		}
		f.Add(s, "new", "287(g)", int64(1751572800), uint8(3))
		f.Add("Polk County", s, s, int64(0), uint8(9))
	}
	f.Fuzz(func(t *testing.T, s, kind, query string, second int64, pick uint8) {
		if len(s)+len(kind)+len(query) > enough {
			t.Skip()
		}
		if kinds := roster.Kinds(); int(pick) < len(kinds) {
			kind = string(kinds[pick])
		}
		feed := hostileFeed(roster.Kind(kind), s)
		feed.Updated = time.Unix(second%250_000_000_000, 0)
		feed.Items[0].Change.DetectedAt = feed.Updated
		feed.Items[0].Change.Corrects = kind
		feed.Items[0].Change.Agreement.Agency = query
		feed.Self, feed.Next, feed.First = base+"/feed?q="+query, base+"/feed?q="+query+"&page=2", ""
		impossible := prose.Link(feed.Self) == "" || prose.Link(feed.Next) == "" || writable(feed.Updated) != nil
		for _, format := range formats() {
			body, err := format.write(feed)
			if (err != nil) != impossible {
				t.Fatalf("%s: %v, impossible %t", format.name, err, impossible)
			}
			if err != nil {
				continue
			}
			format.check(t, body)
			if _, entries := read(t, body); entries[0].ID != ID(feed.Items[0].Change) || !entries[0].Published.Equal(moment(feed.Updated)) {
				t.Errorf("%s: %+v", format.name, entries[0])
			}
		}
		if title := prose.English.Title(feed.Items[0].Change); strings.ContainsAny(title, "\r\n\t") || title == "" {
			t.Errorf("title %q", title)
		}
	})
}
