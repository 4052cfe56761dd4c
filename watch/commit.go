package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// cycle is what a poll, a step of an import or a decision about a hold commits.
type cycle struct {
	facts      facts // that it goes by
	at         time.Time
	listings   []listing // that were judged, with their bytes
	result     diff.Result
	validators []roster.Validator
	poll       *roster.Poll             // nil where it is not a poll
	addresses  []roster.DocumentAddress // new or changed
	documents  []roster.Document        // likewise
	noted      bool                     // all that rows link is among what is known of documents, or in addresses
	pageTexts  []roster.PageText        // likewise
	past       bool                     // a list of the past, whose documents are not looked at by it
}

// plan asks the planner for the messages that a cycle causes.
func (w *Watcher) plan(ctx context.Context, c cycle) (roster.Notifications, error) {
	planner := w.settings.Load().Planner
	if planner == nil {
		return roster.Notifications{}, nil
	}
	e := roster.CycleEvent{At: c.at.UTC(), Poll: c.poll, Failed: c.poll != nil && c.poll.Failed(), Changes: c.result.Changes,
		Holds: c.result.Holds, InForce: c.result.Known.InForce, LastPublished: c.lastPublished()}
	if len(e.Changes) > 0 {
		e.Figures = roster.FiguresOf(c.result.Known.Records)
	}
	messages, err := planner.Plan(ctx, e)
	if err != nil {
		return roster.Notifications{}, fmt.Errorf("planning the messages: %w", err)
	}
	return messages, nil
}

// lastPublished is the date of ICE's newest list, of those in force, those of this
// cycle and the one that came before it.
func (c cycle) lastPublished() (last time.Time) {
	all := slices.Concat(slices.Collect(maps.Values(c.result.Known.InForce)), c.result.Publications)
	if n := len(c.facts.published); n > 0 {
		all = append(all, c.facts.published[n-1])
	}
	for _, p := range all {
		if p.PublishedAt.After(last) {
			last = p.PublishedAt
		}
	}
	return last
}

// commit writes a cycle with its messages, all or nothing. A digest that was to
// grow can have been sent since it was planned; then the messages are planned
// anew.
func (w *Watcher) commit(ctx context.Context, c cycle, messages roster.Notifications) error {
	if err := w.noteLinks(ctx, &c); err != nil {
		return err
	}
	b := c.batch()
	b.Deliveries, b.Incidents, b.Revision = messages.Deliveries, messages.Incidents, c.facts.revision
	err := w.opts.Store.Commit(ctx, b)
	if errors.Is(err, store.ErrConflict) && len(b.Deliveries) > 0 {
		if messages, err = w.plan(ctx, c); err != nil {
			return err
		}
		b.Deliveries, b.Incidents = messages.Deliveries, messages.Incidents
		err = w.opts.Store.Commit(ctx, b)
	}
	if err != nil {
		w.last = nil // whether it was written, the store knows best
		return fmt.Errorf("writing to the store: %w", err)
	}
	w.last = c.facts.after(c.result, b)
	w.looks.know(*w.last, w.now.Documents.readBy(), c.noted, w.opts.Now())
	if planner := w.settings.Load().Planner; len(b.Deliveries) > 0 && planner != nil {
		planner.Committed()
	}
	return nil
}

// batch is what a cycle writes, but for its messages.
func (c cycle) batch() store.Batch {
	r := c.result
	b := store.Batch{Before: c.facts.snapshot.Seqs, Verdicts: slices.Clone(r.Verdicts), Agencies: r.Agencies, Records: r.Records,
		Changes: r.Changes, Holds: r.Holds, Validators: c.validators, Poll: c.poll,
		Addresses: c.addresses, Documents: c.documents, PageTexts: c.pageTexts}
	for _, p := range r.Publications {
		if p.Seq <= b.Before.Publication {
			b.Verdicts = append(b.Verdicts, p)
			continue
		}
		p.KeptAs = c.keptAs(p)
		if now := r.Known.InForce[p.List]; now.Seq == p.Seq {
			now.KeptAs = p.KeptAs
			r.Known.InForce[p.List] = now
		}
		e := store.NewPublication{Publication: p}
		for _, l := range c.listings {
			if l.list() == p.List && p.KeptAs == "" {
				e.Body, e.Roster = l.body, l.Roster
			}
		}
		b.Entries = append(b.Entries, e)
	}
	return b
}

// keptFor is how long the bytes of a list are kept in place of those of others
// that say the same. ICE's server may send one list under new bytes at every poll.
const keptFor = 24 * time.Hour

// keptAs returns the hash of the list whose bytes are kept in the place of those
// of a new publication, which says the same as the list in force; "" where its
// own are to be kept. What a change or an agreement was read from is evidence,
// and so is a list that is held: that is always kept.
func (c cycle) keptAs(p roster.Publication) string {
	last := c.facts.inForce(p.List)
	if p.Verdict != roster.VerdictAccepted || p.Digest == "" || p.Digest != last.Digest || c.isEvidence(p) {
		return ""
	}
	hash := cmp.Or(last.KeptAs, last.SHA256)
	if last.KeptAs != "" {
		same := slices.DeleteFunc(c.facts.publicationsOf(hash), func(p roster.Publication) bool { return p.KeptAs != "" })
		if len(same) == 0 {
			return ""
		}
		last = same[len(same)-1]
	}
	if age := p.SeenAt.Sub(last.SeenAt); age < 0 || age >= keptFor {
		return ""
	}
	return hash
}

// isEvidence says whether a change or an agreement of the cycle names a
// publication as where it was read.
func (c cycle) isEvidence(p roster.Publication) bool {
	return slices.ContainsFunc(c.result.Changes, func(c roster.Change) bool { return c.Publication.SHA256 == p.SHA256 }) ||
		slices.ContainsFunc(c.result.Records, func(r roster.Record) bool {
			return r.List == p.List && slices.ContainsFunc(r.Versions, func(v roster.Version) bool { return v.Source == p.Seq })
		})
}
