package draw

import (
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Point is what ICE's lists said from a moment on, until the next point.
type Point struct {
	At      time.Time
	ByModel map[roster.Model]int // active agreements; by any name; what is none of the three is one band
	Pending int                  // entries on the pending list
}

// CurveData is what a curve shows.
type CurveData struct {
	ID          string    // what its ids begin with; "curve" or "spark" where it is ""
	Title       string    // its name for readers who do not see it
	Description string    // and what it says; first and last figures where it is ""
	Points      []Point   // in any order; the last of a day in Washington counts
	Until       time.Time // the day until which the last point is known to hold; that of the last point where it is zero
	Markers     []Marker
	Rounds      bool           // a curve also names the days that first had a round number of active agreements
	Language    prose.Language // English where it is ""
	Axis        bool           // a spark names its numbers, and its first and last day
}

// Marker is a moment that the curve names.
type Marker struct {
	At    time.Time
	Label string // a word or two
	Title string // the same in a sentence, for a pointer that rests on it; the label where it is ""
}

// most bounds what a figure can be, so that sums and sizes stay in range.
const most = 1_000_000_000

// bands are the parts of a figure, from the baseline up: the models in their
// order, then the agreements in other models.
const bands = 4

var bandCodes = [bands]string{string(roster.JEM), string(roster.TFM), string(roster.WSO), "other"}

// day is a day in Washington, and its figures at its end.
type day struct {
	number  int // days since January 1, 1970
	values  [bands]int
	pending int
}

func (d day) total() int {
	sum := 0
	for _, v := range d.values {
		sum += v
	}
	return sum
}

// series is a curve's data by day: what a day says holds until the next. All
// bands are counted from zero to last, the first and the last day drawn.
type series struct {
	days        []day
	first, last int
	l           prose.Language
}

func newSeries(points []Point, until time.Time) series {
	sorted := slices.Clone(points)
	slices.SortStableFunc(sorted, func(a, b Point) int { return a.At.Compare(b.At) })
	s := series{l: prose.English}
	for _, p := range sorted {
		number, ok := dayNumber(p.At)
		if !ok {
			continue
		}
		d := day{number: number, pending: bounded(p.Pending)}
		for m, n := range p.ByModel {
			band := bandOf(m)
			d.values[band] = bounded(d.values[band] + bounded(n))
		}
		if n := len(s.days); n > 0 && s.days[n-1].number == number {
			s.days[n-1] = d
			continue
		}
		s.days = append(s.days, d)
	}
	if len(s.days) == 0 {
		return s
	}
	s.first, s.last = s.days[0].number, s.days[len(s.days)-1].number
	if end, ok := dayNumber(until); ok {
		s.last = max(s.last, end)
	}
	return s
}

func bandOf(m roster.Model) int {
	if i := slices.Index(bandCodes[:bands-1], string(m)); i >= 0 {
		return i
	}
	return bands - 1
}

func bounded(n int) int { return min(max(n, 0), most) }

// dayNumber is t's day in Washington; ok is false where t is not a time of ours.
func dayNumber(t time.Time) (number int, ok bool) {
	if t.IsZero() || t.Year() < 2 || t.Year() > 9000 {
		return 0, false
	}
	year, month, date := t.In(washington()).Date()
	return int(time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Unix() / 86400), true
}

// washington is the zone in which roster counts days. A curve asks for thousands.
var washington = sync.OnceValue(func() *time.Location { return roster.Date("2025-01-01").EndOf().Location() })

func dayTime(number int) time.Time { return time.Unix(int64(number)*86400, 0).UTC() }

// long spells a day out, as in "June 11, 2025".
func (s series) long(number int) string { return s.l.Date(roster.DateOf(dayTime(number))) }

// short names a day in the little room that a curve has: "Jun 11, 2025".
func (s series) short(number int) string { return s.l.ShortDate(roster.DateOf(dayTime(number))) }

// brief is short without the year where the curve has only one, which its axis names.
func (s series) brief(number int) string {
	if dayTime(s.first).Year() == dayTime(s.last).Year() {
		return s.l.ShortDay(roster.DateOf(dayTime(number)))
	}
	return s.short(number)
}

// at is what holds at the end of a day, the zero day before the first.
func (s series) at(number int) day {
	i := sort.Search(len(s.days), func(i int) bool { return s.days[i].number > number })
	if i == 0 {
		return day{}
	}
	return s.days[i-1]
}

// now is what holds at the end.
func (s series) now() day { return s.at(s.last) }

// peak is the largest total.
func (s series) peak() int {
	top := 0
	for _, d := range s.days {
		top = max(top, d.total())
	}
	return top
}

// used says whether a band is ever above zero.
func (s series) used(band int) bool {
	return slices.ContainsFunc(s.days, func(d day) bool { return d.values[band] > 0 })
}

// step is a stretch of a drawn curve: from x on, the bands end at these heights
// above zero, each on top of those before it.
type step struct {
	x    int
	tops [bands]int
}

// steps fits the series into width by height, height being worth axis. What
// falls on the same x is one step, the last, so a step never is narrower than a
// unit. The picture of a day is from its x to that of the day after.
func (s series) steps(width, height, axis int) []step {
	var all []step
	for _, d := range s.days {
		next := step{x: s.x(d.number, width)}
		sum := 0
		for i, v := range d.values {
			sum += v
			next.tops[i] = scale(sum, height, axis)
		}
		if n := len(all); n > 0 && all[n-1].x == next.x {
			all = all[:n-1]
		}
		if n := len(all); n > 0 && all[n-1].tops == next.tops {
			continue
		}
		all = append(all, next)
	}
	return all
}

// x is where a day begins.
func (s series) x(number, width int) int {
	return scale(number-s.first, width, s.last-s.first+1)
}

// scale is part of whole, as a length of which the whole is worth size, rounded.
func scale(part, size, whole int) int { return (2*part*size + whole) / (2 * whole) }
