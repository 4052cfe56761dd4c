package draw

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// hostile is what a broken or wicked cell can hold.
const hostile = `"><script>alert(1)</script><a style='x' onload=y href="javascript:z">&amp; ` + "\x00\x1b\xff" + ` ]]> --> Ñandú 日本 🚓`

// noon is that of a day in Washington, on which all else is built.
func noon(day int) time.Time { return time.Date(2025, 2, 21+day, 17, 0, 0, 0, time.UTC) }

func point(day, jem, tfm, wso int) Point {
	return Point{At: noon(day), ByModel: map[roster.Model]int{roster.JEM: jem, roster.TFM: tfm, roster.WSO: wso}}
}

// growth is a history of so many days, one list a day.
func growth(days int) []Point {
	var all []Point
	for i := range days {
		p := point(i, 60+i/9, 30+i, 60+i/2)
		p.Pending = i % 40
		all = append(all, p)
	}
	return all
}

var sample = CurveData{
	Points: []Point{point(0, 60, 31, 60), point(3, 61, 44, 66), point(40, 70, 120, 80), point(90, 69, 240, 101)},
	Until:  noon(120),
	Markers: []Marker{
		{At: noon(40), Label: "First agreement of West Virginia"},
		{At: noon(42), Label: "near enough to need a row of its own"},
		{At: noon(500), Label: "later than the curve"},
	},
}

var counts = map[roster.State]roster.ByStatus{
	"FL": {Active: 304, Pending: 12}, "TX": {Active: 118, Pending: 3}, "WV": {Active: 60}, "OK": {Active: 20},
	"NY": {Active: 19}, "GU": {Active: 1}, "OH": {Pending: 1}, "DC": {Active: 5}, "RI": {Active: 12345},
}

// now is what agencies in some counties have: all that a map shows.
var now = map[string]prose.CountyNow{
	"47011": {Own: map[roster.Model]int{roster.TFM: 1}, Pending: 1},
	"47065": {Own: map[roster.Model]int{roster.WSO: 2, roster.JEM: 1}},
	"47107": {Own: map[roster.Model]int{roster.WSO: 1}, Local: map[roster.Model]int{roster.TFM: 1}},
	"47139": {Local: map[roster.Model]int{roster.WSO: 3}},
	"47121": {Pending: 2},
	"47037": {Own: map[roster.Model]int{roster.OtherModel: 1}, Local: map[roster.Model]int{roster.WSO: 1, roster.OtherModel: 1}},
	"10001": {Own: map[roster.Model]int{roster.JEM: 1}, Local: map[roster.Model]int{roster.TFM: 2}},
	"10003": {Pending: 1},
	"99999": {Pending: 1},
}

var coverage = []roster.Coverage{
	{State: "FL", Counties: 67, Covered: roster.Reach{Counties: 67}},
	{State: "TX", Counties: 254, Covered: roster.Reach{Counties: 253}},
	{State: "CA", Counties: 58},
	{State: "GA", Counties: 159, Covered: roster.Reach{Counties: 16}},
	{State: "VA", Counties: 1000, Covered: roster.Reach{Counties: 1}},
	{State: "GU", Counties: 1},
}

// pictures are all kinds of picture of all kinds of data.
func pictures() map[string]template.HTML {
	b := ready()
	hostileMap := CountyMapData{ID: hostile, Title: hostile, Description: hostile, Now: now}
	all := map[string]template.HTML{
		"counties":               b.CountyMap("TN", CountyMapData{Title: "t", Description: "d", Now: now}),
		"counties, empty":        b.CountyMap("RI", CountyMapData{}),
		"counties, one":          b.CountyMap("DC", CountyMapData{}),
		"counties, no state":     b.CountyMap("ZZ", CountyMapData{}),
		"counties, hostile":      b.CountyMap("DE", hostileMap),
		"nation":                 b.NationMap(NationMapData{CountyMapData: CountyMapData{Title: "t", Now: now}}),
		"nation, hostile":        b.NationMap(NationMapData{hostileMap, map[roster.State]string{"TN": hostile}}),
		"neighborhood":           b.Neighborhood("47011", CountyMapData{Title: "t", Now: now}),
		"neighborhood, hostile":  b.Neighborhood("51610", hostileMap),
		"neighborhood, far away": b.Neighborhood("02016", CountyMapData{}),
		"neighborhood, unknown":  b.Neighborhood(hostile, CountyMapData{}),
		"locator":                b.Locator("47011", CountyMapData{Title: "t"}),
		"locator, a dot":         b.Locator("51610", hostileMap),
		"locator, unknown":       b.Locator("", CountyMapData{}),
		"map, counties":          Map(MapData{Coverage: coverage}),
		"map":                    Map(MapData{Counts: counts}),
		"map, empty":             Map(MapData{}),
		"map, unplaced":          Map(MapData{Counts: map[roster.State]roster.ByStatus{"": {Active: 2}, "ZZ": {Active: 1}}}),
		"map, hostile": Map(MapData{ID: hostile, Title: hostile, Description: hostile, Counts: map[roster.State]roster.ByStatus{hostile: {Active: 1}},
			Link: func(s roster.State) string { return "/" + string(s) + "?" + hostile }}),
	}
	for name, d := range map[string]CurveData{
		"":            sample,
		", empty":     {},
		", one point": {Points: growth(1)},
		", zeros":     {Points: []Point{point(0, 0, 0, 0), point(9, 0, 0, 0)}},
		", huge":      {Points: []Point{point(0, 12345, 1, 0), point(9, 1<<62, 1<<62, 1<<62)}},
		", negative":  {Points: []Point{point(0, -5, 3, -1<<63)}},
		", no model":  {Points: []Point{{At: noon(0), ByModel: map[roster.Model]int{"": 4, hostile: 3}}}},
		", no time":   {Points: []Point{{ByModel: map[roster.Model]int{roster.JEM: 1}}}},
		", one day":   {Points: []Point{point(0, 1, 2, 3), {At: noon(0).Add(time.Hour)}}},
		", ten years": {Points: growth(3650)},
		", ages":      {Points: []Point{point(0, 1, 2, 3)}, Until: noon(365 * 6000)},
		", hostile":   {ID: hostile, Title: hostile, Description: hostile, Points: growth(9), Markers: []Marker{{At: noon(2), Label: hostile}}},
	} {
		d.Rounds = true
		all["curve"+name] = Curve(d)
		all["spark"+name] = Spark(d)
		d.Axis = true
		all["spark with an axis"+name] = Spark(d)
	}
	return all
}

// element is a start tag with the text right inside it.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// parse reads a picture as XML, which is stricter than HTML.
func parse(t *testing.T, picture template.HTML) []*element {
	t.Helper()
	var all, open []*element
	d := xml.NewDecoder(strings.NewReader(string(picture)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, picture)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			all, open = append(all, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 {
				t.Fatalf("text outside of the picture: %q", token)
			}
			open[len(open)-1].text += string(token)
		default:
			t.Fatalf("a %T in a picture", token)
		}
	}
	return all
}

func TestPicturesAreSafeAndSound(t *testing.T) {
	t.Parallel()
	elements := []string{"a", "circle", "defs", "desc", "div", "g", "li", "p", "path", "pattern", "rect", "span", "svg", "text", "title", "tspan", "ul"}
	attributes := []string{"aria-describedby", "aria-hidden", "aria-labelledby", "class", "cx", "cy", "d", "dy", "fill", "height", "href", "id", "patternTransform", "patternUnits", "r", "role", "rx", "tabindex", "transform", "viewBox", "width", "x", "y"}
	for name, picture := range pictures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(string(picture), "%!") {
				t.Errorf("a wrong format: %s", picture)
			}
			ids := map[string]bool{}
			parsed := parse(t, picture)
			for _, e := range parsed {
				if !slices.Contains(elements, e.name) {
					t.Errorf("an element %q", e.name)
				}
				for a := range e.attrs {
					if !slices.Contains(attributes, a) {
						t.Errorf("an attribute %q", a)
					}
				}
				if id, ok := e.attrs["id"]; ok {
					if ids[id] || strings.ContainsAny(id, " \t\n") {
						t.Errorf("the id %q is there twice, or no id", id)
					}
					ids[id] = true
				}
			}
			for _, e := range parsed {
				for _, a := range []string{"aria-labelledby", "aria-describedby"} {
					if id, ok := e.attrs[a]; ok && !ids[id] {
						t.Errorf("%s names %q, which is not there", a, id)
					}
				}
			}
		})
	}
}

func TestPicturesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for name, picture := range map[string]template.HTML{
		"map":   Map(MapData{Title: "The <title>", Description: "The \"description\""}),
		"curve": Curve(CurveData{Title: "The <title>", Description: "The \"description\""}),
		"spark": Spark(CurveData{Title: "The <title>", Description: "The \"description\""}),
	} {
		texts, svgs := map[string]string{}, 0
		parsed := parse(t, picture)
		for _, e := range parsed {
			texts[e.attrs["id"]] = e.text
		}
		for _, e := range parsed {
			if e.name == "svg" && e.attrs["aria-hidden"] == "" {
				svgs++
				if got := texts[e.attrs["aria-labelledby"]] + "; " + texts[e.attrs["aria-describedby"]]; got != `The <title>; The "description"` {
					t.Errorf("%s says %q", name, got)
				}
			}
		}
		if svgs == 0 {
			t.Errorf("%s has no picture", name)
		}
	}
}

// Without a rule of the stylesheet an SVG is black on black.
func TestStylesheetKnowsEveryClass(t *testing.T) {
	t.Parallel()
	css := Stylesheet()
	for name, picture := range pictures() {
		for _, e := range parse(t, picture) {
			for _, class := range strings.Fields(e.attrs["class"]) {
				if !regexp.MustCompile(`\.` + class + `\b`).MatchString(css) {
					t.Errorf("%s: no rule for .%s", name, class)
				}
			}
		}
	}
	if strings.Count(css, "{") != strings.Count(css, "}") || regexp.MustCompile(`url\(|@import|</`).MatchString(css) {
		t.Error("the stylesheet is not closed, or loads something")
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	b := ready()
	for name, picture := range map[string]template.HTML{
		"counties.html":     b.CountyMap("DE", CountyMapData{Title: "Counties of Delaware", Description: "Of 3 counties, …", Now: now}),
		"neighborhood.html": b.Neighborhood("47011", CountyMapData{Title: "Bradley County and its neighbors", Description: "Bradley County: …", Now: now}),
		"locator.html":      b.Locator("47011", CountyMapData{Title: "Where Bradley County is", Description: "…"}),
		"nation.svg":        template.HTML(b.NationSVG(NationFile{NationMapData{CountyMapData: CountyMapData{Title: "By county", Description: "d", Now: now}}, "https://example.org", []string{"As of June 21, 2025.", "Source & license"}})),
		"map-counties.html": Map(MapData{Coverage: coverage}),
		"map.html":          Map(MapData{Counts: counts, Title: "Active agreements by state", Description: "As of June 21, 2025."}),
		"curve.html":        Curve(sample),
		"spark.html":        Spark(sample),
		"axis.html":         Spark(CurveData{Points: sample.Points, Until: sample.Until, Axis: true}),
	} {
		// The shapes are long, and have tests of their own.
		got := regexp.MustCompile(`(scale\(\.1\)" d=")[^"]*`).ReplaceAllString(string(picture), "$1…")
		got = regexp.MustCompile(`d="m[^"]*z`).ReplaceAllString(got, `d="…`)
		got = regexp.MustCompile(`(stroke-width="(?:\.6|1\.4)" d=")m[^"]*`).ReplaceAllString(got, "$1…")
		got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
		golden.Compare(t, name, []byte(got))
	}
}

func TestSamePictureTwice(t *testing.T) {
	t.Parallel()
	again := pictures()
	for name, picture := range pictures() {
		if again[name] != picture {
			t.Errorf("%s: another picture of the same data", name)
		}
	}
}

func BenchmarkMap(b *testing.B) {
	for b.Loop() {
		Map(MapData{Counts: counts})
	}
}

func BenchmarkCountyMap(b *testing.B) {
	borders := ready()
	for _, s := range []roster.State{"TX", "GA", "AK"} {
		b.Run(string(s), func(b *testing.B) {
			for b.Loop() {
				borders.CountyMap(s, CountyMapData{Now: now})
			}
		})
	}
}

func BenchmarkNationMap(b *testing.B) {
	borders := ready()
	for b.Loop() {
		borders.NationMap(NationMapData{CountyMapData: CountyMapData{Now: now}})
	}
}

func BenchmarkReadBorders(b *testing.B) {
	for b.Loop() {
		ready()
	}
}

func BenchmarkCurve(b *testing.B) {
	for _, days := range []int{120, 600, 3650} {
		d := CurveData{Points: growth(days)}
		b.Run(fmt.Sprint(days), func(b *testing.B) {
			for b.Loop() {
				Curve(d)
			}
		})
	}
}

func BenchmarkSpark(b *testing.B) {
	d := CurveData{Points: growth(600)}
	for b.Loop() {
		Spark(d)
	}
}
