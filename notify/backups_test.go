package notify_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
)

// TestBackupsThatFailAreReportedOnce has each report come from a sender of its own, as
// after a restart.
func TestBackupsThatFailAreReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemoryQueue()
		failed := errors.New("no room\non the disk")
		for i, how := range []error{nil, failed, failed, nil, nil, failed} {
			s := notify.NewSender(notify.SenderOptions{Queue: q, Rules: []notify.Rule{{Channel: "ops", Operator: true}, {Channel: "news"}}})
			if err := s.ReportBackup(t.Context(), how); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
			time.Sleep(3 * time.Hour)
		}
		if len(q.all) != 3 || len(q.incidents) != 1 {
			t.Fatalf("%d messages and %d incidents", len(q.all), len(q.incidents))
		}
		for i, want := range []struct{ kind, text string }{
			{"backup-failing", "No backup could be made: no room on the disk. It is tried again every 10 minutes; all else goes on. To try it now: watch287g backup."},
			{"backup-recovered", "Backups are made again, after 6 hours without one."},
			{"backup-failing", "No backup could be made: no room on the disk. It is tried again every 10 minutes; all else goes on. To try it now: watch287g backup."},
		} {
			if d := q.all[i]; d.Channel != "ops" || d.Notice == nil || d.Notice.Kind != want.kind || d.Notice.Text != want.text {
				t.Errorf("message %d is %+v", i, d)
			}
		}
	})
}
