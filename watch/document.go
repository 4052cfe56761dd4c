package watch

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/store"
)

// found is one list in one document of a visit. A document can hold both.
type found struct {
	doc     scraper.Document
	list    roster.List
	beside  []roster.List   // all that the document holds
	arrival *diff.Candidate // nil where it is the publication in force, or no news
	stored  uint64          // the publication that the store has of it; 0 for none
	unkept  bool            // its bytes are those of an earlier visit, and were not kept
	noList  bool            // it stands where a list should be, and has no list's columns
	body    body
}

func label(doc scraper.Document) string {
	if doc.Hint != "" {
		return "the link to the " + doc.Hint + " list"
	}
	return "the link to " + doc.File
}

// document reads one document, from its own bytes or, where ICE's server says
// that they are those of an earlier visit, from the store.
func (c *cycle) document(doc scraper.Document) ([]found, error) {
	if doc.NotModified {
		return c.unmodified(doc)
	}
	lists, err := c.listsIn(doc, doc.Body)
	if err == nil {
		c.remember(doc, lists[0].beside...)
	}
	return lists, err
}

// listsIn reads the lists in a document's bytes.
func (c *cycle) listsIn(doc scraper.Document, bytes []byte) ([]found, error) {
	rosters, err := sheet.Read(bytes, c.now)
	if err != nil {
		return nil, err
	}
	rosters = telling(rosters, c.known.InForce)
	var lists []found
	for _, r := range rosters {
		f := found{doc: doc, list: r.List, body: body{list: r.List, bytes: bytes, roster: r}}
		f.arrival = &diff.Candidate{Roster: r, Publication: c.publication(doc, r, len(bytes))}
		for _, other := range rosters {
			f.beside = append(f.beside, other.List)
		}
		lists = append(lists, f)
	}
	return lists, nil
}

// telling leaves out a list without a readable row that stands in one file with
// one that has some: it may be a template, or a sheet that nobody fills in. Where
// both lists in force came out of one file, it says that the list is empty now.
func telling(rosters []roster.Roster, inForce map[roster.List]roster.Publication) []roster.Roster {
	a, b := inForce[roster.ListParticipating].SHA256, inForce[roster.ListPending].SHA256
	if len(rosters) < 2 || a != "" && a == b {
		return rosters
	}
	full := slices.DeleteFunc(slices.Clone(rosters), func(r roster.Roster) bool { return len(r.Rows) == r.Unreadable() })
	if len(full) == 0 {
		return rosters[:1]
	}
	return full
}

// publication is a document's list as the store will keep it.
func (c *cycle) publication(doc scraper.Document, r roster.Roster, size int) roster.Publication {
	return roster.Publication{List: r.List, File: doc.File, URL: doc.URL, SHA256: doc.SHA256, Size: size, Digest: r.Digest(),
		LastModified: doc.ModifiedAt, PublishedAt: c.publishedAt(doc.ModifiedAt, r), SeenAt: c.now.UTC()}
}

// publishedAt is when ICE published a list: at its Last-Modified, unless that
// cannot be. A server's clock can be wrong, and an old file that is linked again
// keeps its date: then all that is known is that it was published by now. A time
// is impossible where it is still to come, where another list was published since,
// and where the list dates signings after it.
func (c *cycle) publishedAt(modified time.Time, r roster.Roster) time.Time {
	if modified.IsZero() || modified.After(c.now) || !modified.After(c.known.InForce[r.List].PublishedAt) {
		return c.now.UTC()
	}
	later, latest := 0, roster.LatestSigning(modified)
	for _, row := range r.Rows {
		if row.Signed > latest {
			later++
		}
	}
	if later > mostSignedLater {
		return c.now.UTC()
	}
	return modified.UTC()
}

// mostSignedLater is how many misprinted dates a list may have that are later than
// its Last-Modified.
const mostSignedLater = 2

// unmodified recognizes a file that the server says is unchanged. An address can
// come back with the bytes that it had long ago: they are judged again.
func (c *cycle) unmodified(doc scraper.Document) ([]found, error) {
	earlier, err := c.w.o.Store.PublicationsOf(c.ctx, doc.SHA256)
	if err != nil {
		return nil, fmt.Errorf("looking up an unchanged file: %w", err)
	}
	held := c.asked[doc.URL].Holds()
	for _, p := range earlier {
		if !slices.Contains(held, p.List) {
			held = append(held, p.List)
		}
	}
	if len(held) == 0 {
		return nil, sheet.ErrNoList
	}
	var lists []found
	var unsettled []roster.List
	for _, list := range held {
		if f, ok := c.standingAs(doc, list, earlier); ok {
			f.beside = held
			lists = append(lists, f)
		} else {
			unsettled = append(unsettled, list)
		}
	}
	if len(unsettled) == 0 {
		return lists, nil
	}
	again, err := c.readAgain(doc, unsettled)
	return append(lists, again...), err
}

// standingAs recognizes a list that is in force, or held.
func (c *cycle) standingAs(doc scraper.Document, list roster.List, earlier []roster.Publication) (found, bool) {
	for _, p := range slices.Backward(earlier) {
		if p.List == list {
			f := found{doc: doc, list: list, stored: p.Seq, noList: p.Digest == ""}
			return f, p.SHA256 == c.known.InForce[list].SHA256 || c.isHeld(p)
		}
	}
	return found{}, false
}

// readAgain reads lists from the bytes that the store has of a document. Where it
// has none, another document of the list counted.
func (c *cycle) readAgain(doc scraper.Document, wanted []roster.List) ([]found, error) {
	bytes, err := c.w.o.Store.Body(c.ctx, doc.SHA256)
	if errors.Is(err, store.ErrNotFound) {
		var lists []found
		for _, list := range wanted {
			lists = append(lists, found{doc: doc, list: list, beside: c.asked[doc.URL].Holds(), unkept: true})
		}
		return lists, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading an unchanged file: %w", err)
	}
	lists, err := c.listsIn(doc, bytes)
	return slices.DeleteFunc(lists, func(f found) bool { return !slices.Contains(wanted, f.list) }), err
}

// swapped says whether a list stands behind the other one's link.
func (f found) swapped() bool {
	return f.doc.Hint != "" && f.doc.Hint != string(f.list) && !slices.Contains(f.beside, roster.List(f.doc.Hint))
}

func swapNote(link string, list roster.List) string {
	return fmt.Sprintf("The %s list stood behind the link to the %s list; its columns tell which it is.", list, link)
}

func (c *cycle) remember(doc scraper.Document, lists ...roster.List) {
	v := roster.Validator{URL: doc.URL, ETag: doc.ETag, LastModified: doc.LastModified, SHA256: doc.SHA256, CheckedAt: c.now.UTC()}
	if len(lists) > 0 {
		v.List, v.Also = lists[0], lists[1:]
	}
	c.validators = append(c.validators, v)
}

// noList deals with sound workbooks that are no lists. One that stands where a
// list should be, with no list beside it, is held as evidence; others are left
// alone for a day.
func (c *cycle) noList(docs []scraper.Document) error {
	for _, doc := range docs {
		list := roster.List(doc.Hint)
		here := func(f found) bool { return f.list == list }
		if list == "" || anyOf(c.documents, here) || !c.w.accepted(list) {
			if c.asked[doc.URL].SHA256 != doc.SHA256 {
				c.notes = append(c.notes, doc.File+" is no list.")
			}
			c.remember(doc)
			continue
		}
		body := doc.Body
		if doc.NotModified {
			var err error
			if body, err = c.w.o.Store.Body(c.ctx, doc.SHA256); errors.Is(err, store.ErrNotFound) {
				c.want(doc)
				continue
			} else if err != nil {
				return fmt.Errorf("reading an unchanged file: %w", err)
			}
		}
		c.remember(doc, list)
		c.documents = append(c.documents, c.columnless(doc, list, body))
	}
	return nil
}

func (c *cycle) columnless(doc scraper.Document, list roster.List, bytes []byte) found {
	p := c.publication(doc, roster.Roster{List: list}, len(bytes))
	p.Digest = "" // it says nothing
	return found{doc: doc, list: list, noList: true, arrival: &diff.Candidate{Publication: p, NoColumns: true}, body: body{list: list, bytes: bytes}}
}
