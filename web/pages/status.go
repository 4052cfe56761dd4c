package pages

import (
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// statusPage says whether ICE's page is being read, and since when not.
func statusPage(req *request) (*response, error) {
	f := req.Fresh()
	data := struct {
		route.Freshness
		Verdict string
		Every   string
		Until   time.Time // the last moment known
		First   roster.Date
		Polls   []roster.Poll
		Open    []roster.Hold
	}{Freshness: f, Verdict: verdict(f), Until: req.Snapshot.KnownUntil(), First: roster.Day(req.Snapshot.Extent().First), Polls: req.Snapshot.Polls(), Open: req.Snapshot.OpenHolds()}
	if e := req.set.options.Every; e > 0 {
		data.Every = english.Every(e)
	}
	return req.render(&page{Template: "status", Title: "Is ICE's page being read?", Path: "/status", Description: data.Verdict, Hidden: true, Data: data})
}

// verdict answers with yes or no, and says why.
func verdict(f route.Freshness) string {
	before := " It was last read well on " + english.Moment(f.Read) + "."
	if f.Read.IsZero() {
		before = " It was never read well."
	}
	switch {
	case f.NoSource && f.Empty:
		return "No. Nothing has been read yet."
	case f.NoSource:
		return "No. This is an archive: its lists were taken in once, and ICE's page is not being read."
	case !f.Failing.IsZero():
		return "No. ICE's page has not been readable since " + english.Moment(f.Failing) + "." + before + why(f)
	case f.Late:
		return "No. ICE's page has not been looked at since " + english.Moment(f.Last) + "."
	}
	return "Yes. ICE's page is being read." + before
}

// why is what the last look at ICE's page ended in.
func why(f route.Freshness) string {
	if f.Why == "" {
		return ""
	}
	return " At the last look: " + f.Why
}
