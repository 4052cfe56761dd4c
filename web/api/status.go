package api

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

const statusPath = root + "/status"

// statusOut says how new everything else is.
type statusOut struct {
	Body struct {
		KnownUntil   *time.Time `json:"known_until"`
		RecordBegins *time.Time `json:"record_begins"`
		Stale        bool       `json:"stale"`
		StaleSince   *time.Time `json:"stale_since"`
		LastPollAt   *time.Time `json:"last_poll_at"`
		LastOutcome  string     `json:"last_poll_outcome"`
		LastGoodAt   *time.Time `json:"last_good_poll_at"`
		PollEvery    *int       `json:"poll_every_seconds"`
		Lists        []listOut  `json:"lists"`
		HoldsOpen    int        `json:"holds_open"`
		Conflicts    *int       `json:"document_conflicts"`
		Version      string     `json:"version"`
	}
}

// listOut is one of the two lists.
type listOut struct {
	List        roster.List `json:"list"`
	ReadAt      *time.Time  `json:"read_at"`
	Linked      *bool       `json:"linked"`
	File        string      `json:"file"`
	SHA256      string      `json:"sha256"`
	PublishedAt *time.Time  `json:"published_at"`
}

func status(in *struct{ Request }) (*statusOut, error) {
	req, snap := in.request, in.request.Snapshot
	fresh := req.Fresh()
	out := &statusOut{}
	if !fresh.Empty {
		out.Body.KnownUntil, out.Body.RecordBegins = moment(snap.KnownUntil()), moment(snap.Extent().First)
	}
	// The earliest reason counts: nothing newer is known since then.
	for _, since := range []struct {
		is bool
		at time.Time
	}{{fresh.Stale, fresh.Failing}, {fresh.Late, fresh.Last}, {!req.Unread.IsZero(), req.Unread}, {!fresh.Ended.IsZero(), fresh.Ended}} {
		if since.is && (out.Body.StaleSince == nil || since.at.Before(*out.Body.StaleSince)) {
			out.Body.Stale, out.Body.StaleSince = true, moment(since.at)
		}
	}
	if polls := snap.Polls(); len(polls) > 0 {
		out.Body.LastPollAt, out.Body.LastOutcome = moment(polls[0].At), polls[0].Outcome
	}
	out.Body.LastGoodAt = moment(fresh.Read)
	if seconds := int(req.Every.Seconds()); seconds > 0 {
		out.Body.PollEvery = &seconds
	}
	read := roster.ListReadings(slices.Values(snap.Polls()))
	pageRead := slices.ContainsFunc(snap.Polls(), func(p roster.Poll) bool { return !p.Failed() })
	for _, list := range roster.Lists() {
		l := listOut{List: list, ReadAt: moment(read[list].ReadAt)}
		if linked := read[list].Linked; pageRead {
			l.Linked = &linked
		}
		if at := slices.IndexFunc(fresh.Lists, func(e roster.Evidence) bool { return e.List == list }); at >= 0 {
			e := fresh.Lists[at]
			l.File, l.SHA256, l.PublishedAt = e.File, e.SHA256, moment(e.PublishedAt)
		}
		out.Body.Lists = append(out.Body.Lists, l)
	}
	out.Body.HoldsOpen, out.Body.Version = fresh.Holds, req.Version
	if req.Documents.Any() {
		n := len(req.Documents.View.Conflicts())
		out.Body.Conflicts = &n
	}
	return out, nil
}

// moment is a time in UTC, nil where it is not known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
