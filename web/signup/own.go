package signup

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/readers"
)

// Mails are forwarded, and with them the link to the page on which a reader changes what
// comes. What that page does can be undone. To see all that is kept, or to erase it, takes a
// link that is mailed to the reader then, and counts for a day.

// prove has that link mailed.
func (h *Handler) prove(c *call, r readers.Reader) {
	if r.State == readers.StateSuppressed { // whose page says whom to write to
		h.tell(c, http.StatusConflict, c.say("me.suppressed"), []string{c.say("me.suppressed.erase", "contact", h.o.Settings().Contact)})
		return
	}
	refused, err := h.o.People.Take(c.Context(), []readers.Limit{{Name: limitOwn, Key: readers.LimitKey(h.limits, limitOwn, string(r.ID)), Most: ownDay, Within: 24 * time.Hour}}, c.now)
	if err == nil && refused == "" {
		err = h.o.People.Prove(c.Context(), r.ID, c.now)
	}
	switch {
	case errors.Is(err, readers.ErrNotFound):
		h.plain(c, http.StatusNotFound, "me.gone", "me.gone.p")
	case err != nil:
		h.fail(c, fmt.Errorf("having a link mailed: %w", err))
	case refused != "":
		h.plain(c, http.StatusTooManyRequests, "limit.title", "limit.own")
	default:
		h.letter()
		h.tell(c, http.StatusOK, c.say("me.own.sent"), []string{c.say("me.own.sent.p", "address", r.Address, "life", lasting(c.lang, readers.OwnLife))})
	}
}

// owner reads whose page a token opens, for an answer, which it gives itself where there is
// none.
func (h *Handler) owner(c *call, token string) (r readers.Reader, ok bool) {
	id, ok := readers.ReadOwnToken(h.links, token, c.now)
	return h.opened(c, id, ok, func() { h.plain(c, http.StatusNotFound, "own.over", "own.over.p") })
}

// own is the page on which a reader takes a copy, or erases.
func (h *Handler) own(c *call, token string) {
	r, ok := h.owner(c, token)
	if !ok {
		return
	}
	if c.Method != http.MethodPost || c.PostFormValue("do") != "erased" {
		h.show(c, http.StatusOK, "own", c.say("own.title"), struct{ Address, Copy string }{r.Address, at(c.lang, "/subscribe/own/"+token+"/copy")})
		return
	}
	if err := h.o.People.Erase(c.Context(), r.ID); err != nil && !errors.Is(err, readers.ErrNotFound) {
		h.fail(c, err)
		return
	}
	h.plain(c, http.StatusOK, "erased.title", "erased.lead")
}

// copyOf gives out all that is kept of a reader, with requests that are not confirmed.
func (h *Handler) copyOf(c *call, token string) {
	r, ok := h.owner(c, token)
	if !ok {
		return
	}
	requests, err := h.o.People.RequestsOf(c.Context(), r.Address)
	if err != nil {
		h.fail(c, fmt.Errorf("reading what waits for a confirmation: %w", err))
		return
	}
	body, err := json.MarshalIndent(struct {
		readers.Reader
		Requests []readers.Request `json:"requests,omitempty"` // of the same address
	}{r, requests}, "", "  ")
	if err != nil {
		h.fail(c, fmt.Errorf("writing a copy: %w", err))
		return
	}
	header := c.w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Disposition", `attachment; filename="watch287g-copy.json"`)
	h.write(c, http.StatusOK, append(body, '\n'))
}
