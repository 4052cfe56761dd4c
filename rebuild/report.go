package rebuild

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Report is what differs between what was stored and what was derived.
type Report struct {
	Publications int           `json:"publications"` // of the store
	Past         int           `json:"past"`         // publications that came from the past captures
	Skipped      []string      `json:"skipped"`      // why past captures were left out, a sentence each
	Changes      Differences   `json:"changes"`
	Agencies     Things        `json:"agencies"`
	Agreements   Things        `json:"agreements"` // and pending entries
	Verdicts     []Verdict     `json:"verdicts"`
	Moot         []roster.Hold `json:"moot"`       // that the operator decided about, and that nothing was held for this time
	Deliveries   int           `json:"deliveries"` // messages that wait and say less now, or nothing anymore
	// Corrections are what is announced, and Messages what carries it to channels.
	Corrections []roster.Change `json:"corrections,omitempty"`
	Messages    []Message       `json:"messages,omitempty"`
}

// Message is one to a channel that carries corrections.
type Message struct {
	Channel     string    `json:"channel"`
	Corrections int       `json:"corrections"`
	DueAt       time.Time `json:"due_at"`
}

// Differences are those of the changes.
type Differences struct {
	Kept    int             `json:"kept"`  // that came out the same
	Added   []roster.Change `json:"added"` // in the order in which they were found
	Gone    []roster.Change `json:"taken_back"`
	Again   []roster.Change `json:"again"` // that an earlier rebuild took back
	Altered []Altered       `json:"altered"`
}

// Altered is a change that came out otherwise.
type Altered struct {
	Was    roster.Change `json:"was"`
	Now    roster.Change `json:"now"`
	Fields []string      `json:"fields"` // the members of its JSON that differ
}

// Things are the ids of what is there for the first time, no more, or otherwise.
type Things struct {
	Kept    int      `json:"kept"`
	Added   []string `json:"added"`
	Gone    []string `json:"gone"`
	Altered []string `json:"altered"`
}

// Verdict is one on a publication that is another one than before.
type Verdict struct {
	Publication roster.Publication `json:"publication"`
	Was         roster.Verdict     `json:"was"`
}

// Differs says whether anything came out otherwise than it is stored.
func (b *Rebuilt) Differs() bool { return b.changed }

func (b *Rebuilt) compare(r *replay) {
	rep := &b.Report
	rep.Publications, rep.Past, rep.Moot = len(b.old.publications), len(b.publications)-len(b.old.publications), r.moot
	rep.Agencies = compareAll(b.old.agencies, b.agencies)
	rep.Agreements = compareAll(b.old.records, b.records)
	same := rep.Past == 0
	for i, was := range b.old.publications {
		now := b.publications[i]
		if was.Verdict != now.Verdict {
			rep.Verdicts = append(rep.Verdicts, Verdict{now, was.Verdict})
		}
		same = same && equal(was, now)
	}
	for i, was := range b.old.deliveries {
		if !reflect.DeepEqual(was, b.deliveries[i]) {
			rep.Deliveries++
		}
	}
	holds := compareAll(b.old.holds, b.holds)
	d := rep.Changes
	b.changed = !same || len(d.Added)+len(d.Gone)+len(d.Again)+len(d.Altered)+rep.Deliveries > 0 || rep.Agencies.differ() || rep.Agreements.differ() || holds.differ()
	for i, c := range b.changes {
		b.changed = b.changed || i >= len(b.old.changes) || !equal(b.old.changes[i], c)
	}
}

func (t Things) differ() bool { return len(t.Added)+len(t.Gone)+len(t.Altered) > 0 }

func compareAll[V any](was, now map[string]V) (t Things) {
	for _, id := range sortedKeys(now) {
		old, there := was[id]
		switch {
		case !there:
			t.Added = append(t.Added, id)
		case equal(old, now[id]):
			t.Kept++
		default:
			t.Altered = append(t.Altered, id)
		}
	}
	for _, id := range sortedKeys(was) {
		if _, still := now[id]; !still {
			t.Gone = append(t.Gone, id)
		}
	}
	return t
}

// equal says whether two things are stored alike.
func equal(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}
