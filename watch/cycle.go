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
	"github.com/watch287g/watch287g/store"
)

// body is what a publication consists of.
type body struct {
	list   roster.List
	bytes  []byte
	roster roster.Roster
}

// found is one document of a visit, read.
type found struct {
	doc     scraper.Document
	list    roster.List
	arrival *diff.Arrival // nil where it is the publication in force, or no news
	unkept  bool          // its bytes are those of an earlier visit, and were not kept
	body    body
}

// cycle is one poll on its way.
type cycle struct {
	w     *Watcher
	ctx   context.Context //nolint:containedctx // a cycle lives as long as one call
	known *roster.Known
	asked map[string]roster.Validator // what earlier visits found, by address
	visit scraper.Visit
	now   time.Time
	held  map[string]string // the hashes of the held publications, by the hold's id

	outcome  scraper.Outcome
	sentence string
	notes    []string

	documents  []found
	arrivals   []diff.Arrival
	bodies     []body
	dropped    []string // ids of holds that ICE has taken back
	wanted     []string // addresses of files that the server says we have, and that were not kept
	validators []roster.Validator
}

func asKnown(validators []roster.Validator) []scraper.Known {
	known := make([]scraper.Known, 0, len(validators))
	for _, v := range validators {
		known = append(known, scraper.Known{URL: v.URL, ETag: v.ETag, LastModified: v.LastModified,
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
		f, err := c.document(doc)
		switch {
		case errors.Is(err, sheet.ErrNoList):
			doubtful = append(doubtful, doc)
		case errors.Is(err, sheet.ErrBroken):
			c.fail(scraper.Broken, fmt.Sprintf("The file behind %s could not be read as a workbook.", label(doc)))
			c.w.o.Log.Warn("unreadable file", "file", doc.File, "error", err.Error())
		case err != nil:
			return err
		default:
			c.documents = append(c.documents, f)
		}
	}
	if err := c.noList(doubtful); err != nil {
		return err
	}
	if len(c.documents) == 0 && !c.outcome.Failed() {
		c.fail(scraper.Missing, "ICE's page links no list.")
	}
	for _, list := range roster.Lists() {
		if err := c.settle(list); err != nil {
			return err
		}
	}
	return nil
}

// fail notes a failure that the scraper could not see, unless it saw one itself.
func (c *cycle) fail(o scraper.Outcome, sentence string) {
	if c.outcome.Failed() {
		c.notes = append(c.notes, sentence)
		return
	}
	c.outcome, c.sentence = o, sentence
}

func label(doc scraper.Document) string {
	if doc.Hint != "" {
		return "the link to the " + doc.Hint + " list"
	}
	return "the link to " + doc.File
}

// document reads one document, from its own bytes or, where ICE's server says
// that they are those of an earlier visit, from the store.
func (c *cycle) document(doc scraper.Document) (found, error) {
	f := found{doc: doc, body: body{bytes: doc.Body}}
	if doc.NotModified {
		return c.unmodified(f)
	}
	published := c.now
	if !doc.ModifiedAt.IsZero() && doc.ModifiedAt.Before(c.now) {
		published = doc.ModifiedAt
	}
	r, err := sheet.Read(doc.Body, published)
	if err != nil {
		return f, err
	}
	f.list, f.body.list, f.body.roster = r.List, r.List, r
	f.arrival = &diff.Arrival{Roster: r, Publication: roster.Publication{
		List: r.List, File: doc.File, URL: doc.URL, SHA256: doc.SHA256, Size: len(doc.Body), Digest: r.Digest(),
		LastModified: doc.ModifiedAt, PublishedAt: published.UTC(), SeenAt: c.now.UTC(),
	}}
	c.remember(doc, r.List)
	return f, nil
}

// unmodified recognises a file that the server says is unchanged. An address can
// come back with the bytes that it had long ago: they are judged again.
func (c *cycle) unmodified(f found) (found, error) {
	earlier, err := c.w.o.Store.PublicationsOf(c.ctx, f.doc.SHA256)
	if err != nil {
		return f, fmt.Errorf("looking up an unchanged file: %w", err)
	}
	if len(earlier) == 0 {
		if f.list = c.asked[f.doc.URL].List; f.list == "" {
			return f, sheet.ErrNoList
		}
		f.unkept = true // another document of its list counted
		return f, nil
	}
	p := earlier[len(earlier)-1]
	f.list = p.List
	if p.SHA256 == c.known.InForce[p.List].SHA256 || c.isHeld(p) {
		return f, nil
	}
	f.body.bytes, err = c.w.o.Store.Body(c.ctx, p.SHA256)
	if p.KeptAs != "" && errors.Is(err, store.ErrNotFound) {
		f.unkept = true // it said the same as the list that was in force then
		return f, nil
	} else if err != nil {
		return f, fmt.Errorf("reading an unchanged file: %w", err)
	}
	r, err := sheet.Read(f.body.bytes, p.PublishedAt)
	if err != nil {
		return f, err
	}
	f.body.list, f.body.roster = r.List, r
	p.Seq, p.File, p.URL, p.SeenAt, p.KeptAs = 0, f.doc.File, f.doc.URL, c.now.UTC(), ""
	p.Verdict, p.EffectiveAt, p.Hold, p.Notes = "", time.Time{}, "", nil
	f.arrival = &diff.Arrival{Publication: p, Roster: r}
	return f, nil
}

// swapped says whether a list stands behind the other one's link.
func (f found) swapped() bool { return f.doc.Hint != "" && f.doc.Hint != string(f.list) }

func swapNote(link string, list roster.List) string {
	return fmt.Sprintf("The %s list stood behind the link to the %s list; its columns tell which it is.", list, link)
}

func (c *cycle) remember(doc scraper.Document, list roster.List) {
	c.validators = append(c.validators, roster.Validator{URL: doc.URL, ETag: doc.ETag, LastModified: doc.LastModified,
		SHA256: doc.SHA256, List: list, CheckedAt: c.now.UTC()})
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

// noList deals with sound workbooks that are no lists. One that stands where a
// list should be, with no list beside it, is held as evidence; others are left
// alone for a day.
func (c *cycle) noList(docs []scraper.Document) error {
	for _, doc := range docs {
		list := roster.List(doc.Hint)
		here := func(f found) bool { return f.list == list }
		if list == "" || anyOf(c.documents, here) || !c.w.accepted(list) {
			if c.asked[doc.URL].SHA256 != doc.SHA256 {
				c.notes = append(c.notes, doc.File+" is no list.")
			}
			c.remember(doc, "")
			continue
		}
		body := doc.Body
		if doc.NotModified {
			var err error
			if body, err = c.w.o.Store.Body(c.ctx, doc.SHA256); errors.Is(err, store.ErrNotFound) {
				c.want(doc)
				continue
			} else if err != nil {
				return fmt.Errorf("reading an unchanged file: %w", err)
			}
		}
		published := c.now
		if !doc.ModifiedAt.IsZero() && doc.ModifiedAt.Before(c.now) {
			published = doc.ModifiedAt
		}
		c.remember(doc, list)
		c.documents = append(c.documents, c.columnless(doc, list, body, published))
	}
	return nil
}

func (c *cycle) columnless(doc scraper.Document, list roster.List, bytes []byte, published time.Time) found {
	p := roster.Publication{List: list, File: doc.File, URL: doc.URL, SHA256: doc.SHA256, Size: len(bytes),
		LastModified: doc.ModifiedAt, PublishedAt: published.UTC(), SeenAt: c.now.UTC()}
	return found{doc: doc, list: list, arrival: &diff.Arrival{Publication: p, NoColumns: true}, body: body{list: list, bytes: bytes}}
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
	f, ok := c.choose(list)
	if !ok {
		return nil
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

// choose picks the document of a list where several are linked: the one behind
// the list's own link, then the newest.
func (c *cycle) choose(list roster.List) (found, bool) {
	var best *found
	for i := range c.documents {
		f := &c.documents[i]
		if f.list != list {
			continue
		}
		if best == nil || better(f.doc, best.doc, list) {
			best = f
		}
	}
	if best == nil {
		return found{}, false
	}
	for _, f := range c.documents {
		if f.list == list && f.doc.SHA256 != best.doc.SHA256 {
			c.notes = append(c.notes, fmt.Sprintf("The page links more than one %s list; %s counts, %s does not.", list, best.doc.File, f.doc.File))
		}
	}
	return *best, true
}

func better(a, b scraper.Document, list roster.List) bool {
	if hinted := a.Hint == string(list); hinted != (b.Hint == string(list)) {
		return hinted
	}
	return a.ModifiedAt.After(b.ModifiedAt)
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
func (c *cycle) history(a *diff.Arrival) (skip bool, err error) {
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
		if p.Verdict == roster.Rejected {
			rejected, err := c.rejected(p.Hold)
			if err != nil || rejected {
				c.notes = append(c.notes, fmt.Sprintf("The %s list is one that you rejected (%s).", list, p.Hold))
				return true, err
			}
		}
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
func (c *cycle) update() (diff.Outcome, error) {
	if len(c.arrivals) == 0 && len(c.dropped) == 0 && (c.outcome.Failed() || !diff.Due(*c.known, c.now)) {
		return diff.Outcome{Known: *c.known}, nil
	}
	held, err := c.w.held(c.ctx, c.known.Holds)
	if err != nil {
		return diff.Outcome{}, err
	}
	o, err := diff.Update(c.ctx, diff.Input{Known: *c.known, Arrivals: c.arrivals, Held: held, Dropped: c.dropped,
		Now: c.now.UTC(), Unread: c.outcome.Failed(), Settings: c.w.o.Diff, Names: &c.w.names})
	if err != nil {
		return diff.Outcome{}, fmt.Errorf("working out what changed: %w", err)
	}
	return o, nil
}

// log is the poll as the store keeps it.
func (c *cycle) log(o diff.Outcome, started time.Time) roster.Poll {
	c.describe(o)
	p := roster.Poll{At: started.UTC(), Took: c.now.Sub(started), Outcome: string(c.outcome), Sentence: c.sentence, Changes: len(o.Changes)}
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

// isAbsent says whether the page links one list for sure, and this one not at
// all: no document is it, no link is called so, and every other link is known.
func (c *cycle) isAbsent(list roster.List) bool {
	if len(c.documents) == 0 || anyOf(c.documents, func(f found) bool { return f.list == list }) {
		return false
	}
	return !slices.ContainsFunc(c.visit.Links, func(l scraper.Link) bool {
		came := slices.ContainsFunc(c.visit.Documents, func(d scraper.Document) bool { return d.URL == l.URL })
		_, seen := c.asked[l.URL]
		return l.Hint == string(list) || l.Hint == "" && !came && !seen
	})
}

// describe adds to the scraper's sentence what the lists turned out to be.
func (c *cycle) describe(o diff.Outcome) {
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
		if p.Verdict == roster.Held {
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
		if c.Publication.SHA256 == p.SHA256 {
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

func (c *cycle) report(o diff.Outcome) Report {
	return Report{Outcome: c.outcome, Sentence: c.sentence, RetryAfter: c.visit.RetryAfter,
		Publications: o.Publications, Changes: o.Changes, Holds: o.Holds}
}
