package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
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
	renewed, c := x.renewed.Load(), x.catalog.Load()
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
	ctx, cancel := context.WithTimeoutCause(ctx, longest, errSlow)
	defer cancel()
	in, err := x.look(ctx, c, asked)
	if err != nil {
		return Result{}, fmt.Errorf("looking through the index of documents: %w", err)
	}
	type alike struct {
		first uint32
		exact bool
	}
	byPassage := map[alike][]hit{} // by the best passage of each document
	found := make([]bool, len(c.documents))
	for i, d := range c.documents {
		if q.Only != nil && !q.Only(d.SHA256) {
			continue
		}
		h := hit{document: i}
		for j := range d.Pages {
			in.better(c, &h, &d.Pages[j])
		}
		if found[i] = h.page != nil; found[i] {
			key := alike{c.first[h.passage], h.exact}
			byPassage[key] = append(byPassage[key], h)
			r.Documents++
		}
	}
	best := make([][]hit, 0, len(byPassage))
	for _, hits := range byPassage {
		best = append(best, hits)
	}
	slices.SortFunc(best, func(a, b []hit) int { return c.compare(a[0], b[0]) })
	r.Passages = len(best)
	r.Near = len(best) > 0 && !best[0][0].exact
	from := min(max(q.From, 0), len(best))
	best = best[from:min(from+max(q.Count, 0), len(best))]
	err = x.show(ctx, c, in, &r, asked, best, found)
	if x.renewed.Load() != renewed {
		return Result{}, ErrNotYet // the numbers of passages are those of two indexes
	}
	return r, err
}

// longest is how long a query may take; the costliest ones take a tenth of a second.
const longest = 5 * time.Second

var errSlow = errors.New("it takes too long")

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
	var group errgroup.Group
	group.SetLimit(atOnce)
	var setting sync.Mutex
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
			set := bit
			if j == 0 {
				set |= bit << 16
			}
			group.Go(func() error {
				ids, err := x.match(ctx, c, sequences, m.prefix && j == 0)
				setting.Lock()
				defer setting.Unlock()
				for _, id := range ids {
					if int(id) < len(in.bits) { // else it was put since
						in.bits[id] |= set
					}
				}
				return err
			})
		}
	}
	return in, group.Wait() //nolint:wrapcheck // Find says what it was doing
}

// atOnce is how many terms of one query are looked for at once.
const atOnce = 2

// match asks for passages, and remembers what stands in many: that takes long, and is asked
// for often.
func (x *Index) match(ctx context.Context, c *catalog, sequences [][]string, prefix bool) ([]uint32, error) {
	var key strings.Builder
	for _, s := range sequences {
		key.WriteString(strings.Join(s, " ") + "|")
	}
	fmt.Fprint(&key, prefix)
	if ids, ok := c.remembered(key.String()); ok {
		return ids, nil
	}
	ids, err := x.keeper.Match(ctx, sequences, prefix)
	if err == nil && len(ids) >= longToMatch {
		c.remember(key.String(), ids)
	}
	return ids, err //nolint:wrapcheck // Find says what it was doing
}

// on says what of everything stands on a page, where that is all that has to be there.
func (in *looked) on(p *KeptPage) (on uint32, ok bool) {
	for _, id := range p.Passages {
		on |= in.bits[id]
	}
	return on, on&in.wanted == in.wanted && on&in.never == 0
}

// better puts a page in the place of another one of its document, if it has everything and is
// a better one.
func (in *looked) better(c *catalog, than *hit, p *KeptPage) {
	on, ok := in.on(p)
	if !ok {
		return
	}
	h := hit{document: than.document, page: p, exact: on>>16&in.wanted == in.wanted}
	if than.page != nil && than.exact && !h.exact {
		return
	}
	most := -1
	for _, id := range p.Passages {
		b := in.bits[id]
		if b&in.wanted == 0 {
			continue
		}
		all := bits.OnesCount32(b & in.wanted)
		has := all<<8 + bits.OnesCount32(b>>16&in.wanted)
		if has > most || has == most && c.copies[id] < c.copies[h.passage] {
			h.passage, h.close, most = id, all, has
		}
	}
	if than.page == nil || c.compare(h, *than) < 0 {
		*than = h
	}
}

// hits are the pages of a document on which everything stands, the best first.
func (in *looked) hits(c *catalog, document int) (all []hit) {
	pages := c.documents[document].Pages
	for i := range pages {
		h := hit{document: document}
		if in.better(c, &h, &pages[i]); h.page != nil {
			all = append(all, h)
		}
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
func (x *Index) show(ctx context.Context, c *catalog, in *looked, r *Result, asked []meant, best [][]hit, found []bool) error {
	also, pages := make([][]hit, len(best)), make([]int, len(best))
	var ids []uint32
	for i, hits := range best {
		ids = append(ids, hits[0].passage)
		if len(hits) > 1 {
			continue
		}
		all := in.hits(c, hits[0].document)
		pages[i] = len(all)
		for _, h := range all[1:] {
			if len(also[i]) < mostAlso && !slices.Contains(ids, h.passage) {
				also[i] = append(also[i], h)
				ids = append(ids, h.passage)
			}
		}
	}
	shared := c.shared(best, found)
	texts, err := x.keeper.Passages(ctx, ids)
	if err != nil {
		return fmt.Errorf("reading what was found in documents: %w", err)
	}
	mark := newMarker(asked)
	for i, hits := range best {
		f := Found{Near: !hits[0].exact, Shared: shared[i], Pages: pages[i], Text: mark.pieces(texts[hits[0].passage])}
		for _, h := range hits {
			f.Places = append(f.Places, c.place(h))
		}
		for _, h := range also[i] {
			f.Also = append(f.Also, Also{c.place(h), mark.pieces(texts[h.passage])})
		}
		r.Found = append(r.Found, f)
	}
	return nil
}

// shared says of the first passage of each in how many of the documents that were found it, or
// one that is alike, stands.
func (c *catalog) shared(best [][]hit, found []bool) []int {
	of := make([]int32, len(c.copies)) // by passage: which of the counts is its own, from 1
	for i, hits := range best {
		of[c.first[hits[0].passage]] = int32(i) + 1 //nolint:gosec // there are not so many
	}
	counts, last := make([]int, len(best)), make([]int, len(best))
	for i, d := range c.documents {
		if !found[i] {
			continue
		}
		for _, p := range d.Pages {
			for _, id := range p.Passages {
				if n := of[c.first[id]] - 1; n >= 0 && last[n] != i+1 {
					last[n] = i + 1
					counts[n]++
				}
			}
		}
	}
	shared := make([]int, len(best))
	for i, hits := range best { // two of them can be alike
		shared[i] = counts[of[c.first[hits[0].passage]]-1]
	}
	return shared
}
