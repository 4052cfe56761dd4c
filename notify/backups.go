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
	return s.reportOnce(ctx, "backup", failed != nil, func(since time.Time) roster.Notice {
		if failed == nil {
			return roster.Notice{Kind: BackupRecovered, Text: fmt.Sprintf("Backups are made again, after %s without one.", outage.Roughly(s.now().Sub(since)))}
		}
		return roster.Notice{Kind: BackupFailing, Text: fmt.Sprintf("No backup could be made: %s. It is tried again every 10 minutes; all else goes on. To try it now: watch287g backup.",
			outage.Clause(roster.Clean(failed.Error())))}
	})
}

// reportOnce tells the operator once that something fails, and once that it no longer
// does. say is what is told then, of what has failed since some time.
func (s *Sender) reportOnce(ctx context.Context, key string, fails bool, say func(since time.Time) roster.Notice) error {
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		return fmt.Errorf("reading what fails (%s): %w", key, err)
	}
	now, i := s.now(), roster.Incident{Key: key, Reported: true}
	if at := slices.IndexFunc(incidents, func(i roster.Incident) bool { return i.Key == key }); at >= 0 {
		i = incidents[at]
	}
	switch began := !i.Since.IsZero(); {
	case fails && !began:
		i.Since = now
	case !fails && began:
		i.Ended = true
	default:
		return nil
	}
	n := say(i.Since)
	n.At = now
	if err := Tell(ctx, s.o.Queue, s.setup.Load().rules, []roster.Notice{n}, []roster.Incident{i}); err != nil {
		return err
	}
	s.Wake()
	return nil
}
