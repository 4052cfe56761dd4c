package pages

import (
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
)

// What the front page, a state's page and a day's page say of their counts in figures.

// pendingFigure is of n pending entries: ICE's page has gone without a pending list for
// months, and then there is nothing to count.
func pendingFigure(l prose.Language, s roster.Stats, n int, url string) figure {
	return figure{Number: n, Unknown: !s.Knows(roster.ListPending), Words: l.FrontWords("pending", n), Note: l.PendingSource(s), URL: url}
}

// modelFigures are the active agreements by model.
func modelFigures(l prose.Language, s roster.Stats) []figure {
	var all []figure
	for _, m := range roster.Models() {
		all = append(all, figure{Number: s.ByModel[m], Words: l.Say("page.figure.model." + string(m)), Note: l.Say("page.figure.share", "share", l.Percent(s.ByModel[m], s.Active))})
	}
	if n := s.ByModel[roster.OtherModel]; n > 0 {
		names := each(slices.Sorted(maps.Keys(s.Others)), l.Model)
		note := l.Say("page.figure.share.of", "share", l.Percent(n, s.Active), "models", l.And(names[:min(len(names), mostOthers)]))
		if more := len(names) - mostOthers; more > 0 {
			note += " " + l.Phrase(prose.PhraseMore, more)
		}
		all = append(all, figure{Number: n, Words: l.Model(roster.OtherModel), Note: note})
	}
	return all
}

// mostOthers bounds how many models that are none of the three are named.
const mostOthers = 3

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// points is a curve to be drawn.
func points(curve []snapshot.Point) []draw.Point {
	return each(curve, func(p snapshot.Point) draw.Point { return draw.Point(p) })
}

func each[T, U any](list []T, f func(T) U) []U {
	all := make([]U, len(list))
	for i, v := range list {
		all[i] = f(v)
	}
	return all
}
