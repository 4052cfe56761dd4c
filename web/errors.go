package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/crowd"
	"github.com/watch287g/watch287g/web/route"
)

// form is how an error is told.
type form int

const (
	asPage     form = iota // as a page that leads on
	asBarePage             // as a page without the frame of pages, where nothing can be relied on
	asJSON                 // for programs
)

// writeError answers with an error. No other place does.
func (s *Site) writeError(w http.ResponseWriter, r *http.Request, as form, err error) {
	l, _ := route.LanguageOf(r.URL.Path)
	p := route.ProblemOf(l, err)
	s.count(r, p.Status, err)
	h := w.Header()
	h.Set("Cache-Control", notKept)
	h.Set("Content-Type", "text/html; charset=utf-8")
	retry := p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests
	if retry {
		h.Set("Retry-After", retryAfter)
	}
	var body []byte
	switch as {
	case asJSON:
		h.Set("Content-Type", "application/problem+json")
		body, _ = json.Marshal(p) // a number and two texts
		body = append(body, '\n')
	case asPage:
		if retry { // of which there can be many, and which must cost little
			body = barePage(l, p)
			break
		}
		body = withSwitch(s.problemPage(l, r, p), r)
	case asBarePage:
		body = barePage(l, p)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// count counts a request that is not answered as it was meant. What anybody can bring
// about is not logged; of what is wrong here, there is so much at once that some will do.
func (s *Site) count(r *http.Request, status int, err error) {
	refused := s.options.Refused
	switch {
	case status == http.StatusNotFound || status == http.StatusNotImplemented: // said, and nobody refused
	case status == http.StatusServiceUnavailable:
		refused.Add(crowd.Busy)
	case status == http.StatusTooManyRequests:
		refused.Add(crowd.Many)
	case status < http.StatusInternalServerError:
		refused.Add(crowd.Bad)
	case refused.Fail():
		s.options.Log.Error("a request could not be answered", "path", r.URL.Path, "error", err.Error())
	}
}

// problemPage tells a reader what is wrong, and shows ways on as far as they are known.
func (s *Site) problemPage(l prose.Language, r *http.Request, p *route.Problem) []byte {
	now, err := s.current(r.Context())
	if err != nil {
		return barePage(l, p)
	}
	key := fmt.Sprint(l, " ", now.epoch(s.options.Now(), s.options.Every), " ", p.Status, " ", p.Title, ": ", p.Detail)
	if body, ok := s.problems.Load(key); ok {
		return body.([]byte) //nolint:forcetypeassert // as stored below
	}
	made, err := s.pages.Problem(s.request(l, r, now), p)
	if err != nil {
		if s.options.Refused.Fail() {
			s.options.Log.Error("the page of an error could not be made", "path", r.URL.Path, "error", err.Error())
		}
		return barePage(l, p)
	}
	// Those that nothing of the request stands in are few, and asked for most.
	if p.Status == http.StatusNotFound || p.Status == http.StatusMethodNotAllowed {
		if s.problemsKept.Add(1) > mostProblems {
			s.problems.Clear()
			s.problemsKept.Store(0)
		}
		s.problems.Store(key, made.Body)
	}
	return made.Body
}

// mostProblems is how many pages of errors are kept; those of an earlier epoch go as soon
// as there are more.
const mostProblems = 64

// withSwitch has the page of an error, which is made once for many addresses, lead to the
// address that was asked for in the other language.
func withSwitch(page []byte, r *http.Request) []byte {
	return bytes.ReplaceAll(page, []byte(route.Here), []byte(template.HTMLEscapeString(route.Other(r.URL))))
}

func barePage(l prose.Language, p *route.Problem) []byte {
	return fmt.Appendf(nil, `<!DOCTYPE html><html lang="%s"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>`+
		`<h1>%[2]s</h1><p>%s</p><p><a href="%s">%s</a></p></html>`+"\n", l, template.HTMLEscapeString(p.Title), template.HTMLEscapeString(p.Detail), route.In(l, "/"), l.Say("page.problem.front"))
}

// panicked makes an error of what a panic held.
func panicked(p any) error { return fmt.Errorf("a panic: %v\n%s", p, debug.Stack()) }
