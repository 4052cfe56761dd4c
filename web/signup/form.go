package signup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
)

// formData is what the form shows.
type formData struct {
	Choice                      choice
	Brings                      brings
	Wrongs                      []string
	Address, Seen, Proof        string
	Action                      string
	Changed                     bool // since what it would have brought was shown
	Challenge                   string
	Puzzles, Bits               int
	Unconfirmed, Networks, Undo string // how long these are kept, and can be undone
}

// form is where readers sign up. Every step of it is the same page, which has all that
// was typed, and nothing is kept before the last one.
func (h *Handler) form(c *call) {
	w, ok := h.world(c)
	if !ok {
		return
	}
	values := c.URL.Query()
	if c.Method == http.MethodPost {
		values = c.PostForm
	}
	d := h.readDraft(c, w, values, readers.Wish{Language: c.lang, Cadence: notify.Instant})
	address, do := values.Get("address"), values.Get("do")
	if do == string(notify.Daily) || do == string(notify.Weekly) {
		d.wish.Cadence = notify.Cadence(do)
	}
	data := formData{Action: at(c.lang, c.path), Address: prose.Shorten(prose.Clean(address), 254), Seen: mark(d.wish), Proof: values.Get("proof")}
	status := http.StatusOK
	// Who presses Enter in the field of the address presses the first button of the form.
	if sends := do == "send" || do == "find" && address != ""; c.Method == http.MethodPost && sends && d.query == "" {
		d.check(c)
		to, err := readers.ParseAddress(address)
		if err != nil {
			d.complain(c.say("wrong.address"))
		}
		switch data.Changed = values.Get("seen") != data.Seen; {
		case len(d.wrong) > 0:
			data.Changed, status = false, http.StatusUnprocessableEntity
		case data.Changed:
		default:
			if h.send(c, d, to, data.Proof) {
				return
			}
			status, data.Proof = http.StatusTooManyRequests, ""
		}
	}
	if _, proved := h.prover.check(data.Proof, c.now); !proved {
		data.Proof, data.Challenge, data.Puzzles, data.Bits = "", h.prover.challenge(c.now), puzzles, puzzleBits
	}
	data.Wrongs, data.Choice, data.Brings = d.wrong, d.choice(c), h.brings(c, w, d.wish)
	data.Unconfirmed, data.Networks, data.Undo = lasting(c.lang, readers.RequestLife), lasting(c.lang, readers.LimitLife), lasting(c.lang, readers.UndoLife)
	title := c.say("form.title")
	if len(d.wish.Follows) == 1 {
		title = c.say("form.title.one", "place", c.inSentence(d.wish.Follows[0]))
	}
	h.show(c, status, "form", title, data)
}

// send asks for the confirmation of what was chosen, and leads to the page where the code
// is typed. It returns false where that is refused, which the draft says then.
func (h *Handler) send(c *call, d *draft, address, proof string) (answered bool) {
	r, refused, err := h.ask(c.Context(), address, d.wish, proof, c.now)
	switch {
	case err != nil && errors.Is(err, readers.ErrInvalid):
		d.complain(c.say("wrong.form"))
	case err != nil:
		h.fail(c, err)
		return true
	case refused != nil:
		c.w.Header().Set("Retry-After", strconv.Itoa(int(refused.wait/time.Second)))
		d.complain(c.refused(refused) + " " + c.say("limit.feeds"))
	default:
		http.Redirect(c.w, c.Request, at(c.lang, "/subscribe/r/"+string(r.ID)), http.StatusSeeOther)
		return true
	}
	return false
}

// ask keeps a sign-up, unless it is refused. It does the same whether the address is
// known, unknown or suppressed, and so takes the same time.
func (h *Handler) ask(ctx context.Context, address string, wish readers.Wish, proof string, now time.Time) (r readers.Request, _ *refusal, err error) {
	r = readers.NewRequest(address, wish, now)
	if err := readers.CheckWish(wish); err != nil {
		return r, nil, fmt.Errorf("checking a sign-up: %w", err)
	}
	refused, err := h.take(ctx, address, proof, now)
	if err != nil || refused != nil {
		return r, refused, err
	}
	if err := h.o.People.Ask(ctx, r); err != nil {
		return r, nil, fmt.Errorf("keeping a sign-up: %w", err)
	}
	h.letter()
	return r, nil, nil
}
