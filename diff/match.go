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

// pairByEvidence compares each record that is left with each row that it could
// be, and pairs them so that the evidence for all pairs together is strongest.
func (l *linker) pairByEvidence(ctx context.Context) {
	var found []match
	for row, records := range l.possible() {
		now := l.rows[row]
		for _, record := range records {
			if !l.mayCompare(ctx, 1) {
				return
			}
			old := l.records[record]
			m := match{record: record, row: row, evidence: l.weigh(old.row, now.row)}
			if m.certainty, m.condition = l.accepts(&m.evidence); m.certainty != "" {
				found = append(found, m)
				continue
			}
			last, rejected := l.rejected[now]
			if m.evidence.names.likeness <= samePlace && (!rejected || m.evidence.sum > last.evidence.sum) {
				l.rejected[now] = rejection{old, m.evidence}
			}
		}
	}
	for _, m := range best(l.mutual(found)) {
		l.pair(l.records[m.record], l.rows[m.row], m.certainty, m.evidence.lines)
	}
	l.dropPaired()
}

// mayCompare counts so many comparisons more, and says whether to make them.
func (l *linker) mayCompare(ctx context.Context, n int) bool {
	if l.compared += n; l.compared > maxCompared {
		l.err = errTooAlike
	} else {
		l.err = ctx.Err()
	}
	return l.err == nil
}

// possible lists, for each row by index, the records by index that it is worth
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

// mutual drops the matches whose condition does not hold.
func (l *linker) mutual(found []match) []match {
	records, rows, sameDay := map[int]int{}, map[int]int{}, map[string]int{}
	for _, m := range found {
		records[m.record]++
		rows[m.row]++
	}
	key := func(list string, r *row) string { return list + string(r.State) + string(r.Model) + string(r.Signed) }
	for _, k := range l.records {
		sameDay[key("-", k.row)]++
	}
	for _, e := range l.rows {
		sameDay[key("+", e.row)]++
	}
	return slices.DeleteFunc(found, func(m match) bool {
		onlyMatch := records[m.record] == 1 && rows[m.row] == 1
		onlyThatDay := sameDay[key("-", l.records[m.record].row)] <= 1 && sameDay[key("+", l.rows[m.row].row)] <= 1
		return m.condition >= ifOnlyMatch && !onlyMatch || m.condition == ifOnlyThatDay && !onlyThatDay
	})
}

// best chooses matches so that each record and row is in one, and the sum of
// their evidence is greatest. Matches that share a row are weighed together.
func best(found []match) []match {
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.evidence.sum, a.evidence.sum), cmp.Compare(a.record, b.record), cmp.Compare(a.row, b.row))
	})
	var chosen []match
	for _, group := range connected(found) {
		if len(group) > maxExact {
			chosen = append(chosen, strongestFirst(group)...)
		} else {
			exact, _ := bestOf(group)
			chosen = append(chosen, exact...)
		}
	}
	return chosen
}

// connected groups the matches that share records or rows, directly or
// through others.
func connected(found []match) [][]match {
	parent := map[int]int{} // records by index, rows by -1-index
	root := func(x int) int {
		for p, ok := parent[x]; ok; p, ok = parent[x] {
			if above, ok := parent[p]; ok {
				parent[x] = above // which shortens the next way up
			}
			x = p
		}
		return x
	}
	for _, m := range found {
		if a, b := root(m.record), root(-1-m.row); a != b {
			parent[a] = b
		}
	}
	at, groups := map[int]int{}, [][]match(nil)
	for _, m := range found {
		top := root(m.record)
		if _, seen := at[top]; !seen {
			at[top] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[top]] = append(groups[at[top]], m)
	}
	return groups
}

// maxExact is the size up to which every choice is tried. ICE's lists have no
// larger groups; those are chosen from the strongest down.
const maxExact = 12

// bestOf chooses within one group, and returns the sum of the evidence chosen. The
// last match is taken where that is better than the best choice without it.
func bestOf(group []match) (chosen []match, sum int) {
	if len(group) == 0 {
		return nil, 0
	}
	rest, last := group[:len(group)-1], group[len(group)-1]
	chosen, sum = bestOf(rest)
	with, sumWith := bestOf(slices.DeleteFunc(slices.Clone(rest), func(m match) bool { return m.record == last.record || m.row == last.row }))
	if sumWith += max(1, last.evidence.sum); sumWith > sum {
		return append(with, last), sumWith
	}
	return chosen, sum
}

// strongestFirst takes each match of a group whose rows are still free.
func strongestFirst(group []match) []match {
	records, rows := map[int]bool{}, map[int]bool{}
	return slices.DeleteFunc(group, func(m match) bool {
		taken := records[m.record] || rows[m.row]
		if !taken {
			records[m.record], rows[m.row] = true, true
		}
		return taken
	})
}
