package notify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

// detected is a change that was found so long after 3:30 p.m. in Washington.
func (q *memoryQueue) detected(after time.Duration, kind roster.Kind) roster.Change {
	seq := uint64(len(q.changes) + 1)
	c := roster.Change{ID: fmt.Sprint("chg_", seq), Seq: seq, Kind: kind, DetectedAt: time.Date(2025, 7, 3, 19, 30, 0, 0, time.UTC).Add(after),
		Agreement: roster.Agreement{ID: "TX-example#TFM", State: "TX", Agency: "Example Police Department", Model: roster.TFM}}
	q.changes[seq] = c
	return c
}

func dailyAt(hour int) notify.Schedule {
	return notify.Schedule{Every: notify.Daily, Hour: hour, Zone: roster.Washington()}
}

// A preview shows what the sender sends of what the planner plans: the same
// messages, due at the same times.
func TestPreviewIsWhatIsSent(t *testing.T) {
	for name, schedule := range map[string]notify.Schedule{"instant": {}, "hourly": {Every: notify.Hourly}, "daily": dailyAt(16)} {
		senderTest(t, func(t *testing.T) {
			q := newMemoryQueue()
			rule := notify.Rule{Channel: "a", Schedule: schedule}
			var commits [][]roster.Change
			for _, after := range []time.Duration{0, 10 * time.Minute, 29*time.Minute - time.Nanosecond, 29 * time.Minute, 30 * time.Minute, 3 * time.Hour, 25 * time.Hour} {
				commits = append(commits, []roster.Change{q.detected(after, roster.KindNew), q.detected(after, roster.KindDetail), q.detected(after, roster.KindRemoved)})
			}
			previewed, err := notify.Preview(t.Context(), q, rule, nil, nil, slices.Concat(commits...))
			if err != nil {
				t.Fatal(err)
			}
			if len(q.read) > 0 {
				t.Errorf("the preview asks what waits for %s", q.read)
			}

			planner, a := notify.NewPlanner(q, []notify.Rule{rule}, nil, notify.AlertThresholds{}), &fakeChannel{}
			for _, changes := range commits {
				planned, err := planner.Plan(t.Context(), roster.CycleEvent{At: changes[0].DetectedAt, Changes: changes})
				if err != nil || len(planned.Incidents) > 0 {
					t.Fatal(planned, err)
				}
				for _, d := range planned.Deliveries {
					if d.Seq > 0 {
						q.set(d)
						continue
					}
					q.add(d)
				}
			}
			time.Sleep(time.Until(q.get(uint64(len(q.all))).DueAt)) // the fake clock begins long before
			run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": a}), Rules: []notify.Rule{rule}})
			after(0)
			type sent struct {
				Due     time.Time
				Changes []roster.Change
			}
			of := func(messages []notify.Message) (all []sent) {
				for _, m := range messages {
					all = append(all, sent{m.Delivery.DueAt.UTC(), m.Changes})
				}
				return all
			}
			if diff := cmp.Diff(of(a.messages()), of(previewed)); diff != "" || len(previewed) < 3 {
				t.Errorf("%s: %d messages (-sent +previewed): %s", name, len(previewed), diff)
			}
		})
	}
}

func TestPreviewLeavesOutWhatIsTakenBackInTheSameMessage(t *testing.T) {
	q := newMemoryQueue()
	first := q.detected(0, roster.KindMilestone)
	back := q.detected(time.Minute, roster.KindMilestone)
	back.Corrects = first.ID
	q.changes[back.Seq] = back
	for schedule, want := range map[notify.Schedule]int{{}: 2, dailyAt(17): 0} {
		got, err := notify.Preview(t.Context(), q, notify.Rule{Channel: "a", Schedule: schedule}, nil, nil, []roster.Change{first, back})
		if err != nil || len(got) != want {
			t.Errorf("%s: %d messages, want %d: %v", schedule.Every, len(got), want, err)
		}
	}
}

func TestTestMessageShowsTheLastThatTheChannelWants(t *testing.T) {
	q := newMemoryQueue()
	var changes []roster.Change
	for _, kind := range []roster.Kind{roster.KindNew, roster.KindNew, roster.KindRemoved, roster.KindDetail, roster.KindPending, roster.KindDetail} {
		changes = append(changes, q.detected(0, kind))
	}
	m := notify.NewTestMessage(notify.Rule{Channel: "a"}, changes, nil, roster.Figures{Active: 7}, changes[0].DetectedAt)
	if diff := cmp.Diff([]roster.Change{changes[1], changes[2], changes[4]}, m.Changes); diff != "" || !m.Test || m.Delivery.Figures.Active != 7 {
		t.Errorf("%+v: %s", m.Delivery, diff)
	}
	m = notify.NewTestMessage(notify.Rule{Channel: "on-call", Operator: true}, changes, nil, roster.Figures{}, changes[0].DetectedAt)
	if len(m.Changes) > 0 || m.Delivery.Channel != "on-call" {
		t.Errorf("the operator's: %+v", m)
	}
}

// A digest is due by its channel's schedule as it is now, also where it was
// planned under another one.
func TestPlanReschedulesDigests(t *testing.T) {
	q := newMemoryQueue()
	c := q.detected(0, roster.KindNew)
	now := c.DetectedAt
	q.add(roster.Delivery{Channel: "a", Changes: []uint64{c.Seq}, CreatedAt: now, DueAt: now.Add(5 * 24 * time.Hour)})
	due := func(s notify.Schedule, changes ...roster.Change) []roster.Delivery {
		t.Helper()
		planned, err := notify.NewPlanner(q, []notify.Rule{{Channel: "a", Schedule: s}}, nil, notify.AlertThresholds{}).
			Plan(t.Context(), roster.CycleEvent{At: now, Changes: changes})
		if err != nil {
			t.Fatal(err)
		}
		return planned.Deliveries
	}
	at5 := now.Truncate(time.Hour).Add(2 * time.Hour)
	if got := due(dailyAt(17)); len(got) != 1 || got[0].Seq != 1 || !got[0].DueAt.Equal(at5) {
		t.Errorf("daily: %+v", got)
	}
	if got := due(dailyAt(17), q.detected(0, roster.KindRemoved)); len(got) != 1 || len(got[0].Changes) != 2 || !got[0].DueAt.Equal(at5) {
		t.Errorf("daily, and it grows: %+v", got)
	}
	if got := due(notify.Schedule{}); len(got) != 1 || !got[0].DueAt.Equal(now) {
		t.Errorf("at once: %+v", got)
	}
	if got := due(notify.Schedule{Every: notify.Weekly, Weekday: time.Wednesday, Hour: 8, Zone: roster.Washington()}); len(got) > 0 {
		t.Errorf("weekly, which is later: %+v", got)
	}
}
