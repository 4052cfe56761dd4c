package notify

import (
	"context"
	"errors"
	"time"
)

// ReportStopped tells the operator once that mails to readers were stopped, or only the
// letters to those who are not readers yet, since too many came back or were complained
// of (why), and once that they go on ("").
func (s *Sender) ReportStopped(ctx context.Context, letters bool, why string) error {
	key, what := "mailings", "Mails to readers"
	if letters {
		key, what = "letters", "Mails that confirm a sign-up"
	}
	var stopped error
	if why != "" {
		stopped = errors.New(why)
	}
	return s.reportOnce(ctx, trouble{key: key, begins: ReadersStopped, ends: ReadersResumed,
		fails: what + " are stopped: %s. Nothing is lost: they wait. Find out why first, since mail services block who goes on. \"watch287g readers stats\" shows the figures, and \"watch287g readers resume\" sends again.",
		over:  what + " are sent again, after %s. What was due meanwhile goes out now."}, stopped)
}

// ReportMail tells the operator once that the server takes no mail to readers (why), and
// once that it does again (nil).
func (s *Sender) ReportMail(ctx context.Context, why error) error {
	return s.reportOnce(ctx, trouble{key: "mail", begins: MailFailing, ends: MailRecovered,
		fails: "No mail to readers gets through: %s. Nothing is lost: they wait, and it is tried again every 10 minutes at least; see readers.smtp in the configuration.",
		over:  "Mails to readers get through again, after %s. What was due meanwhile goes out now."}, why)
}

// ReportMailbox tells the operator once that the mailbox for bounces cannot be read
// (why), and once that it can again (nil).
func (s *Sender) ReportMailbox(ctx context.Context, why error) error {
	return s.reportOnce(ctx, trouble{key: "mailbox", patience: time.Hour, begins: MailboxFailing, ends: MailboxRecovered,
		fails: "The mailbox for bounces cannot be read, for an hour by now: %s. Mails go on, but who cannot get any is not noticed. It is tried again every 5 minutes; see readers.bounces in the configuration.",
		over:  "The mailbox for bounces is read again, after %s."}, why)
}
