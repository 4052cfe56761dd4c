package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// Past is a list that ICE published before this store watched.
type Past struct {
	PublishedAt time.Time
	Link        string // the list whose link it stood behind, "" if not known
	File        string
	Open        func() ([]byte, error)
}

// Imported is what an import came to.
type Imported struct {
	Taken   int      // publications taken in
	Known   int      // that the store had already
	Skipped []string // why a file was not taken in, a sentence each
	Changes int
	Holds   []roster.Hold // opened or ended on the way
}

// past is a list on its way into the store.
type past struct {
	Past
	bytes   []byte
	sha256  string
	rosters []roster.Roster // usually one; a file can hold both lists
	err     error
	done    chan struct{}
}

// Import takes in past lists in the order given, which must be that of their
// publication. It can be repeated and continued: what the store has is passed
// over. Lists published at the same moment are judged together. progress, if not
// nil, is called after each list.
func (w *Watcher) Import(ctx context.Context, lists []Past, progress func(done int)) (Imported, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var sum Imported
	done := 0
	for group := range readAll(ctx, together(lists)) {
		for _, p := range group {
			select {
			case <-p.done:
			case <-ctx.Done():
			}
		}
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		if err := w.importGroup(ctx, group, &sum); err != nil {
			return sum, fmt.Errorf("importing %s: %w", group[0].File, err)
		}
		for _, p := range group {
			p.bytes, p.rosters = nil, nil // a year of lists is more than fits in memory
		}
		done += len(group)
		if progress != nil {
			progress(done)
		}
	}
	return sum, ctx.Err()
}

// together groups the lists that were published at one moment, one behind each
// link.
func together(lists []Past) [][]*past {
	var groups [][]*past
	for _, l := range lists {
		p := &past{Past: l, done: make(chan struct{})}
		if last := len(groups) - 1; last >= 0 && len(groups[last]) == 1 {
			if q := groups[last][0]; l.Link != "" && q.Link != l.Link && q.PublishedAt.Equal(l.PublishedAt) {
				groups[last] = append(groups[last], p)
				continue
			}
		}
		groups = append(groups, []*past{p})
	}
	return groups
}

// readAll reads lists side by side, a few ahead of the group that is wanted, and
// hands the groups out in order.
func readAll(ctx context.Context, groups [][]*past) <-chan []*past {
	workers := runtime.GOMAXPROCS(0)
	ordered, work := make(chan []*past, workers), make(chan *past)
	for range workers {
		go func() {
			for p := range work {
				p.read()
				close(p.done)
			}
		}()
	}
	go func() {
		defer close(ordered)
		defer close(work)
		for _, g := range groups {
			for _, p := range g {
				select {
				case work <- p:
				case <-ctx.Done():
					return
				}
			}
			select {
			case ordered <- g:
			case <-ctx.Done():
				return
			}
		}
	}()
	return ordered
}

func (p *past) read() {
	if p.bytes, p.err = p.Open(); p.err != nil {
		return
	}
	sum := sha256.Sum256(p.bytes)
	p.sha256 = hex.EncodeToString(sum[:])
	p.rosters, p.err = sheet.Read(p.bytes, p.PublishedAt)
}

func (p *past) holds(list roster.List) bool {
	return slices.ContainsFunc(p.rosters, func(r roster.Roster) bool { return r.List == list })
}

// overlap says whether two files hold the same list.
func overlap(a, b *past) bool {
	return slices.ContainsFunc(a.rosters, func(r roster.Roster) bool { return b.holds(r.List) })
}

// importGroup judges and commits the lists of one moment.
func (w *Watcher) importGroup(ctx context.Context, group []*past, sum *Imported) error {
	if len(group) == 2 && overlap(group[0], group[1]) {
		for _, p := range group { // whatever the links say, they are two states of one list
			if err := w.importGroup(ctx, []*past{p}, sum); err != nil {
				return err
			}
		}
		return nil
	}
	known, err := w.load(ctx)
	if err != nil {
		return err
	}
	in := diff.Input{Known: *known, Import: true, Now: group[0].PublishedAt.UTC(), Settings: w.o.Diff, Names: &w.names}
	if in.Held, err = w.held(ctx, known.Holds); err != nil {
		return err
	}
	var bodies []body
	for _, p := range group {
		switch {
		case errors.Is(p.err, sheet.ErrNoList), errors.Is(p.err, sheet.ErrBroken):
			sum.Skipped = append(sum.Skipped, p.File+": "+p.err.Error())
			continue
		case p.err != nil:
			return fmt.Errorf("reading it: %w", p.err)
		}
		for _, r := range telling(p.rosters, known.InForce) {
			a, why, err := w.pastArrival(ctx, p, r)
			switch {
			case err != nil:
				return err
			case why == alreadyKnown:
				sum.Known++
			case why != "":
				sum.Skipped = append(sum.Skipped, p.File+": "+why)
			default:
				in.Arrivals = append(in.Arrivals, a)
				bodies = append(bodies, body{r.List, p.bytes, r})
			}
		}
	}
	if len(in.Arrivals) == 0 {
		return nil
	}
	o, err := diff.Update(ctx, in)
	if err != nil {
		return fmt.Errorf("working out what changed: %w", err)
	}
	if err := w.commit(ctx, known.Seqs, o, roster.Notifications{}, bodies, nil, nil); err != nil {
		return err
	}
	sum.Taken += len(in.Arrivals)
	sum.Changes += len(o.Changes)
	sum.Holds = append(sum.Holds, o.Holds...)
	return nil
}

const alreadyKnown = "known"

// pastArrival makes an arrival of a list in a past file, or says why it cannot
// count.
func (w *Watcher) pastArrival(ctx context.Context, p *past, r roster.Roster) (a diff.Candidate, why string, err error) {
	earlier, err := w.o.Store.PublicationsOf(ctx, p.sha256)
	if err != nil {
		return a, "", fmt.Errorf("looking up earlier publications: %w", err)
	}
	inForce, watched := w.known.InForce[r.List]
	a = diff.Candidate{Roster: r, Baseline: !watched, Publication: roster.Publication{
		List: r.List, File: roster.Clean(path.Base(p.File)), SHA256: p.sha256, Size: len(p.bytes), Digest: r.Digest(),
		PublishedAt: p.PublishedAt.UTC(), SeenAt: p.PublishedAt.UTC()}}
	for _, e := range earlier {
		if e.List == r.List && e.PublishedAt.Equal(p.PublishedAt) {
			return a, alreadyKnown, nil
		}
		a.Earlier = a.Earlier || e.List == r.List && watched && e.SHA256 != inForce.SHA256
	}
	if a.Repeats, err = w.repeats(ctx, a.Publication); err != nil {
		return a, "", err
	}
	if now := w.o.Now(); p.PublishedAt.After(now) {
		return a, fmt.Sprintf("published %s, which is still to come; mend its date", p.PublishedAt.UTC().Format(time.RFC3339)), nil
	}
	if watched && p.PublishedAt.Before(inForce.PublishedAt) {
		return a, fmt.Sprintf("published %s, before %s, which the store has; import past lists into an empty store",
			p.PublishedAt.UTC().Format(time.RFC3339), inForce.File), nil
	}
	if link := roster.List(p.Link); link != r.List && slices.Contains(roster.Lists(), link) && !p.holds(link) {
		a.Publication.Notes = append(a.Publication.Notes, swapNote(p.Link, r.List))
	}
	return a, "", nil
}
