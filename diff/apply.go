package diff

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// apply turns links into changes: what continues, what is gone, what is listed again
// and what is new. Whoever leaves the pending list unsigned has a few days' grace
// before that is news.
func (u *update) apply(ctx context.Context, a Candidate, l *linker) {
	participating := a.Publication.List == roster.ListParticipating
	u.continuePairs(a, l)
	for _, k := range l.records {
		r := u.end(a, k.record)
		switch {
		case participating:
			u.change(roster.KindRemoved, a.Publication, 0, r).ListedSince = roster.Day(r.ListedSince())
		case r.SignedBy == "":
			u.leave(r)
		}
	}
	kind, fresh := roster.KindPending, u.relist(ctx, a, l.rows)
	if participating {
		kind, fresh = roster.KindNew, u.signPending(ctx, a, fresh)
		defer func() { u.agreements = nil }() // another set of agreements is active now
	}
	for _, e := range fresh {
		r := u.begin(a, e)
		if r.Baseline = a.Baseline; a.Baseline {
			continue
		}
		if c := u.change(kind, a.Publication, e.printed.Number, r); participating {
			c.Why = l.rejected[e].lines()
		}
	}
}

// leave notes that a pending entry is gone from its list. Beside an agreement that the
// agency has in the model, nothing is withdrawn: it ends as that.
func (u *update) leave(r *roster.Record) {
	if agreement := u.activeFor(r.Now()); agreement != nil {
		u.endAsSigned(r, agreement.ID())
		return
	}
	r.LeftSeen = u.in.Now
}

// relist finds the ended records that rows list again, and returns the rows that
// nothing is known of. Rows without a readable state, agency or model are
// neither restored nor new: a later list must show what they mean.
func (u *update) relist(ctx context.Context, a Candidate, rows []*listRow) []*listRow {
	readable := slices.DeleteFunc(slices.Clone(rows), func(e *listRow) bool { return !e.printed.Readable() })
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
			return r.LeftSeen.IsZero() && !u.endedRecently(r)
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
	before, left, ending, at := r.Now(), r.Last().From, r.Ending, r.EndingAt
	fields := amendments(before, p.listed)
	anew := r.List == roster.ListPending && u.appliesAnew(r)
	r.Ending, r.EndingAt, r.LeftSeen = "", time.Time{}, time.Time{}
	after := merge(before, p.listed, linksDocuments(a.Roster))
	if after.AgencyID = cmp.Or(p.listed.AgencyID, before.AgencyID); p.listed.AgencyID == "" {
		u.agencies.addSpelling(before.AgencyID, p.listed.spelling())
	}
	r.Versions = append(r.Versions, u.version(a, p.listed, after))
	if back := r.Last().From; anew || r.SignedBy != "" && back.Sub(left) > Grace {
		r.AppliedAt = back
	}
	switch {
	case anew:
		r.SignedBy = ""
		u.linkedChange(roster.KindPending, a, p, r)
	case ending != "":
		c := u.linkedChange(roster.KindRestored, a, p, r)
		c.Corrects = ending
		u.reported[c] = prose.ReportedEnd{Agreement: before, At: at}
		if len(fields) > 0 {
			c.Before, c.Fields = &before, fields
		}
	case len(fields) > 0 && r.SignedBy == "": // how a signed agency's leftover entry is spelled is no news
		c := u.linkedChange(roster.KindAmended, a, p, r)
		c.Before, c.Fields = &before, fields
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
	entries := u.recordsWhere(func(r *roster.Record) bool {
		return r.List == roster.ListPending && (r.SignedBy == "" || u.stoodBeside(r))
	})
	l := newLinker(u.agencies, entries, fresh, linkOptions{undated: true})
	// Of two entries of one agency, the one that is or just was on the list is the
	// one that is signed.
	gone := l.setAside(func(r *roster.Record) bool { return !r.Listed() && r.LeftSeen.IsZero() })
	l.pairAgencies()
	l.records = append(l.records, gone...)
	l.pairAgencies()
	old := l.setAside(func(r *roster.Record) bool {
		return !r.Listed() && r.LeftSeen.IsZero() && !u.endedRecently(r)
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
	entry := p.record
	if p.listed.AgencyID == "" {
		p.listed.AgencyID = entry.Now().AgencyID
		u.agencies.addSpelling(p.listed.AgencyID, p.listed.spelling())
	}
	r := u.begin(a, p.listed)
	r.Baseline, r.PendingSince = a.Baseline, entry.Applied()
	if a.Baseline {
		u.endAsSigned(entry, r.ID())
		return
	}
	c := u.linkedChange(roster.KindNew, a, p, r)
	c.PendingSince, c.Gaps = roster.Day(r.PendingSince), entry.Gaps(r.PendingSince, entry.Last().From)
	if left := entry.Last(); !left.Listed && roster.Day(left.From) != roster.Day(r.FirstListed()) {
		c.PendingUntil = roster.Day(left.From)
	}
	u.correctWithdrawal(c, entry, p.certainty == roster.Likely)
}

// begin adds a record of what is listed for the first time.
func (u *update) begin(a Candidate, e *listRow) *roster.Record {
	if e.AgencyID == "" {
		e.AgencyID = u.agencies.mint(e.row)
	}
	agreement, last := e.Agreement, cmp.Or(string(e.Signed), "undated")
	if a.Publication.List == roster.ListPending {
		last = "pending"
	}
	agreement.ID = unused(u.known.Records, e.AgencyID+"#"+e.Model.Slug()+"#"+last, "~")
	r := &roster.Record{List: a.Publication.List, Versions: []roster.Version{u.version(a, e, agreement)}}
	u.known.Records[agreement.ID], u.edited[agreement.ID] = r, r
	u.agencies.noteCounty(agreement)
	return r
}

// unused returns an id that no other has yet: this one, or it with a number.
func unused[V any](taken map[string]*V, id, separator string) string {
	first := id
	for n := 2; taken[id] != nil; n++ {
		id = first + separator + strconv.Itoa(n)
	}
	return id
}

func (u *update) version(a Candidate, e *listRow, agreement roster.Agreement) roster.Version {
	return roster.Version{From: u.known.InForce[a.Publication.List].EffectiveAt, Source: a.Publication.Seq,
		Row: e.printed.Number, Duplicates: len(e.repeats), Listed: true, Agreement: agreement}
}

// end notes that a list no longer has the record, and returns it as it is then.
func (u *update) end(a Candidate, r *roster.Record) *roster.Record {
	r = u.edit(r)
	r.Versions = append(r.Versions, roster.Version{From: u.known.InForce[a.Publication.List].EffectiveAt,
		Source: a.Publication.Seq, Agreement: r.Now()})
	return r
}

// change notes what happened to a record; its number, id and sentence come when
// all changes are known.
func (u *update) change(kind roster.Kind, p roster.Publication, row int, r *roster.Record) *roster.Change {
	c := &roster.Change{Kind: kind, DetectedAt: u.in.Now, Publication: p.Ref(row), Agreement: r.Now(), Certainty: roster.Certain}
	u.changes = append(u.changes, c)
	return c
}

// linkedChange is a change that rests on a pair of rows.
func (u *update) linkedChange(kind roster.Kind, a Candidate, p pair, r *roster.Record) *roster.Change {
	c := u.change(kind, a.Publication, p.listed.printed.Number, r)
	c.Certainty, c.Why = p.certainty, p.evidence
	return c
}
