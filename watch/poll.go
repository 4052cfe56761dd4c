package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// Poll looks at ICE's page once. What the store knows is read first (facts.go);
// then the way is the same for every list:
//
//	fetch        ICE's page and the files that it links, as bytes     scraper.Visit
//	parse        the lists in those files                (parse.go)   files
//	selectLists  of each list the file that counts,     (select.go)   selection
//	             where it says what the store does not know
//	judge        what changed, or why a list is held      (diff)      diff.Result
//	plan         the messages that this causes          (commit.go)   roster.Notifications
//	commit       all of it, or nothing                  (commit.go)
//
// Only commit writes. Whatever fails or ends before it leaves no trace, but that the
// poll began, and the next one starts from the same facts. A source that fails is not an error: the
// report's Outcome says so, and the poll is committed to the log of polls. An
// error means that the store failed, or that ctx ended. What ICE answered is then
// kept until the next poll, for Run, which tries again to write it.
func (w *Watcher) Poll(ctx context.Context) (Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pollLocked(ctx)
}

// pollLocked is Poll for who holds mu.
func (w *Watcher) pollLocked(ctx context.Context) (Report, error) {
	started := w.opts.Now()
	w.asked, w.unwritten = false, nil
	report, err := w.pollFrom(ctx, started)
	if err != nil && w.asked && errors.Is(context.Cause(ctx), context.Canceled) {
		w.takeBack(ctx)
	}
	return report, err
}

// takeBack has the next poll not wait for the one that is given up here, as its process
// is to stop: whoever starts it anew wants to see it poll.
func (w *Watcher) takeBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := w.opts.Store.BeginPoll(ctx, time.Time{}); err != nil {
		w.opts.Log.Warn("a poll was given up, and the next one waits as if it had not been", "error", err.Error())
	}
}

// pollFrom is the poll that began at a moment.
func (w *Watcher) pollFrom(ctx context.Context, started time.Time) (Report, error) {
	known, err := w.readFacts(ctx)
	if err != nil {
		return Report{}, err
	}
	var chosen selection
	for range 2 { // the second time whole files, where bytes turn out to be needed that were not kept
		visit, err := w.fetch(ctx, known, started)
		if err != nil {
			return Report{}, err
		}
		found, err := w.parse(ctx, visit, known)
		if err != nil {
			return Report{}, err
		}
		if chosen = selectLists(found, known, w.now.Diff); len(chosen.unkept) == 0 {
			break
		}
		known = known.without(chosen.unkept)
	}
	result, err := w.judge(ctx, chosen, known)
	if err != nil {
		return Report{}, err
	}
	c := cycle{facts: known, at: chosen.at, listings: chosen.news, result: result, validators: chosen.validators}
	w.readPage(chosen.visit, &c)
	report := chosen.report(c.result)
	c.poll = chosen.log(report, started)
	w.unwritten = &unwritten{c, report}
	if err := w.finish(ctx); err != nil {
		return Report{}, err
	}
	return report, nil
}

// unwritten is what a poll came to that is not stored yet.
type unwritten struct {
	cycle
	report Report
}

// finish plans the messages of the poll that is not stored yet, and stores it with them.
func (w *Watcher) finish(ctx context.Context) error {
	u := *w.unwritten
	messages, err := w.plan(ctx, u.cycle)
	if err != nil {
		return err
	}
	if err := w.commit(ctx, u.cycle, messages); err != nil {
		return err
	}
	w.unwritten = nil
	w.opts.OnPoll(*u.poll)
	w.opts.Log.Info("polled", "outcome", string(u.report.Outcome), "said", u.report.Sentence, "changes", len(u.report.Changes))
	return nil
}

// fetch visits ICE's page, and asks for a file only if it changed since an earlier
// visit. That it does is noted before, so that another process, or this one after a
// crash, does not do so again before its time.
func (w *Watcher) fetch(ctx context.Context, known facts, started time.Time) (scraper.Visit, error) {
	if !w.asked {
		if err := w.opts.Store.BeginPoll(ctx, started); err != nil {
			return scraper.Visit{}, fmt.Errorf("noting that a poll begins: %w", err)
		}
	}
	before := make([]scraper.Validators, 0, len(known.validators))
	for _, v := range known.validators {
		before = append(before, scraper.Validators{URL: v.URL, ETag: v.ETag, LastModified: v.LastModified,
			SHA256: v.SHA256, List: v.List != "", CheckedAt: v.CheckedAt})
	}
	w.asked = true
	visit := w.now.Source.Visit(ctx, before)
	if visit.Err != nil {
		return visit, fmt.Errorf("visiting ICE's page: %w", visit.Err)
	}
	return visit, nil
}

// judge links the new lists with what is known, and holds what looks wrong. Most
// polls bring nothing, and cost nothing here.
func (w *Watcher) judge(ctx context.Context, s selection, known facts) (diff.Result, error) {
	failed := s.outcome.Failed()
	if len(s.news) == 0 && len(s.takenBack) == 0 && (failed || !diff.Due(*known.snapshot, s.at)) {
		return diff.Result{Known: *known.snapshot}, nil
	}
	return w.update(ctx, known, diff.Input{Arrivals: candidates(s.news), Dropped: s.takenBack, Now: s.at.UTC(), Unread: failed})
}

// update works out what changed. in lacks what the facts and the settings say.
func (w *Watcher) update(ctx context.Context, known facts, in diff.Input) (diff.Result, error) {
	in.Known, in.Held, in.Settings, in.Names = *known.snapshot, known.held, w.now.Diff, &w.names
	result, err := diff.Update(ctx, in)
	if err != nil {
		return diff.Result{}, fmt.Errorf("working out what changed: %w", err)
	}
	return result, nil
}

// log is the poll as the store keeps it.
func (s selection) log(r Report, started time.Time) *roster.Poll {
	p := roster.Poll{At: started.UTC(), Took: s.at.Sub(started), Outcome: string(r.Outcome), Sentence: r.Sentence,
		Changes: len(r.Changes), Absent: s.absent, Had: slices.Clone(s.had), RetryAfter: r.RetryAfter}
	for _, q := range r.Publications {
		p.Publications = append(p.Publications, q.Seq)
	}
	return &p
}
