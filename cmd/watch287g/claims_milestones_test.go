package main

import (
	"slices"
	"strings"
)

// firstOf says whether a row is of what a first is the first of.
func firstOf(mark string, a claimed) func(r *listRow) bool {
	return func(r *listRow) bool {
		return r.state == a.State && (mark == "first-in-state" || mark == "first-in-model" && r.model == a.Model || mark == "first-of-type" && r.kind == a.Type)
	}
}

func (h *hearing) checkMilestone() {
	m := h.c.Milestone
	if h.c.Corrects != "" {
		h.checkTakesBack()
		back, a := h.takenBack(), h.c.Agreement
		if b := h.c.Before; b != nil && back != nil {
			h.must(b.Agency == back.Agreement.Agency && b.State == back.Agreement.State, "before", "what is taken back was of %s", back.Agreement.Agency)
		}
		h.must(slices.ContainsFunc(h.lists["participating"][:h.activeAt+1], func(l *icesList) bool {
			return slices.ContainsFunc(l.rows, func(r listRow) bool { return r.name == a.Agency && r.state == a.State && r.model == a.Model })
		}), "cells", "no list has %s, %s", a.Agency, a.State)
		return
	}
	if m == nil {
		h.no("milestone", "which one is not said")
		return
	}
	if h.c.Publication.List != "participating" {
		h.no("milestone", "read from the other list")
		return
	}
	switch m.Name {
	case "first-in-state", "first-in-model", "first-of-type":
		h.checkFirst(m.Name)
	case "hundred":
		h.checkHundred(m.Count)
	case "last-in-state":
		state := h.c.Agreement.State
		h.must(len(h.here.agreements()[state]) == 0 && len(h.before.agreements()[state]) > 0, "last", "the state has %d agreements, and had %d",
			len(h.here.agreements()[state]), len(h.before.agreements()[state]))
		left := len(h.before.agreements()[state])
		h.must(left == max(1, m.Among), "last at once", "%d left at once, and %d are told", left, max(1, m.Among))
		h.must(slices.ContainsFunc(h.before.agreements()[state], func(r *listRow) bool { return r.name == h.c.Agreement.Agency && r.model == h.c.Agreement.Model }),
			"last", "the list before has not that agency")
	case "record-day":
		h.checkRecordDay(m.Day, m.Count)
	default:
		h.no("unknown milestone", "%s", m.Name)
	}
}

// checkFirst: this list has such an agreement, and none before it had, as far as
// what the lists gave otherwise was not corrected by then.
func (h *hearing) checkFirst(mark string) {
	is := firstOf(mark, h.c.Agreement)
	h.must(h.row != nil && is(h.row), "first", "its row is of another kind")
	together := 0
	for _, rows := range h.here.agreements() {
		for _, r := range rows {
			if is(r) {
				together++
			}
		}
	}
	if among := h.c.Milestone.Among; together != max(1, among) {
		h.no("first at once", "%d came at once, and %d are told", together, max(1, among))
	}
	for _, thread := range h.followed() {
		if last, known := thread.until(h.at - 1); known && is(last) {
			h.no("first", "%s, row %d, was listed before, from %s on", last.name, last.number, h.lists["participating"][thread.first()].file)
			return
		}
	}
}

func (h *hearing) checkHundred(count int) {
	h.must(count%100 == 0 && h.here.total() >= count, "hundred", "it is %d agreements", h.here.total())
	for _, l := range h.lists["participating"][:h.at] {
		if l.total() >= count {
			h.no("hundred", "%s has %d agreements", l.file, l.total())
			return
		}
	}
}

// checkRecordDay counts what was told to be new, each of which is checked.
func (h *hearing) checkRecordDay(day string, count int) {
	told := map[string]int{}
	for _, c := range h.changes {
		if c.Kind == "new" && !c.DetectedAt.After(h.c.DetectedAt) {
			told[eastern(c.Publication.PublishedAt)]++
		}
	}
	for other, n := range told {
		h.must(other == day && n == count || other != day && n < count, "record day", "%d were new on %s", n, other)
	}
	h.must(told[day] > 0 && day == eastern(h.here.at), "record day", "%s is not the day of the list", day)
}

// places counts the states that a list has agreements in, and the rest apart.
func (l *icesList) places() string {
	states, others, parts := 0, 0, []string(nil)
	for state := range l.agreements() {
		switch {
		case state == "DC":
		case slices.Contains(territories, state):
			others++
		default:
			states++
		}
	}
	parts = append(parts, plural(states, "state", "states"))
	if len(l.agreements()["DC"]) > 0 {
		parts = append(parts, "the District of Columbia")
	}
	if others > 0 {
		parts = append(parts, plural(others, "territory", "territories"))
	}
	if n := len(parts); n > 1 {
		parts = append(parts[:n-2], parts[n-2]+" and "+parts[n-1])
	}
	return strings.Join(parts, ", ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// checkStanding looks at what was never taken back: firsts that what ICE's list
// gives now proves to have been none.
func (o *oracle) checkStanding() {
	for i := range o.changes {
		c := &o.changes[i]
		if o.taken[c.ID] == "" {
			for _, say := range o.unlessTakenBack[c.ID] {
				say()
			}
		}
		if c.Milestone == nil || c.Corrects != "" || !strings.HasPrefix(c.Milestone.Name, "first-") || o.taken[c.ID] != "" {
			continue
		}
		h := &hearing{oracle: o, c: c}
		h.at = slices.IndexFunc(o.lists["participating"], func(l *icesList) bool {
			return l.sha == c.Publication.SHA256 && l.at.Equal(c.Publication.PublishedAt)
		})
		if h.at >= 0 {
			h.checkStillFirst(firstOf(c.Milestone.Name, c.Agreement))
		}
	}
}

// checkStillFirst: as ICE gives the agreements now, one that came in that list is
// such a first, and none came before it.
func (h *hearing) checkStillFirst(is func(*listRow) bool) {
	came := false
	for _, thread := range h.followed() {
		last := thread[len(thread)-1].row
		switch {
		case !is(last) || thread.first() > h.at:
		case thread.first() == h.at:
			came = true
		default:
			h.no("first not taken back", "%s is listed as %s, %s, %s by now, and has stood since %s", last.name, last.state, last.model, last.kind,
				h.lists["participating"][thread.first()].file)
			return
		}
	}
	h.must(came, "first not taken back", "none of those that came in that list is listed as such by now")
}

// thread is one agreement through the lists: each place and row where what a list
// gives of it differs from the one before.
type thread []struct {
	at  int
	row *listRow
}

func (t thread) first() int { return t[0].at }

// until is what was known of it at a place among the lists.
func (t thread) until(at int) (row *listRow, known bool) {
	for _, step := range t {
		if step.at <= at {
			row = step.row
		}
	}
	return row, row != nil
}

// followed follows every agreement through the lists: by its file, by its name
// with the date, and by that in another state or model where the old row went as
// the new one came.
func (o *oracle) followed() []thread {
	if o.threads != nil {
		return o.threads
	}
	known := map[string]int{} // what a row can be followed by to its thread
	var was, is map[string]bool
	for at, l := range o.lists["participating"] {
		was, is = is, map[string]bool{}
		for i := range l.rows {
			is[fullKey(&l.rows[i])] = true
		}
		for i := range l.rows {
			r := &l.rows[i]
			full := fullKey(r)
			n, has := known[full]
			for _, key := range []string{"file|" + r.documentID, "any state|" + r.bare + r.model + r.signed, "any model|" + r.state + r.bare + r.signed} {
				if m, other := known[key]; !has && other && key != "file|" {
					old := o.threads[m][len(o.threads[m])-1].row
					n, has = m, strings.HasPrefix(key, "file|") || was[fullKey(old)] && !is[fullKey(old)] && r.signed != ""
				}
			}
			if !has {
				n = len(o.threads)
				o.threads = append(o.threads, nil)
			}
			t := o.threads[n]
			if len(t) == 0 || t[len(t)-1].row.state != r.state || t[len(t)-1].row.model != r.model || t[len(t)-1].row.kind != r.kind || t[len(t)-1].row.bare != r.bare {
				t = append(t, struct {
					at  int
					row *listRow
				}{at, r})
				o.threads[n] = t
			}
			known[full], known["any state|"+r.bare+r.model+r.signed], known["any model|"+r.state+r.bare+r.signed] = n, n, n
			if r.documentID != "" {
				known["file|"+r.documentID] = n
			}
		}
	}
	return o.threads
}

func fullKey(r *listRow) string {
	return strings.Join([]string{r.state, r.bare, r.model, r.signed}, "|")
}
