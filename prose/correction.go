package prose

import (
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// How many characters of a title and of a text a correction quotes; the change's page has all.
const (
	quotedTitle = 240
	quotedText  = 500
)

// Reported is a change as a correction quotes it, in all languages.
func Reported(c roster.Change) *roster.Report {
	r := &roster.Report{ID: c.ID, Kind: c.Kind, At: c.DetectedAt, Titles: map[string]string{}, Texts: map[string]string{}}
	for _, l := range Languages() {
		likely := l.doubt(c)
		if likely != "" {
			likely = " (" + l.say("title.likely", parts{"likely": likely}) + ")"
		}
		r.Titles[string(l)], r.Texts[string(l)] = Shorten(l.titleText(c), quotedTitle-len(likely))+likely, Shorten(Clean(l.TextOf(c)), quotedText)
	}
	return r
}

// correctionTitle says what is corrected, in one line.
func (l Language) correctionTitle(of roster.Change) string {
	c := of.Correction
	k, p := l.correctionParts(of, func(r roster.Report) string { return r.Titles[string(l)] })
	switch {
	case c == nil:
		return l.plain(k)
	case c.Event == roster.CorrectionAltered && p["said"] == p["says"]:
		return l.say(k+".title.rest", p)
	}
	return l.count(k+".title", c.Added, p)
}

// correctionText says what was reported and when, what is so, and why that is known only now.
func (l Language) correctionText(of roster.Change) string {
	c := of.Correction
	k, p := l.correctionParts(of, func(r roster.Report) string { return r.Texts[string(l)] })
	if c == nil {
		return l.plain(k) + "."
	}
	sentences := []string{l.count(k+".text", c.Added, p)}
	if c.Event == roster.CorrectionTakenBack && c.Now != nil {
		sentences = append(sentences, l.say("correction.instead.text", p))
	}
	return strings.Join(append(sentences, l.CorrectionReasons(c.Why)), " ")
}

// correctionParts are how the keys of the messages about a correction begin, and what these
// are made of; of nil, the key of its label.
func (l Language) correctionParts(of roster.Change, words func(roster.Report) string) (key, parts) {
	c := of.Correction
	if c == nil {
		return "correction.label", nil
	}
	p := parts{"from": l.Date(c.From), "until": l.Date(c.Until), "list": l.count(key("lists."+string(of.Publication.List)), 1, nil)}
	if c.Event == roster.CorrectionLonger && c.Until == "" {
		return "correction.longer.first", p
	}
	if c.Was != nil {
		p["said"], p["date"] = l.say("quoted", parts{"text": words(*c.Was)}), l.Day(c.Was.At)
	}
	if c.Now != nil {
		p["says"], p["found"] = l.say("quoted", parts{"text": words(*c.Now)}), l.Day(c.Now.At)
	}
	return "correction." + key(strings.ReplaceAll(string(c.Event), "_", "-")), p
}

// CorrectionReasons says why something is known only now.
func (l Language) CorrectionReasons(why []roster.CorrectionReason) string {
	return strings.Join(each(why, func(r roster.CorrectionReason) string { return l.plain("correction.why." + key(r)) }), " ")
}
