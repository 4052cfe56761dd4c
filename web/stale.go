package web

import (
	"context"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/route"
)

// staleHeader is in each response that was made while the source could not be read: it
// says since when that is so. Pages say themselves until when what they show is known.
const staleHeader = "X-Data-Stale-Since"

// current returns what requests are answered from: what the source is now, or what was
// read of it last where it cannot be read.
func (s *Site) current(ctx context.Context) (*served, error) {
	if now := s.last(); now != nil && s.options.Look > 0 && s.following.Load() {
		return now, nil
	}
	now, err := s.look(ctx)
	if last := s.last(); err != nil && last != nil {
		return last, nil
	}
	return now, err
}

// look reads what the source is now, and notes whether it could be read.
func (s *Site) look(ctx context.Context) (*served, error) {
	now, err := s.read(ctx)
	switch {
	case err == nil:
		if s.unread.Swap(nil) != nil {
			s.options.Log.Info("what is known can be read again")
		}
	case ctx.Err() == nil:
		at := s.options.Now()
		if s.unread.CompareAndSwap(nil, &at) {
			s.options.Log.Error("what is known cannot be read; readers get what was read before", "error", err.Error())
		}
	}
	return now, err
}

// StaleSince is since when the source cannot be read, zero where it can.
func (s *Site) StaleSince() time.Time {
	if at := s.unread.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

// mark marks a response that was made while the source could not be read.
func (s *Site) mark(h http.Header) {
	if at := s.StaleSince(); !at.IsZero() {
		h.Set(staleHeader, at.UTC().Format(time.RFC3339))
	}
}

// outage is an error that the reader is told, where it is the source that fails: what
// is not in memory is there again in a while.
func (s *Site) outage(l prose.Language, err error) error {
	if s.StaleSince().IsZero() || route.ProblemOf(l, err).Status != http.StatusInternalServerError {
		return err
	}
	return &route.Problem{Status: http.StatusServiceUnavailable, Title: l.Say("page.problem.outage"), Detail: l.Say("page.problem.outage.says")}
}
