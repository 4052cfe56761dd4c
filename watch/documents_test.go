package watch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// shelf is ICE's documents as a scraper reports them, and what reads and keeps them.
type shelf struct {
	archive.Archive
	p       *fixture
	files   map[string]scraper.File // by the file's name
	asked   []ask
	broken  bool // the archive is full
	machine bool // pictures can be read
	ailing  bool // no child can be started
}

type ask struct {
	file string
	at   time.Time
}

const moaFolder = "https://www.ice.gov/doclib/287gMOA/"

func (s *shelf) Fetch(_ context.Context, address string, known scraper.Validators) scraper.File {
	name := strings.TrimPrefix(address, moaFolder)
	s.asked = append(s.asked, ask{name, s.p.now})
	f, ok := s.files[name]
	switch {
	case !ok:
		return scraper.File{Answer: scraper.AnswerGone}
	case f.Answer == scraper.AnswerFile && known.SHA256 != "" && !sentAt(f.Modified).After(sentAt(known.LastModified)):
		return scraper.File{Answer: scraper.AnswerSame} // also of an older one, as servers do
	}
	return f
}

func sentAt(modified string) time.Time {
	at, _ := http.ParseTime(modified)
	return at
}

func (s *shelf) Put(ctx context.Context, body []byte) (string, error) {
	if s.broken {
		return "", archive.ErrNoRoom
	}
	return s.Archive.Put(ctx, body)
}

// Read reads a page of each line, which ends as all pages of an agreement do: one of a few
// words alone would be a picture with a stamp. A line of one word is that.
func (s *shelf) Read(_ context.Context, body []byte) (document.Reading, error) {
	if s.ailing {
		return document.Reading{}, errors.New("no memory")
	}
	r := document.Reading{ReadBy: document.Version}
	lines := strings.Split(strings.TrimSpace(string(body)), "\n")[1:]
	for i, line := range lines {
		stamp := line != "" && !strings.Contains(line, " ")
		if line != "" && !stamp {
			line += "\nThe parties agree that this page is one of an agreement, that it has as many words as such a page has, and that nobody took it for a picture."
		}
		if stamp && s.machine {
			line += "\nWhat the picture says, as a program reads it."
		}
		r.Tried = s.machine
		r.Pages = append(r.Pages, document.Page{Number: i + 1, Text: line, Scanned: stamp, Machine: stamp && s.machine})
	}
	if len(lines) == 0 {
		r.Problem = roster.ProblemUnreadable
	}
	return r, nil
}

// has puts a file at an address: a comment and pages.
func (s *shelf) has(name, comment string, pages ...string) {
	body := []byte("%PDF-1.7 " + comment + "\n" + strings.Join(pages, "\n"))
	s.files[name] = scraper.File{Answer: scraper.AnswerFile, Body: body, SHA256: archive.Hash(body), Modified: s.p.now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}
}

func newShelf(t *testing.T, p *fixture) *shelf {
	t.Helper()
	s := &shelf{Archive: archive.NewDisk(t.TempDir(), 0, func() time.Time { return p.now }), p: p, files: map[string]scraper.File{}}
	p.Watcher = p.watching(s, p.store)
	return s
}

// newShelved is a fixture whose list links files, and the shelf that has none of them yet.
func newShelved(t *testing.T, files ...string) (*fixture, *shelf) {
	t.Helper()
	p := newFixture(t, participating("a.xlsx", day(1), linking(files...)))
	return p, newShelf(t, p)
}

func (p *fixture) watching(s *shelf, over store.Store) *watch.Watcher {
	return p.watchingBy(over, &watch.Documents{Source: s, Archive: s, Reader: s, Timeout: 30 * time.Second})
}

// watchingBy is watching as documents say; nil for documents that are left alone.
func (p *fixture) watchingBy(over store.Store, d *watch.Documents) *watch.Watcher {
	return watch.New(watch.Options{Store: over, Source: p.page, Every: 15 * time.Minute, Diff: diff.Settings{AcceptAfter: 24 * time.Hour},
		Documents: d, Now: func() time.Time { return p.now }})
}

// look makes all looks that are due.
func (p *fixture) look() {
	p.t.Helper()
	for range 100 {
		made, err := p.Look(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		if !made {
			if again, err := p.Look(p.t.Context()); err != nil || !again { // the first may have noted what rows link
				return
			}
		}
	}
	p.t.Fatal("it looks forever")
}

// pass lets time pass with looks, hour by hour.
func (p *fixture) pass(d time.Duration) {
	p.t.Helper()
	for end := p.now.Add(d); p.now.Before(end); {
		p.now = p.now.Add(time.Hour)
		p.look()
	}
}

// told are the events of documents that were told since a number.
func (p *fixture) told() (told []string) {
	for _, c := range p.changes() {
		if n := c.Document; n != nil {
			told = append(told, strings.TrimSpace(fmt.Sprintf("%s %s %s", n.Event, strings.TrimPrefix(n.URL, moaFolder), n.Problem)))
		}
	}
	return told
}

func (p *fixture) wantTold(want ...string) {
	p.t.Helper()
	if got := p.told(); !slices.Equal(got, want) {
		p.t.Errorf("told are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// linking are sheriffs' rows that link a file each.
func linking(files ...string) (rows []sheettest.Row) {
	rows = sheriffs(counties(len(files))...)
	for i, f := range files {
		rows[i].MOA = moaFolder + f
	}
	return rows
}

func TestDocumentsAreWatched(t *testing.T) {
	p, s := newShelved(t, "one.pdf", "two.pdf")
	s.has("one.pdf", "", "I. Purpose of it.", "II. Authority of it.")
	s.has("two.pdf", "", "Other words.")
	p.poll()
	p.look()
	p.pass(time.Hour)
	p.wantTold() // what was there before is no news
	if len(s.asked) != 2 {
		t.Fatalf("asked for %v", s.asked)
	}
	s.has("three.pdf", "", "A third one.")
	p.lists(participating("b.xlsx", day(2), linking("one.pdf", "two.pdf", "three.pdf", "never.pdf")))
	p.pass(8 * time.Hour)
	want := []string{"linked three.pdf", "gone never.pdf"}
	p.wantTold(want...)

	s.has("one.pdf", "", "I. Purpose of it.", "II. Authority of something else altogether.")
	s.has("two.pdf", "saved again", "Other words.")
	p.pass(8 * 24 * time.Hour)
	p.wantTold(append(want, "replaced one.pdf")...)
	want = append(want, "replaced one.pdf")

	kept := s.files["one.pdf"]
	delete(s.files, "one.pdf")
	p.pass(8 * 24 * time.Hour)
	want = append(want, "gone one.pdf")
	p.wantTold(want...)
	s.files["one.pdf"] = kept
	s.files["two.pdf"] = scraper.File{Answer: scraper.AnswerWebPage}
	p.pass(8 * 24 * time.Hour)
	want = append(want, "no_document two.pdf web_page", "back one.pdf")
	got := p.told()
	slices.Sort(got)
	sorted := slices.Clone(want)
	slices.Sort(sorted)
	if !slices.Equal(got, sorted) {
		t.Errorf("told are %v, want %v", got, sorted)
	}
	p.checkPolite(s)
	for _, c := range p.changes() {
		if c.Document != nil && (c.Text == "" || c.Texts["es"] == "" || c.Publication.Row == 0 || c.ID == "") {
			t.Errorf("%+v", c)
		}
	}
}

// checkPolite checks that nothing was asked for twice within a week, but for second looks.
func (p *fixture) checkPolite(s *shelf) {
	p.t.Helper()
	last := map[string]time.Time{}
	for _, a := range s.asked {
		if before, ok := last[a.file]; ok && a.at.Sub(before) < 6*time.Hour {
			p.t.Errorf("%s is asked for after %s", a.file, a.at.Sub(before))
		}
		last[a.file] = a.at
	}
}

func TestDocumentsOfOneRow(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	s.has("one.pdf", "", "I. Purpose of it.")
	p.poll()
	p.look()
	s.has("moved.pdf", "", "I. Purpose of it.")
	p.lists(participating("b.xlsx", day(2), linking("moved.pdf")))
	p.look()
	s.has("new.pdf", "", "I. Purpose of another one.")
	p.lists(participating("c.xlsx", day(3), linking("new.pdf")))
	p.look()
	p.lists(participating("d.xlsx", day(4), linking("new.pdf", "new.pdf"))) // another agency's row links the same file
	p.pass(25 * time.Hour)
	p.wantTold("moved moved.pdf", "replaced new.pdf", "no_document new.pdf shared_by_row")
	for _, c := range p.changes() {
		if n := c.Document; n != nil && n.Event == roster.DocumentReplaced && (n.FromURL != moaFolder+"moved.pdf" || n.BeforeSHA256 == "" || n.SHA256 == n.BeforeSHA256) {
			t.Errorf("%+v", n)
		}
	}
}

// A refusal stops all looks for the time that the server asks for, or longer and longer,
// also for a process that is started anew.
func TestRefusedDocuments(t *testing.T) {
	p, s := newShelved(t, "one.pdf", "two.pdf", "three.pdf")
	for _, name := range []string{"one.pdf", "two.pdf", "three.pdf"} {
		s.files[name] = scraper.File{Answer: scraper.AnswerRefused, RetryAfter: 2 * time.Hour}
	}
	p.poll()
	p.now = p.now.Add(time.Minute)
	p.look()
	if len(s.asked) != 1 {
		t.Fatalf("asked for %v", s.asked)
	}
	p.Watcher = p.watching(s, p.store)
	p.now = p.now.Add(119 * time.Minute)
	p.look()
	if len(s.asked) != 1 {
		t.Fatalf("a process that starts asks for %v", s.asked)
	}
	for _, name := range []string{"one.pdf", "two.pdf", "three.pdf"} {
		s.files[name] = scraper.File{Answer: scraper.AnswerRefused}
	}
	p.pass(48 * time.Hour)
	var pauses []string
	for i, a := range s.asked[1:] {
		pauses = append(pauses, a.at.Sub(s.asked[i].at).Round(time.Hour).String())
	}
	if got := strings.Join(pauses[1:], " "); !strings.HasPrefix(got, "2h0m0s 4h0m0s 8h0m0s 16h0m0s") {
		t.Errorf("pauses of %s", got)
	}
}

// What came and could not be kept or stored is not asked for again.
func TestDocumentIsNotFetchedTwice(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	s.has("one.pdf", "", "I. Purpose of it.")
	p.poll()
	s.broken = true
	failed := 0
	for range 4 {
		if _, err := p.Look(t.Context()); errors.Is(err, archive.ErrNoRoom) {
			failed++
		}
	}
	s.broken, s.ailing = false, true
	p.look()
	if len(s.asked) != 1 || failed < 3 {
		t.Fatalf("asked for %v, failed %d times", s.asked, failed)
	}
	documents := must[[]roster.Document](t)(p.store.Documents(t.Context()))
	if len(documents) != 1 || documents[0].ReadBy != 0 {
		t.Fatalf("known are %+v", documents)
	}
	s.ailing = false
	p.Watcher = p.watching(s, p.store) // which reads what was not read
	p.look()
	if documents = must[[]roster.Document](t)(p.store.Documents(t.Context())); documents[0].ReadBy != document.Version || documents[0].Pages != 1 {
		t.Errorf("known are %+v", documents)
	}
}
