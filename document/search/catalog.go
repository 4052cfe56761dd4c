package search

import (
	"cmp"
	"slices"
	"sync"
)

// catalog is what is known of all documents in memory: which passages stand on which pages,
// and which words there are. None of that changes.
type catalog struct {
	documents []Kept // by SHA256
	stamps    map[string]string
	readable  int                // documents in which there are words
	first     []uint32           // by passage: the first one that is alike
	copies    []uint32           // by passage: in how many documents it stands, or one alike
	families  map[string]*family // by stem
	words     []known            // in their order

	mu      sync.Mutex
	matched map[string][]uint32 // passages that are remembered, by what was asked for
	room    int                 // for how many more there is
}

const (
	longToMatch    = 1000    // passages, which it takes some milliseconds to find
	mostRemembered = 4 << 20 // passages, in 16 MiB
)

// remembered returns what was remembered.
func (c *catalog) remembered(key string) (ids []uint32, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids, ok = c.matched[key]
	return ids, ok
}

// remember remembers passages, which nobody may change, and forgets all others where there is
// no room.
func (c *catalog) remember(key string, ids []uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.room < len(ids) {
		c.matched, c.room = map[string][]uint32{}, mostRemembered
	}
	if _, ok := c.matched[key]; !ok {
		c.matched[key] = ids
		c.room -= len(ids)
	}
}

func newCatalog(documents []Kept, words []Word) *catalog {
	c := &catalog{documents: documents, stamps: map[string]string{}, families: map[string]*family{}}
	slices.SortFunc(c.documents, func(a, b Kept) int { return cmp.Compare(a.SHA256, b.SHA256) })
	var highest uint32
	for _, d := range c.documents {
		c.stamps[d.SHA256] = d.Stamp
		if len(d.Pages) > 0 {
			c.readable++
		}
		for _, p := range d.Pages {
			for _, id := range p.Passages {
				highest = max(highest, id)
			}
		}
	}
	c.count(highest)
	slices.SortFunc(words, func(a, b Word) int { return cmp.Compare(a.Word, b.Word) })
	for _, w := range words {
		s := stem(w.Word)
		f := c.families[s]
		if f == nil {
			f = &family{}
			c.families[s] = f
		}
		f.words = append(f.words, w.Word)
		f.documents = max(f.documents, w.Documents)
		k := newKnown(w.Word)
		k.documents, k.family = w.Documents, f
		c.words = append(c.words, k)
	}
	return c
}

// count finds the passages that are alike, and in how many documents they stand.
func (c *catalog) count(highest uint32) {
	c.first, c.copies = make([]uint32, highest+1), make([]uint32, highest+1)
	firsts := map[uint64]uint32{}       // by Passage.Alike
	counted := make([]int32, highest+1) // the last document that a passage was counted for, from 1
	for i, d := range c.documents {
		for j, p := range d.Pages {
			for k, id := range p.Passages {
				if c.first[id] == 0 {
					c.first[id] = id
					if k < len(p.Alike) {
						if first, ok := firsts[p.Alike[k]]; ok {
							c.first[id] = first
						} else {
							firsts[p.Alike[k]] = id
						}
					}
				}
				first := c.first[id]
				if n := int32(i + 1); counted[first] != n { //nolint:gosec // there are not so many
					counted[first] = n
					c.copies[first]++
				}
			}
			d.Pages[j].Alike = nil // it is not needed any more
		}
	}
	for id, first := range c.first {
		c.copies[id] = c.copies[first]
	}
}
