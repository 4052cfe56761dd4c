package route

import (
	"errors"
	"net/http"
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
	return &Problem{http.StatusNotFound, "There is no such page", detail}
}

// BadRequest says what is wrong with the address.
func BadRequest(detail string) error {
	return &Problem{http.StatusBadRequest, "The address cannot be understood", detail}
}

// ProblemOf makes a problem of any error. What went wrong inside is for the log,
// not for the reader.
func ProblemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{http.StatusInternalServerError, "Something went wrong here", "The service could not answer just now. Please try again in a minute."}
}
