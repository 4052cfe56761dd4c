package pages

import (
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/wording"
)

// statusPage says whether ICE's page is being read, and since when not.
func statusPage(req *request) (*response, error) {
	f := req.Fresh()
	data := struct {
		route.Freshness
		Verdict        string
		Every          string
		Until          time.Time // the last moment known
		First          roster.Date
		Polls          []roster.Poll
		Open           []roster.Hold
		Papers         bool // whether documents are known
		Contradictions int
		Words          []string // how the numbers that ICE's page states stand beside ours
	}{Words: wording.Lines(req.Language, req.Snapshot), Freshness: f, Verdict: verdict(req.Language, f), Until: req.Snapshot.KnownUntil(), First: roster.Day(req.Snapshot.Extent().First), Polls: req.Snapshot.Polls(), Open: req.Snapshot.OpenHolds()}
	if data.Papers = req.Documents.Any(); data.Papers {
		data.Contradictions = len(req.Documents.View.Conflicts())
	}
	if e := req.set.options.Every; e > 0 {
		data.Every = req.Language.Every(e)
	}
	return req.render(&page{Template: "status", Title: req.Language.Say("page.status.title"), Path: "/status", Description: data.Verdict, Hidden: true, Data: data})
}

// verdict answers with yes or no, and says why.
func verdict(l prose.Language, f route.Freshness) string {
	before := l.Say("page.status.before", "moment", l.Moment(f.Read))
	if f.Read.IsZero() {
		before = l.Say("page.status.before.never")
	}
	switch {
	case f.NoSource && f.Empty:
		return l.Say("page.status.nothing")
	case f.NoSource:
		return l.Say("page.status.archive")
	case !f.Failing.IsZero():
		return strings.TrimSpace(l.Say("page.status.failing", "moment", l.Moment(f.Failing), "before", before) + " " + why(l, f))
	case f.Late:
		return l.Say("page.status.late", "moment", l.Moment(f.Last))
	}
	return l.Say("page.status.yes", "before", before)
}

// why is what the last look at ICE's page ended in.
func why(l prose.Language, f route.Freshness) string {
	if f.Why == "" {
		return ""
	}
	return l.Say("page.status.why", "why", f.Why)
}
