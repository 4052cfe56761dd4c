package diff_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// What must hold of every step, whatever the lists say. Each test of a story
// checks all of it along the way.

// text writes a value out in full, so that two can be compared.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// updatedTwice runs Update twice on one input, which must stay as it is and give
// the same outcome both times: what follows from a list may not depend on the
// order in which a map is walked.
func updatedTwice(t *testing.T, in diff.Input) diff.Result {
	t.Helper()
	given := text(t, []any{in.Known, in.Arrivals, in.Held, in.Dropped})
	first := diff.Updated(in)
	if again := diff.Updated(in); text(t, again) != text(t, first) {
		t.Errorf("the same input gave\n%s\nand then\n%s", text(t, first), text(t, again))
	}
	if text(t, []any{in.Known, in.Arrivals, in.Held, in.Dropped}) != given {
		t.Error("Update changed what it was given")
	}
	return first
}

// store keeps what outcomes say is new or changed, as a store does, which never
// sees Result.Known.
type store struct {
	agencies     map[string]roster.Agency
	records      map[string]roster.Record
	holds        map[string]roster.Hold
	publications []roster.Publication
	changes      map[string]roster.Change
	takenBack    map[string]bool // ids of changes
	files        map[string]file
	shown        map[roster.List]file // what ICE serves now
}

func newStore() store {
	return store{agencies: map[string]roster.Agency{}, records: map[string]roster.Record{}, holds: map[string]roster.Hold{},
		changes: map[string]roster.Change{}, takenBack: map[string]bool{}, files: map[string]file{}, shown: map[roster.List]file{}}
}

// commit takes an outcome in, and checks that its parts add up to what it says
// is known now.
func (s *store) commit(t *testing.T, in diff.Input, o diff.Result) {
	t.Helper()
	for _, a := range in.Arrivals {
		s.files[a.Publication.SHA256] = file{sha256: a.Publication.SHA256, roster: a.Roster, noColumns: a.NoColumns}
	}
	for _, p := range append(o.Verdicts, o.Publications...) {
		switch next := uint64(len(s.publications)) + 1; {
		case p.Seq == next:
			s.publications = append(s.publications, p)
		case p.Seq < next && p.Seq > 0:
			s.publications[p.Seq-1] = p
		default:
			t.Errorf("publication %d comes after %d", p.Seq, next-1)
		}
	}
	for _, a := range o.Agencies {
		if old, known := s.agencies[a.ID]; known && old.Spellings[0] != a.Spellings[0] {
			t.Errorf("%s was first spelled %q, and now %q", a.ID, old.Spellings[0], a.Spellings[0])
		}
		s.agencies[a.ID] = a
	}
	for _, r := range o.Records {
		s.records[r.ID()] = r
	}
	for _, h := range o.Holds {
		s.holds[h.ID] = h
	}
	for _, c := range o.Changes {
		if _, taken := s.changes[c.ID]; taken {
			t.Errorf("two changes have the id %s", c.ID)
		}
		if c.Seq != uint64(len(s.changes))+1 {
			t.Errorf("change %d comes after %d", c.Seq, len(s.changes))
		}
		if wrong, known := s.changes[c.Corrects]; c.Corrects != "" && (!known || wrong.Corrects != "" && wrong.Kind == roster.KindMilestone || s.takenBack[c.Corrects]) {
			t.Errorf("%s takes back %q, which is no change, or is taken back already", c.Text, c.Corrects)
		}
		s.takenBack[c.Corrects] = true
		s.changes[c.ID] = c
	}
	known := o.Known
	known.Holds = append([]roster.Hold(nil), known.Holds...)
	if got, want := text(t, known), text(t, s.known()); got != want {
		t.Errorf("known is\n%s\nbut the parts of the outcomes add up to\n%s", got, want)
	}
}

// known is what a store answers after a restart.
func (s *store) known() roster.Snapshot {
	k := roster.Snapshot{Agencies: map[string]*roster.Agency{}, Records: map[string]*roster.Record{}, InForce: map[roster.List]roster.Publication{},
		Seqs: roster.Seqs{Publication: uint64(len(s.publications)), Change: uint64(len(s.changes))}}
	for id, a := range s.agencies {
		k.Agencies[id] = &a
	}
	for id, r := range s.records {
		k.Records[id] = &r
	}
	for _, h := range sorted(s.holds) {
		if h.State == roster.HoldOpen {
			k.Holds = append(k.Holds, h)
		}
	}
	for _, p := range s.publications {
		if p.Verdict != roster.VerdictAccepted {
			continue
		}
		if k.First.IsZero() || p.EffectiveAt.Before(k.First) {
			k.First = p.EffectiveAt
		}
		if !p.EffectiveAt.Before(k.InForce[p.List].EffectiveAt) {
			k.InForce[p.List] = p
		}
	}
	return k
}

// checkOutcome checks an outcome by itself.
func checkOutcome(t *testing.T, in diff.Input, o diff.Result) {
	t.Helper()
	if got, want := o.Known.Seqs.Change, in.Known.Seqs.Change+uint64(len(o.Changes)); got != want {
		t.Errorf("the last change is %d, want %d", got, want)
	}
	again := 0 // held ones that were looked at anew
	for _, p := range o.Publications {
		if p.Seq <= in.Known.Seqs.Publication && !slices.ContainsFunc(in.Arrivals, func(a diff.Candidate) bool { return a.Publication.Seq == p.Seq }) {
			again++
		}
	}
	if len(o.Publications) != len(in.Arrivals)+again || again > 1 {
		t.Errorf("%d publications of %d arrivals, %d of them anew", len(o.Publications), len(in.Arrivals), again)
	}
	for _, p := range o.Publications {
		if p.Verdict == roster.VerdictAccepted {
			checkCounts(t, o.Known, p)
		}
	}
	for _, c := range o.Changes {
		checkChange(t, in, o.Known, c)
	}
	for id, r := range o.Known.Records {
		checkRecord(t, o.Known, id, r)
	}
}

// checkCounts checks that every row counts once: as an agreement, as one that
// another row lists already, or as unreadable. An unreadable row can confirm an
// agreement that is known.
func checkCounts(t *testing.T, k roster.Snapshot, p roster.Publication) {
	t.Helper()
	listed := 0
	for _, r := range k.Records {
		if r.List == p.List && r.Listed() {
			listed++
		}
	}
	if least := p.Rows - p.Duplicates - p.Unreadable; listed < least || listed > least+p.Unreadable {
		t.Errorf("%d agreements are listed in %d rows, of which %d are duplicates and %d unreadable", listed, p.Rows, p.Duplicates, p.Unreadable)
	}
}

func checkChange(t *testing.T, in diff.Input, k roster.Snapshot, c roster.Change) {
	t.Helper()
	r := k.Records[c.Agreement.ID]
	switch {
	case c.Text == "" || c.Texts["es"] == "" || c.Certainty == "" || !c.DetectedAt.Equal(in.Now) || c.Publication.SHA256 == "":
		t.Errorf("a change lacks something: %+v", c)
	case r == nil:
		t.Errorf("%s is a change of nothing known", c.Text)
	case c.Kind == roster.KindMilestone:
	case r.Now() != c.Agreement:
		t.Errorf("a change is of %+v, which is known as %+v", c.Agreement, r.Now())
	case (c.Kind == roster.KindRemoved || c.Kind == roster.KindWithdrawn) != (r.Ending == c.ID):
		t.Errorf("%s ended with %q, but the change %q is %q", r.ID(), r.Ending, c.ID, c.Kind)
	case (c.Before != nil) != (len(c.Fields) > 0):
		t.Errorf("%s: fields %v, before %v", c.Text, c.Fields, c.Before)
	}
}

func checkRecord(t *testing.T, k roster.Snapshot, id string, r *roster.Record) {
	t.Helper()
	for i, v := range r.Versions {
		if v.Agreement.ID != id {
			t.Errorf("version %d of %s has the id %s", i, id, v.Agreement.ID)
		}
		if k.Agencies[v.Agreement.AgencyID] == nil {
			t.Errorf("%s is an agreement of %q, which is no agency", id, v.Agreement.AgencyID)
		}
		if i > 0 && (v.From.Before(r.Versions[i-1].From) || v.Source < r.Versions[i-1].Source) {
			t.Errorf("version %d of %s goes back in time", i, id)
		}
	}
	if r.Listed() && (r.Ending != "" || !r.LeftSeen.IsZero()) {
		t.Errorf("%s is listed, and ended with %q, left %v", id, r.Ending, r.LeftSeen)
	}
	for _, s := range k.Agencies[r.Now().AgencyID].Spellings {
		if s.State == "" || s.Name == "" {
			t.Errorf("%s has the spelling %q", r.Now().AgencyID, s)
		}
	}
}
