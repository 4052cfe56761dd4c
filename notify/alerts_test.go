package notify_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
)

func TestSenderReportsAFailingChannelOnce(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, alerts := newMemoryQueue(), &alertLog{}
		q.addTo(3, "a")
		start := time.Now()
		back := start.Add(30 * time.Hour)
		p := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
			if time.Now().Before(back) {
				return errBusy
			}
			return nil
		}}
		o := notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p}), OnAlert: alerts.add}
		first := run(t, o)
		after(time.Hour - time.Second)
		if alerts.kinds() != "" {
			t.Errorf("alerted too early: %s", alerts.kinds())
		}
		after(9 * time.Hour)
		if err := first.stop(); err != nil {
			t.Fatal(err)
		}
		second := run(t, o)
		after(10 * time.Hour)
		if alerts.kinds() != "channel-failing a" || alerts.at[0].Sub(start) != time.Hour {
			t.Errorf("alerts: %s at %v", alerts.kinds(), alerts.at)
		}
		const want = "For 60 minutes nothing got through to the channel a. The last try: 500 Internal Server Error. Its messages wait and are tried again. To try the channel now: watch287g notify test a."
		if alerts.all[0].Text != want {
			t.Errorf("alerts: %s", alerts.all[0].Text)
		}
		if err := second.stop(); err != nil {
			t.Fatal(err)
		}
		third := run(t, o)
		after(20 * time.Hour)
		if err := third.stop(); err != nil {
			t.Fatal(err)
		}
		q.addTo(1, "a")
		run(t, o)
		synctest.Wait()
		if alerts.kinds() != "channel-failing a, channel-recovered a" || q.waits() != 0 {
			t.Errorf("alerts: %s", alerts.kinds())
		}
		if i := alerts.all[1].Incidents; len(i) != 1 || !i[0].Ended || i[0].Key != "channel-a" || !i[0].Since.Equal(start) || len(q.incidents) > 0 {
			t.Errorf("incidents: %+v, and open: %+v", i, q.incidents)
		}
	})
}
