package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document/watching"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// facts are what the store knows when a poll, a step of an import or a decision
// begins. They are read once; where the store has moved on by the time of the
// commit, that is refused.
type facts struct {
	revision  uint64               // of the store that knew it
	snapshot  *roster.Snapshot     // what a new list is compared with
	published []roster.Publication // all of them, in the order of their numbers, without their problems
	polls     []roster.Poll        // the last ones, the newest first
	papers    *watching.Known      // what is known of documents; nil while nobody asked
	rejected  map[string]bool      // the ids of the holds that the operator rejected
	page      *roster.PageText     // what ICE's page said last; nil where it was never read

	held       map[string]diff.Candidate   // the lists that are held, by the hold's id
	validators map[string]roster.Validator // of the files of earlier visits, by URL
}

// lastPolls is how many polls are looked at for whether ICE's page had a list.
const lastPolls = 100

// readFacts reads the facts. What this watcher's last commit left is not read again,
// unless another one, on another machine, has written since.
func (w *Watcher) readFacts(ctx context.Context) (facts, error) {
	w.now = *w.settings.Load()
	revision, err := w.opts.Store.Revision(ctx)
	if err != nil {
		return facts{}, fmt.Errorf("reading the store's revision: %w", err)
	}
	if w.last == nil || w.last.revision != revision {
		f, err := readAll(ctx, w.opts.Store)
		if err != nil {
			return facts{}, err
		}
		f.revision = revision
		w.last = &f
	}
	f := *w.last
	validators, err := w.opts.Store.Validators(ctx)
	if err != nil {
		return facts{}, fmt.Errorf("reading what was fetched before: %w", err)
	}
	f.validators = make(map[string]roster.Validator, len(validators))
	for _, v := range validators {
		f.validators[v.URL] = v
	}
	f.held = map[string]diff.Candidate{}
	for _, h := range f.snapshot.Holds {
		if f.held[h.ID], err = w.readHeld(ctx, h, f); err != nil {
			return facts{}, err
		}
	}
	return f, nil
}

// readAll reads the facts that commits move on.
func readAll(ctx context.Context, s store.Reader) (facts, error) {
	snapshot, err := s.Known(ctx)
	if err != nil {
		return facts{}, fmt.Errorf("reading what is known: %w", err)
	}
	f := facts{snapshot: &snapshot, rejected: map[string]bool{}}
	if f.published, err = s.Publications(ctx); err != nil {
		return facts{}, fmt.Errorf("reading earlier publications: %w", err)
	}
	for i, p := range f.published {
		f.published[i] = lean(p)
	}
	if f.polls, err = s.Polls(ctx, lastPolls); err != nil {
		return facts{}, fmt.Errorf("reading the log of polls: %w", err)
	}
	texts, err := s.PageTexts(ctx)
	if err != nil {
		return facts{}, fmt.Errorf("reading what ICE's page said: %w", err)
	}
	for i := range texts { // what others captured says nothing of what was told already
		if texts[i].Origin == nil {
			f.page = &texts[i]
		}
	}
	holds, err := s.Holds(ctx)
	if err != nil {
		return facts{}, fmt.Errorf("reading holds: %w", err)
	}
	for _, h := range holds {
		f.rejected[h.ID] = h.State == roster.HoldRejected
	}
	return f, nil
}

// lean leaves out what takes up much memory and is not needed to recognize a
// publication.
func lean(p roster.Publication) roster.Publication {
	p.Problems, p.OtherModels, p.Notes, p.Texts = nil, nil, nil, nil
	return p
}

func (w *Watcher) readHeld(ctx context.Context, h roster.Hold, f facts) (diff.Candidate, error) {
	p, err := w.opts.Store.Publication(ctx, h.Publication)
	if err != nil {
		return diff.Candidate{}, fmt.Errorf("reading the publication of %s: %w", h.ID, err)
	}
	r, err := w.opts.Store.Roster(ctx, h.Publication)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return diff.Candidate{}, fmt.Errorf("reading the roster of %s: %w", h.ID, err)
	}
	return diff.Candidate{Publication: p, Roster: r, NoColumns: p.Digest == "", Baseline: f.isBaseline(h.List)}, nil
}

// after returns the facts as a commit leaves them. The ones before it must not be
// used any more.
func (f facts) after(r diff.Result, b store.Batch) *facts {
	f.revision++ // nobody has committed between
	f.snapshot = &r.Known
	for _, e := range b.Entries {
		f.published = append(f.published, lean(e.Publication))
	}
	for _, p := range b.Verdicts {
		if i, ok := slices.BinarySearchFunc(f.published, p.Seq, compareSeq); ok {
			f.published[i] = lean(p)
		}
	}
	for _, h := range b.Holds {
		f.rejected[h.ID] = h.State == roster.HoldRejected
	}
	if b.Poll != nil {
		f.polls = append([]roster.Poll{*b.Poll}, f.polls[:min(len(f.polls), lastPolls-1)]...)
	}
	if f.papers != nil {
		for _, a := range b.Addresses {
			f.papers.Addresses[a.URL] = a
		}
		for _, d := range b.Documents {
			f.papers.Documents[d.SHA256] = d
		}
	}
	if n := len(b.PageTexts); n > 0 {
		f.page = &b.PageTexts[n-1]
	}
	f.held, f.validators = nil, nil
	return &f
}

func compareSeq(p roster.Publication, seq uint64) int { return cmp.Compare(p.Seq, seq) }

// inForce returns the publication of a list that counts, zero for none.
func (f facts) inForce(list roster.List) roster.Publication { return f.snapshot.InForce[list] }

// accepted says whether anything on the list was ever accepted.
func (f facts) accepted(list roster.List) bool {
	_, ok := f.snapshot.InForce[list]
	return ok
}

// publicationsOf returns the publications that had these bytes, the oldest first.
func (f facts) publicationsOf(sha256 string) []roster.Publication {
	var found []roster.Publication
	for _, p := range f.published {
		if p.SHA256 == sha256 {
			found = append(found, p)
		}
	}
	return found
}

// heldAs returns the list that is held with these bytes.
func (f facts) heldAs(list roster.List, sha256 string) (diff.Candidate, bool) {
	for _, h := range f.snapshot.Holds {
		if c := f.held[h.ID]; h.List == list && c.Publication.SHA256 == sha256 {
			return c, true
		}
	}
	return diff.Candidate{}, false
}

// current returns what a file is for a list, where that is in force or held.
func (f facts) current(list roster.List, sha256 string) (diff.Candidate, bool) {
	if p := f.inForce(list); p.SHA256 == sha256 {
		return diff.Candidate{Publication: p}, true
	}
	return f.heldAs(list, sha256)
}

// repeats names the file of the last list that counted and said just what p says,
// where the one in force says something else; "" where there is none.
func (f facts) repeats(p roster.Publication) string {
	if !f.accepted(p.List) || p.Digest == "" || p.Digest == f.inForce(p.List).Digest {
		return ""
	}
	for _, q := range slices.Backward(f.published) {
		if q.List == p.List && q.Digest == p.Digest && q.Verdict == roster.VerdictAccepted {
			return q.File
		}
	}
	return ""
}

// rejectedAs returns the id of the hold with which the operator rejected these
// bytes for the list; "" for none.
func (f facts) rejectedAs(p roster.Publication) string {
	for _, q := range f.publicationsOf(p.SHA256) {
		if q.List == p.List && q.Verdict == roster.VerdictRejected && f.rejected[q.Hold] {
			return q.Hold
		}
	}
	return ""
}

// isBaseline says whether a list is merely new to this store, so that nothing on
// it is news. The pending list comes and goes: where earlier polls found the page
// without it, all that it lists is news.
func (f facts) isBaseline(list roster.List) bool {
	if list == roster.ListParticipating || f.accepted(list) {
		return !f.accepted(list)
	}
	return !slices.ContainsFunc(f.polls, func(p roster.Poll) bool { return slices.Contains(p.Absent, list) })
}

// without returns the facts without what would let a visit ask for these files
// "only if changed".
func (f facts) without(urls []string) facts {
	f.validators = maps.Clone(f.validators)
	for _, url := range urls {
		if v, ok := f.validators[url]; ok {
			f.validators[url] = roster.Validator{URL: url, List: v.List, CheckedAt: v.CheckedAt}
		}
	}
	return f
}
