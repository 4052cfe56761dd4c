package notify_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
)

// TestReturnsAreReportedOnce has each report come from a sender of its own, as after a
// restart.
func TestReturnsAreReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemoryQueue()
		report := func(do func(*notify.Sender) error) {
			t.Helper()
			if err := do(notify.NewSender(notify.SenderOptions{Queue: q, Rules: []notify.Rule{{Channel: "ops", Operator: true}, {Channel: "news"}}})); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		for _, why := range []string{"", "of the last 120 mails, 7 came back", "of the last 120 mails, 7 came back", "", ""} {
			report(func(s *notify.Sender) error { return s.ReportStopped(t.Context(), false, why) })
		}
		report(func(s *notify.Sender) error { return s.ReportStopped(t.Context(), true, "too many came back") })
		for _, why := range []error{nil, errors.New("the mail server cannot be reached"), errors.New("it hung up"), nil} {
			report(func(s *notify.Sender) error { return s.ReportMailbox(t.Context(), why) })
		}
		want := []string{
			"readers-stopped: Mails to readers are stopped: of the last 120 mails, 7 came back. Nothing is lost",
			"readers-resumed: Mails to readers are sent again, after 2 hours.",
			"readers-stopped: Mails that confirm a sign-up are stopped: too many came back.",
			"mailbox-failing: The mailbox for bounces cannot be read, for an hour by now: the mail server cannot be reached.",
			"mailbox-recovered: The mailbox for bounces is read again, after 3 hours.",
		}
		if len(q.all) != len(want) {
			t.Fatalf("%d messages, want %d", len(q.all), len(want))
		}
		for i, w := range want {
			if d := q.all[i]; d.Channel != "ops" || d.Notice == nil || !strings.HasPrefix(d.Notice.Kind+": "+d.Notice.Text, w) {
				t.Errorf("message %d is %+v, want %s", i, d.Notice, w)
			}
		}
	})
}
