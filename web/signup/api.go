package signup

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/web/api"
	"github.com/watch287g/watch287g/web/route"
)

// program answers a program, in JSON. Scripts of other sites are given nothing.
func (h *Handler) program(c *call) {
	rest := strings.Trim(strings.TrimPrefix(c.path, api.Subscriptions), "/")
	id, confirms := strings.CutSuffix(rest, "/confirm")
	switch {
	case rest == "challenge":
		h.challenge(c)
	case rest != "" && !confirms || c.lang != prose.English:
		h.refuse(c, http.StatusNotFound, "There is nothing under that address", "The document of the API says what there is.")
	case c.Method != http.MethodPost:
		c.w.Header().Set("Allow", http.MethodPost)
		h.refuse(c, http.StatusMethodNotAllowed, "Nothing can be read here", "Send JSON with POST.")
	case h.guard.Check(c.Request) != nil:
		h.refuse(c, http.StatusForbidden, "This was sent by a page of another site", "Send it from your server, or link to /subscribe.")
	case rest == "":
		h.subscribe(c)
	default:
		h.confirmByProgram(c, id)
	}
}

// refuse answers with an error in the shape of RFC 9457.
func (h *Handler) refuse(c *call, status int, title, detail string) {
	c.w.Header().Set("Content-Type", "application/problem+json")
	body, _ := json.Marshal(route.Problem{Status: status, Title: title, Detail: detail}) // a number and two texts
	h.write(c, status, append(body, '\n'))
}

func (h *Handler) answer(c *call, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		h.broken(c, fmt.Errorf("writing an answer: %w", err))
		return
	}
	c.w.Header().Set("Content-Type", "application/json")
	h.write(c, status, append(body, '\n'))
}

func (h *Handler) broken(c *call, err error) {
	h.logged(c, err)
	c.w.Header().Set("Retry-After", "60")
	h.refuse(c, http.StatusServiceUnavailable, "The service cannot be reached", "Nothing was changed. Try again in a minute.")
}

// read reads the JSON of a request, which it answers itself where that cannot be read.
func (h *Handler) read(c *call, into any) bool {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		h.refuse(c, http.StatusUnsupportedMediaType, "This is not JSON", "Send it as application/json.")
		return false
	}
	d := json.NewDecoder(c.Body)
	d.DisallowUnknownFields() // a misspelled list would be an empty one
	if err := d.Decode(into); err != nil || d.More() {
		h.refuse(c, http.StatusBadRequest, "The JSON cannot be read", "It is cut off, has a member that is not known here, or one of another type. The document of the API says what there is.")
		return false
	}
	return true
}

// challenge gives out a challenge.
func (h *Handler) challenge(c *call) {
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		c.w.Header().Set("Allow", "GET, HEAD")
		h.refuse(c, http.StatusMethodNotAllowed, "Nothing can be sent here", "This address can only be read.")
		return
	}
	h.answer(c, http.StatusOK, api.Challenge{Challenge: h.prover.challenge(c.now), Puzzles: puzzles, Bits: puzzleBits, Until: c.now.Add(challengeFor).UTC().Truncate(time.Second)})
}

// subscribe asks for the confirmation of what a program sends.
func (h *Handler) subscribe(c *call) {
	var in api.Subscription
	if !h.read(c, &in) {
		return
	}
	wish := readers.Wish{Language: prose.Language(in.Language), Cadence: notify.Cadence(in.Cadence), Kinds: in.Kinds, Models: in.Models}
	if in.Language == "" {
		wish.Language = prose.English
	}
	if in.Cadence == "" {
		wish.Cadence = notify.Instant
	}
	address, err := readers.ParseAddress(in.Address)
	if err == nil {
		err = h.addFollows(c, &wish, in)
	}
	if err == nil {
		err = readers.CheckWish(wish)
	}
	if err != nil {
		if errors.Is(err, readers.ErrInvalid) {
			h.refuse(c, http.StatusUnprocessableEntity, "This cannot be signed up", invalid(err))
		} else {
			h.broken(c, err)
		}
		return
	}
	r, refused, err := h.ask(c.Context(), address, wish, in.Proof, c.now)
	switch {
	case err != nil:
		h.broken(c, err)
	case refused != nil:
		c.w.Header().Set("Retry-After", strconv.Itoa(int(refused.wait/time.Second)))
		h.refuse(c, http.StatusTooManyRequests, "Not now", c.refused(refused))
	default:
		h.answer(c, http.StatusAccepted, api.Subscribed{ID: string(r.ID), CodeUntil: r.At.Add(readers.CodeLife), LinkUntil: r.At.Add(readers.RequestLife)})
	}
}

// addFollows adds to a wish what a program names.
func (h *Handler) addFollows(c *call, wish *readers.Wish, in api.Subscription) error {
	w, err := h.o.World(c.Context())
	if err != nil {
		return fmt.Errorf("reading what is known: %w", err)
	}
	named := url.Values{"state": in.States, "county": in.Counties, "place": in.Places, "agency": in.Agencies}
	if in.Nation {
		named.Set("follow", string(readers.FollowNation))
	}
	for _, text := range chosen(named) {
		f, err := h.follow(w, text)
		if err != nil {
			return err
		}
		if _, has := wish.Followed(f.String()); !has {
			wish.Follows = append(wish.Follows, f)
		}
	}
	return nil
}

// invalid says what is wrong, without our own words before it.
func invalid(err error) string {
	text := err.Error()
	if at := strings.LastIndex(text, readers.ErrInvalid.Error()+": "); at >= 0 {
		text = text[at+len(readers.ErrInvalid.Error())+2:]
	}
	return prose.Capitalize(prose.Printed(text)) + "."
}

// confirmByProgram confirms a sign-up by its code.
func (h *Handler) confirmByProgram(c *call, text string) {
	var in api.Code
	if !h.read(c, &in) {
		return
	}
	id, ok := readers.ParseID(text)
	code := digits(in.Code)
	if !ok {
		h.refuse(c, http.StatusNotFound, "There is no such sign-up", "It was confirmed already, or is older than a week.")
		return
	}
	r, err := h.o.People.Try(c.Context(), id)
	switch {
	case errors.Is(err, readers.ErrNotFound):
		h.refuse(c, http.StatusNotFound, "There is no such sign-up", "It was confirmed already, or is older than a week.")
		return
	case err != nil:
		h.broken(c, err)
		return
	case !r.CodeAt(c.now):
		h.refuse(c, http.StatusGone, "The digits count no more", "They have expired, or were tried too often. The link in the mail still works.")
		return
	case !equal(code, readers.Code(h.codes, id)):
		h.refuse(c, http.StatusUnprocessableEntity, "These are not the digits of that mail", fmt.Sprintf("%d tries are left.", readers.MostTries-r.Tries))
		return
	}
	w, err := h.o.World(c.Context())
	if err != nil {
		h.broken(c, err)
		return
	}
	reader, err := h.o.People.Confirm(c.Context(), id, c.now, w.last())
	switch {
	case errors.Is(err, readers.ErrNotFound):
		h.refuse(c, http.StatusNotFound, "There is no such sign-up", "It was confirmed already, or is older than a week.")
	case err != nil:
		h.broken(c, err)
	default:
		h.letter()
		out := api.Confirmed{Manage: h.o.Settings().URL + at(reader.Language, "/subscribe/me/"+h.manageToken(reader.ID)), Follows: []string{}, Cadence: string(reader.Cadence), Language: string(reader.Language)}
		for _, f := range reader.Follows {
			out.Follows = append(out.Follows, c.named(f))
		}
		h.answer(c, http.StatusOK, out)
	}
}
