package rebuild

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/store"
)

// replay is everything derived anew, as far as it has come.
type replay struct {
	kept     *kept
	source   Source
	settings diff.Settings
	names    diff.Names

	known        roster.Snapshot
	publications map[uint64]roster.Publication
	order        []uint64 // numbers of publications, in the order in which they came
	bodies       map[uint64][]byte
	rosters      map[uint64][]byte // packed
	open         map[uint64]roster.Roster
	changes      []roster.Change
	holds        map[string]roster.Hold
	found        map[roster.List]string // the hash of the file that polls find now
	moot         []roster.Hold          // which the operator decided about, and which were not held this time
	last         uint64                 // number of the last publication
}

func newReplay(k *kept, source Source, settings diff.Settings) *replay {
	return &replay{kept: k, source: source, settings: settings, last: uint64(len(k.publications)),
		known: roster.Snapshot{Agencies: map[string]*roster.Agency{}, Records: map[string]*roster.Record{},
			InForce: map[roster.List]roster.Publication{}},
		publications: map[uint64]roster.Publication{}, bodies: map[uint64][]byte{}, rosters: map[uint64][]byte{},
		open: map[uint64]roster.Roster{}, holds: map[string]roster.Hold{}, found: map[roster.List]string{}}
}

// run goes through a step.
func (r *replay) run(ctx context.Context, s step) error {
	in := diff.Input{Held: r.held(), Now: s.at.UTC(), Import: s.imported, Unread: s.unread, Settings: r.settings, Names: &r.names}
	var came []diff.Candidate
	for _, a := range s.arrivals {
		c, news, err := r.candidate(ctx, a, s)
		if err != nil {
			return err
		}
		if news {
			came = append(came, c)
		}
	}
	in.Arrivals = came
	r.settle(&in, s)
	if len(in.Arrivals)+len(in.Dropped) == 0 && in.Rejected == "" && (s.unread || !diff.Due(r.known, s.at)) {
		return nil
	}
	in.Settings.AcceptAfter = r.acceptAfter(s)
	r.known.Seqs.Publication = r.last
	in.Known = r.known
	result, err := diff.Update(ctx, in)
	if err != nil {
		return fmt.Errorf("working out what changed: %w", err)
	}
	return r.take(result, came, s)
}

// take notes what a step led to.
func (r *replay) take(result diff.Result, came []diff.Candidate, s step) error {
	r.known = result.Known
	for _, c := range came {
		packed, err := store.Pack(c.Roster)
		if err != nil {
			return fmt.Errorf("packing the rows of %s: %w", c.Publication.File, err)
		}
		r.rosters[c.Publication.Seq], r.open[c.Publication.Seq] = packed, c.Roster
	}
	for _, p := range slices.Concat(result.Publications, result.Verdicts) {
		if _, twice := r.publications[p.Seq]; !twice {
			r.order = append(r.order, p.Seq)
		}
		r.publications[p.Seq] = p
	}
	for _, h := range result.Holds {
		if s.decided != nil && decided(h) {
			h.By, h.DecidedAt = s.decided.By, s.decided.DecidedAt
		}
		r.holds[h.ID] = h
	}
	r.changes = append(r.changes, result.Changes...)
	for seq := range r.open {
		if !slices.ContainsFunc(r.known.Holds, func(h roster.Hold) bool { return h.Publication == seq }) {
			delete(r.open, seq)
		}
	}
	return nil
}

// held are the publications of the open holds.
func (r *replay) held() map[string]diff.Candidate {
	held := map[string]diff.Candidate{}
	for _, h := range r.known.Holds {
		p := r.publications[h.Publication]
		held[h.ID] = diff.Candidate{Publication: p, Roster: r.open[h.Publication], NoColumns: h.NoColumns, Baseline: r.baseline(p, true)}
	}
	return held
}

// candidate is a list as it is judged; false where it says nothing new.
func (r *replay) candidate(ctx context.Context, a arrival, s step) (diff.Candidate, bool, error) {
	p := a.publication
	if !s.imported {
		r.found[p.List] = p.SHA256
	}
	c := diff.Candidate{}
	if p.Seq == 0 {
		c.Roster = *a.rows
		if r.known.InForce[p.List].SHA256 == p.SHA256 {
			return c, false, nil
		}
		r.last++
		p.Seq = r.last
		r.bodies[p.Seq] = a.body
	} else {
		var err error
		if c.Roster, err = r.rows(ctx, p); err != nil {
			return c, false, fmt.Errorf("reading %s, publication %d: %w", p.File, p.Seq, err)
		}
		if c.NoColumns = c.Roster.Rows == nil && p.Digest == ""; !c.NoColumns {
			p.Digest = c.Roster.Digest()
		}
	}
	p.Verdict, p.EffectiveAt, p.Hold, p.Duplicates = "", time.Time{}, "", 0
	c.Publication = p
	if p.SHA256 != r.known.InForce[p.List].SHA256 {
		c.Earlier = r.earlier(p)
	}
	c.Repeats, c.Baseline = r.repeats(p), r.baseline(p, !s.imported)
	return c, true, nil
}

// rows reads a publication of the store anew. What cannot be read anymore says what it
// said then.
func (r *replay) rows(ctx context.Context, p roster.Publication) (roster.Roster, error) {
	hash := p.SHA256
	if p.KeptAs != "" {
		hash = p.KeptAs
	}
	body, err := r.source.Body(ctx, hash)
	if err != nil {
		return roster.Roster{}, fmt.Errorf("reading its bytes: %w", err)
	}
	rosters, err := sheet.Read(body, p.SeenAt)
	if err != nil && !errors.Is(err, sheet.ErrNoList) && !errors.Is(err, sheet.ErrBroken) {
		return roster.Roster{}, fmt.Errorf("reading it as a list: %w", err)
	}
	for _, read := range rosters {
		if read.List == p.List {
			return read, nil
		}
	}
	if p.Digest == "" {
		return roster.Roster{}, nil
	}
	kept, err := r.source.Roster(ctx, p.Seq)
	if err != nil {
		return roster.Roster{}, fmt.Errorf("reading what it said: %w", err)
	}
	return kept, nil
}

// earlier says whether the list had these bytes before.
func (r *replay) earlier(p roster.Publication) bool {
	return slices.ContainsFunc(r.order, func(seq uint64) bool {
		q := r.publications[seq]
		return q.List == p.List && q.SHA256 == p.SHA256
	})
}

// repeats names the file of the last list that counted and said just what p says, where
// the one in force says something else; "" where there is none.
func (r *replay) repeats(p roster.Publication) string {
	in, accepted := r.known.InForce[p.List]
	if !accepted || p.Digest == "" || p.Digest == in.Digest {
		return ""
	}
	for _, seq := range slices.Backward(r.order) {
		if q := r.publications[seq]; q.List == p.List && q.Digest == p.Digest && q.Verdict == roster.VerdictAccepted {
			return q.File
		}
	}
	return ""
}

// lastPolls is how many polls count for whether ICE's page had a list.
const lastPolls = 100

// baseline says whether nothing was known of a list before a publication, so that nothing
// on it is news. Where polls had found ICE's page without it, all of it is.
func (r *replay) baseline(p roster.Publication, polled bool) bool {
	if _, accepted := r.known.InForce[p.List]; accepted {
		return false
	}
	if p.List == roster.ListParticipating || !polled {
		return true
	}
	n, _ := slices.BinarySearchFunc(r.kept.polls, p.SeenAt, func(q roster.Poll, at time.Time) int { return q.At.Compare(at) })
	if slices.ContainsFunc(r.kept.polls[max(0, n-lastPolls):n], func(q roster.Poll) bool { return slices.Contains(q.Absent, p.List) }) {
		return false
	}
	for _, old := range r.kept.records { // the log of polls does not reach back for ever
		if old.List == p.List && old.Versions[0].Source == p.Seq {
			return old.Baseline
		}
	}
	return true
}
