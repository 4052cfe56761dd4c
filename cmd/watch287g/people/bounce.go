package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/bounce"
	"github.com/watch287g/watch287g/web/crowd"
)

// Reporter tells the operator about mails to readers. notify.Sender does.
type Reporter interface {
	ReportStopped(ctx context.Context, letters bool, why string) error
	ReportMailbox(ctx context.Context, why error) error
}

// returns is what hears of mails that come back, and does what follows.
type returns struct {
	desk     *bounce.Desk
	endpoint *bounce.Handler
	mailbox  *bounce.Mailbox // nil for none
	report   atomic.Pointer[Reporter]
}

// errNobody is that nobody can be told yet, so that it is tried again.
var errNobody = errors.New("there is nobody yet who tells the operator")

func (r *returns) tellStopped(ctx context.Context, letters bool, halt *bounce.Halt) error {
	report, why := r.report.Load(), ""
	if report == nil {
		return errNobody
	}
	if halt != nil {
		why = halt.Why
	}
	return (*report).ReportStopped(ctx, letters, why) //nolint:wrapcheck // it says what it was about
}

func (r *returns) tellMailbox(ctx context.Context, why error) error {
	report := r.report.Load()
	if report == nil {
		return errNobody
	}
	return (*report).ReportMailbox(ctx, why) //nolint:wrapcheck // it says what it was about
}

// ReportTo says who tells the operator.
func (r *Room) ReportTo(to Reporter) {
	if r != nil {
		r.returns.report.Store(&to)
	}
}

// Bounces answers requests at bounce.Path and bounce.PathSNS; nil where nobody signs up.
func (r *Room) Bounces() http.Handler {
	if r == nil {
		return nil
	}
	return r.returns.endpoint
}

// newReturns puts it together. counted is called with the kind of what was reported.
func newReturns(s bounce.Store, c *config.Readers, counted func(kind string), now func() time.Time, log *slog.Logger) *returns {
	r := &returns{}
	r.desk = bounce.NewDesk(bounce.Options{Store: s, Tell: r.tellStopped, Counted: func(k bounce.Kind) { counted(string(k)) }, Now: now, Log: log})
	r.configure(c)
	r.endpoint = bounce.NewHandler(bounce.HandlerOptions{Taker: r.desk, Secret: c.Bounces.Secret.Reveal(), Topics: c.Bounces.Topics, Ours: oursBy(c),
		HTTP: &http.Client{}, Client: crowd.Client, Now: now, Log: log})
	if box := c.Bounces.IMAP; box.Host != "" {
		m := bounce.MailboxConfig{Address: box.Host + ":" + strconv.Itoa(box.Port), StartTLS: box.StartTLS,
			Username: box.Username, Password: c.Bounces.Password.Reveal(), Folder: box.Folder}
		switch c.Bounces.After {
		case "", "seen":
		case "delete":
			m.Delete = true
		default:
			m.MoveTo = c.Bounces.After
		}
		r.mailbox = bounce.NewMailbox(bounce.MailboxOptions{Config: m, Taker: r.desk, Store: s, Now: now, Log: log, Tell: r.tellMailbox})
	}
	return r
}

// configure takes over what can change while the service runs.
func (r *returns) configure(c *config.Readers) {
	l := bounce.DefaultLimits()
	l.Bounces, l.Complaints, l.ResumeAfter = float64(c.Breaker.Bounces), float64(c.Breaker.Complaints), c.Breaker.Resume
	r.desk.Configure(c.Bounces.Soft, l)
}

// kinds are what is done in the background.
func (r *returns) kinds() []jobs.Kind {
	if r.mailbox == nil {
		return nil
	}
	return []jobs.Kind{r.mailbox.Kind()}
}

// oursBy says whether an address is one that mails to readers come from.
func oursBy(c *config.Readers) func(address string) bool {
	from := ""
	if a, err := mail.ParseAddress(c.From); err == nil {
		from = a.Address
	}
	return func(address string) bool {
		return strings.EqualFold(address, from) || c.Bounces.Address != "" && strings.EqualFold(address, c.Bounces.Address)
	}
}

// returned is how it stands with mails that come back.
type returned struct {
	Mailings bounce.Standing `json:"mailings"`
	Letters  bounce.Standing `json:"letters"`
	Mailbox  bounce.Looked   `json:"mailbox"`
}

func standing(ctx context.Context, s bounce.Store, now func() time.Time) (is returned, err error) {
	desk := bounce.NewDesk(bounce.Options{Store: s, Now: now, Log: slog.New(slog.DiscardHandler)})
	if is.Mailings, err = desk.Standing(ctx, false); err != nil {
		return is, fmt.Errorf("reading what came back: %w", err)
	}
	if is.Letters, err = desk.Standing(ctx, true); err != nil {
		return is, fmt.Errorf("reading what came back: %w", err)
	}
	if is.Mailbox, err = desk.Mailbox(ctx); err != nil {
		return is, fmt.Errorf("reading how the mailbox for bounces is: %w", err)
	}
	return is, nil
}

// print prints it in sentences.
func (r returned) print(a *Env) {
	for _, of := range []struct {
		what string
		is   bounce.Standing
	}{{"Mailings", r.Mailings}, {"Confirmations", r.Letters}} {
		if of.is.Sent > 0 {
			console.Sayf(a.Stdout, "%s: of the last %s, %d came back and %d were complained of.\n", of.what, console.Counted(of.is.Sent, "mail"), of.is.Bounced, of.is.Complained)
		}
		if h := of.is.Halted; h != nil {
			console.Sayf(a.Stdout, "They have been stopped since %s: %s. To send again: watch287g readers resume\n", console.Stamp(h.Since), h.Why)
		}
	}
	if m := r.Mailbox; !m.At.IsZero() {
		console.Sayf(a.Stdout, "The mailbox for bounces was looked into at %s; of %s, %d were not understood.\n", console.Stamp(m.At), console.Counted(m.Read, "mail"), m.NotUnderstood)
		if !m.Failing.IsZero() {
			console.Sayf(a.Stdout, "It has been failing since %s; the log of the service says why.\n", console.Stamp(m.Failing))
		}
	}
}

type resumeCmd struct{}

// Run lets mails go on that the breaker stopped. The service tells the operator.
func (resumeCmd) Run(ctx context.Context, a *Env) error {
	return a.With(ctx, true, func(s readers.Store) error {
		desk := bounce.NewDesk(bounce.Options{Store: s, Now: a.Now, Log: slog.New(slog.DiscardHandler)})
		resumed, err := desk.Resume(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("letting mails go on: %w", err)
		case !resumed:
			console.Sayf(a.Stdout, "Nothing is stopped.\n")
		default:
			console.Sayf(a.Stdout, "Mails to readers are sent again, and what came back of those before is not counted anymore.\n")
		}
		return nil
	})
}
