package watch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
)

// What a candidate may lack of the list in force and still agree with it: no more
// than a list may lose without being held, and never half of it.
const (
	lacksMost      = 10 // rows, where they are also
	lacksMostShare = 1.0 / 50
)

// candidate is one of several documents that could be a list.
type candidate struct {
	found
	rows       int
	shared     int  // rows that the list in force has, too
	agrees     bool // with the list in force, as far as one list does with the next
	superseded bool // it was published before, and other lists since
}

// choose picks the document of a list. Of several that differ it is the one that
// agrees best with the list in force, so that no old list, template or list of
// another kind that is linked as well can take its place. Among those that agree it
// is the one behind the list's own link, then the newest.
func (c *cycle) choose(list roster.List) (found, bool, error) {
	var all []found
	for _, f := range c.documents {
		same := slices.IndexFunc(all, func(o found) bool { return o.doc.SHA256 == f.doc.SHA256 })
		switch {
		case f.list != list:
		case same < 0:
			all = append(all, f)
		case preferred(f.doc, all[same].doc, list):
			all[same] = f
		}
	}
	if len(all) < 2 {
		return append(all, found{})[0], len(all) == 1, nil
	}
	candidates, of, err := c.weigh(list, all)
	if err != nil {
		return found{}, false, err
	}
	best := candidates[0]
	for _, f := range candidates[1:] {
		if f.unkept && !best.unkept && preferred(f.doc, best.doc, list) && !slices.Contains(c.asked[f.doc.URL].PassedOver, best.doc.SHA256) {
			c.want(f.doc) // it may be the better one
		}
		c.passOver(f.doc, best.doc)
		c.notes = append(c.notes, passedOver(list, best, f, of))
	}
	return best.found, true, nil
}

// weigh holds the documents against the list in force, which has so many rows, and
// returns the best first.
func (c *cycle) weigh(list roster.List, all []found) (candidates []candidate, of int, err error) {
	known, err := c.rowsOf(c.known.InForce[list].Seq)
	if err != nil {
		return nil, 0, err
	}
	for _, f := range all {
		x := candidate{found: f}
		if !f.unkept && !f.noList {
			if err := c.compare(&x, known); err != nil {
				return nil, 0, err
			}
		}
		candidates = append(candidates, x)
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return a.compare(b, list) })
	return candidates, len(known), nil
}

// compare counts what a candidate has in common with the list in force.
func (c *cycle) compare(x *candidate, known []roster.Row) error {
	rows := x.body.roster.Rows
	if x.stored != 0 {
		var err error
		if rows, err = c.rowsOf(x.stored); err != nil {
			return err
		}
	}
	counts := map[string]int{}
	for _, row := range known {
		counts[rowKey(row)]++
	}
	x.rows = len(rows)
	for _, row := range rows {
		if counts[rowKey(row)] > 0 {
			counts[rowKey(row)]--
			x.shared++
		}
	}
	lacks := float64(len(known) - x.shared)
	x.agrees = x.rows > 0 && 2*x.shared >= len(known) && lacks <= max(lacksMost, lacksMostShare*float64(len(known)))
	earlier, err := c.w.o.Store.PublicationsOf(c.ctx, x.doc.SHA256)
	if err != nil {
		return fmt.Errorf("looking up earlier publications: %w", err)
	}
	inForce := c.known.InForce[x.list].SHA256
	x.superseded = x.doc.SHA256 != inForce && slices.ContainsFunc(earlier, func(p roster.Publication) bool { return p.List == x.list && !c.isHeld(p) })
	return nil
}

// rowsOf returns the rows of a publication, none where there is none.
func (c *cycle) rowsOf(seq uint64) ([]roster.Row, error) {
	if seq == 0 {
		return nil, nil
	}
	r, err := c.w.o.Store.Roster(c.ctx, seq)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("reading the roster of publication %d: %w", seq, err)
	}
	return r.Rows, nil
}

// rowKey is what a row is known by from list to list.
func rowKey(r roster.Row) string {
	return roster.Spelling{State: r.State, Name: r.Agency}.Key() + "#" + string(r.Model)
}

// compare orders candidates, the better one first. What is not at hand is behind
// all that is.
func (x candidate) compare(y candidate, list roster.List) int {
	better := func(is func(candidate) bool) int {
		switch a, b := is(x), is(y); {
		case a == b:
			return 0
		case a:
			return -1
		}
		return 1
	}
	order := cmp.Or(
		better(func(c candidate) bool { return !c.unkept }),
		better(func(c candidate) bool { return !c.noList }),
		better(func(c candidate) bool { return c.agrees }),
		better(func(c candidate) bool { return !c.superseded }),
	)
	if order == 0 && !x.agrees {
		order = cmp.Compare(y.shared, x.shared)
	}
	switch {
	case order != 0:
		return order
	case preferred(x.doc, y.doc, list):
		return -1
	case preferred(y.doc, x.doc, list):
		return 1
	}
	return cmp.Or(cmp.Compare(y.shared, x.shared), cmp.Compare(y.rows, x.rows))
}

// preferred says whether one document comes before another for what is known of
// them without reading them.
func preferred(a, b scraper.Document, list roster.List) bool {
	if own := a.Hint == string(list); own != (b.Hint == string(list)) {
		return own
	}
	return a.ModifiedAt.After(b.ModifiedAt)
}

// passOver remembers that a document counted for less than another, so that it
// need not be fetched again as long as the other is there.
func (c *cycle) passOver(doc, best scraper.Document) {
	for i := range c.validators {
		v := &c.validators[i]
		if v.URL == doc.URL && v.SHA256 == doc.SHA256 && !slices.Contains(v.PassedOver, best.SHA256) {
			v.PassedOver = append(v.PassedOver, best.SHA256)
		}
	}
}

// passedOver says which of two documents counts, and why where it is not for their
// links.
func passedOver(list roster.List, best, other candidate, of int) string {
	note := fmt.Sprintf("The page links more than one %s list; %s counts, %s does not", list, best.doc.File, other.doc.File)
	switch {
	case best.unkept || other.unkept:
	case of > 0 && best.shared != other.shared && best.agrees != other.agrees:
		note += fmt.Sprintf(": of the %s of the list in force it has %d, the other has %d", counted(of, "row"), best.shared, other.shared)
	case best.rows > 0 && other.rows == 0:
		note += ", which has no rows"
	case !best.superseded && other.superseded:
		note += ", which is an older one"
	}
	return note + "."
}
