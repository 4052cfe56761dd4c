package mailing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

// Each reader gets one mail with what concerns them, whatever overlaps, and once.
func TestWhoGetsWhat(t *testing.T) {
	p := newPost(t)
	p.run(t)
	p.reads(t, "harris", notify.Instant, "county:48201")
	p.reads(t, "both", notify.Instant, "county:48201", "state:TX", "agency:TX-harris-county-sheriffs-office")
	p.reads(t, "bexar", notify.Instant, "county:48029")
	p.reads(t, "nation", notify.Instant, "nation")
	p.reads(t, "florida", notify.Instant, "state:FL")
	p.reads(t, "houston", notify.Instant, "town:TX-Houston")
	p.readsAs(t, "removals", readers.Wish{Language: "en", Cadence: notify.Instant, Follows: followed(t, "nation"), Kinds: []roster.Kind{roster.KindRemoved}})
	p.readsAs(t, "jails", readers.Wish{Language: "en", Cadence: notify.Instant, Follows: followed(t, "nation"), Models: []roster.Model{roster.JEM}})
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.run(t)
	p.run(t)
	want := []string{"both@example.net", "harris@example.net", "houston@example.net", "nation@example.net"}
	if diff := cmp.Diff(want, p.sink.recipients()); diff != "" {
		t.Errorf("who got mail (-want +got):\n%s", diff)
	}
	p.sink.forget()
	hundred := change(roster.KindMilestone, agreement("TX", "Harris", roster.TFM))
	hundred.Milestone, hundred.Text = &roster.Milestone{Name: roster.Hundred, Count: 700}, "ICE lists 700 active agreements."
	p.lists.add(july3.Add(time.Hour), hundred)
	p.run(t)
	if diff := cmp.Diff([]string{"nation@example.net"}, p.sink.recipients()); diff != "" {
		t.Errorf("who heard of the 700th (-want +got):\n%s", diff)
	}
}

// Digests come at their hour, with all since the last one.
func TestDigests(t *testing.T) {
	p := newPost(t)
	p.run(t)
	p.reads(t, "daily", notify.Daily, "state:TX")
	p.reads(t, "weekly", notify.Weekly, "state:TX")
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.run(t)
	if got := p.sink.recipients(); len(got) > 0 {
		t.Fatalf("%v got mail before the hour", got)
	}
	friday := time.Date(2025, 7, 4, 12, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{friday.Add(-time.Second), friday, friday.Add(time.Hour), friday.AddDate(0, 0, 1)} {
		p.clock.set(at)
		p.run(t)
		if want := map[bool]int{true: 0, false: 1}[at.Before(friday)]; len(p.sink.recipients()) != want {
			t.Errorf("at %s there are %d mails, not %d", at, len(p.sink.recipients()), want)
		}
	}
	p.lists.add(p.clock.now(), change(roster.KindNew, agreement("TX", "Bexar", roster.WSO)))
	p.clock.set(friday.AddDate(0, 0, 3)) // a Monday
	p.restart(t)
	p.run(t)
	mails := p.sink.all(t)
	if len(mails) != 3 || !strings.Contains(mails[2].text, "Harris") || !strings.Contains(mails[2].text, "Bexar") || strings.Contains(mails[1].text, "Harris") {
		t.Errorf("%d mails: %v", len(mails), p.sink.recipients())
	}
}

// Whoever changes how often mail comes misses nothing and gets nothing twice.
func TestCadenceChanges(t *testing.T) {
	p := newPost(t)
	p.run(t)
	r := p.reads(t, "reader", notify.Daily, "state:TX")
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.run(t)
	p.update(t, r.ID, func(r *readers.Reader) { r.SetCadence(notify.Instant) })
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Bexar", roster.TFM)))
	p.run(t)
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Travis", roster.TFM)))
	p.run(t)
	p.update(t, r.ID, func(r *readers.Reader) { r.SetCadence(notify.Weekly) })
	p.run(t)
	p.clock.set(july3.AddDate(0, 0, 8))
	p.run(t)
	var told []string
	for _, m := range p.sink.all(t) {
		for _, name := range []string{"Harris", "Bexar", "Travis"} {
			if strings.Contains(m.text, name+" County Sheriff's Office:") {
				told = append(told, name)
			}
		}
	}
	slices.Sort(told)
	if diff := cmp.Diff([]string{"Bexar", "Harris", "Travis"}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Who left, paused, was erased or suppressed, or follows something else, between planning
// and sending gets nothing; nor is anybody told what was found before they confirmed.
func TestReadAgainBeforeSending(t *testing.T) {
	p := newPost(t)
	p.run(t)
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Bexar", roster.TFM)))
	all := map[string]readers.ID{}
	for _, name := range []string{"left", "paused", "erased", "suppressed", "elsewhere", "stays"} {
		all[name] = p.reads(t, name, notify.Instant, "state:TX").ID
	}
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.desk.halted = true
	p.run(t)
	p.update(t, all["left"], func(r *readers.Reader) { r.Leave(july3) })
	p.update(t, all["paused"], func(r *readers.Reader) { r.Pause(time.Time{}, july3) })
	p.update(t, all["elsewhere"], func(r *readers.Reader) { r.Follows = followed(t, "state:FL") })
	if err := p.store.Erase(t.Context(), all["erased"]); err != nil {
		t.Fatal(err)
	}
	if err := p.store.Suppress(t.Context(), "suppressed@example.net", readers.Suppression{Reason: readers.ReasonHard, At: july3}); err != nil {
		t.Fatal(err)
	}
	p.desk.halted = false
	p.clock.set(july3.Add(2 * time.Minute))
	p.restart(t)
	p.run(t)
	var mails []received
	for _, m := range p.sink.all(t) {
		if !strings.Contains(m.subject(t), "no more mails") {
			mails = append(mails, m)
		}
	}
	if len(mails) != 1 || mails[0].to != "stays@example.net" || strings.Contains(mails[0].text, "Bexar") {
		t.Errorf("%v got mail", p.sink.recipients())
	}
}

// A correction is in the thread of the mail that told what it corrects, although that mail
// told more.
func TestCorrectionsAnswer(t *testing.T) {
	p := newPost(t)
	p.reads(t, "nation", notify.Instant, "nation")
	p.run(t)
	wrong := agreement("TX", "Harris", roster.TFM)
	p.lists.add(july3, change(roster.KindNew, agreement("FL", "Bay", roster.TFM)), change(roster.KindRemoved, wrong))
	p.run(t)
	back := change(roster.KindRestored, wrong)
	back.Corrects = "chg_000002"
	p.lists.add(july3.Add(time.Hour), change(roster.KindNew, agreement("GA", "Cobb", roster.TFM)), back)
	p.run(t)
	mails := p.sink.all(t)
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	first, second := mails[0].header.Get("References"), mails[1].header.Get("References")
	answers := mails[1].header.Get("In-Reply-To")
	if answers == "" || !strings.Contains(first, answers) || !strings.Contains(second, answers) || mails[0].header.Get("In-Reply-To") != "" {
		t.Errorf("a correction answers %q, of a thread %q, and what it corrects was in %q", answers, second, first)
	}
}

// A rebuild alters a change between the mail that tells it at once and the digest that tells
// it: the digest says what is so. The correction stands in the thread of the first mail.
func TestRebuiltChangesAreReadAgain(t *testing.T) {
	p := newPost(t)
	p.reads(t, "instant", notify.Instant, "state:TX")
	p.reads(t, "daily", notify.Daily, "state:TX")
	p.run(t)
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.run(t)
	p.lists.changes[0].Agreement = agreement("TX", "Bexar", roster.TFM)
	mended := change(roster.KindCorrection, p.lists.changes[0].Agreement)
	mended.Correction = &roster.Correction{Event: roster.CorrectionAltered, Kinds: []roster.Kind{roster.KindNew}, Why: []roster.CorrectionReason{roster.ReasonRules}, Place: 1,
		Was: &roster.Report{ID: p.lists.changes[0].ID, Kind: roster.KindNew, At: july3}, Now: &roster.Report{ID: p.lists.changes[0].ID, Kind: roster.KindNew, At: july3}}
	p.lists.add(july3.Add(time.Hour), mended)
	p.run(t)
	p.clock.set(july3.AddDate(0, 0, 1))
	p.run(t)
	told := map[string][]received{}
	for _, m := range p.sink.all(t) {
		told[m.to] = append(told[m.to], m)
	}
	instant, daily := told["instant@example.net"], told["daily@example.net"]
	if len(instant) != 2 || len(daily) != 1 {
		t.Fatalf("%v got mail", p.sink.recipients())
	}
	if answers := instant[1].header.Get("In-Reply-To"); answers == "" || !strings.Contains(instant[0].header.Get("References"), answers) {
		t.Errorf("the correction answers %q, and what it corrects is in %q", answers, instant[0].header.Get("References"))
	}
	if strings.Contains(daily[0].text, "Harris") || !strings.Contains(daily[0].text, "Bexar") {
		t.Errorf("the digest says what was altered:\n%s", daily[0].text)
	}
}
