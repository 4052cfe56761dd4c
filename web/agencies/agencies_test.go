package agencies

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

func TestPendingBeforeCountsDaysInWashington(t *testing.T) {
	day := func(d, hour int) time.Time { return time.Date(2025, time.June, d, hour, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name     string
		record   roster.Record
		want     string
		baseline bool
	}{
		{name: "not pending before", record: roster.Record{List: roster.ListParticipating}, want: ""},
		{name: "a week", record: roster.Record{List: roster.ListParticipating, PendingSince: day(3, 14)}, want: "7 days, since June 3, 2025"},
		{name: "late in the evening", record: roster.Record{List: roster.ListParticipating, PendingSince: day(10, 3)}, want: "1 day, since June 9, 2025"},
		{name: "on the first list", record: roster.Record{List: roster.ListParticipating, PendingSince: day(3, 14), Baseline: true}, want: ""},
		{name: "an entry", record: roster.Record{List: roster.ListPending, PendingSince: day(3, 14)}, want: ""},
	} {
		tt.record.Versions = []roster.Version{{From: day(10, 14), Listed: true}}
		if got := pendingBefore(prose.English, &snapshot.Snapshot{}, &tt.record); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
