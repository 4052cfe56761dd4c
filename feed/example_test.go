package feed_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/watch287g/watch287g/feed"
	"github.com/watch287g/watch287g/roster"
)

// An entry has the same title and the same id in every format, for good.
func ExampleRSS() {
	at := time.Date(2025, time.July, 22, 14, 0, 0, 0, time.UTC)
	signed := roster.Change{ID: "chg_01", Seq: 1, Kind: roster.KindNew, DetectedAt: at, Text: "Florida: ICE now lists an agreement.",
		Publication: roster.Evidence{List: roster.ListParticipating, File: "second.xlsx", URL: "https://www.ice.gov/doclib/second.xlsx", PublishedAt: at},
		Agreement:   roster.Agreement{ID: "FL-sampleton-police-department#TFM#2025-07-20", State: "FL", Agency: "Sampleton Police Department", Model: roster.TFM, Signed: "2025-07-20"}}
	document, err := feed.RSS(feed.Feed{Title: "287(g) agreements", Base: "https://287g.example.org",
		Self: "https://287g.example.org/feeds/changes.rss", Home: "https://287g.example.org/changes", Updated: at, Items: []feed.Item{{Change: signed}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(string(document)) {
		if strings.Contains(line, "<item>") || strings.Contains(line, "<title>") || strings.Contains(line, "<guid") {
			fmt.Print(strings.TrimSpace(line), "\n")
		}
	}
	// Output:
	// <title>287(g) agreements</title>
	// <item>
	// <title>Florida: Sampleton Police Department signs Task Force Model agreement</title>
	// <guid isPermaLink="false">tag:github.com,2026:watch287g/watch287g:chg_01</guid>
}
