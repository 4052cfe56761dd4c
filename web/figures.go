package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// What the front page, a state's page and a day's page say of their counts, in
// figures, in sentences that can be quoted, and in tables.

// places says in how many states there are active agreements, the District of
// Columbia and the territories apart from them: "39 states and 1 territory".
func places(s roster.Stats) string {
	states, territories, district := 0, 0, false
	for state, in := range s.ByState {
		switch {
		case in.Active == 0:
		case state == "DC":
			district = true
		case state.Territory():
			territories++
		default:
			states++
		}
	}
	parts := []string{roster.Plural(states, "state", "states")}
	if district {
		parts = append(parts, roster.State("DC").InSentence())
	}
	if territories > 0 {
		parts = append(parts, roster.Plural(territories, "territory", "territories"))
	}
	return enumerate(parts)
}

// enumerate joins words as in "Florida, Texas and Guam".
func enumerate(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// listed says what ICE listed: "588 active agreements with 476 agencies in 40
// states, and 83 pending entries".
func listed(s roster.Stats) string {
	if !counted(s, roster.ListParticipating) {
		return pendingListed(s) + " (no participating list of that time is known)"
	}
	return fmt.Sprintf("%s with %s in %s, and %s", roster.Plural(s.Active, "active agreement", "active agreements"),
		roster.Plural(s.Agencies, "agency", "agencies"), places(s), pendingListed(s))
}

// counted says whether a list is known that its figure is read from: without one
// the figure is nothing that ICE says.
func counted(s roster.Stats, list roster.List) bool {
	_, ok := s.Publications[list]
	return ok
}

// pendingListed says how many pending entries there are, as far as that is known.
func pendingListed(s roster.Stats) string {
	if !counted(s, roster.ListPending) {
		return "an unknown number of pending entries"
	}
	return pendingWords(s.Pending)
}

func pendingWords(n int) string {
	if n == 0 {
		return "no pending entries"
	}
	return roster.Plural(n, "pending entry", "pending entries")
}

// share is a state's part in all active agreements, and what it has pending.
type share struct {
	State           roster.State
	Active, Pending int
	Of              int // active agreements in all states
}

// Percent is the part in all active agreements; some are never "0%".
func (s share) Percent() string {
	if p := percent(s.Active, s.Of); s.Active == 0 || p != "0%" {
		return p
	}
	return "<1%"
}

// shares are the states with an agreement or a pending entry, by name.
func shares(s roster.Stats) []share {
	var all []share
	for state, in := range s.ByState {
		if in.Active+in.Pending > 0 {
			all = append(all, share{state, in.Active, in.Pending, s.Active})
		}
	}
	slices.SortFunc(all, func(a, b share) int { return cmp.Compare(a.State.Name(), b.State.Name()) })
	return all
}

// leaders are the n states with the most active agreements.
func leaders(s roster.Stats, n int) []share {
	all := slices.DeleteFunc(shares(s), func(a share) bool { return a.Active == 0 })
	slices.SortStableFunc(all, func(a, b share) int { return cmp.Compare(b.Active, a.Active) })
	return all[:min(n, len(all))]
}

// without are the states that have neither, in words.
func without(s roster.Stats) string {
	var names []string
	for _, state := range roster.States() {
		if in := s.ByState[state]; in.Active+in.Pending == 0 {
			names = append(names, state.InSentence())
		}
	}
	return enumerate(names)
}

// leading says who has the most: "Florida had 44% of the active agreements (257),
// Texas 15% (87) and Georgia 4% (23)." verb is "has" or "had".
func leading(s roster.Stats, verb string) string {
	var parts []string
	for i, l := range leaders(s, 3) {
		name := l.State.InSentence()
		if i == 0 {
			name = upperFirst(name) + " " + verb
		}
		part := name + " " + l.Percent()
		if i == 0 {
			part += " of the active agreements"
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", part, roster.Thousands(l.Active)))
	}
	if len(parts) == 0 {
		return ""
	}
	return enumerate(parts) + "."
}

// modelFigures are the active agreements by model.
func modelFigures(s roster.Stats) []figure {
	var all []figure
	for _, m := range roster.Models() {
		all = append(all, figure{Number: s.ByModel[m], Words: m.Name() + " (" + string(m) + ")", Note: percent(s.ByModel[m], s.Active) + " of active agreements"})
	}
	if n := s.ByModel[roster.OtherModel]; n > 0 {
		names := each(slices.Sorted(maps.Keys(s.Others)), roster.Model.Name)
		note := percent(n, s.Active) + " of active agreements: " + enumerate(names[:min(len(names), mostOthers)])
		if more := len(names) - mostOthers; more > 0 {
			note += " and " + roster.Plural(more, "more", "more")
		}
		all = append(all, figure{Number: n, Words: roster.OtherModel.Name(), Note: note})
	}
	return all
}

// mostOthers bounds how many models that are none of the three are named.
const mostOthers = 3

// pendingNote says which list the pending entries are from: ICE has gone without
// one for months.
func pendingNote(s roster.Stats) string {
	if p, ok := s.Publications[roster.ListPending]; ok {
		return "on the list of " + roster.Day(p.PublishedAt).Long()
	}
	return "no pending list is known"
}

// month is what a month ended with.
type month struct {
	Day             roster.Date // the last one with a list
	Active, Pending int
	ByModel         []int // in the order of roster.Models
	Others          int   // in models that are none of these
}

// months are a table of a curve.
type months []month

// Others says whether the table needs a column for models that are none of the
// three.
func (all months) Others() bool {
	return slices.ContainsFunc(all, func(m month) bool { return m.Others > 0 })
}

// monthly are the months of a curve. The last one may not be over.
func monthly(curve []snapshot.Point) months {
	var all months
	for i, p := range curve {
		day := roster.Day(p.At)
		if i+1 < len(curve) && roster.Day(curve[i+1].At)[:7] == day[:7] {
			continue
		}
		m := month{Day: day, Pending: p.Pending}
		for _, model := range roster.Models() {
			m.ByModel = append(m.ByModel, p.ByModel[model])
		}
		for model, n := range p.ByModel {
			m.Active += n
			if !model.Known() {
				m.Others += n
			}
		}
		all = append(all, m)
	}
	return all
}

// signedBrief is when an agreement was signed, as far as the list says, for a
// table.
func signedBrief(a roster.Agreement) string {
	switch {
	case a.Signed != "":
		return a.Signed.Long()
	case a.SignedAs != "":
		return "printed as “" + a.SignedAs + "”"
	}
	return "no date given"
}

// firstDay is the first day of a standing's spell on its list. What stood on
// the first list ever seen may have stood before.
func firstDay(s roster.AgreementAt) string {
	if s.Baseline {
		return roster.Day(s.Since).Long() + " or before"
	}
	return roster.Day(s.Since).Long()
}

// daysBetween counts calendar days in Washington.
func daysBetween(from, to time.Time) int {
	return int(roster.Day(to).Time().Sub(roster.Day(from).Time()).Hours() / 24)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// changesURL is the address of the changes that a filter wants.
func changesURL(f roster.Filter) string { return "/changes?" + encode(f).Encode() }
