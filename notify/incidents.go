package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The kinds of notice.
const (
	SourceFailing    = "source-failing"
	SourceRecovered  = "source-recovered"
	ListHeld         = "held"
	HoldEnded        = "hold-ended"
	ListAbsent       = "list-absent"
	ListBack         = "list-back"
	SourceSilent     = "silent"
	ChannelFailing   = "channel-failing"
	ChannelRecovered = "channel-recovered"
	DeliveryDied     = "delivery-dead"
	RecipientRefused = "recipient-refused"
	StoreFailing     = "store-failing"
	StoreRecovered   = "store-recovered"
	ModelUnknown     = "unknown-model"
	ChannelGone      = "channel-gone"
	ConfigRefused    = "config-refused"
	BackupFailing    = "backup-failing"
	BackupRecovered  = "backup-recovered"
	DecisionFailed   = "decision-failed"
	MailFailing      = "mail-failing"
	MailRecovered    = "mail-recovered"
	ReadersStopped   = "readers-stopped"
	ReadersResumed   = "readers-resumed"
	MailboxFailing   = "mailbox-failing"
	MailboxRecovered = "mailbox-recovered"

	// DocumentConflicts is of documents that contradict the rows that link them.
	DocumentConflicts = "document-conflicts"
)

// AlertThresholds say how long problems may last before the operator hears of them.
type AlertThresholds struct {
	Failing time.Duration // the source
	Silence time.Duration // ICE publishing nothing; 0: forever
}

// notices says what the operator hears of a cycle, and which incidents begin, change
// or end. Each is reported once, and once more when it is over.
func notices(open []roster.Incident, e roster.CycleEvent, limits AlertThresholds) ([]roster.Notice, []roster.Incident) {
	r := &incidentReport{open: map[string]roster.Incident{}, event: e, limits: limits}
	for _, i := range open {
		r.open[i.Key] = i
	}
	if e.Poll != nil {
		r.source()
	}
	r.holds()
	r.models()
	if e.Poll != nil && !e.Failed { // otherwise nobody knows
		r.pendingList()
		r.silence()
	}
	return r.notices, r.changed
}

// incidentReport collects what a cycle means for the operator.
type incidentReport struct {
	open    map[string]roster.Incident
	event   roster.CycleEvent
	limits  AlertThresholds
	notices []roster.Notice
	changed []roster.Incident
}

func (r *incidentReport) add(kind, format string, args ...any) {
	r.notices = append(r.notices, roster.Notice{Kind: kind, At: r.event.At, Text: fmt.Sprintf(format, args...)})
}

// incident returns an open incident, or begins it.
func (r *incidentReport) incident(key string) roster.Incident {
	i, ok := r.open[key]
	if !ok {
		i = roster.Incident{Key: key, Since: r.event.At}
		r.changed = append(r.changed, i)
	}
	return i
}

func (r *incidentReport) markReported(i roster.Incident) {
	i.Reported = true
	r.changed = append(slices.DeleteFunc(r.changed, func(o roster.Incident) bool { return o.Key == i.Key }), i)
}

// end ends an incident, and says whether it had been reported.
func (r *incidentReport) end(key string) (i roster.Incident, reported bool) {
	i, open := r.open[key]
	if open {
		i.Ended = true
		r.changed = append(r.changed, i)
	}
	return i, open && i.Reported
}

func (r *incidentReport) source() {
	const key = "source"
	if !r.event.Failed {
		if i, reported := r.end(key); reported {
			r.add(SourceRecovered, "ICE's lists can be read again, after %s. Nothing that was published meanwhile is lost, as long as ICE still lists it.", outage.Roughly(r.event.At.Sub(i.Since)))
		}
		return
	}
	if i := r.incident(key); !i.Reported && r.event.At.Sub(i.Since) >= r.limits.Failing {
		r.markReported(i)
		r.add(SourceFailing, "For %s ICE's lists could not be read. The last try: %s watch287g keeps trying; what it knows stays as it is. \"watch287g polls\" shows how each try went.", outage.Roughly(r.event.At.Sub(i.Since)), r.event.Poll.Sentence)
	}
}

func (r *incidentReport) holds() {
	for _, h := range r.event.Holds {
		n := roster.Notice{At: r.event.At, Publication: &roster.Evidence{List: h.List, File: h.File, SHA256: h.SHA256, PublishedAt: h.PublishedAt}}
		if h.SHA256 == "" { // of an earlier version
			n.Publication = nil
		}
		switch {
		case h.State == roster.HoldOpen && h.Since.Equal(r.event.At):
			n.Kind, n.Text, n.Hold = ListHeld, prose.English.Held(h), h.ID
		case h.State == roster.HoldOpen:
			continue
		default:
			n.Kind, n.Text = HoldEnded, prose.English.HoldEnded(h)
		}
		r.notices = append(r.notices, n)
	}
}

func (r *incidentReport) pendingList() {
	const key = "absent-pending"
	if slices.Contains(r.event.Poll.Absent, roster.ListPending) {
		_, known := r.event.InForce[roster.ListPending]
		if i := r.incident(key); known && !i.Reported {
			r.markReported(i)
			r.add(ListAbsent, "ICE's page no longer links the pending list. That says nothing about any agency: the entries stay as they were.")
		}
		return
	}
	if _, reported := r.end(key); reported {
		r.add(ListBack, "ICE's page links the pending list again.")
	}
}

func (r *incidentReport) silence() {
	const key = "silent"
	if r.event.LastPublished.IsZero() {
		return
	}
	quiet := r.event.At.Sub(r.event.LastPublished)
	if r.limits.Silence == 0 || quiet < r.limits.Silence {
		r.end(key)
		return
	}
	if i := r.incident(key); !i.Reported {
		r.markReported(i)
		r.add(SourceSilent, "ICE has published no list for %s, since %s. That may be so, or the lists may have moved: look at the page.", outage.Roughly(quiet), prose.English.Day(r.event.LastPublished))
	}
}

// modelKey begins the key of a model that is none of the three.
const modelKey = "model-"

// models reports each model that is none of the three once, for as long as a list
// in force names it.
func (r *incidentReport) models() {
	var named []roster.Model
	for _, list := range roster.Lists() {
		named = append(named, r.event.InForce[list].OtherModels...)
	}
	keys := map[string]bool{}
	for _, m := range named {
		key := modelKey + m.Key()
		if keys[key] {
			continue
		}
		keys[key] = true
		if i := r.incident(key); !i.Reported {
			r.markReported(i)
			r.add(ModelUnknown, "ICE's list names a model that is none of the three: %q. Its agreements are kept under that name and counted apart. \"watch287g list --model other\" shows them.", string(m))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.open)) {
		if strings.HasPrefix(key, modelKey) && !keys[key] {
			r.end(key)
		}
	}
}
