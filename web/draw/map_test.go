package draw

import (
	"cmp"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// links are a map's: where each leads, by its name for those who do not see it.
func links(t *testing.T, picture template.HTML) map[string]*element {
	t.Helper()
	titles, all := map[string]string{}, map[string]*element{}
	parsed := parse(t, picture)
	for _, e := range parsed {
		if e.name == "title" {
			titles[e.attrs["id"]] = e.text
		}
	}
	for _, e := range parsed {
		if e.name == "a" {
			all[titles[e.attrs["aria-labelledby"]]] = e
		}
	}
	return all
}

func TestMapLinksEveryState(t *testing.T) {
	t.Parallel()
	all := links(t, Map(MapData{Counts: counts}))
	if len(all) != 56 || len(roster.States()) != 56 {
		t.Errorf("%d links for %d states, want 56: the fifty, the District and five territories", len(all), len(roster.States()))
	}
	for name, want := range map[string]struct{ href, class string }{
		"Texas: 118 active agreements, 3 pending":    {"/states/TX", "map-state map-5"},
		"Florida: 304 active agreements, 12 pending": {"/states/FL", "map-state map-5"},
		"West Virginia: 60 active agreements":        {"/states/WV", "map-state map-4"},
		"Oklahoma: 20 active agreements":             {"/states/OK", "map-state map-3"},
		"New York: 19 active agreements":             {"/states/NY", "map-state map-2"},
		"District of Columbia: 5 active agreements":  {"/states/DC", "map-state map-2"},
		"Guam: 1 active agreement":                   {"/states/GU", "map-state map-1"},
		"Ohio: 0 active agreements, 1 pending":       {"/states/OH", "map-state map-0"},
		"Wyoming: 0 active agreements":               {"/states/WY", "map-state map-0"},
		"Rhode Island: 12,345 active agreements":     {"/states/RI", "map-state map-5"},
	} {
		if e := all[name]; e == nil || e.attrs["href"] != want.href || e.attrs["class"] != want.class {
			t.Errorf("%s: got %+v, want %+v", name, e, want)
		}
	}
}

func TestMapLinksWhereItIsTold(t *testing.T) {
	t.Parallel()
	for _, e := range links(t, Map(MapData{Link: func(s roster.State) string { return "/x?s=" + string(s) + `&q="<` }})) {
		if !regexp.MustCompile(`^/x\?s=[A-Z]{2}&q="<$`).MatchString(e.attrs["href"]) {
			t.Errorf("a link to %q", e.attrs["href"])
		}
	}
}

// What a reader sees without pointing: every state's code and count, and what
// the shades mean.
func TestMapSaysItsCountsInText(t *testing.T) {
	t.Parallel()
	picture := string(Map(MapData{Counts: counts}))
	for _, s := range roster.States() {
		number := prose.English.Thousands(counts[s].Active)
		on := regexp.MustCompile(`<text class="map-code [^>]*>` + string(s) + `</text><text class="map-count [^>]*>` + number + `</text>`)
		beside := regexp.MustCompile(`<text class="map-beside [^>]*>` + string(s) + ` <tspan>` + number + `</tspan>`)
		if on.MatchString(picture) == beside.MatchString(picture) {
			t.Errorf("%s %s is not there once", s, number)
		}
	}
	for _, name := range []string{"none", "1–4", "5–19", "20–49", "50–99", "100 or more"} {
		if !strings.Contains(picture, "</svg> "+name+"</li>") {
			t.Errorf("the legend lacks %q", name)
		}
	}
}

// The legend's words say where a level begins and the one before it ends.
func TestLevels(t *testing.T) {
	t.Parallel()
	for i, l := range levels {
		if i == 0 {
			continue
		}
		if got := level(l.least, &levels); got != i {
			t.Errorf("%d agreements are level %d, want %d", l.least, got, i)
		}
		if got := level(l.least-1, &levels); got != i-1 {
			t.Errorf("%d agreements are level %d, want %d", l.least-1, got, i-1)
		}
		if first := regexp.MustCompile(`^\d+`).FindString(cmp.Or(prose.English.Say(l.name), l.name)); first != strconv.Itoa(l.least) {
			t.Errorf("%q begins at %d", l.name, l.least)
		}
	}
}

func TestMapSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	picture := string(Map(MapData{Counts: map[roster.State]roster.ByStatus{"": {Active: 1}, "TX": {Active: 4}}}))
	if !strings.Contains(picture, "Not on the map: 1 active agreement of a state that") {
		t.Error("an agreement without a state is passed over in silence")
	}
	if strings.Contains(string(Map(MapData{Counts: counts})), "Not on the map") {
		t.Error("a note about nothing")
	}
}

func TestMapIsSmall(t *testing.T) {
	t.Parallel()
	if n := len(Map(MapData{Counts: counts})); n > 40_000 {
		t.Errorf("the map has %d bytes", n)
	}
}

// Every state has a shape or a square, within the picture, and its label on it.
func TestShapes(t *testing.T) {
	t.Parallel()
	lines := 0
	for line := range strings.Lines(statesFile) {
		if !strings.HasPrefix(line, "#") {
			lines++
		}
	}
	if lines != 51 || len(shapes()) != 51 {
		t.Errorf("%d lines, %d shapes, want 51", lines, len(shapes()))
	}
	for _, s := range roster.States() {
		shape, drawn := shapes()[s]
		_, square := squares[s]
		if !drawn && !square {
			t.Errorf("%s is not drawn", s)
		}
		if !drawn {
			continue
		}
		rings := corners(t, shape.path)
		inside := false
		for _, ring := range rings {
			for _, p := range ring {
				if p[0] < 0 || p[0] > 10080 || p[1] < 100 || p[1] > 6080 {
					t.Errorf("%s leaves the picture at %v", s, p)
				}
			}
			inside = inside != contains(ring, shape.x, shape.y)
		}
		if _, away := beside[s]; !inside || !away && !square && shape.room < 120 {
			t.Errorf("%s: its label stands at %d,%d with room for %d", s, shape.x, shape.y, shape.room)
		}
	}
}

// corners reads a shape's path: steps from point to point.
func corners(t *testing.T, path string) [][][2]int {
	t.Helper()
	var rings [][][2]int
	var start [2]int
	for ring := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		numbers := regexp.MustCompile(`-?\d+`).FindAllString(ring, -1)
		if !regexp.MustCompile(`^m[0-9 -]+$`).MatchString(ring) || len(numbers)%2 != 0 || len(numbers) < 6 {
			t.Fatalf("no ring: %q", ring)
		}
		at := start
		var points [][2]int
		for i := 0; i < len(numbers); i += 2 {
			x, _ := strconv.Atoi(numbers[i])
			y, _ := strconv.Atoi(numbers[i+1])
			at[0], at[1] = at[0]+x, at[1]+y
			points = append(points, at)
		}
		start = points[0]
		rings = append(rings, points)
	}
	return rings
}

func contains(ring [][2]int, x, y int) bool {
	within := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a[1] > y) != (b[1] > y) && float64(x) < float64(b[0]-a[0])*float64(y-a[1])/float64(b[1]-a[1])+float64(a[0]) {
			within = !within
		}
	}
	return within
}
