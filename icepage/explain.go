package icepage

import "github.com/watch287g/watch287g/roster"

// Ours is what ICE's lists say of what a claim counts, as of one day.
type Ours struct {
	Day                                   roster.Date // of the list
	Agreements, Agencies, States, Pending int         // of the claim's model, where it names one
	KnowsPending                          bool        // a pending list is in force
}

// of is our number for what a claim counts.
func (o Ours) of(w What) int {
	switch w {
	case Agreements:
		return o.Agreements
	case Agencies:
		return o.Agencies
	case States:
		return o.States
	case Pending:
		return o.Pending
	}
	return 0
}

// Reason is why a number on the page is not that of ICE's list.
type Reason string

// The reasons. Each but the last three is a number of ICE's lists that equals the page's.
const (
	ReasonSame        Reason = "same"         // it is
	ReasonSameThen    Reason = "same-then"    // it was, as of the day that the page names
	ReasonSameBefore  Reason = "same-before"  // it was, on an earlier list
	ReasonAgencies    Reason = "agencies"     // the page says agreements, and it is the number of agencies
	ReasonAgreements  Reason = "agreements"   // the page says agencies, and it is the number of agreements
	ReasonWithPending Reason = "with-pending" // the pending entries are counted, too
	ReasonRounded     Reason = "rounded"      // the page says "more than"
	ReasonUnlisted    Reason = "unlisted"     // nothing is known to compare with
	ReasonMore        Reason = "more"         // the page has more, and nothing explains it
	ReasonFewer       Reason = "fewer"        // likewise
)

// Answer is how a number on the page stands beside ours.
type Answer struct {
	Claim
	Reason Reason
	Ours   int         // the same now, by ICE's lists
	Day    roster.Date // of the earlier list, where that has the number
	By     int         // how far apart they are, or how many entries are pending
}

// Explain compares a number on the page with what ICE's lists say now, as of the day that
// the page names, and on the days before, the newest first. What equals nothing there is not
// explained: nothing is guessed.
func Explain(c Claim, now Ours, then *Ours, before []Ours) Answer {
	a := Answer{Claim: c, Ours: now.of(c.What)}
	a.By = max(c.Count-a.Ours, a.Ours-c.Count)
	switch {
	case now.Day == "" || c.What == Pending && !now.KnowsPending:
		a.Reason = ReasonUnlisted
	case c.Rounded:
		a.Reason = ReasonRounded
	case c.Count == a.Ours:
		a.Reason = ReasonSame
	case then != nil && c.Count == then.of(c.What):
		a.Reason, a.Day = ReasonSameThen, then.Day
	case c.What == Agreements && c.Count == now.Agencies:
		a.Reason = ReasonAgencies
	case c.What == Agencies && c.Count == now.Agreements:
		a.Reason = ReasonAgreements
	case c.What == Agreements && now.Pending > 0 && c.Count == now.Agreements+now.Pending:
		a.Reason, a.By = ReasonWithPending, now.Pending
	default:
		a.Reason = ReasonFewer
		if c.Count > a.Ours {
			a.Reason = ReasonMore
		}
		for _, o := range before {
			if o.of(c.What) == c.Count {
				a.Reason, a.Day = ReasonSameBefore, o.Day
				break
			}
		}
	}
	return a
}
