package places

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// What the front page, a state's page and a day's page say of their counts, in
// sentences that can be quoted, and in tables.

// Share is a state's part in all active agreements, and what it has pending.
type Share struct {
	State           roster.State
	Active, Pending int
	Of              int // active agreements in all states
	Language        prose.Language
}

// Percent is the part in all active agreements; some are never "0%".
func (s Share) Percent() string {
	return s.Language.Share(s.Active, s.Of)
}

// Shares are the states with an agreement or a pending entry, by name.
func Shares(l prose.Language, s roster.Stats) []Share {
	var all []Share
	for state, in := range s.ByState {
		if in.Active+in.Pending > 0 {
			all = append(all, Share{state, in.Active, in.Pending, s.Active, l})
		}
	}
	slices.SortFunc(all, func(a, b Share) int { return l.CompareStates(a.State, b.State) })
	return all
}

// Leaders are the n states with the most active agreements.
func Leaders(l prose.Language, s roster.Stats, n int) []Share {
	all := slices.DeleteFunc(Shares(l, s), func(a Share) bool { return a.Active == 0 })
	slices.SortStableFunc(all, func(a, b Share) int { return cmp.Compare(b.Active, a.Active) })
	return all[:min(n, len(all))]
}

// Without are the states that have neither, in words.
func Without(l prose.Language, s roster.Stats) string {
	without := slices.DeleteFunc(roster.States(), func(state roster.State) bool {
		in := s.ByState[state]
		return in.Active+in.Pending > 0
	})
	slices.SortFunc(without, l.CompareStates)
	return l.States(without)
}

// Leading says in a sentence who has the most, or had.
func Leading(l prose.Language, s roster.Stats, past bool) string {
	var states []roster.State
	for _, share := range Leaders(l, s, 3) {
		states = append(states, share.State)
	}
	return l.Leading(s, states, past)
}

// Month is what a month ended with.
type Month struct {
	Day             roster.Date // the last one with a list
	Active, Pending int
	ByModel         []int // in the order of roster.Models
	Others          int   // in models that are none of these
}

// Months are a table of a curve.
type Months []Month

// Others says whether the table needs a column for models that are none of the
// three.
func (all Months) Others() bool {
	return slices.ContainsFunc(all, func(m Month) bool { return m.Others > 0 })
}

// Monthly are the months of a curve. The last one may not be over.
func Monthly(curve []snapshot.Point) Months {
	var all Months
	for i, p := range curve {
		day := roster.Day(p.At)
		if i+1 < len(curve) && roster.Day(curve[i+1].At)[:7] == day[:7] {
			continue
		}
		m := Month{Day: day, Active: p.Active(), Pending: p.Pending}
		for _, model := range roster.Models() {
			m.ByModel = append(m.ByModel, p.ByModel[model])
		}
		for model, n := range p.ByModel {
			if !model.Known() {
				m.Others += n
			}
		}
		all = append(all, m)
	}
	return all
}
