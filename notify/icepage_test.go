package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// A change of ICE's page is a sentence, under a title that calls it no milestone, and comes
// from no list.
func TestComposeIcePage(t *testing.T) {
	at := time.Date(2025, time.July, 3, 20, 0, 0, 0, time.UTC)
	page := roster.Change{ID: "chg_1", Seq: 1, Kind: roster.KindPage, DetectedAt: at, Publication: roster.Evidence{List: roster.ListParticipating, SHA256: "abc", PublishedAt: at}, Certainty: roster.Certain,
		Page: &roster.PageNews{URL: "https://www.ice.gov/identify-and-arrest/287g", SeenAt: at, Added: []string{"New words."}}}
	page.Text = prose.English.Text(page, prose.Context{})
	hundred := roster.Change{ID: "chg_2", Seq: 2, Kind: roster.KindMilestone, DetectedAt: at, Publication: page.Publication, Certainty: roster.Certain, Milestone: &roster.Milestone{Name: roster.Hundred, Count: 700}}
	links := Links{Base: "https://287g.example.org"}
	figures := roster.Figures{Active: 777, States: 40, ByState: map[roster.State]int{"TX": 777}}
	one := Compose(Message{Delivery: roster.Delivery{Figures: figures}, Changes: []roster.Change{page}}, links)
	if one.Headline != "287(g): new wording of ICE's page" || one.Source != "ICE's page on 287(g), read July 3, 2025, 4 p.m. ET" || one.NotesTitle() != "ICE's page" ||
		len(one.Notes) != 1 || !strings.Contains(one.Notes[0].Text, `It now says: "New words".`) || len(one.Sections) != 0 ||
		len(one.Evidence) != 1 || one.Evidence[0].URL != "https://287g.example.org/ice-page" || one.Evidence[0].Label != one.Source {
		t.Errorf("%+v", one)
	}
	both := Compose(Message{Delivery: roster.Delivery{Figures: figures}, Changes: []roster.Change{page, hundred}}, links)
	if both.NotesTitle() != "Milestones and ICE's page" || len(both.Notes) != 2 || both.Notes[1].Kind != roster.KindPage || !strings.HasSuffix(both.Headline, ", new wording of ICE's page") ||
		!strings.HasPrefix(both.Source, "ICE's participating list of July 3, 2025, 4 p.m. ET") || len(both.Evidence) != 2 {
		t.Errorf("%+v", both)
	}
}
