package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/roster"
)

// ReportStopped tells the operator once that mails to readers were stopped, or only the
// letters to those who are not readers yet, since too many came back or were complained
// of (why), and once that they go on ("").
func (s *Sender) ReportStopped(ctx context.Context, letters bool, why string) error {
	key, what := "mailings", "Mails to readers"
	if letters {
		key, what = "letters", "Mails that confirm a sign-up"
	}
	return s.reportOnce(ctx, key, why != "", func(since time.Time) roster.Notice {
		if why == "" {
			return roster.Notice{Kind: ReadersResumed, Text: fmt.Sprintf("%s are sent again, after %s. What was due meanwhile goes out now.", what, outage.Roughly(s.now().Sub(since)))}
		}
		return roster.Notice{Kind: ReadersStopped, Text: fmt.Sprintf("%s are stopped: %s. Nothing is lost: they wait. Find out why first, since mail services block who goes on. \"watch287g readers stats\" shows the figures, and \"watch287g readers resume\" sends again.",
			what, why)}
	})
}

// ReportMail tells the operator once that the server takes no mail to readers (why), and
// once that it does again (nil).
func (s *Sender) ReportMail(ctx context.Context, why error) error {
	return s.reportOnce(ctx, "mail", why != nil, func(since time.Time) roster.Notice {
		if why == nil {
			return roster.Notice{Kind: MailRecovered, Text: fmt.Sprintf("Mails to readers get through again, after %s. What was due meanwhile goes out now.", outage.Roughly(s.now().Sub(since)))}
		}
		return roster.Notice{Kind: MailFailing, Text: fmt.Sprintf("No mail to readers gets through: %s. Nothing is lost: they wait, and it is tried again every 10 minutes at least; see readers.smtp in the configuration.",
			outage.Clause(roster.Clean(why.Error())))}
	})
}

// ReportMailbox tells the operator once that the mailbox for bounces cannot be read
// (why), and once that it can again (nil).
func (s *Sender) ReportMailbox(ctx context.Context, why error) error {
	return s.reportOnce(ctx, "mailbox", why != nil, func(since time.Time) roster.Notice {
		if why == nil {
			return roster.Notice{Kind: MailboxRecovered, Text: fmt.Sprintf("The mailbox for bounces is read again, after %s.", outage.Roughly(s.now().Sub(since)))}
		}
		return roster.Notice{Kind: MailboxFailing, Text: fmt.Sprintf("The mailbox for bounces cannot be read, for an hour by now: %s. Mails go on, but who cannot get any is not noticed. It is tried again every 5 minutes; see readers.bounces in the configuration.",
			outage.Clause(roster.Clean(why.Error())))}
	})
}
