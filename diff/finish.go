package diff

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// sortChanges puts changes in the order in which people look them up: by state,
// agency and model.
func (u *update) sortChanges() {
	key := func(c *roster.Change) string {
		return strings.Join([]string{c.Agreement.State.Name(), roster.Fold(c.Agreement.Agency), string(c.Agreement.Model),
			fmt.Sprint(slices.Index(roster.Kinds(), c.Kind)), c.Agreement.ID}, "\x00")
	}
	slices.SortStableFunc(u.changes, func(a, b *roster.Change) int { return strings.Compare(key(a), key(b)) })
}

// finish numbers the changes and gives each its id and its sentence.
func (u *update) finish() {
	if len(u.changes) == 0 {
		return
	}
	after := count(u.known.Records)
	others := u.otherRecords()
	for _, c := range u.changes {
		u.known.Seqs.Change++
		c.Seq = u.known.Seqs.Change
		c.ID = ChangeID(*c)
		u.addOthers(c, after, others)
		prose.WriteTexts(c, u.context(c, after))
		u.keepMilestone(c)
		if c.Kind == roster.KindRemoved || c.Kind == roster.KindWithdrawn {
			r := u.edit(u.known.Records[c.Agreement.ID])
			r.Ending, r.EndingAt = c.ID, u.in.Now
		}
	}
}

// ChangeID is made from the change itself, so that the same publications give
// the same ids, whoever reads them and however often.
func ChangeID(c roster.Change) string {
	mark := ""
	if c.Milestone != nil {
		mark = fmt.Sprintf("{%s %d %s}", c.Milestone.Name, c.Milestone.Count, c.Milestone.Day)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s|%s|%s|%s", c.Seq, c.Kind, c.Agreement.ID, c.Publication.SHA256, mark))
	return "chg_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
}

// otherRecords are the records that a change can mention beside its own.
type otherRecords struct {
	byAgency map[string][]*roster.Record
	signedAs map[string][]*roster.Record // by agreement: the entries that ended as it
}

func (u *update) otherRecords() otherRecords {
	o := otherRecords{map[string][]*roster.Record{}, map[string][]*roster.Record{}}
	for _, r := range u.known.Records {
		if r.SignedBy != "" {
			o.signedAs[r.SignedBy] = append(o.signedAs[r.SignedBy], r)
		}
		o.byAgency[r.Now().AgencyID] = append(o.byAgency[r.Now().AgencyID], r)
	}
	return o
}

// addOthers notes what a reader must know beside the change itself: that it may
// reach further back than this record, and what else the agency holds, seeks or
// held. A change of model is not a retreat.
func (u *update) addOthers(c *roster.Change, after figures, others otherRecords) {
	r := u.known.Records[c.Agreement.ID]
	ofAgency := slices.SortedFunc(slices.Values(others.byAgency[c.Agreement.AgencyID]), byID)
	switch c.Kind {
	case roster.KindNew:
		if n := after.byAgency[c.Agreement.AgencyID]; n > 1 {
			c.AgencyActiveCount = n
		}
		c.SinceIsLowerBound = slices.ContainsFunc(others.signedAs[r.ID()], func(entry *roster.Record) bool {
			return onFirstList(entry) && entry.FirstListed().Equal(r.PendingSince)
		})
	case roster.KindPending:
		if signed := u.activeFor(c.Agreement); signed != nil {
			c.ActiveAgreementID = signed.ID()
		}
		c.WasPending, c.WasSigned = r.Spells(), signedBefore(c.Agreement, ofAgency)
	case roster.KindWithdrawn:
		c.WasSigned = signedBefore(c.Agreement, ofAgency)
		fallthrough
	case roster.KindRemoved:
		c.SinceIsLowerBound = onFirstList(r)
		for _, other := range ofAgency {
			now := other.Now()
			switch {
			case !other.Listed() || other.ID() == r.ID():
			case other.List == roster.ListParticipating:
				c.Holds = append(c.Holds, roster.Instrument{ID: other.ID(), Model: now.Model, Signed: now.Signed})
			case !slices.Contains(c.Seeks, now.Model):
				c.Seeks = append(c.Seeks, now.Model)
			}
		}
	case roster.KindRestored, roster.KindAmended, roster.KindDetail, roster.KindDocument, roster.KindMilestone, roster.KindPage, roster.KindCorrection:
	}
}

// signedBefore returns the past times in which ICE listed the agency's agreement
// in the model, the oldest first.
func signedBefore(a roster.Agreement, of []*roster.Record) []roster.Spell {
	var over []roster.Spell
	for _, r := range of {
		if r.List == roster.ListParticipating && r.Now().Model == a.Model && !r.Listed() {
			over = append(over, r.Spells()...)
		}
	}
	slices.SortStableFunc(over, func(a, b roster.Spell) int { return strings.Compare(string(a.From), string(b.From)) })
	return over
}

// onFirstList says whether the record was on the first list ever seen, and has
// been listed since, or is the application that it was then.
func onFirstList(r *roster.Record) bool {
	since := r.ListedSince()
	if r.List == roster.ListPending {
		since = r.Applied()
	}
	return r.Baseline && since.Equal(r.FirstListed())
}

// context is what the text of a change says beside the change itself.
func (u *update) context(c *roster.Change, after figures) prose.Context {
	r := u.known.Records[c.Agreement.ID]
	ctx := prose.Context{Figures: roster.Figures{Active: after.active(), ByState: after.byState}, Begins: roster.Day(u.known.First), Ended: u.reported[c]}
	if ctx.Day = roster.Day(r.FirstListed()); !r.Listed() {
		ctx.Day = roster.Day(r.Last().From)
	}
	if m := c.Milestone; m != nil {
		if former := u.known.Records[m.LeavingOut]; former != nil {
			ctx.Former = former.Now().Agency
		}
	}
	if d, wrong := u.disproofs[c]; wrong {
		ctx.Wrong = d.inWords()
	}
	if active := u.known.Records[c.ActiveAgreementID]; active != nil {
		ctx.Active = active.Now()
	}
	return ctx
}
