package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// whyForms are the clauses of evidence that a change can rest on, with what the
// two sides must show for each where that can be told from their cells.
var whyForms = sync.OnceValue(func() map[*regexp.Regexp]func(b, a claimed) bool {
	fine := func(claimed, claimed) bool { return true } // weighs names or places, which is no figure
	same := func(b, a claimed) bool { return b.MOA != "" && documentName(b.MOA) == documentName(a.MOA) }
	forms := map[*regexp.Regexp]func(b, a claimed) bool{}
	for text, holds := range map[string]func(b, a claimed) bool{
		`the names? .+`: fine, `one name .+`: fine, `a state has few such agencies`: fine, `the file is named after the place`: fine,
		`the files have nearly the same name`: func(b, a claimed) bool { return documentName(b.MOA) != documentName(a.MOA) },
		`the files differ`:                    func(b, a claimed) bool { return documentName(b.MOA) != documentName(a.MOA) },
		`the file is gone`:                    func(b, a claimed) bool { return b.MOA != "" && a.MOA == "" },
		`the file is the same`:                same, `the file is the same, and another row has it, too`: same,
		`the county column is the same`:           func(b, a claimed) bool { return looseName(a.County) != "" && sameCounty(b.County, a.County) },
		`the county columns name two counties`:    func(b, a claimed) bool { return !sameCounty(b.County, a.County) },
		`the signing date is the same`:            func(b, a claimed) bool { return b.Signed == a.Signed && a.Signed != "" },
		`one signing date is missing`:             func(b, a claimed) bool { return (b.Signed == "") != (a.Signed == "") },
		`the signing dates differ by one figure`:  func(b, a claimed) bool { return b.Signed != a.Signed },
		`the signing dates are (\d+) days? apart`: func(b, a claimed) bool { return b.Signed != a.Signed },
		`the models differ`:                       func(b, a claimed) bool { return b.Model != a.Model },
		`the states differ`:                       func(b, a claimed) bool { return b.State != a.State },
		`the states differ, and (only the second one has such a place|both can have such an agency|neither has a county or town of that name)`: func(b, a claimed) bool { return b.State != a.State },
		`the agency of the second state was pending for the model, and the first never was`:                                                    func(b, a claimed) bool { return b.State != a.State },
		`(.+), which left the list, is another agreement: (\d+ of the \d+ points .+|[a-z].+)`:                                                  fine,
	} {
		forms[regexp.MustCompile(`^`+text+`$`)] = holds
	}
	return forms
})

var weighed = regexp.MustCompile(` \([+-]\d+\)$`)

// checkWhy holds what the link between two rows is said to rest on.
func (h *hearing) checkWhy() {
	for _, why := range h.c.Why {
		clause, known := weighed.ReplaceAllString(why, ""), false
		for form, holds := range whyForms() {
			match := form.FindStringSubmatch(clause)
			if match == nil {
				continue
			}
			known = true
			if h.c.Before == nil {
				continue // the other side is not in the change
			}
			b, a := *h.c.Before, h.c.Agreement
			h.must(holds(b, a), "why", "%s: it is not so", why)
			if strings.HasSuffix(clause, " apart") {
				h.must(match[1] == fmt.Sprint(max(daysBetween(b.Signed, a.Signed), daysBetween(a.Signed, b.Signed))), "why", "%s: they are not", why)
			}
		}
		h.must(known, "unknown clause of evidence", "%s", why)
	}
}

func sameCounty(a, b string) bool {
	bare := func(s string) string {
		s, _ = skeletonOf(s)
		return s
	}
	return slips(bare(a), bare(b), 2) < 2
}

// checkNear: the agency that is named did come or go in the same list, in that
// state and model.
func (h *hearing) checkNear() {
	if h.c.Near == "" {
		return
	}
	a := h.c.Agreement
	moved := func(from, in *icesList) bool {
		return slices.ContainsFunc(from.rows, func(r listRow) bool {
			return r.name == h.c.Near && r.state == a.State && r.model == a.Model && !slices.ContainsFunc(in.rows, func(o listRow) bool {
				return o.name == r.name && o.state == r.state && o.model == r.model && o.signed == r.signed && o.documentID == r.documentID
			})
		})
	}
	h.must(h.c.Certainty == "likely", "near", "and yet it is certain")
	h.must(moved(h.here, h.before) || moved(h.before, h.here), "near", "%s neither came nor went nor changed in that list", h.c.Near)
}

// beginning is the moment of the first list of all.
func beginning(lists ...[]*icesList) (first time.Time) {
	for _, l := range lists {
		if len(l) > 0 && (first.IsZero() || l[0].at.Before(first)) {
			first = l[0].at
		}
	}
	return first
}
