package diff

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// applyParticipating turns links into changes: what continues, what is gone,
// what is listed again and what is new.
func (u *update) applyParticipating(ctx context.Context, a Candidate, l *linker) {
	defer func() { u.agreements = nil }() // another set of agreements is active now
	u.continuePairs(a, l)
	for _, r := range l.unpaired() {
		u.end(a, r)
		c := u.change(roster.KindRemoved, a.Publication, 0, u.known.Records[r.ID()])
		c.ListedSince = roster.Day(r.ListedSince())
	}
	u.unlinked = l.rejected
	fresh := u.relist(ctx, a, l.rows)
	if fresh = u.signPending(ctx, a, fresh); a.Baseline {
		for _, e := range fresh {
			u.begin(a, e).Baseline = true
		}
		return
	}
	for _, e := range fresh {
		u.change(roster.KindNew, a.Publication, e.printed.Number, u.begin(a, e)).Why = u.unlinked[e].lines()
	}
}

// applyPending does the same for the pending list. Whoever leaves it unsigned
// has a few days' grace before that is news.
func (u *update) applyPending(ctx context.Context, a Candidate, l *linker) {
	u.continuePairs(a, l)
	for _, r := range l.unpaired() {
		u.end(a, r)
		if r = u.edit(r); r.SignedBy == "" && u.activeFor(r.Now()) == nil {
			r.LeftSeen = u.in.Now
		}
	}
	for _, e := range u.relist(ctx, a, l.rows) {
		r := u.begin(a, e)
		if r.Baseline = a.Baseline; !a.Baseline {
			u.change(roster.KindPending, a.Publication, e.printed.Number, r)
		}
	}
}

// relist finds the ended records that rows list again, and returns the rows that
// nothing is known of. Rows without a readable state, agency or model are
// neither: a later list must show what they mean.
func (u *update) relist(ctx context.Context, a Candidate, entries []*listRow) []*listRow {
	readable := slices.DeleteFunc(slices.Clone(entries), func(e *listRow) bool { return !e.printed.Readable() })
	if len(readable) == 0 {
		return nil
	}
	list := a.Publication.List
	ended := u.recordsWhere(func(r *roster.Record) bool {
		return r.List == list && !r.Listed() && r.Last().Source != a.Publication.Seq
	})
	l := newLinker(u.agencies, ended, readable, linkOptions{undated: list == roster.ListPending, ended: true})
	if list == roster.ListPending {
		l.pairIdentical()
		l.setAside(func(r *roster.Record) bool {
			return r.LeftSeen.IsZero() && (r.Ending == "" || !u.isRecent(r))
		})
	}
	l.link(ctx)
	for _, p := range l.pairs {
		u.restore(a, p)
	}
	return l.rows
}

// restore lists an ended record again. That it had left was news or not; only
// what was reported, and was wrong, is corrected. A pending entry that was gone for
// long, or whose agreement is gone again, is a new application.
func (u *update) restore(a Candidate, p pair) {
	r := u.edit(p.record)
	before, ending, at := r.Now(), r.Ending, r.EndingAt
	fields := amendments(before, p.listed)
	anew := r.List == roster.ListPending && u.appliesAnew(r)
	r.Ending, r.EndingAt, r.LeftSeen = "", time.Time{}, time.Time{}
	u.write(a, r, p.listed)
	switch {
	case anew:
		r.AppliedAt, r.SignedBy = r.Last().From, ""
		c := u.change(roster.KindPending, a.Publication, p.listed.printed.Number, r)
		c.Certainty, c.Why = p.certainty, p.evidence
	case ending != "":
		c := u.change(roster.KindRestored, a.Publication, p.listed.printed.Number, r)
		c.Corrects, c.Certainty, c.Why = ending, p.certainty, p.evidence
		u.reported[c] = reportedEnd{before, at, false}
		if len(fields) > 0 {
			c.Before, c.Fields = &before, fields
		}
	case len(fields) > 0 && r.SignedBy == "": // how a signed agency's leftover entry is spelled is no news
		c := u.change(roster.KindAmended, a.Publication, p.listed.printed.Number, r)
		c.Before, c.Fields, c.Certainty, c.Why = &before, fields, p.certainty, p.evidence
	}
}

// appliesAnew says whether a pending entry that is back stands for another
// application than before it left.
func (u *update) appliesAnew(r *roster.Record) bool {
	switch gone := u.known.InForce[roster.ListPending].EffectiveAt.Sub(r.Last().From); {
	case gone > Anew:
		return true
	case r.Ending != "" || !r.LeftSeen.IsZero():
		return false
	}
	return u.activeFor(r.Now()) == nil
}

// signPending begins the agreements whose agencies were pending for the model.
func (u *update) signPending(ctx context.Context, a Candidate, fresh []*listRow) []*listRow {
	seekers := u.recordsWhere(func(r *roster.Record) bool { return r.List == roster.ListPending && r.SignedBy == "" })
	l := newLinker(u.agencies, seekers, fresh, linkOptions{undated: true})
	// Of two entries of one agency, the one that is or just was on the list is the
	// one that is signed.
	gone := l.setAside(func(r *roster.Record) bool { return !r.Listed() && r.LeftSeen.IsZero() })
	l.pairAgencies()
	l.records = append(l.records, gone...)
	l.pairAgencies()
	old := l.setAside(func(r *roster.Record) bool {
		return !r.Listed() && r.LeftSeen.IsZero() && (r.Ending == "" || !u.isRecent(r))
	})
	old = slices.DeleteFunc(old, func(k *recordRow) bool { return k.record.Ending == "" })
	l.link(ctx)
	for _, p := range append(l.pairs, u.signLikely(l, old)...) {
		u.sign(a, p)
	}
	return l.rows
}

// sign begins an agreement as what a pending entry ended as. Where that had been
// reported as withdrawn, that is corrected.
func (u *update) sign(a Candidate, p pair) {
	if p.listed.AgencyID == "" {
		p.listed.AgencyID = p.record.Now().AgencyID
		u.agencies.addSpelling(p.listed.AgencyID, p.listed.spelling())
	}
	r := u.begin(a, p.listed)
	r.Baseline, r.PendingSince = a.Baseline, p.record.ListedSince()
	if a.Baseline {
		seeker := u.edit(p.record)
		seeker.SignedBy, seeker.LeftSeen = r.ID(), time.Time{}
		return
	}
	c := u.change(roster.KindNew, a.Publication, p.listed.printed.Number, r)
	c.PendingSince, c.Certainty, c.Why = roster.Day(r.PendingSince), p.certainty, p.evidence
	if left := p.record.Last(); !left.Listed && roster.Day(left.From) != roster.Day(r.FirstListed()) {
		c.PendingUntil = roster.Day(left.From)
	}
	if p.record.Ending != "" {
		u.correctWithdrawal(c, p.record, p.certainty == roster.Likely)
		return
	}
	seeker := u.edit(p.record)
	seeker.SignedBy, seeker.LeftSeen = r.ID(), time.Time{}
}

// begin adds a record of what is listed for the first time.
func (u *update) begin(a Candidate, e *listRow) *roster.Record {
	if e.AgencyID == "" {
		e.AgencyID = u.agencies.mint(e.row)
	}
	agreement := e.Agreement
	last := string(e.Signed)
	switch {
	case a.Publication.List == roster.ListPending:
		last = "pending"
	case last == "":
		last = "undated"
	}
	id := e.AgencyID + "#" + e.Model.Slug() + "#" + last
	agreement.ID = id
	for n := 2; u.known.Records[agreement.ID] != nil; n++ {
		agreement.ID = id + "~" + strconv.Itoa(n)
	}
	r := &roster.Record{List: a.Publication.List, Versions: []roster.Version{u.version(a, e, agreement)}}
	u.known.Records[agreement.ID] = r
	u.agencies.noteCounty(agreement)
	u.touched[agreement.ID] = true
	return r
}

func (u *update) version(a Candidate, e *listRow, agreement roster.Agreement) roster.Version {
	return roster.Version{From: u.known.InForce[a.Publication.List].EffectiveAt, Source: a.Publication.Seq,
		Row: e.printed.Number, Duplicates: len(e.repeats), Listed: true, Agreement: agreement}
}

// end notes that a list no longer has the record.
func (u *update) end(a Candidate, r *roster.Record) {
	r = u.edit(r)
	r.Versions = append(r.Versions, roster.Version{From: u.known.InForce[a.Publication.List].EffectiveAt,
		Source: a.Publication.Seq, Agreement: r.Now()})
}

// change notes what happened to a record; its number, id and sentence come when
// all changes are known.
func (u *update) change(kind roster.Kind, p roster.Publication, row int, r *roster.Record) *roster.Change {
	c := &roster.Change{Kind: kind, DetectedAt: u.in.Now, Publication: p.Ref(row), Agreement: r.Now(), Certainty: roster.Certain}
	u.changes = append(u.changes, c)
	return c
}

// sortChanges puts changes in the order in which people look them up: by state,
// agency and model.
func (u *update) sortChanges() {
	slices.SortStableFunc(u.changes, func(a, b *roster.Change) int {
		return strings.Compare(sortKey(a), sortKey(b))
	})
}

func sortKey(c *roster.Change) string {
	return strings.Join([]string{c.Agreement.State.Name(), roster.Fold(c.Agreement.Agency), string(c.Agreement.Model),
		fmt.Sprint(slices.Index(roster.Kinds(), c.Kind)), c.Agreement.ID}, "\x00")
}

// finish numbers the changes and gives each its id and its sentence.
func (u *update) finish() {
	if len(u.changes) == 0 {
		return
	}
	after := count(u.known.Records)
	about := u.newAgencyContext()
	for _, c := range u.changes {
		u.known.Seqs.Change++
		c.Seq = u.known.Seqs.Change
		c.ID = changeID(c)
		u.addAgencyContext(c, after, about)
		c.Text = prose.English.Text(*c, u.context(c, after))
		u.keepMilestone(c)
		if c.Kind == roster.KindRemoved || c.Kind == roster.KindWithdrawn {
			r := u.edit(u.known.Records[c.Agreement.ID])
			r.Ending, r.EndingAt = c.ID, u.in.Now
		}
	}
}

// changeID is made from the change itself, so that the same publications give
// the same ids, whoever reads them and however often.
func changeID(c *roster.Change) string {
	mark := ""
	if c.Milestone != nil {
		mark = fmt.Sprintf("{%s %d %s}", c.Milestone.Name, c.Milestone.Count, c.Milestone.Day)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s|%s|%s|%s", c.Seq, c.Kind, c.Agreement.ID, c.Publication.SHA256, mark))
	return "chg_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
}
