package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet"
)

// Past is a list that ICE published before this store watched.
type Past struct {
	PublishedAt time.Time
	Link        string // the list whose link it was behind, "" if not known
	File        string
	Open        func() ([]byte, error)
}

// pastFile is what a past list's file turned out to be.
type pastFile struct {
	Past
	body    []byte
	rosters []roster.Roster // usually one; a file can hold both lists
	err     error
}

// Import imports past lists in the order given, which must be that of their
// publication. It can be repeated and continued: what the store has is passed
// over. Lists published at the same moment are judged together. progress, if not
// nil, is called after each step with the number of lists that are done. Where an
// error or the end of ctx stops it, the report says what was imported until then.
func (w *Watcher) Import(ctx context.Context, lists []Past, progress func(done int)) (Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var sum Report
	ahead := readAhead(ctx, lists)
	for done := 0; done < len(lists); {
		var files []pastFile
		for range sameMoment(lists[done:]) {
			read := <-ahead
			select {
			case f := <-read:
				files = append(files, f)
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			break
		}
		if err := w.importFiles(ctx, files, &sum); err != nil {
			return sum, fmt.Errorf("importing %s: %w", files[0].File, err)
		}
		done += len(files)
		if progress != nil {
			progress(done)
		}
	}
	return sum, ctx.Err()
}

// sameMoment returns the lists at the beginning that were published at one moment:
// one, or two that are behind different links.
func sameMoment(lists []Past) []Past {
	if len(lists) > 1 && lists[1].Link != "" && lists[0].Link != lists[1].Link && lists[0].PublishedAt.Equal(lists[1].PublishedAt) {
		return lists[:2]
	}
	return lists[:1]
}

// readAhead reads files side by side, a few ahead of the one that is wanted, and
// returns them in order. It ends with ctx. A year of files is more than fits in
// memory.
func readAhead(ctx context.Context, lists []Past) <-chan chan pastFile {
	ahead := make(chan chan pastFile, runtime.GOMAXPROCS(0))
	go func() {
		defer close(ahead)
		for _, l := range lists {
			read := make(chan pastFile, 1)
			select {
			case ahead <- read:
				go func() { read <- l.read() }()
			case <-ctx.Done():
				return
			}
		}
	}()
	return ahead
}

func (p Past) read() pastFile {
	f := pastFile{Past: p}
	if f.body, f.err = p.Open(); f.err == nil {
		f.rosters, f.err = sheet.Read(f.body, p.PublishedAt)
	}
	return f
}

func (p pastFile) has(list roster.List) bool {
	return slices.ContainsFunc(p.rosters, func(r roster.Roster) bool { return r.List == list })
}

// importFiles judges and commits the lists of one moment.
func (w *Watcher) importFiles(ctx context.Context, files []pastFile, sum *Report) error {
	if len(files) == 2 && slices.ContainsFunc(files[0].rosters, func(r roster.Roster) bool { return files[1].has(r.List) }) {
		for i := range files { // whatever the links say, they are two states of one list
			if err := w.importFiles(ctx, files[i:i+1], sum); err != nil {
				return err
			}
		}
		return nil
	}
	known, err := w.readFacts(ctx)
	if err != nil {
		return err
	}
	c := cycle{facts: known, at: files[0].PublishedAt, past: true}
	for _, f := range files {
		switch {
		case errors.Is(f.err, sheet.ErrNoList), errors.Is(f.err, sheet.ErrBroken):
			sum.Skipped = append(sum.Skipped, f.File+": "+f.err.Error())
			continue
		case f.err != nil:
			return fmt.Errorf("reading it: %w", f.err)
		}
		c.listings = append(c.listings, f.selectPast(known, w.opts.Now(), sum)...)
	}
	if len(c.listings) == 0 {
		return nil
	}
	c.result, err = w.update(ctx, known, diff.Input{Arrivals: candidates(c.listings), Import: true, Now: c.at.UTC()})
	if err != nil {
		return err
	}
	if err := w.commit(ctx, c, roster.Notifications{}); err != nil {
		return err
	}
	sum.Imported += len(c.listings)
	sum.add(c.result)
	return nil
}

// selectPast returns the lists of a past file that can count, and notes in the sum
// why others cannot.
func (p pastFile) selectPast(known facts, now time.Time, sum *Report) (listings []listing) {
	hash, at := sha256.Sum256(p.body), p.PublishedAt.UTC()
	doc := scraper.Document{File: roster.Clean(path.Base(p.File)), SHA256: hex.EncodeToString(hash[:])}
	if slices.Contains(roster.Lists(), roster.List(p.Link)) {
		doc.Hint = p.Link
	}
	for _, l := range newListings(doc, p.body, p.rosters, known, at) {
		list, inForce := l.list(), known.inForce(l.list())
		switch {
		case slices.ContainsFunc(known.publicationsOf(doc.SHA256), func(e roster.Publication) bool { return e.List == list && e.PublishedAt.Equal(at) }):
			sum.Known++
		case at.After(now):
			sum.Skipped = append(sum.Skipped, fmt.Sprintf("%s: published %s, which is in the future; correct its date", p.File, at.Format(time.RFC3339)))
		case at.Before(inForce.PublishedAt):
			if n := len(sum.Older); n == 0 || sum.Older[n-1].File != p.File || !sum.Older[n-1].PublishedAt.Equal(p.PublishedAt) { // a file can hold both lists
				sum.Older = append(sum.Older, p.Past)
			}
		default:
			l.recall(known)
			l.Publication.Origin = &roster.Origin{Source: roster.SourceOperator, Dated: roster.DatedStated}
			l.Baseline = !known.accepted(list) // whatever polls found
			if l.swapped() && !p.has(roster.List(p.Link)) {
				l.Publication.Notes, l.Publication.Texts = prose.Note(l.Publication.Notes, l.Publication.Texts, swapNote(p.Link, list))
			}
			listings = append(listings, l)
		}
	}
	return listings
}
