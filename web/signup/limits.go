package signup

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/web/crowd"
)

// What is counted. Every sign-up counts against all that concern it or against none,
// whatever is known of its address, so that being refused says nothing of that. All
// counts are over within a day: nobody is kept out for longer than somebody else keeps
// sending.
const (
	limitAddress  = "address"  // that a mail goes to, without its tag
	limitNetwork  = "network"  // that a sign-up comes from: one address, and its /24
	limitScript   = "script"   // sign-ups without a proof of work
	limitProvider = "provider" // the domain that mails go to
	limitAll      = "all"
	limitWork     = "work" // one challenge
	limitOwn      = "own"  // of a reader: mails with the link to take a copy and to erase
	limitUndo     = "undo" // of a reader: each time that mails end, a mail says so
)

// How often, in an hour and in a day.
const (
	addressHour, addressDay = 3, 5
	clientHour, clientDay   = 60, 120 // a school, a meeting
	networkHour, networkDay = 120, 240
	slowHour, slowDay       = 5, 15 // of one address without the proof of work
	domainHour, domainDay   = 50, 100
	ownDay                  = 3
	undoDay                 = 5
	dayOfHours              = 10 // hours' worth of mails that go out in a day
)

// refusal says which limit is used up, and after how long it no longer is, at the latest.
type refusal struct {
	limit string
	wait  time.Duration
}

// providers are the domains under which most people have their address.
func providers() []string {
	return []string{"gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "aol.com", "icloud.com",
		"me.com", "mac.com", "comcast.net", "proton.me", "protonmail.com"}
}

// take counts a sign-up.
func (h *Handler) take(ctx context.Context, address, proof string, now time.Time) (*refusal, error) {
	challenge, proved := h.prover.check(proof, now)
	all := h.limitsOf(ctx, address, challenge, proved)
	refused, err := h.o.People.Take(ctx, all, now)
	if err == nil && refused == limitWork+" hour" { // somebody uses one proof again and again
		all = h.limitsOf(ctx, address, "", false)
		refused, err = h.o.People.Take(ctx, all, now)
	}
	if err != nil {
		return nil, fmt.Errorf("counting a sign-up: %w", err)
	}
	for _, l := range all {
		if l.Name == refused {
			name, _, _ := cutName(refused)
			return &refusal{name, l.Within}, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing is used up
}

// undo takes back that a reader has left, unless that was done so often today that somebody
// may be having mails sent to them. It answers itself where that fails.
func (h *Handler) undo(c *call, r readers.Reader, last uint64) (_ readers.Reader, ok bool) {
	refused, err := h.o.People.Take(c.Context(), []readers.Limit{{Name: limitUndo, Key: readers.LimitKey(h.limits, limitUndo, string(r.ID)), Most: undoDay, Within: 24 * time.Hour}}, c.now)
	switch {
	case err != nil:
		h.fail(c, fmt.Errorf("counting what is undone: %w", err))
		return r, false
	case refused != "":
		h.plain(c, http.StatusTooManyRequests, "limit.title", "limit.undo")
		return r, false
	}
	r, _, ok = h.back(c, r, "", func(r *readers.Reader) error { r.Undo(c.now, last); return nil })
	return r, ok
}

// limitsOf are those that a sign-up counts against.
func (h *Handler) limitsOf(ctx context.Context, address, challenge string, proved bool) (all []readers.Limit) {
	add := func(name, of string, hour, day int) {
		key := readers.LimitKey(h.limits, name, of)
		all = append(all, readers.Limit{Name: name + " hour", Key: key + "h", Most: hour, Within: time.Hour},
			readers.Limit{Name: name + " day", Key: key + "d", Most: day, Within: 24 * time.Hour})
	}
	most := h.o.Settings().Confirmations
	client, network := networksOf(crowd.Client(ctx))
	add(limitAddress, readers.InboxKey(address), addressHour, addressDay)
	if proved {
		all = append(all, readers.Limit{Name: limitWork + " hour", Key: readers.LimitKey(h.limits, limitWork, challenge), Most: 1, Within: challengeFor})
	} else {
		add(limitScript, client, slowHour, slowDay)
		add(limitScript, "all", max(most/5, 1), max(most/5, 1)*dayOfHours)
	}
	add(limitNetwork, client, clientHour, clientDay)
	if network != client {
		add(limitNetwork, network, networkHour, networkDay)
	}
	domain := readers.DomainOf(address)
	if slices.Contains(providers(), domain) {
		add(limitProvider, domain, max(most/2, 1), max(most/2, 1)*dayOfHours)
	} else {
		add(limitProvider, domain, min(domainHour, most), domainDay)
	}
	add(limitAll, "", most, most*dayOfHours)
	return all
}

// cutName takes the time off a limit's name.
func cutName(name string) (limit, within string, ok bool) {
	for i := range len(name) {
		if name[i] == ' ' {
			return name[:i], name[i+1:], true
		}
	}
	return name, "", false
}

// networksOf are the one who asks, and the network that stands for all near to it: the
// /24 of IPv4. Of IPv6 one has a /64, which is both.
func networksOf(client netip.Addr) (one, network string) {
	if !client.IsValid() {
		return "nobody", "nobody"
	}
	bits := 24
	if client.Is6() {
		bits = 64
	}
	p, err := client.Prefix(bits)
	if err != nil {
		return client.String(), client.String()
	}
	if client.Is6() {
		return p.String(), p.String()
	}
	return client.String(), p.String()
}

// refused is what somebody is told whose sign-up was refused.
func (c *call) refused(r *refusal) string {
	key := map[string]string{limitAddress: "limit.address", limitNetwork: "limit.network", limitScript: "limit.script",
		limitProvider: "limit.domain", limitAll: "limit.all"}[r.limit]
	return c.say(key, "wait", c.lang.Lasting(r.wait))
}
