package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/web/signup"
)

// newSignUpPages makes the pages on which readers sign up, change what they get and
// leave; nil where nobody can sign up.
func (s *service) newSignUpPages(ctx context.Context, site *liveSite, c config.Config) (http.Handler, error) {
	if s.readers == nil {
		return nil, nil //nolint:nilnil // there are none
	}
	first := site.site.Load()
	pages, err := signup.New(ctx, signup.Options{People: s.readers.Store, Stylesheet: first.Asset("style.css"), Icon: first.Asset("icon.svg"),
		World: func(ctx context.Context) (signup.World, error) {
			snap, index, err := site.site.Load().Known(ctx)
			return signup.World{Snapshot: snap, Index: index}, err //nolint:wrapcheck // it says what it was about
		},
		Settings: func() signup.Settings {
			return signup.Settings{URL: s.reloader.now.Load().config.Web.URL, Contact: cmp.Or(c.Readers.Contact, c.Readers.Postal), Confirmations: c.Readers.Confirmations,
				Schedule: func(cadence notify.Cadence) notify.Schedule { return digestsOf(c.Readers.Deliver, cadence) }}
		},
		Letter: s.readers.Wake, Now: s.now, Log: s.reloader.log})
	if err != nil {
		return nil, fmt.Errorf("setting up the pages for readers: %w", err)
	}
	return pages, nil
}

// digestsOf is when those get their mails who chose a cadence.
func digestsOf(d config.Digests, cadence notify.Cadence) notify.Schedule {
	at := d.Daily.Deliver
	switch cadence {
	case notify.Daily:
	case notify.Weekly:
		at = d.Weekly.Deliver
	case notify.Instant, notify.Hourly:
		return notify.Schedule{Every: notify.Instant}
	}
	return notify.Schedule{Every: cadence, Weekday: at.Weekday, Hour: at.Hour, Minute: at.Minute, Zone: at.Zone}
}
