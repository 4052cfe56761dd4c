package main

import (
	"slices"
	"time"
)

// application is the first list of a pending entry's application, whose last list is
// given, and the times between in which no list had it. An entry that is back within
// three days goes on; of those of one day, none are told.
func (o *oracle) application(last int, names map[string]bool, model string) (first int, gaps []claimedSpell, has bool) {
	lists := o.lists["pending"]
	first, has = o.spell("pending", last, names, model)
	for has {
		before := first - 1
		for before >= 0 && len(lists[before].named(names, model)) == 0 {
			before--
		}
		if before < 0 || lists[first].at.Sub(lists[before+1].at) > 3*24*time.Hour {
			break
		}
		if left, back := eastern(lists[before+1].at), eastern(lists[first].at); left != back {
			gaps = append(gaps, claimedSpell{From: left, Until: back})
		}
		first, has = o.spell("pending", before, names, model)
	}
	slices.Reverse(gaps)
	return first, gaps, has
}

// gapsSay puts the gaps of a claim into the words behind a time.
func (c *claim) gapsSay() string {
	if len(c.Gaps) == 0 {
		return ""
	}
	return ", but for the time " + spellsSay(c.Gaps)
}

// saysGaps holds the times that are excepted from one.
func (h *hearing) saysGaps(said map[string]string) {
	h.must(said["gaps"] == h.c.gapsSay(), "gaps", "the text says%s", said["gaps"])
}
