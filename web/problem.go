package web

import (
	"encoding/json"
	"errors"
	"net/http"
)

// problem is an answer that is not what was asked for, in words for a reader.
// Its JSON is that of RFC 9457.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return p.Title + ": " + p.Detail }

// notFound says that there is nothing of that name, and why that may be.
func notFound(detail string) error {
	return &problem{http.StatusNotFound, "There is no such page", detail}
}

// badRequest says what is wrong with the address.
func badRequest(detail string) error {
	return &problem{http.StatusBadRequest, "The address cannot be understood", detail}
}

// problemOf makes a problem of any error. What went wrong inside is for the log,
// not for the reader.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	return &problem{http.StatusInternalServerError, "Something went wrong here", "The service could not answer just now. Please try again in a minute."}
}

// write answers with the problem as JSON.
func (p *problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// redirect sends the reader to another address of the site.
type redirect struct {
	to     string
	status int
}

func (r *redirect) Error() string { return "see " + r.to }

// movedTo says that the page has another address for good.
func movedTo(path string) error { return &redirect{path, http.StatusMovedPermanently} }

// seeOther leads to the page that answers.
func seeOther(path string) error { return &redirect{path, http.StatusSeeOther} }
