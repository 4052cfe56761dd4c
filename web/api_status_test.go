package web

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// apiStatus is what /api/v1/status answers, as another program reads it.
type apiStatus struct {
	KnownUntil   *time.Time `json:"known_until"`
	RecordBegins *time.Time `json:"record_begins"`
	Stale        bool
	StaleSince   *time.Time `json:"stale_since"`
	LastPollAt   *time.Time `json:"last_poll_at"`
	Outcome      *string    `json:"last_poll_outcome"`
	LastGoodAt   *time.Time `json:"last_good_poll_at"`
	Every        *int       `json:"poll_every_seconds"`
	Lists        []struct {
		List, File, SHA256  *string
		ReadAt, PublishedAt *time.Time
		Linked              *bool
	}
	HoldsOpen int `json:"holds_open"`
	Version   string
}

func (s apiStatus) is(t *testing.T, when string, stale bool, since time.Time) {
	t.Helper()
	if s.Stale != stale || stale && (s.StaleSince == nil || !s.StaleSince.Equal(since)) || !stale && s.StaleSince != nil {
		t.Errorf("%s: stale %v since %v, want %v since %v", when, s.Stale, s.StaleSince, stale, since)
	}
}

func TestAPIStatusOfNothing(t *testing.T) {
	s := ask[apiStatus](emptyWorld(t), "/api/v1/status")
	if s.KnownUntil != nil || s.RecordBegins != nil || s.LastPollAt != nil || s.Outcome != nil || s.LastGoodAt != nil || len(s.Lists) != 2 ||
		s.Lists[0].File != nil || s.Lists[0].Linked != nil || *s.Lists[0].List != "participating" {
		t.Errorf("it says %+v", s)
	}
	s.is(t, "nothing", false, time.Time{})
}

// What is said of freshness is so at each moment, whatever was answered a moment ago:
// an answer that was made before an outage lasted too long is not given after it.
func TestAPIStatusIsTrueAtEachMoment(t *testing.T) {
	w := emptyWorld(t)
	w.imports(smallLists()...)
	w.options.Every = 15 * time.Minute
	archive := ask[apiStatus](w, "/api/v1/status")
	archive.is(t, "an archive", false, time.Time{})
	if archive.KnownUntil == nil || archive.RecordBegins == nil || !archive.RecordBegins.Equal(w.known().Extent().First) || archive.LastPollAt != nil ||
		archive.Lists[0].File == nil || archive.Lists[0].SHA256 == nil || archive.HoldsOpen != len(w.known().OpenHolds()) {
		t.Errorf("an archive is %+v", archive)
	}
	read := worldNow()
	w.polled(roster.Poll{At: read, Outcome: "unchanged", Sentence: "secret words of a poll", Had: []roster.List{roster.ListParticipating}, Absent: []roster.List{roster.ListPending}})
	s := ask[apiStatus](w, "/api/v1/status")
	s.is(t, "read", false, time.Time{})
	if !s.KnownUntil.Equal(read) || !s.LastPollAt.Equal(read) || !s.LastGoodAt.Equal(read) || *s.Outcome != "unchanged" || *s.Every != 900 ||
		!*s.Lists[0].Linked || *s.Lists[1].Linked || s.Version != w.options.Version {
		t.Errorf("read, it is %+v", s)
	}

	failing := read.Add(15 * time.Minute)
	for _, at := range []time.Duration{0, 44 * time.Minute} {
		w.now = failing.Add(at)
		w.polled(roster.Poll{At: w.now, Outcome: "unreachable", Sentence: "secret words of a poll"})
		ask[apiStatus](w, "/api/v1/status").is(t, at.String(), false, time.Time{})
	}
	// No poll is committed from here on.
	w.now = failing.Add(time.Hour)
	ask[apiStatus](w, "/api/v1/status").is(t, "an hour of failures", false, time.Time{})
	w.now = failing.Add(time.Hour + time.Second)
	s = ask[apiStatus](w, "/api/v1/status")
	s.is(t, "more than an hour", true, failing)
	if !s.KnownUntil.Equal(read) || *s.Outcome != "unreachable" || !s.LastGoodAt.Equal(read) {
		t.Errorf("failing, it is %+v", s)
	}

	if said := w.get("/api/v1/status").Body.String(); strings.Contains(said, "secret") {
		t.Errorf("it says what a poll says to who runs the service: %s", said)
	}

	back := failing.Add(2 * time.Hour)
	w.now = back
	w.polled(roster.Poll{At: back, Outcome: "changed", Sentence: "secret words of a poll"})
	ask[apiStatus](w, "/api/v1/status").is(t, "back", false, time.Time{})
	w.now = back.Add(55 * time.Minute)
	ask[apiStatus](w, "/api/v1/status").is(t, "a poll that is a little late", false, time.Time{})
	w.now = back.Add(56 * time.Minute)
	ask[apiStatus](w, "/api/v1/status").is(t, "no poll for too long", true, back)
}

// While the store cannot be read, the answer from memory says so at once.
func TestAPIStatusWithoutItsSource(t *testing.T) {
	w := readWorld(t)
	far := &farSource{Source: w.options.Source, asked: make(chan struct{}, 1000)}
	o := w.options
	o.Source = far
	site, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Site = site
	ask[apiStatus](w, "/api/v1/status").is(t, "well", false, time.Time{})
	far.lost.Store(true)
	w.get("/about") // which finds out
	ask[apiStatus](w, "/api/v1/status").is(t, "lost", true, w.now)
	far.lost.Store(false)
	w.get("/about")
	ask[apiStatus](w, "/api/v1/status").is(t, "found", false, time.Time{})
}
