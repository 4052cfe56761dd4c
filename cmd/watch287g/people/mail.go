package people

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
)

// Operator is who hears of what is wrong with mail to readers.
type Operator interface {
	ReportMail(ctx context.Context, why error) error
}

// Mail has readers get mail from now on. version is the program's.
func (r *Room) Mail(ctx context.Context, operator Operator, version string) error {
	if r == nil {
		return nil
	}
	c := r.o.Config.Readers
	o, err := mailOptions(c, r.o.Config.Web.URL)
	if err != nil {
		return err
	}
	o.Store, o.Changes, o.Desk, o.Version, o.Now, o.Log = r.Store, r.o.Store, r.returns.desk, version, r.o.Now, r.o.Log
	o.Trouble = func(ctx context.Context, failed error) {
		if err := operator.ReportMail(ctx, failed); err != nil {
			r.o.Log.Error("cannot tell the operator how mail to readers gets through", "error", err.Error())
		}
	}
	o.Mailed = r.o.Monitor.Mailed
	o.Figures = (&counts{store: r.o.Store}).at
	if r.mailer, err = mailing.New(ctx, o); err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	if err := r.mailer.SetBack(ctx); err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	r.kinds = append(r.kinds, r.mailer.Kind())
	return nil
}

// WakeBy has a function called when there is mail to be sent.
func (r *Room) WakeBy(kick func()) {
	if r != nil && r.mailer != nil {
		r.mailer.OnPlanned(kick)
	}
}

// Wake says that there may be mail to be sent, as after somebody signed up.
func (r *Room) Wake() {
	if r != nil && r.mailer != nil {
		r.mailer.Wake()
	}
}

// mailOptions are what a configuration says of mails.
func mailOptions(c *config.Readers, base string) (o mailing.Options, err error) {
	if o.From, err = letter.Address(c.From); err != nil {
		return o, fmt.Errorf("readers.from: %w", err)
	}
	_, domain, _ := strings.Cut(o.From.Address, "@")
	o.Server, err = letter.NewServer(letter.ServerConfig{Host: c.Server.Host, Port: c.Server.Port, Security: c.Server.Security,
		Username: c.Server.Username, Password: c.Password.Reveal(), Domain: domain})
	if err != nil {
		return o, fmt.Errorf("readers.smtp: %w", err)
	}
	if d := c.DKIM; d != nil {
		if o.Signer, err = letter.NewSigner(letter.DKIMConfig{Domain: d.Domain, Selector: d.Selector, KeyPEM: []byte(d.Key.Reveal())}); err != nil {
			return o, fmt.Errorf("readers.dkim: %w", err)
		}
	}
	o.Bounce, o.LeaveByMail = c.Bounces.Address, c.Bounces.IMAP.Host != ""
	o.Sender = strings.ReplaceAll(cmp.Or(strings.TrimSpace(c.Postal), c.Contact), "\n", ", ")
	if c.Postal != "" && c.Contact != "" {
		o.Sender += " · " + c.Contact
	}
	o.Links = notify.Links{Base: strings.TrimSuffix(base, "/")}
	o.Confirmations = c.Confirmations
	o.Deliver = map[notify.Cadence]notify.Schedule{notify.Daily: schedule(c.Deliver.Daily.Deliver), notify.Weekly: schedule(c.Deliver.Weekly.Deliver)}
	return o, nil
}

func schedule(d config.Deliver) notify.Schedule {
	return notify.Schedule{Every: notify.Cadence(d.Every), Weekday: d.Weekday, Hour: d.Hour, Minute: d.Minute, Zone: d.Zone}
}

// counts counts what is active as of moments, and remembers that for the last ones: all
// mails of a digest end with one of a few.
type counts struct {
	store store.Store

	mu    sync.Mutex
	known map[time.Time]roster.Figures
}

// mostMoments is how many are remembered.
const mostMoments = 100

func (c *counts) at(ctx context.Context, at time.Time) (roster.Figures, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.known[at]; ok {
		return f, nil
	}
	all, err := snapshot.LoadAgreements(ctx, c.store, at)
	if err != nil {
		return roster.Figures{}, fmt.Errorf("reading the agreements: %w", err)
	}
	stats := all.Stats(at)
	f := roster.Figures{Active: stats.Active, States: stats.States, Pending: stats.Pending, ByState: map[roster.State]int{}}
	for state, in := range stats.ByState {
		if in.Active > 0 {
			f.ByState[state] = in.Active
		}
	}
	if c.known == nil || len(c.known) >= mostMoments {
		c.known = map[time.Time]roster.Figures{}
	}
	c.known[at] = f
	return f, nil
}
