package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkFields holds what every change has: who, with the cells of the row.
func (h *hearing) checkFields() {
	a, c := h.c.Agreement, h.c
	if stateNames[a.State] == "" || modelNames[a.Model] == "" || a.Agency == "" {
		h.no("fields", "state %q, model %q, agency %q", a.State, a.Model, a.Agency)
	}
	if a.ID == "" || a.AgencyID == "" || c.Text == "" || c.Certainty != "certain" && c.Certainty != "likely" {
		h.no("fields", "id %q of %q, certainty %q", a.ID, a.AgencyID, c.Certainty)
	}
	if len(c.Fields) > 0 && c.Before == nil {
		h.no("fields", "fields that changed, and nothing before")
	}
	if c.Publication.Row == 0 {
		if c.Kind != "removed" && c.Kind != "withdrawn" && c.Milestone == nil && c.Corrects == "" {
			h.no("evidence", "no row")
		}
		return
	}
	at := slices.IndexFunc(h.here.rows, func(r listRow) bool { return r.number == c.Publication.Row })
	if at < 0 {
		h.no("evidence", "the list has no row %d", c.Publication.Row)
		return
	}
	h.row = &h.here.rows[at]
	if c.Milestone == nil || c.Corrects == "" { // else it is the row that shows what is taken back
		h.checkCells(a, h.row)
	}
}

// checkOnce: nothing is told twice, unless the first time was taken back.
func (h *hearing) checkOnce() {
	c, a := h.c, h.c.Agreement
	key := fmt.Sprint(c.Kind, a.ID, c.Publication.SHA256, c.Publication.PublishedAt, c.Fields, c.Corrects)
	if m := c.Milestone; m != nil && c.Corrects == "" {
		key = map[string]string{"first-in-state": a.State, "first-in-model": a.State + a.Model, "first-of-type": a.State + a.Type,
			"last-in-state": a.State + eastern(h.here.at), "hundred": strconv.Itoa(m.Count), "record-day": m.Day}[m.Name] + m.Name
	}
	if before := h.told[key]; before != "" && (h.taken[before] == "" || c.Milestone == nil) {
		h.no("told twice", "%s says it as well", before)
	}
	h.told[key] = c.ID
}

// checkCells holds an agreement against the cells of a row. What a cell does not
// say may be known from before.
func (h *hearing) checkCells(a claimed, r *listRow) {
	for _, cell := range []struct{ what, claimed, printed string }{
		{"state", a.State, r.state}, {"agency", a.Agency, r.name}, {"model", a.Model, r.model},
		{"county", a.County, r.county}, {"type", a.Type, r.kind},
		{"document", documentName(a.MOA), r.documentID}, {"addendum", documentName(a.Addendum), documentName(r.addendum)},
	} {
		if cell.claimed != cell.printed && cell.printed != "" {
			h.no("cells", "%s is %q, and row %d has %q", cell.what, cell.claimed, r.number, cell.printed)
		}
	}
	if h.c.Publication.List == "participating" && !dateFits(a, r) {
		h.no("cells", "signed is %q (%q), and row %d has %q", a.Signed, a.SignedAs, r.number, r.printed)
	}
}

// dateFits says whether a signing date is what the cell says: the day that Excel
// counts, or the printed digits in the order of an American date.
func dateFits(a claimed, r *listRow) bool {
	if r.signed != "" || r.printed == "" {
		return a.Signed == r.signed || r.printed == ""
	}
	printed := r.printed
	if n, err := strconv.Atoi(printed); err == nil { // a day in another age
		printed = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format("1/2/2006")
		return a.SignedAs == printed && a.Signed[4:] == time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format("-01-02")
	}
	day, err := time.Parse(time.DateOnly, a.Signed)
	if err != nil || unreadable(printed) { // then the date is known from before, or not at all
		return a.SignedAs == printed
	}
	digits := strings.Join(strings.FieldsFunc(printed, func(r rune) bool { return r < '0' || r > '9' }), "")
	return slices.ContainsFunc([]string{"1/2/2006", "01/02/2006", "01/2/2006", "1/02/2006", "2006-01-02"}, func(layout string) bool {
		return digits == strings.Join(strings.FieldsFunc(day.Format(layout), func(r rune) bool { return r == '/' || r == '-' }), "")
	}) && (a.SignedAs == printed || a.SignedAs == "")
}

// checkNew: it is on the list, and neither its name nor its file was before.
func (h *hearing) checkNew() {
	a := h.c.Agreement
	if h.c.Publication.List != "participating" {
		h.no("new", "read from the other list")
	}
	was, is := h.before.named(h.names, a.Model), h.here.named(h.names, a.Model)
	if len(was) >= len(is) {
		h.no("new", "the list before has %d agreements of the agency in the model, this one %d", len(was), len(is))
	}
	if h.row != nil && h.c.Certainty == "certain" {
		h.checkFileIsNew()
	}
	h.checkNeighbors()
	if h.c.PendingSince != "" {
		h.checkPendingSince()
	}
	if h.c.Holding > 0 {
		if n := len(h.here.named(h.names, "")); n != h.c.Holding {
			h.no("holding", "holds %d, and the list has %d", h.c.Holding, n)
		}
	}
}

func (h *hearing) checkFileIsNew() {
	for i := range h.before.rows {
		r := &h.before.rows[i]
		if r.documentID == "" || r.documentID != h.row.documentID || r.model != h.row.model {
			continue
		}
		if !slices.ContainsFunc(h.here.rows, func(o listRow) bool { return o.bare == r.bare && o.state == r.state && o.model == r.model }) {
			h.no("new", "its file was %s's in the list before, which is gone", r.name)
		}
	}
}

// checkNeighbors: where a row of the same state and model and a near name came or
// went in the same list, no link is certain.
func (h *hearing) checkNeighbors() {
	if h.c.Certainty == "likely" || h.c.Publication.List != "participating" {
		return
	}
	a := named(h.c.Agreement.Agency)
	a.state, a.model = h.c.Agreement.State, h.c.Agreement.Model
	other := func(from, in *icesList, what string) {
		for _, r := range from.agreements()[a.state] {
			if r.model == a.model && near(a, *r) && !h.names[r.state+"|"+r.bare] &&
				!slices.ContainsFunc(in.agreements()[a.state], func(o *listRow) bool { return o.bare == r.bare && o.model == r.model }) {
				h.no("certainty", "%s %s", r.name, what)
			}
		}
	}
	other(h.here, h.before, "came in the same list")
	other(h.before, h.here, "went in the same list")
}

// pendingSpell is the agency's last application on the pending list until the change.
func (h *hearing) pendingSpell() (first, last int, has bool) {
	first, last, _, has = h.lastApplication()
	return first, last, has
}

// lastApplication is pendingSpell with the gaps in it.
func (h *hearing) lastApplication() (first, last int, gaps []claimedSpell, has bool) {
	names := maps.Clone(h.names)
	for _, c := range h.changes { // an entry can have stood under a name of another agency's before
		if c.Kind == "amended" && c.Publication.List == "pending" && c.Seq < h.c.Seq && c.Agreement.AgencyID == h.c.Agreement.AgencyID {
			names[c.Before.State+"|"+named(c.Before.Agency).bare] = true
		}
	}
	for last = h.waitingAt; last >= 0; last-- {
		if len(h.lists["pending"][last].named(names, h.c.Agreement.Model)) > 0 {
			first, gaps, has = h.application(last, names, h.c.Agreement.Model)
			return first, last, gaps, has
		}
	}
	if h.c.Certainty == "likely" || h.c.Corrects != "" {
		return h.nearSpell()
	}
	return 0, 0, nil, false
}

// nearSpell is the same by a near name, or in another state, where the two are only
// likely one.
func (h *hearing) nearSpell() (first, last int, gaps []claimedSpell, has bool) {
	a := h.c.Agreement
	self := named(a.Agency)
	for last = h.waitingAt; last >= 0; last-- {
		for i := range h.lists["pending"][last].rows {
			r := &h.lists["pending"][last].rows[i]
			if r.model == a.Model && (r.state == a.State && near(self, *r) || r.bare == self.bare) {
				first, gaps, has = h.application(last, map[string]bool{r.state + "|" + r.bare: true}, a.Model)
				return first, last, gaps, has
			}
		}
	}
	return 0, 0, nil, false
}

func (h *hearing) checkPendingSince() {
	first, last, gaps, has := h.lastApplication()
	if !has {
		h.no("pending since", "no pending list has it")
		return
	}
	h.must(slices.Equal(h.c.Gaps, gaps), "gaps", "%v are told, and the lists have %v", h.c.Gaps, gaps)
	if day := eastern(h.lists["pending"][first].at); day != h.c.PendingSince {
		h.no("pending since", "pending since %s, and it came on %s", h.c.PendingSince, day)
	}
	if (first == 0) != h.c.SinceIsLowerBound {
		h.no("pending since", "at least: %v, and the first list of its spell is number %d", h.c.SinceIsLowerBound, first)
	}
	h.checkPendingUntil(last)
}

func (h *hearing) checkPending() {
	a := h.c.Agreement
	if h.c.Publication.List != "pending" {
		h.no("pending", "read from the other list")
	}
	if was := h.before.named(h.names, a.Model); len(was) > 0 {
		h.no("pending", "row %d of the list before has it", was[0].number)
	}
	standing := h.active.named(h.names, a.Model)
	if h.c.Beside != "" && (len(standing) == 0 || !strings.Contains(h.c.Beside, "#"+a.Model+"#")) {
		h.no("beside", "%s is no active agreement of the agency in the model", h.c.Beside)
	}
	if h.c.Beside == "" && len(standing) > 0 {
		h.no("beside", "it leaves out that the agency has that agreement")
	}
	if len(h.c.WasPending) > 0 {
		h.checkSpells("was pending", "pending", h.at-1, h.c.WasPending)
	}
	if len(h.c.WasSigned) > 0 {
		h.checkSpells("was signed", "participating", h.activeAt, h.c.WasSigned)
	}
}

func (h *hearing) checkRemoved() {
	a := h.c.Agreement
	was, is := h.before.named(h.names, a.Model), h.here.named(h.names, a.Model)
	if len(was) == 0 || len(is) >= len(was) {
		h.no("removed", "the list before has %d agreements of the agency in the model, this one %d", len(was), len(is))
	}
	if !slices.ContainsFunc(was, func(r *listRow) bool { return dateFits(a, r) && r.name == a.Agency && r.state == a.State }) {
		h.no("removed", "the list before has no such row")
	}
	for _, w := range was {
		for _, r := range h.here.rows {
			if h.c.Certainty == "certain" && r.documentID != "" && r.documentID == w.documentID && r.model == w.model &&
				!slices.ContainsFunc(h.before.rows, func(o listRow) bool { return o.bare == r.bare && o.state == r.state && o.model == r.model }) {
				h.no("removed", "its file is %s's now, row %d", r.name, r.number)
			}
		}
	}
	h.checkNeighbors()
	h.checkOthers()
	h.checkListedSince("participating", h.at-1)
}

// checkListedSince holds the first day of the spell that ended behind a list.
func (h *hearing) checkListedSince(list string, last int) {
	first, has := h.spell(list, last, h.names, h.c.Agreement.Model)
	if list == "pending" {
		var gaps []claimedSpell
		first, gaps, has = h.application(last, h.names, h.c.Agreement.Model)
		h.must(slices.Equal(h.c.Gaps, gaps), "gaps", "%v are told, and the lists have %v", h.c.Gaps, gaps)
	}
	if !has {
		h.no("since", "the list before has it not")
		return
	}
	if day := eastern(h.lists[list][first].at); day != h.c.ListedSince {
		h.no("since", "since %s, and it came on %s", h.c.ListedSince, day)
	}
	if (first == 0) != h.c.SinceIsLowerBound {
		h.no("since", "at least: %v, and the first list of its spell is number %d", h.c.SinceIsLowerBound, first)
	}
}

// checkWithdrawn: it stood on the pending list and does not now, and no
// participating list had it signed meanwhile.
func (h *hearing) checkWithdrawn() {
	a := h.c.Agreement
	if is := h.waiting.named(h.names, a.Model); len(is) > 0 {
		h.no("withdrawn", "row %d of the pending list has it", is[0].number)
	}
	first, last, has := h.pendingSpell()
	if !has {
		h.no("withdrawn", "no pending list had it")
		return
	}
	if !slices.ContainsFunc(h.lists["pending"][last].rows, func(r listRow) bool { return r.name == a.Agency && r.state == a.State && r.model == a.Model }) {
		h.no("withdrawn", "the last list that had it has no such row")
	}
	h.checkListedSince("pending", last)
	h.checkOthers()
	if len(h.c.WasSigned) > 0 {
		h.checkSpells("was signed", "participating", h.activeAt, h.c.WasSigned)
	}
	h.checkUnsigned(h.lists["pending"][first].at)
}

// checkUnsigned looks for the agreement that is said not to be there: at any time
// under a name of the agency's, and since a week before the entry came under one
// near it, here or, where no other agency could be meant, in another state.
func (h *hearing) checkUnsigned(since time.Time) {
	a := h.c.Agreement
	entry := named(a.Agency)
	told := map[string]bool{}
	for i, l := range h.lists["participating"] {
		if l.at.After(h.c.DetectedAt) || h.signedThen(l.at) {
			continue
		}
		meanwhile := !l.at.Before(since.AddDate(0, 0, -7)) && i > 0
		for j := range l.rows {
			r := &l.rows[j]
			key := r.state + "|" + r.bare
			if r.model != a.Model || told[key] || !near(entry, *r) && (r.state != a.State || !within(entry, *r)) {
				continue
			}
			known := h.names[key]
			if !known && (!meanwhile || r.state != a.State && r.bare != entry.bare || h.explained(r, i, since)) {
				continue
			}
			told[key] = true
			say := func() { h.no("signed", "%s, %s, row %d of %s (%s)", r.name, r.state, r.number, l.file, r.printed) }
			if r.state != a.State { // which nobody may have known before it was corrected
				h.unlessTakenBack[h.c.ID] = append(h.unlessTakenBack[h.c.ID], say)
				continue
			}
			say()
		}
	}
}

// explained says whether a row is there for itself: it stood when the entry came,
// or the agency of its own name was pending beside it, or in another state.
func (h *hearing) explained(r *listRow, at int, since time.Time) bool {
	self, entry := map[string]bool{r.state + "|" + r.bare: true}, named(h.c.Agreement.Agency)
	if r.state == h.c.Agreement.State && r.skeleton == entry.skeleton && r.body == entry.body {
		return false // only a common word is spelled otherwise
	}
	if first, _ := h.spell("participating", at, self, r.model); !h.lists["participating"][first].at.After(since) {
		return true
	}
	return slices.ContainsFunc(h.lists["pending"], func(l *icesList) bool {
		return len(l.named(self, r.model)) > 0 && (r.state != h.c.Agreement.State || len(l.named(h.names, r.model)) > 0)
	})
}
