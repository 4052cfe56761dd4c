package feed

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

func TestEveryKind(t *testing.T) {
	kinds := map[roster.Kind]bool{}
	for _, item := range everyKind() {
		kinds[item.Change.Kind] = true
	}
	if len(kinds) != len(roster.Kinds()) {
		t.Fatalf("the fixtures have %d of %d kinds", len(kinds), len(roster.Kinds()))
	}
	for _, f := range formats() {
		t.Run(f.name, func(t *testing.T) {
			body := must(t, f.write, feedOf(everyKind()...))
			golden.Compare(t, f.name, spread(t, f.name, body))
			f.check(t, body)
			spanish := feedOf(everyKind()...)
			spanish.Language, spanish.Base = prose.Spanish, spanish.Base+"/es"
			translated := must(t, f.write, spanish)
			golden.Compare(t, "es-"+f.name, spread(t, f.name, translated))
			f.check(t, translated)
			if again := must(t, f.write, feedOf(everyKind()...)); !bytes.Equal(body, again) {
				t.Error("the same feed, written again, has other bytes")
			}
		})
	}
}

func TestEmptyFeedKeepsTheRules(t *testing.T) {
	for _, f := range formats() {
		t.Run(f.name, func(t *testing.T) {
			feed := feedOf()
			feed.First, feed.Previous, feed.Next, feed.Description = "", "", "", ""
			body := must(t, f.write, feed)
			f.check(t, body)
			for _, absent := range []string{`rel="next"`, `rel="first"`, `rel="previous"`, "next_url", "null"} {
				if bytes.Contains(body, []byte(absent)) {
					t.Errorf("a single page has %s:\n%s", absent, body)
				}
			}
		})
	}
}

// seen is what a reader of feeds shows of an entry.
type seen struct {
	ID, Title, Link string
	Published       time.Time
	Categories      []string
	Content         string
}

// read has gofeed read a document, as a reader would.
func read(t *testing.T, body []byte) (*gofeed.Feed, []seen) {
	t.Helper()
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	entries := make([]seen, 0, len(feed.Items))
	for _, i := range feed.Items {
		if i.UpdatedParsed != nil && !i.UpdatedParsed.Equal(*i.PublishedParsed) { // RSS has no date of an update
			t.Errorf("%s was updated %v", i.GUID, i.UpdatedParsed)
		}
		content := i.Content
		if content == "" {
			content = i.Description
		}
		entries = append(entries, seen{i.GUID, i.Title, i.Link, *i.PublishedParsed, i.Categories, content})
	}
	return feed, entries
}

// TestReadersSeeTheSame compares what gofeed makes of each format.
func TestReadersSeeTheSame(t *testing.T) {
	feed := feedOf(everyKind()...)
	want := make([]seen, 0, len(feed.Items))
	for _, item := range feed.Items {
		c := item.Change
		labels := []string{string(c.Kind)}
		if !c.National() {
			labels = []string{fmt.Sprintf("%s (%s)", c.Agreement.State.Name(), c.Agreement.State),
				fmt.Sprintf("%s (%s)", c.Agreement.Model.Name(), c.Agreement.Model), string(c.Kind)}
		}
		want = append(want, seen{"tag:github.com,2026:watch287g/watch287g:" + c.ID, prose.English.Title(c), base + "/changes/" + c.ID, c.DetectedAt.Truncate(time.Second), labels, contentOf(prose.English, item, base).html()})
	}
	for _, f := range formats() {
		t.Run(f.name, func(t *testing.T) {
			doc, entries := read(t, must(t, f.write, feed))
			if doc.Title != feed.Title || doc.Description != feed.Description || doc.Link != feed.Home || doc.FeedLink != feed.Self {
				t.Errorf("of the feed a reader sees %q, %q, %q, %q", doc.Title, doc.Description, doc.Link, doc.FeedLink)
			}
			if !strings.EqualFold(doc.Language, "en-US") {
				t.Errorf("language %q", doc.Language)
			}
			if doc.UpdatedParsed != nil && !doc.UpdatedParsed.Equal(feed.Updated.Truncate(time.Second)) {
				t.Errorf("updated %v, want %v", doc.UpdatedParsed, feed.Updated)
			}
			if diff := cmp.Diff(want, entries); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEntriesNeverMove: an entry is the same in every feed that carries it, on
// whichever page, whatever happened since.
func TestEntriesNeverMove(t *testing.T) {
	items := everyKind()
	for _, f := range formats() {
		_, all := read(t, must(t, f.write, feedOf(items...)))
		for i := range items {
			alone := feedOf(items[i])
			alone.Title, alone.Updated, alone.Next = "Another feed", published.AddDate(1, 0, 0), ""
			if _, one := read(t, must(t, f.write, alone)); !cmp.Equal(one[0], all[i]) {
				t.Errorf("%s: entry %d differs between two feeds:\n%s", f.name, i, cmp.Diff(all[i], one[0]))
			}
		}
	}
}

// TestDatesAreInUTC: a moment is written the same, wherever the clock stands
// that it was read from.
func TestDatesAreInUTC(t *testing.T) {
	for _, f := range formats() {
		want := feedOf(everyKind()...)
		local := feedOf(everyKind()...)
		local.Updated = local.Updated.In(roster.Washington())
		for i := range local.Items {
			local.Items[i].Change.DetectedAt = local.Items[i].Change.DetectedAt.In(roster.Washington())
		}
		_, utc := read(t, must(t, f.write, want))
		body := must(t, f.write, local)
		f.check(t, body)
		if _, got := read(t, body); !cmp.Equal(utc, got) {
			t.Errorf("%s:\n%s", f.name, cmp.Diff(utc, got))
		}
		if f.name != "feed.json" && !bytes.Equal(body, must(t, f.write, want)) { // which has the change as it is, too
			t.Errorf("%s has other bytes", f.name)
		}
	}
}

// TestIDsOutliveTheSite: another address of the site changes links, not ids.
func TestIDsOutliveTheSite(t *testing.T) {
	for _, f := range formats() {
		moved := feedOf(everyKind()...)
		moved.Base, moved.Self, moved.Home = "https://elsewhere.example", "https://elsewhere.example/feed", "https://elsewhere.example/changes"
		_, before := read(t, must(t, f.write, feedOf(everyKind()...)))
		_, after := read(t, must(t, f.write, moved))
		for i := range before {
			if before[i].ID != after[i].ID || before[i].Link == after[i].Link {
				t.Errorf("%s: %q becomes %q, %q becomes %q", f.name, before[i].ID, after[i].ID, before[i].Link, after[i].Link)
			}
		}
	}
}

// TestPagesAreOneFeed: the id of an Atom feed is that of its first page
// (RFC 4287, 4.2.6; RFC 5005, 3).
func TestPagesAreOneFeed(t *testing.T) {
	first := feedOf()
	first.Self, first.First, first.Previous = first.First, "", ""
	for name, f := range map[string]Feed{"the first page": first, "the second": feedOf()} {
		if body := must(t, Atom, f); !bytes.Contains(body, []byte("<id>"+base+"/feed?kind=all</id>")) {
			t.Errorf("%s:\n%s", name, body)
		}
	}
}

func TestContent(t *testing.T) {
	content := map[roster.Kind]string{}
	for _, item := range everyKind() {
		content[item.Change.Kind] += contentOf(prose.English, item, base).html()
	}
	list := rostertest.Evidence(roster.ListParticipating, published, 0)
	for kind, wants := range map[roster.Kind][]string{
		roster.KindNew: {
			"<p>Texas: ICE now lists a Warrant Service Officer agreement with Lampasas County Sheriff&#39;s Office, signed June 15, 2025",
			`<li>Agency: <a href="https://287g.example.org/agencies/TX-lampasas-county-sheriffs-office">Lampasas County Sheriff&#39;s Office</a></li>`,
			"<li>County: Lampasas County</li>", "<li>Model: Warrant Service Officer</li>",
			"<li>Signed: June 15, 2025, according to ICE</li>", "<li>Pending since: June 1, 2025 or before</li>",
			`<li>Linked by ICE: <a href="https://www.ice.gov/doclib/287gMOA/lampasas-county-sheriffs-office.pdf">memorandum of agreement</a></li>`,
			`<li>Evidence: <a href="https://287g.example.org/publications/` + list.SHA256 + `">ICE&#39;s participating list of July 3, 2025, 4 p.m. ET</a>, row 412, file participatingAgencies07032025pm.xlsx</li>`,
		},
		roster.KindRemoved:   {"<li>Listed since: April 15, 2025</li>", "4 p.m. ET</a>, file participatingAgencies"},
		roster.KindWithdrawn: {"<li>Pending since: June 2, 2025</li>"},
		roster.KindRestored:  {`<p>This takes back <a href="https://287g.example.org/changes/chg_00000003">Florida: ICE no longer lists the Task Force Model agreement with Bartow Police Department</a>, reported on July 3, 2025.</p>`},
		roster.KindAmended:   {"<li>Agency name: Lampass County Sheriff&#39;s Office → Lampasas County Sheriff&#39;s Office</li>", "<li>Certainty: likely the same agreement; ICE gives no id</li>"},
		roster.KindDetail:    {"<li>County: Lampass County → Lampasas County</li>"},
		roster.KindPage:      {"reimburses &lt;b&gt;agencies", `<li>Evidence: <a href="https://287g.example.org/ice-page">ICE&#39;s page on 287(g), read `},
		roster.KindDocument:  {`<li>Memorandum of agreement: none → <a href="https://www.ice.gov/doclib/287gMOA/lampasas-county-sheriffs-office.pdf">`},
	} {
		for _, want := range wants {
			if !strings.Contains(content[kind], want) {
				t.Errorf("%s misses %s\nin %s", kind, want, content[kind])
			}
		}
	}
	for kind, absent := range map[roster.Kind]string{
		roster.KindPending:  "Signed:",                          // the pending list has no signing dates
		roster.KindNew:      "Certainty:",                       // certain
		roster.KindRemoved:  "row 0",                            // the news is that there is no row
		roster.KindDetail:   "<li>County: Lampasas County</li>", // said already, with what it was before
		roster.KindRestored: "Listed since",                     // it has none
		roster.KindPage:     "Agency",                           // it is of none
	} {
		if strings.Contains(content[kind], absent) {
			t.Errorf("%s says %s: %s", kind, absent, content[kind])
		}
	}
}

// TestCorrectionWithoutItsEntry: what is taken back is linked even where the
// caller does not have it.
func TestCorrectionWithoutItsEntry(t *testing.T) {
	c := removal()
	c.Kind, c.Corrects = roster.KindRestored, "chg_01gone"
	got := contentOf(prose.English, Item{Change: c}, base)
	if want := "This takes back an earlier entry (https://287g.example.org/changes/chg_01gone)."; !strings.Contains(got.plain(), want) {
		t.Errorf("%s", got.plain())
	}
}

// TestNationalMilestone: the agreement that a milestone of the country carries
// is no part of the news.
func TestNationalMilestone(t *testing.T) {
	for _, f := range formats() {
		_, entries := read(t, must(t, f.write, feedOf(everyKind()[0])))
		e := entries[0]
		if strings.Contains(e.Content, "Lampasas") || slices.ContainsFunc(e.Categories, func(c string) bool { return strings.Contains(c, "Texas") }) {
			t.Errorf("%s: %v %s", f.name, e.Categories, e.Content)
		}
	}
}

// TestMoveIsTaggedOnBothSides: a change that moves an agreement from state to
// state stands in the feeds of both.
func TestMoveIsTaggedOnBothSides(t *testing.T) {
	c := removal()
	before := c.Agreement
	before.State = "NY"
	c.Kind, c.Before = roster.KindAmended, &before
	want := []string{"Florida (FL)", "New York (NY)", "Task Force Model (TFM)", "amended"}
	for _, f := range formats() {
		if _, entries := read(t, must(t, f.write, feedOf(Item{Change: c}))); !slices.Equal(entries[0].Categories, want) {
			t.Errorf("%s: %q", f.name, entries[0].Categories)
		}
	}
}

func TestImpossibleFeeds(t *testing.T) {
	for name, tt := range map[string]struct {
		with func(*Feed)
		want string
	}{
		"no title":          {func(f *Feed) { f.Title = " \u200B" }, "no title"},
		"relative site":     {func(f *Feed) { f.Base = "" }, "address of the site"},
		"relative self":     {func(f *Feed) { f.Self = "/feed" }, "address of the document"},
		"relative home":     {func(f *Feed) { f.Home = "changes" }, "address of the page"},
		"hostile next page": {func(f *Feed) { f.Next = "javascript:alert(1)" }, "address of the older page"},
		"no id":             {func(f *Feed) { f.Items[0].Change.ID = "" }, "has no id"},
		"an endless id":     {func(f *Feed) { f.Items[0].Change.ID = strings.Repeat("x", 3000) }, "too long for an address"},
		"twice":             {func(f *Feed) { f.Items[1].Change.ID = f.Items[0].Change.ID }, "twice"},
		"year 10000":        {func(f *Feed) { f.Items[0].Change.DetectedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, "year 10000"},
		"update in 10000":   {func(f *Feed) { f.Updated = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, "year 10000"},
	} {
		for _, format := range formats() {
			f := feedOf(everyKind()...)
			tt.with(&f)
			if body, err := format.write(f); err == nil || !strings.Contains(err.Error(), tt.want) || body != nil {
				t.Errorf("%s, %s: %v", name, format.name, err)
			}
		}
	}
}

func BenchmarkFifty(b *testing.B) {
	var items []Item
	for n := range 5 {
		for _, item := range everyKind() {
			item.Change.ID = fmt.Sprintf("%s_%d", item.Change.ID, n)
			items = append(items, item)
		}
	}
	f := feedOf(items...)
	for _, format := range formats() {
		b.Run(format.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, format.write, f)
			}
		})
	}
}
