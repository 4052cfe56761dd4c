package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document/pdf"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers/bounce"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web"
	"github.com/watch287g/watch287g/web/operator"
	"github.com/watch287g/watch287g/web/signup"
)

// live is a configuration at work, with what was built from it. It never changes.
type live struct {
	config   config.Config
	channels channels
	source   *firstVisit
	diff     diff.Settings
	docs     *watch.Documents // nil where they are left alone
}

// newLive builds what a configuration says, and sends nothing. What it says as before is
// taken from before, which is nil at first.
func (a *app) newLive(s store.Store, c config.Config, log *slog.Logger, before *live) (*live, error) {
	l := &live{config: c}
	var err error
	if l.diff, err = settings(c); err != nil {
		return nil, err
	}
	if l.channels, err = a.channels(c, signHold(s)); err != nil {
		return nil, err
	}
	if before != nil {
		l.channels.keep(c, before)
	}
	if before != nil && reflect.DeepEqual(sourceOptions(before.config), sourceOptions(c)) {
		l.source = before.source
	} else {
		o := sourceOptions(c)
		o.Now, o.Log = a.now, log
		source, err := scraper.New(o)
		if err != nil {
			return nil, fmt.Errorf("setting up the scraper: %w", err)
		}
		l.source = &firstVisit{Source: source, documents: source, log: log}
	}
	return l, l.watchDocuments(a, log, before)
}

// watchDocuments has documents watched, unless the configuration says that they are not.
func (l *live) watchDocuments(a *app, log *slog.Logger, before *live) error {
	if l.config.Documents.Keep == config.KeepOff {
		return nil
	}
	kept, err := a.archiveBy(l.config)
	if err != nil {
		return err
	}
	l.docs = &watch.Documents{Source: l.source.documents, Archive: kept, Timeout: l.config.Source.Timeout}
	if before != nil && before.docs != nil {
		l.docs.Reader, l.docs.Pictures = before.docs.Reader, before.docs.Pictures
		return nil
	}
	tesseract, _ := exec.LookPath("tesseract") // without it, pages that are pictures have no text
	l.docs.Pictures = tesseract != ""
	l.docs.Reader = pdf.New(pdf.Options{Cache: filepath.Join(a.data(), "pdfium"), Tesseract: tesseract, Log: log})
	return nil
}

// sourceOptions are what the configuration says about ICE's page.
func sourceOptions(c config.Config) scraper.Options {
	return scraper.Options{Page: string(c.Source.Page), Mirror: string(c.Source.Mirror), Contact: c.Source.Contact,
		Version: version, Timeout: c.Source.Timeout}
}

// keep takes the channels from before of which nothing changed, with their connections
// and their pace.
func (all channels) keep(c config.Config, before *live) {
	for _, ch := range c.Channels {
		old, there := before.channel(ch.Name)
		if there && before.config.Web.URL == c.Web.URL && reflect.DeepEqual(old, ch) {
			all.byName[ch.Name] = before.channels.byName[ch.Name]
		}
	}
}

// channel finds a channel of the configuration.
func (l *live) channel(name string) (config.Channel, bool) {
	for _, ch := range l.config.Channels {
		if ch.Name == name {
			return ch, true
		}
	}
	return config.Channel{}, false
}

// planner plans what the configuration wants.
func (l *live) planner(s store.Store) *notify.Planner {
	thresholds := notify.AlertThresholds{Failing: l.config.Source.Failing, Silence: l.config.Source.Silence}
	return notify.NewPlanner(store.Queue{Store: s}, l.channels.rules, snapshot.InAreas(s), thresholds)
}

// settings are the watcher's.
func (l *live) settings(p watch.Planner) watch.Settings {
	return watch.Settings{Source: l.source, Planner: p, Every: l.config.Source.Every, Diff: l.diff, Documents: l.docs}
}

// liveSite is a site in whose place another one can come while it is read.
type liveSite struct {
	site    atomic.Pointer[web.Site]
	changed chan struct{}
	holds   http.Handler // the pages of holds; nil for none
	signUps http.Handler // the pages on which readers sign up; nil for none
	bounces http.Handler // takes what is reported of mails to readers; nil for nothing
}

func newLiveSite(s *web.Site) *liveSite {
	l := &liveSite{changed: make(chan struct{}, 1)}
	l.site.Store(s)
	return l
}

// ServeHTTP answers one request.
func (l *liveSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.holds != nil && strings.HasPrefix(r.URL.Path, operator.Prefix) {
		l.holds.ServeHTTP(w, r)
		return
	}
	if l.signUps != nil && signup.Handles(r.URL.Path) {
		l.signUps.ServeHTTP(w, r)
		return
	}
	if l.bounces != nil && (r.URL.Path == bounce.Path || r.URL.Path == bounce.PathSNS) {
		l.bounces.ServeHTTP(w, r)
		return
	}
	l.site.Load().ServeHTTP(w, r)
}

// replace puts another site in the place of the one that is there.
func (l *liveSite) replace(s *web.Site) {
	if l.site.Swap(s) == s {
		return
	}
	select {
	case l.changed <- struct{}{}:
	default: // it is about to look
	}
}

// Follow keeps the site that is there up to date until ctx ends.
func (l *liveSite) Follow(ctx context.Context) {
	for ctx.Err() == nil {
		following, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			l.site.Load().Follow(following)
		}()
		select {
		case <-ctx.Done():
		case <-l.changed:
		}
		stop()
		<-ended
	}
}
