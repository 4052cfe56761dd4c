package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// Two squares with a border of which a small bend is not worth drawing (arc 0);
// one has an island of two arcs that is not worth it either.
const two = `{"type":"Topology","transform":{"scale":[0.5,0.5],"translate":[100,100]},
"arcs":[[[200,0],[1,2],[-1,2],[0,96],[20,50],[-20,50]],[[200,200],[-200,0],[0,-200],[200,0]],[[200,0],[200,0],[0,200],[-200,0]],[[500,0],[2,1]],[[502,1],[-2,-1]]],
"objects":{"states":{"type":"GeometryCollection","geometries":[
{"type":"Polygon","properties":{"name":"Utah"},"arcs":[[0,1]]},
{"type":"MultiPolygon","properties":{"name":"Colorado"},"arcs":[[[3,4]],[[2,-1]]]}]}}}`

func TestConvert(t *testing.T) {
	t.Parallel()
	out, err := convert([]byte(two))
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`(?m)^(#.*\n|([A-Z]{2}) (\d+) (\d+) (\d+) )`).ReplaceAllString(string(out), "$2 ")
	want := " CO m2000 1000 1000 0 0 1000-1000 0 100-250-100-250z\n" +
		"UT m2000 1000 0 500 100 250-100 250-1000 0 0-1000z\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	var x, y, room int
	_, line, _ := strings.Cut(string(out), "UT ")
	if _, err := fmt.Sscan(line, &x, &y, &room); err != nil || x < 1400 || x > 1600 || y < 1250 || y > 1750 || room < 290 || room > 330 {
		t.Errorf("a label at %d,%d with room for %d (%v)", x, y, room, err)
	}
}

func TestConvertRefuses(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"no JSON":          `{`,
		"no state":         strings.Replace(two, "Utah", "Bavaria", 1),
		"an arc too many":  strings.Replace(two, "[[0,1]]", "[[0,9]]", 1),
		"a line":           strings.Replace(two, `"Polygon"`, `"LineString"`, 1),
		"a flat state":     strings.Replace(two, "[[0,1]]", "[[3,4]]", 1),
		"a broken polygon": strings.Replace(two, "[[0,1]]", `"x"`, 1),
	} {
		if out, err := convert([]byte(data)); err == nil {
			t.Errorf("%s: written as %q", name, out)
		}
	}
}

func TestSimplify(t *testing.T) {
	t.Parallel()
	straight := line{{0, 0}, {1, 0.1}, {2, 0}, {3, -0.1}, {4, 0}, {4, 9}, {0, 9}}
	got := simplify(straight, 1)
	want := line{{0, 0}, {4, 0}, {4, 9}, {0, 9}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}
