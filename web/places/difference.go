package places

import (
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// Difference is what two moments differ by, with what is said of it.
type Difference struct {
	snapshot.Difference
	Language prose.Language
}

// Rewrite is what ICE gives otherwise than before, in words.
type Rewrite struct {
	AgreementAt    roster.AgreementAt // at the end
	What, Was, Now string
}

// RewriteInWords names a field and its two sides.
func RewriteInWords(l prose.Language, r snapshot.Rewrite) Rewrite {
	side := func(a roster.Agreement) string {
		switch r.Field {
		case "agency":
			return a.Agency
		case "state":
			return l.State(a.State)
		case "model":
			return l.Model(a.Model)
		}
		return l.SignedCell(a)
	}
	return Rewrite{r.Now, l.Field(r.Field), side(r.Was), side(r.Now.Agreement)}
}

// Span is the time between the two moments, where both end a day: "in the 30 days
// to June 18, 2025".
func (d Difference) Span() string { return d.Language.InDays(roster.Day(d.From), roster.Day(d.To)) }

// agreements are the figures of the active agreements.
func (d Difference) agreements() prose.Balance {
	return prose.Balance{Before: d.Before.Active, After: d.After.Active, Came: len(d.New), Gone: len(d.Gone), Again: len(d.Again),
		FirstKnown: d.FirstSeen[roster.ListParticipating], In: d.In[roster.ListParticipating], Out: d.Out[roster.ListParticipating]}
}

// entries are the figures of the pending entries.
func (d Difference) entries() prose.Balance {
	b := prose.Balance{Before: d.Before.Pending, After: d.After.Pending, Came: len(d.Came), Gone: len(d.Left), Signed: len(d.Signed),
		FirstKnown: d.FirstSeen[roster.ListPending], In: d.In[roster.ListPending], Out: d.Out[roster.ListPending]}
	if !d.Before.Knows(roster.ListPending) {
		b.Before = -1
	}
	if !d.After.Knows(roster.ListPending) {
		b.After = -1
	}
	return b
}

// Sentence says what became of both numbers. scope is what is compared, in words.
func (d Difference) Sentence(scope string) string {
	return d.Language.Between(d.From, d.To, d.agreements(), d.entries(), scope)
}

// Agreements says how the active agreements came to their new number.
func (d Difference) Agreements() string { return d.Language.Agreements(d.agreements()) }

// Entries says how the pending entries came to their new number.
func (d Difference) Entries() string { return d.Language.PendingEntries(d.entries()) }

// Otherwise says how much ICE gives otherwise than before; "" for nothing.
func (d Difference) Otherwise() string { return d.Language.Otherwise(len(d.Other)) }

// InBetween says what came and went in between; "" for nothing.
func (d Difference) InBetween() string { return d.Language.Passing(d.Passing) }
