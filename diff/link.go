package diff

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// pair is a known record and the entry that continues it.
type pair struct {
	record    *roster.Record
	entry     *entry
	certainty roster.Certainty
}

// linker pairs the records of one list with the entries of its next roster.
type linker struct {
	book     *book
	records  []*roster.Record // still without an entry
	entries  []*entry         // still without a record
	pairs    []pair
	listed   map[string]int    // how many of the records each agency has, by its id
	sought   map[string]bool   // agencies and models that the pending list has ever had
	standing map[string]bool   // agencies that entries with a record show on it now
	files    map[string]string // the documents that the records had, with one record's id each
}

// tier is one kind of evidence that two rows are one agreement.
type tier struct {
	// key groups what can be paired at all; "" pairs with nothing.
	key func(side) string
	// rate weighs a pair of one group: 0 refuses it, more is stronger.
	rate func(l *linker, old, now side) int
	// alone asks that the group has exactly one of each; mutual, that neither
	// side of a pair could be paired otherwise.
	alone, mutual bool
	certainty     func(old, now side) roster.Certainty
}

func newLinker(b *book, records []*roster.Record, entries []*entry) *linker {
	l := &linker{book: b, listed: map[string]int{}, sought: map[string]bool{}, standing: map[string]bool{}, files: map[string]string{}}
	l.records = slices.Clone(records)
	slices.SortFunc(l.records, func(a, b *roster.Record) int { return cmp.Compare(a.ID(), b.ID()) })
	l.entries = slices.Clone(entries)
	for _, r := range records {
		l.listed[r.Now().AgencyID]++
		if moa := r.Now().MOA; moa != "" {
			l.files[documentKey(moa)] = r.ID()
		}
	}
	return l
}

// link goes through the tiers, the strongest first; what one pairs, the next
// ones do not see.
func (l *linker) link(tiers ...tier) {
	for _, t := range tiers {
		l.run(t)
	}
}

// candidate is a possible pair, by index.
type candidate struct{ record, entry, rating int }

func (l *linker) run(t tier) {
	oldGroups, newGroups := map[string][]int{}, map[string][]int{}
	for i, r := range l.records {
		if key := t.key(side{r.Now()}); key != "" {
			oldGroups[key] = append(oldGroups[key], i)
		}
	}
	for i, e := range l.entries {
		if key := t.key(e.side); key != "" && e.row.Readable() {
			newGroups[key] = append(newGroups[key], i)
		}
	}
	var found []candidate
	for key, olds := range oldGroups {
		news := newGroups[key]
		if t.alone && (len(olds) != 1 || len(news) != 1) {
			continue
		}
		found = append(found, l.rated(t, olds, news)...)
	}
	if t.mutual {
		found = mutual(found)
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.rating, a.rating), cmp.Compare(a.record, b.record), cmp.Compare(a.entry, b.entry))
	})
	l.take(t, found)
}

func (l *linker) rated(t tier, olds, news []int) []candidate {
	var found []candidate
	for _, o := range olds {
		for _, n := range news {
			old, now := side{l.records[o].Now()}, l.entries[n].side
			if l.book.aliases.apart(old, now) {
				continue
			}
			if rating := t.rate(l, old, now); rating > 0 {
				found = append(found, candidate{o, n, rating})
			}
		}
	}
	return found
}

// mutual keeps the candidates whose record and entry have no other.
func mutual(found []candidate) []candidate {
	records, entries := map[int]int{}, map[int]int{}
	for _, c := range found {
		records[c.record]++
		entries[c.entry]++
	}
	return slices.DeleteFunc(found, func(c candidate) bool { return records[c.record] > 1 || entries[c.entry] > 1 })
}

// take turns candidates into pairs, each record and entry once.
func (l *linker) take(t tier, found []candidate) {
	for _, c := range found {
		r, e := l.records[c.record], l.entries[c.entry]
		if r == nil || e == nil {
			continue
		}
		certainty := roster.Certain
		if t.certainty != nil {
			certainty = t.certainty(side{r.Now()}, e.side)
		}
		l.pairs = append(l.pairs, pair{r, e, certainty})
		if e.Key() == r.Now().Key() {
			l.standing[r.Now().AgencyID] = true
		}
		l.records[c.record], l.entries[c.entry] = nil, nil
	}
	l.records = slices.DeleteFunc(l.records, func(r *roster.Record) bool { return r == nil })
	l.entries = slices.DeleteFunc(l.entries, func(e *entry) bool { return e == nil })
}

// sideBySide says that two agencies are known to be two, however near their
// names: the list had the entry's agency while it had the record's, or both
// have sought an agreement in that model.
func (l *linker) sideBySide(old, now side) bool {
	if now.AgencyID == "" || now.AgencyID == old.AgencyID {
		return false
	}
	return l.listed[now.AgencyID] > 0 || l.sought[seeker(old)] && l.sought[seeker(now)]
}

// seeker is what a pending entry is known by.
func seeker(s side) string { return s.AgencyID + "#" + string(s.Model) }

// otherFile says that the two have different MOA files. The file of a third
// agreement, linked at this row by mistake, tells nothing.
func (l *linker) otherFile(old, now side) bool {
	if owner := l.files[documentKey(now.MOA)]; owner != "" && owner != old.ID {
		return false
	}
	return otherDocuments(old.MOA, now.MOA)
}

// confirm lets rows that lack a readable state, agency or model stand for the
// records that they agree with in all that can be read: a cell that ICE
// misprints beyond reading ends no agreement.
func (l *linker) confirm() {
	for i, e := range l.entries {
		if e.row.Readable() {
			continue
		}
		at := l.confirmed(e)
		if at < 0 {
			continue
		}
		now := l.records[at].Now()
		e.State, e.Model = cmp.Or(e.State, now.State), cmp.Or(e.Model, now.Model)
		l.pairs = append(l.pairs, pair{l.records[at], e, roster.Likely})
		l.records = slices.Delete(l.records, at, at+1)
		l.entries[i] = nil
	}
	l.entries = slices.DeleteFunc(l.entries, func(e *entry) bool { return e == nil })
}

// confirmed finds the record that an unreadable row stands for: one with its
// document or name, or else the only one that it can be. -1 means none.
func (l *linker) confirmed(e *entry) int {
	possible := -1
	for i, r := range l.records {
		a := r.Now()
		if !mayBe(a, e) {
			continue
		}
		if sameDocument(a.MOA, e.MOA) || e.Agency != "" && roster.Fold(e.Agency) == roster.Fold(a.Agency) {
			return i
		}
		if possible >= 0 {
			return -1
		}
		possible = i
	}
	return possible
}

// mayBe compares what can be read of a row. Without a name, the rest must be
// there and agree.
func mayBe(a roster.Agreement, e *entry) bool {
	if e.State != "" && e.State != a.State || e.Model != "" && e.Model != a.Model ||
		e.Signed != "" && a.Signed != "" && e.Signed != a.Signed {
		return false
	}
	if e.Agency == "" {
		return sameDocument(a.MOA, e.MOA) || e.State != "" && e.Model != "" && e.Signed != ""
	}
	return near(side{a}.spelling(), roster.Spelling{State: a.State, Name: e.Agency}) == sameBody
}
