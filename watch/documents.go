package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/watching"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
)

// DocumentSource is where documents come from: ICE's site, through the scraper that visits
// its page, so that there is one request at a time.
type DocumentSource interface {
	Fetch(ctx context.Context, address string, known scraper.Validators) scraper.File
}

// DocumentReader reads a file. An error means that it could not be read for a reason of ours.
type DocumentReader interface {
	Read(ctx context.Context, body []byte) (document.Reading, error)
}

// Documents say how the documents are watched that the lists link.
type Documents struct {
	Source DocumentSource
	// Archive keeps files, before the store names them. Where it keeps them now and only told
	// the hash of one, that one is asked for again.
	Archive archive.Archive
	Reader  DocumentReader
	// Pictures says that Reader reads pages that are pictures. What was read without is read
	// again.
	Pictures bool
	// Timeout is how long a request may take: none is begun when a poll is due within it.
	Timeout time.Duration
}

// readBy is what documents are read by.
func (d *Documents) readBy() watching.By {
	return watching.By{Version: document.Version, Pictures: d != nil && d.Pictures}
}

// Pauses in which no document is looked at since something of ours failed.
const (
	pauseFailed = time.Minute
	pauseFull   = 10 * time.Minute
)

// looks are what this process knows of looks at documents, apart from facts.
type looks struct {
	turn  sync.Mutex      // one look at a time; guards what follows, until mu
	left  uint64          // the revision that the last look of this process left; 0 for none
	had   *had            // a file that came, and that the store does not know yet
	tried map[string]bool // files that could not be read, or are not kept

	mu       sync.Mutex // guards what follows
	noted    bool       // all that rows link is noted, which commits see to from then on
	toNote   bool       // some of it is not
	read     bool       // whether next is that of revision
	revision uint64
	next     time.Time // when a look is due; zero for none
	unread   bool      // a file is to be read anew
	pause    time.Time
}

// had is what a look brought.
type had struct {
	watching.Look
	before   roster.DocumentAddress // what was known when it was asked for
	file     scraper.File
	reading  document.Reading
	complete bool // it was kept and read
}

// nextLook is when the next look is due, zero for none. It costs little while nobody commits.
func (w *Watcher) nextLook(ctx context.Context) (time.Time, error) {
	if w.settings.Load().Documents == nil {
		return time.Time{}, nil
	}
	revision, err := w.opts.Store.Revision(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the store's revision: %w", err)
	}
	l, now := &w.looks, w.opts.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.read || l.revision != revision {
		addresses, err := w.opts.Store.Addresses(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("reading the addresses of documents: %w", err)
		}
		k := watching.Known{Addresses: byURL(addresses)}
		if !l.noted {
			if err := w.findUnnoted(ctx, k); err != nil {
				return time.Time{}, err
			}
		}
		l.set(k, revision, now)
	}
	next := l.next
	if l.toNote || l.unread {
		next = now
	}
	if !next.IsZero() && l.pause.After(next) {
		next = l.pause
	}
	return next, nil
}

// findUnnoted finds out whether rows link what is not noted, for who holds the lock of looks:
// what they linked before documents were watched.
func (w *Watcher) findUnnoted(ctx context.Context, k watching.Known) error {
	s, err := w.opts.Store.Known(ctx)
	if err != nil {
		return fmt.Errorf("reading what is known: %w", err)
	}
	documents, err := w.opts.Store.Documents(ctx)
	if err != nil {
		return fmt.Errorf("reading what documents say: %w", err)
	}
	// Such as what others captured; what was tried already is found out by the next look.
	w.looks.unread = slices.ContainsFunc(documents, w.settings.Load().Documents.readBy().Better)
	w.looks.toNote = len(unknown(watching.LinksOf(s.Records), k.Addresses)) > 0
	w.looks.noted = !w.looks.toNote
	return nil
}

// set notes what is known of a revision, for who holds mu.
func (l *looks) set(k watching.Known, revision uint64, now time.Time) {
	_, l.next = k.Next(now)
	l.read, l.revision = true, revision
}

// know notes what a commit of this process left, so that it is not read again.
func (l *looks) know(f facts, by watching.By, noted bool, now time.Time) {
	if f.papers == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if noted {
		l.noted, l.toNote = true, false
	}
	l.set(*f.papers, f.revision, now)
	l.unread = f.papers.Unread(by, nil) != "" && l.unread
}

// forget has it looked anew for what rows link, and no pause of before counts.
func (l *looks) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noted, l.read, l.pause = false, false, time.Time{}
}

// beforePoll returns when a look can be made before the poll that is due at a moment; zero
// where none can.
func (w *Watcher) beforePoll(ctx context.Context, poll time.Time) (time.Time, error) {
	look, err := w.nextLook(ctx)
	s, now := w.settings.Load(), w.opts.Now()
	if err != nil || look.IsZero() {
		return time.Time{}, err
	}
	if now.After(look) {
		look = now
	}
	if !look.Add(min(s.Documents.Timeout, s.Every/2)).Before(poll) {
		return time.Time{}, nil
	}
	return look, nil
}

// lookUntil makes the look that is due, and gives it up when a poll is.
func (w *Watcher) lookUntil(ctx context.Context, poll time.Time) error {
	looking, cancel := context.WithTimeout(ctx, poll.Sub(w.opts.Now()))
	defer cancel()
	_, err := w.look(looking, true)
	switch {
	case err == nil, looking.Err() != nil, errors.Is(err, scraper.ErrTurn):
		return nil
	case errors.Is(err, store.ErrDamaged) && !errors.Is(err, errArchive), errors.Is(err, store.ErrNewer):
		return err
	}
	pause := pauseFailed
	if errors.Is(err, errArchive) {
		pause = pauseFull
	}
	w.opts.Log.Error("a document could not be kept", "error", err.Error(), "again_in", pause)
	w.looks.mu.Lock()
	defer w.looks.mu.Unlock()
	w.looks.pause = w.opts.Now().Add(pause)
	return nil
}

// errArchive means that the archive failed, and not the store.
var errArchive = errors.New("the archive failed")

// Look makes the look at a document that is due, and stores what it comes to. It is false
// where none is. An error means that the store or the archive failed, or that ctx ended; then
// what came is kept in memory until the next call, so that ICE is not asked for it again.
func (w *Watcher) Look(ctx context.Context) (bool, error) { return w.look(ctx, false) }

// between is the shortest time between two requests for documents.
const between = time.Second

// look is Look. Where others look as well, as on a fleet, it waits for a second if somebody has
// written since the last look of this process: that may have been a look.
func (w *Watcher) look(ctx context.Context, others bool) (bool, error) {
	w.looks.turn.Lock()
	defer w.looks.turn.Unlock()
	job, err := w.dueLook(ctx)
	h := w.looks.had
	switch {
	case err != nil:
		return false, err
	case h != nil: // of before
	case job.unread != "":
		return true, w.readAgain(ctx, job)
	case job.address.URL == "":
		return false, nil
	default:
		if others && job.revision != w.looks.left {
			select {
			case <-ctx.Done():
				return false, fmt.Errorf("looking at a document: %w", ctx.Err())
			case <-time.After(between):
			}
		}
		if h, err = w.fetchDocument(ctx, job); err != nil {
			return false, err
		}
		w.looks.had = h
	}
	if err := w.readDocument(ctx, job, h); err != nil {
		return false, err
	}
	for tries := 0; ; tries++ {
		err := w.finishLook(ctx, job, h)
		if errors.Is(err, store.ErrConflict) && tries < 5 && ctx.Err() == nil { // a poll or a decision was stored meanwhile
			continue
		}
		if err != nil {
			return false, err
		}
		w.looks.had = nil
		w.leave()
		return true, nil
	}
}

// fetchDocument asks ICE's server for a document.
func (w *Watcher) fetchDocument(ctx context.Context, job lookJob) (*had, error) {
	a := job.address
	known := scraper.Validators{URL: a.URL, ETag: a.ETag, LastModified: a.Modified}
	last, ok := a.Last()
	wanted := job.known[last.SHA256].Unkept && archive.KeepsFiles(job.documents.Archive)
	if ok && !wanted && !watching.Whole(a, w.opts.Now()) {
		known.SHA256 = last.SHA256
	}
	f := job.documents.Source.Fetch(ctx, a.URL, known)
	if f.Err != nil {
		return nil, fmt.Errorf("looking at a document: %w", f.Err)
	}
	return &had{Look: newLook(a.URL, w.opts.Now(), f), before: a, file: f}, nil
}

// newLook is what an answer means, before a file is read.
func newLook(url string, at time.Time, f scraper.File) watching.Look {
	l := watching.Look{URL: url, At: at.UTC(), RetryAfter: f.RetryAfter, Modified: f.Modified, ETag: f.ETag, ModifiedAt: modifiedAt(f.Modified)}
	switch f.Answer {
	case scraper.AnswerFile:
		l.Answer = watching.Had
	case scraper.AnswerSame:
		l.Answer = watching.Same
	case scraper.AnswerGone:
		l.Answer = watching.Gone
	case scraper.AnswerWebPage:
		l.Answer, l.Problem = watching.NoDocument, roster.ProblemWebPage
	case scraper.AnswerEmpty:
		l.Answer, l.Problem = watching.NoDocument, roster.ProblemEmpty
	case scraper.AnswerTooLarge:
		l.Answer, l.Problem = watching.NoDocument, roster.ProblemTooLarge
	case scraper.AnswerElsewhere:
		l.Answer, l.Problem = watching.NoDocument, roster.ProblemElsewhere
	case scraper.AnswerDown:
		l.Answer = watching.Down
	case scraper.AnswerRefused:
		l.Answer = watching.Refused
	case scraper.AnswerFailed:
		l.Answer = watching.Failed
	}
	return l
}
