package notify

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/watch287g/watch287g/internal/golden"
)

func TestCompose(t *testing.T) {
	for name, m := range inBothLanguages() {
		t.Run(name, func(t *testing.T) {
			p := Compose(m, fixtureLinks)
			if len(m.Changes) > 100 && m.Language != "" {
				return // whose lines are those of the others
			}
			golden.Compare(t, "words/"+name+".txt", []byte("Subject: "+p.Subject+"\n\n"+p.Text()+"\n"))
		})
	}
}

func TestComposedPageKeepsItsLines(t *testing.T) {
	for name, m := range inBothLanguages() {
		p := Compose(m, fixtureLinks)
		texts := []string{p.Subject, p.Headline, p.Source}
		for _, s := range p.Sections {
			texts = append(texts, s.Title)
			for _, l := range s.Lines {
				texts = append(texts, l.Agency, l.Detail, l.MOA.URL, l.MOA.Text, l.Evidence)
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
	for name, m := range inBothLanguages() {
		for _, links := range []Links{fixtureLinks, {}} {
			p := Compose(m, links)
			changes := len(m.Changes)
			for _, limit := range []int{200, 500, 2000, 4096, 20_000, 1 << 20} {
				s := p.TextUpTo(limit)
				if len(s) > limit || !utf8.ValidString(s) || strings.TrimSpace(s) == "" {
					t.Errorf("%s up to %d: %d bytes, valid %t", name, limit, len(s), utf8.ValidString(s))
				}
				left := 0
				if more := notShown.FindStringSubmatch(s); more != nil {
					if left, _ = strconv.Atoi(more[1]); left == 0 {
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

var (
	inlineItem = regexp.MustCompile(`\((?:Jail Enforcement|Task Force|Warrant Service|aplicación en cárceles|grupo de trabajo|servicio de órdenes)[,)]`)
	notShown   = regexp.MustCompile(`(?m)(?:^|\n)(?:Not shown|Sin mostrar): ([0-9]+) (?:change|cambio)`)
)

// shownChanges counts the changes and milestones that a text names, on lines of their own
// or behind a state.
func shownChanges(s string) int {
	n := 0
	for line := range strings.Lines(s) {
		switch {
		case strings.HasPrefix(line, "  … "):
		case len(line) > 3 && strings.HasPrefix(line, "  ") && line[2] != ' ':
			n++
		case strings.Contains(line, " · ") && !strings.HasPrefix(line, "287(g)"):
			n += len(inlineItem.FindAllString(line, -1))
		}
	}
	return n
}

func TestTextUpToGolden(t *testing.T) {
	p := Compose(fixtures()["forty-new"], fixtureLinks)
	golden.Compare(t, "words/forty-new-up-to-2000.txt", []byte(p.TextUpTo(2000)+"\n"))
}

// A document that is not at a government's site is named by its host, and nobody is
// sent there.
func TestDocumentElsewhere(t *testing.T) {
	c := newPalmBay(1)
	c.Agreement.MOA = "https://files.example/moa.pdf"
	p := Compose(fixtureMessage(c), fixtureLinks)
	blocks, err := json.Marshal(slackBody(p))
	if err != nil {
		t.Fatal(err)
	}
	var mail strings.Builder
	if err := emailHTML.Execute(&mail, emailPage{Page: p}); err != nil {
		t.Fatal(err)
	}
	for channel, text := range map[string]string{"text": p.Text(), "slack": string(blocks), "email": mail.String()} {
		if !strings.Contains(text, "MOA at files.example") || strings.Contains(text, "files.example/") {
			t.Errorf("%s: %s", channel, text)
		}
	}
}
