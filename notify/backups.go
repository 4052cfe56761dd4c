package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/roster"
)

// ReportBackup tells the operator once that backups fail, and once that they are made
// again. failed is how the last one went: nil where it went well. What cannot be written
// is reported with the next one.
func (s *Sender) ReportBackup(ctx context.Context, failed error) error {
	return s.reportOnce(ctx, trouble{key: "backup", begins: BackupFailing, ends: BackupRecovered,
		fails: "No backup could be made: %s. It is tried again every 10 minutes; all else goes on. To try it now: watch287g backup.",
		over:  "Backups are made again, after %s without one."}, failed)
}

// trouble is what can fail for a while, as the operator hears of it.
type trouble struct {
	key          string        // of its incident
	patience     time.Duration // how long it has failed when that is reported
	begins, ends string        // kinds of notices
	fails, over  string        // what they say, of why it fails and of how long it did (%s)
}

// reportOnce tells the operator once that something fails, and once that it no longer
// does (nil).
func (s *Sender) reportOnce(ctx context.Context, t trouble, failed error) error {
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		return fmt.Errorf("reading what fails (%s): %w", t.key, err)
	}
	now, i := s.now(), roster.Incident{Key: t.key, Reported: true}
	if at := slices.IndexFunc(incidents, func(i roster.Incident) bool { return i.Key == t.key }); at >= 0 {
		i = incidents[at]
	}
	n := roster.Notice{At: now}
	switch began := !i.Since.IsZero(); {
	case failed != nil && !began:
		i.Since = now.Add(-t.patience)
		n.Kind, n.Text = t.begins, fmt.Sprintf(t.fails, outage.Clause(roster.Clean(failed.Error())))
	case failed == nil && began:
		i.Ended = true
		n.Kind, n.Text = t.ends, fmt.Sprintf(t.over, outage.Roughly(now.Sub(i.Since)))
	default:
		return nil
	}
	if err := Tell(ctx, s.o.Queue, s.setup.Load().rules, []roster.Notice{n}, []roster.Incident{i}); err != nil {
		return err
	}
	s.Wake()
	return nil
}
