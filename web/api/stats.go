package api

import (
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
)

type asOfIn struct {
	Request
	When
}

type statesOut struct {
	Body struct {
		AsOf       time.Time  `json:"as_of"`
		KnownUntil time.Time  `json:"known_until"`
		States     []stateOut `json:"states"`
	}
}

type stateOut struct {
	State roster.State `json:"state"`
	Name  string       `json:"name"`
	roster.ByStatus
}

func states(in *asOfIn) (*statesOut, error) {
	s, err := statsAt(in.request)
	if err != nil {
		return nil, err
	}
	out := &statesOut{}
	out.Body.AsOf, out.Body.KnownUntil = s.AsOf, s.KnownUntil
	for _, state := range roster.States() {
		out.Body.States = append(out.Body.States, stateOut{state, state.Name(), s.ByState[state]})
	}
	return out, nil
}

// statsAt are the figures as of the moment that is asked for.
func statsAt(req *route.Request) (roster.Stats, error) {
	asked, err := req.ReadQuery()
	if err != nil {
		return roster.Stats{}, err
	}
	at, err := route.AsOf(prose.English, req.Snapshot, asked.AsOf)
	if err != nil {
		return roster.Stats{}, err
	}
	return req.Snapshot.Stats(at), nil
}

type statsOut struct{ Body roster.Stats }

func stats(in *asOfIn) (*statsOut, error) {
	s, err := statsAt(in.request)
	return &statsOut{s}, err
}

type coverageIn struct {
	Request
	When
	State string `query:"state" doc:"One state by postal code: its figures alone, and its series in the place of the nation's." example:"TX"`
}

type coverageOut struct{ Body snapshot.CoverageReport }

func coverage(in *coverageIn) (*coverageOut, error) {
	asked, err := in.request.ReadQuery()
	if err != nil {
		return nil, err
	}
	if len(asked.States) > 1 {
		return nil, route.BadRequest("state is given more than once; the figures of all states are in one answer without it.")
	}
	at, err := route.AsOf(prose.English, in.request.Snapshot, asked.AsOf)
	if err != nil {
		return nil, err
	}
	var only roster.State
	if len(asked.States) > 0 {
		only = asked.States[0]
	}
	return &coverageOut{in.request.Snapshot.CoverageReport(at, only)}, nil
}
