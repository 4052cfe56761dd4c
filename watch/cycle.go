package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet"
)

// body is what a publication consists of.
type body struct {
	list   roster.List
	bytes  []byte
	roster roster.Roster
}

// cycle is one poll on its way.
type cycle struct {
	w     *Watcher
	ctx   context.Context //nolint:containedctx // a cycle lives as long as one call
	known *roster.Snapshot
	asked map[string]roster.Validator // what earlier visits found, by address
	visit scraper.Visit
	now   time.Time
	held  map[string]string // the hashes of the held publications, by the hold's id

	outcome  scraper.Status
	sentence string
	notes    []string

	documents  []found       // a list of a document each
	had        []roster.List // that came
	arrivals   []diff.Candidate
	bodies     []body
	dropped    []string // ids of holds that ICE has taken back
	wanted     []string // addresses of files that the server says we have, and that were not kept
	validators []roster.Validator
}

func asKnown(validators []roster.Validator) []scraper.Validators {
	known := make([]scraper.Validators, 0, len(validators))
	for _, v := range validators {
		known = append(known, scraper.Validators{URL: v.URL, ETag: v.ETag, LastModified: v.LastModified,
			SHA256: v.SHA256, List: v.List != "", CheckedAt: v.CheckedAt})
	}
	return known
}

func byAddress(validators []roster.Validator) map[string]roster.Validator {
	by := make(map[string]roster.Validator, len(validators))
	for _, v := range validators {
		by[v.URL] = v
	}
	return by
}

// read reads the visit's documents and settles which of them arrive.
func (c *cycle) read() error {
	if err := c.findHeld(); err != nil {
		return err
	}
	var doubtful []scraper.Document
	for _, doc := range c.visit.Documents {
		lists, err := c.document(doc)
		switch {
		case errors.Is(err, sheet.ErrNoList):
			doubtful = append(doubtful, doc)
		case errors.Is(err, sheet.ErrBroken):
			c.fail(scraper.Broken, fmt.Sprintf("The file behind %s could not be read as a workbook.", label(doc)))
			c.w.o.Log.Warn("unreadable file", "file", doc.File, "error", err.Error())
		case err != nil:
			return err
		default:
			c.documents = append(c.documents, lists...)
		}
	}
	if err := c.noList(doubtful); err != nil {
		return err
	}
	for _, list := range roster.Lists() {
		if err := c.settle(list); err != nil {
			return err
		}
	}
	c.lookForLists()
	return nil
}

// fail notes a failure that the scraper could not see, unless it saw one itself.
func (c *cycle) fail(o scraper.Status, sentence string) {
	if c.outcome.Failed() {
		c.notes = append(c.notes, sentence)
		return
	}
	c.outcome, c.sentence = o, sentence
}

// want asks for another visit, which fetches a file whole: its bytes are needed,
// and were not kept when they were at hand.
func (c *cycle) want(doc scraper.Document) { c.wanted = append(c.wanted, doc.URL) }

// without leaves out what would let a visit ask for these addresses "only if
// changed".
func without(validators []roster.Validator, addresses []string) []roster.Validator {
	validators = slices.Clone(validators)
	for i, v := range validators {
		if slices.Contains(addresses, v.URL) {
			validators[i] = roster.Validator{URL: v.URL, List: v.List, CheckedAt: v.CheckedAt}
		}
	}
	return validators
}

func anyOf(all []found, ok func(found) bool) bool {
	for _, f := range all {
		if ok(f) {
			return true
		}
	}
	return false
}

// settle chooses what arrives for a list, and what becomes of its hold.
func (c *cycle) settle(list roster.List) error {
	f, ok, err := c.choose(list)
	if err != nil || !ok {
		return err
	}
	if !f.noList {
		c.had = append(c.had, list)
	}
	if f.unkept {
		c.want(f.doc)
		return nil
	}
	news, err := c.isNews(f)
	if err != nil {
		return err
	}
	if !news {
		if f.swapped() {
			c.notes = append(c.notes, swapNote(f.doc.Hint, list))
		}
		return c.standing(list, f)
	}
	a := *f.arrival
	if f.swapped() {
		a.Publication.Notes = append(a.Publication.Notes, swapNote(f.doc.Hint, list))
	}
	skip, err := c.history(&a)
	if err != nil || skip {
		return err
	}
	c.arrivals = append(c.arrivals, a)
	c.bodies = append(c.bodies, f.body)
	return nil
}

// isNews says whether a list is another one than is in force or held already, or
// the one in force under a name or address that was never seen.
func (c *cycle) isNews(f found) (bool, error) {
	if f.arrival == nil || c.isHeld(f.arrival.Publication) {
		return false, nil
	}
	p := f.arrival.Publication
	if now := c.known.InForce[p.List]; now.SHA256 != p.SHA256 {
		return true, nil
	}
	earlier, err := c.w.o.Store.PublicationsOf(c.ctx, p.SHA256)
	if err != nil {
		return false, fmt.Errorf("looking up earlier publications: %w", err)
	}
	return !slices.ContainsFunc(earlier, func(e roster.Publication) bool { return e.File == p.File && e.URL == p.URL }), nil
}

// findHeld looks up the bytes of the open holds.
func (c *cycle) findHeld() error {
	c.held = map[string]string{}
	for _, h := range c.known.Holds {
		p, err := c.w.o.Store.Publication(c.ctx, h.Publication)
		if err != nil {
			return fmt.Errorf("reading the publication of %s: %w", h.ID, err)
		}
		c.held[h.ID] = p.SHA256
	}
	return nil
}

// isHeld says whether an open hold has these bytes.
func (c *cycle) isHeld(p roster.Publication) bool {
	return slices.ContainsFunc(c.known.Holds, func(h roster.Hold) bool { return h.List == p.List && c.held[h.ID] == p.SHA256 })
}

// standing deals with a list that is what it was at the last poll: in force, in
// which case a hold was not borne out, or held, perhaps for long enough.
func (c *cycle) standing(list roster.List, f found) error {
	for _, h := range c.known.Holds {
		if h.List != list {
			continue
		}
		if c.held[h.ID] != f.doc.SHA256 {
			c.dropped = append(c.dropped, h.ID)
			continue
		}
		after := c.w.o.Diff.AcceptAfter
		if after == 0 || c.now.Sub(h.Since) < after || !diff.SelfAccepting(h) {
			continue
		}
		a, err := c.w.heldArrival(c.ctx, h)
		if err != nil {
			return err
		}
		if a.NoColumns {
			continue
		}
		a.Decision = roster.HoldBorneOut
		c.arrivals = append(c.arrivals, a)
	}
	return nil
}

// history fills in what the store knows of an arrival's bytes and list. skip says
// that the operator has rejected these bytes before.
func (c *cycle) history(a *diff.Candidate) (skip bool, err error) {
	list := a.Publication.List
	earlier, err := c.w.o.Store.PublicationsOf(c.ctx, a.Publication.SHA256)
	if err != nil {
		return false, fmt.Errorf("looking up earlier publications: %w", err)
	}
	for _, p := range earlier {
		if p.List != list {
			continue
		}
		a.Earlier = a.Earlier || p.SHA256 != c.known.InForce[list].SHA256
		if p.Verdict == roster.VerdictRejected {
			rejected, err := c.rejected(p.Hold)
			if err != nil || rejected {
				c.notes = append(c.notes, fmt.Sprintf("The %s list is one that you rejected (%s).", list, p.Hold))
				return true, err
			}
		}
	}
	if a.Repeats, err = c.w.repeats(c.ctx, a.Publication); err != nil {
		return false, err
	}
	a.Baseline, err = c.w.baseline(c.ctx, list)
	return false, err
}

func (c *cycle) rejected(id string) (bool, error) {
	holds, err := c.w.o.Store.Holds(c.ctx)
	if err != nil {
		return false, fmt.Errorf("reading holds: %w", err)
	}
	for _, h := range holds {
		if h.ID == id {
			return h.State == roster.HoldRejected, nil
		}
	}
	return false, nil
}

// update links and judges what arrived. Most polls bring nothing, and cost
// nothing here.
func (c *cycle) update() (diff.Result, error) {
	if len(c.arrivals) == 0 && len(c.dropped) == 0 && (c.outcome.Failed() || !diff.Due(*c.known, c.now)) {
		return diff.Result{Known: *c.known}, nil
	}
	held, err := c.w.held(c.ctx, c.known.Holds)
	if err != nil {
		return diff.Result{}, err
	}
	o, err := diff.Update(c.ctx, diff.Input{Known: *c.known, Arrivals: c.arrivals, Held: held, Dropped: c.dropped,
		Now: c.now.UTC(), Unread: c.outcome.Failed(), Settings: c.w.o.Diff, Names: &c.w.names})
	if err != nil {
		return diff.Result{}, fmt.Errorf("working out what changed: %w", err)
	}
	return o, nil
}

// log is the poll as the store keeps it.
func (c *cycle) log(o diff.Result, started time.Time) roster.Poll {
	c.describe(o)
	p := roster.Poll{At: started.UTC(), Took: c.now.Sub(started), Outcome: string(c.outcome), Sentence: c.sentence, Changes: len(o.Changes), Had: c.had}
	for _, q := range o.Publications {
		p.Publications = append(p.Publications, q.Seq)
	}
	for _, list := range roster.Lists() {
		if c.isAbsent(list) {
			p.Absent = append(p.Absent, list)
		}
	}
	return p
}

// describe adds to the scraper's sentence what the lists turned out to be.
func (c *cycle) describe(o diff.Result) {
	if !c.outcome.Failed() {
		switch {
		case len(o.Publications) > 0:
			c.outcome, c.sentence = scraper.Changed, ""
		case c.outcome == scraper.Changed:
			c.outcome, c.sentence = scraper.Unchanged, "No list is new."
		}
	}
	said := []string{c.sentence}
	for _, p := range o.Publications {
		what := fmt.Sprintf("and brings %s.", changesOf(o.Changes, p))
		if p.Verdict == roster.VerdictHeld {
			what = fmt.Sprintf("and is held (%s).", p.Hold)
		}
		said = append(said, fmt.Sprintf("%s, the %s list, has %s %s", p.File, p.List, counted(p.Rows, "row"), what))
		said = append(said, p.Notes...)
	}
	said = append(said, c.notes...)
	c.sentence = strings.TrimSpace(strings.Join(said, " "))
}

func changesOf(changes []roster.Change, p roster.Publication) string {
	n := 0
	for _, c := range changes {
		if c.Publication.SHA256 == p.SHA256 && c.Publication.List == p.List {
			n++
		}
	}
	return counted(n, "change")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (c *cycle) report(o diff.Result) Report {
	return Report{Outcome: c.outcome, Sentence: c.sentence, RetryAfter: c.visit.RetryAfter, Had: c.had,
		Publications: o.Publications, Changes: o.Changes, Holds: o.Holds}
}
