package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
)

func TestCompose(t *testing.T) {
	for name, m := range fixtures() {
		t.Run(name, func(t *testing.T) {
			p := Compose(m, fixtureLinks)
			golden(t, "words/"+name+".txt", []byte("Subject: "+p.Subject+"\n\n"+p.Text()+"\n"))
		})
	}
}

func TestComposedPageKeepsItsLines(t *testing.T) {
	for name, m := range fixtures() {
		p := Compose(m, fixtureLinks)
		texts := []string{p.Subject, p.Headline, p.Source}
		for _, s := range p.Sections {
			texts = append(texts, s.Title)
			for _, l := range s.Lines {
				texts = append(texts, l.Agency, l.Detail, l.MOA, l.Evidence)
			}
		}
		for _, n := range p.Notes {
			texts = append(texts, n.Text)
		}
		for _, s := range texts {
			if strings.ContainsAny(s, "\r\n\t") {
				t.Errorf("%s: a line break in %q", name, s)
			}
		}
		if n := utf8.RuneCountInString(p.Subject); n == 0 || n > subjectWidth {
			t.Errorf("%s: a subject of %d characters", name, n)
		}
	}
}

func TestTextUpTo(t *testing.T) {
	for name, m := range fixtures() {
		for _, links := range []Links{fixtureLinks, {}} {
			p := Compose(m, links)
			changes := len(m.Changes)
			for _, limit := range []int{200, 500, 2000, 4096, 20_000, 1 << 20} {
				s := p.TextUpTo(limit)
				if len(s) > limit || !utf8.ValidString(s) || strings.TrimSpace(s) == "" {
					t.Errorf("%s up to %d: %d bytes, valid %t", name, limit, len(s), utf8.ValidString(s))
				}
				left := 0
				if _, more, cut := strings.Cut(s, "\n… and "); cut {
					if _, err := fmt.Sscanf(more, "%d more", &left); err != nil || left == 0 {
						t.Errorf("%s up to %d: %q", name, limit, more)
					}
				}
				if shown := shownChanges(s); changes > 0 && limit >= 500 && shown+left != changes {
					t.Errorf("%s up to %d: %d shown and %d more of %d", name, limit, shown, left, changes)
				}
			}
		}
	}
}

// shownChanges counts the lines that say a change or a milestone.
func shownChanges(s string) int {
	n := 0
	for line := range strings.Lines(s) {
		if len(line) > 3 && strings.HasPrefix(line, "  ") && line[2] != ' ' {
			n++
		}
	}
	return n
}

func TestTextUpToGolden(t *testing.T) {
	p := Compose(fixtures()["forty-new"], fixtureLinks)
	golden(t, "words/forty-new-up-to-2000.txt", []byte(p.TextUpTo(2000)+"\n"))
}

func TestSpan(t *testing.T) {
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct{ first, last, want string }{
		{"2025-07-03T20:00:00Z", "2025-07-03T20:00:31Z", "July 3, 2025, 4 p.m. ET"},
		{"2025-07-03T13:30:00Z", "2025-07-03T20:05:00Z", "July 3, 2025, 9:30 a.m. to 4:05 p.m. ET"},
		{"2025-07-03T16:00:00Z", "2025-07-03T16:00:00Z", "July 3, 2025, noon ET"},
		{"2025-07-04T03:59:00Z", "2025-07-04T03:59:00Z", "July 3, 2025, 11:59 p.m. ET"},
		{"2025-07-04T04:00:00Z", "2025-07-04T04:00:00Z", "July 4, 2025, midnight ET"},
		{"2025-07-01T20:00:00Z", "2025-07-03T20:00:00Z", "July 1 to 3, 2025"},
		{"2025-06-30T20:00:00Z", "2025-07-03T20:00:00Z", "June 30 to July 3, 2025"},
		{"2025-12-30T20:00:00Z", "2026-01-02T20:00:00Z", "December 30, 2025, to January 2, 2026"},
	} {
		if got := span(at(tt.first), at(tt.last)); got != tt.want {
			t.Errorf("%s to %s: %q, want %q", tt.first, tt.last, got, tt.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	by := map[roster.State]int{"FL": 3, "TX": 1, "GU": 1, "ME": 0}
	for _, tt := range []struct {
		figures roster.Figures
		want    string
	}{
		{roster.Figures{}, ""},
		{roster.Figures{States: 3, ByState: by}, " in 2 states and 1 territory"},
		{roster.Figures{States: 40, ByState: by}, " in 40 states and territories"},
		{roster.Figures{States: 1, ByState: map[roster.State]int{"FL": 3}}, " in 1 state"},
	} {
		if got := places(tt.figures); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.figures, got, tt.want)
		}
	}
}

func TestParticularsKeepTheReserves(t *testing.T) {
	for _, tt := range []struct {
		with func(*roster.Change)
		want string
	}{
		{func(*roster.Change) {}, "Task Force Model, signed July 2, pending 8 days"},
		{func(c *roster.Change) { c.SinceIsLowerBound = true }, "Task Force Model, signed July 2, pending at least 8 days"},
		{func(c *roster.Change) { c.AgencyActiveCount = 1 }, "Task Force Model, signed July 2, pending 8 days"},
		{func(c *roster.Change) { c.AgencyActiveCount = 3 }, "Task Force Model, signed July 2, pending 8 days; one of the agency's 3 active agreements"},
	} {
		c := newPalmBay(1)
		c.PendingSince = "2025-06-25"
		tt.with(&c)
		if got := particulars(c); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestWebLink(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.ice.gov/doclib/a b.pdf": "https://www.ice.gov/doclib/a%20b.pdf",
		"http://www.ice.gov/x":               "http://www.ice.gov/x",
		"http:":                              "",
		"https:/www.ice.gov/x":               "",
		"javascript:alert(1)":                "",
		"chrome-extension://abc/x.pdf":       "",
		"https://ice.gov@evil.example/x":     "",
		"":                                   "",
	} {
		if got := webLink(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
