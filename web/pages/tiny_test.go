package pages

import (
	"testing"

	"github.com/watch287g/watch287g/web/places"
)

func TestTiny(t *testing.T) {
	for _, tt := range []struct {
		steps []int // a day and a number in turn
		days  int
		want  string // the path
	}{
		{nil, 96, ""},
		{[]int{0, 0}, 96, ""},
		{[]int{0, 1}, 0, ""},
		{[]int{0, 2, 48, 1}, 96, "M0 19v-18h48v9h48"},
		{[]int{10, 1, 10, 9, 20, 9}, 96, "M10 19v-18h86"}, // two steps on one spot are one, and none is none
		{[]int{95, 1, 96, 2}, 96, "M95 19v-9h1v-9"},
		{[]int{0, 3, 24, 0}, 48, "M0 19v-18h48v18h48"},
	} {
		want := ""
		if tt.want != "" {
			want = `<svg class="tiny" viewBox="0 0 96 20" aria-hidden="true"><path d="` + tt.want + `"/></svg>`
		}
		var steps []places.Step
		for i := 0; i < len(tt.steps); i += 2 {
			steps = append(steps, places.Step{Day: tt.steps[i], Active: tt.steps[i+1]})
		}
		if got := string(tiny(steps, tt.days)); got != want {
			t.Errorf("%v in %d days: %s, want %s", tt.steps, tt.days, got, want)
		}
	}
}
