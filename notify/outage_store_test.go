package notify_test

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// An outage outlives the process that saw it begin, in a store on disk.
func TestOutageIsKept(t *testing.T) {
	s := bolttest.New(t)
	q := store.Queue{Store: s}
	room, ops := &broken{}, &fakeChannel{}
	room.fail(errRevoked)
	now := time.Date(2025, time.June, 3, 18, 0, 0, 0, time.UTC)
	send := func() {
		t.Helper()
		o := notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "room": room}, Rules: rules([]string{"ops"}, "room"),
			Now: func() time.Time { return now }}
		if err := notify.NewSender(o).RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(15 * time.Minute)
	}
	for i := range 24 * 4 * 4 { // as a poll by cron does, for four days
		if i%40 == 0 {
			d := roster.Delivery{ID: "dlv_" + now.Format("02T15"), Channel: "room", CreatedAt: now, DueAt: now, State: roster.DeliveryWaiting,
				Notice: &roster.Notice{Kind: notify.SourceSilent, At: now, Text: "All is quiet."}}
			if err := s.Enqueue(t.Context(), []roster.Delivery{d}, nil); err != nil {
				t.Fatal(err)
			}
		}
		send()
	}
	room.fail(nil)
	for range 8 {
		send()
	}
	got := ops.notices()
	if len(got) != 4 {
		t.Fatalf("%d notices: %q", len(got), got)
	}
	if want := `channel-failing: Still nothing gets through to the channel room, for 3 days now: slack answers token_revoked: the token is not valid. 7 messages wait, and 1 message was given up after 3 days. Once it is mended, "watch287g deliveries retry room" sends all of them.`; got[2] != want {
		t.Errorf("after three days: %s", got[2])
	}
	if want := `channel-recovered: Messages get through to the channel room again, after 4 days. 7 messages that waited were sent; 3 others were given up after 3 days, and "watch287g deliveries retry room" sends them, too.`; got[3] != want {
		t.Errorf("at the end: %s", got[3])
	}
	incidents, err := s.Incidents(t.Context())
	if err != nil || len(incidents) != 1 {
		t.Errorf("%+v, %v", incidents, err)
	}
	now = now.Add(25 * time.Hour)
	send()
	if incidents, err = s.Incidents(t.Context()); err != nil || len(incidents) != 0 {
		t.Errorf("after a day: %+v, %v", incidents, err)
	}
}
