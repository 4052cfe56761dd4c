package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// claimedPage is what a change says of ICE's page.
type claimedPage struct {
	URL     string    `json:"url"`
	SeenAt  time.Time `json:"seen_at"`
	Before  time.Time `json:"before"`
	Added   []string  `json:"added"`
	Removed []string  `json:"removed"`
}

// checkPage holds a change of ICE's page to what it can say: of no agreement, by the list in
// force, and in the words that it gives itself.
func (h *hearing) checkPage() {
	c := h.c
	h.must(h.here == h.active, "evidence", "%s was not in force", c.Publication.File)
	h.must(c.Agreement == claimed{} && c.Before == nil && len(c.Fields) == 0 && c.Milestone == nil && c.Corrects == "", "agreement", "the page is of none")
	h.must(c.Certainty == "certain", "certainty", "the page was read")
	if c.Page == nil || len(c.Page.Added)+len(c.Page.Removed) == 0 {
		h.no("page", "what changed is not said")
		return
	}
	h.must(c.Page.SeenAt.Equal(c.DetectedAt) && c.Page.Before.Before(c.Page.SeenAt), "page", "it was read at another time")
	for _, p := range c.Page.Added {
		h.must(!slices.Contains(c.Page.Removed, p), "page", "%q came and went", p)
	}
	text := "United States: ICE changed the wording of its page on 287(g)."
	for _, part := range []struct {
		begin string
		all   []string
	}{{" It now says: ", c.Page.Added}, {" It no longer says: ", c.Page.Removed}} {
		quoted := []string{}
		for _, p := range part.all[:min(3, len(part.all))] {
			quoted = append(quoted, `"`+strings.TrimSuffix(p, ".")+`"`)
		}
		if len(quoted) > 0 {
			text += part.begin + strings.Join(quoted, ", ")
			switch more := len(part.all) - len(quoted); {
			case more == 1:
				text += ", and 1 more paragraph"
			case more > 1:
				text += fmt.Sprintf(", and %d more paragraphs", more)
			}
			text += "."
		}
	}
	h.must(c.Text == text, "text", "it would be: %s", text)
}

// What is said of ICE's page is what it says: paragraphs come and go by chance, and each
// lie about that is found.
func TestClaimsOfPage(t *testing.T) {
	t.Parallel()
	files := tellClaims()[:2]
	index := archived(t, files)
	l := newLifetime(t)
	l.site.Publish(files...)
	l.now = files[len(files)-1].At
	chance := rand.New(rand.NewPCG(287, 12))
	pool := strings.Fields("Reimbursement Training Oversight Contact Delegation Complaints Funding")
	before, changes := "", []string{}
	for i := range 14 {
		l.now = l.now.Add(time.Hour)
		said := ""
		if n := chance.IntN(len(pool) + 1); n > 0 {
			said = pool[n-1] + " is explained here."
		}
		l.site.Says(said)
		output(t, l.call("poll"))
		if said != before && i > 0 { // the first reading is no news
			changes = append(changes, before+" > "+said)
		}
		before = said
	}
	claims, err := readClaims(output(t, l.call("changes", "--format", "jsonl")))
	if err != nil {
		t.Fatal(err)
	}
	lists, err := readLists(index)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var pages []claim
	for _, c := range claims {
		if c.Kind == "page" {
			got, pages = append(got, strings.Join(c.Page.Removed, "")+" > "+strings.Join(c.Page.Added, "")), append(pages, c)
		}
	}
	if !slices.Equal(got, changes) || len(got) < 8 {
		t.Errorf("%q, and the page went %q", got, changes)
	}
	for _, f := range contradictions(claims, lists) {
		t.Error(f)
	}
	for name, lie := range map[string]func(*claim){
		"another paragraph": func(c *claim) { c.Page.Added = append(c.Page.Added, "More.") },
		"one too few":       func(c *claim) { c.Page.Added, c.Page.Removed = nil, nil },
		"another text":      func(c *claim) { c.Text = strings.Replace(c.Text, "explained", "denied", 1) },
		"an agreement":      func(c *claim) { c.Agreement.State = "TX" },
		"another time":      func(c *claim) { c.Page.SeenAt = c.Page.SeenAt.Add(time.Minute) },
		"only likely":       func(c *claim) { c.Certainty = "likely" },
	} {
		lied := copyOf(t, pages[0])
		lie(&lied)
		if len(contradictions([]claim{lied}, lists)) == 0 {
			t.Errorf("not found: %s", name)
		}
	}
}
