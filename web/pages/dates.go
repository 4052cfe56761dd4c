package pages

import (
	"html/template"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/table"
)

// knownDays are the first and the last day of which something is known, in part or whole.
func (req *request) knownDays() (first, last roster.Date) {
	return roster.Day(req.Snapshot.Extent().First), roster.Day(req.Snapshot.KnownUntil())
}

// past says whether the last moment known is so long ago that nothing is said of now.
func (req *request) past() bool { return !req.Fresh().Ended.IsZero() }

// firstDay is since when an agreement or an entry is listed, as far as is known.
func firstDay(l prose.Language, s roster.AgreementAt) template.HTML {
	return template.HTML(l.OrBefore(string(frame.ShortDate(l, roster.Day(s.Since))), s.Baseline)) //nolint:gosec // words of ours around a day
}

// signedCell is when an agreement was signed, or what ICE prints in place of that.
func signedCell(l prose.Language, a roster.Agreement) template.HTML {
	if day := frame.ShortDate(l, a.Signed); day != "" {
		return day
	}
	return template.HTML(template.HTMLEscapeString(l.SignedCell(a))) //nolint:gosec // escaped
}

// pendingCell is since when an entry is pending, and for how long.
func pendingCell(l prose.Language, h table.Holding) template.HTML {
	return template.HTML(l.PendingCell(string(frame.ShortDate(l, roster.Day(h.Since))), h.Days, h.Baseline)) //nolint:gosec // words of ours around a day
}
