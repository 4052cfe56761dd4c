// Package diff works out what really changed: it links the rows of a new
// publication with what is known, judges whether the publication can be
// believed, and says what happened. All of it is pure: what was known, what ICE
// lists now and the clock go in; changes, or a hold with its reasons, come out.
package diff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Grace is how long an agency may be on neither list before it counts as withdrawn.
const Grace = roster.Grace

// Candidate is a publication that comes to be judged.
type Candidate struct {
	Publication roster.Publication // Seq 0 for one that is not known yet
	Roster      roster.Roster
	// Earlier says that these bytes were in force before, and others after them.
	Earlier bool
	// Repeats is the file of an earlier publication of this list that was in force
	// and said just the same, in whatever bytes, where the one in force says other;
	// "" where there is none.
	Repeats string
	// NoColumns says that the file is a sound one, but no list: it stands where
	// a list stood, without a list's columns.
	NoColumns bool
	// Baseline says that nothing is known of the list before this publication,
	// so that nothing on it is news.
	Baseline bool
	// Decision accepts a held publication without judging it again: HoldApproved
	// by the operator, HoldBorneOut by time.
	Decision roster.HoldState
}

// Settings are the operator's.
type Settings struct {
	Aliases Aliases
	// AcceptAfter is how long polls must have found a held list, or one that
	// agrees with it, before it is accepted by itself; 0: never.
	AcceptAfter time.Duration
}

// Input is what Update goes by.
type Input struct {
	Known    roster.Snapshot
	Arrivals []Candidate          // at most one a list; they are judged together
	Held     map[string]Candidate // the publications of the open holds, by the hold's id
	Dropped  []string             // ids of holds whose publication ICE has taken back
	Rejected string               // id of a hold that the operator rejects; "" none
	Now      time.Time
	// Import says that the publications are past ones: a later list that agrees
	// with a held one accepts it, whatever the clock says.
	Import bool
	// Unread says that ICE's page was not read well at this moment, so that no
	// grace runs out: what is not on a list may be on one that was not seen.
	Unread   bool
	Settings Settings
	// Names remembers what names say from one Update to the next; nil for none.
	Names *Names
}

// Result is what follows from the arrivals.
type Result struct {
	Known        roster.Snapshot      // as it is afterwards; what was given is untouched
	Publications []roster.Publication // the arrivals', numbered and with their verdicts
	Verdicts     []roster.Publication // earlier publications whose verdict changed
	Agencies     []roster.Agency      // new or changed, by id
	Records      []roster.Record      // new or changed, by id
	Holds        []roster.Hold        // opened, extended or ended
	Changes      []roster.Change      // numbered, with their sentences
}

// update is one run of Update.
type update struct {
	in        Input
	known     roster.Snapshot // a copy that grows
	agencies  *agencyIndex
	edited    map[string]*roster.Record // new or changed, by id
	changes   []*roster.Change
	verdicts  []roster.Publication
	holds     map[string]*roster.Hold // opened, extended or ended, by id
	processed []roster.Publication
	before    figures

	agreements *agreementIndex // nil until it is made from the records as they are now
	reported   map[*roster.Change]prose.ReportedEnd
	disproofs  map[*roster.Change]disproof
}

// Update judges the arrivals and applies those that can be believed. The error is
// the context's own.
func Update(ctx context.Context, in Input) (Result, error) {
	u := &update{in: in, known: clone(in.Known), edited: map[string]*roster.Record{}, holds: map[string]*roster.Hold{},
		reported: map[*roster.Change]prose.ReportedEnd{}, disproofs: map[*roster.Change]disproof{}}
	u.agencies = newAgencyIndex(u.known, in.Settings.Aliases, in.Names)
	u.before = count(u.known.Records)
	u.endDropped()
	for _, list := range roster.Lists() { // participating first, so that who signed is known when they leave the other
		for _, a := range in.Arrivals {
			if a.Publication.List == list {
				if err := u.process(ctx, a); err != nil {
					return Result{}, fmt.Errorf("comparing %s with what is known: %w", a.Publication.File, err)
				}
			}
		}
	}
	if err := u.reconsiderPending(ctx); err != nil {
		return Result{}, fmt.Errorf("comparing the held pending list with what is known: %w", err)
	}
	u.correctWithdrawals()
	u.endGrace()
	u.doubtLikeNames()
	u.sortChanges()
	u.addMilestones()
	return u.outcome(), nil
}

// clone returns a snapshot that can change without touching the one given.
func clone(k roster.Snapshot) roster.Snapshot {
	k.Agencies, k.Records, k.InForce, k.Holds = copyOf(k.Agencies), copyOf(k.Records), copyOf(k.InForce), slices.Clone(k.Holds)
	return k
}

// copyOf is maps.Clone, but never nil.
func copyOf[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

// process judges one arrival and applies it, or holds it. The error is the context's
// own.
func (u *update) process(ctx context.Context, a Candidate) error {
	a.Publication = u.number(a)
	l := u.compare(ctx, a)
	if l.err != nil && !errors.Is(l.err, errTooAlike) {
		return l.err
	}
	if a.Decision == "" {
		findings := u.judge(a, l)
		if findings.Reasons != nil && !u.believed(ctx, &a, findings) {
			u.processed = append(u.processed, a.Publication)
			return nil
		}
	}
	if h, open := u.openHold(a.Publication.List); open {
		u.endHold(h, cmp.Or(a.Decision, roster.HoldDropped))
	}
	u.accept(&a, l.duplicates)
	u.apply(ctx, a, l)
	u.processed = append(u.processed, a.Publication)
	return ctx.Err()
}

// reconsiderPending judges a held pending list again once a list of agreements is
// accepted: those who seemed to leave it too many at once may have been signed.
func (u *update) reconsiderPending(ctx context.Context) error {
	arrived := func(list roster.List) bool {
		return slices.ContainsFunc(u.processed, func(p roster.Publication) bool {
			return p.List == list && (list == roster.ListPending || p.Verdict == roster.VerdictAccepted)
		})
	}
	h, open := u.openHold(roster.ListPending)
	a, kept := u.in.Held[h.ID]
	if !open || !kept || a.NoColumns || arrived(roster.ListPending) || !arrived(roster.ListParticipating) {
		return nil
	}
	if u.judge(a, u.compare(ctx, a)).Reasons != nil || ctx.Err() != nil {
		return ctx.Err()
	}
	a.Decision = roster.HoldBorneOut
	return u.process(ctx, a)
}

// number gives a new publication the next number and its figures.
func (u *update) number(a Candidate) roster.Publication {
	p := a.Publication
	if p.Seq == 0 {
		u.known.Seqs.Publication++
		p.Seq = u.known.Seqs.Publication
	}
	p.Rows, p.Unreadable = len(a.Roster.Rows), a.Roster.Unreadable()
	p.Problems = a.Roster.Problems
	noteOtherModels(&p, a.Roster)
	return p
}

// accept puts a publication in force. Time never runs backwards for what
// counts: a list with an older date than the one before it counts from then on.
func (u *update) accept(a *Candidate, duplicates int) {
	p := &a.Publication
	p.Verdict, p.EffectiveAt, p.Duplicates = roster.VerdictAccepted, p.PublishedAt, duplicates
	if last := u.known.InForce[p.List].EffectiveAt; last.After(p.EffectiveAt) {
		p.EffectiveAt = last
	}
	u.known.InForce[p.List] = *p
	if u.known.First.IsZero() {
		u.known.First = p.EffectiveAt
	}
}

// compare links an arrival's rows with the records that its list had.
func (u *update) compare(ctx context.Context, a Candidate) *linker {
	list := a.Publication.List
	records := u.listedRecords(list)
	l := newLinker(u.agencies, records, collapse(a.Roster.Rows, records, u.agencies), linkOptions{undated: list == roster.ListPending})
	if list == roster.ListParticipating {
		l.everPending = u.everPending()
		l.link(ctx)
	} else {
		l.pairIdentical()
		// Whoever has signed left the list for the other one: no namesake that
		// comes as they go is a respelling of theirs.
		signed := l.setAside(func(r *roster.Record) bool { return u.activeFor(r.Now()) != nil })
		l.link(ctx)
		l.records = append(l.records, signed...)
	}
	l.confirm(ctx)
	return l
}

// listedRecords returns the records that a list has now, by their ids.
func (u *update) listedRecords(list roster.List) []*roster.Record {
	return u.recordsWhere(func(r *roster.Record) bool { return r.List == list && r.Listed() })
}

func (u *update) recordsWhere(which func(*roster.Record) bool) []*roster.Record {
	var found []*roster.Record
	for _, r := range u.known.Records {
		if which(r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, byID)
	return found
}

func byID(a, b *roster.Record) int { return strings.Compare(a.ID(), b.ID()) }

// Due says whether the grace of a pending entry is over, so that Update has
// something to report though no publication arrived.
func Due(k roster.Snapshot, now time.Time) bool {
	for _, r := range k.Records {
		if overdue(k, r, now) {
			return true
		}
	}
	return false
}

// inGrace says whether a record is a pending entry that is on neither list, and
// whose end is not decided.
func inGrace(r *roster.Record) bool { return !r.LeftSeen.IsZero() && !r.Listed() }

// overdue says whether a record is a pending entry that is on neither list for
// too long, by the clock or by the dates of ICE's own publications. Only a
// participating list that was published after it left can show that.
func overdue(k roster.Snapshot, r *roster.Record, now time.Time) bool {
	left, published := r.Last().From, k.InForce[roster.ListParticipating].EffectiveAt
	if !inGrace(r) || !published.After(left) {
		return false
	}
	if other := k.InForce[roster.ListPending].EffectiveAt; other.After(published) {
		published = other
	}
	return now.Sub(r.LeftSeen) >= Grace || published.Sub(left) >= Grace
}

// endGrace reports the pending entries whose grace is over, unless they were
// signed under whatever name.
func (u *update) endGrace() {
	if u.in.Unread || u.isHeld(roster.ListParticipating) {
		return // what is not on a list may be on one that was set aside or not seen
	}
	for _, r := range u.recordsWhere(inGrace) {
		late := overdue(u.known, r, u.in.Now)
		signed := u.activeFor(r.Now())
		if signed == nil && late {
			signed = u.signedAs(r)
		}
		switch {
		case r.SignedBy != "":
			u.endAsSigned(r, r.SignedBy)
		case signed != nil:
			u.endAsSigned(r, signed.ID())
		case late:
			r = u.edit(r)
			r.LeftSeen = time.Time{}
			c := u.change(roster.KindWithdrawn, u.known.InForce[roster.ListPending], 0, r)
			c.ListedSince, c.Gaps = roster.Day(r.Applied()), r.Gaps(r.Applied(), r.Last().From)
		}
	}
}

// edit returns a copy of the record that can be changed, kept in its place.
func (u *update) edit(r *roster.Record) *roster.Record {
	id := r.ID()
	if u.edited[id] == nil {
		r = r.Clone()
		u.known.Records[id], u.edited[id] = r, r
	}
	return u.edited[id]
}

func (u *update) outcome() Result {
	u.finish()
	o := Result{Publications: u.processed, Verdicts: u.verdicts, Agencies: sortedValues(u.agencies.changed), Records: sortedValues(u.edited),
		Holds: sortedValues(u.holds)}
	for _, c := range u.changes {
		o.Changes = append(o.Changes, *c)
	}
	u.known.Holds = slices.DeleteFunc(u.known.Holds, func(h roster.Hold) bool { return u.holds[h.ID] != nil })
	for _, h := range o.Holds {
		if h.Open() {
			u.known.Holds = append(u.known.Holds, h)
		}
	}
	slices.SortFunc(u.known.Holds, func(a, b roster.Hold) int { return cmp.Compare(a.ID, b.ID) })
	o.Known = u.known
	return o
}

// sortedValues returns what a map holds, in the order of its keys.
func sortedValues[V any](m map[string]*V) []V {
	var values []V
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, *m[key])
	}
	return values
}
