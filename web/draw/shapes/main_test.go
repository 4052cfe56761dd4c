package main

import (
	"fmt"
	"regexp"
	"slices"
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

// The square of Utah with its bend, beside that of Colorado, as counties.
const three = `{"type":"Topology","transform":{"scale":[0.01,0.01],"translate":[-100,40]},
"arcs":[[[0,0],[10,1],[0,99],[-10,100]],[[0,200],[-200,0],[0,-200],[200,0]],[[0,0],[200,0],[0,200],[-200,0]],[[0,0],[5,0],[-5,0]]],
"objects":{"counties":{"type":"GeometryCollection","geometries":[
{"type":"Polygon","id":"08001","arcs":[[2,-1]]},{"type":"MultiPolygon","id":"49001","arcs":[[[0,1]],[[3,-4]]]}]}}}`

func TestCounties(t *testing.T) {
	t.Parallel()
	later := strings.NewReplacer("08001", "02001", "49001", "02002", "[-100,40]", "[175,60]").Replace(three)
	out, err := counties([]byte(three), []byte(later))
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(out), "\n")
	// The bend of 0.1 by 0.1 degree has a low level, the corners a high one. Alaska is
	// of the later atlas, and lies west of the date line.
	want := regexp.MustCompile(`^02001 @-185000,60000\+[a-z]2000 0[a-z]0 2000z-2000 0\+[a-z]100-1000[a-z]0-990z-100-10
02002 ~1\+[a-z]-2000 0[a-z]0-2000z2000 0
08001 @-100000,40000\+[a-z]2000 0[a-z]0 2000z-2000 0\+[a-z]100-1000[a-z]0-990z-100-10
49001 ~4\+[a-z]-2000 0[a-z]0-2000z2000 0
$`)
	if !want.MatchString(got) {
		t.Errorf("got\n%s", got)
	}
	for name, files := range map[string][2]string{
		"no JSON":         {`{`, later},
		"no counties":     {`{}`, `{}`},
		"an arc too many": {strings.Replace(three, "[[2,-1]]", "[[2,-9]]", 1), later},
		"no area":         {strings.Replace(three, "[[0,1]],[[3,-4]]", "[[3,-4]]", 1), later},
		"a line":          {strings.Replace(three, `"Polygon"`, `"LineString"`, 1), later},
	} {
		if out, err := counties([]byte(files[0]), []byte(files[1])); err == nil {
			t.Errorf("%s: written as %q", name, out)
		}
	}
}

// A point that bends a line less has no higher level, and the ends have the highest.
func TestLeveled(t *testing.T) {
	t.Parallel()
	all := leveled(line{{0, 0}, {1, 0.001}, {2, 0}, {3, 0.5}, {4, 0}, {5, 3}})
	var got []int
	for _, s := range all {
		got = append(got, s.level)
	}
	// The first bend is a triangle of 1,000 square thousandths, the others are larger.
	if !slices.Equal(got[:2], []int{mostLevels - 1, 10}) || got[5] != mostLevels-1 || min(got[2], got[3], got[4]) < 15 {
		t.Errorf("levels %v", got)
	}
}
