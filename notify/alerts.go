package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/roster"
)

// OperatorAlert is news about a channel for the operator.
type OperatorAlert struct {
	Kind    string // ChannelFailing, ChannelRecovered or DeliveryDied
	Channel string
	Text    string // a sentence or two that say what to do next
	// Incidents are stored with the alert, so that it is sent only once also where
	// the service is restarted.
	Incidents []roster.Incident
}

// incidentPrefix begins the keys of the incidents of channels.
const incidentPrefix = "channel-"

// clause is an error's text without the period that the sentence around it has.
func clause(text string) string { return strings.TrimRight(text, ". ") }

// failing reads which channels were reported as failing, and since when they do.
func (s *Sender) failing(ctx context.Context) (map[string]time.Time, error) {
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading which channels fail: %w", err)
	}
	since := map[string]time.Time{}
	for _, i := range incidents {
		if name, ok := strings.CutPrefix(i.Key, incidentPrefix); ok && i.Reported && !i.Ended {
			since[name] = i.Since
		}
	}
	return since, nil
}

// alertFailing reports, once, that a channel keeps failing.
func (s *Sender) alertFailing(dl deadlines, w *worker, d roster.Delivery) {
	s.alert(dl, OperatorAlert{Kind: ChannelFailing, Channel: w.name,
		Text: fmt.Sprintf("For %s nothing got through to the channel %s. The last try: %s. Its messages wait and are tried again. To try the channel now: watch287g notify test %s.",
			roughly(s.now().Sub(d.TriedAt)), w.name, clause(d.LastError), w.name),
		Incidents: []roster.Incident{{Key: incidentPrefix + w.name, Since: d.TriedAt, Reported: true}}})
}

// alertRecovered reports that a channel works again, if it was reported as failing.
func (s *Sender) alertRecovered(dl deadlines, w *worker, since time.Time) {
	if since.IsZero() {
		return
	}
	s.alert(dl, OperatorAlert{Kind: ChannelRecovered, Channel: w.name,
		Text: fmt.Sprintf("Messages get through to the channel %s again, after %s. Those that waited follow in order.",
			w.name, roughly(s.now().Sub(since))),
		Incidents: []roster.Incident{{Key: incidentPrefix + w.name, Since: since, Reported: true, Ended: true}}})
}

// alertDead reports that a delivery was given up.
func (s *Sender) alertDead(dl deadlines, d roster.Delivery) {
	tries := "the first try"
	if d.Attempts > 1 {
		tries = fmt.Sprintf("%d tries", d.Attempts)
	}
	s.alert(dl, OperatorAlert{Kind: DeliveryDied, Channel: d.Channel,
		Text: fmt.Sprintf("A message to the channel %s was given up after %s: %s. Later ones are sent all the same. To send it again: watch287g deliveries retry %s.",
			d.Channel, tries, clause(d.LastError), d.ID)})
}

// alert sends an alert to the operators' channels, but not to the channel that it is
// about, where the news would only wait.
func (s *Sender) alert(dl deadlines, a OperatorAlert) {
	if s.o.OnAlert != nil {
		s.o.OnAlert(a)
	}
	others := slices.DeleteFunc(slices.Clone(s.setup.Load().rules), func(r Rule) bool { return r.Channel == a.Channel })
	now := s.now()
	deliveries := noticeDeliveries(others, []roster.Notice{{Kind: a.Kind, At: now, Text: a.Text}}, now)
	enqueue := func() (struct{}, error) {
		return struct{}{}, s.o.Queue.Enqueue(dl.saving, deliveries, a.Incidents)
	}
	// It is tried for a while: it would be due again at once, as nothing says that it
	// was reported.
	if _, err := backoff.Retry(dl.saving, enqueue, backoff.WithBackOff(storePauses()), backoff.WithMaxElapsedTime(time.Minute)); err != nil {
		s.o.Log.Error("could not alert the operator", "about", a.Kind, "channel", a.Channel, "error", err.Error())
		return
	}
	s.Wake()
}
