package web

import (
	"time"

	"github.com/watch287g/watch287g/roster"
)

// pollsShown is how many of the last polls the page of the state lists.
const pollsShown = 30

// statusPage says whether ICE's page is being read, and since when not.
func statusPage(v *visit) (*page, error) {
	f := v.freshness()
	data := struct {
		freshness
		Verdict string
		Good    bool
		Last    time.Time
		Every   string
		Polls   []roster.Poll
		Open    []roster.Hold
	}{freshness: f, Polls: v.polls[:min(len(v.polls), pollsShown)]}
	if len(v.polls) > 0 {
		data.Last = v.polls[0].At
	}
	if e := v.site.options.Every; e > 0 {
		data.Every = every(e)
	}
	for _, h := range v.holds {
		if h.State == roster.HoldOpen {
			data.Open = append(data.Open, h)
		}
	}
	switch {
	case f.Empty && f.NoSource:
		data.Verdict = "Nothing has been read yet."
	case f.NoSource:
		data.Verdict = "This is an archive: its lists were taken in once, and ICE's page is not being read."
	case !f.Failing.IsZero():
		data.Verdict = "ICE's page has not been readable since " + clock(f.Failing) + "."
	case f.Late:
		data.Verdict = "ICE's page has not been looked at since " + clock(data.Last) + "."
	default:
		data.Verdict, data.Good = "ICE's page is being read.", true
	}
	return &page{Template: "status", Title: "Is it up to date?", Path: "/status", Description: data.Verdict, Hidden: true, Data: data}, nil
}

// every writes how often something happens.
func every(d time.Duration) string {
	switch {
	case d%time.Hour == 0 && d > time.Hour:
		return "every " + roster.Plural(int(d.Hours()), "hour", "hours")
	case d == time.Hour:
		return "every hour"
	case d%time.Minute == 0 && d > time.Minute:
		return "every " + roster.Plural(int(d.Minutes()), "minute", "minutes")
	case d == time.Minute:
		return "every minute"
	}
	return "every " + d.String()
}
