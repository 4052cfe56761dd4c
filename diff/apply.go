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

	"github.com/watch287g/watch287g/roster"
)

// applyParticipating turns links into changes: what continues, what is gone,
// what is listed again and what is new.
func (u *update) applyParticipating(ctx context.Context, a Arrival, l *linker) {
	u.continuePairs(a, l)
	for _, r := range l.left() {
		u.end(a, r)
		c := u.change(roster.Removed, a.Publication, 0, u.known.Records[r.ID()])
		c.ListedSince = roster.Day(r.ListedSince())
	}
	u.refused = l.refused
	fresh := u.relist(ctx, a, l.entries)
	if fresh = u.signSeekers(ctx, a, fresh); a.Baseline {
		for _, e := range fresh {
			u.begin(a, e).Baseline = true
		}
		return
	}
	for _, e := range fresh {
		u.change(roster.New, a.Publication, e.row.Number, u.begin(a, e)).Why = u.refused[e].lines()
	}
}

// applyPending does the same for the pending list. Whoever leaves it unsigned
// has a few days' grace before that is news.
func (u *update) applyPending(ctx context.Context, a Arrival, l *linker) {
	u.continuePairs(a, l)
	for _, r := range l.left() {
		u.end(a, r)
		if u.activeFor(r.Now()) == nil {
			u.edit(r).LeftSeen = u.in.Now
		}
	}
	for _, e := range u.relist(ctx, a, l.entries) {
		r := u.begin(a, e)
		if r.Baseline = a.Baseline; !a.Baseline {
			u.change(roster.Seeking, a.Publication, e.row.Number, r)
		}
	}
}

// relist finds the ended records that rows list again, and returns the rows that
// nothing is known of. Rows without a readable state, agency or model are
// neither: what they mean, a later list must tell.
func (u *update) relist(ctx context.Context, a Arrival, entries []*entry) []*entry {
	readable := slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool { return !e.row.Readable() })
	if len(readable) == 0 {
		return nil
	}
	list := a.Publication.List
	ended := u.recordsWhere(func(r *roster.Record) bool {
		return r.List == list && !r.Listed() && r.Last().Source != a.Publication.Seq
	})
	l := newLinker(u.book, ended, readable, linkOptions{undated: list == roster.Pending, ended: list == roster.Participating})
	if list == roster.Pending {
		l.pairSame()
		l.setAside(func(r *roster.Record) bool { return r.LeftSeen.IsZero() })
	}
	l.link(ctx)
	for _, p := range l.pairs {
		u.restore(a, p)
	}
	return l.entries
}

// restore lists an ended record again. That it had left was news or not; only
// what was told is taken back.
func (u *update) restore(a Arrival, p pair) {
	r := u.edit(p.record)
	before, ending := r.Now(), r.Ending
	fields := amendments(before, p.entry)
	silent := r.List == roster.Pending && ending == "" && (!r.LeftSeen.IsZero() || u.activeFor(before) != nil)
	r.Ending, r.LeftSeen = "", time.Time{}
	u.write(a, r, p.entry)
	switch {
	case ending != "":
		c := u.change(roster.Restored, a.Publication, p.entry.row.Number, r)
		c.TakesBack, c.Certainty, c.Why = ending, p.certainty, p.evidence
		if len(fields) > 0 {
			c.Before, c.Fields = &before, fields
		}
	case !silent:
		u.change(roster.Seeking, a.Publication, p.entry.row.Number, r)
	case len(fields) > 0:
		c := u.change(roster.Amended, a.Publication, p.entry.row.Number, r)
		c.Before, c.Fields, c.Certainty, c.Why = &before, fields, p.certainty, p.evidence
	}
}

// signSeekers begins the agreements whose agencies were pending for the model.
func (u *update) signSeekers(ctx context.Context, a Arrival, fresh []*entry) []*entry {
	seekers := u.recordsWhere(func(r *roster.Record) bool { return r.List == roster.Pending && r.SignedBy == "" })
	l := newLinker(u.book, seekers, fresh, linkOptions{undated: true})
	l.pairAgencies()
	l.setAside(func(r *roster.Record) bool { return !r.Listed() && r.LeftSeen.IsZero() })
	l.link(ctx)
	for _, p := range l.pairs {
		if p.entry.AgencyID == "" {
			p.entry.AgencyID = p.record.Now().AgencyID
			u.book.addSpelling(p.entry.AgencyID, p.entry.spelling())
		}
		r := u.begin(a, p.entry)
		r.Baseline, r.PendingSince = a.Baseline, p.record.ListedSince()
		seeker := u.edit(p.record)
		seeker.SignedBy, seeker.LeftSeen = r.ID(), time.Time{}
		if a.Baseline {
			continue
		}
		c := u.change(roster.New, a.Publication, p.entry.row.Number, r)
		c.PendingSince, c.Certainty, c.Why = roster.Day(r.PendingSince), p.certainty, p.evidence
	}
	return l.entries
}

// begin takes in what is listed for the first time.
func (u *update) begin(a Arrival, e *entry) *roster.Record {
	if e.AgencyID == "" {
		e.AgencyID = u.book.mint(e.side)
	}
	agreement := e.Agreement
	last := string(e.Signed)
	switch {
	case a.Publication.List == roster.Pending:
		last = "pending"
	case last == "":
		last = "undated"
	}
	id := e.AgencyID + "#" + string(e.Model) + "#" + last
	agreement.ID = id
	for n := 2; u.known.Records[agreement.ID] != nil; n++ {
		agreement.ID = id + "~" + strconv.Itoa(n)
	}
	r := &roster.Record{List: a.Publication.List, Versions: []roster.Version{u.version(a, e, agreement)}}
	u.known.Records[agreement.ID] = r
	u.book.noteCounty(agreement)
	u.touched[agreement.ID] = true
	return r
}

func (u *update) version(a Arrival, e *entry, agreement roster.Agreement) roster.Version {
	return roster.Version{From: u.known.InForce[a.Publication.List].EffectiveAt, Source: a.Publication.Seq,
		Row: e.row.Number, Doubles: len(e.repeats), Listed: true, Agreement: agreement}
}

// end notes that a list no longer has the record.
func (u *update) end(a Arrival, r *roster.Record) {
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
	after := count(u.known.Records)
	for _, c := range u.changes {
		u.known.Seqs.Change++
		c.Seq = u.known.Seqs.Change
		c.ID = changeID(c)
		u.addReserves(c, after)
		c.Text = u.sentence(c, after)
		if c.Kind == roster.Removed || c.Kind == roster.Withdrawn {
			u.edit(u.known.Records[c.Agreement.ID]).Ending = c.ID
		}
	}
}

// addReserves says what a reader must know beside the change itself: that it may
// reach further back than this record, and what else the agency holds.
func (u *update) addReserves(c *roster.Change, after tally) {
	r := u.known.Records[c.Agreement.ID]
	switch c.Kind {
	case roster.New:
		if n := after.agency[c.Agreement.AgencyID]; n > 1 {
			c.Holding = n
		}
		for _, seeker := range u.known.Records {
			if seeker.SignedBy == r.ID() && onFirstList(seeker) && seeker.FirstListed().Equal(r.PendingSince) {
				c.AtLeast = true
			}
		}
	case roster.Removed, roster.Withdrawn:
		c.AtLeast = onFirstList(r)
	case roster.Seeking:
		if signed := u.activeFor(c.Agreement); signed != nil {
			c.Beside = signed.ID()
		}
	default:
	}
}

// onFirstList says whether the record stood on the first list ever seen, and has
// stood since.
func onFirstList(r *roster.Record) bool {
	return r.Baseline && r.ListedSince().Equal(r.FirstListed())
}

// changeID is made from the change itself, so that the same publications give
// the same ids, whoever reads them and however often.
func changeID(c *roster.Change) string {
	mark := ""
	if c.Milestone != nil {
		mark = fmt.Sprint(*c.Milestone)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s|%s|%s|%s", c.Seq, c.Kind, c.Agreement.ID, c.Publication.SHA256, mark))
	return "chg_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
}
