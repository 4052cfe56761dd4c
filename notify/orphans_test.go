package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

// TestOrphans reports what waits for channels that are gone, once each, until they are
// back or nothing waits.
func TestOrphans(t *testing.T) {
	now := time.Date(2026, 3, 2, 15, 4, 0, 0, time.UTC)
	q := newMemoryQueue()
	for i := range 3 {
		q.add(roster.Delivery{Channel: "newsroom", CreatedAt: now.Add(-time.Duration(i) * time.Hour)})
	}
	q.add(roster.Delivery{Channel: "texas", CreatedAt: now})
	q.add(roster.Delivery{Channel: "here", CreatedAt: now})
	operator := []notify.Rule{{Channel: "here"}, {Channel: "boss", Operator: true}}
	plan := func(rules []notify.Rule) (told []string) {
		t.Helper()
		planned, err := notify.NewPlanner(q, rules, nil, notify.AlertThresholds{}).Plan(t.Context(), roster.CycleEvent{At: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range planned.Deliveries {
			if d.Notice.Kind != notify.ChannelGone || d.Channel != "boss" {
				t.Errorf("a notice %s to %s", d.Notice.Kind, d.Channel)
			}
			told = append(told, d.Notice.Text)
		}
		if err := q.Enqueue(t.Context(), nil, planned.Incidents); err != nil {
			t.Fatal(err)
		}
		return told
	}
	if told := plan(operator[:1]); len(told) > 0 {
		t.Errorf("nobody can hear %q", told)
	}
	told := plan(operator)
	want := []string{
		"3 messages wait for the channel newsroom, the oldest since March 2, 2026, 8:04 a.m. ET, but the configuration has no such channel. To send what waits through another one: watch287g deliveries move newsroom CHANNEL. To drop it: watch287g deliveries drop newsroom.",
		"A message waits for the channel texas since March 2, 2026, 10:04 a.m. ET, but the configuration has no such channel. To send what waits through another one: watch287g deliveries move texas CHANNEL. To drop it: watch287g deliveries drop texas.",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told\n%s", strings.Join(told, "\n"))
	}
	if told := plan(operator); len(told) > 0 {
		t.Errorf("told again: %q", told)
	}
	if told := plan(append(operator, notify.Rule{Channel: "newsroom"})); len(told) > 0 {
		t.Errorf("told of one that is back: %q", told)
	}
	if told := plan(operator); len(told) != 1 || !strings.Contains(told[0], "newsroom") {
		t.Errorf("told after it went once more: %q", told)
	}
}

// TestRefusedConfigurationIsToldOnce tells of each reason once, until one is taken.
func TestRefusedConfigurationIsToldOnce(t *testing.T) {
	now := time.Date(2026, 3, 2, 15, 4, 0, 0, time.UTC)
	q, rules := newMemoryQueue(), []notify.Rule{{Channel: "here"}, {Channel: "boss", Operator: true}}
	for _, why := range []string{"line 1 is wrong.", "line 1 is wrong.", "line 2 is wrong.", "", "line 1 is wrong."} {
		if err := notify.TellRefused(t.Context(), q, rules, why, now); err != nil {
			t.Fatal(err)
		}
	}
	if n := q.waits(); n != 3 {
		t.Fatalf("%d notices", n)
	}
	if text := q.get(1).Notice.Text; !strings.Contains(text, "and is refused: line 1 is wrong. The previous one stays in use.") {
		t.Error(text)
	}
}
