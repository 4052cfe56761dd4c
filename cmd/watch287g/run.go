package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/backup"
	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/cmd/watch287g/people"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/jobs/river"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web"
)

// service is the running program: what commands that come over the socket use.
type service struct {
	store     store.Store
	watched   *watchedStore // the same, as what polls and sends uses it
	watcher   *watch.Watcher
	sender    *notify.Sender
	readers   *people.Room   // nil where nobody can sign up
	fleet     *river.Fleet   // nil where nobody shares the store
	backups   *backup.Keeper // nil where none are made
	documents *archive.Current
	reloader  *reloader
	now       func() time.Time
}

type runCmd struct {
	Role []string `help:"What this process does, of poll, send and serve, where others do the rest; all by default." enum:"all,poll,send,serve" default:"all" placeholder:"ROLE"`
}

// Run polls, sends, serves and answers other commands until ctx ends.
func (r runCmd) Run(ctx context.Context, a *app) error {
	if a.service != nil {
		return errors.New("the service runs already")
	}
	log := a.newLog()
	err := a.runService(ctx, r.Role, log)
	if err != nil && a.flags.LogFormat == logJSON { // whoever reads the log reads JSON to its end
		log.Error("the service failed", "error", oneLine(err))
		return exited(statusFailure)
	}
	return err
}

func (a *app) runService(ctx context.Context, r roles, log *slog.Logger) error {
	hangups, ignore := notifyHangups()
	defer ignore()
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := a.openStore(false)
	if err != nil {
		return err
	}
	a.monitor = a.newMonitor(s, c, log)
	var room *people.Room
	if c.Readers != nil {
		room, err = people.New(ctx, people.Options{Store: s, Place: a.readersPlace(), Config: c, Monitor: a.monitor, Now: a.now, Log: log})
		if err != nil {
			return errors.Join(err, s.Close())
		}
	}
	running, err := a.newService(s, room, c, r, log)
	if err == nil {
		err = a.serve(ctx, running, c, r, log, hangups)
	}
	return errors.Join(err, room.Close(), s.Close())
}

// newService puts together what polls and sends.
func (a *app) newService(s store.Store, room *people.Room, c config.Config, r roles, log *slog.Logger) (*service, error) {
	watched := watchStore(s, a.now, log)
	w, sender, now, err := a.newWatcher(watched, c, log)
	if err != nil {
		return nil, err
	}
	room.ReportTo(sender)
	if err := room.Mail(context.Background(), sender, version); err != nil {
		return nil, err
	}
	kept, err := a.archive()
	if err != nil {
		return nil, err
	}
	backups := a.newKeeper(s, c, log, sender)
	fleet, err := a.newFleet(s, w, sender, backups, room.Kinds(), r, log)
	if err != nil {
		return nil, err
	}
	if fleet != nil {
		room.WakeBy(fleet.Kick)
	}
	reloading := &reloader{app: a, store: s, readers: room, watcher: w, sender: sender, log: log}
	reloading.now.Store(now)
	return &service{store: s, watched: watched, watcher: w, sender: sender, readers: room, fleet: fleet, backups: backups, documents: kept, reloader: reloading, now: a.now}, nil
}

// serve runs the parts side by side. When one ends, or ctx does, all end.
func (a *app) serve(ctx context.Context, s *service, c config.Config, r roles, log *slog.Logger, hangups <-chan os.Signal) error {
	if !r.has(roleServe) {
		c.Web.Listen = ""
	}
	a.signUps = s.readers != nil
	a.papers = documents.NewPapers(s.store, s.documents, a.data(), s.fleet != nil, &documents.ConflictNews{Queue: store.Queue{Store: s.store}, Now: a.now, Count: a.monitor.Conflicts,
		Rules: func() []notify.Rule { return s.reloader.now.Load().channels.rules }}, log)
	first, err := a.newSite(s.store, c, log)
	if err != nil {
		return err
	}
	site := newLiveSite(first)
	s.reloader.site, s.reloader.unseen = site, !r.has(roleServe)
	if site.holds, err = s.reloader.newHoldPages(ctx); err != nil {
		log.Error("links to holds open nothing", "error", oneLine(err))
	}
	if site.signUps, err = s.newSignUpPages(ctx, site, c); err != nil {
		return err
	}
	site.bounces = s.readers.Bounces()
	for _, beside := range []*http.Handler{&site.holds, &site.signUps, &site.bounces} {
		*beside = web.Counted(*beside, a.monitor.Answered)
	}
	l, err := listenSocket(ctx, socketPath(a.data()))
	if err != nil {
		return err
	}
	pages, err := listenWeb(ctx, c.Web.Listen)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	metrics, err := listenOps(ctx, c.Ops.Listen, log)
	if err != nil {
		return errors.Join(err, l.Close(), closeAny(pages))
	}
	if pages != nil {
		a.monitor.ServePages()
	}
	log.Info(opening(c, pages, r), "data", a.data(), "channels", len(c.Channels), "version", version, "ops", addressOf(metrics))
	if note := r.note(s.fleet != nil); note != "" {
		log.Warn(note)
	}
	if s.fleet != nil && c.Documents.Keep == config.KeepOn && c.Documents.Bucket == nil {
		log.Warn("documents are kept on this machine alone, where others that share the database cannot read them; name a bucket (documents.bucket) if there are any", "dir", documents.Shown(s.documents))
	}
	parts := s.background(r, log)
	if r.has(roleServe) {
		parts = append(parts, part{"indexing documents", a.papers.Index})
	}
	if r.has(rolePoll) {
		parts = append(parts, part{"carrying out decisions", s.reloader.carryOutDecisions})
	}
	return runParts(ctx, log, append(parts,
		part{"serving pages", func(ctx context.Context) error { return serveWeb(ctx, pages, site, c.Web, log) }},
		part{"answering commands", func(ctx context.Context) error { return s.serveSocket(ctx, l) }},
		part{"showing how it is", func(ctx context.Context) error { return serveOps(ctx, metrics, a.monitor, log) }},
		part{"deriving from documents", a.papers.Run},
		part{"telling systemd", ops.NewSystemd(a.monitor).Run},
		part{"reloading", func(ctx context.Context) error { return s.reloader.follow(ctx, hangups) }},
	))
}

// part is one of the things that the service does side by side.
type part struct {
	name string // as the log has it
	// run does it until its context ends, which is not an error.
	run func(context.Context) error
}

// runParts runs parts until one of them ends or ctx does. Then it tells all to end,
// waits for them, and returns what went wrong with any.
func runParts(ctx context.Context, log *slog.Logger, parts []part) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(parts))
	var wg sync.WaitGroup
	for i, p := range parts {
		wg.Go(func() {
			defer cancel()
			if errs[i] = p.run(ctx); errs[i] != nil {
				log.Error("a part of the service failed", "part", p.name, "error", oneLine(errs[i]))
			}
		})
	}
	<-ctx.Done()
	log.Info("stopping")
	wg.Wait()
	return errors.Join(errs...)
}

// opening says what is polled, and which page to open.
func opening(c config.Config, pages net.Listener, r roles) string {
	polled := fmt.Sprintf("polling %s every %s", cmp.Or(c.Source.Mirror, c.Source.Page), briefly(c.Source.Every))
	if !r.has(rolePoll) {
		polled = "polling nothing"
	}
	switch {
	case !r.has(roleServe):
		return polled + " and serving no pages"
	case pages == nil:
		return polled + "; no pages are served, since web.listen is empty"
	}
	return polled + "; open " + addressOf(pages) + "/ in a browser"
}

// briefly writes a duration as the configuration does: 15m, not 15m0s.
func briefly(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

// firstVisit is a source that names the demo where the first visit does not reach
// the page. Visits that fail later are in the log alone.
type firstVisit struct {
	watch.Source
	documents watch.DocumentSource // at the same site, under the same turn
	once      sync.Once
	log       *slog.Logger
}

// Visit visits ICE's page.
func (f *firstVisit) Visit(ctx context.Context, known []scraper.Validators) scraper.Visit {
	v := f.Source.Visit(ctx, known)
	f.once.Do(func() {
		if v.Err == nil && v.Outcome == scraper.StatusUnreachable {
			f.log.Warn(`the page cannot be reached; the next polls try again. "watch287g demo" shows the whole service without a network`)
		}
	})
	return v
}

// newWatcher puts a watcher together as the configuration says, with the sender of
// what it plans.
func (a *app) newWatcher(s store.Store, c config.Config, log *slog.Logger) (*watch.Watcher, *notify.Sender, *live, error) {
	l, err := a.newLive(s, c, log, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	box := a.newOutbox(s, l, log, nil)
	o := l.settings(box)
	return watch.New(watch.Options{Store: s, Source: o.Source, Every: o.Every, Diff: o.Diff, Documents: o.Documents, Now: a.now, Log: log, Planner: box,
		OnPoll: a.monitor.Polled, OnBeat: a.monitor.Beat}), box.sender, l, nil
}
