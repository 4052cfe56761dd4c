package route

import (
	"errors"
	"net/http"

	"github.com/watch287g/watch287g/prose"
)

// Problem is an answer that is not what was asked for, in words for a reader.
// Its JSON is that of RFC 9457.
type Problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// NotFound says that there is nothing of that name, and why that may be.
func NotFound(detail string) error {
	return &Problem{http.StatusNotFound, prose.English.Say("page.problem.missing"), detail}
}

// BadRequest says what is wrong with the address.
func BadRequest(detail string) error {
	return &Problem{http.StatusBadRequest, prose.English.Say("page.problem.unclear"), detail}
}

// Missing is NotFound with a message of the pages.
func Missing(l prose.Language, message string, pairs ...string) error {
	return &Problem{http.StatusNotFound, l.Say("page.problem.missing"), l.Say(message, pairs...)}
}

// Unclear is BadRequest with a message of the pages.
func Unclear(l prose.Language, message string, pairs ...string) error {
	return &Problem{http.StatusBadRequest, l.Say("page.problem.unclear"), l.Say(message, pairs...)}
}

// ProblemOf makes a problem of any error, in a language where it has no words yet. What
// went wrong inside is for the log, not for the reader.
func ProblemOf(l prose.Language, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{http.StatusInternalServerError, l.Say("page.problem.inside"), l.Say("page.problem.inside.says")}
}
