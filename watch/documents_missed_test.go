package watch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/watch"
)

// What rows come to link while documents are left alone is told once they are watched again,
// and what they linked before is not.
func TestLinkedWhileNobodyWatched(t *testing.T) {
	p, s := newShelved(t, "one.pdf", "two.pdf")
	for _, name := range []string{"one.pdf", "two.pdf", "three.pdf", "pending.pdf"} {
		s.has(name, "", "Words of "+name)
	}
	off := p.watchingBy(p.store, nil)
	p.Watcher = off
	p.poll()
	p.Watcher = p.watching(s, p.store)
	p.pass(2 * time.Hour)
	p.wantTold() // what was there when it began is no news

	p.Watcher = off
	p.lists(participating("b.xlsx", day(90), linking("one.pdf", "two.pdf", "three.pdf")), pending("p.xlsx", day(90), linking("pending.pdf")))
	p.now = day(120)
	p.poll()
	p.Watcher = p.watching(s, p.store)
	p.pass(2 * time.Hour)
	p.wantTold("linked pending.pdf", "linked three.pdf")
	p.Watcher = p.watching(s, p.store)
	p.pass(8 * 24 * time.Hour)
	p.wantTold("linked pending.pdf", "linked three.pdf")
	p.checkPolite(s)
}

// An older file in the place of a newer one looks unchanged to who asks whether there is a
// newer one.
func TestReplacedByAnOlderFile(t *testing.T) {
	p, s := newShelved(t, "one.pdf", "two.pdf")
	s.has("one.pdf", "", "Words of one.")
	s.has("two.pdf", "", "Words of two.")
	p.poll()
	p.pass(time.Hour)
	p.now = p.now.AddDate(-1, 0, 0) // as the server dates it
	s.has("one.pdf", "", "Words of a year before.")
	p.now = p.now.AddDate(1, 0, 0)
	p.pass(29 * 24 * time.Hour)
	p.wantTold("replaced one.pdf")
	if len(s.asked) > 2+2*4 {
		t.Errorf("in four weeks, asked for %v", s.asked)
	}
	p.checkPolite(s)
}

// A server that has nothing for some hours has taken nothing away, and what it really took
// away, however much, is told after a day.
func TestManyAreGoneAtOnce(t *testing.T) {
	var files []string
	for i := range 13 {
		files = append(files, fmt.Sprintf("%c.pdf", 'a'+i))
	}
	p, s := newShelved(t, files...)
	for _, f := range files {
		s.has(f, "", "Words of "+f)
	}
	p.poll()
	p.pass(time.Hour)
	there := s.files
	s.files = map[string]scraper.File{}
	p.now = p.now.AddDate(0, 0, 7)
	p.pass(8 * time.Hour)
	p.wantTold()
	s.files = there
	p.pass(24 * time.Hour)
	p.wantTold()
	s.files = map[string]scraper.File{}
	p.now = p.now.AddDate(0, 0, 7)
	p.pass(27 * time.Hour)
	if told := p.told(); len(told) != len(files) {
		t.Errorf("told are %v", told)
	}
}

// A clock that was years ahead for a while keeps nothing from being looked at.
func TestDocumentsAfterAWrongClock(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	s.has("one.pdf", "", "Words of one.")
	p.poll()
	right := p.now
	p.now = right.AddDate(5, 0, 0)
	p.look()
	p.now = right
	s.has("one.pdf", "", "Other words.")
	p.pass(8 * 24 * time.Hour)
	if n := len(s.asked); n < 2 || n > 3 {
		t.Errorf("asked for %v", s.asked)
	}
}

// What a process had and could not store counts for nothing once another one has looked.
func TestLookThatComesLate(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	s.has("one.pdf", "", "Words of one.")
	p.poll()
	late := p.watching(s, &cutting{Store: p.store, before: 1})
	if _, err := late.Look(t.Context()); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	p.pass(time.Hour)
	p.now = p.now.AddDate(0, 0, 8)
	s.has("one.pdf", "", "Other words.")
	p.pass(time.Hour)
	p.wantTold("replaced one.pdf")
	if _, err := late.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.wantTold("replaced one.pdf")
}

// A file of which only the hash was wanted is asked for once more when files are kept.
func TestHashesAndThenFiles(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	s.has("one.pdf", "", "Words of one.")
	p.poll()
	p.Watcher = p.watchingBy(p.store, &watch.Documents{Source: s, Archive: archive.Hashes{Archive: s}, Reader: s, Timeout: 30 * time.Second})
	p.pass(8 * 24 * time.Hour)
	wanted := must[map[string]string](t)(archive.Wanted(t.Context(), p.store))
	if documents := must[[]roster.Document](t)(p.store.Documents(t.Context())); len(wanted) > 0 || len(documents) != 1 || !documents[0].Unkept {
		t.Errorf("known are %+v, of which %v should be kept", documents, wanted)
	}
	p.Watcher = p.watching(s, p.store)
	p.pass(8 * 24 * time.Hour)
	wanted = must[map[string]string](t)(archive.Wanted(t.Context(), p.store))
	if v, err := archive.Verify(t.Context(), s, wanted); err != nil || v.Err() != nil || v.Files != 1 {
		t.Errorf("kept are %+v (%v) of %v", v, err, wanted)
	}
	if len(s.asked) != 3 {
		t.Errorf("asked for %v", s.asked)
	}
	p.wantTold()
}

// Nothing is said of what a file changed where a page of it is too badly misread to compare.
func TestReplacedByAFileThatIsMisread(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	words := strings.Fields(strings.Repeat("officers detain persons under federal authority when agencies train local deputies within county jails ", 8))
	s.has("one.pdf", "", strings.Join(words, " "))
	p.poll()
	p.pass(time.Hour)
	for i := 0; i < len(words); i += 3 {
		words[i] = words[i][:1] + "~" + strings.ToUpper(words[i][2:3]) + "!" + words[i][2:]
	}
	s.has("one.pdf", "scanned", strings.Join(words, " "))
	p.pass(8 * 24 * time.Hour)
	p.wantReplacedUncompared()
}

// wantReplacedUncompared checks that one.pdf is told as replaced, and nothing of its text.
func (p *fixture) wantReplacedUncompared() {
	p.t.Helper()
	p.wantTold("replaced one.pdf")
	for _, c := range p.changes() {
		if c.Document != nil && (c.Document.Compared || !strings.Contains(c.Text, "could not be compared")) {
			p.t.Errorf("it says %s", c.Text)
		}
	}
}

// Two scans with the same stamp are not said to have the same text.
func TestReplacedByAnotherPictureWithTheSameStamp(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	s.has("one.pdf", "", "I. Purpose of it.", "RECEIVED")
	p.poll()
	p.pass(time.Hour)
	s.has("one.pdf", "scanned", "I. Purpose of it.", "RECEIVED")
	p.pass(8 * 24 * time.Hour)
	p.wantReplacedUncompared()
}

// Pictures are read once there is a program that can read them, and only then.
func TestPicturesAreReadOnceTheyCanBe(t *testing.T) {
	p, s := newShelved(t, "one.pdf", "two.pdf")
	s.has("one.pdf", "", "I. Purpose of it.", "RECEIVED")
	s.has("two.pdf", "", "All of it is text.")
	p.poll()
	p.pass(time.Hour)
	read := func() (pages, tried int) {
		for _, d := range must[[]roster.Document](t)(p.store.Documents(t.Context())) {
			pages += d.MachineRead
			if d.MachineTried {
				tried++
			}
		}
		return pages, tried
	}
	asked := len(s.asked)
	s.machine = true
	p.Watcher = p.watchingBy(p.store, &watch.Documents{Source: s, Archive: s, Reader: s, Timeout: 30 * time.Second, Pictures: true})
	p.pass(time.Hour)
	if pages, tried := read(); pages != 1 || tried != 1 {
		t.Errorf("%d pages of %d documents are read by machine", pages, tried)
	}
	s.machine = false
	p.Watcher = p.watching(s, p.store)
	p.pass(time.Hour)
	if pages, tried := read(); pages != 1 || tried != 1 || len(s.asked) != asked {
		t.Errorf("without the program %d pages of %d documents are left; asked were %v", pages, tried, s.asked[asked:])
	}
	p.wantTold()
}

// What is told of a text that a program read from pictures says so.
func TestReplacedByAScanThatIsMachineRead(t *testing.T) {
	p, s := newShelved(t, "one.pdf")
	s.has("one.pdf", "", "I. Purpose of it.", "II. Term of it.")
	p.poll()
	p.pass(time.Hour)
	s.machine = true
	s.has("one.pdf", "", "I. Purpose of it.", "RECEIVED")
	p.pass(8 * 24 * time.Hour)
	p.wantTold("replaced one.pdf")
	for _, c := range p.changes() {
		if n := c.Document; n != nil && (n.MachineRead != 1 || n.MachineReadBefore != 0 || !strings.HasSuffix(c.Text, "1 of its pages was machine-read from a scan, so what is said of its text may be wrong.")) {
			t.Errorf("%d of its pages are machine-read, %d before, and it says %s", n.MachineRead, n.MachineReadBefore, c.Text)
		}
	}
}
