package signup

import (
	"crypto/hmac"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/watch287g/watch287g/readers"
)

// checkData is what the page shows where the code is typed.
type checkData struct {
	Address, Wrong, Again string
	Open                  bool // codes can be typed
	CodeLife, LinkLife    string
}

// check is the page that stays open until the code of the mail is typed.
func (h *Handler) check(c *call, text string) {
	id, ok := readers.ParseID(text)
	var r readers.Request
	if ok {
		r, ok = h.request(c, id)
	} else {
		h.over(c)
	}
	if !ok {
		return
	}
	d := checkData{Address: r.Address, Open: r.Tries < readers.MostTries,
		CodeLife: lasting(c.lang, readers.CodeLife), LinkLife: lasting(c.lang, readers.RequestLife), Again: again(c, r.Wish)}
	status := http.StatusOK
	if c.Method == http.MethodPost {
		if d.Wrong = h.try(c, r); d.Wrong == "" {
			return
		}
		status, d.Open = http.StatusUnprocessableEntity, d.Wrong != c.say("check.over") && d.Wrong != c.say("check.late")
	} else if !d.Open {
		d.Wrong = c.say("check.over")
	}
	h.show(c, status, "check", c.say("check.title"), d)
}

// try compares a code that was typed. What it returns is what is wrong with it; "" where
// the request is answered.
func (h *Handler) try(c *call, r readers.Request) (wrong string) {
	code := digits(c.PostFormValue("code"))
	if len(code) != 6 {
		return c.say("check.form")
	}
	r, err := h.o.People.Try(c.Context(), r.ID)
	switch {
	case errors.Is(err, readers.ErrNotFound):
		h.over(c)
		return ""
	case err != nil:
		h.fail(c, err)
		return ""
	case r.Tries > readers.MostTries:
		return c.say("check.over")
	case !r.CodeAt(c.now):
		return c.say("check.late")
	case equal(code, readers.Code(h.codes, r.ID)):
		h.confirmed(c, r.ID)
		return ""
	case r.Tries == readers.MostTries:
		return c.say("check.over")
	}
	return c.sayn("check.wrong", readers.MostTries-r.Tries)
}

// equal compares two codes, in the same time wherever they differ.
func equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// digits are those of a text in which spaces and dashes stand between them.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\u00a0' || r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, text[:min(len(text), 40)])
}

// again is the address of the form with all that was chosen but the email address.
func again(c *call, w readers.Wish) string {
	q := url.Values{"cadence": {string(w.Cadence)}, "language": {string(w.Language)}}
	for _, f := range w.Follows {
		q.Add("follow", written(f))
	}
	return at(c.lang, "/subscribe") + "?" + q.Encode()
}

// request reads a request for an answer, which it gives itself where that is over.
func (h *Handler) request(c *call, id readers.ID) (readers.Request, bool) {
	r, err := h.o.People.Request(c.Context(), id)
	switch {
	case err == nil && r.OpenAt(c.now):
		return r, true
	case err == nil, errors.Is(err, readers.ErrNotFound):
		h.over(c)
	default:
		h.fail(c, err)
	}
	return r, false
}

// over says that there is nothing to confirm anymore.
func (h *Handler) over(c *call) {
	h.tell(c, http.StatusNotFound, c.say("check.gone"), []string{c.say("check.gone.p", "link", lasting(c.lang, readers.RequestLife))},
		link{c.say("check.restart"), at(c.lang, "/subscribe")})
}

// askedData is what the page shows to which the link of a mail leads.
type askedData struct {
	Address  string
	Followed []link
	Often    string
	LinkLife string
	Manage   string
}

// confirm is the page to which the link of the mail leads. Its button confirms.
func (h *Handler) confirm(c *call, token string) {
	id, _, ok := readers.ReadToken(h.links, readers.PurposeConfirm, token)
	if !ok {
		h.over(c)
		return
	}
	r, ok := h.request(c, id)
	if !ok {
		return
	}
	if c.Method == http.MethodPost {
		switch c.PostFormValue("do") {
		case "confirm":
			h.confirmed(c, id)
			return
		case "forget":
			h.forget(c, id)
			return
		}
	}
	h.show(c, http.StatusOK, "confirm", c.say("confirm.title"), h.asked(c, r.Address, r.Wish, ""))
}

func (h *Handler) asked(c *call, address string, w readers.Wish, manage string) askedData {
	return askedData{Address: address, Followed: c.names(w), Often: c.say("form."+string(w.Cadence)) + ": " + c.say("form."+string(w.Cadence)+".is") + ".",
		LinkLife: lasting(c.lang, readers.RequestLife), Manage: manage}
}

// confirmed makes a reader of a request, and leads to the page that says so.
func (h *Handler) confirmed(c *call, id readers.ID) {
	w, ok := h.world(c)
	if !ok {
		return
	}
	r, err := h.o.People.Confirm(c.Context(), id, c.now, w.last())
	switch {
	case errors.Is(err, readers.ErrNotFound):
		h.over(c)
	case err != nil:
		h.fail(c, err)
	default:
		http.Redirect(c.w, c.Request, at(c.lang, "/subscribe/ok/"+h.manageToken(r.ID)), http.StatusSeeOther)
	}
}

// forget deletes a request that whoever has the address did not make.
func (h *Handler) forget(c *call, id readers.ID) {
	if err := h.o.People.Withdraw(c.Context(), id); err != nil && !errors.Is(err, readers.ErrNotFound) {
		h.fail(c, err)
		return
	}
	h.plain(c, http.StatusOK, "dropped.title", "dropped.lead")
}

// done says what is followed from now on.
func (h *Handler) done(c *call, token string) {
	r, ok := h.reader(c, token)
	if !ok {
		return
	}
	h.show(c, http.StatusOK, "done", c.say("done.title"), h.asked(c, r.Address, r.Wish, at(c.lang, "/subscribe/me/"+token)))
}

func (h *Handler) manageToken(id readers.ID) string {
	return readers.Token(h.links, readers.PurposeManage, id, "")
}
