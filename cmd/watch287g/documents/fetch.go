package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/watching"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
)

type fetchCmd struct {
	What []string `arg:"" optional:"" name:"document" help:"An address, the id of an agreement, or the SHA-256 of what was there; all that are not kept, or not whole, if left out."`
}

// Help is what "documents fetch --help" says beside the flags.
func (fetchCmd) Help() string {
	return "ICE's server is asked as the service asks it: one request at a time, never two within a second, and none while it wants to be left alone."
}

// Looking is what looks at documents.
type Looking struct {
	Store   store.Store
	Archive archive.Archive
	// Look makes the look that is due; false where none is.
	Look func(ctx context.Context) (bool, error)
}

// Run looks at addresses now, whenever they were looked at last, and says what came.
func (c fetchCmd) Run(ctx context.Context, e *Env) error {
	return e.Look(ctx, func(ctx context.Context, l Looking) error {
		k, err := l.known(ctx)
		if err != nil {
			return err
		}
		urls, err := c.choose(ctx, k, l.Archive)
		if err != nil {
			return err
		}
		if len(urls) == 0 {
			console.Sayf(e.Stdout, "All documents that rows link were had, and are kept.\n")
			return nil
		}
		due, err := l.makeDue(ctx, urls, e.Now())
		if err != nil {
			return err
		}
		return l.lookAt(ctx, e, urls, due)
	})
}

// known reads what is known, with all addresses that rows link.
func (l Looking) known(ctx context.Context) (known, error) {
	k, err := readKnown(ctx, l.Store)
	if err != nil {
		return k, err
	}
	noted := map[string]bool{}
	for _, a := range k.addresses {
		noted[a.URL] = true
	}
	for url := range k.links {
		if noted[url] {
			continue
		}
		// To look for what is due is to note what rows link.
		if _, err := l.Look(ctx); err != nil {
			return k, fmt.Errorf("looking for documents: %w", err)
		}
		return readKnown(ctx, l.Store)
	}
	return k, nil
}

// choose returns the addresses that are meant, of those that rows link.
func (c fetchCmd) choose(ctx context.Context, k known, kept archive.Archive) (urls []string, err error) {
	for _, what := range c.What {
		found := k.meant(what)
		if len(found) == 0 {
			return nil, fmt.Errorf("no row links a document that is known as %q; \"watch287g documents list\" has addresses and agreements", roster.Clean(what))
		}
		urls = append(urls, found...)
	}
	if len(c.What) > 0 {
		slices.Sort(urls)
		return slices.Compact(urls), nil
	}
	for _, a := range k.addresses {
		last, had := a.Last()
		whole := had
		if had && (!k.documents[last.SHA256].Unkept || archive.KeepsFiles(kept)) {
			_, err := kept.Get(ctx, last.SHA256)
			if whole = err == nil; err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, archive.ErrDamaged) {
				return nil, fmt.Errorf("reading the documents that are kept: %w", err)
			}
		}
		if !whole && k.linked(a.URL) && a.GoneSince.IsZero() && (had || a.Problem == "") {
			urls = append(urls, a.URL)
		}
	}
	return urls, nil
}

// linked says whether a row links an address now.
func (k known) linked(url string) bool {
	return slices.ContainsFunc(k.links[url], func(l link) bool { return l.now })
}

// meant are the addresses that a word stands for.
func (k known) meant(what string) (urls []string) {
	url, isURL := roster.DocumentURL(what)
	for _, a := range k.addresses {
		last, _ := a.Last()
		of := slices.ContainsFunc(k.links[a.URL], func(l link) bool { return l.now && l.agreement.ID == what })
		if k.linked(a.URL) && (isURL && a.URL == url || of || len(what) >= leastDigits && isPrefix(last.SHA256, what)) {
			urls = append(urls, a.URL)
		}
	}
	return urls
}

// makeDue has addresses looked at before all others, as if nothing were known of what is
// there. It returns the moment by which they are told from those that were looked at since.
func (l Looking) makeDue(ctx context.Context, urls []string, now time.Time) (due time.Time, err error) {
	const tries = 5
	due = now.UTC().AddDate(-1, 0, 0)
	for range tries {
		var b store.Batch
		known, err := l.Store.Known(ctx)
		if err != nil {
			return due, fmt.Errorf("reading what is known: %w", err)
		}
		b.Before = known.Seqs
		if b.Revision, err = l.Store.Revision(ctx); err != nil {
			return due, fmt.Errorf("reading the store's revision: %w", err)
		}
		addresses, err := l.Store.Addresses(ctx)
		if err != nil {
			return due, fmt.Errorf("reading the addresses of documents: %w", err)
		}
		for _, a := range addresses {
			if slices.Contains(urls, a.URL) {
				a.DueAt, a.ETag, a.Modified, a.Failures = due, "", "", 0
				b.Addresses = append(b.Addresses, a)
			}
		}
		if err = l.Store.Commit(ctx, b); !errors.Is(err, store.ErrConflict) {
			if err != nil {
				err = fmt.Errorf("noting which documents are to be fetched: %w", err)
			}
			return due, err
		}
	}
	return due, errors.New("the state changes all the time; try again")
}

// turnPause is how long a poll is given to begin that has the turn.
const turnPause = 200 * time.Millisecond

// lookAt makes looks until all of some addresses were looked at.
func (l Looking) lookAt(ctx context.Context, e *Env, urls []string, due time.Time) error {
	for {
		more, err := l.Look(ctx)
		if errors.Is(err, scraper.ErrTurn) {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(turnPause):
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("fetching documents: %w", err)
		}
		k, err := readKnown(ctx, l.Store)
		if err != nil {
			return err
		}
		stop := watching.Known{Addresses: map[string]roster.DocumentAddress{}}
		for _, a := range k.addresses {
			stop.Addresses[a.URL] = a
			if at := slices.Index(urls, a.URL); at >= 0 && !a.DueAt.Equal(due) {
				urls = slices.Delete(urls, at, at+1)
				k.sayLook(e.Stdout, a)
			}
		}
		switch until := stop.StopUntil(e.Now()); {
		case len(urls) == 0:
			return nil
		case until.After(e.Now()):
			return fmt.Errorf("ICE's server wants to be left alone until %s; %d documents are looked at by the service after that", console.Stamp(until), len(urls))
		case !more:
			return fmt.Errorf("%d documents could not be looked at; the service's log says why", len(urls))
		}
	}
}

// sayLook says what a look at an address found.
func (k known) sayLook(out io.Writer, a roster.DocumentAddress) {
	line := fmt.Sprintf("%-8s %s", state(a), a.URL)
	if v, ok := a.Last(); ok && a.State() == roster.DocumentHad {
		line += fmt.Sprintf(" (%s, %s", v.SHA256[:12], console.Bytes(v.Size))
		if d := k.documents[v.SHA256]; d.Pages > 0 {
			line += ", " + console.Counted(d.Pages, "page")
		}
		line += ")"
	}
	if !a.GoneSeen.IsZero() && a.GoneSince.IsZero() {
		line += fmt.Sprintf("; no document is there now, which counts if it is still so at %s", console.Stamp(a.DueAt))
	}
	console.Sayf(out, "%s\n", line)
}
