package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/roster"
)

// OperatorAlert is news about channels for the operator.
type OperatorAlert struct {
	Kind    string // ChannelFailing, ChannelRecovered, RecipientRefused or DeliveryDied
	Channel string // the first one that it is about
	Text    string // a sentence or two that say what to do next
}

// result is a delivery after a try that ended with err. What that says about the
// channel is noted first, so that the operator hears of it whatever happens next.
func (s *Sender) result(dl deadlines, d roster.Delivery, err error, quiet bool) roster.Delivery {
	now, before := s.now(), d
	if err == nil && quiet {
		return applyResult(d, nil, outage.Channel{}, now, nil)
	}
	s.notes.Lock() // a report changes the same
	defer s.notes.Unlock()
	incidents, unknown := s.o.Queue.Incidents(dl.saving)
	c := outage.Of(incidents, d.Channel)
	if f := asFailure(err); f.Permanent && len(f.Left) == 0 && c.RefusesAll() {
		err = &Failure{Err: err, Permanent: true, Channel: true}
	}
	c.Tried(now)
	d = applyResult(d, err, c, now, s.o.Pause)
	f := asFailure(err)
	c.Judge(before, d, outage.Result{Permanent: f.Permanent, Whole: f.Channel, Others: len(f.Left) > 0, RetryAfter: f.RetryAfter}, now)
	changed := append(c.Incidents(), c.TryOthers(incidents, now)...)
	if unknown == nil && len(changed) > 0 {
		unknown = s.o.Queue.Enqueue(dl.saving, nil, changed)
		s.Wake() // there may be something to report
	}
	if unknown != nil {
		s.o.Log.Error("cannot note what is wrong with a channel", "channel", d.Channel, "error", reason(unknown))
	}
	return d
}

// makeReport says what there is to report now, and when there will be more.
func (s *Sender) makeReport(ctx context.Context, incidents []roster.Incident) (outage.Report, error) {
	at, now := s.setup.Load(), s.now()
	is := func(d roster.Delivery) bool { return !d.DueAt.After(now) && len(d.Left) == 0 }
	count := func(channel string) (n int, err error) {
		pending, err := s.o.Queue.Pending(ctx, channel)
		for _, d := range pending {
			if is(d) {
				n++
			}
		}
		return n, err
	}
	some := func(channel string) (bool, error) {
		if first, err := s.o.Queue.NextPending(ctx, channel); err != nil || len(first) == 0 || is(first[0]) {
			return len(first) > 0, err
		}
		n, err := count(channel)
		return n > 0, err
	}
	o := outage.Options{Now: now, Channels: slices.Collect(maps.Keys(at.workers)), Failing: s.o.Failing, Gathering: gathering, Waiting: count, Waits: some}
	for _, r := range at.rules {
		o.Channels = append(o.Channels, r.Channel)
	}
	if s.once {
		o.Gathering = 0
	}
	r, err := outage.Make(incidents, o)
	if err != nil {
		return r, fmt.Errorf("reading what is pending for a channel that fails: %w", err)
	}
	return r, nil
}

// report tells the operator what is wrong with channels.
func (s *Sender) report(dl deadlines) {
	err := func() error {
		s.notes.Lock()
		defer s.notes.Unlock()
		incidents, err := s.o.Queue.Incidents(dl.saving)
		if err != nil {
			return err
		}
		r, err := s.makeReport(dl.saving, incidents)
		if err != nil || len(r.Incidents) == 0 {
			return err
		}
		return s.o.Queue.Enqueue(dl.saving, s.tell(r, s.now()), r.Incidents)
	}()
	s.Wake() // it may have written to the operator
	s.unwritten.Store(err != nil)
	if err == nil {
		return
	}
	s.o.Log.Error("could not report what is wrong with channels; it is tried again", "error", reason(err))
	select {
	case <-time.After(reportPause):
	case <-dl.sending.Done():
	}
}

// tell makes the deliveries that carry a report to the operators' channels. None of
// them is told about itself: the news would only wait there.
func (s *Sender) tell(r outage.Report, now time.Time) []roster.Delivery {
	var planned []roster.Delivery
	for _, news := range []struct {
		kind  string
		items []outage.Item
		text  func([]outage.Item) string
	}{
		{ChannelFailing, r.Began, outage.TextBegan},
		{ChannelFailing, r.Lasting, func(all []outage.Item) string { return outage.TextLasting(all, now) }},
		{ChannelRecovered, r.Ended, outage.TextEnded},
		{DeliveryDied, r.Dead, outage.TextDead},
		{RecipientRefused, r.Refused, outage.TextRefused},
	} {
		if len(news.items) == 0 {
			continue
		}
		first := news.items[0]
		s.logNews(news.kind, news.items)
		if s.o.OnAlert != nil && news.kind != DeliveryDied { // which was called for that one already
			s.o.OnAlert(OperatorAlert{Kind: news.kind, Channel: first.Channel, Text: news.text(news.items)})
		}
		for _, rule := range s.setup.Load().rules {
			items := outage.Without(news.items, rule.Channel)
			if !rule.Operator || len(items) == 0 {
				continue
			}
			// A machine that reports what another one has reported makes the same id,
			// of which the store takes one.
			of := fmt.Sprint("report", news.kind, first.Channel, first.Down.UnixNano(), first.Told, first.DeadToldAt.UnixNano(), now.Truncate(time.Hour).UnixNano())
			planned = append(planned, roster.Delivery{ID: deliveryID(rule.Channel, of), Channel: rule.Channel,
				Notice: &roster.Notice{Kind: news.kind, At: now, Text: news.text(items)}, CreatedAt: now, DueAt: now, State: roster.DeliveryWaiting})
		}
	}
	return planned
}

// logNews logs what a report tells. Where that is an operator's own channel, or no other
// is there to hear of it, the log and the metrics are all that says so.
func (s *Sender) logNews(kind string, items []outage.Item) {
	for _, i := range items {
		log := s.o.Log.Warn
		told := slices.ContainsFunc(s.setup.Load().rules, func(r Rule) bool { return r.Operator && r.Channel != i.Channel })
		operators := slices.ContainsFunc(s.setup.Load().rules, func(r Rule) bool { return r.Operator && r.Channel == i.Channel })
		if kind == ChannelRecovered {
			log = s.o.Log.Info
		} else if operators || !told {
			log = s.o.Log.Error
		}
		log("trouble with a channel", "about", kind, "channel", i.Channel, "operators", operators, "told", told,
			"waiting", i.Waiting, "given_up", i.GivenUp+i.Dead, "error", cmp.Or(i.DeadError, i.Error))
	}
}

// Announce sends a notice to the operators' channels past the queue, for when that cannot
// be written. sent names those that have it, and is added to: calling it again with the
// same goes on with the others, under the same id.
func (s *Sender) Announce(ctx context.Context, n roster.Notice, sent map[string]bool) error {
	var failed error
	at, gone := s.setup.Load(), make(chan struct{})
	close(gone) // nobody keeps the receipts
	for _, d := range noticeDeliveries(at.rules, []roster.Notice{n}, n.At) {
		w := at.workers[d.Channel]
		if w == nil || sent[d.Channel] {
			continue
		}
		err := s.announce(ctx, w, d, gone)
		if sent[d.Channel] = err == nil; err != nil {
			failed = errors.Join(failed, fmt.Errorf("telling the operator through %s: %w", d.Channel, err))
		}
	}
	return failed
}

// announce sends a notice past the queue. A Send that does not return when its time is
// over is abandoned, and has the channel to itself until it does, as with any try.
func (s *Sender) announce(ctx context.Context, w *worker, d roster.Delivery, gone <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	select {
	case w.sending <- struct{}{}: // one Send at a time
	case <-ctx.Done():
		return context.DeadlineExceeded
	}
	result := make(chan error, 1)
	go func() {
		err := s.send(ctx, w, d, nil, nil, gone)
		<-w.sending
		result <- err
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-result:
		return err
	case <-time.After(overtime):
		return fmt.Errorf("the try did not end within %s", s.o.Timeout)
	}
}
