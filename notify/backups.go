package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/roster"
)

// ReportBackup tells the operator once that backups fail, and once that they are made
// again. failed is how the last one went: nil where it went well. What cannot be written
// is reported with the next one.
func (s *Sender) ReportBackup(ctx context.Context, failed error) error {
	const key = "backup"
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		return fmt.Errorf("reading whether backups fail: %w", err)
	}
	now, i := s.now(), roster.Incident{Key: key, Reported: true}
	if at := slices.IndexFunc(incidents, func(i roster.Incident) bool { return i.Key == key }); at >= 0 {
		i = incidents[at]
	}
	n := roster.Notice{At: now}
	switch began := !i.Since.IsZero(); {
	case failed != nil && !began:
		i.Since = now
		n.Kind, n.Text = BackupFailing, fmt.Sprintf("No backup could be made: %s. It is tried again every 10 minutes; all else goes on. To try it now: watch287g backup.",
			outage.Clause(roster.Clean(failed.Error())))
	case failed == nil && began:
		i.Ended = true
		n.Kind, n.Text = BackupRecovered, fmt.Sprintf("Backups are made again, after %s without one.", outage.Roughly(now.Sub(i.Since)))
	default:
		return nil
	}
	if err := Tell(ctx, s.o.Queue, s.setup.Load().rules, []roster.Notice{n}, []roster.Incident{i}); err != nil {
		return err
	}
	s.Wake()
	return nil
}
