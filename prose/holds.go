package prose

import (
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Held tells the operator what is wrong with a list that was set aside, what approving it
// would send, what happens if nobody acts, and how to act.
func (l Language) Held(h roster.Hold) string {
	p := parts{"list": string(h.List), "file": Printed(h.File), "published": l.Moment(h.PublishedAt), "reasons": strings.Join(h.Reasons, " "), "id": h.ID, "when": l.Moment(h.AcceptAt)}
	would, nobody := key("held.would.unknown"), key("held.nobody.waits")
	if h.Effect != nil {
		would = "held.would"
		if p["effect"] = l.effect(*h.Effect, "effect.left"); p["effect"] == "" {
			would = "held.would.nothing"
		}
	}
	if !h.AcceptAt.IsZero() {
		nobody = "held.nobody.accepts"
	}
	acts := key("held.acts")
	if h.NoColumns {
		would, acts = "held.would.never", "held.acts.reject"
	}
	return strings.Join([]string{l.say("held.wrong", p), l.say(would, p), l.say(nobody, p), l.say(acts, p)}, "\n")
}

// NotApprovable tells the operator why a list without columns can only be rejected.
func (l Language) NotApprovable() string { return l.plain("held.would.never") }

// HoldEnded tells the operator what became of a list that was set aside.
func (l Language) HoldEnded(h roster.Hold) string {
	how := key("hold-ended.decided")
	switch h.State {
	case roster.HoldApproved:
		how = "hold-ended.approved"
	case roster.HoldRejected:
		how = "hold-ended.rejected"
	case roster.HoldBorneOut:
		how = "hold-ended.borne"
	case roster.HoldDropped:
		how = "hold-ended.dropped"
	case roster.HoldOpen:
	}
	if h.By == roster.ByLink && (h.State == roster.HoldApproved || h.State == roster.HoldRejected) {
		how += ".link"
	}
	return l.say("hold-ended", parts{"list": string(h.List), "file": Printed(h.File), "id": h.ID, "since": l.Moment(h.Since), "how": l.say(how, parts{"at": l.Moment(h.DecidedAt)})})
}

// Effect says what a held list would change if it counted: "3 new agreements, 735 no
// longer listed"; "nothing" for nothing.
func (l Language) Effect(e roster.Effect) string {
	if s := l.effect(e, "effect.left.page"); s != "" {
		return s
	}
	return l.plain("effect.nothing")
}

func (l Language) effect(e roster.Effect, left key) string {
	n := map[roster.Kind]int{roster.KindNew: e.New, roster.KindPending: e.Pending, roster.KindRemoved: e.Removed, roster.KindRestored: e.Restored, roster.KindAmended: e.Amended}
	counts := l.countKinds(n)
	if e.Left > 0 {
		counts = append(counts, l.count(left, e.Left, nil))
	}
	return strings.Join(counts, ", ")
}

// Affected names the agreements and entries that a held list would change, a bounded
// number of them.
func (l Language) Affected(a roster.Affected) string {
	return l.say("effect.agency", parts{"agency": l.InState(a.Agency, a.State), "model": l.Model(a.Model)})
}

// AffectedMore says how many more there are than are named; "" for none.
func (l Language) AffectedMore(e roster.Effect) string {
	if n := e.New + e.Pending + e.Removed + e.Restored + e.Amended - len(e.First); n > 0 {
		return l.count("effect.more", n, nil)
	}
	return ""
}
