package notify

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
)

// noticeLog is what an operator hears over a sequence of polls. Incidents are kept from
// one poll to the next as a store keeps them.
type noticeLog struct {
	t          *testing.T
	thresholds AlertThresholds
	incidents  map[string]roster.Incident
	texts      []string
}

func newNoticeLog(t *testing.T) *noticeLog {
	return &noticeLog{t: t, thresholds: AlertThresholds{Failing: time.Hour, Silence: 14 * 24 * time.Hour}, incidents: map[string]roster.Incident{}}
}

// poll is one cycle, at so long after the fixtures' time; want are the kinds of
// what is reported.
func (l *noticeLog) poll(after time.Duration, e roster.CycleEvent, want ...string) {
	l.t.Helper()
	e.At = fixtureTime.Add(after)
	reported, changed := notices(slices.Collect(maps.Values(l.incidents)), e, l.thresholds)
	var kinds []string
	for _, n := range reported {
		kinds = append(kinds, n.Kind)
		l.texts = append(l.texts, n.Text)
		if !n.At.Equal(e.At) {
			l.t.Errorf("%s is of %s, not of its poll", n.Kind, n.At)
		}
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		l.t.Errorf("%s on, reported: %s", after, diff)
	}
	keys := map[string]bool{}
	for _, i := range changed {
		if keys[i.Key] {
			l.t.Errorf("%s on, %s is there twice", after, i.Key)
		}
		keys[i.Key] = true
		l.incidents[i.Key] = i
		if i.Ended {
			delete(l.incidents, i.Key)
		}
	}
}

// last is the text of what was reported last.
func (l *noticeLog) last() string {
	l.t.Helper()
	if len(l.texts) == 0 {
		l.t.Fatal("nothing was reported")
	}
	return l.texts[len(l.texts)-1]
}

func (l *noticeLog) says(parts ...string) {
	l.t.Helper()
	for _, part := range parts {
		if !strings.Contains(l.last(), part) {
			l.t.Errorf("%q does not say %q", l.last(), part)
		}
	}
}

func (l *noticeLog) lasting(want ...string) {
	l.t.Helper()
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(l.incidents))); diff != "" {
		l.t.Errorf("what lasts: %s", diff)
	}
}

const aDay = 24 * time.Hour

// wellPolled is a poll that went well: both lists are linked, and of the
// fixtures' time.
func wellPolled() roster.CycleEvent {
	return roster.CycleEvent{Poll: &roster.Poll{Sentence: "What ICE's page links is unchanged."}, LastPublished: fixtureTime,
		InForce: inForce(roster.ListParticipating, roster.ListPending)}
}

func inForce(lists ...roster.List) map[roster.List]roster.Publication {
	all := map[roster.List]roster.Publication{}
	for _, list := range lists {
		all[list] = roster.Publication{List: list}
	}
	return all
}

func failedPoll() roster.CycleEvent {
	e := wellPolled()
	e.Failed, e.Poll.Sentence = true, "ICE's server answers 503."
	return e
}

func TestNoticesOfAFailingSourceAreReportedOnceAfterAnHour(t *testing.T) {
	l := newNoticeLog(t)
	l.poll(0, wellPolled())
	l.poll(15*time.Minute, failedPoll())
	l.poll(60*time.Minute, failedPoll())
	l.poll(75*time.Minute-time.Nanosecond, failedPoll())
	l.lasting("source")
	l.poll(75*time.Minute, failedPoll(), SourceFailing)
	l.says("For 60 minutes", "ICE's server answers 503.", "watch287g polls")
	l.poll(90*time.Minute, failedPoll())
	l.poll(3*aDay, failedPoll())
	l.poll(3*aDay+time.Hour, wellPolled(), SourceRecovered)
	l.says("after 3 days")
	l.lasting()
	l.poll(4*aDay, wellPolled())
	l.poll(5*aDay, failedPoll())
	l.poll(5*aDay+time.Hour, failedPoll(), SourceFailing) // another failure is reported again
}

func TestNoticesOfARecoveryAreReportedOnlyWhereTheFailureWas(t *testing.T) {
	l := newNoticeLog(t)
	l.poll(0, failedPoll())
	l.poll(59*time.Minute, failedPoll())
	l.poll(60*time.Minute, wellPolled())
	l.lasting()
	l.poll(75*time.Minute, failedPoll()) // the hour begins anew
	l.poll(134*time.Minute, failedPoll())
	l.poll(135*time.Minute, failedPoll(), SourceFailing)
}

func TestNoticesOfAFailureWithoutAThresholdAreReportedAtOnce(t *testing.T) {
	l := newNoticeLog(t)
	l.thresholds = AlertThresholds{}
	l.poll(0, failedPoll(), SourceFailing)
	l.poll(time.Minute, failedPoll())
	l.poll(2*time.Minute, wellPolled(), SourceRecovered)
}

func TestNoticesOfAHoldAreReportedOnceWithFiguresAndCommands(t *testing.T) {
	l := newNoticeLog(t)
	hold := roster.Hold{ID: "hold_7", State: roster.HoldOpen, List: roster.ListParticipating, File: "participatingAgencies07032025pm.xlsx",
		Reasons: []string{"735 of 777 active agreements would be removed."}, Since: fixtureTime, PublishedAt: fixtureTime,
		Effect: &roster.Effect{New: 1, Removed: 735, Amended: 2}}
	held := func(state roster.HoldState) roster.CycleEvent {
		c, h := wellPolled(), hold
		h.State = state
		c.Holds = []roster.Hold{h}
		return c
	}
	l.poll(0, held(roster.HoldOpen), ListHeld)
	l.says("The participating list participatingAgencies07032025pm.xlsx, published July 3, 2025, 4 p.m. ET, looks wrong and is held, so that nothing it says counts: 735 of 777 active agreements would be removed.",
		"If you approve it, channels hear of what it changes: 1 new agreement, 735 no longer listed, 2 records changed by ICE.",
		"If nobody acts, it stays held until a later list that looks right takes its place; it is never accepted by itself.",
		"watch287g holds approve hold_7", "watch287g holds reject hold_7")
	l.poll(15*time.Minute, held(roster.HoldOpen)) // extended
	l.poll(30*time.Minute, wellPolled())
	l.poll(45*time.Minute, held(roster.HoldDropped), HoldEnded)
	l.says("hold_7", "participatingAgencies07032025pm.xlsx", "does not bear it out")
	l.poll(60*time.Minute, wellPolled())

	for state, says := range map[roster.HoldState]string{roster.HoldApproved: "you approved it. It counts now", roster.HoldRejected: "you set it aside for good", roster.HoldBorneOut: "bears it out. It counts now"} {
		c := held(state)
		if state != roster.HoldBorneOut {
			c.Poll = nil
		}
		l.poll(2*time.Hour, c, HoldEnded)
		l.says(says)
	}
}

// What happens if nobody acts follows from the settings, and what an entry would change
// from its list.
func TestNoticesOfAHoldSayWhatHappensByItself(t *testing.T) {
	l := newNoticeLog(t)
	c := wellPolled()
	c.Holds = []roster.Hold{{ID: "hold_8", State: roster.HoldOpen, List: roster.ListPending, File: "pending.xlsx", Since: fixtureTime, AcceptAt: fixtureTime.Add(24 * time.Hour),
		Effect: &roster.Effect{Pending: 2, Left: 20}}}
	l.poll(0, c, ListHeld)
	l.says("2 newly pending agreements, 20 pending entries gone from the list, of which channels hear if they are not signed within days.",
		"If nobody acts, it counts by itself on July 4, 2025, 4 p.m. ET, as long as polls until then find it")
	c.Holds[0].ID, c.Holds[0].Effect = "hold_9", nil
	l.poll(0, c, ListHeld)
	l.says("could not be worked out")
	c.Holds[0].ID, c.Holds[0].Effect = "hold_10", &roster.Effect{}
	l.poll(0, c, ListHeld)
	l.says("channels hear of nothing new")
	c.Holds[0].ID, c.Holds[0].Effect, c.Holds[0].NoColumns = "hold_11", nil, true
	l.poll(0, c, ListHeld)
	l.says("It cannot be approved", "To set it aside for good: watch287g holds reject hold_11")
}

func TestNoticesOfTwoHoldsAreApart(t *testing.T) {
	l := newNoticeLog(t)
	c := wellPolled()
	c.Holds = []roster.Hold{
		{ID: "hold_1", State: roster.HoldDropped, List: roster.ListParticipating, Since: fixtureTime.Add(-time.Hour)},
		{ID: "hold_2", State: roster.HoldOpen, List: roster.ListParticipating, Since: fixtureTime},
	}
	l.poll(0, c, HoldEnded, ListHeld)
	l.says("hold_2")
}

// The operator's decision about a hold does not read ICE's page: it ends no incident.
func TestNoticesOfADecisionSayNothingOfTheSource(t *testing.T) {
	l := newNoticeLog(t)
	absent := wellPolled()
	absent.Poll.Absent = []roster.List{roster.ListPending}
	l.poll(0, absent, ListAbsent)
	l.poll(15*time.Minute, failedPoll())
	l.poll(75*time.Minute, failedPoll(), SourceFailing)
	l.poll(80*time.Minute, roster.CycleEvent{InForce: absent.InForce, LastPublished: fixtureTime,
		Holds: []roster.Hold{{ID: "hold_7", State: roster.HoldApproved, List: roster.ListParticipating}}}, HoldEnded)
	l.lasting("absent-pending", "source")
	l.poll(20*aDay, roster.CycleEvent{LastPublished: fixtureTime})
	l.lasting("absent-pending", "source")
}

func TestNoticesOfTheAbsentPendingListAreReportedOnce(t *testing.T) {
	l := newNoticeLog(t)
	absent := wellPolled()
	absent.Poll.Absent = []roster.List{roster.ListPending}
	l.poll(0, wellPolled())
	l.poll(15*time.Minute, absent, ListAbsent)
	l.says("no longer links the pending list")
	l.poll(30*time.Minute, absent)
	l.poll(45*time.Minute, failedPoll()) // says nothing about what the page links
	l.poll(60*time.Minute, absent)
	l.lasting("absent-pending")
	l.poll(75*time.Minute, wellPolled(), ListBack)
	l.poll(90*time.Minute, wellPolled())
	l.lasting()
	l.poll(105*time.Minute, absent, ListAbsent)
}

// A new store has not seen the pending list, which ICE has not linked for long:
// nothing is gone, and nothing comes back.
func TestNoticesOfAPendingListThatWasNeverSeenAreNone(t *testing.T) {
	l := newNoticeLog(t)
	never := wellPolled()
	never.InForce, never.Poll.Absent = nil, []roster.List{roster.ListPending}
	l.poll(0, never)
	never.InForce = inForce(roster.ListParticipating)
	l.poll(15*time.Minute, never)
	l.poll(30*time.Minute, wellPolled())
	l.lasting()
	absent := wellPolled()
	absent.Poll.Absent = []roster.List{roster.ListPending}
	l.poll(45*time.Minute, absent, ListAbsent)
}

func TestNoticesOfSilenceAreReportedOnceAfterFourteenDays(t *testing.T) {
	l := newNoticeLog(t)
	published := func(after time.Duration) roster.CycleEvent {
		c := wellPolled()
		c.LastPublished = fixtureTime.Add(after)
		return c
	}
	l.poll(14*aDay-time.Nanosecond, published(0))
	l.poll(14*aDay, published(0), SourceSilent)
	l.says("for 14 days, since July 3, 2025")
	l.poll(15*aDay, published(0))
	l.lasting("silent")
	l.poll(16*aDay, published(16*aDay)) // a publication is its own news
	l.lasting()
	l.poll(29*aDay, published(16*aDay))
	l.poll(30*aDay, published(16*aDay), SourceSilent)
	l.poll(31*aDay, published(31*aDay))
	l.lasting()
}

func TestNoticesOfSilenceNeedAPageThatWasRead(t *testing.T) {
	l := newNoticeLog(t)
	l.poll(13*aDay, failedPoll())
	l.poll(14*aDay, failedPoll(), SourceFailing) // and not that ICE published nothing: nobody knows
	l.poll(14*aDay+time.Hour, wellPolled(), SourceRecovered, SourceSilent)
}

func TestNoticesOfSilenceWithoutAThresholdAreNone(t *testing.T) {
	l := newNoticeLog(t)
	l.poll(20*aDay, wellPolled(), SourceSilent)
	l.thresholds.Silence = 0
	l.poll(21*aDay, wellPolled())
	l.lasting() // what was reported before the setting was made does not last forever
	l.poll(400*aDay, wellPolled())
	l.lasting()

	empty := newNoticeLog(t)
	nothing := wellPolled()
	nothing.LastPublished = time.Time{}
	empty.poll(400*aDay, nothing)
	empty.lasting()
}

func TestNoticesOfModels(t *testing.T) {
	l := newNoticeLog(t)
	naming := func(models ...roster.Model) roster.CycleEvent {
		c := wellPolled()
		c.InForce[roster.ListParticipating] = roster.Publication{OtherModels: models}
		return c
	}
	l.poll(0, naming())
	l.poll(time.Hour, naming("Tribal Task Force", "TRIBAL TASK FORCE"), ModelUnknown)
	l.says("none of the three: \"Tribal Task Force\"")
	l.lasting("model-tribal task force")
	l.poll(2*time.Hour, naming("Tribal Task Force")) // reported once
	l.poll(3*time.Hour, naming("Tribal Task Force", "Hybrid"), ModelUnknown)
	l.says("\"Hybrid\"")
	l.poll(4*time.Hour, naming("Hybrid"))
	l.lasting("model-hybrid")
	l.poll(5*time.Hour, naming("Hybrid", "Tribal Task Force"), ModelUnknown)
}
