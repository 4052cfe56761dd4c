package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// claimedSpell is one stay on a list that a change tells of.
type claimedSpell struct {
	From             string `json:"from"`
	Until            string `json:"until"`
	FromIsLowerBound bool   `json:"at_least"`
}

// claimedHold is another agreement that an agency is said to hold.
type claimedHold struct {
	ID     string `json:"id"`
	Model  string `json:"model"`
	Signed string `json:"signed"`
}

// spells are all stays on a list that were over at a place among its lists.
func (o *oracle) spells(list string, at int, names map[string]bool, model string) (over []claimedSpell) {
	began := -1
	for i, l := range o.lists[list][:at+1] {
		on := len(l.named(names, model)) > 0
		switch {
		case on && began < 0:
			began = i
		case !on && began >= 0:
			over = append(over, claimedSpell{eastern(o.lists[list][began].at), eastern(l.at), began == 0})
			began = -1
		}
	}
	return over
}

// checkSpells holds the stays that a change tells of against those of the lists.
func (h *hearing) checkSpells(class, list string, at int, told []claimedSpell) {
	is := h.spells(list, at, h.names, h.c.Agreement.Model)
	if !slices.Equal(told, is) {
		h.no(class, "%v are told, and the lists have %v", told, is)
	}
}

// spellsSay puts stays into words.
func spellsSay(spells []claimedSpell) string {
	parts := make([]string, 0, len(spells))
	for _, s := range spells {
		from := long(s.From)
		if s.From[:4] == s.Until[:4] {
			from, _, _ = strings.Cut(from, ",")
		}
		switch {
		case s.FromIsLowerBound && s.From == s.Until:
			parts = append(parts, "until "+long(s.Until))
		case s.FromIsLowerBound:
			parts = append(parts, "from at least "+from+" to "+long(s.Until))
		case s.From == s.Until:
			parts = append(parts, "on "+long(s.Until))
		default:
			parts = append(parts, "from "+from+" to "+long(s.Until))
		}
	}
	return listOf(parts)
}

// listOf is "one, two and three".
func listOf(parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// checkPendingUntil: an entry that had left the pending list on an earlier day says
// when.
func (h *hearing) checkPendingUntil(last int) {
	left, lists := "", h.lists["pending"]
	if last+1 < len(lists) {
		if day := eastern(lists[last+1].at); day < eastern(h.here.at) {
			left = day
		}
	}
	h.must(h.c.PendingUntil == left || h.c.PendingUntil == "" && !h.tellsUntil(), "pending until", "it left on %q, and %q is told", left, h.c.PendingUntil)
}

// tellsUntil says whether the log is of a program that tells when entries left.
func (h *hearing) tellsUntil() bool {
	return slices.ContainsFunc(h.changes, func(c claim) bool { return c.PendingUntil != "" })
}

// spellForms are the sentences about stays on the lists, and about what an agency
// holds and seeks beside.
func spellForms() []form {
	was := func(class string, told func(*claim) []claimedSpell) func(*hearing, map[string]string) {
		return func(h *hearing, said map[string]string) {
			h.must(len(told(h.c)) > 0 && said["spells"] == spellsSay(told(h.c)), class, "the text says %s", said["spells"])
		}
	}
	signed := was("was signed", func(c *claim) []claimedSpell { return c.WasSigned })
	others := func(h *hearing, said map[string]string) {
		h.must(said["others"] == h.c.othersSay(), "holds", "the text says %s", said["others"])
		h.said["others"] = true
	}
	return []form{
		{"new", false, `The agency had been on ICE's pending list <stays>\.`, func(h *hearing, said map[string]string) {
			h.must(h.c.PendingUntil != "" && said["spells"] == spellsSay([]claimedSpell{{h.c.PendingSince, h.c.PendingUntil, h.c.SinceIsLowerBound}})+h.c.gapsSay(),
				"pending until", "the text says %s", said["spells"])
		}},
		{"pending", true, `<who> is now again on ICE's list of agencies with a pending agreement, for the <model>(?: model)?\.`, func(h *hearing, said map[string]string) {
			h.saysWho(said)
			h.must(len(h.c.WasPending) > 0, "was pending", "it was not before")
		}},
		{"pending", false, `It had been on that list <spells>\.`, was("was pending", func(c *claim) []claimedSpell { return c.WasPending })},
		{"pending", false, `ICE had listed it as signed for that model <spells>\.`, signed},
		{"withdrawn", false, `It left the list on <day>, and ICE has not listed it as signed for that model\.`, func(h *hearing, said map[string]string) {
			h.saysLeft(said)
			h.must(len(h.c.WasSigned) == 0, "was signed", "it was")
		}},
		{"withdrawn", false, `It left the list on <day>\.`, func(h *hearing, said map[string]string) {
			h.saysLeft(said)
			h.must(len(h.c.WasSigned) > 0, "was signed", "it was not")
		}},
		{"withdrawn", false, `ICE had listed it as signed for that model <spells>, and has not since\.`, signed},
		{"removed withdrawn", false, `<others>\.`, others},
		{"new amended detail document", false, `Correction: the pending entry of <entry> had been reported as withdrawn on <day>; ICE lists it as signed\.`, (*hearing).saysSignedAfterAll},
		{"new amended detail document", false, `Correction: the pending entry of <entry>, which had been reported as withdrawn on <day>, was likely for this agreement, which ICE lists as signed\.`,
			(*hearing).saysSignedAfterAll},
		{"restored", false, `On <day>, it had been reported as withdrawn\.`, func(h *hearing, said map[string]string) { h.saysTakenBack("withdrawn", said["day"]) }},
		{"restored", false, `On <day>, it had been reported as no longer listed\.`, func(h *hearing, said map[string]string) { h.saysTakenBack("removed", said["day"]) }},
	}
}

// saysLeft holds the day of the list that had the entry no more.
func (h *hearing) saysLeft(said map[string]string) {
	_, last, has := h.pendingSpell()
	if !has || last+1 >= len(h.lists["pending"]) {
		h.no("left", "it has not left the list")
		return
	}
	day := eastern(h.lists["pending"][last+1].at)
	h.must(said["day"] == long(day), "left", "it left on %s", day)
}

// saysTakenBack holds what was reported before, and when.
func (h *hearing) saysTakenBack(kind, day string) {
	back := h.takenBack()
	h.must(back != nil && back.Kind == kind && day == long(eastern(back.DetectedAt)), "takes back", "no such change was reported on %s", day)
}

func (h *hearing) saysSignedAfterAll(said map[string]string) {
	h.saysTakenBack("withdrawn", said["day"])
	if back := h.takenBack(); back != nil {
		h.must(isCalled(back.Agreement, said["entry"]) && back.Agreement.Model == h.c.Agreement.Model, "takes back", "the entry was %s's", back.Agreement.Agency)
	}
}

// othersSay puts what an agency holds and seeks into words.
func (c *claim) othersSay() string {
	var s string
	holds := make([]string, 0, len(c.Holds))
	for _, hold := range c.Holds {
		said := modelNames[hold.Model]
		if len(c.Holds) == 1 {
			said = "The agency holds an active " + said + " agreement"
		}
		if hold.Signed != "" {
			said += ", signed " + long(hold.Signed)
		}
		holds = append(holds, said)
	}
	if s = strings.Join(holds, "; "); len(holds) > 1 {
		s = fmt.Sprintf("The agency holds %d active agreements: %s", len(holds), s)
	}
	if len(c.Seeks) == 0 {
		return s
	}
	models := make([]string, 0, len(c.Seeks))
	for _, m := range c.Seeks {
		models = append(models, strings.TrimSuffix("the "+modelNames[m]+map[string]string{"WSO": " model"}[m], " "))
	}
	if s == "" {
		return "The agency is now pending for " + listOf(models)
	}
	return s + ". It is now pending for " + listOf(models)
}

// checkOthers: what an agency is said to hold and seek is all that the lists in
// force have of it.
func (h *hearing) checkOthers() {
	if len(h.c.Holds)+len(h.c.Seeks) == 0 {
		return
	}
	rows := h.active.named(h.names, "")
	h.must(len(h.c.Holds) == 0 || len(rows) == len(h.c.Holds), "holds", "%d are told, and the list has %d", len(h.c.Holds), len(rows))
	for _, hold := range h.c.Holds {
		h.must(slices.ContainsFunc(rows, func(r *listRow) bool {
			return r.model == hold.Model && dateFits(claimed{Signed: hold.Signed, SignedAs: r.printed}, r)
		}),
			"holds", "no %s agreement of the agency, signed %s, is listed", hold.Model, hold.Signed)
	}
	for _, model := range h.c.Seeks {
		h.must(len(h.waiting.named(h.names, model)) > 0, "seeks", "it is not pending for %s", model)
	}
}

// signedThen says whether a list lies within a time that the change itself says
// the agreement was listed in.
func (h *hearing) signedThen(at time.Time) bool {
	return slices.ContainsFunc(h.c.WasSigned, func(s claimedSpell) bool { return eastern(at) >= s.From && eastern(at) <= s.Until })
}
