package search

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"
)

// Query is what is looked for.
type Query struct {
	Text string // as it was typed
	// Only says of which documents; nil: of all.
	Only  func(sha256 string) bool
	From  int // the first of the results to return, from 0
	Count int // how many at most
}

// Result is what was found.
type Result struct {
	Asked     bool // there was a word to look for
	Cut       bool // more was typed than is looked for
	Near      bool // nothing was found as it was typed: all is what a scanner may have made of it
	Indexed   int  // documents that were looked through
	Documents int  // in how many it was found
	Passages  int  // how many results there are in all
	Found     []Found
}

// Found is a passage with the documents for which it is the best one: what stands in few
// documents comes first.
type Found struct {
	Near   bool    // only as a scanner may have misread it
	Text   []Piece // the passage, without phone numbers and mail addresses
	Shared int     // in how many of the documents that were found this passage stands
	Places []Place // the documents for which it is the best one, with its page in each
	Also   []Also  // what else was found in the only document; none for several
	Pages  int     // on how many pages of the only document it was found; 0 for several
}

// Piece is a part of a passage.
type Piece struct {
	Text string
	Hit  bool // it is a word that was looked for
}

// Place is a page of a document.
type Place struct {
	SHA256  string
	Page    int
	Machine bool // a program read it from a picture
}

// Also is another passage of the same document.
type Also struct {
	Place
	Text []Piece
}

// mostAlso is how many other passages of one document are shown.
const mostAlso = 2

// hit is a page on which everything stands that was looked for.
type hit struct {
	document int // index in the catalog
	page     *KeptPage
	passage  uint32
	exact    bool // all of it as it was typed
	close    int  // how many of the terms stand in the passage itself
}

// Find looks for what was typed. A document is found where one of its pages has all words,
// and none that is excluded. It waits for nobody who fills the index.
func (x *Index) Find(ctx context.Context, q Query) (Result, error) {
	c := x.catalog.Load()
	if c == nil {
		return Result{}, ErrNotYet
	}
	terms, cut := parse(q.Text)
	r := Result{Cut: cut, Indexed: c.readable}
	var asked []meant
	for _, t := range terms {
		asked = append(asked, c.meant(t))
		r.Asked = r.Asked || !t.exclude
	}
	if !r.Asked {
		return r, nil
	}
	in, err := x.look(ctx, c, asked)
	if err != nil {
		return Result{}, fmt.Errorf("looking through the index of documents: %w", err)
	}
	byPassage := map[uint32][]hit{}
	all := map[int][]hit{} // by document
	for i, d := range c.documents {
		if q.Only != nil && !q.Only(d.SHA256) {
			continue
		}
		if hits := in.hits(c, i); len(hits) > 0 {
			byPassage[hits[0].passage] = append(byPassage[hits[0].passage], hits[0])
			all[i] = hits
		}
	}
	best := make([][]hit, 0, len(byPassage))
	for _, hits := range byPassage {
		best = append(best, hits)
	}
	slices.SortFunc(best, func(a, b []hit) int { return c.compare(a[0], b[0]) })
	r.Documents, r.Passages = len(all), len(best)
	r.Near = len(best) > 0 && !best[0][0].exact
	from := min(max(q.From, 0), len(best))
	best = best[from:min(from+max(q.Count, 0), len(best))]
	err = x.show(ctx, c, &r, asked, best, all)
	return r, err
}

// looked is which terms stand in each passage: bits from 16 as they were typed, bits from 0
// as typed or near.
type looked struct {
	bits   []uint32
	wanted uint32 // the terms that have to be there
	never  uint32 // those that must not
}

// look asks for the passages of each term.
func (x *Index) look(ctx context.Context, c *catalog, asked []meant) (*looked, error) {
	in := &looked{bits: make([]uint32, len(c.copies))}
	for i, m := range asked {
		bit := uint32(1) << i
		if m.exclude {
			in.never |= bit
		} else {
			in.wanted |= bit
		}
		for j, sequences := range [][][]string{m.exact, m.near} {
			if len(sequences) == 0 {
				continue
			}
			ids, err := x.keeper.Match(ctx, sequences, m.prefix && j == 0)
			if err != nil {
				return nil, err //nolint:wrapcheck // Find says what it was doing
			}
			set := bit
			if j == 0 {
				set |= bit << 16
			}
			for _, id := range ids {
				if int(id) < len(in.bits) { // else it was put since
					in.bits[id] |= set
				}
			}
		}
	}
	return in, nil
}

// hits are the pages of a document on which everything stands, the best first.
func (in *looked) hits(c *catalog, document int) (all []hit) {
	pages := c.documents[document].Pages
	for i := range pages {
		var on uint32
		for _, id := range pages[i].Passages {
			on |= in.bits[id]
		}
		if on&in.wanted != in.wanted || on&in.never != 0 {
			continue
		}
		h := hit{document: document, page: &pages[i], exact: on>>16&in.wanted == in.wanted}
		var most [2]int
		for _, id := range pages[i].Passages {
			b := in.bits[id]
			has := [2]int{bits.OnesCount32(b & in.wanted), bits.OnesCount32(b >> 16 & in.wanted)}
			if has[0] > 0 && (h.passage == 0 || cmp.Or(cmp.Compare(has[0], most[0]), cmp.Compare(has[1], most[1]), cmp.Compare(c.copies[h.passage], c.copies[id])) > 0) {
				h.passage, most = id, has
			}
		}
		h.close = most[0]
		all = append(all, h)
	}
	slices.SortStableFunc(all, c.compare)
	return all
}

// compare puts what stands as it was typed before what a scanner may have misread, words of
// one passage before those of one page, and what stands in few documents before what stands
// in many.
func (c *catalog) compare(a, b hit) int {
	return cmp.Or(first(a.exact, b.exact), cmp.Compare(b.close, a.close), first(!a.page.Machine, !b.page.Machine),
		cmp.Compare(c.copies[a.passage], c.copies[b.passage]), cmp.Compare(a.document, b.document), cmp.Compare(a.page.Number, b.page.Number))
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func (c *catalog) place(h hit) Place {
	return Place{c.documents[h.document].SHA256, h.page.Number, h.page.Machine}
}

// show adds passages to a result, with their texts.
func (x *Index) show(ctx context.Context, c *catalog, r *Result, asked []meant, best [][]hit, all map[int][]hit) error {
	also := make([][]hit, len(best))
	shared := map[uint32]int{} // by passage that is shown: in how many documents
	var ids []uint32
	for i, hits := range best {
		shared[hits[0].passage] = 0
		ids = append(ids, hits[0].passage)
		if len(hits) > 1 {
			continue
		}
		for _, h := range all[hits[0].document][1:] {
			if len(also[i]) < mostAlso && !slices.Contains(ids, h.passage) {
				also[i] = append(also[i], h)
				ids = append(ids, h.passage)
			}
		}
	}
	for i := range all {
		counted := map[uint32]bool{}
		for _, p := range c.documents[i].Pages {
			for _, id := range p.Passages {
				if n, ok := shared[id]; ok && !counted[id] {
					counted[id] = true
					shared[id] = n + 1
				}
			}
		}
	}
	texts, err := x.keeper.Passages(ctx, ids)
	if err != nil {
		return fmt.Errorf("reading what was found in documents: %w", err)
	}
	for i, hits := range best {
		f := Found{Near: !hits[0].exact, Shared: shared[hits[0].passage], Text: pieces(texts[hits[0].passage], asked)}
		for _, h := range hits {
			f.Places = append(f.Places, c.place(h))
		}
		if len(hits) == 1 {
			f.Pages = len(all[hits[0].document])
		}
		for _, h := range also[i] {
			f.Also = append(f.Also, Also{c.place(h), pieces(texts[h.passage], asked)})
		}
		r.Found = append(r.Found, f)
	}
	return nil
}

// pieces marks in a passage what was looked for.
func pieces(text string, asked []meant) (all []Piece) {
	done := 0
	for _, t := range tokens(text) {
		if !slices.ContainsFunc(asked, func(m meant) bool { return m.marks(t.word) }) {
			continue
		}
		if t.from > done {
			all = append(all, Piece{Text: shown(text[done:t.from])})
		}
		all = append(all, Piece{shown(text[t.from:t.to]), true})
		done = t.to
	}
	if done < len(text) {
		all = append(all, Piece{Text: shown(text[done:])})
	}
	return all
}
