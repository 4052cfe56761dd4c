package web

import (
	"net/http"
	"runtime"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/route"
)

// maxWait is how long a request waits for its turn before it is told to come
// back, which retryAfter says when, in seconds.
const (
	maxWait    = 5 * time.Second
	retryAfter = "5"
)

// mostInLine is how many responses one client can wait for at once, of those that are
// made in turns of which there are few. Those who ask for many stand in a line of their
// own so, and the others' is short.
const mostInLine = 16

// turns bounds how many responses are made at once: one token is in it for each.
type turns chan struct{}

// turnsBySort are the turns of each sort of response, so that those who ask for
// what costs much make nobody else wait.
type turnsBySort struct {
	plain turns // addresses of which there is a number, as the front page
	asked turns // those with parameters, of which there is no end
	found turns // those that look through all texts, which take a processor for a moment each
	files turns // downloads, which can take tens of megabytes while they are made
}

func newTurns() turnsBySort {
	n := runtime.GOMAXPROCS(0)
	return turnsBySort{plain: make(turns, 2*n), asked: make(turns, n), found: make(turns, max(1, n/2)), files: make(turns, 1)}
}

// enter waits for a turn.
func (t turns) enter(l prose.Language) error {
	select {
	case t <- struct{}{}:
		return nil
	default:
	}
	wait := time.NewTimer(maxWait)
	defer wait.Stop()
	select {
	case t <- struct{}{}:
		return nil
	case <-wait.C:
		return &route.Problem{Status: http.StatusServiceUnavailable, Title: l.Say("page.problem.busy"), Detail: l.Say("page.problem.busy.says")}
	}
}

func (t turns) leave() { <-t }
