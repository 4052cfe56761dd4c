package main

import (
	"slices"
	"strconv"
	"strings"
)

// checkRestored: what it takes back was told, of the same agreement, and once.
func (h *hearing) checkRestored() {
	h.checkTakesBack()
	if is := h.here.named(h.names, h.c.Agreement.Model); len(is) == 0 {
		h.no("restored", "the list has it not")
	}
	if was := h.before.named(h.names, h.c.Agreement.Model); len(was) > 0 {
		h.no("restored", "row %d of the list before has it", was[0].number)
	}
	if len(h.c.Fields) > 0 {
		h.checkBefore()
	}
}

func (h *hearing) takenBack() *claim {
	at, known := h.byID[h.c.Corrects]
	if !known {
		return nil
	}
	return &h.changes[at]
}

// onePlace says whether two names of a state begin with the same county.
func onePlace(a, b claimed) bool {
	first := func(c claimed) string { before, _, _ := strings.Cut(c.Agency, " County "); return before }
	return a.State == b.State && first(a) == first(b) && first(a) != a.Agency
}

func (h *hearing) checkTakesBack() {
	back := h.takenBack()
	switch {
	case back == nil || back.Seq >= h.c.Seq:
		h.no("takes back", "%q was not told before", h.c.Corrects)
		return
	case h.taken[back.ID] != "":
		h.no("takes back", "%s took it back already", h.taken[back.ID])
	case back.Milestone == nil && back.Agreement.ID != h.c.Agreement.ID && !near(named(back.Agreement.Agency), named(h.c.Agreement.Agency)) && !onePlace(back.Agreement, h.c.Agreement):
		h.no("takes back", "change %d is about %s", back.Seq, back.Agreement.ID)
	case (back.Milestone == nil) != (h.c.Milestone == nil) || back.Milestone != nil && back.Milestone.Name != h.c.Milestone.Name:
		h.no("takes back", "change %d is %s", back.Seq, back.Kind)
	}
	h.taken[back.ID] = h.c.ID
	want := map[string]string{"participating": "removed", "pending": "withdrawn"}[h.c.Publication.List]
	if h.c.Kind != "restored" {
		want = "withdrawn"
	}
	if h.c.Milestone == nil && back.Kind != want {
		h.no("takes back", "change %d is %s", back.Seq, back.Kind)
	}
}

// checkAmended: the cells before are those of the list before, and the fields are
// those that differ.
func (h *hearing) checkAmended() {
	if h.c.Before == nil || len(h.c.Fields) == 0 {
		h.no("amended", "nothing is said to have changed")
		return
	}
	h.checkBefore()
	if h.c.Kind == "amended" && slices.ContainsFunc(h.c.Fields, func(f claimedField) bool { return f.Name == "agency" || f.Name == "state" }) {
		h.checkSameAgency()
	}
}

func (h *hearing) checkBefore() {
	b, a := *h.c.Before, h.c.Agreement
	// The list before has the row, or the last one that had it.
	found := h.last(b)
	if found == nil {
		h.no("before", "no list before has %s, %s, %s, signed %s", b.Agency, b.State, b.Model, b.Signed)
		return
	}
	for _, f := range h.c.Fields {
		pair := map[string]struct{ before, now string }{"agency": {b.Agency, a.Agency}, "state": {b.State, a.State}, "model": {b.Model, a.Model},
			"signed": {b.Signed, a.Signed}, "signed_as": {b.SignedAs, a.SignedAs}, "county": {b.County, a.County}, "type": {b.Type, a.Type},
			"moa_url": {b.MOA, a.MOA}, "addendum_url": {b.Addendum, a.Addendum}}[f.Name]
		if f.Name == "rows" {
			h.checkRows(f.From, f.To)
			continue
		}
		if f.Name == "signed" && f.From == b.SignedAs && b.SignedAs != "" {
			pair.before = b.SignedAs // a misprint, which was read as this date, as another one or not at all
		}
		if pair.before != f.From || pair.now != f.To || f.From == f.To {
			h.no("fields", "%s from %q to %q, and the agreements have %q and %q", f.Name, f.From, f.To, pair.before, pair.now)
		}
	}
}

// last is the row that the last list before had of an agreement.
func (h *hearing) last(b claimed) *listRow {
	for i := h.at - 1; i >= 0; i-- {
		l := h.lists[h.c.Publication.List][i]
		for j := range l.rows {
			r := &l.rows[j]
			if r.state == b.State && r.name == b.Agency && r.model == b.Model &&
				(h.c.Publication.List == "pending" || dateFits(b, r)) {
				return r
			}
		}
		if h.c.Corrects == "" {
			return nil
		}
	}
	return nil
}

// checkRows counts the rows that list one agreement.
func (h *hearing) checkRows(from, to string) {
	count := func(l *icesList) string {
		n := 0
		for _, r := range l.rows {
			if h.names[r.state+"|"+r.bare] && r.model == h.c.Agreement.Model && near(*h.row, r) {
				n++
			}
		}
		return strconv.Itoa(n)
	}
	if h.row == nil {
		return
	}
	if is, was := count(h.here), count(h.before); is != to || was != from {
		h.no("rows", "from %s to %s, and the lists have %s and %s", from, to, was, is)
	}
}

// checkSameAgency: neither name stands beside the other, before or after.
func (h *hearing) checkSameAgency() {
	b, a := *h.c.Before, h.c.Agreement
	old, now := b.State+"|"+bareName(b.Agency), a.State+"|"+bareName(a.Agency)
	if old == now {
		return
	}
	for i, l := range h.lists[h.c.Publication.List] {
		var sides [2]*listRow
		for j := range l.rows {
			r := &l.rows[j]
			if key := r.state + "|" + r.bare; r.model == a.Model && key == old {
				sides[0] = r
			} else if r.model == a.Model && key == now {
				sides[1] = r
			}
		}
		if sides[0] != nil && sides[1] != nil && (h.c.Certainty == "certain" || i <= h.at) &&
			sides[0].signed != sides[1].signed && (sides[0].documentID == "" || sides[0].documentID != sides[1].documentID) {
			h.no("same agency", "%s has both, in rows %d and %d", l.file, sides[0].number, sides[1].number)
			return
		}
	}
}
