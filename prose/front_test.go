package prose

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// frontTexts are what the front page says, with what that must be in English.
func frontTexts(l Language) map[string]string {
	lists := map[roster.List]roster.Evidence{roster.ListParticipating: {PublishedAt: published}}
	stats := func(active int, in map[roster.State]roster.ByStatus) roster.Stats {
		return roster.Stats{Active: active, Agencies: active, ByState: in, Publications: lists}
	}
	one := roster.ByStatus{Active: 1}
	guam := stats(3, map[roster.State]roster.ByStatus{"TX": {Active: 2}, "GU": one, "OH": {Pending: 4}})
	many := stats(1200, map[roster.State]roster.ByStatus{"TX": {Active: 1195}, "FL": one, "DC": one, "GU": one, "MP": one, "PR": one})
	figure := func(s roster.Stats) string {
		n, words := l.StatesFigure(s)
		return l.Thousands(n) + " " + words
	}
	left := []roster.Model{roster.TFM, roster.WSO}
	mark := func(n int) string {
		label, title := l.CurveMark(n)
		return label + ": " + title
	}
	return map[string]string{
		l.Claim(guam, published, false):                    "ICE lists 3 active 287(g) agreements in 1 state and Guam",
		l.Claim(many, published, true):                     "On July 3, 2025, ICE listed 1,200 active 287(g) agreements in 2 states, the District of Columbia and 3 territories",
		l.Claim(stats(0, nil), published, false):           "ICE lists no active 287(g) agreement",
		l.Claim(stats(0, nil), published, true):            "On July 3, 2025, ICE listed no active 287(g) agreement",
		l.Claim(roster.Stats{Pending: 4}, published, true): "287(g): no list of agreements is known",
		// Agreements of a state that ICE's list does not name are in no state.
		l.Claim(stats(1, map[roster.State]roster.ByStatus{"": one}), published, false):           "ICE lists 1 active 287(g) agreement",
		l.Claim(stats(2, map[roster.State]roster.ByStatus{"": one, "MP": one}), published, true): "On July 3, 2025, ICE listed 2 active 287(g) agreements in the Northern Mariana Islands",
		l.Stands(guam, published, true):    "As of July 3, 2025, 4 p.m. ET, ICE listed 3 active agreements with 3 agencies in 1 state and 1 territory, and an unknown number of pending entries.",
		figure(guam) + "; " + figure(many): "1 state and Guam; 2 states, D.C. and 3 territories",
		l.FrontWords("new", 30) + "; " + l.FrontWords("gone", 1) + " " + l.FrontDate("to", l.Date("2025-06-03")): "new in 30 days; gone in 1 day to June 3, 2025",
		l.FrontWords("recent", 30) + "; " + l.FrontDate("begins", ""):                                            "new and gone in the 30 days until then; the record begins on that day: what is new or gone counts from then on",
		l.NoLonger(left, "2025-06-03"):                                          "Task Force Model and Warrant Service Officer, since June 3, 2025",
		l.FrontWords("more", 1) + "; " + l.FrontWords("more", 2):                "1 more agreement; 2 more agreements",
		l.Ever("2025-02-21", 1126, 49):                                          "Of the active agreements, 1,126 came since February 21, 2025, the day of the first list known here; 49 that ICE listed then or later are gone from its list.",
		mark(1) + "; " + mark(1000):                                             "first: the first active agreement on record; 1,000: 1,000 active agreements or more, for the first time on record",
		l.FrontDate("until", l.Date("2025-06-03")):                              "known until June 3, 2025",
		l.FrontDate("ends", l.Day(time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC))): "This record ends on December 31, 2025. What ICE has listed since is not in it.",
	}
}

func TestFrontTexts(t *testing.T) {
	for got, want := range frontTexts(English) {
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	widen(t)
	for text := range frontTexts(wide) {
		if left := narrow(text); left != "" {
			t.Errorf("%q is in no message: %s", left, text)
		}
	}
}
