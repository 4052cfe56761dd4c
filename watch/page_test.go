package watch_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
)

const (
	pageWords = "Partner With ICE\nAs of March 1, 2025, ICE has signed 1 Memorandum of Agreement.\nNotice is given 90 days before an agreement ends, in writing, by the field office."
	lessWords = "Partner With ICE"
)

// What ICE's page says is kept whenever it changes, and another wording is a change.
func TestPageWords(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")))
	for i, step := range []struct {
		name, words    string
		failing        bool
		texts          int
		added, removed []string // nil where there is no change
		changes        int
	}{
		{name: "no words", words: ""},
		{name: "the first reading", words: pageWords, texts: 1},
		{name: "the same", words: pageWords, texts: 1},
		{name: "another day", words: strings.Replace(pageWords, "March 1", "March 2", 1), texts: 1},
		{name: "another number", words: strings.Replace(pageWords, "March 1, 2025, ICE has signed 1", "March 2, 2025, ICE has signed 1,200", 1), texts: 2},
		{name: "while the page fails", words: "Sorry", failing: true, texts: 2},
		{name: "other words", words: strings.Replace(pageWords, "90 days", "30 days", 1), texts: 3, changes: 1,
			added:   []string{"Notice is given 30 days before an agreement ends, in writing, by the field office."},
			removed: []string{"Notice is given 90 days before an agreement ends, in writing, by the field office."}},
		{name: "most is gone", words: lessWords, texts: 3, changes: 1},
		{name: "and back", words: strings.Replace(pageWords, "90 days", "30 days", 1), texts: 3, changes: 1},
		{name: "most is gone again", words: lessWords, texts: 3, changes: 1},
		{name: "and stays so", words: lessWords, texts: 4, changes: 2, added: []string{},
			removed: []string{"As of March 1, 2025, ICE has signed 1 Memorandum of Agreement.", "Notice is given 30 days before an agreement ends, in writing, by the field office."}},
	} {
		p.page.words, p.page.down = step.words, nil
		if step.failing {
			p.page.down = &scraper.Visit{Outcome: scraper.StatusBlocked, Sentence: "It was blocked.", Words: step.words}
		}
		p.poll()
		texts := must[[]roster.PageText](t)(p.store.PageTexts(t.Context()))
		changes := must[[]roster.Change](t)(p.store.Changes(t.Context(), store.ChangeQuery{Filter: roster.Filter{Kinds: []roster.Kind{roster.KindPage}}}))
		if len(texts) != step.texts || len(changes) != step.changes {
			t.Fatalf("%d, %s: there are %d texts and %d changes, want %d and %d", i, step.name, len(texts), len(changes), step.texts, step.changes)
		}
		if n := len(texts); n > 0 && !step.failing && step.name != "most is gone" && step.name != "most is gone again" && texts[n-1].Text != step.words {
			t.Errorf("%s: it says %q", step.name, texts[n-1].Text)
		}
		if step.added == nil {
			continue
		}
		c := changes[len(changes)-1]
		if c.Page == nil || cmp.Diff(step.added, c.Page.Added) != "" || cmp.Diff(step.removed, c.Page.Removed) != "" || !c.National() || c.Agreement.ID != "" || c.Texts["es"] == "" ||
			!strings.HasPrefix(c.Text, "United States: ICE changed the wording of its page") || c.Publication.List != roster.ListParticipating || c.Seq != uint64(len(changes)) {
			t.Errorf("%s: %+v", step.name, c)
		}
	}
}
