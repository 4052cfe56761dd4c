package mailing_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/roster"
)

// After the state was restored from a backup, all that is found anew is told, also to who
// signed up after the backup, and what waits tells nothing that was lost.
func TestRestoredState(t *testing.T) {
	log := &bytes.Buffer{}
	p := newPost(t, func(o *mailing.Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) })
	found := func(county string) {
		p.lists.add(p.clock.now(), change(roster.KindNew, agreement("TX", county, roster.TFM)))
	}
	found("Bexar")
	p.run(t)
	p.reads(t, "early", notify.Instant, "state:TX")
	p.reads(t, "daily", notify.Daily, "state:TX")
	found("Harris")
	found("Travis")
	p.run(t)
	p.reads(t, "late", notify.Instant, "state:TX")
	p.reads(t, "weekly", notify.Weekly, "state:TX")
	p.clock.set(july3.AddDate(0, 0, 1))
	p.desk.halted = true
	p.run(t) // plans the digest of the day, which waits
	p.sink.forget()
	p.desk.halted = false
	p.lists.changes = p.lists.changes[:1] // the backup
	p.restart(t)
	if err := p.mailer.SetBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	found("Dallas")
	found("Harris")
	p.clock.set(july3.AddDate(0, 0, 1).Add(time.Hour))
	p.run(t)
	told := func() (told []string) {
		for _, m := range p.sink.all(t) {
			for _, county := range []string{"Bexar", "Dallas", "Harris", "Travis"} {
				if strings.Contains(m.text, county+" County Sheriff's Office:") {
					told = append(told, strings.TrimSuffix(m.to, "@example.net")+" "+county)
				}
			}
		}
		slices.Sort(told)
		return told
	}
	if diff := cmp.Diff([]string{"early Dallas", "early Harris", "late Dallas", "late Harris"}, told()); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
	p.sink.forget()
	p.clock.set(july3.AddDate(0, 0, 8))
	p.run(t)
	if diff := cmp.Diff([]string{"daily Dallas", "daily Harris", "weekly Dallas", "weekly Harris"}, told()); diff != "" {
		t.Errorf("digests (-want +got):\n%s", diff)
	}
	if n := strings.Count(log.String(), "fewer changes than were told"); n != 1 {
		t.Errorf("it is said %d times: %s", n, log)
	}
}
