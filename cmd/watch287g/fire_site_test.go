package main

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
)

// fireRequest is a request at ICE's site.
type fireRequest struct {
	life         *fireLife
	path         string
	begun, ended time.Time // ended is zero while there is no answer
	refused      bool      // as the site was closed for a moment
}

// fireSite is a made-up ICE that knows who asks. Its answers take a while, so that a
// process can end in the middle of a poll.
type fireSite struct {
	fakeice.Site
	url string

	mu       sync.Mutex
	random   *rand.Rand
	prompt   bool         // it answers at once
	papers   http.Handler // of documents; nil for none
	lives    map[int]*fireLife
	requests []*fireRequest
	closed   bool
	jumps    []time.Time // at which the clock jumped
}

func newFireSite(t testing.TB, random *rand.Rand) *fireSite {
	s := &fireSite{random: random, lives: map[int]*fireLife{}}
	server := httptest.NewServer(s)
	s.url = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return s
}

var whichLife = regexp.MustCompile(`life-(\d+)`)

// lifeOf is who asks, for who holds mu; nil for somebody else.
func (s *fireSite) lifeOf(r *http.Request) *fireLife {
	found := whichLife.FindStringSubmatch(r.UserAgent())
	if found == nil {
		return nil
	}
	n, _ := strconv.Atoi(found[1])
	return s.lives[n]
}

func (s *fireSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &fireRequest{path: r.URL.Path, begun: time.Now()}
	s.mu.Lock()
	q.life = s.lifeOf(r)
	s.requests = append(s.requests, q)
	q.refused = s.closed && q.path == fakeice.PagePath
	takes := time.Duration(s.random.IntN(20)) * time.Millisecond
	switch {
	case s.prompt:
		takes = 0
	case s.random.IntN(3) == 0: // at times longer than until equal jobs are taken again
		takes = time.Duration(s.random.IntN(3000)) * time.Millisecond
	}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		q.ended = time.Now()
	}()
	if q.refused {
		http.Error(w, "in a moment", http.StatusServiceUnavailable)
		return
	}
	select {
	case <-r.Context().Done():
		return
	case <-time.After(takes):
	}
	if s.papers != nil && strings.HasSuffix(q.path, ".pdf") {
		s.papers.ServeHTTP(w, r)
		return
	}
	s.Site.ServeHTTP(w, r)
}

// close has polls that begin now fail, until open.
func (s *fireSite) close() { s.set(true) }

func (s *fireSite) open() { s.set(false) }

func (s *fireSite) set(closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = closed
}

// hurry has it answer at once from now on.
func (s *fireSite) hurry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompt = true
}

// busy says whether a request is under way.
func (s *fireSite) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.requests[max(0, len(s.requests)-20):] {
		if q.ended.IsZero() {
			return true
		}
	}
	return false
}

// jumped notes that the clock did, after which a poll is due at once.
func (s *fireSite) jumped() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jumps = append(s.jumps, time.Now())
}

// poller is who asked last.
func (s *fireSite) poller() *fireLife {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == 0 {
		return nil
	}
	return s.requests[len(s.requests)-1].life
}
