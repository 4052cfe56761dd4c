package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// paperReader reads made-up documents, of which all is known.
type paperReader struct{}

func (paperReader) Read(_ context.Context, body []byte) (document.Reading, error) {
	r := document.Reading{ReadBy: document.Version}
	_, text, _ := bytes.Cut(body, []byte("\n"))
	for i, page := range strings.Split(string(text), "\f") {
		r.Pages = append(r.Pages, document.Page{Number: i + 1, Text: page, Scanned: page == ""})
	}
	return r, nil
}

// playPapers has the program watch the story, in time that is made up, and returns where it
// kept what it knows.
func playPapers(t *testing.T) (*paperStory, string) {
	t.Helper()
	data := t.TempDir()
	s := &paperStory{site: &paperSite{files: map[string][]byte{}, since: map[string]time.Time{}, log: map[string][]answered{}}, known: map[string]*paper{}}
	synctest.Test(t, func(t *testing.T) {
		began := time.Date(2025, time.March, 3, 14, 0, 0, 0, time.UTC)
		time.Sleep(time.Until(began))
		path := filepath.Join(data, "watch287g.db")
		kept, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Close() //nolint:errcheck // all is committed
		source, err := scraper.New(scraper.Options{Transport: s.site, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		w := watch.New(watch.Options{Store: kept, Source: source, Every: 12 * time.Hour, Diff: diff.Settings{AcceptAfter: 24 * time.Hour}, Now: time.Now,
			Documents: &watch.Documents{Source: source, Archive: documents.On(path, time.Now), Reader: paperReader{}, Timeout: 30 * time.Second}})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		for i, step := range tellPapers(newStoryPapers()) {
			time.Sleep(time.Until(began.AddDate(0, 0, step.day)))
			step.do(s)
			for _, n := range step.told {
				n.since = time.Now()
				s.news = append(s.news, n)
			}
			if i == 0 {
				go func() { ended <- w.Run(ctx) }()
			}
		}
		s.ended = time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, data
}

// What is told of documents is what ICE's server had, and all of it, wherever it is said; and
// what is false of it is found.
func TestClaimsOfDocuments(t *testing.T) {
	t.Parallel()
	s, data := playPapers(t)
	changes, err := readClaims(output(t, program(t, time.Time{}, "--data", data, "changes", "--format", "jsonl")))
	if err != nil {
		t.Fatal(err)
	}
	lists := s.read(t)
	for _, f := range contradictionsWith(changes, lists, s) {
		t.Error(f)
	}
	s.checkLies(t, changes, lists)
	kept, err := bolt.Open(filepath.Join(data, "watch287g.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close() //nolint:errcheck // nothing is at stake
	s.checkChannels(t, kept, changes)
	site := s.surfaces(t, data, kept)
	for _, wrong := range slices.Concat(s.feedsWrong(site, changes), s.pagesWrong(site.read, changes), apiWrong(site)) {
		t.Error(wrong)
	}
	s.checkPageLies(t, site, changes)
	s.checkOperator(t, data, kept)
}

// contradicted is what is false of changes of documents alone.
func (s *paperStory) contradicted(changes []claim, lists []*icesList) []string {
	o := newOracle(changes, lists, s)
	for i := range changes {
		if changes[i].Document != nil {
			o.check(&changes[i])
		}
	}
	o.checkPapersTold()
	return o.found
}

// checkLies makes each change of a document false in each way.
func (s *paperStory) checkLies(t *testing.T, changes []claim, lists []*icesList) {
	t.Helper()
	told := 0
	for i, c := range changes {
		if c.Document == nil {
			continue
		}
		for name, lie := range liesOfDocuments(c) {
			lied := slices.Clone(changes)
			lied[i] = copyOf(t, c)
			lie(&lied[i])
			told++
			if len(s.contradicted(lied, lists)) == 0 {
				t.Errorf("not found: %s of %s", name, c.Text)
			}
		}
		if len(s.contradicted(slices.Delete(slices.Clone(changes), i, i+1), lists)) == 0 {
			t.Errorf("not missed: %s", c.Text)
		}
		if len(s.contradicted(append(slices.Clone(changes), c), lists)) == 0 {
			t.Errorf("told twice: %s", c.Text)
		}
	}
	if told < 300 {
		t.Errorf("only %d lies were told", told)
	}
}

// liesOfDocuments are ways to make a change of a document false.
func liesOfDocuments(c claim) map[string]func(c *claim) {
	lies := map[string]func(c *claim){
		"another agency": func(c *claim) { c.Agreement.Agency = sheriff("Elm") },
		"another row":    func(c *claim) { c.Publication.Row++ },
		"another list":   func(c *claim) { c.Publication.File = "participating-0.xlsx" },
		"another part": func(c *claim) {
			c.Document.Part = map[string]string{"moa": "addendum", "addendum": "moa"}[c.Document.Part]
		},
		"another address":    func(c *claim) { c.Document.URL += "?" },
		"moved from":         func(c *claim) { c.Document.FromURL = paperFolder + "elm.pdf" },
		"another file":       func(c *claim) { c.Document.SHA256 = strings.Repeat("0", 64) },
		"another before":     func(c *claim) { c.Document.Before = strings.Repeat("0", 64) },
		"found earlier":      func(c *claim) { c.Document.FoundAt = c.Document.FoundAt.AddDate(0, 0, -20) },
		"found later":        func(c *claim) { c.DetectedAt = c.DetectedAt.AddDate(0, 0, 9); c.Document.FoundAt = c.DetectedAt },
		"one page more":      func(c *claim) { c.Document.Pages++ },
		"another form":       func(c *claim) { c.Document.Form = "tfm-2026-01-01" },
		"a page more before": func(c *claim) { c.Document.PagesBefore++ },
		"one paragraph more": func(c *claim) { c.Document.Added++ },
		"one altered more":   func(c *claim) { c.Document.Altered++ },
		"one less":           func(c *claim) { c.Document.Removed++ },
		"compared":           func(c *claim) { c.Document.Compared = !c.Document.Compared },
		"another problem":    func(c *claim) { c.Document.Problem += "x" },
		"another's":          func(c *claim) { c.Document.OtherAgency = sheriff("Elm") },
		"shared":             func(c *claim) { c.Document.OtherIDs = append(c.Document.OtherIDs, c.Agreement.ID) },
		"likely":             func(c *claim) { c.Certainty = "likely" },
		"a field":            func(c *claim) { c.Fields = append(c.Fields, claimedField{Name: "moa_url"}) },
		"Spanish of another": func(c *claim) {
			c.Texts = map[string]string{"es": strings.Replace(c.Texts["es"], c.Agreement.Agency, sheriff("Elm"), 1)}
		},
	}
	for _, event := range []string{"linked", "replaced", "moved", "gone", "back", "no_document"} {
		if event != c.Document.Event {
			lies["the event "+event] = func(c *claim) { c.Document.Event = event }
		}
	}
	for _, l := range liesInText(c) {
		lies[l.what] = l.tell
	}
	for _, word := range []string{"replaced", "same address", "another address", "byte for byte", "twice", "no longer", "again", "as many pages", "added", "altered", "web page", "empty", "not on"} {
		if strings.Contains(c.Text, word) {
			lies["without "+word] = func(c *claim) { c.Text = strings.Replace(c.Text, word, "", 1) }
		}
	}
	for _, word := range []string{"reemplazó", "misma dirección", "otra dirección", "byte por byte", "dos veces", "ya no", "de nuevo", "mismo número", "añadi", "modific", "página web", "vacío", "no está"} {
		if strings.Contains(c.Texts["es"], word) {
			lies["in Spanish without "+word] = func(c *claim) { c.Texts = map[string]string{"es": strings.Replace(c.Texts["es"], word, "", 1)} }
		}
	}
	return lies
}

// read reads the lists of the story.
func (s *paperStory) read(t *testing.T) []*icesList {
	t.Helper()
	lists, err := readLists(archived(t, s.lists))
	if err != nil {
		t.Fatal(err)
	}
	return lists
}
