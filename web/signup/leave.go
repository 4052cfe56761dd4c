package signup

import (
	"errors"
	"net/http"

	"github.com/watch287g/watch287g/readers"
)

// leaveData is what the page shows that ends mails, and what it shows then.
type leaveData struct {
	Address    string
	Followed   []link
	One        string // what the link is about alone; "" for all
	Manage     string
	ManageText string
	Lead       string
	Undo       string // what a button does that undoes it; "" for none
	Of         string // the follow to undo, as forms have it
}

// leave is the page to which each mail's link leads that ends mails: of a request, of a
// reader, or of one thing that a reader follows. A POST from wherever the mail is read
// (RFC 8058) ends them at once.
func (h *Handler) leave(c *call, token string) {
	id, of, ok := readers.ReadToken(h.links, readers.PurposeLeave, token)
	if !ok {
		h.plain(c, http.StatusNotFound, "wrong.none", "wrong.none.p")
		return
	}
	request, err := h.o.People.Request(c.Context(), id)
	if err == nil {
		h.leaveRequest(c, request)
		return
	}
	r, err2 := h.o.People.Reader(c.Context(), id)
	switch {
	case !errors.Is(err, readers.ErrNotFound):
		h.fail(c, err)
	case errors.Is(err2, readers.ErrNotFound): // and so nothing comes
		h.plain(c, goneStatus(c), "me.gone", "me.gone.p")
	case err2 != nil:
		h.fail(c, err2)
	case c.Method == http.MethodPost:
		h.leaves(c, r, of)
	default:
		h.showLeave(c, r, of)
	}
}

// goneStatus is that of a page about what is there no more. Whoever has just ended mails
// by one click and does so again has had what they want.
func goneStatus(c *call) int {
	if c.Method == http.MethodPost {
		return http.StatusOK
	}
	return http.StatusNotFound
}

func (h *Handler) showLeave(c *call, r readers.Reader, of string) {
	d := leaveData{Address: r.Address, Followed: c.names(r.Wish), Manage: h.managed(c, r)}
	switch r.State {
	case readers.StateLeft, readers.StateSuppressed:
		h.showLeft(c, r)
		return
	case readers.StateActive, readers.StatePaused:
	}
	if f, ok := r.Followed(of); ok && len(r.Follows) > 1 {
		d.One = c.inSentence(f)
	}
	h.show(c, http.StatusOK, "leave", c.say("leave.title"), d)
}

// leaves does what a POST asks for: to end all mails, or those about one thing, or to
// undo that.
func (h *Handler) leaves(c *call, r readers.Reader, of string) {
	w, ok := h.world(c)
	if !ok {
		return
	}
	do, click := c.PostFormValue("do"), c.PostFormValue("List-Unsubscribe") == "One-Click"
	f, one := r.Followed(of)
	switch {
	case do == "undo":
		if r, ok := h.undo(c, r, w.last()); ok {
			h.undone(c, r)
		}
	case do == "undo one" && of != "":
		back, err := h.follow(w, c.PostFormValue("follow"))
		if err != nil || back.String() != of {
			h.plain(c, http.StatusBadRequest, "wrong.form.h", "wrong.form")
			return
		}
		if r, _, ok := h.back(c, r, "", func(r *readers.Reader) error { r.Follow(back); r.ChangedAt = c.now; return nil }); ok {
			h.undone(c, r)
		}
	case do == "one" || click && of != "" && do != "all":
		r, _, ok := h.update(c, r, "", func(r *readers.Reader) error { r.Unfollow(of, c.now); return nil })
		switch {
		case !ok:
		case r.State == readers.StateLeft || !one:
			h.showLeft(c, r)
		default:
			h.show(c, http.StatusOK, "left", c.say("left.title"), leaveData{Lead: c.say("left.one", "place", c.inSentence(f)), Undo: "undo one", Of: written(f),
				Manage: h.managed(c, r), ManageText: c.say("leave.change")})
		}
	case click || do == "all":
		if r, _, ok := h.update(c, r, "", func(r *readers.Reader) error { r.Leave(c.now); return nil }); ok {
			h.showLeft(c, r)
		}
	default:
		h.showLeave(c, r, of)
	}
}

// undone says how it stands with a reader after leaving was undone.
func (h *Handler) undone(c *call, r readers.Reader) {
	how := c.say("left.undone.p")
	switch r.State {
	case readers.StateLeft, readers.StateSuppressed:
		h.showLeft(c, r)
		return
	case readers.StatePaused:
		how = c.paused(r)
	case readers.StateActive:
	}
	h.tell(c, http.StatusOK, c.say("left.undone"), []string{how}, link{c.say("leave.change"), h.managed(c, r)})
}

// showLeft says that mails have ended, and offers to undo it.
func (h *Handler) showLeft(c *call, r readers.Reader) {
	d := leaveData{Manage: h.managed(c, r), ManageText: c.say("left.erase.page")}
	switch r.State {
	case readers.StateLeft:
		d.Lead, d.Undo = c.say("left.lead", "address", r.Address, "undo", lasting(c.lang, readers.UndoLife)), "undo"
	case readers.StateSuppressed:
		d.Lead = c.say("me.suppressed.p", "address", r.Address, "contact", h.o.Settings().Contact)
	case readers.StateActive, readers.StatePaused: // one thing was left that was not followed
		d.Lead, d.ManageText = c.say("left.none"), c.say("leave.change")
	}
	h.show(c, http.StatusOK, "left", c.say("left.title"), d)
}

func (h *Handler) managed(c *call, r readers.Reader) string {
	return at(c.lang, "/subscribe/me/"+h.manageToken(r.ID))
}

// leaveRequest ends what was asked for and not confirmed. Whoever ends that from where
// mails are read wants no more of them: what the address was signed up for before ends,
// too, which can be undone.
func (h *Handler) leaveRequest(c *call, request readers.Request) {
	d := leaveData{Address: request.Address, Followed: c.names(request.Wish)}
	if c.Method != http.MethodPost || c.PostFormValue("List-Unsubscribe") != "One-Click" && c.PostFormValue("do") != "all" {
		h.show(c, http.StatusOK, "leave", c.say("leave.title"), d)
		return
	}
	if err := h.o.People.Withdraw(c.Context(), request.ID); err != nil && !errors.Is(err, readers.ErrNotFound) {
		h.fail(c, err)
		return
	}
	r, err := h.o.People.ReaderOf(c.Context(), request.Address)
	switch {
	case errors.Is(err, readers.ErrNotFound):
		h.plain(c, http.StatusOK, "left.request", "left.request.p")
	case err != nil:
		h.fail(c, err)
	default:
		if r, _, ok := h.update(c, r, "", func(r *readers.Reader) error { r.Leave(c.now); return nil }); ok {
			h.showLeft(c, r)
		}
	}
}
