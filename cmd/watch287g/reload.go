package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/cmd/watch287g/people"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

type reloadCmd struct{}

// Run has the running service read its configuration again, and prints what changed.
func (reloadCmd) Run(ctx context.Context, a *app) error {
	if a.service == nil {
		return a.ask(ctx, fmt.Errorf("no service runs with the data in %s; the next one that starts there reads the configuration anyway", a.flags.Data))
	}
	changed, err := a.service.reloader.reload(ctx)
	if err != nil {
		fmt.Fprintln(a.stderr, "Nothing was changed; the previous configuration stays in use.")
		return err
	}
	for _, line := range changed {
		fmt.Fprintln(a.stdout, line)
	}
	return nil
}

// reloader puts a new configuration in the place of the one at work.
type reloader struct {
	app     *app // of the service itself
	store   store.Store
	watcher *watch.Watcher
	sender  *notify.Sender
	readers *people.Room
	site    *liveSite
	unseen  bool // the process serves no pages
	log     *slog.Logger

	turn sync.Mutex // one at a time
	now  atomic.Pointer[live]
}

// notifyHangups has a hangup ask for a reload from now on: one that comes before the
// service is ready waits until it is.
func notifyHangups() (hangups chan os.Signal, stop func()) {
	hangups = make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	return hangups, func() { signal.Stop(hangups) }
}

// follow reloads at each hangup until ctx ends.
func (r *reloader) follow(ctx context.Context, hangups <-chan os.Signal) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangups:
			_, _ = r.reload(ctx) // which is in the log, and told to the operator
		}
	}
}

// reload reads the configuration and builds all that it says, and only then puts it in
// the place of the one of before, between two steps of each part of the service. It
// returns what changed, a sentence a line. An error means that all is as it was.
func (r *reloader) reload(ctx context.Context) ([]string, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	systemd := ops.NewSystemd(r.app.monitor)
	systemd.Reloading()
	defer systemd.Ready(ctx)
	before := r.now.Load()
	next, later, err := r.read(before)
	if err != nil {
		r.refuse(ctx, before, err)
		return nil, err
	}
	site := r.site.site.Load()
	if !sameSite(before.config, next.config) {
		shown := next.config
		if r.unseen {
			shown.Web.Listen = ""
		}
		if site, err = r.app.newSite(r.store, shown, r.log); err != nil {
			r.refuse(ctx, before, err)
			return nil, err
		}
	}
	kept, err := documents.Open(next.config.Documents, r.app.storePath(), r.app.now)
	if err != nil {
		r.refuse(ctx, before, err)
		return nil, err //nolint:wrapcheck // it says what to do
	}
	changed := changesBetween(before, next)
	setup := notify.Setup{Channels: next.channels.byName, Rules: next.channels.rules, Changed: changedPlaces(before, next)}
	waiting, err := r.waiting(ctx, setup)
	if err != nil {
		r.log.Error("cannot tell what waits for channels that change", "error", oneLine(err))
	}
	// The sender comes first: what is planned by the new rules must not go to a place of
	// before.
	r.sender.Reconfigure(ctx, setup)
	r.watcher.Reconfigure(next.settings(&outbox{Planner: next.planner(r.store), sender: r.sender}))
	r.readers.Configure(next.config)
	r.app.kept.Set(kept)
	r.site.replace(site)
	r.app.monitor.Configure(opsConfig(next.config))
	r.now.Store(next)
	r.report(ctx, next, changed, later)
	if len(changed) == 0 {
		changed = []string{"The configuration says what it said before; nothing changed."}
	}
	for _, w := range next.config.Warnings {
		changed = append(changed, "warning: "+w.Error())
	}
	return append(append(changed, later...), waiting...), nil
}

// read reads and builds the configuration, and says what of it counts only after a
// restart, which stays as it was.
func (r *reloader) read(before *live) (*live, []string, error) {
	path, found := r.app.configFile()
	if !found && len(before.config.Channels) > 0 {
		return nil, nil, fmt.Errorf("the configuration file %s is gone", path)
	}
	c, err := r.app.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	later := keepUntilRestart(before.config, &c)
	next, err := r.app.newLive(r.store, c, r.log, before)
	return next, later, err
}

// keepUntilRestart puts back what cannot change while the service runs, and says so.
func keepUntilRestart(before config.Config, c *config.Config) []string {
	var keys []string
	for _, kept := range []struct {
		key string
		old any
		now any // a pointer
	}{
		{"web.listen", before.Web.Listen, &c.Web.Listen},
		{"web.trusted_proxies", before.Web.TrustedProxies, &c.Web.TrustedProxies},
		{"ops.listen", before.Ops.Listen, &c.Ops.Listen},
		{"backup", before.Backup, &c.Backup},
		{"store", before.Store, &c.Store},
	} {
		now := reflect.ValueOf(kept.now).Elem()
		if !reflect.DeepEqual(now.Interface(), kept.old) {
			keys = append(keys, kept.key)
			now.Set(reflect.ValueOf(kept.old))
		}
	}
	keys = append(keys, people.KeepUntilRestart(before.Readers, &c.Readers)...)
	var later []string
	if len(keys) > 0 {
		later = append(later, fmt.Sprintf("To change %s takes a restart; until then it stays as it was.", strings.Join(keys, " and ")))
	}
	if line := people.LinksUntilRestart(before, *c); line != "" {
		later = append(later, line)
	}
	return later
}

// sameSite says whether the pages say the same under two configurations.
func sameSite(a, b config.Config) bool {
	return a.Web.URL == b.Web.URL && a.Source.Contact == b.Source.Contact && a.Source.Every == b.Source.Every && a.Documents.Keep == b.Documents.Keep
}

// refuse says in the log and to the operator why a configuration is not taken.
func (r *reloader) refuse(ctx context.Context, before *live, why error) {
	text := roster.Clean(strings.ReplaceAll(strings.TrimPrefix(oneLine(why), wrongConfig), "\n", "; "))
	r.log.Error("the configuration was read again and is refused; the previous configuration stays in use", "error", text)
	err := notify.TellRefused(ctx, store.Queue{Store: r.store}, before.channels.rules, text, r.app.now().UTC())
	if err != nil {
		r.log.Error("could not tell the operator that the configuration is refused", "error", oneLine(err))
		return
	}
	r.sender.Wake()
}

// report says in the log what changed, and tells the operator of messages that wait for
// channels that are gone.
func (r *reloader) report(ctx context.Context, next *live, changed, later []string) {
	r.log.Info("the configuration was read again", "changed", strings.Join(changed, " "), "channels", len(next.config.Channels))
	for _, line := range later {
		r.log.Warn(line)
	}
	for _, w := range next.config.Warnings {
		r.log.Warn(w.Error())
	}
	queue := store.Queue{Store: r.store}
	err := errors.Join(notify.TellRefused(ctx, queue, next.channels.rules, "", r.app.now().UTC()), notify.TellOrphans(ctx, queue, next.channels.rules, r.app.now().UTC()))
	if err != nil {
		r.log.Error("could not tell the operator what the new configuration means", "error", oneLine(err))
	}
	r.sender.Wake()
}

// waiting says how many messages wait for channels that are gone, or in another place.
func (r *reloader) waiting(ctx context.Context, to notify.Setup) (lines []string, err error) {
	heads, err := r.store.NextPending(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what waits: %w", err)
	}
	for _, d := range heads {
		gone := to.Channels[d.Channel] == nil
		if !gone && !to.Changed[d.Channel] {
			continue
		}
		all, err := (store.Queue{Store: r.store}).Pending(ctx, d.Channel)
		if err != nil {
			return nil, fmt.Errorf("reading what waits for %s: %w", d.Channel, err)
		}
		line := fmt.Sprintf("%s: %s for it, to be sent to the new place.", d.Channel, waitingSince(all))
		if gone {
			line = fmt.Sprintf("%s: %s for it. To send them elsewhere: watch287g deliveries move %s CHANNEL. To drop them: watch287g deliveries drop %s.",
				d.Channel, waitingSince(all), d.Channel, d.Channel)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// waitingSince counts messages that wait, and says since when.
func waitingSince(all []roster.Delivery) string {
	var since time.Time
	for _, d := range all {
		if since.IsZero() || d.CreatedAt.Before(since) {
			since = d.CreatedAt
		}
	}
	verb := "wait"
	if len(all) == 1 {
		verb = "waits"
	}
	return fmt.Sprintf("%s since %s %s", counted(len(all), "message"), stamp(since), verb)
}
