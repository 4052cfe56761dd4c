package diff

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// maxCompared bounds the pairs of rows that are compared for one list. ICE's
// worst day took 3,000; this many take a second.
const maxCompared = 200_000

// errTooAlike says that so many rows changed, with names so like each other, that
// comparing them was given up.
var errTooAlike = errors.New("too many rows are alike")

// match is a possible pair, by index, with the evidence for it.
type match struct {
	record, row int
	evidence    evidence
	certainty   roster.Certainty
	condition   condition
}

// pairByEvidence compares each record that is left with each entry that it could
// be, and pairs them so that the evidence for all pairs together is strongest.
func (l *linker) pairByEvidence(ctx context.Context) {
	var found []match
	for e, olds := range l.possible() {
		for _, r := range olds {
			if l.compared++; l.compared > maxCompared {
				l.err = errTooAlike
				return
			}
			if l.compared%256 == 0 && ctx.Err() != nil {
				l.err = ctx.Err()
				return
			}
			if c, ok := l.judged(r, e); ok {
				found = append(found, c)
			}
		}
	}
	for _, c := range best(l.mutual(found)) {
		k, e := l.records[c.record], l.rows[c.row]
		l.pair(k, e, c.certainty, c.evidence.lines)
		k.row, l.rows[c.row] = nil, nil
	}
	l.dropPaired()
}

// judged weighs one pair.
func (l *linker) judged(r, e int) (match, bool) {
	old, now := l.records[r], l.rows[e]
	ev := l.weigh(old.row, now.row)
	certainty, condition, ok := l.linked(&ev)
	if !ok {
		last, refused := l.rejected[now]
		if ev.names.likeness <= samePlace && (!refused || ev.sum > last.evidence.sum) {
			l.rejected[now] = rejection{old, ev}
		}
		return match{}, false
	}
	return match{r, e, ev, certainty, condition}, true
}

// possible lists, for each entry by index, the records by index that it is worth
// comparing with: those of its state and model, those with its file, and those of
// its name elsewhere.
func (l *linker) possible() [][]int {
	byKey := map[string][]int{}
	keys := func(s *row) []string {
		n := s.parsed()
		keys := []string{"=" + string(s.State) + "#" + string(s.Model)}
		if !l.options.ended {
			keys = append(keys, "@"+n.bare+"#"+string(s.Model))
		}
		if s.file != "" {
			keys = append(keys, s.file)
		}
		if s.AgencyID != "" {
			keys = append(keys, s.AgencyID+"#"+string(s.Model), s.AgencyID+"@"+string(s.Signed))
		}
		return keys
	}
	for i, k := range l.records {
		for _, key := range keys(k.row) {
			byKey[key] = append(byKey[key], i)
		}
	}
	possible := make([][]int, len(l.rows))
	total := 0
	for i, e := range l.rows {
		if !e.printed.Readable() {
			continue
		}
		for _, key := range keys(e.row) {
			possible[i] = append(possible[i], byKey[key]...)
		}
		slices.Sort(possible[i])
		possible[i] = slices.Compact(possible[i])
		if total += len(possible[i]); total > maxCompared {
			break // pairByEvidence will report it
		}
	}
	return possible
}

// mutual drops candidates that condition to be the only possible pair of their
// record or entry and are not.
func (l *linker) mutual(found []match) []match {
	records, entries, sameDay := map[int]int{}, map[int]int{}, map[string]int{}
	for _, c := range found {
		records[c.record]++
		entries[c.row]++
	}
	key := func(prefix string, s *row) string {
		return prefix + string(s.State) + string(s.Model) + string(s.Signed)
	}
	for _, k := range l.records {
		sameDay[key("-", k.row)]++
	}
	for _, e := range l.rows {
		sameDay[key("+", e.row)]++
	}
	return slices.DeleteFunc(found, func(c match) bool {
		old, now := l.records[c.record].row, l.rows[c.row].row
		others := records[c.record] > 1 || entries[c.row] > 1
		return c.condition >= ifOnlyMatch && others || c.condition == ifOnlyRowThatDay && (sameDay[key("-", old)] > 1 || sameDay[key("+", now)] > 1)
	})
}

// best chooses candidates so that each record and entry is in one, and the sum of
// their evidence is greatest. Candidates that share a row are weighed together.
func best(found []match) []match {
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.evidence.sum, a.evidence.sum), cmp.Compare(a.record, b.record), cmp.Compare(a.row, b.row))
	})
	var chosen []match
	for _, group := range connected(found) {
		chosen = append(chosen, bestOf(group)...)
	}
	return chosen
}

// connected groups the candidates that share records or entries, directly or
// through others.
func connected(found []match) [][]match {
	parent := map[int]int{} // records by index, entries by -1-index
	var root func(int) int
	root = func(x int) int {
		if p, ok := parent[x]; ok && p != x {
			parent[x] = root(p)
			return parent[x]
		}
		parent[x] = x
		return x
	}
	for _, c := range found {
		parent[root(c.record)] = root(-1 - c.row)
	}
	at, groups := map[int]int{}, [][]match(nil)
	for _, c := range found {
		i, seen := at[root(c.record)]
		if !seen {
			i = len(groups)
			at[root(c.record)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// maxExact is the size up to which every choice is tried. ICE's lists have no
// larger groups; those are chosen from the strongest down.
const maxExact = 12

// bestOf chooses within one group, whose first candidate is the strongest.
func bestOf(group []match) []match {
	if len(group) > maxExact {
		return strongestFirst(group)
	}
	var best []match
	most := -1
	for set := range 1 << len(group) {
		chosen, sum, ok := subset(group, set)
		if ok && sum > most {
			best, most = chosen, sum
		}
	}
	return best
}

// subset returns the candidates whose bit is set; ok is false where two of them
// share a row.
func subset(group []match, set int) (chosen []match, sum int, ok bool) {
	for i, c := range group {
		if set&(1<<i) == 0 {
			continue
		}
		for _, d := range chosen {
			if d.record == c.record || d.row == c.row {
				return nil, 0, false
			}
		}
		chosen = append(chosen, c)
		sum += max(1, c.evidence.sum)
	}
	return chosen, sum, true
}

func strongestFirst(group []match) []match {
	var chosen []match
	records, entries := map[int]bool{}, map[int]bool{}
	for _, c := range group {
		if !records[c.record] && !entries[c.row] {
			records[c.record], entries[c.row] = true, true
			chosen = append(chosen, c)
		}
	}
	return chosen
}
