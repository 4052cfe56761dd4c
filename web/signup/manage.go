package signup

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
)

// errMeanwhile means that a reader was changed after the form was made.
var errMeanwhile = errors.New("the reader was changed meanwhile")

// meData is what the page shows on which a reader changes what comes.
type meData struct {
	Address, Version string
	Action, Contact  string
	Said, Paused     string
	Wrongs           []string
	Choice           choice
	Brings           brings
	Undo             string
	Manage, Until    string
}

// reader reads the reader whose page a token opens, for an answer, which it gives itself
// where there is none.
func (h *Handler) reader(c *call, token string) (r readers.Reader, ok bool) {
	id, _, ok := readers.ReadToken(h.links, readers.PurposeManage, token)
	return h.opened(c, id, ok, func() {
		h.tell(c, http.StatusNotFound, c.say("me.gone"), []string{c.say("me.gone.p")}, link{c.say("check.restart"), at(c.lang, "/subscribe")})
	})
}

// opened reads the reader that a token names, if it does; else, and where there is none, it
// has that answered.
func (h *Handler) opened(c *call, id readers.ID, named bool, none func()) (r readers.Reader, ok bool) {
	err := readers.ErrNotFound
	if named {
		r, err = h.o.People.Reader(c.Context(), id)
	}
	switch {
	case err == nil:
		return r, true
	case errors.Is(err, readers.ErrNotFound):
		none()
	default:
		h.fail(c, err)
	}
	return r, false
}

// me is the page on which a reader changes what comes, and where it ends.
func (h *Handler) me(c *call, token string) {
	r, ok := h.reader(c, token)
	if !ok {
		return
	}
	w, ok := h.world(c)
	if !ok {
		return
	}
	d := &draft{wish: r.Wish}
	data := meData{Action: at(c.lang, c.path), Contact: h.o.Settings().Contact}
	if c.Method == http.MethodPost {
		switch do := c.PostFormValue("do"); do {
		case "own":
			h.prove(c, r)
			return
		case "save", "find", "show", "daily", "weekly":
			d = h.readDraft(c, w, c.PostForm, r.Wish)
			if do == "daily" || do == "weekly" {
				d.wish.Cadence = notify.Cadence(do)
			}
			if do != "save" || d.query != "" {
				break
			}
			if d.check(c); len(d.wrong) > 0 {
				break
			}
			r, data.Said, ok = h.update(c, r, "me.saved", save(d.wish, c.PostFormValue("version"), c.now))
			d = &draft{wish: r.Wish}
		case "undo":
			if r, ok = h.undo(c, r, w.last()); r.State == readers.StateActive {
				data.Said = c.say("left.undone.p")
			}
			d = &draft{wish: r.Wish}
		default:
			if change, said := h.lifeOf(c, do, w.last()); change != nil {
				r, data.Said, ok = h.back(c, r, said, change)
			}
		}
		if !ok {
			return
		}
	}
	h.showMe(c, w, r, d, data, token)
}

// showMe shows how it stands with a reader.
func (h *Handler) showMe(c *call, w World, r readers.Reader, d *draft, data meData, token string) {
	data.Address, data.Version, data.Manage = r.Address, version(r), at(c.lang, "/subscribe/me/"+token)
	data.Until = c.lang.Day(r.LeftAt.Add(readers.UndoLife))
	switch r.State {
	case readers.StateLeft:
		h.show(c, http.StatusOK, "gone", c.say("me.left"), data)
		return
	case readers.StateSuppressed:
		h.show(c, http.StatusOK, "suppressed", c.say("me.suppressed"), data)
		return
	case readers.StatePaused:
		data.Paused = c.paused(r)
	case readers.StateActive:
	}
	data.Wrongs, data.Choice, data.Brings = d.wrong, d.choice(c), h.brings(c, w, d.wish)
	data.Undo = lasting(c.lang, readers.UndoLife)
	status := http.StatusOK
	if len(d.wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	h.show(c, status, "me", c.say("me.title"), data)
}

// paused says until when a reader has paused.
func (c *call) paused(r readers.Reader) string {
	if r.PausedUntil.IsZero() {
		return c.say("me.paused")
	}
	return c.say("me.paused.till", "date", c.lang.Day(r.PausedUntil))
}

// lifeOf is what a button of the page does to a reader, and what is said of it then.
func (h *Handler) lifeOf(c *call, do string, last uint64) (change func(*readers.Reader) error, said string) {
	pause := func(until time.Time) (func(*readers.Reader) error, string) {
		return func(r *readers.Reader) error { r.Pause(until, c.now); return nil }, ""
	}
	switch do {
	case "week":
		return pause(c.now.AddDate(0, 0, 7))
	case "month":
		return pause(c.now.AddDate(0, 1, 0))
	case "pause":
		return pause(time.Time{})
	case "resume":
		return func(r *readers.Reader) error { r.Resume(c.now, last); return nil }, "me.resumed"
	case "leave":
		return func(r *readers.Reader) error { r.Leave(c.now); return nil }, ""
	}
	return nil, ""
}

// save puts a wish in the place of the one for which the form was made.
func save(wish readers.Wish, of string, now time.Time) func(*readers.Reader) error {
	return func(r *readers.Reader) error {
		if version(*r) != of {
			return errMeanwhile
		}
		r.SetCadence(wish.Cadence)
		r.Wish, r.ChangedAt = wish, now
		return nil
	}
}

// version names how a reader's wish stands.
func version(r readers.Reader) string { return mark(r.Wish) + string(r.Language) }

// update changes a reader, and says what was done. It answers itself where that fails.
func (h *Handler) update(c *call, r readers.Reader, said string, change func(*readers.Reader) error) (_ readers.Reader, says string, ok bool) {
	after, err := h.o.People.Update(c.Context(), r.ID, change)
	switch {
	case errors.Is(err, errMeanwhile):
		return h.again(c, r.ID)
	case errors.Is(err, readers.ErrNotFound):
		h.plain(c, http.StatusNotFound, "me.gone", "me.gone.p")
		return r, "", false
	case err != nil:
		h.fail(c, err)
		return r, "", false
	}
	h.letter()
	if said != "" {
		says = c.say(said)
	}
	return after, says, true
}

// back is update for what may have mails come again. Nothing is sent to an address that was
// suppressed while nothing was sent to it anyway: then it says nothing, and the reader is
// suppressed. That is looked at afterward, so that neither misses the other.
func (h *Handler) back(c *call, r readers.Reader, said string, change func(*readers.Reader) error) (_ readers.Reader, says string, ok bool) {
	r, says, ok = h.update(c, r, said, change)
	switch {
	case !ok:
		return r, "", false
	case r.State == readers.StateActive:
	case r.State == readers.StatePaused:
		return r, says, true
	default:
		return r, "", true
	}
	found, err := h.o.People.Suppressed(c.Context(), r.Address)
	sup, is := found[r.Address]
	if err == nil && !is {
		return r, says, true
	}
	if err == nil {
		err = h.o.People.Suppress(c.Context(), r.Address, sup)
	}
	if err == nil {
		r, err = h.o.People.Reader(c.Context(), r.ID)
	}
	if err != nil {
		h.fail(c, fmt.Errorf("looking whether mails may come again: %w", err))
	}
	return r, "", err == nil
}

// again reads a reader who was changed meanwhile.
func (h *Handler) again(c *call, id readers.ID) (readers.Reader, string, bool) {
	r, err := h.o.People.Reader(c.Context(), id)
	if err != nil {
		h.fail(c, err)
		return r, "", false
	}
	return r, c.say("me.meanwhile"), true
}

// privacy says what is kept, for how long, and what is never done.
func (h *Handler) privacy(c *call) {
	contact := ""
	if prose.Link(h.o.Settings().Contact) != "" {
		contact = h.o.Settings().Contact
	}
	h.show(c, http.StatusOK, "privacy", c.say("privacy.title"), struct {
		Unconfirmed, Code, Networks, Undo, Contact, ContactURL string
	}{lasting(c.lang, readers.RequestLife), lasting(c.lang, readers.CodeLife), lasting(c.lang, readers.LimitLife), lasting(c.lang, readers.UndoLife), h.o.Settings().Contact, contact})
}
