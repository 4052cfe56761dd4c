package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/watching"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// lookJob is what is to be looked at.
type lookJob struct {
	documents Documents
	revision  uint64 // of the store that says so
	address   roster.DocumentAddress
	unread    string                     // the hash of a file that is to be read; "" for a look at the address
	known     map[string]roster.Document // by hash: files that were read need not be again
}

func byURL(all []roster.DocumentAddress) map[string]roster.DocumentAddress {
	found := make(map[string]roster.DocumentAddress, len(all))
	for _, a := range all {
		found[a.URL] = a
	}
	return found
}

// readPapers reads what is known of documents, which facts of documents alone need.
func (w *Watcher) readPapers(ctx context.Context, f *facts) error {
	if f.papers != nil {
		return nil
	}
	addresses, err := w.opts.Store.Addresses(ctx)
	if err != nil {
		return fmt.Errorf("reading the addresses of documents: %w", err)
	}
	documents, err := w.opts.Store.Documents(ctx)
	if err != nil {
		return fmt.Errorf("reading what documents say: %w", err)
	}
	f.papers = &watching.Known{Addresses: byURL(addresses), Documents: make(map[string]roster.Document, len(documents))}
	for _, d := range documents {
		f.papers.Documents[d.SHA256] = d
	}
	if w.last != nil && w.last.revision == f.revision {
		w.last.papers = f.papers
	}
	return nil
}

// readAll reads the facts with what is known of documents.
func (w *Watcher) readAll(ctx context.Context) (facts, error) {
	known, err := w.readFacts(ctx)
	if err != nil {
		return known, err
	}
	return known, w.readPapers(ctx, &known)
}

// dueLook finds what is to be looked at. Addresses that are new to it, and those that no row
// links anymore, are noted on the way.
func (w *Watcher) dueLook(ctx context.Context) (lookJob, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.readFacts(ctx)
	if err != nil || w.now.Documents == nil {
		return lookJob{}, err
	}
	if err := w.readPapers(ctx, &known); err != nil {
		return lookJob{}, err
	}
	now := w.opts.Now()
	links := watching.LinksOf(known.snapshot.Records)
	url, at := known.papers.Next(now)
	changed := known.papers.Note(watching.Rows{Links: unknown(links, known.papers.Addresses), Seen: known.seenAt}, now.UTC())
	if url != "" && !at.After(now) && len(links[url]) == 0 {
		changed = append(changed, known.papers.Unlinked(url).Addresses...)
	}
	if len(changed) > 0 { // the next call finds what is due
		if err := w.commit(ctx, cycle{facts: known, at: now, result: diff.Result{Known: *known.snapshot}, addresses: changed}, roster.Notifications{}); err != nil {
			return lookJob{}, err
		}
	}
	job := lookJob{documents: *w.now.Documents, revision: known.revision, known: known.papers.Documents}
	w.looks.mu.Lock()
	defer w.looks.mu.Unlock()
	w.looks.noted, w.looks.toNote = true, false
	switch {
	case len(changed) > 0:
	case url != "" && !at.After(now):
		job.address = known.papers.Addresses[url]
	default:
		job.unread = w.unread(*known.papers)
		w.looks.unread = job.unread != ""
	}
	return job, nil
}

// unknown are the links to addresses that are not known yet.
func unknown(links map[string][]watching.Link, known map[string]roster.DocumentAddress) map[string][]watching.Link {
	found := map[string][]watching.Link{}
	for url, of := range links {
		if a, ok := known[url]; !ok || a.OnlyCaptured() {
			found[url] = of
		}
	}
	return found
}

// unread is a file to read that was not read, or can be read better, and was not tried yet.
func (w *Watcher) unread(k watching.Known) string {
	return k.Unread(w.now.Documents.readBy(), w.looks.tried)
}

// readDocument keeps a file, and reads it, unless that was done.
func (w *Watcher) readDocument(ctx context.Context, job lookJob, h *had) error {
	if h.Answer != watching.Had || h.complete {
		return nil
	}
	hash, err := job.documents.Archive.Put(ctx, h.file.Body)
	kept := archive.KeepsFiles(job.documents.Archive)
	if err == nil && !kept { // it may have been before
		kept, err = job.documents.Archive.Has(ctx, hash)
	}
	if err != nil {
		return fmt.Errorf("keeping a document: %w: %w", errArchive, err)
	}
	d, known := job.known[hash]
	if !known || d.ReadBy < document.Version || d.Unkept && kept {
		if d, h.reading, err = w.readFile(ctx, job.documents, hash, h.file.Body); err != nil {
			return err
		}
	}
	d.Unkept = !kept
	h.Document, h.complete, h.file.Body = d, true, nil
	return nil
}

// readFile reads a file, and keeps what was read beside it. What cannot be read for a reason
// of ours is read later.
func (w *Watcher) readFile(ctx context.Context, docs Documents, hash string, body []byte) (roster.Document, document.Reading, error) {
	r, err := docs.Reader.Read(ctx, body)
	switch {
	case ctx.Err() != nil:
		return roster.Document{}, r, fmt.Errorf("reading a document: %w", ctx.Err())
	case err != nil:
		w.opts.Log.Error("a document could not be read; it is kept, and read later", "sha256", hash, "error", err.Error())
		return roster.Document{SHA256: hash, Size: int64(len(body)), HadAt: w.opts.Now().UTC()}, document.Reading{}, nil
	}
	r.SHA256 = hash
	if err := docs.Archive.PutReading(ctx, r); err != nil {
		return roster.Document{}, r, fmt.Errorf("keeping what was read in a document: %w: %w", errArchive, err)
	}
	d := document.Facts(r)
	d.SHA256, d.Size, d.ReadBy, d.HadAt = hash, int64(len(body)), document.Version, w.opts.Now().UTC()
	return d, r, nil
}

// readAgain reads a file that is kept.
func (w *Watcher) readAgain(ctx context.Context, job lookJob) error {
	if w.looks.tried == nil {
		w.looks.tried = map[string]bool{}
	}
	before := job.known[job.unread]
	body, err := job.documents.Archive.Get(ctx, job.unread)
	if ctx.Err() != nil {
		return fmt.Errorf("reading a document: %w", ctx.Err())
	}
	w.looks.tried[job.unread] = true
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			w.opts.Log.Error("a document that is kept cannot be read", "sha256", job.unread, "error", err.Error())
		}
		return nil
	}
	d, _, err := w.readFile(ctx, job.documents, job.unread, body)
	if err != nil || d.ReadBy <= before.ReadBy && (d.ReadBy == 0 || before.MachineTried || !d.MachineTried) {
		if ctx.Err() != nil {
			delete(w.looks.tried, job.unread)
		}
		return err
	}
	d.HadAt = before.HadAt
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.readAll(ctx)
	if err != nil {
		return err
	}
	return w.commit(ctx, cycle{facts: known, at: w.opts.Now(), result: diff.Result{Known: *known.snapshot}, documents: []roster.Document{d}}, roster.Notifications{})
}

// leave notes what a look left, for who holds the turn of looks.
func (w *Watcher) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last != nil {
		w.looks.left = w.last.revision
	}
}

// finishLook works out what a look means, by what is known by now, and stores it with its
// changes and their messages.
func (w *Watcher) finishLook(ctx context.Context, job lookJob, h *had) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.readAll(ctx)
	if err != nil {
		return err
	}
	if now := known.papers.Addresses[h.URL]; !now.LookedAt.Equal(h.before.LookedAt) || now.Failures != h.before.Failures {
		return nil // it is stored, or somebody else has looked while it could not be, and knows better
	}
	links := watching.LinksOf(known.snapshot.Records)
	out := known.papers.Apply(h.Look, links, w.judgeDocuments(ctx, job.documents, h))
	inForce, err := w.evidence(ctx, known, out.News)
	if err != nil {
		return err
	}
	result := diff.Result{Known: *known.snapshot, Changes: out.Changes(inForce, known.snapshot.Seqs.Change)}
	result.Known.Seqs.Change += uint64(len(result.Changes))
	c := cycle{facts: known, at: h.At, result: result, addresses: out.Addresses, documents: out.Documents}
	var messages roster.Notifications
	if len(result.Changes) > 0 {
		if messages, err = w.plan(ctx, c); err != nil {
			return err
		}
	}
	if err := w.commit(ctx, c, messages); err != nil {
		return err
	}
	switch {
	case h.Answer == watching.Refused:
		w.opts.Log.Warn("ICE's server refuses documents; none is asked for until then", "until", known.papers.StopUntil(h.At), "said", h.file.Sentence)
	case len(result.Changes) > 0:
		w.opts.Log.Info("looked at a document", "url", h.URL, "changes", len(result.Changes))
	}
	return nil
}

// evidence returns the lists in force that have the rows of news; of one whose bytes are not
// kept, since another one says the same, that other one.
func (w *Watcher) evidence(ctx context.Context, known facts, news []watching.News) (map[roster.List]watching.Evidence, error) {
	found := map[roster.List]watching.Evidence{}
	for _, n := range news {
		list := n.Record.List
		if _, has := found[list]; has {
			continue
		}
		p := known.snapshot.InForce[list]
		for _, kept := range known.publicationsOf(p.KeptAs) {
			if kept.KeptAs == "" && kept.List == list {
				p = kept
			}
		}
		r, err := w.opts.Store.Roster(ctx, p.Seq)
		if err != nil {
			return nil, fmt.Errorf("reading the rows that link a document: %w", err)
		}
		found[list] = watching.Evidence{Publication: p, Rows: r.Rows}
	}
	return found, nil
}

// judgeDocuments says what only the texts of documents tell, for who holds mu.
func (w *Watcher) judgeDocuments(ctx context.Context, docs Documents, h *had) watching.Judge {
	reading := func(hash string) (document.Reading, bool) {
		if h.reading.SHA256 == hash {
			return h.reading, hasText(h.reading)
		}
		r, err := docs.Archive.Reading(ctx, hash)
		return r, err == nil && hasText(r)
	}
	return watching.Judge{
		Whose: func(d roster.Document, row roster.Agreement) watching.Whose {
			switch document.OfAgency(d, row, &w.names) {
			case diff.Alike:
				return watching.Own
			case diff.Unlike:
				return watching.Another
			case diff.Unsure:
			}
			return watching.Unsure
		},
		Compare: func(before, now string) (added, removed, altered int, ok bool) {
			a, has := reading(before)
			b, had := reading(now)
			if !has || !had {
				return 0, 0, 0, false
			}
			for _, d := range document.Compare(document.TextOf(a), document.TextOf(b)) {
				switch {
				case d.Op == document.Illegible: // a page of which nothing can be said
					return 0, 0, 0, false
				case d.Noise:
				case d.Op == document.Added:
					added++
				case d.Op == document.Missing:
					removed++
				default:
					altered++
				}
			}
			return added, removed, altered, true
		},
	}
}

// hasText says whether all pages of a document were read. Where a page is a picture with a
// stamp on it, the same text does not make the same agreement.
func hasText(r document.Reading) bool {
	return len(r.Pages) > 0 && len(document.Unread(r)) == 0 && !slices.ContainsFunc(r.Pages, func(p document.Page) bool { return p.Text == "" })
}

// noteLinks adds to a cycle what is to be noted of the documents that its rows link.
func (w *Watcher) noteLinks(ctx context.Context, c *cycle) error {
	if w.now.Documents == nil || c.past || len(c.result.Records) == 0 {
		return nil
	}
	if err := w.readPapers(ctx, &c.facts); err != nil {
		return err
	}
	news := map[string]bool{}
	for _, change := range c.result.Changes {
		switch change.Kind {
		case roster.KindNew, roster.KindPending, roster.KindRestored, roster.KindAmended, roster.KindDocument:
			news[change.Agreement.ID] = true
		case roster.KindRemoved, roster.KindWithdrawn, roster.KindDetail, roster.KindMilestone, roster.KindPage, roster.KindCorrection:
		}
	}
	published := map[roster.List]time.Time{}
	for list, p := range c.result.Known.InForce {
		published[list] = p.PublishedAt
	}
	c.noted = true
	rows := watching.Rows{Links: watching.LinksOf(c.result.Known.Records), News: news, Published: published, Seen: c.facts.seenAt}
	c.addresses = c.facts.papers.Note(rows, w.opts.Now().UTC())
	return nil
}

// seenAt is when a publication was first seen, by its number; zero for one that is not stored
// yet, of which changes tell.
func (f facts) seenAt(publication uint64) time.Time {
	if i, ok := slices.BinarySearchFunc(f.published, publication, compareSeq); ok {
		return f.published[i].SeenAt
	}
	return time.Time{}
}

// modifiedAt reads a Last-Modified; zero for none.
func modifiedAt(sent string) time.Time {
	at, err := http.ParseTime(sent)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
