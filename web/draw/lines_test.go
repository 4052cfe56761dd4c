package draw

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// heights reads a line back: its height above the baseline at every x of the plot.
func heights(t *testing.T, picture string, f frame, line int) []int {
	t.Helper()
	_, picture, _ = strings.Cut(picture, `<svg class="curve-`+f.name)
	picture, _, _ = strings.Cut(picture, "</svg>")
	m := regexp.MustCompile(`<path class="curve-line curve-line-` + strconv.Itoa(line) + `" d="M(\d+) (\d+)((?:[HV]\d+)+)"/>`).FindStringSubmatch(picture)
	if m == nil {
		t.Fatalf("there is no line %d in %s", line, picture)
	}
	x, _ := strconv.Atoi(m[1])
	y, _ := strconv.Atoi(m[2])
	var all []int
	for _, move := range regexp.MustCompile(`([HV])(\d+)`).FindAllStringSubmatch(m[3], -1) {
		to, _ := strconv.Atoi(move[2])
		if move[1] == "V" {
			y = to
			continue
		}
		for ; x < to; x++ {
			all = append(all, f.base()-y)
		}
	}
	return all
}

// Every line is, on every day, as high as its share.
func TestLinesAreTrue(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(287, 2))
	for range 100 {
		d := LinesData{Lines: []Line{{Of: "of these"}, {Of: "of those"}}}
		day := 0
		for range 1 + random.IntN(40) {
			for i := range d.Lines {
				whole := 1 + random.IntN(400_000_000)
				d.Lines[i].Shares = append(d.Lines[i].Shares, Share{noon(day), random.IntN(whole + 1), whole})
			}
			day += 1 + random.IntN(12)
		}
		d.Until = noon(day)
		picture := string(Lines(d))
		low := narrowLines
		low.top, low.height = low.top+2*keyLine, low.height+2*keyLine
		for _, f := range []frame{wideLines, low} {
			peak := 0.0
			for _, l := range d.Lines {
				for _, s := range l.Shares {
					peak = max(peak, float64(s.Part)/float64(s.Whole))
				}
			}
			values := ticks(int(math.Ceil(peak*100)), f.up)
			axis := float64(values[len(values)-1])
			s := d.Lines[0].series(d.Until)
			for i, l := range d.Lines {
				drawn := heights(t, picture, f, i+1)
				if len(drawn) != f.plotWidth() {
					t.Fatalf("%s: line %d is %d wide", f.name, i, len(drawn))
				}
				for k, share := range l.Shares {
					number, _ := dayNumber(share.At)
					x := s.x(number, f.plotWidth())
					if k+1 < len(l.Shares) {
						if next, _ := dayNumber(l.Shares[k+1].At); s.x(next, f.plotWidth()) == x {
							continue // drawn over
						}
					}
					want := 100 * float64(share.Part) / float64(share.Whole) / axis * float64(f.plotHeight())
					if x < len(drawn) && math.Abs(float64(drawn[x])-want) > 0.6 {
						t.Fatalf("%s: line %d is %d high on %s, want %.1f", f.name, i, drawn[x], newSeries(nil, time.Time{}).long(number), want)
					}
				}
			}
		}
	}
}

func TestLinesSayWhatTheyShow(t *testing.T) {
	picture := string(Lines(LinesData{Title: "Shares <i>", Until: noon(40), Lines: []Line{
		{Of: "of the residents", Shares: []Share{{noon(0), 1, 3}, {noon(20), 2, 3}}}, {Of: "of the counties & more", Shares: []Share{{noon(0), 0, 254}, {noon(20), 254, 254}}}}}))
	first, last := newSeries(nil, time.Time{}).long(days(noon(0))), newSeries(nil, time.Time{}).long(days(noon(40)))
	for _, want := range []string{"<title id=\"lines-wide-title\">Shares &lt;i&gt;</title>", first + ": 33.3% of the residents and 0% of the counties &amp; more.",
		last + ": 66.7% of the residents and 100% of the counties &amp; more.", `<tspan>100%</tspan>`} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture lacks %q:\n%s", want, picture)
		}
	}
	if empty := string(Lines(LinesData{Title: "Nothing"})); !strings.Contains(empty, "No list yet") {
		t.Error(empty)
	}
}

func days(t time.Time) int {
	number, _ := dayNumber(t)
	return number
}
