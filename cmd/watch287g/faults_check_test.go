package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

// faultCheck compares what arrived with what was committed.
type faultCheck struct {
	t    *testing.T
	p    *tellingProgram
	ends *faultEnds

	deliveries map[string]roster.Delivery
	changes    []roster.Change
	doubles    map[string]int
}

func (c faultCheck) all(rows int) {
	s, err := bolt.Open(filepath.Join(c.p.dir, "data", "watch287g.db"), bolt.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	ctx := c.t.Context()
	all, err := s.Deliveries(ctx, store.DeliveryQuery{})
	if err != nil {
		c.t.Fatal(err)
	}
	if c.changes, err = s.Changes(ctx, store.ChangeQuery{}); err != nil {
		c.t.Fatal(err)
	}
	known, err := s.Known(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	if n := roster.FiguresOf(known.Records).Active; n != rows {
		c.t.Errorf("%d agreements are active, and ICE lists %d", n, rows)
	}
	c.deliveries, c.doubles = map[string]roster.Delivery{}, map[string]int{}
	for _, d := range all {
		c.deliveries[d.ID] = d
		// A recipient whom the mail server refuses is a dead letter of its own.
		refused := d.Channel == "members" && d.State == roster.DeliveryDead && len(d.Left) == 1 && d.Left[0].Part == refusedRecipient && d.Left[0].Refused
		if d.State != roster.DeliverySent && !refused {
			c.t.Errorf("%s to %s is %s: %s", d.ID, d.Channel, d.State, d.LastError)
		}
	}
	c.committedWhatIsWanted(all)

	c.ends.mu.Lock()
	defer c.ends.mu.Unlock()
	received := 0
	for to, receipts := range c.ends.got {
		channel := to
		if strings.Contains(to, "@") {
			channel = "members"
		}
		received += len(receipts)
		c.arrivedInOrder(to, channel, receipts)
	}
	c.nothingIsLost(all)
	c.t.Logf("%d changes, %d deliveries, %d tries to send; faults: %v; doubles: %v", len(c.changes), len(all), received, c.ends.faults, c.doubles)
}

// committedWhatIsWanted makes sure that each channel has each change that it wants
// once, and no other.
func (c faultCheck) committedWhatIsWanted(all []roster.Delivery) {
	conf, err := config.Load(c.p.config(), os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, ch := range conf.Channels {
		rule := ruleOf(ch)
		var want, got []uint64
		for _, change := range c.changes {
			if rule.Wants(change, nil) {
				want = append(want, change.Seq)
			}
		}
		for _, d := range all {
			if d.Channel == ch.Name {
				got = append(got, d.Changes...)
				if rule.Operator && d.Notice == nil {
					c.t.Errorf("%s carries no notice", d.ID)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			c.t.Errorf("%s (-wanted +committed):\n%s", ch.Name, diff)
		}
		if len(got) == 0 && !rule.Operator {
			c.t.Errorf("%s has had nothing, so that it proves nothing", ch.Name)
		}
	}
}

// arrivedInOrder looks at all that came to one place, by the lives that sent it:
// a killed program's last message can be read after its successor's first.
func (c faultCheck) arrivedInOrder(to, channel string, receipts []*faultReceipt) {
	receipts = slices.Clone(receipts)
	slices.SortStableFunc(receipts, func(a, b *faultReceipt) int { return a.life - b.life })
	taken := map[string]*faultReceipt{}
	bodies := map[string]string{}
	last := uint64(0)
	for _, r := range receipts {
		d, known := c.deliveries[r.id]
		if !known || d.Channel != channel {
			c.t.Errorf("%s got %s, which is not committed for it", to, r.id)
			continue
		}
		if d.Seq < last {
			c.t.Errorf("%s got %s, number %d, after number %d", to, r.id, d.Seq, last)
		}
		last = d.Seq
		if body, again := bodies[r.id]; again && r.body != "" && body != r.body {
			c.t.Errorf("%s got %s with two bodies: %s", to, r.id, cmp.Diff(body, r.body))
		}
		if r.body != "" { // else it broke off
			bodies[r.id] = r.body
		}
		if channel != "members" {
			c.carries(d, r.body)
		}
		if before, again := taken[r.id]; again {
			c.double(to, before, r)
		}
		if r.mood != refuses {
			taken[r.id] = r
		}
	}
}

// double asks why a message that was taken came again.
func (c faultCheck) double(to string, before, again *faultReceipt) {
	why := ""
	switch {
	case before.mood == loses:
		why = "answer lost"
	case again.life > before.life:
		why = "killed"
	default:
		c.t.Errorf("%s got %s twice in life %d, though it had answered", to, again.id, again.life)
	}
	if again.mood != refuses {
		c.doubles[why]++
	}
}

// carries makes sure that a body holds the delivery's changes, and no others.
func (c faultCheck) carries(d roster.Delivery, body string) {
	var sent struct {
		DeliveryID string          `json:"delivery_id"`
		Changes    []roster.Change `json:"changes"`
		Notice     *roster.Notice  `json:"notice"`
	}
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		c.t.Errorf("%s: %v", d.ID, err)
	}
	var want []roster.Change
	for _, seq := range d.Changes {
		want = append(want, c.changes[seq-1])
	}
	if diff := cmp.Diff(want, sent.Changes); diff != "" || sent.DeliveryID != d.ID {
		c.t.Errorf("%s is sent as %s (-committed +sent):\n%s", d.ID, sent.DeliveryID, diff)
	}
	if diff := cmp.Diff(d.Notice, sent.Notice); diff != "" {
		c.t.Errorf("%s (-committed +sent):\n%s", d.ID, diff)
	}
}

// nothingIsLost makes sure that each delivery was taken, by each recipient.
func (c faultCheck) nothingIsLost(all []roster.Delivery) {
	taken := map[string]bool{}
	for to, receipts := range c.ends.got {
		for _, r := range receipts {
			taken[to+" "+r.id] = taken[to+" "+r.id] || r.mood != refuses
		}
	}
	for _, d := range all {
		to := []string{d.Channel}
		if d.Channel == "members" {
			to = []string{"one@example.net", "two@example.net"}
			if d.State == roster.DeliverySent {
				c.t.Errorf("%s is sent, although a recipient was refused", d.ID)
			}
		}
		for _, to := range to {
			if !taken[to+" "+d.ID] {
				c.t.Errorf("%s never reached %s", d.ID, to)
			}
		}
	}
	if len(c.ends.got[refusedRecipient]) > 0 {
		c.t.Errorf("%s got mail", refusedRecipient)
	}
}
