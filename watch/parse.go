package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/store"
)

// listing is one list in one file, on its way from ICE's page or a past file to
// the store. A file can hold both lists.
type listing struct {
	// Candidate is what is judged. Its Publication has a Seq where the store has
	// it already, in force or held.
	diff.Candidate
	file   scraper.Document
	body   []byte        // of the file; nil where it is not at hand
	beside []roster.List // all lists in the file, this one included
	// unkept says that ICE's server takes the file for known, and that its bytes
	// were not kept when they were at hand.
	unkept bool

	// How it compares with the list in force, where several files hold the list.
	shared     int  // rows that both have
	agrees     bool // as far as one list does with the next
	superseded bool // it was published before, and other lists since
}

func (l listing) list() roster.List { return l.Publication.List }

// swapped says whether a list is behind the other one's link.
func (l listing) swapped() bool {
	return l.file.Hint != "" && l.file.Hint != string(l.list()) && !slices.Contains(l.beside, roster.List(l.file.Hint))
}

func swapNote(link string, list roster.List) prose.Remark {
	return prose.Odd("swapped", "list", list, "link", roster.List(link))
}

// recall fills in what the store knows of the bytes of a new listing, and of its
// list.
func (l *listing) recall(known facts) {
	p := l.Publication
	if p.SHA256 != known.inForce(p.List).SHA256 {
		l.Earlier = slices.ContainsFunc(known.publicationsOf(p.SHA256), func(e roster.Publication) bool { return e.List == p.List })
	}
	l.Repeats, l.Baseline = known.repeats(p), known.isBaseline(p.List)
}

func candidates(listings []listing) []diff.Candidate {
	var all []diff.Candidate
	for _, l := range listings {
		all = append(all, l.Candidate)
	}
	return all
}

// files are what the files of one visit turned out to be.
type files struct {
	visit      scraper.Visit
	at         time.Time // when they came
	listings   []listing
	inForce    map[roster.List][]roster.Row // the rows in force, of lists that several files hold
	validators []roster.Validator           // of the files that came, for the next visit
	unkept     []string                     // URLs of files that are needed, and whose bytes were neither sent nor kept
	remarks
}

// parse reads the lists in the files of a visit, from their own bytes or, where
// ICE's server says that they are those of an earlier visit, from the store.
func (w *Watcher) parse(ctx context.Context, visit scraper.Visit, known facts) (files, error) {
	f := files{visit: visit, at: w.opts.Now(), remarks: remarks{visit.Outcome, visit.Sentence, slices.Clone(visit.Notes)}}
	var unlike []scraper.Document // workbooks that are not lists
	for _, doc := range visit.Documents {
		listings, err := w.parseFile(ctx, doc, known, f.at)
		switch {
		case errors.Is(err, sheet.ErrNoList):
			unlike = append(unlike, doc)
		case errors.Is(err, sheet.ErrBroken):
			f.fail(scraper.StatusBroken, "The file behind %s could not be read as a workbook.", linkName(doc))
			w.opts.Log.Warn("unreadable file", "file", doc.File, "error", err.Error())
		case err != nil:
			return files{}, err
		default:
			f.listings = append(f.listings, listings...)
			if !doc.NotModified {
				f.validators = append(f.validators, validatorOf(doc, f.at, listings[0].beside...))
			}
		}
	}
	for _, doc := range unlike {
		if err := w.parseNoList(ctx, &f, doc, known); err != nil {
			return files{}, err
		}
	}
	return f, w.readInForce(ctx, &f, known)
}

func linkName(doc scraper.Document) string {
	if doc.Hint != "" {
		return "the link to the " + doc.Hint + " list"
	}
	return "the link to " + doc.File
}

func validatorOf(doc scraper.Document, at time.Time, lists ...roster.List) roster.Validator {
	v := roster.Validator{URL: doc.URL, ETag: doc.ETag, LastModified: doc.LastModified, SHA256: doc.SHA256, CheckedAt: at.UTC()}
	if len(lists) > 0 {
		v.List, v.Also = lists[0], lists[1:]
	}
	return v
}

// parseFile reads the lists in one file. An address can come back with the bytes
// that it had long ago: unless a list is in force or held, it is judged again.
func (w *Watcher) parseFile(ctx context.Context, doc scraper.Document, known facts, at time.Time) ([]listing, error) {
	if !doc.NotModified {
		return parseBody(doc, doc.Body, known, at)
	}
	lists := known.validators[doc.URL].Holds()
	for _, p := range known.publicationsOf(doc.SHA256) {
		if !slices.Contains(lists, p.List) {
			lists = append(lists, p.List)
		}
	}
	if len(lists) == 0 {
		return nil, sheet.ErrNoList
	}
	var listings []listing
	var old []roster.List
	for _, list := range lists {
		if c, ok := known.current(list, doc.SHA256); ok {
			listings = append(listings, listing{Candidate: c, file: doc, beside: lists})
		} else {
			old = append(old, list)
		}
	}
	if len(old) == 0 {
		return listings, nil
	}
	body, err := w.readBody(ctx, doc)
	if err != nil {
		return nil, err
	}
	if body == nil {
		for _, list := range old {
			p := roster.Publication{List: list, SHA256: doc.SHA256}
			listings = append(listings, listing{Candidate: diff.Candidate{Publication: p}, file: doc, beside: lists, unkept: true})
		}
		return listings, nil
	}
	again, err := parseBody(doc, body, known, at)
	again = slices.DeleteFunc(again, func(l listing) bool { return !slices.Contains(old, l.list()) })
	return append(listings, again...), err
}

// readBody returns a file's bytes; nil where ICE did not send them, and they were
// not kept.
func (w *Watcher) readBody(ctx context.Context, doc scraper.Document) ([]byte, error) {
	if !doc.NotModified {
		return doc.Body, nil
	}
	body, err := w.opts.Store.Body(ctx, doc.SHA256)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("reading an unchanged file: %w", err)
	}
	return body, nil
}

func parseBody(doc scraper.Document, body []byte, known facts, at time.Time) ([]listing, error) {
	rosters, err := sheet.Read(body, at)
	return newListings(doc, body, rosters, known, at), err
}

func newListings(doc scraper.Document, body []byte, rosters []roster.Roster, known facts, at time.Time) []listing {
	rosters = withoutEmpty(rosters, known)
	var beside []roster.List
	for _, r := range rosters {
		beside = append(beside, r.List)
	}
	var listings []listing
	for _, r := range rosters {
		c := diff.Candidate{Roster: r, Publication: newPublication(doc, r, len(body), known, at)}
		listings = append(listings, listing{Candidate: c, file: doc, body: body, beside: beside})
	}
	return listings
}

// withoutEmpty leaves out a list without a readable row that is in one file with
// one that has some: it may be a template, or a sheet that nobody fills in. Where
// both lists in force came out of one file, it says that the list is empty now.
func withoutEmpty(rosters []roster.Roster, known facts) []roster.Roster {
	a, b := known.inForce(roster.ListParticipating).SHA256, known.inForce(roster.ListPending).SHA256
	if len(rosters) < 2 || a != "" && a == b {
		return rosters
	}
	full := slices.DeleteFunc(slices.Clone(rosters), func(r roster.Roster) bool { return len(r.Rows) == r.Unreadable() })
	if len(full) == 0 {
		return rosters[:1]
	}
	return full
}

// newPublication is a list of a file as the store will keep it.
func newPublication(doc scraper.Document, r roster.Roster, size int, known facts, at time.Time) roster.Publication {
	return roster.Publication{List: r.List, File: doc.File, URL: doc.URL, SHA256: doc.SHA256, Size: size, Digest: r.Digest(),
		LastModified: doc.ModifiedAt, PublishedAt: publishedAt(doc.ModifiedAt, r, known, at).UTC(), SeenAt: at.UTC()}
}

// mostSignedLater is how many misprinted dates a list may have that are later than
// its Last-Modified.
const mostSignedLater = 2

// publishedAt is when ICE published a list: at its Last-Modified, unless that
// cannot be. A server's clock can be wrong, and an old file that is linked again
// keeps its date: then all that is known is that it was published by now. A time
// is impossible where it is in the future, where another list was published since,
// and where the list dates signings after it.
func publishedAt(modified time.Time, r roster.Roster, known facts, now time.Time) time.Time {
	if modified.IsZero() || modified.After(now) || !modified.After(known.inForce(r.List).PublishedAt) {
		return now
	}
	later, latest := 0, roster.LatestSigning(modified)
	for _, row := range r.Rows {
		if row.Signed > latest {
			later++
		}
	}
	if later > mostSignedLater {
		return now
	}
	return modified
}

// parseNoList deals with a sound workbook that is not a list. One that is where a
// list should be, with no list beside it, is held as evidence; others are left
// alone for a day.
func (w *Watcher) parseNoList(ctx context.Context, f *files, doc scraper.Document, known facts) error {
	list := roster.List(doc.Hint)
	if list == "" || f.has(list) || !known.accepted(list) {
		if known.validators[doc.URL].SHA256 != doc.SHA256 {
			f.note("%s is not a list.", doc.File)
		}
		f.validators = append(f.validators, validatorOf(doc, f.at))
		return nil
	}
	body, err := w.readBody(ctx, doc)
	if err != nil {
		return err
	}
	if body == nil {
		f.unkept = append(f.unkept, doc.URL)
		return nil
	}
	p := newPublication(doc, roster.Roster{List: list}, len(body), known, f.at)
	p.Digest = "" // it says nothing
	f.listings = append(f.listings, listing{Candidate: diff.Candidate{Publication: p, NoColumns: true}, file: doc, body: body})
	f.validators = append(f.validators, validatorOf(doc, f.at, list))
	return nil
}

// has says whether any file holds the list.
func (f *files) has(list roster.List) bool {
	return slices.ContainsFunc(f.listings, func(l listing) bool { return l.list() == list })
}

// readInForce reads the lists in force of which there are several files, which are
// compared with them.
func (w *Watcher) readInForce(ctx context.Context, f *files, known facts) error {
	f.inForce = map[roster.List][]roster.Row{}
	found := map[roster.List]int{}
	for _, l := range f.listings {
		list, last := l.list(), known.inForce(l.list())
		if found[list]++; found[list] == 2 && last.Seq != 0 {
			r, err := w.opts.Store.Roster(ctx, last.Seq)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("reading the %s list in force: %w", list, err)
			}
			f.inForce[list] = r.Rows
		}
	}
	for i, l := range f.listings {
		if seq := l.Publication.Seq; seq != 0 && seq == known.inForce(l.list()).Seq {
			f.listings[i].Roster.Rows = f.inForce[l.list()]
		}
	}
	return nil
}
