package rebuild

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// derived says whether a change follows from lists. What is known of documents and of
// ICE's page was looked at when it was found, and stays as it is, and so does what was
// announced of an earlier rebuild.
func derived(c roster.Change) bool {
	switch c.Kind {
	case roster.KindNew, roster.KindPending, roster.KindRemoved, roster.KindWithdrawn, roster.KindRestored, roster.KindAmended,
		roster.KindDetail, roster.KindMilestone:
		return true
	case roster.KindDocument:
		return c.Document == nil
	case roster.KindPage, roster.KindCorrection:
	}
	return false
}

// sameness is what makes two changes one: what happened to which agreement, by which list.
type sameness struct {
	kind      roster.Kind
	list      roster.List
	sha256    string
	agreement string
	row       int // in place of the agreement
	milestone string
}

func samenessOf(c roster.Change) sameness {
	s := sameness{kind: c.Kind, list: c.Publication.List, sha256: c.Publication.SHA256}
	if c.Milestone != nil {
		s.milestone = fmt.Sprintf("%s %d %s", c.Milestone.Name, c.Milestone.Count, c.Milestone.Day)
	}
	return s
}

func byAgreement(c roster.Change) (sameness, bool) {
	s := samenessOf(c)
	s.agreement = c.Agreement.ID
	return s, true
}

// byRow is for changes whose agreement is another's by now, as it is listed in the same row.
func byRow(c roster.Change) (sameness, bool) {
	s := samenessOf(c)
	s.row = c.Publication.Row
	return s, s.row > 0
}

// reconcile gives the changes that were derived the ids and numbers of those of before that
// are the same, numbers the others behind them, and returns all that the store is to have, in
// the order of their numbers, and what differs.
func (k *kept) reconcile(id identity, found []roster.Change) ([]roster.Change, Differences) {
	all := slices.Clone(k.changes)
	for i, c := range all {
		if !derived(c) {
			all[i] = id.kept(c)
		}
	}
	now := make([]roster.Change, len(found))
	for i, c := range found {
		now[i] = id.change(c)
	}
	of := match(k.changes, now)
	last := uint64(len(all))
	for i := range now {
		natural := now[i].ID
		if old, ok := of[i]; ok {
			now[i].ID, now[i].Seq = all[old].ID, all[old].Seq
		} else {
			last++
			now[i].Seq, now[i].FoundLater = last, true
			now[i].ID = diff.ChangeID(now[i])
		}
		id.changes[natural] = now[i].ID
	}
	var d Differences
	stays := map[uint64]bool{}
	for i := range now {
		c := now[i]
		c.Corrects = known(id.changes, c.Corrects)
		old, ok := of[i]
		if !ok {
			d.Added = append(d.Added, c)
			all = append(all, c)
			continue
		}
		stays[c.Seq] = true
		was := all[old]
		c.DetectedAt, c.FoundLater = was.DetectedAt, was.FoundLater
		if fields := differing(was, c); was.TakenBack {
			d.Again = append(d.Again, c)
		} else if len(fields) > 0 {
			d.Altered = append(d.Altered, Altered{Was: was, Now: c, Fields: fields})
		}
		all[old] = c
	}
	for i, c := range k.changes {
		if !derived(c) || stays[c.Seq] || c.TakenBack {
			continue
		}
		d.Gone = append(d.Gone, c)
		all[i].TakenBack = true
	}
	voidCorrections(all)
	d.Kept = len(stays) - len(d.Altered) - len(d.Again)
	slices.SortFunc(all, func(a, b roster.Change) int { return cmp.Compare(a.Seq, b.Seq) })
	return all, d
}

// voidCorrections marks what was announced of an earlier rebuild and is not so, as what it
// took back stands, or what it had found is taken back. The changes are not yet in the order
// of their numbers.
func voidCorrections(all []roster.Change) {
	takenBack := map[string]bool{}
	for _, c := range all {
		takenBack[c.ID] = c.TakenBack && c.Correction == nil
	}
	for i, c := range all {
		if k := c.Correction; k == nil {
			continue
		} else if k.Event == roster.CorrectionTakenBack {
			all[i].TakenBack = !takenBack[k.Was.ID]
		} else if about := cmp.Or(k.Now, k.Was); about != nil {
			all[i].TakenBack = takenBack[about.ID]
		}
	}
}

// kept is a change that is not derived from lists, with the ids that things have now.
func (id identity) kept(c roster.Change) roster.Change {
	if now, ok := id.agreementOf[c.Agreement.ID]; ok && now.ID != c.Agreement.ID {
		c.Agreement.ID, c.Agreement.AgencyID = now.ID, now.AgencyID
	}
	return c
}

// match pairs what was found with the changes of before: by the agreement, and what is then
// left by the row. Of several that are alike, those that were found at the same moment are
// one, and then the first with the first.
func match(before, found []roster.Change) map[int]int {
	of, used := map[int]int{}, make([]bool, len(before))
	for _, key := range []func(roster.Change) (sameness, bool){byAgreement, byRow} {
		for _, exactly := range []bool{true, false} {
			olds := map[sameness][]int{} // those that stand come first
			for _, takenBack := range []bool{false, true} {
				for i, c := range before {
					if s, ok := key(c); ok && !used[i] && derived(c) && c.TakenBack == takenBack {
						olds[s] = append(olds[s], i)
					}
				}
			}
			for i, c := range found {
				s, ok := key(c)
				if _, matched := of[i]; matched || !ok {
					continue
				}
				at := slices.IndexFunc(olds[s], func(old int) bool { return !exactly || before[old].DetectedAt.Equal(c.DetectedAt) })
				if at < 0 {
					continue
				}
				old := olds[s][at]
				of[i], used[old] = old, true
				olds[s] = slices.Delete(olds[s], at, at+1)
			}
		}
	}
	return of
}

// differing names the members of the JSON of two changes that are not the same.
func differing(a, b roster.Change) []string {
	x, y := members(a), members(b)
	var names []string
	for name, value := range x {
		if !reflect.DeepEqual(value, y[name]) {
			names = append(names, name)
		}
	}
	for name := range y {
		if _, both := x[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func members(c roster.Change) map[string]any {
	c.TakenBack = false
	doc, err := json.Marshal(c)
	if err != nil { // a change always encodes
		panic(err)
	}
	var found map[string]any
	if err := json.Unmarshal(doc, &found); err != nil {
		panic(err)
	}
	return found
}
