package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	ModelUnknown     = "unknown-model"
)

// AlertThresholds is how long troubles may last before the operator hears of them.
type AlertThresholds struct {
	Failing time.Duration // the source
	Silence time.Duration // ICE publishing nothing; 0: for ever
}

// Cycle is one poll as far as it concerns the operator, or the operator's own
// word on a hold.
type Cycle struct {
	At            time.Time
	Decided       bool // by the operator: nobody looked at ICE's page
	Failed        bool
	Sentence      string // how it went
	Holds         []roster.Hold
	Absent        []roster.List  // that the page, read well, did not link
	Seen          []roster.List  // that were in force before
	Models        []roster.Model // that the lists in force name, and that are none of the three
	LastPublished time.Time      // when ICE last published a list, whatever became of it; zero in an empty store
}

// Notices says what the operator is to hear of a poll, and which troubles last.
// Each trouble is told once, and once when it is over.
func Notices(open []roster.Incident, c Cycle, p AlertThresholds) (told []roster.Notice, incidents []roster.Incident) {
	t := &troubles{open: map[string]roster.Incident{}, at: c.At}
	for _, i := range open {
		t.open[i.Key] = i
	}
	if !c.Decided {
		t.source(c, p)
	}
	t.holds(c.Holds)
	t.models(c.Models)
	if !c.Decided && !c.Failed { // else nobody knows
		t.pendingList(c)
		t.silence(c, p)
	}
	return t.told, t.changed
}

// troubles collects what is told and what lasts.
type troubles struct {
	open    map[string]roster.Incident
	at      time.Time
	told    []roster.Notice
	changed []roster.Incident
}

func (t *troubles) tell(kind, format string, args ...any) {
	t.told = append(t.told, roster.Notice{Kind: kind, At: t.at, Text: fmt.Sprintf(format, args...)})
}

// last begins a trouble, or returns it as it is.
func (t *troubles) last(key string) roster.Incident {
	i, ok := t.open[key]
	if !ok {
		i = roster.Incident{Key: key, Since: t.at}
		t.changed = append(t.changed, i)
	}
	return i
}

func (t *troubles) mark(i roster.Incident) {
	i.Reported = true
	t.changed = append(slices.DeleteFunc(t.changed, func(o roster.Incident) bool { return o.Key == i.Key }), i)
}

func (t *troubles) end(key string) (i roster.Incident, was bool) {
	i, was = t.open[key]
	if was {
		i.Ended = true
		t.changed = append(t.changed, i)
	}
	return i, was
}

func (t *troubles) source(c Cycle, p AlertThresholds) {
	const key = "source"
	if !c.Failed {
		if i, was := t.end(key); was && i.Reported {
			t.tell(SourceRecovered, "ICE's lists can be read again, after %s. Nothing that was published meanwhile is lost, as long as ICE still lists it.", lasted(t.at.Sub(i.Since)))
		}
		return
	}
	if i := t.last(key); !i.Reported && t.at.Sub(i.Since) >= p.Failing {
		t.mark(i)
		t.tell(SourceFailing, "For %s ICE's lists could not be read. The last try: %s watch287g keeps trying; what it knows stays as it is. \"watch287g polls\" shows how each try went.", lasted(t.at.Sub(i.Since)), c.Sentence)
	}
}

func (t *troubles) holds(holds []roster.Hold) {
	for _, h := range holds {
		switch {
		case h.State == roster.HoldOpen && h.Since.Equal(t.at):
			t.tell(ListHeld, "The %s list %s looks wrong and is held; it changes nothing. %s To let it count: watch287g holds approve %s. To set it aside for good: watch287g holds reject %s.",
				h.List, h.File, strings.Join(h.Reasons, " "), h.ID, h.ID)
		case h.State == roster.HoldOpen:
		default:
			t.tell(HoldEnded, "The held %s list %s (%s): %s.", h.List, h.File, h.ID, h.State)
		}
	}
}

func (t *troubles) pendingList(c Cycle) {
	const key = "absent-pending"
	if slices.Contains(c.Absent, roster.ListPending) {
		if i := t.last(key); !i.Reported && slices.Contains(c.Seen, roster.ListPending) {
			t.mark(i)
			t.tell(ListAbsent, "ICE's page no longer links the pending list. That says nothing about any agency: the entries stay as they were.")
		}
		return
	}
	if i, was := t.end(key); was && i.Reported {
		t.tell(ListBack, "ICE's page links the pending list again.")
	}
}

func (t *troubles) silence(c Cycle, p AlertThresholds) {
	const key = "silent"
	if c.LastPublished.IsZero() {
		return
	}
	quiet := t.at.Sub(c.LastPublished)
	if p.Silence == 0 || quiet < p.Silence {
		t.end(key)
		return
	}
	if i := t.last(key); !i.Reported {
		t.mark(i)
		t.tell(SourceSilent, "ICE has published no list for %s, since %s. That may be so, or the lists may have moved: look at the page.", lasted(quiet), roster.Day(c.LastPublished).Long())
	}
}

// modelKey begins the key of a model that is none of the three.
const modelKey = "model-"

// models tells of each model that is none of the three once, for as long as a list
// names it.
func (t *troubles) models(named []roster.Model) {
	keys := map[string]bool{}
	for _, m := range named {
		key := modelKey + m.Key()
		if keys[key] {
			continue
		}
		keys[key] = true
		if i := t.last(key); !i.Reported {
			t.mark(i)
			t.tell(ModelUnknown, "ICE's list names a model that is none of the three: %q. Its agreements are kept under that name and counted apart. \"watch287g list --model other\" shows them.", string(m))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.open)) {
		if strings.HasPrefix(key, modelKey) && !keys[key] {
			t.end(key)
		}
	}
}

// lasted says how long something went on, roughly.
func lasted(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	case d < 2*time.Minute:
		return "a minute or less"
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}
