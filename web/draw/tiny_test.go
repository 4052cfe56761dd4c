package draw

import "testing"

func TestTiny(t *testing.T) {
	for _, tt := range []struct {
		steps []Step
		days  int
		want  string // the path
	}{
		{nil, 96, ""},
		{[]Step{{0, 0}}, 96, ""},
		{[]Step{{0, 1}}, 0, ""},
		{[]Step{{0, 2}, {48, 1}}, 96, "M0 19v-18h48v9h48"},
		{[]Step{{10, 1}, {10, 9}, {20, 9}}, 96, "M10 19v-18h86"}, // two steps on one spot are one, and none is none
		{[]Step{{95, 1}, {96, 2}}, 96, "M95 19v-9h1v-9"},
		{[]Step{{0, 3}, {24, 0}}, 48, "M0 19v-18h48v18h48"},
	} {
		want := ""
		if tt.want != "" {
			want = `<svg class="tiny" viewBox="0 0 96 20" aria-hidden="true"><path d="` + tt.want + `"/></svg>`
		}
		if got := string(Tiny(tt.steps, tt.days)); got != want {
			t.Errorf("%v in %d days: %s, want %s", tt.steps, tt.days, got, want)
		}
	}
}
