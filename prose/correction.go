package prose

import (
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// correction says what was reported and what is so: in one line, by titles, or in full, with
// when that was and why it is known only now.
func (l Language) correction(of roster.Change, full bool) string {
	c := of.Correction
	if c == nil {
		return l.plain("correction.label")
	}
	k, p := "correction."+key(strings.ReplaceAll(string(c.Event), "_", "-")), parts{"from": l.Date(c.From), "until": l.Date(c.Until),
		"list": l.count(key("lists."+string(of.Publication.List)), 1, nil)}
	quote := func(r *roster.Report, words, day string) {
		if r == nil {
			return
		}
		text := r.Titles[string(l)]
		if full {
			text = r.Texts[string(l)]
		}
		p[words], p[day] = l.say("quoted", parts{"text": text}), l.Day(r.At)
	}
	quote(c.Was, "said", "date")
	quote(c.Now, "says", "found")
	if c.Event == roster.CorrectionLonger && c.Until == "" {
		k += ".first"
	}
	switch {
	case !full && c.Event == roster.CorrectionAltered && p["said"] == p["says"]:
		return l.say(k+".title.rest", p)
	case !full:
		return l.count(k+".title", c.Added, p)
	}
	text := l.count(k+".text", c.Added, p)
	if c.Event == roster.CorrectionTakenBack && c.Now != nil {
		text += " " + l.say("correction.instead.text", p)
	}
	return strings.TrimSpace(text + " " + l.CorrectionReasons(c.Why))
}

// CorrectionReasons says why something is known only now.
func (l Language) CorrectionReasons(why []roster.CorrectionReason) string {
	return strings.Join(each(why, func(r roster.CorrectionReason) string { return l.plain("correction.why." + key(r)) }), " ")
}
