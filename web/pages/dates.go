package pages

import (
	"html/template"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/table"
)

// knownDays are the first and the last day of which something is known, in part or whole.
func (req *request) knownDays() (first, last roster.Date) {
	return roster.Day(req.Snapshot.Extent().First), roster.Day(req.Snapshot.KnownUntil())
}

// past says whether the last moment known is so long ago that nothing is said of now.
func (req *request) past() bool { return !req.Fresh().Ended.IsZero() }

// Days and moments that programs can read too: spelled out where they stand in a
// sentence, and short where they stand in a table.

func timeHTML(datetime, words string) template.HTML {
	return template.HTML(`<time datetime="` + datetime + `">` + words + `</time>`) //nolint:gosec // made of numbers and the names of months
}

func momentHTML(l prose.Language, t time.Time) template.HTML {
	return timeHTML(t.UTC().Format(time.RFC3339), l.Moment(t))
}

func shortMoment(l prose.Language, t time.Time) template.HTML {
	return timeHTML(t.UTC().Format(time.RFC3339), l.ShortMoment(t))
}

// shortDate is a day in a table, "" where it is none.
func shortDate(l prose.Language, d roster.Date) template.HTML {
	if d.Time().IsZero() {
		return ""
	}
	return timeHTML(string(d), l.ShortDate(d))
}

// firstDay is since when an agreement or an entry is listed, as far as is known.
func firstDay(l prose.Language, s roster.AgreementAt) template.HTML {
	return template.HTML(l.OrBefore(string(shortDate(l, roster.Day(s.Since))), s.Baseline)) //nolint:gosec // words of ours around a day
}

// signedCell is when an agreement was signed, or what ICE prints in place of that.
func signedCell(l prose.Language, a roster.Agreement) template.HTML {
	if day := shortDate(l, a.Signed); day != "" {
		return day
	}
	return template.HTML(template.HTMLEscapeString(l.SignedCell(a))) //nolint:gosec // escaped
}

// pendingCell is since when an entry is pending, and for how long.
func pendingCell(l prose.Language, h table.Holding) template.HTML {
	return template.HTML(l.PendingCell(string(shortDate(l, roster.Day(h.Since))), h.Days, h.Baseline)) //nolint:gosec // words of ours around a day
}
