package draw

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// edges reads a curve's areas back: the height of each band's top above the
// baseline at every x of the plot.
func edges(t *testing.T, picture, layout string) map[string][]int {
	t.Helper()
	_, picture, _ = strings.Cut(picture, `<svg class="curve-`+layout)
	picture, _, _ = strings.Cut(picture, "</svg>")
	all := map[string][]int{}
	for _, m := range regexp.MustCompile(`<path class="curve-area curve-(\w+)" d="M(\d+) (\d+)((?:[hv]-?\d+)*)V(\d+)z"/>`).FindAllStringSubmatch(picture, -1) {
		if m[3] != m[5] {
			t.Fatalf("the area of %s begins on %s and ends on %s", m[1], m[3], m[5])
		}
		height := 0
		var tops []int
		for _, move := range regexp.MustCompile(`([hv])(-?\d+)`).FindAllStringSubmatch(m[4], -1) {
			by, _ := strconv.Atoi(move[2])
			if move[1] == "v" {
				height -= by
				continue
			}
			for range by {
				tops = append(tops, height)
			}
		}
		all[m[1]] = tops
	}
	return all
}

// The picture says what the lists said: on every day, every band ends where its
// agreements and those of the bands below it add up to.
func TestCurveIsTrue(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(287, 1))
	for range 200 {
		var d CurveData
		day := 0
		for range 1 + random.IntN(40) {
			p := point(day, random.IntN(200), random.IntN(900), random.IntN(600))
			p.ByModel[""] = random.IntN(9)
			d.Points = append(d.Points, p)
			day += 1 + random.IntN(12)
		}
		d.Until = noon(day)
		random.Shuffle(len(d.Points), func(i, j int) { d.Points[i], d.Points[j] = d.Points[j], d.Points[i] })
		picture := string(Curve(d))
		for _, f := range []frame{wide, narrow} {
			s := newSeries(d.Points, d.Until)
			values := ticks(s.peak(), f.up)
			axis := float64(values[len(values)-1])
			tops := edges(t, picture, f.name)
			for number := s.first; number <= s.last; number++ {
				// A day whose picture is narrower than a unit may be drawn over by the next.
				x, end := s.x(number, f.plotWidth()), s.x(number+1, f.plotWidth())
				if x == end {
					continue
				}
				sum := 0
				for band, v := range latest(d.Points, number) {
					sum += v
					want := float64(sum) / axis * float64(f.plotHeight())
					name := strings.ToLower(bandCodes[band])
					if s.used(band) && (len(tops[name]) != f.plotWidth() || diff(tops[name][end-1], want) > 0.51) {
						t.Fatalf("%s: %s ends at %v of %d on %s, want %.1f", f.name, name, tops[name], end-1, s.long(number), want)
					}
				}
			}
		}
	}
}

// latest is what the points say of a day, found the slow way.
func latest(points []Point, number int) [bands]int {
	var found Point
	for _, p := range points {
		if n, _ := dayNumber(p.At); n <= number && p.At.After(found.At) {
			found = p
		}
	}
	return [bands]int{found.ByModel[roster.JEM], found.ByModel[roster.TFM], found.ByModel[roster.WSO], found.ByModel[""]}
}

func diff(a int, b float64) float64 { return max(float64(a)-b, b-float64(a)) }

// A day is one in Washington, and its last list counts.
func TestLastListOfADayCounts(t *testing.T) {
	t.Parallel()
	one := func(at string, n int) Point {
		parsed, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		return Point{At: parsed, ByModel: map[roster.Model]int{roster.TFM: n}}
	}
	s := newSeries([]Point{
		one("2025-07-04T03:00:00Z", 3), // July 3, 11 p.m.
		one("2025-07-03T14:00:00Z", 1),
		one("2025-07-04T13:00:00Z", 4),
	}, time.Time{})
	if len(s.days) != 2 || s.at(s.first).total() != 3 || s.now().total() != 4 || s.long(s.first) != "July 3, 2025" {
		t.Errorf("got %+v", s)
	}
	if got := s.at(s.first - 1).total(); got != 0 {
		t.Errorf("before the first list there were %d", got)
	}
}

// What a pointer finds, from the first day to the last without a gap.
func TestColumnsTellTheFigures(t *testing.T) {
	t.Parallel()
	picture, _, _ := strings.Cut(string(Curve(CurveData{Points: sample.Points, Until: sample.Until})), "curve-narrow")
	var titles []string
	var end int
	for _, m := range regexp.MustCompile(`<rect x="(\d+)" y="\d+" width="(\d+)" height="\d+"><title>([^<]*)`).FindAllStringSubmatch(picture, -1) {
		x, _ := strconv.Atoi(m[1])
		width, _ := strconv.Atoi(m[2])
		if len(titles) > 0 && x != end {
			t.Errorf("a column from %d on, behind one until %d", x, end)
		}
		end = x + width
		titles = append(titles, m[3])
	}
	if end != wide.left+wide.plotWidth() {
		t.Errorf("the last column ends at %d", end)
	}
	for _, want := range []string{
		"February 27, 2025: 171 active agreements (Jail Enforcement Model 61, Task Force Model 44, Warrant Service Officer 66)",
		"June 21, 2025: 410 active agreements (Jail Enforcement Model 69, Task Force Model 240, Warrant Service Officer 101)",
	} {
		found := false
		for _, title := range titles {
			found = found || title == want
		}
		if !found {
			t.Errorf("no column says %q:\n%s", want, strings.Join(titles, "\n"))
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data CurveData
		want string
	}{
		"none": {CurveData{}, "No participating list is known yet."},
		"one":  {CurveData{Points: []Point{point(0, 0, 1, 0)}}, "February 21, 2025: 1 active agreement (Task Force Model 1)."},
		"more": {CurveData{Points: []Point{point(0, 0, 0, 0), {At: noon(7), ByModel: map[roster.Model]int{"": 1200}, Pending: 3}}, Until: noon(8)},
			"February 21, 2025: 0 active agreements. March 1, 2025: 1,200 active agreements (Other models 1,200), 3 pending."},
	} {
		if got := newSeries(test.data.Points, test.data.Until).summary(); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestTicks(t *testing.T) {
	t.Parallel()
	for top, want := range map[int][]int{
		0: {0, 1}, 1: {0, 1}, 4: {0, 1, 2, 3, 4}, 6: {0, 2, 4, 6}, 11: {0, 5, 10, 15}, 30: {0, 10, 20, 30},
		1000: {0, 200, 400, 600, 800, 1000}, 1274: {0, 500, 1000, 1500}, 12345: {0, 5000, 10000, 15000},
	} {
		if diff := cmp.Diff(want, ticks(top, 5)); diff != "" {
			t.Errorf("up to %d:\n%s", top, diff)
		}
	}
	for top := range 3000 {
		if all := ticks(top, 5); len(all) > 6 || all[len(all)-1] < top {
			t.Fatalf("up to %d: %v", top, all)
		}
	}
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]string{
		1:    "Feb 21 2025",
		12:   "Feb 21 2025|Feb 23|Feb 25|Feb 27|Mar 1|Mar 3",
		50:   "Feb 21 2025|Feb 28|Mar 7|Mar 14|Mar 21|Mar 28|Apr 4|Apr 11",
		200:  "Mar 2025|Apr|May|Jun|Jul|Aug|Sep",
		400:  "Mar 2025|May|Jul|Sep|Nov|Jan 2026|Mar",
		800:  "Apr 2025|Jul|Oct|Jan 2026|Apr|Jul|Oct|Jan 2027|Apr",
		3650: "2026|2028|2030|2032|2034",
	} {
		first, _ := dayNumber(noon(0))
		p := paceFor(first, first+days-1, 9)
		var got []string
		before := 0
		for _, n := range p.marks(first, first+days-1) {
			text, year := p.label(prose.English, n, before)
			got = append(got, strings.TrimSpace(text+" "+year))
			before = n
		}
		if diff := cmp.Diff(want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%d days:\n%s", days, diff)
		}
	}
}

// However the values lie, the labels neither touch nor leave the picture, and
// stay in the order of the bands.
func TestTagsKeepApart(t *testing.T) {
	t.Parallel()
	for _, values := range [][bands]int{{1000, 1, 1, 1}, {1, 1, 1, 1000}, {0, 0, 0, 0}, {1, 1000, 1, 1}, {0, 0, 1, 0}, {250, 250, 250, 250}} {
		s := newSeries([]Point{{At: noon(0), ByModel: map[roster.Model]int{roster.JEM: 1, roster.TFM: 1, roster.WSO: 1, "": 1}}, {At: noon(1),
			ByModel: map[roster.Model]int{roster.JEM: values[0], roster.TFM: values[1], roster.WSO: values[2], "": values[3]}}}, time.Time{})
		for _, f := range []frame{wide, narrow} {
			gap := 36
			if f.name == "narrow" {
				gap = 15
			}
			all := s.tags(f, 1500, gap)
			for i, tag := range all {
				if tag.y < f.top-gap/2 || tag.y > f.base()+gap/2 {
					t.Errorf("%v, %s: %+v leaves the plot", values, f.name, tag)
				}
				if i > 0 && tag.y-all[i-1].y < gap {
					t.Errorf("%v, %s: %+v touches %+v", values, f.name, tag, all[i-1])
				}
			}
		}
	}
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	picture := string(Curve(sample))
	for text, want := range map[string]int{
		">First agreement of West Virginia · Apr 2</text>":                   1, // the narrow one has no room
		"<title>April 2, 2025: First agreement of West Virginia</title>":     2,
		"<title>April 4, 2025: near enough to need a row of its own</title>": 2,
		"later than the curve":                                    0,
		">known until Jun 21, 2025</text>":                        2,
		`<text class="curve-axis" x="0" y="13">Active agreements`: 1, // the other one has it above its key
	} {
		if got := strings.Count(picture, text); got != want {
			t.Errorf("%q is there %d times, want %d", text, got, want)
		}
	}
	// A curve of more than a year gives the year, too.
	if text := ">500 · Feb 22, 2025</text>"; !strings.Contains(string(Curve(CurveData{Points: growth(400), Markers: []Marker{{At: noon(1), Label: "500"}}})), text) {
		t.Errorf("no marker says %q", text)
	}
}

// Up to three round numbers are named, each on the day that first had so many, whatever
// was before and after; what stood on the first day is not news.
func TestRounds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		totals []int // one a day
		want   string
	}{
		"growing":        {[]int{148, 240, 510, 900, 1000, 1274}, "500 February 23, 1,000 February 25"},
		"from none":      {[]int{0, 0, 1, 1, 5, 17}, "first February 23, 10 February 26"},
		"few":            {[]int{0, 2}, "first February 22"},
		"falling":        {[]int{40, 30, 20, 10}, ""},
		"there and back": {[]int{90, 100, 80, 120, 101, 210}, "100 February 22, 200 February 26"},
		"at once":        {[]int{0, 300}, "250 February 22"},
		"nothing":        {nil, ""}, "one day": {[]int{7}, ""},
	} {
		var points []Point
		for i, n := range test.totals {
			points = append(points, point(i, 0, n, 0))
		}
		var got []string
		for _, m := range newSeries(points, time.Time{}).rounds() {
			got = append(got, m.Label+" "+strings.TrimSuffix(prose.English.Day(m.At), ", 2025"))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// A mark ends where the curve is on its day, on top of all bands.
func TestMarksEndOnTheCurve(t *testing.T) {
	t.Parallel()
	for _, d := range []CurveData{sample, {Points: growth(300), Rounds: true}, {Points: growth(900), Rounds: true}} {
		picture := string(Curve(d))
		for _, f := range []frame{wide, narrow} {
			s := newSeries(d.Points, d.Until)
			_, rows := s.marks(f, slices.Concat(d.Markers, s.rounds()))
			if !d.Rounds {
				_, rows = s.marks(f, d.Markers)
			}
			base := f.below(s, rows).base()
			_, layout, _ := strings.Cut(picture, `<svg class="curve-`+f.name)
			layout, _, _ = strings.Cut(layout, "</svg>")
			marks := regexp.MustCompile(`V(\d+)"/><circle cx="(\d+)" cy="(\d+)"`).FindAllStringSubmatch(layout, -1)
			for _, m := range marks {
				x, _ := strconv.Atoi(m[2])
				y, _ := strconv.Atoi(m[3])
				if top := edges(t, picture, f.name)["wso"][x-f.left]; m[1] != m[3] || base-y != top {
					t.Errorf("%s: a mark at %d ends %d above the axis, and the curve %d", f.name, x, base-y, top)
				}
			}
			if len(marks) == 0 {
				t.Errorf("%s: no marks", f.name)
			}
		}
	}
}

// Wherever the markers are, their labels neither touch each other nor leave the
// picture, and a label that begins at its own line stands on no other one.
func TestMarkersKeepApart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(287, 2))
	shown := 0
	for range 300 {
		s := newSeries(growth(30+random.IntN(700)), time.Time{})
		var markers []Marker
		for range 1 + random.IntN(5) {
			markers = append(markers, Marker{At: noon(random.IntN(s.last - s.first + 1)), Label: strconv.Itoa(1 + random.IntN(2000))})
		}
		for _, f := range []frame{wide, narrow} {
			all, rows := s.marks(f, markers)
			if len(all) != len(markers) {
				t.Fatalf("%d of %d markers are drawn", len(all), len(markers))
			}
			for i, m := range all {
				if m.label == "" {
					continue
				}
				shown++
				if m.from < 0 || m.to > f.width || m.row >= rows {
					t.Errorf("%s: %+v leaves its place", f.name, m)
				}
				for _, other := range all[i+1:] {
					if other.label != "" && other.row == m.row && other.from < m.to && m.from < other.to {
						t.Errorf("%s: %+v touches %+v", f.name, m, other)
					}
					if crossed := other.x > m.from && other.x < m.to && other.row <= m.row && m.from > m.x && other.label != ""; crossed {
						t.Errorf("%s: the line of %+v crosses %+v", f.name, other, m)
					}
				}
			}
		}
	}
	if shown < 500 {
		t.Errorf("only %d labels are shown", shown)
	}
}

func TestCurveStaysSmall(t *testing.T) {
	t.Parallel()
	var wild []Point
	for i := range 3650 {
		wild = append(wild, point(i, i%2*300, i%3*300, i%5*100))
	}
	if n := len(Curve(CurveData{Points: wild})); n > 40_000 {
		t.Errorf("ten years of a new list a day have %d bytes", n)
	}
}

func FuzzCurve(f *testing.F) {
	f.Add(int64(1740000000), int64(86400), 3, 100, -4, "a label")
	f.Add(int64(-62135596800), int64(1<<40), 1<<62, 0, 1, hostile)
	f.Fuzz(func(t *testing.T, from, pause int64, a, b, c int, text string) {
		d := CurveData{ID: text, Title: text, Description: text, Until: time.Unix(from, 0).Add(time.Duration(pause))}
		for i := range int64(4) {
			at := time.Unix(from+i*pause, 0)
			d.Points = append(d.Points, Point{At: at, Pending: c, ByModel: map[roster.Model]int{roster.JEM: a, roster.WSO: b, roster.Model(text): c}})
			d.Markers = append(d.Markers, Marker{At: at, Label: text})
		}
		parse(t, Curve(d))
		parse(t, Spark(d))
	})
}
