package draw

import (
	"slices"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// mark is a marker with its place on a curve.
type mark struct {
	x     int
	total int // of that day
	title string
	label string // with its day; "" where there is no room for it
	from  int    // where the label begins, which ends behind to
	to    int
	row   int // from the top
}

const (
	markRows    = 3  // of labels above a curve, at most
	markLetters = 32 // of a label without its day, at most
	markLetter  = 7  // the width of one, about
)

// marks places what the curve names, from left to right. No label stands on another
// one, or on the line of another: it begins at its own line, or ends there where the
// picture does, and stands lower than those before it that reach so far. A label that
// finds no room is left to the pointer.
func (s series) marks(f frame, markers []Marker) (all []mark, rows int) {
	sorted := slices.Clone(markers)
	slices.SortStableFunc(sorted, func(a, b Marker) int { return a.At.Compare(b.At) })
	for _, m := range sorted {
		number, ok := dayNumber(m.At)
		if !ok || len(s.days) == 0 || number < s.first || number > s.last {
			continue
		}
		next := mark{x: f.left + s.x(number, f.plotWidth()), total: s.at(number).total(), title: s.l.Say("page.curve.on", "date", s.long(number), "said", m.Label)}
		if m.Title != "" {
			next.title = s.l.Say("page.curve.on", "date", s.long(number), "said", m.Title)
		}
		label := prose.Shorten(m.Label, markLetters) + " · " + s.brief(number)
		width := utf8.RuneCountInString(label) * markLetter
		next.from = next.x + 4
		if next.from+width > f.width {
			next.from = next.x - 4 - width
		}
		next.to = next.from + width
		for _, before := range all {
			if before.label != "" && before.to >= min(next.from, next.x) {
				next.row = max(next.row, before.row+1)
			}
		}
		if next.row < markRows && next.from >= 0 {
			next.label = label
			rows = max(rows, next.row+1)
		}
		all = append(all, next)
	}
	return all, rows
}

// markers draws the marks of a curve, whose numbers go up to axis: lines from their
// labels down to the curve.
func (c *canvas) markers(f frame, marks []mark, axis int) {
	for _, m := range marks {
		baseline := f.head + m.row*markLine + 12
		if m.label == "" {
			baseline = f.top
		}
		c.add(`<g class="curve-marker"><title>%s</title><path d="M%d %dV%d"/><circle cx="%[2]d" cy="%[4]d" r="3.5"/>`, escape(m.title), m.x, baseline-9, f.base()-scale(m.total, f.plotHeight(), axis))
		switch {
		case m.label == "":
		case m.from < m.x:
			c.add(`<text class="curve-before" x="%d" y="%d">%s</text>`, m.x-4, baseline, escape(m.label))
		default:
			c.add(`<text x="%d" y="%d">%s</text>`, m.from, baseline, escape(m.label))
		}
		c.add(`</g>`)
	}
}

// roundSteps are the round numbers that are named on a curve, and their multiples, from
// small to large; mostRounds is how many of one curve.
var roundSteps = []int{5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000}

const mostRounds = 3

// rounds names the days that first ended with a round number of active agreements, and
// the first agreement of all where it came in the time of the curve.
func (s series) rounds() []Marker {
	if len(s.days) == 0 {
		return nil
	}
	reached, peak, room := s.days[0].total(), s.peak(), mostRounds
	if reached == 0 {
		room--
	}
	step := roundSteps[len(roundSteps)-1]
	for _, of := range slices.Backward(roundSteps) {
		if peak/of-reached/of <= room {
			step = of
		}
	}
	var all []Marker
	for _, d := range s.days {
		now := d.total()
		if now <= reached {
			continue
		}
		round := now / step * step
		if round == 0 && reached == 0 {
			round = 1
		}
		if round > reached {
			label, title := s.l.CurveMark(round)
			all = append(all, Marker{At: roster.DateOf(dayTime(d.number)).EndOf(), Label: label, Title: title})
		}
		reached = now
	}
	return all
}
